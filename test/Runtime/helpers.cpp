// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opens, runs and releases in one line each.

#include "helpers.h"

#include <cstdlib>

namespace weft::test {

weft_allocator CountingAllocator::hooks() {
  weft_allocator out;
  out.user = this;
  out.allocate = [](void *user, size_t bytes, size_t alignment) -> void * {
    auto &self = *static_cast<CountingAllocator *>(user);
    if (self.failAfter >= 0 && self.failAfter.fetch_sub(1) == 0) {
      self.failAfter = 0;
      return nullptr;
    }
    self.calls += 1;
    self.live += static_cast<int64_t>(bytes);
    return aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  };
  out.release = [](void *user, void *data, size_t bytes, size_t) {
    static_cast<CountingAllocator *>(user)->live -= static_cast<int64_t>(bytes);
    free(data);
  };
  return out;
}

weft_module_options defaultModuleOptions() {
  weft_module_options options;
  weft_module_options_init(&options);
  options.verify_threads = 1;
  return options;
}

Opened openBytes(const std::vector<uint8_t> &bytes, const weft_module_options *options) {
  Opened out;
  weft_module_options defaults = defaultModuleOptions();
  out.bytes = std::make_unique<AlignedBytes>(bytes);
  weft_module *module = nullptr;
  out.code = weft_module_open_memory(out.bytes->data(), out.bytes->size(), options ? options : &defaults,
                                     &module, &out.status);
  out.module.reset(module);
  return out;
}

SessionPtr createSession(const Opened &opened, uint32_t threads, const weft_allocator *allocator) {
  EXPECT_EQ(opened.code, WEFT_OK) << opened.message();
  if (opened.code)
    return nullptr;
  weft_session_options options;
  weft_session_options_init(&options);
  options.threads = threads;
  options.allocator = allocator;
  weft_session *session = nullptr;
  weft_status status;
  EXPECT_EQ(weft_session_create(opened.module.get(), &options, &session, &status), WEFT_OK) << status.message;
  return SessionPtr(session);
}

Tensor::Tensor(std::vector<int64_t> dims, size_t shift)
    : dims(std::move(dims)), shift(shift), storage(elements() * 4 + 64 + shift) {}

float *Tensor::data() {
  return reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(storage.data()) + 63) / 64 * 64 + shift);
}

size_t Tensor::elements() const {
  size_t count = 1;
  for (int64_t dim : dims)
    count *= static_cast<size_t>(dim);
  return count;
}

weft_value_view Tensor::view() {
  weft_value_view out{};
  out.kind = WEFT_TENSOR;
  out.tensor.data = data();
  out.tensor.bytes = elements() * 4;
  out.tensor.dtype = WEFT_FLOAT32;
  out.tensor.rank = static_cast<uint32_t>(dims.size());
  out.tensor.dims = dims.data();
  return out;
}

weft_value_view Tensor::destination() {
  weft_value_view out{};
  out.kind = WEFT_TENSOR;
  out.tensor.data = data();
  out.tensor.capacity = elements() * 4;
  return out;
}

Tensor counting(std::vector<int64_t> dims, size_t shift) {
  Tensor tensor(std::move(dims), shift);
  for (size_t i = 0; i < tensor.elements(); ++i)
    tensor.data()[i] = static_cast<float>(i + 1);
  return tensor;
}

Ran run(const SessionPtr &session, std::vector<weft_value_view> inputs, size_t outputs) {
  Ran out;
  out.outputs.assign(outputs, weft_value_view{});
  out.code = weft_session_run(session.get(), 0, inputs.data(), inputs.size(), out.outputs.data(), outputs,
                              &out.status);
  return out;
}

} // namespace weft::test
