// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates attention, linear attention, rotary embedding and cache updates in double.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// Places of the elements of a [B H S D] or [B S H D] tensor.
struct HeadView {
  HeadView(const Tensor &x, HeadLayout layout) : values(x.toDoubles()) {
    bool headsFirst = layout == HeadLayout::bhsd;
    heads = x.getDim(headsFirst ? 1 : 2);
    rows = x.getDim(headsFirst ? 2 : 1);
    depth = x.getDim(3);
    headStride = headsFirst ? rows * depth : depth;
    rowStride = headsFirst ? depth : heads * depth;
  }
  int64_t at(int64_t b, int64_t h, int64_t s) const {
    return b * heads * rows * depth + h * headStride + s * rowStride;
  }
  std::vector<double> values;
  int64_t heads, rows, depth, headStride, rowStride;
};

int64_t perSample(const Tensor *values, int64_t sample, int64_t fallback) {
  return values ? values->getInt(values->size() == 1 ? 0 : sample) : fallback;
}

/// A mask [B|1 Hq|1 Sq|1 Sk|1]: what it adds to a score; -Inf hides.
double maskAt(const Tensor &mask, int64_t b, int64_t h, int64_t i, int64_t j) {
  int64_t index[4] = {b, h, i, j}, place = 0;
  for (int dim = 0; dim < 4; ++dim)
    place = place * mask.getDim(dim) + (mask.getDim(dim) == 1 ? 0 : index[dim]);
  if (mask.isBool())
    return mask.getInt(place) ? 0 : -std::numeric_limits<double>::infinity();
  return mask.getFloat(place);
}

LogicalResult evalAttention(AttentionOp op, Evaluation &e) {
  HeadView q(e.tensor(0), op.getLayout()), k(e.tensor(1), op.getLayout()), v(e.tensor(2), op.getLayout());
  const Tensor *mask = e.optional(op.getMaskMutable()), *kvLen = e.optional(op.getKvLenMutable()),
               *qStart = e.optional(op.getQStartMutable()), *sink = e.optional(op.getSinkMutable());
  double scale = op.getScale().convertToDouble(), softcap = op.getSoftcap().convertToDouble();
  int64_t left = op.getWindowLeft(), right = op.getWindowRight(), batch = e.tensor(0).getDim(0);
  if (k.heads == 0 || q.heads % k.heads != 0)
    return e.error() << "expected the query heads (" << q.heads << ") to be a multiple of the key heads ("
                     << k.heads << ")";
  Shape shape(e.tensor(0).getShape());
  shape[3] = v.depth;
  HeadView out(Tensor(e.elementType(), shape), op.getLayout());
  std::vector<double> scores(k.rows);
  for (int64_t b = 0; b < batch; ++b) {
    int64_t length = std::min(perSample(kvLen, b, k.rows), k.rows), start = perSample(qStart, b, 0);
    for (int64_t h = 0; h < q.heads; ++h)
      for (int64_t i = 0; i < q.rows; ++i) {
        int64_t keyHead = h / (q.heads / k.heads), p = start + i;
        const double *row = q.values.data() + q.at(b, h, i);
        double greatest = -std::numeric_limits<double>::infinity();
        for (int64_t j = 0; j < k.rows; ++j) {
          bool isVisible = j < length && (!op.getCausal() || j <= p) && (left < 0 || p - left <= j) &&
                           (right < 0 || j <= p + right);
          const double *key = k.values.data() + k.at(b, keyHead, j);
          double score = 0;
          for (int64_t d = 0; d < q.depth; ++d)
            score += row[d] * key[d];
          score *= scale;
          if (softcap > 0)
            score = softcap * std::tanh(score / softcap);
          if (mask)
            score += maskAt(*mask, b, h, i, j);
          scores[j] = isVisible ? score : -std::numeric_limits<double>::infinity();
          greatest = std::isnan(scores[j]) ? scores[j] : std::max(greatest, scores[j]);
        }
        double sinkScore = sink ? sink->getFloat(sink->size() == 1 ? 0 : h) : 0;
        if (sink)
          greatest = std::max(greatest, sinkScore);
        if (std::isinf(greatest) && greatest < 0)
          continue; // Nothing is visible: the row stays 0.
        double sum = sink ? std::exp(sinkScore - greatest) : 0;
        for (double &score : scores)
          sum += score = std::exp(score - greatest);
        double *to = out.values.data() + out.at(b, h, i);
        for (int64_t j = 0; j < k.rows; ++j) {
          const double *value = v.values.data() + v.at(b, keyHead, j);
          double weight = scores[j] / sum;
          // A hidden value may be anything, also NaN.
          for (int64_t d = 0; weight != 0 && d < v.depth; ++d)
            to[d] += weight * value[d];
        }
      }
  }
  e.add(Tensor::fromDoubles(e.elementType(), shape, out.values));
  return success();
}

LogicalResult evalLinearAttention(LinearAttentionOp op, Evaluation &e) {
  HeadView q(e.tensor(0), HeadLayout::bshd), k(e.tensor(1), HeadLayout::bshd),
      v(e.tensor(2), HeadLayout::bshd);
  const Tensor *past = e.optional(op.getStateMutable()), *decay = e.optional(op.getDecayMutable()),
               *beta = e.optional(op.getBetaMutable());
  double scale = op.getScale().convertToDouble();
  int64_t batch = e.tensor(0).getDim(0), group = q.heads / std::max<int64_t>(k.heads, 1), dk = k.depth,
          dv = v.depth;
  Shape shape(e.tensor(0).getShape()), stateShape = {batch, k.heads, dk, dv};
  shape[3] = dv;
  HeadView out(Tensor(e.elementType(0), shape), HeadLayout::bshd);
  std::vector<double> states = past ? past->toDoubles() : std::vector<double>(countElements(stateShape), 0.0);
  bool isDelta = op.getRule() == RecurrentRule::delta || op.getRule() == RecurrentRule::gated_delta;
  std::vector<double> update(dv);
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < k.heads; ++h) {
      double *state = states.data() + (b * k.heads + h) * dk * dv;
      for (int64_t t = 0; t < k.rows; ++t) {
        const double *key = k.values.data() + k.at(b, h, t), *value = v.values.data() + v.at(b, h, t);
        int64_t place = (b * k.rows + t) * k.heads + h;
        if (decay)
          for (int64_t i = 0; i < dk; ++i) {
            double factor = std::exp(decay->getFloat(decay->getDim(3) == 1 ? place : place * dk + i));
            for (int64_t j = 0; j < dv; ++j)
              state[i * dv + j] *= factor;
          }
        double rate = beta ? beta->getFloat(beta->getDim(2) == 1 ? b * k.rows + t : place) : 1;
        for (int64_t j = 0; j < dv; ++j) {
          update[j] = value[j];
          for (int64_t i = 0; isDelta && i < dk; ++i)
            update[j] -= state[i * dv + j] * key[i];
        }
        for (int64_t i = 0; i < dk; ++i)
          for (int64_t j = 0; j < dv; ++j)
            state[i * dv + j] += rate * key[i] * update[j];
        for (int64_t g = 0; g < group; ++g) {
          const double *query = q.values.data() + q.at(b, h * group + g, t);
          double *to = out.values.data() + out.at(b, h * group + g, t);
          for (int64_t i = 0; i < dk; ++i)
            for (int64_t j = 0; j < dv; ++j)
              to[j] += scale * query[i] * state[i * dv + j];
        }
      }
    }
  e.add(Tensor::fromDoubles(e.elementType(0), shape, out.values));
  e.add(Tensor::fromDoubles(e.elementType(1), stateShape, states));
  return success();
}

LogicalResult evalRope(RopeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &cos = e.tensor(1), &sin = e.tensor(2);
  HeadView view(x, op.getLayout());
  int64_t half = op.getDims() / 2, batch = x.getDim(0);
  auto tableAt = [&](const Tensor &table, int64_t b, int64_t s, int64_t i) {
    return table.getFloat(((table.getDim(0) == 1 ? 0 : b) * table.getDim(1) + s) * half + i);
  };
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < view.heads; ++h)
      for (int64_t s = 0; s < view.rows; ++s)
        for (int64_t i = 0; i < half; ++i) {
          double *row = view.values.data() + view.at(b, h, s);
          double &first = row[op.getInterleaved() ? 2 * i : i],
                 &second = row[op.getInterleaved() ? 2 * i + 1 : i + half];
          double c = tableAt(cos, b, s, i), d = tableAt(sin, b, s, i), a = first;
          first = a * c - second * d;
          second = a * d + second * c;
        }
  e.add(Tensor::fromDoubles(x.getElementType(), x.getShape(), view.values));
  return success();
}

LogicalResult evalCacheUpdate(CacheUpdateOp op, Evaluation &e) {
  const Tensor &cache = e.tensor(0), &update = e.tensor(1), &start = e.tensor(2);
  int64_t axis = op.getAxis(), size = cache.getDim(axis), length = update.getDim(axis);
  AxisView to(cache.getShape(), axis);
  Shape identity = rowMajorStrides(cache.getShape());
  Tensor result = copyStrided(cache, cache.getShape(), identity, 0);
  int64_t outerPerSample =
      axis == 0 ? 1 : std::max<int64_t>(to.outer / std::max<int64_t>(cache.getDim(0), 1), 1);
  for (int64_t o = 0; o < to.outer; ++o) {
    int64_t begin = start.getInt(start.size() == 1 ? 0 : o / outerPerSample);
    if (!op.getCircular() && (begin < 0 || begin > size - length))
      return e.error() << "expected a start in [0, " << size - length + 1 << "), but got " << begin;
    for (int64_t t = 0; t < length && size > 0; ++t) {
      int64_t place = op.getCircular() ? ((begin + t) % size + size) % size : begin + t;
      copyElements(result, to.at(o, place, 0), update, (o * length + t) * to.inner, to.inner);
    }
  }
  e.add(std::move(result));
  return success();
}

} // namespace

void addAttentionEvals(EvalTable &table) {
  table.add<AttentionOp, evalAttention>();
  table.add<LinearAttentionOp, evalLinearAttention>();
  table.add<RopeOp, evalRope>();
  table.add<CacheUpdateOp, evalCacheUpdate>();
}

} // namespace weft::reference
