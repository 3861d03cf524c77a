// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is written into an artifact is read back from it.
#include "weft/Measure/Profile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"

using namespace weft;

namespace {

/// Two entries with a kernel each; nothing that runs.
ArtifactDescription makeDescription() {
  ArtifactDescription artifact;
  artifact.compiler = "weftc of a test";
  artifact.model = "two entries";
  artifact.entries.resize(2);
  for (ArtifactEntry &entry : artifact.entries) {
    entry.inputs = {{"x", /*dataType=*/1, {{-1, "batch", 1, 16}, {4, "", 0, -1}}}};
    entry.outputs = {{"y", /*dataType=*/1, {{-1, "batch", 1, 16}, {4, "", 0, -1}}}};
    entry.outputs.push_back(
        {"parts", /*dataType=*/7, {}, ValueKind::Optional, ValueKind::Sequence, /*isAnyRank=*/true});
    entry.alias = {-1, -1};
  }
  ArtifactEntry &bucket = artifact.entries[1];
  bucket.name = "batch=8";
  bucket.symbol = "weft_entry_1";
  bucket.sizes = {{"batch", 8}};
  bucket.inputs[0].dims[0] = bucket.outputs[0].dims[0] = {8, "", 0, -1};
  bucket.alias = {0, -1};
  bucket.arenaBytes = 4096;
  bucket.kernelBegin = 1;
  artifact.entries[0].symbol = "weft_entry";
  artifact.entries[0].kernelCount = bucket.kernelCount = 1;
  artifact.kernels = {{"k0", "matmul", {"a", "b"}, "8 * batch", "16 * batch", "tiles", {"not fused"}},
                      {"k1", "matmul", {"a", "b"}, "64", "128", "", {}}};
  artifact.codes = {{"x86_64", "x86-64-v3", {"avx2", "fma"}, std::string(64, '.')}};
  artifact.messages = {"Too many: {a}."};
  artifact.hostNodes = 3;
  artifact.abiVersion = 3;
  artifact.runtimeNodes = 2;
  artifact.metadata = {"flags", "--cpu=v3"};
  artifact.keepDenormals = true;
  return artifact;
}

} // namespace

TEST(Artifact, ReadsBackWhatWasWritten) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("weft", "weft", path));
  llvm::FileRemover remover(path);
  ArtifactDescription wanted = makeDescription();
  llvm::Expected<uint64_t> bytes = writeArtifact(wanted, path);
  ASSERT_TRUE(bool(bytes)) << llvm::toString(bytes.takeError());
  llvm::Expected<ArtifactDescription> found = readArtifact(path);
  ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());

  EXPECT_EQ(found->compiler, wanted.compiler);
  EXPECT_EQ(found->model, wanted.model);
  EXPECT_EQ(found->messages, wanted.messages);
  EXPECT_EQ(found->metadata, wanted.metadata);
  EXPECT_EQ(found->hostNodes, 3);
  EXPECT_EQ(found->abiVersion, 3u);
  EXPECT_EQ(found->runtimeNodes, 2);
  EXPECT_TRUE(found->keepDenormals);
  ASSERT_EQ(found->entries.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const ArtifactEntry &entry = found->entries[i], &made = wanted.entries[i];
    EXPECT_EQ(entry.name, made.name);
    EXPECT_EQ(entry.sizes, made.sizes);
    EXPECT_EQ(entry.alias, made.alias);
    EXPECT_EQ(entry.arenaBytes, made.arenaBytes);
    EXPECT_EQ(entry.kernelBegin, made.kernelBegin);
    EXPECT_EQ(entry.kernelCount, made.kernelCount);
    EXPECT_EQ(entry.inputs[0].dims[0].size, made.inputs[0].dims[0].size);
    EXPECT_EQ(entry.inputs[0].dims[0].symbol, made.inputs[0].dims[0].symbol);
    ASSERT_EQ(entry.outputs.size(), 2u);
    EXPECT_EQ(entry.outputs[1].kind, ValueKind::Optional);
    EXPECT_EQ(entry.outputs[1].item, ValueKind::Sequence);
    EXPECT_TRUE(entry.outputs[1].isAnyRank);
  }
  ASSERT_EQ(found->kernels.size(), 2u);
  EXPECT_EQ(found->kernels[0].flops, "8 * batch");
  EXPECT_EQ(found->kernels[0].nodes, wanted.kernels[0].nodes);
  EXPECT_EQ(found->kernels[1].flops, "64");
}

TEST(Artifact, NoDescriptionOfAFileThatIsNone) {
  llvm::Expected<ArtifactDescription> found = readArtifact("/nowhere/a.weft");
  ASSERT_FALSE(bool(found));
  EXPECT_NE(llvm::toString(found.takeError()).find("/nowhere/a.weft"), std::string::npos);
}
