// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the attention operators of com.microsoft share: masks, caches, the call of `attention`.
#ifndef WEFT_LIB_IMPORT_ONNX_CONTRIBATTENTION_H
#define WEFT_LIB_IMPORT_ONNX_CONTRIBATTENTION_H

#include "NodeBuilder.h"

namespace weft::importer {

/// Operands of one attention with heads in front, [B H S D].
struct HeadAttention {
  Value q, k, v;
  /// Added to the scores; sizes of the keys that count; first position of the queries; extra logit per head.
  Value mask, length, start, sink;
  double scale = 1, softcap = 0;
  bool causal = false;
  int64_t window = -1;
};

/// Attention back as [B S H*D]; null after a report.
Value attend(NodeBuilder &n, const HeadAttention &a);

/// The attention as the node's result: with input `bias`, when there is one, added to the mask of `a`, and
/// causal where the node is `unidirectional`.
LogicalResult finishAttention(NodeBuilder &n, HeadAttention &a, unsigned bias);

/// 0 where a key counts and mask_filter_value where it does not, as [B 1 S|1 T]. `mask` holds lengths [B],
/// ends and starts [2B], lengths and offsets [3B+2], or a flag per key [B T], [B S T] or [B 1 M M].
Value paddingMask(NodeBuilder &n, Value mask, Size batch, Size rows, Size keys, Type element);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_CONTRIBATTENTION_H
