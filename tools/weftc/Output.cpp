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

int checkOutput(const CommandLine &command) {
  auto refuse = [&](ExitStatus status, const Twine &reason) {
    errs() << "weftc: cannot write '" << command.output << "': " << reason << "\n";
    return status;
  };
  StringRef output = command.output;
  if (output == "-")
    return command.json ? refuse(kWrongCommandLine, "standard output takes the summary of --json") : kDone;
  if (output.empty())
    return refuse(kWrongCommandLine, "it is no name; name a file with -o");
  if (sys::fs::is_directory(output))
    return refuse(kWrongCommandLine, "it is a folder; name a file in it");
  bool isModel = false;
  if (!sys::fs::equivalent(output, command.model, isModel) && isModel)
    return refuse(kWrongCommandLine, "it is the model; name another file");
  SmallString<128> folder(output);
  sys::path::remove_filename(folder);
  if (!folder.empty() && !sys::fs::is_directory(folder))
    return refuse(kFailed, "there is no folder '" + folder + "'");
  return kDone;
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
