// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recurrent ops: LSTM, GRU, RNN.
#ifndef WEFT_RECURRENT_OPS_TD
#define WEFT_RECURRENT_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_LstmOp : Weft_InferredOp<"lstm", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Long short-term memory over time, one direction; gates in the order i o f c";
  let arguments = (ins Weft_NumberTensor:$gates, Weft_NumberTensor:$r, Weft_NumberTensor:$h0, Weft_NumberTensor:$c0, Optional<Weft_NumberTensor>:$p, Optional<Weft_IntTensor>:$len, StrArrayAttr:$acts, DenseF64ArrayAttr:$act_alpha, DenseF64ArrayAttr:$act_beta, DefaultValuedAttr<F64Attr, "0.0">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse, DefaultValuedAttr<BoolAttr, "false">:$input_forget);
  let results = (outs Weft_NumberTensor:$y, Weft_NumberTensor:$h, Weft_NumberTensor:$c);
  let assemblyFormat = [{ $gates `,` $r `,` $h0 `,` $c0 (`peephole` $p^)? (`len` $len^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_GruOp : Weft_InferredOp<"gru", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Gated recurrent unit over time, one direction; gates in the order z r h";
  let arguments = (ins Weft_NumberTensor:$gates, Weft_NumberTensor:$r, Weft_NumberTensor:$rb, Weft_NumberTensor:$h0, Optional<Weft_IntTensor>:$len, StrArrayAttr:$acts, DenseF64ArrayAttr:$act_alpha, DenseF64ArrayAttr:$act_beta, DefaultValuedAttr<F64Attr, "0.0">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse, DefaultValuedAttr<BoolAttr, "false">:$linear_before_reset);
  let results = (outs Weft_NumberTensor:$y, Weft_NumberTensor:$h);
  let assemblyFormat = [{ $gates `,` $r `,` $rb `,` $h0 (`len` $len^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_RnnOp : Weft_InferredOp<"rnn", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Plain recurrent network over time, one direction";
  let arguments = (ins Weft_NumberTensor:$gates, Weft_NumberTensor:$r, Weft_NumberTensor:$h0, Optional<Weft_IntTensor>:$len, StrArrayAttr:$acts, DenseF64ArrayAttr:$act_alpha, DenseF64ArrayAttr:$act_beta, DefaultValuedAttr<F64Attr, "0.0">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Weft_NumberTensor:$y, Weft_NumberTensor:$h);
  let assemblyFormat = [{ $gates `,` $r `,` $h0 (`len` $len^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

#endif // WEFT_RECURRENT_OPS_TD
