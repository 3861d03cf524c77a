// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fixed 64-byte header of a .weft file and its checksum: all that the compiler's writer and the runtime's
// loader share besides the FlatBuffers schema.
//
// Header-only, C++17, standard library only; see docs/artifact-format.md for the whole layout.
#ifndef WEFT_SCHEMA_FILE_H
#define WEFT_SCHEMA_FILE_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weft {
namespace file {

/// First bytes of every .weft file. As in PNG, the high bit, the CR LF pair and the control-Z make a file
/// that went through a text-mode transfer recognisable.
inline constexpr uint8_t magic[8] = {0x89, 'W', 'E', 'F', 'T', '\r', '\n', 0x1a};

/// Version of the layout that this header describes. A loader reads exactly its own version.
inline constexpr uint32_t formatVersion = 1;

/// Unit of the segment checksums.
inline constexpr uint64_t checksumBlockBytes = uint64_t(1) << 20;

/// Segments start at multiples of Header::pageBytes, a power of two within these bounds.
inline constexpr uint32_t minPageBytes = 4096;
inline constexpr uint32_t maxPageBytes = 2u << 20;

/// The first 64 bytes of a file, little-endian. All bytes outside header, root and segments are zero.
struct Header {
  uint8_t magic[8];        // `weft::file::magic`
  uint32_t formatVersion;  // `weft::file::formatVersion`
  uint32_t headerBytes;    // 64
  uint64_t fileBytes;      // size of the whole file; it ends where its last segment ends
  uint64_t rootOffset;     // where the FlatBuffers root starts; a multiple of 8, at least 64
  uint64_t rootBytes;      // its size
  uint64_t rootChecksum;   // XXH64 of these bytes
  uint32_t pageBytes;      // alignment of the segments
  uint32_t reserved;       // zero
  uint64_t headerChecksum; // XXH64 of the 56 bytes before
};
static_assert(sizeof(Header) == 64, "the header is 64 bytes on every machine");

namespace detail {
inline constexpr uint64_t prime1 = 0x9E3779B185EBCA87u, prime2 = 0xC2B2AE3D27D4EB4Fu,
                          prime3 = 0x165667B19E3779F9u, prime4 = 0x85EBCA77C2B2AE63u,
                          prime5 = 0x27D4EB2F165667C5u;
inline constexpr size_t prefetchBytes = 4096;
inline uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }
inline uint64_t read64(const uint8_t *p) {
  uint64_t x;
  std::memcpy(&x, p, 8);
  return x;
}
inline uint32_t read32(const uint8_t *p) {
  uint32_t x;
  std::memcpy(&x, p, 4);
  return x;
}
inline uint64_t round(uint64_t lane, uint64_t input) { return rotate(lane + input * prime2, 31) * prime1; }
inline uint64_t merge(uint64_t hash, uint64_t lane) { return (hash ^ round(0, lane)) * prime1 + prime4; }
} // namespace detail

/// XXH64 of `bytes` bytes with seed 0, on a little-endian machine.
///
/// Source: the XXH64 specification (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md).
inline uint64_t checksum(const void *data, size_t bytes) {
  using namespace detail;
  const uint8_t *p = static_cast<const uint8_t *>(data), *end = p + bytes;
  uint64_t hash;
  if (bytes >= 32) {
    uint64_t a = prime1 + prime2, b = prime2, c = 0, d = 0 - prime1;
    // Two rounds per cache line. Hardware prefetchers stop at page boundaries; without the hint, reading
    // weights waits for memory a third of the time.
    for (; end - p >= 64; p += 64) {
      __builtin_prefetch(p + prefetchBytes);
      a = round(round(a, read64(p)), read64(p + 32));
      b = round(round(b, read64(p + 8)), read64(p + 40));
      c = round(round(c, read64(p + 16)), read64(p + 48));
      d = round(round(d, read64(p + 24)), read64(p + 56));
    }
    if (end - p >= 32) {
      a = round(a, read64(p));
      b = round(b, read64(p + 8));
      c = round(c, read64(p + 16));
      d = round(d, read64(p + 24));
      p += 32;
    }
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  } else {
    hash = prime5;
  }
  hash += bytes;
  for (; end - p >= 8; p += 8)
    hash = rotate(hash ^ round(0, read64(p)), 27) * prime1 + prime4;
  for (; end - p >= 4; p += 4)
    hash = rotate(hash ^ (read32(p) * prime1), 23) * prime2 + prime3;
  for (; p != end; ++p)
    hash = rotate(hash ^ (*p * prime5), 11) * prime1;
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}

/// A header for a file of `fileBytes` bytes whose root of `rootBytes` bytes lies at `rootOffset`, checksums
/// filled in.
inline Header makeHeader(uint64_t fileBytes, uint64_t rootOffset, const void *root, uint64_t rootBytes,
                         uint32_t pageBytes = minPageBytes) {
  Header header{};
  std::memcpy(header.magic, magic, sizeof(magic));
  header.formatVersion = formatVersion;
  header.headerBytes = sizeof(Header);
  header.fileBytes = fileBytes;
  header.rootOffset = rootOffset;
  header.rootBytes = rootBytes;
  header.rootChecksum = checksum(root, rootBytes);
  header.pageBytes = pageBytes;
  header.headerChecksum = checksum(&header, offsetof(Header, headerChecksum));
  return header;
}

} // namespace file
} // namespace weft

#endif // WEFT_SCHEMA_FILE_H
