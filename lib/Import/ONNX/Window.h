// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernel, strides, pads and dilations of convolutions and pooling, with auto_pad and ceil_mode resolved.
#ifndef WEFT_LIB_IMPORT_ONNX_WINDOW_H
#define WEFT_LIB_IMPORT_ONNX_WINDOW_H

#include "NodeBuilder.h"

namespace weft::importer {

/// A window over the spatial dims 2.. of an image.
struct Window {
  SmallVector<int64_t> kernel, strides, dilations;
  /// Pads before and behind each spatial dim; symbolic only for SAME_* on dims that the run decides.
  SmallVector<Size> lo, hi;
  /// Behind `hi`: elements that only ceil_mode adds, so that the last window fits.
  SmallVector<int64_t> ceilPads;
  std::string autoPad;

  bool isStatic() const { return known(lo) && known(hi); }
  /// The pads of a conv attribute: all before, then all behind; zeros when they are not static.
  SmallVector<int64_t> staticPads() const;
  /// `x` with all pads but those of ceil_mode; `value` null: zero.
  Value padInput(NodeBuilder &n, Value x, Value value) const;
};

/// The spatial dims of filters; ShapedType::kDynamic where they are not known.
SmallVector<int64_t> kernelOf(NodeBuilder &n, Value filter);

/// Reads strides, pads, dilations and auto_pad of the node for image `x`; reports what is wrong. Transposed:
/// SAME_* gives zero pads, as the caller computes them from the output.
FailureOr<Window> readWindow(NodeBuilder &n, Value x, ArrayRef<int64_t> kernel, bool isTransposed = false);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_WINDOW_H
