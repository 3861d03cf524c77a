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
#include <utility>
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

enum class ValueKind : uint8_t { Tensor = 0, Sequence = 1, Optional = 2 };

/// An input or output. `dataType` is the number of ONNX's TensorProto.DataType. Sequences and optionals
/// describe the tensors in them.
struct ArtifactValue {
  std::string name;
  uint8_t dataType = 0;
  std::vector<ArtifactDim> dims;
  ValueKind kind = ValueKind::Tensor;
  ValueKind item = ValueKind::Tensor; ///< what an optional holds
  bool isAnyRank = false;             ///< each tensor in it has its own rank; there are no dims
};

/// A dispatch site: what profiles, errors and explanations print. Flops and bytes are expressions of the
/// symbols of the inputs' dims, or empty when they are not known.
struct ArtifactKernel {
  std::string name;
  std::string kind;
  std::vector<std::string> nodes;
  std::string flops;
  std::string bytes;
  std::string schedule;
  std::vector<std::string> notes;
};

/// An entry point: the model at some shapes. The entries of an artifact share everything else.
struct ArtifactEntry {
  std::string name = "main";
  std::string symbol;                                 ///< function of the code objects
  std::vector<std::pair<std::string, int64_t>> sizes; ///< of a bucket: the symbolic dims that it fixes
  std::vector<ArtifactValue> inputs;
  std::vector<ArtifactValue> outputs;
  std::vector<int32_t> alias; ///< per output; -1: none
  int64_t arenaBytes = 0;
  int32_t kernelBegin = 0; ///< its part of ArtifactDescription::kernels
  int32_t kernelCount = 0;
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

/// Name of an element type by its number in ONNX's TensorProto.DataType, as numpy has it: "float32".
llvm::StringRef getDataTypeName(uint8_t dataType);

/// Everything that a .weft file states.
struct ArtifactDescription {
  std::string compiler;
  std::string model;
  std::vector<ArtifactEntry> entries; ///< the main one first
  std::vector<ArtifactKernel> kernels;
  std::vector<ArtifactCode> codes;         ///< best level first
  uint64_t constantBytes = 0;              ///< size of the constant segment; gaps between constants are zero
  std::vector<ArtifactConstant> constants; ///< ascending offsets, not overlapping
  std::vector<std::string> messages;
  int32_t hostNodes = 0;
  int32_t runtimeNodes = 0;
  std::vector<std::string> texts;    ///< of string constants
  uint32_t abiVersion = 1;           ///< the lowest that has what the code calls
  std::vector<std::string> metadata; ///< key, value, key, value ...
  bool keepDenormals = false;        ///< runs do not flush denormals to zero

  /// The entry that is taken when nothing is said. Requires: an entry.
  const ArtifactEntry &mainEntry() const { return entries.front(); }
  /// What a session plans: the largest arena of the entries.
  int64_t arenaBytes() const {
    int64_t most = 0;
    for (const ArtifactEntry &entry : entries)
      most = entry.arenaBytes > most ? entry.arenaBytes : most;
    return most;
  }
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
