// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers convolutions that no kernel op takes to linalg.generic: any layout, groups, rank, type, with zero
// points.
#include "Contraction.h"
#include "Patterns.h"
#include "Scalar.h"
#include "Window.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {

/// Dims of an image tensor of a convolution by role.
struct ImageDims {
  ImageDims(w::Layout layout, int64_t rank) : channel(layout == w::Layout::nhwc ? rank - 1 : 1), rank(rank) {}
  /// Dim of spatial axis i.
  int64_t spatial(int64_t i) const { return channel == 1 ? i + 2 : i + 1; }
  int64_t channel, rank;
};

/// The loops of a convolution; with one group there is no group loop (-1).
struct ConvLoops {
  ConvLoops(w::Layout layout, int64_t spatial, bool grouped) {
    auto take = [&](IteratorType type) {
      iterators.push_back(type);
      return static_cast<int64_t>(iterators.size()) - 1;
    };
    auto takeAll = [&](SmallVectorImpl<int64_t> &loops, int64_t count, IteratorType type) {
      for (int64_t i = 0; i < count; ++i)
        loops.push_back(take(type));
    };
    constexpr auto parallel = IteratorType::parallel, reduction = IteratorType::reduction;
    n = take(parallel);
    if (layout == w::Layout::nhwc) {
      takeAll(out, spatial, parallel);
      g = grouped ? take(parallel) : -1;
      f = take(parallel);
      takeAll(tap, spatial, reduction);
      c = take(reduction);
      return;
    }
    // Channels first: the last spatial loop innermost, along contiguous elements.
    g = grouped ? take(parallel) : -1;
    f = take(parallel);
    takeAll(out, spatial - 1, parallel);
    c = take(reduction);
    takeAll(tap, spatial, reduction);
    out.push_back(take(parallel));
  }

  AffineMap mapOf(OpBuilder &b, ArrayRef<int64_t> loops) const {
    SmallVector<AffineExpr> exprs;
    for (int64_t loop : loops)
      exprs.push_back(b.getAffineDimExpr(loop));
    return AffineMap::get(iterators.size(), 0, exprs, b.getContext());
  }

  SmallVector<IteratorType> iterators;
  int64_t n, g, f, c;
  SmallVector<int64_t> out, tap;
};

/// Sizes, windows and views that both convolutions use. The result has its feature dim split into groups
/// while it is computed, so that each output dim is one loop.
struct ConvShape {
  template <typename ConvOp>
  ConvShape(OpBuilder &b, const LoweringContext &sizes, ConvOp op)
      : inputType(cast<RankedTensorType>(op.getInput().getType())),
        filterType(cast<RankedTensorType>(op.getFilter().getType())),
        resultType(cast<RankedTensorType>(op.getType())), dims(op.getLayout(), inputType.getRank()),
        spatial(inputType.getRank() - 2), groups(op.getGroups()), loops(op.getLayout(), spatial, groups > 1) {
    for (int64_t i = 0; i < spatial; ++i)
      windows.push_back({filterType.getDimSize(dims.spatial(i)), op.getStrides()[i], op.getPads()[i],
                         op.getPads()[i + spatial], op.getDilations()[i],
                         sizes.getSize(b, inputType, dims.spatial(i))});
    outSizes = sizes.getSizes(b, resultType);
    // The filter says how many, also where the image leaves it open.
    bool isTransposed = std::is_same_v<ConvOp, w::ConvTransposeOp>;
    features = isTransposed ? filterType.getDimSize(dims.channel) : filterType.getDimSize(0) / groups;
    channels = isTransposed ? filterType.getDimSize(0) / groups : filterType.getDimSize(dims.channel);
    splitSizes = outSizes;
    if (groups > 1) {
      splitSizes[dims.channel] = b.getIndexAttr(features);
      splitSizes.insert(splitSizes.begin() + dims.channel, b.getIndexAttr(groups));
    }
  }

  bool isStatic() const {
    for (int64_t size : filterType.getShape())
      if (ShapedType::isDynamic(size))
        return false;
    return groups == 1 || !resultType.isDynamicDim(dims.channel);
  }

  AffineMap outMap(OpBuilder &b) const {
    SmallVector<int64_t> order(splitSizes.size());
    order[0] = loops.n;
    bool channelsLast = dims.channel != 1;
    for (int64_t i = 0; i < spatial; ++i)
      order[channelsLast ? i + 1 : i + (groups > 1 ? 3 : 2)] = loops.out[i];
    if (groups > 1)
      order[dims.channel] = loops.g;
    order[dims.channel + (groups > 1 ? 1 : 0)] = loops.f;
    return loops.mapOf(b, order);
  }

  /// Index expression `group * size + place`.
  AffineExpr inGroup(OpBuilder &b, int64_t size, int64_t loop) const {
    AffineExpr place = b.getAffineDimExpr(loop);
    return groups > 1 ? b.getAffineDimExpr(loops.g) * size + place : place;
  }

  Value mergeGroups(OpBuilder &b, Location loc, Value result) const {
    if (groups == 1)
      return result;
    SmallVector<ReassociationIndices> merged;
    for (int64_t axis = 0, next = 0; axis < dims.rank; ++axis) {
      merged.push_back({next++});
      if (axis == dims.channel)
        merged.back().push_back(next++);
    }
    auto type = RankedTensorType::get(resultType.getShape(),
                                      cast<RankedTensorType>(result.getType()).getElementType());
    return tensor::CollapseShapeOp::create(b, loc, type, result, merged);
  }

  RankedTensorType inputType, filterType, resultType;
  ImageDims dims;
  int64_t spatial, groups;
  ConvLoops loops;
  SmallVector<WindowDim> windows;
  SmallVector<OpFoldResult> outSizes, splitSizes;
  int64_t features, channels;
};

Value emitIndexInGroup(OpBuilder &b, Location loc, const ConvLoops &loops, int64_t size, int64_t loop) {
  Value place = linalg::IndexOp::create(b, loc, loop);
  if (loops.g < 0)
    return place;
  Value group = linalg::IndexOp::create(b, loc, loops.g);
  return arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, group, createIndex(b, loc, size)),
                               place);
}

class LowerConv : public LoweringPattern<w::ConvOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ConvOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ConvShape shape(rewriter, sizes, op);
    Type compute = getContractionType(shape.resultType.getElementType());
    if (!compute || !shape.isStatic())
      return sizes.refuse(rewriter, op, "expects static channels and taps of numeric elements");

    // The filter, and a per-feature zero point, are read through maps.
    SmallVector<AffineExpr> filterExprs(shape.dims.rank);
    filterExprs[0] = shape.inGroup(rewriter, shape.features, shape.loops.f);
    filterExprs[shape.dims.channel] = rewriter.getAffineDimExpr(shape.loops.c);
    for (int64_t i = 0; i < shape.spatial; ++i)
      filterExprs[shape.dims.spatial(i)] = rewriter.getAffineDimExpr(shape.loops.tap[i]);
    int64_t numLoops = shape.loops.iterators.size();
    MLIRContext *context = rewriter.getContext();
    SmallVector<Value> inputs{adaptor.getFilter()};
    SmallVector<AffineMap> maps{AffineMap::get(numLoops, 0, filterExprs, context)};
    Value inputZero =
        op.getInputZp() ? extractScalar(rewriter, loc, op.getInputZp(), adaptor.getInputZp()) : Value();
    Value filterZero;
    bool isPerFeature = false;
    if (Value zp = op.getFilterZp()) {
      auto type = cast<RankedTensorType>(zp.getType());
      isPerFeature = type.getRank() == 1 && type.getDimSize(0) != 1;
      if (isPerFeature) {
        inputs.push_back(adaptor.getFilterZp());
        maps.push_back(AffineMap::get(numLoops, 0, filterExprs[0], context));
      } else {
        filterZero = extractScalar(rewriter, loc, zp, adaptor.getFilterZp());
      }
    }
    bool isPadded = llvm::any_of(shape.windows, [](const WindowDim &dim) { return dim.isPadded(); });
    if (!isPadded) {
      inputs.push_back(adaptor.getInput());
      maps.push_back(inputMap(rewriter, shape));
    }
    maps.push_back(shape.outMap(rewriter));

    Type inputElement = shape.inputType.getElementType(), filterElement = shape.filterType.getElementType();
    Value init = createFilled(rewriter, loc, shape.splitSizes, createScalar(rewriter, loc, compute, 0.0));
    Value result = createGeneric(
        rewriter, loc, inputs, init, maps, shape.loops.iterators,
        [&](OpBuilder &b, Location nested, ValueRange args) {
          Value x = isPadded ? Value() : args[inputs.size() - 1], inside;
          if (isPadded)
            x = gatherInput(b, nested, shape, adaptor.getInput(), inside);
          Value zero = isPerFeature ? args[1] : filterZero;
          Value sum = emitMultiplyAdd(b, nested, args.back(), x, inputElement, args[0], filterElement,
                                      inputZero, typeOf(op.getInputZp()), zero, typeOf(op.getFilterZp()));
          return inside ? Value(arith::SelectOp::create(b, nested, inside, sum, args.back())) : sum;
        });
    result = shape.mergeGroups(rewriter, loc, result);
    rewriter.replaceOp(op, finishContraction(rewriter, loc, result, shape.resultType, shape.outSizes));
    return success();
  }

private:
  static Type typeOf(Value zeroPoint) {
    return zeroPoint ? cast<RankedTensorType>(zeroPoint.getType()).getElementType() : Type();
  }

  static AffineMap inputMap(OpBuilder &b, const ConvShape &shape) {
    SmallVector<AffineExpr> exprs(shape.dims.rank);
    exprs[0] = b.getAffineDimExpr(shape.loops.n);
    exprs[shape.dims.channel] = shape.inGroup(b, shape.channels, shape.loops.c);
    for (int64_t i = 0; i < shape.spatial; ++i)
      exprs[shape.dims.spatial(i)] = getTapExpr(shape.windows[i], b.getAffineDimExpr(shape.loops.out[i]),
                                                b.getAffineDimExpr(shape.loops.tap[i]));
    return AffineMap::get(shape.loops.iterators.size(), 0, exprs, b.getContext());
  }

  static Value gatherInput(OpBuilder &b, Location loc, const ConvShape &shape, Value input, Value &inside) {
    SmallVector<Value> indices(shape.dims.rank);
    indices[0] = linalg::IndexOp::create(b, loc, shape.loops.n);
    indices[shape.dims.channel] = emitIndexInGroup(b, loc, shape.loops, shape.channels, shape.loops.c);
    for (int64_t i = 0; i < shape.spatial; ++i) {
      Value place = linalg::IndexOp::create(b, loc, shape.loops.out[i]);
      Value tap = linalg::IndexOp::create(b, loc, shape.loops.tap[i]);
      indices[shape.dims.spatial(i)] = emitTapIndex(b, loc, shape.windows[i], place, tap, inside);
    }
    return tensor::ExtractOp::create(b, loc, input, indices);
  }
};

/// Gathers: an output element sums the taps whose place, less the tap's offset, is a multiple of the stride.
class LowerConvTranspose : public LoweringPattern<w::ConvTransposeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ConvTransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ConvShape shape(rewriter, sizes, op);
    Type compute = getContractionType(shape.resultType.getElementType());
    if (!compute || !shape.isStatic())
      return sizes.refuse(rewriter, op, "expects static channels and taps of numeric elements");
    // The filter has the input's channels first and the features of one group in the channel dim.
    SmallVector<AffineExpr> exprs(shape.dims.rank);
    exprs[0] = shape.inGroup(rewriter, shape.channels, shape.loops.c);
    exprs[shape.dims.channel] = rewriter.getAffineDimExpr(shape.loops.f);
    for (int64_t i = 0; i < shape.spatial; ++i)
      exprs[shape.dims.spatial(i)] = rewriter.getAffineDimExpr(shape.loops.tap[i]);
    // Loop c runs over the filter's first dim; with groups its size must come from a tensor of its own.
    SmallVector<Value> inputs{adaptor.getFilter()};
    SmallVector<AffineMap> maps{
        AffineMap::get(shape.loops.iterators.size(), 0, exprs, rewriter.getContext())};
    inputs.push_back(tensor::EmptyOp::create(rewriter, loc, ArrayRef<int64_t>{shape.channels}, compute));
    maps.push_back(shape.loops.mapOf(rewriter, shape.loops.c));
    maps.push_back(shape.outMap(rewriter));

    Value init = createFilled(rewriter, loc, shape.splitSizes, createScalar(rewriter, loc, compute, 0.0));
    Value result =
        createGeneric(rewriter, loc, inputs, init, maps, shape.loops.iterators,
                      [&](OpBuilder &b, Location nested, ValueRange args) {
                        Value inside;
                        Value x = gatherInput(b, nested, shape, adaptor.getInput(), inside);
                        Value sum =
                            emitMultiplyAdd(b, nested, args.back(), x, shape.inputType.getElementType(),
                                            args[0], shape.filterType.getElementType());
                        return arith::SelectOp::create(b, nested, inside, sum, args.back()).getResult();
                      });
    result = shape.mergeGroups(rewriter, loc, result);
    rewriter.replaceOp(op, finishContraction(rewriter, loc, result, shape.resultType, shape.outSizes));
    return success();
  }

private:
  static Value gatherInput(OpBuilder &b, Location loc, const ConvShape &shape, Value input, Value &inside) {
    using Pred = arith::CmpIPredicate;
    SmallVector<Value> indices(shape.dims.rank);
    indices[0] = linalg::IndexOp::create(b, loc, shape.loops.n);
    indices[shape.dims.channel] = emitIndexInGroup(b, loc, shape.loops, shape.channels, shape.loops.c);
    Value zero = createIndex(b, loc, 0);
    for (int64_t i = 0; i < shape.spatial; ++i) {
      const WindowDim &window = shape.windows[i];
      Value place = linalg::IndexOp::create(b, loc, shape.loops.out[i]);
      Value tap = linalg::IndexOp::create(b, loc, shape.loops.tap[i]);
      Value offset = arith::MulIOp::create(b, loc, tap, createIndex(b, loc, window.dilation));
      Value scaled = arith::SubIOp::create(
          b, loc, arith::AddIOp::create(b, loc, place, createIndex(b, loc, window.padLo)), offset);
      Value stride = createIndex(b, loc, window.stride);
      Value index = arith::DivSIOp::create(b, loc, scaled, stride);
      Value exact =
          arith::CmpIOp::create(b, loc, Pred::eq, arith::MulIOp::create(b, loc, index, stride), scaled);
      Value size = toValue(b, loc, window.size);
      // Unsigned: a negative index is beyond the size; -k / stride may round to 0 but is then not exact.
      Value here =
          arith::AndIOp::create(b, loc, exact, arith::CmpIOp::create(b, loc, Pred::ult, index, size));
      inside = inside ? Value(arith::AndIOp::create(b, loc, inside, here)) : here;
      indices[shape.dims.spatial(i)] = clampIndex(b, loc, index, size);
    }
    if (!inside)
      inside = arith::CmpIOp::create(b, loc, Pred::eq, zero, zero);
    return tensor::ExtractOp::create(b, loc, input, indices);
  }
};

} // namespace

void populateConvolutionLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                  const LoweringContext &sizes) {
  patterns.add<LowerConv, LowerConvTranspose>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
