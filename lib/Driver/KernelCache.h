// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keeps the machine code of kernels in a folder, from one compilation to the next.
#ifndef WEFT_LIB_DRIVER_KERNELCACHE_H
#define WEFT_LIB_DRIVER_KERNELCACHE_H

#include "weft/Driver/Driver.h"
#include "weft/Target/LLVMEmit.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace weft {

/// What a kernel became.
struct CachedKernel {
  CodeObject object;
  std::vector<std::string> remarks; ///< Of the passes that made it.
};

/// A folder with one file per kernel, named after what it was made from. Any number of compilations may use
/// it at once: files appear whole or not at all, and one that is missing or damaged is made anew.
class KernelCache {
public:
  explicit KernelCache(const CacheOptions &options);

  /// The kernel kept under `key`, with its function called `name`; or none.
  std::optional<CachedKernel> lookup(llvm::StringRef key, llvm::StringRef name);

  /// Keeps `kernel` under `key`.
  void store(llvm::StringRef key, const CachedKernel &kernel);

  /// Removes what was not used for longest, down to the size that the folder may have.
  void prune();

  /// Why kernels could not be read or kept, about the first that could not; empty when all could.
  const std::string &getProblem() const { return problem; }

private:
  std::string getPath(llvm::StringRef key) const;

  const CacheOptions &options;
  std::string problem;
  bool isUsable = true; ///< Whether there is such a folder.
  bool hasNew = false;
};

/// What tells this build of the compiler from others: the build ids of the program and its libraries.
/// Returns: an empty text when the program has none.
llvm::StringRef getCompilerIdentity();

} // namespace weft

#endif // WEFT_LIB_DRIVER_KERNELCACHE_H
