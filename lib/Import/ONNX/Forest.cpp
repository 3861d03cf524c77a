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

FailureOr<Forest> readLists(NodeBuilder &n, const std::string &prefix, int64_t targets) {
  auto ints = [&](const std::string &name) { return n.intsAttr(name).value_or(SmallVector<int64_t>()); };
  SmallVector<int64_t> trees = ints("nodes_treeids"), ids = ints("nodes_nodeids"),
                       features = ints("nodes_featureids"), yes = ints("nodes_truenodeids"),
                       no = ints("nodes_falsenodeids"), missing = ints("nodes_missing_value_tracks_true");
  SmallVector<std::string> modes = n.stringsAttr("nodes_modes").value_or(SmallVector<std::string>());
  SmallVector<double> splits =
      numbersAttr(n, "nodes_values", "nodes_values_as_tensor").value_or(SmallVector<double>());
  // How often each node was taken in training: not needed.
  (void)n.hasAttr("nodes_hitrates");
  (void)n.hasAttr("nodes_hitrates_as_tensor");
  size_t count = trees.size();
  if (count == 0)
    return n.fail("expected nodes, but nodes_treeids is empty");
  for (size_t size : {ids.size(), features.size(), yes.size(), no.size(), modes.size(), splits.size()})
    if (size != count)
      return n.fail("expected lists of one length for the nodes, but nodes_treeids has " +
                    llvm::Twine(count) + " elements and another " + llvm::Twine(size));
  if (!missing.empty() && missing.size() != count)
    return n.fail("expected nodes_missing_value_tracks_true to be empty or to have " + llvm::Twine(count) +
                  " elements, but got " + llvm::Twine(missing.size()));

  Forest forest;
  forest.targets = targets;
  std::map<std::pair<int64_t, int64_t>, Place> places;
  for (size_t i = 0; i < count; ++i) {
    Place place = modes[i] == "LEAF" ? leafPlace(static_cast<int64_t>(forest.leaves.size()))
                                     : static_cast<Place>(forest.inner.size());
    if (!places.try_emplace({trees[i], ids[i]}, place).second)
      return n.fail("expected distinct nodes, but tree " + llvm::Twine(trees[i]) + " has node " +
                    llvm::Twine(ids[i]) + " twice");
    // A tree's first node is its root.
    if (i == 0 || trees[i] != trees[i - 1])
      forest.roots.push_back(place);
    if (isLeaf(place)) {
      forest.leaves.emplace_back();
      continue;
    }
    std::optional<Branch> branch = branchOf(modes[i]);
    if (!branch || *branch == Branch::member)
      return n.fail("expected a mode like BRANCH_LEQ or LEAF, but got '" + modes[i] + "'");
    InnerNode node;
    node.feature = features[i];
    node.split = splits[i];
    node.branch = *branch;
    node.missingIsYes = !missing.empty() && missing[i];
    forest.inner.push_back(node);
  }
  size_t inner = 0;
  for (size_t i = 0; i < count; ++i) {
    if (modes[i] == "LEAF")
      continue;
    auto onYes = places.find({trees[i], yes[i]}), onNo = places.find({trees[i], no[i]});
    if (onYes == places.end() || onNo == places.end())
      return n.fail("expected the branches of node " + llvm::Twine(ids[i]) + " of tree " +
                    llvm::Twine(trees[i]) + " to lead to nodes of that tree, but one does not");
    forest.inner[inner].yes = onYes->second;
    forest.inner[inner++].no = onNo->second;
  }

  SmallVector<int64_t> weightTargets = ints(prefix + "_ids"), weightNodes = ints(prefix + "_nodeids"),
                       weightTrees = ints(prefix + "_treeids");
  SmallVector<double> weights =
      numbersAttr(n, prefix + "_weights", prefix + "_weights_as_tensor").value_or(SmallVector<double>());
  if (weightTargets.size() != weights.size() || weightNodes.size() != weights.size() ||
      weightTrees.size() != weights.size())
    return n.fail("expected lists of one length for the weights of the leaves");
  for (size_t i = 0; i < weights.size(); ++i) {
    auto found = places.find({weightTrees[i], weightNodes[i]});
    if (found == places.end() || !isLeaf(found->second))
      return n.fail("expected each weight to belong to a leaf, but tree " + llvm::Twine(weightTrees[i]) +
                    " has no leaf " + llvm::Twine(weightNodes[i]));
    if (weightTargets[i] < 0 || weightTargets[i] >= targets)
      return n.fail("expected targets in [0, " + llvm::Twine(targets) + "), but got " +
                    llvm::Twine(weightTargets[i]));
    forest.leaves[leafOf(found->second)].push_back({weightTargets[i], weights[i]});
  }
  return forest;
}

FailureOr<Forest> readEnsemble(NodeBuilder &n) {
  auto ints = [&](StringRef name) { return n.intsAttr(name).value_or(SmallVector<int64_t>()); };
  SmallVector<int64_t> features = ints("nodes_featureids"), yes = ints("nodes_truenodeids"),
                       no = ints("nodes_falsenodeids"), yesIsLeaf = ints("nodes_trueleafs"),
                       noIsLeaf = ints("nodes_falseleafs"), missing = ints("nodes_missing_value_tracks_true"),
                       targetIds = ints("leaf_targetids"), roots = ints("tree_roots");
  SmallVector<double> modes = numbersAttr(n, "", "nodes_modes").value_or(SmallVector<double>()),
                      splits = numbersAttr(n, "", "nodes_splits").value_or(SmallVector<double>()),
                      weights = numbersAttr(n, "", "leaf_weights").value_or(SmallVector<double>()),
                      members = numbersAttr(n, "", "membership_values").value_or(SmallVector<double>());
  (void)n.hasAttr("nodes_hitrates");
  Forest forest;
  forest.targets = n.intAttr("n_targets", 1);
  if (forest.targets < 1 || forest.targets > kMostTargets)
    return n.fail("expected n_targets in [1, " + llvm::Twine(kMostTargets) + "], but got " +
                  llvm::Twine(forest.targets));
  size_t count = features.size();
  for (size_t size : {yes.size(), no.size(), yesIsLeaf.size(), noIsLeaf.size(), modes.size(), splits.size()})
    if (size != count)
      return n.fail("expected lists of one length for the nodes, but nodes_featureids has " +
                    llvm::Twine(count) + " elements and another " + llvm::Twine(size));
  if (!missing.empty() && missing.size() != count)
    return n.fail("expected nodes_missing_value_tracks_true to be empty or to have " + llvm::Twine(count) +
                  " elements, but got " + llvm::Twine(missing.size()));
  if (targetIds.size() != weights.size())
    return n.fail("expected a weight per leaf, but got " + llvm::Twine(targetIds.size()) + " targets and " +
                  llvm::Twine(weights.size()) + " weights");
  for (auto [target, weight] : llvm::zip(targetIds, weights)) {
    if (target < 0 || target >= forest.targets)
      return n.fail("expected targets in [0, " + llvm::Twine(forest.targets) + "), but got " +
                    llvm::Twine(target));
    forest.leaves.push_back({{target, weight}});
  }
  auto isPlace = [&](int64_t id, int64_t leaf) {
    return id >= 0 && id < static_cast<int64_t>(leaf ? weights.size() : count);
  };
  const double *member = members.begin();
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
  // Sets, in the order of their nodes, each closed by a NaN.
  for (size_t i = 0; i < count; ++i) {
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
  for (int64_t root : roots) {
    if (root < 0 || root >= static_cast<int64_t>(count))
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
