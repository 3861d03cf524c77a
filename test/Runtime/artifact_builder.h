// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes small artifacts for the tests, right or wrong in chosen ways.
#ifndef WEFT_TEST_RUNTIME_ARTIFACT_BUILDER_H
#define WEFT_TEST_RUNTIME_ARTIFACT_BUILDER_H

#include "weft_file.h"
#include "weft_runtime.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weft::test {

/// What Inputs/program.c does.
enum Mode : int64_t {
  Affine = 0,
  AffineByScratch = 1,
  ThreeTimes = 2,
  FailingCheck = 3,
  Positives = 4,
  OutputTwice = 5,
  NoOutput = 6,
  StrangeCode = 7,
  HugeAlloc = 8,
  SumFirsts = 9,
  WrongSize = 10,
  TwoOutputs = 11,
  Lists = 12,
  Texts = 13,
  TextCall = 14,
  HugeArena = 15
};

struct DimSpec {
  DimSpec(int64_t size) : size(size) {}
  DimSpec(const char *symbol, int64_t min = 0, int64_t max = -1) : symbol(symbol), min(min), max(max) {}
  int64_t size = -1;
  std::string symbol;
  int64_t min = 0, max = -1;
};

struct ValueSpec {
  std::string name;
  std::vector<DimSpec> dims;
  int type = WEFT_FLOAT32;
  int kind = WEFT_TENSOR;
  int item = WEFT_TENSOR;
};

struct CodeSpec {
  std::string arch, level;
  std::vector<std::string> features;
};

/// An entry behind the first.
struct EntrySpec {
  std::string name, symbol;
  std::vector<ValueSpec> inputs, outputs;
  std::vector<std::pair<std::string, int64_t>> sizes;
  int64_t arenaBytes = 0;
  int32_t kernelBegin = 0, kernelCount = -1;
};

/// An artifact, field by field. The default is a valid one: y = x * w + 1 on [batch, 4] floats, w = {1, 2, 3,
/// 4}.
struct ArtifactSpec {
  ArtifactSpec();

  uint32_t abiVersion = 1;
  std::string entryName = "main";
  std::vector<ValueSpec> inputs, outputs;
  std::vector<std::pair<std::string, int64_t>> sizes;
  // Of Inputs/program.c: weft_entry_1 gives 100, weft_entry_2 gives 200.
  std::vector<EntrySpec> furtherEntries;
  std::vector<int32_t> alias;
  int64_t arenaBytes = 1 << 16;
  std::vector<CodeSpec> codes;
  std::string codeBytes; // the object that every level holds
  Mode mode = Affine;
  int64_t a = 0, b = 4;
  std::vector<float> weights = {1, 2, 3, 4};
  std::vector<std::string> messages = {"size {a} is not {b}: {a} != {b}"};
  std::vector<std::string> libraries, metadata, texts;
  bool keepsDenormals = false;
  std::string flopsExpr, bytesExpr, schedule; // of kernel k1
  std::vector<std::string> notes;

  // Faults. Segment numbers count code first, then constants.
  std::vector<uint64_t> segmentOffsets; // replaces the offset of a segment, 0 leaves it
  std::vector<uint64_t> segmentSizes;   // replaces its size in the metadata
  int missingChecksums = 0;
  std::function<void(file::Header &)> editHeader; // before its checksum is made
};

/// An artifact with a general entry ("main") and one for batches of 2 ("batch=2"), or without a general one
/// but with entries for batches of 1, 2 and 3.
ArtifactSpec bucketSpec(bool hasGeneral);

/// The bytes of the artifact.
std::vector<uint8_t> build(const ArtifactSpec &spec);

/// Makes the header's checksum right again after an edit of the bytes.
void resealHeader(std::vector<uint8_t> &bytes);
/// The same for the root's checksum.
void resealRoot(std::vector<uint8_t> &bytes);

/// Writes bytes to a fresh file in the test's temporary folder. Returns: its path.
std::string writeTemporary(const std::vector<uint8_t> &bytes, const std::string &name);

/// The contents of a file; empty when it cannot be read.
std::string readFile(const std::string &path);

} // namespace weft::test

#endif // WEFT_TEST_RUNTIME_ARTIFACT_BUILDER_H
