// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keeps the machine code of kernels in a folder, from one compilation to the next.
#include "KernelCache.h"

#include "weft/Artifact/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

#include <elf.h>
#include <link.h>

using namespace mlir;
using namespace weft;

// A file: this text, XXH3 of what follows, the number of texts, and each with its length before it: the
// function, the object, remarks.
static constexpr llvm::StringLiteral kMagic = "weftk01\n";

static std::string encode(const CachedKernel &kernel) {
  std::string body;
  llvm::raw_string_ostream os(body);
  llvm::support::endian::Writer writer(os, llvm::endianness::little);
  auto add = [&](llvm::StringRef text) {
    writer.write(uint64_t(text.size()));
    os << text;
  };
  writer.write(uint64_t(kernel.remarks.size() + 2));
  add(kernel.object.function);
  add(kernel.object.bytes);
  for (const std::string &remark : kernel.remarks)
    add(remark);
  std::string file = kMagic.str();
  llvm::raw_string_ostream head(file);
  llvm::support::endian::write(head, llvm::xxh3_64bits(body), llvm::endianness::little);
  return file + body;
}

/// Foreign bytes: every length is checked, though the checksum finds accidents.
static std::optional<CachedKernel> decode(llvm::StringRef file) {
  if (!file.consume_front(kMagic))
    return std::nullopt;
  llvm::DataExtractor data(file, /*IsLittleEndian=*/true, /*AddressSize=*/8);
  llvm::DataExtractor::Cursor cursor(0);
  uint64_t checksum = data.getU64(cursor);
  if (!cursor || checksum != llvm::xxh3_64bits(file.drop_front(sizeof(checksum)))) {
    llvm::consumeError(cursor.takeError());
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (uint64_t i = 0, count = data.getU64(cursor); i < count && cursor; ++i)
    texts.push_back(data.getBytes(cursor, data.getU64(cursor)).str());
  if (llvm::Error error = cursor.takeError()) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  if (texts.size() < 2)
    return std::nullopt;
  CachedKernel kernel;
  kernel.object = {std::move(texts[0]), std::move(texts[1])};
  kernel.remarks.assign(texts.begin() + 2, texts.end());
  return kernel;
}

KernelCache::KernelCache(const CacheOptions &options) : options(options) {
  std::error_code error = llvm::sys::fs::create_directories(options.folder);
  // What exists counts as made, whatever it is.
  bool isFile = !error && !llvm::sys::fs::is_directory(options.folder);
  if (isFile)
    problem = "the cache folder '" + options.folder + "' is no folder; compiled kernels are not kept";
  else if (error)
    problem = "cannot make the cache folder '" + options.folder + "': " + error.message();
  isUsable = !isFile && !error;
}

// The prefix is that of the files that LLVM's pruning may remove.
std::string KernelCache::getPath(llvm::StringRef key) const {
  llvm::SmallString<128> path(options.folder);
  llvm::sys::path::append(path, "llvmcache-weft-" + key);
  return std::string(path);
}

std::optional<CachedKernel> KernelCache::lookup(llvm::StringRef key, llvm::StringRef name) {
  if (!isUsable)
    return std::nullopt;
  std::string path = getPath(key);
  // What was read last is removed last.
  llvm::Expected<llvm::sys::fs::file_t> file =
      llvm::sys::fs::openNativeFileForRead(path, llvm::sys::fs::OF_UpdateAtime);
  if (!file) {
    std::error_code error = llvm::errorToErrorCode(file.takeError());
    if (error != std::errc::no_such_file_or_directory && problem.empty())
      problem = "cannot read '" + path + "': " + error.message() + "; its kernel was compiled anew";
    return std::nullopt;
  }
  auto buffer = llvm::MemoryBuffer::getOpenFile(*file, path, /*FileSize=*/-1,
                                                /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  llvm::sys::fs::closeFile(*file);
  std::optional<CachedKernel> kernel;
  if (buffer)
    kernel = decode((*buffer)->getBuffer());
  if (kernel) {
    std::string error;
    FailureOr<CodeObject> renamed = renameFunction(kernel->object, name, error);
    if (succeeded(renamed))
      kernel->object = std::move(*renamed);
    else
      kernel.reset();
  }
  if (!kernel && problem.empty())
    problem = "'" + path + "' is damaged; its kernel was compiled anew";
  return kernel;
}

void KernelCache::store(llvm::StringRef key, const CachedKernel &kernel) {
  if (!isUsable)
    return;
  std::string bytes = encode(kernel);
  llvm::Error error = writeOutputFile(getPath(key), [&](llvm::raw_ostream &os) { os << bytes; });
  if (!error) {
    hasNew = true;
    return;
  }
  std::string reason = llvm::toString(std::move(error));
  if (problem.empty())
    problem = reason + "; compiled kernels are not kept";
}

void KernelCache::prune() {
  if (!hasNew)
    return;
  llvm::CachePruningPolicy policy;
  policy.Interval = std::chrono::seconds(0);
  policy.Expiration = std::chrono::seconds(0);
  policy.MaxSizeBytes = options.maxBytes;
  llvm::pruneCache(options.folder, policy);
}

/// Adds the build id of one loaded file to the text behind `data`.
static int addBuildId(dl_phdr_info *info, size_t, void *data) {
  auto &ids = *static_cast<std::vector<std::string> *>(data);
  std::string id;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE)
      continue;
    const char *note = reinterpret_cast<const char *>(info->dlpi_addr + segment.p_vaddr);
    const char *end = note + segment.p_memsz;
    while (note + sizeof(ElfW(Nhdr)) <= end) {
      auto *header = reinterpret_cast<const ElfW(Nhdr) *>(note);
      const char *name = note + sizeof(*header);
      const char *content = name + llvm::alignTo<4>(header->n_namesz);
      if (header->n_type == NT_GNU_BUILD_ID &&
          llvm::StringRef(name, header->n_namesz) == llvm::StringRef("GNU", 4))
        id = llvm::toHex(llvm::StringRef(content, header->n_descsz));
      note = content + llvm::alignTo<4>(header->n_descsz);
    }
  }
  ids.push_back(std::move(id));
  return 0;
}

llvm::StringRef weft::getCompilerIdentity() {
  static const std::string identity = [] {
    // The program comes first. Its libraries may lie in any order.
    std::vector<std::string> ids;
    dl_iterate_phdr(addBuildId, &ids);
    if (ids.empty() || ids.front().empty())
      return std::string();
    llvm::sort(ids);
    return llvm::join(ids, "");
  }();
  return identity;
}
