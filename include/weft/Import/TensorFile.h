// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads single tensors as ONNX test data stores them.
#ifndef WEFT_IMPORT_TENSORFILE_H
#define WEFT_IMPORT_TENSORFILE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace weft {

/// A tensor and the name that its file gives it (often empty).
struct NamedTensor {
  std::string name;
  mlir::ElementsAttr value;
};

/// Reads a serialised TensorProto (`input_0.pb`). Errors: a sentence in `error` that names the file;
/// sequences and optionals are refused.
mlir::FailureOr<NamedTensor> readTensorFile(llvm::StringRef path, mlir::MLIRContext &context,
                                            std::string &error);

} // namespace weft

#endif // WEFT_IMPORT_TENSORFILE_H
