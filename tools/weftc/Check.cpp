// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc check MODEL`: everything that is wrong or noteworthy in a model, without compiling it.
#include "Session.h"
#include "dialects/Weft/IR/WeftOps.h"

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
  llvm::MapVector<StringRef, int64_t> ops;
  uint64_t weightBytes = 0;
  SmallVector<std::string> inputs, outputs;
};

std::string describeValue(func::FuncOp main, Type type, StringAttr name) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << (name ? name.getValue() : "?") << ": ";
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor) {
    os << type;
    return text;
  }
  os << tensor.getElementType() << " [";
  llvm::interleaveComma(mlir::weft::getDims(tensor), os,
                        [&](const mlir::weft::DimExpr &dim) { os << dim.str(); });
  os << "]";
  return text;
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
    findings.inputs.push_back(describeValue(main, type, main.getArgAttrOfType<StringAttr>(i, "weft.name")));
  for (auto [i, type] : llvm::enumerate(main.getResultTypes()))
    findings.outputs.push_back(
        describeValue(main, type, main.getResultAttrOfType<StringAttr>(i, "weft.name")));
  return findings;
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
  bool isCompilable = succeeded(imported);
  if (isCompilable) {
    options.stopAfter = ::weft::Phase::Structured;
    isCompilable =
        succeeded(::weft::compileModel(command.model, session.getContext(), options, session.getProgress()));
  }
  session.endProgress();
  Findings findings = succeeded(imported) ? inspect(*imported->module) : Findings();
  if (command.json) {
    llvm::json::Object ops;
    for (auto [name, count] : findings.ops)
      ops[name] = count;
    llvm::outs() << llvm::json::Value(llvm::json::Object{{"model", command.model},
                                                         {"compiles", isCompilable},
                                                         {"errors", session.getNumErrors()},
                                                         {"weights_bytes", findings.weightBytes},
                                                         {"inputs", llvm::json::Array(findings.inputs)},
                                                         {"outputs", llvm::json::Array(findings.outputs)},
                                                         {"ops", std::move(ops)}})
                 << "\n";
    return isCompilable ? kDone : kFailed;
  }
  if (!isCompilable) {
    llvm::errs() << "weftc: '" << command.model << "' cannot be compiled: " << session.getNumErrors()
                 << (session.getNumErrors() == 1 ? " error\n" : " errors\n");
    return kFailed;
  }
  llvm::outs() << "'" << command.model << "' can be compiled\n";
  for (const std::string &input : findings.inputs)
    llvm::outs() << "  input  " << input << "\n";
  for (const std::string &output : findings.outputs)
    llvm::outs() << "  output " << output << "\n";
  llvm::outs() << "  constants " << formatBytes(findings.weightBytes) << "\n";
  for (auto [name, count] : findings.ops)
    llvm::outs() << llvm::formatv("  {0,6} {1}\n", count, name);
  return kDone;
}
