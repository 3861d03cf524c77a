// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits a module of the LLVM dialect into parts that compile on their own, the same way on every machine.
#include "PartitionModule.h"
#include "weft/Target/LLVMEmit.h"
#include "weft_abi.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace {

/// The symbols that `op` mentions, in the order of their first mention.
SmallVector<Operation *> getReferencedSymbols(Operation *op, const llvm::StringMap<Operation *> &symbols) {
  llvm::SetVector<Operation *> found;
  op->walk([&](Operation *nested) {
    nested->getAttrDictionary().walk([&](FlatSymbolRefAttr ref) {
      auto it = symbols.find(ref.getValue());
      if (it != symbols.end() && it->second != op)
        found.insert(it->second);
    });
  });
  return found.takeVector();
}

bool isLocal(LLVM::Linkage linkage) {
  return linkage == LLVM::Linkage::Internal || linkage == LLVM::Linkage::Private;
}

/// A constant that each part may have its own copy of.
bool isCopyable(Operation *op) {
  auto global = dyn_cast<LLVM::GlobalOp>(op);
  return global && global.getConstant() && isLocal(global.getLinkage());
}

/// Whether every user of `op` must lie in the part that defines it.
bool bindsUsers(Operation *op) {
  if (isCopyable(op))
    return false;
  if (auto global = dyn_cast<LLVM::GlobalOp>(op))
    return isLocal(global.getLinkage());
  auto func = dyn_cast<LLVM::LLVMFuncOp>(op);
  return func && !func.isExternal() && isLocal(func.getLinkage());
}

/// Clones `op` as a mere declaration.
void cloneDeclaration(OpBuilder &builder, Operation *op) {
  if (auto func = dyn_cast<LLVM::LLVMFuncOp>(op)) {
    auto clone = cast<LLVM::LLVMFuncOp>(func->cloneWithoutRegions());
    clone.setLinkage(LLVM::Linkage::External);
    builder.insert(clone);
    return;
  }
  auto clone = cast<LLVM::GlobalOp>(op->cloneWithoutRegions());
  clone.setLinkage(LLVM::Linkage::External);
  clone.removeValueAttr();
  builder.insert(clone);
}

/// Collects the parts as lists of operations that each of them defines.
class Partition {
public:
  Partition(ModuleOp module, ArrayRef<StringRef> exports) : module(module) {
    for (Operation &op : *module.getBody())
      if (auto symbol = dyn_cast<SymbolOpInterface>(op))
        symbols[symbol.getName()] = &op;
    for (Operation &op : *module.getBody())
      hideUnlessExported(&op, exports);
  }

  SmallVector<OwningOpRef<ModuleOp>> run() {
    groupDefinitions();
    SmallVector<OwningOpRef<ModuleOp>> parts;
    for (auto &[leader, members] : groups)
      parts.push_back(makePart(members));
    return parts;
  }

private:
  void hideUnlessExported(Operation *op, ArrayRef<StringRef> exports) {
    if (auto func = dyn_cast<LLVM::LLVMFuncOp>(op)) {
      if (!isLocal(func.getLinkage()) && !llvm::is_contained(exports, func.getName()))
        func.setVisibility_(LLVM::Visibility::Hidden);
    } else if (auto global = dyn_cast<LLVM::GlobalOp>(op)) {
      if (!isLocal(global.getLinkage()) && !llvm::is_contained(exports, global.getName()))
        global.setVisibility_(LLVM::Visibility::Hidden);
    }
  }

  void groupDefinitions() {
    llvm::EquivalenceClasses<Operation *> classes;
    for (Operation &op : *module.getBody()) {
      if (!isa<LLVM::LLVMFuncOp, LLVM::GlobalOp>(op) || isCopyable(&op))
        continue;
      classes.insert(&op);
      references[&op] = getReferencedSymbols(&op, symbols);
      for (Operation *target : references[&op])
        if (bindsUsers(target))
          classes.unionSets(&op, target);
      if (Operation *counter =
              symbols.lookup((cast<SymbolOpInterface>(op).getName() + WEFT_COUNT_SUFFIX).str()))
        classes.unionSets(&op, counter);
    }
    for (Operation &op : *module.getBody()) {
      auto func = dyn_cast<LLVM::LLVMFuncOp>(op);
      if (references.count(&op) && !(func && func.isExternal()))
        groups[classes.getLeaderValue(&op)].push_back(&op);
    }
  }

  /// Makes a module of the definitions in `members`.
  OwningOpRef<ModuleOp> makePart(ArrayRef<Operation *> members) {
    OwningOpRef<ModuleOp> part(ModuleOp::create(module.getLoc()));
    (*part)->setAttrs(module->getAttrDictionary());
    auto builder = OpBuilder::atBlockEnd(part->getBody());
    // Module-level operations that are no symbols (flags, comdats) belong to every part.
    for (Operation &op : *module.getBody())
      if (!isa<LLVM::LLVMFuncOp, LLVM::GlobalOp>(op))
        builder.clone(op);
    llvm::SmallDenseSet<Operation *> present(members.begin(), members.end());
    llvm::SetVector<Operation *> needed;
    for (Operation *member : members)
      needed.insert(references[member].begin(), references[member].end());
    for (size_t i = 0; i < needed.size(); ++i) {
      if (!isCopyable(needed[i]))
        continue;
      SmallVector<Operation *> more = getReferencedSymbols(needed[i], symbols);
      needed.insert(more.begin(), more.end());
    }
    for (Operation *target : needed) {
      if (present.contains(target) || !isa<LLVM::LLVMFuncOp, LLVM::GlobalOp>(target))
        continue;
      if (isCopyable(target))
        builder.clone(*target);
      else
        cloneDeclaration(builder, target);
    }
    for (Operation *member : members)
      builder.clone(*member);
    return part;
  }

  ModuleOp module;
  llvm::StringMap<Operation *> symbols;
  llvm::DenseMap<Operation *, SmallVector<Operation *>> references;
  llvm::MapVector<Operation *, SmallVector<Operation *>> groups;
};

} // namespace

bool weft::isMicroKernel(Operation *op) {
  auto func = dyn_cast<LLVM::LLVMFuncOp>(op);
  if (!func || !func.getPassthrough())
    return false;
  return llvm::any_of(*func.getPassthrough(), [](Attribute attr) {
    auto name = dyn_cast<StringAttr>(attr);
    return name && name.getValue() == microKernelAttrName;
  });
}

SmallVector<OwningOpRef<ModuleOp>> weft::partitionModule(ModuleOp module, ArrayRef<StringRef> exports) {
  return Partition(module, exports).run();
}
