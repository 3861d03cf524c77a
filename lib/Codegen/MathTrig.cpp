// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Trigonometric functions, their inverses, and remainders, in f64. Polynomials are minimax fits of our own;
// the comment of each says what it approximates, where, and its error.
#include "MathFunctions.h"

using namespace mlir;
using namespace weft;

namespace {

constexpr double halfPiHigh = 1.5707963267948966192, halfPiLow = 6.1232339957367658e-17;
constexpr double quarterPiHigh = halfPiHigh / 2, quarterPiLow = halfPiLow / 2;

// sin(pi/2 f) / f and cos(pi/2 f) as polynomials of f^2 for |f| <= 1/2; errors 6.8e-12, 4.8e-11,
// then 2.8e-21, 1.5e-23.
constexpr double sinPoly32[] = {1.5707963267880997993, -0.64596409614634753703, 0.079692582707992903547,
                                -0.0046812660883199522939, 0.00015820585575470566813};
constexpr double cosPoly32[] = {0.99999999995250588423, -1.2337005406322329315, 0.25366920357585168599,
                                -0.020860068604952717889, 0.00090362550015075557044};
constexpr double sinPoly64[] = {1.5707963267948966192,     -0.64596409750624625222,
                                0.079692626246166924254,   -0.0046817541353148208794,
                                0.00016044118472659273653, -3.598842716626458689e-6,
                                5.6919276846702932004e-8,  -6.6276042732192801104e-10};
constexpr double cosPoly64[] = {1.0,
                                -1.2337005501361698273,
                                0.25366950790104801258,
                                -0.020863480763352917359,
                                0.00091926027483853157496,
                                -0.000025202042362719093345,
                                4.7108740768047501769e-7,
                                -6.3863252685459462793e-9,
                                6.5066332787346543879e-11};
// (atan(x) - x) / x^3 as a polynomial of x^2 for |x| <= tan(pi/8); error 4.6e-20.
constexpr double atanPoly[] = {-0.33333333333333327773,  0.1999999999999774114,    -0.14285714285395713078,
                               0.11111111088605216289,   -0.090909081586321617472, 0.076922830557480922465,
                               -0.066662308988788148753, 0.058770604628224959479,  -0.052186434868662168079,
                               0.045044889741801515261,  -0.033495696620940865936, 0.015216181231269021249};
// (asin(x) - x) / x^3 as a polynomial of x^2 for |x| <= 1/2; error 9.9e-19.
constexpr double asinPoly[] = {0.16666666666666760509,   0.074999999999706085944, 0.044642857174887252675,
                               0.030381942691701885079,  0.022372215497031191226, 0.017351602122010012811,
                               0.013980945906086721132,  0.01139784286922874066,  0.01078644456664914672,
                               0.0036824003626326631012, 0.021767140796556306441, -0.02108510136263875784,
                               0.032683288198000602614};
// The bits of 2/pi, in pieces of 28 bits (times 24 bits of an f32 number: exact) and of 26 (times half an f64
// number).
constexpr double twoOverPi28[] = {0x1.45f306cp-1,   0x1.c9c882ap-29, 0x1.4fe13a8p-59, 0x1.f47d4dp-86,
                                  0x1.bb81b6cp-113, 0x1.4acc9ep-143, 0x1.0e4107cp-170};
constexpr double twoOverPi26[] = {0x1.45f3068p-1,  0x1.7272208p-27, 0x1.4a7f09p-54, 0x1.abe8fa8p-79,
                                  0x1.a6ee06p-107, 0x1.b62959p-132, 0x1.278872p-157};

/// a * b modulo 4, exact, between -2 and 2.
Value productModFour(MathBuilder &m, Value a, double b) {
  Value product = m.mul(a, b);
  Value turns = m.round(m.mul(product, 0.25));
  return m.sub(product, m.mul(turns, 4.0));
}

/// x in quarter turns: n + f with |f| <= 1/2, n modulo 4 as the low bits of an integer.
std::pair<Value, Value> reduceToQuarterTurn(MathBuilder &m, Value x, bool isNarrow) {
  SmallVector<Value> terms; // of falling size
  if (isNarrow) {
    for (double piece : twoOverPi28)
      terms.push_back(productModFour(m, x, piece));
  } else {
    auto [high, low] = m.split(x);
    for (double piece : twoOverPi26) {
      terms.push_back(productModFour(m, high, piece));
      terms.push_back(productModFour(m, low, piece));
    }
  }
  Value sum = terms.front();
  for (Value term : ArrayRef(terms).drop_front())
    sum = m.add(sum, term);
  Value n = m.round(sum);
  // Once more without n: what is left is small, and so are the rounding errors.
  Value f = m.sub(terms.front(), n);
  for (Value term : ArrayRef(terms).drop_front())
    f = m.add(f, term);
  return {m.bits(m.add(n, 6755399441055744.0)), f};
}

Value flipSign(MathBuilder &m, Value value, Value bit) {
  return m.fromBits(mlir::arith::XOrIOp::create(m.builder, m.loc, m.bits(value), m.shiftLeft(bit, 62)));
}

} // namespace

std::pair<Value, Value> weft::buildSinCos(MathBuilder &m, Value x, bool isNarrow) {
  auto [n, f] = reduceToQuarterTurn(m, x, isNarrow);
  Value z = m.mul(f, f);
  Value sine = m.mul(f, isNarrow ? m.poly(z, sinPoly32) : m.poly(z, sinPoly64));
  Value cosine = isNarrow ? m.poly(z, cosPoly32) : m.poly(z, cosPoly64);
  Value isOdd = m.compareInt(arith::CmpIPredicate::ne, m.andInt(n, 1), m.integer(0));
  Value sinResult = flipSign(m, m.select(isOdd, cosine, sine), m.andInt(n, 2));
  Value cosResult = flipSign(m, m.select(isOdd, sine, cosine), m.andInt(m.addInt(n, 1), 2));
  return {m.select(m.less(m.abs(x), 1e-8), x, sinResult), cosResult};
}

Value weft::buildAtan(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  Value isLarge = m.greater(magnitude, 2.414213562373095);
  Value isMiddle = m.greater(magnitude, 0.41421356237309503);
  Value middle = m.div(m.add(magnitude, -1.0), m.add(magnitude, 1.0));
  Value large = m.div(m.constant(-1.0), magnitude);
  Value r = m.select(isLarge, large, m.select(isMiddle, middle, magnitude));
  auto choose = [&](double atLarge, double atMiddle) {
    return m.select(isLarge, m.constant(atLarge), m.select(isMiddle, m.constant(atMiddle), m.constant(0.0)));
  };
  Value z = m.mul(r, r);
  Value low = m.fma(m.mul(r, z), m.poly(z, atanPoly), choose(halfPiLow, quarterPiLow));
  return m.copySign(m.add(choose(halfPiHigh, quarterPiHigh), m.add(r, low)), x);
}

Value weft::buildAtan2(MathBuilder &m, Value y, Value x) {
  Value absX = m.abs(x), absY = m.abs(y);
  Value isSteep = m.less(absX, absY);
  Value ratio = m.div(m.select(isSteep, absX, absY), m.select(isSteep, absY, absX));
  Value areInfinite = m.logicalAnd(m.equal(absX, m.infinity()), m.equal(absY, m.infinity()));
  Value areZero = m.logicalAnd(m.equal(x, 0.0), m.equal(y, 0.0));
  ratio = m.select(areInfinite, m.constant(1.0), m.select(areZero, m.constant(0.0), ratio));
  Value angle = buildAtan(m, ratio);
  angle = m.select(isSteep, m.sub(halfPiHigh, m.add(angle, -halfPiLow)), angle);
  Value reflected = m.sub(2 * halfPiHigh, m.add(angle, -2 * halfPiLow));
  angle = m.select(m.isNegativeInt(m.bits(x)), reflected, angle);
  Value isNaN = m.compare(arith::CmpFPredicate::UNO, x, y);
  return m.select(isNaN, m.add(x, y), m.copySign(angle, y));
}

namespace {

/// asin(r) = r + r * tail for r = |x| up to 1/2, or r = sqrt((1 - |x|) / 2) above.
struct AsinParts {
  Value isLarge, r, tail;
};

AsinParts reduceAsin(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  AsinParts parts;
  parts.isLarge = m.greater(magnitude, 0.5);
  Value half = m.mul(m.sub(1.0, magnitude), 0.5);
  parts.r = m.select(parts.isLarge, m.sqrt(half), magnitude);
  Value z = m.select(parts.isLarge, half, m.mul(magnitude, magnitude));
  parts.tail = m.mul(z, m.poly(z, asinPoly));
  return parts;
}

} // namespace

Value weft::buildAsin(MathBuilder &m, Value x) {
  AsinParts parts = reduceAsin(m, x);
  Value small = m.fma(parts.r, parts.tail, parts.r);
  Value large = m.sub(halfPiHigh, m.fma(small, 2.0, m.constant(-halfPiLow)));
  return m.copySign(m.select(parts.isLarge, large, small), x);
}

Value weft::buildAcos(MathBuilder &m, Value x) {
  AsinParts parts = reduceAsin(m, x);
  Value isNegative = m.less(x, 0.0);
  Value angle = m.fma(parts.r, parts.tail, parts.r);
  Value twice = m.add(angle, angle);
  Value large = m.select(isNegative, m.sub(2 * halfPiHigh, m.add(twice, -2 * halfPiLow)), twice);
  Value small = m.sub(halfPiHigh, m.add(m.copySign(angle, x), -halfPiLow));
  return m.select(parts.isLarge, large, small);
}

Value weft::buildRemainder(MathBuilder &m, Value a, Value b, bool isNarrow) {
  // Each step leaves at most 2^-52 of the quotient: f32 quotients are below 2^277; for f64 three steps serve
  // up to 2^150.
  int numSteps = isNarrow ? 6 : 3;
  Value divisor = m.abs(b);
  Value rest = m.abs(a);
  for (int i = 0; i < numSteps; ++i) {
    Value quotient = m.trunc(m.div(rest, divisor));
    Value product = m.mul(quotient, divisor);
    rest = m.sub(m.sub(rest, product), m.productError(quotient, divisor, product));
  }
  // A quotient that was rounded up leaves a negative rest.
  rest = m.select(m.less(rest, 0.0), m.add(rest, divisor), rest);
  Value isPlain = m.logicalAnd(m.equal(divisor, m.infinity()), m.less(m.abs(a), m.infinity()));
  rest = m.select(isPlain, m.abs(a), rest);
  rest = m.select(m.equal(divisor, 0.0), m.constant(m.nan()), rest);
  return m.copySign(m.select(m.isNaN(b), b, rest), a);
}
