// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sessions compute what the program says, into whose memory it may be, on any number of threads.

#include "helpers.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <thread>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

using namespace weft::test;

namespace {

/// What Affine makes of 1, 2, 3 ... with the weights 1, 2, 3, 4.
float affineOf(size_t i) { return static_cast<float>((i + 1) * (i % 4 + 1) + 1); }

void expectAffine(const weft_value_view &view, size_t count) {
  ASSERT_EQ(view.tensor.bytes, count * 4);
  for (size_t i = 0; i < count; ++i)
    ASSERT_EQ(floats(view)[i], affineOf(i)) << "at " << i;
}

TEST(Session, RunsAtAnyBatch) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  for (int64_t batch : {1, 7, 100, 3}) {
    Tensor x = counting({batch, 4});
    Ran ran = run(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    const weft_tensor_view &y = ran.outputs[0].tensor;
    EXPECT_EQ(y.rank, 2u);
    EXPECT_EQ(y.dims[0], batch);
    EXPECT_EQ(y.dims[1], 4);
    EXPECT_EQ(y.dtype, WEFT_FLOAT32);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(y.data) % 64, 0u);
    expectAffine(ran.outputs[0], static_cast<size_t>(batch) * 4);
  }
}

TEST(Session, KnowsTheWorkOfKernels) {
  ArtifactSpec spec;
  spec.flopsExpr = "2 * batch * 4 + floordiv(batch, 2)";
  spec.bytesExpr = "unheard * 4";
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  int64_t flops = 0, bytes = 0;
  // Numbers are known at once, expressions when a run has bound their names.
  ASSERT_EQ(weft_session_kernel_work(session.get(), 0, &flops, &bytes), WEFT_OK);
  EXPECT_EQ(flops, 8);
  EXPECT_EQ(bytes, 32);
  ASSERT_EQ(weft_session_kernel_work(session.get(), 1, &flops, &bytes), WEFT_OK);
  EXPECT_EQ(flops, -1);
  for (int64_t batch : {5, 2}) {
    Tensor x = counting({batch, 4});
    ASSERT_EQ(run(session, {x.view()}).code, WEFT_OK);
    ASSERT_EQ(weft_session_kernel_work(session.get(), 1, &flops, &bytes), WEFT_OK);
    EXPECT_EQ(flops, 8 * batch + batch / 2);
    EXPECT_EQ(bytes, -1);
  }
  EXPECT_EQ(weft_session_kernel_work(session.get(), 2, &flops, &bytes), WEFT_CALLER_ARGUMENT);
  EXPECT_EQ(weft_session_kernel_work(session.get(), 0, nullptr, &bytes), WEFT_CALLER_ARGUMENT);
}

// Whatever the texts say: they are never more than not known.
TEST(Session, TakesAnyExpressionOfWork) {
  for (const char *text :
       {"", "batch +", "((((", "batch * 9223372036854775807", "0 - batch", "mod(batch, 0)", "1 2"}) {
    ArtifactSpec spec;
    spec.flopsExpr = text;
    Opened opened = open(spec);
    SessionPtr session = createSession(opened);
    Tensor x = counting({3, 4});
    ASSERT_EQ(run(session, {x.view()}).code, WEFT_OK);
    int64_t flops = 0, bytes = 0;
    ASSERT_EQ(weft_session_kernel_work(session.get(), 1, &flops, &bytes), WEFT_OK);
    EXPECT_EQ(flops, -1) << text;
  }
}

TEST(Session, RunsWithAnEmptyBatch) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  Tensor x({0, 4});
  weft_value_view view = x.view();
  view.tensor.data = nullptr;
  Ran ran = run(session, {view});
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  EXPECT_EQ(ran.outputs[0].tensor.bytes, 0u);
  EXPECT_EQ(ran.outputs[0].tensor.dims[0], 0);
}

TEST(Session, OutlivesTheCallersModule) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  opened.module.reset();
  Tensor x = counting({2, 4});
  expectAffine(run(session, {x.view()}).outputs[0], 8);
}

TEST(Session, CopiesMisalignedInputs) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  for (size_t shift : {4, 8, 60}) {
    Tensor x = counting({5, 4}, shift);
    expectAffine(run(session, {x.view()}).outputs[0], 20);
  }
}

TEST(Session, WritesToTheCallersBuffer) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  for (size_t shift : {0, 4}) {
    Tensor x = counting({5, 4}), y({5, 4}, shift);
    weft_value_view in = x.view(), out = y.destination();
    weft_status status;
    ASSERT_EQ(weft_session_run(session.get(), 0, &in, 1, &out, 1, &status), WEFT_OK) << status.message;
    EXPECT_EQ(out.tensor.data, y.data());
    EXPECT_EQ(out.tensor.capacity, 80u);
    expectAffine(out, 20);
  }
}

TEST(Session, RefusesSmallBuffers) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  Tensor x = counting({5, 4}), y({4, 4});
  weft_value_view in = x.view(), out = y.destination();
  weft_status status;
  EXPECT_EQ(weft_session_run(session.get(), 0, &in, 1, &out, 1, &status), WEFT_CALLER_CAPACITY);
  EXPECT_STREQ(status.message, "Output 'y' needs 80 bytes, but its buffer has 64.");
  // The session stays usable.
  Ran ran = run(session, {x.view()});
  EXPECT_EQ(ran.code, WEFT_OK) << ran.message();
}

// The output over the input: the program must not see its own results.
TEST(Session, AllowsOutputsOverInputs) {
  ArtifactSpec spec;
  spec.mode = ThreeTimes;
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  Tensor x = counting({5, 4}), expected = counting({5, 4});
  Ran ran = run(session, {expected.view()});
  std::vector<float> wanted(floats(ran.outputs[0]), floats(ran.outputs[0]) + 20);
  weft_value_view in = x.view(), out = x.destination();
  ASSERT_EQ(weft_session_run(session.get(), 0, &in, 1, &out, 1, nullptr), WEFT_OK);
  EXPECT_EQ(std::vector<float>(x.data(), x.data() + 20), wanted);
}

// Models with state: each run takes the result of the one before, memory and dims of the session included.
TEST(Session, TakesItsOwnResultsAsInputs) {
  Opened opened = open(ArtifactSpec());
  CountingAllocator allocator;
  weft_allocator hooks = allocator.hooks();
  SessionPtr session = createSession(opened, 1, &hooks);
  Tensor x = counting({50, 4});
  weft_value_view state = x.view();
  std::vector<float> expected(x.data(), x.data() + 200);
  int64_t calls = 0;
  for (int round = 0; round < 6; ++round) {
    weft_value_view out{};
    weft_status status;
    ASSERT_EQ(weft_session_run(session.get(), 0, &state, 1, &out, 1, &status), WEFT_OK) << status.message;
    for (size_t i = 0; i < expected.size(); ++i)
      expected[i] = expected[i] * static_cast<float>(i % 4 + 1) + 1;
    ASSERT_EQ(memcmp(out.tensor.data, expected.data(), expected.size() * 4), 0) << "round " << round;
    state = out;
    if (round == 2)
      calls = allocator.calls;
  }
  EXPECT_EQ(allocator.calls, calls);
}

TEST(Session, RefusesOverlappingOutputs) {
  ArtifactSpec spec;
  spec.mode = TwoOutputs;
  spec.outputs.push_back({"shape", {2}, WEFT_INT64});
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  Tensor x = counting({5, 4}), y({5, 4});
  weft_value_view in = x.view(), out[] = {y.destination(), y.destination()};
  weft_status status;
  EXPECT_EQ(weft_session_run(session.get(), 0, &in, 1, out, 2, &status), WEFT_CALLER_ARGUMENT);
  EXPECT_STREQ(status.message, "The buffers of outputs 'y' and 'shape' overlap.");
  Ran ran = run(session, {x.view()}, 2);
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  EXPECT_EQ(static_cast<const int64_t *>(ran.outputs[1].tensor.data)[0], 5);
}

TEST(Session, GivesTheSameBitsOnAnyNumberOfThreads) {
  ArtifactSpec spec;
  spec.mode = ThreeTimes;
  spec.arenaBytes = 1 << 20;
  Opened opened = open(spec);
  Tensor x = counting({20'000, 4});
  SessionPtr one = createSession(opened, 1);
  Ran expected = run(one, {x.view()});
  ASSERT_EQ(expected.code, WEFT_OK) << expected.message();
  for (uint32_t threads : {2u, 3u, 5u}) {
    SessionPtr many = createSession(opened, threads);
    EXPECT_EQ(weft_session_threads(many.get()), threads);
    for (int round = 0; round < 50; ++round) {
      Ran ran = run(many, {x.view()});
      ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
      ASSERT_EQ(memcmp(floats(ran.outputs[0]), floats(expected.outputs[0]), x.elements() * 4), 0);
    }
  }
}

// Wakes threads that went to sleep between runs.
TEST(Session, WakesSleepingThreads) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened, 3);
  Tensor x = counting({1000, 4});
  for (int round = 0; round < 5; ++round) {
    expectAffine(run(session, {x.view()}).outputs[0], 4000);
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
}

// Ends threads that spin, that sleep, and that are between the two.
TEST(Session, StopsThreadsInAnyState) {
  Opened opened = open(ArtifactSpec());
  Tensor x = counting({1000, 4});
  for (int round = 0; round < 60; ++round) {
    SessionPtr session = createSession(opened, 2 + static_cast<uint32_t>(round) % 3);
    if (round % 2)
      expectAffine(run(session, {x.view()}).outputs[0], 4000);
    std::this_thread::sleep_for(std::chrono::microseconds(round * 8));
  }
}

TEST(Session, RunsOnManyThreadsAtOnceWithOneModule) {
  ArtifactSpec spec;
  spec.mode = AffineByScratch;
  spec.a = 64;
  Opened opened = open(spec);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      SessionPtr session = createSession(opened, 1 + static_cast<uint32_t>(t) % 2);
      for (int round = 0; round < 50; ++round) {
        Tensor x = counting({10 + t, 4});
        Ran ran = run(session, {x.view()});
        for (size_t i = 0; ran.code == WEFT_OK && i < x.elements(); ++i)
          wrong += floats(ran.outputs[0])[i] != affineOf(i);
        wrong += ran.code != WEFT_OK;
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Session, AllocatesNothingAfterTheFirstRun) {
  for (Mode mode : {Affine, AffineByScratch, ThreeTimes}) {
    ArtifactSpec spec;
    spec.mode = mode;
    spec.a = 4096;
    Opened opened = open(spec);
    CountingAllocator allocator;
    weft_allocator hooks = allocator.hooks();
    SessionPtr session = createSession(opened, 3, &hooks);
    Tensor x = counting({200, 4}, /*shift=*/4);
    Ran first = run(session, {x.view()});
    ASSERT_EQ(first.code, WEFT_OK) << first.message();
    int64_t calls = allocator.calls;
    for (int round = 0; round < 100; ++round) {
      weft_value_view in = x.view(), out{};
      ASSERT_EQ(weft_session_run(session.get(), 0, &in, 1, &out, 1, nullptr), WEFT_OK);
    }
    EXPECT_EQ(allocator.calls, calls) << "mode " << mode;
    session.reset();
    EXPECT_EQ(allocator.live, 0);
  }
}

// A larger shape grows the buffers once; going back and forth costs nothing more.
TEST(Session, GrowsOncePerLargerShape) {
  ArtifactSpec spec;
  spec.mode = ThreeTimes;
  Opened opened = open(spec);
  CountingAllocator allocator;
  weft_allocator hooks = allocator.hooks();
  SessionPtr session = createSession(opened, 1, &hooks);
  Tensor large = counting({500, 4}), small = counting({5, 4});
  run(session, {large.view()});
  int64_t calls = allocator.calls;
  for (int round = 0; round < 10; ++round)
    run(session, {round % 2 ? large.view() : small.view()});
  EXPECT_EQ(allocator.calls, calls);
  EXPECT_GT(weft_session_peak_bytes(session.get()), static_cast<uint64_t>(spec.arenaBytes));
}

TEST(Session, KeepsDataDependentBuffers) {
  ArtifactSpec spec;
  spec.mode = Positives;
  spec.inputs = {{"x", {"n"}}};
  spec.outputs = {{"y", {"found"}}};
  Opened opened = open(spec);
  CountingAllocator allocator;
  weft_allocator hooks = allocator.hooks();
  SessionPtr session = createSession(opened, 1, &hooks);
  Tensor x = counting({10});
  x.data()[3] = x.data()[7] = -1;
  for (int round = 0; round < 5; ++round) {
    Ran ran = run(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    ASSERT_EQ(ran.outputs[0].tensor.dims[0], 8);
    EXPECT_EQ(floats(ran.outputs[0])[3], 5.0f);
  }
  int64_t calls = allocator.calls;
  run(session, {x.view()});
  EXPECT_EQ(allocator.calls, calls);
  session.reset();
  EXPECT_EQ(allocator.live, 0);
}

TEST(Session, UsesTheCallersThreads) {
  struct Pool {
    int calls = 0;
    static void parallel(void *user, uint32_t slots, weft_task_fn fn, void *task) {
      static_cast<Pool *>(user)->calls += 1;
      std::vector<std::thread> threads;
      for (uint32_t slot = 0; slot < slots; ++slot)
        threads.emplace_back([=] { fn(task, slot); });
      for (std::thread &thread : threads)
        thread.join();
    }
  } pool;
  weft_thread_pool hook{&pool, 3, Pool::parallel};
  weft_session_options options;
  weft_session_options_init(&options);
  options.pool = &hook;
  Opened opened = open(ArtifactSpec());
  weft_session *created = nullptr;
  ASSERT_EQ(weft_session_create(opened.module.get(), &options, &created, nullptr), WEFT_OK);
  SessionPtr session(created);
  EXPECT_EQ(weft_session_threads(session.get()), 3u);
  Tensor x = counting({1000, 4});
  expectAffine(run(session, {x.view()}).outputs[0], 4000);
  EXPECT_EQ(pool.calls, 1);
  // One part is not worth another thread.
  Tensor small = counting({1, 4});
  expectAffine(run(session, {small.view()}).outputs[0], 4);
  EXPECT_EQ(pool.calls, 1);
}

TEST(Session, RefusesASecondRunAtTheSameTime) {
  struct Pool {
    weft_session *session = nullptr;
    weft_value_view input;
    weft_code inner = WEFT_OK;
    static void parallel(void *user, uint32_t slots, weft_task_fn fn, void *task) {
      auto &self = *static_cast<Pool *>(user);
      weft_value_view out{};
      self.inner = weft_session_run(self.session, 0, &self.input, 1, &out, 1, nullptr);
      for (uint32_t slot = 0; slot < slots; ++slot)
        fn(task, slot);
    }
  } pool;
  weft_thread_pool hook{&pool, 2, Pool::parallel};
  weft_session_options options;
  weft_session_options_init(&options);
  options.pool = &hook;
  Opened opened = open(ArtifactSpec());
  ASSERT_EQ(weft_session_create(opened.module.get(), &options, &pool.session, nullptr), WEFT_OK);
  SessionPtr session(pool.session);
  Tensor x = counting({1000, 4});
  pool.input = x.view();
  expectAffine(run(session, {x.view()}).outputs[0], 4000);
  EXPECT_EQ(pool.inner, WEFT_CALLER_STATE);
}

TEST(Session, RefusesImpossibleOptions) {
  Opened opened = open(ArtifactSpec());
  weft_session_options options{};
  weft_session *session = nullptr;
  weft_status status;
  EXPECT_EQ(weft_session_create(opened.module.get(), &options, &session, &status), WEFT_CALLER_ARGUMENT);
  weft_session_options_init(&options);
  options.threads = 1u << 30;
  EXPECT_EQ(weft_session_create(opened.module.get(), &options, &session, &status), WEFT_CALLER_ARGUMENT);
  EXPECT_STREQ(status.message, "1073741824 threads were asked for, above the limit of 4096.");
  weft_thread_pool hook{};
  weft_session_options_init(&options);
  options.pool = &hook;
  EXPECT_EQ(weft_session_create(opened.module.get(), &options, &session, &status), WEFT_CALLER_ARGUMENT);
  EXPECT_EQ(weft_session_create(nullptr, nullptr, &session, &status), WEFT_CALLER_ARGUMENT);
  EXPECT_EQ(session, nullptr);
}

#if defined(__x86_64__)
TEST(Session, FlushesDenormalsAndRestoresTheCaller) {
  for (bool keeps : {false, true}) {
    ArtifactSpec spec;
    spec.keepsDenormals = keeps;
    spec.weights = {1e-30f, 1, 1, 1};
    spec.mode = SumFirsts;
    spec.a = 1;
    spec.outputs = {{"y", {1, 1}}};
    Opened opened = open(spec);
    SessionPtr session = createSession(opened);
    Tensor x = counting({1, 4});
    x.data()[0] = std::numeric_limits<float>::denorm_min() * 1000;
    unsigned before = _mm_getcsr();
    _mm_setcsr(before = (before & ~0x6000u) | 0x2000u); // round down: results must not depend on it
    Ran ran = run(session, {x.view()});
    EXPECT_EQ(_mm_getcsr(), before);
    _mm_setcsr(before & ~0x6000u);
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    float got = floats(ran.outputs[0])[0];
    EXPECT_EQ(got == 0.0f, !keeps);
  }
}
#endif

TEST(Session, SurvivesExhaustedMemory) {
  for (Mode mode : {Affine, AffineByScratch, ThreeTimes}) {
    ArtifactSpec spec;
    spec.mode = mode;
    spec.a = 4096;
    Opened opened = open(spec);
    Tensor x = counting({20, 4}, /*shift=*/4);
    for (int allowed = 0;; ++allowed) {
      ASSERT_LT(allowed, 1000);
      CountingAllocator allocator;
      allocator.failAfter = allowed;
      weft_allocator hooks = allocator.hooks();
      weft_session_options options;
      weft_session_options_init(&options);
      options.threads = 1;
      options.allocator = &hooks;
      weft_session *created = nullptr;
      weft_status status;
      weft_code code = weft_session_create(opened.module.get(), &options, &created, &status);
      SessionPtr session(created);
      if (!code) {
        Ran ran = run(session, {x.view()});
        code = ran.code;
        status = ran.status;
      }
      session.reset();
      ASSERT_EQ(allocator.live, 0);
      if (!code)
        break;
      ASSERT_EQ(code, WEFT_RESOURCE_MEMORY) << status.message;
    }
  }
}

TEST(Session, TakesAbsentOptionals) {
  ArtifactSpec spec;
  spec.mode = SumFirsts;
  spec.a = 2;
  spec.inputs = {{"x", {1, 1}}, {"maybe", {1, 1}, WEFT_FLOAT32, WEFT_OPTIONAL}};
  spec.outputs = {{"y", {1, 1}}};
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  Tensor x = counting({1, 1});
  weft_value_view absent{}, inner = x.view(), present{};
  absent.kind = present.kind = WEFT_OPTIONAL;
  present.optional = &inner;
  Ran ran = run(session, {x.view(), absent});
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  EXPECT_EQ(floats(ran.outputs[0])[0], 101.0f);
  EXPECT_EQ(floats(run(session, {x.view(), present}).outputs[0])[0], 2.0f);
  EXPECT_EQ(floats(run(session, {x.view(), x.view()}).outputs[0])[0], 2.0f);
}

TEST(Profile, CountsKernels) {
  ArtifactSpec spec;
  spec.mode = ThreeTimes;
  Opened opened = open(spec);
  SessionPtr session = createSession(opened, 2);
  Tensor x = counting({500, 4});
  run(session, {x.view()});
  weft_kernel_profile profile{};
  EXPECT_EQ(weft_session_kernel_profile(session.get(), 0, &profile), WEFT_OK);
  EXPECT_EQ(profile.calls, 0u);
  ASSERT_EQ(weft_session_profile(session.get(), 1, nullptr), WEFT_OK);
  run(session, {x.view()});
  run(session, {x.view()});
  weft_session_kernel_profile(session.get(), 0, &profile);
  EXPECT_EQ(profile.calls, 4u);
  EXPECT_GT(profile.total_ns, 0u);
  weft_session_kernel_profile(session.get(), 1, &profile);
  EXPECT_EQ(profile.calls, 2u);
  weft_session_run_profile(session.get(), &profile);
  EXPECT_EQ(profile.calls, 2u);
  EXPECT_EQ(weft_session_kernel_profile(session.get(), 2, &profile), WEFT_CALLER_ARGUMENT);
}

TEST(Profile, TracesParts) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened, 2);
  Tensor x = counting({500, 4}); // 125 parts of the range
  ASSERT_EQ(weft_session_trace_start(session.get(), 1000, nullptr), WEFT_OK);
  run(session, {x.view()});
  uint64_t dropped = 1;
  size_t count = weft_session_trace_count(session.get(), &dropped);
  EXPECT_EQ(dropped, 0u);
  std::vector<int> covered(125, 0);
  int runs = 0;
  for (size_t i = 0; i < count; ++i) {
    weft_trace_event event;
    ASSERT_EQ(weft_session_trace_event(session.get(), i, &event), WEFT_OK);
    runs += event.kernel == WEFT_TRACE_RUN;
    for (int64_t k = event.begin; event.kernel == 0 && k < event.end; ++k)
      covered[static_cast<size_t>(k)] += 1;
  }
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(covered, std::vector<int>(125, 1));
  ASSERT_EQ(weft_session_trace_start(session.get(), 1, nullptr), WEFT_OK);
  run(session, {x.view()});
  weft_session_trace_count(session.get(), &dropped);
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(weft_session_trace_start(session.get(), 0, nullptr), WEFT_OK);
  EXPECT_EQ(weft_session_trace_count(session.get(), nullptr), 0u);
}

} // namespace
