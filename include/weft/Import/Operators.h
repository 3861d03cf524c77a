// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists the operators that an ONNX model uses, and its inputs with defaults, without importing it.
#ifndef WEFT_IMPORT_OPERATORS_H
#define WEFT_IMPORT_OPERATORS_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

/// One operator of a model.
struct OperatorUse {
  /// With its domain, unless that is ai.onnx: "Conv", "com.microsoft.Attention".
  std::string name;
  /// The opset that the model imports for its domain; 0 when it imports none.
  int64_t opset = 0;
  /// Nodes, those of subgraphs and functions included.
  int64_t nodes = 0;
};

/// The operators of the ONNX file `path`, sorted by name; empty when it cannot be read as a model.
std::vector<OperatorUse> listOperators(llvm::StringRef path);

/// Inputs of the ONNX file `path` that have an initialiser, their default, in order; empty when it cannot be
/// read as a model.
std::vector<std::string> listDefaultInputs(llvm::StringRef path);

} // namespace weft

#endif // WEFT_IMPORT_OPERATORS_H
