// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of matrix products and convolutions.
#include "NodeBuilder.h"

#include "ModelImporter.h"
#include "Quant.h"
#include "Window.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// numpy's matmul: vectors get a dim of size 1, which the result loses again.
Value numpyMatmul(NodeBuilder &n, Value x, Value y, function_ref<Value(Value, Value)> product) {
  if (n.rank(x) == 0 || n.rank(y) == 0)
    return n.failValue("expected operands of rank 1 or more, but got a scalar");
  bool isRow = n.rank(x) == 1, isColumn = n.rank(y) == 1;
  if (isRow)
    x = n.unsqueeze(x, 0);
  if (isColumn)
    y = n.unsqueeze(y, 1);
  if (!x || !y)
    return {};
  n.alignRanks(x, y);
  Value result = product(x, y);
  if (!result)
    return {};
  SmallVector<int64_t> drop;
  if (isRow)
    drop.push_back(n.rank(result) - 2);
  if (isColumn)
    drop.push_back(n.rank(result) - 1);
  return n.squeeze(result, drop);
}

LogicalResult buildMatMul(NodeBuilder &n) {
  Type element = n.elem(n.in(0));
  Value result = numpyMatmul(n, n.in(0), n.in(1), [&](Value x, Value y) { return n.matmul(x, y); });
  return n.result(n.cast(result, element));
}

LogicalResult buildGemm(NodeBuilder &n) {
  if (failed(n.checkRank(0, 2, 2)) || failed(n.checkRank(1, 2, 2)))
    return failure();
  Type element = n.elem(n.in(0));
  double alpha = n.floatAttr("alpha", 1.0), beta = n.floatAttr("beta", 1.0);
  (void)n.intAttr("broadcast", 0);
  Value y = n.matmul(n.in(0), n.in(1), n.flagAttr("transA", false), n.flagAttr("transB", false));
  if (!y)
    return failure();
  Type wide = n.elem(y);
  if (alpha != 1.0)
    y = n.mul(y, n.scalar(wide, alpha));
  if (n.has(2) && beta != 0.0) {
    Value c = n.cast(n.in(2), wide);
    y = n.add(y, beta == 1.0 ? c : n.mul(c, n.scalar(wide, beta)));
  }
  return n.result(n.cast(y, element));
}

/// A zero point as the integer ops take it: null when absent or a constant 0.
Value zeroPoint(NodeBuilder &n, unsigned i) {
  if (!n.has(i))
    return {};
  std::optional<SmallVector<double>> values = n.constantOf(n.in(i));
  if (values && llvm::all_of(*values, [](double v) { return v == 0; }))
    return {};
  return n.in(i);
}

LogicalResult buildMatMulInteger(NodeBuilder &n) {
  Value xZero = zeroPoint(n, 2), yZero = zeroPoint(n, 3);
  Value result = numpyMatmul(n, n.in(0), n.in(1), [&](Value x, Value y) {
    SmallVector<Value> operands = {x, y};
    if (xZero)
      operands.push_back(xZero);
    if (yZero)
      operands.push_back(yZero);
    return n.make<w::MatmulOp>(operands, n.segments({1, 1, xZero ? 1 : 0, yZero ? 1 : 0}));
  });
  return n.result(result);
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// A bias [F] added along dim 1.
static Value addBias(NodeBuilder &n, Value y, Value bias) {
  if (!y || !bias)
    return y;
  if (n.rank(bias) != 1)
    return n.failValue("expected a bias of rank 1");
  return n.add(y, n.cast(n.onAxis(bias, 1, n.rank(y)), n.elem(y)));
}

/// Filters may be computed, but code is generated for their channels and taps.
static LogicalResult checkFilter(NodeBuilder &n, Value filter) {
  RankedTensorType type = n.type(filter);
  if (llvm::none_of(type.getShape().drop_front(), ShapedType::isDynamic))
    return success();
  return n.fail("expected filters whose channels and taps are known, but got " + n.importer.typeText(type) +
                "; give input '" + n.node.input(1) +
                "' a static shape (--shape), or the dims of the inputs that it depends on (--dim)");
}

/// The convolution without bias; null after a report.
Value makeConv(NodeBuilder &n, Value x, Value filter, Value xZero, Value filterZero) {
  if (n.rank(x) < 3 || n.rank(filter) != n.rank(x))
    return n.failValue("expected an image [N, C, D...] and filters of the same rank, but got ranks " +
                       llvm::Twine(n.rank(x)) + " and " + llvm::Twine(n.rank(filter)));
  if (failed(checkFilter(n, filter)))
    return {};
  FailureOr<Window> window = readWindow(n, x, kernelOf(n, filter));
  if (failed(window))
    return {};
  // Pads that only the run knows are added before; a padded element is a real zero.
  if (!window->isStatic()) {
    Value value = xZero ? n.reshape(xZero, ArrayRef<int64_t>()) : Value();
    x = window->padInput(n, x, value);
    if (!x)
      return {};
  }
  SmallVector<Value> operands = {x, filter};
  if (xZero)
    operands.push_back(xZero);
  if (filterZero)
    operands.push_back(filterZero);
  return n.make<w::ConvOp>(operands,
                           {n.list("strides", window->strides), n.list("pads", window->staticPads()),
                            n.list("dilations", window->dilations), n.i64("groups", n.intAttr("group", 1)),
                            n.segments({1, 1, xZero ? 1 : 0, filterZero ? 1 : 0})});
}

LogicalResult buildConv(NodeBuilder &n) {
  Type element = n.elem(n.in(0));
  Value y = makeConv(n, n.in(0), n.in(1), {}, {});
  return n.result(n.cast(addBias(n, y, n.in(2)), element));
}

LogicalResult buildConvInteger(NodeBuilder &n) {
  return n.result(makeConv(n, n.in(0), n.in(1), zeroPoint(n, 2), zeroPoint(n, 3)));
}

LogicalResult buildConvTranspose(NodeBuilder &n) {
  Value x = n.in(0), filter = n.in(1);
  if (n.rank(x) < 3 || n.rank(filter) != n.rank(x))
    return n.fail("expected an image [N, C, D...] and filters of the same rank, but got ranks " +
                  llvm::Twine(n.rank(x)) + " and " + llvm::Twine(n.rank(filter)));
  int64_t spatial = n.rank(x) - 2;
  if (failed(checkFilter(n, filter)))
    return failure();
  FailureOr<Window> window = readWindow(n, x, kernelOf(n, filter), /*isTransposed=*/true);
  if (failed(window))
    return failure();
  SmallVector<int64_t> outputPadding =
      n.intsAttr("output_padding").value_or(SmallVector<int64_t>(spatial, 0));
  if (static_cast<int64_t>(outputPadding.size()) != spatial)
    return n.fail("expected " + llvm::Twine(spatial) + " entries in output_padding, but got " +
                  llvm::Twine(outputPadding.size()));
  if (llvm::any_of(outputPadding, [](int64_t size) { return size < 0; }))
    return n.fail("expected an output_padding of at least 0");
  SmallVector<int64_t> pads = window->staticPads();
  std::optional<SmallVector<int64_t>> outputShape = n.intsAttr("output_shape");
  if (outputShape && static_cast<int64_t>(outputShape->size()) == spatial + 2)
    outputShape->erase(outputShape->begin(), outputShape->begin() + 2);
  if (outputShape && static_cast<int64_t>(outputShape->size()) != spatial)
    return n.fail("expected " + llvm::Twine(spatial) + " entries in output_shape, but got " +
                  llvm::Twine(outputShape->size()));
  bool isUpper = window->autoPad == "SAME_UPPER", isSame = isUpper || window->autoPad == "SAME_LOWER";
  for (int64_t i = 0; i < spatial && (outputShape || isSame); ++i) {
    int64_t in = n.type(x).getDimSize(2 + i), k = window->kernel[i];
    int64_t s = window->strides[i], d = window->dilations[i], total = 0;
    // total = s (in - 1) + output_padding + d (k - 1) + 1 - out; for SAME, out = s in, whatever `in` is.
    if (outputShape) {
      if (ShapedType::isDynamic(in))
        return n.fail("expected a known image size with output_shape; fix the dims of the input (--shape)");
      total = s * (in - 1) + outputPadding[i] + d * (k - 1) + 1 - (*outputShape)[i];
    } else {
      total = outputPadding[i] + d * (k - 1) + 1 - s;
    }
    // The odd pixel of a positive total lies behind for SAME_UPPER, else before.
    int64_t half = llvm::divideFloorSigned(total, 2), rest = total - half;
    pads[i] = isUpper ? half : rest;
    pads[i + spatial] = isUpper ? rest : half;
  }
  Value y = n.make<w::ConvTransposeOp>({x, filter}, {n.list("strides", window->strides), n.list("pads", pads),
                                                     n.list("dilations", window->dilations),
                                                     n.i64("groups", n.intAttr("group", 1)),
                                                     n.list("output_padding", outputPadding)});
  return n.result(n.cast(addBias(n, y, n.in(2)), n.elem(x)));
}

LogicalResult buildDeformConv(NodeBuilder &n) {
  Value x = n.in(0), filter = n.in(1);
  if (failed(n.checkRank(0, 4, 4)) || failed(n.checkRank(1, 4, 4)))
    return failure();
  FailureOr<Window> window = readWindow(n, x, kernelOf(n, filter));
  if (failed(window))
    return failure();
  SmallVector<Value> operands = {x, filter, n.in(2)};
  if (n.has(4))
    operands.push_back(n.in(4));
  Value y = n.make<w::DeformConvOp>(
      operands, {n.list("strides", window->strides), n.list("pads", window->staticPads()),
                 n.list("dilations", window->dilations), n.i64("groups", n.intAttr("group", 1)),
                 n.i64("offset_groups", n.intAttr("offset_group", 1))});
  return n.result(n.cast(addBias(n, y, n.in(3)), n.elem(x)));
}

} // namespace weft::importer
