// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention as four kernels: which keys are visible, scores, their softmax, and the weighted sum of values.
//
//   visible = conditions on iota                      [B|1, 1, Sq, Sk]
//   scores  = scale * Q K^T                           [B, Hk, G * Sq, Sk], a hot contraction
//   weights = softmax of (softcap, mask, visible)     [B, Hq, Sq, Sk], a row kernel
//   result  = weights V                               [B, Hk, G * Sq, Dv], a hot contraction
//
// With grouped heads (G query heads per key head) the rows of a group are rows of one product: reshapes that
// move nothing.
#include "HostBuilder.h"
#include "Support.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

static Type elementOf(Value value) { return typeOf(value).getElementType(); }

namespace {
class AttentionDecomposer {
public:
  AttentionDecomposer(OpBuilder &b, w::AttentionOp op)
      : b(b), op(op), loc(op.getLoc()), compute(b.getF32Type()) {
    if (elementOf(op.getQ()).isF64())
      compute = b.getF64Type();
  }

  LogicalResult run();

private:
  //===--------------------------------------------------------------------===//
  // Ops, each noted for the kernel that is being collected
  //===--------------------------------------------------------------------===//

  template <typename OpTy, typename... Args> Value emit(Type type, Args &&...args) {
    auto made = OpTy::create(b, loc, type, std::forward<Args>(args)...);
    group.push_back(made);
    return made->getResult(0);
  }

  /// Result type of an elementwise op on two operands of one element type.
  RankedTensorType joinType(Value x, Value y, Type element) {
    RankedTensorType a = typeOf(x), c = typeOf(y);
    SmallVector<w::DimExpr> joined;
    for (int64_t axis = 0; axis < a.getRank(); ++axis)
      joined.push_back(a.getDimSize(axis) == 1 ? w::getDim(c, axis) : w::getDim(a, axis));
    return w::makeTensorType(joined, element);
  }
  template <typename OpTy> Value binary(Value x, Value y) {
    return emit<OpTy>(joinType(x, y, elementOf(x)), x, y);
  }
  Value compare(w::ComparePredicate pred, Value x, Value y) {
    return emit<w::CompareOp>(joinType(x, y, b.getI1Type()), x, y, pred);
  }
  Value select(Value cond, Value x, Value y) {
    RankedTensorType values = joinType(x, y, elementOf(x));
    SmallVector<w::DimExpr> joined = w::getDims(values);
    for (auto [axis, dim] : llvm::enumerate(joined))
      if (dim.getConstant() == 1)
        dim = w::getDim(typeOf(cond), axis);
    return emit<w::SelectOp>(w::makeTensorType(joined, elementOf(x)), cond, x, y);
  }
  Value castTo(Value x, Type element) {
    if (elementOf(x) == element)
      return x;
    return emit<w::CastOp>(w::makeTensorType(w::getDims(typeOf(x)), element), x, element, /*saturate=*/true,
                           w::CastRound::up);
  }
  /// A constant of one element and rank 4.
  Value scalar(Type element, double value) {
    auto type = RankedTensorType::get({1, 1, 1, 1}, element);
    Attribute attr = isa<FloatType>(element) ? Attribute(b.getFloatAttr(element, value))
                                             : b.getIntegerAttr(element, static_cast<int64_t>(value));
    return w::ConstantOp::create(b, loc, DenseElementsAttr::get(type, attr));
  }
  Value reduceLast(w::ReduceKind kind, Value x) {
    SmallVector<w::DimExpr> shape = w::getDims(typeOf(x));
    shape.back() = w::DimExpr::constant(1);
    return emit<w::ReduceOp>(w::makeTensorType(shape, elementOf(x)), x, kind, ArrayRef<int64_t>{3});
  }
  /// Reshapes are views of the host: they end the kernel that is being collected.
  Value reshape(Value x, ArrayRef<w::DimExpr> shape) {
    RankedTensorType type = w::makeTensorType(shape, elementOf(x));
    if (type == x.getType())
      return x;
    SmallVector<Value> sizes;
    for (int64_t axis = 0; axis < type.getRank(); ++axis)
      if (type.isDynamicDim(axis))
        sizes.push_back(getSize(w::getDim(type, axis)));
    return w::ReshapeOp::create(b, loc, type, x, sizes, type.getShape());
  }
  /// The size as index arithmetic on dims of the operands.
  Value getSize(const w::DimExpr &expr) {
    for (Value operand : op->getOperands())
      for (int64_t axis = 0; axis < typeOf(operand).getRank(); ++axis)
        if (w::DimExpr::provablyEqual(w::getDim(typeOf(operand), axis), expr))
          return w::DimOp::create(b, loc, b.getIndexType(), operand, axis);
    // Only rows of a group are a product.
    Value size = getSize(rows);
    return arith::MulIOp::create(b, loc, size, arith::ConstantIndexOp::create(b, loc, groupSize));
  }
  /// Heads before rows.
  Value toHeadsFirst(Value x) {
    if (op.getLayout() == w::HeadLayout::bhsd)
      return x;
    SmallVector<w::DimExpr> shape = w::getDims(typeOf(x));
    std::swap(shape[1], shape[2]);
    return emit<w::TransposeOp>(w::makeTensorType(shape, elementOf(x)), x, ArrayRef<int64_t>{0, 2, 1, 3});
  }
  void closeKernel(StringRef kind) {
    if (!group.empty())
      groupInKernel(b, group, kind);
    group.clear();
  }
  Value prepare(Value x) {
    Value prepared = toHeadsFirst(castTo(x, compute));
    if (group.empty())
      return prepared;
    closeKernel("transpose");
    return grouped(prepared);
  }
  /// Ops that went into a kernel are gone; their value is its only result.
  Value grouped(Value) { return lastResult; }
  void groupInKernel(OpBuilder &builder, ArrayRef<Operation *> ops, StringRef kind) {
    w::KernelOp kernel = conversion::groupInKernel(builder, ops, kind);
    lastResult = kernel->getNumResults() ? kernel->getResult(0) : Value();
  }

  //===--------------------------------------------------------------------===//
  // The parts
  //===--------------------------------------------------------------------===//

  Value createVisible();
  Value createWeights(Value scores, Value visible);
  /// A per-sample or per-head vector as [B|1, 1, 1, 1] or [1, H|1, 1, 1].
  Value asColumn(Value vector, int64_t axis);

  OpBuilder &b;
  w::AttentionOp op;
  Location loc;
  Type compute;
  w::DimExpr rows;
  int64_t groupSize = 1;
  SmallVector<Operation *> group;
  Value lastResult;
};
} // namespace

Value AttentionDecomposer::asColumn(Value vector, int64_t axis) {
  RankedTensorType type = typeOf(vector);
  SmallVector<w::DimExpr> shape(4, w::DimExpr::constant(1));
  if (type.getRank() > 0 && !(type.hasStaticShape() && type.getNumElements() == 1))
    shape[axis] = w::getDim(type, 0);
  return reshape(vector, shape);
}

Value AttentionDecomposer::createVisible() {
  int64_t left = op.getWindowLeft(), right = op.getWindowRight();
  bool needsRow = op.getCausal() || left >= 0 || right >= 0;
  if (!needsRow && !op.getKvLen())
    return nullptr;
  Type i64 = b.getI64Type();
  Value length = op.getKvLen() ? asColumn(op.getKvLen(), 0) : Value();
  Value start = op.getQStart() && needsRow ? asColumn(op.getQStart(), 0) : Value();
  int64_t rowDim = op.getLayout() == w::HeadLayout::bhsd ? 2 : 1;
  w::DimExpr one = w::DimExpr::constant(1), keys = w::getDim(typeOf(op.getK()), rowDim);
  auto iota = [&](const w::DimExpr &size, int64_t axis) {
    SmallVector<w::DimExpr> shape(4, one);
    shape[axis] = size;
    RankedTensorType type = w::makeTensorType(shape, i64);
    SmallVector<Value> dynamic;
    if (type.isDynamicDim(axis))
      dynamic.push_back(getSize(size));
    return emit<w::IotaOp>(type, dynamic, type.getShape(), i64, axis);
  };
  Value j = iota(keys, 3), visible;
  auto require = [&](Value condition) {
    visible =
        visible ? emit<w::AndOp>(joinType(visible, condition, b.getI1Type()), visible, condition) : condition;
  };
  using P = w::ComparePredicate;
  if (needsRow) {
    Value p = iota(rows, 2);
    if (start)
      p = binary<w::AddOp>(castTo(start, i64), p);
    if (op.getCausal())
      require(compare(P::le, j, p));
    if (left >= 0)
      require(compare(P::ge, j, binary<w::SubOp>(p, scalar(i64, left))));
    if (right >= 0)
      require(compare(P::le, j, binary<w::AddOp>(p, scalar(i64, right))));
  }
  if (length)
    require(compare(P::lt, j, castTo(length, i64)));
  closeKernel("mask");
  return lastResult;
}

Value AttentionDecomposer::createWeights(Value scores, Value visible) {
  Value sink = op.getSink() ? asColumn(op.getSink(), 1) : Value();
  Value s = scores;
  double softcap = op.getSoftcap().convertToDouble();
  if (softcap > 0) {
    s = binary<w::DivOp>(s, scalar(compute, softcap));
    s = emit<w::TanhOp>(s.getType(), s);
    s = binary<w::MulOp>(s, scalar(compute, softcap));
  }
  Value lowest = scalar(compute, -std::numeric_limits<double>::infinity());
  Value mask = op.getMask();
  if (mask && !elementOf(mask).isInteger(1))
    s = binary<w::AddOp>(s, castTo(mask, compute));
  else if (mask)
    s = select(mask, s, lowest);
  if (visible)
    s = select(visible, s, lowest);
  if (!mask && !visible && !sink) {
    s = emit<w::SoftmaxOp>(s.getType(), s, /*axis=*/3, /*log=*/false);
  } else {
    Value max = reduceLast(w::ReduceKind::max, s);
    if (sink)
      max = binary<w::MaxOp>(max, castTo(sink, compute));
    // A row in which nothing is visible: all weights are 0, and their sum is taken as 1.
    Value isHidden = compare(w::ComparePredicate::eq, max, lowest);
    Value shift = select(isHidden, scalar(compute, 0.0), max);
    Value exp = emit<w::ExpOp>(s.getType(), binary<w::SubOp>(s, shift));
    Value sum = reduceLast(w::ReduceKind::sum, exp);
    if (sink) {
      Value extra = binary<w::SubOp>(castTo(sink, compute), shift);
      sum = binary<w::AddOp>(sum, emit<w::ExpOp>(extra.getType(), extra));
    }
    Value divisor = select(isHidden, scalar(compute, 1.0), sum);
    s = binary<w::MulOp>(exp, binary<w::DivOp>(scalar(compute, 1.0), divisor));
  }
  closeKernel("softmax");
  return lastResult;
}

LogicalResult AttentionDecomposer::run() {
  b.setInsertionPoint(op);
  bool headsFirst = op.getLayout() == w::HeadLayout::bhsd;
  int64_t headDim = headsFirst ? 1 : 2, rowDim = 3 - headDim;
  RankedTensorType q = typeOf(op.getQ()), k = typeOf(op.getK()), v = typeOf(op.getV());
  rows = w::getDim(q, rowDim);
  w::DimExpr batch = w::getDim(q, 0), heads = w::getDim(q, headDim), keyHeads = w::getDim(k, headDim);
  w::DimExpr keys = w::getDim(k, rowDim), depth = w::getDim(q, 3), width = w::getDim(v, 3);
  if (!w::DimExpr::provablyEqual(heads, keyHeads)) {
    if (!heads.getConstant() || !keyHeads.getConstant())
      return op.emitOpError("expected numbers of heads that are known at compile time, but got ")
             << heads.str() << " and " << keyHeads.str();
    groupSize = *heads.getConstant() / *keyHeads.getConstant();
  }
  w::DimExpr groupedRows = rows * w::DimExpr::constant(groupSize);

  Value visible = createVisible();
  Value query = prepare(op.getQ()), key = prepare(op.getK()), value = prepare(op.getV());
  query = reshape(query, {batch, keyHeads, groupedRows, depth});
  Value scores = emit<w::MatmulOp>(w::makeTensorType({batch, keyHeads, groupedRows, keys}, compute), query,
                                   key, Value(), Value(), /*transpose_lhs=*/false, /*transpose_rhs=*/true);
  scores = binary<w::MulOp>(scores, scalar(compute, op.getScale().convertToDouble()));
  // The contraction's other users must see the kernel's result.
  closeKernel("attention");
  scores = reshape(lastResult, {batch, heads, rows, keys});
  Value weights = createWeights(scores, visible);
  weights = reshape(weights, {batch, keyHeads, groupedRows, keys});
  emit<w::MatmulOp>(w::makeTensorType({batch, keyHeads, groupedRows, width}, compute), weights, value,
                    Value(), Value(),
                    /*transpose_lhs=*/false, /*transpose_rhs=*/false);
  closeKernel("attention");
  Value result = reshape(lastResult, {batch, heads, rows, width});
  if (!headsFirst)
    result = emit<w::TransposeOp>(w::makeTensorType({batch, rows, heads, width}, compute), result,
                                  ArrayRef<int64_t>{0, 2, 1, 3});
  result = castTo(result, elementOf(op.getResult()));
  if (!group.empty()) {
    closeKernel("transpose");
    result = lastResult;
  }
  op.getResult().replaceAllUsesWith(result);
  op.erase();
  return success();
}

LogicalResult decomposeAttention(OpBuilder &b, w::AttentionOp op) { return AttentionDecomposer(b, op).run(); }

void dissolveKernel(w::KernelOp kernel) {
  Block &body = kernel.getBody().front();
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), kernel.getInputs()))
    argument.replaceAllUsesWith(input);
  Operation *yield = body.getTerminator();
  kernel->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  kernel->getBlock()->getOperations().splice(Block::iterator(kernel), body.getOperations());
  kernel.erase();
}

} // namespace weft::conversion
