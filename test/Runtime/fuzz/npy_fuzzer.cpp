// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libFuzzer target of the .npy reader.

#include "../../../tools/weft/npy.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
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

/// Writes the seeds, small arrays of each kind, to the corpus folder on the command line.
extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv) {
  std::string folder;
  for (int i = 1; i < *argc; ++i)
    if ((*argv)[i][0] != '-')
      folder = (*argv)[i];
  if (folder.empty() || !std::filesystem::is_directory(folder))
    return 0;
  for (const char *descr : {"<f4", ">f8", "|u1", "<U3", "|b1", "<c8"})
    for (const char *order : {"True", "False"}) {
      std::string dict =
          std::string("{'descr': '") + descr + "', 'fortran_order': " + order + ", 'shape': (2, 3), }\n";
      std::string bytes("\x93NUMPY\x01\0", 8);
      bytes += {static_cast<char>(dict.size()), 0};
      bytes += dict + std::string(96, '\x3f');
      std::ofstream(folder + "/seed-" + std::to_string(dict.size()) + descr[1] + order, std::ios::binary)
          << bytes;
    }
  return 0;
}
