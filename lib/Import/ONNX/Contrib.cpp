// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft operators that transformer exports use: fused normalisation, activations,
// products, convolutions.
#include "Contrib.h"

#include "ModelImporter.h"
#include "Quant.h"

namespace weft::importer {

LogicalResult requireInputs(NodeBuilder &n, ArrayRef<unsigned> inputs) {
  for (unsigned i : inputs)
    if (!n.has(i))
      return n.fail("expected input " + llvm::Twine(i) + ", but it is missing");
  return success();
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

/// normalize over the last axis, then scale and bias (either may be null). Outputs 1 and 2: mean and inverse
/// deviation.
static LogicalResult buildLastAxisNorm(NodeBuilder &n, Value x, Value scale, Value bias, bool center,
                                       double epsilon) {
  if (!x)
    return failure();
  if (n.rank(x) == 0)
    return n.fail("expected a tensor with an axis, but got a scalar");
  auto op = n.makeOp<w::NormalizeOp>(
      x, {n.list("axes", n.rank(x) - 1), n.f64("epsilon", epsilon), n.flag("center", center)});
  if (!op)
    return failure();
  Value y = n.mul(op.getResult(), n.cast(scale, n.elem(x)));
  if (bias)
    y = n.add(y, n.cast(bias, n.elem(x)));
  // The simplified form has no mean: its second output is the inverse deviation.
  unsigned next = 1;
  if (center && n.wants(next++) && failed(n.result(1, op.getMean())))
    return failure();
  if (n.wants(next) && failed(n.result(next, op.getInvStd())))
    return failure();
  return n.result(y);
}

LogicalResult buildSimplifiedLayerNormalization(NodeBuilder &n) {
  int64_t axis = n.intAttr("axis", -1), rank = n.rank(n.in(0));
  (void)n.intAttr("stash_type", 1);
  if (axis != -1 && axis != rank - 1)
    return n.fail("expected axis -1, but got " + llvm::Twine(axis));
  return buildLastAxisNorm(n, n.in(0), n.in(1), {}, /*center=*/false, n.floatAttr("epsilon", 1e-5));
}

/// Output 3 is the sum that is normalised.
static LogicalResult buildSkipNorm(NodeBuilder &n, bool center) {
  Value sum = n.add(n.in(0), n.in(1)), bias = center ? n.in(3) : Value(), added = n.in(center ? 4 : 3);
  if (added)
    sum = n.add(sum, added);
  if (n.wants(1) || n.wants(2))
    return n.fail("outputs 1 and 2 are not supported; leave them out of the export");
  if (n.wants(3) && failed(n.result(3, sum)))
    return failure();
  return buildLastAxisNorm(n, sum, n.in(2), bias, center, n.floatAttr("epsilon", 1e-12));
}
LogicalResult buildSkipLayerNormalization(NodeBuilder &n) { return buildSkipNorm(n, /*center=*/true); }
LogicalResult buildSkipSimplifiedLayerNormalization(NodeBuilder &n) {
  return buildSkipNorm(n, /*center=*/false);
}

LogicalResult buildEmbedLayerNormalization(NodeBuilder &n) {
  // Inputs: ids, segment ids?, word, position, segment tables, gamma, beta, mask?, position ids?.
  Value ids = n.in(0), positionIds = n.in(8);
  if (failed(requireInputs(n, {0, 2, 3, 5, 6})) || failed(n.checkRank(0, 2, 2)))
    return failure();
  (void)n.intAttr("mask_index_type", 0);
  Value sum = n.gather(n.in(2), ids, 0), position;
  if (positionIds)
    position = n.gather(n.in(3), positionIds, 0);
  else
    position = n.unsqueeze(n.sliceAxis(n.in(3), 0, n.sizes.of(0), n.dim(ids, 1)), 0);
  sum = n.add(sum, position);
  if (n.has(1) && n.has(4))
    sum = n.add(sum, n.gather(n.in(4), n.in(1), 0));
  if (n.wants(2) && failed(n.result(2, sum)))
    return failure();
  if (n.wants(1)) {
    Type i32 = n.b.getIntegerType(32);
    Value count = n.has(7) ? n.reduce(w::ReduceKind::sum, n.in(7), 1, /*keep=*/false)
                           : n.broadcast(n.reshape(n.intScalar(i32, 0), ArrayRef<int64_t>{1}), n.dim(ids, 0));
    if (failed(n.result(1, count)))
      return failure();
  }
  auto op =
      n.makeOp<w::NormalizeOp>(sum, {n.list("axes", 2), n.f64("epsilon", n.floatAttr("epsilon", 1e-12))});
  if (!op)
    return failure();
  return n.result(n.add(n.mul(op.getResult(), n.in(5)), n.in(6)));
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static LogicalResult buildBiasedGelu(NodeBuilder &n, w::GeluApprox approx, double alpha = 1.702) {
  Value x = n.has(1) ? n.add(n.in(0), n.in(1)) : n.in(0);
  return n.result(
      n.make<w::GeluOp>(x, {n.choice<w::GeluApproxAttr>("approx", approx), n.f64("alpha", alpha)}));
}
LogicalResult buildBiasGelu(NodeBuilder &n) { return buildBiasedGelu(n, w::GeluApprox::none); }
LogicalResult buildFastGelu(NodeBuilder &n) { return buildBiasedGelu(n, w::GeluApprox::tanh); }
LogicalResult buildQuickGelu(NodeBuilder &n) {
  return buildBiasedGelu(n, w::GeluApprox::quick, n.floatAttr("alpha", 1.702));
}

Value activate(NodeBuilder &n, Value x, StringRef name, ArrayRef<double> params) {
  if (!x || name.empty())
    return x;
  Type t = n.elem(x);
  auto param = [&](size_t i, double orElse) { return i < params.size() ? params[i] : orElse; };
  Value zero = n.scalar(t, 0.0);
  if (name == "Relu")
    return n.max(x, zero);
  if (name == "Tanh")
    return n.make<w::TanhOp>(x);
  if (name == "Sigmoid")
    return n.make<w::SigmoidOp>(x);
  if (name == "Gelu")
    return n.make<w::GeluOp>(x);
  if (name == "LeakyRelu")
    return n.select(n.compare(w::ComparePredicate::lt, x, zero), n.mul(x, n.scalar(t, param(0, 0.01))), x);
  if (name == "Clip")
    return n.min(n.max(x, n.scalar(t, param(0, -3.4028234663852886e38))),
                 n.scalar(t, param(1, 3.4028234663852886e38)));
  if (name == "HardSigmoid") {
    Value line = n.add(n.mul(x, n.scalar(t, param(0, 0.2))), n.scalar(t, param(1, 0.5)));
    return n.max(n.min(line, n.scalar(t, 1.0)), zero);
  }
  return n.failValue("expected an activation of ONNX Runtime's fused operators, but got '" + name + "'");
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

static Value swapLast(NodeBuilder &n, Value x) {
  SmallVector<int64_t> perm = sequence(0, n.rank(x));
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return n.transpose(x, perm);
}

/// [M, batch.., K] as [batch.., M, K].
static Value batchInward(NodeBuilder &n, Value x) {
  if (n.rank(x) < 3)
    return x;
  SmallVector<int64_t> perm = sequence(1, n.rank(x) - 1);
  perm.append({0, n.rank(x) - 1});
  return n.transpose(x, perm);
}

LogicalResult buildFusedMatMul(NodeBuilder &n) {
  Value x = n.in(0), y = n.in(1);
  if (n.flagAttr("transBatchA", false))
    x = batchInward(n, x);
  if (n.flagAttr("transBatchB", false))
    y = batchInward(n, y);
  if (!x || !y)
    return failure();
  if (n.flagAttr("transA", false) && n.rank(x) >= 2)
    x = swapLast(n, x);
  if (n.flagAttr("transB", false) && n.rank(y) >= 2)
    y = swapLast(n, y);
  if (!x || !y)
    return failure();
  Value product = numpyMatmul(n, x, y, [&](Value a, Value b) { return n.matmul(a, b); });
  double alpha = n.floatAttr("alpha", 1.0);
  if (alpha != 1.0 && product)
    product = n.mul(product, n.scalar(n.elem(product), alpha));
  return n.result(n.cast(product, n.elem(x)));
}

LogicalResult buildFusedGemm(NodeBuilder &n) {
  if (failed(n.checkRank(0, 2, 2)) || failed(n.checkRank(1, 2, 2)))
    return failure();
  Value y = n.matmul(n.in(0), n.in(1), n.flagAttr("transA", false), n.flagAttr("transB", false));
  double alpha = n.floatAttr("alpha", 1.0), beta = n.floatAttr("beta", 1.0);
  if (alpha != 1.0 && y)
    y = n.mul(y, n.scalar(n.elem(y), alpha));
  if (n.has(2) && beta != 0.0 && y) {
    Value c = n.cast(n.in(2), n.elem(y));
    y = n.add(y, beta == 1.0 ? c : n.mul(c, n.scalar(n.elem(y), beta)));
  }
  SmallVector<double> params;
  for (StringRef name : {"activation_alpha", "activation_beta", "activation_gamma"})
    if (n.hasAttr(name))
      params.push_back(n.floatAttr(name, 0));
  return n.result(n.cast(activate(n, y, n.stringAttr("activation", ""), params), n.elem(n.in(0))));
}

LogicalResult buildFusedConv(NodeBuilder &n) {
  Value y = makeConv(n, n.in(0), n.in(1), {}, {});
  if (!y)
    return failure();
  if (n.has(2))
    y = n.add(y, n.cast(n.onAxis(n.in(2), 1, n.rank(y)), n.elem(y)));
  // The residual comes before the activation.
  if (n.has(3))
    y = n.add(y, n.cast(n.in(3), n.elem(y)));
  SmallVector<double> params = n.floatsAttr("activation_params").value_or(SmallVector<double>());
  return n.result(n.cast(activate(n, y, n.stringAttr("activation", ""), params), n.elem(n.in(0))));
}

/// Integer product of quantised operands with scales applied: (a - az)(b - bz) as bs + bias.
static Value scaledProduct(NodeBuilder &n, Value x, Value y, Value xScale, Value yScale, Value xZero,
                           Value yZero, Value bias) {
  Value wideX = dequantize(n, x, xScale, xZero, n.elem(yScale), {});
  QuantPlace place;
  place.axis = std::max<int64_t>(n.rank(y) - 1, 0);
  Value wideY = dequantize(n, y, yScale, yZero, n.elem(yScale), place);
  if (!wideX || !wideY)
    return {};
  Value product = numpyMatmul(n, wideX, wideY, [&](Value a, Value b) { return n.matmul(a, b); });
  return bias ? n.add(product, bias) : product;
}

LogicalResult buildDynamicQuantizeMatMul(NodeBuilder &n) {
  if (failed(n.checkFloat(0)))
    return failure();
  DynamicQuant x = dynamicQuantize(n, n.in(0));
  if (!x.value)
    return failure();
  return n.result(scaledProduct(n, x.value, n.in(1), x.scale, n.in(2), x.zero, n.in(3), n.in(4)));
}

LogicalResult buildMatMulIntegerToFloat(NodeBuilder &n) {
  return n.result(scaledProduct(n, n.in(0), n.in(1), n.in(2), n.in(3), n.in(4), n.in(5), n.in(6)));
}

} // namespace weft::importer
