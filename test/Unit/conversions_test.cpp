// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions of narrow floats give the same bits as LLVM's arithmetic, with and without instructions for
// them.
#include "compiled_kernels.h"
#include "llvm/ADT/APFloat.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <random>

using namespace weft::test;

namespace {

constexpr size_t count = 1 << 16;

struct Format {
  const char *type;
  const llvm::fltSemantics &semantics;
  unsigned width;
};

const Format formats[] = {{"f16", llvm::APFloat::IEEEhalf(), 16},
                          {"bf16", llvm::APFloat::BFloat(), 16},
                          {"f8E4M3FN", llvm::APFloat::Float8E4M3FN(), 8},
                          {"f8E5M2", llvm::APFloat::Float8E5M2(), 8},
                          {"f8E4M3FNUZ", llvm::APFloat::Float8E4M3FNUZ(), 8},
                          {"f8E5M2FNUZ", llvm::APFloat::Float8E5M2FNUZ(), 8}};

uint64_t narrow(float value, const Format &format) {
  llvm::APFloat number(value);
  bool isLossy;
  number.convert(format.semantics, llvm::APFloat::rmNearestTiesToEven, &isLossy);
  return number.bitcastToAPInt().getZExtValue();
}

llvm::APFloat toNumber(uint64_t bits, const Format &format) {
  return llvm::APFloat(format.semantics, llvm::APInt(format.width, bits));
}

uint64_t read(const char *data, size_t i, unsigned width) {
  uint64_t bits = 0;
  std::memcpy(&bits, data + i * (width / 8), width / 8);
  return bits;
}

void checkNarrowing(const CompiledKernels &kernels, const Format &format) {
  AlignedBuffer<float> x(count);
  AlignedBuffer<char> y(count * 2);
  std::mt19937 random(1);
  for (size_t i = 0; i < count; ++i) {
    // Random bits, and numbers around what the format can hold, halves of its last place included.
    uint32_t bits = random();
    std::memcpy(&x[i], &bits, 4);
    if (i % 2)
      x[i] = std::ldexp(static_cast<float>(static_cast<int>(random() % 4096) - 2048),
                        static_cast<int>(random() % 44) - 32);
  }
  kernels.run(std::string("narrow_") + format.type, {x.data, y.data});
  for (size_t i = 0; i < count; ++i) {
    uint64_t actual = read(y.data, i, format.width), expected = narrow(x[i], format);
    if (toNumber(expected, format).isNaN())
      ASSERT_TRUE(toNumber(actual, format).isNaN()) << x[i] << " to " << format.type << " gave " << actual;
    else
      ASSERT_EQ(actual, expected) << x[i] << " to " << format.type;
  }
}

void checkWidening(const CompiledKernels &kernels, const Format &format) {
  AlignedBuffer<char> x(count * 2);
  AlignedBuffer<float> y(count);
  for (size_t i = 0; i < count; ++i)
    std::memcpy(x.data + i * (format.width / 8), &i, format.width / 8);
  kernels.run(std::string("widen_") + format.type, {x.data, y.data});
  for (size_t i = 0; i < count; ++i) {
    float expected = toNumber(read(x.data, i, format.width), format).convertToFloat();
    if (std::isnan(expected))
      ASSERT_TRUE(std::isnan(y[i])) << i << " of " << format.type;
    else
      ASSERT_TRUE(y[i] == expected && std::signbit(y[i]) == std::signbit(expected))
          << i << " of " << format.type << " gave " << y[i] << ", not " << expected;
  }
}

} // namespace

TEST(Conversions, NarrowFloats) {
  std::string text;
  for (const Format &format : formats) {
    std::string type = format.type;
    text += writeUnaryKernel("narrow_" + type, "arith.truncf %a : f32 to " + type, "f32", type, count);
    text += writeUnaryKernel("widen_" + type, "arith.extf %a : " + type + " to f32", type, "f32", count);
  }
  for (const std::string &level : getTestedLevels()) {
    SCOPED_TRACE(level);
    CompiledKernels kernels(text, level);
    for (const Format &format : formats) {
      checkNarrowing(kernels, format);
      checkWidening(kernels, format);
    }
  }
}

// f64 to f16 through f32 would round twice: 1 + 2^-11 + 2^-40 lies just above the middle of two f16 numbers.
TEST(Conversions, DoubleIsRoundedOnce) {
  for (const std::string &level : getTestedLevels()) {
    CompiledKernels kernels(writeUnaryKernel("narrow", "arith.truncf %a : f64 to f16", "f64", "f16", count),
                            level);
    AlignedBuffer<double> x(count);
    AlignedBuffer<uint16_t> y(count);
    std::mt19937_64 random(5);
    for (size_t i = 0; i < count; ++i)
      x[i] = std::ldexp(1.0 + (random() % 1024) / 1024.0 + 1.0 / 2048, static_cast<int>(random() % 20) - 10) *
             (1.0 + (static_cast<int>(random() % 3) - 1) * 1e-12);
    kernels.run("narrow", {x.data, y.data});
    for (size_t i = 0; i < count; ++i) {
      llvm::APFloat number(x[i]);
      bool isLossy;
      number.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven, &isLossy);
      ASSERT_EQ(y[i], number.bitcastToAPInt().getZExtValue()) << x[i];
    }
  }
}
