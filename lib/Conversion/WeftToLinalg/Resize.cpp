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

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

namespace {

/// Tables of one resized axis: element indices and weights, [out, taps]; with extrapolation whether an output
/// lies outside.
struct AxisTables {
  int64_t axis, taps;
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
      return rewriter.notifyMatchFailure(op, "expected integer or float elements");
    ResizeRule rule{op.getMode(),           op.getCoord(),
                    op.getNearest(),        op.getCubicA().convertToDouble(),
                    op.getExcludeOutside(), op.getAntialias()};
    SmallVector<AxisTables> tables;
    for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
      FailureOr<AxisTables> made = makeTables(rewriter, op, adaptor, rule, i, axis);
      if (failed(made))
        return rewriter.notifyMatchFailure(op, "needs a scale that is known at compile time for antialias");
      tables.push_back(*made);
    }
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

  FailureOr<AxisTables> makeTables(OpBuilder &b, w::ResizeOp op, OpAdaptor adaptor, const ResizeRule &rule,
                                   int64_t i, int64_t axis) const {
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
    if (rule.antialias && !scale.known)
      return failure();
    AxisTables tables{axis, getNumTaps(rule, scale.known), {}, {}, {}};
    if (in.known && out.known && scale.known && roiBegin.known && roiEnd.known)
      evaluateTables(b, loc, rule, {*in.known, *out.known, *scale.known, *roiBegin.known, *roiEnd.known},
                     tables);
    else
      emitTables(b, loc, rule,
                 {asValue(b, loc, in), asValue(b, loc, out), asValue(b, loc, scale),
                  asValue(b, loc, roiBegin), asValue(b, loc, roiEnd)},
                 outSize, tables);
    return tables;
  }

  static Value asValue(OpBuilder &b, Location loc, Number number) {
    return number.known ? createScalar(b, loc, b.getF64Type(), *number.known) : number.value;
  }

  static void evaluateTables(OpBuilder &b, Location loc, const ResizeRule &rule,
                             const ResizeAxis<EvaluatedReals> &axis, AxisTables &tables) {
    int64_t size = static_cast<int64_t>(axis.outSize);
    SmallVector<int32_t> indices;
    SmallVector<float> weights;
    SmallVector<bool> outside;
    for (int64_t place = 0; place < size; ++place) {
      for (const ResizeTap<EvaluatedReals> &tap :
           getResizeTaps(EvaluatedReals(), rule, axis, place, tables.taps)) {
        indices.push_back(static_cast<int32_t>(tap.index));
        weights.push_back(static_cast<float>(tap.weight));
      }
      outside.push_back(isResizeOutside(EvaluatedReals(), rule, axis, place));
    }
    auto make = [&](Type element, ArrayRef<int64_t> shape, auto &&values) -> Value {
      auto attr = DenseElementsAttr::get(RankedTensorType::get(shape, element), values);
      return arith::ConstantOp::create(b, loc, attr);
    };
    tables.indices = make(b.getI32Type(), {size, tables.taps}, ArrayRef<int32_t>(indices));
    tables.weights = make(b.getF32Type(), {size, tables.taps}, ArrayRef<float>(weights));
    tables.outside = make(b.getI1Type(), {size}, ArrayRef<bool>(outside));
  }

  static void emitTables(OpBuilder &b, Location loc, const ResizeRule &rule,
                         const ResizeAxis<EmittedReals> &axis, OpFoldResult outSize, AxisTables &tables) {
    auto placeOf = [](OpBuilder &body, Location nested, Value index) -> Value {
      Value wide = arith::IndexCastOp::create(body, nested, body.getI64Type(), index);
      return arith::SIToFPOp::create(body, nested, body.getF64Type(), wide);
    };
    // Both tables have one row per output; the taps of a row are computed together and one of them is taken.
    auto makeTable = [&](Type element, bool wantsIndex) {
      SmallVector<OpFoldResult> shape{outSize, b.getIndexAttr(tables.taps)};
      return createMap(b, loc, element, shape, [&](OpBuilder &body, Location nested, ValueRange at) -> Value {
        EmittedReals reals{{body, nested}};
        auto taps = getResizeTaps(reals, rule, axis, placeOf(body, nested, at[0]), tables.taps);
        Value picked = wantsIndex ? taps[0].index : taps[0].weight;
        for (int64_t t = 1; t < tables.taps; ++t) {
          Value isTap = arith::CmpIOp::create(body, nested, arith::CmpIPredicate::eq, at[1],
                                              createIndex(body, nested, t));
          picked = arith::SelectOp::create(body, nested, isTap, wantsIndex ? taps[t].index : taps[t].weight,
                                           picked);
        }
        return wantsIndex ? emitCast(body, nested, picked, body.getF64Type(), body.getI32Type())
                          : Value(arith::TruncFOp::create(body, nested, element, picked));
      });
    };
    tables.indices = makeTable(b.getI32Type(), /*wantsIndex=*/true);
    tables.weights = makeTable(b.getF32Type(), /*wantsIndex=*/false);
    tables.outside =
        createMap(b, loc, b.getI1Type(), outSize, [&](OpBuilder &body, Location nested, ValueRange at) {
          return isResizeOutside(EmittedReals{{body, nested}}, rule, axis, placeOf(body, nested, at[0]));
        });
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
