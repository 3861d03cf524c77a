// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves image ops to channels-last layout.
#ifndef WEFT_TRANSFORMS_CHOOSELAYOUT_H
#define WEFT_TRANSFORMS_CHOOSELAYOUT_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir {
class Operation;
class RewritePatternSet;
class RewriterBase;
namespace func {
class FuncOp;
} // namespace func
namespace weft {
class ReshapeOp;
} // namespace weft
} // namespace mlir

namespace weft {

struct ChooseLayoutResult {
  int64_t flipped = 0; ///< ops whose layout changed
  int64_t sunk = 0;    ///< ops that a transpose moved through
};

/// Rewrites a channels-first op (conv, conv_transpose, deform_conv, grid_sample, roi_pool) as a channels-last
/// one between transposes.
///
/// Shapes:   image [N C S..] -> [N S.. C]; filter [F C K..] -> [F K.. C], of conv_transpose [C F K..] -> [C
/// K.. F]. Returns:  success, or failure for other ops and for those that are channels-last already.
mlir::LogicalResult flipToChannelsLast(mlir::RewriterBase &rewriter, mlir::Operation *op);

/// Moves the transposes to channels-first before `op` behind it, by permuting what names axes in the op.
///
/// Requires: at least as many operands are such transposes as would need a new one that moves data.
/// Returns:  success, or failure after giving the reason to the rewriter.
mlir::LogicalResult sinkTranspose(mlir::RewriterBase &rewriter, mlir::Operation *op);

/// Moves the transpose before a reshape behind it, where the reshape splits and merges dims that the
/// transpose leaves together: `preferredPerm` is a change of layout that may stay, others must meet a
/// transpose that they join. Where a split dim's parts were permuted, their permutation stays before the
/// reshape.
///
/// Requires: static shapes.
/// Returns:  success, or failure after giving the reason to the rewriter.
mlir::LogicalResult sinkTransposeThroughReshape(mlir::RewriterBase &rewriter, mlir::weft::ReshapeOp op,
                                                mlir::ArrayRef<int64_t> preferredPerm);

/// The pattern forms of both, counting into `sunk`.
void populateSinkTransposePatterns(mlir::RewritePatternSet &patterns, int64_t &sunk);

/// Both for a whole function, with the cancelling of transposes; entry arguments and results keep their
/// layout. Errors: a diagnostic when the shapes do not fit afterwards (a bug).
mlir::FailureOr<ChooseLayoutResult> chooseLayout(mlir::func::FuncOp func);

/// Whether every op with a layout has channels last; reports each that has not.
mlir::LogicalResult verifyLayout(mlir::func::FuncOp func);

} // namespace weft

#endif // WEFT_TRANSFORMS_CHOOSELAYOUT_H
