// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes files under no name, or a temporary one, and gives them theirs when they are complete.
#include "weft/Artifact/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace {

/// A new file that nobody sees by the name it is meant to get; it disappears unless `publish` succeeds.
class Draft {
public:
  ~Draft();
  std::error_code open(StringRef path);
  int getDescriptor() const { return fd; }
  /// Puts the file on the disk and in the place of what `path` names.
  std::error_code publish();

private:
  std::error_code link();

  SmallString<128> path;
  /// The name the file has meanwhile; empty while it has none.
  SmallString<128> temporary;
  int fd = -1;
};

std::error_code lastError() { return std::error_code(errno, std::generic_category()); }

Draft::~Draft() {
  if (fd >= 0)
    ::close(fd);
  if (temporary.empty())
    return;
  sys::fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
}

std::error_code Draft::open(StringRef target) {
  path = target;
  if (sys::fs::is_symlink_file(path)) {
    // What the link names is replaced, not the link. One that leads nowhere is.
    SmallString<128> real;
    if (!sys::fs::real_path(path, real))
      path = real;
  }
#ifdef O_TMPFILE
  SmallString<128> folder(path);
  sys::path::remove_filename(folder);
  // A file without a name gets one through /proc.
  if (sys::fs::exists("/proc/self/fd"))
    fd = ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  if (fd >= 0)
    return {};
#endif
  std::error_code error =
      sys::fs::createUniqueFile(path + ".%%%%%%%%.tmp", fd, temporary, sys::fs::OF_None, 0666);
  if (error)
    temporary.clear();
  else
    sys::RemoveFileOnSignal(temporary);
  return error;
}

std::error_code Draft::link() {
  std::string self = "/proc/self/fd/" + std::to_string(fd);
  auto linkTo = [&](const char *name) {
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
  };
  if (linkTo(path.c_str()))
    return {};
  // Something is there: a link cannot replace it, a new name can.
  constexpr int attempts = 16;
  for (int i = 0; errno == EEXIST && i < attempts; ++i) {
    SmallString<128> name;
    sys::fs::createUniquePath(path + ".%%%%%%%%.tmp", name, /*MakeAbsolute=*/false);
    if (linkTo(name.c_str())) {
      temporary = name;
      return {};
    }
  }
  return lastError();
}

std::error_code Draft::publish() {
  if (::fsync(fd) != 0 && errno != EINVAL)
    return lastError();
  if (temporary.empty()) {
    if (std::error_code error = link())
      return error;
    if (temporary.empty())
      return {};
  }
  if (std::error_code error = sys::fs::rename(temporary, path))
    return error;
  sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
  return {};
}

/// Writes all of it to a stream that has its place already.
std::error_code writeTo(raw_fd_ostream &os, function_ref<void(raw_ostream &)> write) {
  write(os);
  os.flush();
  std::error_code error = os.error();
  os.clear_error(); // or the destructor ends the program
  return error;
}

std::error_code writeInPlace(StringRef path, function_ref<void(raw_ostream &)> write) {
  std::error_code error;
  raw_fd_ostream os(path, error, sys::fs::CD_OpenExisting, sys::fs::FA_Write, sys::fs::OF_None);
  return error ? error : writeTo(os, write);
}

std::error_code writeDraft(StringRef path, function_ref<void(raw_ostream &)> write) {
  Draft draft;
  if (std::error_code error = draft.open(path))
    return error;
  raw_fd_ostream os(draft.getDescriptor(), /*shouldClose=*/false);
  if (std::error_code error = writeTo(os, write))
    return error;
  return draft.publish();
}

} // namespace

Error weft::writeOutputFile(StringRef path, function_ref<void(raw_ostream &)> write) {
  auto fail = [&](const Twine &reason) {
    return createStringError("cannot write '" + path + "': " + reason);
  };
  std::error_code error;
  sys::fs::file_status status;
  if (path == "-")
    error = writeTo(outs(), write);
  else if (sys::fs::status(path, status) || status.type() == sys::fs::file_type::regular_file)
    error = writeDraft(path, write);
  else if (status.type() == sys::fs::file_type::directory_file)
    return fail("it is a folder; name a file in it");
  else
    error = writeInPlace(path, write);
  return error ? fail(error.message()) : Error::success();
}
