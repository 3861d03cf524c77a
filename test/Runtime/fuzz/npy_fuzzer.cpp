// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libFuzzer target of the .npy reader.

#include "../../../tools/weft/npy.h"

#include <cstdio>
#include <sys/mman.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int fd = memfd_create("npy", 0);
  if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) {
    close(fd);
    return 0;
  }
  weft::tool::Array array;
  std::string error;
  if (weft::tool::readNpy("/proc/self/fd/" + std::to_string(fd), array, error) != error.empty())
    __builtin_trap();
  close(fd);
  return 0;
}
