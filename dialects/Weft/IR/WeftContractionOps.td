// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contraction ops: matmul and convolution.
#ifndef WEFT_CONTRACTION_OPS_TD
#define WEFT_CONTRACTION_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_MatmulOp : Weft_InferredOp<"matmul", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Matrix product of the last two dims, batched over the others";
  let description = [{
    lhs `[B.. M K]`, rhs `[B.. K N]` of equal rank >= 2; the dims before the last two broadcast where they are 1. `transpose_lhs`
    (`transpose_rhs`) says that the operand is stored `[B.. K M]` (`[B.. N K]`).

    Semantics:  `out[b, m, n] = sum over k of (lhs[b, m, k] - lhs_zp) * (rhs[b, k, n] - rhs_zp)`, K = 0 gives 0.
    Numerics:   the result element type is the accumulator type: f32 for f16, bf16 and float8, i32 for integers of at most 8 bits
                (of either signedness, also mixed; i32 wraps), else the operands' type. The order of the sum is unspecified.
    Quantised:  zero points only on integers: one element, or one per row of lhs (`[M]` or `[.., M, 1]`), one per column of rhs
                (`[N]` or `[.., 1, N]`), of the operand's element type.

    ```mlir
    %y = weft.matmul %a, %b {transpose_rhs = true} : (tensor<2x4x8xf32>, tensor<1x16x8xf32>) -> tensor<2x4x16xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs, Optional<Weft_NumberTensor>:$lhs_zp, Optional<Weft_NumberTensor>:$rhs_zp, DefaultValuedAttr<BoolAttr, "false">:$transpose_lhs, DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs (`lhs_zp` $lhs_zp^)? (`rhs_zp` $rhs_zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_GroupedMatmulOp : Weft_InferredOp<"grouped_matmul", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Matrix product of consecutive row groups, each with its own right-hand side";
  let description = [{
    lhs `[T K]`, rhs `[G K N]` (`[G N K]` with `transpose_rhs`), sizes `[G]`, result `[T N]` in the accumulator type of `matmul`.

    Semantics:  the first `sizes[0]` rows of lhs are multiplied with `rhs[0]`, the next `sizes[1]` with `rhs[1]`, and so on. Rows
                behind the last group are 0; rows of groups that do not fit in T do not exist. Negative sizes count as 0.

    ```mlir
    %y = weft.grouped_matmul %rows, %experts, %sizes : (tensor<32x8xf32>, tensor<4x8x16xf32>, tensor<4xi64>) -> tensor<32x16xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs, Weft_I64Tensor:$sizes, DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs `,` $sizes attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_ConvOp : Weft_InferredOp<"conv", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Convolution over 1 to 3 spatial dims with explicit pads";
  let description = [{
    `layout = nchw`: input `[N C S..]`, filter `[F C/g K..]`, result `[N F O..]`; `nhwc`: input `[N S.. C]`, filter `[F K.. C/g]`, result
    `[N O.. F]`; 1 to 3 spatial dims. `strides` and `dilations` have one entry per spatial dim, `pads` two: all begins, then all ends (the
    order of ONNX). There is no bias: it is an `add` behind.

    Semantics:  `out[n, f, o] = sum over c, k of (input[n, g(f) C/g + c, o * stride + k * dilation - pad] - input_zp) * (filter[f, c, k] - filter_zp)`
                where taps outside of the input add 0 (the input holds its zero point there); `O = floor((S + pads - dilation (K - 1) - 1) / stride) + 1`.
    Numerics:   result element type as for `matmul`.
    Quantised:  zero points only on integers: `input_zp` one element, `filter_zp` one element or one per output channel `[F]`.

    ```mlir
    %y = weft.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 3, 3, 3, 3>, dilations = array<i64: 1, 1>}
      : (tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32>) -> tensor<1x64x112x112xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$input, Weft_NumberTensor:$filter, Optional<Weft_NumberTensor>:$input_zp, Optional<Weft_NumberTensor>:$filter_zp, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $input `,` $filter (`input_zp` $input_zp^)? (`filter_zp` $filter_zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_ConvTransposeOp : Weft_InferredOp<"conv_transpose", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Adjoint of a convolution";
  let description = [{
    `layout = nchw`: input `[N C S..]`, filter `[C F/g K..]`, result `[N F O..]`; `nhwc`: input `[N S.. C]`, filter `[C K.. F/g]`, result `[N O.. F]`.
    `pads` as in `conv`, but they cut the result and may be negative (a row of zeros is added).

    Semantics:  `out[n, f, s * stride + k * dilation - pad] += input[n, c, s] * filter[c, f, k]` for all s, k, and c of the group of f;
                `O = stride (S - 1) + output_padding + dilation (K - 1) + 1 - pads`.

    ```mlir
    %y = weft.conv_transpose %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      output_padding = array<i64: 0, 0>} : (tensor<1x8x4x4xf32>, tensor<8x16x2x2xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$input, Weft_NumberTensor:$filter, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups, DenseI64ArrayAttr:$output_padding);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $input `,` $filter attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_DeformConvOp : Weft_InferredOp<"deform_conv", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Convolution whose taps are moved by offsets";
  let description = [{
    Two spatial dims; input, filter, strides, pads, dilations as in `conv`. offset `[N og*KH*KW*2 OH OW]`, pairs (y, x); mask `[N og*KH*KW OH OW]`
    (in layout nhwc their channels come last). Input channel c belongs to offset group `c / (C / offset_groups)`.

    Semantics:  as `conv`, but tap (kh, kw) reads the bilinear sample at its place moved by the offset, times the mask; outside of the
                image a neighbour is 0.

    ```mlir
    %y = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$input, Weft_NumberTensor:$filter, Weft_NumberTensor:$offset, Optional<Weft_NumberTensor>:$mask, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups, DefaultValuedAttr<I64Attr, "1">:$offset_groups);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $input `,` $filter `,` $offset (`mask` $mask^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

#endif // WEFT_CONTRACTION_OPS_TD
