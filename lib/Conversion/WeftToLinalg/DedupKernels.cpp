// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Merges kernels that are equal but for their name, nodes and locations.
#include "dialects/Kernel/IR/KernelOps.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"
#include "weft/Conversion/WeftToLinalg/WeftToLinalg.h"

#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_WEFTDEDUPKERNELSPASS
#include "weft/Conversion/WeftToLinalg/Passes.h.inc"

/// What two equal kernels have in common besides their bodies.
static bool haveEqualSignatures(kernel::FuncOp a, kernel::FuncOp b) {
  return a.getFunctionType() == b.getFunctionType() && a.getArgAttrsAttr() == b.getArgAttrsAttr() &&
         a.getResAttrsAttr() == b.getResAttrsAttr() && a.getKindAttr() == b.getKindAttr();
}

static llvm::hash_code hashKernel(kernel::FuncOp kernel) {
  llvm::hash_code hash = hash_value(kernel.getFunctionType());
  kernel.getBody().walk([&](Operation *op) {
    hash =
        llvm::hash_combine(hash, OperationEquivalence::computeHash(op, OperationEquivalence::ignoreHashValue,
                                                                   OperationEquivalence::ignoreHashValue,
                                                                   OperationEquivalence::IgnoreLocations));
  });
  return hash;
}

unsigned dedupKernels(ModuleOp module) {
  llvm::DenseMap<size_t, SmallVector<kernel::FuncOp, 1>> byHash;
  llvm::DenseMap<StringAttr, StringAttr> replacement;
  SmallVector<kernel::FuncOp> dead;
  for (auto kernel : module.getOps<kernel::FuncOp>()) {
    auto &bucket = byHash[hashKernel(kernel)];
    auto isEqual = [&](kernel::FuncOp other) {
      return haveEqualSignatures(kernel, other) &&
             OperationEquivalence::isRegionEquivalentTo(&kernel.getBody(), &other.getBody(),
                                                        OperationEquivalence::IgnoreLocations);
    };
    auto found = llvm::find_if(bucket, isEqual);
    if (found == bucket.end()) {
      bucket.push_back(kernel);
      continue;
    }
    replacement[kernel.getSymNameAttr()] = found->getSymNameAttr();
    dead.push_back(kernel);
  }
  module.walk([&](kernel::LaunchOp launch) {
    if (StringAttr name = replacement.lookup(launch.getKernelAttr().getAttr()))
      launch.setKernelAttr(FlatSymbolRefAttr::get(name));
  });
  for (kernel::FuncOp kernel : dead)
    kernel.erase();
  return dead.size();
}

namespace {
struct WeftDedupKernelsPass : impl::WeftDedupKernelsPassBase<WeftDedupKernelsPass> {
  void runOnOperation() override { numMerged += dedupKernels(getOperation()); }
};
} // namespace

} // namespace weft
