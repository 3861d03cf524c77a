// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an artifact says about its kernels for people: schedules, and why things are as they are.
#ifndef WEFT_LIB_DRIVER_KERNELNOTES_H
#define WEFT_LIB_DRIVER_KERNELNOTES_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "weft/Artifact/Writer.h"

#include <vector>

namespace weft {

/// Remembers the remarks that passes make, and hands them on to the handlers before it.
class RemarkCollector {
public:
  explicit RemarkCollector(mlir::MLIRContext &context);
  ~RemarkCollector();

  /// Whether what is said now is part of the artifact's notes.
  bool isActive = true;

  /// Number of remarks so far.
  size_t getCount() const { return remarks.size(); }

  /// What passes said since the remark number `first` about the function of kernel `name` as a whole.
  std::vector<std::string> getRemarks(size_t first, llvm::StringRef name) const;

  /// Adds to each kernel the remarks about its nodes that were made while active, in the order in which they
  /// were made. `module` holds the kernel functions, scheduled.
  void describe(mlir::ModuleOp module, std::vector<ArtifactKernel> &kernels) const;

private:
  struct Remark {
    std::vector<std::string> nodes;
    std::string kernel; ///< of a kernel as nameKernel marks it; else empty
    std::string text;
    bool isAboutFusion;
    bool isNote; ///< Made while active.
  };

  mlir::DiagnosticEngine &engine;
  mlir::DiagnosticEngine::HandlerID handler;
  std::vector<Remark> remarks;
};

/// Marks the location of a kernel's function with its name: kernels may share nodes.
void nameKernel(mlir::kernel::FuncOp function);

/// Adds to each kernel the schedules on the ops of its function in `module`.
void describeSchedules(mlir::ModuleOp module, std::vector<ArtifactKernel> &kernels);

} // namespace weft

#endif // WEFT_LIB_DRIVER_KERNELNOTES_H
