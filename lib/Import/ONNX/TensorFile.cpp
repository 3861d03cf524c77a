// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads single values as ONNX test data stores them.
#include "weft/Import/TensorFile.h"

#include "Model.h"

#include "llvm/Support/MemoryBuffer.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

using namespace mlir;
using namespace weft;

namespace {

/// The messages of a data file; constants that are read from it refer to their bytes, and keep it.
struct DataFile : importer::Model {
  std::vector<onnx::TensorProto> tensors;
};

} // namespace

static FailureOr<std::unique_ptr<llvm::MemoryBuffer>> openFile(StringRef path, std::string &error) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getFile(path);
  if (buffer)
    return std::move(*buffer);
  error = ("cannot read '" + path + "': " + buffer.getError().message()).str();
  return failure();
}

/// Calls `visit` with number and bytes of each field of a message that has a length; whether it is a message.
static bool visitFields(StringRef bytes, function_ref<void(int, StringRef)> visit) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t *>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  while (uint32_t tag = stream.ReadTag()) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&stream, tag))
        return false;
      continue;
    }
    uint32_t length = 0;
    if (!stream.ReadVarint32(&length))
      return false;
    auto start = static_cast<size_t>(stream.CurrentPosition());
    if (length > bytes.size() - start || !stream.Skip(static_cast<int>(length)))
      return false;
    visit(WireFormatLite::GetTagFieldNumber(tag), bytes.substr(start, length));
  }
  return stream.ConsumedEntireMessage();
}

static FailureOr<ElementsAttr> readTensor(const std::shared_ptr<DataFile> &file,
                                          const onnx::TensorProto &proto, StringRef path,
                                          MLIRContext &context, std::string &error) {
  importer::TensorReader reader(file, &context);
  if (std::string problem = reader.check(proto); !problem.empty()) {
    error = ("tensor in '" + path + "': " + problem).str();
    return failure();
  }
  return reader.read(proto, path);
}

FailureOr<NamedTensor> weft::readTensorFile(StringRef path, MLIRContext &context, std::string &error) {
  FailureOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = openFile(path, error);
  if (failed(buffer))
    return failure();
  auto file = std::make_shared<DataFile>();
  onnx::TensorProto &proto = file->tensors.emplace_back();
  if (!proto.ParseFromArray((*buffer)->getBufferStart(), static_cast<int>((*buffer)->getBufferSize())) ||
      proto.data_type() == 0) {
    error = ("'" + path + "' holds no ONNX tensor").str();
    return failure();
  }
  FailureOr<ElementsAttr> value = readTensor(file, proto, path, context, error);
  if (failed(value))
    return failure();
  return NamedTensor{proto.name(), *value};
}

FailureOr<TensorList> weft::readListFile(StringRef path, bool isOptional, MLIRContext &context,
                                         std::string &error) {
  FailureOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = openFile(path, error);
  if (failed(buffer))
    return failure();
  // Their messages are in a schema file of their own: field 3 of SequenceProto holds its tensors; of
  // OptionalProto field 3 holds its tensor and field 5 its sequence.
  constexpr int kTensors = 3, kSequence = 5;
  auto file = std::make_shared<DataFile>();
  bool isPresent = !isOptional, isMessage = true;
  auto addTensor = [&](StringRef bytes) {
    isMessage &= file->tensors.emplace_back().ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    isPresent = true;
  };
  auto addSequence = [&](int field, StringRef bytes) {
    if (field == kTensors)
      addTensor(bytes);
  };
  isMessage &= visitFields((*buffer)->getBuffer(), [&](int field, StringRef bytes) {
    if (field == kTensors)
      addTensor(bytes);
    if (!isOptional || field != kSequence)
      return;
    isPresent = true;
    isMessage &= visitFields(bytes, addSequence);
  });
  if (!isMessage) {
    error = ("'" + path + "' holds no ONNX " + (isOptional ? "optional" : "sequence")).str();
    return failure();
  }
  if (!isPresent)
    return TensorList();
  std::vector<ElementsAttr> values;
  for (const onnx::TensorProto &tensor : file->tensors) {
    FailureOr<ElementsAttr> value = readTensor(file, tensor, path, context, error);
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  return TensorList(std::move(values));
}
