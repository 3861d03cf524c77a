// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs that cannot be done say so, exactly, and leave the session usable.

#include "helpers.h"

using namespace weft::test;

namespace {

void expectFails(const Ran &ran, weft_code code, const std::string &message) {
  EXPECT_STREQ(weft_code_name(ran.code), weft_code_name(code));
  EXPECT_EQ(ran.status.code, ran.code);
  EXPECT_EQ(ran.message(), message);
}

TEST(SessionErrors, WrongCounts) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  Tensor x = counting({1, 4});
  expectFails(run(session, {}), WEFT_CALLER_COUNT,
              "0 inputs and 1 outputs were given, but entry 'main' has 1 and 1.");
  weft_value_view in = x.view(), out{};
  weft_status status;
  EXPECT_EQ(weft_session_run(session.get(), 5, &in, 1, &out, 1, &status), WEFT_CALLER_ARGUMENT);
  EXPECT_STREQ(status.message, "Entry 5 does not exist: the artifact has 1.");
  EXPECT_EQ(weft_session_run(nullptr, 0, &in, 1, &out, 1, &status), WEFT_CALLER_ARGUMENT);
  EXPECT_EQ(weft_session_run(session.get(), 0, nullptr, 1, &out, 1, &status), WEFT_CALLER_ARGUMENT);
}

TEST(SessionErrors, WrongTypeRankShapeAndSize) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  Tensor x = counting({2, 4});
  weft_value_view view = x.view();
  view.tensor.dtype = WEFT_INT32;
  expectFails(run(session, {view}), WEFT_CALLER_TYPE,
              "Input 'x' has elements of type int32, but the model takes float32.");
  Tensor flat = counting({8});
  expectFails(run(session, {flat.view()}), WEFT_CALLER_SHAPE,
              "Input 'x' has rank 1, but the model takes rank 2.");
  Tensor wide = counting({2, 5});
  expectFails(run(session, {wide.view()}), WEFT_CALLER_SHAPE,
              "Input 'x' dim 1 is 5, but the model has 4 there.");
  view = x.view();
  view.tensor.bytes = 31;
  expectFails(run(session, {view}), WEFT_CALLER_CAPACITY,
              "Input 'x' has 31 bytes, but its dims and type float32 make 32.");
  view = x.view();
  view.tensor.data = nullptr;
  expectFails(run(session, {view}), WEFT_CALLER_ARGUMENT, "Input 'x' has a null pointer for its data.");
  Tensor negative = counting({2, 4});
  view = negative.view();
  int64_t dims[] = {-2, 4};
  view.tensor.dims = dims;
  expectFails(run(session, {view}), WEFT_CALLER_SHAPE,
              "Input 'x' has a negative dim, or is larger than any memory.");
  int64_t huge[] = {INT64_MAX, 4};
  view.tensor.dims = huge;
  expectFails(run(session, {view}), WEFT_CALLER_SHAPE,
              "Input 'x' has a negative dim, or is larger than any memory.");
}

TEST(SessionErrors, WrongKinds) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  weft_value_view sequence{};
  sequence.kind = WEFT_SEQUENCE;
  expectFails(run(session, {sequence}), WEFT_CALLER_KIND,
              "Input 'x' is a sequence, but the model takes a tensor there.");
}

TEST(SessionErrors, BoundsAndSymbols) {
  ArtifactSpec spec;
  spec.mode = SumFirsts;
  spec.a = 2;
  spec.inputs = {
      {"ids", {DimSpec("batch", 1, 8), "seq"}}, {"mask", {"batch", "seq"}}, {"all", {"seq + past", "past"}}};
  spec.outputs = {{"y", {1, 1}}};
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  auto runAt = [&](std::vector<int64_t> ids, std::vector<int64_t> mask, std::vector<int64_t> all) {
    Tensor a = counting(ids), b = counting(mask), c = counting(all);
    return run(session, {a.view(), b.view(), c.view()});
  };
  Ran ran = runAt({2, 5}, {2, 5}, {8, 3});
  EXPECT_EQ(ran.code, WEFT_OK) << ran.message();
  expectFails(runAt({2, 5}, {3, 5}, {8, 3}), WEFT_CALLER_SHAPE,
              "Input 'mask' dim 0 is 3, but input 'ids' dim 0 is 2: both are 'batch' and must be equal.");
  expectFails(runAt({9, 5}, {9, 5}, {8, 3}), WEFT_CALLER_SHAPE,
              "Input 'ids' dim 0 (batch) is 9, but must be at most 8.");
  expectFails(runAt({0, 5}, {0, 5}, {8, 3}), WEFT_CALLER_SHAPE,
              "Input 'ids' dim 0 (batch) is 0, but must be at least 1.");
  expectFails(runAt({2, 5}, {2, 5}, {9, 3}), WEFT_CALLER_SHAPE,
              "Input 'all' dim 0 is 9, but 'seq + past' is 8 for the sizes of the other dims.");
}

TEST(SessionErrors, ChecksOfTheModel) {
  ArtifactSpec spec;
  spec.mode = FailingCheck;
  spec.b = 42;
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  Tensor x = counting({3, 4});
  expectFails(run(session, {x.view()}), WEFT_CALLER_VALUE, "size 3 is not 42: 3 != 42");
  spec.a = 9; // no such message
  Opened other = open(spec);
  session = createSession(other);
  expectFails(run(session, {x.view()}), WEFT_CALLER_VALUE, "A check of the model failed (3, 42).");
}

TEST(SessionErrors, FaultsOfTheProgram) {
  struct Row {
    Mode mode;
    weft_code code;
    const char *message;
  };
  for (const Row &row : {
           Row{OutputTwice, WEFT_SYSTEM_INTERNAL,
               "The program asked for output 'y' twice. Please report this."},
           Row{NoOutput, WEFT_SYSTEM_INTERNAL,
               "The program ended without making output 'y'. Please report this."},
           Row{StrangeCode, WEFT_SYSTEM_INTERNAL,
               "The program of entry 'main' returned 77 without a message. Please report this."},
           Row{WrongSize, WEFT_SYSTEM_INTERNAL,
               "The program makes output 'y' with dim 1 of 5, but its signature says 4. Please report this."},
       }) {
    ArtifactSpec spec;
    spec.mode = row.mode;
    Opened opened = open(spec);
    SessionPtr session = createSession(opened);
    Tensor x = counting({3, 4});
    expectFails(run(session, {x.view()}), row.code, row.message);
  }
}

// A size below zero is no lack of memory.
TEST(SessionErrors, NegativeBuffers) {
  for (Mode mode : {HugeAlloc, HugeArena}) {
    ArtifactSpec spec;
    spec.mode = mode;
    spec.a = -2752;
    Opened opened = open(spec);
    SessionPtr session = createSession(opened);
    Tensor x = counting({1, 4});
    expectFails(
        run(session, {x.view()}), WEFT_CALLER_VALUE,
        "These inputs give an intermediate result an impossible size (-2752 bytes). A dim is too small or "
        "too large for the model.");
  }
}

TEST(SessionErrors, HugeBuffers) {
  for (int64_t bytes : {INT64_MAX, int64_t(1) << 46}) {
    ArtifactSpec spec;
    spec.mode = HugeAlloc;
    spec.a = bytes;
    Opened opened = open(spec);
    CountingAllocator allocator; // the default one may grant what it does not have
    weft_allocator hooks = allocator.hooks();
    SessionPtr session = createSession(opened, 1, &hooks);
    allocator.failAfter = 1; // the arena
    Tensor x = counting({1, 4});
    Ran ran = run(session, {x.view()});
    EXPECT_EQ(ran.code, WEFT_RESOURCE_MEMORY) << ran.message();
  }
}

TEST(SessionErrors, ExhaustedScratch) {
  ArtifactSpec spec;
  spec.mode = AffineByScratch;
  spec.a = INT64_MAX;
  Opened opened = open(spec);
  SessionPtr session = createSession(opened, 2);
  Tensor x = counting({300, 4});
  expectFails(run(session, {x.view()}), WEFT_RESOURCE_MEMORY,
              "There is no memory for the scratch of kernel 'k0'.");
}

} // namespace
