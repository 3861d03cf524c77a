// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of quantisation: QDQ, QOperator and dynamic forms all become `quantize` and `dequantize`.
#include "NodeBuilder.h"

#include "ModelImporter.h"
#include "Quant.h"

namespace weft::importer {

/// Scale or zero point of one element as rank 0: one parameter for the whole tensor.
static Value perTensor(NodeBuilder &n, Value param) {
  if (param && n.rank(param) > 0 && n.type(param).hasStaticShape() && n.type(param).getNumElements() == 1)
    return n.reshape(param, ArrayRef<int64_t>());
  return param;
}

/// `axis` and `block_size` for parameters that are not one element.
static FailureOr<SmallVector<NamedAttribute>> placeAttributes(NodeBuilder &n, Value x, Value scale,
                                                              const QuantPlace &place) {
  SmallVector<NamedAttribute> attributes;
  if (n.rank(scale) == 0)
    return attributes;
  FailureOr<int64_t> axis = n.axis(place.axis, std::max<int64_t>(n.rank(x), 1));
  if (failed(axis))
    return failure();
  attributes.push_back(n.i64("axis", *axis));
  if (place.block > 0)
    attributes.push_back(n.i64("block_size", place.block));
  return attributes;
}

Value quantize(NodeBuilder &n, Value x, Value scale, Value zero, Type to, const QuantPlace &place) {
  if (!x || !scale)
    return {};
  if (place.block == 0) {
    scale = perTensor(n, scale);
    zero = perTensor(n, zero);
  }
  FailureOr<SmallVector<NamedAttribute>> attributes = placeAttributes(n, x, scale, place);
  if (failed(attributes))
    return {};
  attributes->push_back(n.ofType("to", to));
  attributes->push_back(n.flag("saturate", place.saturate));
  if (place.precision)
    attributes->push_back(n.ofType("precision", place.precision));
  SmallVector<Value> operands = {x, scale};
  if (zero)
    operands.push_back(zero);
  return n.make<w::QuantizeOp>(operands, *attributes);
}

Value dequantize(NodeBuilder &n, Value x, Value scale, Value zero, Type to, const QuantPlace &place) {
  if (!x || !scale)
    return {};
  if (place.block == 0) {
    scale = perTensor(n, scale);
    zero = perTensor(n, zero);
  }
  // A 32-bit operand has no zero point but 0.
  if (n.elem(x).isInteger(32))
    zero = Value();
  FailureOr<SmallVector<NamedAttribute>> attributes = placeAttributes(n, x, scale, place);
  if (failed(attributes))
    return {};
  attributes->push_back(n.ofType("to", to));
  attributes->push_back(n.segments({1, 1, zero ? 1 : 0, 0}));
  SmallVector<Value> operands = {x, scale};
  if (zero)
    operands.push_back(zero);
  return n.make<w::DequantizeOp>(operands, *attributes);
}

/// The type that attribute `name` asks for; null for 0 (not asked).
static FailureOr<Type> typeAttr(NodeBuilder &n, StringRef name) {
  auto code = static_cast<int32_t>(n.intAttr(name, 0));
  if (code == 0)
    return Type();
  Type type = elementType(n.b.getContext(), code);
  if (!type)
    return n.fail("expected a known element type in attribute '" + name + "', but got " + dataTypeName(code));
  return type;
}

static FailureOr<QuantPlace> placeOf(NodeBuilder &n) {
  QuantPlace place;
  place.axis = n.intAttr("axis", 1);
  place.block = n.intAttr("block_size", 0);
  place.saturate = n.flagAttr("saturate", true);
  if (place.block < 0)
    return n.fail("expected block_size of at least 0, but got " + llvm::Twine(place.block));
  return place;
}

LogicalResult buildQuantizeLinear(NodeBuilder &n) {
  FailureOr<QuantPlace> place = placeOf(n);
  FailureOr<Type> asked = typeAttr(n, "output_dtype"), precision = typeAttr(n, "precision");
  if (failed(place) || failed(asked) || failed(precision))
    return failure();
  place->precision = *precision;
  Type to = n.has(2) ? n.elem(n.in(2))
            : *asked ? *asked
                     : Type(IntegerType::get(n.b.getContext(), 8, IntegerType::Unsigned));
  return n.result(quantize(n, n.in(0), n.in(1), n.in(2), to, *place));
}

LogicalResult buildDequantizeLinear(NodeBuilder &n) {
  FailureOr<QuantPlace> place = placeOf(n);
  FailureOr<Type> asked = typeAttr(n, "output_dtype");
  if (failed(place) || failed(asked))
    return failure();
  return n.result(dequantize(n, n.in(0), n.in(1), n.in(2), *asked ? *asked : n.elem(n.in(1)), *place));
}

DynamicQuant dynamicQuantize(NodeBuilder &n, Value x) {
  Type f32 = n.b.getF32Type(), u8 = IntegerType::get(n.b.getContext(), 8, IntegerType::Unsigned);
  SmallVector<int64_t> all = sequence(0, n.rank(x));
  Value zero = n.scalar(f32, 0.0);
  Value least = n.min(n.reduce(w::ReduceKind::min, x, all, /*keep=*/false), zero);
  Value most = n.max(n.reduce(w::ReduceKind::max, x, all, /*keep=*/false), zero);
  Value range = n.div(n.sub(most, least), n.scalar(f32, 255.0));
  Value scale = n.select(n.compare(w::ComparePredicate::eq, range, zero), n.scalar(f32, 1.0), range);
  Value place = n.make<w::RoundOp>(n.div(n.make<w::NegOp>(least), scale));
  Value point = n.cast(n.min(n.max(place, zero), n.scalar(f32, 255.0)), u8);
  return {quantize(n, x, scale, point, u8, {}), scale, point};
}

LogicalResult buildDynamicQuantizeLinear(NodeBuilder &n) {
  if (failed(n.checkFloat(0)))
    return failure();
  DynamicQuant result = dynamicQuantize(n, n.in(0));
  if (failed(n.result(1, result.scale)) || failed(n.result(2, result.zero)))
    return failure();
  return n.result(0, result.value);
}

//===----------------------------------------------------------------------===//
// QOperator forms
//===----------------------------------------------------------------------===//

Value quantizedConv(NodeBuilder &n, Value quantized) {
  Type wide = n.elem(n.in(1));
  Value x = dequantize(n, quantized, n.in(1), n.in(2), wide, {});
  QuantPlace perFilter;
  perFilter.axis = 0;
  Value filter = dequantize(n, n.in(3), n.in(4), n.in(5), wide, perFilter);
  if (!x || !filter)
    return {};
  Value y = makeConv(n, x, filter, {}, {});
  if (!y)
    return {};
  if (n.has(8)) {
    Value scale = n.mul(perTensor(n, n.in(1)), perTensor(n, n.in(4)));
    Value bias = dequantize(n, n.in(8), scale, {}, wide, perFilter);
    y = n.add(y, bias ? n.onAxis(bias, 1, n.rank(y)) : Value());
  }
  return quantize(n, y, n.in(6), n.in(7), n.elem(n.in(7)), {});
}

LogicalResult buildQLinearConv(NodeBuilder &n) { return n.result(quantizedConv(n, n.in(0))); }

/// Parameters of a matrix: one, one per row or one per column. ONNX also has them with the matrix's rank.
/// The standard's product is one of integers: elements are not rounded to the scale's 16-bit type on the way.
static Value dequantizeMatrix(NodeBuilder &n, unsigned i, bool isLhs) {
  Value x = n.in(i), scale = n.cast(n.in(i + 1), n.b.getF32Type()), zero = n.in(i + 2);
  QuantPlace place;
  int64_t rank = n.rank(x);
  place.axis = rank < 2 ? 0 : isLhs ? rank - 2 : rank - 1;
  // [.., M, 1] or [.., 1, N] with one row of parameters for the whole batch.
  auto flatten = [&](Value v) { return v && n.rank(v) > 1 ? n.reshape(v, n.sizes.product(n.dims(v))) : v; };
  return dequantize(n, x, flatten(scale), flatten(zero), n.elem(scale), place);
}

LogicalResult buildQLinearMatMul(NodeBuilder &n) {
  Value x = dequantizeMatrix(n, 0, true), y = dequantizeMatrix(n, 3, false);
  if (!x || !y)
    return failure();
  Value product = numpyMatmul(n, x, y, [&](Value a, Value b) { return n.matmul(a, b); });
  if (!product)
    return failure();
  QuantPlace perRow;
  perRow.axis = std::max<int64_t>(n.rank(product) - 2, 0);
  Value scale = n.cast(n.in(6), n.b.getF32Type());
  return n.result(quantize(n, product, scale, n.in(7), n.elem(n.in(7)), perRow));
}

} // namespace weft::importer
