// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc MODEL -o OUT`: compiles and writes what was asked for.
#include "Output.h"
#include "Report.h"
#include "Session.h"
#include "weft/Artifact/Writer.h"
#include "weft/Driver/Embed.h"
#include "weft/Target/LLVMEmit.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <unistd.h>

using namespace mlir;

/// IR for a reader, or, in a file, whole, so that other tools can go on from there.
static std::string printModule(ModuleOp module, bool isWhole) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  if (!isWhole)
    flags.elideLargeResourceString(1 << 16);
  module.print(os, flags);
  return text;
}

static void printTimes(const weft::CompileResult &result) {
  for (const weft::PhaseTime &time : result.times)
    llvm::errs() << llvm::formatv("{0,-12} {1,9:f1} ms\n", time.phase, time.seconds * 1e3);
}

/// Work as JSON: a number, an expression of the dims' symbols, or null.
static llvm::json::Value workToJson(const std::string &text) {
  int64_t number = 0;
  if (llvm::to_integer(text, number, 10))
    return number;
  return text.empty() ? llvm::json::Value(nullptr) : toJson(text);
}

static llvm::json::Array valuesToJson(const std::vector<weft::ArtifactValue> &values) {
  llvm::json::Array list;
  for (const weft::ArtifactValue &value : values)
    list.push_back(llvm::json::Object{{"name", toJson(value.name)}, {"type", toJson(describeType(value))}});
  return list;
}

static llvm::json::Array kernelsToJson(const std::vector<weft::ArtifactKernel> &kernels) {
  llvm::json::Array list;
  for (const weft::ArtifactKernel &kernel : kernels)
    list.push_back(llvm::json::Object{{"kernel", kernel.name},
                                      {"kind", toJson(kernel.kind)},
                                      {"nodes", toJson(kernel.nodes)},
                                      {"flops", workToJson(kernel.flops)},
                                      {"bytes", workToJson(kernel.bytes)},
                                      {"schedule", kernel.schedule},
                                      {"notes", toJson(kernel.notes)}});
  return list;
}

static llvm::json::Value summaryToJson(const CommandLine &command, const weft::CompileResult &result,
                                       uint64_t fileBytes, uint64_t codeBytes, double seconds) {
  const weft::ArtifactDescription &artifact = result.artifact;
  llvm::json::Array phases, levels, entries;
  for (const weft::PhaseTime &time : result.times)
    phases.push_back(llvm::json::Object{{"phase", time.phase}, {"seconds", time.seconds}});
  for (const weft::ArtifactCode &code : artifact.codes)
    levels.push_back(code.level);
  for (const weft::ArtifactEntry &entry : artifact.entries)
    entries.push_back(toJson(entry.name));
  llvm::json::Object ops;
  for (const auto &[name, count] : result.ops)
    ops[name] = count;
  return llvm::json::Object{{"output", toJson(command.output)},
                            {"math", command.math},
                            {"inputs", valuesToJson(artifact.mainEntry().inputs)},
                            {"outputs", valuesToJson(artifact.mainEntry().outputs)},
                            {"ops", std::move(ops)},
                            {"kernel_list", kernelsToJson(artifact.kernels)},
                            {"bytes", fileBytes},
                            {"weights_bytes", artifact.constantBytes},
                            {"code_bytes", codeBytes},
                            {"arena_bytes", artifact.arenaBytes()},
                            {"arena_lower_bound_bytes", result.arenaLowerBound},
                            {"kernels", int64_t(artifact.kernels.size())},
                            {"kernel_functions", result.numFunctions},
                            {"cached_kernel_functions", result.numCached},
                            {"entries", std::move(entries)},
                            {"levels", std::move(levels)},
                            {"seconds", seconds},
                            {"phases", std::move(phases)}};
}

/// How much of the code came from the cache, where one was asked for.
static std::string describeCached(const CommandLine &command, const weft::CompileResult &result) {
  if (command.cacheFolder.empty())
    return {};
  return llvm::formatv(" ({0} of {1} functions from the cache)", result.numCached, result.numFunctions).str();
}

static void printSummary(const CommandLine &command, const weft::CompileResult &result, uint64_t fileBytes,
                         double seconds) {
  const weft::ArtifactDescription &artifact = result.artifact;
  uint64_t codeBytes = 0;
  std::string levels;
  for (const weft::ArtifactCode &code : artifact.codes) {
    codeBytes += code.object.size();
    levels += (levels.empty() ? "" : ", ") + code.level;
  }
  if (command.json)
    llvm::outs() << summaryToJson(command, result, fileBytes, codeBytes, seconds) << "\n";
  else if (!command.quiet)
    llvm::errs() << llvm::formatv(
        "wrote {0}: {1} (weights {2}, code {3} for {4}), {5}{6} kernels{7}, arena {8}, {9:f2} s\n",
        command.output, formatBytes(fileBytes), formatBytes(artifact.constantBytes), formatBytes(codeBytes),
        levels, artifact.entries.size() > 1 ? std::to_string(artifact.entries.size()) + " entries, " : "",
        artifact.kernels.size(), describeCached(command, result), formatBytes(artifact.arenaBytes()),
        seconds);
}

/// `--emit=obj` and `--emit=so`: the object and, in a file, its header beside it.
static int writeEmbedded(const CommandLine &command, weft::CompileResult &result,
                         const weft::TargetLevel &level) {
  std::string headerPath = getHeaderPath(command);
  weft::EmbedOptions options;
  options.fileName = llvm::sys::path::filename(command.output).str();
  options.prefix = weft::makeIdentifier(llvm::sys::path::stem(command.output));
  options.isShared = command.emit == "so";
  options.threads = command.jobs;
  FailureOr<weft::EmbeddedModel> embedded = weft::embedModel(result, level, options);
  if (failed(embedded))
    return kFailed;
  if (int status = writeText(command.output, embedded->object))
    return status;
  if (command.output == "-")
    return kDone;
  if (int status = writeText(headerPath, embedded->header))
    return status;
  if (command.json)
    llvm::outs() << llvm::json::Value(llvm::json::Object{{"output", toJson(command.output)},
                                                         {"header", headerPath},
                                                         {"bytes", int64_t(embedded->object.size())},
                                                         {"weights_bytes", result.artifact.constantBytes},
                                                         {"arena_bytes", result.artifact.arenaBytes()},
                                                         {"prefix", options.prefix},
                                                         {"level", level.name}})
                 << "\n";
  else if (!command.quiet)
    llvm::errs() << "wrote " << command.output << " (" << formatBytes(embedded->object.size()) << ") and "
                 << headerPath << "\n";
  return kDone;
}

/// Whether `--stop-after` and `--emit` ask for the same: phases give IR, code, or the artifact.
static bool isOneOutput(const CommandLine &command) {
  if (command.stopAfter.empty() || !command.isEmitGiven)
    return true;
  bool isArtifact = command.stopAfter == weft::getPhaseName(weft::Phase::Artifact);
  bool isObject = command.stopAfter == weft::getPhaseName(weft::Phase::Object);
  return command.emit == (isArtifact ? "weft" : isObject ? "" : "mlir");
}

/// What is impossible about the wanted form of output; an exit status, 0 when nothing is.
static int checkEmit(const CommandLine &command) {
  auto wrong = [](const llvm::Twine &message) {
    llvm::errs() << "weftc: " << message << "\n";
    return int(kWrongCommandLine);
  };
  if (!command.report.empty() && (command.emit != "weft" || !command.stopAfter.empty()))
    return wrong("--report is about an artifact: it does not go with --emit=" + command.emit +
                 (command.stopAfter.empty() ? "" : " --stop-after=" + command.stopAfter));
  if (command.emit != "obj" && command.emit != "so")
    return kDone;
  if (command.emit == "obj" && command.output == "-")
    return wrong("an object comes with a header beside it; name a file with -o");
  if (llvm::sys::path::extension(command.output) == ".h")
    return wrong("'" + command.output + "' is the name of the header that comes with --emit=" + command.emit +
                 "; name the object with -o");
  if (command.cpu == "portable" || llvm::StringRef(command.cpu).contains(','))
    return wrong("an object holds code for one instruction set, but --cpu=" + command.cpu +
                 " asks for several; name one, or compile to an artifact (--emit=weft)");
  return kDone;
}

/// Writes what the compilation gave in the wanted form.
static int writeResult(const CommandLine &command, weft::CompileResult &result,
                       const weft::TargetLevel &level, double secondsBefore) {
  auto start = std::chrono::steady_clock::now();
  if (command.stopAfter == "object")
    return writeText(command.output, result.artifact.codes.front().object);
  if (!command.stopAfter.empty() || command.emit == "mlir")
    return writeText(command.output, printModule(result.llvmModule ? *result.llvmModule : *result.module,
                                                 /*isWhole=*/command.output != "-"));
  if (command.emit == "llvm" || command.emit == "asm") {
    FailureOr<std::string> text = command.emit == "llvm" ? weft::emitLLVMIR(*result.llvmModule, level)
                                                         : weft::emitAssembly(*result.llvmModule, level);
    return failed(text) ? int(kFailed) : writeText(command.output, *text);
  }
  if (command.emit == "obj" || command.emit == "so")
    return writeEmbedded(command, result, level);
  llvm::Expected<uint64_t> bytes = weft::writeArtifact(result.artifact, command.output);
  if (!bytes) {
    llvm::errs() << "weftc: " << llvm::toString(bytes.takeError()) << "\n";
    return kFailed;
  }
  double seconds =
      secondsBefore + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!command.report.empty())
    if (int status = writeText(command.report, makeReport(command, result, *bytes, seconds)))
      return status;
  printSummary(command, result, *bytes, seconds);
  return kDone;
}

/// `typed`, where the last phase is told apart from the others: after it there is nothing to stop.
static CommandLine normalise(const CommandLine &typed) {
  CommandLine command = typed;
  if (command.stopAfter == weft::getPhaseName(weft::Phase::Artifact)) {
    command.stopAfter.clear();
    command.emit = "weft";
  }
  return command;
}

int runCompile(const CommandLine &typed) {
  if (!isOneOutput(typed)) {
    llvm::errs() << "weftc: --stop-after=" << typed.stopAfter << " and --emit=" << typed.emit
                 << " ask for different outputs; leave one of them out\n";
    return kWrongCommandLine;
  }
  CommandLine command = normalise(typed);
  if (int status = checkEmit(command))
    return status;
  if (int status = checkOutput(command))
    return status;
  bool isObject = command.stopAfter == "object";
  bool isText =
      !command.stopAfter.empty() || command.emit == "mlir" || command.emit == "llvm" || command.emit == "asm";
  if ((!isText || isObject) && command.output == "-" && ::isatty(STDOUT_FILENO)) {
    llvm::errs() << "weftc: an " << (isObject ? "object" : "artifact")
                 << " is no text for a terminal; name a file with -o\n";
    return kWrongCommandLine;
  }
  auto start = std::chrono::steady_clock::now();
  Session session(command);
  weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  if ((command.emit == "obj" || command.emit == "so") && command.stopAfter.empty() &&
      !options.import.dimBuckets.empty()) {
    llvm::errs()
        << "weftc: an object holds one entry, but lists of sizes in --dim ask for several; fix the dim "
           "(--dim NAME=SIZE), leave it open, or compile to an artifact (--emit=weft)\n";
    return kWrongCommandLine;
  }
  if (command.stopAfter.empty()) {
    if (command.emit == "mlir")
      options.stopAfter = weft::Phase::Graph;
    else if (command.emit == "llvm" || command.emit == "asm" || command.emit == "obj" || command.emit == "so")
      options.stopAfter = weft::Phase::LLVM;
  }
  FailureOr<weft::CompileResult> result =
      weft::compileModel(command.model, session.getContext(), options, session.getProgress());
  session.endProgress();
  if (failed(result)) {
    llvm::errs() << "weftc: '" << command.model << "' was not compiled: " << session.getNumErrors()
                 << (session.getNumErrors() == 1 ? " error\n" : " errors\n");
    return session.getFailure();
  }
  if (command.timePhases)
    printTimes(*result);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return writeResult(command, *result, options.levels.front(), seconds);
}
