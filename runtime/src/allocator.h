// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory of one module or session: the caller's allocator with a count, and a bump arena for metadata.
#ifndef WEFT_RUNTIME_SRC_ALLOCATOR_H
#define WEFT_RUNTIME_SRC_ALLOCATOR_H

#include "checked_math.h"

#include <atomic>
#include <new>

namespace weft::rt {

/// Alignment of every tensor that compiled code sees, in bytes: a cache line and the widest vector register.
inline constexpr size_t tensorAlignment = 64;

/// Forwards to the caller's allocator (or the default one) and counts what is held. Thread-safe.
class Memory {
public:
  /// `hooks` may be null; its contents are copied.
  void init(const weft_allocator *hooks);

  /// Returns: `bytes` bytes at `alignment`, or null. bytes == 0 returns null.
  void *allocate(size_t bytes, size_t alignment = tensorAlignment);
  /// `data` may be null; the other two are those of allocate.
  void release(void *data, size_t bytes, size_t alignment = tensorAlignment);

  /// A zeroed array of `count` objects without destructor; null when memory or the size's range is exhausted.
  template <typename T> T *array(size_t count) {
    size_t bytes;
    if (!checkedMul(count, sizeof(T), bytes))
      return nullptr;
    T *data = static_cast<T *>(allocate(bytes, alignof(T) < tensorAlignment ? tensorAlignment : alignof(T)));
    for (size_t i = 0; data && i < count; ++i)
      new (data + i) T();
    return data;
  }
  template <typename T> void releaseArray(T *data, size_t count) {
    release(data, count * sizeof(T), alignof(T) < tensorAlignment ? tensorAlignment : alignof(T));
  }

  const weft_allocator &hooks() const { return allocator; }
  uint64_t peakBytes() const { return peak.load(std::memory_order_relaxed); }

private:
  weft_allocator allocator;
  std::atomic<uint64_t> held{0}, peak{0};
};

/// A buffer that grows and never shrinks until it is freed.
struct Block {
  void *data = nullptr;
  size_t capacity = 0;

  /// Makes room for `bytes`; old contents are lost when it grows.
  bool reserve(Memory &memory, size_t bytes);
  void free(Memory &memory);
};

/// Bump allocation of plain data that lives as long as its owner.
class MetadataArena {
public:
  /// Requires: init before use; `limitBytes` caps the sum, so that a small file cannot ask for much memory.
  void init(Memory *owner, uint64_t limitBytes) {
    memory = owner;
    budget = limitBytes;
  }
  /// Returns: a zeroed array (non-null even when count is 0), or null.
  template <typename T> T *array(size_t count) {
    static_assert(alignof(T) <= 16);
    size_t bytes;
    if (!checkedMul(count, sizeof(T), bytes))
      return nullptr;
    return static_cast<T *>(take(bytes));
  }
  void free();

private:
  struct Chunk {
    Chunk *next;
    size_t bytes;
  };
  void *take(size_t bytes);

  Memory *memory = nullptr;
  Chunk *chunks = nullptr;
  char *cursor = nullptr;
  size_t left = 0;
  uint64_t budget = 0;
};

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_ALLOCATOR_H
