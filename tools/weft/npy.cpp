// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and writes .npy files.

#include "npy.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::tool {

void Buffer::Free::operator()(uint8_t *data) const { free(data); }

bool Buffer::resize(uint64_t count) {
  constexpr uint64_t alignment = 64;
  start.reset();
  bytes = 0;
  // The system may promise more memory than there is, and end the program when it is used.
  uint64_t installed =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (count > installed || count > UINT64_MAX - alignment)
    return false;
  uint64_t rounded = (count + alignment) / alignment * alignment;
  auto *place = static_cast<uint8_t *>(aligned_alloc(alignment, rounded));
  if (!place)
    return false;
  memset(place, 0, rounded);
  start.reset(place);
  bytes = count;
  return true;
}

namespace {

// The longest header that is read; numpy's own limit for safe reading is 10,000 characters.
constexpr uint64_t maxHeaderBytes = 1 << 20;
constexpr size_t maxRank = 32;

/// A file that closes itself.
struct File {
  explicit File(const std::string &path) : fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd >= 0)
      close(fd);
  }
  bool read(void *data, uint64_t bytes) {
    auto *cursor = static_cast<uint8_t *>(data);
    while (bytes > 0) {
      ssize_t got = ::read(fd, cursor, bytes > (1u << 30) ? (1u << 30) : bytes);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return false;
      cursor += got;
      bytes -= static_cast<uint64_t>(got);
    }
    return true;
  }
  int fd;
};

/// What the header's dictionary says.
struct Header {
  std::string descr;
  bool isFortran = false;
  std::vector<int64_t> dims;
};

/// Reads the Python dictionary literal that numpy writes: three known keys in any order.
class HeaderParser {
public:
  HeaderParser(const std::string &text) : cursor(text.c_str()) {}

  bool parse(Header &out) {
    bool hasDescr = false, hasOrder = false, hasShape = false;
    if (!eat('{'))
      return false;
    while (!eat('}')) {
      std::string key;
      if (!quoted(key) || !eat(':'))
        return false;
      if (key == "descr" && !hasDescr)
        hasDescr = quoted(out.descr);
      else if (key == "fortran_order" && !hasOrder)
        hasOrder = boolean(out.isFortran);
      else if (key == "shape" && !hasShape)
        hasShape = tuple(out.dims);
      else
        return false;
      if (!eat(',') && peek() != '}')
        return false;
    }
    return hasDescr && hasOrder && hasShape;
  }

private:
  char peek() {
    while (*cursor == ' ' || *cursor == '\n' || *cursor == '\t')
      ++cursor;
    return *cursor;
  }
  bool eat(char c) {
    if (peek() != c)
      return false;
    ++cursor;
    return true;
  }
  bool quoted(std::string &out) {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      return false;
    const char *start = ++cursor;
    while (*cursor && *cursor != quote)
      ++cursor;
    if (!*cursor)
      return false;
    out.assign(start, cursor++);
    return true;
  }
  bool boolean(bool &out) {
    peek();
    for (bool value : {false, true}) {
      const char *word = value ? "True" : "False";
      if (strncmp(cursor, word, strlen(word)) == 0) {
        cursor += strlen(word);
        out = value;
        return true;
      }
    }
    return false;
  }
  bool tuple(std::vector<int64_t> &out) {
    if (!eat('('))
      return false;
    while (!eat(')')) {
      if (peek() < '0' || peek() > '9' || out.size() == maxRank)
        return false;
      int64_t value = 0;
      for (; *cursor >= '0' && *cursor <= '9'; ++cursor)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *cursor - '0', &value))
          return false;
      if (*cursor == 'L') // written by Python 2
        ++cursor;
      out.push_back(value);
      if (!eat(',') && peek() != ')')
        return false;
    }
    return true;
  }

  const char *cursor;
};

struct TypeRow {
  char kind;
  uint64_t bytes;
  weft_dtype dtype;
};
constexpr TypeRow types[] = {
    {'f', 4, WEFT_FLOAT32},   {'f', 8, WEFT_FLOAT64},     {'f', 2, WEFT_FLOAT16},   {'i', 1, WEFT_INT8},
    {'i', 2, WEFT_INT16},     {'i', 4, WEFT_INT32},       {'i', 8, WEFT_INT64},     {'u', 1, WEFT_UINT8},
    {'u', 2, WEFT_UINT16},    {'u', 4, WEFT_UINT32},      {'u', 8, WEFT_UINT64},    {'b', 1, WEFT_BOOL},
    {'c', 8, WEFT_COMPLEX64}, {'c', 16, WEFT_COMPLEX128}, {'V', 1, WEFT_UNDEFINED}, {'V', 2, WEFT_UNDEFINED},
};

/// Reads "<f4", "|u1", ">i8", "<U12". `isSwapped`: the file's byte order is not this machine's (always
/// little-endian).
bool parseDescr(const std::string &descr, Array &out, uint64_t &textChars, bool &isSwapped) {
  if (descr.size() < 3 || descr.size() > 12 || !strchr("<>|=", descr[0]))
    return false;
  uint64_t bytes = 0;
  for (size_t i = 2; i < descr.size(); ++i) {
    if (descr[i] < '0' || descr[i] > '9')
      return false;
    bytes = bytes * 10 + static_cast<uint64_t>(descr[i] - '0');
  }
  isSwapped = descr[0] == '>';
  if (descr[1] == 'U') {
    out.dtype = WEFT_STRING;
    textChars = bytes;
    out.itemBytes = bytes * 4;
    return true;
  }
  for (const TypeRow &row : types)
    if (row.kind == descr[1] && row.bytes == bytes) {
      out.dtype = row.dtype;
      out.itemBytes = bytes;
      return true;
    }
  return false;
}

void swapBytes(uint8_t *data, uint64_t bytes, uint64_t width) {
  for (uint64_t i = 0; i + width <= bytes; i += width)
    for (uint64_t k = 0; k < width / 2; ++k)
      std::swap(data[i + k], data[i + width - 1 - k]);
}

/// Turns column-major contents into row-major ones.
bool transpose(Array &array) {
  Buffer sorted;
  if (!sorted.resize(array.data.size()))
    return false;
  size_t rank = array.dims.size();
  std::vector<int64_t> index(rank, 0);
  std::vector<uint64_t> stride(rank, array.itemBytes);
  for (size_t d = 1; d < rank; ++d)
    stride[d] = stride[d - 1] * static_cast<uint64_t>(array.dims[d - 1]);
  uint64_t from = 0;
  for (uint64_t to = 0; to < sorted.size(); to += array.itemBytes) {
    memcpy(sorted.data() + to, array.data.data() + from, array.itemBytes);
    for (size_t d = rank; d-- > 0;) {
      from += stride[d];
      if (++index[d] < array.dims[d])
        break;
      from -= stride[d] * static_cast<uint64_t>(array.dims[d]);
      index[d] = 0;
    }
  }
  array.data = std::move(sorted);
  return true;
}

void appendUtf8(std::string &out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18 & 7));
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

/// Turns UTF-32 cells, padded with zeros, into texts.
void readTexts(Array &array, uint64_t chars, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    std::string text;
    for (uint64_t k = 0; k < chars; ++k) {
      uint32_t c;
      memcpy(&c, array.data.data() + (i * chars + k) * 4, 4);
      if (c == 0)
        break;
      appendUtf8(text, c);
    }
    array.texts.push_back(std::move(text));
  }
  array.data = Buffer();
}

bool complain(std::string &error, const std::string &text) {
  error = text;
  return false;
}

/// What the start of a .npy file says, and how many bytes follow it.
struct NpyStart {
  Header header;
  uint64_t left = 0;
};

bool readStart(File &file, const std::string &path, NpyStart &start, std::string &error) {
  struct stat info = {};
  if (file.fd < 0 || fstat(file.fd, &info) != 0)
    return complain(error, "'" + path + "' cannot be opened: " + strerror(errno) + ".");
  if (!S_ISREG(info.st_mode))
    return complain(error, "'" + path + "' is not a file.");
  auto fileBytes = static_cast<uint64_t>(info.st_size);
  uint8_t magic[12] = {};
  if (fileBytes < 12 || !file.read(magic, 10) || memcmp(magic, "\x93NUMPY", 6) != 0)
    return complain(error, "'" + path + "' is not a .npy file. Write one by numpy.save.");
  uint64_t headerStart = 10;
  uint64_t headerBytes = static_cast<uint64_t>(magic[8]) | static_cast<uint64_t>(magic[9]) << 8;
  if (magic[6] >= 2) {
    headerStart = 12;
    if (!file.read(magic + 10, 2))
      headerBytes = maxHeaderBytes;
    headerBytes |= static_cast<uint64_t>(magic[10]) << 16 | static_cast<uint64_t>(magic[11]) << 24;
  }
  if (magic[6] < 1 || magic[6] > 3)
    return complain(error, "'" + path + "' has a .npy header of version " + std::to_string(magic[6]) +
                               ", but known are 1, 2 and 3.");
  if (headerBytes > maxHeaderBytes)
    return complain(error, "'" + path + "' has a .npy header of " + std::to_string(headerBytes) +
                               " bytes, which is impossible.");
  if (headerStart + headerBytes > fileBytes)
    return complain(error,
                    "'" + path + "' is truncated: " + std::to_string(headerStart + headerBytes - fileBytes) +
                        " of the " + std::to_string(headerBytes) + " bytes of its header are missing.");
  std::string text(headerBytes, '\0');
  if (!file.read(text.data(), headerBytes) || !HeaderParser(text).parse(start.header))
    return complain(error, "'" + path + "' has a broken .npy header.");
  start.left = fileBytes - headerStart - headerBytes;
  return true;
}

/// What a header describes beyond the bytes that follow it: "64 bytes of elements, of which 12 are missing."
std::string describeNeed(uint64_t bytes, uint64_t left) {
  if (bytes <= left)
    return "more elements than the " + std::to_string(left) + " bytes that follow it can hold.";
  return std::to_string(bytes) + " bytes of elements, of which " + std::to_string(bytes - left) +
         " are missing.";
}

/// The number of elements that a header describes and their bytes, 0 when 64 bits cannot count them; false
/// when they are more than follow it.
bool countElements(const NpyStart &start, const Array &array, uint64_t &count, uint64_t &bytes) {
  bool fits = true, isEmpty = false;
  count = 1;
  bytes = 0;
  for (int64_t dim : start.header.dims) {
    isEmpty |= dim == 0;
    fits = fits && !__builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count);
  }
  count = isEmpty ? 0 : count;
  fits = isEmpty || (fits && !__builtin_mul_overflow(count, array.itemBytes, &bytes));
  bytes = fits ? bytes : 0;
  // Empty texts take no bytes, but a place each.
  return fits && bytes <= start.left && (array.dtype != WEFT_STRING || count <= start.left + 65536);
}

} // namespace

bool readNpy(const std::string &path, Array &out, std::string &error) {
  File file(path);
  NpyStart start;
  if (!readStart(file, path, start, error))
    return false;
  bool isSwapped = false;
  uint64_t textChars = 0, count = 0, bytes = 0;
  if (!parseDescr(start.header.descr, out, textChars, isSwapped))
    return complain(error, "'" + path + "' holds elements of type '" + start.header.descr +
                               "', which is not supported. Use numbers, booleans or fixed-length text (<U).");
  // Checked before anything is allocated: the header may ask for anything.
  if (!countElements(start, out, count, bytes))
    return complain(error,
                    "'" + path + "' is truncated: its header describes " + describeNeed(bytes, start.left));
  if (!out.data.resize(bytes))
    return complain(error,
                    "There is no memory for the " + std::to_string(bytes) + " bytes of '" + path + "'.");
  if (!file.read(out.data.data(), bytes))
    return complain(error, "'" + path + "' cannot be read: " + strerror(errno) + ".");
  out.dims = std::move(start.header.dims);
  if (isSwapped) {
    bool isPair = out.dtype == WEFT_COMPLEX64 || out.dtype == WEFT_COMPLEX128;
    swapBytes(out.data.data(), bytes,
              out.dtype == WEFT_STRING ? 4
              : isPair                 ? out.itemBytes / 2
                                       : out.itemBytes);
  }
  if (start.header.isFortran && out.dims.size() > 1 && bytes > 0 && !transpose(out))
    return complain(error, "There is no memory to bring '" + path + "' into C order.");
  if (out.dtype == WEFT_STRING)
    readTexts(out, textChars, count);
  return true;
}

static std::string formatHeader(const std::string &description, const weft_tensor_view &tensor) {
  std::string dict = "{'descr': '" + description + "', 'fortran_order': False, 'shape': (";
  for (uint32_t d = 0; d < tensor.rank; ++d)
    dict += std::to_string(tensor.dims[d]) + (tensor.rank == 1 ? "," : d + 1 < tensor.rank ? ", " : "");
  dict += "), }";
  // Header and newline end at a multiple of 64 bytes.
  while ((10 + dict.size() + 1) % 64 != 0)
    dict += ' ';
  dict += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(dict.size() & 0xff);
  out += static_cast<char>(dict.size() >> 8);
  return out + dict;
}

std::string formatTextHeader(const weft_tensor_view &tensor, size_t length) {
  return formatHeader("<U" + std::to_string(length), tensor);
}

bool formatNpyHeader(const weft_tensor_view &tensor, std::string &out) {
  const char *kind = nullptr;
  uint64_t bytes = weft_dtype_bits(tensor.dtype) / 8;
  for (const TypeRow &row : types)
    if (row.dtype == tensor.dtype && row.dtype != WEFT_UNDEFINED)
      kind = &row.kind;
  if (bytes == 0 || tensor.dtype == WEFT_STRING)
    return false;
  char letter = kind ? *kind : 'u';
  out = formatHeader(std::string(1, bytes == 1 ? '|' : '<') + letter + std::to_string(bytes), tensor);
  return true;
}

} // namespace weft::tool
