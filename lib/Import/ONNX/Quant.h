// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What builders of quantised operators share with those of the plain ones.
#ifndef WEFT_LIB_IMPORT_ONNX_QUANT_H
#define WEFT_LIB_IMPORT_ONNX_QUANT_H

#include "NodeBuilder.h"

namespace weft::importer {

/// Where quantisation parameters lie and how values are rounded to them.
struct QuantPlace {
  /// The axis of parameters that are not one element.
  int64_t axis = 1;
  /// Elements per parameter along it; 0: one parameter per entry.
  int64_t block = 0;
  bool saturate = true;
  /// The type in which x / scale is computed; null: that of the scale.
  Type precision;
};

/// saturate(round(x / scale) + zero); null after a report. `zero` may be null.
Value quantize(NodeBuilder &n, Value x, Value scale, Value zero, Type to, const QuantPlace &place);
/// (x - zero) * scale.
Value dequantize(NodeBuilder &n, Value x, Value scale, Value zero, Type to, const QuantPlace &place);

/// x as ui8 over its own range, with the scale and zero point of rank 0 that follow from it; null after a
/// report.
struct DynamicQuant {
  Value value, scale, zero;
};
DynamicQuant dynamicQuantize(NodeBuilder &n, Value x);

/// A convolution by the node's attributes, without bias; zero points may be null.
Value makeConv(NodeBuilder &n, Value x, Value filter, Value xZero, Value filterZero);
/// The node's QLinearConv of `x` in place of its first input.
Value quantizedConv(NodeBuilder &n, Value x);
/// numpy's matmul rules around `product`, which gets operands of equal rank of at least 2.
Value numpyMatmul(NodeBuilder &n, Value x, Value y, function_ref<Value(Value, Value)> product);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_QUANT_H
