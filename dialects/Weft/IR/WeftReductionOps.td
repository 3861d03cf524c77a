// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction ops: reduce, softmax, normalize, pool.
#ifndef WEFT_REDUCTION_OPS_TD
#define WEFT_REDUCTION_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_ReduceOp : Weft_InferredOp<"reduce", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Reduction over axes, which stay as dims of size 1";
  let description = [{
    x `[N..]`; result: the dims of `axes` become 1, the others stay.

    Semantics:  `out[..] = kind over all elements of x along axes`: `sum`, `prod`, `max`, `min`, or `mean` (the sum
                divided by the count; of integers truncated toward zero).
    Numerics:   float sums and products accumulate in f32 for narrower types, f64 for f64, in any order, and are
                rounded once; integers wrap. NaN propagates through max and min. Of no elements: sum 0, prod 1, max
                -Inf or the type's least value, min +Inf or its greatest, mean NaN (0 for integers).
    Constraints: reduce-C1, reduce-C2.

    ```mlir
    %y = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_ReduceKindAttr:$kind, DenseI64ArrayAttr:$axes);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_ArgReduceOp : Weft_InferredOp<"arg_reduce", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Index of the extreme element along an axis, which stays as a dim of size 1";
  let description = [{
    x `[N..]`; result: i64, the dim of `axis` becomes 1.

    Semantics:  `out[..] = the index along axis of the greatest (max) or least (min) element`; the first of equal
                ones, with `last` the last.
    Numerics:   NaN is beyond all numbers, for max and for min: the first NaN (with `last` the last) is found.
    Constraints: arg_reduce-C1, arg_reduce-C2.

    ```mlir
    %y = weft.arg_reduce max %x {axis = 1 : i64, last = true} : (tensor<4x8xf32>) -> tensor<4x1xi64>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_ArgKindAttr:$kind, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$last);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_SoftmaxOp : Weft_InferredOp<"softmax", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Softmax or its logarithm along an axis";
  let description = [{
    x `[N..]`, result of the same shape.

    Semantics:  `out[i] = exp(x[i] - m) / sum over j of exp(x[j] - m)` along `axis`, m the greatest x[j]; with `log`
                the logarithm of that, `x[i] - m - log(sum)`.
    Numerics:   computed in f32 (f64 for f64) and rounded once. A row that is all -Inf gives NaN; so does a row with
                NaN or +Inf.
    Constraints: softmax-C1, softmax-C2.

    ```mlir
    %y = weft.softmax %x {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$log);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_NormalizeOp : Weft_InferredOp<"normalize", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Normalisation to mean 0 and variance 1 over axes; mean and inverse deviation keep them as dims of size 1";
  let description = [{
    x `[N..]`; result of the same shape; mean and inv_std: the dims of `axes` become 1, in the accumulator type.

    Semantics:  `out = (x - mean) * inv_std` with `mean` and population variance over `axes` and `inv_std = 1 /
                sqrt(variance + epsilon)`. Without `center`: `mean` is 0 and the mean square stands for the variance
                (RMS normalisation). Scale and bias are elementwise ops behind it.
    Numerics:   statistics accumulate in f32 for narrower types (f64 for f64), in any order; each result is rounded
                once.
    Constraints: normalize-C1, normalize-C2, normalize-C3.

    ```mlir
    %y, %mean, %inv_std = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.000000e-05 : f64} : (tensor<4x8xf16>) -> (tensor<4x8xf16>, tensor<4x1xf32>, tensor<4x1xf32>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, DenseI64ArrayAttr:$axes, F64Attr:$epsilon, DefaultValuedAttr<BoolAttr, "true">:$center);
  let results = (outs Weft_NumberTensor:$result, Weft_NumberTensor:$mean, Weft_NumberTensor:$inv_std);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_CumulateOp : Weft_InferredOp<"cumulate", [Pure, Weft_Dim]> {
  let summary = "Prefix sum or product along an axis";
  let description = [{
    x `[N..]`, result of the same shape.

    Semantics:  `out[k] = sum (or product) of x[0..k]` along `axis`; with `exclusive` of x[0..k), with `reverse`
                from the other end.
    Numerics:   as reduce; integers wrap. An exclusive first element is 0 (sum) or 1 (prod).
    Constraints: cumulate-C1, cumulate-C2.

    ```mlir
    %y = weft.cumulate sum %x {axis = 1 : i64, exclusive = true} : (tensor<4x8xi32>) -> tensor<4x8xi32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_CumulateKindAttr:$kind, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$exclusive, DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_PoolOp : Weft_InferredOp<"pool", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Reduction of windows over axes";
  let description = [{
    x `[N..]`; result: for each axis a, `floor((N_a + lo + hi - dilation (kernel - 1) - 1) / stride) + 1`, other
    dims stay.

    Semantics:  `out[o] = kind over the taps x[o * stride + t * dilation - lo]`, t in [0, kernel), along each of
                `axes`: `max`, `sum`, `avg` (divides by the number of taps inside of x), `avg_pad` (by the number
                inside of the pads). Taps outside of x count as nothing. A rounding up of the size (ceil_mode) is
                part of pads_hi; taps behind pads_hi do not count.
    Numerics:   averages and sums accumulate as reduce and are rounded once. NaN propagates through max. A max
                window without any tap gives -Inf or the type's least value.
    Constraints: pool-C1, pool-C2, pool-C3, pool-C4.

    ```mlir
    %y = weft.pool max %x {axes = array<i64: 2, 3>, dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads_hi = array<i64: 0, 0>, pads_lo = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_PoolKindAttr:$kind, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads_lo, DenseI64ArrayAttr:$pads_hi, DenseI64ArrayAttr:$dilations);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_ArgPoolOp : Weft_InferredOp<"arg_pool", [Pure, Weft_Dim]> {
  let summary = "Maximum of windows over axes and its flat index in the input";
  let description = [{
    x `[N..]`; both results as of pool.

    Semantics:  the maximum of each window as pool with `max`, and the flat index of that element in x (row-major;
                with `column_major` the pooled dims count from the first, as storage_order = 1 of ONNX). The first
                of equal elements in row-major order of the taps.
    Numerics:   NaN is beyond all numbers. A window without any tap is an error in the reference.
    Constraints: arg_pool-C1, arg_pool-C2, arg_pool-C3, arg_pool-C4.

    ```mlir
    %y, %i = weft.arg_pool %x {axes = array<i64: 2, 3>, dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads_hi = array<i64: 0, 0>, pads_lo = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>) -> (tensor<1x3x4x4xf32>, tensor<1x3x4x4xi64>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads_lo, DenseI64ArrayAttr:$pads_hi, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<BoolAttr, "false">:$column_major);
  let results = (outs Weft_NumberTensor:$result, Weft_I64Tensor:$indices);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_REDUCTION_OPS_TD
