// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers Fourier transforms (as sums over a table of roots), determinants, inverses and random numbers.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;
using FPred = arith::CmpFPredicate;

namespace {

class LowerDft : public LoweringPattern<w::DftOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::DftOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType x = typeOf(op.getX()), type = typeOf(op.getResult());
    Type element = x.getElementType(), real = rewriter.getF64Type();
    int64_t rank = x.getRank(), axis = op.getAxis();
    bool isInverse = op.getInverse(), mirrors = isInverse && op.getOnesided();
    SmallVector<OpFoldResult> inSizes = sizes.getSizes(rewriter, x),
                              outSizes = sizes.getSizes(rewriter, type);
    OpFoldResult length = getLength(rewriter, op, adaptor, inSizes[axis]);
    Value n = toValue(rewriter, loc, length), in = toValue(rewriter, loc, inSizes[axis]);
    Value roots = createRoots(rewriter, loc, length, isInverse);
    Value steps = createEmpty(rewriter, loc, length, real);
    // Loops: the result's dims, then time.
    SmallVector<IteratorType> iterators(rank, IteratorType::parallel);
    iterators.push_back(IteratorType::reduction);
    SmallVector<AffineExpr> outExprs;
    for (int64_t dim = 0; dim < rank; ++dim)
      outExprs.push_back(rewriter.getAffineDimExpr(dim));
    AffineMap maps[] = {AffineMap::get(rank + 1, 0, rewriter.getAffineDimExpr(rank), rewriter.getContext()),
                        AffineMap::get(rank + 1, 0, outExprs, rewriter.getContext())};
    Value init = createFilled(rewriter, loc, outSizes, createScalar(rewriter, loc, real, 0.0));
    bool isReal = x.getDimSize(rank - 1) == 1;
    Value sum = createGeneric(
        rewriter, loc, steps, init, maps, iterators,
        [&](OpBuilder &b, Location at, ValueRange args) -> Value {
          ScalarBuilder s{b, at};
          SmallVector<Value> place;
          for (int64_t dim = 0; dim <= rank; ++dim)
            place.push_back(linalg::IndexOp::create(b, at, dim));
          Value time = place.pop_back_val(), part = place.back(), zero = createIndex(b, at, 0);
          Value turn = arith::RemUIOp::create(b, at, arith::MulIOp::create(b, at, place[axis], time), n);
          Value cos = tensor::ExtractOp::create(b, at, roots, ValueRange{turn, zero});
          Value sin = tensor::ExtractOp::create(b, at, roots, ValueRange{turn, createIndex(b, at, 1)});
          // The half that a one-sided inverse does not read is the mirrored conjugate.
          Value source = time, isMirrored;
          if (mirrors) {
            Value half = arith::DivUIOp::create(b, at, n, createIndex(b, at, 2));
            isMirrored = s.cmp(Pred::ugt, time, half);
            source = s.select(isMirrored, arith::SubIOp::create(b, at, n, time), time);
          }
          Value isInside = s.cmp(Pred::ult, source, in);
          place[axis] = clampIndex(b, at, source, in);
          auto read = [&](int64_t number) {
            place.back() = createIndex(b, at, number);
            Value raw = tensor::ExtractOp::create(b, at, adaptor.getX(), place);
            return s.select(isInside, emitToFloat(b, at, raw, element, real), s.real(real, 0.0));
          };
          Value re = read(0), im = isReal ? s.real(real, 0.0) : read(1);
          if (isMirrored)
            im = s.select(isMirrored, arith::NegFOp::create(b, at, im), im);
          Value first = s.sub(s.mul(re, cos), s.mul(im, sin)), second = s.add(s.mul(re, sin), s.mul(im, cos));
          Value isFirst = s.cmp(Pred::eq, part, zero);
          return s.add(args.back(), s.select(isFirst, first, second));
        });
    Value result = createElementwise(rewriter, loc, sum, getStorageElementType(element), outSizes,
                                     [&](OpBuilder &b, Location at, ValueRange args) {
                                       Value value = args[0];
                                       if (isInverse) {
                                         Value wide = arith::IndexCastOp::create(b, at, b.getI64Type(), n);
                                         Value count = arith::SIToFPOp::create(b, at, real, wide);
                                         value = arith::DivFOp::create(b, at, value, count);
                                       }
                                       return emitFromFloat(b, at, value, element);
                                     });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }

private:
  static OpFoldResult getLength(OpBuilder &b, w::DftOp op, OpAdaptor adaptor, OpFoldResult in) {
    Location loc = op.getLoc();
    if (static_cast<int64_t>(op.getStaticN()) > 0)
      return b.getIndexAttr(op.getStaticN());
    if (adaptor.getN())
      return adaptor.getN();
    if (!op.getInverse() || !op.getOnesided())
      return in;
    Value last = arith::SubIOp::create(b, loc, toValue(b, loc, in), createIndex(b, loc, 1));
    if (std::optional<int64_t> constant = getConstantIntValue(in))
      return b.getIndexAttr(2 * (*constant - 1));
    return arith::MulIOp::create(b, loc, last, createIndex(b, loc, 2)).getResult();
  }

  /// cos and sin of all multiples of the angle, [n, 2] in f64.
  static Value createRoots(OpBuilder &b, Location loc, OpFoldResult length, bool isInverse) {
    double turn = (isInverse ? 2 : -2) * llvm::numbers::pi;
    Type real = b.getF64Type();
    if (std::optional<int64_t> n = getConstantIntValue(length)) {
      SmallVector<double> values;
      for (int64_t k = 0; k < *n; ++k) {
        values.push_back(std::cos(turn * k / *n));
        values.push_back(std::sin(turn * k / *n));
      }
      auto attr = DenseElementsAttr::get(RankedTensorType::get({*n, 2}, real), ArrayRef<double>(values));
      return arith::ConstantOp::create(b, loc, attr);
    }
    return createMap(
        b, loc, real, {length, b.getIndexAttr(2)}, [&](OpBuilder &body, Location at, ValueRange place) {
          ScalarBuilder s{body, at};
          auto toReal = [&](Value index) -> Value {
            Value wide = arith::IndexCastOp::create(body, at, body.getI64Type(), index);
            return arith::SIToFPOp::create(body, at, real, wide);
          };
          Value angle = arith::DivFOp::create(body, at, s.mul(s.real(real, turn), toReal(place[0])),
                                              toReal(cast<Value>(length)));
          Value isCos = s.cmp(Pred::eq, place[1], createIndex(body, at, 0));
          return s.select(isCos, math::CosOp::create(body, at, angle), math::SinOp::create(body, at, angle));
        });
  }
};

/// Loops from `first` to `end` (values); `body` gets the index.
SmallVector<Value> loopFrom(OpBuilder &b, Location loc, Value first, Value end, ValueRange state,
                            function_ref<SmallVector<Value>(OpBuilder &, Location, Value, ValueRange)> body) {
  Value zero = createIndex(b, loc, 0);
  Value count = arith::MaxSIOp::create(b, loc, arith::SubIOp::create(b, loc, end, first), zero);
  return createSequentialLoops(b, loc, OpFoldResult(count), state,
                               [&](OpBuilder &nested, Location at, ValueRange i, ValueRange carried) {
                                 return body(nested, at, arith::AddIOp::create(nested, at, first, i[0]),
                                             carried);
                               });
}

/// Eliminates the rows of `work` [n, width] below the diagonal with partial pivoting; returns it and the
/// determinant.
std::pair<Value, Value> createElimination(OpBuilder &b, Location loc, Value work, Value n, Value width,
                                          bool guards) {
  Type real = b.getF64Type();
  Value zero = createIndex(b, loc, 0);
  auto read = [](OpBuilder &body, Location at, Value matrix, Value row, Value column) -> Value {
    return tensor::ExtractOp::create(body, at, matrix, ValueRange{row, column});
  };
  SmallVector<Value> result = loopFrom(
      b, loc, zero, n, {work, createScalar(b, loc, real, 1.0)},
      [&](OpBuilder &body, Location at, Value column, ValueRange state) -> SmallVector<Value> {
        ScalarBuilder s{body, at};
        Value one = createIndex(body, at, 1), next = s.add(column, one);
        Value best = math::AbsFOp::create(body, at, read(body, at, state[0], column, column));
        SmallVector<Value> found = loopFrom(
            body, at, next, n, {column, best},
            [&](OpBuilder &inner, Location innerLoc, Value row, ValueRange carried) -> SmallVector<Value> {
              ScalarBuilder t{inner, innerLoc};
              Value size =
                  math::AbsFOp::create(inner, innerLoc, read(inner, innerLoc, state[0], row, column));
              Value isGreater = t.cmp(FPred::OGT, size, carried[1]);
              return {t.select(isGreater, row, carried[0]), t.select(isGreater, size, carried[1])};
            });
        Value pivot = found[0];
        Value matrix = loopFrom(
            body, at, createIndex(body, at, 0), width, state[0],
            [&](OpBuilder &inner, Location innerLoc, Value i, ValueRange carried) -> SmallVector<Value> {
              Value upper = read(inner, innerLoc, carried[0], column, i),
                    lower = read(inner, innerLoc, carried[0], pivot, i);
              Value swapped =
                  tensor::InsertOp::create(inner, innerLoc, lower, carried[0], ValueRange{column, i});
              return {tensor::InsertOp::create(inner, innerLoc, upper, swapped, ValueRange{pivot, i})};
            })[0];
        Value diagonal = read(body, at, matrix, column, column);
        Value sign = s.select(s.cmp(Pred::eq, pivot, column), s.real(real, 1.0), s.real(real, -1.0));
        Value determinant = s.mul(s.mul(state[1], sign), diagonal);
        Value isZero = s.cmp(FPred::OEQ, diagonal, s.real(real, 0.0));
        matrix = loopFrom(
            body, at, next, n, matrix,
            [&](OpBuilder &inner, Location innerLoc, Value row, ValueRange carried) -> SmallVector<Value> {
              ScalarBuilder t{inner, innerLoc};
              Value factor = arith::DivFOp::create(inner, innerLoc,
                                                   read(inner, innerLoc, carried[0], row, column), diagonal);
              if (guards)
                factor = t.select(isZero, t.real(real, 0.0), factor);
              return loopFrom(
                  inner, innerLoc, column, width, carried[0],
                  [&](OpBuilder &deep, Location deepLoc, Value i, ValueRange rows) -> SmallVector<Value> {
                    ScalarBuilder u{deep, deepLoc};
                    Value value = u.sub(read(deep, deepLoc, rows[0], row, i),
                                        u.mul(factor, read(deep, deepLoc, rows[0], column, i)));
                    return {tensor::InsertOp::create(deep, deepLoc, value, rows[0], ValueRange{row, i})};
                  });
            })[0];
        return {matrix, determinant};
      });
  return {result[0], result[1]};
}

class LowerDet : public LoweringPattern<w::DetOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::DetOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType x = typeOf(op.getX()), type = typeOf(op.getResult());
    Type element = x.getElementType(), real = rewriter.getF64Type();
    SmallVector<OpFoldResult> inSizes = sizes.getSizes(rewriter, x),
                              outSizes = sizes.getSizes(rewriter, type);
    OpFoldResult n = inSizes.back();
    Value order = toValue(rewriter, loc, n);
    SmallVector<Value> initial{createEmpty(rewriter, loc, outSizes, getStorageElementType(element)),
                               createEmpty(rewriter, loc, {n, n}, real)};
    Value result = createSequentialLoops(
        rewriter, loc, outSizes, initial,
        [&](OpBuilder &b, Location at, ValueRange batch, ValueRange state) -> SmallVector<Value> {
          Value work =
              createSequentialLoops(b, at, {n, n}, state[1],
                                    [&](OpBuilder &body, Location bodyLoc, ValueRange ij,
                                        ValueRange carried) -> SmallVector<Value> {
                                      SmallVector<Value> place(batch);
                                      llvm::append_range(place, ij);
                                      Value raw =
                                          tensor::ExtractOp::create(body, bodyLoc, adaptor.getX(), place);
                                      Value value = emitToFloat(body, bodyLoc, raw, element, real);
                                      return {tensor::InsertOp::create(body, bodyLoc, value, carried[0], ij)};
                                    })[0];
          auto [rows, determinant] = createElimination(b, at, work, order, order, /*guards=*/true);
          Value value = emitFromFloat(b, at, determinant, element);
          return {tensor::InsertOp::create(b, at, value, state[0], batch), rows};
        })[0];
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }
};

class LowerInverse : public LoweringPattern<w::InverseOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::InverseOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType x = typeOf(op.getX());
    Type element = x.getElementType(), real = rewriter.getF64Type();
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, x);
    OpFoldResult n = shape.back();
    Value order = toValue(rewriter, loc, n);
    Value width = arith::MulIOp::create(rewriter, loc, order, createIndex(rewriter, loc, 2));
    // Rows are those of the matrix followed by those of the identity.
    SmallVector<Value> initial{createEmpty(rewriter, loc, shape, real),
                               createEmpty(rewriter, loc, {n, OpFoldResult(width)}, real)};
    SmallVector<OpFoldResult> batches(ArrayRef(shape).drop_back(2));
    Value result = createSequentialLoops(
        rewriter, loc, batches, initial,
        [&](OpBuilder &b, Location at, ValueRange batch, ValueRange state) -> SmallVector<Value> {
          Value work =
              createSequentialLoops(b, at, {n, OpFoldResult(width)}, state[1],
                                    [&](OpBuilder &body, Location bodyLoc, ValueRange ij,
                                        ValueRange carried) -> SmallVector<Value> {
                                      ScalarBuilder s{body, bodyLoc};
                                      SmallVector<Value> place(batch);
                                      place.push_back(ij[0]);
                                      place.push_back(clampIndex(body, bodyLoc, ij[1], order));
                                      Value raw =
                                          tensor::ExtractOp::create(body, bodyLoc, adaptor.getX(), place);
                                      Value value = emitToFloat(body, bodyLoc, raw, element, real);
                                      Value isDiagonal = s.cmp(Pred::eq, ij[1], s.add(ij[0], order));
                                      Value unit = s.select(isDiagonal, s.real(real, 1.0), s.real(real, 0.0));
                                      value = s.select(s.cmp(Pred::ult, ij[1], order), value, unit);
                                      return {tensor::InsertOp::create(body, bodyLoc, value, carried[0], ij)};
                                    })[0];
          Value rows = createElimination(b, at, work, order, width, /*guards=*/false).first;
          return {substitute(b, at, batch, rows, order, n, state[0]), rows};
        })[0];
    result = createElementwise(
        rewriter, loc, result, getStorageElementType(element), shape,
        [&](OpBuilder &b, Location at, ValueRange args) { return emitFromFloat(b, at, args[0], element); });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storageTypeOf(op.getResult())));
    return success();
  }

private:
  /// Solves for the rows of the inverse from the last to the first.
  static Value substitute(OpBuilder &b, Location loc, ValueRange batch, Value rows, Value order,
                          OpFoldResult n, Value result) {
    auto placeOf = [&](Value i, Value j) {
      SmallVector<Value> place(batch);
      place.append({i, j});
      return place;
    };
    return createSequentialLoops(
        b, loc, {n, n}, result,
        [&](OpBuilder &body, Location at, ValueRange ij, ValueRange carried) -> SmallVector<Value> {
          Value one = createIndex(body, at, 1);
          Value row = arith::SubIOp::create(body, at, arith::SubIOp::create(body, at, order, one), ij[0]);
          Value column = arith::AddIOp::create(body, at, order, ij[1]);
          Value start = tensor::ExtractOp::create(body, at, rows, ValueRange{row, column});
          Value sum = loopFrom(
              body, at, arith::AddIOp::create(body, at, row, one), order, start,
              [&](OpBuilder &inner, Location innerLoc, Value k, ValueRange state) -> SmallVector<Value> {
                ScalarBuilder s{inner, innerLoc};
                Value a = tensor::ExtractOp::create(inner, innerLoc, rows, ValueRange{row, k});
                Value known = tensor::ExtractOp::create(inner, innerLoc, carried[0], placeOf(k, ij[1]));
                return {s.sub(state[0], s.mul(a, known))};
              })[0];
          Value diagonal = tensor::ExtractOp::create(body, at, rows, ValueRange{row, row});
          Value value = arith::DivFOp::create(body, at, sum, diagonal);
          return {tensor::InsertOp::create(body, at, value, carried[0], placeOf(row, ij[1]))};
        })[0];
  }
};

/// Philox 4x32-10 on the element's row-major number: the first two of its four words.
std::pair<Value, Value> emitPhilox(ScalarBuilder s, Value counter, uint64_t key) {
  Type i64 = s.b.getI64Type();
  auto word = [&](uint64_t value) { return s.integer(i64, static_cast<int64_t>(value)); };
  Value mask = word(0xFFFFFFFFu), shift = word(32);
  auto low = [&](Value x) { return s.bitAnd(x, mask); };
  auto high = [&](Value x) -> Value { return arith::ShRUIOp::create(s.b, s.loc, x, shift); };
  Value c[4] = {low(counter), high(counter), word(0), word(0)};
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    // Multipliers and Weyl increments of the published generator (Salmon et al., SC 2011).
    Value p0 = s.mul(word(0xD2511F53u), c[0]), p1 = s.mul(word(0xCD9E8D57u), c[2]);
    Value next[4] = {s.bitXor(s.bitXor(high(p1), c[1]), word(k0)), low(p1),
                     s.bitXor(s.bitXor(high(p0), c[3]), word(k1)), low(p0)};
    std::copy(next, next + 4, c);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {c[0], c[1]};
}

class LowerRandom : public LoweringPattern<w::RandomOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::RandomOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult());
    Type element = type.getElementType(), real = rewriter.getF64Type();
    // Without a seed the key comes from the node's name: repeatable, and another one for each node.
    std::string name;
    llvm::raw_string_ostream(name) << loc;
    uint64_t key = op.getSeed() ? llvm::bit_cast<uint64_t>(op.getSeed()->convertToDouble())
                                : llvm::xxh3_64bits(StringRef(name));
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    Value result = createMap(
        rewriter, loc, getStorageElementType(element), shape,
        [&](OpBuilder &b, Location at, ValueRange place) {
          ScalarBuilder s{b, at};
          Value flat = createIndex(b, at, 0);
          for (auto [index, size] : llvm::zip_equal(place, shape))
            flat = s.add(arith::MulIOp::create(b, at, flat, toValue(b, at, size)), index);
          auto [first, second] = emitPhilox(s, arith::IndexCastOp::create(b, at, b.getI64Type(), flat), key);
          // 24 bits each, as many as an f32 holds.
          auto toUnit = [&](Value word) {
            Value bits = arith::ShRUIOp::create(b, at, word, s.integer(b.getI64Type(), 8));
            return s.mul(arith::SIToFPOp::create(b, at, real, bits), s.real(real, std::ldexp(1.0, -24)));
          };
          Value u = toUnit(first);
          if (op.getDist() == w::RandomDist::normal) {
            Value log = math::LogOp::create(b, at, s.add(u, s.real(real, std::ldexp(1.0, -25))));
            Value radius = math::SqrtOp::create(b, at, s.mul(s.real(real, -2.0), log));
            Value angle = s.mul(s.real(real, 2 * llvm::numbers::pi), toUnit(second));
            u = s.mul(radius, math::CosOp::create(b, at, angle));
          }
          return emitFromFloat(b, at, u, element);
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }
};

} // namespace

void populateNumericLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                              const LoweringContext &sizes) {
  patterns.add<LowerDet, LowerDft, LowerInverse, LowerRandom>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
