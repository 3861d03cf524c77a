// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element storage of reference tensors: access, rounding, conversion.
#include "weft/Reference/Tensor.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "lib/Reference/FloatFormat.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <cmath>
#include <cstring>

using namespace mlir;

namespace weft::reference {

int64_t countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Shape rowMajorStrides(ArrayRef<int64_t> shape) {
  Shape strides(shape.size(), 1);
  for (int64_t axis = static_cast<int64_t>(shape.size()) - 2; axis >= 0; --axis)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

void Tensor::setType(Type type) {
  elementType = type;
  if (auto quantised = dyn_cast<quant::QuantizedType>(type))
    type = IntegerType::get(type.getContext(), quantised.getStorageTypeIntegralWidth(),
                            quantised.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
  if (isa<mlir::weft::StringType>(type)) {
    code = Code::String;
    return;
  }
  if (auto complex = dyn_cast<ComplexType>(type)) {
    code = complex.getElementType().isF64() ? Code::C128 : Code::C64;
    return;
  }
  if (type.isIndex())
    type = IntegerType::get(type.getContext(), 64);
  if (auto integer = dyn_cast<IntegerType>(type)) {
    width = integer.getWidth();
    bool isUnsignedType = integer.isUnsigned();
    if (width == 1 && !isUnsignedType)
      code = Code::Bool;
    else if (width <= 8)
      code = isUnsignedType ? Code::U8 : Code::S8;
    else if (width <= 16)
      code = isUnsignedType ? Code::U16 : Code::S16;
    else if (width <= 32)
      code = isUnsignedType ? Code::U32 : Code::S32;
    else
      code = isUnsignedType ? Code::U64 : Code::S64;
    return;
  }
  code = type.isF64()    ? Code::F64
         : type.isF32()  ? Code::F32
         : type.isF16()  ? Code::F16
         : type.isBF16() ? Code::BF16
                         : Code::Small;
}

int64_t Tensor::elementBytes() const {
  switch (code) {
  case Code::Bool:
  case Code::S8:
  case Code::U8:
  case Code::Small:
    return 1;
  case Code::S16:
  case Code::U16:
  case Code::F16:
  case Code::BF16:
    return 2;
  case Code::S32:
  case Code::U32:
  case Code::F32:
    return 4;
  case Code::S64:
  case Code::U64:
  case Code::F64:
  case Code::C64:
    return 8;
  case Code::C128:
    return 16;
  case Code::String:
    return 0;
  }
  llvm_unreachable("internal: unknown storage code");
}

Tensor::Tensor(Type type, ArrayRef<int64_t> newShape) : shape(newShape), count(countElements(newShape)) {
  setType(type);
  storage = std::make_shared<Storage>();
  if (code == Code::String)
    storage->strings.resize(count);
  else
    storage->owned.resize(count * elementBytes());
  storage->data = storage->owned.data();
}

Tensor Tensor::scalar(Type type, double value) {
  Tensor result(type, {});
  result.setNumber(0, value);
  return result;
}

Tensor Tensor::scalarInt(Type type, int64_t value) {
  Tensor result(type, {});
  result.setInt(0, value);
  return result;
}

RankedTensorType Tensor::getType() const { return RankedTensorType::get(shape, elementType); }
bool Tensor::isFloat() const { return code >= Code::Small && code <= Code::F64; }
bool Tensor::isInteger() const { return code <= Code::U64; }
bool Tensor::isBool() const { return code == Code::Bool; }
bool Tensor::isString() const { return code == Code::String; }
bool Tensor::isComplex() const { return code == Code::C64 || code == Code::C128; }
bool Tensor::isUnsigned() const {
  return code == Code::U8 || code == Code::U16 || code == Code::U32 || code == Code::U64;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

double Tensor::getFloat(int64_t i) const {
  switch (code) {
  case Code::F32:
    return at<float>(i);
  case Code::F64:
    return at<double>(i);
  case Code::F16:
    return decodeFloat<5, 10>(at<uint16_t>(i));
  case Code::BF16:
    return decodeFloat<8, 7>(at<uint16_t>(i));
  case Code::Small:
    return decodeSmallFloat(elementType, at<uint8_t>(i));
  case Code::U64:
    return static_cast<double>(at<uint64_t>(i));
  case Code::C64:
  case Code::C128:
    return getComplex(i).real();
  default:
    return static_cast<double>(getInt(i));
  }
}

int64_t Tensor::getInt(int64_t i) const {
  switch (code) {
  case Code::Bool:
    return at<uint8_t>(i) != 0;
  case Code::S8:
    return at<int8_t>(i);
  case Code::U8:
    return at<uint8_t>(i);
  case Code::S16:
    return at<int16_t>(i);
  case Code::U16:
    return at<uint16_t>(i);
  case Code::S32:
    return at<int32_t>(i);
  case Code::U32:
    return at<uint32_t>(i);
  case Code::S64:
  case Code::U64:
    return at<int64_t>(i);
  default:
    llvm_unreachable("internal: getInt of a tensor that holds no integers");
  }
}

std::complex<double> Tensor::getComplex(int64_t i) const {
  if (code == Code::C64)
    return {at<float>(2 * i), at<float>(2 * i + 1)};
  if (code == Code::C128)
    return {at<double>(2 * i), at<double>(2 * i + 1)};
  return getFloat(i);
}

const std::string &Tensor::getString(int64_t i) const {
  assert(isString() && "internal: getString of a tensor that holds no strings");
  return storage->strings[i];
}

void Tensor::setFloat(int64_t i, double value) {
  switch (code) {
  case Code::F32:
    at<float>(i) = static_cast<float>(value);
    return;
  case Code::F64:
    at<double>(i) = value;
    return;
  case Code::F16:
    at<uint16_t>(i) = encodeFloat<5, 10>(value);
    return;
  case Code::BF16:
    at<uint16_t>(i) = encodeFloat<8, 7>(value);
    return;
  case Code::Small:
    at<uint8_t>(i) = encodeSmallFloat(elementType, value);
    return;
  default:
    llvm_unreachable("internal: setFloat of a tensor that holds no floats");
  }
}

void Tensor::setInt(int64_t i, int64_t value) {
  if (width < 64 && code != Code::Bool) {
    unsigned shift = 64 - width;
    value = isUnsigned() ? static_cast<int64_t>(static_cast<uint64_t>(value) << shift >> shift)
                         : static_cast<int64_t>(static_cast<uint64_t>(value) << shift) >> shift;
  }
  switch (code) {
  case Code::Bool:
    at<uint8_t>(i) = value & 1;
    return;
  case Code::S8:
  case Code::U8:
    at<uint8_t>(i) = static_cast<uint8_t>(value);
    return;
  case Code::S16:
  case Code::U16:
    at<uint16_t>(i) = static_cast<uint16_t>(value);
    return;
  case Code::S32:
  case Code::U32:
    at<uint32_t>(i) = static_cast<uint32_t>(value);
    return;
  case Code::S64:
  case Code::U64:
    at<int64_t>(i) = value;
    return;
  default:
    llvm_unreachable("internal: setInt of a tensor that holds no integers");
  }
}

void Tensor::setComplex(int64_t i, std::complex<double> value) {
  if (code == Code::C64) {
    at<float>(2 * i) = static_cast<float>(value.real());
    at<float>(2 * i + 1) = static_cast<float>(value.imag());
    return;
  }
  assert(code == Code::C128 && "internal: setComplex of a tensor that is not complex");
  at<double>(2 * i) = value.real();
  at<double>(2 * i + 1) = value.imag();
}

void Tensor::setString(int64_t i, std::string value) { storage->strings[i] = std::move(value); }

void Tensor::setNumber(int64_t i, double value) {
  if (isComplex())
    setComplex(i, value);
  else if (isFloat())
    setFloat(i, value);
  else
    setInt(i, static_cast<int64_t>(value));
}

void Tensor::copyElement(int64_t i, const Tensor &from, int64_t j) {
  if (isString()) {
    storage->strings[i] = from.storage->strings[j];
    return;
  }
  int64_t bytesEach = elementBytes();
  std::memcpy(storage->owned.data() + i * bytesEach, from.storage->data + j * bytesEach, bytesEach);
}

//===----------------------------------------------------------------------===//
// Whole tensors
//===----------------------------------------------------------------------===//

template <typename T> void Tensor::convertTo(std::vector<T> &out) const {
  out.resize(count);
  auto copy = [&](auto zero) {
    using From = decltype(zero);
    const From *data = reinterpret_cast<const From *>(storage->data);
    for (int64_t i = 0; i < count; ++i)
      out[i] = static_cast<T>(data[i]);
  };
  switch (code) {
  case Code::F32:
    return copy(float());
  case Code::F64:
    return copy(double());
  case Code::Bool:
  case Code::U8:
    return copy(uint8_t());
  case Code::S8:
    return copy(int8_t());
  case Code::S32:
    return copy(int32_t());
  case Code::S64:
    return copy(int64_t());
  default:
    for (int64_t i = 0; i < count; ++i)
      out[i] = static_cast<T>(isInteger() && std::is_integral_v<T> ? getInt(i) : getFloat(i));
  }
}

std::vector<double> Tensor::toDoubles() const {
  std::vector<double> out;
  convertTo(out);
  return out;
}

std::vector<int64_t> Tensor::toInts() const {
  std::vector<int64_t> out;
  convertTo(out);
  return out;
}

Tensor Tensor::fromDoubles(Type type, ArrayRef<int64_t> shape, ArrayRef<double> values) {
  Tensor result(type, shape);
  for (int64_t i = 0; i < result.count; ++i)
    result.setNumber(i, values[i]);
  return result;
}

Tensor Tensor::fromInts(Type type, ArrayRef<int64_t> shape, ArrayRef<int64_t> values) {
  Tensor result(type, shape);
  for (int64_t i = 0; i < result.count; ++i)
    result.setInt(i, values[i]);
  return result;
}

Tensor Tensor::reshaped(ArrayRef<int64_t> newShape) const {
  assert(countElements(newShape) == count && "internal: a reshape keeps the number of elements");
  Tensor result = *this;
  result.shape.assign(newShape.begin(), newShape.end());
  return result;
}

Tensor Tensor::bitcast(Type newElementType) const {
  Tensor result = *this;
  result.setType(newElementType);
  assert(result.elementBytes() == elementBytes() && "internal: a bitcast keeps the width");
  if (result.isInteger() && result.width < 8) {
    // Unpacked storage of narrow integers is sign- or zero-extended, by the type.
    Tensor extended(newElementType, shape);
    for (int64_t i = 0; i < count; ++i)
      extended.setInt(i, at<int8_t>(i));
    return extended;
  }
  if (elementType.getIntOrFloatBitWidth() < 8) {
    Tensor masked(newElementType, shape);
    for (int64_t i = 0; i < count; ++i)
      masked.at<uint8_t>(i) = at<uint8_t>(i) & ((1u << elementType.getIntOrFloatBitWidth()) - 1);
    return masked;
  }
  return result;
}

const char *Tensor::bytes() const { return storage->data; }

char *Tensor::mutableBytes() {
  assert(storage->data == storage->owned.data() && "internal: a constant's bytes cannot be written");
  return storage->owned.data();
}

double roundToType(double value, Type type) {
  if (type.isF64() || !isa<FloatType>(type))
    return value;
  if (type.isF32())
    return static_cast<float>(value);
  Tensor cell(type, {});
  cell.setFloat(0, value);
  return cell.getFloat(0);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value Value::sequence(std::vector<Value> elements, Type type) {
  Value value;
  value.kind = Kind::Sequence;
  value.elements = std::make_shared<std::vector<Value>>(std::move(elements));
  value.type = type;
  return value;
}

Value Value::optional(Type type) {
  Value value;
  value.kind = Kind::Optional;
  value.elements = std::make_shared<std::vector<Value>>();
  value.type = type;
  return value;
}

Value Value::optional(Value present, Type type) {
  Value value = optional(type);
  value.elements->push_back(std::move(present));
  return value;
}

Value Value::index(MLIRContext *context, int64_t value) {
  return Tensor::scalarInt(IndexType::get(context), value);
}

const Tensor &Value::getTensor() const {
  assert(isTensor() && "internal: the value is no tensor");
  return tensor;
}

int64_t Value::getIndex() const { return getTensor().getInt(0); }

const std::vector<Value> &Value::getElements() const {
  assert(isSequence() && "internal: the value is no sequence");
  return *elements;
}

bool Value::hasValue() const { return isOptional() && !elements->empty(); }
const Value &Value::getOptional() const { return elements->front(); }
Type Value::getType() const { return isTensor() ? Type(tensor.getType()) : type; }

} // namespace weft::reference
