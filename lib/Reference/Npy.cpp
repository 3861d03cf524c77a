// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The .npy format, versions 1 to 3.
#include "weft/Reference/Npy.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "lib/Reference/IndexWalk.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace mlir;

namespace weft::reference {
namespace {

constexpr StringLiteral kMagic = "\x93NUMPY";

struct Header {
  std::string descr;
  bool isFortran = false;
  bool isBigEndian() const { return !descr.empty() && descr[0] == '>'; }
  Shape shape;
};

/// The text behind `'key':` of the header's dictionary.
StringRef entryOf(StringRef text, StringRef key) {
  size_t at = text.find(("'" + key + "'").str());
  if (at == StringRef::npos)
    return {};
  return text.drop_front(at).split(':').second.ltrim();
}

bool parseHeader(StringRef text, Header &header) {
  StringRef descr = entryOf(text, "descr"), order = entryOf(text, "fortran_order"),
            shape = entryOf(text, "shape");
  if (!descr.consume_front("'") || order.empty() || !shape.consume_front("("))
    return false;
  header.descr = descr.split('\'').first.str();
  header.isFortran = order.starts_with("True");
  StringRef sizes = shape.split(')').first;
  while (!sizes.trim().empty()) {
    auto [first, rest] = sizes.split(',');
    int64_t size;
    if (first.trim().getAsInteger(10, size) || size < 0)
      return false;
    header.shape.push_back(size);
    sizes = rest;
  }
  return true;
}

/// The element type of a numpy descriptor; null for one that is not supported.
Type typeOf(MLIRContext *context, StringRef descr) {
  auto integer = [&](unsigned width, bool isUnsigned) {
    return IntegerType::get(context, width, isUnsigned ? IntegerType::Unsigned : IntegerType::Signless);
  };
  return llvm::StringSwitch<Type>(descr.drop_front())
      .Case("b1", integer(1, false))
      .Case("i1", integer(8, false))
      .Case("i2", integer(16, false))
      .Case("i4", integer(32, false))
      .Case("i8", integer(64, false))
      .Case("u1", integer(8, true))
      .Case("u2", integer(16, true))
      .Case("u4", integer(32, true))
      .Case("u8", integer(64, true))
      .Case("f2", Float16Type::get(context))
      .Case("f4", Float32Type::get(context))
      .Case("f8", Float64Type::get(context))
      .Case("c8", ComplexType::get(Float32Type::get(context)))
      .Case("c16", ComplexType::get(Float64Type::get(context)))
      .Default(Type());
}

/// The number of elements of `shape`; none when `elementBytes` of each do not lie in `available` bytes
/// (elements without bytes count as one), which is checked before anything is allocated.
std::optional<int64_t> countWithin(ArrayRef<int64_t> shape, int64_t elementBytes, size_t available) {
  int64_t count = 1, bytes = 0;
  if (llvm::is_contained(shape, 0))
    return 0;
  for (int64_t size : shape)
    if (llvm::MulOverflow(count, size, count))
      return std::nullopt;
  if (llvm::MulOverflow(count, std::max<int64_t>(elementBytes, 1), bytes) ||
      static_cast<uint64_t>(bytes) > available)
    return std::nullopt;
  return count;
}

std::string describeShortage(StringRef what, size_t available) {
  return ("the file is truncated: expected " + what + " for the dims in the header, but got " +
          Twine(available) + " bytes")
      .str();
}

/// Strings: descriptors U<n> (UTF-32) and S<n> (bytes), padded with zeros.
FailureOr<Tensor> readStrings(MLIRContext *context, const Header &header, StringRef data,
                              std::string &error) {
  char kind = header.descr[1];
  int64_t length = 0;
  constexpr int64_t maxLength = int64_t(1) << 40;
  if (StringRef(header.descr).drop_front(2).getAsInteger(10, length) || length < 0 || length > maxLength) {
    error = "expected a string length, but got '" + header.descr + "'";
    return failure();
  }
  int64_t each = kind == 'U' ? 4 * length : length;
  if (!countWithin(header.shape, each, data.size())) {
    error = describeShortage("texts", data.size());
    return failure();
  }
  Tensor result(mlir::weft::StringType::get(context), header.shape);
  for (int64_t i = 0; i < result.size(); ++i) {
    StringRef cell = data.substr(i * each, each);
    if (kind == 'S') {
      result.setString(i, cell.rtrim('\0').str());
      continue;
    }
    std::string text;
    for (int64_t c = 0; c < length; ++c) {
      llvm::UTF32 point = llvm::support::endian::read32(
          cell.data() + 4 * c, header.isBigEndian() ? llvm::endianness::big : llvm::endianness::little);
      char bytes[UNI_MAX_UTF8_BYTES_PER_CODE_POINT];
      char *end = bytes;
      if (point != 0 && llvm::ConvertCodePointToUTF8(point, end))
        text.append(bytes, end);
    }
    result.setString(i, text);
  }
  return result;
}

/// Reverses each run of `width` bytes.
void reverseEach(char *data, size_t bytes, size_t width) {
  for (size_t i = 0; i + width <= bytes; i += width)
    std::reverse(data + i, data + i + width);
}

/// The elements as they lie in the file, or stored by `wanted` where numpy has no name for it.
Type storedType(Type file, Type wanted, StringRef descr) {
  if (!wanted || file == wanted)
    return file;
  if (!wanted.isIntOrFloat())
    return file;
  bool isRaw = descr.size() == 3 && descr[1] == 'V';
  unsigned bytes = 0;
  if (isRaw)
    bytes = descr[2] - '0';
  else if (file && file.isIntOrFloat() && isa<IntegerType>(file))
    bytes = llvm::divideCeil(file.getIntOrFloatBitWidth(), 8);
  bool isFloatBits = isa<FloatType>(wanted) && !wanted.isF16() && !wanted.isF32() && !wanted.isF64();
  bool isNarrow =
      isa<IntegerType>(wanted) && wanted.getIntOrFloatBitWidth() < 8 && wanted.getIntOrFloatBitWidth() > 1;
  if ((isFloatBits || isNarrow) && bytes == llvm::divideCeil(wanted.getIntOrFloatBitWidth(), 8))
    return wanted;
  return file;
}

} // namespace

FailureOr<Tensor> readNpy(MLIRContext *context, StringRef path, Type wanted, std::string &error) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file) {
    error = file.getError().message();
    return failure();
  }
  StringRef data = (*file)->getBuffer();
  // Magic, two version bytes, header length of 2 bytes (version 1) or 4.
  constexpr size_t fixedBytes = 12;
  if (!data.starts_with(kMagic) || data.size() < fixedBytes) {
    error = "expected an .npy file, but the magic number is missing";
    return failure();
  }
  bool isShort = data[6] == 1;
  size_t headerStart = isShort ? 10 : 12;
  size_t headerBytes = isShort ? llvm::support::endian::read16le(data.data() + 8)
                               : llvm::support::endian::read32le(data.data() + 8);
  Header header;
  if (data.size() < headerStart + headerBytes) {
    error = "the file is truncated: " + std::to_string(headerStart + headerBytes - data.size()) + " of the " +
            std::to_string(headerBytes) + " bytes of its header are missing";
    return failure();
  }
  if (!parseHeader(data.substr(headerStart, headerBytes), header)) {
    error = "expected an .npy header, but it is malformed";
    return failure();
  }
  StringRef elements = data.drop_front(headerStart + headerBytes);
  if (header.descr.size() > 1 && (header.descr[1] == 'U' || header.descr[1] == 'S'))
    return readStrings(context, header, elements, error);
  Type type = header.descr.size() > 1 ? typeOf(context, header.descr) : Type();
  type = storedType(type, wanted, header.descr);
  if (!type) {
    error = "expected a numeric, boolean or string type, but got '" + header.descr + "'";
    return failure();
  }
  Shape shape = header.shape;
  if (header.isFortran)
    std::reverse(shape.begin(), shape.end());
  if (!countWithin(shape, Tensor(type, {0}).elementBytes(), elements.size())) {
    error = describeShortage("elements", elements.size());
    return failure();
  }
  Tensor result(type, shape);
  size_t bytes = result.size() * result.elementBytes();
  if (bytes)
    std::memcpy(result.mutableBytes(), elements.data(), bytes);
  if (header.isBigEndian())
    reverseEach(result.mutableBytes(), bytes, result.elementBytes() / (result.isComplex() ? 2 : 1));
  if (header.isFortran) {
    Shape strides = rowMajorStrides(shape);
    std::reverse(strides.begin(), strides.end());
    return copyStrided(result, header.shape, strides, 0);
  }
  return result;
}

/// The numpy descriptor of a tensor's storage.
static std::string descriptorOf(const Tensor &tensor, int64_t stringLength) {
  if (tensor.isString())
    return "<U" + std::to_string(stringLength);
  if (tensor.isBool())
    return "|b1";
  std::string bytes = std::to_string(tensor.elementBytes());
  std::string order = tensor.elementBytes() == 1 ? "|" : "<";
  if (tensor.isComplex())
    return "<c" + bytes;
  if (tensor.isInteger())
    return order + (tensor.isUnsigned() ? "u" : "i") + bytes;
  Type type = tensor.getElementType();
  return type.isF16() || type.isF32() || type.isF64() ? "<f" + bytes : "|V" + bytes;
}

void writeNpy(const Tensor &tensor, llvm::raw_ostream &os) {
  std::vector<std::vector<llvm::UTF32>> texts;
  int64_t length = 1;
  for (int64_t i = 0; tensor.isString() && i < tensor.size(); ++i) {
    const std::string &text = tensor.getString(i);
    std::vector<llvm::UTF32> points(text.size() + 1);
    const llvm::UTF8 *from = reinterpret_cast<const llvm::UTF8 *>(text.data()), *end = from + text.size();
    llvm::UTF32 *to = points.data();
    llvm::ConvertUTF8toUTF32(&from, end, &to, points.data() + points.size(), llvm::lenientConversion);
    points.resize(to - points.data());
    length = std::max<int64_t>(length, points.size());
    texts.push_back(std::move(points));
  }
  std::string dict = "{'descr': '" + descriptorOf(tensor, length) + "', 'fortran_order': False, 'shape': (";
  for (int64_t size : tensor.getShape())
    dict += std::to_string(size) + ", ";
  dict += "), }";
  // The elements start at a multiple of 64 bytes.
  constexpr size_t alignment = 64, prefixBytes = 10;
  dict.append(alignment - (prefixBytes + dict.size() + 1) % alignment, ' ');
  dict += '\n';
  char size[2];
  llvm::support::endian::write16le(size, static_cast<uint16_t>(dict.size()));
  os << kMagic << '\x01' << '\0' << StringRef(size, sizeof(size)) << dict;
  if (!tensor.isString()) {
    os.write(tensor.bytes(), tensor.size() * tensor.elementBytes());
  } else {
    for (std::vector<llvm::UTF32> &points : texts) {
      points.resize(length);
      os.write(reinterpret_cast<const char *>(points.data()), 4 * length);
    }
  }
}

} // namespace weft::reference
