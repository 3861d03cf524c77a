// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands convolutions of single channels: rows of a register tile are pixels, columns are channels.
#include "Window.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

namespace {

// Emits one kernel.depthwise.
class DepthwiseExpander {
public:
  DepthwiseExpander(Emitter &e, kernel::DepthwiseOp op)
      : e(e), op(op), epilogue(e, cast<kernel::EpilogueOpInterface>(op.getOperation())),
        C(cast<MemRefType>(op.getInit().getType()).getShape().back()), isBytes(op.isBytes()),
        x(getWindowAxis(op, op.getNumSpatialDims() - 1)) {}

  LogicalResult expand();

private:
  void expandTile(ArrayRef<Value> outer, Value pixel, int64_t rows, const Taps &taps, const Columns &columns);
  // Adds the taps of one row of the window; `tapY` is null in one dim.
  Accumulators addWindowRow(ArrayRef<Value> outer, Value pixel, int64_t rows, const Taps &taps,
                            const Columns &columns, Value tapY, ValueRange accumulators);

  Emitter &e;
  kernel::DepthwiseOp op;
  Epilogue epilogue;
  // Bytes are multiplied and added as f32, which is exact for the few taps of a window.
  Value loadBytes(Value memref, ArrayRef<Value> indices, Value mask, bool isUnsigned, int64_t zeroPoint);
  Value loadInput(ArrayRef<Value> indices, Value mask) {
    return isBytes ? loadBytes(op.getInput(), indices, mask, op.getInputUnsigned(), op.getZeroPoint())
                   : e.load(op.getInput(), indices, mask);
  }
  Value loadFilter(ArrayRef<Value> indices, Value mask) {
    return isBytes ? loadBytes(op.getFilter(), indices, mask, /*isUnsigned=*/false, 0)
                   : e.load(op.getFilter(), indices, mask);
  }

  int64_t C;
  bool isBytes;
  WindowAxis x;
};

} // namespace

Value DepthwiseExpander::loadBytes(Value memref, ArrayRef<Value> indices, Value mask, bool isUnsigned,
                                   int64_t zeroPoint) {
  Value bytes = e.load(memref, indices, mask);
  VectorType wide = e.vectorOf(e.b.getI32Type());
  Value words = isUnsigned ? Value(arith::ExtUIOp::create(e.b, e.loc, wide, bytes))
                           : Value(arith::ExtSIOp::create(e.b, e.loc, wide, bytes));
  Value floats = arith::SIToFPOp::create(e.b, e.loc, e.vectorOf(e.b.getF32Type()), words);
  if (zeroPoint == 0)
    return floats;
  Value zero = e.splat(arith::ConstantOp::create(e.b, e.loc, e.b.getF32FloatAttr(zeroPoint)));
  return arith::SubFOp::create(e.b, e.loc, floats, zero);
}

Accumulators DepthwiseExpander::addWindowRow(ArrayRef<Value> outer, Value pixel, int64_t rows,
                                             const Taps &taps, const Columns &columns, Value tapY,
                                             ValueRange accumulators) {
  SmallVector<Value> inAt(outer), filterAt;
  if (tapY) {
    inAt.back() = getInputPixel(e, getWindowAxis(op, 0), outer.back(), tapY);
    filterAt.push_back(tapY);
  }
  inAt.append(2, Value());
  filterAt.append(2, Value());
  Value size = e.dim(op.getInput(), op.getNumSpatialDims());
  Value firstPixel = getInputPixel(e, x, pixel, e.index(0));
  Accumulators sums(accumulators);
  for (int64_t j = 0; j < columns.count; ++j) {
    Value channel = e.add(columns.begin, j * e.lanes()), mask = columns.mask(j);
    // Windows of neighbouring pixels share input vectors: each is loaded once per window row.
    llvm::SmallDenseMap<int64_t, Value> loaded;
    auto loadPixel = [&](int64_t offset) {
      Value &value = loaded[offset];
      if (value)
        return value;
      Value at = e.add(firstPixel, offset), isInside;
      if (taps.kind == Taps::Kind::Unknown) {
        isInside = arith::AndIOp::create(e.b, e.loc, e.less(e.index(-1), at), e.less(at, size));
        at = e.min(e.max(at, e.index(0)), e.sub(size, e.index(1)));
      }
      inAt[inAt.size() - 2] = at;
      inAt.back() = channel;
      value = loadInput(inAt, mask);
      if (isInside)
        value = arith::SelectOp::create(e.b, e.loc, isInside, value, e.zeroVector());
      return value;
    };
    for (int64_t tap = 0; tap < x.kernel; ++tap) {
      filterAt[filterAt.size() - 2] = e.index(tap);
      filterAt.back() = channel;
      Value weights;
      for (int64_t r = 0; r < rows; ++r) {
        if (taps.kind == Taps::Kind::Known && !taps.isInside(r, tap))
          continue;
        if (!weights)
          weights = loadFilter(filterAt, mask);
        Value &sum = sums[r * columns.count + j];
        sum = e.mulAdd(loadPixel(r * x.stride + tap * x.dilation), weights, sum);
      }
    }
  }
  return sums;
}

void DepthwiseExpander::expandTile(ArrayRef<Value> outer, Value pixel, int64_t rows, const Taps &taps,
                                   const Columns &columns) {
  Accumulators sums(rows * columns.count, e.zeroVector());
  if (op.getNumSpatialDims() == 1) {
    sums = addWindowRow(outer, pixel, rows, taps, columns, Value(), sums);
  } else {
    Span inside = getInsideTaps(e, getWindowAxis(op, 0), outer.back(), e.dim(op.getInput(), 1));
    sums = e.tightLoop(inside.begin, inside.end, 1, sums, [&](Value tapY, ValueRange carried) {
      return addWindowRow(outer, pixel, rows, taps, columns, tapY, carried);
    });
  }
  if (isBytes)
    for (Value &sum : sums)
      sum = arith::FPToSIOp::create(e.b, e.loc, e.vectorOf(e.b.getI32Type()), sum);
  epilogue.storeTile(rows, columns, sums, [&](int64_t r) {
    SmallVector<Value> at(outer);
    at.append({e.add(pixel, r), columns.begin});
    return at;
  });
}

LogicalResult DepthwiseExpander::expand() {
  int64_t spatial = op.getNumSpatialDims();
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, spatial + 2));
  return emitTasks(e, cast<kernel::EpilogueOpInterface>(op.getOperation()), order,
                   [&](ArrayRef<Span> ranges) {
                     Span pixels = ranges[spatial], columns = ranges.back();
                     forEachIndex(e, ranges.take_front(spatial), [&](ArrayRef<Value> at) {
                       SmallVector<Value> outer(at);
                       forEachColumns(e, columns, C, e.sched.getColumns(), [&](const Columns &tileColumns) {
                         forEachWindowRows(e, pixels, x, e.sched.getRows(), e.dim(op.getInput(), spatial),
                                           [&](Value pixel, int64_t rows, const Taps &taps) {
                                             expandTile(outer, pixel, rows, taps, tileColumns);
                                           });
                       });
                     });
                   });
}

LogicalResult weft::expandDepthwise(RewriterBase &rewriter, kernel::DepthwiseOp op) {
  rewriter.setInsertionPoint(op);
  Emitter e(rewriter, op.getLoc(), sched::CPUAttr::of(op));
  return DepthwiseExpander(e, op).expand();
}
