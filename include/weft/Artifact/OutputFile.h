// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes files that are never seen half-written.
#ifndef WEFT_ARTIFACT_OUTPUTFILE_H
#define WEFT_ARTIFACT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace weft {

/// Writes what `write` puts out to `path`, which afterwards holds either all of it or what it held before.
///
/// The bytes go to a file without a name in the folder of `path`, which gets its name when they are on the
/// disk: a killed process leaves nothing behind. File systems without such files get a temporary name beside
/// `path`, removed on every error and signal that can be caught. Links are followed; pipes and devices are
/// written as they are; `-` is standard output.
///
/// Errors: a folder, a file that cannot be made, a full disk; "cannot write 'PATH': REASON". Nothing is left
/// behind then.
llvm::Error writeOutputFile(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write);

} // namespace weft

#endif // WEFT_ARTIFACT_OUTPUTFILE_H
