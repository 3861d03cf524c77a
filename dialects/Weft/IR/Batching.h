// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the rules of ops see of a function that is rewritten for a batch of samples.
#ifndef WEFT_DIALECTS_WEFT_IR_BATCHING_H
#define WEFT_DIALECTS_WEFT_IR_BATCHING_H

#include "dialects/Weft/IR/DimExpr.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/Operation.h"

#include <cstdint>
#include <optional>

namespace mlir::weft {

/// Where a value carries the batch: dim `axis` has `batch * inner` entries, batch outermost.
struct BatchPlace {
  int64_t axis = 0;
  DimExpr inner = DimExpr::constant(1);
};

/// Whether both say the same dim and surely the same size there.
bool areSamePlaces(const BatchPlace &a, const BatchPlace &b);

/// A function on its way from one sample to a batch of them, as the rules of its ops see it
/// (BatchableOpInterface).
///
/// Ops are visited in order. When the rule of one runs, its operands are those of the batch; it edits the op
/// in place, says where its results carry the batch and makes their types follow.
class Batching {
public:
  virtual ~Batching();

  /// Where `value` carries the batch; nullopt when it is the same for all samples.
  virtual std::optional<BatchPlace> getPlace(Value value) const = 0;

  /// Says so of a tensor, and gives its type the batch.
  virtual void setPlace(Value value, const BatchPlace &place) = 0;

  /// The batch times `size`, computed in front of `op`; null where run time alone knows both.
  virtual OpFoldResult multiply(Operation *op, OpFoldResult size) = 0;

  /// Visits the ops of a region's block, whose arguments have their places.
  virtual LogicalResult batchBlock(Block &block) = 0;

  /// Runs `trial` without its diagnostics, and takes back what it says of places.
  virtual void rehearse(function_ref<void()> trial) = 0;
};

//===----------------------------------------------------------------------===//
// What rules share
//===----------------------------------------------------------------------===//

/// The rule of ops whose dimension map says everything: the samples lie in a parallel factor, and operands
/// without batch that have a 1 in a dim of that factor are repeated.
/// Errors:   a diagnostic at `op` where samples are mixed or the map knows nothing of their dim.
LogicalResult batchByDimMap(Operation *op, Batching &batching);

/// Infers the types of an op's results again from its operands as they are now.
/// Requires: results that carry the batch have their places.
/// Errors:   a diagnostic at `op` when its operands do not fit together.
LogicalResult retype(Operation *op, Batching &batching);

/// Multiplies entry `axis` of a mixed list of sizes by the batch; `inner` is what is known of the entry.
/// Errors:   a diagnostic at `op` when the size would be a product of two that run time alone knows.
LogicalResult multiplyEntry(Operation *op, Batching &batching, SmallVectorImpl<int64_t> &sizes,
                            SmallVectorImpl<Value> &dynamic, int64_t axis, const DimExpr &inner);

/// Repeats an operand without batch along its dim `axis` of size 1, for each sample.
/// Errors:   as multiplyEntry.
LogicalResult widenOperand(OpOperand &operand, Batching &batching, int64_t axis);

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_BATCHING_H
