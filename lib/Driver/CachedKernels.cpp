// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels of one level that need no compilation, because a cache has them.
#include "CachedKernels.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace weft;

/// All that decides what becomes of a kernel besides the kernel: this compiler, the level, the options.
static std::string describeSurroundings(const TargetLevel &level, const PipelineOptions &options) {
  std::string text = getCompilerIdentity().str();
  llvm::raw_string_ostream os(text);
  os << "\n" << level.name << "\n" << level.triple << "\n" << level.cpu << "\n" << level.tuneCPU << "\n";
  os << level.features << "\n" << llvm::join(level.required, ",") << "\n";
  os << level.vectorBits << " " << level.numVectorRegisters << "\n";
  os << int(options.math) << " " << options.hasRemarks << "\n";
  return text;
}

/// The text that `function` is printed as, without its name and those of the model's nodes. Empty when the
/// text does not say all: other symbols, or constants that are held elsewhere.
static std::string describeKernel(kernel::FuncOp function) {
  bool isWhole = true;
  function.getBody().walk([&](Operation *op) {
    op->getAttrDictionary().walk(
        [&](Attribute attribute) { isWhole &= !isa<SymbolRefAttr, DenseResourceElementsAttr>(attribute); });
  });
  if (!isWhole)
    return {};
  OwningOpRef<kernel::FuncOp> anonymous(function.clone());
  anonymous->setSymName("kernel");
  anonymous->removeNodesAttr();
  std::string text;
  llvm::raw_string_ostream os(text);
  anonymous->print(os, OpPrintingFlags().useLocalScope());
  return text;
}

void CachedKernels::take(ModuleOp module, const TargetLevel &level, const PipelineOptions &options) {
  firstRemark = remarks.getCount();
  const std::string surroundings = describeSurroundings(level, options);
  for (auto function : llvm::make_early_inc_range(module.getOps<kernel::FuncOp>())) {
    nameKernel(function);
    Kernel &kernel = kernels[function.getSymNameAttr()];
    std::string text = cache ? describeKernel(function) : std::string();
    if (text.empty())
      continue;
    llvm::SHA256 hash;
    hash.update(surroundings);
    hash.update(text);
    kernel.key = llvm::toHex(hash.final(), /*LowerCase=*/true);
    std::optional<CachedKernel> known = cache->lookup(kernel.key, function.getSymName());
    if (!known)
      continue;
    for (const std::string &remark : known->remarks)
      function.emitRemark() << remark;
    kernel.object = std::move(known->object);
    function.erase();
    ++numTaken;
  }
}

void CachedKernels::join(std::vector<CodeObject> &objects) {
  llvm::StringMap<CodeObject *> made;
  for (CodeObject &object : objects)
    made[object.function] = &object;
  std::vector<CodeObject> ordered;
  for (auto &[name, kernel] : kernels) {
    if (!kernel.object.bytes.empty()) {
      ordered.push_back(std::move(kernel.object));
      continue;
    }
    CodeObject *own = made.lookup(name.getValue());
    if (!own)
      continue;
    if (!kernel.key.empty())
      cache->store(kernel.key, {*own, remarks.getRemarks(firstRemark, name.getValue())});
    ordered.push_back(std::move(*own));
    own->bytes.clear();
  }
  // The host's objects, and what stands for the C library.
  for (CodeObject &object : objects)
    if (!object.bytes.empty())
      ordered.push_back(std::move(object));
  objects = std::move(ordered);
}
