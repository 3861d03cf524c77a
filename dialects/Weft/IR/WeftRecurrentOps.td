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
  let description = [{
    gates `[S B 4H]` is `x W^T + Wb + Rb`, computed outside; r `[4H H]`, h0 and c0 `[B H]`, peephole p `[3H]` (i o f), len `[B]`. Results y `[S B H]`, and the
    last valid h and c `[B H]`. Gate order i o f c.

    Semantics:  `i = f(g_i + r_i h + p_i c)`, `f = f(g_f + r_f h + p_f c)` (`1 - i` with input_forget), `c' = f c + i g(g_c + r_c h)`,
                `o = f(g_o + r_o h + p_o c')`, `h' = o h_act(c')`; `acts = [f, g, h]`. With clip > 0 the argument of every activation of a gate is
                clamped to +-clip first. Rows of y at or behind len are 0. `reverse` walks time backwards, only over the valid part; y stays in
                the order of time. act_alpha, act_beta: one entry per activation (NaN: the default of that activation).

    ```mlir
    %y, %h, %c = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>}
      : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$gates, Weft_NumberTensor:$r, Weft_NumberTensor:$h0, Weft_NumberTensor:$c0, Optional<Weft_NumberTensor>:$p, Optional<Weft_IntTensor>:$len, StrArrayAttr:$acts, DenseF64ArrayAttr:$act_alpha, DenseF64ArrayAttr:$act_beta, DefaultValuedAttr<F64Attr, "0.0">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse, DefaultValuedAttr<BoolAttr, "false">:$input_forget);
  let results = (outs Weft_NumberTensor:$y, Weft_NumberTensor:$h, Weft_NumberTensor:$c);
  let assemblyFormat = [{ $gates `,` $r `,` $h0 `,` $c0 (`peephole` $p^)? (`len` $len^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_GruOp : Weft_InferredOp<"gru", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Gated recurrent unit over time, one direction; gates in the order z r h";
  let description = [{
    gates `[S B 3H]` is `x W^T + Wb`, r `[3H H]`, rb `[3H]` the recurrent bias, h0 `[B H]`, len `[B]`. Results y `[S B H]`, h `[B H]`. Gate order z r h.

    Semantics:  `z = f(g_z + r_z h + rb_z)`, `r = f(g_r + r_r h + rb_r)`, `n = g(g_h + r_h (r * h) + rb_h)`, or with linear_before_reset
                `n = g(g_h + r * (r_h h + rb_h))`; `h' = (1 - z) * n + z * h`; `acts = [f, g]`. The rest as in `lstm`.

    ```mlir
    %y, %h = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>}
      : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$gates, Weft_NumberTensor:$r, Weft_NumberTensor:$rb, Weft_NumberTensor:$h0, Optional<Weft_IntTensor>:$len, StrArrayAttr:$acts, DenseF64ArrayAttr:$act_alpha, DenseF64ArrayAttr:$act_beta, DefaultValuedAttr<F64Attr, "0.0">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse, DefaultValuedAttr<BoolAttr, "false">:$linear_before_reset);
  let results = (outs Weft_NumberTensor:$y, Weft_NumberTensor:$h);
  let assemblyFormat = [{ $gates `,` $r `,` $rb `,` $h0 (`len` $len^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_RnnOp : Weft_InferredOp<"rnn", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Plain recurrent network over time, one direction";
  let description = [{
    gates `[S B H]` is `x W^T + Wb + Rb`, r `[H H]`, h0 `[B H]`, len `[B]`. Results y `[S B H]`, h `[B H]`.

    Semantics:  `h' = f(g + r h)`; `acts = [f]`. The rest as in `lstm`.

    ```mlir
    %y, %h = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>}
      : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$gates, Weft_NumberTensor:$r, Weft_NumberTensor:$h0, Optional<Weft_IntTensor>:$len, StrArrayAttr:$acts, DenseF64ArrayAttr:$act_alpha, DenseF64ArrayAttr:$act_beta, DefaultValuedAttr<F64Attr, "0.0">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Weft_NumberTensor:$y, Weft_NumberTensor:$h);
  let assemblyFormat = [{ $gates `,` $r `,` $h0 (`len` $len^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

#endif // WEFT_RECURRENT_OPS_TD
