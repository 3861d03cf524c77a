// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds scales and shifts by constants into the weights of contractions.
#ifndef WEFT_TRANSFORMS_FOLDBATCHNORM_H
#define WEFT_TRANSFORMS_FOLDBATCHNORM_H

#include "mlir/IR/PatternMatch.h"

namespace mlir::weft {
class AddOp;
class MulOp;
} // namespace mlir::weft

namespace weft {

/// Folds `mul` of a conv or matmul with constant weights and a per-channel constant into the weights.
///
/// Shapes:   the constant has one element, or as many as the result has channels (columns) along that axis.
/// Requires: the contraction has no other user, float operands and no zero points.
/// Numerics: each weight is rounded once more: within 2 ulp of a weight of the unfused form.
/// Returns:  success, or failure after giving the reason to the rewriter.
mlir::LogicalResult foldScaleIntoWeights(mlir::RewriterBase &rewriter, mlir::weft::MulOp mul);

/// Moves a per-channel `mul` in front of the input of a conv or matmul with constant weights into the
/// weights.
///
/// Requires: as above; the scaled value has no other user. Zero pads stay zero under a scale.
mlir::LogicalResult foldInputScaleIntoWeights(mlir::RewriterBase &rewriter, mlir::Operation *contraction);

/// Exchanges `mul(add(contraction, b), a)` for `add(mul(contraction, a), b * a)` with constants a and b, so
/// that the scale reaches the contraction.
mlir::LogicalResult moveScaleBeforeShift(mlir::RewriterBase &rewriter, mlir::weft::MulOp mul);

/// Joins `add(add(contraction, b), c)` with constants b and c to one add.
mlir::LogicalResult joinShifts(mlir::RewriterBase &rewriter, mlir::weft::AddOp add);

void populateFoldBatchNormPatterns(mlir::RewritePatternSet &patterns);

} // namespace weft

#endif // WEFT_TRANSFORMS_FOLDBATCHNORM_H
