// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Float contractions as kernel ops with packed weights and their elementwise users as epilogue.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_HOTPATH_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_HOTPATH_H

#include "Support.h"

namespace weft::conversion {

/// Columns of a panel: two vectors of 16 f32 lanes, which narrower levels read as slices.
constexpr int64_t kPanelWidth = 32;

/// The form (`#kernel.panels` or `#kernel.permuted`) in which a hot contraction wants this operand if it is a
/// constant; null when the op is not hot or the operand is not its weights.
Attribute getPackForm(mlir::OpOperand &use);

/// The packed tensor behind a weft value: outlining hands it over through a cast between unlike shapes. Null
/// when there is none.
Value getPacked(Value weftValue);

/// Rewrites the hot contractions of a function, and the elementwise ops behind each, into kernel.conv,
/// kernel.depthwise and kernel.contract between casts; leaves the others alone.
///
/// Requires: weft ops of one block, weights packed by outlining where getPackForm said so.
void formHotContractions(mlir::FunctionOpInterface function, const LoweringContext &sizes);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_HOTPATH_H
