// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops, and the types that several values share, for builders of control flow and sequences.
#ifndef WEFT_LIB_IMPORT_ONNX_CONTROL_H
#define WEFT_LIB_IMPORT_ONNX_CONTROL_H

#include "NodeBuilder.h"

namespace weft::importer {

/// The least type that both values have: dims that differ become `?`. Null when kind, rank or element type
/// differ.
Type joinTypes(Type a, Type b);

/// The same for elements of a sequence, which may differ in rank: the tensor type of any rank then.
Type joinElementTypes(Type a, Type b);

/// The type of an empty sequence whose elements are not known yet: `!weft.seq<none>`. It joins with every
/// sequence, and is gone once the sequence meets its first element or the model's end.
bool isUnknownSequence(Type type);
/// An empty sequence of unknown type as one of `type`; other values as they are.
Value asSequence(NodeBuilder &n, Value value, Type type);

/// Imports a subgraph at the insertion point of `b` for given inputs; its outputs.
FailureOr<SmallVector<Value>> importInto(NodeBuilder &n, const onnx::GraphProto &graph,
                                         ArrayRef<Value> inputs, OpBuilder &b);

/// Operands of a weft.loop.
struct LoopShape {
  std::optional<Size> trip;
  Value cond;
  SmallVector<Value> carried, scanned;
  SmallVector<int64_t> scanInAxes, scanOutAxes;
  SmallVector<bool> scanInReverse, scanOutReverse;
};
/// Fills a block whose arguments are iteration, carried values and slices; gives condition, carried values
/// and slices. It may be called again with wider types.
using LoopBody = function_ref<FailureOr<SmallVector<Value>>(Block &, OpBuilder &)>;
using LoopResult = FailureOr<SmallVector<Value>>;

/// The loop, with the types of carried values widened until they are stable; failure after a report.
LoopResult makeLoop(NodeBuilder &n, const LoopShape &loop, LoopBody body);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_CONTROL_H
