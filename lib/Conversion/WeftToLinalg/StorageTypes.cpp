// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How weft elements lie in memory: storage types and the storage form of constants.
#include "Support.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

/// Bits of an element of 8 bits or fewer that is stored in a byte of its own; 0 for all other elements.
static unsigned getByteStoredWidth(Type element) {
  if (auto integer = dyn_cast<IntegerType>(element))
    return integer.getWidth() > 1 && integer.getWidth() < 8 ? integer.getWidth() : 0;
  if (auto real = dyn_cast<FloatType>(element))
    return real.getWidth() <= 8 ? real.getWidth() : 0;
  return 0;
}

Type getStorageElementType(Type element) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    return getStorageElementType(quantized.getStorageType());
  MLIRContext *context = element.getContext();
  if (getByteStoredWidth(element))
    return IntegerType::get(context, 8);
  if (auto integer = dyn_cast<IntegerType>(element))
    return IntegerType::get(context, integer.getWidth());
  if (isa<FloatType, ComplexType, IndexType>(element))
    return element;
  return nullptr;
}

RankedTensorType getStorageType(RankedTensorType type) {
  Type element = getStorageElementType(type.getElementType());
  return element ? RankedTensorType::get(type.getShape(), element) : RankedTensorType();
}

bool isUnsignedElement(Type element) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    return !quantized.isSigned();
  return element.isUnsignedInteger() || element.isInteger(1);
}

Type getComputeFloatType(Type element) {
  return element.isF64() ? element : Type(Float32Type::get(element.getContext()));
}

/// Bytes of packed sub-byte elements (low bits first), one byte each, integers extended by their sign.
static SmallVector<int8_t> unpack(ArrayRef<char> packed, int64_t count, unsigned width, bool isSigned) {
  SmallVector<int8_t> bytes(count);
  for (int64_t i = 0; i < count; ++i) {
    int64_t bit = i * width;
    unsigned value = static_cast<uint8_t>(packed[bit / 8]) >> (bit % 8);
    if (bit % 8 + width > 8)
      value |= static_cast<uint8_t>(packed[bit / 8 + 1]) << (8 - bit % 8);
    value &= (1u << width) - 1;
    bool negative = isSigned && (value >> (width - 1)) != 0;
    bytes[i] = static_cast<int8_t>(negative ? value | (~0u << width) : value);
  }
  return bytes;
}

ElementsAttr getStorageElements(ElementsAttr value) {
  auto type = cast<RankedTensorType>(value.getType());
  RankedTensorType storage = getStorageType(type);
  if (!storage)
    return nullptr;
  if (storage == type)
    return value;
  Type element = type.getElementType();
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    element = quantized.getStorageType();
  unsigned width = getByteStoredWidth(element);
  bool isSigned = isa<IntegerType>(element) && !element.isUnsignedInteger();

  if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(value)) {
    dense = cast<DenseIntOrFPElementsAttr>(DenseElementsAttr::getFromRawBuffer(
        RankedTensorType::get(type.getShape(), element), dense.getRawData()));
    if (!width || width == 8) {
      ShapedType bits = RankedTensorType::get(type.getShape(), storage.getElementType());
      return cast<ElementsAttr>(DenseElementsAttr::getFromRawBuffer(bits, dense.getRawData()));
    }
    auto toByte = [&](const APInt &bits) { return isSigned ? bits.sext(8) : bits.zext(8); };
    if (isa<FloatType>(element))
      return dense.mapValues(storage.getElementType(),
                             [&](const APFloat &x) { return toByte(x.bitcastToAPInt()); });
    return dense.mapValues(storage.getElementType(), [&](const APInt &x) { return toByte(x); });
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    if (!width || width == 8)
      return DenseResourceElementsAttr::get(storage, resource.getRawHandle());
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return nullptr;
    return cast<ElementsAttr>(DenseElementsAttr::get(
        storage, ArrayRef<int8_t>(unpack(blob->getData(), type.getNumElements(), width, isSigned))));
  }
  return nullptr;
}

TypedAttr getSplatValue(Value value) {
  auto constant = value.getDefiningOp<w::ConstantOp>();
  if (!constant)
    return nullptr;
  ElementsAttr elements = constant.getValue();
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense || !dense.isSplat())
    return nullptr;
  auto storage = dyn_cast_or_null<DenseElementsAttr>(getStorageElements(elements));
  return storage ? dyn_cast<TypedAttr>(storage.getSplatValue<Attribute>()) : nullptr;
}

StorageTypeConverter::StorageTypeConverter() {
  addConversion([](Type type) { return type; });
  addConversion([](RankedTensorType type) -> std::optional<Type> {
    RankedTensorType storage = getStorageType(type);
    return storage ? std::optional<Type>(storage) : std::nullopt;
  });
  auto castTo = [](OpBuilder &b, Type type, ValueRange inputs, Location loc) -> Value {
    return UnrealizedConversionCastOp::create(b, loc, type, inputs).getResult(0);
  };
  addSourceMaterialization(castTo);
  addTargetMaterialization(castTo);
}

} // namespace weft::conversion
