// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses an ONNX file without copying its tensor data, and opens external data files safely.
#include "Model.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

namespace weft::importer {
using google::protobuf::internal::WireFormatLite;
namespace io = google::protobuf::io;

namespace {

/// Copies a message, except that large `raw_data` of tensors is replaced by its place in the file: an
/// `external_data` entry with the key kRawKey. A forged entry does no harm, since every place is checked
/// against the file before it is read.
class Stripper {
public:
  explicit Stripper(StringRef file) : file(file) {}

  /// Which messages hold tensors, directly or deeper. Other fields are copied as they are.
  enum class Kind { Model, Graph, Node, Attribute, Function, Sparse, Training, Tensor, Other };

  bool strip(StringRef bytes, Kind kind, std::string &out, int depth) {
    // Deeper than protobuf itself accepts: its parser reports it.
    if (depth > 100)
      return false;
    io::CodedInputStream in(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
    while (uint32_t tag = in.ReadTag()) {
      int start = in.CurrentPosition();
      if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
        if (!WireFormatLite::SkipField(&in, tag))
          return false;
        putVarint(tag, out);
        out.append(bytes.data() + start, in.CurrentPosition() - start);
        continue;
      }
      uint32_t length = 0;
      if (!in.ReadVarint32(&length))
        return false;
      int at = in.CurrentPosition();
      if (length > bytes.size() - static_cast<size_t>(at) || !in.Skip(static_cast<int>(length)))
        return false;
      StringRef payload = bytes.substr(at, length);
      if (!field(kind, WireFormatLite::GetTagFieldNumber(tag), tag, payload, out, depth))
        return false;
    }
    return in.ConsumedEntireMessage();
  }

  static constexpr const char *kRawKey = "weft.raw";

private:
  bool field(Kind kind, int number, uint32_t tag, StringRef payload, std::string &out, int depth) {
    if (kind == Kind::Tensor && number == onnx::TensorProto::kRawDataFieldNumber &&
        payload.size() > kStripBytes) {
      onnx::StringStringEntryProto entry;
      entry.set_key(kRawKey);
      entry.set_value(std::to_string(payload.data() - file.data()) + ":" + std::to_string(payload.size()));
      put(WireFormatLite::MakeTag(onnx::TensorProto::kExternalDataFieldNumber,
                                  WireFormatLite::WIRETYPE_LENGTH_DELIMITED),
          entry.SerializeAsString(), out);
      return true;
    }
    Kind child = childOf(kind, number);
    if (child == Kind::Other || payload.size() <= kStripBytes) {
      put(tag, payload, out);
      return true;
    }
    std::string stripped;
    if (!strip(payload, child, stripped, depth + 1))
      return false;
    put(tag, stripped, out);
    return true;
  }

  static Kind childOf(Kind kind, int number) {
    switch (kind) {
    case Kind::Model:
      return number == onnx::ModelProto::kGraphFieldNumber       ? Kind::Graph
             : number == onnx::ModelProto::kFunctionsFieldNumber ? Kind::Function
                                                                 : Kind::Other;
    case Kind::Graph:
      return number == onnx::GraphProto::kNodeFieldNumber                ? Kind::Node
             : number == onnx::GraphProto::kInitializerFieldNumber       ? Kind::Tensor
             : number == onnx::GraphProto::kSparseInitializerFieldNumber ? Kind::Sparse
                                                                         : Kind::Other;
    case Kind::Node:
      return number == onnx::NodeProto::kAttributeFieldNumber ? Kind::Attribute : Kind::Other;
    case Kind::Function:
      return number == onnx::FunctionProto::kNodeFieldNumber ? Kind::Node : Kind::Other;
    case Kind::Attribute:
      switch (number) {
      case onnx::AttributeProto::kTFieldNumber:
      case onnx::AttributeProto::kTensorsFieldNumber:
        return Kind::Tensor;
      case onnx::AttributeProto::kGFieldNumber:
      case onnx::AttributeProto::kGraphsFieldNumber:
        return Kind::Graph;
      case onnx::AttributeProto::kSparseTensorFieldNumber:
      case onnx::AttributeProto::kSparseTensorsFieldNumber:
        return Kind::Sparse;
      default:
        return Kind::Other;
      }
    case Kind::Sparse:
      return number == onnx::SparseTensorProto::kValuesFieldNumber ||
                     number == onnx::SparseTensorProto::kIndicesFieldNumber
                 ? Kind::Tensor
                 : Kind::Other;
    default:
      return Kind::Other;
    }
  }

  static void putVarint(uint64_t value, std::string &out) {
    for (; value >= 0x80; value >>= 7)
      out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
  }
  static void put(uint32_t tag, StringRef payload, std::string &out) {
    putVarint(tag, out);
    putVarint(payload.size(), out);
    out.append(payload.data(), payload.size());
  }

  StringRef file;
};

} // namespace

LogicalResult Model::parse(std::string &error) {
  StringRef bytes = file->getBuffer();
  if (bytes.empty()) {
    error = "expected an ONNX model, but the file is empty";
    return failure();
  }
  // CodedInputStream counts in int.
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    error = "expected a model file of at most 2 GiB, but got " + std::to_string(bytes.size()) +
            " bytes; save it with its weights as external data";
    return failure();
  }
  std::string stripped;
  if (!Stripper(bytes).strip(bytes, Stripper::Kind::Model, stripped, 0)) {
    error = "expected an ONNX model, but the file is truncated or not one (its protobuf structure is broken)";
    return failure();
  }
  io::ArrayInputStream array(stripped.data(), static_cast<int>(stripped.size()));
  io::CodedInputStream in(&array);
  if (!proto.MergePartialFromCodedStream(&in) || !in.ConsumedEntireMessage()) {
    error = "expected an ONNX model, but the file is truncated or not one (its protobuf fields do not parse)";
    return failure();
  }
  if (!proto.has_graph()) {
    error = "expected an ONNX model, but the file holds no graph";
    return failure();
  }
  return success();
}

/// Whether `path` stays below its folder as text: relative, and no part of it is `..`.
static bool isPlainRelativePath(StringRef path) {
  if (path.empty() || path.contains('\0') || llvm::sys::path::is_absolute(path))
    return false;
  return llvm::none_of(llvm::make_range(llvm::sys::path::begin(path), llvm::sys::path::end(path)),
                       [](StringRef part) { return part == ".."; });
}

llvm::MemoryBuffer *Model::external(StringRef path, std::string &error) {
  if (auto known = externalFiles.find(path); known != externalFiles.end()) {
    error = fileErrors.lookup(path);
    return known->second.get();
  }
  std::unique_ptr<llvm::MemoryBuffer> &slot = externalFiles[path];
  auto refuse = [&](const llvm::Twine &message) {
    error = fileErrors[path] = message.str();
    return nullptr;
  };
  if (!isPlainRelativePath(path))
    return refuse("expected external data in a file below the model's folder, but got the path '" + path +
                  "'");
  if (directory.empty())
    return refuse("expected a model without external data (it was not read from a file), but it names '" +
                  path + "'");
  llvm::SmallString<256> full(directory);
  llvm::sys::path::append(full, path);
  llvm::SmallString<256> realFolder, realFile;
  if (std::error_code ec = llvm::sys::fs::real_path(full, realFile))
    return refuse("external data file '" + path + "' cannot be opened: " + ec.message() +
                  "; put it beside the model");
  if (std::error_code ec = llvm::sys::fs::real_path(directory, realFolder))
    return refuse("the model's folder cannot be opened: " + ec.message());
  StringRef rest = realFile.str();
  bool inside =
      realFolder == "/" || (rest.consume_front(realFolder) && (rest.empty() || rest.starts_with("/")));
  if (!inside)
    return refuse("expected external data below the model's folder, but '" + path + "' is a link out of it");
  if (!llvm::sys::fs::is_regular_file(realFile))
    return refuse("expected external data in a regular file, but '" + path + "' is none");
  auto opened = llvm::MemoryBuffer::getFile(realFile, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!opened)
    return refuse("external data file '" + path + "' cannot be opened: " + opened.getError().message());
  slot = std::move(*opened);
  return slot.get();
}

} // namespace weft::importer
