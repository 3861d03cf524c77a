// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An opened artifact and the values that go in and out of it.
#ifndef WEFT_TOOLS_WEFT_MODEL_H
#define WEFT_TOOLS_WEFT_MODEL_H

#include "npy.h"
#include "options.h"

#include <deque>

namespace weft::tool {

struct ReleaseModule {
  void operator()(weft_module *module) const { weft_module_release(module); }
};
struct ReleaseSession {
  void operator()(weft_session *session) const { weft_session_release(session); }
};
using ModulePtr = std::unique_ptr<weft_module, ReleaseModule>;
using SessionPtr = std::unique_ptr<weft_session, ReleaseSession>;

/// A module with its tables.
struct Model {
  ModulePtr module;
  weft_module_info info{};
  uint32_t entry = 0;
  bool isEntryOpen = false; // the inputs decide; `entry` stands in until they are there
  const weft_entry_info &signature() const { return info.entries[entry]; }
};

/// Opens the artifact and finds the entry and device. Prints what is wrong.
ExitStatus openModel(const OpenOptions &options, Model &out);
ExitStatus createSession(const Model &model, uint32_t threads, SessionPtr &out);

/// The inputs of a run with the memory behind them.
struct Inputs {
  std::vector<weft_value_view> views;
  std::deque<Array> arrays; // addresses are stable
  std::deque<std::vector<weft_string_view>> strings;
  std::deque<std::vector<weft_value_view>> sequences;
};

/// Whether `-i` reads an input from the file that `path` names: writing there would destroy it.
bool isInput(const InputOptions &options, const weft_entry_info &entry, const std::string &path);

/// Reads, checks and fills the inputs. With `isFilling` (or --random), inputs that were not given are filled
/// with random numbers, and dims that nothing determines are 1. Settles `model.entry` where the inputs decide
/// it. Prints what is wrong, and what was chosen.
ExitStatus gatherInputs(Model &model, const InputOptions &options, bool isFilling, Inputs &out);

/// Splits "NAME=REST" by the longest of `names` that the argument starts with; "@0" names by position.
/// Without "=REST", `rest` stays empty and `hasRest` false.
///
/// Returns: the position, or -1 when no name fits.
int splitArgument(const std::string &argument, const weft_value_info *values, size_t count, std::string &rest,
                  bool &hasRest);
/// What a "NAME=REST" whose name is not known calls it: the text before the first "=".
std::string unknownName(const std::string &argument);

bool isFolder(const std::string &path);

/// "float32 [batch, 3, 224, 224]", also for values of other kinds.
std::string describeValue(const weft_value_info &value);
/// "1x3x224x224"; "scalar" for rank 0.
std::string describeDims(const int64_t *dims, uint32_t rank);
/// One line per input and output.
std::string describeSignature(const weft_entry_info &entry);
/// "3.4 MB".
std::string describeBytes(uint64_t bytes);

} // namespace weft::tool

#endif // WEFT_TOOLS_WEFT_MODEL_H
