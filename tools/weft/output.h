// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes files that are never seen half-written.
#ifndef WEFT_TOOLS_WEFT_OUTPUT_H
#define WEFT_TOOLS_WEFT_OUTPUT_H

#include <cstdint>
#include <string>

namespace weft::tool {

/// Writes `header` and `bytes` to `path`, which afterwards holds either all of it or what it held before.
///
/// The bytes go to a file without a name in the folder of `path`, which gets its name when it is complete: a
/// killed process leaves nothing behind. File systems without such files get a temporary name beside `path`,
/// removed on errors. Links are followed; pipes and devices are written as they are.
///
/// Returns: false with `error` set to a sentence that names the file; nothing is left behind then.
bool writeFile(const std::string &path, const std::string &header, const void *data, uint64_t bytes,
               std::string &error);

/// Whether the folder that is to hold `path` is there, so that a long run does not end in nothing.
///
/// Returns: false with `error` set to a sentence that names the folder.
bool hasFolder(const std::string &path, std::string &error);

/// Whether two paths name one file, which exists.
bool isSameFile(const std::string &a, const std::string &b);

/// Whether what is written to one path replaces what was written to the other; neither need exist.
///
/// Streams and devices take what comes one after the other: they are the same only by their text.
bool isSameTarget(const std::string &a, const std::string &b);

} // namespace weft::tool

#endif // WEFT_TOOLS_WEFT_OUTPUT_H
