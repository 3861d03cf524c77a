// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes the parallel range of a kernel explicit: functions of the kernel ABI around a loop from begin to end.
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "weft/Codegen/KernelToLLVM.h"
#include "weft/Codegen/Passes.h"
#include "weft_abi.h"

using namespace mlir;

namespace {

/// Alignment of every tensor that the ABI passes, in bytes.
constexpr int64_t tensorAlignment = 64;
/// Offset of `scratch` in the runtime's function table (weft_abi), in bytes: version and size, then six
/// pointers before it.
constexpr int64_t scratchOffset = 8 + 6 * 8;

/// Whether `memref` is memory that only this call of the kernel sees.
bool isLocalMemory(Value memref) {
  while (Operation *op = memref.getDefiningOp()) {
    if (isa<memref::AllocOp, memref::AllocaOp>(op))
      return true;
    auto view = dyn_cast<ViewLikeOpInterface>(op);
    if (!view)
      return false;
    memref = view.getViewSource();
  }
  return false;
}

/// Whether `op`, outside of the range, may run once for every part of it.
bool mayRepeat(Operation &op) {
  if (isa<memref::AllocOp, memref::AllocaOp>(op) || op.hasTrait<OpTrait::IsTerminator>() ||
      isMemoryEffectFree(&op))
    return true;
  if (op.getNumRegions() != 0)
    return false;
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  if (!effects)
    return false;
  SmallVector<MemoryEffects::EffectInstance> instances;
  effects.getEffects(instances);
  return llvm::all_of(instances, [](const MemoryEffects::EffectInstance &instance) {
    return !isa<MemoryEffects::Write>(instance.getEffect()) ||
           (instance.getValue() && isLocalMemory(instance.getValue()));
  });
}

scf::ForallOp findRange(kernel::FuncOp func) {
  auto loops = func.getBody().front().getOps<scf::ForallOp>();
  return loops.empty() ? scf::ForallOp() : *loops.begin();
}

/// Builds the trip count of each dim of a forall.
SmallVector<Value> buildTripCounts(OpBuilder &builder, Location loc, ArrayRef<OpFoldResult> lowers,
                                   ArrayRef<OpFoldResult> uppers, ArrayRef<OpFoldResult> steps) {
  SmallVector<Value> trips;
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  for (auto [lower, upper, step] : llvm::zip_equal(lowers, uppers, steps)) {
    auto low = getConstantIntValue(lower), high = getConstantIntValue(upper), by = getConstantIntValue(step);
    if (low && high && by) {
      int64_t extent = std::max<int64_t>(0, *high - *low);
      trips.push_back(arith::ConstantIndexOp::create(builder, loc, llvm::divideCeil(extent, *by)));
      continue;
    }
    auto value = [&](OpFoldResult result) { return getValueOrCreateConstantIndexOp(builder, loc, result); };
    Value extent = arith::SubIOp::create(builder, loc, value(upper), value(lower));
    extent = arith::MaxSIOp::create(builder, loc, extent, zero);
    trips.push_back(arith::CeilDivSIOp::create(builder, loc, extent, value(step)));
  }
  return trips;
}

/// Replaces `forall` by a loop over points `begin` to `end` of its space.
void lowerForall(RewriterBase &rewriter, scf::ForallOp forall, Value begin, Value end) {
  Location loc = forall.getLoc();
  rewriter.setInsertionPoint(forall);
  SmallVector<Value> trips = buildTripCounts(rewriter, loc, forall.getMixedLowerBound(),
                                             forall.getMixedUpperBound(), forall.getMixedStep());
  Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
  auto loop = scf::ForOp::create(rewriter, loc, begin, end, one);
  rewriter.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> ivs(trips.size());
  Value rest = loop.getInductionVar();
  for (int64_t i = trips.size() - 1; i >= 0; --i) {
    Value index = rest;
    if (i > 0) {
      index = arith::RemUIOp::create(rewriter, loc, rest, trips[i]);
      rest = arith::DivUIOp::create(rewriter, loc, rest, trips[i]);
    }
    OpFoldResult step = forall.getMixedStep()[i], lower = forall.getMixedLowerBound()[i];
    if (!isConstantIntValue(step, 1))
      index =
          arith::MulIOp::create(rewriter, loc, index, getValueOrCreateConstantIndexOp(rewriter, loc, step));
    if (!isConstantIntValue(lower, 0))
      index =
          arith::AddIOp::create(rewriter, loc, index, getValueOrCreateConstantIndexOp(rewriter, loc, lower));
    ivs[i] = index;
  }
  rewriter.eraseOp(forall.getTerminator());
  rewriter.inlineBlockBefore(forall.getBody(), loop.getBody()->getTerminator(), ivs);
  rewriter.eraseOp(forall);
}

/// Builds the functions of one kernel.
class KernelOutliner {
public:
  KernelOutliner(RewriterBase &rewriter, kernel::FuncOp func)
      : rewriter(rewriter), func(func), loc(func.getLoc()), converter(func.getContext()),
        pointer(LLVM::LLVMPointerType::get(func.getContext())), i64(rewriter.getI64Type()) {
    for (BlockArgument argument : func.getBody().front().getArguments())
      (isa<MemRefType>(argument.getType()) ? memrefs : scalars).push_back(argument);
  }

  SmallVector<LLVM::LLVMFuncOp> run() {
    rewriter.setInsertionPoint(func);
    LLVM::LLVMFuncOp count = buildCount();
    LLVM::LLVMFuncOp body = buildBody();
    buildEntry(body);
    rewriter.eraseOp(func);
    return {count, body};
  }

private:
  LLVM::LLVMFuncOp createFunction(const llvm::Twine &name, Type result, ArrayRef<Type> arguments,
                                  LLVM::Linkage linkage) {
    auto type = LLVM::LLVMFunctionType::get(result, arguments);
    auto function = LLVM::LLVMFuncOp::create(rewriter, loc, name.str(), type, linkage);
    Block *entry = function.addEntryBlock(rewriter);
    rewriter.setInsertionPointToStart(entry);
    return function;
  }

  Value toIndex(Value value) {
    return UnrealizedConversionCastOp::create(rewriter, loc, rewriter.getIndexType(), value).getResult(0);
  }

  Value loadElement(Type type, Value base, int64_t index) {
    Value address = LLVM::GEPOp::create(rewriter, loc, pointer, type, base, ArrayRef<LLVM::GEPArg>(index));
    return LLVM::LoadOp::create(rewriter, loc, type, address);
  }

  /// `@k_count(ptr scalars) -> i64`.
  LLVM::LLVMFuncOp buildCount() {
    OpBuilder::InsertionGuard guard(rewriter);
    LLVM::LLVMFuncOp count =
        createFunction(weft::getCountName(func.getName()), i64, {pointer}, LLVM::Linkage::External);
    Value product = arith::ConstantIndexOp::create(rewriter, loc, 1);
    if (scf::ForallOp range = findRange(func)) {
      IRMapping mapping;
      for (auto [i, argument] : llvm::enumerate(scalars))
        mapping.map(argument, toIndex(loadElement(i64, count.getArgument(0), i)));
      auto clone = [&](ArrayRef<OpFoldResult> values) { return cloneValues(values, mapping); };
      for (Value trip : buildTripCounts(rewriter, loc, clone(range.getMixedLowerBound()),
                                        clone(range.getMixedUpperBound()), clone(range.getMixedStep())))
        product = arith::MulIOp::create(rewriter, loc, product, trip);
    }
    Value result = arith::IndexCastOp::create(rewriter, loc, i64, product);
    LLVM::ReturnOp::create(rewriter, loc, result);
    return count;
  }

  /// Clones what computes `values` from the scalars.
  SmallVector<OpFoldResult> cloneValues(ArrayRef<OpFoldResult> values, IRMapping &mapping) {
    SmallVector<OpFoldResult> results;
    for (OpFoldResult value : values) {
      if (auto attribute = dyn_cast<Attribute>(value)) {
        results.push_back(attribute);
        continue;
      }
      cloneOp(cast<Value>(value).getDefiningOp(), mapping);
      results.push_back(mapping.lookup(cast<Value>(value)));
    }
    return results;
  }

  void cloneOp(Operation *op, IRMapping &mapping) {
    if (!op || mapping.contains(op))
      return;
    for (Value operand : op->getOperands())
      cloneOp(operand.getDefiningOp(), mapping);
    rewriter.clone(*op, mapping);
  }

  /// `@k.body(ptr noalias tensors.., i64 scalars.., i64 begin, i64 end, ptr worker)`.
  LLVM::LLVMFuncOp buildBody() {
    OpBuilder::InsertionGuard guard(rewriter);
    SmallVector<Type> types(memrefs.size(), pointer);
    types.append(scalars.size(), i64);
    types.append({i64, i64, pointer});
    LLVM::LLVMFuncOp body = createFunction(
        func.getName() + ".body", LLVM::LLVMVoidType::get(func.getContext()), types, LLVM::Linkage::Internal);
    body.setNoInline(true);
    setPointerAttributes(body);
    unsigned next = memrefs.size();
    for (BlockArgument argument : scalars)
      values[argument] = toIndex(body.getArgument(next++));
    for (auto [i, argument] : llvm::enumerate(memrefs))
      values[argument] = buildDescriptor(argument, body.getArgument(i));
    Value begin = toIndex(body.getArgument(next)), end = toIndex(body.getArgument(next + 1));
    Value worker = body.getArgument(next + 2);
    SmallVector<Value> replacements;
    for (BlockArgument argument : func.getBody().front().getArguments())
      replacements.push_back(values[argument]);
    if (scf::ForallOp range = findRange(func)) {
      OpBuilder::InsertionGuard inner(rewriter);
      lowerForall(rewriter, range, begin, end);
    }
    Block *entry = &body.getBody().front();
    rewriter.inlineBlockBefore(&func.getBody().front(), entry, entry->end(), replacements);
    Operation *terminator = entry->getTerminator();
    rewriter.setInsertionPoint(terminator);
    LLVM::ReturnOp::create(rewriter, loc, ValueRange());
    rewriter.eraseOp(terminator);
    lowerScratch(entry, worker);
    // The function must stay well-formed for what is still using it.
    rewriter.setInsertionPointToStart(rewriter.createBlock(&func.getBody()));
    kernel::ReturnOp::create(rewriter, loc);
    return body;
  }

  void setPointerAttributes(LLVM::LLVMFuncOp body) {
    for (auto [i, argument] : llvm::enumerate(memrefs)) {
      body.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), rewriter.getUnitAttr());
      body.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), rewriter.getI64IntegerAttr(tensorAlignment));
      body.setArgAttr(i, LLVM::LLVMDialect::getNonNullAttrName(), rewriter.getUnitAttr());
      if (!isWritten(argument))
        body.setArgAttr(i, LLVM::LLVMDialect::getReadonlyAttrName(), rewriter.getUnitAttr());
    }
  }

  /// Whether anything writes to `memref` or a view of it.
  static bool isWritten(Value memref) {
    for (OpOperand &use : memref.getUses()) {
      Operation *user = use.getOwner();
      if (isa<memref::LoadOp, memref::DimOp, vector::LoadOp>(user))
        continue;
      if (isa<ViewLikeOpInterface>(user)) {
        if (llvm::any_of(user->getResults(), isWritten))
          return true;
        continue;
      }
      auto effects = dyn_cast<MemoryEffectOpInterface>(user);
      if (!effects || effects.getEffectOnValue<MemoryEffects::Write>(memref))
        return true;
    }
    return false;
  }

  Value buildDescriptor(BlockArgument argument, Value base) {
    auto type = cast<MemRefType>(argument.getType());
    auto descriptor = MemRefDescriptor::poison(rewriter, loc, converter.convertType(type));
    descriptor.setAllocatedPtr(rewriter, loc, base);
    descriptor.setAlignedPtr(rewriter, loc, base);
    descriptor.setConstantOffset(rewriter, loc, 0);
    ArrayRef<int64_t> dims = func.getArgDims(argument.getArgNumber());
    Value stride = LLVM::ConstantOp::create(rewriter, loc, i64, rewriter.getI64IntegerAttr(1));
    unsigned position = dims.size();
    for (int64_t i = type.getRank() - 1; i >= 0; --i) {
      Value size;
      if (type.isDynamicDim(i)) {
        Value scalar = values[func.getArgument(dims[--position])];
        size = scalar.getDefiningOp()->getOperand(0);
      } else {
        size = LLVM::ConstantOp::create(rewriter, loc, i64, rewriter.getI64IntegerAttr(type.getDimSize(i)));
      }
      descriptor.setSize(rewriter, loc, i, size);
      descriptor.setStride(rewriter, loc, i, stride);
      if (i > 0)
        stride = LLVM::MulOp::create(rewriter, loc, stride, size);
    }
    return UnrealizedConversionCastOp::create(rewriter, loc, type, Value(descriptor)).getResult(0);
  }

  /// Turns allocations into calls of the runtime's `scratch`; when one of them fails, the kernel does
  /// nothing.
  void lowerScratch(Block *entry, Value worker) {
    SmallVector<memref::AllocOp> allocs(entry->getOps<memref::AllocOp>());
    if (allocs.empty())
      return;
    Value isThere;
    Operation *last = nullptr;
    for (memref::AllocOp alloc : allocs) {
      rewriter.setInsertionPoint(alloc);
      Value memory = callScratch(alloc, worker);
      Value null = LLVM::ZeroOp::create(rewriter, loc, pointer);
      Value isValid = LLVM::ICmpOp::create(rewriter, loc, LLVM::ICmpPredicate::ne, memory, null);
      isThere = isThere ? arith::AndIOp::create(rewriter, loc, isThere, isValid).getResult() : isValid;
      last = isThere.getDefiningOp();
      auto descriptor = MemRefDescriptor::poison(rewriter, loc, converter.convertType(alloc.getType()));
      descriptor.setAllocatedPtr(rewriter, loc, memory);
      descriptor.setAlignedPtr(rewriter, loc, memory);
      descriptor.setConstantOffset(rewriter, loc, 0);
      descriptor.setSize(rewriter, loc, 0, sizeOf(alloc));
      descriptor.setConstantStride(rewriter, loc, 0, 1);
      Value cast =
          UnrealizedConversionCastOp::create(rewriter, loc, alloc.getType(), Value(descriptor)).getResult(0);
      rewriter.replaceOp(alloc, cast);
      last = cast.getDefiningOp();
    }
    rewriter.setInsertionPointAfter(last);
    auto guarded = scf::IfOp::create(rewriter, loc, isThere, /*withElseRegion=*/false);
    Block *then = guarded.thenBlock();
    then->getOperations().splice(then->begin(), entry->getOperations(), std::next(guarded->getIterator()),
                                 entry->getTerminator()->getIterator());
  }

  Value sizeOf(memref::AllocOp alloc) {
    Value size = alloc.getDynamicSizes().front();
    return UnrealizedConversionCastOp::create(rewriter, loc, i64, size).getResult(0);
  }

  Value callScratch(memref::AllocOp alloc, Value worker) {
    Value table = LLVM::LoadOp::create(rewriter, loc, pointer, worker);
    Value slot = LLVM::GEPOp::create(rewriter, loc, pointer, rewriter.getI8Type(), table,
                                     ArrayRef<LLVM::GEPArg>(scratchOffset));
    Value function = LLVM::LoadOp::create(rewriter, loc, pointer, slot);
    auto type = LLVM::LLVMFunctionType::get(pointer, {pointer, i64});
    auto call = LLVM::CallOp::create(rewriter, loc, type, ValueRange{function, worker, sizeOf(alloc)});
    NamedAttrList attributes;
    attributes.set(LLVM::LLVMDialect::getNoAliasAttrName(), rewriter.getUnitAttr());
    attributes.set(LLVM::LLVMDialect::getAlignAttrName(), rewriter.getI64IntegerAttr(tensorAlignment));
    call.setResAttrsAttr(rewriter.getArrayAttr(attributes.getDictionary(func.getContext())));
    return call.getResult();
  }

  /// `@k(ptr args, ptr scalars, i64 begin, i64 end, ptr worker)`.
  void buildEntry(LLVM::LLVMFuncOp body) {
    OpBuilder::InsertionGuard guard(rewriter);
    std::string name = func.getName().str();
    auto passthrough = func->getAttrOfType<ArrayAttr>("passthrough");
    LLVM::LLVMFuncOp entry = createFunction(name, LLVM::LLVMVoidType::get(func.getContext()),
                                            {pointer, pointer, i64, i64, pointer}, LLVM::Linkage::External);
    if (passthrough) {
      body.setPassthroughAttr(passthrough);
      entry.setPassthroughAttr(passthrough);
    }
    SmallVector<Value> operands;
    for (unsigned i = 0; i < memrefs.size(); ++i)
      operands.push_back(loadElement(pointer, entry.getArgument(0), i));
    for (unsigned i = 0; i < scalars.size(); ++i)
      operands.push_back(loadElement(i64, entry.getArgument(1), i));
    llvm::append_range(operands, entry.getArguments().take_back(3));
    LLVM::CallOp::create(rewriter, loc, body, operands);
    LLVM::ReturnOp::create(rewriter, loc, ValueRange());
  }

  RewriterBase &rewriter;
  kernel::FuncOp func;
  Location loc;
  LLVMTypeConverter converter;
  Type pointer, i64;
  SmallVector<BlockArgument> memrefs, scalars;
  llvm::DenseMap<Value, Value> values;
};

} // namespace

std::string weft::getCountName(llvm::StringRef kernel) { return (kernel + WEFT_COUNT_SUFFIX).str(); }

bool weft::normaliseRange(RewriterBase &rewriter, kernel::FuncOp func) {
  Block &entry = func.getBody().front();
  SmallVector<scf::ForallOp> loops;
  func.walk([&](scf::ForallOp loop) { loops.push_back(loop); });
  SmallVector<scf::ForallOp> top(entry.getOps<scf::ForallOp>());
  bool hasRange =
      top.size() == 1 && llvm::all_of(entry, [&](Operation &op) { return &op == top[0] || mayRepeat(op); });
  for (scf::ForallOp loop : loops)
    if (!hasRange || loop != top[0]) {
      rewriter.setInsertionPoint(loop);
      [[maybe_unused]] LogicalResult isLowered = scf::forallToForLoop(rewriter, loop);
      assert(succeeded(isLowered) && "internal: a forall without results becomes loops");
    }
  return hasRange;
}

SmallVector<LLVM::LLVMFuncOp> weft::outlineKernel(RewriterBase &rewriter, kernel::FuncOp func) {
  return KernelOutliner(rewriter, func).run();
}
