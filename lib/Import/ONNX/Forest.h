// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decision trees as the file describes them, read and checked.
#ifndef WEFT_LIB_IMPORT_ONNX_FOREST_H
#define WEFT_LIB_IMPORT_ONNX_FOREST_H

#include "NodeBuilder.h"

#include <vector>

namespace weft::importer {

/// How an inner node decides; the numbers are those of TreeEnsemble-5.
enum class Branch : int64_t { leq, lt, gte, gt, eq, neq, member };

/// A place that a branch leads to: inner node `i` as i, leaf `l` as -1 - l.
using Place = int64_t;
inline Place leafPlace(int64_t leaf) { return -1 - leaf; }
inline bool isLeaf(Place place) { return place < 0; }
inline int64_t leafOf(Place place) { return -1 - place; }

struct InnerNode {
  int64_t feature = 0;
  double split = 0;
  Branch branch = Branch::leq;
  Place yes = 0, no = 0;
  /// Whether a missing value (NaN) takes the `yes` branch.
  bool missingIsYes = false;
};

/// Trees over one feature vector.
struct Forest {
  std::vector<InnerNode> inner;
  /// Of each leaf: what it adds to which target.
  std::vector<SmallVector<std::pair<int64_t, double>, 1>> leaves;
  SmallVector<Place> roots;
  int64_t targets = 1;
};

/// The greatest number of targets: what a hostile file may make us allocate for.
constexpr int64_t kMostTargets = int64_t(1) << 20;

/// A list of numbers that is an attribute of floats in old versions and may be a tensor in new ones.
std::optional<SmallVector<double>> numbersAttr(NodeBuilder &n, StringRef floats, StringRef tensor);

/// The forest of versions 1 and 3: nodes and weights are lists that name tree and node; `prefix` is "target"
/// or "class". Failure after a report.
FailureOr<Forest> readLists(NodeBuilder &n, const std::string &prefix, int64_t targets);

/// The forest of TreeEnsemble-5: inner nodes and leaves have lists of their own. A node that tests for a set
/// becomes a chain of nodes that test for its members. Failure after a report.
FailureOr<Forest> readEnsemble(NodeBuilder &n);

/// The greatest number of decisions from a root to a leaf; failure on a cycle and on features out of range,
/// whose number is `features` where it is known.
FailureOr<int64_t> depthOf(NodeBuilder &n, const Forest &forest, std::optional<int64_t> features);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_FOREST_H
