// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares segments with their checksums, block by block, on several threads.

#include "artifact.h"
#include "status.h"

#include <pthread.h>
#include <sys/mman.h>

namespace weft::rt {

namespace {

// More threads than this read memory no faster.
constexpr uint32_t maxThreads = 16;
// Less work than this is not worth a thread (0.1 ms at 10 GB/s).
constexpr uint64_t blocksPerThread = 4;

struct Check {
  const ArtifactBytes *bytes;
  const NamedSegment *segments;
  size_t count;
  uint64_t blocks = 0; // of all segments together
  std::atomic<uint64_t> next{0};
  std::atomic<uint64_t> firstBad{UINT64_MAX};
};

uint64_t blocksOf(const fb::Segment &segment) {
  return segment.checksums() ? segment.checksums()->size() : 0;
}

// Finds the segment and the block within it that block number `index` of all is.
size_t locate(const Check &check, uint64_t index, uint64_t &block) {
  size_t i = 0;
  while (index >= blocksOf(*check.segments[i].segment))
    index -= blocksOf(*check.segments[i++].segment);
  block = index;
  return i;
}

void *checkBlocks(void *argument) {
  Check &check = *static_cast<Check *>(argument);
  for (uint64_t index; (index = check.next.fetch_add(1, std::memory_order_relaxed)) < check.blocks;) {
    uint64_t block;
    const fb::Segment &segment = *check.segments[locate(check, index, block)].segment;
    uint64_t start = block * file::checksumBlockBytes, size = segment.size() - start;
    if (size > file::checksumBlockBytes)
      size = file::checksumBlockBytes;
    const uint8_t *data = check.bytes->data + segment.offset() + start;
#ifdef MADV_POPULATE_READ
    // One call in place of 16 faults; segments start at page boundaries. Failure only means that the faults
    // happen.
    if (check.bytes->origin == ArtifactBytes::Mapped)
      madvise(const_cast<uint8_t *>(data), size, MADV_POPULATE_READ);
#endif
    if (file::checksum(data, size) == segment.checksums()->Get(static_cast<unsigned>(block)))
      continue;
    uint64_t bad = check.firstBad.load(std::memory_order_relaxed);
    while (index < bad && !check.firstBad.compare_exchange_weak(bad, index, std::memory_order_relaxed)) {
    }
  }
  return nullptr;
}

} // namespace

weft_code verifyChecksums(const ArtifactBytes &bytes, const char *name, const NamedSegment *segments,
                          size_t count, uint32_t threads, weft_status *status) {
  Check check;
  check.bytes = &bytes;
  check.segments = segments;
  check.count = count;
  for (size_t i = 0; i < count; ++i)
    check.blocks += blocksOf(*segments[i].segment);
  uint64_t useful = check.blocks / blocksPerThread + 1;
  if (threads > useful)
    threads = static_cast<uint32_t>(useful);
  if (threads > maxThreads)
    threads = maxThreads;
  pthread_t helpers[maxThreads];
  uint32_t started = 0;
  // A thread that cannot be started only makes the check slower.
  while (started + 1 < threads && pthread_create(&helpers[started], nullptr, checkBlocks, &check) == 0)
    ++started;
  checkBlocks(&check);
  for (uint32_t i = 0; i < started; ++i)
    pthread_join(helpers[i], nullptr);

  uint64_t bad = check.firstBad.load(std::memory_order_relaxed);
  if (bad == UINT64_MAX)
    return WEFT_OK;
  uint64_t block;
  const NamedSegment &segment = segments[locate(check, bad, block)];
  auto offset = static_cast<unsigned long long>(segment.segment->offset() + block * file::checksumBlockBytes);
  if (segment.label)
    return fail(status, WEFT_ARTIFACT_CORRUPT,
                "'%s' is damaged: %s segment '%s' does not match its checksum in the MiB from byte %llu of "
                "the file. Copy or "
                "compile it again.",
                name, segment.kind, segment.label, offset);
  return fail(status, WEFT_ARTIFACT_CORRUPT,
              "'%s' is damaged: %s segment %u does not match its checksum in the MiB from byte %llu of the "
              "file. Copy or compile "
              "it again.",
              name, segment.kind, segment.index, offset);
}

} // namespace weft::rt
