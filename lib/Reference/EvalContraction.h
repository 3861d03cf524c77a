// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the evaluation of matrix products and convolutions share.
#ifndef WEFT_LIB_REFERENCE_EVALCONTRACTION_H
#define WEFT_LIB_REFERENCE_EVALCONTRACTION_H

#include "weft/Reference/Eval.h"

namespace weft::reference {

/// Whether sums of products of this operand may leave what a double holds exactly.
bool needsIntegerLoops(const Tensor &operand);

/// Subtracts a zero point of one element, or of one per entry of `axis`; nothing when it is null.
void subtractZeroPoint(std::vector<double> &values, llvm::ArrayRef<int64_t> shape, int64_t axis,
                       const Tensor *zeroPoint);

/// Sums in the result type; integers keep their low bits.
Tensor storeSums(mlir::Type type, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<double> sums);
Tensor storeSums(mlir::Type type, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<uint64_t> sums);

/// conv, conv_transpose and deform_conv.
void addConvolutionEvals(EvalTable &table);

} // namespace weft::reference

#endif // WEFT_LIB_REFERENCE_EVALCONTRACTION_H
