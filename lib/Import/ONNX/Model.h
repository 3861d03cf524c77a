// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An ONNX file in memory: the parsed message, the mapped bytes, and the data of its tensors.
#ifndef WEFT_LIB_IMPORT_ONNX_MODEL_H
#define WEFT_LIB_IMPORT_ONNX_MODEL_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

#include "onnx/onnx-ml.pb.h"

#include <memory>
#include <string>

namespace weft::importer {

using namespace mlir;

/// A parsed model. Shared by every constant whose data lies in it.
struct Model {
  /// The file; `proto` holds no tensor data over kStripBytes, only places in this buffer.
  std::unique_ptr<llvm::MemoryBuffer> file;
  onnx::ModelProto proto;
  /// Folder that external data must lie in; empty when there is none.
  std::string directory;
  /// External files, by path as in the model; null where one could not be opened (the message is then in
  /// `fileErrors`).
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> externalFiles;
  llvm::StringMap<std::string> fileErrors;

  /// Parses `file` into `proto`; failure with a message in `error`.
  LogicalResult parse(std::string &error);
  /// The external file `path`, opened on first use; null with a message in `error`.
  llvm::MemoryBuffer *external(StringRef path, std::string &error);
};

/// Tensor data of more bytes than this stays in the mapped file when the model is parsed.
constexpr size_t kStripBytes = 1024;
/// Constants of more bytes than this become `dense_resource`.
constexpr int64_t kDenseBytes = 1024;

/// The element type of an ONNX data type; null when Weft knows none.
Type elementType(MLIRContext *context, int32_t dataType);
/// Its name as ONNX spells it, or the number.
std::string dataTypeName(int32_t dataType);
/// Bits of one element as ONNX stores it (bool: 8, int4: 4); 0 for strings.
unsigned storedBits(Type element);
/// The product of dims, which must not be negative; nullopt when it exceeds int64.
std::optional<int64_t> countElements(ArrayRef<int64_t> dims);

/// Reads tensors of one model. Every check is made before memory is allocated or data touched.
class TensorReader {
public:
  TensorReader(std::shared_ptr<Model> model, MLIRContext *context)
      : model(std::move(model)), context(context) {}

  /// What is wrong with `tensor`, or empty: type, dims, data length, external file. `badFile`: the external
  /// file when it is what is wrong, and so is likely to be for other tensors in it: missing, unreadable or
  /// cut.
  std::string check(const onnx::TensorProto &tensor, std::string *badFile = nullptr);
  /// The value; requires check() to find nothing.
  ElementsAttr read(const onnx::TensorProto &tensor, StringRef name);
  /// The same for a sparse tensor, made dense.
  std::string check(const onnx::SparseTensorProto &tensor);
  ElementsAttr read(const onnx::SparseTensorProto &tensor, StringRef name);

private:
  struct Layout {
    RankedTensorType type;
    int64_t count = 0;
    int64_t bytes = 0;
    /// Bytes as ONNX stores them, when the tensor has raw or external data.
    std::optional<ArrayRef<char>> raw;
    std::string error, badFile;
  };
  Layout layout(const onnx::TensorProto &tensor);
  std::optional<ArrayRef<char>> rawBytes(const onnx::TensorProto &tensor, Layout &result);
  int64_t typedCount(const onnx::TensorProto &tensor, Type element);

  std::shared_ptr<Model> model;
  MLIRContext *context;
};

/// A constant over bytes as ONNX stores them: dense when small, else a resource named after `name` that keeps
/// `owner`.
ElementsAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes, StringRef name,
                          std::shared_ptr<void> owner);
/// The elements of a constant of numbers as bytes in memory order of the host, one per element (i1 and
/// sub-byte: a byte each).
std::optional<std::vector<char>> unpackBytes(ElementsAttr value);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_MODEL_H
