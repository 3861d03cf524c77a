// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers grid samples and region pooling: each output element gathers its taps.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;
using FPred = arith::CmpFPredicate;

/// An index as a float.
static Value toReal(ScalarBuilder s, Value index, Type real) {
  return arith::SIToFPOp::create(s.b, s.loc, real,
                                 arith::IndexCastOp::create(s.b, s.loc, s.b.getI64Type(), index));
}

/// A whole float as an index; anything that is none becomes some index.
static Value toIndex(ScalarBuilder s, Value real) {
  Value wide = emitCast(s.b, s.loc, real, real.getType(), s.b.getI64Type());
  return arith::IndexCastOp::create(s.b, s.loc, s.b.getIndexType(), wide);
}

static Value div(ScalarBuilder s, Value x, Value y) { return arith::DivFOp::create(s.b, s.loc, x, y); }
static Value floorOf(ScalarBuilder s, Value x) { return math::FloorOp::create(s.b, s.loc, x); }
static Value clampReal(ScalarBuilder s, Value x, Value low, Value high) {
  return s.select(s.cmp(FPred::OLT, x, low), low, s.select(s.cmp(FPred::OGT, x, high), high, x));
}

namespace {

/// One axis of a sampled image: places, padding, taps.
struct GridAxis {
  ScalarBuilder s;
  Value size, sizeReal;
  w::GridPadding padding;
  bool alignCorners;

  Type real() const { return sizeReal.getType(); }
  Value number(double value) const { return ScalarBuilder(s).real(sizeReal.getType(), value); }
  Value last() { return s.sub(sizeReal, number(1.0)); }
  Value least() { return number(alignCorners ? 0.0 : -0.5); }
  Value greatest() { return alignCorners ? last() : s.sub(sizeReal, number(0.5)); }

  /// From -1 .. 1 to places.
  Value place(Value x) {
    Value shifted = s.add(x, number(1.0)), half = number(0.5);
    if (alignCorners)
      return s.mul(s.mul(shifted, half), last());
    return s.mul(s.sub(s.mul(shifted, sizeReal), number(1.0)), half);
  }

  Value reflect(Value x) {
    Value low = least(), high = greatest(), range = s.sub(high, low);
    Value isPoint = s.cmp(FPred::OLE, range, number(0.0));
    Value safe = s.select(isPoint, number(1.0), range);
    // Distance beyond the border, as whole reflections and a rest.
    Value below = s.cmp(FPred::OLT, x, low), above = s.cmp(FPred::OGT, x, high);
    Value distance = s.select(below, s.sub(low, x), s.sub(x, high));
    Value periods = floorOf(s, div(s, distance, safe)), rest = s.sub(distance, s.mul(periods, safe));
    Value halves = s.mul(periods, number(0.5));
    Value isFlipped = s.cmp(FPred::UNE, floorOf(s, halves), halves);
    Value fromHigh = s.sub(high, rest), fromLow = s.add(low, rest);
    Value moved = s.select(s.cmp(Pred::eq, below, isFlipped), fromHigh, fromLow);
    Value result = s.select(s.bitOr(below, above), moved, x);
    return s.select(isPoint, low, result);
  }

  /// A place outside of the image moved inside as the padding says; zeros keeps it.
  Value padded(Value x) {
    if (padding == w::GridPadding::reflection)
      return reflect(x);
    if (padding != w::GridPadding::border)
      return x;
    // Half an element around the image still belongs to it.
    Value outside = s.bitOr(s.cmp(FPred::OLT, x, least()), s.cmp(FPred::OGT, x, greatest()));
    return s.select(outside, clampReal(s, x, number(0.0), last()), x);
  }

  /// The index that a whole place reads, clamped, and whether it counts (null: always).
  std::pair<Value, Value> index(Value whole) {
    if (padding == w::GridPadding::reflection)
      whole = reflect(whole);
    Value raw = toIndex(s, whole);
    Value counts = padding == w::GridPadding::zeros ? s.cmp(Pred::ult, raw, size) : Value();
    return {clampIndex(s.b, s.loc, raw, size), counts};
  }
};

struct GridTap {
  Value index, weight, counts;
};

/// Keys' cubic with the parameter -0.75 that grid samples fix.
Value emitCubicWeight(ScalarBuilder s, Value distance) {
  Type real = distance.getType();
  constexpr double A = -0.75;
  auto c = [&](double value) { return s.real(real, value); };
  Value d = math::AbsFOp::create(s.b, s.loc, distance), d2 = s.mul(d, d), d3 = s.mul(d2, d);
  Value near = s.add(s.sub(s.mul(c(A + 2), d3), s.mul(c(A + 3), d2)), c(1.0));
  Value far = s.sub(s.add(s.sub(s.mul(c(A), d3), s.mul(c(5 * A), d2)), s.mul(c(8 * A), d)), c(4 * A));
  return s.select(s.cmp(FPred::OLE, d, c(1.0)), near, s.select(s.cmp(FPred::OLT, d, c(2.0)), far, c(0.0)));
}

SmallVector<GridTap> getGridTaps(GridAxis axis, w::GridMode mode, Value x) {
  ScalarBuilder s = axis.s;
  auto make = [&](Value whole, Value weight) {
    auto [index, counts] = axis.index(whole);
    return GridTap{index, weight, counts};
  };
  if (mode == w::GridMode::nearest) {
    Value rounded = math::RoundEvenOp::create(s.b, s.loc, x);
    return {make(floorOf(s, axis.padded(rounded)), axis.number(1.0))};
  }
  x = axis.padded(x);
  Value base = floorOf(s, x), ratio = s.sub(x, base);
  if (mode == w::GridMode::linear)
    return {make(base, s.sub(axis.number(1.0), ratio)), make(s.add(base, axis.number(1.0)), ratio)};
  SmallVector<GridTap> taps;
  for (int i = -1; i <= 2; ++i)
    taps.push_back(make(s.add(base, axis.number(i)), emitCubicWeight(s, s.sub(axis.number(i), ratio))));
  return taps;
}

class LowerGridSample : public LoweringPattern<w::GridSampleOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::GridSampleOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType x = typeOf(op.getX()), type = typeOf(op.getResult());
    Type element = x.getElementType(), gridElement = typeOf(op.getGrid()).getElementType();
    if (!getStorageElementType(element) || isa<ComplexType>(element))
      return sizes.refuse(rewriter, op, "expects integer or float elements");
    Type compute = getComputeFloatType(element), real = rewriter.getF64Type();
    int64_t rank = x.getRank(), spatial = rank - 2;
    bool last = op.getLayout() == w::Layout::nhwc;
    auto spatialDim = [&](int64_t i) { return i + (last ? 1 : 2); };
    int64_t channelDim = last ? rank - 1 : 1;
    SmallVector<OpFoldResult> inSizes = sizes.getSizes(rewriter, x);
    Value result = createMap(
        rewriter, loc, getStorageElementType(element), sizes.getSizes(rewriter, type),
        [&](OpBuilder &b, Location at, ValueRange out) -> Value {
          ScalarBuilder s{b, at};
          SmallVector<SmallVector<GridTap>> taps;
          for (int64_t i = 0; i < spatial; ++i) {
            // The grid's coordinates are in the order x, y, z: the last axis first.
            SmallVector<Value> place{out[0]};
            for (int64_t d = 0; d < spatial; ++d)
              place.push_back(out[spatialDim(d)]);
            place.push_back(createIndex(b, at, spatial - 1 - i));
            Value raw = tensor::ExtractOp::create(b, at, adaptor.getGrid(), place);
            Value size = toValue(b, at, inSizes[spatialDim(i)]);
            GridAxis axis{s, size, toReal(s, size, real), op.getPadding(), op.getAlignCorners()};
            taps.push_back(
                getGridTaps(axis, op.getMode(), axis.place(emitToFloat(b, at, raw, gridElement, real))));
          }
          return sumTaps(s, op, adaptor.getX(), element, compute, taps, out, channelDim, spatialDim);
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }

private:
  /// The weighted sum over all combinations of taps.
  static Value sumTaps(ScalarBuilder s, w::GridSampleOp op, Value x, Type element, Type compute,
                       ArrayRef<SmallVector<GridTap>> taps, ValueRange out, int64_t channelDim,
                       function_ref<int64_t(int64_t)> spatialDim) {
    int64_t spatial = taps.size(), combinations = 1;
    for (const auto &axis : taps)
      combinations *= axis.size();
    Value sum, zero = s.real(compute, 0.0);
    for (int64_t combination = 0; combination < combinations; ++combination) {
      SmallVector<Value> place(spatial + 2);
      place[0] = out[0];
      place[channelDim] = out[channelDim];
      Value weight, counts;
      for (int64_t i = spatial - 1, rest = combination; i >= 0; --i) {
        const GridTap &tap = taps[i][rest % taps[i].size()];
        rest /= taps[i].size();
        place[spatialDim(i)] = tap.index;
        weight = weight ? s.mul(weight, tap.weight) : tap.weight;
        if (tap.counts)
          counts = counts ? s.bitAnd(counts, tap.counts) : tap.counts;
      }
      Value value = tensor::ExtractOp::create(s.b, s.loc, x, place);
      // A single tap is a copy: exact for every type.
      if (combinations == 1)
        return counts ? s.select(counts, value, createScalar(s.b, s.loc, value.getType(), 0.0)) : value;
      value = emitToFloat(s.b, s.loc, value, element, compute);
      Value term = s.mul(value, emitToFloat(s.b, s.loc, weight, weight.getType(), compute));
      if (counts)
        term = s.select(counts, term, zero);
      sum = sum ? s.add(sum, term) : term;
    }
    return emitFromFloat(s.b, s.loc, sum, element);
  }
};

/// One region of a region pooling, read at its number.
struct Region {
  Value batch, x1, y1, x2, y2;
};

class LowerRoiPool : public LoweringPattern<w::RoiPoolOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::RoiPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType x = typeOf(op.getX()), type = typeOf(op.getResult()), rois = typeOf(op.getRois());
    Type element = x.getElementType();
    if (!isa<FloatType>(element) || rois.isDynamicDim(1))
      return sizes.refuse(rewriter, op, "expects float elements and regions of static length");
    bool last = op.getLayout() == w::Layout::nhwc;
    int64_t rowDim = last ? 1 : 2, channelDim = last ? 3 : 1;
    SmallVector<OpFoldResult> inSizes = sizes.getSizes(rewriter, x);
    Value result = createMap(
        rewriter, loc, getStorageElementType(element), sizes.getSizes(rewriter, type),
        [&](OpBuilder &b, Location at, ValueRange out) -> Value {
          ScalarBuilder s{b, at};
          Region region = readRegion(s, op, adaptor, rois, out[0], toValue(b, at, inSizes[0]));
          Value height = toValue(b, at, inSizes[rowDim]), width = toValue(b, at, inSizes[rowDim + 1]);
          auto plane = [&](OpBuilder &body, Location bodyLoc, Value row, Value column) {
            SmallVector<Value> place(4);
            place[0] = region.batch;
            place[channelDim] = out[channelDim];
            place[rowDim] = row;
            place[rowDim + 1] = column;
            Value raw = tensor::ExtractOp::create(body, bodyLoc, adaptor.getX(), place);
            return emitToFloat(body, bodyLoc, raw, element, body.getF64Type());
          };
          Value value =
              op.getKind() == w::RoiKind::quantised_max
                  ? emitMaxCell(s, op, region, out[rowDim], out[rowDim + 1], height, width, plane)
                  : emitAlignCell(s, op, region, out[rowDim], out[rowDim + 1], height, width, plane);
          return emitFromFloat(b, at, value, element);
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }

private:
  using PlaneFn = function_ref<Value(OpBuilder &, Location, Value, Value)>;

  static Region readRegion(ScalarBuilder s, w::RoiPoolOp op, OpAdaptor adaptor, RankedTensorType rois,
                           Value number, Value batches) {
    int64_t columns = rois.getDimSize(1);
    auto read = [&](int64_t column) {
      Value raw = tensor::ExtractOp::create(s.b, s.loc, adaptor.getRois(),
                                            ValueRange{number, createIndex(s.b, s.loc, column)});
      return emitToFloat(s.b, s.loc, raw, rois.getElementType(), s.b.getF64Type());
    };
    Value batch;
    if (op.getBatch()) {
      Value raw = tensor::ExtractOp::create(s.b, s.loc, adaptor.getBatch(), number);
      batch = emitAsIndex(s.b, s.loc, raw, typeOf(op.getBatch()).getElementType());
    } else {
      batch = toIndex(s, read(0));
    }
    return {clampIndex(s.b, s.loc, batch, batches), read(columns - 4), read(columns - 3), read(columns - 2),
            read(columns - 1)};
  }

  /// Bilinear neighbours of a place along one axis: low, high, weight of high.
  static std::array<Value, 3> emitAlignTap(ScalarBuilder s, Value x, Value size) {
    Value zero = s.real(x.getType(), 0.0), one = createIndex(s.b, s.loc, 1);
    x = s.select(s.cmp(FPred::OLT, x, zero), zero, x);
    Value base = floorOf(s, x), low = toIndex(s, base);
    Value last = arith::SubIOp::create(s.b, s.loc, size, one);
    Value isEnd = s.cmp(Pred::sge, low, last);
    low = clampIndex(s.b, s.loc, low, size);
    Value high = s.select(isEnd, low, arith::AddIOp::create(s.b, s.loc, low, one));
    high = clampIndex(s.b, s.loc, high, size);
    return {low, high, s.select(isEnd, zero, s.sub(x, base))};
  }

  static Value emitAlignCell(ScalarBuilder s, w::RoiPoolOp op, const Region &region, Value py, Value px,
                             Value height, Value width, PlaneFn plane) {
    Type real = s.b.getF64Type();
    Value scale = s.real(real, op.getScale().convertToDouble()),
          shift = s.real(real, op.getHalfPixel() ? 0.5 : 0.0);
    auto move = [&](Value x) { return s.sub(s.mul(x, scale), shift); };
    Value top = move(region.y1), left = move(region.x1);
    Value boxHeight = s.sub(move(region.y2), top), boxWidth = s.sub(move(region.x2), left);
    if (!op.getHalfPixel()) {
      Value one = s.real(real, 1.0);
      boxHeight = s.select(s.cmp(FPred::OLT, boxHeight, one), one, boxHeight);
      boxWidth = s.select(s.cmp(FPred::OLT, boxWidth, one), one, boxWidth);
    }
    Value cellHeight = div(s, boxHeight, s.real(real, op.getOut()[0]));
    Value cellWidth = div(s, boxWidth, s.real(real, op.getOut()[1]));
    int64_t sampling = op.getSampling();
    auto countOf = [&](Value cell) -> Value {
      if (sampling > 0)
        return createIndex(s.b, s.loc, sampling);
      Value count = toIndex(s, math::CeilOp::create(s.b, s.loc, cell));
      return arith::MaxSIOp::create(s.b, s.loc, count, createIndex(s.b, s.loc, 0));
    };
    Value rows = countOf(cellHeight), columns = countOf(cellWidth);
    bool isMax = op.getKind() == w::RoiKind::align_max;
    Value start = s.real(real, isMax ? -std::numeric_limits<double>::infinity() : 0.0);
    Value sum = createSequentialLoops(
        s.b, s.loc, {OpFoldResult(rows), OpFoldResult(columns)}, start,
        [&](OpBuilder &body, Location at, ValueRange ij, ValueRange state) -> SmallVector<Value> {
          ScalarBuilder t{body, at};
          auto sampleAt = [&](Value origin, Value cell, Value p, Value i, Value count) {
            Value inner = t.mul(t.add(toReal(t, i, real), t.real(real, 0.5)), cell);
            return t.add(t.add(origin, t.mul(toReal(t, p, real), cell)),
                         div(t, inner, toReal(t, count, real)));
          };
          Value y = sampleAt(top, cellHeight, py, ij[0], rows),
                x = sampleAt(left, cellWidth, px, ij[1], columns);
          auto isInside = [&](Value place, Value size) {
            return t.bitAnd(t.cmp(FPred::OGE, place, t.real(real, -1.0)),
                            t.cmp(FPred::OLE, place, toReal(t, size, real)));
          };
          Value inside = t.bitAnd(isInside(y, height), isInside(x, width));
          auto v = emitAlignTap(t, y, height), h = emitAlignTap(t, x, width);
          Value one = t.real(real, 1.0), zero = t.real(real, 0.0), total;
          for (int part = 0; part < 4; ++part) {
            Value wy = part < 2 ? t.sub(one, v[2]) : v[2], wx = part % 2 ? h[2] : t.sub(one, h[2]);
            Value value =
                t.mul(t.mul(wy, wx), plane(body, at, part < 2 ? v[0] : v[1], part % 2 ? h[1] : h[0]));
            value = t.select(inside, value, zero);
            if (!total)
              total = value;
            else
              total = isMax ? t.select(t.cmp(FPred::OGT, value, total), value, total) : t.add(total, value);
          }
          if (isMax)
            return {t.select(t.cmp(FPred::OGT, total, state[0]), total, state[0])};
          return {t.add(state[0], total)};
        })[0];
    Value samples = arith::MulIOp::create(s.b, s.loc, rows, columns);
    if (isMax) {
      Value isEmpty = s.cmp(Pred::eq, samples, createIndex(s.b, s.loc, 0));
      return s.select(isEmpty, s.real(real, 0.0), sum);
    }
    Value count = arith::MaxSIOp::create(s.b, s.loc, samples, createIndex(s.b, s.loc, 1));
    return div(s, sum, toReal(s, count, real));
  }

  /// Half away from zero, as MaxRoiPool rounds.
  static Value emitRoundAway(ScalarBuilder s, Value x) {
    Value half = s.real(x.getType(), 0.5), magnitude = math::AbsFOp::create(s.b, s.loc, x);
    return math::CopySignOp::create(s.b, s.loc, floorOf(s, s.add(magnitude, half)), x);
  }

  static Value emitMaxCell(ScalarBuilder s, w::RoiPoolOp op, const Region &region, Value py, Value px,
                           Value height, Value width, PlaneFn plane) {
    Type real = s.b.getF64Type();
    Value scale = s.real(real, op.getScale().convertToDouble()), one = s.real(real, 1.0);
    auto rounded = [&](Value x) { return emitRoundAway(s, s.mul(x, scale)); };
    auto bounds = [&](Value low, Value high, int64_t cells, Value p, Value size) {
      Value start = rounded(low), extent = s.add(s.sub(rounded(high), start), one);
      extent = s.select(s.cmp(FPred::OLT, extent, one), one, extent);
      Value cell = div(s, extent, s.real(real, cells)), place = toReal(s, p, real),
            limit = toReal(s, size, real);
      Value first = s.add(floorOf(s, s.mul(place, cell)), start);
      Value end = s.add(math::CeilOp::create(s.b, s.loc, s.mul(s.add(place, one), cell)), start);
      Value zero = s.real(real, 0.0);
      return std::pair(toIndex(s, clampReal(s, first, zero, limit)),
                       toIndex(s, clampReal(s, end, zero, limit)));
    };
    auto [top, bottom] = bounds(region.y1, region.y2, op.getOut()[0], py, height);
    auto [left, right] = bounds(region.x1, region.x2, op.getOut()[1], px, width);
    Value none = createIndex(s.b, s.loc, 0);
    Value rows = arith::MaxSIOp::create(s.b, s.loc, arith::SubIOp::create(s.b, s.loc, bottom, top), none);
    Value columns = arith::MaxSIOp::create(s.b, s.loc, arith::SubIOp::create(s.b, s.loc, right, left), none);
    Value lowest = s.real(real, -std::numeric_limits<double>::infinity());
    Value max = createSequentialLoops(
        s.b, s.loc, {OpFoldResult(rows), OpFoldResult(columns)}, lowest,
        [&, top = top, left = left](OpBuilder &body, Location at, ValueRange ij,
                                    ValueRange state) -> SmallVector<Value> {
          ScalarBuilder t{body, at};
          Value value = plane(body, at, t.add(top, ij[0]), t.add(left, ij[1]));
          return {emitExtremum(t, state[0], value, /*isUnsigned=*/false, /*isMax=*/true)};
        })[0];
    Value isEmpty = s.cmp(Pred::eq, arith::MulIOp::create(s.b, s.loc, rows, columns), none);
    return s.select(isEmpty, s.real(real, 0.0), max);
  }
};

} // namespace

void populateSpatialLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                              const LoweringContext &sizes) {
  patterns.add<LowerGridSample, LowerRoiPool>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
