// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc MODEL -o OUT`: compiles and writes what was asked for.
#include "Output.h"
#include "Session.h"
#include "weft/Artifact/Writer.h"
#include "weft/Target/LLVMEmit.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <unistd.h>

using namespace mlir;

static std::string printModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.elideLargeResourceString(1 << 16);
  module.print(os, flags);
  return text;
}

static void printTimes(const weft::CompileResult &result) {
  for (const weft::PhaseTime &time : result.times)
    llvm::errs() << llvm::formatv("{0,-12} {1,9:f1} ms\n", time.phase, time.seconds * 1e3);
}

static void printSummary(const CommandLine &command, const weft::CompileResult &result, uint64_t fileBytes,
                         double seconds) {
  uint64_t codeBytes = 0;
  std::string levels;
  for (const weft::ArtifactCode &code : result.artifact.codes) {
    codeBytes += code.object.size();
    levels += (levels.empty() ? "" : ", ") + code.level;
  }
  if (command.json) {
    llvm::json::Array phases;
    for (const weft::PhaseTime &time : result.times)
      phases.push_back(llvm::json::Object{{"phase", time.phase}, {"seconds", time.seconds}});
    llvm::json::Array isa;
    for (const weft::ArtifactCode &code : result.artifact.codes)
      isa.push_back(code.level);
    llvm::outs() << llvm::json::Value(llvm::json::Object{{"output", command.output},
                                                         {"bytes", fileBytes},
                                                         {"weights_bytes", result.artifact.constantBytes},
                                                         {"code_bytes", codeBytes},
                                                         {"arena_bytes", result.artifact.arenaBytes},
                                                         {"arena_lower_bound_bytes", result.arenaLowerBound},
                                                         {"kernels", int64_t(result.artifact.kernels.size())},
                                                         {"levels", std::move(isa)},
                                                         {"seconds", seconds},
                                                         {"phases", std::move(phases)}})
                 << "\n";
    return;
  }
  if (command.quiet)
    return;
  llvm::errs() << llvm::formatv(
      "wrote {0}: {1} (weights {2}, code {3} for {4}), {5} kernels, arena {6}, {7:f2} s\n", command.output,
      formatBytes(fileBytes), formatBytes(result.artifact.constantBytes), formatBytes(codeBytes), levels,
      result.artifact.kernels.size(), formatBytes(result.artifact.arenaBytes), seconds);
}

int runCompile(const CommandLine &command) {
  if (int status = checkOutput(command))
    return status;
  bool isText =
      !command.stopAfter.empty() || command.emit == "mlir" || command.emit == "llvm" || command.emit == "asm";
  if (!isText && command.output == "-" && ::isatty(STDOUT_FILENO)) {
    llvm::errs() << "weftc: an artifact is no text for a terminal; name a file with -o\n";
    return kWrongCommandLine;
  }
  auto start = std::chrono::steady_clock::now();
  Session session(command);
  weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  if (command.stopAfter.empty()) {
    if (command.emit == "mlir")
      options.stopAfter = weft::Phase::Graph;
    else if (command.emit == "llvm" || command.emit == "asm")
      options.stopAfter = weft::Phase::LLVM;
  }
  FailureOr<weft::CompileResult> result =
      weft::compileModel(command.model, session.getContext(), options, session.getProgress());
  session.endProgress();
  if (failed(result)) {
    llvm::errs() << "weftc: '" << command.model << "' was not compiled: " << session.getNumErrors()
                 << (session.getNumErrors() == 1 ? " error\n" : " errors\n");
    return kFailed;
  }
  if (command.timePhases)
    printTimes(*result);
  if (!command.stopAfter.empty() || command.emit == "mlir")
    return writeText(command.output, printModule(result->llvmModule ? *result->llvmModule : *result->module));
  if (command.emit == "llvm" || command.emit == "asm") {
    FailureOr<std::string> text = command.emit == "llvm"
                                      ? weft::emitLLVMIR(*result->llvmModule, options.levels.front())
                                      : weft::emitAssembly(*result->llvmModule, options.levels.front());
    return failed(text) ? int(kFailed) : writeText(command.output, *text);
  }
  if (command.emit == "so")
    return writeText(command.output, result->artifact.codes.front().object);
  llvm::Expected<uint64_t> bytes = weft::writeArtifact(result->artifact, command.output);
  if (!bytes) {
    llvm::errs() << "weftc: " << llvm::toString(bytes.takeError()) << "\n";
    return kFailed;
  }
  printSummary(command, *result, *bytes,
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return kDone;
}
