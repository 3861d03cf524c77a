// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of quantize, dequantize and requantize.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

/// Checks that `params` (scale or zero point) is one element, one per entry of `axis`, or one per block of
/// it.
static LogicalResult checkParams(std::optional<Location> loc, StringRef op, StringRef name,
                                 RankedTensorType x, RankedTensorType params, std::optional<int64_t> axis,
                                 int64_t block) {
  if (block > 0) {
    if (params.getRank() != x.getRank())
      return inferError(loc, op, 3, "expected ", name, " of the rank of x for blocks, but got ", params);
    for (int64_t dim = 0; dim < x.getRank(); ++dim) {
      DimExpr wanted = getDim(x, dim);
      if (dim == *axis)
        wanted = DimExpr::ceilDiv(wanted, DimExpr::constant(block));
      if (certainlyDiffer(getDim(params, dim), wanted))
        return inferError(loc, op, 3, "expected ", name, " dim ", dim, " to be ", wanted.str(), ", but got ",
                          getDim(params, dim).str());
    }
    return success();
  }
  if (mayBeOneElement(params))
    return success();
  if (!axis || params.getRank() != 1 || certainlyDiffer(getDim(params, 0), getDim(x, *axis)))
    return inferError(loc, op, 3, "expected ", name, " of one element or one per entry of the axis, but got ",
                      params);
  return success();
}

static LogicalResult inferQuant(std::optional<Location> loc, StringRef op, RankedTensorType x, Value scale,
                                Value zp, std::optional<int64_t> axis, int64_t block, Type to,
                                SmallVectorImpl<Type> &types) {
  if (axis && (*axis < 0 || *axis >= std::max<int64_t>(x.getRank(), 1)))
    return inferError(loc, op, 1, "expected an axis in [0, ", x.getRank(), "), but got ", *axis);
  if (x.getRank() == 0)
    axis = std::nullopt;
  if (block < 0 || (block > 0 && !axis))
    return inferError(loc, op, 2, "expected block_size of at least 0, and an axis for blocks, but got ",
                      block);
  if (failed(checkParams(loc, op, "scale", x, tensorType(scale), axis, block)))
    return failure();
  if (zp && failed(checkParams(loc, op, "zp", x, tensorType(zp), axis, block)))
    return failure();
  types.push_back(makeTensorType(getDims(x), to));
  return success();
}

static std::optional<int64_t> signedAxis(std::optional<uint64_t> axis) {
  return axis ? std::optional<int64_t>(static_cast<int64_t>(*axis)) : std::nullopt;
}

/// Every dim of x a parallel factor, but the axis of blocks, whose entries stay together and which the
/// parameters have one of per block.
static DimMap quantDimMap(Operation *op, RankedTensorType x, std::optional<int64_t> axis, int64_t block) {
  DimMap map;
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < x.getRank(); ++dim) {
    map.kinds.push_back(block > 0 && dim == *axis ? FactorKind::Whole : FactorKind::Parallel);
    dims.push_back(dim);
  }
  map.operands.push_back(dims);
  for (Value params : op->getOperands().drop_front()) {
    RankedTensorType type = tensorType(params);
    SmallVector<int64_t> factors(type.getRank(), kNoFactor);
    if (block > 0 && type.getRank() == x.getRank()) {
      factors = dims;
      factors[*axis] = kNoFactor;
    } else if (axis && type.getRank() == 1 && type.getDimSize(0) != 1) {
      factors[0] = *axis;
    }
    map.operands.push_back(factors);
  }
  map.results = {dims};
  return map;
}

// Constraints: quantize-C1, quantize-C2, quantize-C3, quantize-C4.
LogicalResult QuantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  return inferQuant(loc, "quantize", tensorType(adaptor.getX()), adaptor.getScale(), adaptor.getZp(),
                    signedAxis(adaptor.getAxis()), adaptor.getBlockSize(), adaptor.getTo(), types);
}

LogicalResult QuantizeOp::verify() {
  if (Value zp = getZp(); zp && tensorType(zp).getElementType() != getTo())
    return emitOpError("expected zp of the result's element type ")
           << getTo() << ", but got " << tensorType(zp).getElementType() << " [quantize-C4]";
  return success();
}

FailureOr<DimMap> QuantizeOp::getDimMap() {
  return quantDimMap(*this, getX().getType(), signedAxis(getAxis()), getBlockSize());
}

// Constraints: dequantize-C1, dequantize-C2, dequantize-C3, dequantize-C4, dequantize-C5.
LogicalResult DequantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferQuant(loc, "dequantize", tensorType(adaptor.getX()), adaptor.getScale(), adaptor.getZp(),
                    signedAxis(adaptor.getAxis()), adaptor.getBlockSize(), adaptor.getTo(), types);
}

LogicalResult DequantizeOp::verify() {
  if (!isa<FloatType>(getTo()))
    return emitOpError("expected a float result type, but got ") << getTo() << " [dequantize-C4]";
  if (Value table = getTable(); table && (tensorType(table).getRank() != 1 || getZp()))
    return emitOpError("expected a table of rank 1 and no zp beside it, but got ")
           << table.getType() << " [dequantize-C5]";
  return success();
}

FailureOr<DimMap> DequantizeOp::getDimMap() {
  DimMap map = quantDimMap(*this, getX().getType(), signedAxis(getAxis()), getBlockSize());
  if (getTable())
    map.operands.back() = {kNoFactor};
  return map;
}

// Constraints: requantize-C1, requantize-C3, requantize-C4, requantize-C5.
LogicalResult RequantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferQuant(loc, "requantize", tensorType(adaptor.getX()), adaptor.getMult(), adaptor.getZp(),
                    signedAxis(adaptor.getAxis()), /*block=*/0, adaptor.getTo(), types);
}

LogicalResult RequantizeOp::verify() {
  if (!getX().getType().getElementType().isInteger(32))
    return emitOpError("expected x of i32 accumulators, but got ") << getX().getType() << " [requantize-C4]";
  if (Value zp = getZp(); zp && tensorType(zp).getElementType() != getTo())
    return emitOpError("expected zp of the result's element type ")
           << getTo() << ", but got " << tensorType(zp).getElementType() << " [requantize-C5]";
  return success();
}

FailureOr<DimMap> RequantizeOp::getDimMap() {
  return quantDimMap(*this, getX().getType(), signedAxis(getAxis()), /*block=*/0);
}
