// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the support-vector machines of ai.onnx.ml.
#include "Control.h"
#include "Learning.h"
#include "ModelImporter.h"

namespace weft::importer {

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

/// Marks the attributes of a kernel machine as read in a model without support vectors.
static void ignoreKernel(NodeBuilder &n) {
  (void)n.hasAttr("support_vectors");
  (void)n.stringAttr("kernel_type", "LINEAR");
  (void)n.floatsAttr("kernel_params");
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
  if (supports <= 0)
    ignoreKernel(n);
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

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

namespace {

/// A machine per pair of classes (i, j), i < j, in the order (0, 1), (0, 2) .. (1, 2) ..
struct Machine {
  int64_t classes = 0;
  SmallVector<std::pair<int64_t, int64_t>> pairs;
  /// Support vectors of each class, one class behind the other.
  SmallVector<int64_t> vectors;
  SmallVector<double> rho, probA, probB;
};

} // namespace

/// Attributes apart from the matrices; failure after a report.
static FailureOr<Machine> readMachine(NodeBuilder &n, int64_t classes) {
  Machine machine;
  machine.classes = classes;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j)
      machine.pairs.push_back({i, j});
  machine.vectors = n.intsAttr("vectors_per_class").value_or(SmallVector<int64_t>());
  machine.rho = n.floatsAttr("rho").value_or(SmallVector<double>());
  machine.probA = n.floatsAttr("prob_a").value_or(SmallVector<double>());
  machine.probB = n.floatsAttr("prob_b").value_or(SmallVector<double>());
  if (static_cast<int64_t>(machine.vectors.size()) != classes ||
      llvm::any_of(machine.vectors, [](int64_t count) { return count < 0 || count > (int64_t(1) << 40); }))
    return n.fail("expected vectors_per_class of one number per class (" + llvm::Twine(classes) +
                  "), but got " + llvm::Twine(machine.vectors.size()));
  if (machine.rho.size() != machine.pairs.size())
    return n.fail("expected rho of one number per pair of classes (" + llvm::Twine(machine.pairs.size()) +
                  "), but got " + llvm::Twine(machine.rho.size()));
  if (machine.probA.size() != machine.probB.size() ||
      (!machine.probA.empty() && machine.probA.size() != machine.pairs.size()))
    return n.fail("expected prob_a and prob_b of one number per pair of classes (" +
                  llvm::Twine(machine.pairs.size()) + "), but got " + llvm::Twine(machine.probA.size()) +
                  " and " + llvm::Twine(machine.probB.size()));
  return machine;
}

/// The margin of each pair, [N pairs]: positive for the first class of the pair.
static Value pairScores(NodeBuilder &n, const Machine &machine, Value x) {
  int64_t vectors = 0;
  for (int64_t count : machine.vectors)
    vectors += count;
  Value products = kernelProducts(n, x, matrixAttr(n, "support_vectors", vectors));
  // [classes - 1, vectors]: row r of a vector of class c belongs to the pair of c with the r-th of the
  // others.
  Value coefficients = matrixAttr(n, "coefficients", machine.classes - 1);
  if (!products || !coefficients)
    return {};
  if (n.type(coefficients).getDimSize(1) != vectors)
    return n.failValue("expected coefficients for " + llvm::Twine(vectors) +
                       " support vectors per row, but got " +
                       llvm::Twine(n.type(coefficients).getDimSize(1)));
  SmallVector<Value> parts;
  int64_t start = 0;
  for (int64_t count : machine.vectors) {
    Value mine = n.sliceAxis(products, 1, n.sizes.of(start), n.sizes.of(count));
    Value weights = n.sliceAxis(coefficients, 1, n.sizes.of(start), n.sizes.of(count));
    parts.push_back(n.matmul(mine, weights, false, /*transposeRhs=*/true));
    if (!parts.back())
      return {};
    start += count;
  }
  Value sums = n.concat(parts, 1);
  SmallVector<int64_t> ofFirst, ofSecond;
  for (auto [i, j] : machine.pairs) {
    ofFirst.push_back(i * (machine.classes - 1) + j - 1);
    ofSecond.push_back(j * (machine.classes - 1) + i);
  }
  Value margin = n.add(n.gather(sums, n.i64Constant(ofFirst), 1), n.gather(sums, n.i64Constant(ofSecond), 1));
  return n.add(margin, vectorOf(n, machine.rho, n.b.getF32Type()));
}

/// The class that wins most pairs, the first of such, [N]: of margins [N pairs].
static Value mostVotes(NodeBuilder &n, const Machine &machine, Value margins) {
  Type f32 = n.b.getF32Type();
  // A vote for the second class is one that the first does not get: [pairs classes] of 1 and -1, and the
  // votes that second classes start with.
  SmallVector<double> moves(machine.pairs.size() * machine.classes, 0.0), start(machine.classes, 0.0);
  for (auto [row, pair] : llvm::enumerate(machine.pairs)) {
    moves[row * machine.classes + pair.first] = 1;
    moves[row * machine.classes + pair.second] = -1;
    start[pair.second] += 1;
  }
  Value table = n.reshape(vectorOf(n, moves, f32),
                          ArrayRef<int64_t>{static_cast<int64_t>(machine.pairs.size()), machine.classes});
  Value isFirst = n.cast(n.compare(w::ComparePredicate::gt, margins, n.scalar(f32, 0.0)), f32);
  Value votes = n.add(n.matmul(isFirst, table), vectorOf(n, start, f32));
  Value best =
      n.make<w::ArgReduceOp>(votes, {n.choice<w::ArgKindAttr>("kind", w::ArgKind::max), n.i64("axis", 1)});
  return best ? n.squeeze(best, 1) : Value();
}

//===----------------------------------------------------------------------===//
// Probabilities of classes from those of pairs
//===----------------------------------------------------------------------===//

/// Q of Wu, Lin and Weng (2004), "Probability estimates for multi-class classification by pairwise coupling",
/// (algorithm 2), [N classes classes], of the margins of the pairs.
static Value couplingMatrix(NodeBuilder &n, const Machine &machine, Value margins) {
  Type f32 = n.b.getF32Type();
  int64_t classes = machine.classes, pairs = static_cast<int64_t>(machine.pairs.size());
  Value logit = n.add(n.mul(margins, vectorOf(n, machine.probA, f32)), vectorOf(n, machine.probB, f32));
  if (!logit)
    return {};
  Value one = n.scalar(f32, 1.0);
  Value first = n.sub(one, n.make<w::SigmoidOp>(logit));
  first = n.min(n.max(first, n.scalar(f32, 1e-7)), n.scalar(f32, 1 - 1e-7));
  Value second = n.sub(one, first);
  // r[i][j]: the probability of i against j; the diagonal is 0.
  SmallVector<int64_t> places(classes * classes, 2 * pairs);
  for (auto [row, pair] : llvm::enumerate(machine.pairs)) {
    places[pair.first * classes + pair.second] = static_cast<int64_t>(row);
    places[pair.second * classes + pair.first] = pairs + static_cast<int64_t>(row);
  }
  if (!second)
    return {};
  Value zero = n.broadcast(n.withRank(n.scalar(f32, 0.0), 2), {n.dim(margins, 0), n.sizes.of(1)});
  Value flat = n.gather(n.concat({first, second, zero}, 1), n.i64Constant(places), 1);
  Value against = n.reshape(flat, {n.dim(margins, 0), n.sizes.of(classes), n.sizes.of(classes)});
  Value with = n.transpose(against, {0, 2, 1});
  Value diagonal = n.reduce(w::ReduceKind::sum, n.mul(with, with), 2); // [N classes 1]
  SmallVector<double> unit(classes * classes, 0.0);
  for (int64_t i = 0; i < classes; ++i)
    unit[i * classes + i] = 1;
  Value identity = n.reshape(vectorOf(n, unit, f32), ArrayRef<int64_t>{classes, classes});
  return n.sub(n.mul(diagonal, identity), n.mul(with, against));
}

/// One round over the classes: new p, of p, Qp [N classes] and p Q p [N 1].
static LoopResult couplingRound(NodeBuilder &n, int64_t classes, Value q, ArrayRef<Value> state) {
  LoopShape loop;
  loop.trip = n.sizes.of(classes);
  loop.carried.assign(state.begin(), state.end());
  return makeLoop(n, loop, [&](Block &block, OpBuilder &) -> FailureOr<SmallVector<Value>> {
    OpBuilder::InsertionGuard guard(n.b);
    n.b.setInsertionPointToEnd(&block);
    Value p = block.getArgument(1), qp = block.getArgument(2), pqp = block.getArgument(3);
    Value at = w::FromElementsOp::create(n.b, n.loc, RankedTensorType::get({1}, n.b.getI64Type()),
                                         block.getArgument(0));
    Value row = n.squeeze(n.inRange(n.gather(q, at, 1)), 1); // [N classes]
    if (!row)
      return failure();
    Value pivot = n.inRange(n.gather(row, at, 1)), mine = n.inRange(n.gather(qp, at, 1)); // [N 1]
    Value step = n.div(n.sub(pqp, mine), pivot);
    Value scale = n.add(step, n.scalar(n.b.getF32Type(), 1.0));
    Value change = n.mul(step, n.add(n.mul(step, pivot), n.mul(mine, n.scalar(n.b.getF32Type(), 2.0))));
    Value nextPqp = n.div(n.div(n.add(pqp, change), scale), scale);
    Value nextQp = n.div(n.add(qp, n.mul(step, row)), scale);
    Value here = n.compare(w::ComparePredicate::eq,
                           n.iota({n.sizes.of(1), n.sizes.of(classes)}, 1, n.b.getI64Type()), at);
    Value nextP = n.div(n.select(here, n.add(p, step), p), scale);
    if (!nextP || !nextQp || !nextPqp)
      return failure();
    return SmallVector<Value>{n.intScalar(n.b.getI1Type(), 1), nextP, nextQp, nextPqp};
  });
}

/// [N classes], of the margins of the pairs: rounds of algorithm 2 until a sample's error is small, at most
/// 100.
static Value coupledProbabilities(NodeBuilder &n, const Machine &machine, Value margins) {
  Type f32 = n.b.getF32Type(), i1 = n.b.getI1Type();
  int64_t classes = machine.classes;
  Value q = couplingMatrix(n, machine, margins);
  if (!q)
    return {};
  constexpr int64_t kRounds = 100;
  double tolerance = 0.005 / static_cast<double>(classes);
  LoopShape loop;
  loop.trip = n.sizes.of(kRounds);
  loop.cond = n.intScalar(i1, 1);
  loop.carried = {n.broadcast(n.withRank(n.scalar(f32, 1.0 / static_cast<double>(classes)), 2),
                              {n.dim(margins, 0), n.sizes.of(classes)})};
  LoopResult result = makeLoop(n, loop, [&](Block &block, OpBuilder &) -> FailureOr<SmallVector<Value>> {
    OpBuilder::InsertionGuard guard(n.b);
    n.b.setInsertionPointToEnd(&block);
    Value p = block.getArgument(1);
    Value qp = n.squeeze(n.matmul(q, n.unsqueeze(p, 2)), 2);
    Value pqp = n.reduce(w::ReduceKind::sum, n.mul(p, qp), 1);
    if (!pqp)
      return failure();
    Value error = n.reduce(w::ReduceKind::max, n.make<w::AbsOp>(n.sub(qp, pqp)), 1);
    // What is done stays: each sample has the rounds that it would have alone.
    Value isOpen = n.compare(w::ComparePredicate::ge, error, n.scalar(f32, tolerance));
    LoopResult next = couplingRound(n, classes, q, {p, qp, pqp});
    if (failed(next))
      return failure();
    n.b.setInsertionPointToEnd(&block);
    Value open = n.reduce(w::ReduceKind::sum, n.cast(isOpen, n.b.getI32Type()), {0, 1}, /*keep=*/false);
    Value goesOn = n.compare(w::ComparePredicate::gt, open, n.intScalar(n.b.getI32Type(), 0));
    Value kept = n.select(isOpen, next->front(), p);
    if (!kept || !goesOn)
      return failure();
    return SmallVector<Value>{goesOn, kept};
  });
  return failed(result) ? Value() : result->front();
}

//===----------------------------------------------------------------------===//
// SVMClassifier
//===----------------------------------------------------------------------===//

/// Without support vectors: a linear model per class.
static LogicalResult buildLinearMachine(NodeBuilder &n, Value labels, PostTransform transform) {
  int64_t classes = n.type(labels).getDimSize(0);
  SmallVector<double> rho = n.floatsAttr("rho").value_or(SmallVector<double>()),
                      weights = n.floatsAttr("coefficients").value_or(SmallVector<double>());
  ignoreKernel(n);
  (void)n.intsAttr("vectors_per_class");
  bool hasProbabilities = !n.floatsAttr("prob_a").value_or(SmallVector<double>()).empty();
  (void)n.floatsAttr("prob_b");
  if (rho.empty())
    return n.fail("expected at least one number in rho, but it is empty");
  Type f32 = n.b.getF32Type();
  Value scores = n.matmul(samples(n), matrixAttr(n, "coefficients", classes), false, /*transposeRhs=*/true);
  scores = n.add(scores, n.scalar(f32, rho.front()));
  if (!scores || classes != 2 || hasProbabilities)
    return finishClasses(n, scores, labels, transform);
  // Of two classes the second is taken as soon as any score says so.
  bool allPositive = llvm::all_of(weights, [](double weight) { return weight >= 0; });
  Value most = n.reduce(w::ReduceKind::max, scores, 1);
  Value isSecond = n.compare(allPositive ? w::ComparePredicate::ge : w::ComparePredicate::gt, most,
                             n.scalar(f32, allPositive ? 0.5 : 0.0));
  Value best =
      n.make<w::ArgReduceOp>(scores, {n.choice<w::ArgKindAttr>("kind", w::ArgKind::max), n.i64("axis", 1)});
  Value index = n.select(isSecond, n.intScalar(n.b.getI64Type(), 1), best);
  if (!index || failed(n.result(0, n.gather(labels, n.squeeze(index, 1), 0))))
    return failure();
  return n.wants(1) ? n.result(1, postTransform(n, scores, transform)) : success();
}

/// Scores of a machine without probabilities: the margins, of two classes with their negative in front.
static Value marginScores(NodeBuilder &n, const Machine &machine, Value margins, PostTransform transform) {
  if (!margins || machine.classes > 2)
    return postTransform(n, margins, transform);
  if (transform == PostTransform::probit)
    return n.failValue("expected another post_transform than PROBIT for one margin of two classes");
  bool isLogistic = transform == PostTransform::logistic;
  double whole = transform == PostTransform::none || isLogistic ? 0.0 : 1.0;
  Value other = n.sub(n.scalar(n.b.getF32Type(), whole), margins);
  Value scores = other ? n.concat({other, margins}, 1) : Value();
  return scores && isLogistic ? n.make<w::SigmoidOp>(scores) : scores;
}

LogicalResult buildSVMClassifier(NodeBuilder &n) {
  FailureOr<Value> labels = readLabels(n, "classlabels_ints");
  FailureOr<PostTransform> transform = readPostTransform(n);
  if (failed(labels) || failed(transform))
    return failure();
  int64_t classes = n.type(*labels).getDimSize(0), vectors = 0;
  for (int64_t count : n.intsAttr("vectors_per_class").value_or(SmallVector<int64_t>()))
    vectors += std::clamp<int64_t>(count, 0, int64_t(1) << 40);
  if (vectors == 0)
    return buildLinearMachine(n, *labels, *transform);
  // The pairs grow with the square.
  constexpr int64_t kMostClasses = 1024;
  if (classes < 2 || classes > kMostClasses)
    return n.fail("expected 2 to " + llvm::Twine(kMostClasses) + " classes, but got " + llvm::Twine(classes));
  FailureOr<Machine> machine = readMachine(n, classes);
  Value x = samples(n);
  if (failed(machine) || !x)
    return failure();
  Value margins = pairScores(n, *machine, x);
  Value best = margins ? mostVotes(n, *machine, margins) : Value();
  if (!best || failed(n.result(0, n.gather(*labels, best, 0))))
    return failure();
  if (!n.wants(1))
    return success();
  return n.result(1, machine->probA.empty()
                         ? marginScores(n, *machine, margins, *transform)
                         : postTransform(n, coupledProbabilities(n, *machine, margins), *transform));
}

} // namespace weft::importer
