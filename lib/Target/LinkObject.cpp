// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Links objects with lld, in process, into one shared or relocatable object that imports nothing.
#include "lld/Common/Driver.h"
#include "mlir/Support/LogicalResult.h"
#include "weft/Target/LLVMEmit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace mlir;

namespace {

/// A directory of its own that disappears with the object.
class ScratchDirectory {
public:
  ScratchDirectory() : error(llvm::sys::fs::createUniqueDirectory("weft", path)) {}
  ~ScratchDirectory() {
    if (!error)
      llvm::sys::fs::remove_directories(path);
  }
  std::string file(const llvm::Twine &name) const {
    llvm::SmallString<128> result = path;
    llvm::sys::path::append(result, name);
    return result.str().str();
  }
  std::error_code getError() const { return error; }

private:
  llvm::SmallString<128> path;
  std::error_code error;
};

LogicalResult writeFile(llvm::StringRef path, llvm::StringRef bytes, std::string &error) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (!code) {
    stream << bytes;
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  if (!code)
    return success();
  error = ("cannot write " + path + ": " + code.message()).str();
  return failure();
}

/// Runs the linker on `objects` with `flags`; the bytes of the file that it makes.
FailureOr<std::string> runLinker(llvm::ArrayRef<std::string> objects, llvm::ArrayRef<std::string> flags,
                                 std::string &error) {
  ScratchDirectory directory;
  if (directory.getError()) {
    error = "cannot create a temporary directory: " + directory.getError().message();
    return failure();
  }
  std::string output = directory.file("code");
  std::vector<std::string> words = {"ld.lld"};
  words.insert(words.end(), flags.begin(), flags.end());
  words.insert(words.end(), {"-o", output});
  for (auto [index, bytes] : llvm::enumerate(objects)) {
    words.push_back(directory.file(llvm::Twine(index) + ".o"));
    if (failed(writeFile(words.back(), bytes, error)))
      return failure();
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
  auto buffer = llvm::MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) {
    error = "cannot read the linked object: " + buffer.getError().message();
    return failure();
  }
  return (*buffer)->getBuffer().str();
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
