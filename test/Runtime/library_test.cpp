// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The shared library is small, exports the C interface only and needs only the C library; a C program can
// embed it.

#include "artifact_builder.h"

#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace weft::test;

namespace {

std::string outputOf(const std::string &command, int &status) {
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  std::string out;
  char buffer[4096];
  for (size_t got; (got = fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
    out.append(buffer, got);
  status = pclose(pipe);
  status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

TEST(Library, StaysUnder300KilobytesStripped) {
  std::string stripped = writeTemporary({}, "stripped.so");
  int status;
  outputOf(std::string(WEFT_TEST_STRIP) + " -o " + stripped + " " + WEFT_TEST_LIBRARY, status);
  ASSERT_EQ(status, 0);
  struct stat info;
  ASSERT_EQ(stat(stripped.c_str(), &info), 0);
  EXPECT_LE(info.st_size, 300'000);
  RecordProperty("stripped_bytes", static_cast<int>(info.st_size));
}

TEST(Library, ExportsTheCInterfaceOnly) {
  int status;
  std::istringstream lines(
      outputOf(std::string(WEFT_TEST_NM) + " -D --defined-only " + WEFT_TEST_LIBRARY, status));
  ASSERT_EQ(status, 0);
  int count = 0;
  for (std::string address, kind, name; lines >> address >> kind >> name; ++count)
    EXPECT_EQ(name.rfind("weft_", 0), 0u) << name;
  EXPECT_GE(count, 20);
}

TEST(Library, NeedsNoCppLibrary) {
  int status;
  std::string text = outputOf(std::string(WEFT_TEST_READELF) + " -d " + WEFT_TEST_LIBRARY, status);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(text.find("libstdc++"), std::string::npos) << text;
  EXPECT_EQ(text.find("libc++"), std::string::npos) << text;
}

TEST(Library, IsEmbeddedByAShortCProgram) {
  std::string path = writeTemporary(build(ArtifactSpec()), "embed.weft");
  int status;
  std::string program = std::string(WEFT_TEST_EMBEDDING) + " " + path;
  std::vector<float> x = {1, 2, 3, -4};
  std::string input = writeTemporary(
      {reinterpret_cast<uint8_t *>(x.data()), reinterpret_cast<uint8_t *>(x.data() + 4)}, "x.raw");
  std::string text = outputOf(program + " < " + input, status);
  EXPECT_EQ(status, 0) << text;
  std::vector<float> y(4);
  ASSERT_EQ(text.size(), 16u) << text;
  memcpy(y.data(), text.data(), 16);
  EXPECT_EQ(y, (std::vector<float>{2, 5, 10, -15}));
  // Each thing that goes wrong is said.
  text = outputOf(program + " < /dev/null", status);
  EXPECT_EQ(status, 1);
  EXPECT_EQ(text, "stdin: expected as many floats as the input has, and memory for them\n");
  text = outputOf(std::string(WEFT_TEST_EMBEDDING) + " /nonexistent.weft", status);
  EXPECT_EQ(status, 1);
  EXPECT_EQ(text, "WEFT_SYSTEM_IO: '/nonexistent.weft' cannot be opened: No such file or directory.\n");
  std::string source = readFile(WEFT_TEST_EMBEDDING_SOURCE);
  EXPECT_LE(std::count(source.begin(), source.end(), '\n'), 40) << "the example is meant to stay short";
}

} // namespace
