// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Links objects with lld, in process, into one shared or relocatable object that imports nothing.
#include "lld/Common/Driver.h"
#include "mlir/Support/LogicalResult.h"
#include "weft/Target/LLVMEmit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <utility>

LLD_HAS_DRIVER(elf)

using namespace mlir;

namespace {

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
    llvm::raw_fd_ostream stream(fd, /*shouldClose=*/false);
    stream << bytes;
    stream.flush();
    if (!stream.has_error())
      return success();
    error = "cannot hold an object in memory: " + stream.error().message();
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

/// Runs the linker on `objects` with `flags`; the bytes of the file that it makes.
FailureOr<std::string> runLinker(llvm::ArrayRef<std::string> objects, llvm::ArrayRef<std::string> flags,
                                 std::string &error) {
  OutputPipe pipe;
  std::vector<MemoryFile> files(objects.size());
  if (!pipe.isOpen() || !llvm::all_of(files, [](const MemoryFile &file) { return file.isOpen(); })) {
    error = "cannot make a file in memory: " + llvm::sys::StrError();
    return failure();
  }
  std::vector<std::string> words = {"ld.lld"};
  words.insert(words.end(), flags.begin(), flags.end());
  words.insert(words.end(), {"-o", pipe.getPath()});
  for (auto [file, bytes] : llvm::zip_equal(files, objects)) {
    if (failed(file.write(bytes, error)))
      return failure();
    words.push_back(file.getPath());
  }
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

FailureOr<std::string> weft::linkSharedObject(llvm::ArrayRef<std::string> objects, std::string &error,
                                              llvm::ArrayRef<std::string> extraFlags) {
  // --hash-style=gnu and -O1 keep the file small; a page each for code and data is what the loader maps.
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

FailureOr<std::string> weft::linkRelocatable(llvm::ArrayRef<std::string> objects, std::string &error) {
  FailureOr<std::string> whole = runLinker(objects, {"-r", "--strip-debug", "--build-id=none"}, error);
  if (failed(whole))
    return failure();
  // What the parts share must not meet the same names of other models, or the program's memcpy.
  auto binary = llvm::object::createBinary(llvm::MemoryBufferRef(*whole, "object"));
  llvm::objcopy::ConfigManager config;
  config.ELF.LocalizeHidden = true;
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
