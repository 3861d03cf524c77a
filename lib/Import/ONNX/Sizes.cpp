// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on sizes that are known or index values.
#include "Sizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

namespace weft::importer {

std::optional<int64_t> known(Size size) {
  if (auto attr = dyn_cast_if_present<Attribute>(size))
    return cast<IntegerAttr>(attr).getInt();
  if (auto value = dyn_cast_if_present<Value>(size))
    if (auto constant = value.getDefiningOp<arith::ConstantIndexOp>())
      return constant.value();
  return std::nullopt;
}

bool isKnown(Size size, int64_t value) { return known(size) == value; }

std::optional<SmallVector<int64_t>> known(ArrayRef<Size> sizes) {
  SmallVector<int64_t> result;
  for (Size size : sizes) {
    std::optional<int64_t> value = known(size);
    if (!value)
      return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

void split(ArrayRef<Size> sizes, SmallVectorImpl<int64_t> &fixed, SmallVectorImpl<Value> &values) {
  for (Size size : sizes) {
    std::optional<int64_t> number = known(size);
    fixed.push_back(number.value_or(ShapedType::kDynamic));
    if (!number)
      values.push_back(cast<Value>(size));
  }
}

SmallVector<Size> SizeMath::of(ArrayRef<int64_t> values) const {
  SmallVector<Size> result;
  for (int64_t value : values)
    result.push_back(of(value));
  return result;
}

Value SizeMath::value(Size size) const {
  if (auto value = dyn_cast_if_present<Value>(size))
    return value;
  return arith::ConstantIndexOp::create(b, loc, cast<IntegerAttr>(cast<Attribute>(size)).getInt());
}

Size SizeMath::add(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c) {
    int64_t result;
    if (llvm::AddOverflow(*a, *c, result))
      result = *a < 0 ? INT64_MIN : INT64_MAX;
    return of(result);
  }
  if (a == 0)
    return y;
  if (c == 0)
    return x;
  return arith::AddIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::sub(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c) {
    int64_t result;
    if (llvm::SubOverflow(*a, *c, result))
      result = *a < 0 ? INT64_MIN : INT64_MAX;
    return of(result);
  }
  if (c == 0)
    return x;
  return arith::SubIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::mul(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c) {
    int64_t result;
    if (llvm::MulOverflow(*a, *c, result))
      result = (*a < 0) == (*c < 0) ? INT64_MAX : INT64_MIN;
    return of(result);
  }
  if (a == 1 || c == 0)
    return y;
  if (c == 1 || a == 0)
    return x;
  return arith::MulIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::floorDiv(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c && *c > 0)
    return of(llvm::divideFloorSigned(*a, *c));
  if (c == 1)
    return x;
  return arith::FloorDivSIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::ceilDiv(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c && *c > 0)
    return of(llvm::divideCeilSigned(*a, *c));
  if (c == 1)
    return x;
  return arith::CeilDivSIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::div(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  // Division by zero is 0, the smallest integer by -1 itself, as in docs/spec/elementwise.md#div.
  if (a && c)
    return of(*c == 0 ? 0 : *c == -1 ? static_cast<int64_t>(0 - static_cast<uint64_t>(*a)) : *a / *c);
  if (c == 1)
    return x;
  return arith::DivSIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::mod(Size x, Size y) const {
  // The remainder with the sign of the divisor.
  return sub(x, mul(floorDiv(x, y), y));
}

Size SizeMath::min(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c)
    return of(std::min(*a, *c));
  if (x == y)
    return x;
  return arith::MinSIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::max(Size x, Size y) const {
  std::optional<int64_t> a = known(x), c = known(y);
  if (a && c)
    return of(std::max(*a, *c));
  if (x == y)
    return x;
  return arith::MaxSIOp::create(b, loc, value(x), value(y)).getResult();
}

Size SizeMath::ifNegative(Size x, Size whenNegative) const {
  if (std::optional<int64_t> a = known(x))
    return *a < 0 ? whenNegative : x;
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value isNegative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, value(x), zero);
  return arith::SelectOp::create(b, loc, isNegative, value(whenNegative), value(x)).getResult();
}

Size SizeMath::product(ArrayRef<Size> sizes) const {
  Size result = of(1);
  for (Size size : sizes)
    result = mul(result, size);
  return result;
}

} // namespace weft::importer
