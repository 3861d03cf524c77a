// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles kernels written as text and calls them.
#ifndef WEFT_TEST_UNIT_COMPILEDKERNELS_H
#define WEFT_TEST_UNIT_COMPILEDKERNELS_H

#include <cstdint>
#include <string>
#include <vector>

namespace weft::test {

/// Kernels of one module, loaded into this process.
class CompiledKernels {
public:
  /// Compiles `text` (kernel.func ops) for the level called `level`; fails the running test when that is
  /// impossible.
  CompiledKernels(const std::string &text, const std::string &level) { load(text, level); }
  ~CompiledKernels();
  CompiledKernels(const CompiledKernels &) = delete;

  /// Runs all of `kernel` on `arguments` (inputs, then results), which need 64-byte alignment, and sizes.
  void run(const std::string &kernel, const std::vector<const void *> &arguments,
           const std::vector<int64_t> &sizes = {}) const;

private:
  void load(const std::string &text, const std::string &level);

  void *handle = nullptr;
};

/// Levels that this machine runs, the oldest and the newest.
std::vector<std::string> getTestedLevels();

/// The text of a kernel `name` that applies `operation` ("math.exp %a : f32") to `count` elements.
std::string writeUnaryKernel(const std::string &name, const std::string &operation, const std::string &from,
                             const std::string &to, size_t count);

/// A vector's memory with the alignment that kernels expect.
template <typename T> class AlignedBuffer {
public:
  explicit AlignedBuffer(size_t count) : bytes(count * sizeof(T) + 64), size(count) {
    data = reinterpret_cast<T *>((reinterpret_cast<uintptr_t>(bytes.data()) + 63) / 64 * 64);
  }
  T &operator[](size_t i) { return data[i]; }

  std::vector<char> bytes;
  size_t size;
  T *data;
};

} // namespace weft::test

#endif // WEFT_TEST_UNIT_COMPILEDKERNELS_H
