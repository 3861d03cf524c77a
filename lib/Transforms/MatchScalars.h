// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matchers that the recognisers share. Private to lib/Transforms.
#ifndef WEFT_LIB_TRANSFORMS_MATCHSCALARS_H
#define WEFT_LIB_TRANSFORMS_MATCHSCALARS_H

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

namespace weft {

/// The one value of a float or integer constant of one element or of a splat.
inline std::optional<double> getScalar(mlir::Value value) {
  auto constant = value.getDefiningOp<mlir::weft::ConstantOp>();
  auto elements =
      constant ? mlir::dyn_cast<mlir::DenseElementsAttr>(constant.getValue()) : mlir::DenseElementsAttr();
  if (!elements || elements.empty() || (!elements.isSplat() && elements.getNumElements() != 1))
    return std::nullopt;
  if (mlir::isa<mlir::FloatType>(elements.getElementType()))
    return (*elements.value_begin<mlir::APFloat>()).convertToDouble();
  if (elements.getElementType().isSignlessInteger())
    return static_cast<double>((*elements.value_begin<mlir::APInt>()).getSExtValue());
  return std::nullopt;
}

/// Whether the value is exactly the constant `wanted`, which every float type can hold.
inline bool isScalar(mlir::Value value, double wanted) {
  std::optional<double> scalar = getScalar(value);
  return scalar && *scalar == wanted;
}

/// The operand of a commutative op beside the constant `wanted`; null when there is none.
template <typename OpTy> mlir::Value besideScalar(mlir::Value value, double wanted) {
  auto op = value.getDefiningOp<OpTy>();
  if (!op)
    return {};
  if (isScalar(op.getRhs(), wanted))
    return op.getLhs();
  return isScalar(op.getLhs(), wanted) ? op.getRhs() : mlir::Value();
}

/// The operand beside any scalar constant, and that scalar.
template <typename OpTy> std::pair<mlir::Value, double> besideAnyScalar(mlir::Value value) {
  auto op = value.getDefiningOp<OpTy>();
  if (!op)
    return {};
  if (std::optional<double> scalar = getScalar(op.getRhs()))
    return {op.getLhs(), *scalar};
  if (std::optional<double> scalar = getScalar(op.getLhs()))
    return {op.getRhs(), *scalar};
  return {};
}

/// x of x * x or pow(x, 2); null otherwise.
inline mlir::Value matchSquare(mlir::Value value) {
  if (auto mul = value.getDefiningOp<mlir::weft::MulOp>())
    return mul.getLhs() == mul.getRhs() ? mul.getLhs() : mlir::Value();
  if (auto pow = value.getDefiningOp<mlir::weft::PowOp>())
    return isScalar(pow.getRhs(), 2) ? pow.getLhs() : mlir::Value();
  return {};
}

/// The reduction of this kind that `value` is.
inline mlir::weft::ReduceOp matchReduce(mlir::Value value, mlir::weft::ReduceKind kind) {
  auto reduce = value.getDefiningOp<mlir::weft::ReduceOp>();
  return reduce && reduce.getKind() == kind ? reduce : mlir::weft::ReduceOp();
}

} // namespace weft

#endif // WEFT_LIB_TRANSFORMS_MATCHSCALARS_H
