// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the nodes of a model ended up: in which kernels, in the host program, in calls of the runtime.
#ifndef WEFT_LIB_DRIVER_NODECOUNTS_H
#define WEFT_LIB_DRIVER_NODECOUNTS_H

#include "mlir/IR/BuiltinOps.h"
#include "weft/Artifact/Writer.h"
#include "weft/Codegen/Host/HostProgram.h"
#include "llvm/ADT/StringSet.h"

namespace weft {

/// Adds to `nodes` the names of the nodes that `module`, as imported, computes. Constants are no nodes.
void collectNodes(mlir::ModuleOp module, llvm::StringSet<> &nodes);

/// Adds the kernels as launched by `hosts` to `artifact`, each with those of `nodes` that it computes, and
/// counts the nodes that the host functions of `module` compute instead, and those that call the runtime.
void describeNodes(const llvm::StringSet<> &nodes, llvm::ArrayRef<HostProgram> hosts, mlir::ModuleOp module,
                   ArtifactDescription &artifact);

} // namespace weft

#endif // WEFT_LIB_DRIVER_NODECOUNTS_H
