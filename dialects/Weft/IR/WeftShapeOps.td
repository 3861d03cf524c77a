// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape ops: constants, views, movement, sizes.
#ifndef WEFT_SHAPE_OPS_TD
#define WEFT_SHAPE_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_ConstantOp : Weft_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>, Weft_Dim, Weft_Fuse]> {
  let summary = "A tensor known at compile time";
  let description = [{
    result: the type of `value`.

    Semantics:  the tensor `value`. Small values and splats are dense; large ones are resources whose bytes lie in
                the model's file.
    Numerics:   exact. Elements of a resource are laid out as in ONNX: little endian, narrower than 8 bits packed
                with the low ones first, booleans one byte each.
    Constraints: constant-C1.

    ```mlir
    %y = weft.constant dense<[1, 2, 3]> : tensor<3xi64>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ attr-dict $value }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_IotaOp : Weft_InferredOp<"iota", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Index along an axis";
  let description = [{
    result: the given sizes.

    Semantics:  `out[i] = index of i along axis`, converted to `to`.
    Numerics:   exact where `to` holds the size; else integers wrap and floats round.
    Constraints: iota-C1, iota-C2, iota-C3.

    ```mlir
    %y = weft.iota [%n, 4] {axis = 0 : i64, to = i64} : (index) -> tensor<?x4xi64>
    ```
  }];
  let arguments = (ins Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape, TypeAttr:$to, I64Attr:$axis);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_BroadcastOp : Weft_InferredOp<"broadcast", [Pure, Weft_Dim, Weft_Batch, Weft_Fuse]> {
  let summary = "Widens dims of size 1; the rank stays";
  let description = [{
    x `[N..]`, result of the same rank and of the given sizes.

    Semantics:  `out[i] = x[j]`, j = 0 where the dim of x is 1, else j = i. Elementwise ops broadcast by themselves:
                this op is for others, and is removed before them.
    Numerics:   exact; quantised elements pass.
    Constraints: broadcast-C1, broadcast-C2.

    ```mlir
    %y = weft.broadcast %x to [%n, 8] : (tensor<1x8xf32>, index) -> tensor<?x8xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `to` custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_ReshapeOp : Weft_InferredOp<"reshape", [Pure, Weft_Dim, Weft_Batch, Weft_Fuse]> {
  let summary = "Same elements in row-major order under another shape";
  let description = [{
    x `[N..]`, result of the given sizes, with as many elements.

    Semantics:  the elements of x in row-major order under another shape. One size that nothing states follows from
                the others.
    Numerics:   exact; quantised elements pass.
    Constraints: reshape-C1, reshape-C2.

    ```mlir
    %y = weft.reshape %x to [2, %n] : (tensor<4x6xf32>, index) -> tensor<2x?xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `to` custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_TransposeOp : Weft_InferredOp<"transpose", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Permutation of dims: result dim i is operand dim perm[i]";
  let description = [{
    x `[N0 .. Nr]`; result dim i is dim perm[i] of x.

    Semantics:  `out[i0, .., ir] = x[j0, .., jr]` with `j[perm[k]] = i[k]`.
    Numerics:   exact; quantised elements pass.
    Constraints: transpose-C1.

    ```mlir
    %y = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, DenseI64ArrayAttr:$perm);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_ConcatOp : Weft_InferredOp<"concat", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Operands one after the other along an axis";
  let description = [{
    xs `[.. N_k ..]` that agree off `axis`; result: the sum of the N_k there.

    Semantics:  the operands one after the other along `axis`.
    Numerics:   exact; quantised operands have one scale.
    Constraints: concat-C1, concat-C2, concat-C3, concat-C4.

    ```mlir
    %y = weft.concat %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
    ```
  }];
  let arguments = (ins Variadic<Weft_AnyTensor>:$xs, I64Attr:$axis);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $xs attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_SliceOp : Weft_InferredOp<"slice", [Pure, Weft_Dim, Weft_Batch, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "A box of elements: offsets, sizes, positive strides; always inside the operand";
  let description = [{
    x `[N..]`, result of the given sizes.

    Semantics:  `out[i] = x[offset + i * stride]` along each dim. Offsets and sizes are right already: clamping of
                ONNX's starts and ends is scalar code in front.
    Numerics:   exact; quantised elements pass.
    Constraints: slice-C1, slice-C2, slice-C3.

    ```mlir
    %y = weft.slice %x [%i, 0] [2, 4] {strides = array<i64: 1, 2>} : (tensor<8x8xf32>, index) -> tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Variadic<Index>:$offsets, Variadic<Index>:$sizes, DenseI64ArrayAttr:$static_offsets, DenseI64ArrayAttr:$static_sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x custom<DynamicIndexList>($offsets, $static_offsets) custom<DynamicIndexList>($sizes, $static_sizes) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_ReverseOp : Weft_InferredOp<"reverse", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Elements in reverse order along axes";
  let description = [{
    x `[N..]`, result of the same shape.

    Semantics:  `out[i] = x[N - 1 - i]` along each of `axes`.
    Numerics:   exact; quantised elements pass.
    Constraints: reverse-C1.

    ```mlir
    %y = weft.reverse %x {axes = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_PadOp : Weft_InferredOp<"pad", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Elements added before and behind each dim";
  let description = [{
    x `[N..]`; result dims `lo + N + hi`.

    Semantics:  elements before and behind each dim: `constant` gives `value`, `edge` the nearest element, `reflect`
                the mirror image without the edge, `wrap` the elements from the other end. Pads may be longer than
                x. Negative pads are slices.
    Numerics:   exact; quantised elements pass.
    Constraints: pad-C1, pad-C2, pad-C3, pad-C4.

    ```mlir
    %y = weft.pad %x value %v lo [1, 0] hi [0, %n] : (tensor<4x8xf32>, tensor<f32>, index) -> tensor<5x?xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Optional<Weft_AnyTensor>:$value, Variadic<Index>:$lo, Variadic<Index>:$hi, DenseI64ArrayAttr:$static_lo, DenseI64ArrayAttr:$static_hi, DefaultValuedAttr<Weft_PadModeAttr, "::mlir::weft::PadMode::constant">:$mode);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x (`value` $value^)? `lo` custom<DynamicIndexList>($lo, $static_lo) `hi` custom<DynamicIndexList>($hi, $static_hi) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_DimOp : Weft_Op<"dim", [Pure, Weft_Batch]> {
  let summary = "Size of a dim";
  let description = [{
    x `[N..]`, result: an index.

    Semantics:  the size of dim `axis` of x.
    Numerics:   exact.
    Constraints: dim-C1.

    ```mlir
    %n = weft.dim %x {axis = 0 : i64} : tensor<?x8xf32>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, I64Attr:$axis);
  let results = (outs Index:$result);
  let assemblyFormat = [{ $x attr-dict `:` type($x) }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Weft_ExtractOp : Weft_Op<"extract", [Pure, Weft_Batch]> {
  let summary = "Element of a small integer or boolean tensor of static size, as an index";
  let description = [{
    x of static shape, result: an index.

    Semantics:  element number `i` of x in row-major order, as an index.
    Numerics:   sign-extended, or zero-extended for unsigned types and booleans.
    Constraints: extract-C1, extract-C2.

    ```mlir
    %n = weft.extract %x {i = 1 : i64} : tensor<2xi64>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, I64Attr:$i);
  let results = (outs Index:$result);
  let assemblyFormat = [{ $x attr-dict `:` type($x) }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Weft_FromElementsOp : Weft_InferredOp<"from_elements", [Pure]> {
  let summary = "One-dimensional i64 tensor of index values";
  let description = [{
    result `[number of operands]`.

    Semantics:  the operands as a 1-D tensor.
    Numerics:   exact.

    ```mlir
    %y = weft.from_elements %m, %n : tensor<2xi64>
    ```
  }];
  let arguments = (ins Variadic<Index>:$elements);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $elements attr-dict `:` type($result) }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // WEFT_SHAPE_OPS_TD
