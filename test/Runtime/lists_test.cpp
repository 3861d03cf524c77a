// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequences and optionals across the boundary and through the functions that programs call on lists.
#include "helpers.h"

namespace weft::test {
namespace {

/// Inputs s and maybe, outputs t, y and parts: see `lists` in Inputs/program.c.
ArtifactSpec listSpec(int64_t part = 0) {
  ArtifactSpec spec;
  spec.abiVersion = 3;
  spec.mode = Lists;
  spec.a = part;
  spec.inputs = {{"s", {-1, 2}, WEFT_FLOAT32, WEFT_SEQUENCE},
                 {"maybe", {-1, 2}, WEFT_FLOAT32, WEFT_OPTIONAL}};
  spec.outputs = {{"t", {-1, 2}, WEFT_FLOAT32, WEFT_SEQUENCE},
                  {"y", {-1, 2}},
                  {"parts", {-1, 2}, WEFT_FLOAT32, WEFT_OPTIONAL, WEFT_SEQUENCE}};
  spec.messages = {"elements differ: {a} {b}"};
  return spec;
}

weft_value_view sequenceOf(const std::vector<weft_value_view> &items) {
  weft_value_view view{};
  view.kind = WEFT_SEQUENCE;
  view.sequence = {items.size(), items.data()};
  return view;
}

weft_value_view optionalOf(const weft_value_view *value) {
  weft_value_view view{};
  view.kind = WEFT_OPTIONAL;
  view.optional = value;
  return view;
}

std::vector<float> valuesOf(const weft_value_view &view) {
  return std::vector<float>(floats(view), floats(view) + view.tensor.bytes / 4);
}

TEST(Lists, AppendsJoinsAndSplits) {
  Opened opened = open(listSpec(2));
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  SessionPtr session = createSession(opened);
  Tensor a = counting({2, 2}, 4), b = counting({1, 2}), c = counting({2, 2});
  std::vector<weft_value_view> items = {a.view(), b.view()};
  weft_value_view inner = c.view();
  Ran ran = run(session, {sequenceOf(items), optionalOf(&inner)}, 3);
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  ASSERT_EQ(ran.outputs[0].kind, WEFT_SEQUENCE);
  ASSERT_EQ(ran.outputs[0].sequence.count, 3u);
  EXPECT_EQ(valuesOf(ran.outputs[0].sequence.items[1]), (std::vector<float>{1, 2}));
  EXPECT_EQ(ran.outputs[0].sequence.items[1].tensor.dims[0], 1);
  EXPECT_EQ(valuesOf(ran.outputs[1]), (std::vector<float>{1, 2, 3, 4, 1, 2, 1, 2, 3, 4}));
  ASSERT_EQ(ran.outputs[2].kind, WEFT_OPTIONAL);
  ASSERT_NE(ran.outputs[2].optional, nullptr);
  ASSERT_EQ(ran.outputs[2].optional->kind, WEFT_SEQUENCE);
  ASSERT_EQ(ran.outputs[2].optional->sequence.count, 3u);
  EXPECT_EQ(valuesOf(ran.outputs[2].optional->sequence.items[2]), (std::vector<float>{3, 4}));
}

TEST(Lists, TakesAbsentOptionalsAndEmptySequences) {
  Opened opened = open(listSpec());
  SessionPtr session = createSession(opened);
  Ran ran = run(session, {sequenceOf({}), optionalOf(nullptr)}, 3);
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  EXPECT_EQ(ran.outputs[0].sequence.count, 0u);
  EXPECT_EQ(ran.outputs[1].tensor.dims[0], 0);
  EXPECT_EQ(ran.outputs[2].optional, nullptr);
  // The value of an optional may stand for it.
  Tensor a = counting({1, 2});
  EXPECT_EQ(run(session, {sequenceOf({}), a.view()}, 3).outputs[0].sequence.count, 1u);
}

TEST(Lists, ErasesAnElement) {
  for (int64_t place : {0, 1, 2}) {
    Opened opened = open(listSpec(-1 - place));
    SessionPtr session = createSession(opened);
    Tensor one = counting({1, 2}), two = counting({2, 2}), three = counting({3, 2});
    std::vector<weft_value_view> items = {one.view(), two.view(), three.view()};
    Ran ran = run(session, {sequenceOf(items), optionalOf(nullptr)}, 3);
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    ASSERT_EQ(ran.outputs[0].sequence.count, 2u);
    EXPECT_EQ(ran.outputs[1].tensor.dims[0], 6 - (place + 1));
  }
}

TEST(Lists, GiveResultsBackAsInputs) {
  Opened opened = open(listSpec());
  SessionPtr session = createSession(opened);
  Tensor a = counting({1, 2});
  weft_value_view inner = a.view(), state = sequenceOf({});
  for (size_t i = 1; i <= 20; ++i) {
    Ran ran = run(session, {state, optionalOf(&inner)}, 3);
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    state = ran.outputs[0];
    ASSERT_EQ(state.sequence.count, i);
    for (size_t k = 0; k < i; ++k)
      ASSERT_EQ(valuesOf(state.sequence.items[k]), (std::vector<float>{1, 2}));
  }
}

TEST(Lists, RefusesWhatTheSignatureDoesNotAllow) {
  Opened opened = open(listSpec());
  SessionPtr session = createSession(opened);
  Tensor good = counting({1, 2}), wide = counting({1, 3}), deep = counting({1, 1, 2});
  weft_value_view absent = optionalOf(nullptr);
  auto expectRefused = [&](const weft_value_view &s, const weft_value_view &maybe, weft_code code,
                           const std::string &message) {
    Ran ran = run(session, {s, maybe}, 3);
    EXPECT_EQ(ran.code, code);
    EXPECT_NE(ran.message().find(message), std::string::npos) << ran.message();
  };
  expectRefused(good.view(), absent, WEFT_CALLER_KIND,
                "Input 's' is a tensor, but the model takes a sequence");
  std::vector<weft_value_view> items = {good.view(), wide.view()};
  expectRefused(sequenceOf(items), absent, WEFT_CALLER_SHAPE, "Element 1: Input 's'");
  items[1] = deep.view();
  expectRefused(sequenceOf(items), absent, WEFT_CALLER_SHAPE, "Element 1: Input 's' has rank 3");
  items[1] = sequenceOf({});
  expectRefused(sequenceOf(items), absent, WEFT_CALLER_KIND, "Element 1: Input 's' holds a sequence");
  weft_value_view hollow = sequenceOf({});
  hollow.sequence = {3, nullptr};
  expectRefused(hollow, absent, WEFT_CALLER_ARGUMENT, "no elements behind its count");
  items[1] = good.view();
  expectRefused(sequenceOf(items), sequenceOf(items), WEFT_CALLER_KIND,
                "Input 'maybe' is a sequence, but the model takes an optional");
  std::vector<weft_value_view> outputs(3);
  outputs[1].kind = WEFT_SEQUENCE;
  weft_status status;
  std::vector<weft_value_view> inputs = {sequenceOf(items), absent};
  EXPECT_EQ(weft_session_run(session.get(), 0, inputs.data(), 2, outputs.data(), 3, &status),
            WEFT_CALLER_KIND);
  EXPECT_NE(std::string(status.message).find("'y' was given as a sequence, but the model makes a tensor"),
            std::string::npos)
      << status.message;
}

// Elements that cannot be joined end the run with the program's message.
TEST(Lists, JoinsOnlyWhatFits) {
  ArtifactSpec spec = listSpec();
  spec.inputs[0].dims = {-1, -1};
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  Tensor a = counting({1, 2}), b = counting({1, 3});
  std::vector<weft_value_view> items = {a.view(), b.view()};
  Ran ran = run(session, {sequenceOf(items), optionalOf(nullptr)}, 3);
  EXPECT_EQ(ran.code, WEFT_CALLER_VALUE);
  EXPECT_NE(ran.message().find("elements differ: 1 1"), std::string::npos) << ran.message();
}

TEST(Lists, SurvivesLackOfMemoryAndAllocatesNothingLater) {
  Opened opened = open(listSpec(1));
  Tensor a = counting({40, 2}), b = counting({1, 2});
  std::vector<weft_value_view> items(300, a.view());
  for (int64_t limit = 0;; ++limit) {
    CountingAllocator allocator;
    weft_allocator hooks = allocator.hooks();
    SessionPtr session = createSession(opened, 1, &hooks);
    allocator.failAfter = limit;
    Ran ran = run(session, {sequenceOf(items), b.view()}, 3);
    if (ran.code == WEFT_OK) {
      allocator.failAfter = -1;
      run(session, {sequenceOf(items), b.view()}, 3);
      run(session, {sequenceOf(items), b.view()}, 3);
      run(session, {sequenceOf(items), b.view()}, 3);
      int64_t calls = allocator.calls;
      ASSERT_EQ(run(session, {sequenceOf(items), b.view()}, 3).code, WEFT_OK);
      EXPECT_EQ(allocator.calls, calls);
    } else {
      ASSERT_EQ(ran.code, WEFT_RESOURCE_MEMORY) << ran.message();
    }
    session.reset();
    ASSERT_EQ(allocator.live, 0);
    if (ran.code == WEFT_OK)
      break;
    ASSERT_LT(limit, 100);
  }
}

// An optional holds tensors or sequences, nothing else does.
TEST(Lists, NoItemOfATensor) {
  ArtifactSpec spec = listSpec();
  spec.outputs[1].item = WEFT_SEQUENCE;
  Opened opened = open(spec);
  EXPECT_EQ(opened.code, WEFT_ARTIFACT_INVALID);
  EXPECT_NE(opened.message().find("holds values of kind number 1"), std::string::npos) << opened.message();
}

} // namespace
} // namespace weft::test
