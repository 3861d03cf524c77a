// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads code through an anonymous memory file and the system's dynamic loader.

#include "code_loader.h"

#include "../status.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weft::rt {

namespace {

#if defined(__x86_64__)
constexpr uint16_t hostMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t hostMachine = EM_AARCH64;
#else
constexpr uint16_t hostMachine = EM_NONE;
#endif

// The dynamic loader trusts what it maps; this refuses what cannot be a code object of ours before it looks.
const char *objectFault(const void *data, uint64_t bytes) {
  Elf64_Ehdr header;
  if (bytes < sizeof(header))
    return "it is shorter than an ELF header";
  memcpy(&header, data, sizeof(header));
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return "it is not an ELF file";
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return "it is not a 64-bit little-endian ELF file";
  if (header.e_type != ET_DYN)
    return "it is not a shared object";
  if (header.e_machine != hostMachine)
    return "it is for another machine than the artifact says";
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > bytes ||
      uint64_t(header.e_phnum) * sizeof(Elf64_Phdr) > bytes - header.e_phoff)
    return "its program headers lie outside of it";
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part;
    memcpy(&part, static_cast<const char *>(data) + header.e_phoff + i * sizeof(part), sizeof(part));
    if (part.p_type == PT_LOAD && (part.p_offset > bytes || part.p_filesz > bytes - part.p_offset))
      return "a loadable part lies outside of it";
  }
  return nullptr;
}

int createMemoryFile(const char *name) {
  constexpr unsigned closeOnExec = 1, isExecutable = 0x10;
  int fd = static_cast<int>(syscall(SYS_memfd_create, name, closeOnExec | isExecutable));
  if (fd < 0 && errno == EINVAL) // kernels before 6.3 do not know the flag
    fd = static_cast<int>(syscall(SYS_memfd_create, name, closeOnExec));
  return fd;
}

bool writeAll(int fd, const void *data, uint64_t bytes) {
  const char *cursor = static_cast<const char *>(data);
  while (bytes > 0) {
    ssize_t written = write(fd, cursor, bytes);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    cursor += written;
    bytes -= static_cast<uint64_t>(written);
  }
  return true;
}

} // namespace

weft_code loadCode(const void *data, uint64_t bytes, const char *level, CodeObject &outCode,
                   weft_status *status) {
  if (const char *fault = objectFault(data, bytes))
    return fail(status, WEFT_ARTIFACT_CODE,
                "The code object for level '%s' cannot be loaded: %s. Compile the model again.", level,
                fault);
  char name[64];
  snprintf(name, sizeof(name), "weft:%s", level);
  int fd = createMemoryFile(name);
  if (fd < 0)
    return fail(status, WEFT_SYSTEM_IO, "No memory file could be created for the code of level '%s': %s.",
                level, strerror(errno));
  if (!writeAll(fd, data, bytes)) {
    int error = errno;
    close(fd);
    return fail(status, WEFT_SYSTEM_IO,
                "The code of level '%s' (%llu bytes) could not be copied to memory: %s.", level,
                static_cast<unsigned long long>(bytes), strerror(error));
  }
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    close(fd);
    return fail(status, WEFT_ARTIFACT_CODE,
                "The system's loader refused the code object for level '%s': %s. /proc must be mounted and "
                "executable "
                "anonymous memory allowed.",
                level, reason ? reason : "no reason given");
  }
  outCode.handle = handle;
  outCode.fd = fd;
  return WEFT_OK;
}

weft_code findEntry(const CodeObject &code, const char *symbol, const char *level, weft_entry_fn &outEntry,
                    weft_status *status) {
  void *address = dlsym(code.handle, symbol);
  if (!address)
    return fail(status, WEFT_ARTIFACT_CODE,
                "The code object for level '%s' has no function '%s'. Compile the model again.", level,
                symbol);
  outEntry = reinterpret_cast<weft_entry_fn>(address);
  return WEFT_OK;
}

void unloadCode(CodeObject &code) {
  if (!code.handle)
    return;
  dlclose(code.handle);
  close(code.fd);
  code = CodeObject();
}

} // namespace weft::rt
