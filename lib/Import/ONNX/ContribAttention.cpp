// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft attention: multi-head, grouped-query, rotary embedding.
#include "NodeBuilder.h"

#include "Heads.h"
#include "ModelImporter.h"

#include <cmath>

namespace weft::importer {

/// Positions [B|1, S] from an offset [1] or a table [B, S].
static Value positions(NodeBuilder &n, Value ids, Size rows) {
  Type i64 = n.b.getI64Type();
  if (n.rank(ids) == 2)
    return ids;
  Value offset = n.reshape(n.cast(ids, i64), ArrayRef<int64_t>{1, 1});
  return n.add(n.iota({n.sizes.of(1), rows}, 1, i64), offset);
}

/// x [B S H D] (or [B H S D]) rotated by the rows of the caches at `ids` [B|1, S].
static Value rotate(NodeBuilder &n, Value x, Value ids, Value cos, Value sin, w::HeadLayout layout,
                    bool interleaved) {
  std::optional<int64_t> half = n.rank(cos) == 2 ? known(n.dim(cos, 1)) : std::nullopt;
  if (!half)
    return n.failValue("expected cos and sin caches of rank 2 with a static row");
  return n.make<w::RopeOp>({x, n.gather(cos, ids, 0), n.gather(sin, ids, 0)},
                           {n.choice<w::HeadLayoutAttr>("layout", layout), n.flag("interleaved", interleaved),
                            n.i64("dims", 2 * *half)});
}

LogicalResult buildContribRotaryEmbedding(NodeBuilder &n) {
  Value x = n.in(0);
  if (n.floatAttr("scale", 1.0) != 1.0 || n.flagAttr("is_packed_batching", false))
    return n.fail("expected scale 1 and no packed batching");
  (void)n.intAttr("rotary_embedding_dim", 0);
  int64_t heads = n.intAttr("num_heads", 0);
  bool isPacked = n.rank(x) == 3;
  if (isPacked) {
    std::optional<int64_t> hidden = known(n.dim(x, 2)), half = known(n.dim(n.in(2), 1));
    if (heads == 0 && hidden && half && *half > 0)
      heads = *hidden / (2 * *half);
    x = unpackHeads(n, x, heads, "input");
  }
  if (!x || n.rank(x) != 4)
    return n.fail("expected an input of rank 3 or 4");
  Value ids = positions(n, n.in(1), n.dim(x, isPacked ? 1 : 2));
  Value y = ids ? rotate(n, x, ids, n.in(2), n.in(3), isPacked ? w::HeadLayout::bshd : w::HeadLayout::bhsd,
                         n.flagAttr("interleaved", false))
                : Value();
  return n.result(isPacked ? packHeads(n, y) : y);
}

/// The attribute `scale`, or 1 / sqrt(head size); failure when that is not known.
static FailureOr<double> scaleOf(NodeBuilder &n, Value q) {
  std::optional<int64_t> depth = known(n.dim(q, 3));
  double scale = n.floatAttr("scale", 0.0);
  if (scale == 0 && !depth)
    return n.fail("expected a known head size or attribute 'scale'");
  return scale != 0 ? scale : 1.0 / std::sqrt(static_cast<double>(std::max<int64_t>(*depth, 1)));
}

/// Attention over [B H S D] operands, back as [B S H*D].
static Value attend(NodeBuilder &n, ArrayRef<Value> qkv, Value mask, Value length, Value start, double scale,
                    bool causal, int64_t window, double softcap) {
  SmallVector<Value> operands(qkv);
  for (Value optional : {mask, length, start})
    if (optional)
      operands.push_back(optional);
  Value y = n.make<w::AttentionOp>(operands,
                                   {n.f64("scale", scale), n.flag("causal", causal),
                                    n.i64("window_left", window), n.f64("softcap", softcap),
                                    n.segments({1, 1, 1, mask ? 1 : 0, length ? 1 : 0, start ? 1 : 0, 0})});
  return y ? packHeads(n, swapHeadsAndRows(n, y)) : Value();
}

//===----------------------------------------------------------------------===//
// MultiHeadAttention
//===----------------------------------------------------------------------===//

/// 0 where a key counts and mask_filter_value where it does not, as [B 1 S|1 T].
static Value paddingMask(NodeBuilder &n, Value mask, Size keys, Type element) {
  Type i64 = n.b.getI64Type();
  Value counts;
  if (n.rank(mask) == 1) {
    // Lengths.
    Value key = n.iota({n.sizes.of(1), n.sizes.of(1), n.sizes.of(1), keys}, 3, i64);
    counts = n.compare(w::ComparePredicate::lt, key, n.onAxis(n.cast(mask, i64), 0, 4));
  } else if (n.rank(mask) <= 3) {
    Value wide = n.rank(mask) == 2 ? n.unsqueeze(mask, {1, 2}) : n.unsqueeze(mask, 1);
    counts = n.compare(w::ComparePredicate::ne, n.cast(wide, i64), n.intScalar(i64, 0));
  } else {
    return n.failValue("expected key_padding_mask of rank 1 to 3, but got rank " + llvm::Twine(n.rank(mask)));
  }
  return n.select(counts, n.scalar(element, 0.0),
                  n.scalar(element, n.floatAttr("mask_filter_value", -10000.0)));
}

LogicalResult buildMultiHeadAttention(NodeBuilder &n) {
  int64_t heads = n.intAttr("num_heads", 0);
  (void)n.floatAttr("mask_filter_value", -10000.0);
  if (!n.has(1) || !n.has(2))
    return n.fail("packed queries, keys and values are not supported; export them apart");
  for (unsigned i = 8; i < n.numInputs(); ++i)
    if (n.has(i))
      return n.fail("input " + llvm::Twine(i) + " (shared cache) is not supported; export without it");
  SmallVector<Value> qkv;
  for (unsigned i = 0; i < 3; ++i) {
    Value x = n.in(i);
    // Rank 4: keys and values that are projected already, heads first.
    if (i > 0 && n.rank(x) == 4) {
      qkv.push_back(x);
      continue;
    }
    if (n.has(3) && n.rank(x) == 3) {
      // The bias of the three projections lies in one list.
      Size queryWidth = n.dim(n.in(0), 2), width = n.dim(x, 2);
      Size offset = i == 0   ? n.sizes.of(0)
                    : i == 1 ? queryWidth
                             : n.sizes.add(queryWidth, n.dim(n.in(1), n.rank(n.in(1)) - 1));
      x = n.add(x, n.sliceAxis(n.in(3), 0, offset, width));
    }
    Value unpacked = x ? unpackHeads(n, x, heads, "query, key or value") : Value();
    if (!unpacked)
      return failure();
    qkv.push_back(swapHeadsAndRows(n, unpacked));
  }
  Size past = n.sizes.of(0);
  if (n.has(6) && n.has(7)) {
    if (failed(n.checkRank(6, 4, 4)) || failed(n.checkRank(7, 4, 4)))
      return failure();
    past = n.dim(n.in(6), 2);
    qkv[1] = n.concat({n.in(6), qkv[1]}, 2);
    qkv[2] = n.concat({n.in(7), qkv[2]}, 2);
  }
  if (llvm::is_contained(qkv, Value()))
    return failure();
  for (unsigned i : {1u, 2u})
    if (n.wants(i) && failed(n.result(i, qkv[i])))
      return failure();
  FailureOr<double> scale = scaleOf(n, qkv[0]);
  if (failed(scale))
    return failure();
  Value mask;
  if (n.has(4)) {
    mask = paddingMask(n, n.in(4), n.dim(qkv[1], 2), n.elem(qkv[0]));
    if (!mask)
      return failure();
  }
  if (n.has(5))
    mask = mask ? n.add(mask, n.in(5)) : n.withRank(n.in(5), 4);
  bool causal = n.flagAttr("unidirectional", false);
  Value start = isKnown(past, 0) ? Value() : n.tensorOf(past);
  return n.result(attend(n, qkv, mask, {}, start, *scale, causal, -1, 0.0));
}

//===----------------------------------------------------------------------===//
// GroupQueryAttention
//===----------------------------------------------------------------------===//

LogicalResult buildGroupQueryAttention(NodeBuilder &n) {
  int64_t heads = n.intAttr("num_heads", 0), keyHeads = n.intAttr("kv_num_heads", 0);
  Type i64 = n.b.getI64Type();
  const SizeMath &m = n.sizes;
  // Inputs: q, k?, v?, past key?, past value?, seqlens_k, total length, cos?, sin?, position ids?, bias?,
  // head sink?
  if (!n.has(5) || heads < 1 || keyHeads < 1)
    return n.fail("expected seqlens_k, num_heads and kv_num_heads");
  if (n.has(10) || n.has(11) || n.flagAttr("smooth_softmax", false))
    return n.fail("attention_bias, head_sink and smooth_softmax are not supported; export without them");
  Value q = n.in(0), k = n.in(1), v = n.in(2);
  if (failed(n.checkRank(0, 3, 3)))
    return failure();
  if (!k) {
    // Queries, keys and values side by side.
    Size depth = m.floorDiv(n.dim(q, 2), m.of(heads + 2 * keyHeads));
    Size wide = m.mul(depth, m.of(heads)), narrow = m.mul(depth, m.of(keyHeads));
    k = n.sliceAxis(q, 2, wide, narrow);
    v = n.sliceAxis(q, 2, m.add(wide, narrow), narrow);
    q = n.sliceAxis(q, 2, m.of(0), wide);
  }
  if (!q || !k || !v)
    return failure();
  q = unpackHeads(n, q, heads, "query");
  k = unpackHeads(n, k, keyHeads, "key");
  v = unpackHeads(n, v, keyHeads, "value");
  if (!q || !k || !v)
    return failure();
  Size rows = n.dim(q, 1);
  Value total = n.reshape(n.cast(n.in(5), i64), m.product(n.dims(n.in(5))));
  total = n.add(total, n.intScalar(i64, 1));
  Value start = n.max(n.sub(total, n.tensorOf(rows)), n.intScalar(i64, 0));
  if (n.flagAttr("do_rotary", false)) {
    if (!n.has(7) || !n.has(8) || !start)
      return n.fail("expected cos and sin caches with do_rotary");
    Value ids = n.has(9) ? positions(n, n.in(9), rows)
                         : n.add(n.iota({m.of(1), rows}, 1, i64), n.unsqueeze(start, 1));
    bool interleaved = n.flagAttr("rotary_interleaved", false);
    q = rotate(n, q, ids, n.in(7), n.in(8), w::HeadLayout::bshd, interleaved);
    k = rotate(n, k, ids, n.in(7), n.in(8), w::HeadLayout::bshd, interleaved);
  } else {
    (void)n.intAttr("rotary_interleaved", 0);
  }
  if (!q || !k)
    return failure();
  SmallVector<Value> qkv = {swapHeadsAndRows(n, q), swapHeadsAndRows(n, k), swapHeadsAndRows(n, v)};
  for (unsigned i : {1u, 2u}) {
    if (Value past = n.in(2 + i)) {
      if (failed(n.checkRank(2 + i, 4, 4)))
        return failure();
      // A present of the past's own size is one buffer that is written in place.
      auto declared = dyn_cast_if_present<RankedTensorType>(n.declaredType(i));
      bool isShared = declared && declared.getRank() == 4 && !declared.isDynamicDim(2) &&
                      declared.getDimSize(2) == n.type(past).getDimSize(2);
      qkv[i] = isShared ? n.make<w::CacheUpdateOp>({past, qkv[i], start}, n.i64("axis", 2))
                        : n.concat({past, qkv[i]}, 2);
    }
    if (!qkv[i] || (n.wants(i) && failed(n.result(i, qkv[i]))))
      return failure();
  }
  FailureOr<double> scale = scaleOf(n, qkv[0]);
  if (failed(scale))
    return failure();
  // The window counts the query's own position; window_left counts the keys before it.
  int64_t window = n.intAttr("local_window_size", -1);
  return n.result(attend(n, qkv, {}, total, start, *scale, /*causal=*/true, window > 0 ? window - 1 : -1,
                         n.floatAttr("softcap", 0.0)));
}

} // namespace weft::importer
