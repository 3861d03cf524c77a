// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What counts as equal: a unit in the last place of a narrow type, and denormals where code flushes them.
#include "weft/Measure/Compare.h"

#include "mlir/IR/Builders.h"
#include "gtest/gtest.h"

using namespace mlir;
using weft::compareTensors;
using weft::Tolerance;
using weft::reference::Tensor;

namespace {

struct CompareTest : testing::Test {
  MLIRContext context;
  Builder b{&context};

  bool isWithin(Type type, double got, double want, const Tolerance &tolerance) {
    return compareTensors(Tensor::scalar(type, got), Tensor::scalar(type, want), tolerance).isWithin;
  }
};

TEST_F(CompareTest, UnitInTheLastPlace) {
  Tolerance exact{0, 0, 0};
  EXPECT_TRUE(isWithin(b.getF16Type(), 1 + 0x1p-10, 1, exact));
  EXPECT_FALSE(isWithin(b.getF16Type(), 1 + 0x1p-9, 1, exact));
  EXPECT_TRUE(isWithin(b.getBF16Type(), 1 + 0x1p-7, 1, exact));
  EXPECT_FALSE(isWithin(b.getBF16Type(), 1 + 0x1p-6, 1, exact));
  EXPECT_TRUE(isWithin(b.getF32Type(), 1 + 0x1p-23, 1, exact));
  EXPECT_FALSE(isWithin(b.getF32Type(), 1 + 0x1p-22, 1, exact));
}

TEST_F(CompareTest, Denormals) {
  Tolerance flushed{0, 0, 0}, kept{0, 0, 0, /*keepsDenormals=*/true};
  EXPECT_TRUE(isWithin(b.getF32Type(), 0, 1e-40, flushed));
  EXPECT_TRUE(isWithin(b.getF32Type(), -1e-40, 1e-40, flushed));
  EXPECT_FALSE(isWithin(b.getF32Type(), 0, 1e-40, kept));
  EXPECT_FALSE(isWithin(b.getF32Type(), 0, 2e-38, flushed));
  // The normal range of f64 reaches further.
  EXPECT_FALSE(isWithin(b.getF64Type(), 0, 1e-40, flushed));
  EXPECT_TRUE(isWithin(b.getF64Type(), 0, 1e-310, flushed));
  // Denormals of f16 are computed in f32, where they are none.
  EXPECT_FALSE(isWithin(b.getF16Type(), 0, 0x1p-20, flushed));
}

} // namespace
