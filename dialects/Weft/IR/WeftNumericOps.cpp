// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of Fourier transform, linear algebra and random numbers.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

// Constraints: dft-C1, dft-C2, dft-C3, dft-C4.
LogicalResult DftOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t rank = x.getRank(), axis = adaptor.getAxis();
  if (rank < 2 || axis < 0 || axis >= rank - 1)
    return inferError(loc, "dft", 1, "expected an axis in [0, ", rank - 1, "), but got ", axis);
  std::optional<int64_t> parts = getDim(x, rank - 1).getConstant();
  if (!parts || (*parts != 1 && *parts != 2))
    return inferError(loc, "dft", 2, "expected a last dim of 1 or 2, but got ", getDim(x, rank - 1).str());
  bool inverse = adaptor.getInverse(), onesided = adaptor.getOnesided();
  if (onesided && (inverse ? *parts != 2 : *parts != 1))
    return inferError(loc, "dft", 3,
                      "expected a one-sided transform to go from real to complex or inverse back, but got ",
                      *parts, inverse ? " part for the inverse" : " parts");
  DimExpr one = DimExpr::constant(1), two = DimExpr::constant(2);
  SmallVector<DimExpr> dims = getDims(x);
  int64_t n = adaptor.getStaticN();
  DimExpr length = n > 0                 ? DimExpr::constant(n)
                   : adaptor.getN()      ? getIndexExpr(adaptor.getN())
                   : inverse && onesided ? (dims[axis] - one) * two
                                         : dims[axis];
  dims[axis] = onesided && !inverse ? DimExpr::floorDiv(length, two) + one : length;
  dims[rank - 1] = onesided && inverse ? one : two;
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult DftOp::verify() {
  if (!isa<FloatType>(getX().getType().getElementType()))
    return emitOpError("expected x of a float type, but got ") << getX().getType() << " [dft-C4]";
  return success();
}

FailureOr<DimMap> DftOp::getDimMap() {
  DimMap map;
  int64_t rank = getX().getType().getRank();
  SmallVector<int64_t> x, result;
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool whole = dim == static_cast<int64_t>(getAxis()) || dim == rank - 1;
    map.kinds.push_back(whole ? FactorKind::Whole : FactorKind::Parallel);
    x.push_back(dim);
    result.push_back(whole ? kNoFactor : dim);
  }
  map.operands.push_back(x);
  map.operands.resize(getNumOperands());
  map.results = {result};
  return map;
}

static LogicalResult checkSquare(std::optional<Location> loc, StringRef op, RankedTensorType x) {
  int64_t rank = x.getRank();
  if (rank < 2 || certainlyDiffer(getDim(x, rank - 2), getDim(x, rank - 1)))
    return inferError(loc, op, 1, "expected square matrices in the last two dims, but got ", x);
  if (!isa<FloatType>(x.getElementType()))
    return inferError(loc, op, 2, "expected a float type, but got ", x.getElementType());
  return success();
}

// Constraints: det-C1, det-C2.
LogicalResult DetOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(checkSquare(loc, "det", x)))
    return failure();
  SmallVector<DimExpr> dims = getDims(x);
  dims.pop_back_n(2);
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult DetOp::verify() { return success(); }

/// Parallel factors for the batch dims; the two matrix dims are whole.
static DimMap matricesDimMap(int64_t rank, bool keepsMatrix) {
  DimMap map;
  SmallVector<int64_t> x, result;
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool batch = dim < rank - 2;
    map.kinds.push_back(batch ? FactorKind::Parallel : FactorKind::Whole);
    x.push_back(dim);
    if (batch || keepsMatrix)
      result.push_back(dim);
  }
  map.operands = {x};
  map.results = {result};
  return map;
}

FailureOr<DimMap> DetOp::getDimMap() {
  return matricesDimMap(getX().getType().getRank(), /*keepsMatrix=*/false);
}

// Constraints: inverse-C1, inverse-C2.
LogicalResult InverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(checkSquare(loc, "inverse", x)))
    return failure();
  types.push_back(makeTensorType(getDims(x), x.getElementType()));
  return success();
}

LogicalResult InverseOp::verify() { return success(); }

FailureOr<DimMap> InverseOp::getDimMap() {
  return matricesDimMap(getX().getType().getRank(), /*keepsMatrix=*/true);
}

// Constraints: random-C1, random-C2.
LogicalResult RandomOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> shape = adaptor.getStaticShape();
  size_t dynamic = llvm::count_if(shape, [](int64_t size) { return ShapedType::isDynamic(size); });
  if (dynamic != adaptor.getShape().size())
    return inferError(loc, "random", 1, "expected ", dynamic, " operands for the dynamic dims, but got ",
                      adaptor.getShape().size());
  if (!isa<FloatType>(adaptor.getTo()))
    return inferError(loc, "random", 2, "expected a float type, but got ", adaptor.getTo());
  types.push_back(makeTensorType(getMixedDims(shape, adaptor.getShape()), adaptor.getTo()));
  return success();
}

LogicalResult RandomOp::verify() { return success(); }

FailureOr<DimMap> RandomOp::getDimMap() {
  DimMap map;
  SmallVector<int64_t> result;
  for (int64_t dim = 0; dim < getResult().getType().getRank(); ++dim) {
    map.kinds.push_back(FactorKind::Parallel);
    result.push_back(dim);
  }
  map.operands.resize(getNumOperands());
  map.results = {result};
  return map;
}
