// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions between element types, by the rules of docs/spec/elementwise.md#cast.
#ifndef WEFT_LIB_REFERENCE_CASTNUMBERS_H
#define WEFT_LIB_REFERENCE_CASTNUMBERS_H

#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Reference/Tensor.h"

namespace weft::reference {

/// Toward zero. i32, i64: saturates, NaN is 0. 16 bits and narrower: the low bits of that i32. ui32: the low
/// bits of the i64. ui64: saturates for values of at least 0, else the i64.
int64_t castFloatToInt(double value, mlir::IntegerType type);

/// To float8 and narrower: with `saturate`, values out of range and infinities become the greatest value,
/// else infinity for f8E5M2, NaN for the others. f4 and f6 always saturate; NaN becomes -0 in f4. f8E8M0:
/// `round` says which power of two.
uint8_t castToSmallFloat(double value, mlir::Type type, bool saturate, mlir::weft::CastRound round);

/// The whole tensor; failure when a text is no number.
llvm::FailureOr<Tensor> castTensor(const Tensor &x, mlir::Type to, bool saturate,
                                   mlir::weft::CastRound round);

} // namespace weft::reference

#endif // WEFT_LIB_REFERENCE_CASTNUMBERS_H
