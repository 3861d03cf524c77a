// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequences and optionals of a run: lists that nobody changes once they are made, and their memory.
#ifndef WEFT_RUNTIME_SRC_LISTS_H
#define WEFT_RUNTIME_SRC_LISTS_H

#include "allocator.h"
#include "weft_abi.h"

namespace weft::rt {

/// Memory handed out front to back and given back all at once. What one run took is there for the next.
class ListMemory {
public:
  /// Returns: `bytes` bytes aligned to tensorAlignment, or null. 0 is legal.
  void *take(Memory &memory, size_t bytes);
  /// Whether an address was handed out since the last reset.
  bool owns(const void *data) const;
  /// Takes everything back. Where several chunks were needed, one that holds as much replaces them at the
  /// next `take`.
  void reset(Memory &memory);
  void free(Memory &memory);

private:
  struct Chunk {
    Chunk *next;
    size_t capacity, used;
    char *data() { return reinterpret_cast<char *>(this) + tensorAlignment; }
  };
  Chunk *chunks = nullptr; // newest first
  size_t wanted = 0;       // capacity of the next chunk, at least
};

/// Elements that several lists share: each sees the first `count` of them. Who appends to a list that sees
/// all extends them in place.
struct ListStorage {
  weft_item *items;
  int64_t used, capacity;
};

/// A list as the runtime makes it.
struct List {
  weft_list base;
  ListStorage *storage;
};

/// A list with room for `capacity` elements and `count` of them, which the caller writes. Null without
/// memory.
List *makeList(ListMemory &lists, Memory &memory, int64_t count, int64_t capacity, weft_item *&outItems);

/// An element with dims and data of its own, where `from` does not lie in `lists` already; false without
/// memory.
bool keepItem(ListMemory &lists, Memory &memory, const weft_item &from, weft_item &to);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_LISTS_H
