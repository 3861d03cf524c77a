// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The shared library is small, exports the C interface only and needs only the C library; a C program can
// embed it.

#include "artifact_builder.h"

#include <cstdio>
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
  std::string text = outputOf(std::string(WEFT_TEST_EMBEDDING) + " " + path, status);
  EXPECT_EQ(status, 0) << text;
  EXPECT_EQ(text, "y: 16 bytes, first 2\n");
  text = outputOf(std::string(WEFT_TEST_EMBEDDING) + " /nonexistent.weft", status);
  EXPECT_EQ(status, 1);
  EXPECT_EQ(text, "WEFT_SYSTEM_IO: '/nonexistent.weft' cannot be opened: No such file or directory.\n");
  std::string source = readFile(WEFT_TEST_EMBEDDING_SOURCE);
  EXPECT_LE(std::count(source.begin(), source.end(), '\n'), 46) << "the example is meant to stay short";
}

} // namespace
