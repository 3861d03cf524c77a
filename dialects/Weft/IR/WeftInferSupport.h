// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the type inference of several op families shares: error reports and checks of dims. Private to
// dialects/Weft/IR.
#ifndef WEFT_DIALECTS_WEFT_IR_WEFTINFERSUPPORT_H
#define WEFT_DIALECTS_WEFT_IR_WEFTINFERSUPPORT_H

#include "dialects/Weft/IR/WeftOps.h"

namespace mlir::weft {

/// Reports `'weft.<op>' op <message> [<op>-C<n>]` at `loc` when there is one.
template <typename... Args>
LogicalResult inferError(std::optional<Location> loc, StringRef op, int constraint, Args &&...args) {
  return emitOptionalError(loc, "'weft.", op, "' op ", std::forward<Args>(args)..., " [", op, "-C",
                           constraint, "]");
}

inline RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Whether two sizes are both constant and differ: the only disagreement that is an error at compile time.
inline bool certainlyDiffer(const DimExpr &a, const DimExpr &b) {
  std::optional<int64_t> x = a.getConstant(), y = b.getConstant();
  return x && y && *x != *y;
}

/// The better known of two dims that must be equal.
inline DimExpr joinDims(const DimExpr &a, const DimExpr &b) {
  if (a.getConstant() || (!a.isUnknown() && !b.getConstant()))
    return a;
  return b;
}

/// Places that a window takes along a padded dim: floor((in + pads - dilation (kernel - 1) - 1) / stride)
/// + 1.
inline DimExpr windowDim(const DimExpr &in, const DimExpr &kernel, int64_t stride, int64_t dilation,
                         int64_t pads) {
  DimExpr span = (kernel - DimExpr::constant(1)) * DimExpr::constant(dilation);
  DimExpr room = in + DimExpr::constant(pads - 1) - span;
  return DimExpr::floorDiv(room, DimExpr::constant(stride)) + DimExpr::constant(1);
}

/// A tensor of one element, as far as its static shape says.
inline bool mayBeOneElement(RankedTensorType type) {
  for (int64_t dim : type.getShape())
    if (!ShapedType::isDynamic(dim) && dim != 1)
      return false;
  return true;
}

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_WEFTINFERSUPPORT_H
