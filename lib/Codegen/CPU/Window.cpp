// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the register tiles of a window op that touch the borders of the input.
#include "Window.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace weft::cpu;

// Border tiles with code of their own, per op; more than these share one body that checks each tap at run
// time.
static constexpr int64_t kMaxBorderTiles = 6;

// Whether all taps of `rows` pixels from `begin` on read the input.
static bool isInside(const WindowAxis &axis, int64_t begin, int64_t rows) {
  int64_t first = begin * axis.stride - axis.pad;
  return first >= 0 && first + axis.reach(rows) <= axis.in;
}

// What is known of the tile of `rows` pixels from `begin` on.
static Taps getTaps(const WindowAxis &axis, int64_t begin, int64_t rows) {
  Taps taps(isInside(axis, begin, rows) ? Taps::Kind::Inside : Taps::Kind::Known, rows, axis.kernel);
  for (int64_t r = 0; taps.kind == Taps::Kind::Known && r < rows; ++r)
    for (int64_t tap = 0; tap < axis.kernel; ++tap) {
      int64_t pixel = (begin + r) * axis.stride + tap * axis.dilation - axis.pad;
      if (pixel < 0 || pixel >= axis.in)
        taps.exclude(r, tap);
    }
  return taps;
}

void weft::cpu::forEachWindowRows(Emitter &e, Span range, const WindowAxis &axis, int64_t rows, Value inSize,
                                  function_ref<void(Value, int64_t, const Taps &)> body) {
  // Without padding no tap can be outside, whatever the sizes are.
  if (axis.pad == 0 && axis.padEnd == 0)
    return forEachRows(e, range, axis.out, rows, [&](Value begin, int64_t count) {
      body(begin, count, Taps(Taps::Kind::Inside, count, axis.kernel));
    });
  // At run time: a tile is inside, or each of its taps is checked.
  auto decide = [&](Value begin, int64_t count) {
    Value first = e.sub(e.mul(begin, axis.stride), e.index(axis.pad));
    Value isAfter = e.less(e.index(-1), first),
          isBefore = e.less(e.add(first, axis.reach(count) - 1), inSize);
    scf::IfOp::create(
        e.b, e.loc, arith::AndIOp::create(e.b, e.loc, isAfter, isBefore),
        [&](OpBuilder &b, Location loc) {
          body(begin, count, Taps(Taps::Kind::Inside, count, axis.kernel));
          scf::YieldOp::create(b, loc);
        },
        [&](OpBuilder &b, Location loc) {
          body(begin, count, Taps(Taps::Kind::Unknown, count, axis.kernel));
          scf::YieldOp::create(b, loc);
        });
  };
  if (ShapedType::isDynamic(axis.in) || ShapedType::isDynamic(axis.out))
    return forEachRows(e, range, axis.out, rows, decide);

  // Whole tiles that are inside for every tap are neighbours: [firstInside, endInside).
  int64_t numTiles = llvm::divideCeil(axis.out, rows), firstInside = 0, endInside = axis.out / rows;
  while (firstInside < endInside && !isInside(axis, firstInside * rows, rows))
    ++firstInside;
  while (firstInside < endInside && !isInside(axis, (endInside - 1) * rows, rows))
    --endInside;
  if (firstInside == endInside)
    firstInside = endInside = numTiles;
  int64_t numBorder = firstInside + (numTiles - endInside);
  if (numBorder > kMaxBorderTiles)
    return forEachRows(e, range, axis.out, rows, decide);

  auto emitBorder = [&](int64_t tile) {
    int64_t begin = tile * rows, count = std::min(rows, axis.out - begin);
    Value isMine = e.less(e.index(begin), range.end);
    e.ifThen(isMine, [&] {
      e.ifThen(e.less(range.begin, e.index(begin + 1)),
               [&] { body(e.index(begin), count, getTaps(axis, begin, count)); });
    });
  };
  for (int64_t tile = 0; tile < firstInside; ++tile)
    emitBorder(tile);
  if (firstInside < endInside) {
    Taps inside = getTaps(axis, firstInside * rows, rows);
    Value begin = e.max(range.begin, e.index(firstInside * rows)),
          end = e.min(range.end, e.index(endInside * rows));
    e.loop(begin, end, rows, [&](Value pixel) { body(pixel, rows, inside); });
  }
  for (int64_t tile = endInside; tile < numTiles; ++tile)
    emitBorder(tile);
}

Span weft::cpu::getInsideTaps(Emitter &e, const WindowAxis &axis, Value out, Value inSize) {
  if (axis.pad == 0 && axis.padEnd == 0 && axis.kernel == 1)
    return {e.index(0), e.index(1)};
  // Distances from the window's first tap to the first pixel, and to the end of the input.
  Value first = e.mul(out, axis.stride);
  Value before = e.max(e.index(0), e.sub(e.index(axis.pad), first));
  Value after = e.max(e.index(0), e.sub(e.add(inSize, axis.pad), first));
  return {e.ceilDiv(before, axis.dilation), e.min(e.index(axis.kernel), e.ceilDiv(after, axis.dilation))};
}

Value weft::cpu::getInputPixel(Emitter &e, const WindowAxis &axis, Value out, Value tap) {
  Value pixel = e.add(e.mul(out, axis.stride), e.mul(tap, axis.dilation));
  return axis.pad == 0 ? pixel : e.sub(pixel, e.index(axis.pad));
}
