// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known, before a run, of the values that an integer tensor may hold.
#ifndef WEFT_TRANSFORMS_INDEXRANGE_H
#define WEFT_TRANSFORMS_INDEXRANGE_H

#include "dialects/Weft/IR/DimExpr.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace weft {

/// Bounds that hold for every element; what is absent is not known.
struct IndexRange {
  std::optional<int64_t> lo; ///< least value
  std::optional<int64_t> hi; ///< greatest value
  /// Sizes that every element is less than.
  mlir::SmallVector<mlir::weft::DimExpr> below;
  /// Whether some element equals `lo` and some equals `hi`.
  bool isExact = false;

  /// Whether every element lies in [0, size), or, where `wraps`, in [-size, size).
  bool isWithin(const mlir::weft::DimExpr &size, bool wraps) const;
};

/// Follows integer tensors, and index values, back to constants, positions and sizes.
class IndexRanges {
public:
  /// The range of all elements of an integer tensor, or of an index value.
  IndexRange get(mlir::Value value);
  /// The range of the elements with position `place` along `axis`.
  IndexRange getAt(mlir::Value tensor, int64_t axis, int64_t place);

private:
  IndexRange compute(mlir::Operation *op, mlir::Value value);
  IndexRange computeElementwise(mlir::Operation *op);
  IndexRange computeIndex(mlir::Value value);

  llvm::DenseMap<mlir::Value, IndexRange> known;
  int64_t depth = 0, steps = 0;
};

} // namespace weft

#endif // WEFT_TRANSFORMS_INDEXRANGE_H
