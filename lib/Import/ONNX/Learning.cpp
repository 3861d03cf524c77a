// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the linear models of ai.onnx.ml, and what classifiers share.
#include "Learning.h"

#include "ModelImporter.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Scores and labels
//===----------------------------------------------------------------------===//

FailureOr<PostTransform> readPostTransform(NodeBuilder &n) {
  std::string name = n.stringAttr("post_transform", "NONE");
  std::optional<PostTransform> result = llvm::StringSwitch<std::optional<PostTransform>>(name)
                                            .Case("NONE", PostTransform::none)
                                            .Case("SOFTMAX", PostTransform::softmax)
                                            .Case("LOGISTIC", PostTransform::logistic)
                                            .Case("SOFTMAX_ZERO", PostTransform::softmaxZero)
                                            .Case("PROBIT", PostTransform::probit)
                                            .Default(std::nullopt);
  if (!result)
    return n.fail("expected post_transform NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT, but got '" +
                  name + "'");
  return *result;
}

/// Winitzki's approximation of the inverse error function, as ONNX Runtime computes PROBIT: sqrt 2 erfinv(2 p
/// - 1).
static Value probit(NodeBuilder &n, Value p) {
  if (!p)
    return {};
  Type element = n.elem(p);
  auto number = [&](double value) { return n.scalar(element, value); };
  constexpr double kA = 0.147;
  Value x = n.sub(n.mul(p, number(2)), number(1));
  Value logarithm = n.make<w::LogOp>(n.mul(n.sub(number(1), x), n.add(number(1), x)));
  Value v = n.add(n.mul(logarithm, number(0.5)), number(2 / (3.14159 * kA)));
  Value root = n.make<w::SqrtOp>(n.sub(n.mul(v, v), n.mul(logarithm, number(1 / kA))));
  Value size = n.mul(n.make<w::SqrtOp>(n.sub(root, v)), number(1.41421356));
  return n.select(n.compare(w::ComparePredicate::lt, x, number(0)), n.sub(number(0), size), size);
}

/// softmax in which scores of zero stay zero: they get no share.
static Value softmaxZero(NodeBuilder &n, Value scores) {
  if (!scores)
    return {};
  Type element = n.elem(scores);
  constexpr double kZero = 1e-7;
  Value isZero = n.compare(w::ComparePredicate::le, n.make<w::AbsOp>(scores), n.scalar(element, kZero));
  int64_t axis = n.rank(scores) - 1;
  Value most = n.reduce(w::ReduceKind::max, scores, axis);
  Value share = n.make<w::ExpOp>(n.sub(scores, most));
  Value sum = n.reduce(w::ReduceKind::sum, n.select(isZero, n.scalar(element, 0.0), share), axis);
  Value rest = n.mul(scores, n.make<w::ExpOp>(n.sub(n.scalar(element, 0.0), most)));
  return n.div(n.select(isZero, rest, share), sum);
}

Value postTransform(NodeBuilder &n, Value scores, PostTransform transform) {
  if (!scores)
    return {};
  switch (transform) {
  case PostTransform::none:
    return scores;
  case PostTransform::softmax:
    return n.softmax(scores, n.rank(scores) - 1);
  case PostTransform::logistic:
    return n.make<w::SigmoidOp>(scores);
  case PostTransform::softmaxZero:
    return softmaxZero(n, scores);
  case PostTransform::probit:
    return probit(n, scores);
  }
  llvm_unreachable("all transforms are handled");
}

FailureOr<Value> readLabels(NodeBuilder &n, StringRef name) {
  if (std::optional<SmallVector<std::string>> texts = n.stringsAttr("classlabels_strings");
      texts && !texts->empty())
    return n.constant(textList(n, *texts));
  SmallVector<int64_t> labels = n.intsAttr(name).value_or(SmallVector<int64_t>());
  if (labels.empty())
    return n.fail("expected the classes' labels in " + name + ", but it is empty");
  return n.i64Constant(labels);
}

DenseElementsAttr textList(NodeBuilder &n, ArrayRef<std::string> texts) {
  SmallVector<StringRef> views(texts.begin(), texts.end());
  auto type = RankedTensorType::get(static_cast<int64_t>(texts.size()), w::StringType::get(n.b.getContext()));
  return DenseStringElementsAttr::get(type, views);
}

Value vectorOf(NodeBuilder &n, ArrayRef<double> values, Type element) {
  SmallVector<APFloat> numbers;
  for (double value : values) {
    APFloat number(value);
    bool lost = false;
    number.convert(cast<FloatType>(element).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
    numbers.push_back(number);
  }
  auto type = RankedTensorType::get(static_cast<int64_t>(values.size()), element);
  return n.constant(DenseElementsAttr::get(type, numbers));
}

LogicalResult finishClasses(NodeBuilder &n, Value scores, Value labels, PostTransform transform) {
  if (!scores)
    return failure();
  Value best =
      n.make<w::ArgReduceOp>(scores, {n.choice<w::ArgKindAttr>("kind", w::ArgKind::max), n.i64("axis", 1)});
  best = best ? n.squeeze(best, 1) : Value();
  if (!best || failed(n.result(0, n.gather(labels, best, 0))))
    return failure();
  return n.wants(1) ? n.result(1, n.cast(postTransform(n, scores, transform), n.b.getF32Type())) : success();
}

//===----------------------------------------------------------------------===//
// Linear models
//===----------------------------------------------------------------------===//

Value samples(NodeBuilder &n) {
  return failed(n.checkRank(0, 1, 2)) ? Value() : n.withRank(n.cast(n.in(0), n.b.getF32Type()), 2);
}

Value matrixAttr(NodeBuilder &n, StringRef name, int64_t rows) {
  SmallVector<double> values = n.floatsAttr(name).value_or(SmallVector<double>());
  int64_t size = static_cast<int64_t>(values.size());
  if (rows < 1 || size == 0 || size % rows != 0)
    return n.failValue("expected " + name + " of " + llvm::Twine(rows) + " rows, but it has " +
                       llvm::Twine(size) + " elements");
  return n.reshape(vectorOf(n, values, n.b.getF32Type()), ArrayRef<int64_t>{rows, size / rows});
}

/// x [N F] times coefficients [rows F], plus intercepts; null after a report.
static Value linearScores(NodeBuilder &n, Value x, int64_t rows) {
  Value coefficients = matrixAttr(n, "coefficients", rows);
  SmallVector<double> intercepts = n.floatsAttr("intercepts").value_or(SmallVector<double>());
  if (!x || !coefficients)
    return {};
  Value scores = n.matmul(x, coefficients, false, /*transposeRhs=*/true);
  if (intercepts.empty())
    return scores;
  if (static_cast<int64_t>(intercepts.size()) != rows)
    return n.failValue("expected " + llvm::Twine(rows) + " intercepts, but got " +
                       llvm::Twine(intercepts.size()));
  return n.add(scores, vectorOf(n, intercepts, n.b.getF32Type()));
}

LogicalResult buildLinearRegressor(NodeBuilder &n) {
  FailureOr<PostTransform> transform = readPostTransform(n);
  if (failed(transform))
    return failure();
  return n.result(postTransform(n, linearScores(n, samples(n), n.intAttr("targets", 1)), *transform));
}

/// Outputs of two classes of one score [N 1], the margin of the second class.
static LogicalResult finishMargin(NodeBuilder &n, Value score, Value labels, PostTransform transform) {
  if (!score)
    return failure();
  Type element = n.elem(score);
  Value isSecond =
      n.compare(w::ComparePredicate::gt, n.reshape(score, n.dim(score, 0)), n.scalar(element, 0.0));
  Value index = n.cast(isSecond, n.b.getI64Type());
  if (!index || failed(n.result(0, n.gather(labels, index, 0))))
    return failure();
  if (!n.wants(1))
    return success();
  if (transform == PostTransform::probit)
    return n.result(1, probit(n, score));
  bool isLogistic = transform == PostTransform::logistic;
  Value other = n.sub(n.scalar(element, isLogistic ? 0.0 : 1.0), score);
  Value scores = other ? n.concat({other, score}, 1) : Value();
  return scores ? n.result(1, isLogistic ? n.make<w::SigmoidOp>(scores) : scores) : failure();
}

LogicalResult buildLinearClassifier(NodeBuilder &n) {
  FailureOr<Value> labels = readLabels(n, "classlabels_ints");
  FailureOr<PostTransform> transform = readPostTransform(n);
  (void)n.intAttr("multi_class", 0);
  if (failed(labels) || failed(transform))
    return failure();
  int64_t classes = n.type(*labels).getDimSize(0);
  size_t intercepts = n.floatsAttr("intercepts").value_or(SmallVector<double>()).size();
  bool isSingle = classes == 2 && intercepts == 1;
  Value scores = linearScores(n, samples(n), isSingle ? 1 : classes);
  if (isSingle)
    return finishMargin(n, scores, *labels, *transform);
  return finishClasses(n, scores, *labels, *transform);
}

} // namespace weft::importer
