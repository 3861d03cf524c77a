// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes compiled models to .weft files.
#ifndef WEFT_ARTIFACT_WRITER_H
#define WEFT_ARTIFACT_WRITER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace weft {

/// One dim of an input or output: static when `size` >= 0, else named by `symbol` and bounded (`max` -1:
/// unbounded).
struct ArtifactDim {
  int64_t size = -1;
  std::string symbol;
  int64_t min = 0;
  int64_t max = -1;
};

/// An input or output. `dataType` is the number of ONNX's TensorProto.DataType.
struct ArtifactValue {
  std::string name;
  uint8_t dataType = 0;
  std::vector<ArtifactDim> dims;
};

/// A dispatch site: what profiles and errors print. Zero flops or bytes: unknown.
struct ArtifactKernel {
  std::string name;
  std::string kind;
  std::vector<std::string> nodes;
  int64_t flops = 0;
  int64_t bytes = 0;
};

/// Machine code of one instruction-set level: a shared object.
struct ArtifactCode {
  std::string arch;
  std::string level;
  std::vector<std::string> features;
  std::string object;
};

/// A run of constant bytes at `offset` of the constant segment. The bytes are read while the file is written.
struct ArtifactConstant {
  uint64_t offset = 0;
  llvm::ArrayRef<char> bytes;
};

/// Everything that a .weft file states.
struct ArtifactDescription {
  std::string compiler;
  std::string model;
  std::string entry = "main";
  std::vector<ArtifactValue> inputs;
  std::vector<ArtifactValue> outputs;
  std::vector<int32_t> alias; ///< per output; -1: none
  int64_t arenaBytes = 0;
  std::vector<ArtifactKernel> kernels;
  std::vector<ArtifactCode> codes;         ///< best level first
  uint64_t constantBytes = 0;              ///< size of the constant segment; gaps between constants are zero
  std::vector<ArtifactConstant> constants; ///< ascending offsets, not overlapping
  std::vector<std::string> messages;
  int32_t hostNodes = 0;
  int32_t runtimeNodes = 0;
  std::vector<std::string> metadata; ///< key, value, key, value ...
};

/// Writes `artifact` to a stream, front to back; errors are the stream's.
///
/// Deterministic: equal descriptions give equal bytes. Returns: the number of bytes.
uint64_t writeArtifact(const ArtifactDescription &artifact, llvm::raw_ostream &out);

/// Writes `artifact` to `path` as `writeOutputFile` does: all of it, or nothing.
///
/// Returns: the size of the file in bytes. Errors: the path is a folder, cannot be written, or the disk is
/// full; nothing is left behind then.
llvm::Expected<uint64_t> writeArtifact(const ArtifactDescription &artifact, llvm::StringRef path);

} // namespace weft

#endif // WEFT_ARTIFACT_WRITER_H
