// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads artifacts through the runtime and times their kernels on random inputs.
#include "weft/Measure/Profile.h"

#include "weft_runtime.h"
#include "llvm/ADT/STLExtras.h"

#include <chrono>
#include <cstring>
#include <memory>
#include <random>
#include <unistd.h>

using namespace weft;

namespace {

struct ReleaseModule {
  void operator()(weft_module *module) const { weft_module_release(module); }
};
struct ReleaseSession {
  void operator()(weft_session *session) const { weft_session_release(session); }
};
using ModulePtr = std::unique_ptr<weft_module, ReleaseModule>;
using SessionPtr = std::unique_ptr<weft_session, ReleaseSession>;

llvm::Expected<ModulePtr> open(llvm::StringRef path, bool isInspectOnly) {
  weft_module_options options;
  weft_module_options_init(&options);
  options.inspect_only = isInspectOnly;
  weft_status status;
  weft_module *module = nullptr;
  if (weft_module_open(path.str().c_str(), &options, &module, &status))
    return llvm::createStringError(status.message);
  return ModulePtr(module);
}

weft_module_info infoOf(const weft_module *module) {
  weft_module_info info;
  memset(&info, 0, sizeof(info));
  info.struct_size = sizeof(info);
  weft_module_get_info(module, &info);
  return info;
}

std::vector<std::string> texts(const char *const *list, size_t count) {
  return std::vector<std::string>(list, list + count);
}

ArtifactValue describe(const weft_value_info &value) {
  ArtifactValue out;
  out.name = value.name;
  out.dataType = static_cast<uint8_t>(value.dtype);
  out.kind = static_cast<ValueKind>(value.kind);
  out.item = static_cast<ValueKind>(value.item);
  out.isAnyRank = value.any_rank != 0;
  for (uint32_t d = 0; d < value.rank; ++d) {
    const weft_dim_info &dim = value.dims[d];
    out.dims.push_back({dim.size, dim.symbol ? dim.symbol : "", dim.min, dim.max});
  }
  return out;
}

/// Inputs of a run and the memory behind them.
struct RandomInputs {
  std::vector<std::vector<int64_t>> dims;
  std::vector<std::vector<char>> data;
  std::vector<weft_value_view> views;
};

/// Sizes of every dim: what `sizes` says, what follows from it, else 1.
void chooseDims(const weft_module *module, const weft_entry_info &entry,
                const llvm::StringMap<int64_t> &sizes, RandomInputs &inputs) {
  std::vector<int64_t *> rows;
  for (size_t i = 0; i < entry.input_count; ++i) {
    std::vector<int64_t> dims(entry.inputs[i].rank, -1);
    for (uint32_t d = 0; d < entry.inputs[i].rank; ++d)
      if (const char *symbol = entry.inputs[i].dims[d].symbol)
        if (auto known = sizes.find(symbol); known != sizes.end())
          dims[d] = known->second;
    inputs.dims.push_back(std::move(dims));
  }
  for (std::vector<int64_t> &dims : inputs.dims)
    rows.push_back(dims.data());
  for (bool isComplete = false; !isComplete;) {
    weft_module_complete_dims(module, 0, rows.data(), nullptr);
    isComplete = true;
    for (size_t i = 0; i < inputs.dims.size() && isComplete; ++i)
      if (auto free = llvm::find(inputs.dims[i], -1); free != inputs.dims[i].end()) {
        *free = std::max<int64_t>(1, entry.inputs[i].dims[free - inputs.dims[i].begin()].min);
        isComplete = false;
      }
  }
}

/// Normal numbers for floats, small non-negative ones for integers.
void fill(weft_value_view &view, std::mt19937_64 &engine) {
  std::normal_distribution<float> normal;
  uint64_t count = view.tensor.bytes * 8 / std::max<uint32_t>(1, weft_dtype_bits(view.tensor.dtype));
  auto *bytes = static_cast<char *>(view.tensor.data);
  for (uint64_t i = 0; i < count; ++i) {
    float number = normal(engine);
    auto put = [&](auto value) { memcpy(bytes + i * sizeof(value), &value, sizeof(value)); };
    switch (view.tensor.dtype) {
    case WEFT_FLOAT32:
      put(number);
      break;
    case WEFT_FLOAT64:
      put(static_cast<double>(number));
      break;
    case WEFT_INT64:
    case WEFT_UINT64:
      put(static_cast<int64_t>(engine() % 4));
      break;
    case WEFT_INT32:
    case WEFT_UINT32:
      put(static_cast<int32_t>(engine() % 4));
      break;
    case WEFT_BOOL:
      put(static_cast<char>(engine() % 2));
      break;
    default:
      // Zeros: of the other types the values do not change the time.
      return;
    }
  }
}

/// The system may promise more memory than there is, and end the program when it is used.
uint64_t installedBytes() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

llvm::Error makeInputs(const weft_module *module, const weft_entry_info &entry,
                       const llvm::StringMap<int64_t> &sizes, RandomInputs &inputs) {
  chooseDims(module, entry, sizes, inputs);
  std::mt19937_64 engine(1);
  for (size_t i = 0; i < entry.input_count; ++i) {
    const weft_value_info &info = entry.inputs[i];
    if (info.kind != WEFT_TENSOR || info.dtype == WEFT_STRING)
      return llvm::createStringError("input '%s' is no tensor of numbers: it cannot be filled", info.name);
    uint64_t bits = weft_dtype_bits(info.dtype);
    bool fits = true;
    for (int64_t dim : inputs.dims[i])
      fits = fits && !__builtin_mul_overflow(bits, static_cast<uint64_t>(dim), &bits);
    if (!fits || bits / 8 > installedBytes())
      return llvm::createStringError("there is no memory for input '%s' at the sizes of --dim", info.name);
    inputs.data.emplace_back((bits + 7) / 8 + 1);
    weft_value_view view;
    memset(&view, 0, sizeof(view));
    view.kind = WEFT_TENSOR;
    view.tensor = {inputs.data.back().data(), (bits + 7) / 8, 0, info.dtype, info.rank,
                   inputs.dims[i].data()};
    fill(view, engine);
    inputs.views.push_back(view);
  }
  return llvm::Error::success();
}

} // namespace

llvm::Expected<ArtifactDescription> weft::readArtifact(llvm::StringRef path) {
  llvm::Expected<ModulePtr> module = open(path, /*isInspectOnly=*/true);
  if (!module)
    return module.takeError();
  weft_module_info info = infoOf(module->get());
  ArtifactDescription out;
  out.compiler = info.compiler;
  out.model = info.model;
  out.constantBytes = info.weights_bytes;
  out.hostNodes = info.host_nodes;
  out.runtimeNodes = info.runtime_nodes;
  out.abiVersion = info.abi_version;
  out.keepDenormals = info.keeps_denormals != 0;
  for (size_t e = 0; e < info.entry_count; ++e) {
    const weft_entry_info &from = info.entries[e];
    ArtifactEntry &entry = out.entries.emplace_back();
    entry.name = from.name;
    entry.arenaBytes = static_cast<int64_t>(from.arena_bytes);
    for (size_t i = 0; i < from.input_count; ++i)
      entry.inputs.push_back(describe(from.inputs[i]));
    for (size_t i = 0; i < from.output_count; ++i)
      entry.outputs.push_back(describe(from.outputs[i]));
    entry.alias.assign(from.aliases, from.aliases + from.output_count);
    for (size_t i = 0; i < from.size_count; ++i)
      entry.sizes.emplace_back(from.sizes[i].name, from.sizes[i].size);
    entry.kernelBegin = static_cast<int32_t>(from.kernel_begin);
    entry.kernelCount = static_cast<int32_t>(from.kernel_count);
  }
  for (size_t i = 0; i < info.kernel_count; ++i) {
    const weft_kernel_info &from = info.kernels[i];
    ArtifactKernel kernel;
    kernel.name = from.name;
    kernel.kind = from.kind;
    kernel.nodes = texts(from.nodes, from.node_count);
    kernel.flops = from.flops ? std::to_string(from.flops) : from.flops_expr;
    kernel.bytes = from.bytes ? std::to_string(from.bytes) : from.bytes_expr;
    kernel.schedule = from.schedule;
    kernel.notes = texts(from.notes, from.note_count);
    out.kernels.push_back(std::move(kernel));
  }
  for (size_t i = 0; i < info.level_count; ++i)
    out.codes.push_back({info.levels[i].arch, info.levels[i].level,
                         texts(info.levels[i].features, info.levels[i].feature_count), ""});
  out.messages = texts(info.messages, info.message_count);
  for (size_t i = 0; i < info.metadata_count; ++i) {
    out.metadata.push_back(info.metadata[i].key);
    out.metadata.push_back(info.metadata[i].value);
  }
  return out;
}

llvm::Expected<std::vector<KernelTime>>
weft::profileArtifact(llvm::StringRef path, const llvm::StringMap<int64_t> &sizes, double seconds) {
  llvm::Expected<ModulePtr> module = open(path, /*isInspectOnly=*/false);
  if (!module)
    return module.takeError();
  weft_module_info info = infoOf(module->get());
  const weft_entry_info &entry = info.entries[0];
  RandomInputs inputs;
  if (llvm::Error error = makeInputs(module->get(), entry, sizes, inputs))
    return std::move(error);
  weft_session_options options;
  weft_session_options_init(&options);
  options.threads = 1;
  weft_status status;
  weft_session *created = nullptr;
  if (weft_session_create(module->get(), &options, &created, &status))
    return llvm::createStringError(status.message);
  SessionPtr session(created);
  std::vector<weft_value_view> outputs(entry.output_count);
  // The first run is not counted: it allocates.
  auto start = std::chrono::steady_clock::now();
  for (uint64_t runs = 0;; ++runs) {
    for (weft_value_view &view : outputs)
      memset(&view, 0, sizeof(view));
    if (runs == 1 && weft_session_profile(session.get(), 1, &status))
      return llvm::createStringError(status.message);
    if (weft_session_run(session.get(), 0, inputs.views.data(), inputs.views.size(), outputs.data(),
                         outputs.size(), &status))
      return llvm::createStringError(status.message);
    if (runs == 0)
      start = std::chrono::steady_clock::now();
    else if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() >= seconds)
      break;
  }
  weft_kernel_profile total;
  weft_session_run_profile(session.get(), &total);
  std::vector<KernelTime> times(info.kernel_count);
  for (uint32_t k = 0; k < info.kernel_count; ++k) {
    weft_kernel_profile profile;
    weft_session_kernel_profile(session.get(), k, &profile);
    weft_session_kernel_work(session.get(), k, &times[k].flops, &times[k].bytes);
    times[k].calls =
        static_cast<double>(profile.calls) / static_cast<double>(std::max<uint64_t>(1, total.calls));
    if (profile.calls)
      times[k].nsPerCall = static_cast<double>(profile.total_ns) / static_cast<double>(profile.calls);
  }
  return times;
}
