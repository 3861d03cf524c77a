// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft operators on quantised tensors: dequantize, the plain operator, quantize.
#include "Contrib.h"
#include "ModelImporter.h"
#include "Pooling.h"
#include "Quant.h"

namespace weft::importer {

/// Dequantize inputs `i`, `i + 1` (scale), `i + 2` (zero point, may be absent).
static Value dequantizeAt(NodeBuilder &n, unsigned i) {
  return dequantize(n, n.in(i), n.in(i + 1), n.in(i + 2), n.elem(n.in(i + 1)), {});
}

static LogicalResult quantizeResult(NodeBuilder &n, Value y, unsigned scale) {
  Type to = n.has(scale + 1) ? n.elem(n.in(scale + 1)) : n.elem(n.in(0));
  return n.result(quantize(n, y, n.in(scale), n.in(scale + 1), to, {}));
}

template <typename OpTy> static LogicalResult buildQLinearBinary(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3, 4, 6})))
    return failure();
  return quantizeResult(n, n.binary<OpTy>(dequantizeAt(n, 0), dequantizeAt(n, 3)), 6);
}
LogicalResult buildQLinearAdd(NodeBuilder &n) { return buildQLinearBinary<w::AddOp>(n); }
LogicalResult buildQLinearMul(NodeBuilder &n) { return buildQLinearBinary<w::MulOp>(n); }
LogicalResult buildQLinearSigmoid(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3})))
    return failure();
  return quantizeResult(n, n.make<w::SigmoidOp>(dequantizeAt(n, 0)), 3);
}
LogicalResult buildQLinearLeakyRelu(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3})))
    return failure();
  Value x = dequantizeAt(n, 0);
  return quantizeResult(n, activate(n, x, "LeakyRelu", n.floatAttr("alpha", 0.01)), 3);
}
LogicalResult buildQLinearGlobalAveragePool(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3})))
    return failure();
  Value x = dequantizeAt(n, 0);
  if (!x || failed(n.checkRank(0, 3)))
    return failure();
  bool isLast = n.flagAttr("channels_last", false);
  return quantizeResult(
      n, n.reduce(w::ReduceKind::mean, x, isLast ? sequence(1, n.rank(x) - 1) : sequence(2, n.rank(x))), 3);
}
LogicalResult buildQLinearConcat(NodeBuilder &n) {
  // Inputs: scale and zero point of the result, then three per operand.
  if (n.numInputs() < 5 || (n.numInputs() - 2) % 3 != 0)
    return n.fail("expected three inputs per operand, but got " + llvm::Twine(n.numInputs()) +
                  " inputs in all");
  SmallVector<Value> xs;
  for (unsigned i = 2; i < n.numInputs(); i += 3) {
    if (!n.has(i) || !n.has(i + 1))
      return n.fail("expected every operand and its scale, but one is missing");
    xs.push_back(dequantizeAt(n, i));
  }
  if (llvm::is_contained(xs, Value()))
    return failure();
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(xs[0]));
  if (failed(axis))
    return failure();
  return n.result(quantize(n, n.concat(xs, *axis), n.in(0), n.in(1), n.elem(n.in(1)), {}));
}

/// alpha * A B with the scales applied, and an integer bias C of the scale of the product.
LogicalResult buildQGemm(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3, 4})) || failed(n.checkRank(0, 2, 2)) || failed(n.checkRank(3, 2, 2)))
    return failure();
  bool transA = n.flagAttr("transA", false), transB = n.flagAttr("transB", false);
  double alpha = n.floatAttr("alpha", 1.0);
  Type real = n.elem(n.in(1));
  QuantPlace perColumn;
  perColumn.axis = transB ? 0 : 1;
  Value x = dequantizeAt(n, 0), y = dequantize(n, n.in(3), n.in(4), n.in(5), real, perColumn);
  Value product = n.matmul(x, y, transA, transB);
  if (n.has(6) && product)
    product = n.add(product, n.mul(n.cast(n.in(6), real), n.mul(n.in(1), n.in(4))));
  if (alpha != 1.0 && product)
    product = n.mul(product, n.scalar(real, alpha));
  return n.has(7) ? quantizeResult(n, product, 7) : n.result(product);
}

/// Softmax along one axis, or before opset 13 over all from it on.
LogicalResult buildQLinearSoftmax(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3})))
    return failure();
  Value x = dequantizeAt(n, 0);
  bool isFlat = n.intAttr("opset", 13) < 13;
  FailureOr<int64_t> axis = n.axisAttr("axis", -1, n.rank(n.in(0)));
  if (failed(axis) || !x)
    return failure();
  if (!isFlat)
    return quantizeResult(n, n.softmax(x, *axis), 3);
  SmallVector<Size> shape = n.dims(x);
  Size rows = n.sizes.product(ArrayRef(shape).take_front(*axis)),
       width = n.sizes.product(ArrayRef(shape).drop_front(*axis));
  return quantizeResult(n, n.reshape(n.softmax(n.reshape(x, {rows, width}), 1), shape), 3);
}

LogicalResult buildQLinearWhere(NodeBuilder &n) {
  // Inputs: condition, then three each of X and Y, then scale and zero point of the result.
  if (failed(requireInputs(n, {0, 1, 2, 4, 5, 7, 8})))
    return failure();
  Value y = n.select(n.in(0), dequantizeAt(n, 1), dequantizeAt(n, 4));
  return n.result(quantize(n, y, n.in(7), n.in(8), n.elem(n.in(8)), {}));
}

/// An image with channels last as one with channels first, and back.
static Value channelsFirst(NodeBuilder &n, Value x) {
  SmallVector<int64_t> perm = {0, n.rank(x) - 1};
  perm.append(sequence(1, n.rank(x) - 1));
  return n.transpose(x, perm);
}
static Value channelsLast(NodeBuilder &n, Value x) {
  SmallVector<int64_t> perm = {0};
  perm.append(sequence(2, n.rank(x)));
  perm.push_back(1);
  return n.transpose(x, perm);
}

LogicalResult buildQLinearAveragePool(NodeBuilder &n) {
  if (failed(requireInputs(n, {0, 1, 3})) || failed(n.checkRank(0, 3)))
    return failure();
  bool isLast = n.flagAttr("channels_last", false);
  Value x = dequantizeAt(n, 0);
  Value y = x ? averagePool(n, isLast ? channelsFirst(n, x) : x, /*countsCeilPads=*/true) : Value();
  return y ? quantizeResult(n, isLast ? channelsLast(n, y) : y, 3) : failure();
}

LogicalResult buildNhwcMaxPool(NodeBuilder &n) {
  if (failed(n.checkRank(0, 3)))
    return failure();
  Value y = maxPool(n, channelsFirst(n, n.in(0)));
  return y ? n.result(channelsLast(n, y)) : failure();
}

/// QLinearConv with channels last, too; filters keep the standard's order.
LogicalResult buildContribQLinearConv(NodeBuilder &n) {
  if (failed(n.checkRank(0, 3)))
    return failure();
  bool isLast = n.flagAttr("channels_last", false);
  Value x = isLast ? channelsFirst(n, n.in(0)) : n.in(0);
  Value y = x ? quantizedConv(n, x) : Value();
  return n.result(y && isLast ? channelsLast(n, y) : y);
}

} // namespace weft::importer
