// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builder of FlexAttention: attention with graphs that change scores and probabilities.
#include "Control.h"
#include "Heads.h"
#include "ModelImporter.h"

#include <cmath>

namespace weft::importer {

/// A graph of one input and one output that keeps shape and element type; null after a report.
static Value modify(NodeBuilder &n, StringRef name, Value x) {
  const onnx::GraphProto *graph = n.graphAttr(name);
  if (!graph || !x)
    return x;
  FailureOr<SmallVector<Value>> results = importInto(n, *graph, x, n.b);
  if (failed(results))
    return {};
  if (results->size() != 1)
    return n.failValue("expected graph '" + name + "' to make one value, but it makes " +
                       llvm::Twine(results->size()));
  Value y = results->front();
  if (!isa<RankedTensorType>(y.getType()) || n.rank(y) != n.rank(x) || n.elem(y) != n.elem(x))
    return n.failValue("expected graph '" + name + "' to keep rank and element type of " +
                       n.importer.typeText(x.getType()) + ", but it makes " +
                       n.importer.typeText(y.getType()));
  return y;
}

/// The type that softmax and both graphs work in: softmax_precision, else at least f32; null after a report.
static Type computeType(NodeBuilder &n) {
  Type element = n.elem(n.in(0));
  if (!n.hasAttr("softmax_precision"))
    return w::getAccumulatorType(element);
  Type type = elementType(n.b.getContext(), static_cast<int32_t>(n.intAttr("softmax_precision", 1)));
  if (isa_and_nonnull<FloatType>(type) && type.getIntOrFloatBitWidth() >= 16)
    return type;
  (void)n.fail("expected softmax_precision to be f16, bf16, f32 or f64");
  return {};
}

LogicalResult buildFlexAttention(NodeBuilder &n) {
  for (unsigned i = 0; i < 3; ++i)
    if (failed(n.checkRank(i, 4, 4)) || failed(n.checkFloat(i)))
      return failure();
  Value q = n.in(0), k = n.in(1), v = n.in(2);
  Type compute = computeType(n);
  FailureOr<double> scale = attentionScale(n, q);
  if (!compute || failed(scale))
    return failure();
  Type element = n.elem(q);
  if (!n.graphAttr("score_mod") && !n.graphAttr("prob_mod"))
    return n.result(
        n.make<w::AttentionOp>({q, k, v}, {n.f64("scale", *scale), n.segments({1, 1, 1, 0, 0, 0, 0})}));
  k = repeatHeads(n, k, n.dim(q, 1));
  v = repeatHeads(n, v, n.dim(q, 1));
  Value scores = n.cast(n.matmul(q, k, false, /*transposeRhs=*/true), compute);
  scores = modify(n, "score_mod", n.mul(scores, n.scalar(compute, *scale)));
  Value weights = scores ? modify(n, "prob_mod", n.softmax(scores, 3)) : Value();
  return n.result(weights ? n.cast(n.matmul(weights, n.cast(v, compute)), element) : Value());
}

} // namespace weft::importer
