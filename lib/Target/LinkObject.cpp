// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Links objects with lld, in process, into a shared object that imports nothing.
#include "lld/Common/Driver.h"
#include "mlir/Support/LogicalResult.h"
#include "weft/Target/LLVMEmit.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
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

} // namespace

FailureOr<std::string> weft::linkSharedObject(llvm::ArrayRef<std::string> objects, std::string &error) {
  ScratchDirectory directory;
  if (directory.getError()) {
    error = "cannot create a temporary directory: " + directory.getError().message();
    return failure();
  }
  std::vector<std::string> inputs;
  for (auto [index, bytes] : llvm::enumerate(objects)) {
    inputs.push_back(directory.file(llvm::Twine(index) + ".o"));
    if (failed(writeFile(inputs.back(), bytes, error)))
      return failure();
  }
  std::string output = directory.file("code.so");
  // --hash-style=gnu and -O1 keep the file small; a page each for code and data is what the loader maps.
  std::vector<const char *> arguments = {"ld.lld",
                                         "-shared",
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
                                         "--eh-frame-hdr",
                                         "-o",
                                         output.c_str()};
  for (const std::string &input : inputs)
    arguments.push_back(input.c_str());

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
