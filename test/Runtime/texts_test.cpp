// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings across the boundary: numbered on the way in, texts again on the way out.
#include "helpers.h"

#include "weft_abi.h"
#include "weft_file.h"

namespace weft::test {
namespace {

/// y = x with the constant text "fixed" behind.
ArtifactSpec textSpec() {
  ArtifactSpec spec;
  spec.mode = Texts;
  spec.texts = {"fixed", ""};
  spec.a = static_cast<int64_t>(file::checksum("fixed", 5));
  spec.inputs = {{"x", {"n"}, WEFT_STRING}};
  spec.outputs = {{"y", {"n + 1"}, WEFT_STRING}};
  return spec;
}

struct TextInput {
  explicit TextInput(std::vector<std::string> given)
      : texts(std::move(given)), count(static_cast<int64_t>(texts.size())) {
    for (const std::string &text : texts)
      views.push_back({text.data(), text.size()});
  }
  weft_value_view view() {
    weft_value_view value{};
    value.kind = WEFT_TENSOR;
    value.tensor.data = views.data();
    value.tensor.bytes = views.size() * sizeof(weft_string_view);
    value.tensor.dtype = WEFT_STRING;
    value.tensor.rank = 1;
    value.tensor.dims = &count;
    return value;
  }
  std::vector<std::string> texts;
  std::vector<weft_string_view> views;
  int64_t count;
};

std::vector<std::string> textsOf(const weft_value_view &value) {
  std::vector<std::string> texts;
  const auto *views = static_cast<const weft_string_view *>(value.tensor.data);
  for (uint64_t i = 0; i < value.tensor.bytes / sizeof(weft_string_view); ++i)
    texts.emplace_back(views[i].data, views[i].bytes);
  return texts;
}

TEST(Texts, ComeOutAsTheyWentIn) {
  Opened opened = open(textSpec());
  SessionPtr session = createSession(opened);
  std::vector<std::string> given = {"",      "a", std::string("nul\0inside", 10),
                                    "fixed", "a", std::string(5000, 'x')};
  for (int i = 0; i < 200; ++i)
    given.push_back("text " + std::to_string(i));
  for (int round = 0; round < 3; ++round) {
    TextInput x(given);
    Ran ran = run(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    std::vector<std::string> expected = given;
    expected.push_back("fixed");
    EXPECT_EQ(textsOf(ran.outputs[0]), expected);
    // The result of a run may be the input of the next.
    Ran next = run(session, {ran.outputs[0]});
    ASSERT_EQ(next.code, WEFT_OK) << next.message();
    expected.push_back("fixed");
    EXPECT_EQ(textsOf(next.outputs[0]), expected);
  }
  TextInput none({});
  EXPECT_EQ(textsOf(run(session, {none.view()}).outputs[0]), std::vector<std::string>{"fixed"});
}

TEST(Texts, GoWhereTheCallerWants) {
  Opened opened = open(textSpec());
  SessionPtr session = createSession(opened);
  TextInput x({"one", "two"});
  weft_string_view room[3] = {};
  std::vector<weft_value_view> inputs = {x.view()}, outputs(1);
  outputs[0].tensor.data = room;
  outputs[0].tensor.capacity = sizeof(room);
  weft_status status;
  ASSERT_EQ(weft_session_run(session.get(), 0, inputs.data(), 1, outputs.data(), 1, &status), WEFT_OK)
      << status.message;
  EXPECT_EQ(outputs[0].tensor.data, room);
  EXPECT_EQ(textsOf(outputs[0]), (std::vector<std::string>{"one", "two", "fixed"}));
  outputs[0].tensor.capacity = sizeof(room) - 1;
  EXPECT_EQ(weft_session_run(session.get(), 0, inputs.data(), 1, outputs.data(), 1, &status),
            WEFT_CALLER_CAPACITY);
}

TEST(Texts, RefusesNullAndUnknownOnes) {
  Opened opened = open(textSpec());
  SessionPtr session = createSession(opened);
  TextInput x({"one", "two"});
  x.views[1].data = nullptr;
  Ran ran = run(session, {x.view()});
  EXPECT_EQ(ran.code, WEFT_CALLER_ARGUMENT);
  EXPECT_NE(ran.message().find("null pointer for string 1"), std::string::npos) << ran.message();
  ArtifactSpec spec = textSpec();
  spec.a = 12345;
  Opened broken = open(spec);
  session = createSession(broken);
  TextInput y({"one"});
  ran = run(session, {y.view()});
  EXPECT_EQ(ran.code, WEFT_SYSTEM_INTERNAL);
  EXPECT_NE(ran.message().find("a number without a text"), std::string::npos) << ran.message();
}

/// Runs with memory for 0, 1, 2 ... allocations, until one ends well; it is to need less than `most`.
void expectSurvival(const Opened &opened, TextInput &x, int64_t most) {
  for (int64_t limit = 0;; ++limit) {
    CountingAllocator allocator;
    weft_allocator hooks = allocator.hooks();
    SessionPtr session = createSession(opened, 1, &hooks);
    allocator.failAfter = limit;
    Ran ran = run(session, {x.view()});
    allocator.failAfter = -1;
    session.reset();
    ASSERT_EQ(allocator.live, 0);
    if (ran.code == WEFT_OK)
      break;
    ASSERT_EQ(ran.code, WEFT_RESOURCE_MEMORY) << ran.message();
    ASSERT_LT(limit, most);
  }
}

TEST(Texts, SurviveLackOfMemory) {
  Opened opened = open(textSpec());
  std::vector<std::string> given;
  for (int i = 0; i < 300; ++i)
    given.push_back("text " + std::to_string(i));
  TextInput x(given);
  expectSurvival(opened, x, 100);
}

ArtifactSpec callSpec(int64_t function, weft_dtype result, int64_t param = 0) {
  ArtifactSpec spec = textSpec();
  spec.abiVersion = 4;
  spec.mode = TextCall;
  spec.a = function;
  spec.b = param;
  spec.outputs = {{"y", {"n"}, result}};
  return spec;
}

TEST(TextCalls, MakeTexts) {
  Opened opened = open(callSpec(WEFT_TEXT_CONCAT, WEFT_STRING));
  SessionPtr session = createSession(opened);
  std::string zero("a\0b", 3), large(70000, 'x');
  for (int round = 0; round < 3; ++round) {
    // A text that is made may be one that is there: "fixed" of the artifact, "aa" of the input.
    TextInput x({"", "a", "aa", zero, large, "\xff"});
    Ran ran = run(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    EXPECT_EQ(textsOf(ran.outputs[0]),
              (std::vector<std::string>{"", "aa", "aaaa", zero + zero, large + large, "\xff\xff"}));
  }
  TextInput none({});
  EXPECT_TRUE(textsOf(run(session, {none.view()}).outputs[0]).empty());
}

TEST(TextCalls, ChangeCaseOfWhatIsUtf8) {
  Opened opened = open(callSpec(WEFT_TEXT_CASE, WEFT_STRING, /*param=*/1));
  SessionPtr session = createSession(opened);
  // A two-byte character whose capital has three, a cut character, an overlong one, a surrogate, one that is
  // too large.
  TextInput x({"az\xc9\x90", "\xc3", "\xc1\xa1", "\xed\xa0\x80z", "\xf4\x90\x80\x80", "\xf0\x90\x90\xa8"});
  Ran ran = run(session, {x.view()});
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  EXPECT_EQ(textsOf(ran.outputs[0]),
            (std::vector<std::string>{"AZ\xe2\xb1\xaf", "\xc3", "\xc1\xa1", "\xed\xa0\x80Z",
                                      "\xf4\x90\x80\x80", "\xf0\x90\x90\x80"}));
}

TEST(TextCalls, ReportWhatTheyCannotDo) {
  Opened opened = open(callSpec(WEFT_TEXT_PARSE, WEFT_FLOAT64, WEFT_TEXT_F64));
  SessionPtr session = createSession(opened);
  TextInput good({"1", " -0x1p-2\n", "nan"}), bad({"1", std::string("1\0", 2)});
  Ran ran = run(session, {good.view()});
  ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
  EXPECT_EQ(static_cast<const double *>(ran.outputs[0].tensor.data)[1], -0.25);
  ran = run(session, {bad.view()});
  EXPECT_NE(ran.message().find("size 1 is not 2"), std::string::npos) << ran.message();
  // What is no table of a pattern, and a function of a later version.
  for (int64_t function : {int64_t(WEFT_TEXT_MATCH), int64_t(99), int64_t(-1)}) {
    Opened broken = open(callSpec(function, WEFT_BOOL));
    session = createSession(broken);
    TextInput x({"one"});
    EXPECT_EQ(run(session, {x.view()}).code, WEFT_SYSTEM_INTERNAL);
  }
}

TEST(TextCalls, SurviveLackOfMemory) {
  std::vector<std::string> given;
  for (int i = 0; i < 300; ++i)
    given.push_back("text " + std::to_string(i));
  TextInput x(given);
  for (int64_t function : {WEFT_TEXT_CONCAT, WEFT_TEXT_CASE, WEFT_TEXT_SPLIT, WEFT_TEXT_RANK}) {
    Opened opened = open(callSpec(function, function >= WEFT_TEXT_SPLIT ? WEFT_INT64 : WEFT_STRING));
    expectSurvival(opened, x, 200);
  }
}

} // namespace
} // namespace weft::test
