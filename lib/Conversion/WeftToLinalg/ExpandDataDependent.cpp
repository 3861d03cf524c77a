// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops whose result sizes depend on data, in steps whose sizes are known: nonzero counts first; unique and nms
// compute as much as there can be and how much it is, and slices take that part.
#include "HostBuilder.h"
#include "Support.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {
/// Builds weft ops and notes them for one kernel.
class StepBuilder {
public:
  StepBuilder(OpBuilder &b, Location loc) : b(b), loc(loc) {}

  template <typename OpTy, typename... Args> OpTy emit(Args &&...args) {
    auto op = OpTy::create(b, loc, std::forward<Args>(args)...);
    ops.push_back(op);
    return op;
  }

  /// Number of elements of x that are not zero, as a tensor of one element.
  Value countNonzero(Value x) {
    RankedTensorType type = typeOf(x);
    Type i1 = b.getI1Type(), i64 = b.getI64Type();
    auto withElement = [&](Type element) { return w::makeTensorType(w::getDims(type), element); };
    if (!type.getElementType().isInteger(1)) {
      auto zeroType = RankedTensorType::get(SmallVector<int64_t>(type.getRank(), 1), type.getElementType());
      Attribute zero = b.getZeroAttr(type.getElementType());
      if (auto integer = dyn_cast<IntegerType>(type.getElementType()))
        zero = IntegerAttr::get(integer, 0);
      Value zeros = w::ConstantOp::create(b, loc, DenseElementsAttr::get(zeroType, zero));
      x = emit<w::CompareOp>(withElement(i1), x, zeros, w::ComparePredicate::ne);
    }
    x = emit<w::CastOp>(withElement(i64), x, i64, /*saturate=*/true, w::CastRound::up);
    SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
    auto one = RankedTensorType::get(SmallVector<int64_t>(type.getRank(), 1), i64);
    return emit<w::ReduceOp>(one, x, w::ReduceKind::sum, axes);
  }

  OpBuilder &b;
  Location loc;
  SmallVector<Operation *> ops;
};
} // namespace

/// The first `count` entries of x along an axis, as `type`.
static Value createPrefix(OpBuilder &b, Location loc, Value x, int64_t axis, Value count,
                          RankedTensorType type) {
  int64_t rank = type.getRank();
  SmallVector<int64_t> zeros(rank, 0), ones(rank, 1), staticSizes(type.getShape());
  staticSizes[axis] = ShapedType::kDynamic;
  SmallVector<Value> dynamic;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (dim == axis)
      dynamic.push_back(count);
    else if (type.isDynamicDim(dim))
      dynamic.push_back(w::DimOp::create(b, loc, b.getIndexType(), x, dim));
  }
  return w::SliceOp::create(b, loc, type, x, ValueRange{}, dynamic, zeros, staticSizes, ones);
}

void HostBuilder::expandNonzero(w::NonzeroOp op) {
  b.setInsertionPoint(op);
  StepBuilder steps(b, op.getLoc());
  steps.countNonzero(op.getX());
  w::KernelOp counter = groupInKernel(b, steps.ops, "count");
  b.setInsertionPointAfter(counter);
  Value count = w::ExtractOp::create(b, op.getLoc(), b.getIndexType(), counter.getResult(0), 0);
  RankedTensorType type = typeOf(op.getResult());
  if (type.isDynamicDim(1))
    dataSizes[w::getDim(type, 1).str()] = count;
}

void HostBuilder::expandUnique(w::UniqueOp op) {
  b.setInsertionPoint(op);
  Location loc = op.getLoc();
  RankedTensorType x = typeOf(op.getX());
  int64_t axis = op.getAxis().value_or(0);
  w::DimExpr bound = w::DimExpr::constant(1);
  if (op.getAxis())
    bound = w::getDim(x, axis);
  else
    for (const w::DimExpr &dim : w::getDims(x))
      bound = bound * dim;
  auto widen = [&](Value result, int64_t dim) {
    SmallVector<w::DimExpr> dims = w::getDims(typeOf(result));
    dims[dim] = bound;
    return w::makeTensorType(dims, typeOf(result).getElementType());
  };
  StepBuilder steps(b, loc);
  Type types[] = {widen(op.getY(), axis), widen(op.getFirst(), 0), op.getInverse().getType(),
                  widen(op.getCounts(), 0)};
  auto wide = steps.emit<w::UniqueOp>(TypeRange(types), op.getX(), op.getAxisAttr(), op.getSortedAttr());
  Value counted = steps.countNonzero(wide.getCounts());
  // All of its results leave the kernel, used or not: four, then the count.
  Value sink[] = {wide.getY(), wide.getFirst(), wide.getInverse(), wide.getCounts(), counted};
  auto keep = w::YieldOp::create(b, loc, sink);
  w::KernelOp kernel = groupInKernel(b, steps.ops, "unique");
  keep->erase();
  b.setInsertionPoint(op);
  Value count = w::ExtractOp::create(b, loc, b.getIndexType(), kernel.getResult(4), 0);
  auto prefix = [&](Value old, Value whole, int64_t dim) {
    RankedTensorType type = typeOf(old);
    if (type.isDynamicDim(dim))
      dataSizes[w::getDim(type, dim).str()] = count;
    old.replaceAllUsesWith(createPrefix(b, loc, whole, dim, count, type));
  };
  prefix(op.getY(), kernel.getResult(0), axis);
  prefix(op.getFirst(), kernel.getResult(1), 0);
  op.getInverse().replaceAllUsesWith(kernel.getResult(2));
  prefix(op.getCounts(), kernel.getResult(3), 0);
  op.erase();
}

void HostBuilder::expandNms(w::NmsOp op) {
  b.setInsertionPoint(op);
  Location loc = op.getLoc();
  Value scores = op.getScores();
  // At most one row per batch, class and box, or per box that may be taken.
  auto sizeOf = [&](int64_t dim) -> Value { return w::DimOp::create(b, loc, b.getIndexType(), scores, dim); };
  Value perClass = op.getMaxBoxes() ? op.getMaxBoxes() : Value(arith::ConstantIndexOp::create(b, loc, 0));
  perClass = arith::MaxSIOp::create(b, loc, perClass, arith::ConstantIndexOp::create(b, loc, 0));
  perClass = arith::MinSIOp::create(b, loc, sizeOf(2), perClass);
  Value rows = arith::MulIOp::create(b, loc, arith::MulIOp::create(b, loc, sizeOf(0), sizeOf(1)), perClass);
  RankedTensorType type = typeOf(op.getResult());
  w::DimExpr bound = w::DimExpr::symbol("nms_rows" + std::to_string(dataSizes.size()));
  dataSizes[bound.str()] = rows;
  auto wideType = w::makeTensorType({bound, w::DimExpr::constant(3)}, type.getElementType());
  StepBuilder steps(b, loc);
  auto wide = steps.emit<w::NmsOp>(wideType, op.getBoxes(), scores, op.getMaxBoxes(), op.getIou(),
                                   op.getScore(), op.getCenterAttr());
  // A row that is in use has a batch of at least 0.
  auto columnType = w::makeTensorType({bound, w::DimExpr::constant(1)}, type.getElementType());
  Value column = steps.emit<w::SliceOp>(columnType, wide.getResult(), ValueRange{}, ValueRange{rows},
                                        ArrayRef<int64_t>{0, 0}, ArrayRef<int64_t>{ShapedType::kDynamic, 1},
                                        ArrayRef<int64_t>{1, 1});
  auto oneType = RankedTensorType::get({1, 1}, type.getElementType());
  Value minusOne = w::ConstantOp::create(
      b, loc, DenseElementsAttr::get(oneType, IntegerAttr::get(type.getElementType(), -1)));
  auto flagType = w::makeTensorType({bound, w::DimExpr::constant(1)}, b.getI1Type());
  Value isUsed = steps.emit<w::CompareOp>(flagType, column, minusOne, w::ComparePredicate::ne);
  Value counted = steps.countNonzero(isUsed);
  Value sink[] = {wide.getResult(), counted};
  auto keep = w::YieldOp::create(b, loc, sink);
  w::KernelOp kernel = groupInKernel(b, steps.ops, "nms");
  keep->erase();
  b.setInsertionPoint(op);
  Value count = w::ExtractOp::create(b, loc, b.getIndexType(), kernel.getResult(1), 0);
  if (type.isDynamicDim(0))
    dataSizes[w::getDim(type, 0).str()] = count;
  op.getResult().replaceAllUsesWith(createPrefix(b, loc, kernel.getResult(0), 0, count, type));
  op.erase();
}

} // namespace weft::conversion
