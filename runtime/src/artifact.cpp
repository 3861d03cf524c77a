// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Maps artifacts and checks file header, metadata and segment places.

#include "artifact.h"

#include "status.h"
#include "verify.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::rt {

weft_code ArtifactBytes::map(const char *path, weft_status *status) {
  // Not blocking: a pipe without a writer is refused below instead of waited for.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return fail(status, WEFT_SYSTEM_IO, "'%s' cannot be opened: %s.", path, strerror(errno));
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    bool isFolder = S_ISDIR(info.st_mode);
    close(fd);
    return fail(status, WEFT_SYSTEM_IO, "'%s' is %s, not a file.", path,
                isFolder ? "a folder" : "something special");
  }
  if (info.st_size == 0) {
    close(fd);
    return fail(status, WEFT_ARTIFACT_FORMAT, "'%s' is empty. Give the file that weftc wrote.", path);
  }
  void *mapped = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  int error = errno;
  close(fd);
  if (mapped == MAP_FAILED)
    return fail(status, WEFT_SYSTEM_IO, "'%s' (%llu bytes) cannot be mapped: %s.", path,
                static_cast<unsigned long long>(info.st_size), strerror(error));
  data = static_cast<const uint8_t *>(mapped);
  size = static_cast<uint64_t>(info.st_size);
  origin = Mapped;
  return WEFT_OK;
}

weft_code ArtifactBytes::adopt(const void *bytes, uint64_t count, Memory &memory, weft_status *status) {
  if (count == 0)
    return fail(status, WEFT_ARTIFACT_FORMAT, "The artifact in memory is empty.");
  size = count;
  if (reinterpret_cast<uintptr_t>(bytes) % tensorAlignment == 0) {
    data = static_cast<const uint8_t *>(bytes);
    origin = Borrowed;
    return WEFT_OK;
  }
  void *copy = memory.allocate(count);
  if (!copy)
    return fail(status, WEFT_RESOURCE_MEMORY,
                "There is no memory for an aligned copy of the artifact (%llu bytes). Hand it over at a "
                "64-byte boundary.",
                static_cast<unsigned long long>(count));
  memcpy(copy, bytes, count);
  data = static_cast<const uint8_t *>(copy);
  origin = Copied;
  return WEFT_OK;
}

void ArtifactBytes::release(Memory &memory) {
  if (origin == Mapped)
    munmap(const_cast<uint8_t *>(data), size);
  else if (origin == Copied)
    memory.release(const_cast<uint8_t *>(data), size);
  data = nullptr;
  origin = None;
}

namespace {

/// Checks the 64 bytes in front and the root's checksum.
weft_code verifyHeader(const ArtifactBytes &bytes, const char *name, file::Header &header,
                       weft_status *status) {
  uint64_t seen = bytes.size < sizeof(file::magic) ? bytes.size : sizeof(file::magic);
  if (memcmp(bytes.data, file::magic, seen) != 0)
    return fail(status, WEFT_ARTIFACT_FORMAT,
                "'%s' is not a .weft file: it does not start with the format's mark.%s", name,
                seen >= 4 && memcmp(bytes.data,
                                    "\x7f"
                                    "ELF",
                                    4) == 0
                    ? " It is an ELF file."
                    : " Compile the model with weftc first.");
  if (bytes.size < sizeof(file::Header))
    return fail(
        status, WEFT_ARTIFACT_TRUNCATED,
        "'%s' is truncated: it has %llu bytes, and the header alone takes %zu. Copy or compile it again.",
        name, static_cast<unsigned long long>(bytes.size), sizeof(file::Header));
  memcpy(&header, bytes.data, sizeof(header));
  if (header.formatVersion != file::formatVersion)
    return fail(status, WEFT_ARTIFACT_VERSION,
                "'%s' has format version %u, and this runtime (%s) reads version %u. Compile the model again "
                "with the weftc "
                "of this version.",
                name, header.formatVersion, weft_runtime_version(), file::formatVersion);
  if (file::checksum(&header, offsetof(file::Header, headerChecksum)) != header.headerChecksum)
    return fail(status, WEFT_ARTIFACT_CORRUPT,
                "'%s' is damaged: the checksum of its header does not match. Copy or compile it again.",
                name);
  if (header.headerBytes != sizeof(file::Header) || header.reserved != 0 || header.rootOffset % 8 != 0 ||
      header.rootOffset < sizeof(file::Header) || header.pageBytes < file::minPageBytes ||
      header.pageBytes > file::maxPageBytes || (header.pageBytes & (header.pageBytes - 1)) != 0)
    return fail(status, WEFT_ARTIFACT_INVALID,
                "'%s' has a header with impossible values. Compile the model again.", name);
  if (bytes.size < header.fileBytes)
    return fail(status, WEFT_ARTIFACT_TRUNCATED,
                "'%s' is truncated: it has %llu of %llu bytes. Copy or compile it again.", name,
                static_cast<unsigned long long>(bytes.size),
                static_cast<unsigned long long>(header.fileBytes));
  if (bytes.size > header.fileBytes)
    return fail(status, WEFT_ARTIFACT_CORRUPT, "'%s' has %llu bytes after its end. Copy or compile it again.",
                name, static_cast<unsigned long long>(bytes.size - header.fileBytes));
  if (header.rootOffset > header.fileBytes || header.rootBytes > header.fileBytes - header.rootOffset ||
      header.rootBytes > FLATBUFFERS_MAX_BUFFER_SIZE)
    return fail(status, WEFT_ARTIFACT_INVALID,
                "'%s' has metadata outside of the file. Compile the model again.", name);
  if (file::checksum(bytes.data + header.rootOffset, header.rootBytes) != header.rootChecksum)
    return fail(status, WEFT_ARTIFACT_CORRUPT,
                "'%s' is damaged: the checksum of its metadata does not match. Copy or compile it again.",
                name);
  return WEFT_OK;
}

bool isZero(const uint8_t *data, uint64_t count) {
  uint8_t any = 0;
  for (uint64_t i = 0; i < count; ++i)
    any |= data[i];
  return any == 0;
}

/// Checks that the bytes before, between and after the parts are zero. The segments lie in file order.
weft_code verifyPadding(const ArtifactBytes &bytes, const char *name, const file::Header &header,
                        const fb::Segment *const *order, size_t count, weft_status *status) {
  uint64_t start = sizeof(file::Header), end = header.rootOffset;
  for (size_t i = 0;; ++i) {
    if (!isZero(bytes.data + start, end - start))
      return fail(status, WEFT_ARTIFACT_CORRUPT,
                  "'%s' is damaged: the padding before offset %llu is not zero. Copy or compile it again.",
                  name, static_cast<unsigned long long>(end));
    if (i == count)
      return WEFT_OK;
    start = i ? order[i - 1]->offset() + order[i - 1]->size() : header.rootOffset + header.rootBytes;
    end = order[i]->offset();
  }
}

/// Collects all segments in file order and checks their places and the bytes between them.
weft_code verifySegments(const ArtifactBytes &bytes, const char *name, const file::Header &header,
                         const fb::Artifact &root, bool isPaddingChecked, Memory &memory,
                         weft_status *status) {
  uint32_t codes = root.codes()->size(), constants = root.constants() ? root.constants()->size() : 0;
  size_t count = size_t(codes) + constants;
  const fb::Segment **order = memory.array<const fb::Segment *>(count);
  if (!order)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for a list of %zu segments.", count);
  for (uint32_t i = 0; i < codes; ++i)
    order[i] = root.codes()->Get(i)->segment();
  for (uint32_t i = 0; i < constants; ++i)
    order[codes + i] = root.constants()->Get(i);
  sortByOffset(order, count);

  weft_code code = WEFT_OK;
  uint64_t end = header.rootOffset + header.rootBytes;
  for (size_t i = 0; i < count && code == WEFT_OK; ++i) {
    code = verifySegment(*order[i], name, header, end, status);
    end = order[i]->offset() + order[i]->size();
  }
  if (code == WEFT_OK && end != header.fileBytes)
    code =
        fail(status, WEFT_ARTIFACT_INVALID,
             "'%s' should end at byte %llu, where its last segment ends, but has %llu bytes. Compile the "
             "model again.",
             name, static_cast<unsigned long long>(end), static_cast<unsigned long long>(header.fileBytes));
  if (code == WEFT_OK && isPaddingChecked)
    code = verifyPadding(bytes, name, header, order, count, status);
  memory.releaseArray(order, count);
  return code;
}

} // namespace

weft_code verifyArtifact(const ArtifactBytes &bytes, const char *name, bool isPaddingChecked, Memory &memory,
                         const fb::Artifact *&outRoot, weft_status *status) {
  file::Header header;
  if (weft_code code = verifyHeader(bytes, name, header, status))
    return code;
  // Metadata nests five levels deep; every table takes at least four bytes.
  const uint8_t *start = bytes.data + header.rootOffset;
  flatbuffers::Verifier verifier(start, static_cast<size_t>(header.rootBytes), /*max_depth=*/16,
                                 /*max_tables=*/4'000'000);
  if (header.rootBytes < 16 || !fb::VerifyArtifactBuffer(verifier))
    return fail(
        status, WEFT_ARTIFACT_INVALID,
        "'%s' has metadata of a wrong structure although its checksum matches. Compile the model again.",
        name);
  const fb::Artifact *root = fb::GetArtifact(start);
  if (weft_code code = verifyMeaning(*root, name, status))
    return code;
  if (weft_code code = verifySegments(bytes, name, header, *root, isPaddingChecked, memory, status))
    return code;
  outRoot = root;
  return WEFT_OK;
}

} // namespace weft::rt
