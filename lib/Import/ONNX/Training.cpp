// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the optimiser steps of ai.onnx.preview.training.
#include "NodeBuilder.h"

#include "ModelImporter.h"

namespace weft::importer {

namespace {

/// Inputs R, T, then one list per kind of tensor: X, G, and `states` kinds of state.
struct Step {
  NodeBuilder &n;
  unsigned count, states;

  Value rate() const { return scalarOf(0); }
  /// The number of steps done before.
  Value time() const { return scalarOf(1); }
  Value x(unsigned i) const { return n.in(2 + i); }
  /// The gradient with its L2 term: norm_coefficient x + g.
  Value gradient(unsigned i) const {
    return n.add(n.mul(x(i), number(i, n.floatAttr("norm_coefficient", 0))), n.in(2 + count + i));
  }
  Value state(unsigned kind, unsigned i) const { return n.in(2 + (2 + kind) * count + i); }
  Value number(unsigned i, double value) const { return n.scalar(n.elem(x(i)), value); }
  LogicalResult result(unsigned kind, unsigned i, Value value) const {
    return n.result(kind * count + i, value);
  }

private:
  Value scalarOf(unsigned input) const { return n.reshape(n.in(input), ArrayRef<int64_t>()); }
};

} // namespace

static FailureOr<Step> readStep(NodeBuilder &n, unsigned states) {
  unsigned tensors = n.numInputs() - 2, kinds = 2 + states;
  if (tensors == 0 || tensors % kinds != 0)
    return n.fail("expected " + llvm::Twine(kinds) + " tensors for each one that is optimised, but got " +
                  llvm::Twine(tensors));
  for (unsigned i = 2; i < n.numInputs(); ++i)
    if (!n.has(i) || failed(n.checkFloat(i)))
      return n.fail("expected all inputs to be tensors of real numbers");
  return Step{n, tensors / kinds, states};
}

LogicalResult buildAdagrad(NodeBuilder &n) {
  FailureOr<Step> step = readStep(n, 1);
  if (failed(step))
    return failure();
  double decay = n.floatAttr("decay_factor", 0), epsilon = n.floatAttr("epsilon", 0);
  for (unsigned i = 0; i < step->count; ++i) {
    Type element = n.elem(step->x(i));
    Value rate =
        n.div(n.cast(step->rate(), element),
              n.add(n.mul(n.cast(step->time(), element), step->number(i, decay)), step->number(i, 1)));
    Value g = step->gradient(i), h = n.add(step->state(0, i), n.mul(g, g));
    Value adaptive = n.add(n.make<w::SqrtOp>(h), step->number(i, epsilon));
    Value x = n.sub(step->x(i), n.div(n.mul(rate, g), adaptive));
    if (failed(step->result(0, i, x)) || failed(step->result(1, i, h)))
      return failure();
  }
  return success();
}

LogicalResult buildMomentum(NodeBuilder &n) {
  FailureOr<Step> step = readStep(n, 1);
  if (failed(step))
    return failure();
  double alpha = n.floatAttr("alpha", 0), beta = n.floatAttr("beta", 0);
  std::string mode = n.stringAttr("mode", "standard");
  if (mode != "standard" && mode != "nesterov")
    return n.fail("expected mode standard or nesterov, but got '" + mode + "'");
  for (unsigned i = 0; i < step->count; ++i) {
    Type element = n.elem(step->x(i));
    Value g = step->gradient(i), rate = n.cast(step->rate(), element);
    Value isFirst = n.compare(w::ComparePredicate::le, step->time(), n.intScalar(n.elem(n.in(1)), 0));
    Value damped = n.select(isFirst, step->number(i, 1), step->number(i, beta));
    Value v = n.add(n.mul(step->state(0, i), step->number(i, alpha)), n.mul(g, damped));
    Value direction = mode == "standard" ? v : n.add(g, n.mul(v, step->number(i, alpha)));
    if (failed(step->result(0, i, n.sub(step->x(i), n.mul(rate, direction)))) ||
        failed(step->result(1, i, v)))
      return failure();
  }
  return success();
}

LogicalResult buildAdam(NodeBuilder &n) {
  FailureOr<Step> step = readStep(n, 2);
  if (failed(step))
    return failure();
  double alpha = n.floatAttr("alpha", 0.9), beta = n.floatAttr("beta", 0.999),
         epsilon = n.floatAttr("epsilon", 0), after = n.floatAttr("norm_coefficient_post", 0);
  for (unsigned i = 0; i < step->count; ++i) {
    Type element = n.elem(step->x(i));
    auto number = [&](double value) { return step->number(i, value); };
    Value g = step->gradient(i), rate = n.cast(step->rate(), element), time = n.cast(step->time(), element);
    Value v = n.add(n.mul(step->state(0, i), number(alpha)), n.mul(g, number(1 - alpha)));
    Value h = n.add(n.mul(step->state(1, i), number(beta)), n.mul(n.mul(g, g), number(1 - beta)));
    // The averages start at zero; this takes out what that costs them.
    auto missing = [&](double decay) { return n.sub(number(1), n.binary<w::PowOp>(number(decay), time)); };
    Value corrected = n.div(n.mul(rate, n.make<w::SqrtOp>(missing(beta))), missing(alpha));
    Value isFirst = n.compare(w::ComparePredicate::le, time, number(0));
    rate = n.select(isFirst, rate, corrected);
    Value x = n.sub(step->x(i), n.div(n.mul(rate, v), n.add(n.make<w::SqrtOp>(h), number(epsilon))));
    if (after != 0)
      x = n.mul(x, number(1 - after));
    if (failed(step->result(0, i, x)) || failed(step->result(1, i, v)) || failed(step->result(2, i, h)))
      return failure();
  }
  return success();
}

} // namespace weft::importer
