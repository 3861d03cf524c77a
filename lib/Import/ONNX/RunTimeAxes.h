// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators whose axes are values of the run: sizes are computed as scalars, since ranks follow from list
// lengths.
#ifndef WEFT_LIB_IMPORT_ONNX_RUNTIMEAXES_H
#define WEFT_LIB_IMPORT_ONNX_RUNTIMEAXES_H

#include "NodeBuilder.h"

namespace weft::importer {

/// x without the dims that `axes` names, each of size 1.
Value squeezeAtRunTime(NodeBuilder &n, Value x, ArrayRef<Size> axes);
/// x with dims of size 1 where `axes` says, counted in the result.
Value unsqueezeAtRunTime(NodeBuilder &n, Value x, ArrayRef<Size> axes);
/// `build(x, axis)` for the axis that a value of the run names: one branch per axis.
Value alongRunTimeAxis(NodeBuilder &n, Value x, Size axis, function_ref<Value(Value, int64_t)> build);
/// `build(x, axis)` one after the other for each axis of a list of the run.
Value overRunTimeAxes(NodeBuilder &n, Value x, ArrayRef<Size> axes,
                      function_ref<Value(Value, int64_t)> build);
/// 1 where some of `axes` (wrapped once by `rank`) is `axis`, else 0.
Size isAmong(NodeBuilder &n, ArrayRef<Size> axes, int64_t axis, int64_t rank);
/// `values[k]` for the k whose axis (wrapped by `rank`) is `axis`; `orElse` when there is none.
Size valueOfAxis(NodeBuilder &n, ArrayRef<Size> axes, ArrayRef<Size> values, int64_t axis, int64_t rank,
                 Size orElse);
/// a == b ? x : y.
Size ifEqual(NodeBuilder &n, Size a, Size b, Size x, Size y);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_RUNTIMEAXES_H
