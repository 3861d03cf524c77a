// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Case of characters, and matching by the tables of regular expressions.

#include "text_functions.h"

#include <cstring>

namespace weft::rt {

//===----------------------------------------------------------------------===//
// Case
//===----------------------------------------------------------------------===//

namespace {

struct CaseRow {
  uint32_t first, last, step;
  int32_t added;
};
#include "case_rows.inc"

template <size_t N> uint32_t mapCase(const CaseRow (&rows)[N], uint32_t codePoint) {
  for (const CaseRow &row : rows) {
    if (codePoint < row.first)
      break;
    if (codePoint <= row.last && (codePoint - row.first) % row.step == 0)
      return codePoint + static_cast<uint32_t>(row.added);
  }
  return codePoint;
}

/// Bytes of the character at `text`, 0 where it is not UTF-8.
size_t decode(const char *text, size_t left, uint32_t &codePoint) {
  auto byteAt = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t lead = byteAt(0);
  if (lead < 0x80) {
    codePoint = lead;
    return 1;
  }
  size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || length > left)
    return 0;
  codePoint = lead & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byteAt(i) & 0xC0) != 0x80)
      return 0;
    codePoint = codePoint << 6 | (byteAt(i) & 0x3F);
  }
  bool isSurrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
  return codePoint < least[length] || codePoint > 0x10FFFF || isSurrogate ? 0 : length;
}

size_t encode(uint32_t codePoint, char *out) {
  if (codePoint < 0x80) {
    *out = static_cast<char>(codePoint);
    return 1;
  }
  size_t length = codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; codePoint >>= 6)
    out[i] = static_cast<char>(0x80 | (codePoint & 0x3F));
  out[0] = static_cast<char>((0xF00 >> length & 0xFF) | codePoint);
  return length;
}

} // namespace

size_t changeCase(const weft_string_view &text, bool isUpper, bool isAscii, char *out) {
  size_t bytes = 0;
  for (size_t at = 0; at < text.bytes;) {
    char c = text.data[at];
    bool isAsciiByte = static_cast<uint8_t>(c) < 0x80;
    if (isAscii || isAsciiByte) {
      bool changes = isUpper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
      out[bytes++] = static_cast<char>(changes ? c ^ 0x20 : c);
      ++at;
      continue;
    }
    uint32_t codePoint;
    size_t length = decode(text.data + at, text.bytes - at, codePoint);
    if (length == 0) {
      out[bytes++] = c;
      ++at;
      continue;
    }
    bytes += encode(isUpper ? mapCase(upperRows, codePoint) : mapCase(lowerRows, codePoint), out + bytes);
    at += length;
  }
  return bytes;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

bool PatternTable::read(const weft_item &item) {
  constexpr int64_t numStarts = 4, classWords = 64, firstRow = 1 + numStarts + classWords;
  auto *words = static_cast<const int32_t *>(item.data);
  int64_t count = item.bytes / 4;
  if (count < firstRow || words[0] < 1 || words[0] > 256)
    return false;
  columns = words[0];
  starts = words + 1;
  classes = reinterpret_cast<const uint8_t *>(words + 1 + numStarts);
  rows = words + firstRow;
  return (count - firstRow) % (columns + 1) == 0;
}

bool PatternTable::matches(const weft_string_view &text) const {
  int32_t state = starts[0];
  for (size_t i = 0; i < text.bytes && state; ++i)
    state = entry(state, columnOf(text.data[i])) >> 1;
  return entry(state, columns) & 1;
}

size_t PatternTable::longestFrom(const weft_string_view &text, size_t start) const {
  auto isWord = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  int before = start == 0 ? 0 : text.data[start - 1] == '\n' ? 1 : isWord(text.data[start - 1]) ? 2 : 3;
  int32_t state = starts[before];
  size_t end = start;
  for (size_t i = start; state; ++i) {
    int32_t taken = entry(state, i < text.bytes ? columnOf(text.data[i]) : columns);
    if (taken & 1)
      end = i;
    if (i == text.bytes)
      break;
    state = taken >> 1;
  }
  return end;
}

} // namespace weft::rt
