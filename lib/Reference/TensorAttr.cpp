// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reference tensors from and to constant attributes, and as text.
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "weft/Reference/Tensor.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>

using namespace mlir;

namespace weft::reference {

/// Bits of an element where narrow ones are packed, low first; 0 where they are not.
static unsigned packedBits(Type element) {
  if (!element.isIntOrFloat() || element.isInteger(1))
    return 0;
  unsigned width = element.getIntOrFloatBitWidth();
  return width < 8 && 8 % width == 0 ? width : 0;
}

static Tensor unpack(Type element, ArrayRef<int64_t> shape, ArrayRef<char> data, unsigned bits) {
  Tensor result(element, shape);
  unsigned perByte = 8 / bits;
  for (int64_t i = 0; i < result.size(); ++i) {
    uint8_t code = static_cast<uint8_t>(data[i / perByte]) >> (i % perByte * bits) & ((1u << bits) - 1);
    if (result.isInteger())
      result.setInt(i, code);
    else
      result.mutableBytes()[i] = static_cast<char>(code);
  }
  return result;
}

static FailureOr<Tensor> fromResource(DenseResourceElementsAttr attribute, Tensor result) {
  AsmResourceBlob *blob = attribute.getRawHandle().getBlob();
  if (!blob)
    return failure();
  ArrayRef<char> data = blob->getData();
  if (unsigned bits = packedBits(result.getElementType())) {
    if (data.size() < llvm::divideCeil(static_cast<uint64_t>(result.size()) * bits, 8))
      return failure();
    return unpack(result.getElementType(), result.getShape(), data, bits);
  }
  int64_t bytes = result.size() * result.elementBytes();
  if (static_cast<int64_t>(data.size()) < bytes)
    return failure();
  std::memcpy(result.mutableBytes(), data.data(), bytes);
  return result;
}

FailureOr<Tensor> Tensor::fromAttribute(ElementsAttr attribute) {
  auto type = dyn_cast<RankedTensorType>(attribute.getType());
  if (!type || !type.hasStaticShape())
    return failure();
  Type element = type.getElementType();
  Tensor result(element, type.getShape());
  if (auto strings = dyn_cast<DenseStringElementsAttr>(attribute)) {
    ArrayRef<StringRef> data = strings.getRawStringData();
    for (int64_t i = 0; i < result.count; ++i)
      result.setString(i, data[data.size() == 1 ? 0 : i].str());
    return result;
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute)) {
    // Aligned bytes are used in place: weights are large and never written.
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    int64_t each = result.elementBytes();
    if (!blob || packedBits(element) ||
        reinterpret_cast<uintptr_t>(blob->getData().data()) % std::min<int64_t>(each, 8))
      return fromResource(resource, result);
    if (static_cast<int64_t>(blob->getData().size()) < result.count * each)
      return failure();
    result.storage->owned = {};
    result.storage->data = blob->getData().data();
    return result;
  }
  auto dense = dyn_cast<DenseElementsAttr>(attribute);
  if (!dense)
    return failure();
  if (result.isInteger()) {
    bool isZeroExtended = result.isUnsigned() || result.isBool();
    if (dense.isSplat()) {
      APInt value = dense.getSplatValue<APInt>();
      for (int64_t i = 0; i < result.count; ++i)
        result.setInt(i, isZeroExtended ? value.getZExtValue() : value.getSExtValue());
      return result;
    }
    for (auto [i, value] : llvm::enumerate(dense.getValues<APInt>()))
      result.setInt(i, isZeroExtended ? value.getZExtValue() : value.getSExtValue());
    return result;
  }
  if (result.code == Code::Small) {
    for (auto [i, value] : llvm::enumerate(dense.getValues<APFloat>()))
      result.at<uint8_t>(i) = static_cast<uint8_t>(value.bitcastToAPInt().getZExtValue());
    return result;
  }
  ArrayRef<char> raw = dense.getRawData();
  int64_t each = result.elementBytes();
  for (int64_t i = 0; dense.isSplat() && i < result.count; ++i)
    std::memcpy(result.storage->owned.data() + i * each, raw.data(), each);
  if (!dense.isSplat())
    std::memcpy(result.storage->owned.data(), raw.data(), result.count * each);
  return result;
}

/// Whether all elements have the same bytes.
static bool isSplat(const Tensor &tensor) {
  int64_t each = tensor.elementBytes();
  for (int64_t i = 1; i < tensor.size(); ++i)
    if (std::memcmp(tensor.bytes(), tensor.bytes() + i * each, each) != 0)
      return false;
  return tensor.size() > 0;
}

ElementsAttr Tensor::toAttribute() const {
  /// Constants up to this many bytes are kept in the attribute; larger ones are resources, so that
  /// text and hashing of the IR stay small.
  constexpr int64_t maxDenseBytes = 1024;
  RankedTensorType type = getType();
  if (isString()) {
    SmallVector<StringRef> texts(storage->strings.begin(), storage->strings.end());
    return DenseStringElementsAttr::get(type, texts);
  }
  bool isAllEqual = isSplat(*this);
  if (isAllEqual || count * elementBytes() <= maxDenseBytes) {
    int64_t kept = isAllEqual ? 1 : count;
    if (isInteger()) {
      SmallVector<APInt> values;
      unsigned bits = isa<IntegerType>(elementType) ? width : 64;
      for (int64_t i = 0; i < kept; ++i)
        values.push_back(APInt(bits, static_cast<uint64_t>(getInt(i)),
                               /*isSigned=*/!isUnsigned() && !isBool(),
                               /*implicitTrunc=*/true));
      return DenseElementsAttr::get(type, values);
    }
    if (code == Code::Small) {
      const llvm::fltSemantics &semantics = cast<FloatType>(elementType).getFloatSemantics();
      SmallVector<APFloat> values;
      unsigned bits = elementType.getIntOrFloatBitWidth();
      for (int64_t i = 0; i < kept; ++i)
        values.push_back(APFloat(semantics, APInt(bits, at<uint8_t>(i) & ((1u << bits) - 1))));
      return DenseElementsAttr::get(type, values);
    }
    return DenseElementsAttr::getFromRawBuffer(type, ArrayRef<char>(bytes(), kept * elementBytes()));
  }
  constexpr size_t blobAlignment = 64;
  std::vector<char> packed;
  ArrayRef<char> data(bytes(), count * elementBytes());
  if (unsigned bits = packedBits(elementType)) {
    unsigned perByte = 8 / bits;
    packed.resize(llvm::divideCeil(count, perByte));
    for (int64_t i = 0; i < count; ++i)
      packed[i / perByte] |= static_cast<char>((at<uint8_t>(i) & ((1u << bits) - 1)) << (i % perByte * bits));
    data = packed;
  }
  return DenseResourceElementsAttr::get(type, "folded",
                                        HeapAsmResourceBlob::allocateAndCopyWithAlign(data, blobAlignment));
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// The shortest decimal that rounds to `value` in `type`; of types narrower than f32 in f32, which shows
/// their exact values.
static std::string shortestText(double value, Type type) {
  if (type.getIntOrFloatBitWidth() < 32)
    type = Float32Type::get(type.getContext());
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  constexpr int maxDigits = 17;
  char text[64];
  for (int digits = 1; digits <= maxDigits; ++digits) {
    std::snprintf(text, sizeof(text), "%.*g", digits, value);
    if (roundToType(std::strtod(text, nullptr), type) == value)
      break;
  }
  std::string result = text;
  if (result.find_first_of(".e") == std::string::npos)
    result += ".0";
  return result;
}

static void printElement(llvm::raw_ostream &os, const Tensor &tensor, int64_t i) {
  if (tensor.isString()) {
    os << '"';
    os.write_escaped(tensor.getString(i)) << '"';
  } else if (tensor.isBool()) {
    os << (tensor.getInt(i) ? "true" : "false");
  } else if (tensor.isInteger()) {
    if (tensor.isUnsigned())
      os << static_cast<uint64_t>(tensor.getInt(i));
    else
      os << tensor.getInt(i);
  } else if (tensor.isComplex()) {
    std::complex<double> value = tensor.getComplex(i);
    Type part = cast<ComplexType>(tensor.getElementType()).getElementType();
    os << '(' << shortestText(value.real(), part) << ", " << shortestText(value.imag(), part) << ')';
  } else {
    os << shortestText(tensor.getFloat(i), tensor.getElementType());
  }
}

static void printDims(llvm::raw_ostream &os, const Tensor &tensor, int64_t axis, int64_t &next,
                      int64_t limit) {
  if (axis == tensor.getRank()) {
    printElement(os, tensor, next++);
    return;
  }
  os << '[';
  for (int64_t i = 0; i < tensor.getDim(axis); ++i) {
    if (i > 0)
      os << ", ";
    if (next >= limit) {
      os << "...";
      break;
    }
    printDims(os, tensor, axis + 1, next, limit);
  }
  os << ']';
}

std::string Tensor::str(int64_t limit) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  int64_t next = 0;
  printDims(os, *this, 0, next, limit);
  return text;
}

} // namespace weft::reference
