// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds out what makes a compiled model wrong: the import, a pass, a kernel, or the program around kernels.
#ifndef WEFT_MEASURE_BISECT_H
#define WEFT_MEASURE_BISECT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "weft/Driver/Driver.h"
#include "weft/Measure/Compare.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft {

/// Values of one run in the order of the signature.
using Values = std::vector<reference::Value>;

/// What `main` computes by the reference interpreter, which keeps denormals or takes them for zeros, as the
/// compiled code does. Errors are reported on `main`.
mlir::FailureOr<Values> interpretMain(mlir::func::FuncOp main, const Values &inputs,
                                      bool keepsDenormals = false);

/// Makes the results of those ops in the body of `main` outputs that `isWanted` says, as far as they are
/// tensors of numbers that somebody reads.
///
/// Returns: the ops' names as people know them, one per new output, in program order.
std::vector<std::string> exposeResults(mlir::func::FuncOp main,
                                       llvm::function_ref<bool(mlir::Operation *)> isWanted);

/// The first pass after which an output is over tolerance.
struct BadPass {
  std::string pass;       ///< its argument, "weft-fold-constants"
  unsigned number = 0;    ///< its place among the passes that changed the program, from 1
  unsigned numPasses = 0; ///< how many changed it
  std::string output;     ///< the output that is off
  Comparison worst;       ///< of that output
};

/// Runs the passes that `build` adds on `module`, which holds the result afterwards, and finds the first one
/// after which the reference interpreter gives other outputs than `expected` for `inputs`.
///
/// Programs after each pass are kept and searched by halves: a program that is right once all passes ran
/// costs one interpretation. Returns: nothing when all is within tolerance. Errors are reported on `module`.
mlir::FailureOr<std::optional<BadPass>>
findBadPass(mlir::ModuleOp module, llvm::function_ref<void(mlir::OpPassManager &)> build,
            llvm::ArrayRef<Values> inputs, llvm::ArrayRef<Values> expected, const Tolerance &tolerance);

/// A kernel whose results are off although what it reads is within tolerance.
struct BadKernel {
  std::string name; ///< kind and ONNX nodes
  Comparison worst;
};

/// Compiles a module of phase graph.
using CompileFn = std::function<mlir::FailureOr<CompileResult>(mlir::OwningOpRef<mlir::ModuleOp>)>;

/// Compiles `module`, of phase graph, with the results of all kernels as outputs, and compares them with the
/// reference interpreter's.
///
/// Returns: the first kernel over tolerance in program order, or nothing. Errors are reported on `module`.
mlir::FailureOr<std::optional<BadKernel>> findBadKernel(mlir::ModuleOp module, const CompileFn &compile,
                                                        llvm::ArrayRef<Values> inputs,
                                                        const Tolerance &tolerance);

} // namespace weft

#endif // WEFT_MEASURE_BISECT_H
