// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exponentials, logarithms and what follows from them. Polynomials are minimax fits (Remez) of our own, made
// in 60 digits; the comment of each says what it approximates, where, and its error.
#include "MathFunctions.h"

using namespace mlir;
using namespace weft;

namespace {

constexpr double log2e = 1.4426950408889634074;
// ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
constexpr double ln2High32 = 0.693359375, ln2Low32 = -2.1219444005469058277e-4;
constexpr double ln2High64 = 0.693147180369123816490, ln2Low64 = 1.90821492927058770002e-10;
constexpr double ln2 = 0.69314718055994530942;

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2; errors 3.1e-9 and 5.4e-20.
constexpr double expPoly32[] = {0.49999993449121902813, 0.16666520634939012061, 0.041668387781100069053,
                                0.0083687166712223780298, 0.0013814612036161281583};
constexpr double expPoly64[] = {
    0.50000000000000000439,   0.16666666666666683408,    0.041666666666666093528,   0.0083333333333170411516,
    0.001388888888911601211,  0.00019841269896371444495, 0.00002480158692593524679, 2.7557234870661291096e-6,
    2.7557582376108054362e-7, 2.5112034729422489014e-8,  2.0826484653998551492e-9};
// The same with the error relative to e^r - 1: 2.4e-10.
constexpr double expM1Poly32[] = {0.50000000463939043037,   0.16666666819217597936,
                                  0.0416663546378115694,    0.0083332727017108888056,
                                  0.0013941012516381960639, 0.00019914311638812008647};
// (2^r - 1) / r for |r| <= 1/2; errors 2.0e-9 and 4.2e-20.
constexpr double exp2Poly32[] = {0.69314720277475906133,   0.24022647873069060186,
                                 0.055503325297232208504,  0.0096184412172223882695,
                                 0.0013398865018085895438, 0.0001535247497978355575};
constexpr double exp2Poly64[] = {
    0.69314718055994530855,     0.24022650695910071507,    0.05550410866482168706,
    0.0096181291076283296362,   0.001333355814639270073,   0.00015403530393640632942,
    0.000015252733854310358988, 1.3215486594958303213e-6,  1.0178051944824043144e-7,
    7.0549744682681049602e-9,   4.4565701261398960931e-10, 2.5625426906793858394e-11};
// (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f in [sqrt(1/2), sqrt(2)]; error 7.3e-10.
constexpr double logPoly32[] = {0.33333310480051613365, -0.24999986475836770334, 0.20002224987112991969,
                                -0.1666925623743641502, 0.14218683232659803022,  -0.12384271679123424338,
                                0.11872769680206020758, -0.11790172291855898797, 0.069161785951747520115};
// (log((1 + s) / (1 - s)) - 2 s) / s^3 as a polynomial of s^2, same range; error 1.7e-20.
constexpr double logPoly64[] = {0.66666666666666661357, 0.4000000000000600781,  0.28571428569139812096,
                                0.22222222640859675593, 0.18181776018498424271, 0.15387079271148060537,
                                0.1325030848892953276,  0.13250095058472506759};
// (tanh(x) - x) / x^3 as a polynomial of x^2 for |x| <= 0.5494; error 3.7e-8.
constexpr double tanhPoly32[] = {-0.33332949764487674091, 0.13320800119209741717, -0.052676797878027051369,
                                 0.016447372647743172265};
// erf(x) / x - 1 as a polynomial of x^2 for |x| <= 1; errors 1.2e-9 and 2.1e-21.
constexpr double erfPoly32[] = {
    0.1283791659146543205,    -0.37612627140440545631,    0.11283600211815888544,    -0.026854445581508076231,
    0.0051895364619392613762, -0.00080208456984069043977, 0.000078891191574878387936};
constexpr double erfPoly64[] = {
    0.1283791670955125739,     -0.37612638903183752381,    0.1128379167095512036,
    -0.026866170645129868152,  0.0052239776254236103963,   -0.00085483270219560250351,
    0.0001205533290381260112,  -0.00001492564759449785383, 1.6462045980557631378e-6,
    -1.63646495514651601e-7,   1.4792469644520129023e-8,   -1.2164968617165561075e-9,
    8.7104653366504727423e-11, -4.2331295286795806355e-12};
// -log(1 - erf(x)) as a polynomial of x - 1 on [1, 4], weighted by erfc: 2.1e-11.
constexpr double erfTail32[] = {1.8496055100666686517,      2.6389675145155340627,
                                0.84310708194965244852,     0.041563479603393793394,
                                -0.010046449379911029824,   0.0020119631057584733211,
                                -0.00028952612280739155183, 0.000021686394052511957469};
// The same as a polynomial of x - 3.5 on [1, 6]: 1.2e-20.
constexpr double erfTail64[] = {
    14.112437402148187963,      7.2660995883651982815,      0.9667530547410780118,
    0.0052256582163500814227,   -0.000873687327998545147,   0.00014729780451046299671,
    -0.00002438628727737183193, 3.8896244548790213724e-6,   -5.8570001738095096887e-7,
    8.0462659672929404195e-8,   -9.7113102291004795834e-9,  7.9150196990308691263e-10,
    1.6925239027253819895e-10,  8.8608834478198637697e-11,  4.3783362591237418167e-11,
    -1.5793150659456563927e-11, -1.7433228787098953938e-11, -8.3619114473908744679e-12,
    -2.1778503462803032791e-12, -3.288701210702260241e-13,  -2.2486663358938056272e-14};

/// x = k * step + r with an integer k of small size and |r| <= step / 2.
struct Reduction {
  Value k;        ///< As an integer.
  Value kAsFloat; ///< As a float.
  Value r;
};

/// Rounds x * factor to an integer by adding 1.5 * 2^mantissa, which keeps NaN out of integer conversions.
Reduction roundToInteger(MathBuilder &m, Value x, double factor) {
  Value magic = m.constant(m.isDouble ? 6755399441055744.0 : 12582912.0);
  Value shifted = factor == 1 ? m.add(x, magic) : m.fma(x, factor, magic);
  Reduction result;
  result.kAsFloat = m.sub(shifted, magic);
  result.k = m.subInt(m.bits(shifted), m.bits(magic));
  return result;
}

Reduction reduceByLn2(MathBuilder &m, Value x) {
  Reduction result = roundToInteger(m, x, log2e);
  result.r = m.fma(result.kAsFloat, m.isDouble ? -ln2High64 : -ln2High32, x);
  result.r = m.fma(result.kAsFloat, m.isDouble ? -ln2Low64 : -ln2Low32, result.r);
  return result;
}

/// value * 2^k in two steps, so that results below the normal range are rounded once and above it become
/// infinite.
Value scale(MathBuilder &m, Value value, Value k) {
  // k / 2, rounded down, by a logical shift of a number made positive.
  Value half = m.addInt(m.shiftRight(m.addInt(k, 8192), 1), -4096);
  Value rest = m.subInt(k, half);
  return m.mul(m.mul(value, m.powerOfTwo(half)), m.powerOfTwo(rest));
}

Value polyOf(MathBuilder &m, Value x, ArrayRef<double> narrow, ArrayRef<double> wide) {
  return m.poly(x, m.isDouble ? wide : narrow);
}

/// e^r - 1 for |r| <= ln(2) / 2, with an error that is small beside 1.
Value buildExpTail(MathBuilder &m, Value r) {
  return m.fma(m.mul(r, r), polyOf(m, r, expPoly32, expPoly64), r);
}

/// Limits between which e^x is neither 0 nor infinite, with a little room.
double expMax(MathBuilder &m) { return m.isDouble ? 710.0 : 89.0; }
double expMin(MathBuilder &m) { return m.isDouble ? -746.0 : -104.0; }

/// x = 2^k * (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)]; `kAsFloat` exact.
struct LogReduction {
  Value kAsFloat, f;
};

LogReduction reduceForLog(MathBuilder &m, Value x) {
  // Numbers below the normal range are scaled into it.
  double smallest = m.isDouble ? 2.2250738585072014e-308 : 1.17549435e-38f;
  double factor = m.isDouble ? 18014398509481984.0 : 33554432.0; // 2^54, 2^25
  Value isSmall = m.less(x, smallest);
  Value scaled = m.select(isSmall, m.mul(x, factor), x);
  int64_t sqrtHalf = m.isDouble ? 0x3fe6a09e667f3bcdLL : 0x3f3504f3;
  int64_t mask = (int64_t(1) << m.mantissaBits()) - 1;
  // A bias makes the exponent positive, so that a logical shift serves.
  Value shifted = m.addInt(m.bits(scaled), (m.bias() << m.mantissaBits()) - sqrtHalf);
  Value exponent = m.shiftRight(shifted, m.mantissaBits());
  Value mantissa = m.fromBits(m.addInt(m.andInt(shifted, mask), sqrtHalf));
  // An integer below 2^mantissa becomes a float by putting it into the mantissa of 2^mantissa.
  int64_t two = (m.bias() + m.mantissaBits()) << m.mantissaBits();
  double offset = (m.isDouble ? 4503599627370496.0 : 8388608.0) + m.bias();
  LogReduction result;
  result.kAsFloat = m.sub(m.fromBits(m.orInt(exponent, m.integer(two))), m.constant(offset));
  result.kAsFloat =
      m.sub(result.kAsFloat, m.select(isSmall, m.constant(m.isDouble ? 54 : 25), m.constant(0)));
  result.f = m.add(mantissa, -1.0);
  return result;
}

/// log(1 + f) - f, to be added to f last.
Value buildLogTail(MathBuilder &m, Value f, Value low) {
  Value square = m.mul(f, f);
  if (!m.isDouble) {
    Value tail = m.fma(m.mul(f, square), m.poly(f, logPoly32), low);
    return m.fma(square, -0.5, tail);
  }
  Value s = m.div(f, m.add(f, 2.0));
  Value z = m.mul(s, s);
  Value rest = m.mul(z, m.poly(z, logPoly64));
  Value half = m.mul(square, 0.5);
  // log(1 + f) = f - (half - s * (half + rest))
  return m.neg(m.sub(half, m.fma(s, m.add(half, rest), low)));
}

/// What the logarithm of 0, of negative numbers, of infinity and NaN is.
Value fixLog(MathBuilder &m, Value x, Value result) {
  Value atZero = m.select(m.equal(x, 0.0), m.constant(-m.infinity()), m.constant(m.nan()));
  result = m.select(m.greater(x, 0.0), result, atZero);
  return m.select(m.equal(x, m.infinity()), x, result);
}

} // namespace

Value weft::buildExpOfSum(MathBuilder &m, Value x, Value low) {
  x = m.atLeast(m.atMost(x, expMax(m)), expMin(m));
  Reduction reduced = reduceByLn2(m, x);
  if (low)
    reduced.r = m.add(reduced.r, low);
  return scale(m, m.add(buildExpTail(m, reduced.r), 1.0), reduced.k);
}

Value weft::buildExp(MathBuilder &m, Value x) { return buildExpOfSum(m, x, Value()); }

Value weft::buildNormalExp(MathBuilder &m, Value x) {
  // Where x is too small all of this is meaningless, and not used.
  Reduction reduced = reduceByLn2(m, x);
  Value tail = buildExpTail(m, reduced.r), power = m.powerOfTwo(reduced.k);
  return m.select(m.less(x, m.isDouble ? -708.0 : -87.0), m.constant(0.0), m.fma(power, tail, power));
}

Value weft::buildExp2(MathBuilder &m, Value x) {
  x = m.atLeast(m.atMost(x, m.isDouble ? 1025.0 : 129.0), m.isDouble ? -1076.0 : -151.0);
  Reduction reduced = roundToInteger(m, x, 1);
  Value r = m.sub(x, reduced.kAsFloat);
  return scale(m, m.fma(r, polyOf(m, r, exp2Poly32, exp2Poly64), m.constant(1.0)), reduced.k);
}

Value weft::buildExpM1(MathBuilder &m, Value x) {
  Value limited = m.atLeast(m.atMost(x, m.isDouble ? 709.9 : 89.0), m.isDouble ? -40.0 : -20.0);
  Reduction reduced = reduceByLn2(m, limited);
  Value tail = m.fma(m.mul(reduced.r, reduced.r), polyOf(m, reduced.r, expM1Poly32, expPoly64), reduced.r);
  // 2^k * (1 + tail) - 1 with half the power, which stays finite.
  Value half = m.powerOfTwo(m.addInt(reduced.k, -1));
  Value result = m.fma(half, tail, m.add(half, -0.5));
  return m.select(m.equal(x, 0.0), x, m.add(result, result));
}

Value weft::buildLog(MathBuilder &m, Value x) {
  LogReduction reduced = reduceForLog(m, x);
  Value low = m.mul(reduced.kAsFloat, m.isDouble ? ln2Low64 : ln2Low32);
  Value sum = m.add(reduced.f, buildLogTail(m, reduced.f, low));
  return fixLog(m, x, m.fma(reduced.kAsFloat, m.isDouble ? ln2High64 : ln2High32, sum));
}

/// log of base b: k * kFactor + log(1 + f) / ln(b), both factors in two parts.
static Value buildLogOfBase(MathBuilder &m, Value x, double kHigh, double kLow, double factor) {
  LogReduction reduced = reduceForLog(m, x);
  Value natural = m.add(reduced.f, buildLogTail(m, reduced.f, m.constant(0.0)));
  double high = m.isDouble ? factor : static_cast<double>(static_cast<float>(factor));
  double low = m.isDouble ? 0.0 : factor - high;
  Value sum = m.fma(natural, high, m.fma(reduced.kAsFloat, kLow, m.mul(natural, low)));
  return fixLog(m, x, m.fma(reduced.kAsFloat, kHigh, sum));
}

Value weft::buildLog2(MathBuilder &m, Value x) { return buildLogOfBase(m, x, 1.0, 0.0, log2e); }

Value weft::buildLog10(MathBuilder &m, Value x) {
  // log10(2), its first part with 12 bits (f32) or 32 bits (f64).
  if (m.isDouble)
    return buildLogOfBase(m, x, 0.301029995663611771306, 3.69423907715893078616e-13, 0.43429448190325182765);
  return buildLogOfBase(m, x, 0.301025390625, 4.6050389811952114e-6, 0.43429448190325182765);
}

Value weft::buildLog1p(MathBuilder &m, Value x) {
  // log(u) of the rounded u = 1 + x, plus what the rounding lost.
  Value u = m.add(x, 1.0);
  Value lost = m.select(m.greater(x, 1.0), m.sub(1.0, m.sub(u, x)), m.sub(x, m.add(u, -1.0)));
  Value correction = m.div(lost, u);
  Value usable = m.logicalAnd(m.greater(u, 0.0), m.less(u, m.infinity()));
  correction = m.select(usable, correction, m.constant(0.0));
  Value result = m.add(buildLog(m, u), correction);
  // Below the precision of 1 + x the result is x, with its sign of zero.
  return m.select(m.less(m.abs(x), m.isDouble ? 1e-17 : 1e-9), x, result);
}

Value weft::buildTanh(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  if (m.isDouble) {
    Value t = buildExpM1(m, m.mul(m.atMost(magnitude, 22.0), 2.0));
    return m.copySign(m.div(t, m.add(t, 2.0)), x);
  }
  Value z = m.mul(x, x);
  Value small = m.fma(m.mul(x, z), m.poly(z, tanhPoly32), x);
  // 1 - 2 / (e^2x + 1) from where it is 1/2; it does not grow any more behind 10. One product with ln 2 is
  // exact enough for what is subtracted from 1.
  Value twice = m.mul(m.atMost(magnitude, 10.0), 2.0);
  Reduction reduced = roundToInteger(m, twice, log2e);
  Value tail = buildExpTail(m, m.fma(reduced.kAsFloat, -ln2, twice)), power = m.powerOfTwo(reduced.k);
  Value sum = m.fma(power, tail, m.add(power, 1.0));
  Value large = m.sub(1.0, m.div(m.constant(2.0), sum));
  return m.copySign(m.select(m.less(magnitude, 0.5494), small, large), x);
}

Value weft::buildErf(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  Value z = m.mul(x, x);
  // x + x * (p - 1): the rounding of p counts for an eighth.
  Value small = m.fma(x, polyOf(m, z, erfPoly32, erfPoly64), x);
  Value limited = m.atMost(magnitude, m.isDouble ? 6.0 : 4.0);
  Value tail = polyOf(m, m.add(limited, m.isDouble ? -3.5 : -1.0), erfTail32, erfTail64);
  // 1 - e^-tail, whose exponent is in the range of normal numbers.
  Reduction reduced = reduceByLn2(m, m.neg(tail));
  Value power = m.powerOfTwo(reduced.k);
  Value large = m.fma(m.neg(power), buildExpTail(m, reduced.r), m.sub(1.0, power));
  return m.select(m.less(magnitude, 1.0), small, m.copySign(large, x));
}

//===----------------------------------------------------------------------===//
// Functions of f64
//===----------------------------------------------------------------------===//

namespace {

// e^(x^2) erfc(x) (1 + 2 x) as a polynomial of (x - 4) / (x + 4) for x in [0, 28]; error 1.2e-17.
constexpr double erfcPoly[] = {
    1.2329951186255525098,     -0.13962111684056288622,     0.015379652102619764814,
    0.06809705425473659892,    -0.10103906603630115977,     0.093732834996823740959,
    -0.066330365812564127277,  0.037167515561853853164,     -0.016197734048419950234,
    0.0050319697635602077839,  -0.00075777340489492017005,  -0.00019925556123133473732,
    0.00015062247170307791318, -0.000024402941564879640627, -0.000011225283343789963227,
    5.7172952649855631354e-6,  3.0195681184815079679e-7,    -8.3424028995604049929e-7,
    6.2388805971191824815e-8,  1.145611242824040425e-7,     -7.7788228823434673036e-9,
    -1.3386171344718158848e-8, -1.7176030631157396137e-9};

/// log(x) of a positive finite x as an unevaluated sum: about 64 bits.
std::pair<Value, Value> buildLogInTwoParts(MathBuilder &m, Value x) {
  LogReduction reduced = reduceForLog(m, x);
  Value f = reduced.f;
  Value u = m.add(f, 2.0);
  Value uLow = m.sub(f, m.add(u, -2.0));
  Value s = m.div(f, u);
  Value product = m.mul(s, u);
  Value rest = m.sub(m.sub(f, product), m.productError(s, u, product));
  Value sLow = m.div(m.sub(rest, m.mul(s, uLow)), u);
  Value z = m.mul(s, s);
  Value cubic = m.mul(m.mul(s, z), m.poly(z, logPoly64));
  // k * ln2High is exact; the sum with 2 s is split into its rounded value and its error.
  Value big = m.mul(reduced.kAsFloat, ln2High64);
  Value twice = m.add(s, s);
  Value high = m.add(big, twice);
  Value virtualPart = m.sub(high, big);
  Value error = m.add(m.sub(big, m.sub(high, virtualPart)), m.sub(twice, virtualPart));
  Value low = m.add(m.add(error, m.mul(reduced.kAsFloat, ln2Low64)), m.add(m.add(sLow, sLow), cubic));
  Value sum = m.add(high, low);
  return {sum, m.add(m.sub(high, sum), low)};
}

} // namespace

Value weft::buildErfc(MathBuilder &m, Value x) {
  Value magnitude = m.atMost(m.abs(x), 28.0);
  Value y = m.div(m.add(magnitude, -4.0), m.add(magnitude, 4.0));
  Value w = m.div(m.poly(y, erfcPoly), m.fma(magnitude, 2.0, m.constant(1.0)));
  Value square = m.mul(magnitude, magnitude);
  Value error = m.productError(magnitude, magnitude, square);
  Value tail = m.mul(buildExpOfSum(m, m.neg(square), m.neg(error)), w);
  return m.select(m.less(x, 0.0), m.sub(2.0, tail), tail);
}

Value weft::buildPow(MathBuilder &m, Value x, Value y) {
  Value magnitude = m.abs(x);
  Value isOrdinary = m.logicalAnd(m.greater(magnitude, 0.0), m.less(magnitude, m.infinity()));
  auto [high, low] = buildLogInTwoParts(m, m.select(isOrdinary, magnitude, m.constant(1.0)));
  Value logarithm = m.select(isOrdinary, high, buildLog(m, magnitude));
  Value product = m.mul(y, logarithm);
  Value correction = m.add(m.productError(y, logarithm, product), m.mul(y, low));
  // Where the product is huge the correction is of no use, and may be no number.
  correction = m.select(m.less(m.abs(product), 1000.0), correction, m.constant(0.0));
  Value result = buildExpOfSum(m, product, correction);
  // Negative bases: odd integer exponents flip the sign, others have no real result.
  Value isInteger = m.equal(m.trunc(y), y);
  Value half = m.mul(y, 0.5);
  Value isEven = m.equal(m.trunc(half), half);
  Value isNegative = m.isNegativeInt(m.bits(x));
  Value isFlipped = m.logicalAnd(m.logicalAnd(isNegative, isInteger), m.logicalNot(isEven));
  result = m.select(isFlipped, m.neg(result), result);
  Value isImaginary =
      m.logicalAnd(m.logicalAnd(m.less(x, 0.0), m.less(magnitude, m.infinity())), m.logicalNot(isInteger));
  result = m.select(isImaginary, m.constant(m.nan()), result);
  result = m.select(m.isNaN(y), y, result);
  // 1^y, x^0 and (-1)^infinity are 1 whatever the other argument is.
  Value isOne = m.logicalOr(m.equal(x, 1.0), m.equal(y, 0.0));
  isOne = m.logicalOr(isOne, m.logicalAnd(m.equal(x, -1.0), m.equal(m.abs(y), m.infinity())));
  return m.select(isOne, m.constant(1.0), result);
}

Value weft::buildCbrt(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  Value root = buildExp(m, m.mul(buildLog(m, magnitude), 1.0 / 3.0));
  // One step of Newton's rule.
  Value step = m.sub(root, m.div(magnitude, m.mul(root, root)));
  root = m.fma(step, -1.0 / 3.0, root);
  Value isOrdinary = m.logicalAnd(m.greater(magnitude, 0.0), m.less(magnitude, m.infinity()));
  return m.select(isOrdinary, m.copySign(root, x), m.add(x, x));
}

Value weft::buildSinh(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  Value t = buildExpM1(m, m.atMost(magnitude, 709.0));
  Value usual = m.mul(m.add(t, m.div(t, m.add(t, 1.0))), 0.5);
  Value e = buildExp(m, m.mul(magnitude, 0.5));
  Value huge = m.mul(m.mul(e, 0.5), e);
  return m.copySign(m.select(m.greater(magnitude, 709.0), huge, usual), x);
}

Value weft::buildCosh(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  Value e = buildExp(m, m.atMost(magnitude, 709.0));
  Value usual = m.fma(e, 0.5, m.div(m.constant(0.5), e));
  Value root = buildExp(m, m.mul(magnitude, 0.5));
  Value huge = m.mul(m.mul(root, 0.5), root);
  return m.select(m.greater(magnitude, 709.0), huge, usual);
}

Value weft::buildAsinh(MathBuilder &m, Value x) {
  constexpr double limit = 268435456.0; // 2^28: the square root is x itself beyond
  Value magnitude = m.abs(x);
  Value limited = m.atMost(magnitude, limit);
  Value square = m.mul(limited, limited);
  Value root = m.sqrt(m.add(square, 1.0));
  Value usual = buildLog1p(m, m.add(limited, m.div(square, m.add(root, 1.0))));
  Value huge = m.add(buildLog(m, magnitude), ln2);
  return m.copySign(m.select(m.greater(magnitude, limit), huge, usual), x);
}

Value weft::buildAcosh(MathBuilder &m, Value x) {
  constexpr double limit = 268435456.0;
  Value t = m.add(m.atMost(x, limit), -1.0);
  Value usual = buildLog1p(m, m.add(t, m.sqrt(m.fma(t, t, m.mul(t, 2.0)))));
  Value huge = m.add(buildLog(m, x), ln2);
  Value result = m.select(m.greater(x, limit), huge, usual);
  return m.select(m.less(x, 1.0), m.constant(m.nan()), result);
}

Value weft::buildAtanh(MathBuilder &m, Value x) {
  Value magnitude = m.abs(x);
  Value ratio = m.div(m.mul(magnitude, 2.0), m.sub(1.0, magnitude));
  return m.copySign(m.mul(buildLog1p(m, ratio), 0.5), x);
}
