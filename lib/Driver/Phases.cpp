// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the phases of a compilation one after the other.
#include "CachedKernels.h"
#include "Entries.h"
#include "KernelNotes.h"
#include "NodeCounts.h"
#include "Signature.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "weft/Artifact/OutputFile.h"
#include "weft/Codegen/Host/HostProgram.h"
#include "weft/Conversion/WeftToLinalg/WeftToLinalg.h"
#include "weft/Driver/Driver.h"
#include "weft/Driver/Pipelines.h"
#include "weft/Target/LLVMEmit.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Timer.h"

#include <chrono>
#include <map>

using namespace mlir;
using namespace weft;

namespace {

constexpr std::pair<Phase, llvm::StringLiteral> kPhaseNames[] = {
    {Phase::Import, "import"},       {Phase::Graph, "graph"},      {Phase::Structured, "structured"},
    {Phase::Scheduled, "scheduled"}, {Phase::Loops, "loops"},      {Phase::LLVM, "llvm"},
    {Phase::Object, "object"},       {Phase::Artifact, "artifact"}};

/// One compilation in progress.
class Compilation {
public:
  Compilation(MLIRContext &context, const CompileOptions &options, ProgressFn progress)
      : context(context), options(options), progress(std::move(progress)), remarks(context) {
    // Later phases need the kernels' IR; an unknown compiler could not tell whose code it finds.
    if (options.cache && options.stopAfter >= Phase::Object && !getCompilerIdentity().empty())
      cache.emplace(*options.cache);
  }

  using Load = llvm::function_ref<FailureOr<OwningOpRef<ModuleOp>>(const ImportOptions &)>;
  LogicalResult run(Load load);
  CompileResult result;

private:
  MLIRContext &context;
  const CompileOptions &options;
  ProgressFn progress;
  RemarkCollector remarks;
  std::optional<KernelCache> cache;
  std::vector<DriverEntry> entries;
  std::vector<HostProgram> hosts; ///< one per entry
  llvm::StringSet<> nodes;        ///< names of the model's nodes
  /// The general entry beside buckets, which may turn out not to compile; joins `result.module` after its
  /// last pass on tensors.
  OwningOpRef<ModuleOp> general;
  DriverEntry generalEntry;
  unsigned numDumps = 0;
  const PipelineOptions pipeline{options.batch, options.math, /*hasRemarks=*/true};

  bool isDone(Phase phase) const { return options.stopAfter <= phase; }
  void add(llvm::StringRef phase, double seconds) {
    for (PhaseTime &time : result.times)
      if (time.phase == phase) {
        time.seconds += seconds;
        return;
      }
    result.times.push_back({phase.str(), seconds});
  }
  /// Runs `work` as (a part of) `phase`: progress before, time after, dump of `module()` behind it.
  template <typename Work>
  LogicalResult step(Phase phase, llvm::StringRef detail, Work work, ModuleOp (*dumped)(Compilation &));
  LogicalResult runPasses(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build);
  LogicalResult dump(llvm::StringRef name, llvm::function_ref<void(llvm::raw_ostream &)> write);
  LogicalResult dump(ModuleOp module, const llvm::Twine &name);
  LogicalResult load(Load load);
  LogicalResult loadBuckets(Load load);
  LogicalResult runFront(Phase phase, llvm::function_ref<void(OpPassManager &)> build);
  void tryGeneral(llvm::function_ref<LogicalResult()> work);
  LogicalResult describeSignatures();
  void joinGeneral();
  LogicalResult compileHosts();
  LogicalResult compileLevel(const TargetLevel &level, bool isBest);
  OwningOpRef<ModuleOp> cloneForLevel(bool isBest);
  LogicalResult runLevel(ModuleOp module, TargetLevel level, bool isBest);
  void joinHosts(ModuleOp module);
  LogicalResult emitLevel(ModuleOp module, const TargetLevel &level, CachedKernels &cached);
  void endCaching();
  LogicalResult describeConstants(const ConstantLayout &layout);
  void countOps();
};

LogicalResult Compilation::dump(llvm::StringRef name, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (options.dumpDirectory.empty())
    return success();
  if (std::error_code error = llvm::sys::fs::create_directories(options.dumpDirectory))
    return emitError(UnknownLoc::get(&context))
           << "cannot make the folder '" << options.dumpDirectory << "': " << error.message();
  llvm::SmallString<128> path(options.dumpDirectory);
  llvm::sys::path::append(path, llvm::formatv("{0:02}-{1}", numDumps++, name).str());
  if (llvm::Error error = writeOutputFile(path, write))
    return emitError(UnknownLoc::get(&context)) << llvm::toString(std::move(error));
  return success();
}

LogicalResult Compilation::dump(ModuleOp module, const llvm::Twine &name) {
  if (!module)
    return success();
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(16).elideLargeResourceString(64);
  return dump((name + ".mlir").str(), [&](llvm::raw_ostream &os) { module.print(os, flags); });
}

LogicalResult Compilation::runPasses(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(&context, ModuleOp::getOperationName());
  build(pm);
  return pm.run(module);
}

template <typename Work>
LogicalResult Compilation::step(Phase phase, llvm::StringRef detail, Work work,
                                ModuleOp (*dumped)(Compilation &)) {
  if (progress)
    progress(phase, detail);
  auto start = std::chrono::steady_clock::now();
  LogicalResult done = work();
  add(getPhaseName(phase), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (failed(done))
    return failure();
  if (!dumped)
    return success();
  std::string name = getPhaseName(phase).str();
  if (!detail.empty())
    name += "-" + detail.str();
  return dump(dumped(*this), name);
}

LogicalResult Compilation::describeConstants(const ConstantLayout &layout) {
  result.artifact.constantBytes = layout.sizeBytes;
  for (const PlacedConstant &constant : layout.constants) {
    std::vector<char> storage;
    FailureOr<ArrayRef<char>> bytes = getConstantBytes(constant.value, storage);
    if (failed(bytes))
      return emitError(UnknownLoc::get(&context)) << "internal: a constant that was laid out has no bytes";
    if (!storage.empty()) {
      result.constantStorage.push_back(std::move(storage));
      bytes = ArrayRef<char>(result.constantStorage.back());
    }
    result.artifact.constants.push_back({constant.offset, *bytes});
  }
  return success();
}

void Compilation::countOps() {
  std::map<std::string, int64_t> counts;
  // Entries are the same model: one of them tells.
  auto main = result.module->lookupSymbol<func::FuncOp>(entries.front().function);
  if (!main)
    return;
  main.walk([&](Operation *op) {
    if (op->getDialect() && op->getDialect()->getNamespace() == "weft" &&
        !op->hasTrait<OpTrait::IsTerminator>() && !op->hasTrait<OpTrait::ConstantLike>())
      ++counts[op->getName().stripDialect().str()];
  });
  result.ops.assign(counts.begin(), counts.end());
}

/// The kernels that a level compiles, and the host's side of them where that is all there will be.
OwningOpRef<ModuleOp> Compilation::cloneForLevel(bool isBest) {
  OwningOpRef<ModuleOp> module(result.module->clone());
  if (!isBest || options.stopAfter >= Phase::LLVM)
    for (auto main : llvm::make_early_inc_range(module->getOps<func::FuncOp>()))
      main.erase();
  return module;
}

/// Host code calls the kernels directly: its declarations give way to their definitions.
void Compilation::joinHosts(ModuleOp module) {
  for (HostProgram &host : hosts) {
    OwningOpRef<ModuleOp> hostModule(host.module->clone());
    SymbolTable known(module);
    for (Operation &op : llvm::make_early_inc_range(*hostModule->getBody())) {
      auto symbol = dyn_cast<SymbolOpInterface>(op);
      if (symbol && known.lookup(symbol.getNameAttr()))
        continue;
      op.moveBefore(module.getBody(), module.getBody()->end());
    }
  }
}

/// Makes the shared object of a level.
LogicalResult Compilation::emitLevel(ModuleOp module, const TargetLevel &level, CachedKernels &cached) {
  EmitOptions emit;
  emit.numThreads = options.threads;
  SmallVector<StringRef> exports;
  for (const DriverEntry &entry : entries)
    exports.push_back(entry.description.symbol);
  FailureOr<std::vector<CodeObject>> objects = emitObjects(module, level, exports, emit);
  if (failed(objects))
    return failure();
  std::string error;
  cached.join(*objects);
  FailureOr<std::string> object = linkSharedObject(*objects, error);
  if (failed(object))
    return module.emitError(describeLinkFailure(level, error));
  ArtifactCode code;
  code.arch = llvm::StringRef(level.triple).split('-').first.str();
  code.level = level.name;
  for (const std::string &feature : level.required)
    code.features.push_back(feature);
  code.object = std::move(*object);
  result.artifact.codes.push_back(std::move(code));
  return success();
}

/// Whether a kernel's schedule names tiles.
static bool usesTiles(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        auto sched = mlir::sched::CPUAttr::of(op);
        return sched && sched.getDot() == mlir::sched::CPUDot::tdpbusd ? WalkResult::interrupt()
                                                                       : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Runs the phases from scheduled to object for one level; `module` is left after the last of them.
LogicalResult Compilation::runLevel(ModuleOp module, TargetLevel level, bool isBest) {
  using Build = void (*)(OpPassManager &, const TargetLevel &, const PipelineOptions &);
  CachedKernels cached(cache ? &*cache : nullptr, remarks);
  const std::pair<Phase, Build> phases[] = {{Phase::Scheduled, buildSchedulePipeline},
                                            {Phase::Loops, buildLoopsPipeline},
                                            {Phase::LLVM, buildLLVMPipeline}};
  for (auto [phase, build] : phases) {
    auto work = [&, build = build] {
      return runPasses(module, [&](OpPassManager &pm) { build(pm, level, pipeline); });
    };
    if (failed(step(phase, level.name, work, nullptr)) ||
        failed(dump(module, (getPhaseName(phase) + "-" + level.name).str())))
      return failure();
    if (phase == Phase::Scheduled && isBest)
      describeSchedules(module, result.artifact.kernels);
    if (phase == Phase::Scheduled && level.hasAMXInt8) {
      // A machine need not have, nor a system grant, what no kernel uses.
      if (!usesTiles(module))
        removeTiles(level);
    }
    if (phase == Phase::Scheduled)
      cached.take(module, level, pipeline);
    if (phase == Phase::LLVM)
      joinHosts(module);
    if (isDone(phase))
      return success();
  }
  auto writeObject = [&](llvm::raw_ostream &os) { os << result.artifact.codes.back().object; };
  if (failed(step(Phase::Object, level.name, [&] { return emitLevel(module, level, cached); }, nullptr)))
    return failure();
  result.numFunctions += cached.getNumKernels();
  result.numCached += cached.getNumTaken();
  return dump("object-" + level.name + ".so", writeObject);
}

/// A cache that does not work costs time only.
void Compilation::endCaching() {
  if (!cache)
    return;
  cache->prune();
  if (!cache->getProblem().empty())
    emitWarning(UnknownLoc::get(&context)) << cache->getProblem();
}

LogicalResult Compilation::compileLevel(const TargetLevel &level, bool isBest) {
  OwningOpRef<ModuleOp> module = cloneForLevel(isBest);
  remarks.isActive = isBest;
  if (failed(runLevel(*module, level, isBest)))
    return failure();
  if (isBest) {
    remarks.describe(*result.module, result.artifact.kernels);
    result.llvmModule = std::move(module);
  }
  return success();
}

/// One entry, or one per bucket and a general one.
LogicalResult Compilation::load(Load load) {
  if (!options.import.dimBuckets.empty())
    return loadBuckets(load);
  FailureOr<OwningOpRef<ModuleOp>> module = load(options.import);
  if (failed(module))
    return failure();
  result.module = std::move(*module);
  entries.resize(1);
  entries.front().function = getEntryFunction(0);
  return success();
}

LogicalResult Compilation::loadBuckets(Load load) {
  for (const ShapeBucket &bucket : expandBuckets(options.import)) {
    FailureOr<OwningOpRef<ModuleOp>> module = load(bucket.import);
    if (failed(module))
      return failure();
    DriverEntry entry;
    entry.function = getEntryFunction(entries.size() + 1);
    entry.description.name = bucket.name;
    entry.description.sizes = bucket.sizes;
    auto main = (*module)->lookupSymbol<func::FuncOp>("main");
    if (!main)
      return (*module)->emitError("expected a function 'main', but got none");
    main.setSymName(entry.function);
    entries.push_back(std::move(entry));
    if (result.module)
      mergeModules(*result.module, **module);
    else
      result.module = std::move(*module);
  }
  generalEntry.function = getEntryFunction(0);
  tryGeneral([&]() -> LogicalResult {
    FailureOr<OwningOpRef<ModuleOp>> module = load(options.import);
    if (failed(module))
      return failure();
    general = std::move(*module);
    return success();
  });
  return success();
}

/// Gives up the general entry when `work` on it fails.
void Compilation::tryGeneral(llvm::function_ref<LogicalResult()> work) {
  std::string reason;
  {
    QuietDiagnostics quiet(context);
    if (succeeded(work()))
      return;
    reason = quiet.getFirstError();
  }
  general = {};
  std::string names;
  for (const auto &[name, sizes] : options.import.dimBuckets)
    names += (names.empty() ? "" : ", ") + name;
  emitWarning(UnknownLoc::get(&context))
      << "the artifact takes the listed sizes only: the model does not compile with " << names << " open ("
      << reason << ")";
}

LogicalResult Compilation::runFront(Phase phase, llvm::function_ref<void(OpPassManager &)> build) {
  if (failed(runPasses(*result.module, build)))
    return failure();
  if (general)
    tryGeneral([&] { return runPasses(*general, build); });
  return general ? dump(*general, getPhaseName(phase) + "-general") : success();
}

LogicalResult Compilation::describeSignatures() {
  for (DriverEntry &entry : entries)
    if (failed(describeSignature(*result.module, entry.function, entry.description)))
      return failure();
  if (general)
    tryGeneral([&] { return describeSignature(*general, generalEntry.function, generalEntry.description); });
  return success();
}

/// Makes the general entry the first one.
void Compilation::joinGeneral() {
  if (general) {
    mergeModules(*general, *result.module);
    result.module = std::move(general);
    entries.insert(entries.begin(), std::move(generalEntry));
  }
  for (auto [number, entry] : llvm::enumerate(entries))
    entry.description.symbol = getEntrySymbol(number);
}

LogicalResult Compilation::compileHosts() {
  HostEntry next;
  for (DriverEntry &entry : entries) {
    next.function = entry.function;
    next.symbol = entry.description.symbol;
    FailureOr<HostProgram> compiled = compileHostProgram(*result.module, next);
    if (failed(compiled))
      return failure();
    entry.description.arenaBytes = compiled->arenaBytes;
    entry.description.kernelBegin = next.firstKernel;
    entry.description.kernelCount = compiled->kernels.size();
    next.firstKernel += compiled->kernels.size();
    next.firstMessage += compiled->messages.size();
    llvm::append_range(result.artifact.messages, compiled->messages);
    result.arenaLowerBound = std::max(result.arenaLowerBound, compiled->arenaLowerBound);
    result.artifact.entries.push_back(entry.description);
    hosts.push_back(std::move(*compiled));
  }
  return success();
}

LogicalResult Compilation::run(Load load) {
  auto whole = [](Compilation &self) { return *self.result.module; };
  if (failed(step(Phase::Import, "", [&] { return this->load(load); }, whole)))
    return failure();
  countOps();
  collectNodes(*result.module, nodes);
  if (general)
    collectNodes(*general, nodes);
  result.artifact.model = result.module->getSymName().value_or("model").str();
  if (isDone(Phase::Import))
    return joinGeneral(), success();
  if (!options.isGraphDone &&
      failed(step(
          Phase::Graph, "",
          [&] {
            return runFront(Phase::Graph, [&](OpPassManager &pm) { buildGraphPipeline(pm, pipeline); });
          },
          whole)))
    return failure();
  if (isDone(Phase::Graph))
    return joinGeneral(), success();
  if (failed(describeSignatures()))
    return failure();
  ConstantLayout layout;
  if (failed(step(
          Phase::Structured, "",
          [&]() -> LogicalResult {
            auto build = [&](OpPassManager &pm) {
              buildStructuredPipeline(pm, options.levels.empty() ? "x86-64-v3" : options.levels.front().name,
                                      pipeline);
            };
            std::set<std::string> texts;
            collectTexts(*result.module, texts);
            if (general)
              collectTexts(*general, texts);
            result.artifact.texts.assign(texts.begin(), texts.end());
            if (failed(runFront(Phase::Structured, build)))
              return failure();
            joinGeneral();
            FailureOr<ConstantLayout> placed = layOutConstants(*result.module);
            if (failed(placed))
              return failure();
            layout = std::move(*placed);
            return compileHosts();
          },
          whole)))
    return failure();
  if (isDone(Phase::Structured))
    return success();
  if (failed(describeConstants(layout)))
    return failure();
  result.artifact.compiler = "weft " WEFT_VERSION;
  if (!options.flags.empty())
    result.artifact.compiler += " " + options.flags;
  result.artifact.keepDenormals = options.math == MathMode::Strict;
  result.artifact.metadata = {"math", getMathModeName(options.math).str()};
  describeNodes(nodes, hosts, *result.module, result.artifact);
  for (auto [i, level] : llvm::enumerate(options.levels))
    if (failed(compileLevel(level, /*isBest=*/i == 0)))
      return failure();
  endCaching();
  if (options.stopAfter < Phase::Artifact)
    return success();
  return dump("artifact.weft", [&](llvm::raw_ostream &os) { writeArtifact(result.artifact, os); });
}

} // namespace

llvm::StringRef weft::getPhaseName(Phase phase) {
  for (const auto &[known, name] : kPhaseNames)
    if (known == phase)
      return name;
  llvm_unreachable("internal: unknown phase");
}

std::optional<Phase> weft::parsePhase(llvm::StringRef name) {
  for (const auto &[phase, known] : kPhaseNames)
    if (known == name)
      return phase;
  return std::nullopt;
}

/// Whether every constant has its elements: what is printed for a reader leaves large ones out.
static LogicalResult checkElements(ModuleOp module) {
  bool isWhole = true;
  module.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs()) {
      auto resource = dyn_cast<DenseResourceElementsAttr>(attribute.getValue());
      if (!resource || resource.getRawHandle().getBlob())
        continue;
      // One is enough to say: all large constants are left out together.
      if (isWhole)
        op->emitError() << "the elements of constant '" << resource.getRawHandle().getKey()
                        << "' were left out when this was printed; print it whole (weftc --stop-after=PHASE "
                           "-o FILE.mlir) [constant.elements]";
      isWhole = false;
    }
  });
  return success(isWhole);
}

FailureOr<OwningOpRef<ModuleOp>> weft::loadModel(llvm::StringRef path, MLIRContext &context,
                                                 const ImportOptions &options) {
  if (!path.ends_with(".mlir"))
    return importONNX(path, context, options);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  if (!module || failed(checkElements(*module)))
    return failure();
  return std::move(module);
}

static FailureOr<CompileResult> compile(MLIRContext &context, const CompileOptions &options,
                                        ProgressFn progress, Compilation::Load load) {
  Compilation compilation(context, options, std::move(progress));
  if (failed(compilation.run(load)))
    return failure();
  return std::move(compilation.result);
}

FailureOr<CompileResult> weft::compileModel(llvm::StringRef path, MLIRContext &context,
                                            const CompileOptions &options, ProgressFn progress) {
  if (path.ends_with(".mlir") && !options.import.dimBuckets.empty())
    return emitError(UnknownLoc::get(&context))
           << "expected an ONNX model for lists of sizes in --dim, but got '" << path << "'";
  return compile(context, options, std::move(progress),
                 [&](const ImportOptions &import) { return loadModel(path, context, import); });
}

FailureOr<CompileResult> weft::compileModule(OwningOpRef<ModuleOp> module, const CompileOptions &options,
                                             ProgressFn progress) {
  MLIRContext &context = *module->getContext();
  return compile(
      context, options, std::move(progress),
      [&](const ImportOptions &) -> FailureOr<OwningOpRef<ModuleOp>> { return std::move(module); });
}
