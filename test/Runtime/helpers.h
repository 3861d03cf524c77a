// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opens, runs and releases in one line each.
#ifndef WEFT_TEST_RUNTIME_HELPERS_H
#define WEFT_TEST_RUNTIME_HELPERS_H

#include "artifact_builder.h"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>

namespace weft::test {

struct ReleaseModule {
  void operator()(weft_module *module) const { weft_module_release(module); }
};
struct ReleaseSession {
  void operator()(weft_session *session) const { weft_session_release(session); }
};
using ModulePtr = std::unique_ptr<weft_module, ReleaseModule>;
using SessionPtr = std::unique_ptr<weft_session, ReleaseSession>;

/// Contents at a 64-byte boundary, which must outlive the module.
class AlignedBytes {
public:
  explicit AlignedBytes(const std::vector<uint8_t> &bytes, size_t shift = 0)
      : storage(bytes.size() + 128), start(alignedStart() + shift), count(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), start);
  }
  const uint8_t *data() const { return start; }
  size_t size() const { return count; }

private:
  uint8_t *alignedStart() {
    return reinterpret_cast<uint8_t *>((reinterpret_cast<uintptr_t>(storage.data()) + 63) / 64 * 64);
  }
  std::vector<uint8_t> storage;
  uint8_t *start;
  size_t count;
};

/// Counts what goes through it, and can be told to fail.
struct CountingAllocator {
  std::atomic<int64_t> calls{0}, live{0};
  std::atomic<int64_t> failAfter{-1}; // calls that still succeed; -1: all
  weft_allocator hooks();
};

struct Opened {
  std::unique_ptr<AlignedBytes> bytes;
  ModulePtr module;
  weft_code code = WEFT_OK;
  weft_status status{};
  std::string message() const { return status.message; }
};

/// Opens bytes from memory.
Opened openBytes(const std::vector<uint8_t> &bytes, const weft_module_options *options = nullptr);
inline Opened open(const ArtifactSpec &spec, const weft_module_options *options = nullptr) {
  return openBytes(build(spec), options);
}

weft_module_options defaultModuleOptions();

SessionPtr createSession(const Opened &opened, uint32_t threads = 1,
                         const weft_allocator *allocator = nullptr);

/// A tensor of floats at a 64-byte boundary (plus `shift` bytes).
struct Tensor {
  explicit Tensor(std::vector<int64_t> dims, size_t shift = 0);
  float *data();
  size_t elements() const;
  weft_value_view view();
  /// As the destination of an output.
  weft_value_view destination();

  std::vector<int64_t> dims;

private:
  size_t shift;
  std::vector<char> storage;
};

/// Fills with 1, 2, 3 ...
Tensor counting(std::vector<int64_t> dims, size_t shift = 0);

struct Ran {
  weft_code code;
  weft_status status{};
  std::vector<weft_value_view> outputs;
  std::string message() const { return status.message; }
};

/// Runs with runtime-owned outputs.
Ran run(const SessionPtr &session, std::vector<weft_value_view> inputs, size_t outputs = 1);

inline const float *floats(const weft_value_view &view) {
  return static_cast<const float *>(view.tensor.data);
}

} // namespace weft::test

#endif // WEFT_TEST_RUNTIME_HELPERS_H
