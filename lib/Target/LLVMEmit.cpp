// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Translates modules of the LLVM dialect to LLVM IR, optimises them and emits objects, parts in parallel.
#include "weft/Target/LLVMEmit.h"
#include "PartitionModule.h"
#include "SupportCode.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <atomic>
#include <mutex>
#include <thread>

using namespace mlir;
using namespace weft;

namespace {

enum class Output { Object, Assembly, IR };

/// One part on its way through LLVM; nothing in it is shared with another part.
struct Part {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  bool isMicroKernels = false;
  bool isSupport = false;
  std::string function; ///< as CodeObject's
  std::string result;
  std::string error;
};

void initialiseTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
  });
}

std::unique_ptr<llvm::TargetMachine> createMachine(const TargetLevel &level, std::string &error) {
  initialiseTargets();
  llvm::Triple triple(level.triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  // Results may differ between levels, but never by contractions that the IR does not ask for.
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  options.FunctionSections = true;
  options.DataSections = true;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, level.cpu, level.features, options, llvm::Reloc::PIC_, std::nullopt,
                                  llvm::CodeGenOptLevel::Default));
}

/// Tells every function of `module` which processor it is for.
void setFunctionTargets(llvm::Module &module, const TargetLevel &level) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", level.cpu);
    if (!level.tuneCPU.empty())
      function.addFnAttr("tune-cpu", level.tuneCPU);
    if (!level.features.empty())
      function.addFnAttr("target-features", level.features);
    function.addFnAttr("prefer-vector-width", std::to_string(level.vectorBits));
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

/// Runs LLVM's passes: all of -O3 for loops that the vectoriser must widen, a clean-up for micro-kernels.
void optimise(Part &part, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopInterleaving = tuning.LoopUnrolling =
      !part.isMicroKernels;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  // No library exists for code objects: nothing may become a call.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  llvm::ModulePassManager passes = builder.buildPerModuleDefaultPipeline(
      part.isMicroKernels ? llvm::OptimizationLevel::O1 : llvm::OptimizationLevel::O3);
  passes.run(*part.module, modules);
}

void emit(Part &part, const TargetLevel &level, const EmitOptions &options, Output output) {
  std::unique_ptr<llvm::TargetMachine> machine = createMachine(level, part.error);
  if (!machine)
    return;
  llvm::Module &module = *part.module;
  module.setTargetTriple(machine->getTargetTriple());
  module.setDataLayout(machine->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  setFunctionTargets(module, level);
  if (options.isOptimised && !part.isSupport)
    optimise(part, *machine);
  if (output == Output::IR) {
    llvm::raw_string_ostream stream(part.result);
    module.print(stream, nullptr);
    return;
  }
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager passes;
  llvm::TargetLibraryInfoImpl library(machine->getTargetTriple());
  library.disableAllFunctions();
  passes.add(new llvm::TargetLibraryInfoWrapperPass(library));
  auto kind =
      output == Output::Object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, kind)) {
    part.error = "the target cannot emit files of this kind";
    return;
  }
  passes.run(module);
  part.result.assign(buffer.begin(), buffer.end());
}

/// Translates the parts of `module`; translation is quick, so it is done here and not by the threads.
LogicalResult translateParts(ModuleOp module, ArrayRef<StringRef> exports, std::vector<Part> &parts) {
  for (OwningOpRef<ModuleOp> &source : partitionModule(module, exports)) {
    Part part;
    part.context = std::make_unique<llvm::LLVMContext>();
    part.isMicroKernels = llvm::any_of(
        *source->getBody(), [](Operation &op) { return isMicroKernel(&op) && !op.getRegion(0).empty(); });
    for (auto function : source->getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal() && function.getLinkage() == LLVM::Linkage::External &&
          (part.function.empty() || function.getName().size() < part.function.size()))
        part.function = function.getName().str();
    part.module = translateModuleToLLVMIR(*source, *part.context, "weft");
    if (!part.module)
      return module.emitError("internal: translation to LLVM IR failed");
    parts.push_back(std::move(part));
  }
  return success();
}

FailureOr<std::vector<CodeObject>> emitParts(ModuleOp module, const TargetLevel &level,
                                             ArrayRef<StringRef> exports, const EmitOptions &options,
                                             Output output) {
  std::vector<Part> parts;
  if (failed(translateParts(module, exports, parts)))
    return failure();
  Part support;
  support.context = std::make_unique<llvm::LLVMContext>();
  support.module = createSupportModule(*support.context);
  support.isSupport = true;
  if (output == Output::Object)
    parts.push_back(std::move(support));

  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i = next++; i < parts.size(); i = next++)
      emit(parts[i], level, options, output);
  };
  unsigned numThreads =
      options.numThreads ? options.numThreads : std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min<size_t>(numThreads, parts.size()); ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();

  std::vector<CodeObject> results;
  for (Part &part : parts) {
    if (!part.error.empty())
      return module.emitError("code generation for ") << level.name << " failed: " << part.error;
    results.push_back({std::move(part.function), std::move(part.result)});
  }
  return results;
}

FailureOr<std::string> emitText(ModuleOp module, const TargetLevel &level, const EmitOptions &options,
                                Output output) {
  // What a code object exports: weft_entry, and weft_entry_N of further entries.
  SmallVector<StringRef> exports;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (!function.isExternal() && function.getName().starts_with("weft_entry"))
      exports.push_back(function.getName());
  FailureOr<std::vector<CodeObject>> parts = emitParts(module, level, exports, options, output);
  if (failed(parts))
    return failure();
  std::string text;
  for (const CodeObject &part : *parts)
    text += (text.empty() ? "" : "\n") + part.bytes;
  return text;
}

} // namespace

void weft::registerTargetTranslations(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

FailureOr<std::vector<CodeObject>> weft::emitObjects(ModuleOp module, const TargetLevel &level,
                                                     ArrayRef<StringRef> exports,
                                                     const EmitOptions &options) {
  return emitParts(module, level, exports, options, Output::Object);
}

FailureOr<std::string> weft::emitDataObject(StringRef symbol, StringRef bytes, const TargetLevel &level,
                                            std::string &error) {
  assert(bytes.size() <= maxDataObjectBytes && "internal: data that code cannot reach");
  Part part;
  part.context = std::make_unique<llvm::LLVMContext>();
  part.module = std::make_unique<llvm::Module>("weft", *part.context);
  part.isSupport = true;
  auto *value = llvm::ConstantDataArray::getRaw(bytes, bytes.size(), llvm::Type::getInt8Ty(*part.context));
  auto *data = new llvm::GlobalVariable(*part.module, value->getType(), /*isConstant=*/true,
                                        llvm::GlobalValue::ExternalLinkage, value, symbol);
  data->setAlignment(llvm::Align(64));
  emit(part, level, {}, Output::Object);
  error = part.error;
  if (!error.empty())
    return failure();
  return std::move(part.result);
}

FailureOr<std::string> weft::emitAssembly(ModuleOp module, const TargetLevel &level,
                                          const EmitOptions &options) {
  return emitText(module, level, options, Output::Assembly);
}

FailureOr<std::string> weft::emitLLVMIR(ModuleOp module, const TargetLevel &level,
                                        const EmitOptions &options) {
  return emitText(module, level, options, Output::IR);
}
