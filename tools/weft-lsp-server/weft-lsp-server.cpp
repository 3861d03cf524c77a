// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Language server: hover, definitions and diagnostics for .mlir files with Weft's dialects.
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  // The server's own options are not there yet; LLVM's libraries have registered hundreds.
  for (const auto &entry : llvm::cl::getRegisteredOptions())
    if (!entry.first.starts_with("help") && entry.first != "version")
      entry.second->setHiddenFlag(llvm::cl::Hidden);
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "weft-lsp-server " WEFT_VERSION "\n"; });
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<mlir::kernel::KernelDialect, mlir::sched::SchedDialect, mlir::weft::WeftDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
