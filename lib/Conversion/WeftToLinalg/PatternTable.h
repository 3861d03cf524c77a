// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of regular expressions, which the runtime walks.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_PATTERNTABLE_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_PATTERNTABLE_H

#include "dialects/Weft/IR/TextPattern.h"

namespace weft::conversion {

/// The deterministic automaton of a pattern as words: the number of columns C, the start states at the begin
/// of a text, behind a line break, behind a character of a word and behind another one, 256 bytes with the
/// column of each byte, then a row of C + 1 words for each state. A word is twice the next state, plus 1
/// where the pattern matches before the byte; the last one of a row is 1 where it matches before the end.
/// State 0 has no way out.
///
/// `anywhere`: whether a match may start elsewhere than at the begin.
/// Returns: nothing when the table would be too large.
std::optional<std::vector<int32_t>> makePatternTable(const mlir::weft::TextPattern &pattern, bool anywhere);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_PATTERNTABLE_H
