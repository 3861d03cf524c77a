// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the bytes of an ELF shared object into callable code without a file.
#ifndef WEFT_RUNTIME_SRC_CPU_CODE_LOADER_H
#define WEFT_RUNTIME_SRC_CPU_CODE_LOADER_H

#include "weft_abi.h"
#include "weft_runtime.h"

namespace weft::rt {

/// A loaded code object. The memory file stays open while it is loaded: the system's loader knows objects by
/// path, and another file of the same number would be taken for this one.
struct CodeObject {
  void *handle = nullptr;
  int fd = -1;
};

/// Loads `bytes` bytes of an ELF shared object for this machine. `level` names it in messages, debuggers and
/// /proc/self/maps.
///
/// Requires: the bytes have passed their checksum; they are executed.
/// Errors:   WEFT_ARTIFACT_CODE, WEFT_SYSTEM_IO.
weft_code loadCode(const void *data, uint64_t bytes, const char *level, CodeObject &outCode,
                   weft_status *status);

/// The entry function `symbol` of a loaded object.
///
/// Errors: WEFT_ARTIFACT_CODE.
weft_code findEntry(const CodeObject &code, const char *symbol, const char *level, weft_entry_fn &outEntry,
                    weft_status *status);

/// Unloads what loadCode returned, or nothing. No run may be under way.
void unloadCode(CodeObject &code);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CPU_CODE_LOADER_H
