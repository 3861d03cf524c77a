// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits calls of the runtime's functions on lists.
//
// A list is a pointer to a weft_list, whose length and elements are read in place; the runtime makes new
// ones.
#include "HostEmitter.h"

#include "dialects/Kernel/IR/TextFunctions.h"

using namespace mlir;
using namespace weft;
using namespace weft::host;

void HostEmitter::storeItem(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Value data, bytes = i64(-1);
  if (type) {
    const HostTensor &tensor = tensors[value];
    data = tensor.data;
    bytes = bytesOf(type, tensor.sizes);
    for (auto [i, size] : llvm::enumerate(allSizes(type, tensor.sizes)))
      store(toI64(size), slot(dimsArray, i));
  } else {
    data = scalars.lookup(value);
  }
  store(data, byteOffset(itemPlace, offsetof(weft_item, data)));
  store(bytes, byteOffset(itemPlace, offsetof(weft_item, bytes)));
  store(i64(type ? type.getRank() : 0), byteOffset(itemPlace, offsetof(weft_item, rank)));
  store(dimsArray, byteOffset(itemPlace, offsetof(weft_item, dims)));
}

Value HostEmitter::checkedPosition(kernel::CallOp call, Value position, Value length, Value limit) {
  Value given = toI64(position), zero = i64(0);
  Value isNegative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, given, zero);
  Value fromEnd = arith::AddIOp::create(b, loc, given, length);
  Value place = arith::SelectOp::create(b, loc, isNegative, fromEnd, given);
  // Unsigned: what is negative still is too large.
  Value isInside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, place, limit);
  auto message = call->getAttrOfType<StringAttr>("message");
  check(isInside,
        describeNode(call.getLoc()) + ": " +
            (message ? message.str() : "expected a position in a sequence of {b} elements, but got {a}"),
        given, length);
  return place;
}

void HostEmitter::bindTensor(kernel::CallOp call, Value data, Value dims) {
  auto type = cast<RankedTensorType>(call.getResult().getType());
  HostTensor tensor;
  tensor.data = data;
  for (auto [axis, size] : llvm::enumerate(type.getShape())) {
    Value actual = load(b.getI64Type(), slot(dims, axis));
    if (ShapedType::isDynamic(size)) {
      tensor.sizes.push_back(toIndex(actual));
      continue;
    }
    check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, actual, i64(size)),
          describeNode(call.getLoc()) + ": expected size {b} along dim " + std::to_string(axis) +
              ", but got {a}",
          actual, i64(size));
  }
  tensors[call.getResult()] = tensor;
}

void HostEmitter::emitListAt(kernel::CallOp call) {
  Value list = scalars.lookup(call.getInputs()[0]), length = listLength(list);
  Value place = checkedPosition(call, scalars.lookup(call.getInputs()[1]), length, length);
  Value items = load(ptr, byteOffset(list, offsetof(weft_list, items)));
  Value item = byteOffset(items, arith::MulIOp::create(b, loc, place, i64(sizeof(weft_item))));
  Value data = load(ptr, byteOffset(item, offsetof(weft_item, data)));
  if (isa<RankedTensorType>(call.getResult().getType()))
    bindTensor(call, data, load(ptr, byteOffset(item, offsetof(weft_item, dims))));
  else
    scalars.map(call.getResult(), data);
}

void HostEmitter::emitListInsert(kernel::CallOp call, Value list, Value item, Value position) {
  storeItem(item);
  Value status =
      callAbi(offsetof(weft_abi, list_insert), b.getI32Type(), {ptr, ptr, ptr, b.getI64Type(), ptr},
              ValueRange{context, list, itemPlace, position, outPointer});
  returnIfFailed(status);
}

void HostEmitter::emitListJoin(kernel::CallOp call) {
  auto type = cast<RankedTensorType>(call.getResult().getType());
  Value list = scalars.lookup(call.getInputs()[0]);
  auto [axis, isNew, mayBeEmpty] = std::tuple(call.getParams()[0], call.getParams()[1], call.getParams()[2]);
  std::string node = describeNode(call.getLoc());
  if (!mayBeEmpty) {
    Value length = listLength(list);
    check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, length, i64(0)),
          node + ": expected a sequence of at least one element, but got none", length, length);
  }
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    store(i64(ShapedType::isDynamic(size) ? -1 : size), slot(dimsArray, i));
  Value message = noteMessage(node + ": expected elements of one shape off axis " + std::to_string(axis) +
                              ", but element {a} differs from the first along dim {b}");
  Type i64Type = b.getI64Type(), i32Type = b.getI32Type();
  Value status =
      callAbi(offsetof(weft_abi, list_join), i32Type,
              {ptr, ptr, i64Type, i64Type, i32Type, i64Type, i32Type, ptr, ptr},
              ValueRange{context, list, i64(type.getRank() - (isNew ? 1 : 0)), i64(axis), i32(isNew),
                         i64(getElementBytes(type.getElementType())), message, dimsArray, outPointer});
  returnIfFailed(status);
  Value data = load(ptr, outPointer);
  if (!releaseScopes.empty())
    releaseScopes.back()->push_back(data);
  bindTensor(call, data, dimsArray);
}

void HostEmitter::emitListSplit(kernel::CallOp call) {
  storeItem(call.getInputs()[0]);
  Value lengths = LLVM::ZeroOp::create(b, loc, ptr), count = i64(-1);
  if (call.getInputs().size() > 1) {
    Value split = call.getInputs()[1];
    auto type = cast<RankedTensorType>(split.getType());
    lengths = tensors[split].data;
    if (type.getRank() == 1)
      count = toI64(allSizes(type, tensors[split].sizes)[0]);
  }
  Value message =
      noteMessage(describeNode(call.getLoc()) +
                  ": expected lengths of at least 0, or 1 for all parts, that sum up to {b}, but got {a}");
  Type i64Type = b.getI64Type(), i32Type = b.getI32Type();
  Value status = callAbi(offsetof(weft_abi, list_split), i32Type,
                         {ptr, ptr, i64Type, i32Type, ptr, i64Type, i32Type, ptr},
                         ValueRange{context, itemPlace, i64(call.getParams()[0]), i32(call.getParams()[1]),
                                    lengths, count, message, outPointer});
  returnIfFailed(status);
  scalars.map(call.getResult(), load(ptr, outPointer));
}

static_assert(int64_t(kernel::TextFunction::Concat) == WEFT_TEXT_CONCAT &&
              int64_t(kernel::TextFunction::Case) == WEFT_TEXT_CASE &&
              int64_t(kernel::TextFunction::Split) == WEFT_TEXT_SPLIT &&
              int64_t(kernel::TextFunction::Find) == WEFT_TEXT_FIND &&
              int64_t(kernel::TextFunction::Match) == WEFT_TEXT_MATCH &&
              int64_t(kernel::TextFunction::Format) == WEFT_TEXT_FORMAT &&
              int64_t(kernel::TextFunction::Parse) == WEFT_TEXT_PARSE &&
              int64_t(kernel::TextFunction::Rank) == WEFT_TEXT_RANK);
static_assert(int64_t(kernel::TextNumber::I64) == WEFT_TEXT_I64 &&
              int64_t(kernel::TextNumber::U64) == WEFT_TEXT_U64 &&
              int64_t(kernel::TextNumber::F64) == WEFT_TEXT_F64 &&
              int64_t(kernel::TextNumber::F32) == WEFT_TEXT_F32 &&
              int64_t(kernel::TextNumber::BF16) == WEFT_TEXT_BF16 &&
              int64_t(kernel::TextNumber::F16) == WEFT_TEXT_F16);

/// What ends a run when a function on texts does not fit its operands.
static std::string describeTextFailure(int64_t function) {
  return function == WEFT_TEXT_PARSE ? "expected texts that spell numbers, but text {a} of {b} does not"
                                     : "expected as many texts in both operands, but got {a} and {b}";
}

void HostEmitter::emitText(kernel::CallOp call) {
  ArrayRef<int64_t> params = call.getParams();
  for (auto [i, param] : llvm::enumerate(params.drop_front()))
    store(i64(param), slot(textParams, i));
  Value message = noteMessage(describeNode(call.getLoc()) + ": " + describeTextFailure(params[0]));
  Type i32Type = b.getI32Type();
  Value status = callAbi(offsetof(weft_abi, text), i32Type, {ptr, i32Type, ptr, ptr, i32Type, ptr},
                         ValueRange{context, i32(params[0]), scalars.lookup(call.getInputs()[0]), textParams,
                                    message, outPointer});
  returnIfFailed(status);
  scalars.map(call.getResult(), load(ptr, outPointer));
}

Value HostEmitter::noteMessage(std::string message) {
  program.messages.push_back(std::move(message));
  return i32(entry.firstMessage + program.messages.size() - 1);
}

void HostEmitter::emitCall(kernel::CallOp call) {
  StringRef function = call.getFunction();
  if (function == "text")
    return emitText(call);
  if (function == "list_at")
    return emitListAt(call);
  if (function == "list_join")
    return emitListJoin(call);
  if (function == "list_split")
    return emitListSplit(call);
  if (function == "list_make") {
    Value none = LLVM::ZeroOp::create(b, loc, ptr);
    Value status = callAbi(offsetof(weft_abi, list_make), b.getI32Type(), {ptr, ptr, b.getI64Type(), ptr},
                           ValueRange{context, none, i64(0), outPointer});
    returnIfFailed(status);
    for (auto [i, element] : llvm::enumerate(call.getInputs()))
      emitListInsert(call, load(ptr, outPointer), element, i64(i));
    scalars.map(call.getResult(), load(ptr, outPointer));
    return;
  }
  Value list = scalars.lookup(call.getInputs()[0]), length = listLength(list);
  if (function == "list_length") {
    scalars.map(call.getResult(), toIndex(length));
    return;
  }
  if (function == "list_insert") {
    Value end = arith::AddIOp::create(b, loc, length, i64(1));
    Value place = checkedPosition(call, scalars.lookup(call.getInputs()[2]), length, end);
    emitListInsert(call, list, call.getInputs()[1], place);
    scalars.map(call.getResult(), load(ptr, outPointer));
    return;
  }
  assert(function == "list_erase" && "internal: the verifier knows all functions");
  Value place = checkedPosition(call, scalars.lookup(call.getInputs()[1]), length, length);
  Value status = callAbi(offsetof(weft_abi, list_erase), b.getI32Type(), {ptr, ptr, b.getI64Type(), ptr},
                         ValueRange{context, list, place, outPointer});
  returnIfFailed(status);
  scalars.map(call.getResult(), load(ptr, outPointer));
}
