// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling by a node's attributes, for operators that pool what they first change.
#ifndef WEFT_LIB_IMPORT_ONNX_POOLING_H
#define WEFT_LIB_IMPORT_ONNX_POOLING_H

#include "NodeBuilder.h"

namespace weft::importer {

/// Pooling of an image with channels first by the node's attributes; null after a report.
Value maxPool(NodeBuilder &n, Value x);
/// With `countsCeilPads` what ceil_mode adds counts where the node's own pads do: windows have one size then.
Value averagePool(NodeBuilder &n, Value x, bool countsCeilPads = false);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_POOLING_H
