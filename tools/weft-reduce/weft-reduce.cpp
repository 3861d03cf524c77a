// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shrinks IR while a script still finds its problem: mlir-reduce with Weft's dialects.
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Reducer/Passes.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

/// Whether `-o` names a file that is also another word of the command line: it would be lost.
static bool isOutputInput(llvm::ArrayRef<const char *> words) {
  llvm::StringRef output;
  for (size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef word = words[i];
    if (!word.consume_front("-"))
      continue;
    word.consume_front("-");
    if (word == "o" && i + 1 < words.size())
      output = words[i + 1];
    else if (word.consume_front("o="))
      output = word;
  }
  for (llvm::StringRef word : words.drop_front()) {
    bool isSame = false;
    if (word.data() != output.data() && !llvm::sys::fs::equivalent(word, output, isSame) && isSame)
      return true;
  }
  return false;
}

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "weft-reduce " WEFT_VERSION "\n"; });
  if (isOutputInput(llvm::ArrayRef<const char *>(argv, argc))) {
    llvm::errs() << "weft-reduce: the output is the input; name another file with -o\n";
    return 2;
  }
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<mlir::kernel::KernelDialect, mlir::sched::SchedDialect, mlir::weft::WeftDialect>();
  mlir::registerReducerPasses();
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
