// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the windows of neighbouring output pixels meet the borders of the input.
#ifndef WEFT_LIB_CODEGEN_CPU_WINDOW_H
#define WEFT_LIB_CODEGEN_CPU_WINDOW_H

#include "MicroKernel.h"

namespace weft::cpu {

/// One spatial dim of a window op. `in` and `out` are ShapedType::kDynamic where unknown.
struct WindowAxis {
  int64_t kernel, stride, pad, padEnd, dilation, in, out;
  /// Pixels of the input, counted from the tile's first one, that a tile of `rows` output pixels reaches, all
  /// taps in.
  int64_t reach(int64_t rows) const { return (rows - 1) * stride + (kernel - 1) * dilation + 1; }
};

/// What is known of the taps of the `rows` windows of a register tile along the innermost spatial dim.
class Taps {
public:
  enum class Kind { Inside, Known, Unknown };
  Taps(Kind kind, int64_t rows, int64_t kernel) : kind(kind), kernel(kernel), inside(rows * kernel, true) {}

  /// Inside: all taps read the input. Known: isInside says which. Unknown: each needs a check at run time.
  Kind kind;
  bool isInside(int64_t row, int64_t tap) const { return inside[row * kernel + tap]; }
  void exclude(int64_t row, int64_t tap) { inside[row * kernel + tap] = false; }

private:
  int64_t kernel;
  llvm::SmallVector<bool> inside;
};

/// The axis of spatial dim `i` of a window op (kernel.conv, kernel.depthwise).
template <typename OpTy> WindowAxis getWindowAxis(OpTy op, int64_t i) {
  auto in = llvm::cast<mlir::MemRefType>(op.getInput().getType()),
       out = llvm::cast<mlir::MemRefType>(op.getInit().getType());
  int64_t spatial = op.getNumSpatialDims();
  return {op.getKernel()[i],    op.getStrides()[i],   op.getPads()[i],      op.getPads()[i + spatial],
          op.getDilations()[i], in.getDimSize(i + 1), out.getDimSize(i + 1)};
}

/// Splits output pixels [range) of the innermost spatial dim into register tiles of `rows` pixels; `body`
/// gets the first pixel, their number, and what is known of their taps.
///
/// Requires: range.begin is a multiple of `rows`.
/// Cost:     one body for the tiles away from the borders and one per border tile where sizes are static;
/// else one body each
///           for tiles that turn out to be inside and for the others.
void forEachWindowRows(Emitter &e, Span range, const WindowAxis &axis, int64_t rows, mlir::Value inSize,
                       llvm::function_ref<void(mlir::Value, int64_t, const Taps &)> body);

/// The taps of output pixel `out` that read the input: those in the returned range.
///
/// `inSize` is the size of the input dim.
Span getInsideTaps(Emitter &e, const WindowAxis &axis, mlir::Value out, mlir::Value inSize);

/// Input pixel of a tap, without the check whether it is inside: out * stride + tap * dilation - pad.
mlir::Value getInputPixel(Emitter &e, const WindowAxis &axis, mlir::Value out, mlir::Value tap);

} // namespace weft::cpu

#endif // WEFT_LIB_CODEGEN_CPU_WINDOW_H
