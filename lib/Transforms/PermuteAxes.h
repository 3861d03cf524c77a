// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops under a permutation of their axes. Private to lib/Transforms.
#ifndef WEFT_LIB_TRANSFORMS_PERMUTEAXES_H
#define WEFT_LIB_TRANSFORMS_PERMUTEAXES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace weft {

mlir::SmallVector<int64_t> invertPermutation(mlir::ArrayRef<int64_t> perm);

/// transpose(value, perm): result dim i is operand dim perm[i].
mlir::Value transposeValue(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                           mlir::ArrayRef<int64_t> perm);

/// Gives `value` what `original`, transposed by `perm`, knows of its dims.
void setPermutedType(mlir::Value value, mlir::Type original, mlir::ArrayRef<int64_t> perm);

/// The operands whose dims are those of the results, and so move with a permutation; empty for ops that have
/// no such form.
mlir::SmallVector<unsigned> getPermutableOperands(mlir::Operation *op);

/// The op on `operands`, of which the permutable ones had their dims permuted: where `op` had dim i, they
/// have dim perm[i]. Everything that names axes follows. Null when it cannot.
mlir::Operation *buildPermuted(mlir::OpBuilder &builder, mlir::Operation *op,
                               mlir::ArrayRef<mlir::Value> operands, mlir::ArrayRef<int64_t> perm);

} // namespace weft

#endif // WEFT_LIB_TRANSFORMS_PERMUTEAXES_H
