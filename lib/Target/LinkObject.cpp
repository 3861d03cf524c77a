// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Links objects with lld, in process, into one shared or relocatable object that imports nothing.
#include "lld/Common/Driver.h"
#include "mlir/Support/LogicalResult.h"
#include "weft/Target/LLVMEmit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/Binary.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <utility>

LLD_HAS_DRIVER(elf)

using namespace mlir;

namespace {

/// How errors begin that are no fault of the compiler's.
constexpr llvm::StringLiteral refusal = "the system refuses ";

/// A file in memory, which has a path while it is open: linking needs no room on any disk and leaves nothing
/// there, whatever happens.
class MemoryFile {
public:
  MemoryFile() : fd(::memfd_create("weft-link", MFD_CLOEXEC)) {}
  MemoryFile(MemoryFile &&other) : fd(std::exchange(other.fd, -1)) {}
  ~MemoryFile() {
    if (fd >= 0)
      ::close(fd);
  }
  bool isOpen() const { return fd >= 0; }
  std::string getPath() const { return "/proc/self/fd/" + std::to_string(fd); }

  LogicalResult write(llvm::StringRef bytes, std::string &error) const {
    if (!isOpen()) {
      error = (refusal + "to make a file in memory: " + llvm::sys::StrError() +
               "; see the limit on open files (ulimit -n)")
                  .str();
      return failure();
    }
    llvm::raw_fd_ostream stream(fd, /*shouldClose=*/false);
    stream << bytes;
    stream.flush();
    if (!stream.has_error())
      return success();
    error = (refusal + "to hold " + llvm::Twine(bytes.size()) +
             " bytes of code in memory: " + stream.error().message() +
             "; see the limit on the size of files (ulimit -f) and the free memory")
                .str();
    stream.clear_error();
    return failure();
  }

private:
  int fd;
};

/// A pipe that the linker writes to as if to a device, and a thread that collects what comes out. A file in
/// memory would not do: the linker makes a temporary file beside the name of a regular file.
class OutputPipe {
public:
  OutputPipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0)
      return;
    reader = std::thread([this] {
      char block[1 << 16];
      for (ssize_t count; (count = ::read(ends[0], block, sizeof(block))) != 0;)
        if (count > 0)
          bytes.append(block, static_cast<size_t>(count));
        else if (errno != EINTR)
          return;
    });
  }
  ~OutputPipe() {
    (void)finish();
    if (ends[0] >= 0)
      ::close(ends[0]);
  }
  bool isOpen() const { return ends[1] >= 0; }
  std::string getPath() const { return "/proc/self/fd/" + std::to_string(ends[1]); }
  /// All that was written.
  std::string finish() {
    if (ends[1] >= 0)
      ::close(std::exchange(ends[1], -1));
    if (reader.joinable())
      reader.join();
    return std::move(bytes);
  }

private:
  int ends[2] = {-1, -1};
  std::thread reader;
  std::string bytes;
};

/// Objects below this size share one file: a model has more kernels than a process may have files.
constexpr size_t maxMemberBytes = 1 << 20;

/// What the linker reads: an archive of the small objects, and each large one by itself.
FailureOr<std::vector<MemoryFile>> holdInMemory(llvm::ArrayRef<weft::CodeObject> objects,
                                                std::string &error) {
  std::vector<llvm::NewArchiveMember> members;
  std::vector<MemoryFile> files(1);
  for (const weft::CodeObject &object : objects) {
    if (object.bytes.size() < maxMemberBytes) {
      members.emplace_back(llvm::MemoryBufferRef(object.bytes, "object"));
      continue;
    }
    files.emplace_back();
    if (failed(files.back().write(object.bytes, error)))
      return failure();
  }
  auto archive = llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NoSymtab,
                                            llvm::object::Archive::K_GNU, /*Deterministic=*/true,
                                            /*Thin=*/false);
  if (!archive) {
    error = llvm::toString(archive.takeError());
    return failure();
  }
  if (failed(files.front().write((*archive)->getBuffer(), error)))
    return failure();
  return std::move(files);
}

/// Runs the linker on `objects` with `flags`; the bytes of the file that it makes.
FailureOr<std::string> runLinker(llvm::ArrayRef<weft::CodeObject> objects, llvm::ArrayRef<std::string> flags,
                                 std::string &error) {
  OutputPipe pipe;
  if (!pipe.isOpen()) {
    error =
        (refusal + "to make a pipe: " + llvm::sys::StrError() + "; see the limit on open files (ulimit -n)")
            .str();
    return failure();
  }
  FailureOr<std::vector<MemoryFile>> files = holdInMemory(objects, error);
  if (failed(files))
    return failure();
  std::vector<std::string> words = {"ld.lld"};
  words.insert(words.end(), flags.begin(), flags.end());
  words.insert(words.end(), {"-o", pipe.getPath(), "--whole-archive"});
  for (const MemoryFile &file : *files)
    words.push_back(file.getPath());
  std::vector<const char *> arguments;
  for (const std::string &word : words)
    arguments.push_back(word.c_str());

  // lld keeps global state: one link at a time.
  static std::mutex linkerMutex;
  std::lock_guard<std::mutex> lock(linkerMutex);
  static bool isLinkerUsable = true;
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  if (!isLinkerUsable) {
    error = "the linker crashed before in this process";
    return failure();
  }
  lld::Result result = lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  isLinkerUsable = result.canRunAgain;
  if (result.retCode != 0) {
    error = messages;
    return failure();
  }
  return pipe.finish();
}

} // namespace

std::string weft::describeLinkFailure(const TargetLevel &level, llvm::StringRef error) {
  bool isFault = !error.starts_with(refusal);
  return ((isFault ? "internal: linking the code of level " : "linking the code of level ") + level.name +
          " failed: " + error)
      .str();
}

FailureOr<std::string> weft::linkSharedObject(llvm::ArrayRef<weft::CodeObject> objects, std::string &error,
                                              llvm::ArrayRef<std::string> extraFlags) {
  // One hash table and no debug information keep the file small.
  std::vector<std::string> flags = {"-shared",
                                    "-z",
                                    "defs",
                                    "-z",
                                    "noexecstack",
                                    "-z",
                                    "now",
                                    "-Bsymbolic",
                                    "--gc-sections",
                                    "--strip-debug",
                                    "--build-id=none",
                                    "--hash-style=gnu",
                                    "--eh-frame-hdr"};
  flags.insert(flags.end(), extraFlags.begin(), extraFlags.end());
  return runLinker(objects, flags, error);
}

/// Runs objcopy on `object`.
static FailureOr<std::string> copyObject(llvm::StringRef object, const llvm::objcopy::ConfigManager &config,
                                         std::string &error) {
  auto binary = llvm::object::createBinary(llvm::MemoryBufferRef(object, "object"));
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  llvm::Error failed =
      binary ? llvm::objcopy::executeObjcopyOnBinary(config, **binary, stream) : binary.takeError();
  if (failed) {
    error = llvm::toString(std::move(failed));
    return failure();
  }
  return bytes;
}

FailureOr<std::string> weft::linkRelocatable(llvm::ArrayRef<weft::CodeObject> objects, std::string &error) {
  FailureOr<std::string> whole = runLinker(objects, {"-r", "--strip-debug", "--build-id=none"}, error);
  if (failed(whole))
    return failure();
  // What the parts share must not meet the same names of other models, or the program's memcpy.
  llvm::objcopy::ConfigManager config;
  config.ELF.LocalizeHidden = true;
  return copyObject(*whole, config, error);
}

FailureOr<weft::CodeObject> weft::renameFunction(const weft::CodeObject &object, llvm::StringRef function,
                                                 std::string &error) {
  auto binary = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(object.bytes, "object"));
  if (!binary) {
    error = llvm::toString(binary.takeError());
    return failure();
  }
  llvm::objcopy::ConfigManager config;
  std::deque<std::string> names; // that the configuration refers to
  for (const llvm::object::SymbolRef &symbol : (*binary)->symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) {
      error = llvm::toString(name.takeError());
      return failure();
    }
    llvm::StringRef rest = *name;
    if (rest.consume_front(object.function) && (rest.empty() || rest.front() == '.' || rest.front() == '_'))
      config.Common.SymbolsToRename[*name] = names.emplace_back((function + rest).str());
  }
  FailureOr<std::string> bytes = copyObject(object.bytes, config, error);
  if (failed(bytes))
    return failure();
  return weft::CodeObject{function.str(), std::move(*bytes)};
}
