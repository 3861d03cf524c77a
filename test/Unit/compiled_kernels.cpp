// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles kernels written as text, loads them from memory and calls them with a worker of no features.
#include "compiled_kernels.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "weft/Codegen/CPU/Passes.h"
#include "weft/Codegen/Pipeline.h"
#include "weft/Target/LLVMEmit.h"
#include "gtest/gtest.h"
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace weft;
using namespace weft::test;

void CompiledKernels::load(const std::string &text, const std::string &levelName) {
  std::optional<TargetLevel> level = lookupTargetLevel(levelName);
  ASSERT_TRUE(level) << levelName;
  mlir::DialectRegistry registry;
  registerCodegenDialects(registry);
  registerTargetTranslations(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  ASSERT_TRUE(module);
  std::vector<std::string> names;
  module->walk([&](mlir::kernel::FuncOp func) {
    names.push_back(func.getName().str());
    names.push_back(func.getName().str() + "_count");
  });
  std::vector<llvm::StringRef> exports(names.begin(), names.end());
  mlir::PassManager passes(&context);
  CodegenOptions options;
  options.hasFMA = level->hasFMA;
  options.hasF16C = level->hasF16C;
  options.expandKernelOps = [](mlir::OpPassManager &kernels) {
    kernels.addPass(createWeftExpandKernelOpsPass());
  };
  // Without a worker there is no scratch memory: everything is on the stack.
  options.maxStackBytes = 4 << 20;
  buildKernelPipeline(passes, options);
  ASSERT_TRUE(mlir::succeeded(passes.run(*module)));
  auto objects = emitObjects(*module, *level, exports);
  ASSERT_TRUE(mlir::succeeded(objects));
  std::string error;
  auto bytes = linkSharedObject(*objects, error);
  ASSERT_TRUE(mlir::succeeded(bytes)) << error;
  int file = memfd_create("kernels", MFD_CLOEXEC);
  ASSERT_EQ(write(file, bytes->data(), bytes->size()), static_cast<ssize_t>(bytes->size()));
  handle = dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
  close(file);
  ASSERT_TRUE(handle) << dlerror();
}

CompiledKernels::~CompiledKernels() {
  if (handle)
    dlclose(handle);
}

void CompiledKernels::run(const std::string &kernel, const std::vector<const void *> &arguments,
                          const std::vector<int64_t> &sizes) const {
  using Kernel = void (*)(const void *const *, const int64_t *, int64_t, int64_t, void *);
  using Count = int64_t (*)(const int64_t *);
  ASSERT_TRUE(handle);
  auto *function = reinterpret_cast<Kernel>(dlsym(handle, kernel.c_str()));
  auto *count = reinterpret_cast<Count>(dlsym(handle, (kernel + "_count").c_str()));
  ASSERT_TRUE(function && count) << kernel;
  function(arguments.data(), sizes.data(), 0, count(sizes.data()), nullptr);
}

std::vector<std::string> weft::test::getTestedLevels() {
  std::vector<std::string> levels;
  for (llvm::StringRef name : {"x86-64-v2", "native"})
    if (auto level = lookupTargetLevel(name); level && isSupportedByHost(*level))
      levels.push_back(name.str());
  return levels;
}

std::string weft::test::writeUnaryKernel(const std::string &name, const std::string &operation,
                                         const std::string &from, const std::string &to, size_t count) {
  std::string size = std::to_string(count);
  std::string input = "tensor<" + size + "x" + from + ">", output = "tensor<" + size + "x" + to + ">";
  return "kernel.func @" + name + "(%x: " + input + ") -> " + output +
         " {\n  %e = tensor.empty() : " + output +
         "\n  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], "
         "iterator_types = [\"parallel\"]} ins(%x : " +
         input + ") outs(%e : " + output + ") {\n  ^bb0(%a: " + from + ", %o: " + to +
         "):\n    %s = " + operation + "\n    linalg.yield %s : " + to + "\n  } -> " + output +
         "\n  kernel.return %r : " + output + "\n}\n";
}
