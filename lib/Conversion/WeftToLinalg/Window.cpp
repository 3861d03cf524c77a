// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index arithmetic of windows.
#include "Window.h"

using namespace mlir;

namespace weft::conversion {

static Value mulConstant(OpBuilder &b, Location loc, Value value, int64_t factor) {
  return factor == 1 ? value : Value(arith::MulIOp::create(b, loc, value, createIndex(b, loc, factor)));
}

static Value emitStart(OpBuilder &b, Location loc, const WindowDim &dim, Value place) {
  Value start = mulConstant(b, loc, place, dim.stride);
  return dim.padLo == 0 ? start : Value(arith::SubIOp::create(b, loc, start, createIndex(b, loc, dim.padLo)));
}

Value emitTapIndex(OpBuilder &b, Location loc, const WindowDim &dim, Value place, Value tap, Value &inside) {
  Value index = emitStart(b, loc, dim, place);
  if (dim.kernel != 1)
    index = arith::AddIOp::create(b, loc, index, mulConstant(b, loc, tap, dim.dilation));
  if (!dim.isPadded())
    return index;
  // One unsigned comparison says both 0 <= index and index < size.
  Value size = toValue(b, loc, dim.size);
  Value here = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, index, size);
  inside = inside ? Value(arith::AndIOp::create(b, loc, inside, here)) : here;
  return clampIndex(b, loc, index, size);
}

AffineExpr getTapExpr(const WindowDim &dim, AffineExpr place, AffineExpr tap) {
  return dim.kernel == 1 ? place * dim.stride : place * dim.stride + tap * dim.dilation;
}

Value emitTapsInside(OpBuilder &b, Location loc, const WindowDim &dim, Value place) {
  Value zero = createIndex(b, loc, 0), kernel = createIndex(b, loc, dim.kernel);
  Value dilation = createIndex(b, loc, dim.dilation);
  Value start = emitStart(b, loc, dim, place);
  // The first tap that is not before the input, and the first one that is behind it.
  Value before = arith::MaxSIOp::create(b, loc, arith::SubIOp::create(b, loc, zero, start), zero);
  Value left =
      arith::MaxSIOp::create(b, loc, arith::SubIOp::create(b, loc, toValue(b, loc, dim.size), start), zero);
  Value first = arith::MinSIOp::create(b, loc, arith::CeilDivUIOp::create(b, loc, before, dilation), kernel);
  Value end = arith::MinSIOp::create(b, loc, arith::CeilDivUIOp::create(b, loc, left, dilation), kernel);
  return arith::MaxSIOp::create(b, loc, arith::SubIOp::create(b, loc, end, first), zero);
}

} // namespace weft::conversion
