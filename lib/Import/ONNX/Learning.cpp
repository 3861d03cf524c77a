// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the linear and support-vector models of ai.onnx.ml, and what classifiers share.
#include "Learning.h"

#include "ModelImporter.h"

#include <cmath>

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
  if (n.hasAttr("classlabels_strings") && !n.stringsAttr("classlabels_strings")->empty())
    return n.fail(
        "string labels are not supported; export the model with integer labels, or take the scores and look "
        "the label up outside of the model");
  SmallVector<int64_t> labels = n.intsAttr(name).value_or(SmallVector<int64_t>());
  if (labels.empty())
    return n.fail("expected the classes' labels in " + name + ", but it is empty");
  return n.i64Constant(labels);
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

LogicalResult finishBinary(NodeBuilder &n, Value score, Value labels, BinaryForm form,
                           PostTransform transform) {
  if (!score)
    return failure();
  Type element = n.elem(score);
  bool isMargin = form != BinaryForm::probability;
  Value isSecond = n.compare(w::ComparePredicate::gt, n.reshape(score, n.dim(score, 0)),
                             n.scalar(element, isMargin ? 0.0 : 0.5));
  Value index = n.cast(isSecond, n.b.getI64Type());
  if (!index || failed(n.result(0, n.gather(labels, index, 0))))
    return failure();
  if (!n.wants(1))
    return success();
  Value scores;
  if (transform == PostTransform::probit) {
    scores = probit(n, score);
  } else {
    bool isLogistic = isMargin && transform == PostTransform::logistic;
    bool isMirrored = form == BinaryForm::margin || isLogistic;
    Value other = n.sub(n.scalar(element, isMirrored ? 0.0 : 1.0), score);
    if (isLogistic) {
      other = n.make<w::SigmoidOp>(other);
      score = n.make<w::SigmoidOp>(score);
    }
    if (!other || !score)
      return failure();
    scores = n.concat({other, score}, 1);
  }
  return n.result(1, n.cast(scores, n.b.getF32Type()));
}

//===----------------------------------------------------------------------===//
// Linear models
//===----------------------------------------------------------------------===//

/// x [N F] or [F] as f32 [N F]; null after a report.
static Value samples(NodeBuilder &n) {
  return failed(n.checkRank(0, 1, 2)) ? Value() : n.withRank(n.cast(n.in(0), n.b.getF32Type()), 2);
}

/// A matrix of `rows` rows from a flat attribute; null after a report.
static Value matrixAttr(NodeBuilder &n, StringRef name, int64_t rows) {
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
    return finishBinary(n, scores, *labels, BinaryForm::linear, *transform);
  return finishClasses(n, scores, *labels, *transform);
}

//===----------------------------------------------------------------------===//
// Support vectors
//===----------------------------------------------------------------------===//

/// The kernel of each sample with each row of `vectors`, [N rows]; null after a report.
static Value kernelProducts(NodeBuilder &n, Value x, Value vectors) {
  std::string kind = n.stringAttr("kernel_type", "LINEAR");
  SmallVector<double> parameters = n.floatsAttr("kernel_params").value_or(SmallVector<double>());
  if (!x || !vectors)
    return {};
  Type f32 = n.b.getF32Type();
  parameters.resize(3, 0.0);
  auto number = [&](double value) { return n.scalar(f32, value); };
  double gamma = parameters[0], offset = parameters[1], degree = parameters[2];
  Value product = n.matmul(x, vectors, false, /*transposeRhs=*/true);
  if (kind == "LINEAR")
    return product;
  Value shifted = n.add(n.mul(product, number(gamma)), number(offset));
  if (kind == "POLY")
    return n.binary<w::PowOp>(shifted, number(degree));
  if (kind == "SIGMOID")
    return n.make<w::TanhOp>(shifted);
  if (kind != "RBF")
    return n.failValue("expected kernel_type LINEAR, POLY, RBF or SIGMOID, but got '" + kind + "'");
  // |x - s|^2 = x.x - 2 x.s + s.s
  Value ofX = n.reduce(w::ReduceKind::sum, n.mul(x, x), 1);
  Value ofVectors = n.transpose(n.reduce(w::ReduceKind::sum, n.mul(vectors, vectors), 1), {1, 0});
  Value distance = n.add(n.sub(ofX, n.mul(product, number(2))), ofVectors);
  return n.make<w::ExpOp>(n.mul(n.max(distance, number(0)), number(-gamma)));
}

LogicalResult buildSVMRegressor(NodeBuilder &n) {
  FailureOr<PostTransform> transform = readPostTransform(n);
  int64_t supports = n.intAttr("n_supports", 0);
  SmallVector<double> rho = n.floatsAttr("rho").value_or(SmallVector<double>());
  bool isOneClass = n.flagAttr("one_class", false);
  Value x = samples(n);
  if (failed(transform) || !x)
    return failure();
  if (rho.size() != 1)
    return n.fail("expected one number in rho, but got " + llvm::Twine(rho.size()));
  Value coefficients = matrixAttr(n, "coefficients", 1);
  Value features = supports > 0 ? kernelProducts(n, x, matrixAttr(n, "support_vectors", supports)) : x;
  if (supports <= 0) {
    (void)n.hasAttr("support_vectors");
    (void)n.stringAttr("kernel_type", "LINEAR");
    (void)n.floatsAttr("kernel_params");
  }
  if (!coefficients || !features)
    return failure();
  Type f32 = n.b.getF32Type();
  Value score =
      n.add(n.matmul(features, coefficients, false, /*transposeRhs=*/true), n.scalar(f32, rho.front()));
  if (isOneClass)
    score = n.select(n.compare(w::ComparePredicate::gt, score, n.scalar(f32, 0.0)), n.scalar(f32, 1.0),
                     n.scalar(f32, -1.0));
  return n.result(postTransform(n, score, *transform));
}

} // namespace weft::importer
