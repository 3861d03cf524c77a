// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft operators that image generators use: group normalisation, gated activations,
// biases.
#include "Contrib.h"
#include "ModelImporter.h"

namespace weft::importer {

/// Group normalisation of x with gamma (input 1) and beta (input 2), and the activation of the node.
static Value groupNorm(NodeBuilder &n, Value x) {
  int64_t groups = n.intAttr("groups", 0), activation = n.intAttr("activation", 0);
  bool isLast = n.flagAttr("channels_last", true);
  double epsilon = n.floatAttr("epsilon", 1e-5);
  if (groups < 1)
    return n.failValue("expected groups of at least 1, but got " + llvm::Twine(groups));
  if (activation != 0 && activation != 1)
    return n.failValue("expected activation 0 or 1, but got " + llvm::Twine(activation));
  int64_t rank = n.rank(x), channelAxis = isLast ? rank - 1 : 1;
  const SizeMath &m = n.sizes;
  SmallVector<Size> shape = n.dims(x), grouped = shape;
  Type element = n.elem(x), wide = w::getAccumulatorType(element);
  grouped[channelAxis] = m.floorDiv(shape[channelAxis], m.of(groups));
  grouped.insert(grouped.begin() + channelAxis, m.of(groups));
  SmallVector<int64_t> axes = isLast ? sequence(1, rank - 1) : sequence(2, rank + 1);
  if (isLast)
    axes.push_back(rank);
  Value split = n.cast(n.reshape(x, grouped), wide);
  auto op = n.makeOp<w::NormalizeOp>(
      split, {n.list("axes", axes), n.f64("epsilon", epsilon), n.flag("center", true)});
  if (!op)
    return {};
  Value y = n.reshape(op.getResult(), shape);
  y = n.mul(y, n.cast(n.onAxis(n.in(1), channelAxis, rank), wide));
  y = n.add(y, n.cast(n.onAxis(n.in(2), channelAxis, rank), wide));
  if (activation == 1)
    y = n.mul(y, n.make<w::SigmoidOp>(y));
  return n.cast(y, element);
}

LogicalResult buildContribGroupNorm(NodeBuilder &n) {
  if (failed(n.checkRank(0, 3)))
    return failure();
  return n.result(groupNorm(n, n.in(0)));
}

/// Inputs 3 and 4: a residual, for all places or one per sample and channel, and a bias per channel.
LogicalResult buildSkipGroupNorm(NodeBuilder &n) {
  Value x = n.in(0), skip = n.in(3);
  if (failed(n.checkRank(0, 3)))
    return failure();
  int64_t rank = n.rank(x), channelAxis = n.flagAttr("channels_last", true) ? rank - 1 : 1;
  if (n.rank(skip) == 2) {
    SmallVector<int64_t> places;
    for (int64_t axis = 1; axis < rank; ++axis)
      if (axis != channelAxis)
        places.push_back(axis);
    skip = n.unsqueeze(skip, places);
  }
  Value sum = n.add(x, skip);
  if (n.has(4))
    sum = n.add(sum, n.onAxis(n.in(4), channelAxis, rank));
  if (!sum || (n.wants(1) && failed(n.result(1, sum))))
    return failure();
  return n.result(groupNorm(n, sum));
}

/// The left half of x + bias times the activated right half.
LogicalResult buildBiasSplitGelu(NodeBuilder &n) {
  if (failed(n.checkRank(0, 1)))
    return failure();
  Value x = n.add(n.in(0), n.in(1));
  if (!x)
    return failure();
  int64_t axis = n.rank(x) - 1;
  Size half = n.sizes.floorDiv(n.dim(x, axis), n.sizes.of(2));
  Value left = n.sliceAxis(x, axis, n.sizes.of(0), half), right = n.sliceAxis(x, axis, half, half);
  return n.result(n.mul(left, n.make<w::GeluOp>(right)));
}

LogicalResult buildBiasAdd(NodeBuilder &n) { return n.result(n.add(n.add(n.in(0), n.in(1)), n.in(2))); }

/// Softmax of x + bias over all dims from an axis on.
LogicalResult buildBiasSoftmax(NodeBuilder &n) {
  (void)n.intAttr("is_inner_broadcast", 0);
  Value x = n.add(n.in(0), n.in(1));
  if (!x)
    return failure();
  FailureOr<int64_t> axis = n.axisAttr("axis", 1, n.rank(x));
  if (failed(axis))
    return failure();
  SmallVector<Size> shape = n.dims(x);
  Size rows = n.sizes.product(ArrayRef(shape).take_front(*axis)),
       width = n.sizes.product(ArrayRef(shape).drop_front(*axis));
  return n.result(n.reshape(n.softmax(n.reshape(x, {rows, width}), 1), shape));
}

} // namespace weft::importer
