// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalar code of elementwise functions: used in the bodies of structured ops and in epilogues.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_SCALAR_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_SCALAR_H

#include "Support.h"

namespace weft::conversion {

/// Short names for scalar arithmetic at one place.
struct ScalarBuilder {
  OpBuilder &b;
  Location loc;

  Value real(Type type, double value) { return createScalar(b, loc, type, value); }
  Value integer(Type type, int64_t value) {
    return createIntScalar(b, loc, type, llvm::APInt(bits(type), value, true, true));
  }
  Value bits(Type type, const llvm::APInt &value) { return createIntScalar(b, loc, type, value); }
  static unsigned bits(Type type) { return type.isIndex() ? 64 : type.getIntOrFloatBitWidth(); }

  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value select(Value cond, Value x, Value y);
  Value cmp(mlir::arith::CmpIPredicate pred, Value x, Value y);
  Value cmp(mlir::arith::CmpFPredicate pred, Value x, Value y);
  Value bitAnd(Value x, Value y);
  Value bitOr(Value x, Value y);
  Value bitXor(Value x, Value y);
};

/// Emits the scalar function of an elementwise op.
///
/// Shapes:   one scalar per operand of `op`, in the storage type of its element; the result is one too.
/// Numerics: those of docs/spec/elementwise.md; f16 and bf16 are computed in f32 and rounded once.
/// Returns:  null, after an error at `op`, when the function is not defined on these element types.
Value emitScalar(OpBuilder &b, Location loc, mlir::weft::ScalarFn fn, Operation *op, ValueRange operands);

/// Whether emitScalar can emit this op: no strings, no unsupported mix of types.
bool canEmitScalar(Operation *op);

/// Converts between weft element types; `from` and the result are in storage form.
Value emitCast(OpBuilder &b, Location loc, Value value, Type from, Type to, bool saturate = true,
               mlir::weft::CastRound round = mlir::weft::CastRound::up);

/// A numeric element as a float of type `compute` (f32 or f64).
Value emitToFloat(OpBuilder &b, Location loc, Value value, Type from, Type compute);
/// How elements of one type are computed with: floats in f32 or f64, integers as they are stored.
struct NumericElement {
  Type type, storage, compute;
  bool isFloat, isUnsigned;

  /// A stored element in the type of the computation.
  Value load(OpBuilder &b, Location loc, Value stored) const {
    return isFloat ? emitToFloat(b, loc, stored, type, compute) : stored;
  }
};
/// nullopt for elements that are neither integers nor floats.
std::optional<NumericElement> getNumericElement(Type element);
/// A float of type f32 or f64 rounded to a float element type, or by the rules of cast to an integer one.
Value emitFromFloat(OpBuilder &b, Location loc, Value value, Type to);

/// Float8, float6, float4 and E8M0 bits (i8) to f32, and back.
Value emitDecodeSmallFloat(OpBuilder &b, Location loc, Value bits, mlir::FloatType type);
Value emitEncodeSmallFloat(OpBuilder &b, Location loc, Value value, mlir::FloatType type, bool saturate,
                           mlir::weft::CastRound round);

/// Integer extension to a wider (or the same) signless type by the signedness of the weft element type.
Value emitExtend(OpBuilder &b, Location loc, Value value, Type weftElement, Type wide);
/// Integer division with x / 0 = 0 and MIN / -1 = MIN.
Value emitIntDiv(ScalarBuilder s, Value x, Value y, bool isUnsigned);
/// Larger or smaller of two elements; NaN wins.
Value emitExtremum(ScalarBuilder s, Value x, Value y, bool isUnsigned, bool isMax);
/// x > y (or x < y) in the order of sort and arg reduction: NaN above everything.
Value emitIsBefore(ScalarBuilder s, Value x, Value y, bool isUnsigned, bool largest);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_SCALAR_H
