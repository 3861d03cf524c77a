// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling by a node's attributes, for operators that pool what they first change.
#ifndef WEFT_LIB_IMPORT_ONNX_POOLING_H
#define WEFT_LIB_IMPORT_ONNX_POOLING_H

#include "NodeBuilder.h"

namespace weft::importer {

/// Pooling of an image with channels first by the node's attributes; null after a report.
Value maxPool(NodeBuilder &n, Value x);
Value averagePool(NodeBuilder &n, Value x);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_POOLING_H
