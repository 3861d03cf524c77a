// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pattern sets of the op families.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_PATTERNS_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_PATTERNS_H

#include "Support.h"

namespace weft::conversion {

/// Each adds the lowerings of one family; `sizes` outlives the patterns.
void populateAttentionLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                const LoweringContext &sizes);
void populateContractionLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                  const LoweringContext &sizes);
void populateConvolutionLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                  const LoweringContext &sizes);
void populateElementwiseLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                  const LoweringContext &sizes);
void populateIndexingLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                               const LoweringContext &sizes);
void populateIrregularContractionLowerings(mlir::RewritePatternSet &patterns,
                                           const mlir::TypeConverter &converter,
                                           const LoweringContext &sizes);
void populateNumericLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                              const LoweringContext &sizes);
void populatePoolLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                           const LoweringContext &sizes);
void populateQuantLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                            const LoweringContext &sizes);
void populateRecurrentLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                const LoweringContext &sizes);
void populateReductionLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                const LoweringContext &sizes);
void populateResizeLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                             const LoweringContext &sizes);
void populateSelectionLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                                const LoweringContext &sizes);
void populateShapeLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                            const LoweringContext &sizes);
void populateSpatialLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                              const LoweringContext &sizes);
void populateTopKLowerings(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &converter,
                           const LoweringContext &sizes);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_PATTERNS_H
