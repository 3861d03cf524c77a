// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element types and tensor data: checked against dims and file sizes, then made constants without copying
// large ones.
#include "Model.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MathExtras.h"

namespace weft::importer {
using onnx::TensorProto;

Type elementType(MLIRContext *context, int32_t dataType) {
  Builder b(context);
  auto unsignedType = [&](unsigned width) { return IntegerType::get(context, width, IntegerType::Unsigned); };
  switch (dataType) {
  case TensorProto::FLOAT:
    return b.getF32Type();
  case TensorProto::DOUBLE:
    return b.getF64Type();
  case TensorProto::FLOAT16:
    return b.getF16Type();
  case TensorProto::BFLOAT16:
    return b.getBF16Type();
  case TensorProto::FLOAT8E4M3FN:
    return Float8E4M3FNType::get(context);
  case TensorProto::FLOAT8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case TensorProto::FLOAT8E5M2:
    return Float8E5M2Type::get(context);
  case TensorProto::FLOAT8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case TensorProto::FLOAT8E8M0:
    return Float8E8M0FNUType::get(context);
  case TensorProto::FLOAT4E2M1:
    return Float4E2M1FNType::get(context);
  case TensorProto::FLOAT6E2M3:
    return Float6E2M3FNType::get(context);
  case TensorProto::FLOAT6E3M2:
    return Float6E3M2FNType::get(context);
  case TensorProto::BOOL:
    return b.getI1Type();
  case TensorProto::INT2:
    return b.getIntegerType(2);
  case TensorProto::INT4:
    return b.getIntegerType(4);
  case TensorProto::INT8:
    return b.getIntegerType(8);
  case TensorProto::INT16:
    return b.getIntegerType(16);
  case TensorProto::INT32:
    return b.getIntegerType(32);
  case TensorProto::INT64:
    return b.getIntegerType(64);
  case TensorProto::UINT2:
    return unsignedType(2);
  case TensorProto::UINT4:
    return unsignedType(4);
  case TensorProto::UINT8:
    return unsignedType(8);
  case TensorProto::UINT16:
    return unsignedType(16);
  case TensorProto::UINT32:
    return unsignedType(32);
  case TensorProto::UINT64:
    return unsignedType(64);
  case TensorProto::COMPLEX64:
    return ComplexType::get(b.getF32Type());
  case TensorProto::COMPLEX128:
    return ComplexType::get(b.getF64Type());
  case TensorProto::STRING:
    return mlir::weft::StringType::get(context);
  default:
    return Type();
  }
}

std::string dataTypeName(int32_t dataType) {
  if (onnx::TensorProto_DataType_IsValid(dataType))
    return llvm::StringRef(onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(dataType)))
        .lower();
  return "data type " + std::to_string(dataType);
}

unsigned storedBits(Type element) {
  if (isa<mlir::weft::StringType>(element))
    return 0;
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * complex.getElementType().getIntOrFloatBitWidth();
  unsigned width = element.getIntOrFloatBitWidth();
  // Six-bit floats take a byte each; bool too.
  return width == 1 || width == 6 ? 8 : width;
}

std::optional<int64_t> countElements(ArrayRef<int64_t> dims) {
  int64_t count = 1;
  bool isEmpty = llvm::is_contained(dims, 0);
  for (int64_t dim : dims)
    if (!isEmpty && llvm::MulOverflow(count, dim, count))
      return std::nullopt;
  return isEmpty ? 0 : count;
}

/// An entry of `external_data`, or empty.
static StringRef externalEntry(const TensorProto &tensor, StringRef key) {
  for (const onnx::StringStringEntryProto &entry : tensor.external_data())
    if (entry.key() == key)
      return entry.value();
  return {};
}

std::optional<ArrayRef<char>> TensorReader::rawBytes(const TensorProto &tensor, Layout &result) {
  std::string &error = result.error;
  auto slice = [&](StringRef whole, uint64_t offset, uint64_t length) -> std::optional<ArrayRef<char>> {
    if (offset > whole.size() || length > whole.size() - offset) {
      error = "expected its data inside the file of " + std::to_string(whole.size()) +
              " bytes, but it is said to lie at " + std::to_string(offset) + " with " +
              std::to_string(length) + " bytes";
      return std::nullopt;
    }
    return ArrayRef<char>(whole.data() + offset, length);
  };
  uint64_t offset = 0, length = 0;
  if (StringRef place = externalEntry(tensor, "weft.raw"); !place.empty()) {
    auto [first, second] = place.split(':');
    if (first.getAsInteger(10, offset) || second.getAsInteger(10, length)) {
      error = "its data has a malformed place";
      return std::nullopt;
    }
    return slice(model->file->getBuffer(), offset, length);
  }
  if (tensor.data_location() != TensorProto::EXTERNAL) {
    if (!tensor.has_raw_data())
      return std::nullopt;
    return ArrayRef<char>(tensor.raw_data().data(), tensor.raw_data().size());
  }
  StringRef path = externalEntry(tensor, "location");
  llvm::MemoryBuffer *file = model->external(path, error);
  if (!file) {
    result.badFile = path.str();
    return std::nullopt;
  }
  StringRef offsetText = externalEntry(tensor, "offset"), lengthText = externalEntry(tensor, "length");
  if ((!offsetText.empty() && offsetText.getAsInteger(10, offset)) ||
      (!lengthText.empty() && lengthText.getAsInteger(10, length))) {
    error = "expected numbers as offset and length of its external data, but got '" + offsetText.str() +
            "' and '" + lengthText.str() + "'";
    return std::nullopt;
  }
  if (lengthText.empty() && offset <= file->getBufferSize())
    length = file->getBufferSize() - offset;
  std::optional<ArrayRef<char>> bytes = slice(file->getBuffer(), offset, length);
  if (!bytes)
    result.badFile = path.str();
  return bytes;
}

/// How many numbers the typed field that belongs to the element type holds.
int64_t TensorReader::typedCount(const TensorProto &tensor, Type element) {
  if (isa<mlir::weft::StringType>(element))
    return tensor.string_data_size();
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType().isF32() ? tensor.float_data_size() : tensor.double_data_size();
  if (element.isF32())
    return tensor.float_data_size();
  if (element.isF64())
    return tensor.double_data_size();
  if (element.isSignlessInteger(64))
    return tensor.int64_data_size();
  if (element.isUnsignedInteger(64) || element.isUnsignedInteger(32))
    return tensor.uint64_data_size();
  return tensor.int32_data_size();
}

TensorReader::Layout TensorReader::layout(const TensorProto &tensor) {
  Layout result;
  auto wrong = [&](const llvm::Twine &message) {
    result.error = message.str();
    return result;
  };
  Type element = elementType(context, tensor.data_type());
  if (!element)
    return wrong("expected a known element type, but got " + dataTypeName(tensor.data_type()));
  if (tensor.has_segment())
    return wrong("expected a whole tensor, but got a segment of one");
  SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  // No tensor that anybody uses has more; what walks over dims may assume it.
  if (dims.size() > 64)
    return wrong("expected at most 64 dims, but got " + llvm::Twine(dims.size()));
  for (int64_t dim : dims)
    if (dim < 0)
      return wrong("expected dims of at least 0, but got " + llvm::Twine(dim));
  std::optional<int64_t> count = countElements(dims);
  unsigned bits = storedBits(element);
  int64_t totalBits = 0;
  if (!count || llvm::MulOverflow(*count, static_cast<int64_t>(std::max(bits, 1u)), totalBits))
    return wrong("expected a size that fits in 63 bits, but its dims multiply to more");
  result.type = RankedTensorType::get(dims, element);
  result.count = *count;
  result.bytes = static_cast<int64_t>(llvm::divideCeil(static_cast<uint64_t>(totalBits), 8));
  result.raw = rawBytes(tensor, result);
  if (!result.error.empty())
    return result;
  if (isa<mlir::weft::StringType>(element)) {
    if (result.raw)
      return wrong("expected strings in string_data, but got raw data");
    result.bytes = 0;
  }
  if (result.raw) {
    if (static_cast<int64_t>(result.raw->size()) != result.bytes)
      return wrong("expected " + llvm::Twine(result.bytes) + " bytes of data for its dims, but got " +
                   llvm::Twine(result.raw->size()));
    return result;
  }
  int64_t stored = typedCount(tensor, element);
  int64_t expected = result.count;
  if (isa<ComplexType>(element))
    expected *= 2;
  else if (bits && bits < 8)
    expected = result.bytes;
  if (stored != expected)
    return wrong("expected " + llvm::Twine(expected) + " numbers of data for its dims, but got " +
                 llvm::Twine(stored));
  return result;
}

std::string TensorReader::check(const TensorProto &tensor, std::string *badFile) {
  Layout result = layout(tensor);
  if (badFile)
    *badFile = result.badFile;
  return result.error;
}

/// The bytes of the typed field as ONNX's raw form has them. `owned` holds them where they had to be
/// converted.
static ArrayRef<char> typedBytes(const TensorProto &tensor, Type element, unsigned bits,
                                 std::vector<char> &owned) {
  auto view = [](const auto &field) {
    return ArrayRef<char>(reinterpret_cast<const char *>(field.data()), field.size() * sizeof(*field.data()));
  };
  auto narrow = [&](const auto &field, unsigned bytes) {
    owned.resize(static_cast<size_t>(field.size()) * bytes);
    for (auto [i, value] : llvm::enumerate(field)) {
      uint64_t wide = static_cast<uint64_t>(value);
      std::memcpy(owned.data() + i * bytes, &wide, bytes);
    }
    return ArrayRef<char>(owned);
  };
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType().isF32() ? view(tensor.float_data()) : view(tensor.double_data());
  if (element.isF32())
    return view(tensor.float_data());
  if (element.isF64())
    return view(tensor.double_data());
  if (element.isSignlessInteger(64))
    return view(tensor.int64_data());
  if (element.isUnsignedInteger(64))
    return view(tensor.uint64_data());
  if (element.isUnsignedInteger(32))
    return narrow(tensor.uint64_data(), 4);
  if (element.isSignlessInteger(32))
    return view(tensor.int32_data());
  return narrow(tensor.int32_data(), std::max(bits / 8, 1u));
}

ElementsAttr TensorReader::read(const TensorProto &tensor, StringRef name) {
  Layout place = layout(tensor);
  assert(place.error.empty() && "internal: tensors are checked before they are read");
  Type element = place.type.getElementType();
  if (isa<mlir::weft::StringType>(element)) {
    SmallVector<StringRef> strings(tensor.string_data().begin(), tensor.string_data().end());
    return DenseStringElementsAttr::get(place.type, strings);
  }
  std::vector<char> owned;
  ArrayRef<char> bytes = place.raw ? *place.raw : typedBytes(tensor, element, storedBits(element), owned);
  if (owned.empty() || place.bytes <= kDenseBytes)
    return makeConstant(place.type, bytes, name, model);
  auto keep = std::make_shared<std::vector<char>>(std::move(owned));
  return makeConstant(place.type, *keep, name, keep);
}

/// Spreads packed elements of fewer than 8 bits, low bits first, to a byte each.
static std::vector<char> spreadSubByte(ArrayRef<char> packed, int64_t count, unsigned bits) {
  std::vector<char> spread(count);
  unsigned perByte = 8 / bits;
  for (int64_t i = 0; i < count; ++i)
    spread[i] = static_cast<char>((static_cast<uint8_t>(packed[i / perByte]) >> (i % perByte * bits)) &
                                  ((1u << bits) - 1));
  return spread;
}

ElementsAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes, StringRef name,
                          std::shared_ptr<void> owner) {
  Type element = type.getElementType();
  int64_t count = type.getNumElements();
  if (static_cast<int64_t>(bytes.size()) > kDenseBytes) {
    // The greatest power of two that divides the address, 64 at most: what a reader may rely on.
    size_t alignment = size_t(1) << llvm::countr_zero(reinterpret_cast<uintptr_t>(bytes.data()) | 64);
    AsmResourceBlob blob(
        bytes, alignment, [owner = std::move(owner)](void *, size_t, size_t) {}, /*dataIsMutable=*/false);
    return DenseResourceElementsAttr::get(type, name, std::move(blob));
  }
  if (count == 0)
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  if (element.isInteger(1)) {
    SmallVector<bool> values;
    for (char byte : bytes)
      values.push_back(byte != 0);
    return DenseElementsAttr::get(type, values);
  }
  unsigned bits = storedBits(element);
  std::vector<char> spread;
  if (bits < 8) {
    spread = spreadSubByte(bytes, count, bits);
    bytes = spread;
  }
  return DenseElementsAttr::getFromRawBuffer(type, bytes);
}

std::optional<std::vector<char>> unpackBytes(ElementsAttr value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || isa<mlir::weft::StringType>(type.getElementType()))
    return std::nullopt;
  unsigned bits = storedBits(type.getElementType());
  int64_t count = type.getNumElements();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    ArrayRef<char> data = blob->getData();
    if (data.size() * 8 < static_cast<uint64_t>(count) * bits)
      return std::nullopt;
    return bits < 8 ? spreadSubByte(data, count, bits) : std::vector<char>(data.begin(), data.end());
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return std::nullopt;
  unsigned bytes = std::max(bits / 8, 1u);
  if (static_cast<uint64_t>(count) > (uint64_t(1) << 32) / bytes)
    return std::nullopt;
  std::vector<char> result(count * bytes);
  if (type.getElementType().isInteger(1)) {
    for (auto [i, bit] : llvm::enumerate(dense.getValues<bool>()))
      result[i] = bit;
    return result;
  }
  ArrayRef<char> raw = dense.getRawData();
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(result.data() + i * bytes, raw.data() + (dense.isSplat() ? 0 : i * bytes), bytes);
  return result;
}

//===----------------------------------------------------------------------===//
// Sparse tensors
//===----------------------------------------------------------------------===//

std::string TensorReader::check(const onnx::SparseTensorProto &tensor) {
  Layout values = layout(tensor.values()), indices = layout(tensor.indices());
  if (!values.error.empty() || !indices.error.empty())
    return values.error.empty() ? indices.error : values.error;
  SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  // A sparse tensor is small in the file and large in memory: this bound is ours.
  constexpr int64_t kMaxDense = int64_t(1) << 28;
  if (dims.size() > 64 || llvm::any_of(dims, [](int64_t dim) { return dim < 0; }))
    return "expected at most 64 dims of at least 0 in a sparse tensor";
  std::optional<int64_t> count = countElements(dims);
  unsigned bits = storedBits(values.type.getElementType());
  if (!count || bits < 8 || *count > kMaxDense / (bits / 8))
    return "expected a sparse tensor of at most 256 MiB with elements of whole bytes";
  int64_t rank = static_cast<int64_t>(dims.size()), n = values.count;
  if (values.type.getRank() != 1 || !indices.type.getElementType().isSignlessInteger(64))
    return "expected values of rank 1 and 64-bit indices in a sparse tensor";
  bool isFlat = indices.type.getRank() == 1 && indices.type.getDimSize(0) == n;
  bool isCoordinates =
      indices.type.getRank() == 2 && indices.type.getDimSize(0) == n && indices.type.getDimSize(1) == rank;
  if (!isFlat && !isCoordinates)
    return "expected indices of shape [" + std::to_string(n) + "] or [" + std::to_string(n) + ", " +
           std::to_string(rank) + "] in a sparse tensor";
  auto bytes = unpackBytes(read(tensor.indices(), "indices"));
  auto *index = reinterpret_cast<const int64_t *>(bytes->data());
  for (int64_t i = 0, e = indices.count; i < e; ++i) {
    int64_t limit = isFlat ? *count : dims[i % rank];
    if (index[i] < 0 || index[i] >= limit)
      return "expected indices inside the dims of a sparse tensor, but got " + std::to_string(index[i]);
  }
  return {};
}

ElementsAttr TensorReader::read(const onnx::SparseTensorProto &tensor, StringRef name) {
  SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  ElementsAttr values = read(tensor.values(), name), indices = read(tensor.indices(), name);
  auto type = RankedTensorType::get(dims, values.getElementType());
  unsigned bytes = storedBits(type.getElementType()) / 8;
  auto dense = std::make_shared<std::vector<char>>(type.getNumElements() * bytes);
  auto from = unpackBytes(values), places = unpackBytes(indices);
  auto *index = reinterpret_cast<const int64_t *>(places->data());
  bool isFlat = cast<RankedTensorType>(indices.getType()).getRank() == 1;
  for (int64_t i = 0, n = values.getNumElements(); i < n; ++i) {
    int64_t at = 0;
    if (isFlat)
      at = index[i];
    else
      for (auto [axis, dim] : llvm::enumerate(dims))
        at = at * dim + index[i * dims.size() + axis];
    std::memcpy(dense->data() + at * bytes, from->data() + i * bytes, bytes);
  }
  return makeConstant(type, *dense, name, dense);
}

} // namespace weft::importer
