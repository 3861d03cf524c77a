// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What arithmetic a float model gets.
#ifndef WEFT_DRIVER_MATHMODE_H
#define WEFT_DRIVER_MATHMODE_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace weft {

/// The values of `--math=`.
enum class MathMode {
  F32,    ///< Sums may be reordered, denormals are flushed; NaN propagates.
  F32FMA, ///< As F32, but no less accurate than a chain of fused multiply-adds.
  Strict, ///< Terms in the order of the model's loops, every operation rounded, denormals kept.
  Fast,   ///< As F32, but free to reassociate everywhere and to lose NaN in minima and maxima.
};

/// The name as it is typed.
llvm::StringRef getMathModeName(MathMode mode);

/// Returns: the mode called `name`; else nothing, and in `error` what is wrong with it and what there is.
std::optional<MathMode> parseMathMode(llvm::StringRef name, std::string &error);

} // namespace weft

#endif // WEFT_DRIVER_MATHMODE_H
