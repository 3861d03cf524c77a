// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of attention, rotary embedding, linear attention and caches of the ONNX standard.
#include "NodeBuilder.h"

#include "Heads.h"
#include "ModelImporter.h"

#include <cmath>
#include <limits>

namespace weft::importer {

namespace {

/// One Attention node; heads in front of rows (bhsd) unless `isRowsFirst`.
struct Attention {
  Value q, k, v, mask, kvLength, start;
  Size past;
  bool isPacked = false, isRowsFirst = false, isCausal = false;
  double scale = 1, softcap = 0;
  int64_t windowLeft = -1, windowRight = -1;
};

} // namespace

/// [B S heads*D] as [B S heads D].
Value unpackHeads(NodeBuilder &n, Value x, int64_t heads, StringRef what) {
  if (n.rank(x) != 3)
    return n.failValue("expected " + what + " of rank 3 or 4, but got rank " + llvm::Twine(n.rank(x)));
  if (heads < 1)
    return n.failValue("expected a number of heads for " + what + " of rank 3");
  Size count = n.sizes.of(heads);
  return n.reshape(x, {n.dim(x, 0), n.dim(x, 1), count, n.sizes.floorDiv(n.dim(x, 2), count)});
}

/// The reverse.
Value packHeads(NodeBuilder &n, Value x) {
  if (!x)
    return {};
  return n.reshape(x, {n.dim(x, 0), n.dim(x, 1), n.sizes.mul(n.dim(x, 2), n.dim(x, 3))});
}

Value swapHeadsAndRows(NodeBuilder &n, Value x) { return n.transpose(x, {0, 2, 1, 3}); }

Value repeatHeads(NodeBuilder &n, Value x, Size heads) {
  const SizeMath &m = n.sizes;
  Size own = n.dim(x, 1);
  if (known(heads) && known(heads) == known(own))
    return x;
  Size batch = n.dim(x, 0), rows = n.dim(x, 2), depth = n.dim(x, 3);
  x = n.broadcast(n.unsqueeze(x, 2), {batch, own, m.floorDiv(heads, own), rows, depth});
  return n.reshape(x, {batch, heads, rows, depth});
}

FailureOr<double> attentionScale(NodeBuilder &n, Value q) {
  std::optional<int64_t> depth = known(n.dim(q, 3));
  double scale = n.floatAttr("scale", 0.0);
  if (scale == 0 && !depth)
    return n.fail("expected a known head size or attribute 'scale'; fix the dims of the query (--shape)");
  return scale != 0 ? scale : 1.0 / std::sqrt(static_cast<double>(std::max<int64_t>(*depth, 1)));
}

static LogicalResult readOperands(NodeBuilder &n, Attention &a) {
  a.q = n.in(0);
  a.k = n.in(1);
  a.v = n.in(2);
  a.isPacked = n.rank(a.q) == 3;
  bool needsKeys = n.has(4) || n.wants(1) || n.wants(2) || n.wants(3);
  int64_t queryHeads = n.intAttr("q_num_heads", 0), keyHeads = n.intAttr("kv_num_heads", 0);
  if (a.isPacked) {
    a.q = unpackHeads(n, a.q, queryHeads, "q");
    a.k = unpackHeads(n, a.k, keyHeads, "k");
    a.v = unpackHeads(n, a.v, keyHeads, "v");
    a.isRowsFirst = !needsKeys;
    if (needsKeys)
      for (Value *x : {&a.q, &a.k, &a.v})
        *x = swapHeadsAndRows(n, *x);
  }
  if (!a.q || !a.k || !a.v)
    return failure();
  for (Value x : {a.q, a.k, a.v})
    if (n.rank(x) != 4)
      return n.fail("expected q, k and v of equal rank 3 or 4");
  a.past = n.sizes.of(0);
  if (n.has(4) != n.has(5))
    return n.fail("expected past_key and past_value together");
  if (n.has(4)) {
    if (failed(n.checkRank(4, 4, 4)) || failed(n.checkRank(5, 4, 4)))
      return failure();
    a.past = n.dim(n.in(4), 2);
    a.k = n.concat({n.in(4), a.k}, 2);
    a.v = n.concat({n.in(5), a.v}, 2);
  }
  return success(a.k && a.v);
}

/// The mask as rank 4; keys that it does not reach are masked.
static LogicalResult readMask(NodeBuilder &n, Attention &a) {
  if (!n.has(3))
    return success();
  Value mask = n.withRank(n.in(3), 4);
  if (!mask || n.rank(mask) != 4)
    return n.fail("expected a mask of rank 4 at most, but got rank " + llvm::Twine(n.rank(n.in(3))));
  std::optional<int64_t> reach = known(n.dim(mask, 3)), keys = known(n.dim(a.k, a.isRowsFirst ? 1 : 2));
  if (reach && keys && *reach != 1 && *reach < *keys) {
    bool isBool = n.elem(mask).isInteger(1);
    Value fill = isBool ? n.intScalar(n.elem(mask), 0)
                        : n.scalar(n.elem(mask), -std::numeric_limits<double>::infinity());
    SmallVector<Size> lo(4, n.sizes.of(0)), hi(4, n.sizes.of(0));
    hi[3] = n.sizes.of(*keys - *reach);
    mask = n.pad(mask, lo, hi, w::PadMode::constant, fill);
  }
  a.mask = mask;
  return success(static_cast<bool>(mask));
}

/// Scores with their bias, as qk_matmul_output taps them: 0 products, 1 softcap, 2 masked, 3 probabilities.
static Value tapScores(NodeBuilder &n, const Attention &a, int64_t mode) {
  Type element = n.elem(a.q), wide = w::getAccumulatorType(element), i64 = n.b.getI64Type();
  const SizeMath &m = n.sizes;
  Size rows = n.dim(a.q, 2), keys = n.dim(a.k, 2);
  Value k = repeatHeads(n, a.k, n.dim(a.q, 1));
  Value scores = n.mul(n.cast(n.matmul(a.q, k, false, /*transposeRhs=*/true), wide), n.scalar(wide, a.scale));
  if (mode == 0)
    return n.cast(scores, element);
  if (a.softcap > 0)
    scores = n.mul(n.make<w::TanhOp>(n.div(scores, n.scalar(wide, a.softcap))), n.scalar(wide, a.softcap));
  if (mode == 1)
    return n.cast(scores, element);
  Value lowest = n.scalar(wide, -std::numeric_limits<double>::infinity());
  if (a.mask)
    scores =
        n.elem(a.mask).isInteger(1) ? n.select(a.mask, scores, lowest) : n.add(scores, n.cast(a.mask, wide));
  Value key = n.iota({m.of(1), m.of(1), m.of(1), keys}, 3, i64),
        row = n.iota({m.of(1), m.of(1), rows, m.of(1)}, 2, i64);
  auto perSample = [&](Value v) { return n.rank(v) == 1 ? n.onAxis(n.cast(v, i64), 0, 4) : n.cast(v, i64); };
  Value place = a.start ? n.add(row, perSample(a.start)) : row;
  auto hide = [&](Value visible) { scores = n.select(visible, scores, lowest); };
  if (a.isCausal)
    hide(n.compare(w::ComparePredicate::le, key, place));
  if (a.windowLeft >= 0)
    hide(n.compare(w::ComparePredicate::ge, key, n.sub(place, n.intScalar(i64, a.windowLeft))));
  if (a.windowRight >= 0)
    hide(n.compare(w::ComparePredicate::le, key, n.add(place, n.intScalar(i64, a.windowRight))));
  if (a.kvLength)
    hide(n.compare(w::ComparePredicate::lt, key, perSample(a.kvLength)));
  if (mode == 2)
    return n.cast(scores, element);
  Value most = n.reduce(w::ReduceKind::max, scores, 3);
  Value isEmpty = n.compare(w::ComparePredicate::eq, most, lowest);
  return n.cast(n.select(isEmpty, n.scalar(wide, 0.0), n.softmax(scores, 3)), element);
}

LogicalResult buildAttention(NodeBuilder &n) {
  Attention a;
  if (failed(readOperands(n, a)) || failed(readMask(n, a)))
    return failure();
  std::optional<int64_t> depth = known(n.dim(a.q, 3));
  if (!depth && !n.hasAttr("scale"))
    return n.fail("expected a known head size or attribute 'scale'; fix the dims of q (--shape)");
  a.scale =
      n.floatAttr("scale", depth ? 1.0 / std::sqrt(static_cast<double>(std::max<int64_t>(*depth, 1))) : 1.0);
  a.softcap = n.floatAttr("softcap", 0.0);
  a.isCausal = n.flagAttr("is_causal", false);
  a.windowLeft = n.intAttr("left_window_size", -1);
  a.windowRight = n.intAttr("right_window_size", -1);
  // Softmax accumulates in f32 or wider in any case.
  (void)n.intAttr("softmax_precision", 1);
  int64_t mode = n.intAttr("qk_matmul_output_mode", 0);
  Type i64 = n.b.getI64Type();
  int64_t rowAxis = a.isRowsFirst ? 1 : 2;
  a.kvLength = n.in(6);
  if (n.has(4))
    a.start = n.tensorOf(a.past);
  else if (a.kvLength)
    a.start = n.sub(n.cast(a.kvLength, i64), n.tensorOf(n.dim(a.q, rowAxis)));
  if (n.wants(1) && failed(n.result(1, a.k)))
    return failure();
  if (n.wants(2) && failed(n.result(2, a.v)))
    return failure();
  if (n.wants(3) && failed(n.result(3, tapScores(n, a, mode))))
    return failure();
  SmallVector<Value> operands = {a.q, a.k, a.v};
  for (Value optional : {a.mask, a.kvLength, a.start})
    if (optional)
      operands.push_back(optional);
  Value y = n.make<w::AttentionOp>(
      operands,
      {n.choice<w::HeadLayoutAttr>("layout", a.isRowsFirst ? w::HeadLayout::bshd : w::HeadLayout::bhsd),
       n.f64("scale", a.scale), n.flag("causal", a.isCausal), n.i64("window_left", a.windowLeft),
       n.i64("window_right", a.windowRight), n.f64("softcap", a.softcap),
       n.segments({1, 1, 1, a.mask ? 1 : 0, a.kvLength ? 1 : 0, a.start ? 1 : 0, 0})});
  if (a.isPacked && y)
    y = packHeads(n, a.isRowsFirst ? y : swapHeadsAndRows(n, y));
  return n.result(y);
}

//===----------------------------------------------------------------------===//
// Rotary embedding and caches
//===----------------------------------------------------------------------===//

LogicalResult buildRotaryEmbedding(NodeBuilder &n) {
  Value x = n.in(0), cos = n.in(1), sin = n.in(2);
  bool isPacked = n.rank(x) == 3;
  int64_t heads = n.intAttr("num_heads", 0), dims = n.intAttr("rotary_embedding_dim", 0);
  if (isPacked)
    x = unpackHeads(n, x, heads, "X");
  if (!x || n.rank(x) != 4)
    return n.fail("expected X of rank 3 (with num_heads) or 4");
  std::optional<int64_t> depth = known(n.dim(x, 3));
  if (dims == 0 && !depth)
    return n.fail("expected a known head size or rotary_embedding_dim; fix the dims of X (--shape)");
  if (n.has(3)) {
    cos = n.gather(cos, n.in(3), 0);
    sin = n.gather(sin, n.in(3), 0);
  }
  Value y = n.make<w::RopeOp>(
      {x, cos, sin},
      {n.choice<w::HeadLayoutAttr>("layout", isPacked ? w::HeadLayout::bshd : w::HeadLayout::bhsd),
       n.flag("interleaved", n.flagAttr("interleaved", false)), n.i64("dims", dims == 0 ? *depth : dims)});
  return n.result(isPacked ? packHeads(n, y) : y);
}

LogicalResult buildTensorScatter(NodeBuilder &n) {
  Value cache = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", -2, n.rank(cache));
  std::string mode = n.stringAttr("mode", "linear");
  if (failed(axis))
    return failure();
  if (mode != "linear" && mode != "circular")
    return n.fail("expected mode linear or circular, but got '" + mode + "'");
  Value start = n.has(2) ? n.in(2) : n.intScalar(n.b.getI64Type(), 0);
  return n.result(n.make<w::CacheUpdateOp>({cache, n.in(1), start},
                                           {n.i64("axis", *axis), n.flag("circular", mode == "circular")}));
}

//===----------------------------------------------------------------------===//
// Linear attention, causal convolution
//===----------------------------------------------------------------------===//

LogicalResult buildLinearAttention(NodeBuilder &n) {
  int64_t queryHeads = n.intAttr("q_num_heads", 0), keyHeads = n.intAttr("kv_num_heads", 0);
  (void)n.intAttr("chunk_size", 64);
  Value q = unpackHeads(n, n.in(0), queryHeads, "query"), k = unpackHeads(n, n.in(1), keyHeads, "key"),
        v = unpackHeads(n, n.in(2), keyHeads, "value");
  if (!q || !k || !v)
    return failure();
  std::string ruleName = n.stringAttr("update_rule", "gated_delta");
  std::optional<w::RecurrentRule> rule = w::symbolizeRecurrentRule(ruleName);
  if (!rule)
    return n.fail("expected update_rule linear, gated, delta or gated_delta, but got '" + ruleName + "'");
  double scale = n.floatAttr("scale", 0.0);
  std::optional<int64_t> depth = known(n.dim(k, 3));
  if (scale == 0 && !depth)
    return n.fail("expected a known head size or attribute 'scale'; fix the dims of key (--shape)");
  if (scale == 0)
    scale = 1.0 / std::sqrt(static_cast<double>(std::max<int64_t>(*depth, 1)));
  bool isGated = *rule == w::RecurrentRule::gated || *rule == w::RecurrentRule::gated_delta;
  bool isDelta = *rule == w::RecurrentRule::delta || *rule == w::RecurrentRule::gated_delta;
  // [B T heads] is one decay per head, [B T heads*D] one per row of the state.
  Value decay = isGated ? n.in(4) : Value(), beta = isDelta ? n.in(5) : Value();
  if ((isGated && !decay) || (isDelta && !beta))
    return n.fail("expected decay and beta as update_rule " + ruleName + " needs them");
  if (decay)
    decay = unpackHeads(n, decay, keyHeads, "decay");
  SmallVector<Value> operands = {q, k, v};
  for (Value optional : {n.in(3), decay, beta})
    if (optional)
      operands.push_back(optional);
  auto op = n.makeOp<w::LinearAttentionOp>(
      operands, {n.choice<w::RecurrentRuleAttr>("rule", *rule), n.f64("scale", scale),
                 n.segments({1, 1, 1, n.has(3) ? 1 : 0, decay ? 1 : 0, beta ? 1 : 0})});
  if (!op || (n.wants(1) && failed(n.result(1, op.getNewState()))))
    return failure();
  return n.result(packHeads(n, op.getResult()));
}

LogicalResult buildCausalConvWithState(NodeBuilder &n) {
  Value x = n.in(0), filter = n.in(1);
  if (failed(n.checkRank(0, 3, 3)) || failed(n.checkRank(1, 3, 3)))
    return failure();
  std::optional<int64_t> channels = known(n.dim(filter, 0)), taps = known(n.dim(filter, 2));
  if (!channels || !taps || *taps < 1)
    return n.fail("expected filters of static shape");
  std::string activation = n.stringAttr("activation", "none");
  if (activation != "none" && activation != "silu" && activation != "swish")
    return n.fail("expected activation none, silu or swish, but got '" + activation + "'");
  const SizeMath &m = n.sizes;
  Type element = n.elem(x);
  Size state = m.of(*taps - 1);
  Value past =
      n.has(3) ? n.in(3) : n.broadcast(n.splat({1, 1, 1}, element, 0.0), {n.dim(x, 0), n.dim(x, 1), state});
  Value all = n.concat({past, x}, 2);
  Value y =
      n.make<w::ConvOp>({all, filter}, {n.list("strides", 1), n.list("pads", {0, 0}), n.list("dilations", 1),
                                        n.i64("groups", *channels), n.segments({1, 1, 0, 0})});
  y = n.cast(y, element);
  if (n.has(2))
    y = n.add(y, n.onAxis(n.in(2), 1, 3));
  if (activation != "none")
    y = n.mul(y, n.make<w::SigmoidOp>(y));
  if (n.wants(1) && (!all || failed(n.result(1, n.sliceAxis(all, 2, m.sub(n.dim(all, 2), state), state)))))
    return failure();
  return n.result(y);
}

} // namespace weft::importer
