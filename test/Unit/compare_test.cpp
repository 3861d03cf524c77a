// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What counts as equal: a unit in the last place of a narrow type, and denormals where code flushes them.
#include "weft/Measure/Compare.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace mlir;
using ::weft::compareTensors;
using ::weft::Tolerance;
using ::weft::reference::Tensor;

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

TEST_F(CompareTest, Texts) {
  context.loadDialect<mlir::weft::WeftDialect>();
  auto make = [&](llvm::ArrayRef<const char *> texts) {
    Tensor tensor(mlir::weft::StringType::get(&context), {2, int64_t(texts.size()) / 2});
    for (auto [i, text] : llvm::enumerate(texts))
      tensor.setString(i, text);
    return tensor;
  };
  Tensor want = make({"ham", "", "\xc3\xa9t\xc3\xa9", "a\nb"});
  EXPECT_TRUE(compareTensors(want, make({"ham", "", "\xc3\xa9t\xc3\xa9", "a\nb"}), Tolerance()).isWithin);
  ::weft::Comparison two = compareTensors(make({"ham", "", "\xc3\xa9tes", "a\tb"}), want, Tolerance());
  EXPECT_FALSE(two.isWithin);
  EXPECT_EQ(two.numOutside, 2);
  EXPECT_EQ(two.detail, "2 of 4 texts differ, first element [1, 0]: expected \"\xc3\xa9t\xc3\xa9\", but got "
                        "\"\xc3\xa9tes\"");
  // What is no UTF-8 is escaped, and of long texts the place that differs is shown.
  EXPECT_EQ(compareTensors(make({"ham", "", "\xc3", "a\nb"}), want, Tolerance()).detail,
            "1 of 4 texts differ, first element [1, 0]: expected \"\xc3\xa9t\xc3\xa9\", but got \"\\303\"");
  std::string longText(100, 'x'), other = longText + "y";
  EXPECT_EQ(compareTensors(make({longText.c_str(), ""}), make({other.c_str(), ""}), Tolerance()).detail,
            "1 of 2 texts differ, first element [0, 0]: expected ...\"xxxxxxxxxxxxxxxxxxxxy\", but got "
            "...\"xxxxxxxxxxxxxxxxxxxx\"");
}

} // namespace
