// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of pooling over windows and over whole images.
#include "Pooling.h"

#include "ModelImporter.h"
#include "Window.h"

namespace weft::importer {

namespace {

/// Pooling of one image: its window, and what is left to do when the run decides its size.
struct Pooling {
  Window window;
  SmallVector<int64_t> axes;
  /// Sizes that ceil_mode gives on dims that the run decides; null elsewhere.
  SmallVector<std::optional<Size>> limits;
};

} // namespace

/// ceil_mode: pads behind so that the last window fits, but drops one that would start in them.
static void applyCeil(NodeBuilder &n, Pooling &pooling, Value x) {
  const SizeMath &m = n.sizes;
  Window &window = pooling.window;
  for (size_t i = 0; i < window.kernel.size(); ++i) {
    Size in = n.dim(x, pooling.axes[i]);
    int64_t stride = window.strides[i], reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    Size padded = m.add(m.add(in, window.lo[i]), window.hi[i]);
    Size count = m.add(m.ceilDiv(m.sub(padded, m.of(reach)), m.of(stride)), m.of(1));
    Size starts = m.add(m.floorDiv(m.sub(m.add(in, window.lo[i]), m.of(1)), m.of(stride)), m.of(1));
    Size out = m.min(count, starts);
    if (std::optional<int64_t> number = known(out), size = known(padded); number && size) {
      window.ceilPads[i] = std::max<int64_t>((*number - 1) * stride + reach - *size, 0);
      continue;
    }
    window.ceilPads[i] = stride - 1;
    pooling.limits[i] = out;
  }
}

static FailureOr<Pooling> readPooling(NodeBuilder &n, Value x) {
  if (failed(n.checkRank(0, 3)))
    return failure();
  int64_t spatial = n.rank(x) - 2;
  SmallVector<int64_t> kernel(spatial, ShapedType::kDynamic);
  FailureOr<Window> window = readWindow(n, x, kernel);
  if (failed(window))
    return failure();
  Pooling pooling{*window, sequence(2, n.rank(x)), {}};
  pooling.limits.resize(spatial);
  if (n.flagAttr("ceil_mode", false))
    applyCeil(n, pooling, x);
  return pooling;
}

static SmallVector<NamedAttribute> poolAttributes(NodeBuilder &n, const Pooling &pooling, bool withPads) {
  const Window &window = pooling.window;
  SmallVector<int64_t> lo(window.kernel.size(), 0), hi = window.ceilPads;
  if (withPads) {
    SmallVector<int64_t> pads = window.staticPads();
    for (size_t i = 0; i < lo.size(); ++i) {
      lo[i] = pads[i];
      hi[i] += pads[i + lo.size()];
    }
  }
  return {
      n.list("axes", pooling.axes), n.list("kernel", window.kernel), n.list("strides", window.strides),
      n.list("pads_lo", lo),        n.list("pads_hi", hi),           n.list("dilations", window.dilations)};
}

/// Cuts what ceil_mode's pads gave too much.
static Value cut(NodeBuilder &n, const Pooling &pooling, Value y) {
  for (auto [i, limit] : llvm::enumerate(pooling.limits))
    if (limit && y)
      y = n.sliceAxis(y, pooling.axes[i], n.sizes.of(0), *limit);
  return y;
}

static Value pool(NodeBuilder &n, const Pooling &pooling, Value x, w::PoolKind kind, bool withPads = true) {
  SmallVector<NamedAttribute> attributes = poolAttributes(n, pooling, withPads);
  attributes.push_back(n.choice<w::PoolKindAttr>("kind", kind));
  return cut(n, pooling, n.make<w::PoolOp>(x, attributes));
}

/// The least value of a type: what a maximum ignores.
static Value lowest(NodeBuilder &n, Type element) {
  if (isa<FloatType>(element))
    return n.scalar(element, -std::numeric_limits<double>::infinity());
  if (!isa<IntegerType>(element))
    return n.failValue("expected numbers, but got elements of type " + n.importer.typeText(element));
  unsigned width = element.getIntOrFloatBitWidth();
  APInt least =
      element.isUnsignedInteger() || width == 1 ? APInt::getZero(width) : APInt::getSignedMinValue(width);
  return n.constant(DenseElementsAttr::get(RankedTensorType::get({}, element),
                                           Attribute(n.b.getIntegerAttr(element, least))));
}

Value maxPool(NodeBuilder &n, Value x) {
  if (!x)
    return {};
  FailureOr<Pooling> pooling = readPooling(n, x);
  if (failed(pooling))
    return {};
  if (pooling->window.isStatic())
    return pool(n, *pooling, x, w::PoolKind::max);
  return pool(n, *pooling, pooling->window.padInput(n, x, lowest(n, n.elem(x))), w::PoolKind::max,
              /*withPads=*/false);
}

LogicalResult buildMaxPool(NodeBuilder &n) {
  Value x = n.in(0);
  bool columnMajor = n.flagAttr("storage_order", false);
  if (!n.wants(1))
    return n.result(maxPool(n, x));
  FailureOr<Pooling> pooling = readPooling(n, x);
  if (failed(pooling))
    return failure();
  if (!pooling->window.isStatic())
    return n.fail("expected static pads for MaxPool with indices; fix the dims of the image (--shape)");
  SmallVector<NamedAttribute> attributes = poolAttributes(n, *pooling, /*withPads=*/true);
  attributes.push_back(n.flag("column_major", columnMajor));
  auto op = n.makeOp<w::ArgPoolOp>(x, attributes);
  if (!op || failed(n.result(1, cut(n, *pooling, op.getIndices()))))
    return failure();
  return n.result(cut(n, *pooling, op.getResult()));
}

Value averagePool(NodeBuilder &n, Value x, bool countsCeilPads) {
  if (!x)
    return {};
  FailureOr<Pooling> pooling = readPooling(n, x);
  if (failed(pooling))
    return {};
  const Window &window = pooling->window;
  bool countPads = n.flagAttr("count_include_pad", false);
  bool hasCeilPads = llvm::any_of(window.ceilPads, [](int64_t pad) { return pad > 0; });
  if (!countPads && window.isStatic())
    return pool(n, *pooling, x, w::PoolKind::avg);
  if ((!hasCeilPads || countsCeilPads) && window.isStatic())
    return pool(n, *pooling, x, w::PoolKind::avg_pad);
  // The node's own pads count, those of ceil_mode do not: make the former real.
  Value padded = window.padInput(n, x, {});
  if (countPads)
    return pool(n, *pooling, padded, w::PoolKind::avg, /*withPads=*/false);
  Type wide = w::getAccumulatorType(n.elem(x));
  Value ones = n.broadcast(n.splat(SmallVector<int64_t>(n.rank(x), 1), wide, 1.0), n.dims(x));
  Value sum = pool(n, *pooling, n.cast(padded, wide), w::PoolKind::sum, /*withPads=*/false);
  Value count = pool(n, *pooling, window.padInput(n, ones, {}), w::PoolKind::sum, /*withPads=*/false);
  return n.cast(n.div(sum, count), n.elem(x));
}

LogicalResult buildAveragePool(NodeBuilder &n) { return n.result(averagePool(n, n.in(0))); }

/// (sum of |x|^p)^(1/p), where `sum` adds over windows or axes.
static Value lpNorm(NodeBuilder &n, Value x, function_ref<Value(Value)> sum) {
  double p = n.version < 2 ? n.floatAttr("p", 2.0) : static_cast<double>(n.intAttr("p", 2));
  if (!(p >= 1))
    return n.failValue("expected p of at least 1");
  Type element = n.elem(x), wide = w::getAccumulatorType(element);
  Value size = n.make<w::AbsOp>(n.cast(x, wide));
  auto power = [&](Value v, double e) { return v ? n.binary<w::PowOp>(v, n.scalar(wide, e)) : Value(); };
  Value powered = p == 1 ? size : p == 2 ? n.mul(size, size) : power(size, p);
  Value total = powered ? sum(powered) : Value();
  return n.cast(p == 1 ? total : p == 2 ? n.make<w::SqrtOp>(total) : power(total, 1.0 / p), element);
}

LogicalResult buildLpPool(NodeBuilder &n) {
  FailureOr<Pooling> pooling = readPooling(n, n.in(0));
  if (failed(pooling))
    return failure();
  return n.result(lpNorm(n, n.in(0), [&](Value x) {
    if (pooling->window.isStatic())
      return pool(n, *pooling, x, w::PoolKind::sum);
    return pool(n, *pooling, pooling->window.padInput(n, x, {}), w::PoolKind::sum, /*withPads=*/false);
  }));
}

static SmallVector<int64_t> spatialAxes(NodeBuilder &n) { return sequence(2, n.rank(n.in(0))); }
LogicalResult buildGlobalAveragePool(NodeBuilder &n) {
  return n.result(n.reduce(w::ReduceKind::mean, n.in(0), spatialAxes(n)));
}
LogicalResult buildGlobalMaxPool(NodeBuilder &n) {
  return n.result(n.reduce(w::ReduceKind::max, n.in(0), spatialAxes(n)));
}
LogicalResult buildGlobalLpPool(NodeBuilder &n) {
  return n.result(
      lpNorm(n, n.in(0), [&](Value x) { return n.reduce(w::ReduceKind::sum, x, spatialAxes(n)); }));
}

/// Values back at the flat places that MaxPool's indices name; zeros elsewhere.
LogicalResult buildMaxUnpool(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 3)))
    return failure();
  int64_t spatial = n.rank(x) - 2;
  FailureOr<Window> window = readWindow(n, x, SmallVector<int64_t>(spatial, ShapedType::kDynamic));
  if (failed(window))
    return failure();
  const SizeMath &m = n.sizes;
  SmallVector<Size> inferred = n.dims(x);
  for (int64_t i = 0; i < spatial; ++i) {
    Size last = m.mul(m.sub(inferred[2 + i], m.of(1)), m.of(window->strides[i]));
    inferred[2 + i] = m.sub(m.add(last, m.of(window->kernel[i])), m.add(window->lo[i], window->hi[i]));
  }
  SmallVector<Size> shape = inferred;
  if (n.has(2)) {
    FailureOr<SmallVector<Size>> given = n.sizesOf(n.in(2), "output_shape");
    if (failed(given))
      return failure();
    if (given->size() != shape.size())
      return n.fail("expected output_shape of " + llvm::Twine(shape.size()) + " entries, but got " +
                    llvm::Twine(given->size()));
    shape = *given;
  }
  // Indices count within the shape that follows from the window; a greater output_shape has zeros behind.
  Size total = m.product(inferred);
  Value zeros = n.broadcast(n.splat({1}, n.elem(x), 0.0), total);
  Size count = m.product(n.dims(x));
  Value places = n.reshape(n.cast(n.in(1), n.b.getI64Type()), {count, m.of(1)});
  Value filled = n.make<w::ScatterNdOp>({zeros, places, n.reshape(x, count)});
  SmallVector<Size> none(shape.size(), m.of(0)), behind;
  for (auto [given, own] : llvm::zip_equal(shape, inferred))
    behind.push_back(n.has(2) ? m.sub(given, own) : m.of(0));
  return n.result(n.pad(n.reshape(filled, inferred), none, behind));
}

} // namespace weft::importer
