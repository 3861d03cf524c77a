// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Propagates sizes and names of dims through a function.
#ifndef WEFT_TRANSFORMS_INFERSHAPES_H
#define WEFT_TRANSFORMS_INFERSHAPES_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace weft {

struct InferShapesResult {
  int64_t refined = 0; ///< values whose type became better known
  int64_t named = 0;   ///< dims that got a fresh symbol
};

/// Infers the type of every value of `func` again, in program order, and names each dim that stays unknown.
///
/// Shapes:   a dim that two types state is taken from the better one: static, then named, then unknown. Dims
/// carried by
///           a loop keep their expression only if the body gives the same one back.
/// Errors:   a diagnostic at the op whose operands turn out not to fit. The function is then half inferred.
mlir::FailureOr<InferShapesResult> inferShapes(mlir::func::FuncOp func);

/// Whether every dynamic dim of every value in `func` has a name; reports each value that has one without.
mlir::LogicalResult verifyShapes(mlir::func::FuncOp func);

} // namespace weft

#endif // WEFT_TRANSFORMS_INFERSHAPES_H
