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
  let description = [{
    Values and i64 indices have x's dims with `axis` of size k: `static_k`, or the operand `k` when `static_k` is the dynamic marker (the least i64).

    Semantics:  the k greatest (`largest = false`: least) elements, best first; of equal ones the lower index first; NaN is the greatest value.

    ```mlir
    %v, %i = weft.top_k %x {static_k = 5 : i64, axis = 1 : i64} : (tensor<2x100xf32>) -> (tensor<2x5xf32>, tensor<2x5xi64>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Optional<Index>:$k, I64Attr:$static_k, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "true">:$largest);
  let results = (outs Weft_NumberTensor:$values, Weft_I64Tensor:$indices);
  let assemblyFormat = [{ $x (`k` $k^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SortOp : Weft_InferredOp<"sort", [Pure, Weft_Dim]> {
  let summary = "Stable sort along an axis";
  let description = [{
    Semantics:  ascending or descending order along `axis`, stable (equal elements keep their order in both directions); NaN is the greatest
                value; strings compare bytewise. `indices` are the places in x.

    ```mlir
    %v, %i = weft.sort %x {axis = 0 : i64} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$descending);
  let results = (outs Weft_AnyTensor:$values, Weft_I64Tensor:$indices);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_UniqueOp : Weft_InferredOp<"unique", [Pure, Weft_Dim]> {
  let summary = "Distinct elements or slices";
  let description = [{
    Without axis the flattened x; with it slices along the axis. `y` holds the distinct ones, sorted ascending or in the order of first
    appearance; `first` the index of the first appearance of each, `inverse` for each element (slice) of x its place in y, `counts` how often each
    occurs. Slices compare lexicographically. NaN equals nothing.

    ```mlir
    %y, %f, %i, %c = weft.unique %x : (tensor<6xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<6xi64>, tensor<?xi64>)
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, OptionalAttr<I64Attr>:$axis, DefaultValuedAttr<BoolAttr, "true">:$sorted);
  let results = (outs Weft_AnyTensor:$y, Weft_I64Tensor:$first, Weft_I64Tensor:$inverse, Weft_I64Tensor:$counts);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_NonzeroOp : Weft_InferredOp<"nonzero", [Pure, Weft_Dim]> {
  let summary = "Coordinates of the elements that are not zero, in row-major order";
  let description = [{
    Result `[rank n]`: column j holds the coordinates of the j-th element, in row-major order, that is not zero (false, empty). A scalar counts as
    one element and gives `[0 n]`.

    ```mlir
    %i = weft.nonzero %x : (tensor<3x4xf32>) -> tensor<2x?xi64>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_NmsOp : Weft_InferredOp<"nms", [Pure, Weft_Dim, AttrSizedOperandSegments]> {
  let summary = "Greedy non-maximum suppression of boxes";
  let description = [{
    boxes `[B N 4]` as two corners `y1 x1 y2 x2` in any order, or with `center` as `x y w h`; scores `[B C N]`. Result rows (batch, class, box).

    Semantics:  per batch and class: boxes with a score greater than `score` (all when absent), in falling order of score, ties by lower index; one
                that overlaps a chosen box with an IoU greater than `iou` (0 when absent) is dropped; at most `max` per class (absent: none).

    ```mlir
    %i = weft.nms %boxes, %scores max %n iou %t : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, index, tensor<f32>) -> tensor<?x3xi64>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$boxes, Weft_NumberTensor:$scores, Optional<Index>:$max_boxes, Optional<Weft_FloatTensor>:$iou, Optional<Weft_FloatTensor>:$score, DefaultValuedAttr<BoolAttr, "false">:$center);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $boxes `,` $scores (`max` $max_boxes^)? (`iou` $iou^)? (`score` $score^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_SELECTION_OPS_TD
