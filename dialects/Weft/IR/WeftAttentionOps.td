// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention ops: attention, rotary embedding, caches.
#ifndef WEFT_ATTENTION_OPS_TD
#define WEFT_ATTENTION_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_AttentionOp : Weft_InferredOp<"attention", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Scaled dot-product attention with grouped heads";
  let description = [{
    `layout = bhsd`: q `[B Hq Sq D]`, k `[B Hkv Sk D]`, v `[B Hkv Sk Dv]`, result `[B Hq Sq Dv]`; `bshd`: dims 1 and 2 exchanged in all four. Hq is a
    multiple of Hkv: query head h reads key head `h / (Hq / Hkv)`. mask `[B|1 Hq|1 Sq|1 Sk|1]` in both layouts: i1 (true = visible) or added to the
    scores. kv_len, q_start: `[B]` or one element. sink: `[Hq]`. The result has q's element type; scores accumulate in f32 (f64 for f64).

    Semantics:  `s = scale * q k^T`, `s = softcap * tanh(s / softcap)` if softcap > 0, `s += mask`; key j is visible to row i iff `j < kv_len` and, with
                `p = q_start + i`, `causal` implies `j <= p`, `window_left >= 0` implies `p - window_left <= j`, `window_right >= 0` implies
                `j <= p + window_right`. `out = softmax(s over visible keys) v`; sink adds `exp(sink[h])` to the denominator. A row without
                visible keys (or whose scores are all -Inf) is 0.

    ```mlir
    %y = weft.attention %q, %k, %v {scale = 1.250000e-01 : f64, causal = true}
      : (tensor<1x8x16x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$q, Weft_NumberTensor:$k, Weft_NumberTensor:$v, Optional<Weft_NumberTensor>:$mask, Optional<Weft_IntTensor>:$kv_len, Optional<Weft_IntTensor>:$q_start, Optional<Weft_NumberTensor>:$sink, DefaultValuedAttr<Weft_HeadLayoutAttr, "::mlir::weft::HeadLayout::bhsd">:$layout, F64Attr:$scale, DefaultValuedAttr<BoolAttr, "false">:$causal, DefaultValuedAttr<I64Attr, "-1">:$window_left, DefaultValuedAttr<I64Attr, "-1">:$window_right, DefaultValuedAttr<F64Attr, "0.0">:$softcap);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $q `,` $k `,` $v (`mask` $mask^)? (`kv_len` $kv_len^)? (`q_start` $q_start^)? (`sink` $sink^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_LinearAttentionOp : Weft_InferredOp<"linear_attention", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Attention by a recurrent state";
  let description = [{
    q `[B T Hq Dk]`, k `[B T Hkv Dk]`, v `[B T Hkv Dv]`, state `[B Hkv Dk Dv]` (0 when absent), decay `[B T Hkv Dk|1]` in log space, beta `[B T Hkv|1]`;
    results y `[B T Hq Dv]` and the last state. Query head h reads state `h / (Hq / Hkv)`.

    Semantics:  per time step, `S = exp(decay) * S` for the gated rules, then `S += k v^T` (linear, gated) or `S += beta * k (v - S^T k)^T` (delta,
                gated_delta), then `y = scale * S^T q`.

    ```mlir
    %y, %s = weft.linear_attention %q, %k, %v {rule = #weft<recurrent_rule<linear>>, scale = 5.000000e-01 : f64}
      : (tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>) -> (tensor<1x3x2x4xf32>, tensor<1x2x4x4xf32>)
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$q, Weft_NumberTensor:$k, Weft_NumberTensor:$v, Optional<Weft_NumberTensor>:$state, Optional<Weft_NumberTensor>:$decay, Optional<Weft_NumberTensor>:$beta, Weft_RecurrentRuleAttr:$rule, F64Attr:$scale);
  let results = (outs Weft_NumberTensor:$result, Weft_NumberTensor:$new_state);
  let assemblyFormat = [{ $q `,` $k `,` $v (`state` $state^)? (`decay` $decay^)? (`beta` $beta^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_RopeOp : Weft_InferredOp<"rope", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Rotary position embedding of the first dims of the head axis";
  let description = [{
    x `[B H S D]` (bhsd) or `[B S H D]` (bshd); cos, sin `[B|1 S dims/2]`; `dims` is even and at most D, the dims behind stay as they are.

    Semantics:  with `a = x[i], b = x[i + dims/2]` (interleaved: `a = x[2i], b = x[2i + 1]`) and `c = cos[i], s = sin[i]` of the row's position:
                a becomes `a c - b s`, b becomes `a s + b c`.

    ```mlir
    %y = weft.rope %x, %cos, %sin {dims = 64 : i64} : (tensor<1x8x16x64xf32>, tensor<1x16x32xf32>, tensor<1x16x32xf32>) -> tensor<1x8x16x64xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$cos, Weft_NumberTensor:$sin, DefaultValuedAttr<Weft_HeadLayoutAttr, "::mlir::weft::HeadLayout::bhsd">:$layout, DefaultValuedAttr<BoolAttr, "false">:$interleaved, I64Attr:$dims);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $cos `,` $sin attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_CacheUpdateOp : Weft_InferredOp<"cache_update", [Pure, Weft_Dim]> {
  let summary = "Writes an update into a cache along one axis";
  let description = [{
    cache and update have equal dims but along `axis`, where update is not longer; start: `[B]` (B = dim 0) or one element.

    Semantics:  `out[.., start[b] + t, ..] = update[.., t, ..]`, the rest is cache. With `circular` the position is taken modulo the cache's size;
                otherwise a start outside of `[0, size - length]` is an error.

    ```mlir
    %y = weft.cache_update %cache, %new, %start {axis = 2 : i64} : (tensor<1x8x128x64xf32>, tensor<1x8x1x64xf32>, tensor<1xi64>) -> tensor<1x8x128x64xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$cache, Weft_NumberTensor:$update, Weft_IntTensor:$start, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$circular);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $cache `,` $update `,` $start attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_ATTENTION_OPS_TD
