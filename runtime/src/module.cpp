// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opens artifacts.

#include "module.h"

#include "cpu/processors.h"
#include "status.h"

#include <cstdio>
#include <cstring>

using namespace weft::rt;

namespace {

/// Defaults for the fields that the caller's struct, perhaps of an older header, does not have.
bool readOptions(const weft_module_options *given, weft_module_options &options, weft_status *status) {
  weft_module_options_init(&options);
  if (!given)
    return true;
  size_t size = given->struct_size;
  if (size < offsetof(weft_module_options, max_isa) || size > 4096) {
    fail(status, WEFT_CALLER_ARGUMENT,
         "weft_module_options.struct_size is %zu. Fill the struct by weft_module_options_init first.", size);
    return false;
  }
  memcpy(&options, given, size < sizeof(options) ? size : sizeof(options));
  if (options.verify != WEFT_VERIFY_ALL && options.verify != WEFT_VERIFY_HEADER) {
    fail(status, WEFT_CALLER_ARGUMENT, "weft_module_options.verify is %d, which is none of the modes.",
         static_cast<int>(options.verify));
    return false;
  }
  if (options.verify_threads == 0)
    options.verify_threads = availableProcessors();
  return true;
}

weft_module *createModule(const weft_module_options &options, weft_status *status) {
  Memory memory;
  memory.init(options.allocator);
  void *place = memory.hooks().allocate(memory.hooks().user, sizeof(weft_module), tensorAlignment);
  if (!place) {
    fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for a module (%zu bytes).", sizeof(weft_module));
    return nullptr;
  }
  weft_module *module = new (place) weft_module();
  module->memory.init(options.allocator);
  return module;
}

/// Everything after the bytes are there.
weft_code loadModule(weft_module &module, const char *name, const weft_module_options &options,
                     weft_status *status) {
  bool isFull = options.verify == WEFT_VERIFY_ALL;
  if (weft_code code = verifyArtifact(module.bytes, name, isFull, module.memory, module.root, status))
    return code;
  if (weft_code code = describeModule(module, name, status))
    return code;
  uint32_t chosen = 0;
  if (!options.inspect_only)
    if (weft_code code = selectLevel(module, name, options.max_isa, chosen, status))
      return code;

  const auto &codes = *module.root->codes();
  size_t constants = module.info.segment_count, count = 0, capacity = constants + codes.size();
  NamedSegment *segments = module.memory.array<NamedSegment>(capacity);
  if (!segments)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for a list of %zu segments.", capacity);
  for (uint32_t i = 0; i < codes.size(); ++i)
    if (isFull || (!options.inspect_only && i == chosen))
      segments[count++] = {codes.Get(i)->segment(), "code", codes.Get(i)->level()->c_str(), i};
  for (uint32_t i = 0; isFull && i < constants; ++i)
    segments[count++] = {module.root->constants()->Get(i), "constants", nullptr, i};
  weft_code code = verifyChecksums(module.bytes, name, segments, count, options.verify_threads, status);
  module.memory.releaseArray(segments, capacity);
  if (code || options.inspect_only)
    return code;

  const auto *segment = codes.Get(chosen)->segment();
  const char *level = codes.Get(chosen)->level()->c_str();
  if (weft_code loaded =
          loadCode(module.bytes.data + segment->offset(), segment->size(), level, module.code, status))
    return loaded;
  for (uint32_t i = 0; i < module.info.entry_count; ++i) {
    const auto *symbol = module.root->entries()->Get(i)->symbol();
    if (weft_code found = findEntry(module.code, symbol ? symbol->c_str() : WEFT_ENTRY_SYMBOL, level,
                                    module.programs[i], status))
      return found;
  }
  module.info.isa = level;
  module.isLoaded = true;
  return WEFT_OK;
}

void destroyModule(weft_module *module) {
  unloadCode(module->code);
  module->metadata.free();
  module->texts.free(module->memory);
  module->bytes.release(module->memory);
  weft_allocator hooks = module->memory.hooks();
  module->~weft_module();
  hooks.release(hooks.user, module, sizeof(weft_module), tensorAlignment);
}

template <typename GetBytes>
weft_code openModule(const char *name, const weft_module_options *given, weft_module **outModule,
                     weft_status *status, GetBytes getBytes) {
  weft_module_options options;
  if (!readOptions(given, options, status))
    return WEFT_CALLER_ARGUMENT;
  weft_module *module = createModule(options, status);
  if (!module)
    return WEFT_RESOURCE_MEMORY;
  weft_code code = getBytes(*module);
  if (!code)
    code = loadModule(*module, name, options, status);
  if (code) {
    destroyModule(module);
    return code;
  }
  *outModule = module;
  return succeed(status);
}

weft_code findValue(const weft_module *module, uint32_t entry, const char *name, bool isInput,
                    uint32_t *outIndex, weft_status *status) {
  if (!module || !name || !outIndex)
    return fail(status, WEFT_CALLER_ARGUMENT,
                "A null pointer was given for the module, the name or the result.");
  if (entry >= module->info.entry_count)
    return fail(status, WEFT_CALLER_ARGUMENT, "Entry %u does not exist: the artifact has %zu.", entry,
                module->info.entry_count);
  const weft_entry_info &info = module->info.entries[entry];
  const weft_value_info *values = isInput ? info.inputs : info.outputs;
  size_t count = isInput ? info.input_count : info.output_count;
  for (size_t i = 0; i < count; ++i)
    if (strcmp(values[i].name, name) == 0) {
      *outIndex = static_cast<uint32_t>(i);
      return succeed(status);
    }
  char list[512];
  size_t used = 0;
  list[0] = '\0';
  for (size_t i = 0; i < count && used < sizeof(list); ++i)
    used += static_cast<size_t>(
        snprintf(list + used, sizeof(list) - used, "%s'%s'", i ? ", " : "", values[i].name));
  const char *role = isInput ? "input" : "output";
  return fail(status, WEFT_CALLER_NAME, "The model has no %s '%s'. Its %ss are: %s.", role, name, role, list);
}

} // namespace

namespace weft::rt {
void retainModule(weft_module *module) { module->references.fetch_add(1, std::memory_order_relaxed); }
} // namespace weft::rt

extern "C" void weft_module_options_init(weft_module_options *options) {
  if (!options)
    return;
  memset(options, 0, sizeof(*options));
  options->struct_size = sizeof(*options);
}

extern "C" weft_code weft_module_open(const char *path, const weft_module_options *options,
                                      weft_module **out_module, weft_status *status) {
  if (!path || !out_module)
    return fail(status, WEFT_CALLER_ARGUMENT, "A null pointer was given for the path or the module.");
  return openModule(path, options, out_module, status,
                    [&](weft_module &module) { return module.bytes.map(path, status); });
}

extern "C" weft_code weft_module_open_memory(const void *data, size_t bytes,
                                             const weft_module_options *options, weft_module **out_module,
                                             weft_status *status) {
  if (!data || !out_module)
    return fail(status, WEFT_CALLER_ARGUMENT, "A null pointer was given for the data or the module.");
  return openModule("artifact in memory", options, out_module, status, [&](weft_module &module) {
    return module.bytes.adopt(data, bytes, module.memory, status);
  });
}

extern "C" void weft_module_release(weft_module *module) {
  if (module && module->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    destroyModule(module);
}

extern "C" weft_code weft_module_get_info(const weft_module *module, weft_module_info *out_info) {
  if (!module || !out_info || out_info->struct_size < sizeof(size_t) || out_info->struct_size > 4096)
    return WEFT_CALLER_ARGUMENT;
  size_t size = out_info->struct_size;
  memcpy(out_info, &module->info, size < sizeof(module->info) ? size : sizeof(module->info));
  out_info->struct_size = size;
  return WEFT_OK;
}

extern "C" weft_code weft_module_find_input(const weft_module *module, uint32_t entry, const char *name,
                                            uint32_t *out_index, weft_status *status) {
  return findValue(module, entry, name, /*isInput=*/true, out_index, status);
}

extern "C" weft_code weft_module_find_output(const weft_module *module, uint32_t entry, const char *name,
                                             uint32_t *out_index, weft_status *status) {
  return findValue(module, entry, name, /*isInput=*/false, out_index, status);
}

extern "C" weft_code weft_module_find_entry(const weft_module *module, const weft_value_view *inputs,
                                            size_t input_count, uint32_t *out_entry, weft_status *status) {
  if (!module || (!inputs && input_count) || !out_entry)
    return fail(status, WEFT_CALLER_ARGUMENT,
                "A null pointer was given for the module, the inputs or the result.");
  Memory memory;
  memory.init(&module->memory.hooks());
  SymbolValue *values = memory.array<SymbolValue>(module->maxSlots + 1);
  if (!values)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for a table of %u sizes.",
                module->maxSlots);
  uint32_t entry = 0;
  weft_code code = findEntry(*module, inputs, input_count, values, entry, status);
  memory.releaseArray(values, module->maxSlots + 1);
  if (code)
    return code;
  *out_entry = entry;
  return succeed(status);
}

extern "C" weft_code weft_module_complete_dims(const weft_module *module, uint32_t entry,
                                               int64_t *const *dims, weft_status *status) {
  if (!module || entry >= module->info.entry_count || (!dims && module->info.entries[entry].input_count))
    return fail(status, WEFT_CALLER_ARGUMENT,
                "A null pointer was given for the module or the dims, or no such entry exists.");
  const weft_entry_info &info = module->info.entries[entry];
  const SymbolPlan &plan = module->plans[entry];
  Memory memory;
  memory.init(&module->memory.hooks());
  SymbolValue *values = memory.array<SymbolValue>(plan.slotCount + 1);
  if (!values)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for a table of %u sizes.", plan.slotCount);
  completeDims(info, plan, dims, values);
  memory.releaseArray(values, plan.slotCount + 1);
  return succeed(status);
}
