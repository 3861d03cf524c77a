// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft attention that projects its input: Attention, QAttention, PackedAttention; and of
// batches without their padding.
#include "ContribAttention.h"
#include "Heads.h"
#include "ModelImporter.h"
#include "Quant.h"

namespace weft::importer {

/// Widths of queries, keys and values in a projection of `total` columns.
static FailureOr<SmallVector<Size>> projectionWidths(NodeBuilder &n, Size total) {
  if (std::optional<SmallVector<int64_t>> given = n.intsAttr("qkv_hidden_sizes"); given && !given->empty()) {
    if (given->size() != 3 || llvm::any_of(*given, [](int64_t width) { return width < 1; }))
      return n.fail("expected three positive sizes in attribute 'qkv_hidden_sizes'");
    return n.sizes.of(*given);
  }
  return SmallVector<Size>(3, n.sizes.floorDiv(total, n.sizes.of(3)));
}

/// Columns of a projection as queries, keys and values [B H S D].
static LogicalResult splitProjection(NodeBuilder &n, Value projected, HeadAttention &a) {
  int64_t heads = n.intAttr("num_heads", 0);
  FailureOr<SmallVector<Size>> widths = projectionWidths(n, n.dim(projected, 2));
  if (failed(widths))
    return failure();
  Size offset = n.sizes.of(0);
  for (auto [width, target] : llvm::zip_equal(*widths, SmallVector<Value *>{&a.q, &a.k, &a.v})) {
    Value part = n.sliceAxis(projected, 2, offset, width);
    part = part ? unpackHeads(n, part, heads, "input") : Value();
    if (!part)
      return failure();
    *target = swapHeadsAndRows(n, part);
    offset = n.sizes.add(offset, width);
  }
  return success(a.q && a.k && a.v);
}

namespace {

/// Where the optional inputs of an operator lie.
struct ProjectionInputs {
  unsigned mask, past, bias, pastLength;
};

} // namespace

static LogicalResult buildProjected(NodeBuilder &n, Value projected, const ProjectionInputs &at) {
  const SizeMath &m = n.sizes;
  (void)n.floatAttr("mask_filter_value", -10000.0);
  (void)n.intAttr("rotary_embedding_dim", 0);
  if (n.flagAttr("do_rotary", false))
    return n.fail("do_rotary is not supported; export RotaryEmbedding nodes");
  if (n.flagAttr("past_present_share_buffer", false) || n.has(at.pastLength))
    return n.fail("one buffer for past and present is not supported; export without it");
  if (!projected || n.rank(projected) != 3)
    return n.fail("expected an input of rank 3");
  HeadAttention a;
  if (failed(splitProjection(n, projected, a)))
    return failure();
  if (n.has(at.past)) {
    if (failed(n.checkRank(at.past, 5, 5)))
      return failure();
    auto half = [&](int64_t i) { return n.squeeze(n.sliceAxis(n.in(at.past), 0, m.of(i), m.of(1)), 0); };
    a.start = n.tensorOf(n.dim(n.in(at.past), 3));
    a.k = n.concat({half(0), a.k}, 2);
    a.v = n.concat({half(1), a.v}, 2);
  }
  if (!a.k || !a.v ||
      (n.wants(1) && failed(n.result(1, n.concat({n.unsqueeze(a.k, 0), n.unsqueeze(a.v, 0)}, 0)))))
    return failure();
  FailureOr<double> scale = attentionScale(n, a.q);
  if (failed(scale))
    return failure();
  a.scale = *scale;
  if (n.has(at.mask)) {
    a.mask = paddingMask(n, n.in(at.mask), n.dim(a.q, 0), n.dim(a.q, 2), n.dim(a.k, 2), n.elem(a.q));
    if (!a.mask)
      return failure();
  }
  return finishAttention(n, a, at.bias);
}

/// x [.., D] times weights [D, 3H], with a bias that may be null.
static Value project(NodeBuilder &n, Value x, Value weights, Value bias) {
  if (!x || !weights)
    return {};
  Value y = numpyMatmul(n, x, weights, [&](Value a, Value b) { return n.matmul(a, b); });
  y = n.cast(y, n.elem(x));
  return bias ? n.add(y, bias) : y;
}

LogicalResult buildContribAttention(NodeBuilder &n) {
  if (failed(n.checkRank(0, 3, 3)) || failed(n.checkRank(1, 2, 2)))
    return failure();
  return buildProjected(n, project(n, n.in(0), n.in(1), n.in(2)), {3, 4, 5, 6});
}

LogicalResult buildQAttention(NodeBuilder &n) {
  // Inputs: x, weights, bias, their scales, mask?, zero point of x?, zero points of the weights?, past?
  if (failed(n.checkRank(0, 3, 3)) || failed(n.checkRank(1, 2, 2)))
    return failure();
  Type real = n.elem(n.in(3));
  QuantPlace perColumn;
  perColumn.axis = 1;
  Value x = dequantize(n, n.in(0), n.in(3), n.in(6), real, {});
  Value weights = dequantize(n, n.in(1), n.in(4), n.in(7), real, perColumn);
  constexpr unsigned kNone = 99;
  return buildProjected(n, project(n, x, weights, n.in(2)), {5, 8, kNone, kNone});
}

/// Rows of x [T, C] at their places of a batch [B, S], zeros elsewhere: [B, S, C].
static Value restorePadding(NodeBuilder &n, Value x, Value places) {
  const SizeMath &m = n.sizes;
  Size batch = n.dim(places, 0), rows = n.dim(places, 1), width = n.dim(x, 1), tokens = n.dim(x, 0);
  Value flat = n.reshape(n.cast(places, n.b.getI64Type()), m.mul(batch, rows));
  Value at = n.unsqueeze(n.sliceAxis(flat, 0, m.of(0), tokens), 1);
  Value zeros = n.broadcast(n.splat({1, 1}, n.elem(x), 0.0), {m.mul(batch, rows), width});
  Value filled = n.make<w::ScatterNdOp>({zeros, at, x});
  return n.reshape(filled, {batch, rows, width});
}

/// The reverse: the rows that the first `tokens` places name.
static Value removePadding(NodeBuilder &n, Value x, Value places, Size tokens) {
  const SizeMath &m = n.sizes;
  Size all = m.mul(n.dim(x, 0), n.dim(x, 1));
  Value flat = n.reshape(n.cast(places, n.b.getI64Type()), all);
  return n.gather(n.reshape(x, {all, n.dim(x, 2)}), n.sliceAxis(flat, 0, m.of(0), tokens), 0);
}

LogicalResult buildPackedAttention(NodeBuilder &n) {
  // Inputs: x [T, D], weights, bias, places of the tokens [B, S], sums of the lengths [B + 1], bias of
  // scores?
  if (failed(n.checkRank(0, 2, 2)) || failed(n.checkRank(1, 2, 2)) || failed(n.checkRank(3, 2, 2)) ||
      failed(n.checkRank(4, 1, 1)))
    return failure();
  const SizeMath &m = n.sizes;
  Value places = n.in(3), sums = n.cast(n.in(4), n.b.getI64Type());
  Value projected = project(n, n.in(0), n.in(1), n.in(2));
  HeadAttention a;
  if (!projected || failed(splitProjection(n, restorePadding(n, projected, places), a)))
    return failure();
  FailureOr<double> scale = attentionScale(n, a.q);
  if (failed(scale))
    return failure();
  a.scale = *scale;
  Size batch = n.dim(places, 0);
  a.length = n.sub(n.sliceAxis(sums, 0, m.of(1), batch), n.sliceAxis(sums, 0, m.of(0), batch));
  if (n.has(5))
    a.mask = n.withRank(n.in(5), 4);
  Value y = attend(n, a);
  return n.result(y ? removePadding(n, y, places, n.dim(n.in(0), 0)) : Value());
}

LogicalResult buildRestorePadding(NodeBuilder &n) {
  if (failed(n.checkRank(0, 2, 2)) || failed(n.checkRank(1, 2, 2)))
    return failure();
  return n.result(restorePadding(n, n.in(0), n.in(1)));
}

LogicalResult buildRemovePadding(NodeBuilder &n) {
  if (failed(n.checkRank(0, 3, 3)) || failed(n.checkRank(1, 1, 1)))
    return failure();
  const SizeMath &m = n.sizes;
  Type i64 = n.b.getI64Type();
  Value x = n.in(0), counts = n.cast(n.in(1), i64);
  Size batch = n.dim(x, 0), rows = n.dim(x, 1);
  // A stable sort puts places of tokens first.
  Value isPad = n.compare(w::ComparePredicate::ge, n.iota({m.of(1), rows}, 1, i64), n.unsqueeze(counts, 1));
  auto sorted = n.makeOp<w::SortOp>(n.reshape(n.cast(isPad, i64), m.mul(batch, rows)), n.i64("axis", 0));
  Value total = n.reduce(w::ReduceKind::sum, counts, 0, /*keep=*/false);
  if (!sorted || !total)
    return failure();
  FailureOr<Size> tokens = n.sizeOf(total, "the number of tokens");
  Value places = n.reshape(sorted.getIndices(), {batch, rows});
  if (failed(tokens) || !places)
    return failure();
  Type index = n.elem(n.in(1));
  if (n.wants(1) && failed(n.result(1, n.cast(places, index))))
    return failure();
  Value sums = n.make<w::CumulateOp>(
      counts, {n.choice<w::CumulateKindAttr>("kind", w::CumulateKind::sum), n.i64("axis", 0)});
  if (n.wants(2) && failed(n.result(2, n.cast(n.concat({n.i64Constant(0), sums}, 0), index))))
    return failure();
  if (n.wants(3) && failed(n.result(3, n.cast(n.reduce(w::ReduceKind::max, counts, 0), index))))
    return failure();
  return n.result(removePadding(n, x, places, *tokens));
}

} // namespace weft::importer
