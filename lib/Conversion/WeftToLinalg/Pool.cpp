// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers pooling: one linalg.generic over outputs and taps, the taps outside of the channels for vectors'
// sake.
#include "Patterns.h"
#include "Scalar.h"
#include "Window.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {

/// Loops of a pooling op: output dims up to the last windowed one, then taps, then the other output dims, so
/// that with channels last the innermost loop runs over contiguous elements.
struct PoolLoops {
  /// All windows of the op, or number `only` of them.
  template <typename PoolOp>
  PoolLoops(OpBuilder &b, const LoweringContext &sizes, PoolOp op, RankedTensorType type,
            std::optional<size_t> only = std::nullopt)
      : rank(type.getRank()) {
    int64_t last = 0;
    for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
      if (only && i != *only)
        continue;
      windowOf[axis] = windows.size();
      last = std::max<int64_t>(last, axis);
      windows.push_back({op.getKernel()[i], op.getStrides()[i], op.getPadsLo()[i], op.getPadsHi()[i],
                         op.getDilations()[i], sizes.getSize(b, type, axis)});
      kernel.push_back(op.getKernel()[i]);
      isPadded |= windows.back().isPadded();
    }
    int64_t taps = windows.size();
    for (int64_t axis = 0; axis < rank; ++axis)
      outLoop.push_back(axis <= last ? axis : axis + taps);
    for (int64_t i = 0; i < taps; ++i)
      tapLoop.push_back(last + 1 + i);
    iterators.assign(rank + taps, IteratorType::parallel);
    for (int64_t loop : tapLoop)
      iterators[loop] = IteratorType::reduction;
    outMap = mapOf(b, outLoop);
    kernelMap = mapOf(b, tapLoop);
  }

  AffineMap mapOf(OpBuilder &b, ArrayRef<int64_t> loops) const {
    SmallVector<AffineExpr> exprs;
    for (int64_t loop : loops)
      exprs.push_back(b.getAffineDimExpr(loop));
    return AffineMap::get(rank + windows.size(), 0, exprs, b.getContext());
  }

  /// Where the input is read when nothing is padded.
  AffineMap inputMap(OpBuilder &b) const {
    SmallVector<AffineExpr> exprs;
    for (int64_t axis = 0; axis < rank; ++axis) {
      AffineExpr place = b.getAffineDimExpr(outLoop[axis]);
      auto it = windowOf.find(axis);
      exprs.push_back(it == windowOf.end()
                          ? place
                          : getTapExpr(windows[it->second], place, b.getAffineDimExpr(tapLoop[it->second])));
    }
    return AffineMap::get(rank + windows.size(), 0, exprs, b.getContext());
  }

  /// Input indices of the current tap (clamped) and, when padded, whether it is inside.
  SmallVector<Value> inputIndices(OpBuilder &b, Location loc, Value &inside) const {
    SmallVector<Value> indices;
    for (int64_t axis = 0; axis < rank; ++axis) {
      Value place = linalg::IndexOp::create(b, loc, outLoop[axis]);
      auto it = windowOf.find(axis);
      if (it != windowOf.end()) {
        Value tap = linalg::IndexOp::create(b, loc, tapLoop[it->second]);
        place = emitTapIndex(b, loc, windows[it->second], place, tap, inside);
      }
      indices.push_back(place);
    }
    return indices;
  }

  int64_t rank;
  llvm::SmallDenseMap<int64_t, int64_t> windowOf;
  SmallVector<WindowDim> windows;
  SmallVector<int64_t> outLoop, tapLoop, kernel;
  SmallVector<IteratorType> iterators;
  AffineMap outMap, kernelMap;
  bool isPadded = false;
};

class LowerPool : public LoweringPattern<w::PoolOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::PoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    auto resultType = cast<RankedTensorType>(op.getType());
    std::optional<NumericElement> numeric = getNumericElement(type.getElementType());
    if (!numeric)
      return sizes.refuse(rewriter, op, "expects integer or float elements");
    bool isMax = op.getKind() == w::PoolKind::max;
    Type compute = numeric->compute;
    PoolLoops loops(rewriter, sizes, op, type);

    Value initial = isMax ? createExtreme(rewriter, loc, compute, numeric->isUnsigned, /*isMax=*/true)
                          : createScalar(rewriter, loc, compute, 0.0);
    SmallVector<OpFoldResult> outSizes = sizes.getSizes(rewriter, resultType);
    Value init = createFilled(rewriter, loc, outSizes, initial);
    Value kernel = tensor::EmptyOp::create(rewriter, loc, loops.kernel, compute);
    auto combine = [&](OpBuilder &b, Location nested, Value accumulator, Value x) {
      ScalarBuilder s{b, nested};
      return isMax ? emitExtremum(s, accumulator, x, numeric->isUnsigned, /*isMax=*/true)
                   : s.add(accumulator, x);
    };
    Value result;
    if (isWorthSplitting(op) && loops.windowOf.contains(loops.rank - 1)) {
      SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
      result = adaptor.getX();
      if (loops.isPadded)
        result = createPadded(rewriter, loc, loops, result, shape, initial, *numeric);
      // Axis by axis, the last one first: what it gives is read by the others as it is.
      for (size_t i = loops.windows.size(); i-- > 0;) {
        PoolLoops pass(rewriter, sizes, op, type, i);
        shape[op.getAxes()[i]] = outSizes[op.getAxes()[i]];
        Value taps = tensor::EmptyOp::create(rewriter, loc, pass.kernel, compute);
        bool isStored = !loops.isPadded && i + 1 == loops.windows.size();
        result = createGeneric(rewriter, loc, {result, taps}, createFilled(rewriter, loc, shape, initial),
                               {pass.inputMap(rewriter), pass.kernelMap, pass.outMap}, pass.iterators,
                               [&](OpBuilder &b, Location nested, ValueRange args) {
                                 Value x = isStored ? numeric->load(b, nested, args[0]) : args[0];
                                 return combine(b, nested, args[2], x);
                               });
      }
    } else if (!loops.isPadded) {
      result = createGeneric(rewriter, loc, {adaptor.getX(), kernel}, init,
                             {loops.inputMap(rewriter), loops.kernelMap, loops.outMap}, loops.iterators,
                             [&](OpBuilder &b, Location nested, ValueRange args) {
                               return combine(b, nested, args[2], numeric->load(b, nested, args[0]));
                             });
    } else if (loops.windowOf.contains(loops.rank - 1)) {
      // Windows along contiguous memory: every tap reads a padded copy without a check.
      SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
      Value padded = createPadded(rewriter, loc, loops, adaptor.getX(), shape, initial, *numeric);
      result = createGeneric(rewriter, loc, {padded, kernel}, init,
                             {loops.inputMap(rewriter), loops.kernelMap, loops.outMap}, loops.iterators,
                             [&](OpBuilder &b, Location nested, ValueRange args) {
                               return combine(b, nested, args[2], args[0]);
                             });
    } else {
      result = createGeneric(rewriter, loc, kernel, init, {loops.kernelMap, loops.outMap}, loops.iterators,
                             [&](OpBuilder &b, Location nested, ValueRange args) {
                               Value inside;
                               SmallVector<Value> indices = loops.inputIndices(b, nested, inside);
                               Value x = tensor::ExtractOp::create(b, nested, adaptor.getX(), indices);
                               x = arith::SelectOp::create(b, nested, inside, numeric->load(b, nested, x),
                                                           initial);
                               return combine(b, nested, args[1], x);
                             });
    }
    result = finish(rewriter, loc, op, loops, result, resultType, compute, outSizes);
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(resultType)));
    return success();
  }

private:
  /// Whether windows along one axis after the other, each over the results of the last, read clearly fewer
  /// elements than whole windows: where they are large and overlap.
  static bool isWorthSplitting(w::PoolOp op) {
    int64_t whole = 1, parts = 0, rows = 1;
    for (auto [size, stride] : llvm::zip_equal(op.getKernel(), op.getStrides())) {
      whole *= size;
      // The axes before this one still have all their elements.
      parts += size * rows;
      rows *= stride;
    }
    return op.getKernel().size() > 1 && 5 * parts <= 4 * whole;
  }

  /// The input in the type of the computation, with `filling` around it; `shape` becomes that of the result.
  static Value createPadded(OpBuilder &b, Location loc, const PoolLoops &loops, Value x,
                            SmallVectorImpl<OpFoldResult> &shape, Value filling,
                            const NumericElement &numeric) {
    for (auto [axis, window] : loops.windowOf) {
      const WindowDim &dim = loops.windows[window];
      int64_t pads = dim.padLo + dim.padHi;
      if (std::optional<int64_t> size = getConstantIntValue(shape[axis])) {
        shape[axis] = b.getIndexAttr(*size + pads);
        continue;
      }
      Value size = toValue(b, loc, shape[axis]);
      shape[axis] = arith::AddIOp::create(b, loc, size, createIndex(b, loc, pads)).getResult();
    }
    return createMap(b, loc, numeric.compute, shape, [&](OpBuilder &body, Location nested, ValueRange at) {
      SmallVector<Value> place(at);
      Value inside;
      for (auto [axis, window] : loops.windowOf) {
        // The place of a window of one tap is the index in the padded copy.
        WindowDim single = loops.windows[window];
        single.kernel = single.stride = single.dilation = 1;
        place[axis] = emitTapIndex(body, nested, single, at[axis], /*tap=*/Value(), inside);
      }
      Value value = numeric.load(body, nested, tensor::ExtractOp::create(body, nested, x, place));
      return inside ? arith::SelectOp::create(body, nested, inside, value, filling).getResult() : value;
    });
  }

  /// Divides averages by their number of taps and rounds to the result's type.
  static Value finish(OpBuilder &b, Location loc, w::PoolOp op, const PoolLoops &loops, Value sum,
                      RankedTensorType resultType, Type compute, ArrayRef<OpFoldResult> outSizes) {
    Type element = resultType.getElementType();
    bool isFloat = isa<FloatType>(element), isUnsigned = isUnsignedElement(element);
    bool isAverage = op.getKind() == w::PoolKind::avg || op.getKind() == w::PoolKind::avg_pad;
    if (!isAverage && compute == getStorageElementType(element))
      return sum;
    bool countsInside = op.getKind() == w::PoolKind::avg && loops.isPadded;
    int64_t taps = 1;
    for (int64_t size : loops.kernel)
      taps *= size;
    return createElementwise(b, loc, sum, getStorageElementType(element), outSizes,
                             [&](OpBuilder &body, Location nested, ValueRange args) -> Value {
                               Value x = args[0];
                               if (isAverage) {
                                 Value count = countsInside ? emitCount(body, nested, loops, compute)
                                                            : createScalar(body, nested, compute, taps);
                                 x = isFloat ? Value(arith::DivFOp::create(body, nested, x, count))
                                             : emitIntDiv({body, nested}, x, count, isUnsigned);
                               }
                               return isFloat ? emitFromFloat(body, nested, x, element) : x;
                             });
  }

  /// Taps inside of the input at the place of the innermost loops, which are the output's dims.
  static Value emitCount(OpBuilder &b, Location loc, const PoolLoops &loops, Type type) {
    Value count;
    for (auto [axis, window] : loops.windowOf) {
      Value place = linalg::IndexOp::create(b, loc, axis);
      Value taps = emitTapsInside(b, loc, loops.windows[window], place);
      count = count ? Value(arith::MulIOp::create(b, loc, count, taps)) : taps;
    }
    Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), count);
    if (isa<FloatType>(type))
      return arith::SIToFPOp::create(b, loc, type, wide);
    return emitExtend(b, loc, wide, b.getI64Type(), type);
  }
};

/// Maximum and its flat index; windows are searched in row-major order and the first maximum counts.
class LowerArgPool : public LoweringPattern<w::ArgPoolOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ArgPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    auto resultType = cast<RankedTensorType>(op.getResult().getType());
    std::optional<NumericElement> numeric = getNumericElement(type.getElementType());
    if (!numeric)
      return sizes.refuse(rewriter, op, "expects integer or float elements");
    Type compute = numeric->compute;
    PoolLoops loops(rewriter, sizes, op, type);
    SmallVector<OpFoldResult> outSizes = sizes.getSizes(rewriter, resultType),
                              inSizes = sizes.getSizes(rewriter, type);
    Value lowest = createExtreme(rewriter, loc, compute, numeric->isUnsigned, /*isMax=*/true);
    // -1: no element was taken yet, so that the first one inside is, whatever its value.
    Value best = createFilled(rewriter, loc, outSizes, lowest);
    Value place =
        createFilled(rewriter, loc, outSizes, createScalar(rewriter, loc, rewriter.getI64Type(), -1.0));
    Value kernel = tensor::EmptyOp::create(rewriter, loc, loops.kernel, compute);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange{best.getType(), place.getType()}, kernel, ValueRange{best, place},
        ArrayRef<AffineMap>{loops.kernelMap, loops.outMap, loops.outMap}, loops.iterators,
        [&](OpBuilder &b, Location nested, ValueRange args) {
          ScalarBuilder s{b, nested};
          Value inside;
          SmallVector<Value> indices = loops.inputIndices(b, nested, inside);
          Value x = tensor::ExtractOp::create(b, nested, adaptor.getX(), indices);
          x = numeric->load(b, nested, x);
          Value flat = emitFlatIndex(b, nested, op, indices, inSizes);
          Value takes = emitIsBefore(s, x, args[1], numeric->isUnsigned, /*largest=*/true);
          takes = s.bitOr(takes, s.cmp(arith::CmpIPredicate::slt, args[2], s.integer(b.getI64Type(), 0)));
          if (inside)
            takes = s.bitAnd(takes, inside);
          linalg::YieldOp::create(b, nested,
                                  ValueRange{s.select(takes, x, args[1]), s.select(takes, flat, args[2])});
        });
    Value values = generic.getResult(0);
    if (compute != numeric->storage)
      values = createElementwise(rewriter, loc, values, numeric->storage, outSizes,
                                 [&](OpBuilder &b, Location nested, ValueRange args) {
                                   return emitFromFloat(b, nested, args[0], numeric->type);
                                 });
    rewriter.replaceOp(op, {castToType(rewriter, loc, values, getStorageType(resultType)),
                            castToType(rewriter, loc, generic.getResult(1), storageTypeOf(op.getIndices()))});
    return success();
  }

private:
  /// Position in the input counted row-major; with `column_major` the windowed dims count with the first one
  /// fastest.
  static Value emitFlatIndex(OpBuilder &b, Location loc, w::ArgPoolOp op, ArrayRef<Value> indices,
                             ArrayRef<OpFoldResult> inSizes) {
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, indices.size()));
    if (op.getColumnMajor()) {
      SmallVector<int64_t> axes(op.getAxes());
      llvm::sort(axes);
      for (size_t i = 0; i < axes.size(); ++i)
        order[axes[i]] = axes[axes.size() - 1 - i];
    }
    Value flat = createIndex(b, loc, 0);
    for (int64_t axis : order) {
      flat = arith::MulIOp::create(b, loc, flat, toValue(b, loc, inSizes[axis]));
      flat = arith::AddIOp::create(b, loc, flat, indices[axis]);
    }
    return arith::IndexCastOp::create(b, loc, b.getI64Type(), flat);
  }
};

} // namespace

void populatePoolLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                           const LoweringContext &sizes) {
  patterns.add<LowerArgPool, LowerPool>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
