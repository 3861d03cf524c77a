// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the one-dimensional transforms of Winograd's minimal filtering.
#include "WinogradTransform.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace weft::cpu;

namespace {

// Vector arithmetic in the order in which it is written.
struct Arithmetic {
  Value add(Value x, Value y) { return arith::AddFOp::create(e.b, e.loc, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(e.b, e.loc, x, y); }
  // factor * x + y
  Value mulAdd(double factor, Value x, Value y) {
    Value scalar = arith::ConstantOp::create(e.b, e.loc, e.b.getF32FloatAttr(factor));
    return e.mulAdd(e.splat(scalar), x, y);
  }
  Emitter &e;
};

} // namespace

Accumulators weft::cpu::transformPatch(Emitter &e, ValueRange d) {
  Arithmetic a{e};
  if (d.size() == 4)
    return {a.sub(d[0], d[2]), a.add(d[1], d[2]), a.sub(d[2], d[1]), a.sub(d[1], d[3])};
  assert(d.size() == 6 && "internal: patches are of 4 or 6 pixels");
  Value even1 = a.mulAdd(-4, d[2], d[4]), odd1 = a.mulAdd(-4, d[1], d[3]);
  Value even2 = a.sub(d[4], d[2]), odd2 = a.sub(d[3], d[1]);
  return {a.mulAdd(4, d[0], a.mulAdd(-5, d[2], d[4])),
          a.add(even1, odd1),
          a.sub(even1, odd1),
          a.mulAdd(2, odd2, even2),
          a.mulAdd(-2, odd2, even2),
          a.mulAdd(4, d[1], a.mulAdd(-5, d[3], d[5]))};
}

Accumulators weft::cpu::transformResult(Emitter &e, ValueRange m) {
  Arithmetic a{e};
  Value sum1 = a.add(m[1], m[2]), difference1 = a.sub(m[1], m[2]);
  if (m.size() == 4)
    return {a.add(m[0], sum1), a.sub(difference1, m[3])};
  assert(m.size() == 6 && "internal: patches are of 4 or 6 pixels");
  Value sum2 = a.add(m[3], m[4]), difference2 = a.sub(m[3], m[4]);
  return {a.add(m[0], a.add(sum1, sum2)), a.mulAdd(2, difference2, difference1), a.mulAdd(4, sum2, sum1),
          a.add(m[5], a.mulAdd(8, difference2, difference1))};
}

Accumulators weft::cpu::transformSquare(Emitter &e, ValueRange square,
                                        function_ref<Accumulators(Emitter &, ValueRange)> transform) {
  size_t size = 1;
  while (size * size < square.size())
    ++size;
  // columns[x][i]: transformed row i of column x.
  SmallVector<Accumulators> columns;
  for (size_t x = 0; x < size; ++x) {
    Accumulators column;
    for (size_t y = 0; y < size; ++y)
      column.push_back(square[y * size + x]);
    columns.push_back(transform(e, column));
  }
  Accumulators result;
  for (size_t i = 0; i < columns.front().size(); ++i) {
    Accumulators row;
    for (size_t x = 0; x < size; ++x)
      row.push_back(columns[x][i]);
    llvm::append_range(result, transform(e, row));
  }
  return result;
}
