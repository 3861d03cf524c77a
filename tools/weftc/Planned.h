// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags of the command contract whose features this version does not have.
#ifndef WEFT_TOOLS_WEFTC_PLANNED_H
#define WEFT_TOOLS_WEFTC_PLANNED_H

#include <string>
#include <vector>

/// What to say to a command line that asks for a feature of a later version: the first such word, and what is
/// possible instead. Returns: an empty text when no word does.
std::string explainPlanned(const std::vector<std::string> &words);

#endif // WEFT_TOOLS_WEFTC_PLANNED_H
