// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts nodes by what computes them.
#include "NodeCounts.h"

#include "dialects/Weft/IR/WeftDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/FuseKernels.h"

using namespace mlir;

namespace weft {

void collectNodes(ModuleOp module, llvm::StringSet<> &nodes) {
  for (auto main : module.getOps<func::FuncOp>())
    main.walk([&](Operation *op) {
      if (isa_and_nonnull<mlir::weft::WeftDialect>(op->getDialect()) &&
          !op->hasTrait<OpTrait::ConstantLike>())
        forEachNodeName(op->getLoc(), [&](StringAttr name) { nodes.insert(name.getValue()); });
    });
}

void describeNodes(const llvm::StringSet<> &nodes, llvm::ArrayRef<HostProgram> hosts, ModuleOp module,
                   ArtifactDescription &artifact) {
  llvm::StringSet<> inKernels, inHost, inRuntime;
  for (const HostProgram &host : hosts) {
    uint32_t version = host.usesTexts ? 4 : host.usesLists ? 3 : 1;
    artifact.abiVersion = std::max(artifact.abiVersion, version);
    for (const std::string &node : host.runtimeNodes)
      if (nodes.contains(node))
        inRuntime.insert(node);
    for (const LaunchSite &site : host.kernels) {
      ArtifactKernel kernel;
      kernel.name = site.kernel;
      kernel.kind = site.kind;
      kernel.flops = site.flops;
      kernel.bytes = site.bytes;
      // Locations name initializers too.
      llvm::copy_if(site.nodes, std::back_inserter(kernel.nodes),
                    [&](const std::string &node) { return nodes.contains(node); });
      for (const std::string &node : kernel.nodes)
        inKernels.insert(node);
      artifact.kernels.push_back(std::move(kernel));
    }
  }
  for (auto main : module.getOps<func::FuncOp>())
    main.walk([&](Operation *op) {
      if (op == main || op->getNumOperands() == 0)
        return;
      forEachNodeName(op->getLoc(), [&](StringAttr name) {
        if (nodes.contains(name.getValue()) && !inKernels.contains(name.getValue()))
          inHost.insert(name.getValue());
      });
    });
  artifact.hostNodes = inHost.size();
  artifact.runtimeNodes = inRuntime.size();
}

} // namespace weft
