// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes small artifacts for the tests.

#include "artifact_builder.h"

#include "weft_artifact_generated.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdlib.h>

namespace weft::test {

namespace fb = ::weft::artifact;

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

namespace {

#if defined(__x86_64__)
constexpr const char *arch = "x86_64";
#else
constexpr const char *arch = "aarch64";
#endif

using Builder = flatbuffers::FlatBufferBuilder;

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::Value>>>
makeValues(Builder &builder, const std::vector<ValueSpec> &specs) {
  std::vector<flatbuffers::Offset<fb::Value>> values;
  for (const ValueSpec &spec : specs) {
    std::vector<flatbuffers::Offset<fb::Dim>> dims;
    for (const DimSpec &dim : spec.dims)
      dims.push_back(fb::CreateDim(builder, dim.size,
                                   dim.symbol.empty() ? flatbuffers::Offset<flatbuffers::String>()
                                                      : builder.CreateString(dim.symbol),
                                   dim.min, dim.max));
    values.push_back(fb::CreateValue(builder, builder.CreateString(spec.name),
                                     static_cast<fb::ValueKind>(spec.kind),
                                     static_cast<fb::DataType>(spec.type), builder.CreateVector(dims),
                                     static_cast<fb::ValueKind>(spec.item)));
  }
  return builder.CreateVector(values);
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::Size>>>
makeSizes(Builder &builder, const std::vector<std::pair<std::string, int64_t>> &specs) {
  std::vector<flatbuffers::Offset<fb::Size>> sizes;
  for (const auto &[name, size] : specs)
    sizes.push_back(fb::CreateSizeDirect(builder, name.c_str(), size));
  return specs.empty() ? 0 : builder.CreateVector(sizes);
}

struct Piece {
  std::string bytes;
  uint64_t offset = 0;
};

flatbuffers::Offset<fb::Segment> makeSegment(Builder &builder, const ArtifactSpec &spec, const Piece &piece,
                                             size_t index) {
  std::vector<uint64_t> sums;
  for (size_t at = 0; at < piece.bytes.size(); at += file::checksumBlockBytes)
    sums.push_back(file::checksum(piece.bytes.data() + at,
                                  std::min<size_t>(file::checksumBlockBytes, piece.bytes.size() - at)));
  if (spec.missingChecksums && !sums.empty())
    sums.pop_back();
  uint64_t offset = piece.offset, size = piece.bytes.size();
  if (index < spec.segmentOffsets.size() && spec.segmentOffsets[index])
    offset = spec.segmentOffsets[index];
  if (index < spec.segmentSizes.size() && spec.segmentSizes[index])
    size = spec.segmentSizes[index];
  return fb::CreateSegment(builder, offset, size, builder.CreateVector(sums));
}

std::string makeRoot(const ArtifactSpec &spec, const std::vector<Piece> &pieces) {
  Builder builder;
  std::vector<flatbuffers::Offset<fb::Code>> codes;
  for (size_t i = 0; i < spec.codes.size(); ++i)
    codes.push_back(fb::CreateCode(
        builder, builder.CreateString(spec.codes[i].arch), builder.CreateString(spec.codes[i].level),
        builder.CreateVectorOfStrings(spec.codes[i].features), makeSegment(builder, spec, pieces[i], i)));
  std::vector<flatbuffers::Offset<fb::Segment>> constants;
  for (size_t i = spec.codes.size(); i < pieces.size(); ++i)
    constants.push_back(makeSegment(builder, spec, pieces[i], i));
  std::vector<flatbuffers::Offset<fb::Kernel>> kernels;
  kernels.push_back(fb::CreateKernel(builder, builder.CreateString("k0"), builder.CreateString("elementwise"),
                                     builder.CreateVectorOfStrings({"Mul_0", "Add_1"}), 8, 32));
  kernels.push_back(
      fb::CreateKernel(builder, builder.CreateString("k1"), builder.CreateString("elementwise"),
                       builder.CreateVectorOfStrings({"Mul_2"}), 0, 0, builder.CreateString(spec.flopsExpr),
                       builder.CreateString(spec.bytesExpr), builder.CreateString(spec.schedule),
                       builder.CreateVectorOfStrings(spec.notes)));
  std::vector<flatbuffers::Offset<fb::Entry>> entries;
  auto inputs = makeValues(builder, spec.inputs), outputs = makeValues(builder, spec.outputs);
  entries.push_back(fb::CreateEntry(builder, builder.CreateString(spec.entryName), inputs, outputs,
                                    spec.arenaBytes, builder.CreateVector(spec.alias), 0,
                                    makeSizes(builder, spec.sizes)));
  for (const EntrySpec &entry : spec.furtherEntries) {
    auto entryInputs = makeValues(builder, entry.inputs), entryOutputs = makeValues(builder, entry.outputs);
    entries.push_back(fb::CreateEntry(builder, builder.CreateString(entry.name), entryInputs, entryOutputs,
                                      entry.arenaBytes, 0, builder.CreateString(entry.symbol),
                                      makeSizes(builder, entry.sizes), entry.kernelBegin, entry.kernelCount));
  }
  auto compiler = builder.CreateString("test 1.0"), model = builder.CreateString("affine");
  auto allEntries = builder.CreateVector(entries);
  auto allKernels = builder.CreateVector(kernels);
  auto allCodes = builder.CreateVector(codes);
  auto allConstants = builder.CreateVector(constants);
  auto messages = builder.CreateVectorOfStrings(spec.messages),
       libraries = builder.CreateVectorOfStrings(spec.libraries),
       metadata = builder.CreateVectorOfStrings(spec.metadata),
       texts = builder.CreateVectorOfStrings(spec.texts);
  builder.Finish(fb::CreateArtifact(builder, spec.abiVersion, compiler, model, allEntries, allKernels,
                                    allCodes, allConstants, messages, 3, 0, libraries, metadata,
                                    spec.keepsDenormals, texts),
                 fb::ArtifactIdentifier());
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

} // namespace

ArtifactSpec::ArtifactSpec() {
  inputs = {{"x", {"batch", 4}}};
  outputs = {{"y", {"batch", 4}}};
  codes = {{arch, "x86-64-v2", {}}};
  static const std::string object = readFile(WEFT_TEST_PROGRAM);
  codeBytes = object;
}

ArtifactSpec bucketSpec(bool hasGeneral) {
  ArtifactSpec spec;
  spec.abiVersion = 2;
  auto bucket = [](int64_t batch, const char *symbol) {
    std::string name = "batch=" + std::to_string(batch);
    return EntrySpec{name, symbol, {{"x", {batch, 4}}}, {{"y", {batch, 4}}}, {{"batch", batch}}, 1 << 17,
                     1,    1};
  };
  spec.furtherEntries = {bucket(2, "weft_entry_1")};
  if (!hasGeneral) {
    spec.entryName = "batch=1";
    spec.sizes = {{"batch", 1}};
    spec.inputs = {{"x", {1, 4}}};
    spec.outputs = {{"y", {1, 4}}};
    spec.furtherEntries.push_back(bucket(3, "weft_entry_2"));
  }
  return spec;
}

std::vector<uint8_t> build(const ArtifactSpec &spec) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < spec.codes.size(); ++i)
    pieces.push_back({spec.codeBytes});
  int64_t plan[] = {spec.mode, spec.a, spec.b};
  pieces.push_back({std::string(reinterpret_cast<const char *>(plan), sizeof(plan))});
  pieces.push_back(
      {std::string(reinterpret_cast<const char *>(spec.weights.data()), spec.weights.size() * 4)});

  // The root's size does not depend on the offsets that it holds.
  std::string root = makeRoot(spec, pieces);
  uint64_t end = sizeof(file::Header) + root.size();
  for (Piece &piece : pieces) {
    piece.offset = (end + file::minPageBytes - 1) / file::minPageBytes * file::minPageBytes;
    end = piece.offset + piece.bytes.size();
  }
  root = makeRoot(spec, pieces);

  std::vector<uint8_t> bytes(end, 0);
  file::Header header = file::makeHeader(end, sizeof(file::Header), root.data(), root.size());
  if (spec.editHeader)
    spec.editHeader(header);
  header.headerChecksum = file::checksum(&header, offsetof(file::Header, headerChecksum));
  memcpy(bytes.data(), &header, sizeof(header));
  memcpy(bytes.data() + sizeof(header), root.data(), root.size());
  for (const Piece &piece : pieces)
    memcpy(bytes.data() + piece.offset, piece.bytes.data(), piece.bytes.size());
  return bytes;
}

void resealHeader(std::vector<uint8_t> &bytes) {
  uint64_t sum = file::checksum(bytes.data(), offsetof(file::Header, headerChecksum));
  memcpy(bytes.data() + offsetof(file::Header, headerChecksum), &sum, 8);
}

void resealRoot(std::vector<uint8_t> &bytes) {
  file::Header header;
  memcpy(&header, bytes.data(), sizeof(header));
  header.rootChecksum = file::checksum(bytes.data() + header.rootOffset, header.rootBytes);
  memcpy(bytes.data(), &header, sizeof(header));
  resealHeader(bytes);
}

namespace {

/// A folder for this process that goes when the process ends.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weft-test-XXXXXX").string();
    path = mkdtemp(pattern.data()) ? pattern : ".";
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (path != ".")
      std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

} // namespace

std::string writeTemporary(const std::vector<uint8_t> &bytes, const std::string &name) {
  static const TemporaryFolder folder;
  std::string path = folder.path + "/" + name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return path;
}

} // namespace weft::test
