// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of tree ensembles of ai.onnx.ml: the forest becomes tables, its traversal a branch-free chain of
// gathers.
#include "Forest.h"
#include "Learning.h"
#include "ModelImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

#include <limits>

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

  // Two classes whose trees only vote for one: the score is the positive class's.
  std::optional<int64_t> voted;
  bool isSingle = classes == 2, allPositive = true;
  for (const auto &entries : forest->leaves)
    for (auto [target, weight] : entries) {
      isSingle &= !voted || *voted == target;
      voted = target;
      allPositive &= weight >= 0;
    }
  if (isSingle && base.size() <= 1) {
    bool isSecond = voted == 1;
    for (auto &entries : forest->leaves)
      for (auto &entry : entries)
        entry.first = 0;
    forest->targets = 1;
    Value score = evaluate(n, *forest, Aggregate::sum);
    // The one base value belongs to the first class.
    if (!isSecond)
      score = addBase(n, score, base, 1);
    if (!score)
      return failure();
    BinaryForm form = allPositive ? BinaryForm::probability : BinaryForm::margin;
    if (!isSecond)
      return finishBinary(n, score, *labels, form, *transform);
    // Votes for the second class leave the first one's score at 0.
    if (failed(finishBinary(n, score, *labels, form, *transform)) || !n.wants(1))
      return success(!n.wants(1));
    Value first = n.mul(score, n.scalar(n.elem(score), 0.0));
    if (!first)
      return failure();
    return n.result(1, n.cast(postTransform(n, n.concat({first, score}, 1), *transform), n.b.getF32Type()));
  }
  Value scores = addBase(n, evaluate(n, *forest, Aggregate::sum), base, classes);
  return finishClasses(n, scores, *labels, *transform);
}

} // namespace weft::importer
