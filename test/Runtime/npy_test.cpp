// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The .npy reader takes what numpy writes and survives what it does not.

#include "artifact_builder.h"

#include "../../tools/weft/npy.h"
#include "../../tools/weft/output.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace weft::tool;
using weft::test::writeTemporary;

namespace {

/// A file of version 1 with this dictionary and these contents.
std::string makeFile(const std::string &dict, const std::string &contents, const char *version = "\x01") {
  std::string bytes = std::string("\x93NUMPY") + version + std::string(1, '\0');
  size_t size = dict.size() + 1;
  bytes += static_cast<char>(size & 0xff);
  bytes += static_cast<char>(size >> 8);
  bytes += dict + "\n" + contents;
  return writeTemporary({bytes.begin(), bytes.end()}, "array.npy");
}

std::string dictOf(const std::string &descr, const std::string &shape, bool isFortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (isFortran ? "True" : "False") +
         ", 'shape': " + shape + ", }";
}

std::string bytesOf(std::initializer_list<float> values) {
  std::string out;
  for (float value : values)
    out.append(reinterpret_cast<const char *>(&value), 4);
  return out;
}

TEST(Npy, ReadsFloats) {
  Array array;
  std::string error;
  ASSERT_TRUE(readNpy(makeFile(dictOf("<f4", "(2, 3)"), bytesOf({1, 2, 3, 4, 5, 6})), array, error)) << error;
  EXPECT_EQ(array.dtype, WEFT_FLOAT32);
  EXPECT_EQ(array.dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(reinterpret_cast<const float *>(array.data.data())[5], 6.0f);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data.data()) % 64, 0u);
}

TEST(Npy, ReadsScalarsAndEmptyArrays) {
  Array array;
  std::string error;
  ASSERT_TRUE(readNpy(makeFile(dictOf("<f4", "()"), bytesOf({7})), array, error)) << error;
  EXPECT_TRUE(array.dims.empty());
  ASSERT_TRUE(readNpy(makeFile(dictOf("<f4", "(0, 9223372036854775807)"), ""), array, error)) << error;
  EXPECT_EQ(array.data.size(), 0u);
}

TEST(Npy, BringsFortranOrderIntoRows) {
  Array array;
  std::string error;
  ASSERT_TRUE(readNpy(makeFile(dictOf("<f4", "(2, 3)", true), bytesOf({1, 4, 2, 5, 3, 6})), array, error))
      << error;
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(reinterpret_cast<const float *>(array.data.data())[i], static_cast<float>(i + 1));
}

TEST(Npy, SwapsBigEndian) {
  Array array;
  std::string error;
  ASSERT_TRUE(readNpy(makeFile(dictOf(">i4", "(1,)"), std::string("\x00\x00\x01\x02", 4)), array, error))
      << error;
  EXPECT_EQ(array.dtype, WEFT_INT32);
  EXPECT_EQ(*reinterpret_cast<const int32_t *>(array.data.data()), 258);
}

TEST(Npy, ReadsTexts) {
  Array array;
  std::string error;
  std::string cells("h\0\0\0i\0\0\0\0\0\0\0\xac\x20\0\0\0\0\0\0\0\0\0\0", 24);
  ASSERT_TRUE(readNpy(makeFile(dictOf("<U3", "(2,)"), cells), array, error)) << error;
  EXPECT_EQ(array.texts, (std::vector<std::string>{"hi", "\xe2\x82\xac"}));
}

TEST(Npy, RefusesWhatIsNoArray) {
  struct Row {
    std::string dict, contents, message;
  };
  for (const Row &row : {
           Row{"{}", "", "has a broken .npy header"},
           Row{"{'descr': '<f4', 'fortran_order': False}", "", "has a broken .npy header"},
           Row{dictOf("<f4", "(2, -1)"), "", "has a broken .npy header"},
           Row{dictOf("<f4", "(99999999999999999999,)"), "", "has a broken .npy header"},
           Row{dictOf("<f4", "(2"), "", "has a broken .npy header"},
           Row{dictOf("|O", "(2,)"), "", "holds elements of type '|O', which is not supported"},
           Row{dictOf("<f3", "(2,)"), "", "holds elements of type '<f3', which is not supported"},
           Row{dictOf("<f4", "(2,)"), "1234567", "describes 8 bytes of elements, of which 1 are missing."},
           Row{dictOf("<f4", "(4611686018427387904, 4)"), "", "is truncated"},
           Row{dictOf("<f4", "(2500000000,)"), "", "is truncated"},
           Row{dictOf("<U0", "(9000000000000000000,)"), "", "is truncated"},
       }) {
    Array array;
    std::string error;
    EXPECT_FALSE(readNpy(makeFile(row.dict, row.contents), array, error)) << row.dict;
    EXPECT_NE(error.find(row.message), std::string::npos) << error;
  }
  Array array;
  std::string error;
  EXPECT_FALSE(readNpy(writeTemporary({'P', 'K', 3, 4}, "x.npy"), array, error));
  EXPECT_NE(error.find("is not a .npy file"), std::string::npos) << error;
  EXPECT_FALSE(readNpy("/nonexistent.npy", array, error));
  EXPECT_EQ(error, "'/nonexistent.npy' cannot be opened: No such file or directory.");
  EXPECT_FALSE(readNpy(makeFile(dictOf("<f4", "(1,)"), "1234", "\x09"), array, error));
}

TEST(Npy, SurvivesEveryTruncationAndFlip) {
  std::string path = makeFile(dictOf("<f4", "(2, 2)"), bytesOf({1, 2, 3, 4})), error;
  std::string whole = weft::test::readFile(path);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string part = whole.substr(0, i);
    Array array;
    EXPECT_FALSE(readNpy(writeTemporary({part.begin(), part.end()}, "part.npy"), array, error)) << i;
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x11);
    Array other;
    readNpy(writeTemporary({flipped.begin(), flipped.end()}, "part.npy"), other, error);
  }
}

TEST(Npy, WritesWhatItReads) {
  float data[] = {1, 2, 3};
  int64_t dims[] = {3, 1};
  weft_tensor_view view{data, 12, 0, WEFT_FLOAT32, 2, dims};
  std::string header, error, path = writeTemporary({}, "out.npy");
  ASSERT_TRUE(formatNpyHeader(view, header));
  EXPECT_EQ(header.size() % 64, 0u);
  ASSERT_TRUE(writeFile(path, header, data, 12, error)) << error;
  Array array;
  ASSERT_TRUE(readNpy(path, array, error)) << error;
  EXPECT_EQ(array.dims, (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(memcmp(array.data.data(), data, 12), 0);
  view.dtype = WEFT_STRING;
  EXPECT_FALSE(formatNpyHeader(view, header));
}

// A full disk is simulated by a device that has no room.
TEST(Output, ReportsFullDisks) {
  std::string error;
  struct stat info;
  if (stat("/dev/full", &info) != 0)
    GTEST_SKIP() << "no /dev/full here";
  std::vector<char> much(1 << 20);
  EXPECT_FALSE(writeFile("/dev/full", "", much.data(), much.size(), error));
  EXPECT_EQ(error, "'/dev/full' cannot be written: No space left on device.");
  ASSERT_EQ(stat("/dev/full", &info), 0);
  EXPECT_TRUE(S_ISCHR(info.st_mode)) << "the device was replaced";
  EXPECT_FALSE(writeFile("/nonexistent/out.npy", "", much.data(), much.size(), error));
}

TEST(Output, FollowsLinks) {
  std::string file = writeTemporary({'o', 'l', 'd'}, "target"), link = file + ".link", error;
  ASSERT_EQ(symlink(file.c_str(), link.c_str()), 0);
  ASSERT_TRUE(writeFile(link, "new", nullptr, 0, error)) << error;
  EXPECT_EQ(weft::test::readFile(file), "new");
  EXPECT_TRUE(isSameFile(file, link));
  struct stat info;
  ASSERT_EQ(lstat(link.c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode)) << "the link was replaced";
}

// What was there stays there until the new contents are whole, and nothing else appears.
TEST(Output, LeavesNothingHalfWritten) {
  std::string file = writeTemporary({'o', 'l', 'd'}, "previous"), folder = file + ".d", error;
  ASSERT_EQ(mkdir(folder.c_str(), 0777), 0);
  std::string path = folder + "/out.npy";
  ASSERT_TRUE(writeFile(path, "old", nullptr, 0, error)) << error;
  std::vector<char> much(1 << 20);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  auto ignored = signal(SIGXFSZ, SIG_IGN);
  rlimit tight{1 << 16, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  bool isWritten = writeFile(path, "new", much.data(), much.size(), error);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, ignored);
  EXPECT_FALSE(isWritten);
  EXPECT_EQ(error, "'" + path + "' cannot be written: File too large.");
  EXPECT_EQ(weft::test::readFile(path), "old");
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"out.npy"});
}

} // namespace
