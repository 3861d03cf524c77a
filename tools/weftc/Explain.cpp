// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc explain MODEL`: which ONNX nodes each kernel computes, what it touches and how it is scheduled.
#include "Session.h"
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

/// The schedules on the ops of a kernel, as text; "none" when nothing was decided (it runs as one piece).
static std::string describeSchedule(kernel::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream os(text);
  function.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      if (attribute.getValue().getDialect().getNamespace() == "sched")
        os << (text.empty() ? "" : "; ") << op->getName() << " " << attribute.getValue();
  });
  return text.empty() ? "none" : text;
}

int runExplain(const CommandLine &command) {
  Session session(command);
  weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  options.stopAfter = weft::Phase::Scheduled;
  options.levels.resize(1);
  FailureOr<weft::CompileResult> result =
      weft::compileModel(command.model, session.getContext(), options, session.getProgress());
  session.endProgress();
  if (failed(result))
    return kFailed;
  SymbolTable kernels(*result->llvmModule);
  llvm::json::Array rows;
  for (const weft::ArtifactKernel &launch : result->artifact.kernels) {
    auto function = kernels.lookup<kernel::FuncOp>(launch.name);
    std::string schedule = function ? describeSchedule(function) : "none";
    if (command.json) {
      rows.push_back(llvm::json::Object{{"kernel", launch.name},
                                        {"kind", launch.kind},
                                        {"nodes", llvm::json::Array(launch.nodes)},
                                        {"bytes", launch.bytes},
                                        {"schedule", schedule}});
      continue;
    }
    llvm::outs() << llvm::formatv("{0,-8} {1,-14} {2,10}  ", launch.name, launch.kind,
                                  launch.bytes ? formatBytes(launch.bytes) : "dynamic");
    llvm::interleaveComma(launch.nodes, llvm::outs());
    llvm::outs() << "\n         " << schedule << "\n";
  }
  if (command.json)
    llvm::outs() << llvm::json::Value(std::move(rows)) << "\n";
  return kDone;
}
