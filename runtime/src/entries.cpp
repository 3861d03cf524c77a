// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the entry point for the shapes of a run's inputs.

#include "module.h"
#include "status.h"

#include <cstdio>

namespace weft::rt {

namespace {

/// The tensor inside of a view; null for what has no dims.
const weft_tensor_view *tensorOf(const weft_value_view &view) {
  const weft_value_view *value = view.kind == WEFT_OPTIONAL ? view.optional : &view;
  return value && value->kind == WEFT_TENSOR ? &value->tensor : nullptr;
}

/// Whether the signature of entry `index` allows the shapes of `inputs`.
bool takes(const weft_module &module, uint32_t index, const weft_value_view *inputs, SymbolValue *values) {
  const weft_entry_info &entry = module.info.entries[index];
  const SymbolPlan &plan = module.plans[index];
  for (uint32_t i = 0; i < plan.slotCount; ++i)
    values[i].size = -1;
  for (uint32_t i = 0; i < entry.input_count; ++i) {
    const weft_tensor_view *tensor = tensorOf(inputs[i]);
    if (!tensor)
      continue;
    if (tensor->rank != entry.inputs[i].rank || (tensor->rank && !tensor->dims) ||
        bindSymbols(entry, plan, i, tensor->dims, values, nullptr))
      return false;
  }
  return !checkSymbols(entry, plan, values, nullptr);
}

bool isStatic(const weft_entry_info &entry) {
  for (size_t i = 0; i < entry.input_count; ++i)
    for (uint32_t d = 0; d < entry.inputs[i].rank; ++d)
      if (entry.inputs[i].dims[d].size < 0)
        return false;
  return true;
}

/// Text that grows until it is full.
struct Text {
  char data[700] = "";
  size_t used = 0;

  template <typename... Args> void add(const char *format, Args... args) {
    if (used + 1 >= sizeof(data))
      return;
    int written = snprintf(data + used, sizeof(data) - used, format, args...);
    used += written > 0 ? static_cast<size_t>(written) : 0;
    used = used < sizeof(data) ? used : sizeof(data) - 1;
  }
  void addShape(const int64_t *dims, uint32_t rank) {
    add("%s", rank ? "" : "scalar");
    for (uint32_t d = 0; d < rank; ++d)
      add("%s%lld", d ? "x" : "", static_cast<long long>(dims[d]));
  }
};

} // namespace

weft_code findEntry(const weft_module &module, const weft_value_view *inputs, size_t inputCount,
                    SymbolValue *values, uint32_t &outEntry, weft_status *status) {
  const weft_module_info &info = module.info;
  if (inputCount != info.entries[0].input_count)
    return fail(status, WEFT_CALLER_COUNT, "%zu inputs were given, but the model has %zu.", inputCount,
                info.entries[0].input_count);
  for (uint32_t i = 0; i < info.entry_count; ++i)
    if (takes(module, module.entryOrder[i], inputs, values)) {
      outEntry = module.entryOrder[i];
      return WEFT_OK;
    }
  // The most general entry says best what is wrong, if it takes more than one shape.
  uint32_t last = module.entryOrder[info.entry_count - 1];
  if (info.entry_count == 1 || !isStatic(info.entries[last])) {
    outEntry = last;
    return WEFT_OK;
  }
  Text given, entries;
  for (uint32_t i = 0; i < inputCount; ++i)
    if (const weft_tensor_view *tensor = tensorOf(inputs[i]); tensor && (tensor->dims || !tensor->rank)) {
      given.add("%s'%s' is ", given.used ? ", " : "", info.entries[0].inputs[i].name);
      given.addShape(tensor->dims, tensor->rank);
    }
  for (size_t i = 0; i < info.entry_count; ++i)
    entries.add("%s'%s'", i ? ", " : "", info.entries[i].name);
  return fail(status, WEFT_CALLER_SHAPE,
              "No entry of the artifact takes these shapes: input %s. The entries are: %s. Use one of their "
              "shapes, or compile the model for this one as well.",
              given.data, entries.data);
}

} // namespace weft::rt
