// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Diagnostics, options and progress of a weftc command.
#include "Session.h"
#include "dialects/Weft/IR/OptionProblem.h"
#include "weft/Artifact/Recognize.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <system_error>
#include <unistd.h>

using namespace mlir;

/// The ONNX node (or file position) that a location stands for; empty when it stands for nothing.
static std::string describeLocation(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return "node '" + name.getName().str() + "'";
  if (auto file = dyn_cast<FileLineColLoc>(location)) {
    // Line 0 is the file as a whole.
    if (file.getLine() == 0)
      return "'" + file.getFilename().str() + "'";
    return llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(), file.getLine(), file.getColumn())
        .str();
  }
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      if (std::string text = describeLocation(part); !text.empty())
        return text;
  }
  if (auto call = dyn_cast<CallSiteLoc>(location)) {
    std::string callee = describeLocation(call.getCallee()), caller = describeLocation(call.getCaller());
    return caller.empty() ? callee : callee + " called from " + caller;
  }
  return "";
}

/// The importer's messages begin with node, operator and opset: the node is not said a second time before it.
static void dropRepeatedNode(Location location, std::string &where, std::string &text) {
  auto call = dyn_cast<CallSiteLoc>(location);
  auto name = dyn_cast<NameLoc>(call ? call.getCallee() : location);
  if (!name || !llvm::StringRef(text).starts_with("node '" + name.getName().str() + "'"))
    return;
  std::string caller = call ? describeLocation(call.getCaller()) : "";
  if (!caller.empty())
    text += ", in the function called from " + caller;
  where.clear();
}

/// A diagnostic as a line of text, and one per note.
static std::string describeDiagnostic(const Diagnostic &diagnostic) {
  std::string lines;
  llvm::raw_string_ostream os(lines);
  llvm::StringRef severity = diagnostic.getSeverity() == DiagnosticSeverity::Error     ? "error"
                             : diagnostic.getSeverity() == DiagnosticSeverity::Warning ? "warning"
                             : diagnostic.getSeverity() == DiagnosticSeverity::Remark  ? "remark"
                                                                                       : "note";
  std::string where = describeLocation(diagnostic.getLocation()), text = diagnostic.str();
  dropRepeatedNode(diagnostic.getLocation(), where, text);
  os << severity << ": " << where << (where.empty() ? "" : ": ") << text << "\n";
  for (const Diagnostic &note : diagnostic.getNotes()) {
    std::string place = describeLocation(note.getLocation());
    os << "  note: " << (place == where || place.empty() ? "" : place + ": ") << note.str() << "\n";
  }
  return lines;
}

Session::Session(const CommandLine &command) : command(command), crashText(describeFault()) {
  llvm::setBugReportMsg(crashText.c_str());
  llvm::EnablePrettyStackTrace();
  llvm::sys::PrintStackTraceOnErrorSignal(command.words.front());
  // A file that grows over a limit is an error to report, but LLVM takes it for a crash.
  std::signal(SIGXFSZ, SIG_IGN);
  ::weft::registerCompilerDialects(registry);
  context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  if (command.jobs != 1) {
    threads = std::make_unique<llvm::DefaultThreadPool>(llvm::hardware_concurrency(command.jobs));
    context->setThreadPool(*threads);
  }
  context->printOpOnDiagnostic(false);
  context->loadAllAvailableDialects();
  context->getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Remark && !this->command.remarks)
      return success();
    std::string text = describeDiagnostic(diagnostic);
    if (diagnostic.getSeverity() == DiagnosticSeverity::Warning) {
      // A model is read once per entry, and by check twice; what is worth knowing stays the same.
      if (llvm::is_contained(warnings, text))
        return success();
      warnings.push_back(text);
      if (this->command.quiet)
        return success();
    }
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
      ++numErrors;
      errors.push_back(text);
      hasWrongOption |= mlir::weft::isOfOption(diagnostic);
      // The second is MLIR's: an op that no pass gave a form that the next phase takes.
      hasFault |= llvm::StringRef(text).contains("internal: ") ||
                  llvm::StringRef(text).contains("failed to legalize");
    }
    endProgress();
    llvm::errs() << text;
    return success();
  });
}

Session::~Session() {
  endProgress();
  context.reset();
  llvm::setBugReportMsg("");
  if (hasFault)
    llvm::errs() << crashText;
}

std::string quoteCommand(llvm::ArrayRef<std::string> words) {
  constexpr llvm::StringLiteral plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  std::string line;
  for (const std::string &word : words) {
    line += line.empty() ? "" : " ";
    if (!word.empty() && llvm::StringRef(word).find_first_not_of(plain) == llvm::StringRef::npos) {
      line += word;
      continue;
    }
    line += "'";
    for (char c : word)
      line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += "'";
  }
  return line;
}

std::string Session::describeFault() const {
  std::vector<std::string> words = command.words;
  // Compilations can show their work: the last file is what went into the phase that failed.
  bool hasFiles = !command.output.empty();
  if (hasFiles && command.dumpDirectory.empty())
    words.push_back("--dump-dir=weft-fault");
  return (llvm::Twine("weftc: this is a fault of Weft's, not of the model; please report it with the model "
                      "and what this "
                      "command prints") +
          (hasFiles ? " and writes into the folder of --dump-dir" : "") + ":\n  " + quoteCommand(words) +
          "\n")
      .str();
}

static int wrong(const llvm::Twine &message) {
  llvm::errs() << "weftc: " << message << "\n";
  return kWrongCommandLine;
}

/// `--cpu=`: a list of level names, "native", or "portable"; best level first.
static int parseLevels(llvm::StringRef text, std::vector<::weft::TargetLevel> &levels) {
  llvm::SmallVector<llvm::StringRef> names;
  if (text == "portable")
    names = {"x86-64-v4", "x86-64-v3", "x86-64-v2"};
  else
    text.split(names, ',');
  for (llvm::StringRef name : names) {
    std::string full = name.starts_with("v") ? ("x86-64-" + name).str() : name.str();
    std::optional<::weft::TargetLevel> level = ::weft::lookupTargetLevel(full);
    if (!level)
      return wrong("unknown instruction set '" + name + "' in --cpu; known are portable, " +
                   llvm::join(::weft::getTargetLevelNames(), ", ") + " (v3 is short for x86-64-v3)");
    if (llvm::any_of(levels, [&](const ::weft::TargetLevel &known) { return known.name == level->name; }))
      return wrong("instruction set '" + name + "' is listed twice in --cpu");
    levels.push_back(std::move(*level));
  }
  llvm::stable_sort(levels, [](const ::weft::TargetLevel &a, const ::weft::TargetLevel &b) {
    return a.required.size() > b.required.size();
  });
  return kDone;
}

/// An option that only the import of ONNX models can obey; empty when none is given.
static llvm::StringRef getImportOption(const CommandLine &command) {
  return !command.shapes.empty()     ? "--shape"
         : !command.dims.empty()     ? "--dim"
         : !command.bindings.empty() ? "--bind"
         : command.keepInputs        ? "--keep-inputs"
                                     : "";
}

int Session::fillOptions(::weft::CompileOptions &options) {
  std::string error;
  for (const std::string &shape : command.shapes)
    if (failed(::weft::addShapeOption(options.import, shape, error)))
      return wrong(error);
  for (const std::string &dim : command.dims)
    if (failed(::weft::addDimOption(options.import, dim, error)))
      return wrong(error);
  for (const std::string &binding : command.bindings)
    if (failed(::weft::addBindOption(options.import, binding, error)))
      return wrong(error);
  std::optional<::weft::MathMode> math = ::weft::parseMathMode(command.math, error);
  if (!math)
    return wrong(error);
  options.math = *math;
  options.import.keepInputs = command.keepInputs;
  options.batch = command.batch;
  options.threads = command.jobs;
  options.dumpDirectory = command.dumpDirectory;
  options.flags = command.flags;
  if (!command.cacheFolder.empty())
    options.cache = ::weft::CacheOptions{command.cacheFolder, command.cacheMebibytes << 20};
  if (!command.stopAfter.empty())
    options.stopAfter = *::weft::parsePhase(command.stopAfter);
  if (std::error_code error = llvm::sys::fs::access(command.model, llvm::sys::fs::AccessMode::Exist)) {
    llvm::errs() << "weftc: cannot read '" << command.model << "': "
                 << (error == std::errc::no_such_file_or_directory ? "no such file" : error.message())
                 << "\n";
    return kFailed;
  }
  if (!llvm::sys::fs::is_directory(command.model) && !::weft::hasEnd(command.model)) {
    llvm::errs() << "weftc: cannot read '" << command.model << "': expected a file or a pipe\n";
    return kFailed;
  }
  if (::weft::isArtifact(command.model))
    return wrong(
        "'" + command.model +
        "' is an artifact: it is compiled already; run it (weft run), measure it (weft bench), or see "
        "what it holds (weft inspect, weftc explain)");
  if (llvm::StringRef(command.model).ends_with(".mlir"))
    if (llvm::StringRef option = getImportOption(command); !option.empty())
      return wrong(option + " is about the import of ONNX models, but '" + command.model + "' is IR");
  if (int status = parseLevels(command.cpu, options.levels))
    return status;
  // Nobody asks the system for tiles where code is linked into a program.
  if (command.emit == "obj" || command.emit == "so")
    for (::weft::TargetLevel &level : options.levels)
      ::weft::removeTiles(level);
  return kDone;
}

::weft::ProgressFn Session::getProgress() {
  if (command.quiet || !::isatty(STDERR_FILENO))
    return {};
  return [this](::weft::Phase phase, llvm::StringRef detail) {
    llvm::errs() << "\r\033[K" << ::weft::getPhaseName(phase) << (detail.empty() ? "" : " ") << detail
                 << " ...";
    hasProgressLine = true;
  };
}

void Session::endProgress() {
  if (hasProgressLine)
    llvm::errs() << "\r\033[K";
  hasProgressLine = false;
}

llvm::json::Value toJson(llvm::StringRef text) { return llvm::json::fixUTF8(text); }

llvm::json::Value toJson(const std::vector<std::string> &texts) {
  llvm::json::Array array;
  for (const std::string &text : texts)
    array.push_back(llvm::json::fixUTF8(text));
  return array;
}

std::string formatCount(double count) {
  constexpr const char *units[] = {"", " k", " M", " G", " T", " P"};
  size_t unit = 0;
  for (; count >= 1000 && unit + 1 < std::size(units); ++unit)
    count /= 1000;
  return unit == 0 ? llvm::formatv("{0:f0}", count).str()
                   : llvm::formatv("{0:f1}{1}", count, units[unit]).str();
}

std::string formatBytes(uint64_t bytes) {
  if (bytes < 1000)
    return std::to_string(bytes) + " B";
  constexpr const char *units[] = {"KB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(units); ++unit)
    value /= 1000;
  return llvm::formatv("{0:f1} {1}", value, units[unit]).str();
}
