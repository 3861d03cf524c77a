// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dimension maps of the shape ops.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

/// The map of an op with one tensor operand (the first) of the result's rank: dims that `isCarried` says go
/// together are parallel factors, the others belong to none. Other operands have no dims of interest.
static DimMap makeCarriedMap(Operation *op, function_ref<bool(int64_t)> isCarried) {
  int64_t rank = tensorType(op->getResult(0)).getRank();
  DimMap map;
  map.operands.resize(op->getNumOperands());
  map.results.resize(1);
  for (int64_t axis = 0; axis < rank; ++axis) {
    int64_t factor = kNoFactor;
    if (isCarried(axis)) {
      factor = map.kinds.size();
      map.kinds.push_back(FactorKind::Parallel);
    }
    map.operands[0].push_back(factor);
    map.results[0].push_back(factor);
  }
  for (OpOperand &operand : op->getOpOperands().drop_front())
    if (auto type = dyn_cast<RankedTensorType>(operand.get().getType()))
      map.operands[operand.getOperandNumber()].assign(type.getRank(), kNoFactor);
  return map;
}

FailureOr<DimMap> ConstantOp::getDimMap() {
  DimMap map;
  int64_t rank = cast<RankedTensorType>(getType()).getRank();
  map.kinds.assign(rank, FactorKind::Parallel);
  map.results.emplace_back(llvm::to_vector(llvm::seq<int64_t>(rank)));
  return map;
}

FailureOr<DimMap> IotaOp::getDimMap() {
  DimMap map;
  int64_t rank = cast<RankedTensorType>(getType()).getRank();
  map.kinds.assign(rank, FactorKind::Parallel);
  map.kinds[getAxis()] = FactorKind::Whole;
  map.operands.resize(getNumOperands());
  map.results.emplace_back(llvm::to_vector(llvm::seq<int64_t>(rank)));
  return map;
}

FailureOr<DimMap> BroadcastOp::getDimMap() {
  RankedTensorType x = tensorType(getX()), result = tensorType(getResult());
  DimMap map;
  map.kinds.assign(result.getRank(), FactorKind::Parallel);
  map.operands.resize(getNumOperands());
  for (int64_t axis = 0; axis < result.getRank(); ++axis)
    map.operands[0].push_back(DimExpr::provablyEqual(getDim(x, axis), getDim(result, axis)) ? axis
                                                                                            : kNoFactor);
  map.results.emplace_back(llvm::to_vector(llvm::seq<int64_t>(result.getRank())));
  return map;
}

/// Pairs dims from one end that hold the same elements on both sides: equal products before, equal sizes.
static void pairReshapedDims(ArrayRef<DimExpr> from, ArrayRef<DimExpr> to, bool isBackward,
                             SmallVectorImpl<std::pair<int64_t, int64_t>> &pairs) {
  int64_t i = 0, j = 0, n = from.size(), m = to.size();
  auto at = [&](ArrayRef<DimExpr> dims, int64_t k) { return dims[isBackward ? dims.size() - 1 - k : k]; };
  auto position = [&](int64_t k, int64_t size) { return isBackward ? size - 1 - k : k; };
  DimExpr productFrom = DimExpr::constant(1), productTo = productFrom;
  while (i < n || j < m) {
    if (DimExpr::provablyEqual(productFrom, productTo)) {
      if (i < n && j < m && DimExpr::provablyEqual(at(from, i), at(to, j))) {
        pairs.push_back({position(i++, n), position(j++, m)});
        continue;
      }
      // A size 1 on one side only belongs to no group.
      if (i < n && at(from, i).getConstant() == 1) {
        ++i;
        continue;
      }
      if (j < m && at(to, j).getConstant() == 1) {
        ++j;
        continue;
      }
    }
    // The side that is behind catches up; constants tell which, else both advance until the products meet
    // again.
    if (productFrom.isUnknown() || productTo.isUnknown())
      return;
    std::optional<int64_t> a = productFrom.getConstant(), b = productTo.getConstant();
    bool takeFrom = i < n && (j >= m || (a && b ? *a <= *b
                                                : productFrom.getTerms().begin()->first.size() <=
                                                      productTo.getTerms().begin()->first.size()));
    if (takeFrom)
      productFrom = productFrom * at(from, i++);
    else
      productTo = productTo * at(to, j++);
    if (productFrom.getTerms().empty() || productTo.getTerms().empty())
      return;
  }
}

FailureOr<DimMap> ReshapeOp::getDimMap() {
  SmallVector<DimExpr> from = getDims(tensorType(getX())), to = getDims(tensorType(getResult()));
  DimMap map;
  map.operands.resize(getNumOperands());
  map.operands[0].assign(from.size(), kNoFactor);
  map.results.emplace_back(to.size(), kNoFactor);
  SmallVector<std::pair<int64_t, int64_t>> pairs;
  pairReshapedDims(from, to, /*isBackward=*/false, pairs);
  pairReshapedDims(from, to, /*isBackward=*/true, pairs);
  for (auto [i, j] : pairs) {
    if (map.operands[0][i] != kNoFactor || map.results[0][j] != kNoFactor)
      continue;
    map.operands[0][i] = map.results[0][j] = map.kinds.size();
    map.kinds.push_back(FactorKind::Parallel);
  }
  return map;
}

FailureOr<DimMap> TransposeOp::getDimMap() {
  DimMap map;
  int64_t rank = getPerm().size();
  map.kinds.assign(rank, FactorKind::Parallel);
  map.operands.emplace_back(llvm::to_vector(llvm::seq<int64_t>(rank)));
  map.results.emplace_back(llvm::to_vector(getPerm()));
  return map;
}

FailureOr<DimMap> ConcatOp::getDimMap() {
  int64_t rank = tensorType(getResult()).getRank();
  DimMap map;
  map.kinds.assign(rank, FactorKind::Parallel);
  SmallVector<int64_t> factors = llvm::to_vector(llvm::seq<int64_t>(rank));
  factors[getAxis()] = kNoFactor;
  map.operands.assign(getNumOperands(), factors);
  map.results.push_back(factors);
  return map;
}

FailureOr<DimMap> SliceOp::getDimMap() {
  RankedTensorType x = tensorType(getX()), result = tensorType(getResult());
  return makeCarriedMap(*this, [&](int64_t axis) {
    return getStaticOffsets()[axis] == 0 && getStrides()[axis] == 1 &&
           DimExpr::provablyEqual(getDim(x, axis), getDim(result, axis));
  });
}

FailureOr<DimMap> ReverseOp::getDimMap() {
  int64_t rank = tensorType(getResult()).getRank();
  DimMap map;
  map.kinds.assign(rank, FactorKind::Parallel);
  for (int64_t axis : getAxes())
    map.kinds[axis] = FactorKind::Whole;
  map.operands.emplace_back(llvm::to_vector(llvm::seq<int64_t>(rank)));
  map.results = map.operands;
  return map;
}

FailureOr<DimMap> PadOp::getDimMap() {
  return makeCarriedMap(*this,
                        [&](int64_t axis) { return getStaticLo()[axis] == 0 && getStaticHi()[axis] == 0; });
}
