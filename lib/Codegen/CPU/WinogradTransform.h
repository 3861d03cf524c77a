// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one-dimensional transforms of Winograd's minimal filtering.
#ifndef WEFT_LIB_CODEGEN_CPU_WINOGRADTRANSFORM_H
#define WEFT_LIB_CODEGEN_CPU_WINOGRADTRANSFORM_H

#include "MicroKernel.h"

namespace weft::cpu {

/// Applies B^T to tile + 2 vectors of input pixels; gives as many.
///
/// Requires: the size is 4 (tiles of 2) or 6 (tiles of 4).
/// Source:   Lavin and Gray 2015: interpolation at 0, 1, -1, (2, -2,) infinity.
Accumulators transformPatch(Emitter &e, mlir::ValueRange pixels);

/// Applies A^T to tile + 2 vectors of products; gives `tile` vectors.
Accumulators transformResult(Emitter &e, mlir::ValueRange products);

/// Applies a one-dimensional transform to the columns, then to the rows, of a square of vectors in row-major
/// order.
Accumulators transformSquare(Emitter &e, mlir::ValueRange square,
                             llvm::function_ref<Accumulators(Emitter &, mlir::ValueRange)> transform);

} // namespace weft::cpu

#endif // WEFT_LIB_CODEGEN_CPU_WINOGRADTRANSFORM_H
