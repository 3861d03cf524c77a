// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of an artifact: mapped, then verified structurally and semantically, then trusted.
#ifndef WEFT_RUNTIME_SRC_ARTIFACT_H
#define WEFT_RUNTIME_SRC_ARTIFACT_H

#include "allocator.h"
#include "weft_file.h"
#include "weft_runtime.h"

// FlatBuffers' assertions stay out of release builds; its verifier is what protects this library.
#include "weft_artifact_generated.h"

namespace weft::rt {

namespace fb = ::weft::artifact;

/// Tensors of a higher rank are refused; ONNX models stay far below.
inline constexpr uint32_t maxRank = 32;

/// Read-only bytes of a file, or of the caller's memory.
struct ArtifactBytes {
  const uint8_t *data = nullptr;
  uint64_t size = 0;
  enum Origin { None, Mapped, Copied, Borrowed } origin = None;

  /// Errors: WEFT_SYSTEM_IO, WEFT_ARTIFACT_FORMAT for an empty file.
  weft_code map(const char *path, weft_status *status);
  /// Copies only what is not aligned. Errors: WEFT_RESOURCE_MEMORY.
  weft_code adopt(const void *bytes, uint64_t count, Memory &memory, weft_status *status);
  void release(Memory &memory);
};

/// Checks everything but the checksums of the segments: magic, version, header and root checksums,
/// FlatBuffers structure, names, ranges, segment places, padding (when `isPaddingChecked`).
///
/// Returns: the root, which is safe to read from now on. `name` is how messages call the artifact.
/// Errors:  group 0x3.
weft_code verifyArtifact(const ArtifactBytes &bytes, const char *name, bool isPaddingChecked, Memory &memory,
                         const fb::Artifact *&outRoot, weft_status *status);

/// One segment to check, and what to call it.
struct NamedSegment {
  const fb::Segment *segment;
  const char *kind;  // "constants", "code"
  const char *label; // level of code; null for constants, which go by number
  uint32_t index;
};

/// Compares every MiB of the segments with its checksum, on up to `threads` threads.
///
/// Errors: WEFT_ARTIFACT_CORRUPT, naming the first bad segment and the offset in the file.
weft_code verifyChecksums(const ArtifactBytes &bytes, const char *name, const NamedSegment *segments,
                          size_t count, uint32_t threads, weft_status *status);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_ARTIFACT_H
