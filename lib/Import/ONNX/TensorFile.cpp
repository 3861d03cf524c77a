// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads single tensors as ONNX test data stores them.
#include "weft/Import/TensorFile.h"

#include "Model.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace weft;

FailureOr<NamedTensor> weft::readTensorFile(StringRef path, MLIRContext &context, std::string &error) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    error = ("cannot read '" + path + "': " + buffer.getError().message()).str();
    return failure();
  }
  // The constant may refer to the bytes of the message: both are kept by what keeps the constant.
  struct TensorFile : importer::Model {
    onnx::TensorProto proto;
  };
  auto model = std::make_shared<TensorFile>();
  onnx::TensorProto &proto = model->proto;
  if (!proto.ParseFromArray((*buffer)->getBufferStart(), static_cast<int>((*buffer)->getBufferSize())) ||
      proto.data_type() == 0) {
    error = ("'" + path + "' holds no ONNX tensor").str();
    return failure();
  }
  importer::TensorReader reader(model, &context);
  if (std::string problem = reader.check(proto); !problem.empty()) {
    error = ("tensor in '" + path + "': " + problem).str();
    return failure();
  }
  NamedTensor tensor;
  tensor.name = proto.name();
  tensor.value = reader.read(proto, path);
  return tensor;
}
