// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows of pooling and convolution: which element a tap reads, and whether it lies inside.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_WINDOW_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_WINDOW_H

#include "Support.h"

namespace weft::conversion {

/// One windowed dim.
struct WindowDim {
  int64_t kernel, stride, padLo, padHi, dilation;
  /// Size of the dim in the input.
  OpFoldResult size;

  bool isPadded() const { return padLo != 0 || padHi != 0; }
};

/// The input index of tap `tap` of the window at `place`, clamped into the dim when it is padded; `inside`
/// becomes the conjunction of itself (if not null) and of whether the index was inside.
Value emitTapIndex(OpBuilder &b, Location loc, const WindowDim &dim, Value place, Value tap, Value &inside);

/// The same as an affine expression of loops, for dims without pads.
AffineExpr getTapExpr(const WindowDim &dim, AffineExpr place, AffineExpr tap);

/// Number of taps of the window at `place` that lie inside of the input, as an index value.
Value emitTapsInside(OpBuilder &b, Location loc, const WindowDim &dim, Value place);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_WINDOW_H
