// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings: compiled code knows their numbers, equal ones for equal texts; a table gives the texts back.
#ifndef WEFT_RUNTIME_SRC_TEXTS_H
#define WEFT_RUNTIME_SRC_TEXTS_H

#include "allocator.h"
#include "weft_runtime.h"

namespace weft::rt {

/// The number of a text: XXH64; 0 is the empty text.
uint64_t numberOf(const weft_string_view &text);

/// Which text has which number. Open addressing; the texts stay where they are.
class TextTable {
public:
  enum Added { Ok, NoMemory, Taken };
  /// Taken: another text has the number.
  Added add(Memory &memory, uint64_t number, const weft_string_view &text);
  /// Null when no text has the number. Not for 0.
  const weft_string_view *find(uint64_t number) const;
  void clear();
  void free(Memory &memory);

private:
  struct Slot {
    uint64_t number; // 0: free
    weft_string_view text;
  };
  /// The slot of a number, or the free one where it would go.
  Slot &slotOf(uint64_t number) const;
  bool grow(Memory &memory);

  Slot *slots = nullptr;
  size_t capacity = 0, used = 0; // capacity: a power of two
};

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_TEXTS_H
