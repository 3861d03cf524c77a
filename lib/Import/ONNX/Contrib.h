// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What builders of com.microsoft operators share.
#ifndef WEFT_LIB_IMPORT_ONNX_CONTRIB_H
#define WEFT_LIB_IMPORT_ONNX_CONTRIB_H

#include "NodeBuilder.h"

namespace weft::importer {

/// Reports unless these inputs are given: required ones that lie behind optional ones.
LogicalResult requireInputs(NodeBuilder &n, ArrayRef<unsigned> inputs);
/// The activation that a fused operator names; `x` when it names none, null after a report.
Value activate(NodeBuilder &n, Value x, StringRef name, ArrayRef<double> params);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_CONTRIB_H
