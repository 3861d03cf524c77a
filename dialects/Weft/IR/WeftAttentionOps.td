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
  let arguments = (ins Weft_NumberTensor:$q, Weft_NumberTensor:$k, Weft_NumberTensor:$v, Optional<Weft_NumberTensor>:$mask, Optional<Weft_IntTensor>:$kv_len, Optional<Weft_IntTensor>:$q_start, Optional<Weft_NumberTensor>:$sink, DefaultValuedAttr<Weft_HeadLayoutAttr, "::mlir::weft::HeadLayout::bhsd">:$layout, F64Attr:$scale, DefaultValuedAttr<BoolAttr, "false">:$causal, DefaultValuedAttr<I64Attr, "-1">:$window_left, DefaultValuedAttr<I64Attr, "-1">:$window_right, DefaultValuedAttr<F64Attr, "0.0">:$softcap);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $q `,` $k `,` $v (`mask` $mask^)? (`kv_len` $kv_len^)? (`q_start` $q_start^)? (`sink` $sink^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_LinearAttentionOp : Weft_InferredOp<"linear_attention", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Attention by a recurrent state";
  let arguments = (ins Weft_NumberTensor:$q, Weft_NumberTensor:$k, Weft_NumberTensor:$v, Optional<Weft_NumberTensor>:$state, Optional<Weft_NumberTensor>:$decay, Optional<Weft_NumberTensor>:$beta, Weft_RecurrentRuleAttr:$rule, F64Attr:$scale);
  let results = (outs Weft_NumberTensor:$result, Weft_NumberTensor:$new_state);
  let assemblyFormat = [{ $q `,` $k `,` $v (`state` $state^)? (`decay` $decay^)? (`beta` $beta^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_RopeOp : Weft_InferredOp<"rope", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Rotary position embedding of the first dims of the head axis";
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$cos, Weft_NumberTensor:$sin, DefaultValuedAttr<Weft_HeadLayoutAttr, "::mlir::weft::HeadLayout::bhsd">:$layout, DefaultValuedAttr<BoolAttr, "false">:$interleaved, I64Attr:$dims);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $cos `,` $sin attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_CacheUpdateOp : Weft_InferredOp<"cache_update", [Pure, Weft_Dim]> {
  let summary = "Writes an update into a cache along one axis";
  let arguments = (ins Weft_NumberTensor:$cache, Weft_NumberTensor:$update, Weft_IntTensor:$start, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$circular);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $cache `,` $update `,` $start attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_ATTENTION_OPS_TD
