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
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs, Optional<Weft_NumberTensor>:$lhs_zp, Optional<Weft_NumberTensor>:$rhs_zp, DefaultValuedAttr<BoolAttr, "false">:$transpose_lhs, DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs (`lhs_zp` $lhs_zp^)? (`rhs_zp` $rhs_zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_GroupedMatmulOp : Weft_InferredOp<"grouped_matmul", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Matrix product of consecutive row groups, each with its own right-hand side";
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs, Weft_I64Tensor:$sizes, DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs `,` $sizes attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_ConvOp : Weft_InferredOp<"conv", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Convolution over 1 to 3 spatial dims with explicit pads";
  let arguments = (ins Weft_NumberTensor:$input, Weft_NumberTensor:$filter, Optional<Weft_NumberTensor>:$input_zp, Optional<Weft_NumberTensor>:$filter_zp, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $input `,` $filter (`input_zp` $input_zp^)? (`filter_zp` $filter_zp^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_ConvTransposeOp : Weft_InferredOp<"conv_transpose", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Adjoint of a convolution";
  let arguments = (ins Weft_NumberTensor:$input, Weft_NumberTensor:$filter, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups, DenseI64ArrayAttr:$output_padding);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $input `,` $filter attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_DeformConvOp : Weft_InferredOp<"deform_conv", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Convolution whose taps are moved by offsets";
  let arguments = (ins Weft_NumberTensor:$input, Weft_NumberTensor:$filter, Weft_NumberTensor:$offset, Optional<Weft_NumberTensor>:$mask, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups, DefaultValuedAttr<I64Attr, "1">:$offset_groups);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $input `,` $filter `,` $offset (`mask` $mask^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

#endif // WEFT_CONTRACTION_OPS_TD
