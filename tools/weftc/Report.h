// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The HTML page about a compilation.
#ifndef WEFT_TOOLS_WEFTC_REPORT_H
#define WEFT_TOOLS_WEFTC_REPORT_H

#include "CommandLine.h"
#include "weft/Driver/Driver.h"

#include <string>

/// A page that needs no other file: model, sizes, phases with times, kernels with their work and what was
/// noted.
std::string makeReport(const CommandLine &command, const weft::CompileResult &result, uint64_t fileBytes,
                       double seconds);

/// "float32 [batch, 3, 224, 224]".
std::string describeType(const weft::ArtifactValue &value);

#endif // WEFT_TOOLS_WEFTC_REPORT_H
