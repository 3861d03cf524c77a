// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs passes on IR: mlir-opt with Weft's dialects and passes.
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/Debug/Counter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "test/lib/TestPasses.h"
#include "tools/StandardStreams.h"
#include "weft/Codegen/CPU/Passes.h"
#include "weft/Codegen/Pipeline.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"
#include "weft/Driver/Gates.h"
#include "weft/Reference/Interpreter.h"
#include "weft/Strategy/Passes.h"
#include "weft/Transforms/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

/// Exit status of a command line that cannot be meant.
constexpr int kWrongCommandLine = 2;

constexpr char kOverview[] =
    "Runs passes of Weft on IR in text or bytecode.\n\n"
    "  weft-opt model.mlir --weft-infer-shapes --weft-fuse-kernels\n"
    "  weft-opt a.mlir --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v3}))'\n"
    "  weft-opt model.mlir --weft-fuse-kernels --mlir-print-ir-before-all -o fused.mlir\n"
    "  weft-opt cases.mlir --split-input-file --verify-diagnostics --weft-batch=size=4\n\n"
    "docs/passes.md describes each pass; --help-hidden lists what LLVM and MLIR add.\n";

/// Leaves in --help what this tool is for: input, output, passes and the switches of the examples. LLVM's
/// libraries register hundreds of their own.
static void hideForeignOptions() {
  constexpr llvm::StringLiteral kShown[] = {"help",
                                            "help-hidden",
                                            "version",
                                            "o",
                                            "pass-pipeline",
                                            "split-input-file",
                                            "verify-diagnostics",
                                            "verify-each",
                                            "verify-roundtrip",
                                            "no-implicit-module",
                                            "emit-bytecode",
                                            "allow-unregistered-dialect",
                                            "mlir-print-ir-before-all",
                                            "mlir-print-ir-after-all",
                                            "mlir-print-ir-after-failure",
                                            "mlir-print-debuginfo",
                                            "mlir-print-op-generic",
                                            "mlir-timing",
                                            "mlir-disable-threading"};
  // One option without a name of its own lists the passes.
  for (const auto &entry : cl::getRegisteredOptions())
    if (entry.second->hasArgStr() && !llvm::is_contained(kShown, entry.first))
      entry.second->setHiddenFlag(cl::Hidden);
}

static void registerEverything(mlir::DialectRegistry &registry) {
  registry.insert<mlir::arith::ArithDialect, mlir::bufferization::BufferizationDialect,
                  mlir::func::FuncDialect, mlir::kernel::KernelDialect, mlir::linalg::LinalgDialect,
                  mlir::LLVM::LLVMDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::quant::QuantDialect, mlir::scf::SCFDialect, mlir::sched::SchedDialect,
                  mlir::tensor::TensorDialect, mlir::vector::VectorDialect, mlir::weft::WeftDialect>();
  weft::reference::registerEvaluableModels(registry);
  mlir::registerTransformsPasses();
  weft::registerCodegenDialects(registry);
  weft::registerCodegenPasses();
  weft::registerWeftCodegenCPUPasses();
  weft::registerWeftConversionPasses();
  weft::registerWeftDriverPasses();
  weft::registerWeftStrategyPasses();
  weft::registerWeftTransformsPasses();
  weft::test::registerPrintDimMapsPass();
}

/// Whether the output takes the place of neither a folder nor the input, which is read while it is written.
static bool isOutputPossible(llvm::StringRef input, llvm::StringRef output) {
  bool isSame = false;
  llvm::StringRef reason;
  if (output.empty())
    reason = "it is no name; name a file with -o";
  else if (llvm::sys::fs::is_directory(output))
    reason = "it is a folder; name a file in it";
  else if (llvm::sys::fs::is_regular_file(output) && !llvm::sys::fs::equivalent(input, output, isSame) &&
           isSame)
    reason = "it is the input; name another file";
  if (!reason.empty())
    llvm::errs() << "weft-opt: cannot write '" << output << "': " << reason << "\n";
  return reason.empty();
}

/// Whether the text of --pass-pipeline names passes; says what is wrong with it.
static bool isPipelinePossible(const mlir::DialectRegistry &registry) {
  mlir::MlirOptMainConfig config = mlir::MlirOptMainConfig::createFromCLOptions();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::PassManager passes(&context);
  return mlir::succeeded(config.setupPassPipeline(passes));
}

int main(int argc, char **argv) {
  weft::tool::settleStandardStreams();
  llvm::InitLLVM init(argc, argv);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "weft-opt " WEFT_VERSION "\n"; });
  mlir::DialectRegistry registry;
  registerEverything(registry);
  // As mlir-opt's own, except that a wrong command line is told from work that failed by its exit status.
  cl::opt<std::string> input(cl::Positional, cl::desc("<input file>"), cl::init("-"));
  cl::opt<std::string> output("o", cl::desc("Output file name"), cl::value_desc("file"), cl::init("-"));
  mlir::MlirOptMainConfig::registerCLOptions(registry);
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  mlir::tracing::DebugCounter::registerCLOptions();
  hideForeignOptions();
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &llvm::errs()))
    return kWrongCommandLine;
  if (!isOutputPossible(input, output) || !isPipelinePossible(registry))
    return kWrongCommandLine;
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, input, output, registry));
}
