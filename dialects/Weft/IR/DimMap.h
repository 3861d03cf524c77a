// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dimension map of an op: which dims of operands and results go together.
#ifndef WEFT_DIALECTS_WEFT_IR_DIMMAP_H
#define WEFT_DIALECTS_WEFT_IR_DIMMAP_H

#include "mlir/IR/Operation.h"
#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir::weft {

/// How the op treats a factor.
enum class FactorKind {
  Parallel, ///< each index is independent of the others; appears in results
  Reduce,   ///< summed (or combined) away; appears in operands only
  Window,   ///< results read a window of operand indices: stride, dilation, pads
  Whole,    ///< must not be split: the axis of a sort, a softmax, a prefix sum
};

/// The factor of one dim; kNoFactor where the dim belongs to none (size 1 broadcast, or opaque).
constexpr int64_t kNoFactor = -1;

/// An einsum-like map: matmul is `(b m k), (b k n) -> (b m n)`.
///
/// factorsOf(operand)[dim] is the index into `kinds` of the factor that the dim carries. A dim that holds
/// several factors (a reshape) or none is kNoFactor. Operands that are not tensors have an empty list.
struct DimMap {
  SmallVector<FactorKind> kinds;
  SmallVector<SmallVector<int64_t>> operands;
  SmallVector<SmallVector<int64_t>> results;
};

/// The map of an elementwise op (or any op whose operands broadcast to its first result): all factors
/// parallel.
FailureOr<DimMap> elementwiseDimMap(Operation *op);

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_DIMMAP_H
