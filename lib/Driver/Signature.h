// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs and outputs of a model as an artifact states them.
#ifndef WEFT_DRIVER_SIGNATURE_H
#define WEFT_DRIVER_SIGNATURE_H

#include "mlir/IR/BuiltinOps.h"
#include "weft/Artifact/Writer.h"

namespace weft {

/// Number of an element type in ONNX's TensorProto.DataType; 0 when it has none.
uint8_t getDataType(mlir::Type elementType);

/// Fills inputs, outputs and aliases from function `name` of a module in phase graph.
///
/// Errors: a value that is no tensor, or an element type that no caller can pass.
mlir::LogicalResult describeSignature(mlir::ModuleOp module, llvm::StringRef name, ArtifactEntry &entry);

} // namespace weft

#endif // WEFT_DRIVER_SIGNATURE_H
