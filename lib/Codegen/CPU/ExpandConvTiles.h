// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions of bytes by tile registers.
#ifndef WEFT_LIB_CODEGEN_CPU_EXPANDCONVTILES_H
#define WEFT_LIB_CODEGEN_CPU_EXPANDCONVTILES_H

#include "MicroKernel.h"

namespace weft::cpu {

/// Expands a convolution of bytes whose schedule names tiles, at the insertion point of `e`.
///
/// Requires: dense operands.
/// Returns:  failure after an error on `op` where spatial sizes are unknown, or smaller than a tile.
mlir::LogicalResult expandConvTiles(Emitter &e, mlir::kernel::ConvOp op);

} // namespace weft::cpu

#endif // WEFT_LIB_CODEGEN_CPU_EXPANDCONVTILES_H
