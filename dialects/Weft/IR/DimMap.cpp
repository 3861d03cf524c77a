// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dimension map of ops whose operands broadcast to their first result.
#include "dialects/Weft/IR/DimMap.h"

#include "dialects/Weft/IR/WeftTypeSupport.h"

using namespace mlir;
using namespace mlir::weft;

/// Whether dim `axis` of `operand` surely has the size of the result's: the same expression, or nothing else
/// could give the result its size because all other operands have a 1 there.
static bool carriesResultDim(Operation *op, OpOperand &operand, RankedTensorType result, int64_t axis) {
  DimExpr size = getDim(cast<RankedTensorType>(operand.get().getType()), axis);
  if (DimExpr::provablyEqual(size, getDim(result, axis)))
    return true;
  if (size.getConstant())
    return false;
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &other) {
    auto type = dyn_cast<RankedTensorType>(other.get().getType());
    return !type || other.get() == operand.get() || getDim(type, axis).getConstant() == 1;
  });
}

FailureOr<DimMap> mlir::weft::elementwiseDimMap(Operation *op) {
  if (op->getNumResults() == 0)
    return failure();
  auto result = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!result)
    return failure();
  int64_t rank = result.getRank();
  DimMap map;
  map.kinds.assign(rank, FactorKind::Parallel);
  for (OpOperand &operand : op->getOpOperands()) {
    SmallVector<int64_t> &factors = map.operands.emplace_back();
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type)
      continue;
    if (type.getRank() != rank)
      return failure();
    for (int64_t axis = 0; axis < rank; ++axis)
      factors.push_back(carriesResultDim(op, operand, result, axis) ? axis : kNoFactor);
  }
  for (Value value : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || type.getRank() != rank)
      return failure();
    map.results.emplace_back(llvm::to_vector(llvm::seq<int64_t>(rank)));
  }
  return map;
}
