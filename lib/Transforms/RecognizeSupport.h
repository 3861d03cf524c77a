// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matchers and builders that the recognisers share. Private to lib/Transforms.
#ifndef WEFT_LIB_TRANSFORMS_RECOGNIZESUPPORT_H
#define WEFT_LIB_TRANSFORMS_RECOGNIZESUPPORT_H

#include "MatchScalars.h"
#include "mlir/IR/PatternMatch.h"

#include <array>

namespace weft {

/// Fails, and leaves the reason with a caller who asked for it.
inline mlir::LogicalResult decline(const char **why, const char *reason) {
  if (why)
    *why = reason;
  return mlir::failure();
}

/// Whether a number made of a few constants of `type` is `wanted`, as near as such constants can say it: what
/// rounding to the type changes, and for wide types the five digits that exporters write of 1 / sqrt(2).
bool isNear(double value, double wanted, mlir::Type type);

/// Coefficients of a polynomial, by power.
using Cubic = std::array<double, 4>;
bool isNear(const Cubic &value, const Cubic &wanted, mlir::Type type);

/// `value` as a polynomial in `x` of degree 3 at most, from sums, differences, products, quotients by
/// constants, and whole powers; nullopt when it is none.
std::optional<Cubic> matchCubic(mlir::Value value, mlir::Value x);

/// `value` as `scale * x + shift`, with as much taken off as is constant: x is `value` when nothing is.
struct Line {
  mlir::Value x;
  double scale = 1, shift = 0;
};
Line matchLine(mlir::Value value);

/// A product of constants and factors, in any nesting; products inside are taken apart where nobody else
/// reads them.
struct Product {
  double scale = 1;
  mlir::SmallVector<mlir::Value> factors;
};
Product getProduct(mlir::Value root);

/// The ops between `inputs` and `root`, root first; nullopt when one of their values is read elsewhere.
///
/// Sizes do not count as readers where an input has a dim of the same name.
std::optional<mlir::SmallVector<mlir::Operation *>> getClosedOps(mlir::Value root, mlir::ValueRange inputs);

/// The same with a reason reported; also fails when the result of `op` has another type than the first input.
mlir::FailureOr<mlir::SmallVector<mlir::Operation *>>
getMatchedOps(mlir::PatternRewriter &rewriter, mlir::Operation *op, mlir::ValueRange inputs);

/// Replaces the root of a match by `replacement`, and the sizes of values in between by those of inputs.
/// Requires: getClosedOps(root, inputs) gave `ops`.
void replaceMatch(mlir::PatternRewriter &rewriter, mlir::ArrayRef<mlir::Operation *> ops,
                  mlir::ValueRange inputs, mlir::Value replacement);

/// A constant of one element that broadcasts to `like`, of its element type.
mlir::Value createScalar(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value like, double value);

/// `x` under the shape `dims`; sizes that are not constant come from dims of `sources` with the same name.
/// Null when one has none.
mlir::Value createReshape(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value x,
                          mlir::ArrayRef<mlir::weft::DimExpr> dims, mlir::ValueRange sources);

/// Entries [offset, offset + size) of the last axis.
mlir::Value createLastSlice(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value x,
                            int64_t offset, int64_t size);

/// x and the offset of a slice of the last axis with stride `stride`, all of the other axes.
std::optional<std::pair<mlir::Value, int64_t>> matchLastSlice(mlir::Value value, int64_t stride = 1);

/// The elements of a small dense or resource constant of floats or booleans, row-major.
std::optional<mlir::SmallVector<double>> readConstant(mlir::Value value);

inline mlir::RankedTensorType tensorOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// Whether dims of two tensors are equal as far as sizes and names say.
inline bool isSameDim(mlir::Value a, int64_t axisA, mlir::Value b, int64_t axisB) {
  return mlir::weft::DimExpr::provablyEqual(mlir::weft::getDim(tensorOf(a), axisA),
                                            mlir::weft::getDim(tensorOf(b), axisB));
}
bool isSameShape(mlir::Value a, mlir::Value b);

} // namespace weft

#endif // WEFT_LIB_TRANSFORMS_RECOGNIZESUPPORT_H
