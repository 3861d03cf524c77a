// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numeric ops: Fourier transform, linear algebra, random numbers.
#ifndef WEFT_NUMERIC_OPS_TD
#define WEFT_NUMERIC_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_DftOp : Weft_InferredOp<"dft", [Pure, Weft_Dim]> {
  let summary = "Discrete Fourier transform along an axis; the last dim holds real and imaginary part";
  let description = [{
    The last dim holds real (1) or real and imaginary part (2). The signal along `axis` is cut or padded with 0 to length n: `static_n` when it is
    positive, else the operand, else (static_n = 0) the size of the axis, for an inverse one-sided one `2 (size - 1)`.

    Semantics:  `y[k] = sum over t of x[t] exp(-2 pi i k t / n)`; inverse with + and divided by n. Forward `onesided` keeps `n / 2 + 1` entries; inverse
                `onesided` reads so many and gives n real ones (last dim 1).

    ```mlir
    %y = weft.dft %x {static_n = 0 : i64, axis = 1 : i64} : (tensor<1x16x1xf32>) -> tensor<1x16x2xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Optional<Index>:$n, I64Attr:$static_n, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$inverse, DefaultValuedAttr<BoolAttr, "false">:$onesided);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x (`n` $n^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_DetOp : Weft_InferredOp<"det", [Pure, Weft_Dim]> {
  let summary = "Determinant of the last two dims";
  let description = [{
    Semantics:  `[.. n n] -> [..]`, by LU decomposition with partial pivoting.

    ```mlir
    %y = weft.det %x : (tensor<3x2x2xf32>) -> tensor<3xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_InverseOp : Weft_InferredOp<"inverse", [Pure, Weft_Dim]> {
  let summary = "Inverse of the last two dims";
  let description = [{
    Semantics:  inverse of each `[n n]` matrix by LU decomposition with partial pivoting; a singular matrix gives Inf and NaN.

    ```mlir
    %y = weft.inverse %x : (tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_RandomOp : Weft_InferredOp<"random", [Weft_Dim]> {
  let summary = "Random numbers from a counter-based generator";
  let description = [{
    Semantics:  uniform in [0, 1) or normal N(0, 1) numbers, element i from counter i of Philox 4x32-10 keyed by the seed: the same numbers for every
                number of threads. Without seed the driver chooses one per call, which is why the op is not pure.

    ```mlir
    %y = weft.random [2, 3] {to = f32, dist = #weft<random_dist<uniform>>, seed = 7.0 : f64} : () -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape, TypeAttr:$to, Weft_RandomDistAttr:$dist, OptionalAttr<F64Attr>:$seed);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_NUMERIC_OPS_TD
