// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers resize: tables of taps per axis, then one weighted sum over the taps of all axes.
#include "Loops.h"
#include "Patterns.h"
#include "ResizeTables.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {

/// Tables of one resized axis: element indices and weights, [out, taps]; with extrapolation whether an output
/// lies outside.
struct AxisTables {
  int64_t axis;
  Value indices, weights, outside;
};

/// A number that is known now, or a value of type f64.
struct Number {
  std::optional<double> known;
  Value value;
};

/// Element i of a constant behind a weft value.
std::optional<double> getConstantElement(Value weftValue, int64_t i) {
  auto constant = weftValue.getDefiningOp<w::ConstantOp>();
  auto elements = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  if (!elements || !isa<FloatType>(elements.getElementType()) || i >= elements.getNumElements())
    return std::nullopt;
  return elements.getValues<APFloat>()[i].convertToDouble();
}

class LowerResize : public LoweringPattern<w::ResizeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    if (!getStorageElementType(type.getElementType()) || isa<ComplexType>(type.getElementType()))
      return sizes.refuse(rewriter, op, "expects integer or float elements");
    ResizeRule rule{op.getMode(),           op.getCoord(),
                    op.getNearest(),        op.getCubicA().convertToDouble(),
                    op.getExcludeOutside(), op.getAntialias()};
    SmallVector<AxisTables> tables;
    for (auto [i, axis] : llvm::enumerate(op.getAxes()))
      tables.push_back(makeTables(rewriter, op, adaptor, rule, i, axis));
    Value result = createWeightedSum(rewriter, op, adaptor, rule, tables);
    rewriter.replaceOp(op, castToType(rewriter, op.getLoc(), result, getStorageType(type)));
    return success();
  }

private:
  Number toNumber(OpBuilder &b, Location loc, OpFoldResult size) const {
    if (std::optional<int64_t> constant = getConstantIntValue(size))
      return {static_cast<double>(*constant), {}};
    Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), cast<Value>(size));
    return {std::nullopt, arith::SIToFPOp::create(b, loc, b.getF64Type(), wide)};
  }

  /// Element `i` of a float tensor operand.
  Number readNumber(OpBuilder &b, Location loc, Value weftValue, Value value, int64_t i) const {
    if (std::optional<double> known = getConstantElement(weftValue, i))
      return {known, {}};
    Value element = tensor::ExtractOp::create(b, loc, value, createIndex(b, loc, i));
    return {std::nullopt, emitToFloat(b, loc, element, typeOf(weftValue).getElementType(), b.getF64Type())};
  }

  AxisTables makeTables(OpBuilder &b, w::ResizeOp op, OpAdaptor adaptor, const ResizeRule &rule, int64_t i,
                        int64_t axis) const {
    Location loc = op.getLoc();
    OpFoldResult outSize = sizes.getSize(b, typeOf(op.getResult()), axis);
    Number in = toNumber(b, loc, sizes.getSize(b, typeOf(op.getX()), axis)), out = toNumber(b, loc, outSize);
    Number scale;
    if (op.getStaticScales())
      scale.known = (*op.getStaticScales())[i];
    else if (op.getScales())
      scale = readNumber(b, loc, op.getScales(), adaptor.getScales(), i);
    else if (in.known && out.known)
      scale.known = *out.known / *in.known;
    else
      scale.value = arith::DivFOp::create(b, loc, asValue(b, loc, out), asValue(b, loc, in));
    Number roiBegin{0.0, {}}, roiEnd{1.0, {}};
    if (op.getRoi() && rule.coord == w::ResizeCoord::tf_crop_and_resize) {
      int64_t count = op.getAxes().size();
      roiBegin = readNumber(b, loc, op.getRoi(), adaptor.getRoi(), i);
      roiEnd = readNumber(b, loc, op.getRoi(), adaptor.getRoi(), i + count);
    }
    if (in.known && out.known && scale.known && roiBegin.known && roiEnd.known)
      return evaluateTables(b, loc, rule,
                            {*in.known, *out.known, *scale.known, *roiBegin.known, *roiEnd.known}, axis);
    ResizeAxis<EmittedReals> values{asValue(b, loc, in), asValue(b, loc, out), asValue(b, loc, scale),
                                    asValue(b, loc, roiBegin), asValue(b, loc, roiEnd)};
    return isStretched(rule) ? emitStretchedTables(b, loc, rule, values, outSize, axis)
                             : emitTables(b, loc, rule, values, outSize, axis);
  }

  static Value asValue(OpBuilder &b, Location loc, Number number) {
    return number.known ? createScalar(b, loc, b.getF64Type(), *number.known) : number.value;
  }

  static AxisTables evaluateTables(OpBuilder &b, Location loc, const ResizeRule &rule,
                                   const ResizeAxis<EvaluatedReals> &axis, int64_t dim) {
    int64_t size = static_cast<int64_t>(axis.outSize), numTaps = getNumTaps(rule);
    if (isStretched(rule))
      numTaps = static_cast<int64_t>(getNumStretchedTaps(EvaluatedReals(), rule, axis.scale));
    SmallVector<int32_t> indices;
    SmallVector<float> weights;
    SmallVector<bool> outside;
    for (int64_t place = 0; place < size; ++place) {
      for (const ResizeTap<EvaluatedReals> &tap :
           getResizeTaps(EvaluatedReals(), rule, axis, place, numTaps)) {
        indices.push_back(static_cast<int32_t>(tap.index));
        weights.push_back(static_cast<float>(tap.weight));
      }
      outside.push_back(isResizeOutside(EvaluatedReals(), rule, axis, place));
    }
    auto make = [&](Type element, ArrayRef<int64_t> shape, auto &&values) -> Value {
      auto attr = DenseElementsAttr::get(RankedTensorType::get(shape, element), values);
      return arith::ConstantOp::create(b, loc, attr);
    };
    return {dim, make(b.getI32Type(), {size, numTaps}, ArrayRef<int32_t>(indices)),
            make(b.getF32Type(), {size, numTaps}, ArrayRef<float>(weights)),
            make(b.getI1Type(), {size}, ArrayRef<bool>(outside))};
  }

  static Value toReal(OpBuilder &b, Location loc, Value index) {
    Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
    return arith::SIToFPOp::create(b, loc, b.getF64Type(), wide);
  }

  static Value emitOutside(OpBuilder &b, Location loc, const ResizeRule &rule,
                           const ResizeAxis<EmittedReals> &axis, OpFoldResult outSize) {
    return createMap(b, loc, b.getI1Type(), outSize, [&](OpBuilder &body, Location nested, ValueRange at) {
      return isResizeOutside(EmittedReals{{body, nested}}, rule, axis, toReal(body, nested, at[0]));
    });
  }

  static AxisTables emitTables(OpBuilder &b, Location loc, const ResizeRule &rule,
                               const ResizeAxis<EmittedReals> &axis, OpFoldResult outSize, int64_t dim) {
    int64_t numTaps = getNumTaps(rule);
    // Both tables have one row per output; the taps of a row are computed together and one of them is taken.
    auto makeTable = [&](Type element, bool wantsIndex) {
      SmallVector<OpFoldResult> shape{outSize, b.getIndexAttr(numTaps)};
      return createMap(b, loc, element, shape, [&](OpBuilder &body, Location nested, ValueRange at) -> Value {
        EmittedReals reals{{body, nested}};
        auto taps = getResizeTaps(reals, rule, axis, toReal(body, nested, at[0]), numTaps);
        Value picked = wantsIndex ? taps[0].index : taps[0].weight;
        for (int64_t t = 1; t < numTaps; ++t) {
          Value isTap = arith::CmpIOp::create(body, nested, arith::CmpIPredicate::eq, at[1],
                                              createIndex(body, nested, t));
          picked = arith::SelectOp::create(body, nested, isTap, wantsIndex ? taps[t].index : taps[t].weight,
                                           picked);
        }
        return wantsIndex ? emitCast(body, nested, picked, body.getF64Type(), body.getI32Type())
                          : Value(arith::TruncFOp::create(body, nested, element, picked));
      });
    };
    return {dim, makeTable(b.getI32Type(), /*wantsIndex=*/true),
            makeTable(b.getF32Type(), /*wantsIndex=*/false), emitOutside(b, loc, rule, axis, outSize)};
  }

  /// Tables of as many taps as a scale needs that only the run knows: the weights are summed in a pass of
  /// their own.
  static AxisTables emitStretchedTables(OpBuilder &b, Location loc, const ResizeRule &rule,
                                        const ResizeAxis<EmittedReals> &axis, OpFoldResult outSize,
                                        int64_t dim) {
    Type f64 = b.getF64Type(), f32 = b.getF32Type();
    Value count = getNumStretchedTaps(EmittedReals{{b, loc}}, rule, axis.scale);
    Value wide = arith::FPToSIOp::create(b, loc, b.getI64Type(), count);
    Value numTaps = arith::IndexCastOp::create(b, loc, b.getIndexType(), wide);
    SmallVector<OpFoldResult> shape{outSize, numTaps};
    auto tapOf = [&](OpBuilder &body, Location nested, ValueRange at) {
      return getResizeTap(EmittedReals{{body, nested}}, rule, axis, toReal(body, nested, at[0]),
                          toReal(body, nested, at[1]), count);
    };
    Value indices =
        createMap(b, loc, b.getI32Type(), shape, [&](OpBuilder &body, Location nested, ValueRange at) {
          return emitCast(body, nested, tapOf(body, nested, at).index, f64, body.getI32Type());
        });
    Value raw = createMap(b, loc, f64, shape, [&](OpBuilder &body, Location nested, ValueRange at) {
      return tapOf(body, nested, at).weight;
    });
    AffineMap identity = b.getMultiDimIdentityMap(2), row = identity.getSliceMap(0, 1);
    Value zeros = createFilled(b, loc, outSize, createScalar(b, loc, f64, 0.0));
    Value sums =
        createGeneric(b, loc, raw, zeros, {identity, row}, {IteratorType::parallel, IteratorType::reduction},
                      [](OpBuilder &body, Location nested, ValueRange args) -> Value {
                        return arith::AddFOp::create(body, nested, args[0], args[1]);
                      });
    Value weights = createGeneric(b, loc, {raw, sums}, createEmpty(b, loc, shape, f32),
                                  {identity, row, identity}, {IteratorType::parallel, IteratorType::parallel},
                                  [&](OpBuilder &body, Location nested, ValueRange args) -> Value {
                                    Value share = arith::DivFOp::create(body, nested, args[0], args[1]);
                                    return arith::TruncFOp::create(body, nested, f32, share);
                                  });
    return {dim, indices, weights, emitOutside(b, loc, rule, axis, outSize)};
  }

  Value createWeightedSum(OpBuilder &b, w::ResizeOp op, OpAdaptor adaptor, const ResizeRule &rule,
                          ArrayRef<AxisTables> tables) const {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult());
    Type element = type.getElementType(), storage = getStorageElementType(element);
    bool isNearest = rule.mode == w::ResizeMode::nearest;
    Type compute = isNearest ? storage : getComputeFloatType(element);
    // Loops: output dims up to the last resized one, the taps, then the other output dims, which are
    // contiguous.
    int64_t rank = type.getRank(), last = 0, taps = isNearest ? 0 : tables.size();
    for (const AxisTables &table : tables)
      last = std::max(last, table.axis);
    auto outLoop = [&](int64_t axis) { return axis <= last ? axis : axis + taps; };
    int64_t total = rank + taps;
    SmallVector<IteratorType> iterators(total, IteratorType::parallel);
    SmallVector<AffineExpr> outExprs;
    for (int64_t axis = 0; axis < rank; ++axis)
      outExprs.push_back(b.getAffineDimExpr(outLoop(axis)));
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    auto addInput = [&](Value table, ArrayRef<AffineExpr> exprs) {
      inputs.push_back(table);
      maps.push_back(AffineMap::get(total, 0, exprs, b.getContext()));
    };
    for (auto [i, table] : llvm::enumerate(tables)) {
      AffineExpr place = outExprs[table.axis];
      AffineExpr tap = isNearest ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(last + 1 + i);
      if (!isNearest)
        iterators[last + 1 + i] = IteratorType::reduction;
      addInput(table.indices, {place, tap});
      if (!isNearest)
        addInput(table.weights, {place, tap});
    }
    maps.push_back(AffineMap::get(total, 0, outExprs, b.getContext()));
    SmallVector<OpFoldResult> outSizes = sizes.getSizes(b, type);
    Value init = isNearest ? createEmpty(b, loc, outSizes, compute)
                           : createFilled(b, loc, outSizes, createScalar(b, loc, compute, 0.0));
    Value result =
        createGeneric(b, loc, inputs, init, maps, iterators,
                      [&](OpBuilder &body, Location nested, ValueRange args) -> Value {
                        ScalarBuilder s{body, nested};
                        SmallVector<Value> at;
                        for (int64_t axis = 0; axis < rank; ++axis)
                          at.push_back(linalg::IndexOp::create(body, nested, outLoop(axis)));
                        Value weight;
                        size_t next = 0;
                        for (const AxisTables &table : tables) {
                          at[table.axis] =
                              arith::IndexCastOp::create(body, nested, body.getIndexType(), args[next++]);
                          if (isNearest)
                            continue;
                          Value own = emitToFloat(body, nested, args[next++], body.getF32Type(), compute);
                          weight = weight ? s.mul(weight, own) : own;
                        }
                        Value x = tensor::ExtractOp::create(body, nested, adaptor.getX(), at);
                        if (isNearest)
                          return x;
                        x = emitToFloat(body, nested, x, element, compute);
                        return s.add(args.back(), weight ? s.mul(x, weight) : x);
                      });
    bool extrapolates = rule.coord == w::ResizeCoord::tf_crop_and_resize;
    if (compute == storage && !extrapolates)
      return result;
    return finish(b, op, tables, result, compute, outSizes, extrapolates);
  }

  /// Rounds to the element type and puts the extrapolation value where an output lies outside.
  static Value finish(OpBuilder &b, w::ResizeOp op, ArrayRef<AxisTables> tables, Value result, Type compute,
                      ArrayRef<OpFoldResult> outSizes, bool extrapolates) {
    Location loc = op.getLoc();
    Type element = typeOf(op.getResult()).getElementType(), storage = getStorageElementType(element);
    int64_t rank = outSizes.size();
    SmallVector<Value> inputs{result};
    SmallVector<AffineMap> maps{b.getMultiDimIdentityMap(rank)};
    for (const AxisTables &table : tables) {
      if (!extrapolates)
        break;
      inputs.push_back(table.outside);
      maps.push_back(AffineMap::get(rank, 0, b.getAffineDimExpr(table.axis), b.getContext()));
    }
    maps.push_back(b.getMultiDimIdentityMap(rank));
    return createGeneric(b, loc, inputs, createEmpty(b, loc, outSizes, storage), maps,
                         SmallVector<IteratorType>(rank, IteratorType::parallel),
                         [&](OpBuilder &body, Location nested, ValueRange args) {
                           Value x =
                               compute == storage ? args[0] : emitFromFloat(body, nested, args[0], element);
                           if (!extrapolates)
                             return x;
                           Value outside = args[1];
                           for (Value other : args.drop_front(2).drop_back())
                             outside = arith::OrIOp::create(body, nested, outside, other);
                           Value value = createScalar(body, nested, body.getF64Type(),
                                                      op.getExtrapolation().convertToDouble());
                           value = emitFromFloat(body, nested, value, element);
                           return arith::SelectOp::create(body, nested, outside, value, x).getResult();
                         });
  }
};

} // namespace

void populateResizeLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                             const LoweringContext &sizes) {
  patterns.add<LowerResize>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
