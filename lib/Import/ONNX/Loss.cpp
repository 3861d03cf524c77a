// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of loss functions.
#include "NodeBuilder.h"

namespace weft::importer {

/// -log_prob[target] weighted, over log probabilities [N, C, ...] and targets [N, ...].
static Value negativeLogLikelihood(NodeBuilder &n, Value logProb, Value target, Value weight) {
  Type element = n.elem(logProb), i64 = n.b.getI64Type();
  std::string reduction = n.stringAttr("reduction", "mean");
  if (reduction != "none" && reduction != "sum" && reduction != "mean")
    return n.failValue("expected reduction none, sum or mean, but got '" + reduction + "'");
  Value index = n.cast(target, i64), isIgnored;
  if (n.hasAttr("ignore_index")) {
    isIgnored = n.compare(w::ComparePredicate::eq, index, n.intScalar(i64, n.intAttr("ignore_index", 0)));
    index = n.select(isIgnored, n.intScalar(i64, 0), index);
  }
  Value picked = n.make<w::GatherElementsOp>({logProb, n.unsqueeze(index, 1)}, n.i64("axis", 1));
  Value loss = n.make<w::NegOp>(n.squeeze(picked, 1));
  Value factor;
  if (weight)
    factor = n.gather(weight, index, 0);
  if (isIgnored) {
    Value one = factor ? factor : n.scalar(element, 1.0);
    factor = n.select(isIgnored, n.scalar(element, 0.0), one);
  }
  if (factor)
    loss = n.mul(loss, factor);
  if (!loss || reduction == "none")
    return loss;
  SmallVector<int64_t> all = sequence(0, n.rank(loss));
  if (reduction == "mean" && !factor)
    return n.reduce(w::ReduceKind::mean, loss, all, /*keep=*/false);
  Value sum = n.reduce(w::ReduceKind::sum, loss, all, /*keep=*/false);
  if (reduction == "sum")
    return sum;
  return n.div(sum, n.reduce(w::ReduceKind::sum, n.broadcast(factor, n.dims(loss)), all, /*keep=*/false));
}

LogicalResult buildNegativeLogLikelihoodLoss(NodeBuilder &n) {
  if (failed(n.checkRank(0, 2)))
    return failure();
  return n.result(negativeLogLikelihood(n, n.in(0), n.in(1), n.in(2)));
}

LogicalResult buildSoftmaxCrossEntropyLoss(NodeBuilder &n) {
  if (failed(n.checkRank(0, 2)))
    return failure();
  Value logProb = n.softmax(n.in(0), 1, /*log=*/true);
  if (!logProb || (n.wants(1) && failed(n.result(1, logProb))))
    return failure();
  return n.result(negativeLogLikelihood(n, logProb, n.in(1), n.in(2)));
}

} // namespace weft::importer
