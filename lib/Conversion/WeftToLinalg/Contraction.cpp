// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers matrix products that no kernel op takes to linalg.generic.
#include "Contraction.h"
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

Value emitMultiplyAdd(OpBuilder &b, Location loc, Value accumulator, Value x, Type xElement, Value y,
                      Type yElement, Value xZeroPoint, Type xZeroElement, Value yZeroPoint,
                      Type yZeroElement) {
  ScalarBuilder s{b, loc};
  Type type = accumulator.getType();
  if (isa<ComplexType>(type))
    return complex::AddOp::create(b, loc, accumulator, complex::MulOp::create(b, loc, x, y));
  if (isa<FloatType>(type)) {
    x = emitToFloat(b, loc, x, xElement, type);
    y = emitToFloat(b, loc, y, yElement, type);
    return s.add(accumulator, s.mul(x, y));
  }
  x = emitExtend(b, loc, x, xElement, type);
  y = emitExtend(b, loc, y, yElement, type);
  if (xZeroPoint)
    x = s.sub(x, emitExtend(b, loc, xZeroPoint, xZeroElement, type));
  if (yZeroPoint)
    y = s.sub(y, emitExtend(b, loc, yZeroPoint, yZeroElement, type));
  return s.add(accumulator, s.mul(x, y));
}

Type getContractionType(Type resultElement) {
  return isa<FloatType>(resultElement) ? getComputeFloatType(resultElement)
                                       : getStorageElementType(resultElement);
}

Value finishContraction(OpBuilder &b, Location loc, Value accumulators, RankedTensorType resultType,
                        ArrayRef<OpFoldResult> sizes) {
  Type element = resultType.getElementType();
  RankedTensorType storage = getStorageType(resultType);
  if (cast<RankedTensorType>(accumulators.getType()).getElementType() != storage.getElementType())
    accumulators = createElementwise(b, loc, accumulators, storage.getElementType(), sizes,
                                     [&](OpBuilder &body, Location nested, ValueRange args) {
                                       return emitFromFloat(body, nested, args[0], element);
                                     });
  return castToType(b, loc, accumulators, storage);
}

namespace {

/// Loops of a matrix product, in the order in which they are nested.
struct MatmulLoops {
  int64_t batch, m, n, k;
  int64_t total() const { return batch + 3; }
};

class LowerMatmul : public LoweringPattern<w::MatmulOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::MatmulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto resultType = cast<RankedTensorType>(op.getType());
    auto lhsType = cast<RankedTensorType>(op.getLhs().getType()),
         rhsType = cast<RankedTensorType>(op.getRhs().getType());
    Type compute = getContractionType(resultType.getElementType());
    int64_t batch = resultType.getRank() - 2;
    // n innermost where rhs is contiguous along it, else k.
    MatmulLoops loops{batch, batch, batch + 2, batch + 1};
    if (op.getTransposeRhs())
      std::swap(loops.n, loops.k);

    Value lhs = broadcastBatch(rewriter, loc, op.getLhs(), adaptor.getLhs(), resultType);
    Value rhs = broadcastBatch(rewriter, loc, op.getRhs(), adaptor.getRhs(), resultType);
    SmallVector<Value> inputs{lhs, rhs};
    SmallVector<AffineMap> maps{
        operandMap(rewriter, loops, lhsType, resultType, op.getTransposeLhs() ? loops.k : loops.m,
                   op.getTransposeLhs() ? loops.m : loops.k),
        operandMap(rewriter, loops, rhsType, resultType, op.getTransposeRhs() ? loops.n : loops.k,
                   op.getTransposeRhs() ? loops.k : loops.n)};
    ZeroPoint lhsZero =
        addZeroPoint(rewriter, loc, loops, op.getLhsZp(), adaptor.getLhsZp(), /*isLhs=*/true, inputs, maps);
    ZeroPoint rhsZero =
        addZeroPoint(rewriter, loc, loops, op.getRhsZp(), adaptor.getRhsZp(), /*isLhs=*/false, inputs, maps);

    SmallVector<AffineExpr> outExprs;
    for (int64_t i = 0; i < batch; ++i)
      outExprs.push_back(rewriter.getAffineDimExpr(i));
    outExprs.push_back(rewriter.getAffineDimExpr(loops.m));
    outExprs.push_back(rewriter.getAffineDimExpr(loops.n));
    maps.push_back(AffineMap::get(loops.total(), 0, outExprs, rewriter.getContext()));
    SmallVector<IteratorType> iterators(loops.total(), IteratorType::parallel);
    iterators[loops.k] = IteratorType::reduction;
    SmallVector<OpFoldResult> outSizes = sizes.getSizes(rewriter, resultType);
    Value init = createFilled(rewriter, loc, outSizes, createScalar(rewriter, loc, compute, 0.0));
    Value result = createGeneric(
        rewriter, loc, inputs, init, maps, iterators, [&](OpBuilder &b, Location nested, ValueRange args) {
          return emitMultiplyAdd(b, nested, args.back(), args[0], lhsType.getElementType(), args[1],
                                 rhsType.getElementType(), lhsZero.read(args), lhsZero.element,
                                 rhsZero.read(args), rhsZero.element);
        });
    rewriter.replaceOp(op, finishContraction(rewriter, loc, result, resultType, outSizes));
    return success();
  }

private:
  /// A zero point: a scalar from outside of the loops, or input number `input` of the generic op.
  struct ZeroPoint {
    Value scalar;
    std::optional<size_t> input;
    Type element;
    Value read(ValueRange args) const { return input ? args[*input] : scalar; }
  };

  /// The operand with its batch dims widened where only run time knows whether they are 1.
  Value broadcastBatch(OpBuilder &b, Location loc, Value weftOperand, Value operand,
                       RankedTensorType resultType) const {
    auto type = cast<RankedTensorType>(weftOperand.getType());
    SmallVector<w::DimExpr> dims = w::getDims(type);
    bool unclear = false;
    for (int64_t i = 0, rank = type.getRank() - 2; i < rank; ++i) {
      if (!type.isDynamicDim(i) || w::DimExpr::provablyEqual(dims[i], w::getDim(resultType, i)))
        continue;
      dims[i] = w::getDim(resultType, i);
      unclear = true;
    }
    if (!unclear)
      return operand;
    RankedTensorType wide = w::makeTensorType(dims, type.getElementType());
    return createBroadcastElementwise(b, loc, sizes, weftOperand, operand, wide,
                                      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
  }

  static AffineMap operandMap(OpBuilder &b, MatmulLoops loops, RankedTensorType type,
                              RankedTensorType resultType, int64_t rowLoop, int64_t columnLoop) {
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < loops.batch; ++i) {
      bool broadcasts = type.getDimSize(i) == 1 && resultType.getDimSize(i) != 1;
      exprs.push_back(broadcasts ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(i));
    }
    exprs.push_back(b.getAffineDimExpr(rowLoop));
    exprs.push_back(b.getAffineDimExpr(columnLoop));
    return AffineMap::get(loops.total(), 0, exprs, b.getContext());
  }

  /// Zero points are per tensor (one element), per row of lhs or per column of rhs (rank 1, or rank of the
  /// matrices with size-1 dims).
  static ZeroPoint addZeroPoint(OpBuilder &b, Location loc, MatmulLoops loops, Value weftValue, Value value,
                                bool isLhs, SmallVectorImpl<Value> &inputs,
                                SmallVectorImpl<AffineMap> &maps) {
    ZeroPoint result;
    if (!weftValue)
      return result;
    auto type = cast<RankedTensorType>(weftValue.getType());
    result.element = type.getElementType();
    if (type.hasStaticShape() && type.getNumElements() == 1) {
      result.scalar = extractScalar(b, loc, weftValue, value);
      return result;
    }
    int64_t ownLoop = isLhs ? loops.m : loops.n;
    SmallVector<AffineExpr> exprs;
    for (int64_t axis = 0, rank = type.getRank(); axis < rank; ++axis) {
      int64_t fromEnd = rank - 1 - axis;
      int64_t loop = rank == 1      ? ownLoop
                     : fromEnd == 0 ? loops.n
                     : fromEnd == 1 ? loops.m
                                    : loops.batch - (fromEnd - 1);
      exprs.push_back(type.getDimSize(axis) == 1 ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(loop));
    }
    result.input = inputs.size();
    inputs.push_back(value);
    maps.push_back(AffineMap::get(loops.total(), 0, exprs, b.getContext()));
    return result;
  }
};

} // namespace

void populateContractionLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                  const LoweringContext &sizes) {
  patterns.add<LowerMatmul>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
