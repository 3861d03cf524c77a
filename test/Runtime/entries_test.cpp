// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Artifacts with several entry points: the inputs' shapes decide which one runs.

#include "helpers.h"

using namespace weft::test;

namespace {

Ran runAuto(const SessionPtr &session, std::vector<weft_value_view> inputs) {
  Ran out;
  out.outputs.assign(1, weft_value_view{});
  out.code = weft_session_run(session.get(), WEFT_ENTRY_AUTO, inputs.data(), inputs.size(),
                              out.outputs.data(), out.outputs.size(), &out.status);
  return out;
}

weft_module_info infoOf(const Opened &opened) {
  weft_module_info info{};
  info.struct_size = sizeof(info);
  weft_module_get_info(opened.module.get(), &info);
  return info;
}

void expectInvalid(const ArtifactSpec &spec, const std::string &text) {
  Opened opened = open(spec);
  EXPECT_EQ(opened.code, WEFT_ARTIFACT_INVALID);
  EXPECT_NE(opened.message().find(text), std::string::npos) << opened.message();
}

TEST(Entries, AreDescribed) {
  Opened opened = open(bucketSpec(true));
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  weft_module_info info = infoOf(opened);
  ASSERT_EQ(info.entry_count, 2u);
  EXPECT_EQ(info.entries[0].size_count, 0u);
  EXPECT_EQ(info.entries[0].kernel_begin, 0u);
  EXPECT_EQ(info.entries[0].kernel_count, 2u); // not stated: all
  EXPECT_STREQ(info.entries[1].name, "batch=2");
  ASSERT_EQ(info.entries[1].size_count, 1u);
  EXPECT_STREQ(info.entries[1].sizes[0].name, "batch");
  EXPECT_EQ(info.entries[1].sizes[0].size, 2);
  EXPECT_EQ(info.entries[1].kernel_begin, 1u);
  EXPECT_EQ(info.entries[1].kernel_count, 1u);
  EXPECT_EQ(info.abi_version, 2u);
}

// The bucket is preferred although it comes last; every other size falls to the general entry.
TEST(Entries, TheExactOneRunsElseTheGeneralOne) {
  Opened opened = open(bucketSpec(true));
  SessionPtr session = createSession(opened, 2);
  for (int64_t batch : {1, 2, 3, 2}) {
    Tensor x = counting({batch, 4});
    Ran ran = runAuto(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    EXPECT_EQ(floats(ran.outputs[0])[0], batch == 2 ? 100.0f : 2.0f) << batch;
    EXPECT_EQ(ran.outputs[0].tensor.dims[0], batch);
    weft_value_view view = x.view();
    uint32_t entry = 7;
    EXPECT_EQ(weft_module_find_entry(opened.module.get(), &view, 1, &entry, nullptr), WEFT_OK);
    EXPECT_EQ(entry, batch == 2 ? 1u : 0u);
  }
  // By number the general one takes what a bucket would.
  Tensor x = counting({2, 4});
  Ran ran = run(session, {x.view()});
  ASSERT_EQ(ran.code, WEFT_OK);
  EXPECT_EQ(floats(ran.outputs[0])[0], 2.0f);
}

TEST(Entries, WithoutAGeneralOneTheErrorListsThem) {
  Opened opened = open(bucketSpec(false));
  SessionPtr session = createSession(opened);
  for (int64_t batch : {1, 2, 3}) {
    Tensor x = counting({batch, 4});
    Ran ran = runAuto(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    EXPECT_EQ(floats(ran.outputs[0])[0], batch == 1 ? 2.0f : batch == 2 ? 100.0f : 200.0f);
  }
  Tensor x = counting({5, 4});
  Ran ran = runAuto(session, {x.view()});
  EXPECT_EQ(ran.code, WEFT_CALLER_SHAPE);
  EXPECT_NE(ran.message().find("input 'x' is 5x4. The entries are: 'batch=1', 'batch=2', 'batch=3'"),
            std::string::npos)
      << ran.message();
  // The session stays usable.
  Tensor one = counting({1, 4});
  EXPECT_EQ(runAuto(session, {one.view()}).code, WEFT_OK);
}

// What no entry can take, the general one explains.
TEST(Entries, TheGeneralOneExplainsWhatIsWrong) {
  Opened opened = open(bucketSpec(true));
  SessionPtr session = createSession(opened);
  Tensor x = counting({2, 5});
  Ran ran = runAuto(session, {x.view()});
  EXPECT_EQ(ran.code, WEFT_CALLER_SHAPE);
  EXPECT_NE(ran.message().find("Input 'x' dim 1 is 5, but the model has 4 there"), std::string::npos)
      << ran.message();
  EXPECT_EQ(runAuto(session, {}).code, WEFT_CALLER_COUNT);
  uint32_t entry;
  EXPECT_EQ(weft_module_find_entry(opened.module.get(), nullptr, 0, &entry, nullptr), WEFT_CALLER_COUNT);
  EXPECT_EQ(weft_module_find_entry(nullptr, nullptr, 0, &entry, nullptr), WEFT_CALLER_ARGUMENT);
}

// Entries take turns in one arena: the session holds the largest, not the sum.
TEST(Entries, ShareTheArena) {
  ArtifactSpec spec = bucketSpec(true);
  spec.arenaBytes = 3 << 20;
  spec.furtherEntries[0].arenaBytes = 2 << 20;
  Opened opened = open(spec);
  SessionPtr session = createSession(opened);
  Tensor x = counting({1, 4}), two = counting({2, 4});
  ASSERT_EQ(runAuto(session, {two.view()}).code, WEFT_OK);
  ASSERT_EQ(runAuto(session, {x.view()}).code, WEFT_OK);
  // Growing gives the old block back first.
  EXPECT_LT(weft_session_peak_bytes(session.get()), (3u << 20) + (1u << 19));
}

TEST(Entries, OneEntryNeedsNoChoice) {
  Opened opened = open(ArtifactSpec());
  SessionPtr session = createSession(opened);
  Tensor x = counting({2, 4}), wrong = counting({2, 5});
  EXPECT_EQ(runAuto(session, {x.view()}).code, WEFT_OK);
  EXPECT_NE(runAuto(session, {wrong.view()}).message().find("dim 1 is 5"), std::string::npos);
  EXPECT_EQ(weft_session_run(session.get(), 1, nullptr, 0, nullptr, 0, nullptr), WEFT_CALLER_ARGUMENT);
}

TEST(Entries, RefusesEntriesThatDisagree) {
  ArtifactSpec spec = bucketSpec(true);
  spec.furtherEntries[0].inputs[0].name = "z";
  expectInvalid(spec, "entries 0 and 1 have other inputs or outputs");
  spec = bucketSpec(true);
  spec.furtherEntries[0].outputs[0].type = WEFT_INT32;
  expectInvalid(spec, "entries 0 and 1 have other inputs or outputs");
  spec = bucketSpec(true);
  spec.furtherEntries[0].inputs[0].dims = {2};
  expectInvalid(spec, "entries 0 and 1 have other inputs or outputs");
}

TEST(Entries, RefusesImpossibleFacts) {
  ArtifactSpec spec = bucketSpec(true);
  spec.furtherEntries[0].name = "main";
  expectInvalid(spec, "entries 0 and 1 have the same name");
  spec = bucketSpec(true);
  spec.furtherEntries[0].symbol = "";
  expectInvalid(spec, "entry 'batch=2' has an empty function name");
  spec = bucketSpec(true);
  spec.furtherEntries[0].sizes = {{"batch", -1}};
  expectInvalid(spec, "size 0 of entry 'batch=2' has no name, or is -1");
  spec = bucketSpec(true);
  spec.furtherEntries[0].kernelCount = 2;
  expectInvalid(spec, "entry 'batch=2' has 2 kernels from number 1 of 2");
  spec = bucketSpec(true);
  spec.abiVersion = 1;
  expectInvalid(spec, "entry 1 has a function name, which binary interface 1 does not know");
}

TEST(Entries, RefusesCodeWithoutTheFunction) {
  ArtifactSpec spec = bucketSpec(true);
  spec.furtherEntries[0].symbol = "weft_entry_9";
  Opened opened = open(spec);
  EXPECT_EQ(opened.code, WEFT_ARTIFACT_CODE);
  EXPECT_NE(opened.message().find("has no function 'weft_entry_9'"), std::string::npos) << opened.message();
}

} // namespace
