// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host programs that are compiled from structured IR and called through a small stand-in of the runtime.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "weft/Codegen/Host/HostProgram.h"
#include "weft/Codegen/Pipeline.h"
#include "weft/Target/LLVMEmit.h"
#include "weft_abi.h"
#include "gtest/gtest.h"

#include <cstring>
#include <dlfcn.h>
#include <set>
#include <sys/mman.h>
#include <unistd.h>

using namespace weft;

namespace {

/// What a host program did to its outputs, and which check failed.
struct Outcome {
  int32_t code = 0;
  std::vector<int64_t> dims;
  std::vector<float> data = std::vector<float>(64);
  int64_t message = -1, a = 0, b = 0;
};

int32_t takeOutput(void *ctx, uint32_t, const int64_t *dims, void **data) {
  auto *outcome = static_cast<Outcome *>(ctx);
  outcome->dims.assign(dims, dims + 2);
  *data = outcome->data.data();
  return 0;
}

int32_t takeFailure(void *ctx, uint32_t message, int64_t a, int64_t b) {
  auto *outcome = static_cast<Outcome *>(ctx);
  outcome->message = message;
  outcome->a = a;
  outcome->b = b;
  return 77;
}

/// A host program of one function, loaded into this process.
class Host {
public:
  explicit Host(const std::string &text, const HostEntry &entry = {}) {
    mlir::DialectRegistry registry;
    registerCodegenDialects(registry);
    registerTargetTranslations(registry);
    registry.insert<mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                    mlir::LLVM::LLVMDialect, mlir::scf::SCFDialect, mlir::tensor::TensorDialect>();
    mlir::MLIRContext context(registry);
    context.loadAllAvailableDialects();
    mlir::ScopedDiagnosticHandler keep(&context, [&](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
      return mlir::success();
    });
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      return;
    auto program = compileHostProgram(*module, entry);
    if (mlir::failed(program))
      return;
    messages = program->messages;
    runtimeNodes = program->runtimeNodes;
    llvm::raw_string_ostream(code) << *program->module;
    auto objects = emitObjects(*program->module, *lookupTargetLevel("x86-64-v2"), {entry.symbol});
    if (mlir::failed(objects))
      return;
    std::string linkError;
    auto bytes = linkSharedObject(*objects, linkError);
    errors += linkError;
    if (mlir::failed(bytes))
      return;
    int file = memfd_create("host", MFD_CLOEXEC);
    if (write(file, bytes->data(), bytes->size()) == static_cast<ssize_t>(bytes->size()))
      handle = dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
    close(file);
    if (handle)
      function = reinterpret_cast<weft_entry_fn>(dlsym(handle, entry.symbol.c_str()));
  }
  ~Host() {
    if (handle)
      dlclose(handle);
  }

  Outcome run(std::vector<void *> inputs, std::vector<const int64_t *> dims) const {
    weft_abi abi{};
    abi.version = WEFT_ABI_VERSION;
    abi.size = sizeof(abi);
    abi.output = takeOutput;
    abi.fail = takeFailure;
    Outcome outcome;
    weft_frame frame{inputs.data(), dims.data(), nullptr, nullptr};
    outcome.code = function(&abi, &outcome, &frame);
    return outcome;
  }

  weft_entry_fn function = nullptr;
  std::vector<std::string> messages;
  std::set<std::string> runtimeNodes;
  std::string code; ///< in the LLVM dialect
  std::string errors;

private:
  void *handle = nullptr;
};

/// Rows 1 and 2 of x, of as many elements as n says.
constexpr const char *rowsText = R"(
func.func @main(%x: tensor<4x?xf32>, %n: tensor<i64>) -> tensor<2x?xf32> {
  %v = tensor.extract %n[] : tensor<i64>
  %size = arith.index_cast %v : i64 to index
  %rows = tensor.extract_slice %x[1, 0] [2, %size] [1, 1] : tensor<4x?xf32> to tensor<2x?xf32> loc("pick_rows")
  return %rows : tensor<2x?xf32>
})";

/// How many copies a program makes that launches a kernel on x[n] and returns what `rest` says about its
/// result %r, a tensor<?x6xf32> of n rows.
int64_t countCopies(const std::string &types, const std::string &rest) {
  Host host(R"(
kernel.func @k(%x: tensor<?x6xf32> {kernel.dims = array<i64: 1>}, %n: index) -> (tensor<?x6xf32> {kernel.dims = array<i64: 1>}) {
  kernel.return %x : tensor<?x6xf32>
}
func.func @main(%x: tensor<?x6xf32>, %late: tensor<i64>) -> ()" +
            types + R"() {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %n = tensor.dim %x, %c0 : tensor<?x6xf32>
  %r = kernel.launch @k(%x) indices(%n) sizes(%n) : (tensor<?x6xf32>) -> tensor<?x6xf32>
)" + rest + "}");
  EXPECT_NE(host.code, "") << host.errors;
  return llvm::StringRef(host.code).count("llvm.intr.memcpy");
}

void expectError(const std::string &slice, const std::string &message) {
  Host host("func.func @main(%x: tensor<4x?x6xf32>) -> " + slice.substr(slice.rfind("to ") + 3) +
            " {\n  %r = tensor.extract_slice %x" + slice +
            "\n  return %r : " + slice.substr(slice.rfind("to ") + 3) + "\n}\n");
  EXPECT_EQ(host.function, nullptr);
  EXPECT_NE(host.errors.find(message), std::string::npos) << host.errors;
}

} // namespace

// A size and a dim that are both only known at run time: equal ones are the whole dim.
TEST(HostProgram, SliceOfAWholeDynamicDimIsTakenInPlace) {
  Host host(rowsText);
  ASSERT_NE(host.function, nullptr) << host.errors;
  float x[4][5];
  for (int i = 0; i < 20; ++i)
    x[i / 5][i % 5] = static_cast<float>(i);
  int64_t n = 5, dims[] = {4, 5};
  Outcome outcome = host.run({x, &n}, {dims, nullptr});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.dims, (std::vector<int64_t>{2, 5}));
  EXPECT_EQ(memcmp(outcome.data.data(), x[1], 2 * sizeof(x[1])), 0);
}

// Different ones are no run of bytes in a larger slice: the run fails and says so.
TEST(HostProgram, SliceOfAPartOfADynamicDimFailsTheRun) {
  Host host(rowsText);
  ASSERT_NE(host.function, nullptr) << host.errors;
  float x[4][5] = {};
  int64_t n = 3, dims[] = {4, 5};
  Outcome outcome = host.run({x, &n}, {dims, nullptr});
  EXPECT_EQ(outcome.code, 77);
  EXPECT_EQ(outcome.a, 3);
  EXPECT_EQ(outcome.b, 5);
  EXPECT_TRUE(outcome.dims.empty());
  ASSERT_EQ(host.messages.size(), 1u);
  EXPECT_EQ(outcome.message, 0);
  EXPECT_NE(host.messages[0].find("node 'pick_rows' takes {a} of the {b} elements along dim 1"),
            std::string::npos)
      << host.messages[0];
}

// What is known to be no run of bytes is refused by the compiler.
TEST(HostProgram, NoSliceOfAPartOfAStaticDim) {
  expectError("[0, 0, 0] [2, 1, 6] [1, 1, 1] : tensor<4x?x6xf32> to tensor<2x1x6xf32>",
              "got a part of dim 1");
  expectError("[1, 0, 0] [1, 2, 5] [1, 1, 1] : tensor<4x?x6xf32> to tensor<1x2x5xf32>",
              "got a part of dim 2");
}

// A size that only the run knows may be the whole dim, but not from an offset on.
TEST(HostProgram, NoSliceWithAnOffsetBehindItsFirstDim) {
  std::string text = rowsText;
  text.replace(text.find("[1, 0]"), 6, "[1, 1]");
  Host host(text);
  EXPECT_EQ(host.function, nullptr);
  EXPECT_NE(host.errors.find("got a part of dim 1"), std::string::npos) << host.errors;
}

TEST(HostProgram, NoSliceWithAStride) {
  expectError("[0, 0, 0] [2, 1, 6] [2, 1, 1] : tensor<4x?x6xf32> to tensor<2x1x6xf32>",
              "a stride along dim 0");
}

// Entries of one artifact number their messages and dispatch sites on.
TEST(HostProgram, NumbersGoOnBehindEarlierEntries) {
  HostEntry entry;
  entry.symbol = "weft_entry_3";
  entry.firstMessage = 10;
  Host host(rowsText, entry);
  ASSERT_NE(host.function, nullptr) << host.errors;
  float x[4][5] = {};
  int64_t n = 3, dims[] = {4, 5};
  EXPECT_EQ(host.run({x, &n}, {dims, nullptr}).message, 10);
}

TEST(HostProgram, NoEntryOfAnotherName) {
  HostEntry entry;
  entry.function = "main_1";
  Host host(rowsText, entry);
  EXPECT_NE(host.errors.find("expected a function 'main_1', but got none"), std::string::npos) << host.errors;
}

// Views of what is there and checks need nothing of the runtime on a node's behalf.
TEST(HostProgram, NoRuntimeNodeWithoutMemoryMadeInTheRun) {
  Host host(rowsText);
  ASSERT_NE(host.function, nullptr) << host.errors;
  EXPECT_TRUE(host.runtimeNodes.empty());
}

// A loop that carries a tensor whose size depends on data asks for memory in each round; the node is told.
TEST(HostProgram, NodesWhoseSizesDependOnDataCallTheRuntime) {
  Host host(R"(
func.func @main(%x: tensor<4x?xf32>, %n: tensor<i64>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %v = tensor.extract %n[] : tensor<i64>
  %size = arith.index_cast %v : i64 to index
  %cols = tensor.dim %x, %c1 : tensor<4x?xf32>
  %first = tensor.cast %x : tensor<4x?xf32> to tensor<?x?xf32>
  %last = scf.for %i = %c0 to %size step %c1 iter_args(%carried = %first) -> (tensor<?x?xf32>) {
    %rows = tensor.dim %carried, %c0 : tensor<?x?xf32>
    %fewer = arith.subi %rows, %c1 : index
    %part = tensor.extract_slice %carried[1, 0] [%fewer, %cols] [1, 1] : tensor<?x?xf32> to tensor<?x?xf32>
    scf.yield %part : tensor<?x?xf32>
  } loc("shrink")
  return %last : tensor<?x?xf32>
})");
  ASSERT_NE(host.function, nullptr) << host.errors;
  EXPECT_EQ(host.runtimeNodes, (std::set<std::string>{"shrink"}));
}

// A kernel writes what is returned into the caller's memory, under whatever shape.
TEST(HostProgram, ReturnedViewIsNotCopied) {
  EXPECT_EQ(countCopies("tensor<?x6xf32>", "return %r : tensor<?x6xf32>"), 0);
  EXPECT_EQ(countCopies("tensor<?x2x3xf32>", R"(
  %v = kernel.view %r sizes(%n) : tensor<?x6xf32> -> tensor<?x2x3xf32>
  return %v : tensor<?x2x3xf32>)"),
            0);
}

// The caller has to know the shape first: a size that the launch stands in front of is computed early.
TEST(HostProgram, ReturnedViewIsNotCopiedWhenItsSizesFollowFromTheInputs) {
  EXPECT_EQ(countCopies("tensor<?x3xf32>", R"(
  %twice = arith.muli %n, %c2 : index
  %v = kernel.view %r sizes(%twice) : tensor<?x6xf32> -> tensor<?x3xf32>
  return %v : tensor<?x3xf32>)"),
            0);
}

TEST(HostProgram, NoPlaceInTheOutputForSizesThatAreKnownLater) {
  EXPECT_EQ(countCopies("tensor<?x?xf32>", R"(
  %e = tensor.extract %late[] : tensor<i64>
  %rows = arith.index_cast %e : i64 to index
  %all = arith.muli %n, %c2 : index
  %v = kernel.view %r sizes(%rows, %all) : tensor<?x6xf32> -> tensor<?x?xf32>
  return %v : tensor<?x?xf32>)"),
            1);
}

TEST(HostProgram, NoPlaceInTwoOutputs) {
  EXPECT_EQ(countCopies("tensor<?x6xf32>, tensor<?x2x3xf32>", R"(
  %v = kernel.view %r sizes(%n) : tensor<?x6xf32> -> tensor<?x2x3xf32>
  return %r, %v : tensor<?x6xf32>, tensor<?x2x3xf32>)"),
            1);
}
