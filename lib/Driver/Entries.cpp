// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands lists of sizes into shape buckets, and puts the entry points of an artifact into one module.
#include "Entries.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "weft/Conversion/WeftToLinalg/WeftToLinalg.h"
#include "weft/Driver/Driver.h"
#include "weft_abi.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

std::string weft::getEntryFunction(unsigned number) {
  return number == 0 ? "main" : "main_" + std::to_string(number);
}

std::string weft::getEntrySymbol(unsigned number) {
  return number == 0 ? WEFT_ENTRY_SYMBOL : WEFT_ENTRY_SYMBOL "_" + std::to_string(number);
}

std::vector<weft::ShapeBucket> weft::expandBuckets(const ImportOptions &options) {
  std::vector<ShapeBucket> buckets;
  if (options.dimBuckets.empty())
    return buckets;
  buckets.emplace_back();
  buckets.front().import = options;
  buckets.front().import.dimBuckets.clear();
  for (const auto &[name, sizes] : options.dimBuckets) {
    std::vector<ShapeBucket> longer;
    for (const ShapeBucket &bucket : buckets)
      for (int64_t size : sizes) {
        ShapeBucket next = bucket;
        next.name += (next.name.empty() ? "" : ",") + name + "=" + std::to_string(size);
        next.sizes.emplace_back(name, size);
        next.import.fixedDims[name] = size;
        longer.push_back(std::move(next));
      }
    buckets = std::move(longer);
  }
  return buckets;
}

void weft::mergeModules(ModuleOp into, ModuleOp from) {
  unsigned next = 0;
  for (auto function : into.getOps<kernel::FuncOp>()) {
    unsigned number = 0;
    StringRef name = function.getSymName();
    if (name.consume_front("k") && !name.getAsInteger(10, number))
      next = std::max(next, number + 1);
  }
  llvm::DenseMap<StringAttr, FlatSymbolRefAttr> renamed;
  for (auto function : from.getOps<kernel::FuncOp>()) {
    auto name = StringAttr::get(from.getContext(), "k" + std::to_string(next++));
    renamed[function.getSymNameAttr()] = FlatSymbolRefAttr::get(name);
    function.setSymNameAttr(name);
  }
  from.walk([&](kernel::LaunchOp launch) {
    if (FlatSymbolRefAttr name = renamed.lookup(launch.getKernelAttr().getAttr()))
      launch.setKernelAttr(name);
  });
  for (Operation &op : llvm::make_early_inc_range(*from.getBody()))
    op.moveBefore(into.getBody(), into.getBody()->end());
  dedupKernels(into);
}

static std::string describe(Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  if (auto name = dyn_cast<NameLoc>(diagnostic.getLocation()))
    return "'" + name.getName().str() + "': " + text;
  return text;
}

weft::QuietDiagnostics::QuietDiagnostics(MLIRContext &context)
    : handler(&context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error && firstError.empty())
          firstError = describe(diagnostic);
        return success();
      }) {}
