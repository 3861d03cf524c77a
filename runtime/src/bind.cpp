// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Connects the caller's values with a run: checks inputs, places outputs.

#include "session.h"
#include "status.h"

#include <cstring>

namespace weft::rt {

namespace {

bool isAligned(const void *data) { return reinterpret_cast<uintptr_t>(data) % tensorAlignment == 0; }

bool overlaps(const void *a, uint64_t aBytes, const void *b, uint64_t bBytes) {
  auto x = reinterpret_cast<uintptr_t>(a), y = reinterpret_cast<uintptr_t>(b);
  return x < y + bBytes && y < x + aBytes;
}

const char *kindName(weft_kind kind) {
  return kind == WEFT_TENSOR ? "a tensor" : kind == WEFT_SEQUENCE ? "a sequence" : "an optional";
}

/// Whether the program takes a value as a list.
bool isList(const weft_session &session, const weft_value_info &info) {
  return info.kind == WEFT_SEQUENCE || (info.kind == WEFT_OPTIONAL && session.module->info.abi_version >= 3);
}

/// The tensor inside of an input value; null tensor for an absent optional.
weft_code findTensor(const weft_value_info &info, const weft_value_view &view,
                     const weft_tensor_view *&outTensor, weft_status *status) {
  if (view.kind != info.kind && !(info.kind == WEFT_OPTIONAL && view.kind == WEFT_TENSOR))
    return fail(status, WEFT_CALLER_KIND, "Input '%s' is %s, but the model takes %s there.", info.name,
                kindName(view.kind), kindName(info.kind));
  const weft_value_view *value = &view;
  if (view.kind == WEFT_OPTIONAL)
    value = view.optional;
  if (!value) {
    outTensor = nullptr;
    return WEFT_OK;
  }
  if (value->kind != WEFT_TENSOR)
    return fail(status, WEFT_CALLER_KIND, "Input '%s' holds %s, but the model takes a tensor there.",
                info.name, kindName(value->kind));
  outTensor = &value->tensor;
  return WEFT_OK;
}

weft_code checkTensor(const weft_value_info &info, const weft_tensor_view &tensor, weft_status *status) {
  if (tensor.dtype != info.dtype)
    return fail(status, WEFT_CALLER_TYPE, "Input '%s' has elements of type %s, but the model takes %s.",
                info.name, weft_dtype_name(tensor.dtype), weft_dtype_name(info.dtype));
  if (tensor.rank > maxRank)
    return fail(status, WEFT_CALLER_SHAPE, "Input '%s' has rank %u, above the limit of %u.", info.name,
                tensor.rank, maxRank);
  if (tensor.rank != info.rank && !info.any_rank)
    return fail(status, WEFT_CALLER_SHAPE, "Input '%s' has rank %u, but the model takes rank %u.", info.name,
                tensor.rank, info.rank);
  if (tensor.rank && !tensor.dims)
    return fail(status, WEFT_CALLER_ARGUMENT, "Input '%s' has no dims.", info.name);
  uint64_t bytes;
  if (!tensorBytes(tensor.dtype, tensor.dims, tensor.rank, bytes))
    return fail(status, WEFT_CALLER_SHAPE, "Input '%s' has a negative dim, or is larger than any memory.",
                info.name);
  if (tensor.bytes != bytes)
    return fail(status, WEFT_CALLER_CAPACITY,
                "Input '%s' has %llu bytes, but its dims and type %s make %llu.", info.name,
                static_cast<unsigned long long>(tensor.bytes), weft_dtype_name(tensor.dtype),
                static_cast<unsigned long long>(bytes));
  if (!tensor.data && bytes)
    return fail(status, WEFT_CALLER_ARGUMENT, "Input '%s' has a null pointer for its data.", info.name);
  return WEFT_OK;
}

/// An element of a list input: checked and copied.
weft_code bindElement(weft_session &session, uint32_t index, const weft_value_view &view, weft_item &item,
                      weft_status *status) {
  const weft_entry_info &info = session.module->info.entries[session.entry];
  const weft_value_info &input = info.inputs[index];
  if (view.kind != WEFT_TENSOR)
    return fail(status, WEFT_CALLER_KIND, "Input '%s' holds %s, but the model takes a tensor there.",
                input.name, kindName(view.kind));
  if (weft_code code = checkTensor(input, view.tensor, status))
    return code;
  if (!input.any_rank)
    if (weft_code code = bindSymbols(info, session.module->plans[session.entry], index, view.tensor.dims,
                                     session.entries[session.entry].symbols, status))
      return code;
  ListMemory &lists = session.lists[session.listTurn];
  if (input.dtype == WEFT_STRING) {
    void *numbers = nullptr;
    if (weft_code code = numberTexts(session, input, view.tensor, numbers, status))
      return code;
    weft_item given = {numbers, static_cast<int64_t>(view.tensor.bytes / 2), view.tensor.rank,
                       view.tensor.dims};
    return keepItem(lists, session.memory, given, item)
               ? WEFT_OK
               : fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for input '%s'.", input.name);
  }
  weft_item given = {view.tensor.data, static_cast<int64_t>(view.tensor.bytes), view.tensor.rank,
                     view.tensor.dims};
  bool isKept = keepItem(lists, session.memory, given, item);
  return isKept ? WEFT_OK
                : fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for input '%s'.", input.name);
}

/// Prepends which element of a sequence a message is about.
weft_code sayElement(weft_status *status, size_t element, weft_code code) {
  if (!status)
    return code;
  weft_status copy = *status;
  return fail(status, code, "Element %zu: %s", element, copy.message);
}

/// The list of a sequence, or of what an optional holds.
weft_code makeInputList(weft_session &session, uint32_t index, const weft_value_view *items, size_t count,
                        const weft_list *&out, weft_status *status) {
  const weft_value_info &input = session.module->info.entries[session.entry].inputs[index];
  if (count && !items)
    return fail(status, WEFT_CALLER_ARGUMENT, "Input '%s' has no elements behind its count.", input.name);
  weft_item *bound = nullptr;
  List *list = count > maxTensorBytes
                   ? nullptr
                   : makeList(session.lists[session.listTurn], session.memory, static_cast<int64_t>(count),
                              static_cast<int64_t>(count), bound);
  if (!list)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for input '%s'.", input.name);
  for (size_t i = 0; i < count; ++i)
    if (weft_code code = bindElement(session, index, items[i], bound[i], status))
      return input.kind == WEFT_SEQUENCE || input.item == WEFT_SEQUENCE ? sayElement(status, i, code) : code;
  out = &list->base;
  return WEFT_OK;
}

} // namespace

weft_code bindList(weft_session &session, uint32_t index, const weft_value_view &view, weft_status *status) {
  const weft_value_info &input = session.module->info.entries[session.entry].inputs[index];
  bool isOptional = input.kind == WEFT_OPTIONAL;
  // What an optional holds may be given without the optional around it.
  const weft_value_view *value = isOptional && view.kind == WEFT_OPTIONAL ? view.optional : &view;
  weft_kind expected = isOptional ? input.item : WEFT_SEQUENCE;
  if (value && value->kind != expected)
    return fail(status, WEFT_CALLER_KIND, "Input '%s' is %s, but the model takes %s there.", input.name,
                kindName(value->kind), kindName(isOptional && value == &view ? WEFT_OPTIONAL : expected));
  const weft_list *list = nullptr;
  weft_code code = WEFT_OK;
  if (!value)
    code = makeInputList(session, index, nullptr, 0, list, status);
  else if (expected == WEFT_SEQUENCE)
    code = makeInputList(session, index, value->sequence.items, value->sequence.count, list, status);
  else
    code = makeInputList(session, index, value, 1, list, status);
  if (!code && value && isOptional && expected == WEFT_SEQUENCE) {
    weft_item *item = nullptr;
    List *around = makeList(session.lists[session.listTurn], session.memory, 1, 1, item);
    if (!around)
      return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for input '%s'.", input.name);
    *item = {list, -1, 0, nullptr};
    list = &around->base;
  }
  if (!code)
    session.entries[session.entry].inputData[index] = const_cast<weft_list *>(list);
  return code;
}

weft_code bindInputs(weft_session &session, weft_status *status) {
  const weft_entry_info &info = session.module->info.entries[session.entry];
  const SymbolPlan &plan = session.module->plans[session.entry];
  EntryState &state = session.entries[session.entry];
  for (uint32_t i = 0; i < plan.slotCount; ++i)
    state.symbols[i].size = -1;
  for (uint32_t i = 0; i < info.input_count; ++i) {
    const weft_tensor_view *tensor = nullptr;
    if (isList(session, info.inputs[i])) {
      if (weft_code code = bindList(session, i, session.givenInputs[i], status))
        return code;
      continue;
    }
    if (weft_code code = findTensor(info.inputs[i], session.givenInputs[i], tensor, status))
      return code;
    auto *dims = const_cast<int64_t *>(state.inputDims[i]); // a row of dimStorage
    if (!tensor) {
      state.inputData[i] = nullptr;
      for (uint32_t d = 0; d < info.inputs[i].rank; ++d)
        dims[d] = 0;
      continue;
    }
    if (weft_code code = checkTensor(info.inputs[i], *tensor, status))
      return code;
    for (uint32_t d = 0; d < tensor->rank; ++d)
      dims[d] = tensor->dims[d];
    if (weft_code code = bindSymbols(info, plan, i, dims, state.symbols, status))
      return code;
    state.inputData[i] = tensor->bytes ? tensor->data : session.nothing;
    if (info.inputs[i].dtype == WEFT_STRING)
      if (weft_code code = numberTexts(session, info.inputs[i], *tensor, state.inputData[i], status))
        return code;
  }
  if (weft_code code = checkSymbols(info, plan, state.symbols, status))
    return code;
  // Copies come last: nothing is moved for a run that is refused.
  for (uint32_t i = 0; i < info.input_count; ++i) {
    if (!state.inputData[i] || isAligned(state.inputData[i]) || isList(session, info.inputs[i]))
      continue;
    const weft_value_view &view = session.givenInputs[i];
    uint64_t bytes = view.kind == WEFT_TENSOR ? view.tensor.bytes : view.optional->tensor.bytes;
    if (!state.staging[i].reserve(session.memory, bytes))
      return fail(status, WEFT_RESOURCE_MEMORY,
                  "There is no memory for an aligned copy of input '%s' (%llu bytes).", info.inputs[i].name,
                  static_cast<unsigned long long>(bytes));
    memcpy(state.staging[i].data, state.inputData[i], bytes);
    state.inputData[i] = state.staging[i].data;
  }
  return WEFT_OK;
}

weft_code prepareOutputs(weft_session &session, weft_status *status) {
  const weft_entry_info &info = session.module->info.entries[session.entry];
  for (uint32_t i = 0; i < info.output_count; ++i) {
    const weft_value_info &output = info.outputs[i];
    const weft_value_view &view = session.givenOutputs[i];
    bool isFree = output.kind != WEFT_TENSOR && view.kind == WEFT_TENSOR && !view.tensor.data;
    if (view.kind != output.kind && !isFree)
      return fail(status, WEFT_CALLER_KIND, "Output '%s' was given as %s, but the model makes %s.",
                  output.name, kindName(view.kind), kindName(output.kind));
    session.entries[session.entry].outputs[i].data = nullptr;
    session.entries[session.entry].outputs[i].list = nullptr;
  }
  return WEFT_OK;
}

namespace {

/// Whether an input of this run lies in these bytes. `ignored` is an input that may, or -1.
bool holdsInput(const weft_session &session, const void *data, uint64_t bytes, int32_t ignored) {
  const weft_entry_info &info = session.module->info.entries[session.entry];
  const EntryState &state = session.entries[session.entry];
  for (uint32_t i = 0; i < info.input_count; ++i) {
    const weft_value_view &view = session.givenInputs[i];
    // The elements of lists have been copied.
    if (isList(session, info.inputs[i]))
      continue;
    const weft_value_view *value = view.kind == WEFT_OPTIONAL ? view.optional : &view;
    bool isAlias = ignored == static_cast<int32_t>(i) && data == state.inputData[i];
    if (value && !isAlias && overlaps(data, bytes, state.inputData[i], value->tensor.bytes))
      return true;
  }
  return false;
}

} // namespace

weft_code placeOutput(weft_session &session, uint32_t index, const int64_t *dims, void *&outData,
                      weft_status *status) {
  const weft_entry_info &info = session.module->info.entries[session.entry];
  if (index >= info.output_count)
    return fail(status, WEFT_SYSTEM_INTERNAL, "The program asked for output %u of %zu. Please report this.",
                index, info.output_count);
  const weft_value_info &output = info.outputs[index];
  OutputState &place = session.entries[session.entry].outputs[index];
  if (place.data)
    return fail(status, WEFT_SYSTEM_INTERNAL, "The program asked for output '%s' twice. Please report this.",
                output.name);
  for (uint32_t d = 0; d < output.rank; ++d) {
    place.dims[d] = dims[d];
    if (dims[d] < 0 || (output.dims[d].size >= 0 && dims[d] != output.dims[d].size))
      return fail(status, WEFT_SYSTEM_INTERNAL,
                  "The program makes output '%s' with dim %u of %lld, but its signature says %lld. Please "
                  "report this.",
                  output.name, d, static_cast<long long>(dims[d]),
                  static_cast<long long>(output.dims[d].size));
  }
  if (!tensorBytes(output.dtype, dims, output.rank, place.bytes))
    return fail(status, WEFT_RESOURCE_MEMORY, "Output '%s' is larger than any memory.", output.name);
  const weft_tensor_view &given = session.givenOutputs[index].tensor;
  if (given.data && given.capacity < place.bytes)
    return fail(status, WEFT_CALLER_CAPACITY, "Output '%s' needs %llu bytes, but its buffer has %llu.",
                output.name, static_cast<unsigned long long>(place.bytes),
                static_cast<unsigned long long>(given.capacity));
  for (uint32_t i = 0; given.data && i < info.output_count; ++i) {
    if (info.outputs[i].kind != WEFT_TENSOR)
      continue;
    const OutputState &other = session.entries[session.entry].outputs[i];
    const weft_tensor_view &otherGiven = session.givenOutputs[i].tensor;
    if (i != index && other.data && otherGiven.data &&
        overlaps(given.data, place.bytes, otherGiven.data, other.bytes))
      return fail(status, WEFT_CALLER_ARGUMENT, "The buffers of outputs '%s' and '%s' overlap.",
                  info.outputs[i].name, output.name);
  }
  place.isStaged = false;
  if (place.bytes == 0) {
    place.data = session.nothing;
  } else if (output.dtype == WEFT_STRING) {
    // The program writes numbers, half as large as what the caller gets for them.
    place.data = session.lists[session.listTurn].take(session.memory, place.bytes / 2);
    if (!place.data)
      return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for output '%s'.", output.name);
  } else if (given.data && isAligned(given.data) &&
             !holdsInput(session, given.data, place.bytes, info.aliases[index])) {
    place.data = given.data;
  } else {
    place.isStaged = given.data != nullptr;
    // The caller may hand the result of an earlier run back as an input, as models with state do.
    if (place.own.data && holdsInput(session, place.own.data, place.own.capacity, -1)) {
      Block own = place.own;
      place.own = place.spare;
      place.spare = own;
    }
    if (!place.own.reserve(session.memory, place.bytes))
      return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for output '%s' (%llu bytes).",
                  output.name, static_cast<unsigned long long>(place.bytes));
    place.data = place.own.data;
  }
  outData = place.data;
  return WEFT_OK;
}

namespace {

/// A view of an element. WEFT_RESOURCE_MEMORY comes without a message.
weft_code viewElement(weft_session &session, const weft_value_info &output, const weft_item &item,
                      weft_value_view &out, weft_status *status) {
  ListMemory &lists = session.lists[session.listTurn];
  weft_item kept;
  if (!keepItem(lists, session.memory, item, kept))
    return WEFT_RESOURCE_MEMORY;
  out.kind = WEFT_TENSOR;
  out.tensor.data = const_cast<void *>(kept.data);
  out.tensor.bytes = static_cast<uint64_t>(kept.bytes);
  if (output.dtype == WEFT_STRING) {
    out.tensor.bytes *= 2;
    out.tensor.data = lists.take(session.memory, out.tensor.bytes);
    if (!out.tensor.data)
      return WEFT_RESOURCE_MEMORY;
    if (weft_code code = viewTexts(session, output, kept.data, out.tensor.bytes / sizeof(weft_string_view),
                                   static_cast<weft_string_view *>(out.tensor.data), status))
      return code;
  }
  out.tensor.capacity = out.tensor.bytes;
  out.tensor.dtype = output.dtype;
  out.tensor.rank = static_cast<uint32_t>(kept.rank);
  out.tensor.dims = kept.dims;
  return WEFT_OK;
}

weft_code viewList(weft_session &session, const weft_value_info &output, weft_kind kind,
                   const weft_list *list, weft_value_view &out, weft_status *status) {
  auto count = static_cast<size_t>(list->count);
  auto *views = static_cast<weft_value_view *>(
      session.lists[session.listTurn].take(session.memory, count * sizeof(weft_value_view)));
  if (!views)
    return WEFT_RESOURCE_MEMORY;
  for (size_t i = 0; i < count; ++i) {
    const weft_item &item = list->items[i];
    weft_code code = item.bytes < 0 ? viewList(session, output, WEFT_SEQUENCE,
                                               static_cast<const weft_list *>(item.data), views[i], status)
                                    : viewElement(session, output, item, views[i], status);
    if (code)
      return code;
  }
  out.kind = kind;
  if (kind == WEFT_OPTIONAL)
    out.optional = count ? views : nullptr;
  else
    out.sequence = {count, views};
  return WEFT_OK;
}

} // namespace

weft_code finishList(weft_session &session, uint32_t index, weft_status *status) {
  const weft_value_info &output = session.module->info.entries[session.entry].outputs[index];
  weft_code code = viewList(session, output, output.kind, session.entries[session.entry].outputs[index].list,
                            session.givenOutputs[index], status);
  return code == WEFT_RESOURCE_MEMORY ? fail(status, code, "There is no memory for output '%s'.", output.name)
                                      : code;
}

weft_code finishOutputs(weft_session &session, weft_status *status) {
  const weft_entry_info &info = session.module->info.entries[session.entry];
  for (uint32_t i = 0; i < info.output_count; ++i)
    if (!session.entries[session.entry].outputs[i].data)
      return fail(status, WEFT_SYSTEM_INTERNAL,
                  "The program ended without making output '%s'. Please report this.", info.outputs[i].name);
  for (uint32_t i = 0; i < info.output_count; ++i) {
    const OutputState &place = session.entries[session.entry].outputs[i];
    if (info.outputs[i].kind != WEFT_TENSOR) {
      if (weft_code code = finishList(session, i, status))
        return code;
      continue;
    }
    weft_tensor_view &tensor = session.givenOutputs[i].tensor;
    if (info.outputs[i].dtype == WEFT_STRING) {
      void *texts =
          tensor.data ? tensor.data : session.lists[session.listTurn].take(session.memory, place.bytes);
      if (!texts)
        return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for output '%s'.",
                    info.outputs[i].name);
      if (weft_code code =
              viewTexts(session, info.outputs[i], place.data, place.bytes / sizeof(weft_string_view),
                        static_cast<weft_string_view *>(texts), status))
        return code;
      tensor.data = texts;
    } else if (place.isStaged)
      memcpy(tensor.data, place.data, place.bytes);
    else
      tensor.data = tensor.data && place.bytes == 0 ? tensor.data : place.data;
    tensor.bytes = place.bytes;
    tensor.dtype = info.outputs[i].dtype;
    tensor.rank = info.outputs[i].rank;
    tensor.dims = place.dims;
  }
  return WEFT_OK;
}

} // namespace weft::rt
