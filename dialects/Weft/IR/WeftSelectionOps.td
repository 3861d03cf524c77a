// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Selection ops: top_k, sort, unique, nonzero, nms.
#ifndef WEFT_SELECTION_OPS_TD
#define WEFT_SELECTION_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_TopKOp : Weft_InferredOp<"top_k", [Pure, Weft_Dim]> {
  let summary = "The k extreme elements along an axis, best first";
  let arguments = (ins Weft_NumberTensor:$x, Optional<Index>:$k, I64Attr:$static_k, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "true">:$largest);
  let results = (outs Weft_NumberTensor:$values, Weft_I64Tensor:$indices);
  let assemblyFormat = [{ $x (`k` $k^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SortOp : Weft_InferredOp<"sort", [Pure, Weft_Dim]> {
  let summary = "Stable sort along an axis";
  let arguments = (ins Weft_AnyTensor:$x, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$descending);
  let results = (outs Weft_AnyTensor:$values, Weft_I64Tensor:$indices);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_UniqueOp : Weft_InferredOp<"unique", [Pure, Weft_Dim]> {
  let summary = "Distinct elements or slices";
  let arguments = (ins Weft_AnyTensor:$x, OptionalAttr<I64Attr>:$axis, DefaultValuedAttr<BoolAttr, "true">:$sorted);
  let results = (outs Weft_AnyTensor:$y, Weft_I64Tensor:$first, Weft_I64Tensor:$inverse, Weft_I64Tensor:$counts);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_NonzeroOp : Weft_InferredOp<"nonzero", [Pure, Weft_Dim]> {
  let summary = "Coordinates of the elements that are not zero, in row-major order";
  let arguments = (ins Weft_AnyTensor:$x);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_NmsOp : Weft_InferredOp<"nms", [Pure, Weft_Dim, AttrSizedOperandSegments]> {
  let summary = "Greedy non-maximum suppression of boxes";
  let arguments = (ins Weft_NumberTensor:$boxes, Weft_NumberTensor:$scores, Optional<Index>:$max_boxes, Optional<Weft_FloatTensor>:$iou, Optional<Weft_FloatTensor>:$score, DefaultValuedAttr<BoolAttr, "false">:$center);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $boxes `,` $scores (`max` $max_boxes^)? (`iou` $iou^)? (`score` $score^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_SELECTION_OPS_TD
