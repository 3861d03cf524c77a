// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Artifacts of every released version open and run for ever, bit for bit.

#include "helpers.h"

#include <cstdlib>

using namespace weft::test;

namespace {

std::string goldenPath(const char *version) {
  return std::string(WEFT_TEST_INPUTS) + "/golden-" + version + ".weft";
}

TEST(Golden, OpensAndRunsEveryVersion) {
  for (const char *version : {"0.1.0"}) {
    weft_module *module = nullptr;
    weft_status status;
    weft_module_options options = defaultModuleOptions();
#if !defined(__x86_64__)
    options.inspect_only = 1;
#endif
    ASSERT_EQ(weft_module_open(goldenPath(version).c_str(), &options, &module, &status), WEFT_OK)
        << status.message;
    Opened opened;
    opened.module.reset(module);
    weft_module_info info{};
    info.struct_size = sizeof(info);
    weft_module_get_info(module, &info);
    EXPECT_STREQ(info.model, "affine");
    EXPECT_STREQ(info.entries[0].inputs[0].dims[0].symbol, "batch");
    EXPECT_EQ(info.entries[0].arena_bytes, 65536);
    EXPECT_EQ(info.host_nodes, 3);
    EXPECT_STREQ(info.kernels[0].nodes[1], "Add_1");
    EXPECT_STREQ(info.metadata[0].value, "17");
#if defined(__x86_64__)
    SessionPtr session = createSession(opened, 2);
    Tensor x = counting({3, 4});
    Ran ran = run(session, {x.view()});
    ASSERT_EQ(ran.code, WEFT_OK) << ran.message();
    EXPECT_EQ(floats(ran.outputs[0])[11], 49.0f);
#endif
  }
}

// Writes the artifact of this version, once, when it is released:
//   WEFT_GOLDEN=test/Runtime/Inputs/golden-X.Y.Z.weft weft-runtime-tests --gtest_also_run_disabled_tests
//   --gtest_filter=*Write
TEST(Golden, DISABLED_Write) {
  const char *path = getenv("WEFT_GOLDEN");
  ASSERT_NE(path, nullptr);
  ArtifactSpec spec;
  spec.metadata = {"opset", "17"};
  std::vector<uint8_t> bytes = build(spec);
  FILE *file = fopen(path, "wb");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
  fclose(file);
}

} // namespace
