// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of passes from kernels on tensors to functions of the LLVM dialect.
#ifndef WEFT_CODEGEN_PIPELINE_H
#define WEFT_CODEGEN_PIPELINE_H

#include <cstdint>
#include <functional>

namespace mlir {
class DialectRegistry;
class OpPassManager;
} // namespace mlir

namespace weft {

/// What code generation has to know of the target, and whom it asks for contractions.
struct CodegenOptions {
  bool hasFMA = true;            ///< The level has fused multiply-add.
  bool hasF16C = true;           ///< The level converts between f16 and f32.
  int64_t vectorBytes = 16;      ///< Width of the level's vectors.
  int64_t maxStackBytes = 65536; ///< Stack for the temporary buffers of one kernel, in bytes.
  bool isPlainOrder = false;     ///< Reductions add and multiply in the order of their loops.
  bool isRelaxed = false;        ///< Float operations may be reassociated; NaN may be lost in extrema.
  bool hasRemarks = false;       ///< Say why a kernel stays sequential.
  /// Adds the passes (on kernel.func) that expand kernel ops on memrefs into loops of vectors; none when
  /// empty.
  std::function<void(mlir::OpPassManager &)> expandKernelOps;
};

/// Registers the passes of code generation by name.
void registerCodegenPasses();

/// Registers the dialects that the passes need loaded and the interfaces by which upstream ops tile and
/// bufferise.
void registerCodegenDialects(mlir::DialectRegistry &registry);

/// Phase `loops`: kernels become loops over memrefs with one parallel range. `passes` is for the module.
void buildLoopPipeline(mlir::OpPassManager &passes, const CodegenOptions &options = {});

/// Phase `llvm`: what buildLoopPipeline left becomes functions of the kernel ABI.
void buildLLVMPipeline(mlir::OpPassManager &passes, const CodegenOptions &options = {});

/// Both phases.
void buildKernelPipeline(mlir::OpPassManager &passes, const CodegenOptions &options = {});

} // namespace weft

#endif // WEFT_CODEGEN_PIPELINE_H
