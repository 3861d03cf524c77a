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
  let arguments = (ins Weft_NumberTensor:$x, Optional<Index>:$n, I64Attr:$static_n, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$inverse, DefaultValuedAttr<BoolAttr, "false">:$onesided);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x (`n` $n^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_DetOp : Weft_InferredOp<"det", [Pure, Weft_Dim]> {
  let summary = "Determinant of the last two dims";
  let arguments = (ins Weft_NumberTensor:$x);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_InverseOp : Weft_InferredOp<"inverse", [Pure, Weft_Dim]> {
  let summary = "Inverse of the last two dims";
  let arguments = (ins Weft_NumberTensor:$x);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_RandomOp : Weft_InferredOp<"random", [Weft_Dim]> {
  let summary = "Random numbers from a counter-based generator";
  let arguments = (ins Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape, TypeAttr:$to, Weft_RandomDistAttr:$dist, OptionalAttr<F64Attr>:$seed);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_NUMERIC_OPS_TD
