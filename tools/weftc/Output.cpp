// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks and writes what weftc puts out.
#include "Output.h"

#include "weft/Artifact/OutputFile.h"
#include "weft/Artifact/Recognize.h"
#include "weft/Driver/Driver.h"
#include "weft/Import/ExternalData.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

/// Whether two names mean one file, which need not exist.
static bool isSameFile(StringRef a, StringRef b) {
  bool isSame = false;
  if (!sys::fs::equivalent(a, b, isSame))
    return isSame;
  SmallString<128> paths[] = {a, b};
  for (SmallString<128> &path : paths) {
    sys::fs::make_absolute(path);
    sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  }
  return paths[0] == paths[1];
}

/// Whether making `folder` makes `file` a folder: it is that folder or lies above it.
static bool isAtOrAbove(StringRef file, StringRef folder) {
  SmallString<128> path(folder);
  sys::fs::make_absolute(path);
  sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  for (StringRef part = path; !part.empty(); part = sys::path::parent_path(part))
    if (isSameFile(file, part))
      return true;
  return false;
}

/// Whether `--dump-dir` writes a file of this name: the number and name of a phase, in that folder.
static bool isDump(const CommandLine &command, StringRef file) {
  if (command.dumpDirectory.empty())
    return false;
  SmallString<128> path(file);
  sys::fs::make_absolute(path);
  StringRef name = sys::path::filename(path);
  size_t digits = name.find_first_not_of("0123456789");
  if (digits == StringRef::npos || digits < 2 || !name.substr(digits).starts_with("-") ||
      !isSameFile(sys::path::parent_path(path), command.dumpDirectory))
    return false;
  StringRef phase = name.substr(digits + 1);
  return weft::parsePhase(phase.take_until([](char c) { return c == '-' || c == '.'; })).has_value();
}

int checkOutput(const CommandLine &command) {
  SmallVector<std::pair<std::string, const char *>> taken = {{command.model, "the model"}};
  // Only what is there can be lost; an artifact of before is meant to be. Large models are not read twice
  // then.
  bool mayReplace = llvm::any_of(ArrayRef<StringRef>{command.output, command.report}, [](StringRef file) {
    return sys::fs::is_regular_file(file) && !weft::isArtifact(file);
  });
  if (mayReplace && StringRef(command.model).ends_with(".onnx"))
    for (std::string &path : weft::listExternalFiles(command.model))
      taken.emplace_back(std::move(path), "external data of the model");
  SmallString<128> realModel;
  if (isDump(command, command.model) ||
      (!sys::fs::real_path(command.model, realModel) && isDump(command, realModel))) {
    errs() << "weftc: cannot write into '" << command.dumpDirectory << "': the model '" << command.model
           << "' is one of the files that --dump-dir writes there; name another folder\n";
    return kWrongCommandLine;
  }
  auto check = [&](StringRef output, const char *what) -> int {
    auto refuse = [&](ExitStatus status, const Twine &reason) {
      errs() << "weftc: cannot write '" << output << "': " << reason << "\n";
      return int(status);
    };
    if (output.empty())
      return refuse(kWrongCommandLine, "it is no name; name a file with -o");
    // What remains of `-o=model.weft`.
    if (output.starts_with("="))
      return refuse(kWrongCommandLine, "leave out the '='; a file of that name is './" + output + "'");
    if (sys::fs::is_directory(output))
      return refuse(kWrongCommandLine, "it is a folder; name a file in it");
    for (auto &[other, role] : taken)
      if (isSameFile(output, other))
        return refuse(kWrongCommandLine, Twine("it is ") + role + "; name another file");
    if (!command.cacheFolder.empty() && isAtOrAbove(output, command.cacheFolder))
      return refuse(kWrongCommandLine, "it would become a folder for --cache-dir; name another file");
    if (!command.dumpDirectory.empty() && isAtOrAbove(output, command.dumpDirectory))
      return refuse(kWrongCommandLine, "it would become a folder for --dump-dir; name another file");
    if (isDump(command, output))
      return refuse(kWrongCommandLine, "--dump-dir writes a file of that name; name another file");
    SmallString<128> folder(output);
    sys::path::remove_filename(folder);
    if (!folder.empty() && !sys::fs::is_directory(folder))
      return refuse(kFailed, "there is no folder '" + folder + "'");
    taken.emplace_back(output, what);
    return kDone;
  };
  if (sys::fs::exists(command.dumpDirectory) && !sys::fs::is_directory(command.dumpDirectory)) {
    errs() << "weftc: cannot write into '" << command.dumpDirectory << "': it is no folder\n";
    return kWrongCommandLine;
  }
  if (command.output == "-" && command.json) {
    errs() << "weftc: cannot write '-': standard output takes the summary of --json\n";
    return kWrongCommandLine;
  }
  if (command.output != "-")
    if (int status = check(command.output, "the output"))
      return status;
  if (std::string header = getHeaderPath(command); !header.empty())
    if (int status = check(header, "the header that comes with the output"))
      return status;
  if (command.report == "-") {
    errs() << "weftc: cannot write the report '-': it is no name of a file\n";
    return kWrongCommandLine;
  }
  return command.report.empty() ? int(kDone) : check(command.report, "the report");
}

std::string getHeaderPath(const CommandLine &command) {
  bool hasHeader = (command.emit == "obj" || command.emit == "so") && command.stopAfter.empty();
  if (!hasHeader || command.output == "-")
    return "";
  SmallString<128> path(command.output);
  sys::path::replace_extension(path, ".h");
  return path.str().str();
}

int writeText(StringRef output, StringRef text) {
  Error error = weft::writeOutputFile(output, [&](raw_ostream &os) { os << text; });
  if (!error)
    return kDone;
  errs() << "weftc: " << toString(std::move(error)) << "\n";
  return kFailed;
}

int finishOutput(int status) {
  outs().flush();
  std::error_code error = outs().error();
  // Pending errors would end the program in the streams' destructors.
  outs().clear_error();
  if (error)
    errs() << "weftc: cannot write the output: " << error.message() << "\n";
  errs().clear_error();
  return error && status == kDone ? int(kFailed) : status;
}
