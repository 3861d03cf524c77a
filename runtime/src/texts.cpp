// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers the texts of a run and gives them back.

#include "texts.h"

#include "session.h"
#include "status.h"

#include <cstring>

namespace weft::rt {

uint64_t numberOf(const weft_string_view &text) {
  if (text.bytes == 0)
    return 0;
  uint64_t number = file::checksum(text.data, text.bytes);
  return number ? number : 1;
}

TextTable::Slot &TextTable::slotOf(uint64_t number) const {
  size_t at = static_cast<size_t>(number) & (capacity - 1);
  while (slots[at].number && slots[at].number != number)
    at = (at + 1) & (capacity - 1);
  return slots[at];
}

bool TextTable::grow(Memory &memory) {
  TextTable larger;
  larger.capacity = capacity ? 2 * capacity : 64;
  larger.slots = memory.array<Slot>(larger.capacity);
  if (!larger.slots)
    return false;
  for (size_t i = 0; i < capacity; ++i)
    if (slots[i].number)
      larger.slotOf(slots[i].number) = slots[i];
  larger.used = used;
  free(memory);
  *this = larger;
  return true;
}

TextTable::Added TextTable::add(Memory &memory, uint64_t number, const weft_string_view &text) {
  // At most three quarters are in use, so that a search ends.
  if (4 * (used + 1) > 3 * capacity && !grow(memory))
    return NoMemory;
  Slot &slot = slotOf(number);
  if (!slot.number) {
    slot = {number, text};
    ++used;
    return Ok;
  }
  bool isSame = slot.text.bytes == text.bytes && memcmp(slot.text.data, text.data, text.bytes) == 0;
  return isSame ? Ok : Taken;
}

const weft_string_view *TextTable::find(uint64_t number) const {
  if (used == 0)
    return nullptr;
  const Slot &slot = slotOf(number);
  return slot.number ? &slot.text : nullptr;
}

void TextTable::clear() {
  if (used)
    memset(static_cast<void *>(slots), 0, capacity * sizeof(Slot));
  used = 0;
}

void TextTable::free(Memory &memory) {
  if (slots)
    memory.releaseArray(slots, capacity);
  slots = nullptr;
  capacity = used = 0;
}

weft_code numberTexts(weft_session &session, const weft_value_info &info, const weft_tensor_view &tensor,
                      void *&outNumbers, weft_status *status) {
  size_t count = static_cast<size_t>(tensor.bytes) / sizeof(weft_string_view);
  auto *numbers =
      static_cast<uint64_t *>(session.lists[session.listTurn].take(session.memory, count * sizeof(uint64_t)));
  if (!numbers)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for input '%s'.", info.name);
  outNumbers = numbers;
  for (size_t i = 0; i < count; ++i) {
    weft_string_view text; // the array may lie at any address
    memcpy(&text, static_cast<const char *>(tensor.data) + i * sizeof(text), sizeof(text));
    if (text.bytes && !text.data)
      return fail(status, WEFT_CALLER_ARGUMENT, "Input '%s' has a null pointer for string %zu.", info.name,
                  i);
    numbers[i] = numberOf(text);
    if (numbers[i] == 0)
      continue;
    const weft_string_view *constant = session.module->texts.find(numbers[i]);
    bool isOther =
        constant && (constant->bytes != text.bytes || memcmp(constant->data, text.data, text.bytes) != 0);
    TextTable::Added added = constant ? TextTable::Ok : session.texts.add(session.memory, numbers[i], text);
    if (added == TextTable::NoMemory)
      return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for the texts of input '%s'.", info.name);
    if (isOther || added == TextTable::Taken)
      return fail(status, WEFT_SYSTEM_UNIMPLEMENTED,
                  "String %zu of input '%s' and another text have the same 64-bit hash, which this runtime "
                  "cannot tell apart.",
                  i, info.name);
  }
  return WEFT_OK;
}

weft_code viewTexts(weft_session &session, const weft_value_info &info, const void *numbers, size_t count,
                    weft_string_view *outTexts, weft_status *status) {
  ListMemory &memory = session.lists[session.listTurn];
  for (size_t i = 0; i < count; ++i) {
    uint64_t number = static_cast<const uint64_t *>(numbers)[i];
    const weft_string_view *constant = number ? session.module->texts.find(number) : nullptr;
    const weft_string_view *given = number && !constant ? session.texts.find(number) : nullptr;
    if (number && !constant && !given)
      return fail(status, WEFT_SYSTEM_INTERNAL,
                  "String %zu of output '%s' has a number without a text. Please report this.", i, info.name);
    weft_string_view text = constant ? *constant : weft_string_view{"", 0};
    if (given) {
      // The caller's own texts need to live only until the run ends.
      auto *copy = static_cast<char *>(memory.take(session.memory, given->bytes));
      if (!copy)
        return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for output '%s'.", info.name);
      memcpy(copy, given->data, given->bytes);
      text = {copy, given->bytes};
    }
    memcpy(static_cast<void *>(outTexts + i), &text, sizeof(text));
  }
  return WEFT_OK;
}

} // namespace weft::rt
