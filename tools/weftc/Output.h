// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the results of weftc go.
#ifndef WEFT_TOOLS_WEFTC_OUTPUT_H
#define WEFT_TOOLS_WEFTC_OUTPUT_H

#include "CommandLine.h"
#include "llvm/ADT/StringRef.h"

/// Finds out before any work whether `-o` can be written: no folder, not the model itself, and in a folder
/// that is there. Prints what is wrong and returns an exit status otherwise.
int checkOutput(const CommandLine &command);

/// Where the C header of --emit=obj and so goes: beside the output; empty where there is none.
std::string getHeaderPath(const CommandLine &command);

/// Writes `text` to the output, all of it or nothing; `-` is standard output. Prints what is wrong and
/// returns an exit status otherwise.
int writeText(llvm::StringRef output, llvm::StringRef text);

#endif // WEFT_TOOLS_WEFTC_OUTPUT_H
