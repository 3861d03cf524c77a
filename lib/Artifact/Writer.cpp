// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lays out header, metadata and segments of a .weft file and writes them.
#include "weft/Artifact/Writer.h"

#include "weft/Artifact/OutputFile.h"
#include "weft_abi.h"
#include "weft_artifact_generated.h"
#include "weft_file.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace weft;
namespace fb = weft::artifact;

namespace {

/// A segment as it will lie in the file: pieces at offsets, zeros between them.
struct PlannedSegment {
  uint64_t offset = 0;
  uint64_t size = 0;
  std::vector<ArtifactConstant> pieces;
  std::vector<uint64_t> checksums;
};

/// Calls `emit(bytes)` for the whole segment in order, gaps as zeros, in runs of at most one checksum block.
template <typename Fn> void forEachBlock(const PlannedSegment &segment, Fn emit) {
  std::vector<char> block;
  size_t piece = 0;
  for (uint64_t start = 0; start < segment.size; start += file::checksumBlockBytes) {
    uint64_t end = std::min(segment.size, start + file::checksumBlockBytes);
    while (piece < segment.pieces.size() &&
           segment.pieces[piece].offset + segment.pieces[piece].bytes.size() <= start)
      ++piece;
    // The common case, one large constant spanning the block, is passed on without a copy.
    if (piece < segment.pieces.size()) {
      const ArtifactConstant &only = segment.pieces[piece];
      if (only.offset <= start && only.offset + only.bytes.size() >= end) {
        emit(only.bytes.slice(start - only.offset, end - start));
        continue;
      }
    }
    block.assign(end - start, 0);
    for (size_t i = piece; i < segment.pieces.size() && segment.pieces[i].offset < end; ++i) {
      const ArtifactConstant &constant = segment.pieces[i];
      uint64_t from = std::max(start, constant.offset);
      uint64_t to = std::min(end, constant.offset + constant.bytes.size());
      if (from < to)
        memcpy(block.data() + (from - start), constant.bytes.data() + (from - constant.offset), to - from);
    }
    emit(llvm::ArrayRef<char>(block));
  }
}

void computeChecksums(PlannedSegment &segment) {
  forEachBlock(segment, [&](llvm::ArrayRef<char> bytes) {
    segment.checksums.push_back(file::checksum(bytes.data(), bytes.size()));
  });
}

class RootBuilder {
public:
  flatbuffers::FlatBufferBuilder builder;

  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>>
  strings(const std::vector<std::string> &texts) {
    return builder.CreateVectorOfStrings(texts);
  }
  flatbuffers::Offset<fb::Segment> segment(const PlannedSegment &planned) {
    return fb::CreateSegmentDirect(builder, planned.offset, planned.size, &planned.checksums);
  }
  flatbuffers::Offset<fb::Value> value(const ArtifactValue &value) {
    std::vector<flatbuffers::Offset<fb::Dim>> dims;
    for (const ArtifactDim &dim : value.dims)
      dims.push_back(fb::CreateDimDirect(builder, dim.size, dim.symbol.empty() ? nullptr : dim.symbol.c_str(),
                                         dim.min, dim.max));
    return fb::CreateValueDirect(builder, value.name.c_str(), static_cast<fb::ValueKind>(value.kind),
                                 static_cast<fb::DataType>(value.dataType), &dims,
                                 static_cast<fb::ValueKind>(value.item), value.isAnyRank);
  }
  std::vector<flatbuffers::Offset<fb::Value>> values(const std::vector<ArtifactValue> &list) {
    std::vector<flatbuffers::Offset<fb::Value>> offsets;
    for (const ArtifactValue &one : list)
      offsets.push_back(value(one));
    return offsets;
  }

  flatbuffers::Offset<fb::Kernel> kernel(const ArtifactKernel &kernel) {
    // A number is stored as one; zero would mean that nothing is known, so it stays an expression.
    auto number = [](const std::string &text) {
      int64_t value = 0;
      return llvm::to_integer(text, value, 10) ? value : 0;
    };
    auto expression = [&](const std::string &text) {
      return text.empty() || number(text) ? flatbuffers::Offset<flatbuffers::String>()
                                          : builder.CreateSharedString(text);
    };
    // Equal kernels are launched many times: their texts are stored once.
    std::vector<flatbuffers::Offset<flatbuffers::String>> notes;
    for (const std::string &note : kernel.notes)
      notes.push_back(builder.CreateSharedString(note));
    auto name = builder.CreateSharedString(kernel.name), kind = builder.CreateSharedString(kernel.kind);
    auto nodes = strings(kernel.nodes);
    auto flops = expression(kernel.flops), bytes = expression(kernel.bytes);
    auto schedule = kernel.schedule.empty() ? flatbuffers::Offset<flatbuffers::String>()
                                            : builder.CreateSharedString(kernel.schedule);
    auto notesVector = notes.empty() ? 0 : builder.CreateVector(notes);
    return fb::CreateKernel(builder, name, kind, nodes, number(kernel.flops), number(kernel.bytes), flops,
                            bytes, schedule, notesVector);
  }

  flatbuffers::Offset<fb::Entry> entry(const ArtifactEntry &entry) {
    auto inputs = values(entry.inputs), outputs = values(entry.outputs);
    std::vector<flatbuffers::Offset<fb::Size>> sizes;
    for (const auto &[name, size] : entry.sizes)
      sizes.push_back(fb::CreateSizeDirect(builder, name.c_str(), size));
    return fb::CreateEntryDirect(builder, entry.name.c_str(), &inputs, &outputs, entry.arenaBytes,
                                 &entry.alias, entry.symbol.c_str(), &sizes, entry.kernelBegin,
                                 entry.kernelCount);
  }

  void build(const ArtifactDescription &artifact, llvm::ArrayRef<PlannedSegment> codes,
             llvm::ArrayRef<PlannedSegment> constants) {
    std::vector<flatbuffers::Offset<fb::Entry>> entries;
    bool hasFurtherEntries = false;
    for (const ArtifactEntry &entry : artifact.entries) {
      entries.push_back(this->entry(entry));
      hasFurtherEntries |= entry.symbol != WEFT_ENTRY_SYMBOL;
    }
    std::vector<flatbuffers::Offset<fb::Kernel>> kernels;
    for (const ArtifactKernel &kernel : artifact.kernels)
      kernels.push_back(this->kernel(kernel));
    std::vector<flatbuffers::Offset<fb::Code>> codeTables;
    for (auto [code, planned] : llvm::zip_equal(artifact.codes, codes)) {
      auto features = strings(code.features);
      codeTables.push_back(fb::CreateCode(builder, builder.CreateString(code.arch),
                                          builder.CreateString(code.level), features, segment(planned)));
    }
    std::vector<flatbuffers::Offset<fb::Segment>> constantTables;
    for (const PlannedSegment &planned : constants)
      constantTables.push_back(segment(planned));
    auto compiler = builder.CreateString(artifact.compiler), model = builder.CreateString(artifact.model);
    auto entriesVector = builder.CreateVector(entries);
    auto kernelsVector = builder.CreateVector(kernels);
    auto codesVector = builder.CreateVector(codeTables);
    auto constantsVector = builder.CreateVector(constantTables);
    auto messages = strings(artifact.messages), metadata = strings(artifact.metadata);
    auto texts = artifact.texts.empty() ? decltype(messages)() : strings(artifact.texts);
    fb::ArtifactBuilder root(builder);
    root.add_abi_version(std::max(artifact.abiVersion, hasFurtherEntries ? 2u : 1u));
    root.add_compiler(compiler);
    root.add_model(model);
    root.add_entries(entriesVector);
    root.add_kernels(kernelsVector);
    root.add_codes(codesVector);
    root.add_constants(constantsVector);
    root.add_messages(messages);
    root.add_host_nodes(artifact.hostNodes);
    root.add_runtime_nodes(artifact.runtimeNodes);
    root.add_metadata(metadata);
    if (!artifact.texts.empty())
      root.add_texts(texts);
    root.add_keep_denormals(artifact.keepDenormals);
    fb::FinishArtifactBuffer(builder, root.Finish());
  }
};

} // namespace

llvm::StringRef weft::getDataTypeName(uint8_t dataType) {
  constexpr llvm::StringLiteral names[] = {
      "undefined",      "float32",  "uint8",        "int8",           "uint16",
      "int16",          "int32",    "int64",        "string",         "bool",
      "float16",        "float64",  "uint32",       "uint64",         "complex64",
      "complex128",     "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
      "float8e5m2fnuz", "uint4",    "int4",         "float4e2m1",     "float8e8m0",
      "uint2",          "int2"};
  return dataType < std::size(names) ? names[dataType] : names[0];
}

uint64_t weft::writeArtifact(const ArtifactDescription &artifact, llvm::raw_ostream &out) {
  // Segments first with offset 0 to learn the root's size, which does not depend on the offsets' values:
  // every offset is a non-default u64 field either way (a placeholder stands in).
  constexpr uint64_t page = file::minPageBytes;
  std::vector<PlannedSegment> codes, constants;
  for (const ArtifactCode &code : artifact.codes) {
    PlannedSegment segment;
    segment.size = code.object.size();
    segment.pieces.push_back({0, llvm::ArrayRef<char>(code.object.data(), code.object.size())});
    codes.push_back(std::move(segment));
  }
  if (artifact.constantBytes > 0) {
    PlannedSegment segment;
    segment.size = artifact.constantBytes;
    segment.pieces = artifact.constants;
    constants.push_back(std::move(segment));
  }
  for (auto *list : {&codes, &constants})
    for (PlannedSegment &segment : *list) {
      computeChecksums(segment);
      segment.offset = 1;
    }
  RootBuilder sizing;
  sizing.build(artifact, codes, constants);
  uint64_t rootBytes = sizing.builder.GetSize();

  uint64_t offset = llvm::alignTo(sizeof(file::Header) + rootBytes, page),
           end = sizeof(file::Header) + rootBytes;
  for (auto *list : {&codes, &constants})
    for (PlannedSegment &segment : *list) {
      segment.offset = offset;
      end = offset + segment.size;
      offset = llvm::alignTo(end, page);
    }
  RootBuilder root;
  root.build(artifact, codes, constants);
  if (root.builder.GetSize() != rootBytes)
    llvm::report_fatal_error("internal: the artifact's metadata changed size between planning and writing");
  file::Header header =
      file::makeHeader(end, sizeof(file::Header), root.builder.GetBufferPointer(), rootBytes, page);

  uint64_t at = sizeof(header) + rootBytes;
  out.write(reinterpret_cast<const char *>(&header), sizeof(header));
  out.write(reinterpret_cast<const char *>(root.builder.GetBufferPointer()), rootBytes);
  for (auto *list : {&codes, &constants})
    for (const PlannedSegment &segment : *list) {
      out.write_zeros(segment.offset - at);
      forEachBlock(segment, [&](llvm::ArrayRef<char> bytes) { out.write(bytes.data(), bytes.size()); });
      at = segment.offset + segment.size;
    }
  return end;
}

llvm::Expected<uint64_t> weft::writeArtifact(const ArtifactDescription &artifact, llvm::StringRef path) {
  uint64_t bytes = 0;
  if (llvm::Error error =
          writeOutputFile(path, [&](llvm::raw_ostream &out) { bytes = writeArtifact(artifact, out); }))
    return std::move(error);
  return bytes;
}
