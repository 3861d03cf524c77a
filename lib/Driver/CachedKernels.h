// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels of one level that need no compilation, because a cache has them.
#ifndef WEFT_LIB_DRIVER_CACHEDKERNELS_H
#define WEFT_LIB_DRIVER_CACHEDKERNELS_H

#include "KernelCache.h"
#include "KernelNotes.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "weft/Driver/Pipelines.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"

namespace weft {

/// Stands between the phases scheduled and object of one level: takes known kernels out of the module before
/// their loops are made, and puts their objects among those of the others.
class CachedKernels {
public:
  /// `cache` null: every kernel is compiled, and none kept.
  CachedKernels(KernelCache *cache, const RemarkCollector &remarks) : cache(cache), remarks(remarks) {}

  /// Erases from `module`, which is scheduled for `level`, the kernels that the cache has. Their remarks are
  /// made again.
  void take(mlir::ModuleOp module, const TargetLevel &level, const PipelineOptions &options);

  /// Adds the objects of the kernels taken to `objects`, in an order that does not tell which they were, and
  /// keeps those of the others.
  void join(std::vector<CodeObject> &objects);

  size_t getNumKernels() const { return kernels.size(); }
  size_t getNumTaken() const { return numTaken; }

private:
  struct Kernel {
    std::string key;   ///< empty: nothing to keep
    CodeObject object; ///< of a kernel taken
  };

  KernelCache *cache;
  const RemarkCollector &remarks;
  size_t firstRemark = 0, numTaken = 0;
  llvm::MapVector<mlir::StringAttr, Kernel> kernels; ///< by name, in the module's order
};

} // namespace weft

#endif // WEFT_LIB_DRIVER_CACHEDKERNELS_H
