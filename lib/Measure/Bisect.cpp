// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Searches passes and kernels for the one that makes results wrong.
#include "weft/Measure/Bisect.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "weft/Measure/Artifact.h"
#include "weft/Reference/Interpreter.h"

using namespace mlir;

namespace weft {

FailureOr<Values> interpretMain(func::FuncOp main, const Values &inputs, bool keepsDenormals) {
  reference::InterpreterOptions options;
  options.flushDenormals = !keepsDenormals;
  reference::Interpreter interpreter(options);
  return interpreter.run(main, inputs);
}

/// "conv2 (weft.conv)", and of a kernel its kind and nodes: "conv (conv2 + norm2 + relu2)".
static std::string describeOp(Operation *op) {
  std::string name;
  llvm::raw_string_ostream os(name);
  if (auto kernel = dyn_cast<mlir::weft::KernelOp>(op)) {
    os << kernel.getKind() << " (";
    llvm::interleave(
        kernel.getNodes().getAsRange<StringAttr>(), os, [&](StringAttr node) { os << node.getValue(); },
        " + ");
    os << ")";
    return name;
  }
  if (auto location = dyn_cast<NameLoc>(op->getLoc()))
    os << location.getName().getValue() << " ";
  os << "(" << op->getName() << ")";
  return name;
}

std::vector<std::string> exposeResults(func::FuncOp main, llvm::function_ref<bool(Operation *)> isWanted) {
  Operation *terminator = main.getBody().front().getTerminator();
  SmallVector<mlir::Value> outputs(terminator->getOperands());
  SmallVector<Type> types(main.getResultTypes());
  std::vector<std::string> names;
  for (Operation &op : main.getBody().front()) {
    if (!isWanted(&op))
      continue;
    for (mlir::Value result : op.getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      bool isComparable = type && type.getElementType().isIntOrFloat() && !result.use_empty();
      if (!isComparable || llvm::is_contained(terminator->getOperands(), result))
        continue;
      names.push_back(describeOp(&op));
      outputs.push_back(result);
      types.push_back(type);
    }
  }
  SmallVector<DictionaryAttr> attributes;
  main.getAllResultAttrs(attributes);
  Builder b(main.getContext());
  for (size_t i = 0; i < names.size(); ++i)
    attributes.push_back(
        b.getDictionaryAttr(b.getNamedAttr("weft.name", b.getStringAttr("node" + std::to_string(i)))));
  terminator->setOperands(outputs);
  main.setType(FunctionType::get(main.getContext(), main.getArgumentTypes(), types));
  main.setAllResultAttrs(attributes);
  return names;
}

namespace {

/// The program after one pass.
struct Snapshot {
  std::string pass;
  OwningOpRef<Operation *> module;
};

/// Keeps a copy of the program after each pass that changed it.
class SnapshotInstrumentation : public PassInstrumentation {
public:
  SnapshotInstrumentation(ModuleOp module, std::vector<Snapshot> &snapshots)
      : module(module), snapshots(snapshots), last(module) {}

  void runAfterPass(Pass *pass, Operation *) override {
    OperationFingerPrint now(module);
    if (now == last)
      return;
    last = now;
    StringRef name = pass->getArgument().empty() ? pass->getName() : pass->getArgument();
    snapshots.push_back({name.str(), module->clone()});
  }

private:
  ModuleOp module;
  std::vector<Snapshot> &snapshots;
  OperationFingerPrint last;
};

/// The first output of `module` that is over tolerance; `found.worst` is within when none is.
LogicalResult compareModule(ModuleOp module, ArrayRef<Values> inputs, ArrayRef<Values> expected,
                            const Tolerance &tolerance, BadPass &found) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  for (auto [input, wanted] : llvm::zip_equal(inputs, expected)) {
    FailureOr<Values> results = interpretMain(main, input, tolerance.keepsDenormals);
    if (failed(results))
      return failure();
    for (auto [i, result] : llvm::enumerate(*results)) {
      Comparison comparison = compareValues(result, wanted[i], tolerance);
      if (comparison.isWithin)
        continue;
      auto name = main.getResultAttrOfType<StringAttr>(i, "weft.name");
      found.output = name ? name.str() : "output" + std::to_string(i);
      found.worst = comparison;
      return success();
    }
  }
  found.worst = {};
  return success();
}

} // namespace

FailureOr<std::optional<BadPass>> findBadPass(ModuleOp module,
                                              llvm::function_ref<void(OpPassManager &)> build,
                                              ArrayRef<Values> inputs, ArrayRef<Values> expected,
                                              const Tolerance &tolerance) {
  std::vector<Snapshot> snapshots;
  PassManager passes(module.getContext(), ModuleOp::getOperationName());
  passes.addInstrumentation(std::make_unique<SnapshotInstrumentation>(module, snapshots));
  build(passes);
  if (failed(passes.run(module)))
    return failure();
  BadPass found;
  auto check = [&](size_t i) {
    return compareModule(cast<ModuleOp>(*snapshots[i].module), inputs, expected, tolerance, found);
  };
  if (snapshots.empty())
    return std::optional<BadPass>();
  if (failed(check(snapshots.size() - 1)))
    return failure();
  if (found.worst.isWithin)
    return std::optional<BadPass>();
  // The program is right before `good` passes and wrong after `bad`.
  size_t good = 0, bad = snapshots.size();
  BadPass worst = found;
  while (bad - good > 1) {
    size_t middle = (good + bad) / 2;
    if (failed(check(middle - 1)))
      return failure();
    if (found.worst.isWithin) {
      good = middle;
    } else {
      bad = middle;
      worst = found;
    }
  }
  worst.pass = snapshots[bad - 1].pass;
  worst.number = bad;
  worst.numPasses = snapshots.size();
  return std::optional<BadPass>(std::move(worst));
}

FailureOr<std::optional<BadKernel>> findBadKernel(ModuleOp module, const CompileFn &compile,
                                                  ArrayRef<Values> inputs, const Tolerance &tolerance) {
  OwningOpRef<ModuleOp> exposed(module.clone());
  auto main = exposed->lookupSymbol<func::FuncOp>("main");
  size_t numOutputs = main.getNumResults();
  // Results that are outputs already belong to kernels as well.
  std::vector<std::string> names;
  for (mlir::Value output : main.getBody().front().getTerminator()->getOperands())
    names.push_back(output.getDefiningOp<mlir::weft::KernelOp>() ? describeOp(output.getDefiningOp()) : "");
  llvm::append_range(names, exposeResults(main, [](Operation *op) { return isa<mlir::weft::KernelOp>(op); }));
  // Program order: of the kernels that are off, the first one did not get it from another.
  llvm::DenseMap<Operation *, size_t> order;
  for (auto [i, op] : llvm::enumerate(main.getBody().front()))
    order[&op] = i;
  SmallVector<size_t> places;
  for (mlir::Value output : main.getBody().front().getTerminator()->getOperands())
    places.push_back(output.getDefiningOp() ? order.lookup(output.getDefiningOp()) : 0);

  FailureOr<CompileResult> compiled = compile(OwningOpRef<ModuleOp>(exposed->clone()));
  if (failed(compiled))
    return failure();
  llvm::Expected<std::unique_ptr<LoadedArtifact>> artifact = LoadedArtifact::load(compiled->artifact);
  if (!artifact)
    return exposed->emitError() << llvm::toString(artifact.takeError()), failure();
  std::optional<BadKernel> worst;
  size_t worstPlace = 0;
  for (const Values &input : inputs) {
    llvm::Expected<Values> actual = (*artifact)->run(input, *module.getContext());
    if (!actual)
      return exposed->emitError() << llvm::toString(actual.takeError()), failure();
    FailureOr<Values> oracle = interpretMain(main, input, tolerance.keepsDenormals);
    if (failed(oracle))
      return failure();
    for (size_t i = 0; i < actual->size(); ++i) {
      Comparison comparison = compareValues((*actual)[i], (*oracle)[i], tolerance);
      bool isKernel = i >= numOutputs || !names[i].empty();
      if (comparison.isWithin || !isKernel || (worst && places[i] >= worstPlace))
        continue;
      worst = BadKernel{names[i], comparison};
      worstPlace = places[i];
    }
  }
  return worst;
}

} // namespace weft
