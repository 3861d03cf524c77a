// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of tree ensembles of ai.onnx.ml: the forest becomes tables, its traversal a branch-free chain of
// gathers.
#include "Forest.h"
#include "Learning.h"
#include "ModelImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

#include "llvm/ADT/DenseSet.h"

#include <array>
#include <limits>
#include <utility>

namespace weft::importer {

namespace {

enum class Aggregate : int64_t { average, sum, min, max };

} // namespace

//===----------------------------------------------------------------------===//
// Traversal
//===----------------------------------------------------------------------===//

namespace {

/// Traversal of all trees side by side: [N T] places, each step one decision. Places are numbered leaves
/// first, so that the last ones index the leaves' table; a leaf leads to itself.
class Traversal {
public:
  Traversal(NodeBuilder &n, const Forest &forest, Type element) : n(n), forest(forest), element(element) {}

  /// The leaf of each sample and tree, [N T] i32, of x [N F].
  Value run(Value x, int64_t depth) {
    Type i32 = n.b.getI32Type();
    SmallVector<int32_t> roots;
    for (Place root : forest.roots)
      roots.push_back(number(root));
    makeTables();
    Value place = n.broadcast(table(roots, {1, static_cast<int64_t>(roots.size())}, i32),
                              {n.dim(x, 0), n.sizes.of(static_cast<int64_t>(roots.size()))});
    for (int64_t step = 0; step < depth && place; ++step)
      place =
          n.select(decide(x, place), n.inRange(n.gather(yes, place, 0)), n.inRange(n.gather(no, place, 0)));
    return place;
  }

private:
  int32_t number(Place place) const {
    return static_cast<int32_t>(isLeaf(place) ? leafOf(place)
                                              : place + static_cast<int64_t>(forest.leaves.size()));
  }

  template <typename T> Value table(ArrayRef<T> values, ArrayRef<int64_t> shape, Type of) {
    auto type = RankedTensorType::get(shape, of);
    return n.constant(DenseElementsAttr::get(type, values));
  }
  template <typename T> Value table(const SmallVector<T> &values, ArrayRef<int64_t> shape, Type of) {
    return table(ArrayRef<T>(values), shape, of);
  }

  void makeTables() {
    int64_t count = static_cast<int64_t>(forest.leaves.size() + forest.inner.size());
    SmallVector<int32_t> featureOf(count, 0), onYes, onNo, modeOf(count, -1);
    SmallVector<bool> missingOf(count, false);
    SmallVector<APFloat> splitOf(count, APFloat::getZero(cast<FloatType>(element).getFloatSemantics()));
    for (int64_t i = 0; i < count; ++i) {
      onYes.push_back(static_cast<int32_t>(i));
      onNo.push_back(static_cast<int32_t>(i));
    }
    bool anyMissing = false;
    for (auto [i, node] : llvm::enumerate(forest.inner)) {
      int64_t at = static_cast<int64_t>(forest.leaves.size() + i);
      featureOf[at] = static_cast<int32_t>(node.feature);
      onYes[at] = number(node.yes);
      onNo[at] = number(node.no);
      modeOf[at] = static_cast<int32_t>(node.branch);
      missingOf[at] = node.missingIsYes;
      anyMissing |= node.missingIsYes;
      APFloat split(node.split);
      bool lost = false;
      split.convert(cast<FloatType>(element).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
      splitOf[at] = split;
      if (!llvm::is_contained(branches, node.branch))
        branches.push_back(node.branch);
    }
    llvm::sort(branches);
    Type i32 = n.b.getI32Type();
    feature = table(featureOf, count, i32);
    yes = table(onYes, count, i32);
    no = table(onNo, count, i32);
    split = table(splitOf, count, element);
    if (branches.size() > 1)
      mode = table(modeOf, count, i32);
    if (anyMissing)
      missing = table(missingOf, count, n.b.getI1Type());
  }

  /// Whether each place takes its `yes` branch.
  Value decide(Value x, Value place) {
    Value value =
        n.inRange(n.make<w::GatherElementsOp>({x, n.inRange(n.gather(feature, place, 0))}, n.i64("axis", 1)));
    Value limit = n.inRange(n.gather(split, place, 0)), taken;
    Value modeHere = mode ? n.inRange(n.gather(mode, place, 0)) : Value();
    for (Branch branch : branches) {
      Value holds = n.compare(predicate(branch), value, limit);
      if (modeHere)
        holds =
            n.binary<w::AndOp>(holds, n.compare(w::ComparePredicate::eq, modeHere,
                                                n.intScalar(n.b.getI32Type(), static_cast<int64_t>(branch))));
      taken = taken ? n.binary<w::OrOp>(taken, holds) : holds;
    }
    if (missing)
      taken = n.binary<w::OrOp>(
          taken, n.binary<w::AndOp>(n.inRange(n.gather(missing, place, 0)), n.make<w::IsNanOp>(value)));
    return taken;
  }

  static w::ComparePredicate predicate(Branch branch) {
    switch (branch) {
    case Branch::leq:
      return w::ComparePredicate::le;
    case Branch::lt:
      return w::ComparePredicate::lt;
    case Branch::gte:
      return w::ComparePredicate::ge;
    case Branch::gt:
      return w::ComparePredicate::gt;
    case Branch::neq:
      return w::ComparePredicate::ne;
    case Branch::eq:
    case Branch::member:
      break;
    }
    return w::ComparePredicate::eq;
  }

  NodeBuilder &n;
  const Forest &forest;
  Type element;
  SmallVector<Branch> branches;
  Value feature, split, yes, no, mode, missing;
};

} // namespace

/// Makes runs fail whose samples have fewer features than the trees look at, where only the run knows.
static void requireFeatures(NodeBuilder &n, const Forest &forest, Size given) {
  int64_t needed = 0;
  for (const auto &node : forest.inner)
    needed = std::max(needed, node.feature + 1);
  if (known(given))
    return;
  Value holds = arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::sge, n.sizes.value(given),
                                      n.sizes.value(n.sizes.of(needed)));
  std::string name = n.node.name().empty() ? "trees" : "node '" + n.node.name() + "'";
  cf::AssertOp::create(n.b, n.loc, holds, name + ": expected at least {b} features, but got {a}");
}

/// What the leaves give, aggregated over the trees: [N targets] of f32, or of f64 where x is.
static Value evaluate(NodeBuilder &n, const Forest &forest, Aggregate aggregate) {
  if (failed(n.checkRank(0, 1, 2)))
    return {};
  Value x = n.in(0);
  Type element = n.elem(x).isF64() ? n.b.getF64Type() : n.b.getF32Type();
  x = n.withRank(n.cast(x, element), 2);
  if (!x)
    return {};
  int64_t places = static_cast<int64_t>(forest.leaves.size() + forest.inner.size());
  if (places > std::numeric_limits<int32_t>::max())
    return n.failValue("expected fewer than 2^31 nodes, but got " + llvm::Twine(places));
  FailureOr<int64_t> depth = depthOf(n, forest, known(n.dim(x, 1)));
  if (failed(depth))
    return {};
  // Each step of the traversal is code; a chain deeper than any forest that is trained would be endless code.
  constexpr int64_t kDeepest = 512;
  if (*depth > kDeepest)
    return n.failValue("expected trees of at most " + llvm::Twine(kDeepest) + " decisions, but got " +
                       llvm::Twine(*depth));
  requireFeatures(n, forest, n.dim(x, 1));
  Value leaf = Traversal(n, forest, element).run(x, *depth);
  if (!leaf)
    return {};

  // Minimum and maximum are over the trees whose leaf has a weight for the target.
  double none = aggregate == Aggregate::min   ? std::numeric_limits<double>::infinity()
                : aggregate == Aggregate::max ? -std::numeric_limits<double>::infinity()
                                              : 0;
  int64_t leaves = static_cast<int64_t>(forest.leaves.size());
  if (leaves > (int64_t(1) << 32) / forest.targets)
    return n.failValue("expected fewer weights than 2^32, but got " + llvm::Twine(leaves) + " leaves with " +
                       llvm::Twine(forest.targets) + " targets");
  std::vector<double> weights(leaves * forest.targets, none);
  for (auto [i, entries] : llvm::enumerate(forest.leaves))
    for (auto [target, weight] : entries) {
      double &slot = weights[i * forest.targets + target];
      slot = slot == none ? weight : slot + weight;
    }
  SmallVector<APFloat> values;
  for (double weight : weights) {
    APFloat value(weight);
    bool lost = false;
    value.convert(cast<FloatType>(element).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
    values.push_back(value);
  }
  SmallVector<int64_t> shape = {leaves};
  if (forest.targets > 1)
    shape.push_back(forest.targets);
  Value table = n.constant(DenseElementsAttr::get(RankedTensorType::get(shape, element), values));
  Value given = n.inRange(n.gather(table, leaf, 0));
  w::ReduceKind kind = aggregate == Aggregate::average ? w::ReduceKind::mean
                       : aggregate == Aggregate::sum   ? w::ReduceKind::sum
                       : aggregate == Aggregate::min   ? w::ReduceKind::min
                                                       : w::ReduceKind::max;
  if (!given)
    return {};
  Value result = n.reduce(kind, given, 1, /*keep=*/forest.targets == 1);
  if (!result || (aggregate != Aggregate::min && aggregate != Aggregate::max))
    return result;
  // A target that no tree has a weight for is 0.
  return n.select(n.compare(w::ComparePredicate::eq, result, n.scalar(element, none)), n.scalar(element, 0.0),
                  result);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static FailureOr<Aggregate> aggregateOf(NodeBuilder &n, StringRef name) {
  std::optional<Aggregate> result = llvm::StringSwitch<std::optional<Aggregate>>(name)
                                        .Case("AVERAGE", Aggregate::average)
                                        .Case("SUM", Aggregate::sum)
                                        .Case("MIN", Aggregate::min)
                                        .Case("MAX", Aggregate::max)
                                        .Default(std::nullopt);
  if (!result)
    return n.fail("expected aggregate_function AVERAGE, SUM, MIN or MAX, but got '" + name + "'");
  return *result;
}

/// The base values added, one per target; null when their number is wrong.
static Value addBase(NodeBuilder &n, Value scores, ArrayRef<double> base, int64_t targets) {
  if (!scores || base.empty())
    return scores;
  if (static_cast<int64_t>(base.size()) != targets)
    return n.failValue("expected a base value per target (" + llvm::Twine(targets) + "), but got " +
                       llvm::Twine(base.size()));
  return n.add(scores, vectorOf(n, base, n.elem(scores)));
}

LogicalResult buildTreeEnsemble(NodeBuilder &n) {
  int64_t aggregate = n.intAttr("aggregate_function", 1), transform = n.intAttr("post_transform", 0);
  if (aggregate < 0 || aggregate > 3)
    return n.fail("expected aggregate_function in [0, 3], but got " + llvm::Twine(aggregate));
  if (transform < 0 || transform > 4)
    return n.fail("expected post_transform in [0, 4], but got " + llvm::Twine(transform));
  constexpr PostTransform kTransforms[] = {PostTransform::none, PostTransform::softmax,
                                           PostTransform::logistic, PostTransform::softmaxZero,
                                           PostTransform::probit};
  FailureOr<Forest> forest = readEnsemble(n);
  if (failed(forest))
    return failure();
  Value scores = evaluate(n, *forest, static_cast<Aggregate>(aggregate));
  return n.result(postTransform(n, scores, kTransforms[transform]));
}

LogicalResult buildTreeEnsembleRegressor(NodeBuilder &n) {
  int64_t targets = n.intAttr("n_targets", 1);
  if (targets < 1 || targets > kMostTargets)
    return n.fail("expected n_targets in [1, " + llvm::Twine(kMostTargets) + "], but got " +
                  llvm::Twine(targets));
  FailureOr<Aggregate> aggregate = aggregateOf(n, n.stringAttr("aggregate_function", "SUM"));
  FailureOr<PostTransform> transform = readPostTransform(n);
  FailureOr<Forest> forest = readLists(n, "target", targets);
  if (failed(aggregate) || failed(transform) || failed(forest))
    return failure();
  SmallVector<double> base =
      numbersAttr(n, "base_values", "base_values_as_tensor").value_or(SmallVector<double>());
  Value scores = addBase(n, evaluate(n, *forest, *aggregate), base, targets);
  // Outputs are f32 whatever the input is.
  return n.result(n.cast(postTransform(n, scores, *transform), n.b.getF32Type()));
}

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

namespace {

/// What the trees say about one of two classes: its score [N 1], and whether any leaf that a sample reached
/// votes for it, null where the answer is the same for all samples.
struct Votes {
  Value score, given;
  bool isAlways = false, isNever = false;
};

/// Two classes as ONNX Runtime reads them: votes for the second one decide when a sample has any, else those
/// for the first.
class TwoClasses {
public:
  TwoClasses(NodeBuilder &n, Forest &forest, ArrayRef<double> base, PostTransform transform)
      : n(n), forest(forest), base(base), transform(transform) {}

  LogicalResult build(Value labels);

private:
  void countVotes();
  bool votesAlways(int64_t target) const;
  bool evaluateVotes();
  Value number(double value) { return n.scalar(n.elem(first.score), value); }
  /// `yes` where a sample has votes for the class, else `no`.
  Value where(const Votes &votes, Value yes, Value no);
  void addBaseValues();
  LogicalResult writeLabels(Value labels);
  Value scoresOfBoth();
  Value scoresOfFirst();

  NodeBuilder &n;
  Forest &forest;
  ArrayRef<double> base;
  PostTransform transform;
  Votes first, second;
  /// No score for any sample, [N 1].
  Value zero;
  /// Whether only one class has votes, and whether no vote is negative.
  bool isSingle = false, allPositive = true;
};

} // namespace

void TwoClasses::countVotes() {
  first.isNever = second.isNever = true;
  for (const auto &entries : forest.leaves)
    for (auto [target, weight] : entries) {
      (target == 0 ? first : second).isNever = false;
      allPositive &= weight >= 0;
    }
  isSingle = first.isNever != second.isNever;
  first.isAlways = !first.isNever && votesAlways(0);
  second.isAlways = !second.isNever && votesAlways(1);
}

/// Whether every sample gets a vote for a class: all leaves of one tree have one.
bool TwoClasses::votesAlways(int64_t target) const {
  auto votes = [&](int64_t leaf) {
    return llvm::any_of(forest.leaves[leaf], [&](const auto &entry) { return entry.first == target; });
  };
  return llvm::any_of(forest.roots, [&](Place root) {
    SmallVector<Place> open = {root};
    llvm::SmallDenseSet<Place> seen;
    while (!open.empty()) {
      Place place = open.pop_back_val();
      if (isLeaf(place)) {
        if (!votes(leafOf(place)))
          return false;
      } else if (seen.insert(place).second) {
        open.append({forest.inner[place].yes, forest.inner[place].no});
      }
    }
    return true;
  });
}

/// Scores, and the counts of votes where they differ between samples, as columns of one forest; false after a
/// report.
bool TwoClasses::evaluateVotes() {
  int64_t columns = 0;
  auto column = [&](bool isWanted) { return isWanted ? columns++ : int64_t(-1); };
  std::array<Votes *, 2> classes = {&first, &second};
  std::array<int64_t, 2> scoreAt = {}, countAt = {};
  for (auto [k, votes] : llvm::enumerate(classes)) {
    scoreAt[k] = column(!votes->isNever);
    countAt[k] = column(!votes->isNever && !votes->isAlways);
  }
  for (auto &entries : forest.leaves) {
    auto old = std::exchange(entries, {});
    for (auto [target, weight] : old) {
      entries.push_back({scoreAt[target], weight});
      if (countAt[target] >= 0)
        entries.push_back({countAt[target], 1.0});
    }
  }
  forest.targets = std::max<int64_t>(columns, 1);
  Value all = evaluate(n, forest, Aggregate::sum);
  if (!all)
    return false;
  zero = n.mul(n.sliceAxis(all, 1, n.sizes.of(0), n.sizes.of(1)), n.scalar(n.elem(all), 0.0));
  auto take = [&](int64_t at) {
    return forest.targets == 1 ? all : n.sliceAxis(all, 1, n.sizes.of(at), n.sizes.of(1));
  };
  for (auto [k, votes] : llvm::enumerate(classes)) {
    votes->score = scoreAt[k] < 0 ? zero : take(scoreAt[k]);
    if (countAt[k] >= 0)
      votes->given = n.compare(w::ComparePredicate::gt, take(countAt[k]), n.scalar(n.elem(all), 0.0));
    if (!votes->score || (countAt[k] >= 0 && !votes->given))
      return false;
  }
  return true;
}

Value TwoClasses::where(const Votes &votes, Value yes, Value no) {
  if (votes.isAlways || votes.isNever)
    return votes.isAlways ? yes : no;
  return n.select(votes.given, yes, no);
}

/// One base value belongs to the first class; of two, the second one is added to the votes for the first
/// class where a sample has votes for the second, whose margin that is.
void TwoClasses::addBaseValues() {
  if (base.empty())
    return;
  Value sum = n.add(first.score, number(base.front()));
  if (base.size() == 2) {
    Value margin = n.add(first.score, number(base.back()));
    second.score = where(second, margin, n.add(second.score, number(base.back())));
    sum = where(second, n.sub(zero, margin), sum);
  }
  first.score = sum;
}

/// A model in which only one class has votes names its labels; where both have, the label is 1 or 0.
LogicalResult TwoClasses::writeLabels(Value labels) {
  Value weight = where(second, second.score, where(first, first.score, zero));
  double limit = isSingle && allPositive ? 0.5 : 0.0;
  if (!weight)
    return failure();
  Value isSecond = n.compare(w::ComparePredicate::gt, n.reshape(weight, n.dim(weight, 0)), number(limit));
  Value index = n.cast(isSecond, n.b.getI64Type());
  if (!index)
    return failure();
  bool isText = isa<w::StringType>(n.elem(labels));
  return n.result(0, isSingle || isText ? n.gather(labels, index, 0) : index);
}

Value TwoClasses::scoresOfBoth() {
  Value left = where(first, first.score, zero), right = where(second, second.score, zero);
  return left && right ? postTransform(n, n.concat({left, right}, 1), transform) : Value();
}

/// Of a sample without votes for the second class.
Value TwoClasses::scoresOfFirst() {
  Value score = where(first, first.score, zero);
  if (!score)
    return {};
  if (transform == PostTransform::probit || (!isSingle && !base.empty())) {
    // ONNX Runtime leaves the second score as it finds it.
    Value known = transform == PostTransform::probit ? postTransform(n, score, transform) : score;
    return known ? n.concat({known, zero}, 1) : Value();
  }
  bool isLogistic = transform == PostTransform::logistic;
  Value other = n.sub(number(isSingle && allPositive && !isLogistic ? 1 : 0), score);
  Value scores = other ? n.concat({other, score}, 1) : Value();
  return scores && isLogistic ? n.make<w::SigmoidOp>(scores) : scores;
}

LogicalResult TwoClasses::build(Value labels) {
  if (base.size() > 2)
    return n.fail("expected at most one base value per class (2), but got " + llvm::Twine(base.size()));
  countVotes();
  if (!evaluateVotes())
    return failure();
  addBaseValues();
  if (!first.score || !second.score || failed(writeLabels(labels)))
    return failure();
  if (!n.wants(1))
    return success();
  Value both = base.size() < 2 && second.isNever ? Value() : scoresOfBoth();
  Value scores = base.size() == 2  ? both
                 : second.isNever  ? scoresOfFirst()
                 : second.isAlways ? both
                                   : n.select(second.given, both, scoresOfFirst());
  return scores ? n.result(1, n.cast(scores, n.b.getF32Type())) : failure();
}

LogicalResult buildTreeEnsembleClassifier(NodeBuilder &n) {
  FailureOr<Value> labels = readLabels(n, "classlabels_int64s");
  FailureOr<PostTransform> transform = readPostTransform(n);
  if (failed(labels) || failed(transform))
    return failure();
  int64_t classes = n.type(*labels).getDimSize(0);
  FailureOr<Forest> forest = readLists(n, "class", classes);
  if (failed(forest))
    return failure();
  SmallVector<double> base =
      numbersAttr(n, "base_values", "base_values_as_tensor").value_or(SmallVector<double>());
  if (classes == 2)
    return TwoClasses(n, *forest, base, *transform).build(*labels);
  Value scores = addBase(n, evaluate(n, *forest, Aggregate::sum), base, classes);
  return finishClasses(n, scores, *labels, *transform);
}

} // namespace weft::importer
