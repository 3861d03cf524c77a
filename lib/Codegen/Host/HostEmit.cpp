// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the host program as a control-flow graph of index arithmetic, loads, stores and calls through the
// runtime's function table.
//
// A tensor becomes a pointer and the sizes of its `?` dims; structured control flow becomes blocks, so that a
// failed runtime call can return from anywhere.
#include "HostLower.h"
#include "HostPlan.h"
#include "weft/Codegen/Host/HostProgram.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "weft_abi.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cstddef>

using namespace mlir;
using namespace weft;

namespace {

/// A tensor at run time.
struct HostTensor {
  Value data;               ///< !llvm.ptr
  SmallVector<Value> sizes; ///< index, one per `?`
};

class HostEmitter {
public:
  HostEmitter(func::FuncOp main, HostPlan &plan, HostProgram &program)
      : main(main), plan(plan), program(program), loc(main.getLoc()), b(main.getContext()) {}

  LogicalResult run();

private:
  func::FuncOp main;
  HostPlan &plan;
  HostProgram &program;
  Location loc;
  OpBuilder b;
  LLVM::LLVMPointerType ptr;
  Value abi, context, frame, arena, argsArray, scalarsArray, dimsArray, outPointer;
  Block *exit = nullptr;
  IRMapping scalars;
  llvm::DenseMap<Value, HostTensor> tensors;
  SmallVector<Value> slotPointers;
  SmallVector<SmallVector<Value> *>
      releaseScopes; ///< run-time buffers made in the loop bodies around the insertion point

  // Small pieces of code.
  Value i64(int64_t value) {
    return LLVM::ConstantOp::create(b, loc, b.getI64Type(), b.getI64IntegerAttr(value));
  }
  Value i32(int64_t value) {
    return LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  Value toI64(Value value) { return arith::IndexCastOp::create(b, loc, b.getI64Type(), value); }
  Value toIndex(Value value) { return arith::IndexCastOp::create(b, loc, b.getIndexType(), value); }
  Value byteOffset(Value base, Value offset) {
    return LLVM::GEPOp::create(b, loc, ptr, b.getI8Type(), base, ArrayRef<LLVM::GEPArg>{offset});
  }
  Value byteOffset(Value base, int64_t offset) {
    return offset == 0 ? base
                       : LLVM::GEPOp::create(b, loc, ptr, b.getI8Type(), base,
                                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
  }
  /// `base` plus an offset that may exceed the 32 bits of a constant GEP index.
  Value farOffset(Value base, int64_t offset) { return offset == 0 ? base : byteOffset(base, i64(offset)); }
  Value load(Type type, Value address) { return LLVM::LoadOp::create(b, loc, type, address); }
  void store(Value value, Value address) { LLVM::StoreOp::create(b, loc, value, address); }
  /// Element `i` of an array of 8-byte things (pointers, i64).
  Value slot(Value array, int64_t i) { return byteOffset(array, i * 8); }

  Value callAbi(size_t fieldOffset, ArrayRef<Type> results, ArrayRef<Type> parameters, ValueRange operands) {
    Value function = load(ptr, byteOffset(abi, fieldOffset));
    Type result = results.empty() ? Type(LLVM::LLVMVoidType::get(b.getContext())) : results.front();
    SmallVector<Value> all = {function};
    llvm::append_range(all, operands);
    auto call = LLVM::CallOp::create(b, loc, LLVM::LLVMFunctionType::get(result, parameters), all);
    return results.empty() ? Value() : call.getResult();
  }
  /// Leaves the program with `status` unless it is 0; code goes on in a new block.
  void returnIfFailed(Value status) {
    Block *next = newBlock();
    Value bad = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, status, i32(0));
    cf::CondBranchOp::create(b, loc, bad, exit, ValueRange{status}, next, ValueRange{});
    b.setInsertionPointToStart(next);
  }
  Value bytesOf(RankedTensorType type, ValueRange sizes) {
    int64_t fixed = getElementBytes(type.getElementType());
    for (int64_t size : type.getShape())
      fixed *= ShapedType::isDynamic(size) ? 1 : size;
    Value bytes = index(fixed);
    for (Value size : sizes)
      bytes = arith::MulIOp::create(b, loc, bytes, size);
    return toI64(bytes);
  }
  void copy(Value to, Value from, Value bytes) {
    LLVM::MemcpyOp::create(b, loc, to, from, bytes, /*isVolatile=*/false);
  }
  Value allocateAtRunTime(Value bytes) {
    Value status = callAbi(offsetof(weft_abi, alloc), b.getI32Type(), {ptr, b.getI64Type(), ptr},
                           ValueRange{context, bytes, outPointer});
    returnIfFailed(status);
    return load(ptr, outPointer);
  }
  void release(Value data) {
    callAbi(offsetof(weft_abi, release), {}, {ptr, ptr}, ValueRange{context, data});
  }
  /// Sizes of all dims of a tensor, static ones as constants.
  SmallVector<Value> allSizes(RankedTensorType type, ValueRange dynamic) {
    SmallVector<Value> sizes;
    size_t next = 0;
    for (int64_t size : type.getShape())
      sizes.push_back(ShapedType::isDynamic(size) ? dynamic[next++] : index(size));
    return sizes;
  }
  /// Tells the runtime the dims of output `number`; its memory.
  Value claimOutput(unsigned number, RankedTensorType type, ValueRange dynamic) {
    for (auto [i, size] : llvm::enumerate(allSizes(type, dynamic)))
      store(toI64(size), slot(dimsArray, i));
    Value status = callAbi(offsetof(weft_abi, output), b.getI32Type(), {ptr, b.getI32Type(), ptr, ptr},
                           ValueRange{context, i32(number), dimsArray, outPointer});
    returnIfFailed(status);
    return load(ptr, outPointer);
  }
  SmallVector<Value> mapAll(ValueRange values) {
    SmallVector<Value> mapped;
    for (Value value : values)
      mapped.push_back(scalars.lookup(value));
    return mapped;
  }

  // Values across block boundaries: a tensor is a pointer and its sizes.
  void flatten(Value value, SmallVectorImpl<Value> &into) {
    if (!isa<RankedTensorType>(value.getType()))
      return into.push_back(scalars.lookup(value));
    const HostTensor &tensor = tensors[value];
    into.push_back(tensor.data);
    llvm::append_range(into, tensor.sizes);
  }
  /// Adds to `block` the arguments that carry a value of `value`'s type, and binds `value` to them.
  void bindToArguments(Value value, Block *block) {
    if (auto type = dyn_cast<RankedTensorType>(value.getType())) {
      HostTensor tensor;
      tensor.data = block->addArgument(ptr, loc);
      for (int64_t i = 0; i < type.getNumDynamicDims(); ++i)
        tensor.sizes.push_back(block->addArgument(b.getIndexType(), loc));
      tensors[value] = tensor;
    } else {
      scalars.map(value, block->addArgument(value.getType(), loc));
    }
  }
  /// A block in front of the exit; the insertion point stays. Code is always emitted at the end of its block.
  Block *newBlock() {
    auto *block = new Block;
    block->insertBefore(exit);
    return block;
  }

  // Parts of the program.
  void emitPrologue(func::FuncOp entry);
  void cloneAtEntry(Value value, IRMapping &map);
  void emitDynamicArena();
  Value placeOf(const BufferSite &site, ValueRange sizes);
  LogicalResult emit(Block &block);
  LogicalResult emit(Operation *op);
  LogicalResult emitLaunch(kernel::LaunchOp launch);
  LogicalResult emitConstant(kernel::ConstantOp constant);
  void emitView(kernel::ViewOp view);
  void emitExtract(tensor::ExtractOp extract);
  void emitFromElements(tensor::FromElementsOp make);
  LogicalResult emitSlice(Operation *op, RankedTensorType sliceType, OffsetSizeAndStrideOpInterface slice,
                          Value whole);
  LogicalResult emitIf(scf::IfOp branch);
  LogicalResult emitFor(scf::ForOp loop);
  LogicalResult emitWhile(scf::WhileOp loop);
  void emitReturn(func::ReturnOp op);
  HostTensor enterCarried(Value argument, Value initial);
  void updateCarried(ValueRange arguments, ValueRange yielded, SmallVectorImpl<Value> &next);
};

void HostEmitter::cloneAtEntry(Value value, IRMapping &map) {
  if (map.contains(value) || isa<BlockArgument>(value))
    return;
  Operation *op = value.getDefiningOp();
  if (auto dim = dyn_cast<tensor::DimOp>(op); dim && isa<BlockArgument>(dim.getSource())) {
    auto type = cast<RankedTensorType>(dim.getSource().getType());
    int64_t axis = *dim.getConstantIndex();
    Value size = type.isDynamicDim(axis) ? tensors[dim.getSource()].sizes[type.getDynamicDimIndex(axis)]
                                         : index(type.getDimSize(axis));
    map.map(value, size);
    return;
  }
  for (Value operand : op->getOperands())
    cloneAtEntry(operand, map);
  b.clone(*op, map);
}

void HostEmitter::emitDynamicArena() {
  if (plan.numDynamicSlots == 0)
    return;
  IRMapping map;
  SmallVector<Value> offsets(plan.numDynamicSlots);
  Value total = i64(0);
  for (const BufferSite &site : plan.sites) {
    if (site.placement != Placement::DynamicArena || offsets[site.position])
      continue;
    SmallVector<Value> sizes;
    for (Value size : site.sizes) {
      cloneAtEntry(size, map);
      sizes.push_back(map.lookup(size));
    }
    offsets[site.position] = total;
    Value rounded = arith::AndIOp::create(
        b, loc, arith::AddIOp::create(b, loc, bytesOf(site.type, sizes), i64(63)), i64(-64));
    total = arith::AddIOp::create(b, loc, total, rounded);
  }
  Value status = callAbi(offsetof(weft_abi, arena), b.getI32Type(), {ptr, b.getI64Type(), ptr},
                         ValueRange{context, total, outPointer});
  returnIfFailed(status);
  Value base = load(ptr, outPointer);
  for (Value offset : offsets)
    slotPointers.push_back(byteOffset(base, offset));
}

void HostEmitter::emitPrologue(func::FuncOp entry) {
  Block *start = entry.addEntryBlock();
  abi = start->getArgument(0);
  context = start->getArgument(1);
  frame = start->getArgument(2);
  exit = b.createBlock(&entry.getBody(), entry.getBody().end(), {b.getI32Type()}, {loc});
  func::ReturnOp::create(b, loc, exit->getArgument(0));
  b.setInsertionPointToStart(start);

  // Scratch arrays for calls, as large as the largest needs.
  int64_t maxTensors = 1, maxScalars = 1, maxRank = 1;
  main.walk([&](kernel::LaunchOp launch) {
    maxTensors = std::max<int64_t>(maxTensors, launch->getNumOperands() + launch->getNumResults());
    maxScalars = std::max<int64_t>(maxScalars, launch->getNumOperands());
  });
  for (Type type : main.getResultTypes())
    maxRank = std::max<int64_t>(maxRank, cast<RankedTensorType>(type).getRank());
  auto stack = [&](int64_t words) -> Value {
    return LLVM::AllocaOp::create(b, loc, ptr, b.getI64Type(), i64(words), /*alignment=*/8);
  };
  argsArray = stack(maxTensors);
  scalarsArray = stack(maxScalars);
  dimsArray = stack(maxRank);
  outPointer = stack(1);
  arena = load(ptr, byteOffset(frame, offsetof(weft_frame, arena)));

  Value inputs = load(ptr, byteOffset(frame, offsetof(weft_frame, inputs)));
  Value dims = load(ptr, byteOffset(frame, offsetof(weft_frame, dims)));
  for (BlockArgument argument : main.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    HostTensor tensor;
    tensor.data = load(ptr, slot(inputs, argument.getArgNumber()));
    if (!type.hasStaticShape()) {
      Value sizes = load(ptr, slot(dims, argument.getArgNumber()));
      for (auto [axis, size] : llvm::enumerate(type.getShape()))
        if (ShapedType::isDynamic(size))
          tensor.sizes.push_back(toIndex(load(b.getI64Type(), slot(sizes, axis))));
    }
    tensors[argument] = tensor;
  }
  emitDynamicArena();
}

Value HostEmitter::placeOf(const BufferSite &site, ValueRange sizes) {
  switch (site.placement) {
  case Placement::StaticArena:
    return farOffset(arena, site.position);
  case Placement::DynamicArena:
    return slotPointers[site.position];
  case Placement::Output:
    return claimOutput(site.position, site.type, sizes);
  case Placement::RunTime: {
    Value data = allocateAtRunTime(bytesOf(site.type, sizes));
    if (!releaseScopes.empty())
      releaseScopes.back()->push_back(data);
    return data;
  }
  }
  llvm_unreachable("internal: unknown placement");
}

LogicalResult HostEmitter::emitLaunch(kernel::LaunchOp launch) {
  SmallVector<Value> pointers, indices;
  for (Value operand : launch.getTensors())
    pointers.push_back(tensors[operand].data);
  indices = mapAll(launch.getIndices());
  SmallVector<Value> resultSizes = mapAll(launch.getSizes());
  size_t next = 0;
  int64_t bytes = 0;
  bool isStatic = true;
  auto countBytes = [&](RankedTensorType type) {
    isStatic &= type.hasStaticShape();
    bytes += type.hasStaticShape() ? type.getNumElements() * getElementBytes(type.getElementType()) : 0;
  };
  for (Value operand : launch.getTensors())
    countBytes(cast<RankedTensorType>(operand.getType()));
  for (Value result : launch.getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    countBytes(type);
    HostTensor tensor;
    tensor.sizes.assign(resultSizes.begin() + next, resultSizes.begin() + next + type.getNumDynamicDims());
    next += type.getNumDynamicDims();
    tensor.data = placeOf(plan.sites[plan.siteOf.lookup(result)], tensor.sizes);
    pointers.push_back(tensor.data);
    tensors[result] = tensor;
  }
  for (auto [i, pointer] : llvm::enumerate(pointers))
    store(pointer, slot(argsArray, i));
  for (auto [i, value] : llvm::enumerate(indices))
    store(toI64(value), slot(scalarsArray, i));

  StringRef callee = launch.getKernel();
  Value function = LLVM::AddressOfOp::create(b, loc, ptr, callee);
  auto countType = LLVM::LLVMFunctionType::get(b.getI64Type(), {ptr});
  Value count = LLVM::CallOp::create(b, loc, countType, (callee + "_count").str(), ValueRange{scalarsArray})
                    .getResult();
  Value status = callAbi(
      offsetof(weft_abi, dispatch), b.getI32Type(), {ptr, b.getI32Type(), ptr, ptr, ptr, b.getI64Type()},
      ValueRange{context, i32(program.kernels.size()), function, argsArray, scalarsArray, count});
  returnIfFailed(status);

  LaunchSite site;
  site.kernel = callee.str();
  if (auto target = SymbolTable::lookupNearestSymbolFrom<kernel::FuncOp>(launch, launch.getKernelAttr()))
    site.kind = target.getKind().value_or("").str();
  if (auto nodes = launch->getAttrOfType<ArrayAttr>("nodes"))
    for (auto node : nodes.getAsRange<StringAttr>())
      site.nodes.push_back(node.str());
  site.bytes = isStatic ? bytes : 0;
  program.kernels.push_back(std::move(site));
  return success();
}

LogicalResult HostEmitter::emitConstant(kernel::ConstantOp constant) {
  auto offset = constant->getAttrOfType<IntegerAttr>("offset");
  if (!offset)
    return constant.emitOpError(
        "expected a place in the constant segment, but got none: run layOutConstants first");
  Value segments = load(ptr, byteOffset(frame, offsetof(weft_frame, constants)));
  tensors[constant.getResult()] = {farOffset(load(ptr, segments), offset.getInt()), {}};
  return success();
}

void HostEmitter::emitView(kernel::ViewOp view) {
  HostTensor tensor;
  tensor.data = tensors[view.getSource()].data;
  tensor.sizes = mapAll(view.getSizes());
  tensors[view.getResult()] = tensor;
}

void HostEmitter::emitExtract(tensor::ExtractOp extract) {
  RankedTensorType type = extract.getTensor().getType();
  const HostTensor &tensor = tensors[extract.getTensor()];
  Value position = index(0);
  for (auto [size, i] : llvm::zip_equal(allSizes(type, tensor.sizes), mapAll(extract.getIndices())))
    position = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, position, size), i);
  Value offset = arith::MulIOp::create(b, loc, position, index(getElementBytes(type.getElementType())));
  Value address = byteOffset(tensor.data, toI64(offset));
  Type element = type.getElementType();
  Value value;
  if (element.isInteger(1))
    value = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, load(b.getI8Type(), address),
                                  arith::ConstantIntOp::create(b, loc, 0, 8));
  else if (element.isIndex())
    value = toIndex(load(b.getI64Type(), address));
  else
    value = load(element, address);
  scalars.map(extract.getResult(), value);
}

void HostEmitter::emitFromElements(tensor::FromElementsOp make) {
  const BufferSite &site = plan.sites[plan.siteOf.lookup(make.getResult())];
  Value data = placeOf(site, {});
  int64_t bytes = getElementBytes(site.type.getElementType());
  for (auto [i, element] : llvm::enumerate(make.getElements())) {
    Value value = scalars.lookup(element);
    if (value.getType().isIndex())
      value = toI64(value);
    if (value.getType().isInteger(1))
      value = arith::ExtUIOp::create(b, loc, b.getI8Type(), value);
    store(value, byteOffset(data, static_cast<int64_t>(i) * bytes));
  }
  tensors[make.getResult()] = {data, {}};
}

/// A slice that is one run of bytes: all dims before some axis have size 1 in it, all behind that axis are
/// whole.
LogicalResult HostEmitter::emitSlice(Operation *op, RankedTensorType sliceType,
                                     OffsetSizeAndStrideOpInterface slice, Value whole) {
  auto wholeType = cast<RankedTensorType>(whole.getType());
  int64_t axis = 0;
  while (axis < wholeType.getRank() && isConstantIntValue(slice.getMixedSizes()[axis], 1))
    ++axis;
  for (int64_t i = axis + 1; i < wholeType.getRank(); ++i)
    if (!isConstantIntValue(slice.getMixedOffsets()[i], 0))
      return op->emitOpError()
             << "expected a slice that is one run of bytes, but got one that moves along dim " << i;
  const HostTensor &base = tensors[whole];
  Value position = index(0);
  for (auto [size, offset] : llvm::zip_equal(allSizes(wholeType, base.sizes), slice.getMixedOffsets())) {
    Value at =
        isa<Attribute>(offset) ? index(*getConstantIntValue(offset)) : scalars.lookup(cast<Value>(offset));
    position = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, position, size), at);
  }
  Value offset = arith::MulIOp::create(b, loc, position, index(getElementBytes(wholeType.getElementType())));
  Value address = byteOffset(base.data, toI64(offset));
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
    const HostTensor &source = tensors[insert.getSource()];
    copy(address, source.data, bytesOf(insert.getSourceType(), source.sizes));
    tensors[insert.getResult()] = base;
    return success();
  }
  HostTensor tensor;
  tensor.data = address;
  auto dropped = cast<tensor::ExtractSliceOp>(op).getDroppedDims();
  for (auto [i, size] : llvm::enumerate(slice.getMixedSizes()))
    if (!dropped.test(i) && isa<Value>(size))
      tensor.sizes.push_back(scalars.lookup(cast<Value>(size)));
  if (static_cast<int64_t>(tensor.sizes.size()) != sliceType.getNumDynamicDims())
    return op->emitOpError("expected as many dynamic sizes as the type has, but got another number");
  tensors[op->getResult(0)] = tensor;
  return success();
}

LogicalResult HostEmitter::emitIf(scf::IfOp branch) {
  Block *then = newBlock(), *otherwise = newBlock(), *merge = newBlock();
  for (Value result : branch.getResults())
    bindToArguments(result, merge);
  cf::CondBranchOp::create(b, loc, scalars.lookup(branch.getCondition()), then, ValueRange{}, otherwise,
                           ValueRange{});
  for (auto [region, block] :
       {std::pair(&branch.getThenRegion(), then), std::pair(&branch.getElseRegion(), otherwise)}) {
    b.setInsertionPointToStart(block);
    SmallVector<Value> yielded;
    if (!region->empty()) {
      // What a branch allocates does not dominate the end of the loop around it: the end of the run frees it.
      SmallVector<Value> unused;
      releaseScopes.push_back(&unused);
      if (failed(emit(region->front())))
        return failure();
      releaseScopes.pop_back();
      for (Value value : region->front().getTerminator()->getOperands())
        flatten(value, yielded);
    }
    cf::BranchOp::create(b, loc, merge, yielded);
  }
  b.setInsertionPointToStart(merge);
  return success();
}

/// Copies the initial value of a carried tensor into the home that the loop updates.
HostTensor HostEmitter::enterCarried(Value argument, Value initial) {
  const BufferSite &site = plan.sites[plan.siteOf.lookup(argument)];
  HostTensor from = tensors[initial], home;
  auto initialType = cast<RankedTensorType>(initial.getType());
  Value bytes = bytesOf(initialType, from.sizes);
  SmallVector<Value> sizes = allSizes(initialType, from.sizes);
  for (auto [axis, size] : llvm::enumerate(site.type.getShape()))
    if (ShapedType::isDynamic(size))
      home.sizes.push_back(sizes[axis]);
  home.data =
      site.placement == Placement::StaticArena ? farOffset(arena, site.position) : allocateAtRunTime(bytes);
  copy(home.data, from.data, bytes);
  return home;
}

/// Moves the yielded values into the homes of the carried ones; `next` gets what the next iteration's block
/// arguments take. Reads all before it writes any: a body may swap what it carries.
void HostEmitter::updateCarried(ValueRange arguments, ValueRange yielded, SmallVectorImpl<Value> &next) {
  SmallVector<unsigned> homes;
  for (Value argument : arguments)
    if (isa<RankedTensorType>(argument.getType()))
      homes.push_back(plan.siteOf.lookup(argument));
  struct Move {
    Value to, from, bytes;
  };
  SmallVector<Move> moves;
  SmallVector<Value> dead;
  for (auto [argument, value] : llvm::zip_equal(arguments, yielded)) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type) {
      next.push_back(scalars.lookup(value));
      continue;
    }
    HostTensor home = tensors[argument], from = tensors[value];
    auto valueType = cast<RankedTensorType>(value.getType());
    Value bytes = bytesOf(valueType, from.sizes);
    unsigned own = plan.siteOf.lookup(argument);
    if (plan.sites[own].placement == Placement::RunTime) {
      Value fresh = allocateAtRunTime(bytes);
      copy(fresh, from.data, bytes);
      dead.push_back(home.data);
      next.push_back(fresh);
      SmallVector<Value> sizes = allSizes(valueType, from.sizes);
      for (auto [axis, size] : llvm::enumerate(type.getShape()))
        if (ShapedType::isDynamic(size))
          next.push_back(sizes[axis]);
      continue;
    }
    if (from.data == home.data)
      continue;
    bool readsOtherHome = llvm::any_of(plan.roots.lookup(value), [&](unsigned root) {
      return root != own && llvm::is_contained(homes, root);
    });
    if (readsOtherHome) {
      Value staged = allocateAtRunTime(bytes);
      copy(staged, from.data, bytes);
      dead.push_back(staged);
      moves.push_back({home.data, staged, bytes});
    } else {
      moves.push_back({home.data, from.data, bytes});
    }
  }
  for (const Move &move : moves)
    copy(move.to, move.from, move.bytes);
  for (Value data : dead)
    release(data);
}

LogicalResult HostEmitter::emitFor(scf::ForOp loop) {
  Value upper = scalars.lookup(loop.getUpperBound()), step = scalars.lookup(loop.getStep());
  SmallVector<Value> entering = {scalars.lookup(loop.getLowerBound())};
  Block *header = newBlock(), *body = newBlock(), *after = newBlock();
  Value iteration = header->addArgument(loop.getInductionVar().getType(), loc);
  for (auto [argument, initial] : llvm::zip_equal(loop.getRegionIterArgs(), loop.getInitArgs())) {
    if (!isa<RankedTensorType>(argument.getType())) {
      entering.push_back(scalars.lookup(initial));
      bindToArguments(argument, header);
      continue;
    }
    HostTensor home = enterCarried(argument, initial);
    tensors[argument] = home;
    if (plan.sites[plan.siteOf.lookup(argument)].placement == Placement::RunTime) {
      entering.push_back(home.data);
      llvm::append_range(entering, home.sizes);
      bindToArguments(argument, header);
    }
  }
  cf::BranchOp::create(b, loc, header, entering);
  b.setInsertionPointToStart(header);
  Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, iteration, upper);
  cf::CondBranchOp::create(b, loc, more, body, ValueRange{}, after, ValueRange{});

  b.setInsertionPointToStart(body);
  scalars.map(loop.getInductionVar(), iteration);
  SmallVector<Value> made;
  releaseScopes.push_back(&made);
  if (failed(emit(*loop.getBody())))
    return failure();
  releaseScopes.pop_back();
  SmallVector<Value> next = {arith::AddIOp::create(b, loc, iteration, step)};
  updateCarried(loop.getRegionIterArgs(), loop.getBody()->getTerminator()->getOperands(), next);
  for (Value data : made)
    release(data);
  cf::BranchOp::create(b, loc, header, next);

  b.setInsertionPointToStart(after);
  for (auto [argument, result] : llvm::zip_equal(loop.getRegionIterArgs(), loop.getResults())) {
    if (isa<RankedTensorType>(argument.getType()))
      tensors[result] = HostTensor(tensors[argument]);
    else
      scalars.map(result, scalars.lookup(argument));
  }
  return success();
}

LogicalResult HostEmitter::emitWhile(scf::WhileOp loop) {
  SmallVector<Value> entering;
  Block *before = newBlock(), *body = newBlock(), *after = newBlock();
  for (auto [argument, initial] : llvm::zip_equal(loop.getBeforeArguments(), loop.getInits())) {
    if (!isa<RankedTensorType>(argument.getType())) {
      entering.push_back(scalars.lookup(initial));
      bindToArguments(argument, before);
      continue;
    }
    HostTensor home = enterCarried(argument, initial);
    tensors[argument] = home;
    if (plan.sites[plan.siteOf.lookup(argument)].placement == Placement::RunTime) {
      entering.push_back(home.data);
      llvm::append_range(entering, home.sizes);
      bindToArguments(argument, before);
    }
  }
  cf::BranchOp::create(b, loc, before, entering);
  b.setInsertionPointToStart(before);
  SmallVector<Value> unused;
  releaseScopes.push_back(&unused);
  if (failed(emit(*loop.getBeforeBody())))
    return failure();
  releaseScopes.pop_back();
  scf::ConditionOp condition = loop.getConditionOp();
  cf::CondBranchOp::create(b, loc, scalars.lookup(condition.getCondition()), body, ValueRange{}, after,
                           ValueRange{});
  // Both successors are reached from here alone, so what is passed on needs no block arguments.
  for (ValueRange targets : {ValueRange(loop.getAfterArguments()), ValueRange(loop.getResults())})
    for (auto [target, passed] : llvm::zip_equal(targets, condition.getArgs())) {
      if (isa<RankedTensorType>(target.getType()))
        tensors[target] = HostTensor(tensors[passed]);
      else
        scalars.map(target, scalars.lookup(passed));
    }

  b.setInsertionPointToStart(body);
  SmallVector<Value> made, next;
  releaseScopes.push_back(&made);
  if (failed(emit(*loop.getAfterBody())))
    return failure();
  releaseScopes.pop_back();
  updateCarried(loop.getBeforeArguments(), loop.getAfterBody()->getTerminator()->getOperands(), next);
  for (Value data : made)
    release(data);
  cf::BranchOp::create(b, loc, before, next);
  b.setInsertionPointToStart(after);
  return success();
}

void HostEmitter::emitReturn(func::ReturnOp op) {
  for (auto [number, value] : llvm::enumerate(op.getOperands())) {
    auto found = plan.siteOf.find(value);
    if (found != plan.siteOf.end()) {
      const BufferSite &site = plan.sites[found->second];
      if (site.placement == Placement::Output && site.position == static_cast<int64_t>(number))
        continue;
    }
    auto type = cast<RankedTensorType>(main.getResultTypes()[number]);
    const HostTensor tensor = tensors[value];
    SmallVector<Value> sizes = allSizes(cast<RankedTensorType>(value.getType()), tensor.sizes), dynamic;
    for (auto [axis, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        dynamic.push_back(sizes[axis]);
    Value memory = claimOutput(number, type, dynamic);
    copy(memory, tensor.data, bytesOf(type, dynamic));
  }
  func::ReturnOp::create(b, loc, ValueRange{i32(0)});
}

LogicalResult HostEmitter::emit(Block &block) {
  for (Operation &op : block)
    if (failed(emit(&op)))
      return failure();
  return success();
}

LogicalResult HostEmitter::emit(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](kernel::LaunchOp launch) { return emitLaunch(launch); })
      .Case([&](kernel::ConstantOp constant) { return emitConstant(constant); })
      .Case([&](kernel::ViewOp view) { return emitView(view), success(); })
      .Case([&](tensor::ExtractOp extract) { return emitExtract(extract), success(); })
      .Case([&](tensor::FromElementsOp make) { return emitFromElements(make), success(); })
      .Case([&](tensor::CastOp cast) {
        HostTensor from = tensors[cast.getSource()], to = {from.data, {}};
        SmallVector<Value> sizes =
            allSizes(mlir::cast<RankedTensorType>(cast.getSource().getType()), from.sizes);
        for (auto [axis, size] : llvm::enumerate(mlir::cast<RankedTensorType>(cast.getType()).getShape()))
          if (ShapedType::isDynamic(size))
            to.sizes.push_back(sizes[axis]);
        tensors[cast.getResult()] = to;
        return success();
      })
      .Case([&](tensor::DimOp dim) -> LogicalResult {
        std::optional<int64_t> axis = dim.getConstantIndex();
        if (!axis)
          return dim.emitOpError("expected a constant dim number, but got a run-time value");
        auto type = mlir::cast<RankedTensorType>(dim.getSource().getType());
        scalars.map(dim.getResult(), allSizes(type, tensors[dim.getSource()].sizes)[*axis]);
        return success();
      })
      .Case([&](tensor::ExtractSliceOp slice) {
        return emitSlice(op, slice.getType(), cast<OffsetSizeAndStrideOpInterface>(op), slice.getSource());
      })
      .Case([&](tensor::InsertSliceOp slice) {
        return emitSlice(op, slice.getSourceType(), cast<OffsetSizeAndStrideOpInterface>(op),
                         slice.getDest());
      })
      .Case([&](scf::IfOp branch) { return emitIf(branch); })
      .Case([&](scf::ForOp loop) { return emitFor(loop); })
      .Case([&](scf::WhileOp loop) { return emitWhile(loop); })
      .Case([&](func::ReturnOp op) { return emitReturn(op), success(); })
      .Case<scf::YieldOp, scf::ConditionOp>([](auto) { return success(); })
      .Case([&](cf::AssertOp check) {
        Block *next = newBlock(), *bad = newBlock();
        cf::CondBranchOp::create(b, loc, scalars.lookup(check.getArg()), next, ValueRange{}, bad,
                                 ValueRange{});
        b.setInsertionPointToStart(bad);
        Value status = callAbi(offsetof(weft_abi, fail), b.getI32Type(),
                               {ptr, b.getI32Type(), b.getI64Type(), b.getI64Type()},
                               ValueRange{context, i32(program.messages.size()), i64(0), i64(0)});
        cf::BranchOp::create(b, loc, exit, ValueRange{status});
        program.messages.push_back(check.getMsg().str());
        b.setInsertionPointToStart(next);
        return success();
      })
      .Default([&](Operation *other) -> LogicalResult {
        if (!isa<arith::ArithDialect>(other->getDialect()))
          return other->emitOpError("has no form in the host program");
        b.clone(*other, scalars);
        return success();
      });
}

LogicalResult HostEmitter::run() {
  ptr = LLVM::LLVMPointerType::get(b.getContext());
  program.module = ModuleOp::create(loc);
  b.setInsertionPointToEnd(program.module->getBody());
  llvm::SetVector<Attribute> callees;
  main.walk([&](kernel::LaunchOp launch) { callees.insert(launch.getKernelAttr().getAttr()); });
  auto kernelType = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                                {ptr, ptr, b.getI64Type(), b.getI64Type(), ptr});
  auto countType = LLVM::LLVMFunctionType::get(b.getI64Type(), {ptr});
  for (Attribute callee : callees) {
    std::string name = cast<StringAttr>(callee).str();
    LLVM::LLVMFuncOp::create(b, loc, name, kernelType);
    LLVM::LLVMFuncOp::create(b, loc, name + "_count", countType);
  }
  auto entry =
      func::FuncOp::create(b, loc, WEFT_ENTRY_SYMBOL, b.getFunctionType({ptr, ptr, ptr}, {b.getI32Type()}));
  emitPrologue(entry);
  return emit(main.getBody().front());
}

} // namespace

FailureOr<HostProgram> weft::compileHostProgram(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main)
    return module.emitError("expected a function 'main', but got none");
  FailureOr<HostPlan> plan = planHostBuffers(main);
  if (failed(plan))
    return failure();
  HostProgram program;
  program.arenaBytes = plan->arenaBytes;
  program.arenaLowerBound = plan->arenaLowerBound;
  if (failed(HostEmitter(main, *plan, program).run()))
    return failure();
  if (failed(lowerHostModule(*program.module)))
    return failure();
  return std::move(program);
}
