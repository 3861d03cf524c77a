// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects link into code that needs nothing, exports nothing but what is asked for, and is the same every
// time.
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "weft/Target/LLVMEmit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Object/ELFObjectFile.h"
#include "gtest/gtest.h"

using namespace weft;

namespace {

struct Linked {
  bool isOk = false;
  std::string bytes, error;
};

Linked compile(const std::string &text, unsigned numThreads = 0) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::LLVM::LLVMDialect>();
  registerTargetTranslations(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  Linked linked;
  if (!module)
    return linked;
  EmitOptions options;
  options.numThreads = numThreads;
  auto objects = emitObjects(*module, *lookupTargetLevel("x86-64-v3"), {"weft_entry"}, options);
  if (mlir::failed(objects))
    return linked;
  auto bytes = linkSharedObject(*objects, linked.error);
  linked.isOk = mlir::succeeded(bytes);
  if (linked.isOk)
    linked.bytes = *bytes;
  return linked;
}

/// Names of the dynamic symbols of `bytes`.
std::vector<std::string> getDynamicSymbols(const std::string &bytes) {
  std::vector<std::string> names;
  auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(bytes, "code"));
  if (!object) {
    llvm::consumeError(object.takeError());
    return {"unreadable"};
  }
  for (auto symbol :
       llvm::cast<llvm::object::ELFObjectFileBase>(object->get())->getDynamicSymbolIterators()) {
    auto name = symbol.getName();
    if (name && !name->empty())
      names.push_back(name->str());
    if (!name)
      llvm::consumeError(name.takeError());
  }
  return names;
}

/// An entry that calls `functions` helpers; large copies become calls of memcpy.
std::string writeProgram(unsigned functions) {
  std::string text = "llvm.func @weft_entry(%a: !llvm.ptr, %b: !llvm.ptr) -> i32 {\n";
  for (unsigned i = 0; i < functions; ++i)
    text += "  llvm.call @f" + std::to_string(i) + "(%a, %b) : (!llvm.ptr, !llvm.ptr) -> ()\n";
  text += "  %z = llvm.mlir.constant(0 : i32) : i32\n  llvm.return %z : i32\n}\n";
  for (unsigned i = 0; i < functions; ++i)
    text +=
        "llvm.func @f" + std::to_string(i) +
        "(%a: !llvm.ptr, %b: !llvm.ptr) attributes {no_inline} {\n  %n = llvm.load %a : !llvm.ptr -> i64\n"
        "  \"llvm.intr.memcpy\"(%a, %b, %n) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()\n"
        "  llvm.return\n}\n";
  return text;
}

} // namespace

TEST(Target, CodeImportsNothingAndExportsTheEntry) {
  Linked linked = compile(writeProgram(3));
  ASSERT_TRUE(linked.isOk) << linked.error;
  EXPECT_EQ(getDynamicSymbols(linked.bytes), std::vector<std::string>{"weft_entry"});
}

TEST(Target, UndefinedSymbolsAreNamed) {
  Linked linked =
      compile("llvm.func @somewhere_else()\nllvm.func @weft_entry() -> i32 {\n"
              "  llvm.call @somewhere_else() : () -> ()\n  %z = llvm.mlir.constant(0 : i32) : i32\n"
              "  llvm.return %z : i32\n}\n");
  EXPECT_FALSE(linked.isOk);
  EXPECT_NE(linked.error.find("somewhere_else"), std::string::npos) << linked.error;
}

TEST(Target, BytesDoNotDependOnThreads) {
  // Enough functions for several parts.
  std::string program = writeProgram(2000);
  Linked one = compile(program, 1), several = compile(program, 4);
  ASSERT_TRUE(one.isOk && several.isOk) << one.error << several.error;
  EXPECT_EQ(one.bytes, several.bytes);
}

// What LLVM may use and what the artifact asks of a machine are the same by construction.
TEST(Target, NativeCodeRequiresWhatItMayUse) {
  std::optional<TargetLevel> level = lookupTargetLevel("native");
  if (!level)
    GTEST_SKIP() << "no level fits this machine";
  std::optional<TargetLevel> base = lookupTargetLevel(level->cpu);
  ASSERT_TRUE(base) << "native code must be based on a psABI level, not on '" << level->cpu << "'";
  std::vector<std::string> expected = base->required;
  llvm::SmallVector<llvm::StringRef> extra;
  llvm::StringRef(level->features).split(extra, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef feature : extra) {
    EXPECT_TRUE(feature.consume_front("+")) << feature.str();
    expected.push_back(feature.str());
  }
  llvm::sort(expected);
  EXPECT_EQ(level->required, expected);
  for (const char *unused : {"adx", "avx512ifma", "sha", "rdseed", "clwb", "movdiri", "waitpkg"})
    EXPECT_FALSE(llvm::is_contained(level->required, unused)) << unused;
  EXPECT_FALSE(level->tuneCPU.empty());
}

TEST(Target, TilesCanBeTakenAway) {
  TargetLevel level = *lookupTargetLevel("x86-64-v4-amx"), below = *lookupTargetLevel("x86-64-v4-vnni");
  EXPECT_TRUE(level.hasAMXInt8 && level.hasVNNI);
  EXPECT_EQ(level.features, "+avx512vnni,+amx-tile,+amx-int8");
  EXPECT_TRUE(llvm::is_contained(level.required, "amx-tile"));
  removeTiles(level);
  EXPECT_FALSE(level.hasAMXInt8);
  EXPECT_EQ(level.features, below.features);
  EXPECT_EQ(level.required, below.required);
}

TEST(Target, LevelsAreKnownByName) {
  for (llvm::StringRef name : {"x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-vnni", "x86-64-v4-amx"}) {
    std::optional<TargetLevel> level = lookupTargetLevel(name);
    ASSERT_TRUE(level);
    EXPECT_EQ(level->name, name);
  }
  EXPECT_FALSE(lookupTargetLevel("x86-64-v9"));
}
