// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the command lines of `weft` say, and the commands themselves.
#ifndef WEFT_TOOLS_WEFT_OPTIONS_H
#define WEFT_TOOLS_WEFT_OPTIONS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weft::tool {

/// Exit statuses of every command.
enum ExitStatus : int { Done = 0, Failed = 1, BadCommandLine = 2 };

/// Options that open an artifact.
struct OpenOptions {
  std::string artifact;
  std::string maxIsa;          // empty: no limit
  std::string device = "auto"; // auto, cpu, cuda, emulate
  bool isHeaderOnly = false;   // trust the weights' checksums
  uint32_t threads = 0;        // 0: as many as there are
  std::string entry;           // empty: the one that fits the inputs
};

/// Options that give inputs.
struct InputOptions {
  std::vector<std::string> inputs; // NAME=FILE.npy
  std::vector<std::string> shapes; // NAME=1x3x224x224
  std::vector<std::string> dims;   // NAME=128: size of a symbol
  std::optional<uint64_t> random;  // seed
  bool isRaw = false;
};

struct RunOptions {
  OpenOptions open;
  InputOptions in;
  std::vector<std::string> outputs; // NAME or NAME=FILE.npy
  uint32_t repeat = 1;
  bool hasStats = false;
};

struct BenchOptions {
  OpenOptions open;
  InputOptions in;
  double seconds = 3;
  uint32_t clients = 1;
  bool isJson = false, hasProfile = false;
  std::string traceFile;
};

struct InspectOptions {
  std::string artifact;
  bool isJson = false, isDump = false, isHeaderOnly = false;
};

ExitStatus runCommand(const RunOptions &options);
ExitStatus benchCommand(const BenchOptions &options);
ExitStatus inspectCommand(const InspectOptions &options);

/// The most physical memory that this process has used, in bytes.
uint64_t peakResidentBytes();

/// Prints "weft: error: <message>" on stderr. Returns: `status`.
ExitStatus report(ExitStatus status, const std::string &message);

} // namespace weft::tool

#endif // WEFT_TOOLS_WEFT_OPTIONS_H
