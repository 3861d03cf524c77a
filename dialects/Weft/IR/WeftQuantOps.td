// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantisation ops.
#ifndef WEFT_QUANT_OPS_TD
#define WEFT_QUANT_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_QuantizeOp : Weft_InferredOp<"quantize", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "saturate(round(x / scale) + zero point)";
  let description = [{
    scale and zp: one element; one per entry of `axis` (rank 1); or, with block_size b > 0, x's dims with `axis` divided by b, rounded up. `to` is the
    result element type, that of zp if there is one.

    Semantics:  `saturate(roundeven(x / scale) + zp)`: a true division in the type of the scale, or in `precision`; zp added after rounding. For float8
                results the rounding is that of `cast` with `saturate`.

    ```mlir
    %y = weft.quantize %x, %s zp %z {to = ui8} : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xui8>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$scale, Optional<Weft_NumberTensor>:$zp, TypeAttr:$to, OptionalAttr<I64Attr>:$axis, DefaultValuedAttr<I64Attr, "0">:$block_size, DefaultValuedAttr<BoolAttr, "true">:$saturate, OptionalAttr<TypeAttr>:$precision);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $scale (`zp` $zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_DequantizeOp : Weft_InferredOp<"dequantize", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "(q - zero point) * scale, or table[q] * scale";
  let description = [{
    scale and zp as in `quantize`; `to` is the result element type.

    Semantics:  `(x - zp) * scale`, computed in f32 (f64 for f64) and rounded once; with `table`, `table[x] * scale` (palettes: NF4, FP4). zp may be a float.

    ```mlir
    %y = weft.dequantize %q, %s zp %z {to = f32, axis = 0 : i64} : (tensor<2x4xi8>, tensor<2xf32>, tensor<2xi8>) -> tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$scale, Optional<Weft_NumberTensor>:$zp, Optional<Weft_NumberTensor>:$table, TypeAttr:$to, OptionalAttr<I64Attr>:$axis, DefaultValuedAttr<I64Attr, "0">:$block_size);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $scale (`zp` $zp^)? (`table` $table^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_RequantizeOp : Weft_InferredOp<"requantize", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "saturate(round(x * mult) + zero point) of i32 accumulators";
  let description = [{
    x holds i32 accumulators; mult and zp: one element or one per entry of `axis`. Made by the quantise pass, not by import.

    Semantics:  `saturate(roundeven(float(x) * mult) + zp)`, product in f32.

    ```mlir
    %y = weft.requantize %x, %m zp %z {to = i8, axis = 1 : i64} : (tensor<1x8xi32>, tensor<8xf32>, tensor<i8>) -> tensor<1x8xi8>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$mult, Optional<Weft_NumberTensor>:$zp, TypeAttr:$to, OptionalAttr<I64Attr>:$axis);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $mult (`zp` $zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

#endif // WEFT_QUANT_OPS_TD
