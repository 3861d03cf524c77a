// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits sums of four products of bytes with the instructions that each level has.
#include "ByteProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace weft::cpu;

Value weft::cpu::viewAsWords(Emitter &e, Value bytes, int64_t merged) {
  auto type = cast<MemRefType>(bytes.getType());
  int64_t rank = type.getRank(), kept = rank - merged, count = 1;
  for (int64_t size : type.getShape())
    count = ShapedType::isDynamic(size) || ShapedType::isDynamic(count) ? ShapedType::kDynamic : count * size;
  Value flat = bytes;
  if (rank != 1)
    flat = memref::CollapseShapeOp::create(
        e.b, e.loc, MemRefType::get({count}, type.getElementType()), bytes,
        ArrayRef<ReassociationIndices>{llvm::to_vector<2>(llvm::seq<int64_t>(0, rank))});
  SmallVector<int64_t> shape(type.getShape().take_front(kept));
  SmallVector<Value> dynamic;
  for (int64_t i = 0; i < kept; ++i)
    if (type.isDynamicDim(i))
      dynamic.push_back(e.dim(bytes, i));
  ArrayRef<int64_t> last = type.getShape().take_back(merged);
  if (llvm::any_of(last, ShapedType::isDynamic)) {
    Value size = e.index(1);
    for (int64_t i = kept; i < rank; ++i)
      size = e.mul(size, e.dim(bytes, i));
    dynamic.push_back(e.div(size, 4));
    shape.push_back(ShapedType::kDynamic);
  } else {
    int64_t size = 1;
    for (int64_t dim : last)
      size *= dim;
    shape.push_back(size / 4);
  }
  return memref::ViewOp::create(e.b, e.loc, MemRefType::get(shape, e.b.getI32Type()), flat, e.index(0),
                                dynamic);
}

// A vector of words of four equal bytes.
static Value splatByte(Emitter &e, int64_t byte) {
  auto word = static_cast<int32_t>(0x01010101u * static_cast<uint32_t>(byte & 0xff));
  return e.splat(arith::ConstantOp::create(e.b, e.loc, e.b.getI32IntegerAttr(word)));
}

Value weft::cpu::splatWord(Emitter &e, Value word, const ByteSide &side) {
  Value vector = e.splat(word);
  // x + 128 of a signed byte is its bits with the first one flipped.
  return side.isUnsigned ? vector : arith::XOrIOp::create(e.b, e.loc, vector, splatByte(e, 0x80));
}

Value weft::cpu::zeroPointWord(Emitter &e, const ByteSide &side) {
  return side.offset() == 0 ? Value() : splatByte(e, side.offset());
}

static Value callIntrinsic(Emitter &e, StringRef name, Type type, ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(e.b, e.loc, type, e.b.getStringAttr(name), operands).getResult(0);
}

namespace {

// One vector of words, ready to be multiplied: as it is, or its bytes 0 and 2 and its bytes 1 and 3, 16 bits
// each.
struct Word {
  Value all, even, odd;
};

// Emits the products of one instruction.
class Dot {
public:
  explicit Dot(Emitter &e)
      : e(e), isSplit(e.sched.getDot() == sched::CPUDot::pmaddwd), words(e.vectorOf(e.b.getI32Type())),
        halves(VectorType::get({e.lanes() * 2}, e.b.getI16Type())),
        bytes(VectorType::get({e.lanes() * 4}, e.b.getI8Type())) {}

  Word prepareRow(Value word) {
    if (!isSplit)
      return {cast(word, bytes), {}, {}};
    Value pairs = cast(word, halves);
    return {{},
            arith::AndIOp::create(e.b, e.loc, pairs, half(0xff)),
            arith::ShRUIOp::create(e.b, e.loc, pairs, half(8))};
  }

  Word prepareColumn(Value word) {
    if (!isSplit)
      return {cast(word, bytes), {}, {}};
    Value pairs = cast(word, halves);
    Value even =
        arith::ShRSIOp::create(e.b, e.loc, arith::ShLIOp::create(e.b, e.loc, pairs, half(8)), half(8));
    return {{}, even, arith::ShRSIOp::create(e.b, e.loc, pairs, half(8))};
  }

  Value add(Value sum, const Word &row, const Word &column) {
    if (!isSplit) {
      StringRef name = e.lanes() == 16  ? "llvm.x86.avx512.vpdpbusd.512"
                       : e.lanes() == 8 ? "llvm.x86.avx512.vpdpbusd.256"
                                        : "llvm.x86.avx512.vpdpbusd.128";
      return callIntrinsic(e, name, words, {sum, row.all, column.all});
    }
    StringRef name = e.lanes() == 16  ? "llvm.x86.avx512.pmaddw.d.512"
                     : e.lanes() == 8 ? "llvm.x86.avx2.pmadd.wd"
                                      : "llvm.x86.sse2.pmadd.wd";
    sum = arith::AddIOp::create(e.b, e.loc, sum, callIntrinsic(e, name, words, {row.even, column.even}));
    return arith::AddIOp::create(e.b, e.loc, sum, callIntrinsic(e, name, words, {row.odd, column.odd}));
  }

private:
  Value cast(Value vector, VectorType type) { return vector::BitCastOp::create(e.b, e.loc, type, vector); }
  Value half(int16_t value) {
    return arith::ConstantOp::create(e.b, e.loc, DenseElementsAttr::get(halves, value));
  }

  Emitter &e;
  bool isSplit;
  VectorType words, halves, bytes;
};

} // namespace

Accumulators weft::cpu::multiplyByteTile(Emitter &e, int64_t rows, int64_t vectors, ValueRange accumulators,
                                         function_ref<Value(int64_t)> row,
                                         function_ref<Value(int64_t)> column) {
  Dot dot(e);
  SmallVector<Word> columns;
  for (int64_t j = 0; j < vectors; ++j)
    columns.push_back(dot.prepareColumn(column(j)));
  Accumulators results(accumulators);
  for (int64_t r = 0; r < rows; ++r) {
    Value x = row(r);
    if (!x)
      continue;
    Word word = dot.prepareRow(x);
    for (int64_t j = 0; j < vectors; ++j)
      results[r * vectors + j] = dot.add(results[r * vectors + j], word, columns[j]);
  }
  return results;
}

Accumulators weft::cpu::beginByteTile(Emitter &e, int64_t rows, int64_t vectors, const ByteSide &side,
                                      function_ref<Value(int64_t)> sums) {
  Accumulators first;
  for (int64_t j = 0; j < vectors; ++j) {
    if (side.offset() == 0) {
      first.push_back(e.zeroVector(e.b.getI32Type()));
      continue;
    }
    Value factor = e.splat(arith::ConstantOp::create(e.b, e.loc, e.b.getI32IntegerAttr(-side.offset())));
    first.push_back(arith::MulIOp::create(e.b, e.loc, sums(j), factor));
  }
  Accumulators result;
  for (int64_t r = 0; r < rows; ++r)
    llvm::append_range(result, first);
  return result;
}

LogicalResult weft::cpu::checkBytes(Operation *op, sched::CPUAttr sched) {
  if (sched.getDot() == sched::CPUDot::none)
    return op->emitOpError()
           << "expected an instruction for products of bytes in dot, but got none [expand-kernel-ops-C8]";
  for (Value operand : op->getOperands().take_front(2))
    if (!cast<MemRefType>(operand.getType()).getLayout().isIdentity())
      return op->emitOpError() << "expected dense operands of bytes, but got " << operand.getType()
                               << " [expand-kernel-ops-C5]";
  return success();
}
