// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime's side of ops that look into texts or make new ones.

#include "text_functions.h"

#include "cpu/float_mode.h"
#include "status.h"

#include <cstdlib>
#include <cstring>

namespace weft::rt {

//===----------------------------------------------------------------------===//
// Texts
//===----------------------------------------------------------------------===//

static int32_t reportNoMemory(weft_session &session) {
  return remember(session,
                  fail(session.status, WEFT_RESOURCE_MEMORY, "There is no memory for the texts of a run."));
}

/// The text of a number in the artifact or of the run, or null.
static const weft_string_view *findText(const weft_session &session, uint64_t number) {
  const weft_string_view *known = session.module->texts.find(number);
  return known ? known : session.texts.find(number);
}

char *TextWriter::reserve(size_t bytes) {
  if (!next || left < bytes) {
    constexpr size_t blockBytes = 4096;
    size_t taken = bytes < blockBytes ? blockBytes : bytes;
    next = static_cast<char *>(session.lists[session.listTurn].take(session.memory, taken));
    left = next ? taken : 0;
    if (!next)
      reportNoMemory(session);
  }
  return next;
}

int32_t TextWriter::finish(size_t bytes, uint64_t &outNumber) {
  weft_string_view text = {next, bytes};
  outNumber = numberOf(text);
  if (outNumber == 0)
    return WEFT_OK;
  if (const weft_string_view *known = findText(session, outNumber)) {
    if (known->bytes == bytes && memcmp(known->data, text.data, bytes) == 0)
      return WEFT_OK;
    return remember(session, fail(session.status, WEFT_SYSTEM_UNIMPLEMENTED,
                                  "Two texts of the run have the same 64-bit hash, which this runtime cannot "
                                  "tell apart."));
  }
  if (session.texts.add(session.memory, outNumber, text) != TextTable::Ok)
    return reportNoMemory(session);
  next += bytes;
  left -= bytes;
  return WEFT_OK;
}

int32_t TextWriter::copy(const weft_string_view &text, uint64_t &outNumber) {
  char *place = reserve(text.bytes);
  if (!place)
    return WEFT_RESOURCE_MEMORY;
  if (text.bytes)
    memcpy(place, text.data, text.bytes);
  return finish(text.bytes, outNumber);
}

int32_t textOf(weft_session &session, uint64_t number, weft_string_view &outText) {
  outText = {"", 0};
  if (number == 0)
    return WEFT_OK;
  const weft_string_view *known = findText(session, number);
  if (!known)
    return remember(session, fail(session.status, WEFT_SYSTEM_INTERNAL,
                                  "A string of the run has a number without a text. Please report this."));
  outText = *known;
  return WEFT_OK;
}

namespace {

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// One call: its operands, and the list of results.
struct Call {
  weft_session &session;
  const weft_list &inputs;
  const int64_t *params;
  uint32_t message;
  weft_item *results = nullptr;

  const weft_item &input(int64_t i) const { return inputs.items[i]; }
  int64_t count(int64_t i = 0) const {
    int64_t count = 1;
    for (int64_t d = 0; d < input(i).rank; ++d)
      count *= input(i).dims[d];
    return count;
  }
  int32_t text(int64_t operand, int64_t i, weft_string_view &out) const {
    return textOf(session, static_cast<const uint64_t *>(input(operand).data)[i], out);
  }
  int32_t failAt(int64_t a, int64_t b) const { return session.abi.fail(&session, message, a, b); }

  /// A tensor of the dims of the first operand, with `width` behind them unless that is negative.
  template <typename T> T *make(int64_t result, int64_t width = -1) {
    ListMemory &lists = session.lists[session.listTurn];
    const weft_item &like = input(0);
    int64_t rank = like.rank + (width >= 0 ? 1 : 0);
    size_t elements, bytes;
    if (!checkedMul(static_cast<size_t>(count()), static_cast<size_t>(width < 0 ? 1 : width), elements) ||
        !checkedMul(elements, sizeof(T), bytes))
      return nullptr;
    auto *dims =
        static_cast<int64_t *>(lists.take(session.memory, static_cast<size_t>(rank) * sizeof(int64_t)));
    auto *data = static_cast<T *>(lists.take(session.memory, bytes));
    if (!dims || !data)
      return nullptr;
    for (int64_t d = 0; d < like.rank; ++d)
      dims[d] = like.dims[d];
    if (width >= 0)
      dims[like.rank] = width;
    results[result] = {data, static_cast<int64_t>(bytes), rank, dims};
    return data;
  }
};

int32_t concat(Call &call) {
  int64_t count = call.count();
  if (call.count(1) != count)
    return call.failAt(count, call.count(1));
  auto *numbers = call.make<uint64_t>(0);
  if (!numbers)
    return reportNoMemory(call.session);
  TextWriter writer(call.session);
  for (int64_t i = 0; i < count; ++i) {
    weft_string_view x, y;
    int32_t code = call.text(0, i, x);
    code = code ? code : call.text(1, i, y);
    if (code)
      return code;
    char *place = writer.reserve(x.bytes + y.bytes);
    if (!place)
      return WEFT_RESOURCE_MEMORY;
    memcpy(place, x.data, x.bytes);
    memcpy(place + x.bytes, y.data, y.bytes);
    if ((code = writer.finish(x.bytes + y.bytes, numbers[i])))
      return code;
  }
  return WEFT_OK;
}

int32_t changeCases(Call &call) {
  auto *numbers = call.make<uint64_t>(0);
  if (!numbers)
    return reportNoMemory(call.session);
  TextWriter writer(call.session);
  for (int64_t i = 0, count = call.count(); i < count; ++i) {
    weft_string_view text;
    if (int32_t code = call.text(0, i, text))
      return code;
    char *place = writer.reserve(2 * text.bytes);
    if (!place)
      return WEFT_RESOURCE_MEMORY;
    size_t bytes = changeCase(text, call.params[0] != 0, call.params[1] != 0, place);
    if (int32_t code = writer.finish(bytes, numbers[i]))
      return code;
  }
  return WEFT_OK;
}

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Hands the parts of a text between delimiters to `take`; returns how many there are.
template <typename Take>
int64_t cutText(const weft_string_view &text, const weft_string_view &delimiter, int64_t limit, Take take) {
  const char *data = text.data;
  size_t at = 0;
  int64_t count = 0;
  auto add = [&](size_t from, size_t to) {
    take(count, weft_string_view{data + from, to - from});
    ++count;
  };
  if (delimiter.bytes == 0) {
    while (true) {
      while (at < text.bytes && isSpace(data[at]))
        ++at;
      if (at == text.bytes)
        return count;
      size_t from = at;
      while (at < text.bytes && ((limit >= 0 && count >= limit) || !isSpace(data[at])))
        ++at;
      add(from, at);
    }
  }
  size_t from = 0;
  while (at + delimiter.bytes <= text.bytes && (limit < 0 || count < limit)) {
    if (memcmp(data + at, delimiter.data, delimiter.bytes) != 0) {
      ++at;
      continue;
    }
    add(from, at);
    at += delimiter.bytes;
    from = at;
  }
  add(from, text.bytes);
  return count;
}

bool hasCharacters(const weft_string_view &text, int64_t least) {
  for (size_t i = 0; i < text.bytes && least > 0; ++i)
    least -= (text.data[i] & 0xC0) != 0x80;
  return least <= 0;
}

/// Hands the matches in a text, or what lies between them, to `take`; returns how many there are.
template <typename Take>
int64_t findParts(const weft_string_view &text, const PatternTable &table, bool isGaps, int64_t least,
                  Take take) {
  int64_t count = 0;
  auto add = [&](size_t start, size_t end) {
    weft_string_view part = {text.data + start, end - start};
    if (part.bytes && hasCharacters(part, least))
      take(count++, part);
  };
  size_t gap = 0;
  for (size_t at = 0; at < text.bytes;) {
    size_t end = table.longestFrom(text, at);
    if (end == at) {
      ++at;
      continue;
    }
    if (isGaps)
      add(gap, at);
    else
      add(at, end);
    at = gap = end;
  }
  if (isGaps)
    add(gap, text.bytes);
  return count;
}

/// Parts of each text by `cut`, which is asked twice: how many there are, then for them. `fill` is the number
/// of an operand.
template <typename Cut> int32_t makePieces(Call &call, int64_t fill, Cut cut) {
  int64_t count = call.count(), width = 0;
  auto *counts = call.make<int64_t>(1);
  if (!counts)
    return reportNoMemory(call.session);
  for (int64_t i = 0; i < count; ++i) {
    weft_string_view text;
    if (int32_t code = call.text(0, i, text))
      return code;
    counts[i] = cut(text, [](int64_t, const weft_string_view &) {});
    width = counts[i] > width ? counts[i] : width;
  }
  auto *pieces = call.make<uint64_t>(0, width);
  if (!pieces)
    return reportNoMemory(call.session);
  uint64_t other = *static_cast<const uint64_t *>(call.input(fill).data);
  TextWriter writer(call.session);
  for (int64_t i = 0; i < count; ++i) {
    weft_string_view text;
    int32_t code = call.text(0, i, text);
    if (code)
      return code;
    uint64_t *row = pieces + i * width;
    cut(text, [&](int64_t place, const weft_string_view &piece) {
      if (code == WEFT_OK)
        code = writer.copy(piece, row[place]);
    });
    if (code)
      return code;
    for (int64_t k = counts[i]; k < width; ++k)
      row[k] = other;
  }
  return WEFT_OK;
}

int32_t split(Call &call) {
  weft_string_view delimiter;
  if (int32_t code = call.text(1, 0, delimiter))
    return code;
  return makePieces(call, 2, [&](const weft_string_view &text, auto take) {
    return cutText(text, delimiter, call.params[0], take);
  });
}

int32_t reportBadTable(weft_session &session) {
  return remember(session, fail(session.status, WEFT_SYSTEM_INTERNAL,
                                "The program has a table of a pattern that is none. Please report this."));
}

int32_t find(Call &call) {
  PatternTable table;
  if (!table.read(call.input(2)))
    return reportBadTable(call.session);
  return makePieces(call, 1, [&](const weft_string_view &text, auto take) {
    return findParts(text, table, call.params[0] != 0, call.params[1], take);
  });
}

int32_t match(Call &call) {
  PatternTable table;
  if (!table.read(call.input(1)))
    return reportBadTable(call.session);
  auto *found = call.make<uint8_t>(0);
  if (!found)
    return reportNoMemory(call.session);
  for (int64_t i = 0, count = call.count(); i < count; ++i) {
    weft_string_view text;
    if (int32_t code = call.text(0, i, text))
      return code;
    found[i] = table.matches(text);
  }
  return WEFT_OK;
}

int32_t format(Call &call) {
  auto *numbers = call.make<uint64_t>(0);
  if (!numbers)
    return reportNoMemory(call.session);
  TextWriter writer(call.session);
  for (int64_t i = 0, count = call.count(); i < count; ++i) {
    char *place = writer.reserve(64);
    if (!place)
      return WEFT_RESOURCE_MEMORY;
    size_t bytes = formatNumber(call.params[0], call.input(0).data, i, place);
    if (int32_t code = writer.finish(bytes, numbers[i]))
      return code;
  }
  return WEFT_OK;
}

int32_t parse(Call &call) {
  bool isReal = call.params[0] == WEFT_TEXT_F64;
  auto *words = call.make<int64_t>(0);
  if (!words)
    return reportNoMemory(call.session);
  TextWriter scratch(call.session);
  for (int64_t i = 0, count = call.count(); i < count; ++i) {
    weft_string_view text;
    if (int32_t code = call.text(0, i, text))
      return code;
    char *copy = scratch.reserve(text.bytes + 1);
    if (!copy)
      return WEFT_RESOURCE_MEMORY;
    memcpy(copy, text.data, text.bytes);
    copy[text.bytes] = 0;
    double real = 0;
    bool isNumber =
        isReal ? parseReal(copy, copy + text.bytes, real) : parseInteger(copy, copy + text.bytes, words[i]);
    if (!isNumber)
      return call.failAt(i, count);
    if (isReal)
      memcpy(words + i, &real, sizeof(real));
  }
  return WEFT_OK;
}

struct RankedText {
  weft_string_view text;
  int64_t place;
};

int compareTexts(const void *left, const void *right) {
  const weft_string_view &a = static_cast<const RankedText *>(left)->text,
                         &b = static_cast<const RankedText *>(right)->text;
  int order = memcmp(a.data, b.data, a.bytes < b.bytes ? a.bytes : b.bytes);
  return order ? order : a.bytes < b.bytes ? -1 : a.bytes > b.bytes;
}

int32_t rank(Call &call) {
  int64_t count = call.count();
  auto *ranks = call.make<int64_t>(0);
  size_t bytes;
  auto *order = checkedMul(static_cast<size_t>(count), sizeof(RankedText), bytes)
                    ? static_cast<RankedText *>(
                          call.session.lists[call.session.listTurn].take(call.session.memory, bytes))
                    : nullptr;
  if (!ranks || !order)
    return reportNoMemory(call.session);
  for (int64_t i = 0; i < count; ++i) {
    order[i].place = i;
    if (int32_t code = call.text(0, i, order[i].text))
      return code;
  }
  qsort(order, static_cast<size_t>(count), sizeof(RankedText), compareTexts);
  int64_t next = 0;
  for (int64_t i = 0; i < count; ++i) {
    next += i > 0 && compareTexts(order + i - 1, order + i) != 0;
    ranks[order[i].place] = next;
  }
  return WEFT_OK;
}

} // namespace

int32_t callText(void *ctx, int32_t function, const weft_list *inputs, const int64_t *params,
                 uint32_t message, const weft_list **outList) {
  weft_session &session = *static_cast<weft_session *>(ctx);
  // The least numbers have texts too.
  FloatModeScope mode(/*keepsDenormals=*/true);
  using Function = int32_t (*)(Call &);
  static constexpr Function functions[] = {concat, changeCases, split, find, match, format, parse, rank};
  constexpr int32_t numFunctions = sizeof(functions) / sizeof(functions[0]);
  if (function < 0 || function >= numFunctions)
    return remember(session,
                    fail(session.status, WEFT_SYSTEM_INTERNAL,
                         "The program calls a function on texts that the runtime has not. Please report "
                         "this."));
  int64_t numResults = function == WEFT_TEXT_SPLIT || function == WEFT_TEXT_FIND ? 2 : 1;
  Call call = {session, *inputs, params, message};
  List *list =
      makeList(session.lists[session.listTurn], session.memory, numResults, numResults, call.results);
  if (!list)
    return reportNoMemory(session);
  if (int32_t code = functions[function](call))
    return code;
  *outList = &list->base;
  return WEFT_OK;
}

} // namespace weft::rt
