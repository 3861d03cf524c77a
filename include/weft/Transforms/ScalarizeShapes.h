// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns arithmetic on small tensors of sizes into arithmetic on index values.
#ifndef WEFT_TRANSFORMS_SCALARIZESHAPES_H
#define WEFT_TRANSFORMS_SCALARIZESHAPES_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace weft {

struct ScalarizeShapesOptions {
  /// Elements of a tensor that is followed element by element at most: a shape has fewer, data has more.
  int64_t maxElements = 64;
};

/// Replaces `weft.extract` of small tensors by scalar arithmetic, and such tensors by constants or
/// `weft.from_elements` where all elements are known.
///
/// Follows integer, boolean, f32 and f64 tensors of static shape back to `from_elements` and constants
/// through movement, elementwise, cast, reduce and gather ops. Integers become index values; sizes are far
/// from where a narrower type would wrap. Float products of a size and a constant that is an integer or the
/// inverse of one stay exact: the sizes that exporters compute as `floor(h * 2.0)` get the expression `2 *
/// h`. Returns: number of ops replaced.
int64_t scalarizeShapes(mlir::func::FuncOp func, const ScalarizeShapesOptions &options);

} // namespace weft

#endif // WEFT_TRANSFORMS_SCALARIZESHAPES_H
