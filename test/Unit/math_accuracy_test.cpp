// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expanded mathematical functions stay within their bounds of error and keep the C library's special values.
#include "compiled_kernels.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <random>

using namespace weft::test;

namespace {

constexpr size_t count = 1 << 15;

/// One function, the C library's version with 64 bits of precision, and where it is sampled.
struct Function {
  const char *op;
  long double (*reference)(long double);
  double low, high;
  bool isWideRange;         ///< Also over all magnitudes.
  double lowWide, highWide; ///< Range for f64 when it differs; equal when not.
};

long double rsqrtReference(long double x) { return 1 / std::sqrt(x); }

const Function functions[] = {{"acos", std::acos, -1, 1, false, 0, 0},
                              {"acosh", std::acosh, 1, 100, true, 0, 0},
                              {"asin", std::asin, -1, 1, false, 0, 0},
                              {"asinh", std::asinh, -50, 50, true, 0, 0},
                              {"atan", std::atan, -50, 50, true, 0, 0},
                              {"atanh", std::atanh, -1, 1, false, 0, 0},
                              {"cbrt", std::cbrt, -50, 50, true, 0, 0},
                              {"cos", std::cos, -1000, 1000, false, 0, 0},
                              {"cosh", std::cosh, -95, 95, false, -720, 720},
                              {"erf", std::erf, -6, 6, false, 0, 0},
                              {"erfc", std::erfc, -6, 10, false, -6, 27},
                              {"exp", std::exp, -110, 95, false, -750, 715},
                              {"exp2", std::exp2, -155, 130, false, -1080, 1030},
                              {"expm1", std::expm1, -25, 95, true, -50, 715},
                              {"log", std::log, 0, 50, true, 0, 0},
                              {"log10", std::log10, 0, 50, true, 0, 0},
                              {"log1p", std::log1p, -1, 50, true, 0, 0},
                              {"log2", std::log2, 0, 50, true, 0, 0},
                              {"rsqrt", rsqrtReference, 0, 50, true, 0, 0},
                              {"sin", std::sin, -1000, 1000, false, 0, 0},
                              {"sinh", std::sinh, -95, 95, true, -720, 720},
                              {"tan", std::tan, -1000, 1000, false, 0, 0},
                              {"tanh", std::tanh, -12, 12, true, 0, 0}};

template <typename T> const char *typeName() { return sizeof(T) == 4 ? "f32" : "f64"; }

template <typename T> double ulpsBetween(T actual, long double expected) {
  T rounded = static_cast<T>(expected);
  // Around overflow and below the normal range either neighbour is right.
  if (std::isinf(rounded) || std::fabs(rounded) < std::numeric_limits<T>::min())
    return std::fabs(static_cast<long double>(actual) - expected) <=
                       2 * std::numeric_limits<T>::denorm_min() ||
                   actual == rounded
               ? 0
               : std::numeric_limits<double>::infinity();
  T next = std::nextafter(std::fabs(rounded), std::numeric_limits<T>::infinity());
  if (std::isinf(next))
    return actual == rounded || std::isinf(actual) ? 0 : std::numeric_limits<double>::infinity();
  long double ulp = static_cast<long double>(next) - std::fabs(rounded);
  return static_cast<double>(std::fabs(static_cast<long double>(actual) - expected) / ulp);
}

template <typename T> std::vector<T> sample(const Function &function) {
  const T infinity = std::numeric_limits<T>::infinity();
  std::vector<T> values = {
      0,     -T(0),  1,        -1,        infinity, -infinity, std::numeric_limits<T>::quiet_NaN(),
      T(.5), T(-.5), T(1e-30), T(-1e-30), T(1e30),  T(-1e30),  std::numeric_limits<T>::max()};
  bool hasOwnRange = sizeof(T) == 8 && function.lowWide != function.highWide;
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> uniform(hasOwnRange ? function.lowWide : function.low,
                                                 hasOwnRange ? function.highWide : function.high);
  std::uniform_real_distribution<double> exponent(sizeof(T) == 4 ? -125 : -1000, sizeof(T) == 4 ? 126 : 1000);
  std::uniform_real_distribution<double> small(-1, 1);
  while (values.size() < count) {
    values.push_back(static_cast<T>(uniform(random)));
    values.push_back(static_cast<T>(std::max<double>(function.low, small(random))));
    if (function.isWideRange) {
      double magnitude = std::exp2(exponent(random));
      values.push_back(
          static_cast<T>(function.low < 0 && function.low != -1 && random() % 2 ? -magnitude : magnitude));
    }
  }
  values.resize(count);
  return values;
}

template <typename T>
void checkFunction(const CompiledKernels &kernels, const Function &function, double bound) {
  std::vector<T> values = sample<T>(function);
  AlignedBuffer<T> x(count), y(count);
  std::copy(values.begin(), values.end(), x.data);
  kernels.run(std::string(function.op) + "_" + typeName<T>(), {x.data, y.data});
  double worst = 0;
  T worstAt = 0;
  for (size_t i = 0; i < count; ++i) {
    long double expected = function.reference(x[i]);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(y[i])) << function.op << "(" << x[i] << ") = " << y[i];
      continue;
    }
    // A denormal result of a function near zero keeps its sign.
    if (expected == 0) {
      EXPECT_TRUE(y[i] == 0 && std::signbit(y[i]) == std::signbit(expected))
          << function.op << "(" << x[i] << ") = " << y[i];
      continue;
    }
    double error = ulpsBetween<T>(y[i], expected);
    if (!(error <= worst)) {
      worst = error;
      worstAt = x[i];
    }
  }
  EXPECT_LE(worst, bound) << function.op << " of " << typeName<T>() << " at " << worstAt;
}

std::string writeKernels() {
  std::string text;
  for (const Function &function : functions)
    for (const char *type : {"f32", "f64"})
      text += writeUnaryKernel(std::string(function.op) + "_" + type,
                               std::string("math.") + function.op + " %a : " + type, type, type, count);
  return text;
}

} // namespace

TEST(MathAccuracy, FunctionsOfOneArgument) {
  for (const std::string &level : getTestedLevels()) {
    SCOPED_TRACE(level);
    CompiledKernels kernels(writeKernels(), level);
    // Without fused multiply-add polynomials round twice as often.
    bool isOld = level == "x86-64-v2";
    for (const Function &function : functions) {
      checkFunction<float>(kernels, function, isOld ? 2.5 : 2.0);
      checkFunction<double>(kernels, function, isOld ? 6.0 : 5.0);
    }
  }
}

// What softmax and sigmoid use: masked scores have to become 0, not something small.
TEST(MathAccuracy, ExponentialOfTheNormalRange) {
  std::string text = writeUnaryKernel("exp", "math.exp %a fastmath<ninf,afn> : f32", "f32", "f32", count);
  for (const std::string &level : getTestedLevels()) {
    SCOPED_TRACE(level);
    CompiledKernels kernels(text, level);
    AlignedBuffer<float> x(count), y(count);
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> uniform(-110, 88);
    for (size_t i = 0; i < count; ++i)
      x[i] = static_cast<float>(uniform(random));
    x[0] = -std::numeric_limits<float>::infinity();
    x[1] = std::numeric_limits<float>::lowest();
    x[2] = std::numeric_limits<float>::quiet_NaN();
    x[3] = -0.0F;
    kernels.run("exp", {x.data, y.data});
    for (size_t i = 0; i < count; ++i) {
      if (std::isnan(x[i]))
        EXPECT_TRUE(std::isnan(y[i]));
      else if (x[i] < -87)
        ASSERT_EQ(y[i], 0) << x[i];
      else
        ASSERT_LE(ulpsBetween<float>(y[i], std::exp(static_cast<long double>(x[i]))),
                  level == "x86-64-v2" ? 2.5 : 2.0)
            << x[i];
    }
  }
}

TEST(MathAccuracy, SineOfHugeArguments) {
  CompiledKernels kernels(writeUnaryKernel("sine", "math.sin %a : f32", "f32", "f32", count), "native");
  AlignedBuffer<float> x(count), y(count);
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(10, 127);
  for (size_t i = 0; i < count; ++i)
    x[i] = static_cast<float>(std::exp2(exponent(random)));
  kernels.run("sine", {x.data, y.data});
  for (size_t i = 0; i < count; ++i)
    ASSERT_LE(ulpsBetween<float>(y[i], std::sin(static_cast<double>(x[i]))), 1.0) << x[i];
}

TEST(MathAccuracy, Remainder) {
  std::string size = std::to_string(count), tensor = "tensor<" + size + "xf32>";
  std::string text =
      "kernel.func @remainder(%x: " + tensor + ", %y: " + tensor + ") -> " + tensor +
      " {\n  %e = tensor.empty() : " + tensor +
      "\n  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, "
      "affine_map<(i) -> (i)>], iterator_types = [\"parallel\"]} ins(%x, %y : " +
      tensor + ", " + tensor + ") outs(%e : " + tensor +
      ") {\n  ^bb0(%a: f32, %b: f32, %o: f32):\n    %s = arith.remf %a, %b : f32\n    linalg.yield %s : "
      "f32\n  } -> " +
      tensor + "\n  kernel.return %r : " + tensor + "\n}\n";
  for (const std::string &level : getTestedLevels()) {
    CompiledKernels kernels(text, level);
    AlignedBuffer<float> x(count), y(count), z(count);
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> exponent(-40, 40);
    for (size_t i = 0; i < count; ++i) {
      x[i] = static_cast<float>(std::exp2(exponent(random)) * (random() % 2 ? 1 : -1));
      y[i] = static_cast<float>(std::exp2(exponent(random)) * (random() % 2 ? 1 : -1));
    }
    kernels.run("remainder", {x.data, y.data, z.data});
    for (size_t i = 0; i < count; ++i)
      ASSERT_EQ(z[i], std::fmod(x[i], y[i])) << x[i] << " mod " << y[i];
  }
}
