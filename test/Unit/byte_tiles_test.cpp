// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions of bytes by tile instructions give the integers of plain loops, for all shapes.
#include "compiled_kernels.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Kernel/IR/KernelPack.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "tile_emulation.h"
#include "gtest/gtest.h"
#include <random>
#include <sstream>
#include <sys/mman.h>

using namespace weft::test;

namespace {

constexpr int64_t kPanel = 32;
constexpr const char *kLevel = "x86-64-v4-amx";

/// A product or a convolution: the former has one line of pixels, and a window of one tap.
struct Shape {
  int64_t images, height, width, C, F;
  int64_t kernel[2], strides[2], dilations[2];
  int64_t pads[4]; // top, left, bottom, right
  int64_t groups;
  bool isUnsigned;
  int64_t zeroPoint;
  int64_t rows, columns; // of a block of tiles
  const char *parallel;  // of the schedule
  int64_t out(int64_t i) const {
    int64_t in = i == 0 ? height : width;
    return (in + pads[i] + pads[i + 2] - dilations[i] * (kernel[i] - 1) - 1) / strides[i] + 1;
  }
  int64_t depth() const { return kernel[0] * kernel[1] * C / groups; }
};

std::string tensor(std::initializer_list<int64_t> sizes, const char *element) {
  std::ostringstream text;
  text << "tensor<";
  for (int64_t size : sizes)
    text << size << "x";
  text << element << ">";
  return text.str();
}

std::string writeSchedule(const Shape &shape, const char *kernel) {
  std::ostringstream text;
  text << "sched.cpu = #sched.cpu<kernel = " << kernel << ", parallel = [" << shape.parallel
       << "], vector = 16, registers = [" << shape.rows << ", " << shape.columns
       << "], depth = 0, unroll = 1, fma = true, dot = tdpbusd>";
  return text.str();
}

const char *const kEpilogue = "{\n  ^bb0(%acc: i32, %bias: i32):\n    %s = arith.addi %acc, %bias : i32\n"
                              "    kernel.yield %s : i32\n  } -> ";

/// `M` is the number of rows; a dynamic one comes as an index argument of the kernel.
std::string writeContract(const Shape &shape, bool isDynamic) {
  int64_t M = shape.width;
  std::string size = isDynamic ? "?" : std::to_string(M);
  std::string x = "tensor<" + size + "x" + std::to_string(shape.C) + "xi8>";
  std::string o = "tensor<" + size + "x" + std::to_string(shape.F) + "xi32>";
  std::string w = tensor({(shape.F + kPanel - 1) / kPanel, shape.C / 4 + 1, kPanel, 4}, "i8");
  std::string b = tensor({shape.F}, "i32"), dims = isDynamic ? " {kernel.dims = array<i64: 3>}" : "";
  std::ostringstream text;
  text << "kernel.func @product(%x: " << x << dims << ", %w: " << w << ", %b: " << b
       << (isDynamic ? ", %m: index" : "") << ") -> (" << o << dims << ") {\n  %e = tensor.empty("
       << (isDynamic ? "%m" : "") << ") : " << o << "\n  %r = kernel.contract ins(%x, %w : " << x << ", " << w
       << ") with(%b : " << b << ") outs(%e : " << o << ") attributes {panel = " << kPanel
       << (shape.isUnsigned ? ", lhs_unsigned" : "") << ", zero_point = " << shape.zeroPoint
       << ", epilogue_maps = [affine_map<(m, n) -> (n)>], " << writeSchedule(shape, "gemm") << "} "
       << kEpilogue << o << "\n  kernel.return %r : " << o << "\n}\n";
  return text.str();
}

std::string writeConv(const Shape &shape) {
  std::string x = tensor({shape.images, shape.height, shape.width, shape.C}, "i8");
  std::string o = tensor({shape.images, shape.out(0), shape.out(1), shape.F}, "i32");
  std::string w = tensor(
      {shape.groups, (shape.F / shape.groups + kPanel - 1) / kPanel, shape.depth() / 4 + 1, kPanel, 4}, "i8");
  std::string b = tensor({shape.F}, "i32");
  auto pair = [](const int64_t *values) {
    return std::to_string(values[0]) + ", " + std::to_string(values[1]);
  };
  std::ostringstream text;
  text << "kernel.func @product(%x: " << x << ", %w: " << w << ", %b: " << b << ") -> " << o
       << " {\n  %e = tensor.empty() : " << o << "\n  %r = kernel.conv ins(%x, %w : " << x << ", " << w
       << ") with(%b : " << b << ") outs(%e : " << o
       << ") attributes {kernel = array<i64: " << pair(shape.kernel)
       << ">, strides = array<i64: " << pair(shape.strides)
       << ">, dilations = array<i64: " << pair(shape.dilations) << ">, pads = array<i64: " << pair(shape.pads)
       << ", " << pair(shape.pads + 2) << ">" << (shape.isUnsigned ? ", input_unsigned" : "")
       << ", zero_point = " << shape.zeroPoint << ", epilogue_maps = [affine_map<(n, y, x, f) -> (f)>], "
       << writeSchedule(shape, "conv") << "} " << kEpilogue << o << "\n  kernel.return %r : " << o << "\n}\n";
  return text.str();
}

/// Packs weights [F][depth] as the compiler does.
std::vector<int8_t> pack(const std::vector<int8_t> &weights, const Shape &shape) {
  mlir::MLIRContext context;
  context.loadDialect<mlir::kernel::KernelDialect>();
  auto type = mlir::RankedTensorType::get({shape.F, shape.depth()}, mlir::IntegerType::get(&context, 8));
  auto form = mlir::kernel::PanelsAttr::get(&context, /*batch=*/{}, /*k=*/{1}, /*n=*/0, shape.groups, kPanel,
                                            /*dot=*/4);
  mlir::ElementsAttr attribute =
      mlir::kernel::packElements(mlir::DenseElementsAttr::get(type, llvm::ArrayRef<int8_t>(weights)), form);
  EXPECT_TRUE(attribute);
  auto resource = llvm::cast<mlir::DenseResourceElementsAttr>(attribute);
  auto data = resource.getRawHandle().getBlob()->getDataAs<int8_t>();
  return {data.begin(), data.end()};
}

/// Runs one product; counts the elements that differ from plain loops.
int64_t countWrong(const Shape &shape, bool isContract, bool isDynamic, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> byte(-128, 127);
  int64_t inputs = shape.images * shape.height * shape.width * shape.C;
  int64_t OH = shape.out(0), OW = shape.out(1), outputs = shape.images * OH * OW * shape.F;
  AlignedBuffer<int8_t> x(inputs);
  AlignedBuffer<int32_t> b(shape.F), o(outputs);
  std::vector<int8_t> weights(shape.F * shape.depth());
  for (int64_t i = 0; i < inputs; ++i)
    x[i] = static_cast<int8_t>(byte(random));
  for (int64_t i = 0; i < shape.F; ++i)
    b[i] = byte(random) * 1000;
  for (int8_t &weight : weights)
    weight = static_cast<int8_t>(byte(random));
  std::vector<int8_t> packed = pack(weights, shape);
  AlignedBuffer<int8_t> w(packed.size());
  std::copy(packed.begin(), packed.end(), w.data);
  int64_t before = countEmulatedProducts();
  CompiledKernels kernels(isContract ? writeContract(shape, isDynamic) : writeConv(shape), kLevel);
  kernels.run("product", {x.data, w.data, b.data, o.data}, {shape.width});
  // Tiles did it, where this shows: on machines that have none, for rows that are enough.
  if (hasEmulatedTiles() && shape.out(1) >= shape.rows)
    EXPECT_GT(countEmulatedProducts(), before);
  int64_t wrong = 0, perGroup = shape.C / shape.groups, filters = shape.F / shape.groups;
  for (int64_t i = 0; i < outputs; ++i) {
    int64_t f = i % shape.F, pixel = i / shape.F % OW, line = i / shape.F / OW % OH,
            image = i / shape.F / OW / OH;
    int32_t sum = b[f];
    for (int64_t k = 0; k < shape.depth(); ++k) {
      int64_t c = k % perGroup + f / filters * perGroup, tapX = k / perGroup % shape.kernel[1],
              tapY = k / perGroup / shape.kernel[1];
      int64_t atY = line * shape.strides[0] + tapY * shape.dilations[0] - shape.pads[0],
              atX = pixel * shape.strides[1] + tapX * shape.dilations[1] - shape.pads[1];
      if (atY < 0 || atX < 0 || atY >= shape.height || atX >= shape.width)
        continue;
      int8_t value = x[((image * shape.height + atY) * shape.width + atX) * shape.C + c];
      int64_t left = shape.isUnsigned ? static_cast<uint8_t>(value) : value;
      sum += static_cast<int32_t>((left - shape.zeroPoint) * weights[f * shape.depth() + k]);
    }
    wrong += o[i] != sum;
  }
  return wrong;
}

/// Memory behind which nothing can be read.
class FencedBuffer {
public:
  explicit FencedBuffer(size_t size) : pages((size + kPage - 1) / kPage * kPage) {
    base = static_cast<int8_t *>(
        mmap(nullptr, pages + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + pages, kPage, PROT_NONE);
    data = base + pages - size;
  }
  ~FencedBuffer() { munmap(base, pages + kPage); }
  FencedBuffer(const FencedBuffer &) = delete;

  int8_t *data;

private:
  static constexpr size_t kPage = 4096;
  size_t pages;
  int8_t *base;
};

Shape makeContract(int64_t M, int64_t K, int64_t N, bool isUnsigned, int64_t zeroPoint, int64_t rows,
                   int64_t columns, const char *parallel = "") {
  return {1, 1,          M,         K,    N,       {1, 1},  {1, 1}, {1, 1}, {0, 0, 0, 0},
          1, isUnsigned, zeroPoint, rows, columns, parallel};
}

} // namespace

// One row, primes, just over a tile and over a block, steps of equal length and with a rest, columns of one
// tile, several tasks.
TEST(ByteTiles, ContractsOfAllShapes) {
  if (!enableTiles())
    GTEST_SKIP() << "no tiles, and no AVX-512 VNNI besides";
  const Shape shapes[] = {makeContract(1, 4, 1, true, 0, 1, 16),
                          makeContract(3, 64, 16, true, 7, 3, 16),
                          makeContract(16, 64, 32, false, 0, 16, 32),
                          makeContract(17, 68, 33, false, -5, 18, 32),
                          makeContract(37, 132, 70, true, 128, 32, 32),
                          makeContract(31, 260, 48, true, 255, 16, 32),
                          makeContract(49, 96, 96, false, 127, 26, 32),
                          makeContract(64, 128, 64, true, 3, 32, 32, "32, 32"),
                          makeContract(97, 44, 101, true, 1, 32, 32, "32, 64"),
                          makeContract(13, 76, 31, false, 2, 13, 32),
                          makeContract(5, 512, 96, true, 9, 16, 32)};
  unsigned seed = 1;
  for (const Shape &shape : shapes)
    EXPECT_EQ(countWrong(shape, /*isContract=*/true, /*isDynamic=*/false, seed++), 0)
        << shape.width << "x" << shape.C << "x" << shape.F;
}

// Rows that are known at run time only, fewer than a tile has and more.
TEST(ByteTiles, ContractsOfUnknownRows) {
  if (!enableTiles())
    GTEST_SKIP() << "no tiles, and no AVX-512 VNNI besides";
  unsigned seed = 1;
  for (int64_t M : {1, 15, 16, 17, 45, 100}) {
    Shape shape = makeContract(M, 92, 40, /*isUnsigned=*/M % 2 == 0, 11, 32, 32, "32, 32");
    EXPECT_EQ(countWrong(shape, /*isContract=*/true, /*isDynamic=*/true, seed++), 0) << M;
  }
}

// Zero points around the input, strides, dilations, groups, lines of fewer pixels than a tile has rows.
TEST(ByteTiles, ConvolutionsOfAllShapes) {
  if (!enableTiles())
    GTEST_SKIP() << "no tiles, and no AVX-512 VNNI besides";
  const Shape shapes[] = {
      {1, 7, 7, 32, 33, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1, true, 3, 7, 32, ""},
      {2, 9, 18, 16, 40, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1, false, -7, 18, 32, "1, 4, 0, 32"},
      {1, 19, 37, 4, 8, {7, 7}, {2, 2}, {1, 1}, {3, 3, 3, 3}, 1, true, 255, 20, 16, "1, 3, 0, 0"},
      {1, 12, 35, 24, 32, {3, 3}, {2, 2}, {1, 1}, {0, 1, 1, 0}, 1, true, 0, 16, 32, "1, 1, 0, 0"},
      {1, 11, 40, 8, 36, {3, 3}, {1, 1}, {2, 3}, {2, 0, 1, 5}, 1, false, 17, 32, 32, "1, 5, 0, 0"},
      {3, 8, 16, 64, 48, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 4, true, 9, 16, 16, "1, 0, 0, 0"},
      {1, 6, 33, 20, 65, {1, 5}, {1, 1}, {1, 1}, {0, 2, 0, 2}, 1, true, 1, 22, 32, ""},
      {1, 10, 24, 68, 31, {3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1, false, 5, 22, 32, "1, 3, 0, 0"}};
  unsigned seed = 1;
  for (const Shape &shape : shapes)
    EXPECT_EQ(countWrong(shape, /*isContract=*/false, /*isDynamic=*/false, seed++), 0)
        << shape.height << "x" << shape.width << "x" << shape.C << " to " << shape.F;
}

// Nothing outside of the operands is read: they end where memory ends.
TEST(ByteTiles, ReadNothingOutside) {
  if (!enableTiles())
    GTEST_SKIP() << "no tiles, and no AVX-512 VNNI besides";
  Shape shape = makeContract(21, 76, 32, true, 4, 22, 32);
  FencedBuffer x(shape.width * shape.C), w(pack(std::vector<int8_t>(shape.F * shape.C, 2), shape).size()),
      b(shape.F * 4), o(shape.width * shape.F * 4);
  std::vector<int8_t> packed = pack(std::vector<int8_t>(shape.F * shape.C, 2), shape);
  std::copy(packed.begin(), packed.end(), w.data);
  std::fill_n(x.data, shape.width * shape.C, 5);
  CompiledKernels kernels(writeContract(shape, /*isDynamic=*/false), kLevel);
  kernels.run("product", {x.data, w.data, b.data, o.data});
  EXPECT_EQ(reinterpret_cast<int32_t *>(o.data)[0], (5 - 4) * 2 * shape.C);
  EXPECT_EQ(reinterpret_cast<int32_t *>(o.data)[shape.width * shape.F - 1], (5 - 4) * 2 * shape.C);
}
