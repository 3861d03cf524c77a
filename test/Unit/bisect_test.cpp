// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A wrong pass and a wrong kernel are found by name.
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/Passes.h"
#include "weft/Driver/Pipelines.h"
#include "weft/Measure/Bisect.h"
#include "gtest/gtest.h"

using namespace mlir;

namespace {

// Two kernels that cannot be one: the matmul reads the softmax's result.
constexpr const char *kModel = R"(
func.func @main(%x: tensor<4x4xf32> {weft.name = "x"}) -> (tensor<4x4xf32> {weft.name = "y"}) {
  %s = weft.softmax %x {axis = 1 : i64} : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("soft")
  %m = weft.matmul %s, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32> loc("product")
  %e = weft.exp %m : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("power")
  return %e : tensor<4x4xf32>
})";

/// Replaces every weft.exp by weft.abs: a pass with a fault.
struct WrongPass : PassWrapper<WrongPass, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(WrongPass)
  StringRef getArgument() const override { return "test-wrong"; }
  void runOnOperation() override {
    getOperation().walk([](mlir::weft::ExpOp op) {
      OpBuilder b(op);
      op.replaceAllUsesWith(b.create<mlir::weft::AbsOp>(op.getLoc(), op.getType(), op.getX()).getResult());
      op.erase();
    });
  }
};

/// Renames something: a pass that changes the program, but not what it computes.
struct HarmlessPass : PassWrapper<HarmlessPass, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(HarmlessPass)
  explicit HarmlessPass(int number) : number(number) {}
  StringRef getArgument() const override { return "test-harmless"; }
  void runOnOperation() override {
    Builder b(&getContext());
    getOperation()->setAttr("test" + std::to_string(number), b.getUnitAttr());
  }
  int number;
};

class Bisect : public ::testing::Test {
protected:
  Bisect() {
    DialectRegistry registry;
    ::weft::registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    module = parseSourceString<ModuleOp>(kModel, &context);
    ::weft::reference::Tensor x(Float32Type::get(&context), {4, 4});
    for (int64_t i = 0; i < x.size(); ++i)
      x.setFloat(i, 0.25 * static_cast<double>(i) - 1);
    inputs.push_back({x});
    auto results = ::weft::interpretMain(module->lookupSymbol<func::FuncOp>("main"), inputs[0]);
    if (succeeded(results))
      expected.push_back(*results);
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
  std::vector<::weft::Values> inputs, expected;
  ::weft::Tolerance tolerance;
};

TEST_F(Bisect, NamesTheWrongPass) {
  ASSERT_EQ(expected.size(), 1u);
  auto found = ::weft::findBadPass(
      *module,
      [](OpPassManager &pm) {
        for (int i = 0; i < 5; ++i)
          pm.addNestedPass<func::FuncOp>(std::make_unique<HarmlessPass>(i));
        pm.addNestedPass<func::FuncOp>(std::make_unique<WrongPass>());
        pm.addNestedPass<func::FuncOp>(createCSEPass()); // changes nothing
        for (int i = 5; i < 8; ++i)
          pm.addNestedPass<func::FuncOp>(std::make_unique<HarmlessPass>(i));
      },
      inputs, expected, tolerance);
  ASSERT_TRUE(succeeded(found));
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->pass, "test-wrong");
  EXPECT_EQ((*found)->number, 6u);
  EXPECT_EQ((*found)->numPasses, 9u);
  EXPECT_EQ((*found)->output, "y");
  EXPECT_FALSE((*found)->worst.isWithin);
}

TEST_F(Bisect, FindsNothingInRightPasses) {
  ASSERT_EQ(expected.size(), 1u);
  auto found = ::weft::findBadPass(
      *module, [](OpPassManager &pm) { ::weft::buildGraphPipeline(pm); }, inputs, expected, tolerance);
  ASSERT_TRUE(succeeded(found));
  EXPECT_FALSE(found->has_value());
}

TEST_F(Bisect, NamesTheWrongKernel) {
  ASSERT_EQ(expected.size(), 1u);
  auto found = ::weft::findBadPass(
      *module, [](OpPassManager &pm) { ::weft::buildGraphPipeline(pm); }, inputs, expected, tolerance);
  ASSERT_TRUE(succeeded(found) && !found->has_value());
  ::weft::CompileOptions options;
  options.isGraphDone = true;
  options.levels = {*::weft::lookupTargetLevel("native")};
  auto compile = [&](OwningOpRef<ModuleOp> exposed) {
    return ::weft::compileModule(std::move(exposed), options);
  };
  auto right = ::weft::findBadKernel(*module, compile, inputs, tolerance);
  ASSERT_TRUE(succeeded(right));
  EXPECT_FALSE(right->has_value());
  // Code generation that computes another function in the kernel of the product's epilogue.
  auto miscompile = [&](OwningOpRef<ModuleOp> exposed) {
    exposed->walk([](mlir::weft::ExpOp op) {
      OpBuilder b(op);
      op.replaceAllUsesWith(b.create<mlir::weft::AbsOp>(op.getLoc(), op.getType(), op.getX()).getResult());
      op.erase();
    });
    return compile(std::move(exposed));
  };
  auto wrong = ::weft::findBadKernel(*module, miscompile, inputs, tolerance);
  ASSERT_TRUE(succeeded(wrong));
  ASSERT_TRUE(wrong->has_value());
  EXPECT_EQ((*wrong)->name, "matmul (product + power)");
}

} // namespace
