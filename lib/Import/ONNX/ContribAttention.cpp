// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft attention: multi-head, grouped-query, rotary embedding.
#include "NodeBuilder.h"

#include "ContribAttention.h"
#include "Heads.h"
#include "ModelImporter.h"

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

Value attend(NodeBuilder &n, const HeadAttention &a) {
  SmallVector<Value> operands = {a.q, a.k, a.v};
  SmallVector<int32_t> present = {1, 1, 1};
  for (Value optional : {a.mask, a.length, a.start, a.sink}) {
    present.push_back(optional ? 1 : 0);
    if (optional)
      operands.push_back(optional);
  }
  Value y = n.make<w::AttentionOp>(operands, {n.f64("scale", a.scale), n.flag("causal", a.causal),
                                              n.i64("window_left", a.window), n.f64("softcap", a.softcap),
                                              n.segments(present)});
  return y ? packHeads(n, swapHeadsAndRows(n, y)) : Value();
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Whether keys [1 1 1 T] count by a list of lengths, or of ends and starts.
static Value countedKeys(NodeBuilder &n, Value mask, Size batch, Size keys) {
  const SizeMath &m = n.sizes;
  Type i64 = n.b.getI64Type();
  Value key = n.iota({m.of(1), m.of(1), m.of(1), keys}, 3, i64);
  auto part = [&](Size from) { return n.onAxis(n.cast(n.sliceAxis(mask, 0, from, batch), i64), 0, 4); };
  std::optional<int64_t> entries = known(n.dim(mask, 0)), samples = known(batch);
  Value isBefore = n.compare(w::ComparePredicate::lt, key, part(m.of(0)));
  // A list of another size than the batch has more parts; where sizes are not known, it has one.
  if (!entries || !samples || *entries == *samples || *entries == 3 * *samples + 2)
    return isBefore;
  if (*entries != 2 * *samples)
    return n.failValue("expected a mask of B, 2 B or 3 B + 2 entries for a batch of " +
                       llvm::Twine(*samples) + ", but got " + llvm::Twine(*entries));
  return n.binary<w::AndOp>(isBefore, n.compare(w::ComparePredicate::ge, key, part(batch)));
}

LogicalResult finishAttention(NodeBuilder &n, HeadAttention &a, unsigned bias) {
  if (n.has(bias))
    a.mask = a.mask ? n.add(a.mask, n.in(bias)) : n.withRank(n.in(bias), 4);
  a.causal = n.flagAttr("unidirectional", false);
  return n.result(attend(n, a));
}

Value paddingMask(NodeBuilder &n, Value mask, Size batch, Size rows, Size keys, Type element) {
  const SizeMath &m = n.sizes;
  Type i64 = n.b.getI64Type();
  int64_t rank = n.rank(mask);
  Value counts;
  if (rank == 1) {
    counts = countedKeys(n, mask, batch, keys);
  } else if (rank <= 4 && rank > 0) {
    // The last rows of a square for all positions.
    if (rank == 4)
      mask = n.slice(mask, {m.of(0), m.of(0), m.sub(keys, rows), m.of(0)},
                     {n.dim(mask, 0), n.dim(mask, 1), rows, keys});
    Value wide = rank == 4 ? mask : rank == 2 ? n.unsqueeze(mask, {1, 2}) : n.unsqueeze(mask, 1);
    counts = n.compare(w::ComparePredicate::ne, n.cast(wide, i64), n.intScalar(i64, 0));
  } else {
    return n.failValue("expected a mask of rank 1 to 4, but got rank " + llvm::Twine(rank));
  }
  return n.select(counts, n.scalar(element, 0.0),
                  n.scalar(element, n.floatAttr("mask_filter_value", -10000.0)));
}

//===----------------------------------------------------------------------===//
// MultiHeadAttention
//===----------------------------------------------------------------------===//

/// Queries, keys and values [B H S D] of the first three inputs, which may be packed into one or two, with
/// their bias; failure after a report.
static FailureOr<SmallVector<Value>> readHeads(NodeBuilder &n, int64_t heads, Value bias) {
  Value q = n.in(0), k = n.in(1), v = n.in(2);
  const SizeMath &m = n.sizes;
  // [B S N parts D]: one part, as [B S N*D].
  auto unpack = [&](Value packed, int64_t part) {
    Value one = n.squeeze(n.sliceAxis(packed, 3, m.of(part), m.of(1)), 3);
    return one ? packHeads(n, one) : Value();
  };
  if (!k && n.rank(q) == 5) {
    k = unpack(q, 1);
    v = unpack(q, 2);
    q = unpack(q, 0);
  } else if (!k) {
    // Side by side; the three are of one width.
    Size width = m.floorDiv(n.dim(q, 2), m.of(3));
    k = n.sliceAxis(q, 2, width, width);
    v = n.sliceAxis(q, 2, m.mul(width, m.of(2)), width);
    q = n.sliceAxis(q, 2, m.of(0), width);
  } else if (!v && n.rank(k) == 5) {
    v = unpack(k, 1);
    k = unpack(k, 0);
  }
  if (!q || !k || !v)
    return n.fail("expected keys and values beside the queries or packed with them");
  SmallVector<Value> qkv;
  Size offset = m.of(0);
  for (Value x : {q, k, v}) {
    // Rank 4: keys and values that are projected already, heads first.
    if (x != q && n.rank(x) == 4) {
      qkv.push_back(x);
      continue;
    }
    Size width = n.dim(x, n.rank(x) - 1);
    if (bias && n.rank(x) == 3) {
      x = n.add(x, n.sliceAxis(bias, 0, offset, width));
      offset = m.add(offset, width);
    }
    Value unpacked = x ? unpackHeads(n, x, heads, "query, key or value") : Value();
    if (!unpacked)
      return failure();
    qkv.push_back(swapHeadsAndRows(n, unpacked));
  }
  return qkv;
}

namespace {

/// Where the optional inputs of an operator lie.
struct CacheInputs {
  unsigned mask, bias, pastKey, pastValue, pastLength, cacheIndirection;
};

} // namespace

static LogicalResult buildHeads(NodeBuilder &n, const CacheInputs &at, Value projectionBias) {
  const SizeMath &m = n.sizes;
  int64_t heads = n.intAttr("num_heads", 0);
  (void)n.floatAttr("mask_filter_value", -10000.0);
  if (n.has(at.cacheIndirection))
    return n.fail(
        "a cache that beams share (cache_indirection) is not supported; export without beam search");
  FailureOr<SmallVector<Value>> qkv = readHeads(n, heads, projectionBias);
  if (failed(qkv))
    return failure();
  HeadAttention a;
  a.q = (*qkv)[0];
  a.k = (*qkv)[1];
  a.v = (*qkv)[2];
  if (n.has(at.pastKey) && n.has(at.pastValue)) {
    if (failed(n.checkRank(at.pastKey, 4, 4)) || failed(n.checkRank(at.pastValue, 4, 4)))
      return failure();
    Value pastKey = n.in(at.pastKey), pastValue = n.in(at.pastValue);
    if (n.has(at.pastLength)) {
      // One buffer for past and present: new rows go behind those that are there.
      Type i64 = n.b.getI64Type();
      Value length = n.reshape(n.cast(n.in(at.pastLength), i64), ArrayRef<int64_t>{1});
      a.start = length;
      a.length = n.add(length, n.tensorOf(n.dim(a.k, 2)));
      a.k = n.make<w::CacheUpdateOp>({pastKey, a.k, length}, n.i64("axis", 2));
      a.v = n.make<w::CacheUpdateOp>({pastValue, a.v, length}, n.i64("axis", 2));
    } else {
      if (!isKnown(n.dim(pastKey, 2), 0))
        a.start = n.tensorOf(n.dim(pastKey, 2));
      a.k = n.concat({pastKey, a.k}, 2);
      a.v = n.concat({pastValue, a.v}, 2);
    }
  }
  if (!a.q || !a.k || !a.v || (n.wants(1) && failed(n.result(1, a.k))) ||
      (n.wants(2) && failed(n.result(2, a.v))))
    return failure();
  FailureOr<double> scale = attentionScale(n, a.q);
  if (failed(scale))
    return failure();
  a.scale = *scale;
  Size rows = n.dim(a.q, 2), keys = n.dim(a.k, 2);
  if (n.has(at.mask)) {
    Value mask = n.in(at.mask);
    // A mask of the keys that are there says nothing about the rest of their buffer, which `length` hides.
    if (int64_t last = n.rank(mask) - 1; a.length && last > 0) {
      SmallVector<Size> lo(last + 1, m.of(0)), hi = lo;
      hi[last] = m.max(m.sub(keys, n.dim(mask, last)), m.of(0));
      mask = n.pad(mask, lo, hi);
    }
    a.mask = mask ? paddingMask(n, mask, n.dim(a.q, 0), rows, keys, n.elem(a.q)) : Value();
    if (!a.mask)
      return failure();
  }
  return finishAttention(n, a, at.bias);
}

LogicalResult buildMultiHeadAttention(NodeBuilder &n) {
  if (n.wants(3))
    return n.fail("output 3 (scores) is not supported; leave it out of the export");
  return buildHeads(n, {4, 5, 6, 7, 8, 9}, n.in(3));
}

/// MultiHeadAttention of one new position, with other places of the inputs.
LogicalResult buildDecoderMaskedMultiHeadAttention(NodeBuilder &n) {
  (void)n.intAttr("past_present_share_buffer", 0);
  if (n.flagAttr("output_qk", false) || n.wants(3))
    return n.fail("output 3 (scores) is not supported; leave it out of the export");
  // Input 8, the number of beams, only says how cache_indirection is read.
  return buildHeads(n, {3, 4, 5, 6, 7, 9}, n.in(10));
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
  FailureOr<double> scale = attentionScale(n, qkv[0]);
  if (failed(scale))
    return failure();
  HeadAttention a{qkv[0], qkv[1], qkv[2], {}, total, start, n.in(11), *scale};
  // A softmax whose sum holds one more term, exp(0).
  if (n.flagAttr("smooth_softmax", false) && !a.sink)
    a.sink = n.splat(heads, n.elem(qkv[0]), 0.0);
  if (n.has(10))
    a.mask = n.withRank(n.in(10), 4);
  // The window counts the query's own position; window_left counts the keys before it.
  int64_t window = n.intAttr("local_window_size", -1);
  a.window = window > 0 ? window - 1 : -1;
  a.causal = true;
  a.softcap = n.floatAttr("softcap", 0.0);
  return n.result(attend(n, a));
}

} // namespace weft::importer
