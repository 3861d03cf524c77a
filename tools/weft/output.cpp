// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes files under no name, or a temporary one, and gives them theirs when they are complete.

#include "output.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::tool {

namespace {

/// A new file that nobody sees by the name it is meant to get; it disappears unless `publish` succeeds.
/// Functions return false with `errno` set.
class Draft {
public:
  explicit Draft(const std::string &target) : path(target) {
    // What a link names is replaced, not the link.
    char real[PATH_MAX];
    if (realpath(target.c_str(), real))
      path = real;
  }
  ~Draft() {
    int reason = errno;
    if (fd >= 0)
      close(fd);
    if (!temporary.empty())
      unlink(temporary.c_str());
    errno = reason;
  }

  bool open() {
#ifdef O_TMPFILE
    size_t slash = path.rfind('/');
    std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    // A file without a name gets one through /proc.
    if (access("/proc/self/fd", X_OK) == 0)
      fd = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd >= 0)
      return true;
#endif
    std::string name = makeTemporaryName();
    fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0)
      temporary = name;
    return fd >= 0;
  }

  int descriptor() const { return fd; }

  bool publish() {
    if (temporary.empty()) {
      if (linkTo(path))
        return true;
      // Something is there: a link cannot replace it, a new name can.
      std::string name = makeTemporaryName();
      if (errno != EEXIST || !linkTo(name))
        return false;
      temporary = name;
    }
    if (rename(temporary.c_str(), path.c_str()) != 0)
      return false;
    temporary.clear();
    return true;
  }

private:
  std::string makeTemporaryName() const { return path + "." + std::to_string(getpid()) + ".tmp"; }
  bool linkTo(const std::string &name) const {
    std::string self = "/proc/self/fd/" + std::to_string(fd);
    return linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }

  std::string path, temporary; // `temporary` is empty while the file has no name
  int fd = -1;
};

bool put(int fd, const void *from, uint64_t count) {
  const char *cursor = static_cast<const char *>(from);
  while (count > 0) {
    ssize_t written = write(fd, cursor, count > (1u << 30) ? (1u << 30) : count);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    cursor += written;
    count -= static_cast<uint64_t>(written);
  }
  return true;
}

} // namespace

bool writeFile(const std::string &path, const std::string &header, const void *data, uint64_t bytes,
               std::string &error) {
  auto putAll = [&](int fd) { return put(fd, header.data(), header.size()) && put(fd, data, bytes); };
  struct stat existing;
  bool isWritten = false;
  if (stat(path.c_str(), &existing) == 0 && !S_ISREG(existing.st_mode)) {
    int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    isWritten = fd >= 0 && putAll(fd);
    int reason = errno;
    if (fd >= 0 && close(fd) != 0 && isWritten)
      isWritten = false;
    else
      errno = reason;
  } else {
    Draft draft(path);
    isWritten = draft.open() && putAll(draft.descriptor()) && draft.publish();
  }
  if (!isWritten)
    error = "'" + path + "' cannot be written: " + strerror(errno) + ".";
  return isWritten;
}

bool hasFolder(const std::string &path, std::string &error) {
  size_t end = path.find_last_not_of('/'), slash = end == std::string::npos ? end : path.rfind('/', end);
  if (slash == std::string::npos || slash == 0)
    return true; // here, or in the root
  std::string folder = path.substr(0, slash);
  struct stat info;
  if (stat(folder.c_str(), &info) != 0)
    error = "'" + path + "' cannot be written: folder '" + folder + "': " + strerror(errno) + ".";
  else if (!S_ISDIR(info.st_mode))
    error = "'" + path + "' cannot be written: '" + folder + "' is not a folder.";
  else
    return true;
  return false;
}

bool isSameFile(const std::string &a, const std::string &b) {
  struct stat first, second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

bool isSameTarget(const std::string &a, const std::string &b) {
  struct stat info;
  if (stat(a.c_str(), &info) == 0)
    return a == b || ((S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) && isSameFile(a, b));
  // The folder that is to hold the file, and its name there.
  auto split = [](std::string path) {
    while (path.size() > 1 && path.back() == '/')
      path.pop_back();
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::pair<std::string, std::string>(".", path)
                                      : std::pair(path.substr(0, slash + 1), path.substr(slash + 1));
  };
  auto [folder, name] = split(a);
  auto [otherFolder, otherName] = split(b);
  return name == otherName && isSameFile(folder, otherFolder);
}

} // namespace weft::tool
