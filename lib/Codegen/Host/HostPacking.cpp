// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the conversion of inputs and outputs of 4 and 2 bits: callers pack elements, low bits first, kernels
// have a byte for each.
#include "HostEmitter.h"

using namespace mlir;
using namespace weft;
using namespace weft::host;

/// A loop over [0, count); `body` gets the index.
void HostEmitter::emitCounted(Value count, function_ref<void(Value)> body) {
  Block *header = newBlock(), *inside = newBlock(), *after = newBlock();
  Value i = header->addArgument(b.getIndexType(), loc);
  cf::BranchOp::create(b, loc, header, ValueRange{index(0)});
  b.setInsertionPointToStart(header);
  Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, i, count);
  cf::CondBranchOp::create(b, loc, more, inside, ValueRange{}, after, ValueRange{});
  b.setInsertionPointToStart(inside);
  body(i);
  cf::BranchOp::create(b, loc, header, ValueRange{arith::AddIOp::create(b, loc, i, index(1))});
  b.setInsertionPointToStart(after);
}

Value HostEmitter::unpackElements(Value packed, Value count, Type element) {
  int64_t bits = element.getIntOrFloatBitWidth();
  bool isSigned = element.isSignlessInteger() || element.isSignedInteger();
  Type i8 = b.getI8Type();
  auto constant = [&](int64_t value) -> Value { return arith::ConstantIntOp::create(b, loc, i8, value); };
  Value bytes = allocateAtRunTime(toI64(count));
  emitCounted(count, [&](Value i) {
    Value place = arith::DivUIOp::create(b, loc, i, index(8 / bits));
    Value number = arith::RemUIOp::create(b, loc, i, index(8 / bits));
    Value shift =
        arith::MulIOp::create(b, loc, arith::IndexCastOp::create(b, loc, i8, number), constant(bits));
    Value value = arith::ShRUIOp::create(b, loc, load(i8, byteOffset(packed, toI64(place))), shift);
    // The bits above are those of the next elements.
    value = arith::ShLIOp::create(b, loc, value, constant(8 - bits));
    value = isSigned ? Value(arith::ShRSIOp::create(b, loc, value, constant(8 - bits)))
                     : Value(arith::ShRUIOp::create(b, loc, value, constant(8 - bits)));
    store(value, byteOffset(bytes, toI64(i)));
  });
  return bytes;
}

void HostEmitter::packElements(Value packed, Value bytes, Value count, Type element) {
  int64_t bits = element.getIntOrFloatBitWidth(), perByte = 8 / bits;
  Type i8 = b.getI8Type();
  auto constant = [&](int64_t value) -> Value { return arith::ConstantIntOp::create(b, loc, i8, value); };
  Value packedBytes = arith::CeilDivUIOp::create(b, loc, count, index(perByte));
  Value last = arith::SubIOp::create(b, loc, count, index(1));
  emitCounted(packedBytes, [&](Value place) {
    Value first = arith::MulIOp::create(b, loc, place, index(perByte)), sum;
    for (int64_t i = 0; i < perByte; ++i) {
      Value at = arith::AddIOp::create(b, loc, first, index(i));
      Value isThere = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ule, at, last);
      Value safe = arith::MinUIOp::create(b, loc, at, last);
      Value value = load(i8, byteOffset(bytes, toI64(safe)));
      value = arith::AndIOp::create(b, loc, value, constant((1 << bits) - 1));
      value = arith::SelectOp::create(b, loc, isThere, value, constant(0));
      value = arith::ShLIOp::create(b, loc, value, constant(i * bits));
      sum = sum ? Value(arith::OrIOp::create(b, loc, sum, value)) : value;
    }
    store(sum, byteOffset(packed, toI64(place)));
  });
}
