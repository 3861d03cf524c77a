// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and checks the decision trees of ai.onnx.ml.
#include "Forest.h"

#include "ModelImporter.h"

#include <cmath>
#include <limits>
#include <map>

namespace weft::importer {

std::optional<SmallVector<double>> numbersAttr(NodeBuilder &n, StringRef floats, StringRef tensor) {
  if (n.hasAttr(floats))
    return n.floatsAttr(floats);
  if (!n.hasAttr(tensor))
    return std::nullopt;
  ElementsAttr value = n.tensorAttr(tensor);
  auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
  if (dense && isa<FloatType>(dense.getElementType())) {
    SmallVector<double> result;
    for (const APFloat &x : dense.getValues<APFloat>()) {
      APFloat wide = x;
      bool lost = false;
      wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
      result.push_back(wide.convertToDouble());
    }
    return result;
  }
  if (dense && isa<IntegerType>(dense.getElementType())) {
    SmallVector<double> result;
    for (const APInt &x : dense.getValues<APInt>())
      result.push_back(static_cast<double>(x.getZExtValue()));
    return result;
  }
  if (value)
    return n.constantOf(n.constant(value));
  return std::nullopt;
}

static std::optional<Branch> branchOf(StringRef mode) {
  return llvm::StringSwitch<std::optional<Branch>>(mode)
      .Case("BRANCH_LEQ", Branch::leq)
      .Case("BRANCH_LT", Branch::lt)
      .Case("BRANCH_GTE", Branch::gte)
      .Case("BRANCH_GT", Branch::gt)
      .Case("BRANCH_EQ", Branch::eq)
      .Case("BRANCH_NEQ", Branch::neq)
      .Case("BRANCH_MEMBER", Branch::member)
      .Default(std::nullopt);
}

/// All lists must have `count` elements like that of `counted`, the one of what missing values do may be
/// empty.
static LogicalResult checkLengths(NodeBuilder &n, StringRef counted, size_t count, ArrayRef<size_t> sizes,
                                  size_t missing) {
  for (size_t size : sizes)
    if (size != count)
      return n.fail("expected lists of one length for the nodes, but " + counted + " has " +
                    llvm::Twine(count) + " elements and another " + llvm::Twine(size));
  if (missing != 0 && missing != count)
    return n.fail("expected nodes_missing_value_tracks_true to be empty or to have " + llvm::Twine(count) +
                  " elements, but got " + llvm::Twine(missing));
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes of trees that are named by numbers
//===----------------------------------------------------------------------===//

namespace {

/// The attributes of the first ensemble operators, one list per property of a node.
struct NodeLists {
  explicit NodeLists(NodeBuilder &n)
      : trees(ints(n, "nodes_treeids")), ids(ints(n, "nodes_nodeids")), features(ints(n, "nodes_featureids")),
        yes(ints(n, "nodes_truenodeids")), no(ints(n, "nodes_falsenodeids")),
        missing(ints(n, "nodes_missing_value_tracks_true")),
        modes(n.stringsAttr("nodes_modes").value_or(SmallVector<std::string>())),
        splits(numbersAttr(n, "nodes_values", "nodes_values_as_tensor").value_or(SmallVector<double>())) {
    // How often each node was taken in training: not needed.
    (void)n.hasAttr("nodes_hitrates");
    (void)n.hasAttr("nodes_hitrates_as_tensor");
  }

  static SmallVector<int64_t> ints(NodeBuilder &n, const std::string &name) {
    return n.intsAttr(name).value_or(SmallVector<int64_t>());
  }

  LogicalResult check(NodeBuilder &n) const {
    if (trees.empty())
      return n.fail("expected nodes, but nodes_treeids is empty");
    return checkLengths(n, "nodes_treeids", trees.size(),
                        {ids.size(), features.size(), yes.size(), no.size(), modes.size(), splits.size()},
                        missing.size());
  }

  SmallVector<int64_t> trees, ids, features, yes, no, missing;
  SmallVector<std::string> modes;
  SmallVector<double> splits;
};

/// Where each node of each tree lies in the forest.
using Places = std::map<std::pair<int64_t, int64_t>, Place>;

} // namespace

/// Inner nodes without their branches, empty leaves, and roots.
static LogicalResult addNodes(NodeBuilder &n, const NodeLists &lists, Forest &forest, Places &places) {
  for (size_t i = 0; i < lists.trees.size(); ++i) {
    Place place = lists.modes[i] == "LEAF" ? leafPlace(static_cast<int64_t>(forest.leaves.size()))
                                           : static_cast<Place>(forest.inner.size());
    if (!places.try_emplace({lists.trees[i], lists.ids[i]}, place).second)
      return n.fail("expected distinct nodes, but tree " + llvm::Twine(lists.trees[i]) + " has node " +
                    llvm::Twine(lists.ids[i]) + " twice");
    // A tree's first node is its root.
    if (i == 0 || lists.trees[i] != lists.trees[i - 1])
      forest.roots.push_back(place);
    if (isLeaf(place)) {
      forest.leaves.emplace_back();
      continue;
    }
    std::optional<Branch> branch = branchOf(lists.modes[i]);
    if (!branch || *branch == Branch::member)
      return n.fail("expected a mode like BRANCH_LEQ or LEAF, but got '" + lists.modes[i] + "'");
    InnerNode node;
    node.feature = lists.features[i];
    node.split = lists.splits[i];
    node.branch = *branch;
    node.missingIsYes = !lists.missing.empty() && lists.missing[i];
    forest.inner.push_back(node);
  }
  return success();
}

static LogicalResult addBranches(NodeBuilder &n, const NodeLists &lists, Forest &forest,
                                 const Places &places) {
  size_t inner = 0;
  for (size_t i = 0; i < lists.trees.size(); ++i) {
    if (lists.modes[i] == "LEAF")
      continue;
    auto onYes = places.find({lists.trees[i], lists.yes[i]}),
         onNo = places.find({lists.trees[i], lists.no[i]});
    if (onYes == places.end() || onNo == places.end())
      return n.fail("expected the branches of node " + llvm::Twine(lists.ids[i]) + " of tree " +
                    llvm::Twine(lists.trees[i]) + " to lead to nodes of that tree, but one does not");
    forest.inner[inner].yes = onYes->second;
    forest.inner[inner++].no = onNo->second;
  }
  return success();
}

static LogicalResult addWeights(NodeBuilder &n, const std::string &prefix, Forest &forest,
                                const Places &places) {
  SmallVector<int64_t> targets = NodeLists::ints(n, prefix + "_ids"),
                       nodes = NodeLists::ints(n, prefix + "_nodeids"),
                       trees = NodeLists::ints(n, prefix + "_treeids");
  SmallVector<double> weights =
      numbersAttr(n, prefix + "_weights", prefix + "_weights_as_tensor").value_or(SmallVector<double>());
  if (targets.size() != weights.size() || nodes.size() != weights.size() || trees.size() != weights.size())
    return n.fail("expected lists of one length for the weights of the leaves");
  for (size_t i = 0; i < weights.size(); ++i) {
    auto found = places.find({trees[i], nodes[i]});
    if (found == places.end() || !isLeaf(found->second))
      return n.fail("expected each weight to belong to a leaf, but tree " + llvm::Twine(trees[i]) +
                    " has no leaf " + llvm::Twine(nodes[i]));
    if (targets[i] < 0 || targets[i] >= forest.targets)
      return n.fail("expected targets in [0, " + llvm::Twine(forest.targets) + "), but got " +
                    llvm::Twine(targets[i]));
    forest.leaves[leafOf(found->second)].push_back({targets[i], weights[i]});
  }
  return success();
}

FailureOr<Forest> readLists(NodeBuilder &n, const std::string &prefix, int64_t targets) {
  NodeLists lists(n);
  Forest forest;
  forest.targets = targets;
  Places places;
  if (failed(lists.check(n)) || failed(addNodes(n, lists, forest, places)) ||
      failed(addBranches(n, lists, forest, places)) || failed(addWeights(n, prefix, forest, places)))
    return failure();
  return forest;
}

//===----------------------------------------------------------------------===//
// Nodes that are named by their place
//===----------------------------------------------------------------------===//

/// One leaf for each weight.
static LogicalResult addLeaves(NodeBuilder &n, Forest &forest) {
  SmallVector<int64_t> targets = NodeLists::ints(n, "leaf_targetids");
  SmallVector<double> weights = numbersAttr(n, "", "leaf_weights").value_or(SmallVector<double>());
  if (targets.size() != weights.size())
    return n.fail("expected a weight per leaf, but got " + llvm::Twine(targets.size()) + " targets and " +
                  llvm::Twine(weights.size()) + " weights");
  for (auto [target, weight] : llvm::zip(targets, weights)) {
    if (target < 0 || target >= forest.targets)
      return n.fail("expected targets in [0, " + llvm::Twine(forest.targets) + "), but got " +
                    llvm::Twine(target));
    forest.leaves.push_back({{target, weight}});
  }
  return success();
}

static LogicalResult addInnerNodes(NodeBuilder &n, Forest &forest) {
  SmallVector<int64_t> features = NodeLists::ints(n, "nodes_featureids"),
                       yes = NodeLists::ints(n, "nodes_truenodeids"),
                       no = NodeLists::ints(n, "nodes_falsenodeids"),
                       yesIsLeaf = NodeLists::ints(n, "nodes_trueleafs"),
                       noIsLeaf = NodeLists::ints(n, "nodes_falseleafs"),
                       missing = NodeLists::ints(n, "nodes_missing_value_tracks_true");
  SmallVector<double> modes = numbersAttr(n, "", "nodes_modes").value_or(SmallVector<double>()),
                      splits = numbersAttr(n, "", "nodes_splits").value_or(SmallVector<double>());
  (void)n.hasAttr("nodes_hitrates");
  size_t count = features.size();
  if (failed(checkLengths(
          n, "nodes_featureids", count,
          {yes.size(), no.size(), yesIsLeaf.size(), noIsLeaf.size(), modes.size(), splits.size()},
          missing.size())))
    return failure();
  auto isPlace = [&](int64_t id, int64_t leaf) {
    return id >= 0 && id < static_cast<int64_t>(leaf ? forest.leaves.size() : count);
  };
  for (size_t i = 0; i < count; ++i) {
    if (!isPlace(yes[i], yesIsLeaf[i]) || !isPlace(no[i], noIsLeaf[i]))
      return n.fail("expected the branches of node " + llvm::Twine(i) +
                    " to lead to nodes and leaves, but one does not");
    if (modes[i] < 0 || modes[i] > static_cast<double>(Branch::member))
      return n.fail("expected a mode in [0, 6], but node " + llvm::Twine(i) + " has " +
                    llvm::Twine(static_cast<int64_t>(modes[i])));
    InnerNode node;
    node.feature = features[i];
    node.split = splits[i];
    node.branch = static_cast<Branch>(static_cast<int64_t>(modes[i]));
    node.yes = yesIsLeaf[i] ? leafPlace(yes[i]) : yes[i];
    node.no = noIsLeaf[i] ? leafPlace(no[i]) : no[i];
    node.missingIsYes = !missing.empty() && missing[i];
    forest.inner.push_back(node);
  }
  return success();
}

/// Makes a chain of comparisons of each node that asks for a member of a set. The sets come in the order of
/// their nodes, each closed by a NaN.
static LogicalResult expandSets(NodeBuilder &n, Forest &forest) {
  SmallVector<double> members = numbersAttr(n, "", "membership_values").value_or(SmallVector<double>());
  const double *member = members.begin();
  for (size_t i = 0, count = forest.inner.size(); i < count; ++i) {
    if (forest.inner[i].branch != Branch::member)
      continue;
    SmallVector<double> set;
    while (member != members.end() && !std::isnan(*member))
      set.push_back(*member++);
    if (member == members.end())
      return n.fail("expected membership_values to close the set of node " + llvm::Twine(i) + " with a NaN");
    ++member;
    Place no = forest.inner[i].no;
    forest.inner[i].branch = Branch::eq;
    forest.inner[i].split = set.empty() ? std::numeric_limits<double>::quiet_NaN() : set.front();
    size_t last = i;
    for (double value : ArrayRef(set).drop_front(set.empty() ? 0 : 1)) {
      InnerNode next = forest.inner[i];
      next.split = value;
      forest.inner[last].no = static_cast<Place>(forest.inner.size());
      last = forest.inner.size();
      forest.inner.push_back(next);
    }
    forest.inner[last].no = no;
  }
  return success();
}

FailureOr<Forest> readEnsemble(NodeBuilder &n) {
  Forest forest;
  forest.targets = n.intAttr("n_targets", 1);
  if (forest.targets < 1 || forest.targets > kMostTargets)
    return n.fail("expected n_targets in [1, " + llvm::Twine(kMostTargets) + "], but got " +
                  llvm::Twine(forest.targets));
  if (failed(addLeaves(n, forest)) || failed(addInnerNodes(n, forest)))
    return failure();
  auto count = static_cast<int64_t>(forest.inner.size());
  if (failed(expandSets(n, forest)))
    return failure();
  for (int64_t root : NodeLists::ints(n, "tree_roots")) {
    if (root < 0 || root >= count)
      return n.fail("expected roots in [0, " + llvm::Twine(count) + "), but got " + llvm::Twine(root));
    forest.roots.push_back(root);
  }
  if (forest.roots.empty() || forest.leaves.empty())
    return n.fail("expected at least one tree and one leaf");
  return forest;
}

FailureOr<int64_t> depthOf(NodeBuilder &n, const Forest &forest, std::optional<int64_t> features) {
  constexpr int64_t kUnseen = -1, kOpen = -2;
  std::vector<int64_t> depth(forest.inner.size(), kUnseen);
  for (const InnerNode &node : forest.inner)
    if (node.feature < 0 || (features && node.feature >= *features))
      return n.fail("expected features in [0, " +
                    (features ? llvm::Twine(*features) : llvm::Twine("number of features")) + "), but got " +
                    llvm::Twine(node.feature));
  int64_t deepest = 0;
  for (Place root : forest.roots) {
    SmallVector<Place> stack;
    if (!isLeaf(root))
      stack.push_back(root);
    while (!stack.empty()) {
      Place place = stack.back();
      const InnerNode &node = forest.inner[place];
      if (depth[place] >= 0) {
        stack.pop_back();
        continue;
      }
      bool wasOpen = depth[place] == kOpen;
      depth[place] = kOpen;
      int64_t below = 0;
      for (Place next : {node.yes, node.no}) {
        if (isLeaf(next))
          continue;
        if (depth[next] == kOpen)
          return n.fail("expected trees, but the branches of node " + llvm::Twine(next) + " lead back to it");
        if (depth[next] == kUnseen)
          stack.push_back(next);
        else
          below = std::max(below, depth[next]);
      }
      if (stack.back() == place) {
        depth[place] = below + 1;
        stack.pop_back();
      } else if (wasOpen) {
        return n.fail("expected trees, but the branches of node " + llvm::Twine(place) + " lead back to it");
      }
    }
    if (!isLeaf(root))
      deepest = std::max(deepest, depth[root]);
  }
  return deepest;
}

} // namespace weft::importer
