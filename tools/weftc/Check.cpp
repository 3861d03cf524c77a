// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc check MODEL`: everything that is wrong or noteworthy in a model, without compiling it.
#include "Session.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Driver/Approximations.h"
#include "weft/Import/Operators.h"
#include "weft/Import/TypeText.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace {

/// What the check found in a model that can be compiled.
struct Findings {
  std::vector<::weft::OperatorUse> operators;
  llvm::MapVector<StringRef, int64_t> ops;
  uint64_t weightBytes = 0;
  std::vector<std::string> inputs, outputs;
  /// Inputs of the model whose default became a constant.
  std::vector<std::string> constantInputs;
  std::vector<::weft::Approximation> approximations;
};

std::string describeValue(Type type, StringAttr name) {
  return ((name ? name.getValue() : "?") + ": " + ::weft::describeType(type)).str();
}

/// What the first entry holds: further ones are the same model at other sizes.
Findings inspect(ModuleOp module) {
  Findings findings;
  auto functions = module.getOps<func::FuncOp>();
  if (functions.empty())
    return findings;
  func::FuncOp main = *functions.begin();
  main.walk([&](Operation *op) {
    if (auto constant = dyn_cast<mlir::weft::ConstantOp>(op)) {
      auto type = cast<RankedTensorType>(constant.getType());
      if (type.getElementType().isIntOrFloat())
        findings.weightBytes += type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    } else if (isa<mlir::weft::WeftDialect>(op->getDialect()) && !op->hasTrait<OpTrait::IsTerminator>()) {
      ++findings.ops[op->getName().getStringRef()];
    }
  });
  for (auto [i, type] : llvm::enumerate(main.getArgumentTypes()))
    findings.inputs.push_back(describeValue(type, main.getArgAttrOfType<StringAttr>(i, "weft.name")));
  for (auto [i, type] : llvm::enumerate(main.getResultTypes()))
    findings.outputs.push_back(describeValue(type, main.getResultAttrOfType<StringAttr>(i, "weft.name")));
  return findings;
}

llvm::json::Object toJson(const ::weft::Approximation &approximation) {
  return llvm::json::Object{
      {"kind", approximation.kind}, {"text", approximation.text}, {"nodes", ::toJson(approximation.nodes)}};
}

/// "12 nodes: conv1, conv2, conv3, ..."
std::string list(const std::vector<std::string> &names, const char *what) {
  constexpr size_t most = 4;
  std::string text = std::to_string(names.size()) + " " + what + (names.size() == 1 ? ": " : "s: ");
  for (size_t i = 0; i < std::min(most, names.size()); ++i)
    text += (i ? ", " : "") + names[i];
  return text + (names.size() > most ? ", ..." : "");
}

void printJson(const CommandLine &command, const Session &session, const Findings &findings,
               bool isCompilable) {
  llvm::json::Object ops;
  for (auto [name, count] : findings.ops)
    ops[name] = count;
  llvm::json::Array approximations;
  for (const ::weft::Approximation &approximation : findings.approximations)
    approximations.push_back(toJson(approximation));
  llvm::json::Array warnings;
  for (llvm::StringRef warning : session.getWarnings())
    warnings.push_back(::toJson(warning.trim()));
  llvm::json::Array errors, operators;
  for (llvm::StringRef error : session.getErrors())
    errors.push_back(::toJson(error.trim()));
  for (const ::weft::OperatorUse &use : findings.operators)
    operators.push_back(
        llvm::json::Object{{"operator", ::toJson(use.name)}, {"opset", use.opset}, {"nodes", use.nodes}});
  llvm::outs() << llvm::json::Value(
                      llvm::json::Object{{"model", ::toJson(command.model)},
                                         {"compiles", isCompilable},
                                         {"errors", session.getNumErrors()},
                                         {"messages", std::move(errors)},
                                         {"operators", std::move(operators)},
                                         {"warnings", std::move(warnings)},
                                         {"approximations", std::move(approximations)},
                                         {"weights_bytes", findings.weightBytes},
                                         {"inputs", ::toJson(findings.inputs)},
                                         {"inputs_made_constant", ::toJson(findings.constantInputs)},
                                         {"outputs", ::toJson(findings.outputs)},
                                         {"ops", std::move(ops)}})
               << "\n";
}

void printForPeople(const CommandLine &command, const Findings &findings) {
  llvm::outs() << "'" << command.model << "' can be compiled\n";
  for (const std::string &input : findings.inputs)
    llvm::outs() << "  input  " << input << "\n";
  for (const std::string &output : findings.outputs)
    llvm::outs() << "  output " << output << "\n";
  if (!findings.constantInputs.empty())
    llvm::outs() << "  " << list(findings.constantInputs, "input")
                 << (findings.constantInputs.size() == 1
                         ? " has a default and became a constant; --keep-inputs leaves it open\n"
                         : " have defaults and became constants; --keep-inputs leaves them open\n");
  for (const ::weft::OperatorUse &use : findings.operators)
    llvm::outs() << llvm::formatv("  operator {0,6} {1}, opset {2}\n", use.nodes, use.name, use.opset);
  llvm::outs() << "  constants " << formatBytes(findings.weightBytes) << "\n";
  for (auto [name, count] : findings.ops)
    llvm::outs() << llvm::formatv("  {0,6} {1}\n", count, name);
  for (const ::weft::Approximation &approximation : findings.approximations)
    llvm::outs() << "  approximate (" << approximation.kind << "): " << approximation.text << "; in "
                 << list(approximation.nodes, "node") << "\n";
}

} // namespace

int runCheck(const CommandLine &command) {
  Session session(command);
  ::weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  options.stopAfter = ::weft::Phase::Import;
  // Import alone reports what the model says; the structured phase reports what has no code.
  FailureOr<::weft::CompileResult> imported =
      ::weft::compileModel(command.model, session.getContext(), options, session.getProgress());
  Findings findings;
  bool isCompilable = succeeded(imported);
  if (isCompilable) {
    findings = inspect(*imported->module);
    options.stopAfter = ::weft::Phase::Structured;
    FailureOr<::weft::CompileResult> structured =
        ::weft::compileModel(command.model, session.getContext(), options, session.getProgress());
    isCompilable = succeeded(structured);
    findings.approximations = ::weft::findApproximations(
        *imported->module, isCompilable ? *structured->module : ModuleOp(), options.math);
  }
  session.endProgress();
  if (llvm::StringRef(command.model).ends_with(".onnx")) {
    findings.operators = ::weft::listOperators(command.model);
    if (!command.keepInputs)
      findings.constantInputs = ::weft::listDefaultInputs(command.model);
    llvm::erase_if(findings.constantInputs,
                   [&](const std::string &name) { return options.import.bindings.count(name) > 0; });
  }
  if (command.json)
    printJson(command, session, findings, isCompilable);
  else if (isCompilable)
    printForPeople(command, findings);
  else
    llvm::errs() << "weftc: '" << command.model << "' cannot be compiled: " << session.getNumErrors()
                 << (session.getNumErrors() == 1 ? " error\n" : " errors\n");
  return isCompilable ? kDone : session.getFailure();
}
