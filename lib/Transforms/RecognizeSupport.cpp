// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matchers and builders that the recognisers share.
#include "RecognizeSupport.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

bool isNear(double value, double wanted, Type type) {
  // 0.7979 for sqrt(2 / pi) is the coarsest in use, 2e-5 off: it moves no gelu by more than 6e-6.
  constexpr double kFewDigits = 2e-5;
  // A product of three constants, each half a unit in the last place off.
  double tolerance = type.isF16() ? 3 * 0x1p-11 : type.isBF16() ? 3 * 0x1p-8 : kFewDigits;
  return std::fabs(value - wanted) <= tolerance * std::fabs(wanted);
}

bool isNear(const Cubic &value, const Cubic &wanted, Type type) {
  for (auto [a, b] : llvm::zip_equal(value, wanted))
    if (!isNear(a, b, type))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Polynomials and products
//===----------------------------------------------------------------------===//

static std::optional<Cubic> multiply(const Cubic &a, const Cubic &b) {
  Cubic product = {};
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < b.size(); ++j) {
      if (a[i] == 0 || b[j] == 0)
        continue;
      if (i + j >= product.size())
        return std::nullopt;
      product[i + j] += a[i] * b[j];
    }
  return product;
}

static Cubic combine(const Cubic &a, const Cubic &b, double factor) {
  Cubic sum = a;
  for (size_t i = 0; i < a.size(); ++i)
    sum[i] += factor * b[i];
  return sum;
}

static std::optional<Cubic> matchCubic(Value value, Value x, int depth) {
  // The longest form of gelu's cubic nests six ops.
  constexpr int kMaxDepth = 8;
  if (value == x)
    return Cubic{0, 1, 0, 0};
  if (std::optional<double> scalar = getScalar(value))
    return Cubic{*scalar, 0, 0, 0};
  Operation *op = value.getDefiningOp();
  if (!op || depth > kMaxDepth || !isa<AddOp, SubOp, MulOp, DivOp, PowOp, NegOp>(op))
    return std::nullopt;
  SmallVector<Cubic> parts;
  for (Value operand : op->getOperands()) {
    std::optional<Cubic> part = matchCubic(operand, x, depth + 1);
    if (!part)
      return std::nullopt;
    parts.push_back(*part);
  }
  if (isa<AddOp>(op))
    return combine(parts[0], parts[1], 1);
  if (isa<SubOp>(op))
    return combine(parts[0], parts[1], -1);
  if (isa<NegOp>(op))
    return combine(Cubic{}, parts[0], -1);
  if (isa<MulOp>(op))
    return multiply(parts[0], parts[1]);
  bool isConstant = parts[1][1] == 0 && parts[1][2] == 0 && parts[1][3] == 0;
  double by = parts[1][0];
  if (!isConstant)
    return std::nullopt;
  if (isa<DivOp>(op))
    return by == 0 ? std::nullopt : multiply(parts[0], Cubic{1 / by, 0, 0, 0});
  if (by != 1 && by != 2 && by != 3)
    return std::nullopt;
  std::optional<Cubic> power = parts[0];
  for (int times = 1; times < by && power; ++times)
    power = multiply(*power, parts[0]);
  return power;
}

std::optional<Cubic> matchCubic(Value value, Value x) { return matchCubic(value, x, /*depth=*/0); }

Line matchLine(Value value) {
  Line line{value};
  while (Operation *op = line.x.getDefiningOp()) {
    if (isa<NegOp>(op)) {
      line.scale = -line.scale;
      line.x = op->getOperand(0);
      continue;
    }
    if (!isa<AddOp, SubOp, MulOp, DivOp>(op))
      return line;
    std::optional<double> left = getScalar(op->getOperand(0)), right = getScalar(op->getOperand(1));
    if (left.has_value() == right.has_value() || (isa<DivOp>(op) && (left || *right == 0)))
      return line;
    double constant = left ? *left : *right;
    if (isa<AddOp>(op)) {
      line.shift += line.scale * constant;
    } else if (isa<SubOp>(op)) {
      line.shift += (left ? 1 : -1) * line.scale * constant;
      line.scale = left ? -line.scale : line.scale;
    } else {
      line.scale *= isa<MulOp>(op) ? constant : 1 / constant;
    }
    line.x = op->getOperand(left ? 1 : 0);
  }
  return line;
}

Product getProduct(Value root) {
  // No form that exporters write has more factors.
  constexpr size_t kMaxFactors = 6;
  Product product;
  SmallVector<Value> worklist = {root};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (std::optional<double> scalar = getScalar(value)) {
      product.scale *= *scalar;
      continue;
    }
    bool isInner = op && (value == root || op->hasOneUse());
    if (isInner && isa<MulOp>(op) && product.factors.size() + worklist.size() < kMaxFactors) {
      llvm::append_range(worklist, op->getOperands());
      continue;
    }
    std::optional<double> divisor = isInner && isa<DivOp>(op) ? getScalar(op->getOperand(1)) : std::nullopt;
    if (divisor && *divisor != 0) {
      product.scale /= *divisor;
      worklist.push_back(op->getOperand(0));
      continue;
    }
    product.factors.push_back(value);
  }
  return product;
}

//===----------------------------------------------------------------------===//
// Matches as a whole
//===----------------------------------------------------------------------===//

/// A value of `candidates` with a dim equal to this one, and its axis. With `before`, only values that are
/// defined before that op.
static std::pair<Value, int64_t> findDim(const DimExpr &dim, ValueRange candidates,
                                         Operation *before = nullptr) {
  for (Value candidate : candidates) {
    Operation *def = candidate.getDefiningOp();
    if (before && def && (def->getBlock() != before->getBlock() || !def->isBeforeInBlock(before)))
      continue;
    auto type = dyn_cast<RankedTensorType>(candidate.getType());
    for (int64_t axis = 0, rank = type ? type.getRank() : 0; axis < rank; ++axis)
      if (DimExpr::provablyEqual(mlir::weft::getDim(type, axis), dim))
        return {candidate, axis};
  }
  return {};
}

/// An input with the dim whose size `op` is, if it is one.
static std::pair<Value, int64_t> findOtherSource(Operation *op, ValueRange inputs) {
  auto dim = dyn_cast<DimOp>(op);
  if (!dim)
    return {};
  return findDim(mlir::weft::getDim(tensorOf(dim.getX()), dim.getAxis()), inputs, op);
}

std::optional<SmallVector<Operation *>> getClosedOps(Value root, ValueRange inputs) {
  llvm::SetVector<Operation *> ops;
  ops.insert(root.getDefiningOp());
  for (size_t next = 0; next < ops.size(); ++next)
    for (Value operand : ops[next]->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && isa<RankedTensorType>(operand.getType()) && !isa<ConstantOp>(producer) &&
          !llvm::is_contained(inputs, operand))
        ops.insert(producer);
    }
  for (Operation *op : llvm::drop_begin(ops))
    for (Operation *user : op->getUsers())
      if (!ops.contains(user) && !findOtherSource(user, inputs).first)
        return std::nullopt;
  return ops.takeVector();
}

FailureOr<SmallVector<Operation *>> getMatchedOps(PatternRewriter &rewriter, Operation *op,
                                                  ValueRange inputs) {
  if (op->getResult(0).getType() != inputs.front().getType())
    return rewriter.notifyMatchFailure(op, "its result has another type than its first input");
  std::optional<SmallVector<Operation *>> ops = getClosedOps(op->getResult(0), inputs);
  if (!ops)
    return rewriter.notifyMatchFailure(op, "a value in between has other users");
  return *ops;
}

void replaceMatch(PatternRewriter &rewriter, ArrayRef<Operation *> ops, ValueRange inputs,
                  Value replacement) {
  for (Operation *op : llvm::drop_begin(ops))
    for (Operation *user : llvm::make_early_inc_range(op->getUsers())) {
      if (llvm::is_contained(ops, user))
        continue;
      auto [source, axis] = findOtherSource(user, inputs);
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPoint(user);
      rewriter.replaceOpWithNewOp<DimOp>(user, source, axis);
    }
  rewriter.replaceOp(ops.front(), replacement);
}

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

Value createScalar(PatternRewriter &rewriter, Location loc, Value like, double value) {
  RankedTensorType type = tensorOf(like);
  SmallVector<int64_t> shape(type.getRank(), 1);
  auto scalar = RankedTensorType::get(shape, type.getElementType());
  Attribute attr = rewriter.getFloatAttr(type.getElementType(), value);
  return ConstantOp::create(rewriter, loc, DenseElementsAttr::get(scalar, attr));
}

Value createReshape(PatternRewriter &rewriter, Location loc, Value x, ArrayRef<DimExpr> dims,
                    ValueRange sources) {
  RankedTensorType type = makeTensorType(dims, tensorOf(x).getElementType());
  if (type == x.getType())
    return x;
  SmallVector<Value> sizes;
  for (const DimExpr &dim : dims) {
    if (dim.getConstant())
      continue;
    auto [source, axis] = findDim(dim, sources);
    if (!source)
      return {};
    sizes.push_back(DimOp::create(rewriter, loc, source, axis));
  }
  return ReshapeOp::create(rewriter, loc, type, x, sizes, type.getShape());
}

Value createLastSlice(PatternRewriter &rewriter, Location loc, Value x, int64_t offset, int64_t size) {
  RankedTensorType type = tensorOf(x);
  int64_t rank = type.getRank();
  SmallVector<DimExpr> dims = mlir::weft::getDims(type);
  dims.back() = DimExpr::constant(size);
  SmallVector<Value> dynamic;
  for (int64_t axis = 0; axis + 1 < rank; ++axis)
    if (type.isDynamicDim(axis))
      dynamic.push_back(DimOp::create(rewriter, loc, x, axis));
  RankedTensorType result = makeTensorType(dims, type.getElementType());
  SmallVector<int64_t> offsets(rank, 0), strides(rank, 1);
  offsets.back() = offset;
  return SliceOp::create(rewriter, loc, result, x, ValueRange(), dynamic, offsets, result.getShape(),
                         strides);
}

std::optional<std::pair<Value, int64_t>> matchLastSlice(Value value, int64_t stride) {
  auto slice = value.getDefiningOp<SliceOp>();
  if (!slice || !slice.getOffsets().empty())
    return std::nullopt;
  int64_t last = slice.getType().getRank() - 1;
  for (int64_t axis = 0; axis < last; ++axis)
    if (slice.getStaticOffsets()[axis] != 0 || slice.getStrides()[axis] != 1 ||
        !isSameDim(value, axis, slice.getX(), axis))
      return std::nullopt;
  if (slice.getStrides()[last] != stride)
    return std::nullopt;
  return std::pair<Value, int64_t>(slice.getX(), slice.getStaticOffsets()[last]);
}

std::optional<SmallVector<double>> readConstant(Value value) {
  // A causal mask of 2048 positions; weights are greater, and none of a match.
  constexpr int64_t kMaxElements = 1 << 22;
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || tensorOf(value).getNumElements() > kMaxElements)
    return std::nullopt;
  Type element = tensorOf(value).getElementType();
  SmallVector<double> values;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue())) {
    if (isa<FloatType>(element))
      for (const APFloat &entry : dense.getValues<APFloat>())
        values.push_back(entry.convertToDouble());
    else if (element.isInteger(1))
      for (bool entry : dense.getValues<bool>())
        values.push_back(entry);
    else
      return std::nullopt;
    return values;
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return std::nullopt;
  ArrayRef<char> bytes = blob->getData();
  size_t count = tensorOf(value).getNumElements();
  if (element.isF32() && bytes.size() == count * sizeof(float)) {
    for (size_t index = 0; index < count; ++index) {
      float entry = 0;
      std::memcpy(&entry, bytes.data() + index * sizeof(float), sizeof(float));
      values.push_back(entry);
    }
    return values;
  }
  if (element.isInteger(1) && bytes.size() == count) {
    values.assign(bytes.begin(), bytes.end());
    return values;
  }
  return std::nullopt;
}

bool isSameShape(Value a, Value b) {
  if (tensorOf(a).getRank() != tensorOf(b).getRank())
    return false;
  for (int64_t axis = 0; axis < tensorOf(a).getRank(); ++axis)
    if (!isSameDim(a, axis, b, axis))
      return false;
  return true;
}

} // namespace weft
