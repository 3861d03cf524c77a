// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc verify MODEL`: the artifact against test data and against the reference interpreter, node by node.
#include "Samples.h"
#include "Session.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Measure/Artifact.h"
#include "weft/Measure/Compare.h"
#include "weft/Reference/Interpreter.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using ::weft::Comparison;
using ::weft::reference::Tensor;

namespace {

// What --math=f32 promises of a kernel: an error of at most 1e-4 of the largest output.
constexpr double kOfLargest = 1e-4;

/// What a value is called, and how far it was off at worst over all samples.
struct Row {
  std::string name;
  std::string against;
  Comparison worst;
};

void keepWorse(Comparison &worst, const Comparison &next) {
  bool isWorse = (worst.isWithin && !next.isWithin) ||
                 (worst.isWithin == next.isWithin && next.worstRelative > worst.worstRelative);
  if (isWorse || worst.detail.empty())
    worst = next;
}

/// Makes every value that a node of `main` computes an output. Returns their names, in program order.
std::vector<std::string> exposeNodes(func::FuncOp main) {
  Operation *terminator = main.getBody().front().getTerminator();
  SmallVector<Value> outputs(terminator->getOperands());
  SmallVector<Type> types(main.getResultTypes());
  std::vector<std::string> names;
  for (Operation &op : main.getBody().front()) {
    if (!isa<mlir::weft::WeftDialect>(op.getDialect()) || isa<mlir::weft::ConstantOp>(op))
      continue;
    for (Value result : op.getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      bool isComparable = type && type.getElementType().isIntOrFloat() && !result.use_empty();
      if (!isComparable || llvm::is_contained(terminator->getOperands(), result))
        continue;
      std::string name;
      llvm::raw_string_ostream os(name);
      if (auto location = dyn_cast<NameLoc>(op.getLoc()))
        os << location.getName().getValue() << " ";
      os << "(" << op.getName() << ")";
      names.push_back(std::move(name));
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

class Verification {
public:
  Verification(Session &session, const CommandLine &command, ::weft::CompileOptions options)
      : session(session), command(command), options(std::move(options)) {}
  int run();

private:
  Session &session;
  const CommandLine &command;
  ::weft::CompileOptions options;
  std::vector<Row> rows;
  std::vector<Sample> samples;

  Comparison &row(const std::string &name, const std::string &against) {
    for (Row &row : rows)
      if (row.name == name && row.against == against)
        return row.worst;
    rows.push_back({name, against, {}});
    return rows.back().worst;
  }
  FailureOr<std::vector<Tensor>> interpret(func::FuncOp main, const Sample &sample);
  int compareAll(ModuleOp module, ArrayRef<std::string> nodes);
  int report();
};

FailureOr<std::vector<Tensor>> Verification::interpret(func::FuncOp main, const Sample &sample) {
  ::weft::reference::Interpreter interpreter;
  std::vector<::weft::reference::Value> arguments(sample.inputs.begin(), sample.inputs.end());
  FailureOr<std::vector<::weft::reference::Value>> results = interpreter.run(main, arguments);
  if (failed(results))
    return failure();
  std::vector<Tensor> tensors;
  for (const ::weft::reference::Value &value : *results) {
    if (!value.isTensor())
      return main.emitError("returns a value that is no tensor; such models cannot be verified yet");
    tensors.push_back(value.getTensor());
  }
  return tensors;
}

/// Compiles `module`, runs artifact and oracle on every sample; results past the model's own outputs are
/// `nodes`.
int Verification::compareAll(ModuleOp module, ArrayRef<std::string> nodes) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  FailureOr<::weft::CompileResult> compiled =
      ::weft::compileModule(OwningOpRef<ModuleOp>(module.clone()), options, session.getProgress());
  session.endProgress();
  if (failed(compiled))
    return kFailed;
  llvm::Expected<std::unique_ptr<::weft::LoadedArtifact>> artifact =
      ::weft::LoadedArtifact::load(compiled->artifact);
  if (!artifact) {
    llvm::errs() << "weftc verify: " << llvm::toString(artifact.takeError()) << "\n";
    return kFailed;
  }
  size_t numOutputs = main.getNumResults() - nodes.size();
  for (const Sample &sample : samples) {
    llvm::Expected<std::vector<Tensor>> actual = (*artifact)->run(sample.inputs, session.getContext());
    if (!actual) {
      llvm::errs() << "weftc verify: running on " << sample.name << ": " << llvm::toString(actual.takeError())
                   << "\n";
      return kFailed;
    }
    FailureOr<std::vector<Tensor>> oracle = interpret(main, sample);
    if (failed(oracle))
      return kFailed;
    for (size_t i = 0; i < actual->size(); ++i) {
      bool isNode = i >= numOutputs;
      std::string name = isNode ? nodes[i - numOutputs]
                         : main.getResultAttrOfType<StringAttr>(i, "weft.name")
                             ? main.getResultAttrOfType<StringAttr>(i, "weft.name").str()
                             : "output" + std::to_string(i);
      if (!isNode && !nodes.empty())
        continue; // outputs were compared with the artifact as it ships
      keepWorse(row(name, isNode ? "node" : "oracle"),
                ::weft::compareTensors((*actual)[i], (*oracle)[i], {command.rtol, command.atol, kOfLargest}));
      if (!isNode && sample.expected[i])
        keepWorse(row(name, "data"),
                  ::weft::compareTensors((*actual)[i], *sample.expected[i], {command.rtol, command.atol, 0}));
    }
  }
  return kDone;
}

int Verification::report() {
  bool isWithin = true;
  const Row *firstBadNode = nullptr;
  llvm::json::Array json;
  for (const Row &row : rows) {
    isWithin &= row.worst.isWithin;
    if (!row.worst.isWithin && row.against == "node" && !firstBadNode)
      firstBadNode = &row;
    if (command.json) {
      json.push_back(llvm::json::Object{{"name", row.name},
                                        {"against", row.against},
                                        {"within", row.worst.isWithin},
                                        {"worst_error", row.worst.worstError},
                                        {"worst_relative", row.worst.worstRelative},
                                        {"outside", row.worst.numOutside},
                                        {"detail", row.worst.detail}});
      continue;
    }
    llvm::outs() << llvm::formatv("{0} {1,-7} worst error {2:e2} ({3:e2} of the largest)  {4}{5}{6}\n",
                                  row.worst.isWithin ? "ok  " : "FAIL", row.against, row.worst.worstError,
                                  row.worst.worstRelative, row.name, row.worst.isWithin ? "" : ": ",
                                  row.worst.isWithin ? "" : row.worst.detail);
  }
  if (command.json) {
    llvm::outs() << llvm::json::Value(
                        llvm::json::Object{{"model", command.model},
                                           {"within", isWithin},
                                           {"samples", int64_t(samples.size())},
                                           {"first_bad_node", firstBadNode ? firstBadNode->name : ""},
                                           {"values", std::move(json)}})
                 << "\n";
  } else if (firstBadNode) {
    llvm::outs() << "first node over tolerance: " << firstBadNode->name << "\n";
  } else {
    llvm::outs() << (isWithin ? "all values are within tolerance"
                              : "outputs are over tolerance, single nodes are not")
                 << " (" << samples.size() << (samples.size() == 1 ? " sample)\n" : " samples)\n");
  }
  return isWithin ? kDone : kFailed;
}

int Verification::run() {
  FailureOr<OwningOpRef<ModuleOp>> module =
      ::weft::loadModel(command.model, session.getContext(), options.import);
  if (failed(module))
    return kFailed;
  auto main = (*module)->lookupSymbol<func::FuncOp>("main");
  if (!main) {
    llvm::errs() << "weftc verify: '" << command.model << "' has no function 'main'\n";
    return kFailed;
  }
  if (int status = loadSamples(command, main, samples))
    return status;
  if (int status = compareAll(**module, {}))
    return status;
  std::vector<std::string> nodes = exposeNodes(main);
  if (int status = compareAll(**module, nodes))
    return status;
  return report();
}

} // namespace

int runVerify(const CommandLine &command) {
  Session session(command);
  ::weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  return Verification(session, command, std::move(options)).run();
}
