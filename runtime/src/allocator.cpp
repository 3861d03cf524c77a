// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts memory and provides the default allocator.

#include "allocator.h"

#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace weft::rt {

namespace {

// Blocks from here on ask for huge pages: first touches then cost one fault per 2 MiB instead of one per 4
// KiB.
constexpr size_t hugeThresholdBytes = size_t(4) << 20;
constexpr size_t hugePageBytes = size_t(2) << 20;

void *defaultAllocate(void *, size_t bytes, size_t alignment) {
  bool isHuge = bytes >= hugeThresholdBytes;
  if (isHuge && alignment < hugePageBytes)
    alignment = hugePageBytes;
  void *data = nullptr;
  if (posix_memalign(&data, alignment < sizeof(void *) ? sizeof(void *) : alignment, bytes) != 0)
    return nullptr;
#ifdef MADV_HUGEPAGE
  // Only whole huge pages: the tail must not round the memory use up.
  if (isHuge)
    madvise(data, bytes & ~(hugePageBytes - 1), MADV_HUGEPAGE);
#endif
  return data;
}

void defaultRelease(void *, void *data, size_t, size_t) { ::free(data); }

} // namespace

void Memory::init(const weft_allocator *hooks) {
  allocator = hooks ? *hooks : weft_allocator{nullptr, defaultAllocate, defaultRelease};
}

void *Memory::allocate(size_t bytes, size_t alignment) {
  if (bytes == 0)
    return nullptr;
  void *data = allocator.allocate(allocator.user, bytes, alignment);
  if (!data)
    return nullptr;
  uint64_t now = held.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  uint64_t most = peak.load(std::memory_order_relaxed);
  while (now > most && !peak.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return data;
}

void Memory::release(void *data, size_t bytes, size_t alignment) {
  if (!data)
    return;
  held.fetch_sub(bytes, std::memory_order_relaxed);
  allocator.release(allocator.user, data, bytes, alignment);
}

bool Block::reserve(Memory &memory, size_t bytes) {
  if (bytes <= capacity)
    return true;
  free(memory);
  size_t rounded = alignUp(bytes, tensorAlignment);
  data = memory.allocate(rounded);
  capacity = data ? rounded : 0;
  return data != nullptr;
}

void Block::free(Memory &memory) {
  memory.release(data, capacity);
  data = nullptr;
  capacity = 0;
}

void *MetadataArena::take(size_t bytes) {
  constexpr size_t chunkBytes = 16 * 1024;
  bytes = alignUp(bytes ? bytes : 1, 16);
  if (bytes > left) {
    size_t size = alignUp(sizeof(Chunk), 16) + (bytes > chunkBytes ? bytes : chunkBytes);
    if (bytes > budget)
      return nullptr;
    Chunk *chunk = static_cast<Chunk *>(memory->allocate(size, 16));
    if (!chunk)
      return nullptr;
    chunk->next = chunks;
    chunk->bytes = size;
    chunks = chunk;
    cursor = reinterpret_cast<char *>(chunk) + alignUp(sizeof(Chunk), 16);
    left = size - alignUp(sizeof(Chunk), 16);
  }
  if (bytes > budget)
    return nullptr;
  budget -= bytes;
  void *data = cursor;
  cursor += bytes;
  left -= bytes;
  memset(data, 0, bytes);
  return data;
}

void MetadataArena::free() {
  while (chunks) {
    Chunk *next = chunks->next;
    memory->release(chunks, chunks->bytes, 16);
    chunks = next;
  }
  cursor = nullptr;
  left = 0;
}

} // namespace weft::rt
