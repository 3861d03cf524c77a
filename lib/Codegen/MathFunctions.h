// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mathematical functions as arithmetic.
#ifndef WEFT_LIB_CODEGEN_MATHFUNCTIONS_H
#define WEFT_LIB_CODEGEN_MATHFUNCTIONS_H

#include "MathBuilder.h"

namespace weft {

// Functions of the builder's own type, f32 or f64. Errors in units in the last place are asserted by
// test/Unit/math_accuracy_test.cpp; special values are those of the C library.
mlir::Value buildExp(MathBuilder &m, mlir::Value x);
/// The same for results that are not infinite; those below the normal range become 0.
mlir::Value buildNormalExp(MathBuilder &m, mlir::Value x);
mlir::Value buildExp2(MathBuilder &m, mlir::Value x);
mlir::Value buildExpM1(MathBuilder &m, mlir::Value x);
mlir::Value buildLog(MathBuilder &m, mlir::Value x);
mlir::Value buildLog2(MathBuilder &m, mlir::Value x);
mlir::Value buildLog10(MathBuilder &m, mlir::Value x);
mlir::Value buildLog1p(MathBuilder &m, mlir::Value x);
mlir::Value buildTanh(MathBuilder &m, mlir::Value x);
mlir::Value buildErf(MathBuilder &m, mlir::Value x);

// Functions of f64; f32 callers widen.
/// Sine and cosine. With `isNarrow`, x holds an f32 number and results are good for f32, for every argument;
/// else they are good for f64 up to |x| = 2^60, and beyond with falling accuracy.
std::pair<mlir::Value, mlir::Value> buildSinCos(MathBuilder &m, mlir::Value x, bool isNarrow);
mlir::Value buildAcos(MathBuilder &m, mlir::Value x);
mlir::Value buildAcosh(MathBuilder &m, mlir::Value x);
mlir::Value buildAsin(MathBuilder &m, mlir::Value x);
mlir::Value buildAsinh(MathBuilder &m, mlir::Value x);
mlir::Value buildAtan(MathBuilder &m, mlir::Value x);
mlir::Value buildAtan2(MathBuilder &m, mlir::Value y, mlir::Value x);
mlir::Value buildAtanh(MathBuilder &m, mlir::Value x);
mlir::Value buildCbrt(MathBuilder &m, mlir::Value x);
mlir::Value buildCosh(MathBuilder &m, mlir::Value x);
mlir::Value buildErfc(MathBuilder &m, mlir::Value x);
mlir::Value buildPow(MathBuilder &m, mlir::Value x, mlir::Value y);
mlir::Value buildSinh(MathBuilder &m, mlir::Value x);

/// The remainder of a / b with the sign of a, exact. With `isNarrow`, of f64 values that hold f32 numbers;
/// else for quotients up to 2^150.
mlir::Value buildRemainder(MathBuilder &m, mlir::Value a, mlir::Value b, bool isNarrow);

/// e^(x + low) for a `low` that is tiny beside x.
mlir::Value buildExpOfSum(MathBuilder &m, mlir::Value x, mlir::Value low);

} // namespace weft

#endif // WEFT_LIB_CODEGEN_MATHFUNCTIONS_H
