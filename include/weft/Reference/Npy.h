// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors from and to numpy's .npy files.
#ifndef WEFT_REFERENCE_NPY_H
#define WEFT_REFERENCE_NPY_H

#include "weft/Reference/Tensor.h"

namespace weft::reference {

/// Reads a file. `wanted` is the element type that the reader expects: types that numpy lacks (bf16, float8,
/// i4) are then read from integers or raw bytes of their storage width; null accepts what the file says
/// (signless integers, f16..f64, complex, booleans, strings). Errors: a message in `error`, lower-case,
/// without the path.
llvm::FailureOr<Tensor> readNpy(mlir::MLIRContext *context, llvm::StringRef path, mlir::Type wanted,
                                std::string &error);

/// Writes a file of version 1.0. bf16 and float8 become raw bytes (`|V2`, `|V1`), narrow integers 8-bit ones,
/// strings UTF-32.
void writeNpy(const Tensor &tensor, llvm::raw_ostream &os);

} // namespace weft::reference

#endif // WEFT_REFERENCE_NPY_H
