// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of operators that pick elements: TopK, Unique, NonZero, Compress, NonMaxSuppression.
#include "NodeBuilder.h"

#include "ModelImporter.h"

namespace weft::importer {

LogicalResult buildTopK(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", -1, n.rank(x));
  FailureOr<Size> k =
      n.version < 10 ? FailureOr<Size>(n.sizes.of(n.intAttr("k", 0))) : n.sizeOf(n.in(1), "k");
  if (failed(axis) || failed(k))
    return failure();
  // The output is sorted in any case, which `sorted=0` allows.
  (void)n.intAttr("sorted", 1);
  SmallVector<Value> operands = {x};
  std::optional<int64_t> number = known(*k);
  if (number && *number < 0)
    return n.fail("expected k of at least 0, but got " + llvm::Twine(*number));
  if (!number)
    operands.push_back(cast<Value>(*k));
  auto op =
      n.makeOp<w::TopKOp>(operands, {n.i64("static_k", number.value_or(ShapedType::kDynamic)),
                                     n.i64("axis", *axis), n.flag("largest", n.flagAttr("largest", true))});
  if (!op || failed(n.result(0, op.getValues())))
    return failure();
  return n.result(1, op.getIndices());
}

LogicalResult buildUnique(NodeBuilder &n) {
  SmallVector<NamedAttribute> attributes = {n.flag("sorted", n.flagAttr("sorted", true))};
  if (n.hasAttr("axis")) {
    FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(n.in(0)));
    if (failed(axis))
      return failure();
    attributes.push_back(n.i64("axis", *axis));
  }
  // Of texts their ranks are sorted, and the texts taken where the ranks were found.
  bool isText = isa<w::StringType>(n.elem(n.in(0)));
  Value x = isText ? n.make<w::TextRankOp>(n.in(0)) : n.in(0);
  auto op = n.makeOp<w::UniqueOp>(x, attributes);
  if (!op)
    return failure();
  if (isText) {
    bool hasAxis = n.hasAttr("axis");
    Value texts = hasAxis ? n.in(0) : n.reshape(n.in(0), n.sizes.product(n.dims(n.in(0))));
    int64_t axis = op.getAxis().value_or(0);
    if (failed(n.result(0, n.inRange(n.gather(texts, op->getResult(1), axis)))))
      return failure();
    for (unsigned i = 1; i < 4; ++i)
      if (n.wants(i) && failed(n.result(i, op->getResult(i))))
        return failure();
    return success();
  }
  for (unsigned i = 0; i < 4; ++i)
    if (n.wants(i) && failed(n.result(i, op->getResult(i))))
      return failure();
  return success();
}

LogicalResult buildNonZero(NodeBuilder &n) { return n.result(n.make<w::NonzeroOp>(n.in(0))); }

LogicalResult buildCompress(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t axis = 0;
  if (n.hasAttr("axis")) {
    FailureOr<int64_t> given = n.axisAttr("axis", 0, n.rank(x));
    if (failed(given))
      return failure();
    axis = *given;
  } else {
    x = n.reshape(x, n.sizes.product(n.dims(x)));
  }
  Value places = n.make<w::NonzeroOp>(n.in(1));
  return n.result(n.gather(x, n.squeeze(places, 0), axis));
}

LogicalResult buildNonMaxSuppression(NodeBuilder &n) {
  bool center = n.flagAttr("center_point_box", false);
  auto one = [&](unsigned i) { return n.has(i) ? n.reshape(n.in(i), ArrayRef<int64_t>()) : Value(); };
  Value iou = one(3), score = one(4);
  // Without a maximum nothing is selected.
  Size most = n.sizes.of(0);
  if (n.has(2)) {
    FailureOr<Size> given = n.sizeOf(one(2), "max_output_boxes_per_class");
    if (failed(given))
      return failure();
    most = *given;
  }
  SmallVector<Value> operands = {n.in(0), n.in(1), n.sizes.value(most)};
  if (iou)
    operands.push_back(iou);
  if (score)
    operands.push_back(score);
  return n.result(n.make<w::NmsOp>(
      operands, {n.flag("center", center), n.segments({1, 1, 1, iou ? 1 : 0, score ? 1 : 0})}));
}

} // namespace weft::importer
