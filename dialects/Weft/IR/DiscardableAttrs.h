// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of attributes that ops may carry and lose: they say more than an op's own, and no meaning depends on
// them.
#ifndef WEFT_DIALECTS_WEFT_IR_DISCARDABLEATTRS_H
#define WEFT_DIALECTS_WEFT_IR_DISCARDABLEATTRS_H

#include "llvm/ADT/StringRef.h"

namespace mlir::weft {

/// Unit attribute of an op that reads or writes at indices: whoever built it knows that they are in range, so
/// that no run needs to check them.
inline constexpr llvm::StringLiteral kInRangeAttr = "weft.in_range";

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_DISCARDABLEATTRS_H
