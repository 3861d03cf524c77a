// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arrays in numpy's .npy format, read from files that may be broken or hostile.
#ifndef WEFT_TOOLS_WEFT_NPY_H
#define WEFT_TOOLS_WEFT_NPY_H

#include "weft_runtime.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft::tool {

/// Bytes at a 64-byte boundary. Movable.
class Buffer {
public:
  /// False when there is no memory; the buffer is then empty. The bytes are zero.
  bool resize(uint64_t bytes);
  uint8_t *data() { return start.get(); }
  const uint8_t *data() const { return start.get(); }
  uint64_t size() const { return bytes; }

private:
  struct Free {
    void operator()(uint8_t *data) const;
  };
  std::unique_ptr<uint8_t[], Free> start;
  uint64_t bytes = 0;
};

/// A dense row-major array. `dtype` is what the file says; WEFT_UNDEFINED stands for bytes without a meaning
/// (numpy's V1 and V2, which is how Python stores bfloat16 and float8), `itemBytes` then tells the element's
/// size.
struct Array {
  weft_dtype dtype = WEFT_UNDEFINED;
  uint64_t itemBytes = 0;
  std::vector<int64_t> dims;
  Buffer data;
  /// UTF-8 texts of a string array (numpy's <U); `data` is then empty.
  std::vector<std::string> texts;
};

/// Reads a .npy file of version 1 to 3: little- and big-endian, C and Fortran order.
///
/// Returns: false with `error` set to a sentence that names the file.
bool readNpy(const std::string &path, Array &out, std::string &error);

/// The bytes of a .npy file that holds `tensor`. Types that numpy does not have are written as unsigned
/// integers of their width.
///
/// Requires: the type is not a string and has whole bytes.
bool formatNpyHeader(const weft_tensor_view &tensor, std::string &out);

/// The same for strings that are written as `length` code points of 4 bytes each.
std::string formatTextHeader(const weft_tensor_view &tensor, size_t length);

} // namespace weft::tool

#endif // WEFT_TOOLS_WEFT_NPY_H
