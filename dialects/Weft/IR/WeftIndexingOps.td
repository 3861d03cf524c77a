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
  let description = [{
    x `[B.. O.. N I..]`, indices `[B.. J..]`, result `[B.. O.. J.. I..]`; N is dim `axis`, B.. are `batch_dims`
    dims.

    Semantics:  `out[b, o, j, i] = x[b, o, indices[b, j], i]`. Negative indices count from the end, once; an index
                out of range
                is an error.
    Numerics:   exact; quantised elements pass.
    Constraints: gather-C1, gather-C2.

    ```mlir
    %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<16x8xf32>, tensor<2x3xi64>) -> tensor<2x3x8xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, I64Attr:$axis, DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_GatherElementsOp : Weft_InferredOp<"gather_elements", [Pure, Weft_Dim]> {
  let summary = "Elements of x at indices along an axis";
  let description = [{
    x and indices of equal rank, result of the shape of indices.

    Semantics:  `out[i] = x[i with indices[i] at axis]`. Negative indices count from the end, once; an index out of range
                is an error.
    Numerics:   exact; quantised elements pass.
    Constraints: gather_elements-C1, gather_elements-C2.

    ```mlir
    %y = weft.gather_elements %x, %i {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_GatherNdOp : Weft_InferredOp<"gather_nd", [Pure, Weft_Dim]> {
  let summary = "Slices of x at coordinates in the last dim of indices";
  let description = [{
    x `[B.. N.. I..]`, indices `[B.. J.. K]`, result `[B.. J.. I..]`; K dims N.., `batch_dims` dims B...

    Semantics:  `out[b, j, i] = x[b, indices[b, j, 0], .., indices[b, j, K - 1], i]`. Negative indices count from
                the end, once; an index out of range
                is an error.
    Numerics:   exact; quantised elements pass.
    Constraints: gather_nd-C1, gather_nd-C2.

    ```mlir
    %y = weft.gather_nd %x, %i : (tensor<4x8x3xf32>, tensor<5x2xi64>) -> tensor<5x3xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_ScatterElementsOp : Weft_InferredOp<"scatter_elements", [Pure, Weft_Dim]> {
  let summary = "x with elements at indices along an axis replaced or combined";
  let description = [{
    x `[N..]`, indices and updates of equal shape and the rank of x, result of the shape of x.

    Semantics:  x, where each updates[i] meets the element of x at i with indices[i] at `axis`: `set` replaces it,
                `add`, `mul`, `min`, `max` combine. Updates apply in row-major order: the last of several with `set`
                wins. Negative indices count from the end, once; an index out of range
                is an error.
    Numerics:   each combination rounds to the element type; NaN propagates through min and max.
    Constraints: scatter_elements-C1, scatter_elements-C2, scatter_elements-C3, scatter_elements-C4.

    ```mlir
    %y = weft.scatter_elements %x, %i, %u {axis = 1 : i64, mode = #weft.scatter_mode<add>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, Weft_AnyTensor:$updates, I64Attr:$axis, DefaultValuedAttr<Weft_ScatterModeAttr, "::mlir::weft::ScatterMode::set">:$mode);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_ScatterNdOp : Weft_InferredOp<"scatter_nd", [Pure, Weft_Dim]> {
  let summary = "x with slices at coordinates replaced or combined";
  let description = [{
    x `[N.. I..]`, indices `[J.. K]`, updates `[J.. I..]`, result of the shape of x; K dims N...

    Semantics:  x, where each slice updates[j] meets the slice of x at coordinate indices[j]: as scatter_elements.
                Negative indices count from the end, once; an index out of range
                is an error.
    Numerics:   each combination rounds to the element type; NaN propagates through min and max.
    Constraints: scatter_nd-C1, scatter_nd-C2, scatter_nd-C3, scatter_nd-C4.

    ```mlir
    %y = weft.scatter_nd %x, %i, %u : (tensor<4x8xf32>, tensor<2x1xi64>, tensor<2x8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Weft_IndexTensor:$indices, Weft_AnyTensor:$updates, DefaultValuedAttr<Weft_ScatterModeAttr, "::mlir::weft::ScatterMode::set">:$mode);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_INDEXING_OPS_TD
