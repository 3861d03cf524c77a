// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads single values as ONNX test data stores them.
#ifndef WEFT_IMPORT_TENSORFILE_H
#define WEFT_IMPORT_TENSORFILE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace weft {

/// A tensor and the name that its file gives it (often empty).
struct NamedTensor {
  std::string name;
  mlir::ElementsAttr value;
};

/// Reads a serialised TensorProto (`input_0.pb`). Errors: a sentence in `error` that names the file.
mlir::FailureOr<NamedTensor> readTensorFile(llvm::StringRef path, mlir::MLIRContext &context,
                                            std::string &error);

/// The tensors of a sequence, or the one in an optional; nullopt for an absent optional.
using TensorList = std::optional<std::vector<mlir::ElementsAttr>>;

/// Reads a serialised SequenceProto, or with `isOptional` an OptionalProto of a tensor or a sequence.
/// Errors: a sentence in `error` that names the file.
mlir::FailureOr<TensorList> readListFile(llvm::StringRef path, bool isOptional, mlir::MLIRContext &context,
                                         std::string &error);

} // namespace weft

#endif // WEFT_IMPORT_TENSORFILE_H
