// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of normalisations: statistics by `normalize` or `reduce`, then elementwise scale and bias.
#include "NodeBuilder.h"

namespace weft::importer {

/// The normalised x, its mean and inverse deviation; null ops after a report.
static w::NormalizeOp normalize(NodeBuilder &n, Value x, ArrayRef<int64_t> axes, double epsilon,
                                bool center = true) {
  return n.makeOp<w::NormalizeOp>(
      x, {n.list("axes", axes), n.f64("epsilon", epsilon), n.flag("center", center)});
}

/// Batch statistics over all axes but 1.
static LogicalResult buildTrainedBatchNorm(NodeBuilder &n, Value x, ArrayRef<Value> params, double epsilon) {
  Type wide = n.elem(x);
  int64_t rank = n.rank(x);
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axis != 1)
      axes.push_back(axis);
  Value mean = n.reduce(w::ReduceKind::mean, x, axes);
  Value centred = n.sub(x, mean);
  Value variance = n.reduce(w::ReduceKind::mean, n.mul(centred, centred), axes);
  Value inverse = n.make<w::RsqrtOp>(n.add(variance, n.scalar(wide, epsilon)));
  Value y = n.add(n.mul(n.mul(centred, inverse), n.onAxis(params[0], 1, rank)), n.onAxis(params[1], 1, rank));
  double momentum = n.floatAttr("momentum", 0.9);
  auto running = [&](Value old, Value now) {
    Value flat = n.squeeze(now, axes);
    return n.add(n.mul(old, n.scalar(wide, momentum)), n.mul(flat, n.scalar(wide, 1.0 - momentum)));
  };
  Value outputs[] = {y, running(params[2], mean), running(params[3], variance), n.squeeze(mean, axes),
                     n.squeeze(variance, axes)};
  for (unsigned i = 0; i < 5; ++i)
    if (n.wants(i) && failed(n.result(i, n.cast(outputs[i], n.elem(n.in(i == 0             ? 0
                                                                        : i == 1 || i == 3 ? 3
                                                                                           : 4))))))
      return failure();
  return success();
}

LogicalResult buildBatchNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 1)))
    return failure();
  Type element = n.elem(x), wide = w::getAccumulatorType(element);
  double epsilon = n.floatAttr("epsilon", 1e-5);
  SmallVector<Value> params;
  for (unsigned i = 1; i < 5; ++i)
    params.push_back(n.cast(n.in(i), wide));
  if (llvm::is_contained(params, Value()))
    return failure();
  bool isTraining = n.version >= 14 ? n.flagAttr("training_mode", false)
                                    : n.wants(1) && (n.version >= 7 || !n.flagAttr("is_test", false));
  bool isSpatial = n.version >= 9 || n.flagAttr("spatial", true);
  (void)n.floatAttr("momentum", 0.9);
  (void)n.intAttr("is_test", 0);
  if (isTraining) {
    if (!isSpatial || n.rank(x) < 2)
      return n.fail("expected spatial statistics in training mode; export the model for inference");
    return buildTrainedBatchNorm(n, n.cast(x, wide), params, epsilon);
  }
  // y = x a + (bias - mean a), with a = scale / sqrt(var + epsilon).
  Value a = n.mul(params[0], n.make<w::RsqrtOp>(n.add(params[3], n.scalar(wide, epsilon))));
  Value c = n.sub(params[1], n.mul(params[2], a));
  if (!a || !c)
    return failure();
  if (isSpatial) {
    int64_t axis = n.rank(x) > 1 ? 1 : 0;
    a = n.onAxis(a, axis, n.rank(x));
    c = n.onAxis(c, axis, n.rank(x));
  }
  return n.result(n.cast(n.add(n.mul(n.cast(x, wide), a), c), element));
}

LogicalResult buildInstanceNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  int64_t rank = n.rank(x);
  w::NormalizeOp op = normalize(n, x, sequence(2, rank), n.floatAttr("epsilon", 1e-5));
  if (!op)
    return failure();
  return n.result(n.add(n.mul(op.getResult(), n.onAxis(n.in(1), 1, rank)), n.onAxis(n.in(2), 1, rank)));
}

LogicalResult buildLayerNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", -1, n.rank(x));
  if (failed(axis))
    return failure();
  // Statistics accumulate in f32 whatever the type, which is what stash_type 1 asks for.
  (void)n.intAttr("stash_type", 1);
  w::NormalizeOp op = normalize(n, x, sequence(*axis, n.rank(x)), n.floatAttr("epsilon", 1e-5));
  if (!op)
    return failure();
  Value y = n.mul(op.getResult(), n.cast(n.in(1), n.elem(x)));
  if (n.has(2))
    y = n.add(y, n.cast(n.in(2), n.elem(x)));
  if ((n.wants(1) && failed(n.result(1, op.getMean()))) ||
      (n.wants(2) && failed(n.result(2, op.getInvStd()))))
    return failure();
  return n.result(y);
}

LogicalResult buildRMSNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", -1, n.rank(x));
  if (failed(axis))
    return failure();
  (void)n.intAttr("stash_type", 1);
  w::NormalizeOp op =
      normalize(n, x, sequence(*axis, n.rank(x)), n.floatAttr("epsilon", 1e-5), /*center=*/false);
  if (!op)
    return failure();
  Value scale = n.in(1);
  return n.result(n.cast(n.mul(n.cast(op.getResult(), n.elem(scale)), scale), n.elem(scale)));
}

LogicalResult buildGroupNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  int64_t rank = n.rank(x), groups = n.intAttr("num_groups", 0);
  if (groups < 1)
    return n.fail("expected num_groups of at least 1, but got " + llvm::Twine(groups));
  (void)n.intAttr("stash_type", 1);
  SmallVector<Size> shape = n.dims(x),
                    grouped = {shape[0], n.sizes.of(groups), n.sizes.floorDiv(shape[1], n.sizes.of(groups))};
  grouped.append(shape.begin() + 2, shape.end());
  w::NormalizeOp op =
      normalize(n, n.reshape(x, grouped), sequence(2, rank + 1), n.floatAttr("epsilon", 1e-5));
  if (!op)
    return failure();
  Value y = op.getResult();
  auto affine = [&](Value y, int64_t rank) {
    return n.add(n.mul(y, n.cast(n.onAxis(n.in(1), 1, rank), n.elem(x))),
                 n.cast(n.onAxis(n.in(2), 1, rank), n.elem(x)));
  };
  // Opset 18 has a scale per group, later ones per channel.
  if (n.version < 21)
    return n.result(n.reshape(affine(y, rank + 1), shape));
  return n.result(affine(n.reshape(y, shape), rank));
}

LogicalResult buildMeanVarianceNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<SmallVector<int64_t>> axes =
      n.axes(n.intsAttr("axes").value_or(SmallVector<int64_t>{0, 2, 3}), n.rank(x));
  if (failed(axes))
    return failure();
  Type element = n.elem(x), wide = w::getAccumulatorType(element);
  x = n.cast(x, wide);
  Value mean = n.reduce(w::ReduceKind::mean, x, *axes);
  Value square = n.reduce(w::ReduceKind::mean, n.mul(x, x), *axes);
  // The epsilon lies outside of the root, so this is not `normalize`.
  Value deviation = n.add(n.make<w::SqrtOp>(n.sub(square, n.mul(mean, mean))), n.scalar(wide, 1e-9));
  return n.result(n.cast(n.div(n.sub(x, mean), deviation), element));
}

LogicalResult buildLpNormalization(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", -1, n.rank(x));
  int64_t p = n.intAttr("p", 2);
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return n.fail("expected p 1 or 2, but got " + llvm::Twine(p));
  Type element = n.elem(x), wide = w::getAccumulatorType(element);
  x = n.cast(x, wide);
  Value norm = n.reduce(w::ReduceKind::sum, p == 1 ? n.make<w::AbsOp>(x) : n.mul(x, x), *axis);
  if (p == 2)
    norm = n.make<w::SqrtOp>(norm);
  Value zero = n.scalar(wide, 0.0);
  Value y = n.select(n.compare(w::ComparePredicate::eq, norm, zero), zero, n.div(x, norm));
  return n.result(n.cast(y, element));
}

LogicalResult buildLRN(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  int64_t size = n.intAttr("size", 0);
  if (size < 1 || size > (1 << 20))
    return n.fail("expected size of at least 1, but got " + llvm::Twine(size));
  Type element = n.elem(x), wide = w::getAccumulatorType(element);
  Value wideX = n.cast(x, wide);
  Value sum = n.make<w::PoolOp>(n.mul(wideX, wideX),
                                {n.choice<w::PoolKindAttr>("kind", w::PoolKind::sum), n.list("axes", 1),
                                 n.list("kernel", size), n.list("strides", 1), n.list("dilations", 1),
                                 n.list("pads_lo", (size - 1) / 2), n.list("pads_hi", size / 2)});
  double alpha = n.floatAttr("alpha", 1e-4), beta = n.floatAttr("beta", 0.75),
         bias = n.floatAttr("bias", 1.0);
  Value base = n.add(n.mul(sum, n.scalar(wide, alpha / static_cast<double>(size))), n.scalar(wide, bias));
  return n.result(n.cast(n.div(wideX, n.binary<w::PowOp>(base, n.scalar(wide, beta))), element));
}

} // namespace weft::importer
