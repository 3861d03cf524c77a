// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks at run time that indices are in range.
#ifndef WEFT_TRANSFORMS_CHECKINDICES_H
#define WEFT_TRANSFORMS_CHECKINDICES_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace weft {

struct CheckIndicesResult {
  int64_t proved = 0;  ///< uses of indices that are in range by what is known of them
  int64_t checked = 0; ///< uses of indices that each run checks
};

/// Puts a check before every op of `func` that reads or writes at indices which may be out of range. A run
/// whose indices are ends with a message that names the node, the index and the range.
CheckIndicesResult checkIndices(mlir::func::FuncOp func);

} // namespace weft

#endif // WEFT_TRANSFORMS_CHECKINDICES_H
