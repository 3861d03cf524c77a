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
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$scale, Optional<Weft_NumberTensor>:$zp, TypeAttr:$to, OptionalAttr<I64Attr>:$axis, DefaultValuedAttr<I64Attr, "0">:$block_size, DefaultValuedAttr<BoolAttr, "true">:$saturate, OptionalAttr<TypeAttr>:$precision);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $scale (`zp` $zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_DequantizeOp : Weft_InferredOp<"dequantize", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "(q - zero point) * scale, or table[q] * scale";
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$scale, Optional<Weft_NumberTensor>:$zp, Optional<Weft_NumberTensor>:$table, TypeAttr:$to, OptionalAttr<I64Attr>:$axis, DefaultValuedAttr<I64Attr, "0">:$block_size);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $scale (`zp` $zp^)? (`table` $table^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_RequantizeOp : Weft_InferredOp<"requantize", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "saturate(round(x * mult) + zero point) of i32 accumulators";
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$mult, Optional<Weft_NumberTensor>:$zp, TypeAttr:$to, OptionalAttr<I64Attr>:$axis);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $mult (`zp` $zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

#endif // WEFT_QUANT_OPS_TD
