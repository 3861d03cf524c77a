// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns verified metadata into the plain tables of weft_module_info, and picks the code to use.

#include "cpu/cpu_features.h"
#include "module.h"
#include "status.h"

#include <cstdio>
#include <cstring>

namespace weft::rt {

namespace {

using Text = flatbuffers::String;
using TextList = flatbuffers::Vector<flatbuffers::Offset<Text>>;

const char *textOf(const Text *text) { return text ? text->c_str() : ""; }
template <typename T> uint32_t sizeOf(const T *list) { return list ? list->size() : 0; }

/// Copies metadata to the arena. Remembers running out of memory instead of returning it everywhere.
class Describer {
public:
  explicit Describer(weft_module &module) : arena(module.metadata) {}
  bool isComplete() const { return complete; }

  template <typename T> T *array(size_t count) {
    T *data = arena.array<T>(count);
    complete = complete && data;
    return data;
  }

  const char *const *texts(const TextList *list) {
    const char **out = array<const char *>(sizeOf(list));
    for (uint32_t i = 0; out && i < sizeOf(list); ++i)
      out[i] = list->Get(i)->c_str();
    return out;
  }

  const weft_value_info *values(const flatbuffers::Vector<flatbuffers::Offset<fb::Value>> *list) {
    weft_value_info *out = array<weft_value_info>(sizeOf(list));
    for (uint32_t i = 0; out && i < sizeOf(list); ++i) {
      const fb::Value &value = *list->Get(i);
      uint32_t rank = sizeOf(value.dims());
      weft_dim_info *dims = array<weft_dim_info>(rank);
      for (uint32_t d = 0; dims && d < rank; ++d) {
        const fb::Dim &dim = *value.dims()->Get(d);
        bool hasSymbol = dim.size() < 0 && dim.symbol() && dim.symbol()->size() > 0;
        dims[d] = {dim.size(), hasSymbol ? dim.symbol()->c_str() : nullptr, dim.min(), dim.max()};
      }
      out[i] = {value.name()->c_str(),
                static_cast<weft_kind>(value.kind()),
                static_cast<weft_dtype>(value.type()),
                rank,
                dims,
                static_cast<weft_kind>(value.item()),
                value.any_rank()};
    }
    return out;
  }

  void entry(const fb::Entry &from, weft_entry_info &to, SymbolPlan &plan) {
    to.name = from.name()->c_str();
    to.input_count = sizeOf(from.inputs());
    to.output_count = sizeOf(from.outputs());
    to.inputs = values(from.inputs());
    to.outputs = values(from.outputs());
    int32_t *aliases = array<int32_t>(to.output_count);
    for (uint32_t i = 0; aliases && i < to.output_count; ++i)
      aliases[i] = sizeOf(from.alias()) ? from.alias()->Get(i) : -1;
    to.aliases = aliases;
    to.arena_bytes = from.arena_bytes();
    to.size_count = sizeOf(from.sizes());
    auto *sizes = array<weft_size_info>(to.size_count);
    for (uint32_t i = 0; sizes && i < to.size_count; ++i)
      sizes[i] = {from.sizes()->Get(i)->name()->c_str(), from.sizes()->Get(i)->size()};
    to.sizes = sizes;
    complete = complete && planSymbols(to, arena, plan);
  }

  void level(const fb::Code &from, weft_level_info &to) {
    to.arch = from.arch()->c_str();
    to.level = from.level()->c_str();
    to.feature_count = sizeOf(from.features());
    to.features = texts(from.features());
    to.bytes = from.segment()->size();
    if (strcmp(to.arch, hostArch()) != 0) {
      to.missing = to.arch;
      return;
    }
    for (size_t i = 0; to.features && i < to.feature_count && !to.missing; ++i)
      if (!hasFeature(to.features[i]))
        to.missing = to.features[i];
  }

  /// Entry numbers, those with the most static sizes first; equal ones stay in the artifact's order.
  const uint32_t *entryOrder(const weft_module_info &info) {
    uint32_t *order = array<uint32_t>(info.entry_count);
    uint32_t *fixed = array<uint32_t>(info.entry_count);
    for (uint32_t i = 0; complete && i < info.entry_count; ++i) {
      const weft_entry_info &entry = info.entries[i];
      for (size_t k = 0; k < entry.input_count; ++k)
        for (uint32_t d = 0; d < entry.inputs[k].rank; ++d)
          fixed[i] += entry.inputs[k].dims[d].size >= 0;
      uint32_t place = i;
      for (; place > 0 && fixed[order[place - 1]] < fixed[i]; --place)
        order[place] = order[place - 1];
      order[place] = i;
    }
    return order;
  }

private:
  MetadataArena &arena;
  bool complete = true;
};

bool needsTiles(const weft_level_info &level) {
  for (size_t i = 0; i < level.feature_count; ++i)
    if (strncmp(level.features[i], "amx-", 4) == 0)
      return true;
  return false;
}

/// Whether `level` is allowed under the psABI level `maxIsa`.
bool isWithin(const weft_level_info &level, const char *maxIsa) {
  for (size_t i = 0; i < level.feature_count; ++i)
    if (!levelIncludes(maxIsa, level.features[i]))
      return false;
  return true;
}

/// Lists what each level lacks: "native (avx512f), x86-64-v3 (avx2)".
void listLevels(const weft_module_info &info, const char *maxIsa, char *out, size_t size) {
  size_t used = 0;
  out[0] = '\0';
  for (size_t i = 0; i < info.level_count && used < size; ++i) {
    const weft_level_info &level = info.levels[i];
    int written = snprintf(out + used, size - used, "%s%s (%s%s)", i ? ", " : "", level.level,
                           level.missing ? "needs " : "above ", level.missing ? level.missing : maxIsa);
    used += static_cast<size_t>(written);
  }
}

void describeEntries(weft_module &module, Describer &describe) {
  const fb::Artifact &root = *module.root;
  weft_module_info &info = module.info;
  info.entry_count = root.entries()->size();
  auto *entries = describe.array<weft_entry_info>(info.entry_count);
  module.plans = describe.array<SymbolPlan>(info.entry_count);
  for (uint32_t i = 0; describe.isComplete() && i < info.entry_count; ++i) {
    const fb::Entry &from = *root.entries()->Get(i);
    describe.entry(from, entries[i], module.plans[i]);
    entries[i].kernel_begin = static_cast<size_t>(from.kernel_begin());
    entries[i].kernel_count = from.kernel_count() < 0 ? sizeOf(root.kernels()) - entries[i].kernel_begin
                                                      : static_cast<size_t>(from.kernel_count());
    if (module.plans[i].slotCount > module.maxSlots)
      module.maxSlots = module.plans[i].slotCount;
  }
  info.entries = entries;
  module.programs = describe.array<weft_entry_fn>(info.entry_count);
  module.entryOrder = describe.entryOrder(info);
}

void describeKernels(weft_module &module, Describer &describe) {
  const fb::Artifact &root = *module.root;
  weft_module_info &info = module.info;
  info.kernel_count = sizeOf(root.kernels());
  auto *kernels = describe.array<weft_kernel_info>(info.kernel_count);
  for (uint32_t i = 0; describe.isComplete() && i < info.kernel_count; ++i) {
    const fb::Kernel &from = *root.kernels()->Get(i);
    kernels[i] = {from.name()->c_str(),
                  textOf(from.kind()),
                  sizeOf(from.nodes()),
                  describe.texts(from.nodes()),
                  from.flops(),
                  from.bytes(),
                  textOf(from.flops_expr()),
                  textOf(from.bytes_expr()),
                  textOf(from.schedule()),
                  sizeOf(from.notes()),
                  describe.texts(from.notes())};
  }
  info.kernels = kernels;
}

void describeLevels(weft_module &module, Describer &describe) {
  const fb::Artifact &root = *module.root;
  weft_module_info &info = module.info;
  info.level_count = root.codes()->size();
  auto *levels = describe.array<weft_level_info>(info.level_count);
  for (uint32_t i = 0; describe.isComplete() && i < info.level_count; ++i) {
    describe.level(*root.codes()->Get(i), levels[i]);
    info.code_bytes += levels[i].bytes;
  }
  info.levels = levels;
}

void describeConstants(weft_module &module, Describer &describe) {
  const fb::Artifact &root = *module.root;
  weft_module_info &info = module.info;
  info.segment_count = sizeOf(root.constants());
  auto *segments = describe.array<weft_segment_info>(info.segment_count);
  auto *constants = describe.array<const void *>(info.segment_count);
  for (uint32_t i = 0; describe.isComplete() && i < info.segment_count; ++i) {
    const fb::Segment &from = *root.constants()->Get(i);
    segments[i] = {from.offset(), from.size()};
    constants[i] = module.bytes.data + from.offset();
    info.weights_bytes += from.size();
  }
  info.segments = segments;
  module.constants = constants;
}

void describeTexts(weft_module &module, Describer &describe) {
  const fb::Artifact &root = *module.root;
  weft_module_info &info = module.info;
  info.message_count = sizeOf(root.messages());
  info.messages = describe.texts(root.messages());
  info.library_count = sizeOf(root.libraries());
  info.libraries = describe.texts(root.libraries());
  info.metadata_count = sizeOf(root.metadata()) / 2;
  auto *metadata = describe.array<weft_metadata_info>(info.metadata_count);
  for (uint32_t i = 0; describe.isComplete() && i < info.metadata_count; ++i)
    metadata[i] = {root.metadata()->Get(2 * i)->c_str(), root.metadata()->Get(2 * i + 1)->c_str()};
  info.metadata = metadata;
}

} // namespace

/// Gives the texts of the program their numbers. Returns false when there is no memory.
static bool numberTexts(weft_module &module) {
  const fb::Artifact &root = *module.root;
  for (uint32_t i = 0; i < sizeOf(root.texts()); ++i) {
    const Text &text = *root.texts()->Get(i);
    weft_string_view view = {text.c_str(), text.size()};
    if (uint64_t number = numberOf(view);
        number && module.texts.add(module.memory, number, view) == TextTable::NoMemory)
      return false;
  }
  return true;
}

weft_code describeModule(weft_module &module, const char *name, weft_status *status) {
  const fb::Artifact &root = *module.root;
  file::Header header;
  memcpy(&header, module.bytes.data, sizeof(header));
  // The tables are a few times larger than the metadata; files in which many tables share large ones are not
  // ours.
  module.metadata.init(&module.memory, 64 * header.rootBytes + (uint64_t(1) << 20));
  weft_module_info &info = module.info;
  Describer describe(module);

  info.struct_size = sizeof(info);
  info.model = textOf(root.model());
  info.compiler = textOf(root.compiler());
  info.format_version = header.formatVersion;
  info.abi_version = root.abi_version();
  info.file_bytes = module.bytes.size;
  info.host_nodes = root.host_nodes();
  info.runtime_nodes = root.runtime_nodes();
  info.keeps_denormals = root.keep_denormals();

  describeEntries(module, describe);
  describeKernels(module, describe);
  describeLevels(module, describe);
  describeConstants(module, describe);
  describeTexts(module, describe);
  if (describe.isComplete() && numberTexts(module))
    return WEFT_OK;
  return fail(status, WEFT_RESOURCE_MEMORY,
              "There is no memory for the tables of '%s', or they are absurdly large.", name);
}

weft_code selectLevel(weft_module &module, const char *name, const char *maxIsa, uint32_t &outIndex,
                      weft_status *status) {
  const weft_module_info &info = module.info;
  auto *levels = const_cast<weft_level_info *>(info.levels);
  // A psABI level limits the features; a level of the artifact drops those that it prefers to it.
  bool isPsabi = maxIsa && isPsabiLevel(maxIsa);
  size_t first = 0;
  if (maxIsa && !isPsabi) {
    while (first < info.level_count && strcmp(levels[first].level, maxIsa) != 0)
      ++first;
    if (first == info.level_count)
      return fail(status, WEFT_CALLER_ARGUMENT,
                  "The highest instruction set '%s' is unknown. Say v2, v3, v4 or a level of the "
                  "artifact, such as '%s'.",
                  maxIsa, levels[0].level);
  }
  bool isArchFound = false;
  for (size_t i = 0; i < info.level_count; ++i)
    isArchFound |= strcmp(levels[i].arch, hostArch()) == 0;
  if (!isArchFound)
    return fail(status, WEFT_ARTIFACT_ARCH,
                "'%s' was compiled for %s, and this machine is %s. Compile the model for this machine.", name,
                levels[0].arch, hostArch());
  for (size_t i = first; i < info.level_count; ++i) {
    if (levels[i].missing || (isPsabi && !isWithin(levels[i], maxIsa)))
      continue;
    if (needsTiles(levels[i]) && !requestTilePermission()) {
      levels[i].missing = "permission for amx tiles";
      continue;
    }
    levels[i].in_use = 1;
    outIndex = static_cast<uint32_t>(i);
    return WEFT_OK;
  }
  char list[512];
  listLevels(info, maxIsa ? maxIsa : "the limit", list, sizeof(list));
  // Where the machine could run a level that the caller's limit forbids, the limit is what to change.
  // The levels are sorted, best first: the last one raises it least.
  for (size_t i = info.level_count; maxIsa && i-- > 0;)
    if (!levels[i].missing)
      return fail(status, WEFT_ARTIFACT_FEATURE,
                  "'%s' holds no code within %s: %s. Raise the highest instruction set (--max-isa) to '%s', "
                  "or leave it out.",
                  name, maxIsa, list, levels[i].level);
  return fail(status, WEFT_ARTIFACT_FEATURE,
              "'%s' holds no code that can run on this machine%s%s: %s. Compile the model here, or with "
              "--cpu=portable.",
              name, maxIsa ? " within " : "", maxIsa ? maxIsa : "", list);
}

} // namespace weft::rt
