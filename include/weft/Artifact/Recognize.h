// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells artifacts from other files.
#ifndef WEFT_ARTIFACT_RECOGNIZE_H
#define WEFT_ARTIFACT_RECOGNIZE_H

#include "llvm/ADT/StringRef.h"

namespace weft {

/// Whether a regular file begins as artifacts do, under whatever name.
bool isArtifact(llvm::StringRef path);

/// Whether `path` may be read to its end: a regular file or a pipe. Devices have none, sockets and folders no
/// bytes to read. What does not exist is another's to report.
bool hasEnd(llvm::StringRef path);

} // namespace weft

#endif // WEFT_ARTIFACT_RECOGNIZE_H
