// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the metadata of an artifact may say, once its structure is sound.
#ifndef WEFT_RUNTIME_SRC_VERIFY_H
#define WEFT_RUNTIME_SRC_VERIFY_H

#include "artifact.h"

namespace weft::rt {

/// Checks names, types, dims, aliases, counts, versions and required libraries; not the segments.
///
/// Requires: FlatBuffers' verifier has passed.
/// Errors:   WEFT_ARTIFACT_INVALID, WEFT_ARTIFACT_VERSION, WEFT_ARTIFACT_LIBRARY.
weft_code verifyMeaning(const fb::Artifact &root, const char *name, weft_status *status);

/// Checks one segment: aligned, at or after `previousEnd`, inside the file, with one checksum per MiB.
weft_code verifySegment(const fb::Segment &segment, const char *name, const file::Header &header,
                        uint64_t previousEnd, weft_status *status);

/// Sorts by offset; heap sort, so that no order of a hostile file is slow.
void sortByOffset(const fb::Segment **segments, size_t count);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_VERIFY_H
