// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention heads inside and outside of the hidden dim, for builders of attention.
#ifndef WEFT_LIB_IMPORT_ONNX_HEADS_H
#define WEFT_LIB_IMPORT_ONNX_HEADS_H

#include "NodeBuilder.h"

namespace weft::importer {

/// [B S heads*D] as [B S heads D]; null after a report.
Value unpackHeads(NodeBuilder &n, Value x, int64_t heads, StringRef what);
/// The reverse.
Value packHeads(NodeBuilder &n, Value x);
/// [B S H D] as [B H S D] and back.
Value swapHeadsAndRows(NodeBuilder &n, Value x);

/// [B H S D] with each head repeated until there are `heads`; `x` itself when there are as many.
Value repeatHeads(NodeBuilder &n, Value x, Size heads);
/// The attribute `scale`, or 1 / sqrt(head size) of q [.., D]; failure when that is not known.
FailureOr<double> attentionScale(NodeBuilder &n, Value q);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_HEADS_H
