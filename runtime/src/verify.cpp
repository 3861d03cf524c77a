// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Semantic verification of metadata.

#include "verify.h"

#include "status.h"
#include "weft_abi.h"

#include <cstring>

namespace weft::rt {

namespace {

using Text = flatbuffers::String;
template <typename T> using List = flatbuffers::Vector<T>;

bool isNamed(const Text *text) { return text && text->size() > 0 && strlen(text->c_str()) == text->size(); }

// Names are compared pair by pair: these limits keep hostile files cheap.
constexpr unsigned maxValues = 16384, maxEntries = 4096;

/// Reports a fault of the metadata.
#define WEFT_INVALID(format, ...)                                                                            \
  fail(status, WEFT_ARTIFACT_INVALID, "'%s' is not a valid artifact: " format ". Compile the model again.",  \
       name, __VA_ARGS__)

weft_code verifyValue(const fb::Value *value, const char *name, const char *entry, const char *role,
                      unsigned index, weft_status *status) {
  if (!isNamed(value->name()))
    return WEFT_INVALID("%s %u of entry '%s' has no name", role, index, entry);
  const char *label = value->name()->c_str();
  auto type = static_cast<unsigned>(value->type()), kind = static_cast<unsigned>(value->kind());
  if (type == WEFT_UNDEFINED || type > WEFT_INT2)
    return WEFT_INVALID("%s '%s' has element type number %u, which does not exist", role, label, type);
  if (kind > WEFT_OPTIONAL)
    return WEFT_INVALID("%s '%s' has kind number %u, which does not exist", role, label, kind);
  if (value->item() != fb::ValueKind::TENSOR &&
      (kind != WEFT_OPTIONAL || value->item() != fb::ValueKind::SEQUENCE))
    return WEFT_INVALID("%s '%s' of kind number %u holds values of kind number %u", role, label, kind,
                        static_cast<unsigned>(value->item()));
  unsigned rank = value->dims() ? value->dims()->size() : 0;
  if (value->any_rank() && (kind == WEFT_TENSOR || rank))
    return WEFT_INVALID("%s '%s' has any rank, but is a tensor or has dims", role, label);
  if (rank > maxRank)
    return WEFT_INVALID("%s '%s' has rank %u, above the limit of %u", role, label, rank, maxRank);
  int64_t sizes[maxRank];
  for (unsigned d = 0; d < rank; ++d) {
    const fb::Dim *dim = value->dims()->Get(d);
    if (dim->size() < -1)
      return WEFT_INVALID("%s '%s' dim %u has size %lld", role, label, d,
                          static_cast<long long>(dim->size()));
    if (dim->min() < 0 || dim->max() < -1 || (dim->max() != -1 && dim->max() < dim->min()))
      return WEFT_INVALID("%s '%s' dim %u has bounds %lld to %lld", role, label, d,
                          static_cast<long long>(dim->min()), static_cast<long long>(dim->max()));
    sizes[d] = dim->size() < 0 ? 1 : dim->size();
  }
  uint64_t bytes;
  if (!tensorBytes(static_cast<weft_dtype>(type), sizes, rank, bytes))
    return WEFT_INVALID("%s '%s' is larger than any memory", role, label);
  return WEFT_OK;
}

weft_code verifyEntry(const fb::Entry *entry, const char *name, unsigned index, unsigned kernels,
                      weft_status *status) {
  if (!isNamed(entry->name()))
    return WEFT_INVALID("entry %u has no name", index);
  const char *label = entry->name()->c_str();
  unsigned inputs = entry->inputs() ? entry->inputs()->size() : 0;
  unsigned outputs = entry->outputs() ? entry->outputs()->size() : 0;
  if (inputs > maxValues || outputs > maxValues)
    return WEFT_INVALID("entry '%s' has %u inputs and %u outputs, above the limit of %u", label, inputs,
                        outputs, maxValues);
  for (unsigned i = 0; i < inputs; ++i) {
    if (weft_code code = verifyValue(entry->inputs()->Get(i), name, label, "input", i, status))
      return code;
    for (unsigned j = 0; j < i; ++j)
      if (strcmp(entry->inputs()->Get(i)->name()->c_str(), entry->inputs()->Get(j)->name()->c_str()) == 0)
        return WEFT_INVALID("inputs %u and %u of entry '%s' have the same name", j, i, label);
  }
  for (unsigned i = 0; i < outputs; ++i)
    if (weft_code code = verifyValue(entry->outputs()->Get(i), name, label, "output", i, status))
      return code;
  if (entry->arena_bytes() < 0 || static_cast<uint64_t>(entry->arena_bytes()) > maxTensorBytes)
    return WEFT_INVALID("entry '%s' asks for an arena of %lld bytes", label,
                        static_cast<long long>(entry->arena_bytes()));
  const List<int32_t> *alias = entry->alias();
  if (alias && alias->size() != 0 && alias->size() != outputs)
    return WEFT_INVALID("entry '%s' has %u outputs, but %u alias numbers", label, outputs, alias->size());
  for (unsigned i = 0; alias && i < alias->size(); ++i)
    if (alias->Get(i) < -1 || alias->Get(i) >= static_cast<int64_t>(inputs))
      return WEFT_INVALID("output %u of entry '%s' shares memory with input %d of %u", i, label,
                          alias->Get(i), inputs);
  if (entry->symbol() && !isNamed(entry->symbol()))
    return WEFT_INVALID("entry '%s' has an empty function name", label);
  for (unsigned i = 0; entry->sizes() && i < entry->sizes()->size(); ++i) {
    const fb::Size *size = entry->sizes()->Get(i);
    if (!isNamed(size->name()) || size->size() < 0)
      return WEFT_INVALID("size %u of entry '%s' has no name, or is %lld", i, label,
                          static_cast<long long>(size->size()));
  }
  int64_t kernelEnd =
      int64_t(entry->kernel_begin()) + (entry->kernel_count() < 0 ? 0 : entry->kernel_count());
  if (entry->kernel_begin() < 0 || entry->kernel_count() < -1 || kernelEnd > int64_t(kernels))
    return WEFT_INVALID("entry '%s' has %d kernels from number %d of %u", label, entry->kernel_count(),
                        entry->kernel_begin(), kernels);
  return WEFT_OK;
}

/// Whether two entries have the same inputs or outputs: number, names, kinds, types and ranks.
bool agree(const List<flatbuffers::Offset<fb::Value>> *a, const List<flatbuffers::Offset<fb::Value>> *b) {
  unsigned count = a ? a->size() : 0;
  if (count != (b ? b->size() : 0))
    return false;
  for (unsigned i = 0; i < count; ++i)
    if (strcmp(a->Get(i)->name()->c_str(), b->Get(i)->name()->c_str()) != 0 ||
        a->Get(i)->kind() != b->Get(i)->kind() || a->Get(i)->item() != b->Get(i)->item() ||
        a->Get(i)->type() != b->Get(i)->type() ||
        (a->Get(i)->dims() ? a->Get(i)->dims()->size() : 0) !=
            (b->Get(i)->dims() ? b->Get(i)->dims()->size() : 0))
      return false;
  return true;
}

weft_code verifyCode(const fb::Code *code, const char *name, unsigned index, weft_status *status) {
  if (!isNamed(code->arch()) || !isNamed(code->level()))
    return WEFT_INVALID("code object %u has no architecture or level", index);
  for (unsigned i = 0; code->features() && i < code->features()->size(); ++i)
    if (!isNamed(code->features()->Get(i)))
      return WEFT_INVALID("feature %u of code object '%s' has no name", i, code->level()->c_str());
  if (code->segment()->size() == 0)
    return WEFT_INVALID("code object '%s' is empty", code->level()->c_str());
  return WEFT_OK;
}

} // namespace

weft_code verifyMeaning(const fb::Artifact &root, const char *name, weft_status *status) {
  if (root.abi_version() == 0 || root.abi_version() > WEFT_ABI_VERSION)
    return fail(status, WEFT_ARTIFACT_VERSION,
                "'%s' holds code for version %u of the runtime's binary interface, and this runtime (%s) "
                "offers versions up to %u. "
                "Update the runtime, or compile the model with its weftc.",
                name, root.abi_version(), weft_runtime_version(), WEFT_ABI_VERSION);
  for (unsigned i = 0; root.libraries() && i < root.libraries()->size(); ++i)
    return fail(status, WEFT_ARTIFACT_LIBRARY,
                "'%s' needs the runtime library '%s', which is not part of this runtime (%s). Install it "
                "beside libweft_runtime.",
                name, root.libraries()->Get(i)->c_str(), weft_runtime_version());
  if (root.entries()->size() == 0)
    return WEFT_INVALID("%s", "it has no entry point");
  if (root.entries()->size() > maxEntries)
    return WEFT_INVALID("it has %u entry points, above the limit of %u", root.entries()->size(), maxEntries);
  for (unsigned i = 0; i < root.entries()->size(); ++i) {
    const fb::Entry *entry = root.entries()->Get(i), *first = root.entries()->Get(0);
    if (weft_code code = verifyEntry(entry, name, i, root.kernels() ? root.kernels()->size() : 0, status))
      return code;
    for (unsigned j = 0; j < i; ++j)
      if (strcmp(entry->name()->c_str(), root.entries()->Get(j)->name()->c_str()) == 0)
        return WEFT_INVALID("entries %u and %u have the same name", j, i);
    if (!agree(entry->inputs(), first->inputs()) || !agree(entry->outputs(), first->outputs()))
      return WEFT_INVALID("entries 0 and %u have other inputs or outputs", i);
    if (root.abi_version() < 2 && entry->symbol() && strcmp(entry->symbol()->c_str(), WEFT_ENTRY_SYMBOL) != 0)
      return WEFT_INVALID("entry %u has a function name, which binary interface %u does not know", i,
                          root.abi_version());
  }
  for (unsigned i = 0; root.kernels() && i < root.kernels()->size(); ++i) {
    const fb::Kernel *kernel = root.kernels()->Get(i);
    if (!isNamed(kernel->name()))
      return WEFT_INVALID("kernel %u has no name", i);
    if (kernel->flops() < 0 || kernel->bytes() < 0)
      return WEFT_INVALID("kernel '%s' has negative work", kernel->name()->c_str());
  }
  if (root.codes()->size() == 0)
    return WEFT_INVALID("%s", "it holds no code");
  for (unsigned i = 0; i < root.codes()->size(); ++i)
    if (weft_code code = verifyCode(root.codes()->Get(i), name, i, status))
      return code;
  if (root.metadata() && root.metadata()->size() % 2 != 0)
    return WEFT_INVALID("its metadata has %u strings, which are not pairs", root.metadata()->size());
  if (root.host_nodes() < 0 || root.runtime_nodes() < 0)
    return WEFT_INVALID("%s", "it counts negative nodes");
  return WEFT_OK;
}

weft_code verifySegment(const fb::Segment &segment, const char *name, const file::Header &header,
                        uint64_t previousEnd, weft_status *status) {
  auto offset = static_cast<unsigned long long>(segment.offset()),
       size = static_cast<unsigned long long>(segment.size());
  if (offset % header.pageBytes != 0)
    return WEFT_INVALID("the segment at offset %llu is not aligned to pages of %u bytes", offset,
                        header.pageBytes);
  if (offset > header.fileBytes || size > header.fileBytes - offset)
    return WEFT_INVALID("the segment at offset %llu with %llu bytes reaches beyond the file's %llu bytes",
                        offset, size, static_cast<unsigned long long>(header.fileBytes));
  if (offset < previousEnd)
    return WEFT_INVALID("the segment at offset %llu overlaps what ends at %llu", offset,
                        static_cast<unsigned long long>(previousEnd));
  uint64_t blocks = size / file::checksumBlockBytes + (size % file::checksumBlockBytes != 0);
  uint64_t sums = segment.checksums() ? segment.checksums()->size() : 0;
  if (sums != blocks)
    return WEFT_INVALID("the segment at offset %llu has %llu checksums for %llu blocks", offset,
                        static_cast<unsigned long long>(sums), static_cast<unsigned long long>(blocks));
  return WEFT_OK;
}

void sortByOffset(const fb::Segment **segments, size_t count) {
  // Segments of no bytes come before the one that starts at the same place.
  auto isLess = [](const fb::Segment *a, const fb::Segment *b) {
    return a->offset() != b->offset() ? a->offset() < b->offset() : a->size() < b->size();
  };
  auto sink = [&](size_t root, size_t end) {
    for (size_t child; (child = 2 * root + 1) < end; root = child) {
      if (child + 1 < end && isLess(segments[child], segments[child + 1]))
        ++child;
      if (!isLess(segments[root], segments[child]))
        return;
      const fb::Segment *moved = segments[root];
      segments[root] = segments[child];
      segments[child] = moved;
    }
  };
  for (size_t i = count / 2; i-- > 0;)
    sink(i, count);
  for (size_t end = count; end-- > 1;) {
    const fb::Segment *largest = segments[0];
    segments[0] = segments[end];
    segments[end] = largest;
    sink(0, end);
  }
}

} // namespace weft::rt
