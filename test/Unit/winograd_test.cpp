// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Winograd's algorithm gives convolutions of all shapes, and its error stays within the bounds of --math.
#include "compiled_kernels.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Kernel/IR/KernelPack.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "weft/Target/LLVMEmit.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <sstream>

using namespace weft::test;

namespace {

constexpr int64_t kPanel = 32;

struct Shape {
  int64_t n, height, width, C, F;
  int64_t pads[4]; // top, left, bottom, right
  int64_t outHeight() const { return height + pads[0] + pads[2] - 2; }
  int64_t outWidth() const { return width + pads[1] + pads[3] - 2; }
};

/// A level and the register tile that its kernels use.
struct Level {
  const char *name;
  int64_t lanes, rows, columns;
  bool hasFMA;
};
const Level levels[] = {
    {"x86-64-v2", 4, 3, 8, false}, {"x86-64-v3", 8, 4, 16, true}, {"x86-64-v4", 16, 6, 32, true}};

std::string writeKernel(const Shape &shape, const Level &level, int64_t tile, int64_t lines) {
  auto tensor = [](std::initializer_list<int64_t> sizes) {
    std::ostringstream text;
    text << "tensor<";
    for (int64_t size : sizes)
      text << size << "x";
    text << "f32>";
    return text.str();
  };
  std::string x = tensor({shape.n, shape.height, shape.width, shape.C});
  std::string w = tensor({(shape.F + kPanel - 1) / kPanel, (tile + 2) * (tile + 2), shape.C, kPanel});
  std::string b = tensor({shape.F}), o = tensor({shape.n, shape.outHeight(), shape.outWidth(), shape.F});
  std::ostringstream text;
  text
      << "kernel.func @conv(%x: " << x << ", %w: " << w << ", %b: " << b << ") -> " << o
      << " {\n  %e = tensor.empty() : " << o << "\n  %r = kernel.winograd ins(%x, %w : " << x << ", " << w
      << ") with(%b : " << b << ") outs(%e : " << o << ") attributes {pads = array<i64: " << shape.pads[0]
      << ", " << shape.pads[1] << ", " << shape.pads[2] << ", " << shape.pads[3]
      << ">, epilogue_maps = [affine_map<(n, y, x, f) -> (f)>], sched.cpu = #sched.cpu<kernel = winograd, "
         "parallel = [1, "
      << lines * tile << ", 0, 0], vector = " << level.lanes << ", registers = [" << level.rows << ", "
      << level.columns << "], depth = 0, unroll = 1, fma = " << (level.hasFMA ? "true" : "false")
      << ">} {\n  ^bb0(%acc: f32, %bias: f32):\n    %s = arith.addf %acc, %bias : f32\n    kernel.yield %s : "
         "f32\n  } -> "
      << o << "\n  kernel.return %r : " << o << "\n}\n";
  return text.str();
}

/// Packs filters [F][3][3][C] as the compiler does: into panels, then transformed.
std::vector<float> packFilters(const std::vector<float> &filters, const Shape &shape, int64_t tile) {
  int64_t panels = (shape.F + kPanel - 1) / kPanel, K = 9 * shape.C;
  std::vector<float> packed(panels * K * kPanel, 0.0f);
  for (int64_t f = 0; f < shape.F; ++f)
    for (int64_t k = 0; k < K; ++k)
      packed[(f / kPanel * K + k) * kPanel + f % kPanel] = filters[f * K + k];
  mlir::MLIRContext context;
  context.loadDialect<mlir::kernel::KernelDialect>();
  auto type = mlir::RankedTensorType::get({1, panels, K, kPanel}, mlir::Float32Type::get(&context));
  mlir::ElementsAttr attribute =
      mlir::kernel::packElements(mlir::DenseElementsAttr::get(type, llvm::ArrayRef<float>(packed)),
                                 mlir::kernel::WinogradAttr::get(&context, tile));
  EXPECT_TRUE(attribute);
  auto resource = llvm::cast<mlir::DenseResourceElementsAttr>(attribute);
  auto data = resource.getRawHandle().getBlob()->getDataAs<float>();
  return {data.begin(), data.end()};
}

struct Errors {
  double rms, max, chainRms, largest;
};

/// Runs one convolution; errors against sums in double, beside those of a chain of f32 fused multiply-adds.
Errors measure(const Shape &shape, const Level &level, int64_t tile, int64_t lines, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> input(-1, 1);
  std::normal_distribution<float> weight(0, std::sqrt(2.0f / static_cast<float>(9 * shape.C)));
  int64_t outputs = shape.n * shape.outHeight() * shape.outWidth() * shape.F;
  AlignedBuffer<float> x(shape.n * shape.height * shape.width * shape.C), b(shape.F), o(outputs);
  for (size_t i = 0; i < x.size; ++i)
    x[i] = input(random);
  for (size_t i = 0; i < b.size; ++i)
    b[i] = input(random);
  std::vector<float> filters(shape.F * 9 * shape.C);
  for (float &value : filters)
    value = weight(random);
  std::vector<float> packed = packFilters(filters, shape, tile);
  AlignedBuffer<float> w(packed.size());
  std::copy(packed.begin(), packed.end(), w.data);
  CompiledKernels kernels(writeKernel(shape, level, tile, lines), level.name);
  kernels.run("conv", {x.data, w.data, b.data, o.data});
  Errors errors = {};
  for (int64_t i = 0; i < outputs; ++i) {
    int64_t f = i % shape.F, pixel = i / shape.F % shape.outWidth(),
            line = i / shape.F / shape.outWidth() % shape.outHeight(),
            n = i / shape.F / shape.outWidth() / shape.outHeight();
    double sum = 0;
    float chain = 0;
    for (int64_t tap = 0; tap < 9; ++tap) {
      int64_t atY = line + tap / 3 - shape.pads[0], atX = pixel + tap % 3 - shape.pads[1];
      if (atY < 0 || atX < 0 || atY >= shape.height || atX >= shape.width)
        continue;
      const float *pixels = &x[((n * shape.height + atY) * shape.width + atX) * shape.C];
      for (int64_t c = 0; c < shape.C; ++c) {
        float factor = filters[(f * 9 + tap) * shape.C + c];
        sum += static_cast<double>(pixels[c]) * factor;
        chain = std::fma(pixels[c], factor, chain);
      }
    }
    sum += b[f];
    double error = o[i] - sum, chainError = chain + b[f] - sum;
    errors.rms += error * error / static_cast<double>(outputs);
    errors.chainRms += chainError * chainError / static_cast<double>(outputs);
    errors.max = std::isnan(error) ? INFINITY : std::max(errors.max, std::fabs(error));
    errors.largest = std::max(errors.largest, std::fabs(sum));
  }
  errors.rms = std::sqrt(errors.rms);
  errors.chainRms = std::sqrt(errors.chainRms);
  return errors;
}

bool runsHere(const Level &level) {
  auto target = weft::lookupTargetLevel(level.name);
  return target && weft::isSupportedByHost(*target);
}

} // namespace

// Sizes of 1, primes, just over a tile, no padding and uneven padding, several images, tasks of one and of
// several lines of tiles, of which the last has fewer.
TEST(Winograd, EveryShapeAtEveryLevel) {
  const Shape shapes[] = {{1, 1, 1, 1, 1, {1, 1, 1, 1}},     {1, 3, 3, 5, 7, {0, 0, 0, 0}},
                          {1, 13, 11, 17, 33, {1, 1, 1, 1}}, {2, 5, 9, 16, 65, {1, 1, 1, 1}},
                          {1, 17, 6, 31, 40, {2, 0, 1, 3}},  {3, 8, 8, 20, 96, {1, 1, 1, 1}},
                          {1, 2, 37, 3, 64, {1, 1, 1, 1}},   {1, 19, 23, 47, 5, {0, 1, 2, 0}}};
  for (const Level &level : levels) {
    if (!runsHere(level))
      continue;
    unsigned seed = 1;
    for (const Shape &shape : shapes)
      for (int64_t tile : {2, 4}) {
        Errors errors = measure(shape, level, tile, /*lines=*/1 + seed % 3, seed);
        ++seed;
        // The bound of --math=f32, and something for outputs that are all small.
        EXPECT_LE(errors.max, 1e-4 * errors.largest + 1e-6)
            << level.name << ", tile " << tile << ": " << shape.height << "x" << shape.width << "x" << shape.C
            << " to " << shape.F;
      }
  }
}

// --math=f32 admits tiles of 4, --math=f32-fma those of 2.
TEST(Winograd, ErrorStaysWithinTheBounds) {
  const Shape shape = {1, 14, 14, 256, 64, {1, 1, 1, 1}};
  for (const Level &level : levels) {
    if (!runsHere(level))
      continue;
    Errors large = measure(shape, level, 4, 4, 7), small = measure(shape, level, 2, 4, 7);
    EXPECT_LE(large.rms, 8 * large.chainRms) << level.name;
    EXPECT_LE(large.max, 1e-4 * large.largest) << level.name;
    EXPECT_LE(small.rms, 1.5 * small.chainRms) << level.name;
  }
}
