// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks and writes what weftc puts out.
#include "Output.h"

#include "weft/Artifact/OutputFile.h"
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

int checkOutput(const CommandLine &command) {
  SmallVector<std::pair<std::string, const char *>> taken = {{command.model, "the model"}};
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
