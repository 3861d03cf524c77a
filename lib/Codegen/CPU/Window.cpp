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

// What is known of the tile of `rows` pixels from `begin` on.
static Taps getTaps(const WindowAxis &axis, int64_t begin, int64_t rows) {
  Taps taps(Taps::Kind::Inside, rows, axis.kernel);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t tap = 0; tap < axis.kernel; ++tap) {
      int64_t pixel = (begin + r) * axis.stride + tap * axis.dilation - axis.pad;
      if (pixel >= 0 && pixel < axis.in)
        continue;
      taps.exclude(r, tap);
      taps.kind = Taps::Kind::Known;
    }
  return taps;
}

void weft::cpu::forEachWindowRows(Emitter &e, Span range, const WindowAxis &axis, int64_t rows,
                                  function_ref<void(Value, int64_t, const Taps &)> body) {
  auto unknown = [&](Value begin, int64_t count) {
    body(begin, count, Taps(Taps::Kind::Unknown, count, axis.kernel));
  };
  if (ShapedType::isDynamic(axis.in) || ShapedType::isDynamic(axis.out))
    return forEachRows(e, range, axis.out, rows, unknown);

  // Whole tiles that are inside for every tap are neighbours: [firstInside, endInside).
  int64_t numTiles = llvm::divideCeil(axis.out, rows), firstInside = numTiles, endInside = numTiles;
  for (int64_t tile = 0; tile < axis.out / rows; ++tile) {
    bool isInside = getTaps(axis, tile * rows, rows).kind == Taps::Kind::Inside;
    if (isInside && firstInside == numTiles)
      firstInside = tile;
    if (!isInside && firstInside != numTiles) {
      endInside = tile;
      break;
    }
    if (isInside)
      endInside = tile + 1;
  }
  if (firstInside == numTiles)
    endInside = numTiles;
  int64_t numBorder = firstInside + (numTiles - endInside);
  if (numBorder > kMaxBorderTiles && axis.out > rows)
    return forEachRows(e, range, axis.out, rows, unknown);

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
  if (axis.pad == 0 && axis.kernel == 1)
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
