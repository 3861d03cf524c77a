// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions on texts that compiled code calls.
#ifndef WEFT_RUNTIME_SRC_TEXT_FUNCTIONS_H
#define WEFT_RUNTIME_SRC_TEXT_FUNCTIONS_H

#include "session.h"
#include "weft_abi.h"

namespace weft::rt {

/// Makes texts of a run: bytes that live until the next run but one, and their numbers.
class TextWriter {
public:
  explicit TextWriter(weft_session &session) : session(session) {}

  /// Room for `bytes` bytes, or null after an error was remembered.
  char *reserve(size_t bytes);
  /// Makes the first `bytes` of what was reserved a text.
  ///
  /// Errors: WEFT_SYSTEM_UNIMPLEMENTED when another text has the number, WEFT_RESOURCE_MEMORY.
  int32_t finish(size_t bytes, uint64_t &outNumber);
  /// A copy of a text as one of its own.
  int32_t copy(const weft_string_view &text, uint64_t &outNumber);

private:
  weft_session &session;
  char *next = nullptr;
  size_t left = 0;
};

/// The text of a number of this run. Errors: WEFT_SYSTEM_INTERNAL when it has none.
int32_t textOf(weft_session &session, uint64_t number, weft_string_view &outText);

/// A table that lib/Conversion makes of a regular expression (docs/artifact-format.md).
class PatternTable {
public:
  /// False when the words are no table.
  bool read(const weft_item &item);
  bool matches(const weft_string_view &text) const;
  /// The end of the longest match that is not empty at `start`, or `start`.
  size_t longestFrom(const weft_string_view &text, size_t start) const;

private:
  int32_t entry(int32_t state, int32_t column) const { return rows[state * (columns + 1) + column]; }
  int32_t columnOf(char byte) const { return classes[static_cast<uint8_t>(byte)]; }

  int32_t columns = 0; // classes of bytes; one more column for the end
  const int32_t *starts = nullptr;
  const uint8_t *classes = nullptr;
  const int32_t *rows = nullptr;
};

/// The text in upper or lower case at `out`, which has room for twice its bytes; returns its bytes.
size_t changeCase(const weft_string_view &text, bool isUpper, bool isAscii, char *out);

/// The number as text at `out`, which has room for 64 bytes; returns its bytes. `kind` is a weft_text_number.
size_t formatNumber(int64_t kind, const void *numbers, int64_t index, char *out);

/// Whether the bytes up to `end`, which is a zero byte, spell a number.
bool parseReal(const char *text, const char *end, double &out);
bool parseInteger(const char *text, const char *end, int64_t &out);

/// `weft_abi::text`.
int32_t callText(void *ctx, int32_t function, const weft_list *inputs, const int64_t *params,
                 uint32_t message, const weft_list **outList);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_TEXT_FUNCTIONS_H
