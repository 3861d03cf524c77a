// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers quantize, dequantize and requantize: elementwise, with scales per tensor, per entry of an axis or
// per block.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

static Type elementOf(Value value) { return typeOf(value).getElementType(); }

namespace {
/// Reads a parameter (scale or zero point) in the body of an elementwise op.
class ParameterReader {
public:
  /// `inputs` and `maps` get an input where the parameter is read through an affine map.
  ParameterReader(OpBuilder &b, Location loc, Value weftValue, Value value, int64_t rank,
                  std::optional<int64_t> axis, int64_t block, SmallVectorImpl<Value> &inputs,
                  SmallVectorImpl<AffineMap> &maps)
      : tensor(value), axis(axis.value_or(0)), block(block) {
    RankedTensorType type = typeOf(weftValue);
    if (block > 0)
      return;
    if (type.getRank() == 0 || (type.hasStaticShape() && type.getNumElements() == 1) || !axis) {
      scalar = extractScalar(b, loc, weftValue, value);
      return;
    }
    input = inputs.size();
    inputs.push_back(value);
    maps.push_back(AffineMap::get(rank, 0, b.getAffineDimExpr(*axis), b.getContext()));
  }

  Value read(OpBuilder &b, Location loc, ValueRange args) const {
    if (scalar)
      return scalar;
    if (input)
      return args[*input];
    SmallVector<Value> place;
    for (int64_t dim = 0, rank = typeOf(tensor).getRank(); dim < rank; ++dim) {
      Value index = linalg::IndexOp::create(b, loc, dim);
      place.push_back(dim == axis ? Value(arith::DivUIOp::create(b, loc, index, createIndex(b, loc, block)))
                                  : index);
    }
    return tensor::ExtractOp::create(b, loc, tensor, place);
  }

private:
  Value tensor, scalar;
  std::optional<size_t> input;
  int64_t axis, block;
};

/// One loop over the elements of x with a scale, and a zero point where the op has one, for each.
struct ScaledLoop {
  template <typename OpTy, typename AdaptorTy>
  ScaledLoop(OpBuilder &b, OpTy op, AdaptorTy adaptor, Value scale, Value newScale, int64_t block)
      : rank(typeOf(op.getResult()).getRank()), inputs{adaptor.getX()}, maps{b.getMultiDimIdentityMap(rank)},
        scale(b, op.getLoc(), scale, newScale, rank, axisOf(op), block, inputs, maps) {
    if (op.getZp())
      zero.emplace(b, op.getLoc(), op.getZp(), adaptor.getZp(), rank, axisOf(op), block, inputs, maps);
    zeroElement = op.getZp() ? elementOf(op.getZp()) : Type();
    maps.push_back(b.getMultiDimIdentityMap(rank));
  }

  /// The zero point of an element; null without.
  Value readZero(OpBuilder &b, Location loc, ValueRange args) const {
    return zero ? zero->read(b, loc, args) : Value();
  }

  Value create(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> shape, RankedTensorType storage,
               BodyFn body) const {
    Value empty = createEmpty(b, loc, shape, storage.getElementType());
    Value result = createGeneric(b, loc, inputs, empty, maps,
                                 SmallVector<IteratorType>(rank, IteratorType::parallel), body);
    return castToType(b, loc, result, storage);
  }

private:
  template <typename OpTy> std::optional<int64_t> axisOf(OpTy op) const {
    return rank && op.getAxis() ? std::optional<int64_t>(*op.getAxis()) : std::nullopt;
  }

  int64_t rank;
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;

public:
  ParameterReader scale;
  std::optional<ParameterReader> zero;
  Type zeroElement;
};
} // namespace

/// A float rounded to even, moved by the zero point and saturated to an integer type.
static Value emitSaturated(ScalarBuilder s, Value x, Value zeroPoint, Type zeroElement, Type to) {
  Type i32 = s.b.getI32Type(), storage = getStorageElementType(to), real = x.getType();
  unsigned width = to.getIntOrFloatBitWidth();
  bool isUnsigned = to.isUnsignedInteger();
  int64_t least = isUnsigned ? 0 : -(int64_t(1) << (width - 1));
  int64_t greatest = isUnsigned ? (int64_t(1) << width) - 1 : (int64_t(1) << (width - 1)) - 1;
  IntegerAttr constant;
  std::optional<int64_t> knownZero;
  if (!zeroPoint)
    knownZero = 0;
  else if (matchPattern(zeroPoint, m_Constant(&constant)))
    knownZero = zeroElement.isUnsignedInteger() ? constant.getValue().getZExtValue()
                                                : constant.getValue().getSExtValue();
  Value zero = knownZero == 0 ? Value()
               : knownZero    ? s.integer(i32, *knownZero)
                              : emitExtend(s.b, s.loc, zeroPoint, zeroElement, i32);
  if (width > 16 || !real.isF32()) {
    // Both steps in i32: a rounded value beyond it is beyond every result type and its zero point.
    Value limit = s.real(real, 1e9), negLimit = s.real(real, -1e9);
    // NaN becomes the lower limit here, as the hardware conversion gives the least integer.
    Value rounded = math::RoundEvenOp::create(s.b, s.loc, x);
    Value bounded =
        arith::MaxNumFOp::create(s.b, s.loc, arith::MinNumFOp::create(s.b, s.loc, rounded, limit), negLimit);
    Value value = arith::FPToSIOp::create(s.b, s.loc, i32, bounded);
    if (zero)
      value = s.add(value, zero);
    value = arith::MinSIOp::create(s.b, s.loc, value, s.integer(i32, greatest));
    value = arith::MaxSIOp::create(s.b, s.loc, value, s.integer(i32, least));
    return storage == i32 ? value : Value(arith::TruncIOp::create(s.b, s.loc, storage, value));
  }
  // Clamped to whole numbers first: what is left to round is small. NaN compares false: the lower limit.
  auto limit = [&](int64_t bound) -> Value {
    if (knownZero)
      return s.real(real, static_cast<double>(bound - *knownZero));
    return arith::SIToFPOp::create(s.b, s.loc, real, s.sub(s.integer(i32, bound), zero));
  };
  Value low = limit(least), high = limit(greatest);
  Value isAbove = arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::OGT, x, low);
  Value value = arith::SelectOp::create(s.b, s.loc, isAbove, x, low);
  Value isBelow = arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::OLT, value, high);
  value = arith::SelectOp::create(s.b, s.loc, isBelow, value, high);
  // The last bits of 1.5 * 2^23 + n, rounded to even by the addition, are those of n.
  value = s.add(value, s.real(real, 12582912.0));
  Value bits = arith::BitcastOp::create(s.b, s.loc, i32, value);
  if (zero)
    bits = s.add(bits, zero);
  return arith::TruncIOp::create(s.b, s.loc, storage, bits);
}

namespace {

class LowerQuantize : public LoweringPattern<w::QuantizeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::QuantizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), storage = getStorageType(type);
    Type element = elementOf(op.getX()), scaleElement = elementOf(op.getScale()), to = type.getElementType();
    if (isa<IntegerType>(to) && to.getIntOrFloatBitWidth() > 16)
      return sizes.refuse(rewriter, op, "expects a result of 16 bits or fewer");
    Type precision = op.getPrecision().value_or(scaleElement);
    Type compute = precision.isF64() ? Type(rewriter.getF64Type()) : Type(rewriter.getF32Type());
    ScaledLoop loop(rewriter, op, adaptor, op.getScale(), adaptor.getScale(), op.getBlockSize());
    Value result = loop.create(
        rewriter, loc, sizes.getSizes(rewriter, type), storage,
        [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          ScalarBuilder s{b, nested};
          // The quotient is that of the precision type: rounded to it when it is narrower than f32.
          Value x = emitToFloat(b, nested, args[0], element, compute);
          Value divisor = emitToFloat(b, nested, loop.scale.read(b, nested, args), scaleElement, compute);
          Value quotient =
              matchPattern(divisor, m_OneFloat()) ? x : Value(arith::DivFOp::create(b, nested, x, divisor));
          if (precision.getIntOrFloatBitWidth() == 16)
            quotient =
                emitToFloat(b, nested, emitFromFloat(b, nested, quotient, precision), precision, compute);
          if (isa<FloatType>(to))
            return emitCast(b, nested, quotient, compute, to, op.getSaturate());
          return emitSaturated(s, quotient, loop.readZero(b, nested, args), loop.zeroElement, to);
        });
    rewriter.replaceOp(op, result);
    return success();
  }
};

class LowerDequantize : public LoweringPattern<w::DequantizeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::DequantizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), storage = getStorageType(type);
    Type element = elementOf(op.getX()), scaleElement = elementOf(op.getScale()), to = type.getElementType();
    Type compute = getComputeFloatType(to);
    ScaledLoop loop(rewriter, op, adaptor, op.getScale(), adaptor.getScale(), op.getBlockSize());
    Value tableSize =
        op.getTable() ? toValue(rewriter, loc, sizes.getSize(rewriter, typeOf(op.getTable()), 0)) : Value();
    Value result = loop.create(
        rewriter, loc, sizes.getSizes(rewriter, type), storage,
        [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          ScalarBuilder s{b, nested};
          Value x;
          if (op.getTable()) {
            Value index = emitWrappedIndex(b, nested, args[0], element, tableSize);
            Value entry = tensor::ExtractOp::create(b, nested, adaptor.getTable(), index);
            x = emitToFloat(b, nested, entry, elementOf(op.getTable()), compute);
          } else {
            x = emitCentered(s, args[0], element, loop.readZero(b, nested, args), loop.zeroElement, compute);
          }
          Value factor = emitToFloat(b, nested, loop.scale.read(b, nested, args), scaleElement, compute);
          return emitFromFloat(b, nested, s.mul(x, factor), to);
        });
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// x - zero point as a float: exact in i32 for integers of up to 16 bits.
  static Value emitCentered(ScalarBuilder s, Value x, Type element, Value zero, Type zeroElement,
                            Type compute) {
    bool isInt = isa<IntegerType>(element) && (!zero || isa<IntegerType>(zeroElement));
    if (!isInt || !zero) {
      Value wide = emitToFloat(s.b, s.loc, x, element, compute);
      return zero ? s.sub(wide, emitToFloat(s.b, s.loc, zero, zeroElement, compute)) : wide;
    }
    Type i32 = s.b.getI32Type();
    Value centered =
        s.sub(emitExtend(s.b, s.loc, x, element, i32), emitExtend(s.b, s.loc, zero, zeroElement, i32));
    return arith::SIToFPOp::create(s.b, s.loc, compute, centered);
  }
};

class LowerRequantize : public LoweringPattern<w::RequantizeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::RequantizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), storage = getStorageType(type);
    Type compute = rewriter.getF32Type();
    ScaledLoop loop(rewriter, op, adaptor, op.getMult(), adaptor.getMult(), /*block=*/0);
    Value result = loop.create(rewriter, loc, sizes.getSizes(rewriter, type), storage,
                               [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
                                 ScalarBuilder s{b, nested};
                                 Value x = arith::SIToFPOp::create(b, nested, compute, args[0]);
                                 Value scaled =
                                     s.mul(x, emitToFloat(b, nested, loop.scale.read(b, nested, args),
                                                          elementOf(op.getMult()), compute));
                                 return emitSaturated(s, scaled, loop.readZero(b, nested, args),
                                                      loop.zeroElement, type.getElementType());
                               });
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void populateQuantLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                            const LoweringContext &sizes) {
  patterns.add<LowerDequantize, LowerQuantize, LowerRequantize>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
