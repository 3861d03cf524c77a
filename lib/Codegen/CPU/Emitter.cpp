// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index arithmetic, vector code and loops of micro-kernels.
#include "MicroKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace weft::cpu;

Emitter::Emitter(OpBuilder &b, Location loc, sched::CPUAttr sched) : b(b), loc(loc), sched(sched) {}

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

Value Emitter::index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

Value Emitter::add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(loc, x, y); }
Value Emitter::sub(Value x, Value y) { return b.createOrFold<arith::SubIOp>(loc, x, y); }
Value Emitter::mul(Value x, Value y) { return b.createOrFold<arith::MulIOp>(loc, x, y); }

Value Emitter::div(Value x, int64_t y) {
  return y == 1 ? x : b.createOrFold<arith::DivUIOp>(loc, x, index(y));
}

Value Emitter::rem(Value x, int64_t y) {
  return y == 1 ? index(0) : b.createOrFold<arith::RemUIOp>(loc, x, index(y));
}

Value Emitter::min(Value x, Value y) { return b.createOrFold<arith::MinSIOp>(loc, x, y); }
Value Emitter::max(Value x, Value y) { return b.createOrFold<arith::MaxSIOp>(loc, x, y); }

Value Emitter::less(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
}

Value Emitter::dim(Value memref, int64_t i) {
  auto type = cast<MemRefType>(memref.getType());
  if (!type.isDynamicDim(i))
    return index(type.getDimSize(i));
  return memref::DimOp::create(b, loc, memref, i);
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

VectorType Emitter::vectorOf(Type element) { return VectorType::get({lanes()}, element); }

Value Emitter::zeroVector(Type element) {
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(vectorOf(element ? element : b.getF32Type())));
}

Value Emitter::splat(Value scalar) {
  Attribute constant;
  VectorType type = vectorOf(scalar.getType());
  if (matchPattern(scalar, m_Constant(&constant)))
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, constant));
  return vector::BroadcastOp::create(b, loc, type, scalar);
}

Value Emitter::mulAdd(Value x, Value y, Value z) {
  if (sched.getFma() && isa<VectorType>(x.getType()))
    return vector::FMAOp::create(b, loc, x, y, z);
  return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, x, y), z);
}

Value Emitter::laneMask(int64_t count) {
  if (count >= lanes())
    return {};
  SmallVector<bool> bits(lanes(), false);
  std::fill_n(bits.begin(), count, true);
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(vectorOf(b.getI1Type()), bits));
}

Value Emitter::laneMask(Value count) {
  return vector::CreateMaskOp::create(b, loc, vectorOf(b.getI1Type()), ValueRange{count});
}

// Sub-byte elements take a byte each in memory, but a vector of them would be packed: they go one by one.
static bool isByteSized(Type element) { return element.getIntOrFloatBitWidth() % 8 == 0; }

Value Emitter::load(Value memref, ArrayRef<Value> indices, Value mask) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  VectorType type = vectorOf(element);
  if (isByteSized(element)) {
    if (!mask)
      return vector::LoadOp::create(b, loc, type, memref, indices);
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return vector::MaskedLoadOp::create(b, loc, type, memref, indices, mask, zero);
  }
  Value result = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  Value last = sub(dim(memref, indices.size() - 1), index(1));
  SmallVector<Value> at(indices);
  for (int64_t lane = 0; lane < lanes(); ++lane) {
    at.back() = mask ? min(add(indices.back(), lane), last) : add(indices.back(), lane);
    Value scalar = memref::LoadOp::create(b, loc, memref, at);
    result = vector::InsertOp::create(b, loc, scalar, result, lane);
  }
  return result;
}

void Emitter::store(Value value, Value memref, ArrayRef<Value> indices, Value mask) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  if (isByteSized(element)) {
    if (mask)
      vector::MaskedStoreOp::create(b, loc, memref, indices, mask, value);
    else
      vector::StoreOp::create(b, loc, value, memref, indices);
    return;
  }
  SmallVector<Value> at(indices);
  for (int64_t lane = 0; lane < lanes(); ++lane) {
    at.back() = add(indices.back(), lane);
    auto storeLane = [&] {
      Value scalar = vector::ExtractOp::create(b, loc, value, lane);
      memref::StoreOp::create(b, loc, scalar, memref, at);
    };
    if (mask)
      ifThen(vector::ExtractOp::create(b, loc, mask, lane), storeLane);
    else
      storeLane();
  }
}

void Emitter::transpose(MutableArrayRef<Value> vectors) {
  // Swaps the off-diagonal quarters of blocks of 2 * size rows and lanes, from the largest to the smallest.
  for (int64_t size = lanes() / 2; size > 0; size /= 2) {
    SmallVector<int64_t> upper, lower;
    for (int64_t lane = 0; lane < lanes(); ++lane) {
      upper.push_back(lane & size ? lanes() + lane - size : lane);
      lower.push_back(lane & size ? lanes() + lane : lane + size);
    }
    for (int64_t i = 0; i < lanes(); ++i) {
      if (i & size)
        continue;
      Value first = vectors[i], second = vectors[i + size];
      vectors[i] = vector::ShuffleOp::create(b, loc, first, second, upper);
      vectors[i + size] = vector::ShuffleOp::create(b, loc, first, second, lower);
    }
  }
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

SmallVector<Value> Emitter::tightLoop(Value begin, Value end, int64_t step, ValueRange inits,
                                      function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, loc, begin, end, index(step), inits,
                                 [&](OpBuilder &, Location, Value iv, ValueRange carried) {
                                   // The builder that scf hands out is this->b, positioned in the body.
                                   SmallVector<Value> results = body(iv, carried);
                                   scf::YieldOp::create(b, loc, results);
                                 });
  MLIRContext *context = b.getContext();
  auto unroll = LLVM::LoopUnrollAttr::get(context, /*disable=*/b.getBoolAttr(true), {}, {}, {}, {}, {}, {});
  auto vectorize =
      LLVM::LoopVectorizeAttr::get(context, /*disable=*/b.getBoolAttr(true), {}, {}, {}, {}, {}, {});
  loop->setDiscardableAttr("llvm.loop_annotation",
                           LLVM::LoopAnnotationAttr::get(context, {}, vectorize, {}, unroll, {}, {}, {}, {},
                                                         {}, {}, {}, {}, {}, {}, {}));
  return loop.getResults();
}

void Emitter::loop(Value begin, Value end, int64_t step, function_ref<void(Value)> body) {
  // A loop of one step, known at compile time, is its body.
  IntegerAttr from, to;
  if (matchPattern(begin, m_Constant(&from)) && matchPattern(end, m_Constant(&to))) {
    int64_t count = to.getInt() - from.getInt();
    if (count <= 0)
      return;
    if (count <= step)
      return body(begin);
  }
  scf::ForOp::create(b, loc, begin, end, index(step), ValueRange(),
                     [&](OpBuilder &, Location, Value iv, ValueRange) {
                       body(iv);
                       scf::YieldOp::create(b, loc);
                     });
}

void Emitter::ifThen(Value condition, function_ref<void()> body) {
  if (matchPattern(condition, m_One()))
    return body();
  if (matchPattern(condition, m_Zero()))
    return;
  scf::IfOp::create(b, loc, condition, [&](OpBuilder &, Location) {
    body();
    scf::YieldOp::create(b, loc);
  });
}
