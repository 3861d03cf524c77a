// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a person asked weftc to do.
#ifndef WEFT_TOOLS_WEFTC_COMMANDLINE_H
#define WEFT_TOOLS_WEFTC_COMMANDLINE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Exit statuses that scripts rely on.
enum ExitStatus { kDone = 0, kFailed = 1, kWrongCommandLine = 2 };

/// Options of all commands; each command reads the ones that it has.
struct CommandLine {
  std::string model;
  std::string output;
  std::vector<std::string> shapes, dims, bindings;
  std::optional<int64_t> batch;
  std::string cpu = "native";
  std::string target = "cpu";
  std::string math = "f32";
  std::string emit = "weft";
  bool isEmitGiven = false;
  std::string stopAfter;
  std::string dumpDirectory;
  unsigned jobs = 0;
  bool keepInputs = false;
  bool timePhases = false;
  bool json = false;
  bool remarks = false;
  bool quiet = false;
  std::string report;
  std::string cacheFolder;
  uint64_t cacheMebibytes = 1024;
  // explain
  bool measure = false;
  double seconds = 1;
  // verify
  std::string data;
  std::vector<std::string> inputs;
  std::optional<uint64_t> random;
  /// Without any of these: rtol 1e-3, atol 1e-7, and 1e-4 of the largest value.
  std::optional<double> rtol, atol, ofLargest;
  bool bisect = false;
  /// An option that was given of those that say how code is made; empty when none was.
  std::string codeOption;
  /// The command line as typed, without the names of files: recorded in the artifact.
  std::string flags;
  /// The command line as typed, the program's name first.
  std::vector<std::string> words;
};

int runCompile(const CommandLine &command);
int runCheck(const CommandLine &command);
int runVerify(const CommandLine &command);
int runExplain(const CommandLine &command);

/// Makes sure that all that was printed has arrived. Returns: `status`, or failure when it has not (a full
/// disk).
int finishOutput(int status);

#endif // WEFT_TOOLS_WEFTC_COMMANDLINE_H
