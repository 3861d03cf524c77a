// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates LSTM, GRU and RNN step by step in double.
#include "weft/Reference/Eval.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// An activation of ONNX with its parameters; NaN parameters mean the default.
struct Activation {
  StringRef name;
  double alpha, beta;

  double operator()(double x) const {
    auto or_ = [](double value, double fallback) { return std::isnan(value) ? fallback : value; };
    if (name == "Sigmoid")
      return 1 / (1 + std::exp(-x));
    if (name == "Tanh")
      return std::tanh(x);
    if (name == "Relu")
      return std::max(x, 0.0);
    if (name == "Affine")
      return or_(alpha, 1) * x + or_(beta, 0);
    if (name == "LeakyRelu")
      return x < 0 ? or_(alpha, 0.01) * x : x;
    if (name == "ThresholdedRelu")
      return x > or_(alpha, 1) ? x : 0;
    if (name == "ScaledTanh")
      return or_(alpha, 1) * std::tanh(or_(beta, 1) * x);
    if (name == "HardSigmoid")
      return std::clamp(or_(alpha, 0.2) * x + or_(beta, 0.5), 0.0, 1.0);
    if (name == "Elu")
      return x < 0 ? or_(alpha, 1) * std::expm1(x) : x;
    if (name == "Softsign")
      return x / (1 + std::fabs(x));
    return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); // Softplus
  }
};

template <typename OpTy> SmallVector<Activation> getActivations(OpTy op) {
  SmallVector<Activation> activations;
  for (auto [i, name] : llvm::enumerate(op.getActs().template getAsRange<StringAttr>()))
    activations.push_back({name.getValue(), op.getActAlpha().empty() ? std::nan("") : op.getActAlpha()[i],
                           op.getActBeta().empty() ? std::nan("") : op.getActBeta()[i]});
  return activations;
}

/// What the three ops share: sizes, weights, the walk over time.
struct Recurrence {
  template <typename OpTy>
  Recurrence(OpTy op, Evaluation &e, const Tensor *len)
      : gates(e.tensor(0).toDoubles()), r(e.tensor(1).toDoubles()), steps(e.tensor(0).getDim(0)),
        batch(e.tensor(0).getDim(1)), width(e.tensor(0).getDim(2)), hidden(e.tensor(1).getDim(1)),
        clip(op.getClip().convertToDouble()), reverse(op.getReverse()), len(len),
        y(steps * batch * hidden, 0.0) {}

  double clipped(double x) const { return clip > 0 ? std::clamp(x, -clip, clip) : x; }
  const double *gatesAt(int64_t t, int64_t b) const { return gates.data() + (t * batch + b) * width; }
  /// Row `row` of r times h.
  double product(int64_t row, const std::vector<double> &h) const {
    double sum = 0;
    for (int64_t i = 0; i < hidden; ++i)
      sum += r[row * hidden + i] * h[i];
    return sum;
  }
  /// Calls `step(t)` for each valid step of a sample, in the op's direction, and stores h as the output
  /// there.
  void run(int64_t b, std::vector<double> &h, llvm::function_ref<void(int64_t)> step) {
    int64_t valid = len ? std::clamp<int64_t>(len->getInt(b), 0, steps) : steps;
    for (int64_t i = 0; i < valid; ++i) {
      int64_t t = reverse ? valid - 1 - i : i;
      step(t);
      std::copy(h.begin(), h.end(), y.begin() + (t * batch + b) * hidden);
    }
  }

  std::vector<double> gates, r;
  int64_t steps, batch, width, hidden;
  double clip;
  bool reverse;
  const Tensor *len;
  std::vector<double> y;
};

std::vector<double> rowOf(const Tensor &x, int64_t row) {
  std::vector<double> values(x.getDim(1));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = x.getFloat(row * values.size() + i);
  return values;
}

LogicalResult evalLstm(LstmOp op, Evaluation &e) {
  Recurrence run(op, e, e.optional(op.getLenMutable()));
  const Tensor *peephole = e.optional(op.getPMutable());
  SmallVector<Activation> act = getActivations(op);
  int64_t H = run.hidden;
  std::vector<double> lastH, lastC;
  for (int64_t b = 0; b < run.batch; ++b) {
    std::vector<double> h = rowOf(e.tensor(2), b), c = rowOf(e.tensor(3), b), nextH(H);
    run.run(b, h, [&](int64_t t) {
      const double *g = run.gatesAt(t, b);
      auto p = [&](int64_t gate, int64_t i, double cell) {
        return peephole ? peephole->getFloat(gate * H + i) * cell : 0;
      };
      for (int64_t i = 0; i < H; ++i) {
        double input = act[0](run.clipped(g[i] + run.product(i, h) + p(0, i, c[i])));
        double forget = op.getInputForget()
                            ? 1 - input
                            : act[0](run.clipped(g[2 * H + i] + run.product(2 * H + i, h) + p(2, i, c[i])));
        double candidate = act[1](run.clipped(g[3 * H + i] + run.product(3 * H + i, h)));
        double cell = forget * c[i] + input * candidate;
        double output = act[0](run.clipped(g[H + i] + run.product(H + i, h) + p(1, i, cell)));
        c[i] = cell;
        nextH[i] = output * act[2](cell);
      }
      h = nextH;
    });
    lastH.insert(lastH.end(), h.begin(), h.end());
    lastC.insert(lastC.end(), c.begin(), c.end());
  }
  e.add(Tensor::fromDoubles(e.elementType(0), {run.steps, run.batch, H}, run.y));
  e.add(Tensor::fromDoubles(e.elementType(1), {run.batch, H}, lastH));
  e.add(Tensor::fromDoubles(e.elementType(2), {run.batch, H}, lastC));
  return success();
}

LogicalResult evalGru(GruOp op, Evaluation &e) {
  Recurrence run(op, e, e.optional(op.getLenMutable()));
  const Tensor &rb = e.tensor(2);
  SmallVector<Activation> act = getActivations(op);
  int64_t H = run.hidden;
  std::vector<double> lastH;
  for (int64_t b = 0; b < run.batch; ++b) {
    std::vector<double> h = rowOf(e.tensor(3), b), reset(H), update(H), gated(H), next(H);
    run.run(b, h, [&](int64_t t) {
      const double *g = run.gatesAt(t, b);
      for (int64_t i = 0; i < H; ++i) {
        update[i] = act[0](run.clipped(g[i] + run.product(i, h) + rb.getFloat(i)));
        reset[i] = act[0](run.clipped(g[H + i] + run.product(H + i, h) + rb.getFloat(H + i)));
        gated[i] = reset[i] * h[i];
      }
      for (int64_t i = 0; i < H; ++i) {
        int64_t row = 2 * H + i;
        double recurrent = op.getLinearBeforeReset() ? reset[i] * (run.product(row, h) + rb.getFloat(row))
                                                     : run.product(row, gated) + rb.getFloat(row);
        double candidate = act[1](run.clipped(g[row] + recurrent));
        next[i] = (1 - update[i]) * candidate + update[i] * h[i];
      }
      h = next;
    });
    lastH.insert(lastH.end(), h.begin(), h.end());
  }
  e.add(Tensor::fromDoubles(e.elementType(0), {run.steps, run.batch, H}, run.y));
  e.add(Tensor::fromDoubles(e.elementType(1), {run.batch, H}, lastH));
  return success();
}

LogicalResult evalRnn(RnnOp op, Evaluation &e) {
  Recurrence run(op, e, e.optional(op.getLenMutable()));
  SmallVector<Activation> act = getActivations(op);
  int64_t H = run.hidden;
  std::vector<double> lastH;
  for (int64_t b = 0; b < run.batch; ++b) {
    std::vector<double> h = rowOf(e.tensor(2), b), next(H);
    run.run(b, h, [&](int64_t t) {
      for (int64_t i = 0; i < H; ++i)
        next[i] = act[0](run.clipped(run.gatesAt(t, b)[i] + run.product(i, h)));
      h = next;
    });
    lastH.insert(lastH.end(), h.begin(), h.end());
  }
  e.add(Tensor::fromDoubles(e.elementType(0), {run.steps, run.batch, H}, run.y));
  e.add(Tensor::fromDoubles(e.elementType(1), {run.batch, H}, lastH));
  return success();
}

} // namespace

void addRecurrentEvals(EvalTable &table) {
  table.add<LstmOp, evalLstm>();
  table.add<GruOp, evalGru>();
  table.add<RnnOp, evalRnn>();
}

} // namespace weft::reference
