// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indexing ops: gather and scatter.
#ifndef WEFT_INDEXING_OPS_TD
#define WEFT_INDEXING_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_GatherOp : Weft_InferredOp<"gather", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Slices of x along an axis at indices";
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, I64Attr:$axis, DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_GatherElementsOp : Weft_InferredOp<"gather_elements", [Pure, Weft_Dim]> {
  let summary = "Elements of x at indices along an axis";
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_GatherNdOp : Weft_InferredOp<"gather_nd", [Pure, Weft_Dim]> {
  let summary = "Slices of x at coordinates in the last dim of indices";
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_ScatterElementsOp : Weft_InferredOp<"scatter_elements", [Pure, Weft_Dim]> {
  let summary = "x with elements at indices along an axis replaced or combined";
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, Weft_AnyTensor:$updates, I64Attr:$axis, DefaultValuedAttr<Weft_ScatterModeAttr, "::mlir::weft::ScatterMode::set">:$mode);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_ScatterNdOp : Weft_InferredOp<"scatter_nd", [Pure, Weft_Dim]> {
  let summary = "x with slices at coordinates replaced or combined";
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, Weft_AnyTensor:$updates, DefaultValuedAttr<Weft_ScatterModeAttr, "::mlir::weft::ScatterMode::set">:$mode);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_INDEXING_OPS_TD
