// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emitter of the host program: its state, and the small pieces of code that its parts share.
#ifndef WEFT_CODEGEN_HOST_HOSTEMITTER_H
#define WEFT_CODEGEN_HOST_HOSTEMITTER_H

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

#include <cstddef>

namespace weft::host {
using namespace mlir;

/// A tensor at run time.
struct HostTensor {
  Value data;               ///< !llvm.ptr
  SmallVector<Value> sizes; ///< index, one per `?`
};

/// Whether a function of the runtime is part of every program's frame: launches, planned memory, outputs,
/// checks, and the end of what `alloc` began. All others are calls on behalf of a node.
constexpr bool isPlannedCall(size_t fieldOffset) {
  return fieldOffset == offsetof(weft_abi, dispatch) || fieldOffset == offsetof(weft_abi, arena) ||
         fieldOffset == offsetof(weft_abi, output) || fieldOffset == offsetof(weft_abi, fail) ||
         fieldOffset == offsetof(weft_abi, release) || fieldOffset == offsetof(weft_abi, output_list);
}

/// Names of the ONNX nodes in a location, for messages.
std::string describeNode(Location location);

class HostEmitter {
public:
  HostEmitter(func::FuncOp main, const HostEntry &entry, HostPlan &plan, HostProgram &program)
      : main(main), entry(entry), plan(plan), program(program), loc(main.getLoc()), b(main.getContext()) {}

  LogicalResult run();

private:
  func::FuncOp main;
  const HostEntry &entry;
  HostPlan &plan;
  HostProgram &program;
  Location loc;
  OpBuilder b;
  LLVM::LLVMPointerType ptr;
  Value abi, context, frame, arena, argsArray, scalarsArray, dimsArray, outPointer, itemPlace, textParams;
  Block *exit = nullptr;
  Operation *current = nullptr; ///< the op that is being emitted
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
  Value f64(double value) { return arith::ConstantOp::create(b, loc, b.getF64FloatAttr(value)); }
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  /// What the first comparison of index values in a condition compares, for the message of a check; 0 and 0
  /// when there is none.
  std::pair<Value, Value> getCompared(Value condition);
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

  /// Counts the nodes of the current op among those that call the runtime.
  void noteRuntimeCall();
  Value callAbi(size_t fieldOffset, ArrayRef<Type> results, ArrayRef<Type> parameters, ValueRange operands) {
    if (!isPlannedCall(fieldOffset))
      noteRuntimeCall();
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
  /// Leaves the program with a status unless `isOk`. `message` may hold {a} and {b}, which are `a` and `c`;
  /// code goes on in a new block.
  void check(Value isOk, std::string message, Value a, Value c);
  /// The bytes of a tensor; 2^56, which no memory has, where the product would not fit an i64.
  Value bytesOf(RankedTensorType type, ValueRange sizes) {
    int64_t fixed = getElementBytes(type.getElementType());
    for (int64_t size : type.getShape())
      fixed *= ShapedType::isDynamic(size) ? 1 : size;
    if (sizes.empty())
      return i64(fixed);
    Value bytes = i64(fixed), estimate = f64(static_cast<double>(fixed));
    for (Value size : sizes) {
      Value factor = toI64(size);
      bytes = arith::MulIOp::create(b, loc, bytes, factor);
      estimate =
          arith::MulFOp::create(b, loc, estimate, arith::SIToFPOp::create(b, loc, b.getF64Type(), factor));
    }
    constexpr int64_t kNoMemoryHas = int64_t(1) << 56;
    Value isTooLarge = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGE, estimate,
                                             f64(static_cast<double>(kNoMemoryHas)));
    return arith::SelectOp::create(b, loc, isTooLarge, i64(kNoMemoryHas), bytes);
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
      for (size_t i = 0, e = type.getNumDynamicDims(); i < e; ++i)
        tensor.sizes.push_back(block->addArgument(b.getIndexType(), loc));
      tensors[value] = tensor;
    } else {
      bool isList = isa<kernel::ListType>(value.getType());
      scalars.map(value, block->addArgument(isList ? Type(ptr) : value.getType(), loc));
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
  SmallVector<Value> computeEarly(ValueRange sizes);
  void emitDynamicArena();
  Value placeOf(const BufferSite &site, ValueRange sizes);
  LogicalResult emit(Block &block);
  LogicalResult emit(Operation *op);
  LogicalResult emitLaunch(kernel::LaunchOp launch);
  LogicalResult emitConstant(kernel::ConstantOp constant);
  void emitView(kernel::ViewOp view);
  void emitSelect(arith::SelectOp select);
  // HostCalls.cpp
  void emitCall(kernel::CallOp call);
  void emitListInsert(kernel::CallOp call, Value list, Value item, Value position);
  void emitListJoin(kernel::CallOp call);
  void emitListSplit(kernel::CallOp call);
  void emitText(kernel::CallOp call);
  void emitListAt(kernel::CallOp call);
  /// Writes a tensor or list to `itemPlace`, the dims of a tensor to `dimsArray`.
  void storeItem(Value value);
  Value listLength(Value list) { return load(b.getI64Type(), byteOffset(list, offsetof(weft_list, count))); }
  /// A position that may count from the end, as one that does not and is less than `limit`; checked.
  Value checkedPosition(kernel::CallOp call, Value position, Value length, Value limit);
  /// A tensor of these dims in memory; sizes that the type knows are checked.
  void bindTensor(kernel::CallOp call, Value data, Value dims);
  Value noteMessage(std::string message);
  void emitExtract(tensor::ExtractOp extract);
  void emitFromElements(tensor::FromElementsOp make);
  LogicalResult emitSlice(Operation *op, RankedTensorType sliceType, OffsetSizeAndStrideOpInterface slice,
                          Value whole);
  LogicalResult emitIf(scf::IfOp branch);
  LogicalResult emitFor(scf::ForOp loop);
  LogicalResult emitWhile(scf::WhileOp loop);
  LogicalResult emitLoopBody(Block &body, ValueRange carried, SmallVectorImpl<Value> &next);
  void passOn(ValueRange targets, ValueRange values);
  void emitReturn(func::ReturnOp op);
  void emitCounted(Value count, function_ref<void(Value)> body);
  /// Elements that a caller passes packed, one byte each, in memory of the run's; integers extended.
  Value unpackElements(Value packed, Value count, Type element);
  void packElements(Value packed, Value bytes, Value count, Type element);
  HostTensor enterCarried(Value argument, Value initial);
  /// Binds what a loop carries to homes and to arguments of its first block; what the branch to it passes.
  SmallVector<Value> enterLoop(ValueRange arguments, ValueRange initial, Block *header);
  void updateCarried(ValueRange arguments, ValueRange yielded, SmallVectorImpl<Value> &next);
};

} // namespace weft::host

#endif // WEFT_CODEGEN_HOST_HOSTEMITTER_H
