// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the host program as a control-flow graph of index arithmetic, loads, stores and calls through the
// runtime's function table.
//
// A tensor becomes a pointer and the sizes of its `?` dims; structured control flow becomes blocks, so that a
// failed runtime call can return from anywhere.
#include "HostEmitter.h"
#include "HostLower.h"
#include "weft/Codegen/KernelToLLVM.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace weft;
using namespace weft::host;

/// Computes `value`, a size that depends on the sizes of arguments only, once more at the entry.
///
/// The arena is reserved before anything runs, while the program computes the same size where its op stands.
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

/// The values of `sizes`; of those whose ops stand further down, computed here.
SmallVector<Value> HostEmitter::computeEarly(ValueRange sizes) {
  IRMapping early;
  SmallVector<Value> values;
  for (Value size : sizes) {
    if (!scalars.contains(size))
      cloneAtEntry(size, early);
    values.push_back(scalars.contains(size) ? scalars.lookup(size) : early.lookup(size));
  }
  return values;
}

/// Reserves one block for all buffers whose sizes follow from the inputs.
///
/// One call per run instead of one per buffer: the runtime keeps the block between runs and grows it only
/// when sizes grow. The planner gave buffers that are never alive together the same slot.
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
    // A size may come out negative, which a check behind this ends the run for, by the name of its node:
    // until then the buffer is empty, and takes nothing from the others.
    Value bytes = arith::MaxSIOp::create(b, loc, bytesOf(site.type, sizes), i64(0));
    // Kernels are told that operands are aligned to 64 bytes: a cache line, and the widest vector.
    Value rounded = arith::AndIOp::create(b, loc, arith::AddIOp::create(b, loc, bytes, i64(63)), i64(-64));
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

  // Scratch arrays for calls, as large as the largest needs: an alloca per call would grow the stack in
  // loops. A call reads them before the next one writes.
  int64_t maxTensors = 1, maxScalars = 1, maxRank = 1;
  main.walk([&](kernel::LaunchOp launch) {
    maxTensors = std::max<int64_t>(maxTensors, launch->getNumOperands() + launch->getNumResults());
    maxScalars = std::max<int64_t>(maxScalars, launch->getNumOperands());
  });
  auto addRank = [&](Type type) {
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      maxRank = std::max<int64_t>(maxRank, tensor.getRank());
  };
  llvm::for_each(main.getResultTypes(), addRank);
  main.walk([&](kernel::CallOp call) {
    llvm::for_each(call->getOperandTypes(), addRank);
    llvm::for_each(call->getResultTypes(), addRank);
    program.usesLists = true;
    program.usesTexts |= call.getFunction() == "text";
  });
  for (ArrayRef<Type> types : {main.getArgumentTypes(), main.getResultTypes()})
    program.usesLists |= llvm::any_of(types, [](Type type) { return isa<kernel::ListType>(type); });
  auto stack = [&](int64_t words) -> Value {
    return LLVM::AllocaOp::create(b, loc, ptr, b.getI64Type(), i64(words), /*alignment=*/8);
  };
  argsArray = stack(maxTensors);
  scalarsArray = stack(maxScalars);
  dimsArray = stack(maxRank);
  outPointer = stack(1);
  if (program.usesLists)
    itemPlace = stack(sizeof(weft_item) / 8);
  if (program.usesTexts)
    textParams = stack(3);
  arena = load(ptr, byteOffset(frame, offsetof(weft_frame, arena)));

  Value inputs = load(ptr, byteOffset(frame, offsetof(weft_frame, inputs)));
  Value dims = load(ptr, byteOffset(frame, offsetof(weft_frame, dims)));
  for (BlockArgument argument : main.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    HostTensor tensor;
    tensor.data = load(ptr, slot(inputs, argument.getArgNumber()));
    if (!type) {
      // A list is a handle of the runtime: it has no sizes, and moves through the program as a pointer.
      scalars.map(argument, tensor.data);
      continue;
    }
    if (!type.hasStaticShape()) {
      Value sizes = load(ptr, slot(dims, argument.getArgNumber()));
      for (auto [axis, size] : llvm::enumerate(type.getShape()))
        if (ShapedType::isDynamic(size))
          tensor.sizes.push_back(toIndex(load(b.getI64Type(), slot(sizes, axis))));
    }
    if (auto packed = main.getArgAttrOfType<TypeAttr>(argument.getArgNumber(), kPackedAttr))
      tensor.data = unpackElements(tensor.data, toIndex(bytesOf(type, tensor.sizes)), packed.getValue());
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
    return claimOutput(site.position, site.outputType, computeEarly(site.outputSizes));
  case Placement::RunTime: {
    // The size is known only here. What is allocated in an iteration is released at its end, or a loop
    // would hold the results of all iterations.
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

  // The kernel says how many parts its work has at these sizes; the runtime hands ranges of them to threads.
  StringRef callee = launch.getKernel();
  Value function = LLVM::AddressOfOp::create(b, loc, ptr, callee);
  auto countType = LLVM::LLVMFunctionType::get(b.getI64Type(), {ptr});
  Value count =
      LLVM::CallOp::create(b, loc, countType, getCountName(callee), ValueRange{scalarsArray}).getResult();
  Value status = callAbi(offsetof(weft_abi, dispatch), b.getI32Type(),
                         {ptr, b.getI32Type(), ptr, ptr, ptr, b.getI64Type()},
                         ValueRange{context, i32(entry.firstKernel + program.kernels.size()), function,
                                    argsArray, scalarsArray, count});
  returnIfFailed(status);

  // Profiles and traces count by call site: the same kernel serves several nodes.
  LaunchSite site;
  site.kernel = callee.str();
  if (auto target = SymbolTable::lookupNearestSymbolFrom<kernel::FuncOp>(launch, launch.getKernelAttr()))
    site.kind = target.getKind().value_or("").str();
  if (auto nodes = launch->getAttrOfType<ArrayAttr>("nodes"))
    for (auto node : nodes.getAsRange<StringAttr>())
      site.nodes.push_back(node.str());
  auto getText = [&](StringRef name) {
    auto text = launch->getAttrOfType<StringAttr>(name);
    return text ? text.str() : std::string();
  };
  site.flops = getText("flops");
  site.bytes = getText("bytes");
  // Launches that passes made after the work was counted move at least their operands.
  if (site.bytes.empty() && isStatic)
    site.bytes = std::to_string(bytes);
  program.kernels.push_back(std::move(site));
  return success();
}

LogicalResult HostEmitter::emitConstant(kernel::ConstantOp constant) {
  auto offset = constant->getAttrOfType<IntegerAttr>("offset");
  if (!offset)
    return constant.emitOpError(
        "expected a place in the constant segment, but got none: run layOutConstants first");
  // Loaded at each use: LLVM merges the loads where that pays, and none lives across the whole program.
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
  // A boolean in memory is a byte, of which callers may have set any bit; an index is 64 bits.
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

/// Ends the run with `message` where `isOk` is false; {a} and {b} in it become the two values.
///
/// Messages are a table of the artifact: the program passes a number, so that it holds no text.
void HostEmitter::check(Value isOk, std::string message, Value a, Value c) {
  Block *next = newBlock(), *bad = newBlock();
  cf::CondBranchOp::create(b, loc, isOk, next, ValueRange{}, bad, ValueRange{});
  b.setInsertionPointToStart(bad);
  Value status =
      callAbi(offsetof(weft_abi, fail), b.getI32Type(), {ptr, b.getI32Type(), b.getI64Type(), b.getI64Type()},
              ValueRange{context, i32(entry.firstMessage + program.messages.size()), a, c});
  cf::BranchOp::create(b, loc, exit, ValueRange{status});
  program.messages.push_back(std::move(message));
  b.setInsertionPointToStart(next);
}

std::string weft::host::describeNode(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return "node '" + name.getName().str() + "'";
  return "a node";
}

/// A slice that is one run of bytes: all dims before some axis have size 1 in it, all behind that axis are
/// whole. What only the run can tell is checked there.
LogicalResult HostEmitter::emitSlice(Operation *op, RankedTensorType sliceType,
                                     OffsetSizeAndStrideOpInterface slice, Value whole) {
  auto wholeType = cast<RankedTensorType>(whole.getType());
  int64_t axis = 0;
  while (axis < wholeType.getRank() && isConstantIntValue(slice.getMixedSizes()[axis], 1))
    ++axis;
  for (int64_t i = 0; i < wholeType.getRank(); ++i) {
    if (!isConstantIntValue(slice.getMixedStrides()[i], 1))
      return op->emitOpError()
             << "expected a slice that is one run of bytes, but got one with a stride along dim " << i;
    if (i <= axis)
      continue;
    std::optional<int64_t> size = getConstantIntValue(slice.getMixedSizes()[i]);
    bool isPart = size ? *size != wholeType.getDimSize(i) : !wholeType.isDynamicDim(i);
    if (isPart || !isConstantIntValue(slice.getMixedOffsets()[i], 0))
      return op->emitOpError() << "expected a slice that is one run of bytes, but got a part of dim " << i;
  }
  // By value: the map grows below, and would move what a reference names.
  const HostTensor base = tensors[whole];
  SmallVector<Value> wholeSizes = allSizes(wholeType, base.sizes);
  for (int64_t i = axis + 1; i < wholeType.getRank(); ++i) {
    auto size = dyn_cast<Value>(slice.getMixedSizes()[i]);
    // One value for both sizes: equal without a look.
    if (!size || scalars.lookup(size) == wholeSizes[i])
      continue;
    Value taken = scalars.lookup(size);
    check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, taken, wholeSizes[i]),
          "A slice in " + describeNode(op->getLoc()) + " takes {a} of the {b} elements along dim " +
              std::to_string(i) + ", where the compiled program needs all of them.",
          toI64(taken), toI64(wholeSizes[i]));
  }
  // Where the run of bytes begins: offsets as digits of a number whose bases are the sizes.
  Value position = index(0);
  for (auto [size, offset] : llvm::zip_equal(wholeSizes, slice.getMixedOffsets())) {
    Value at =
        isa<Attribute>(offset) ? index(*getConstantIntValue(offset)) : scalars.lookup(cast<Value>(offset));
    position = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, position, size), at);
  }
  Value offset = arith::MulIOp::create(b, loc, position, index(getElementBytes(wholeType.getElementType())));
  Value address = byteOffset(base.data, toI64(offset));
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
    // In place: the planner made sure that nobody reads the tensor as it was before.
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
  if (tensor.sizes.size() != sliceType.getNumDynamicDims())
    return op->emitOpError("expected as many dynamic sizes as the type has, but got another number");
  tensors[op->getResult(0)] = tensor;
  return success();
}

void HostEmitter::emitReturn(func::ReturnOp op) {
  for (auto [number, value] : llvm::enumerate(op.getOperands())) {
    if (isa<kernel::ListType>(value.getType())) {
      Value status = callAbi(offsetof(weft_abi, output_list), b.getI32Type(), {ptr, b.getI32Type(), ptr},
                             ValueRange{context, i32(number), scalars.lookup(value)});
      returnIfFailed(status);
      continue;
    }
    // The kernel wrote into the caller's memory already.
    if (plan.isOutputPlaced[number])
      continue;
    auto type = cast<RankedTensorType>(main.getResultTypes()[number]);
    const HostTensor tensor = tensors[value];
    SmallVector<Value> sizes = allSizes(cast<RankedTensorType>(value.getType()), tensor.sizes), dynamic;
    for (auto [axis, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        dynamic.push_back(sizes[axis]);
    // An input that is returned, a constant, or one value that is two outputs: each output has memory of its
    // own.
    Value memory = claimOutput(number, type, dynamic);
    if (auto packed = main.getResultAttrOfType<TypeAttr>(number, kPackedAttr))
      packElements(memory, tensor.data, toIndex(bytesOf(type, dynamic)), packed.getValue());
    else
      copy(memory, tensor.data, bytesOf(type, dynamic));
  }
  func::ReturnOp::create(b, loc, ValueRange{i32(0)});
}

/// A choice between tensors is one between pointers: nothing is copied, and both are computed.
void HostEmitter::emitSelect(arith::SelectOp select) {
  Value condition = scalars.lookup(select.getCondition());
  const HostTensor yes = tensors[select.getTrueValue()], no = tensors[select.getFalseValue()];
  HostTensor tensor;
  tensor.data = arith::SelectOp::create(b, loc, condition, yes.data, no.data);
  for (auto [a, c] : llvm::zip_equal(yes.sizes, no.sizes))
    tensor.sizes.push_back(arith::SelectOp::create(b, loc, condition, a, c));
  tensors[select.getResult()] = tensor;
}

LogicalResult HostEmitter::emit(Block &block) {
  for (Operation &op : block)
    if (failed(emit(&op)))
      return failure();
  return success();
}

/// Remembers for `weft inspect` which nodes ask the runtime for memory while they run: those that a caller
/// with fixed memory may want to avoid.
void HostEmitter::noteRuntimeCall() {
  if (!current)
    return;
  if (auto nodes = current->getAttrOfType<ArrayAttr>("nodes"))
    for (auto node : nodes.getAsRange<StringAttr>())
      program.runtimeNodes.insert(node.str());
  else if (auto name = dyn_cast<NameLoc>(current->getLoc()))
    program.runtimeNodes.insert(name.getName().str());
}

LogicalResult HostEmitter::emit(Operation *op) {
  llvm::SaveAndRestore inner(current, op);
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](kernel::LaunchOp launch) { return emitLaunch(launch); })
      .Case([&](kernel::ConstantOp constant) { return emitConstant(constant); })
      .Case([&](kernel::ViewOp view) { return emitView(view), success(); })
      .Case([&](kernel::CallOp call) { return emitCall(call), success(); })
      .Case([&](tensor::ExtractOp extract) { return emitExtract(extract), success(); })
      .Case([&](tensor::FromElementsOp make) { return emitFromElements(make), success(); })
      .Case([&](tensor::CastOp cast) {
        // The same bytes; sizes that the result's type leaves open become values.
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
      .Case([&](cf::AssertOp assertion) {
        auto [x, y] = getCompared(assertion.getArg());
        check(scalars.lookup(assertion.getArg()), assertion.getMsg().str(), x, y);
        return success();
      })
      .Case([&](arith::SelectOp select) {
        if (isa<RankedTensorType>(select.getType()))
          emitSelect(select);
        else if (isa<kernel::ListType>(select.getType()))
          scalars.map(select.getResult(),
                      arith::SelectOp::create(b, loc, scalars.lookup(select.getCondition()),
                                              scalars.lookup(select.getTrueValue()),
                                              scalars.lookup(select.getFalseValue())));
        else
          b.clone(*op, scalars);
        return success();
      })
      .Default([&](Operation *other) -> LogicalResult {
        if (!isa<arith::ArithDialect>(other->getDialect()))
          return other->emitOpError("has no form in the host program");
        b.clone(*other, scalars);
        return success();
      });
}

/// The two sizes of the comparison behind a condition, for its message; zeros where there are none.
///
/// Of several conditions the first is shown: which of them failed is not known here.
std::pair<Value, Value> HostEmitter::getCompared(Value condition) {
  while (Operation *op = condition.getDefiningOp()) {
    if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
      Value x = scalars.lookupOrNull(compare.getLhs()), y = scalars.lookupOrNull(compare.getRhs());
      if (x && y && x.getType().isIndex())
        return {toI64(x), toI64(y)};
      break;
    }
    if (!isa<arith::OrIOp, arith::AndIOp>(op))
      break;
    condition = op->getOperand(0);
  }
  return {i64(0), i64(0)};
}

LogicalResult HostEmitter::run() {
  ptr = LLVM::LLVMPointerType::get(b.getContext());
  program.module = ModuleOp::create(loc);
  b.setInsertionPointToEnd(program.module->getBody());
  // Declarations only, in the order of first use, so that the same model gives the same object code: the
  // kernels are compiled beside, once per level.
  llvm::SetVector<Attribute> callees;
  main.walk([&](kernel::LaunchOp launch) { callees.insert(launch.getKernelAttr().getAttr()); });
  auto kernelType = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                                {ptr, ptr, b.getI64Type(), b.getI64Type(), ptr});
  auto countType = LLVM::LLVMFunctionType::get(b.getI64Type(), {ptr});
  for (Attribute callee : callees) {
    std::string name = cast<StringAttr>(callee).str();
    LLVM::LLVMFuncOp::create(b, loc, name, kernelType);
    LLVM::LLVMFuncOp::create(b, loc, getCountName(name), countType);
  }
  auto function =
      func::FuncOp::create(b, loc, entry.symbol, b.getFunctionType({ptr, ptr, ptr}, {b.getI32Type()}));
  emitPrologue(function);
  return emit(main.getBody().front());
}

FailureOr<HostProgram> weft::compileHostProgram(ModuleOp module, const HostEntry &entry) {
  auto main = module.lookupSymbol<func::FuncOp>(entry.function);
  if (!main)
    return module.emitError() << "expected a function '" << entry.function << "', but got none";
  FailureOr<HostPlan> plan = planHostBuffers(main);
  if (failed(plan))
    return failure();
  HostProgram program;
  program.arenaBytes = plan->arenaBytes;
  program.arenaLowerBound = plan->arenaLowerBound;
  if (failed(HostEmitter(main, entry, *plan, program).run()))
    return failure();
  if (failed(lowerHostModule(*program.module)))
    return failure();
  return std::move(program);
}
