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
  let arguments = (ins Weft_NumberTensor:$x, Weft_ReduceKindAttr:$kind, DenseI64ArrayAttr:$axes);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_ArgReduceOp : Weft_InferredOp<"arg_reduce", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Index of the extreme element along an axis, which stays as a dim of size 1";
  let arguments = (ins Weft_NumberTensor:$x, Weft_ArgKindAttr:$kind, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$last);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_SoftmaxOp : Weft_InferredOp<"softmax", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Softmax or its logarithm along an axis";
  let arguments = (ins Weft_NumberTensor:$x, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$log);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_NormalizeOp : Weft_InferredOp<"normalize", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Normalisation to mean 0 and variance 1 over axes; mean and inverse deviation keep them as dims of size 1";
  let arguments = (ins Weft_NumberTensor:$x, DenseI64ArrayAttr:$axes, F64Attr:$epsilon, DefaultValuedAttr<BoolAttr, "true">:$center);
  let results = (outs Weft_NumberTensor:$result, Weft_NumberTensor:$mean, Weft_NumberTensor:$inv_std);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::row; } }];
}

def Weft_CumulateOp : Weft_InferredOp<"cumulate", [Pure, Weft_Dim]> {
  let summary = "Prefix sum or product along an axis";
  let arguments = (ins Weft_NumberTensor:$x, Weft_CumulateKindAttr:$kind, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$exclusive, DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_PoolOp : Weft_InferredOp<"pool", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Reduction of windows over axes";
  let arguments = (ins Weft_NumberTensor:$x, Weft_PoolKindAttr:$kind, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads_lo, DenseI64ArrayAttr:$pads_hi, DenseI64ArrayAttr:$dilations);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<Keyword>($kind) $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_ArgPoolOp : Weft_InferredOp<"arg_pool", [Pure, Weft_Dim]> {
  let summary = "Maximum of windows over axes and its flat index in the input";
  let arguments = (ins Weft_NumberTensor:$x, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads_lo, DenseI64ArrayAttr:$pads_hi, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<BoolAttr, "false">:$column_major);
  let results = (outs Weft_NumberTensor:$result, Weft_I64Tensor:$indices);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_REDUCTION_OPS_TD
