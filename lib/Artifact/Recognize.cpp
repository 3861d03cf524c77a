// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at the first bytes of a file.
#include "weft/Artifact/Recognize.h"

#include "weft_file.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

bool weft::isArtifact(llvm::StringRef path) {
  llvm::StringRef magic(reinterpret_cast<const char *>(file::magic), sizeof(file::magic));
  if (!llvm::sys::fs::is_regular_file(path))
    return false;
  auto contents = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  return contents && (*contents)->getBuffer().starts_with(magic);
}

bool weft::hasEnd(llvm::StringRef path) {
  llvm::sys::fs::file_status status;
  if (llvm::sys::fs::status(path, status))
    return true;
  return status.type() == llvm::sys::fs::file_type::regular_file ||
         status.type() == llvm::sys::fs::file_type::fifo_file;
}
