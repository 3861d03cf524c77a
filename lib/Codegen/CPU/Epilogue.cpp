// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits epilogues on the accumulators of a register tile.
#include "MicroKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace weft::cpu;

Value Epilogue::loadExtra(unsigned i, ArrayRef<Value> indices, Value mask) {
  Value extra = op.getExtras()[i];
  AffineMap map = op.getEpilogueMap(i);
  unsigned columnDim = map.getNumDims() - 1;
  SmallVector<Value> at;
  for (AffineExpr expr : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    at.push_back(dim ? indices[dim.getPosition()] : e.index(0));
  }
  if (!map.isFunctionOfDim(columnDim)) {
    Value scalar = memref::LoadOp::create(e.b, e.loc, extra, at);
    return e.splat(scalar);
  }
  auto isColumn = [&](AffineExpr expr) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    return dim && dim.getPosition() == columnDim;
  };
  if (isColumn(map.getResults().back()) && llvm::count_if(map.getResults(), isColumn) == 1 &&
      cast<MemRefType>(extra.getType()).isLastDimUnitStride())
    return e.load(extra, at, mask);

  // Neighbouring columns are apart in memory: element by element, masked lanes at the last column.
  VectorType type = e.vectorOf(cast<MemRefType>(extra.getType()).getElementType());
  Value result = arith::ConstantOp::create(e.b, e.loc, e.b.getZeroAttr(type));
  Value last = e.sub(e.dim(op.getInit(), columnDim), e.index(1));
  for (int64_t lane = 0; lane < e.lanes(); ++lane) {
    Value column = e.add(indices[columnDim], lane);
    if (mask)
      column = e.min(column, last);
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (isColumn(expr))
        at[position] = column;
    Value scalar = memref::LoadOp::create(e.b, e.loc, extra, at);
    result = vector::InsertOp::create(e.b, e.loc, scalar, result, lane);
  }
  return result;
}

Value Epilogue::apply(Value accumulator, ArrayRef<Value> extras) {
  Block &block = op.getEpilogueBlock();
  IRMapping mapping;
  mapping.map(block.getArgument(0), accumulator);
  for (auto [i, extra] : llvm::enumerate(extras))
    mapping.map(block.getArgument(i + 1), extra);
  // Values from outside the epilogue are the same for every element.
  auto lookUp = [&](Value value) {
    if (!mapping.contains(value))
      mapping.map(value, e.splat(value));
    return mapping.lookup(value);
  };
  for (Operation &inner : block.without_terminator()) {
    Attribute constant;
    if (matchPattern(&inner, m_Constant(&constant))) {
      DenseElementsAttr vector = DenseElementsAttr::get(e.vectorOf(inner.getResult(0).getType()), constant);
      mapping.map(inner.getResult(0), arith::ConstantOp::create(e.b, e.loc, vector).getResult());
      continue;
    }
    for (Value operand : inner.getOperands())
      lookUp(operand);
    Operation *clone = e.b.clone(inner, mapping);
    for (Value result : clone->getResults())
      result.setType(e.vectorOf(result.getType()));
  }
  return lookUp(block.getTerminator()->getOperand(0));
}

void Epilogue::storeTile(int64_t rows, const Columns &columns, ValueRange accumulators,
                         function_ref<SmallVector<Value>(int64_t)> indices) {
  unsigned numExtras = op.getExtras().size();
  int64_t rowDim = cast<MemRefType>(op.getInit().getType()).getRank() - 2;
  auto at = [&](int64_t r, int64_t j) {
    SmallVector<Value> result = indices(r);
    result.back() = e.add(result.back(), j * e.lanes());
    return result;
  };
  // What does not depend on the row is loaded once; LLVM could not, since the stores might change it.
  SmallVector<SmallVector<Value>> shared(columns.count, SmallVector<Value>(numExtras));
  for (int64_t j = 0; j < columns.count; ++j)
    for (unsigned i = 0; i < numExtras; ++i)
      if (!op.getEpilogueMap(i).isFunctionOfDim(rowDim))
        shared[j][i] = loadExtra(i, at(0, j), columns.mask(j));
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < columns.count; ++j) {
      SmallVector<Value> position = at(r, j), extras = shared[j];
      for (unsigned i = 0; i < numExtras; ++i)
        if (!extras[i])
          extras[i] = loadExtra(i, position, columns.mask(j));
      e.store(apply(accumulators[r * columns.count + j], extras), op.getInit(), position, columns.mask(j));
    }
}

void Epilogue::prefetchTile(int64_t rows, const Columns &columns,
                            function_ref<SmallVector<Value>(int64_t)> indices) {
  auto prefetch = [&](Value memref, ArrayRef<Value> at, bool isWrite) {
    memref::PrefetchOp::create(e.b, e.loc, memref, at, isWrite, /*localityHint=*/3, /*isDataCache=*/true);
  };
  int64_t rank = cast<MemRefType>(op.getInit().getType()).getRank();
  // Floats of a cache line.
  constexpr int64_t kLine = 16;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t column = 0; column < columns.count * e.lanes(); column += kLine) {
      SmallVector<Value> position = indices(r);
      position.back() = e.add(position.back(), column);
      prefetch(op.getInit(), position, /*isWrite=*/true);
      for (auto [i, extra] : llvm::enumerate(op.getExtras())) {
        AffineMap map = op.getEpilogueMap(i);
        if (!map.isFunctionOfDim(rank - 2) || !map.isFunctionOfDim(rank - 1))
          continue;
        SmallVector<Value> at;
        for (AffineExpr expr : map.getResults()) {
          auto dim = dyn_cast<AffineDimExpr>(expr);
          at.push_back(dim ? position[dim.getPosition()] : e.index(0));
        }
        prefetch(extra, at, /*isWrite=*/false);
      }
    }
}

void Epilogue::storeSums(int64_t rows, const Columns &columns, ValueRange accumulators,
                         function_ref<SmallVector<Value>(int64_t)> indices) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < columns.count; ++j) {
      SmallVector<Value> at = indices(r);
      at.back() = e.add(at.back(), j * e.lanes());
      e.store(accumulators[r * columns.count + j], op.getInit(), at, columns.mask(j));
    }
}

Accumulators Epilogue::loadSums(int64_t rows, const Columns &columns,
                                function_ref<SmallVector<Value>(int64_t)> indices) {
  Accumulators sums;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < columns.count; ++j) {
      SmallVector<Value> at = indices(r);
      at.back() = e.add(at.back(), j * e.lanes());
      sums.push_back(e.load(op.getInit(), at, columns.mask(j)));
    }
  return sums;
}
