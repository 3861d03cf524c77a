// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on sizes that are known or index values, and the elements of small integer tensors as such
// sizes.
#ifndef WEFT_LIB_IMPORT_ONNX_SIZES_H
#define WEFT_LIB_IMPORT_ONNX_SIZES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/Sequence.h"

#include <optional>

namespace weft::importer {

using namespace mlir;

/// A size or index: a number (an index attribute) or an SSA value of type index.
using Size = OpFoldResult;

/// The number, when it is known.
std::optional<int64_t> known(Size size);
bool isKnown(Size size, int64_t value);
/// All numbers, when all are known.
std::optional<SmallVector<int64_t>> known(ArrayRef<Size> sizes);
/// lo, lo + 1 ... hi - 1.
inline SmallVector<int64_t> sequence(int64_t lo, int64_t hi) {
  return llvm::to_vector(llvm::seq<int64_t>(lo, std::max(lo, hi)));
}

/// Splits into the static list, with ShapedType::kDynamic at the places of the values.
void split(ArrayRef<Size> sizes, SmallVectorImpl<int64_t> &fixed, SmallVectorImpl<Value> &values);

/// Makes arith ops on index values, and folds what is known. Results that overflow int64 saturate.
class SizeMath {
public:
  SizeMath(OpBuilder &b, Location loc) : b(b), loc(loc) {}

  Size of(int64_t value) const { return b.getIndexAttr(value); }
  SmallVector<Size> of(ArrayRef<int64_t> values) const;
  Value value(Size size) const;
  Size add(Size x, Size y) const;
  Size sub(Size x, Size y) const;
  Size mul(Size x, Size y) const;
  /// Toward negative infinity; a known divisor must be positive.
  Size floorDiv(Size x, Size y) const;
  Size ceilDiv(Size x, Size y) const;
  /// Toward zero.
  Size div(Size x, Size y) const;
  Size mod(Size x, Size y) const;
  Size min(Size x, Size y) const;
  Size max(Size x, Size y) const;
  Size clamp(Size x, Size lo, Size hi) const { return min(max(x, lo), hi); }
  /// x < 0 ? whenNegative : x.
  Size ifNegative(Size x, Size whenNegative) const;
  /// Wraps a negative index once: x < 0 ? x + size : x.
  Size wrap(Size x, Size size) const { return ifNegative(x, add(x, size)); }
  Size product(ArrayRef<Size> sizes) const;

  OpBuilder &b;
  Location loc;
};

/// One element of a small tensor: an integer or boolean, a real number, or an index value.
struct Scalar {
  enum class Kind { Int, Float, Index } kind = Kind::Int;
  int64_t integer = 0;
  double real = 0;
  Value index;

  static Scalar ofInt(int64_t value) { return {Kind::Int, value, static_cast<double>(value), {}}; }
  static Scalar ofFloat(double value) { return {Kind::Float, 0, value, {}}; }
  static Scalar ofIndex(Value value) { return {Kind::Index, 0, 0, value}; }
  bool isConstant() const { return kind != Kind::Index; }
};

/// The elements of `tensor`, row-major, as far as they follow from constants and dims through ops on small
/// tensors; nullopt when some do not. Index arithmetic is added right behind the ops that it stands for.
std::optional<SmallVector<Scalar>> smallElements(Value tensor);
/// The same, when all are numbers.
std::optional<SmallVector<double>> constantNumbers(Value tensor);
std::optional<SmallVector<int64_t>> constantInts(Value tensor);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_SIZES_H
