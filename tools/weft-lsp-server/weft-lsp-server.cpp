// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Language server: hover, definitions and diagnostics for .mlir files with Weft's dialects.
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<mlir::kernel::KernelDialect, mlir::sched::SchedDialect, mlir::weft::WeftDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
