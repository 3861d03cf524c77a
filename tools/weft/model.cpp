// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opens artifacts for the commands and describes them in words.

#include "model.h"

#include <cstdio>
#include <cstring>
#include <sys/stat.h>

namespace weft::tool {

ExitStatus report(ExitStatus status, const std::string &message) {
  fprintf(stderr, "weft: error: %s\n", message.c_str());
  return status;
}

uint64_t peakResidentBytes() {
  // Not getrusage: its maximum starts with what the parent process had when it forked.
  FILE *file = fopen("/proc/self/status", "re");
  char line[256];
  unsigned long long kilobytes = 0;
  while (file && fgets(line, sizeof(line), file) && sscanf(line, "VmHWM: %llu", &kilobytes) != 1) {
  }
  if (file)
    fclose(file);
  return kilobytes * 1024;
}

ExitStatus openModel(const OpenOptions &options, Model &out) {
  if (options.device == "cuda" || options.device == "emulate")
    return report(Failed, "'" + options.artifact + "' cannot run on device '" + options.device +
                              "': this runtime has no driver for it. Use --device=cpu.");
  weft_module_options open;
  weft_module_options_init(&open);
  open.verify = options.isHeaderOnly ? WEFT_VERIFY_HEADER : WEFT_VERIFY_ALL;
  open.max_isa = options.maxIsa.empty() ? nullptr : options.maxIsa.c_str();
  weft_status status;
  weft_module *module = nullptr;
  if (weft_code code = weft_module_open(options.artifact.c_str(), &open, &module, &status))
    return report(code == WEFT_CALLER_ARGUMENT ? BadCommandLine : Failed, status.message);
  out.module.reset(module);
  out.info.struct_size = sizeof(out.info);
  weft_module_get_info(module, &out.info);
  out.isEntryOpen = options.entry.empty() && out.info.entry_count > 1;
  if (options.entry.empty())
    return Done;
  for (out.entry = 0; out.entry < out.info.entry_count; ++out.entry)
    if (options.entry == out.signature().name)
      return Done;
  std::string names;
  for (size_t i = 0; i < out.info.entry_count; ++i)
    names += std::string(i ? ", '" : "'") + out.info.entries[i].name + "'";
  return report(BadCommandLine,
                "The artifact has no entry '" + options.entry + "'. Its entries are: " + names + ".");
}

ExitStatus createSession(const Model &model, uint32_t threads, SessionPtr &out) {
  weft_session_options options;
  weft_session_options_init(&options);
  options.threads = threads;
  weft_status status;
  weft_session *session = nullptr;
  if (weft_session_create(model.module.get(), &options, &session, &status))
    return report(Failed, status.message);
  out.reset(session);
  return Done;
}

int splitArgument(const std::string &argument, const weft_value_info *values, size_t count, std::string &rest,
                  bool &hasRest) {
  int found = -1;
  size_t longest = 0;
  // Positions count only where no name fits: a value may be called "@1".
  for (bool isByPosition : {false, true})
    for (size_t i = 0; i < count && !(isByPosition && longest > 0); ++i) {
      std::string name = isByPosition ? "@" + std::to_string(i) : values[i].name;
      bool fits = argument.compare(0, name.size(), name) == 0 &&
                  (argument.size() == name.size() || argument[name.size()] == '=');
      if (fits && name.size() > longest) {
        found = static_cast<int>(i);
        longest = name.size();
      }
    }
  hasRest = found >= 0 && argument.size() > longest;
  rest = hasRest ? argument.substr(longest + 1) : std::string();
  return found;
}

std::string unknownName(const std::string &argument) { return argument.substr(0, argument.find('=')); }

bool isFolder(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::string describeValue(const weft_value_info &value) {
  std::string text = value.kind == WEFT_SEQUENCE   ? "sequence of "
                     : value.item == WEFT_SEQUENCE ? "optional sequence of "
                     : value.kind == WEFT_OPTIONAL ? "optional "
                                                   : "";
  text += std::string(weft_dtype_name(value.dtype)) + " [";
  text += value.any_rank ? "..." : "";
  for (uint32_t d = 0; d < value.rank; ++d) {
    const weft_dim_info &dim = value.dims[d];
    text += d ? ", " : "";
    text += dim.size >= 0 ? std::to_string(dim.size) : dim.symbol ? dim.symbol : "?";
  }
  return text + "]";
}

std::string describeDims(const int64_t *dims, uint32_t rank) {
  if (rank == 0)
    return "scalar";
  std::string text;
  for (uint32_t d = 0; d < rank; ++d)
    text += (d ? "x" : "") + std::to_string(dims[d]);
  return text;
}

std::string describeSignature(const weft_entry_info &entry) {
  std::string text;
  for (size_t i = 0; i < entry.input_count; ++i)
    text += "  input  @" + std::to_string(i) + " '" + entry.inputs[i].name + "' " +
            describeValue(entry.inputs[i]) + "\n";
  for (size_t i = 0; i < entry.output_count; ++i)
    text += "  output @" + std::to_string(i) + " '" + entry.outputs[i].name + "' " +
            describeValue(entry.outputs[i]) + "\n";
  return text;
}

std::string describeBytes(uint64_t bytes) {
  // Powers of 1000, as weftc says them.
  char text[32];
  auto value = static_cast<double>(bytes);
  if (bytes < 1000)
    snprintf(text, sizeof(text), "%llu B", static_cast<unsigned long long>(bytes));
  else if (value < 1e6)
    snprintf(text, sizeof(text), "%.1f KB", value / 1e3);
  else if (value < 1e9)
    snprintf(text, sizeof(text), "%.1f MB", value / 1e6);
  else
    snprintf(text, sizeof(text), "%.2f GB", value / 1e9);
  return text;
}

} // namespace weft::tool
