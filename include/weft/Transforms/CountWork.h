// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How much a kernel computes and moves, by the sizes of its dims.
#ifndef WEFT_TRANSFORMS_COUNTWORK_H
#define WEFT_TRANSFORMS_COUNTWORK_H

#include "dialects/Weft/IR/DimExpr.h"

namespace mlir {
class Operation;
namespace weft {
class KernelOp;
} // namespace weft
} // namespace mlir

namespace weft {

/// Scalar operations of one run of `op`: a multiply-add counts two, a function such as exp one, a move of
/// data none.
///
/// Returns: an expression of the dims' symbols; unknown for ops whose work depends on data, and for those
/// that no rule covers.
mlir::weft::DimExpr countOperations(mlir::Operation *op);

/// Bytes that one run of `kernel` reads and writes when every tensor is moved once. Of a tensor that the
/// kernel only gathers from, the elements that are taken count.
mlir::weft::DimExpr countBytes(mlir::weft::KernelOp kernel);

} // namespace weft

#endif // WEFT_TRANSFORMS_COUNTWORK_H
