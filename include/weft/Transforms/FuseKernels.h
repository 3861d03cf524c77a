// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Groups ops into kernels.
#ifndef WEFT_TRANSFORMS_FUSEKERNELS_H
#define WEFT_TRANSFORMS_FUSEKERNELS_H

#include "mlir/IR/Operation.h"
#include "mlir/Support/LLVM.h"

#include <cstdint>
#include <string>

namespace mlir {
class RewriterBase;
namespace func {
class FuncOp;
} // namespace func
namespace weft {
class KernelOp;
} // namespace weft
} // namespace mlir

namespace weft {

/// Whether the host program executes `op` itself: values without computation, control flow, lists, and all
/// that is not a weft op.
bool isHostOp(mlir::Operation *op);

struct FuseKernelsOptions {
  /// Ops of one kernel at most; beyond it compile time grows and nothing is gained.
  int64_t maxOps = 96;
  /// Tensor operands and results of one kernel at most; each needs a pointer register in the loop.
  int64_t maxTensors = 24;
  /// Says at each op that could have been fused why it was not.
  bool showRemarks = false;
};

struct FuseKernelsResult {
  int64_t kernels = 0; ///< kernels made
  int64_t ops = 0;     ///< ops in them
};

/// Ops of one block that become one kernel.
struct KernelGroup {
  std::string kind;                         ///< "conv", "elementwise" ...: what gives the kernel its shape
  mlir::SmallVector<mlir::Operation *> ops; ///< in program order
};

/// Puts every op of `func` that computes tensors into a weft.kernel.
///
/// A kernel is a contraction or pool with the elementwise ops behind it, a row op (softmax, normalize,
/// reduce) with those around it, a group of elementwise ops of one shape with one result, or a single op. Row
/// ops and elementwise groups take in the views that only they read.
/// Blocks are sorted topologically afterwards. Requires: verify-shapes holds: "one shape" is decided by the
/// names of dims.
FuseKernelsResult fuseKernels(mlir::func::FuncOp func, const FuseKernelsOptions &options);

/// Calls `visit` with each name of a node in a location, outermost first.
void forEachNodeName(mlir::Location loc, llvm::function_ref<void(mlir::StringAttr)> visit);

/// Builds the kernel of a group before its last op and replaces the ops by it.
///
/// Operands: tensors in order of first use, then index values. Constants of one element, and splats that only
/// elementwise ops read, are copied into the kernel. Results: the values that others use, in program order.
/// Requires: the ops lie in one block, and no op between them depends on one and feeds another.
mlir::weft::KernelOp formKernel(mlir::RewriterBase &rewriter, const KernelGroup &group);

} // namespace weft

#endif // WEFT_TRANSFORMS_FUSEKERNELS_H
