// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loader refuses everything that is not exactly what the compiler wrote: one test per threat.

#include "helpers.h"

#include "../../runtime/src/cpu/cpu_features.h"
#include "../../runtime/src/cpu/processors.h"
#include "weft_abi.h"
#include "weft_artifact_generated.h"

#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace weft::test;
namespace file = weft::file;

namespace {

/// Expects a refusal with `code` whose message holds `text`.
void expectRefused(const Opened &opened, weft_code code, const std::string &text) {
  EXPECT_EQ(weft_code_name(opened.code), std::string(weft_code_name(code))) << opened.message();
  EXPECT_NE(opened.message().find(text), std::string::npos) << opened.message();
  EXPECT_EQ(opened.module, nullptr);
}

TEST(Loader, OpensAValidArtifact) {
  Opened opened = open(ArtifactSpec());
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  weft_module_info info{};
  info.struct_size = sizeof(info);
  ASSERT_EQ(weft_module_get_info(opened.module.get(), &info), WEFT_OK);
  EXPECT_STREQ(info.model, "affine");
  EXPECT_STREQ(info.compiler, "test 1.0");
  EXPECT_STREQ(info.isa, "x86-64-v2");
  ASSERT_EQ(info.entry_count, 1u);
  const weft_entry_info &entry = info.entries[0];
  EXPECT_STREQ(entry.inputs[0].name, "x");
  EXPECT_EQ(entry.inputs[0].rank, 2u);
  EXPECT_EQ(entry.inputs[0].dims[0].size, -1);
  EXPECT_STREQ(entry.inputs[0].dims[0].symbol, "batch");
  EXPECT_EQ(entry.inputs[0].dims[1].size, 4);
  EXPECT_EQ(entry.inputs[0].dims[1].symbol, nullptr);
  EXPECT_EQ(entry.aliases[0], -1);
  ASSERT_EQ(info.kernel_count, 2u);
  EXPECT_STREQ(info.kernels[0].nodes[1], "Add_1");
  EXPECT_EQ(info.weights_bytes, 24u + 16u);
  EXPECT_EQ(info.segment_count, 2u);
}

// Callers built against an older, shorter struct get what they know and no byte more.
TEST(Loader, FillsOnlyTheStructSizeOfTheCaller) {
  Opened opened = open(ArtifactSpec());
  weft_module_info info;
  memset(&info, 0xab, sizeof(info));
  info.struct_size = offsetof(weft_module_info, compiler);
  ASSERT_EQ(weft_module_get_info(opened.module.get(), &info), WEFT_OK);
  EXPECT_STREQ(info.model, "affine");
  EXPECT_EQ(reinterpret_cast<const unsigned char *>(&info.compiler)[0], 0xab);
}

TEST(Loader, OpensMisalignedMemoryByCopy) {
  AlignedBytes bytes(build(ArtifactSpec()), /*shift=*/1);
  weft_module *module = nullptr;
  weft_status status;
  ASSERT_EQ(weft_module_open_memory(bytes.data(), bytes.size(), nullptr, &module, &status), WEFT_OK)
      << status.message;
  weft_module_release(module);
}

TEST(Loader, OpensAFile) {
  std::string path = writeTemporary(build(ArtifactSpec()), "valid.weft");
  weft_module *module = nullptr;
  weft_status status;
  ASSERT_EQ(weft_module_open(path.c_str(), nullptr, &module, &status), WEFT_OK) << status.message;
  weft_module_release(module);
}

TEST(Loader, RefusesMissingFile) {
  weft_module *module = nullptr;
  weft_status status;
  EXPECT_EQ(weft_module_open("/nonexistent/model.weft", nullptr, &module, &status), WEFT_SYSTEM_IO);
  EXPECT_STREQ(status.message, "'/nonexistent/model.weft' cannot be opened: No such file or directory.");
}

TEST(Loader, RefusesFolder) {
  weft_module *module = nullptr;
  weft_status status;
  EXPECT_EQ(weft_module_open("/", nullptr, &module, &status), WEFT_SYSTEM_IO);
  EXPECT_STREQ(status.message, "'/' is a folder, not a file.");
}

TEST(Loader, RefusesEmptyFile) {
  std::string path = writeTemporary({}, "empty.weft");
  weft_module *module = nullptr;
  weft_status status;
  EXPECT_EQ(weft_module_open(path.c_str(), nullptr, &module, &status), WEFT_ARTIFACT_FORMAT);
  EXPECT_NE(strstr(status.message, "is empty"), nullptr) << status.message;
}

TEST(Loader, RefusesBadMagic) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes[1] = 'w';
  expectRefused(openBytes(bytes), WEFT_ARTIFACT_FORMAT, "not a .weft file");
}

TEST(Loader, RefusesAnotherFileType) {
  std::string elf = readFile(WEFT_TEST_PROGRAM);
  expectRefused(openBytes({elf.begin(), elf.end()}), WEFT_ARTIFACT_FORMAT, "It is an ELF file.");
  expectRefused(openBytes(std::vector<uint8_t>(5000, 0x08)), WEFT_ARTIFACT_FORMAT,
                "Compile the model with weftc first.");
}

TEST(Loader, RefusesTruncationAtEveryByte) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  weft_module_options options = defaultModuleOptions();
  options.inspect_only = 1;
  options.verify = WEFT_VERIFY_HEADER;
  for (size_t size = 1; size < bytes.size(); ++size) {
    Opened opened = openBytes(
        std::vector<uint8_t>(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)), &options);
    ASSERT_EQ(opened.code, WEFT_ARTIFACT_TRUNCATED) << "at byte " << size << ": " << opened.message();
  }
}

TEST(Loader, RefusesBytesAfterTheEnd) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes.push_back(0);
  expectRefused(openBytes(bytes), WEFT_ARTIFACT_CORRUPT, "1 bytes after its end");
}

TEST(Loader, RefusesEveryFlippedByte) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  weft_module_options options = defaultModuleOptions();
  options.inspect_only = 1;
  AlignedBytes place(bytes);
  uint8_t *data = const_cast<uint8_t *>(place.data());
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (uint8_t mask : {0x01, 0x80}) {
      data[i] ^= mask;
      weft_module *module = nullptr;
      weft_code code = weft_module_open_memory(place.data(), place.size(), &options, &module, nullptr);
      ASSERT_EQ(code >> 12, 3) << "byte " << i << " flipped by " << int(mask) << " gave "
                               << weft_code_name(code);
      data[i] ^= mask;
    }
  }
}

TEST(Loader, NamesTheDamagedSegment) {
  ArtifactSpec spec;
  spec.weights.assign(700'000, 1.0f); // three MiB blocks
  std::vector<uint8_t> bytes = build(spec);
  bytes[bytes.size() - 100] ^= 4;
  for (uint32_t threads : {1u, 2u}) {
    weft_module_options options = defaultModuleOptions();
    options.verify_threads = threads;
    expectRefused(openBytes(bytes, &options), WEFT_ARTIFACT_CORRUPT,
                  "constants segment 1 does not match its checksum");
  }
  bytes[bytes.size() - 100] ^= 4;
  Opened opened = openBytes(bytes);
  EXPECT_EQ(opened.code, WEFT_OK) << opened.message();
}

TEST(Loader, NamesTheDamagedCode) {
  ArtifactSpec spec;
  std::vector<uint8_t> bytes = build(spec);
  bytes[4096 + 200] ^= 1;
  expectRefused(openBytes(bytes), WEFT_ARTIFACT_CORRUPT, "code segment 'x86-64-v2'");
  // Code is checked before use in either mode.
  weft_module_options options = defaultModuleOptions();
  options.verify = WEFT_VERIFY_HEADER;
  expectRefused(openBytes(bytes, &options), WEFT_ARTIFACT_CORRUPT, "code segment 'x86-64-v2'");
}

TEST(Loader, TrustsWeightsInHeaderMode) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes.back() ^= 1;
  weft_module_options options = defaultModuleOptions();
  options.verify = WEFT_VERIFY_HEADER;
  Opened opened = openBytes(bytes, &options);
  EXPECT_EQ(opened.code, WEFT_OK) << opened.message();
}

TEST(Loader, RefusesPaddingThatIsNotZero) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes[4095] = 1;
  expectRefused(openBytes(bytes), WEFT_ARTIFACT_CORRUPT, "padding before offset 4096");
}

TEST(Loader, RefusesUnknownVersion) {
  ArtifactSpec spec;
  spec.editHeader = [](file::Header &header) { header.formatVersion = 7; };
  expectRefused(open(spec), WEFT_ARTIFACT_VERSION,
                "has format version 7, and this runtime (0.1.0) reads version 1");
}

TEST(Loader, RefusesNewerInterface) {
  ArtifactSpec spec;
  spec.abiVersion = WEFT_ABI_VERSION + 1;
  expectRefused(open(spec), WEFT_ARTIFACT_VERSION,
                "version " + std::to_string(spec.abiVersion) + " of the runtime's binary interface");
  spec.abiVersion = 0;
  expectRefused(open(spec), WEFT_ARTIFACT_VERSION, "version 0 of the runtime's binary interface");
}

TEST(Loader, RefusesDamagedHeader) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes[17] ^= 1;
  expectRefused(openBytes(bytes), WEFT_ARTIFACT_CORRUPT, "the checksum of its header");
}

TEST(Loader, RefusesDamagedMetadata) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes[200] ^= 1;
  expectRefused(openBytes(bytes), WEFT_ARTIFACT_CORRUPT, "the checksum of its metadata");
}

TEST(Loader, RefusesImpossibleHeaders) {
  for (const auto &edit : std::vector<std::function<void(file::Header &)>>{
           [](file::Header &h) { h.headerBytes = 32; },
           [](file::Header &h) { h.rootOffset = 68; },
           [](file::Header &h) { h.rootOffset = 0; },
           [](file::Header &h) { h.rootOffset = ~uint64_t(7); },
           [](file::Header &h) { h.rootBytes = ~uint64_t(0); },
           [](file::Header &h) { h.rootBytes = h.fileBytes; },
           [](file::Header &h) { h.pageBytes = 0; },
           [](file::Header &h) { h.pageBytes = 12288; },
           [](file::Header &h) { h.pageBytes = 1u << 31; },
           [](file::Header &h) { h.reserved = 1; },
       }) {
    ArtifactSpec spec;
    spec.editHeader = edit;
    expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "Compile the model again.");
  }
}

// Metadata whose checksum is right but whose structure is not: what a fuzzer or a foreign writer would make.
TEST(Loader, SurvivesEveryEditOfResealedMetadata) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  file::Header header;
  memcpy(&header, bytes.data(), sizeof(header));
  weft_module_options options = defaultModuleOptions();
  options.inspect_only = 1;
  int refused = 0, accepted = 0;
  for (uint64_t i = 0; i < header.rootBytes; ++i)
    for (uint8_t value : {0x00, 0xff, 0x80, 0x01}) {
      std::vector<uint8_t> edited = bytes;
      edited[header.rootOffset + i] = value;
      resealRoot(edited);
      Opened opened = openBytes(edited, &options);
      ASSERT_TRUE(opened.code == WEFT_OK || opened.code >> 12 == 3) << weft_code_name(opened.code);
      ++(opened.code ? refused : accepted);
    }
  EXPECT_GT(refused, 500);
  EXPECT_GT(accepted, 0);
}

TEST(Loader, RefusesMisalignedSegment) {
  ArtifactSpec spec;
  spec.segmentOffsets = {4100};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID,
                "the segment at offset 4100 is not aligned to pages of 4096 bytes");
}

TEST(Loader, RefusesSegmentBeyondTheFile) {
  ArtifactSpec spec;
  spec.segmentOffsets = {uint64_t(1) << 40};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "reaches beyond the file");
}

TEST(Loader, RefusesOverflowingSegmentSize) {
  ArtifactSpec spec;
  spec.segmentSizes = {~uint64_t(0) - 4096};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "reaches beyond the file");
}

TEST(Loader, RefusesOverlappingSegments) {
  ArtifactSpec spec;
  spec.segmentOffsets = {0, 4096};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "overlaps what ends at");
}

TEST(Loader, RefusesSegmentOverTheMetadata) {
  ArtifactSpec spec;
  spec.metadata = {"key", std::string(8000, 'x')};
  spec.segmentOffsets = {4096};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "overlaps what ends at");
}

TEST(Loader, RefusesMissingChecksums) {
  ArtifactSpec spec;
  spec.missingChecksums = 1;
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "has 0 checksums for 1 blocks");
}

TEST(Loader, RefusesAliasOutOfRange) {
  ArtifactSpec spec;
  spec.alias = {1};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID,
                "output 0 of entry 'main' shares memory with input 1 of 1");
  spec.alias = {-2};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "shares memory with input -2");
  spec.alias = {0, 0};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "has 1 outputs, but 2 alias numbers");
}

TEST(Loader, RefusesNamesThatAreEmptyOrTwice) {
  ArtifactSpec spec;
  spec.inputs[0].name = "";
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "input 0 of entry 'main' has no name");
  spec = ArtifactSpec();
  spec.inputs.push_back(spec.inputs[0]);
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "inputs 0 and 1 of entry 'main' have the same name");
  spec = ArtifactSpec();
  spec.entryName = "";
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "entry 0 has no name");
  spec = ArtifactSpec();
  spec.codes[0].level = "";
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "code object 0 has no architecture or level");
}

TEST(Loader, RefusesTypesThatDoNotExist) {
  ArtifactSpec spec;
  spec.inputs[0].type = 99;
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "element type number 99");
  spec.inputs[0].type = 0;
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "element type number 0");
  spec = ArtifactSpec();
  spec.outputs[0].kind = 3;
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "kind number 3");
}

TEST(Loader, RefusesOverflowingDims) {
  ArtifactSpec spec;
  spec.inputs[0].dims = {int64_t(1) << 40, int64_t(1) << 40};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "input 'x' is larger than any memory");
  spec.inputs[0].dims = {int64_t(-2)};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "dim 0 has size -2");
  spec.inputs[0].dims = {DimSpec("n", 5, 3)};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "has bounds 5 to 3");
  spec.inputs[0].dims.assign(33, DimSpec(int64_t(1)));
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "rank 33");
}

TEST(Loader, RefusesImpossibleArena) {
  ArtifactSpec spec;
  spec.arenaBytes = -1;
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "asks for an arena of -1 bytes");
  spec.arenaBytes = INT64_MAX;
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "asks for an arena");
}

TEST(Loader, RefusesOddMetadata) {
  ArtifactSpec spec;
  spec.metadata = {"key"};
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "not pairs");
}

TEST(Loader, NamesTheMissingLibrary) {
  ArtifactSpec spec;
  spec.libraries = {"weft_text"};
  expectRefused(open(spec), WEFT_ARTIFACT_LIBRARY, "needs the runtime library 'weft_text'");
}

TEST(Loader, RefusesArtifactWithoutCode) {
  ArtifactSpec spec;
  spec.codes.clear();
  expectRefused(open(spec), WEFT_ARTIFACT_INVALID, "it holds no code");
}

TEST(Loader, RefusesAnotherArchitecture) {
  ArtifactSpec spec;
  spec.codes[0].arch = "riscv64";
  expectRefused(open(spec), WEFT_ARTIFACT_ARCH, "was compiled for riscv64, and this machine is");
  // It still can be inspected.
  weft_module_options options = defaultModuleOptions();
  options.inspect_only = 1;
  Opened opened = open(spec, &options);
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  weft_session *session = nullptr;
  weft_status status;
  EXPECT_EQ(weft_session_create(opened.module.get(), nullptr, &session, &status), WEFT_CALLER_STATE);
}

TEST(Loader, NamesTheMissingFeature) {
  ArtifactSpec spec;
  spec.codes[0].features = {"no-such-feature"};
  spec.codes[0].level = "native";
  expectRefused(open(spec), WEFT_ARTIFACT_FEATURE, "native (needs no-such-feature)");
}

TEST(Loader, PicksTheFirstLevelThatFits) {
  ArtifactSpec spec;
  std::string arch = spec.codes[0].arch;
  spec.codes = {{arch, "dream", {"no-such-feature"}}, {arch, "good", {}}, {arch, "plain", {}}};
  Opened opened = open(spec);
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  weft_module_info info{};
  info.struct_size = sizeof(info);
  weft_module_get_info(opened.module.get(), &info);
  EXPECT_STREQ(info.isa, "good");
  EXPECT_STREQ(info.levels[0].missing, "no-such-feature");
  EXPECT_EQ(info.levels[1].in_use, 1);
  EXPECT_EQ(info.levels[2].in_use, 0);
}

TEST(Loader, ObeysTheHighestLevelAsked) {
  ArtifactSpec spec;
  std::string arch = spec.codes[0].arch;
  spec.codes = {{arch, "best", {}}, {arch, "plain", {}}};
  weft_module_options options = defaultModuleOptions();
  options.max_isa = "plain";
  Opened opened = open(spec, &options);
  weft_module_info info{};
  info.struct_size = sizeof(info);
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  weft_module_get_info(opened.module.get(), &info);
  EXPECT_STREQ(info.isa, "plain");
  options.max_isa = "bogus";
  expectRefused(open(spec, &options), WEFT_CALLER_ARGUMENT, "The highest instruction set 'bogus' is unknown");
}

#if defined(__x86_64__)
TEST(Loader, ObeysPsabiLevels) {
  ArtifactSpec spec;
  spec.codes = {{"x86_64", "x86-64-v3", {"avx2", "fma"}}, {"x86_64", "x86-64-v2", {"sse4.2"}}};
  weft_module_options options = defaultModuleOptions();
  options.max_isa = "v2";
  Opened opened = open(spec, &options);
  ASSERT_EQ(opened.code, WEFT_OK) << opened.message();
  weft_module_info info{};
  info.struct_size = sizeof(info);
  weft_module_get_info(opened.module.get(), &info);
  EXPECT_STREQ(info.isa, "x86-64-v2");
  options.max_isa = "v1";
  // The limit is what to change, not the artifact: the least level that runs here.
  expectRefused(open(spec, &options), WEFT_ARTIFACT_FEATURE, "holds no code within v1: x86-64-v3 (");
  expectRefused(open(spec, &options), WEFT_ARTIFACT_FEATURE,
                "Raise the highest instruction set (--max-isa) to 'x86-64-v2', or leave it out.");
  spec.codes = {{"x86_64", "x86-64-v3", {"no-such-feature"}}};
  expectRefused(open(spec, &options), WEFT_ARTIFACT_FEATURE,
                "Compile the model here, or with --cpu=portable.");
}

TEST(Features, AgreeWithTheCompilersView) {
  __builtin_cpu_init();
  EXPECT_EQ(weft::rt::hasFeature("avx2"), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(weft::rt::hasFeature("fma"), __builtin_cpu_supports("fma") != 0);
  EXPECT_EQ(weft::rt::hasFeature("avx512f"), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(weft::rt::hasFeature("avx512vnni"), __builtin_cpu_supports("avx512vnni") != 0);
  EXPECT_EQ(weft::rt::hasFeature("avx512bf16"), __builtin_cpu_supports("avx512bf16") != 0);
  EXPECT_EQ(weft::rt::hasFeature("sse4.2"), __builtin_cpu_supports("sse4.2") != 0);
  EXPECT_EQ(weft::rt::hasFeature("bmi2"), __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ(weft::rt::hasFeature("avx512fp16"), __builtin_cpu_supports("avx512fp16") != 0);
  EXPECT_TRUE(weft::rt::hasFeature("sse2"));
  EXPECT_FALSE(weft::rt::hasFeature("no-such-feature"));
  EXPECT_FALSE(weft::rt::hasFeature(""));
}

TEST(Features, LevelsAreNested) {
  EXPECT_TRUE(weft::rt::levelIncludes("v3", "avx2"));
  EXPECT_TRUE(weft::rt::levelIncludes("x86-64-v4", "sse4.1"));
  EXPECT_FALSE(weft::rt::levelIncludes("v3", "avx512f"));
  EXPECT_FALSE(weft::rt::levelIncludes("v4", "avx512vnni"));
  EXPECT_TRUE(weft::rt::levelIncludes("v1", "sse2"));
  EXPECT_FALSE(weft::rt::isPsabiLevel("v5"));
  EXPECT_FALSE(weft::rt::isPsabiLevel("native"));
}
#endif

TEST(Features, CountProcessors) {
  EXPECT_GE(weft::rt::availableProcessors(), 1u);
  EXPECT_EQ(weft::rt::processorsOfQuota("max 100000\n"), 0u);
  EXPECT_EQ(weft::rt::processorsOfQuota("200000 100000\n"), 2u);
  EXPECT_EQ(weft::rt::processorsOfQuota("150000 100000"), 2u);
  EXPECT_EQ(weft::rt::processorsOfQuota("1000 100000"), 1u);
  EXPECT_EQ(weft::rt::processorsOfQuota("1000 0"), 0u);
  EXPECT_EQ(weft::rt::processorsOfQuota(""), 0u);
}

TEST(Loader, RefusesPipes) {
  std::string path = writeTemporary({}, "pipe");
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  weft_module *module = nullptr;
  weft_status status;
  EXPECT_EQ(weft_module_open(path.c_str(), nullptr, &module, &status), WEFT_SYSTEM_IO);
}

TEST(Loader, RefusesCodeThatIsNoSharedObject) {
  ArtifactSpec spec;
  spec.codeBytes = "this is not an object";
  expectRefused(open(spec), WEFT_ARTIFACT_CODE, "it is shorter than an ELF header");
  spec.codeBytes = std::string(5000, 'x');
  expectRefused(open(spec), WEFT_ARTIFACT_CODE, "it is not an ELF file");
  spec = ArtifactSpec();
  spec.codeBytes[18] = 0x7f; // e_machine
  expectRefused(open(spec), WEFT_ARTIFACT_CODE, "for another machine");
  spec = ArtifactSpec();
  spec.codeBytes.resize(1000);
  expectRefused(open(spec), WEFT_ARTIFACT_CODE, "lies outside of it");
}

TEST(Loader, RefusesOptionsThatWereNotInitialised) {
  weft_module_options options{};
  Opened opened = open(ArtifactSpec(), &options);
  expectRefused(opened, WEFT_CALLER_ARGUMENT, "weft_module_options_init first");
  options = defaultModuleOptions();
  options.verify = static_cast<weft_verify>(9);
  expectRefused(open(ArtifactSpec(), &options), WEFT_CALLER_ARGUMENT, "none of the modes");
}

// Every allocation of opening may fail; nothing leaks and nothing crashes.
TEST(Loader, SurvivesExhaustedMemory) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  for (int allowed = 0;; ++allowed) {
    ASSERT_LT(allowed, 1000);
    CountingAllocator allocator;
    allocator.failAfter = allowed;
    weft_allocator hooks = allocator.hooks();
    weft_module_options options = defaultModuleOptions();
    options.allocator = &hooks;
    Opened opened = openBytes(bytes, &options);
    bool isDone = opened.code == WEFT_OK;
    if (!isDone)
      ASSERT_EQ(opened.code, WEFT_RESOURCE_MEMORY) << opened.message();
    opened.module.reset();
    ASSERT_EQ(allocator.live, 0);
    if (isDone)
      break;
  }
}

// The system's loader knows objects by path: two modules, and one opened after another was closed, must not
// be mixed up.
TEST(Loader, KeepsModulesApart) {
  ArtifactSpec first, second;
  second.weights = {10, 20, 30, 40};
  for (int round = 0; round < 3; ++round) {
    Opened a = open(first), b = open(second);
    SessionPtr sa = createSession(a), sb = createSession(b);
    Tensor x = counting({1, 4});
    EXPECT_EQ(floats(run(sa, {x.view()}).outputs[0])[1], 5.0f);
    EXPECT_EQ(floats(run(sb, {x.view()}).outputs[0])[1], 41.0f);
  }
}

TEST(Loader, FindsNames) {
  Opened opened = open(ArtifactSpec());
  uint32_t index = 7;
  weft_status status;
  EXPECT_EQ(weft_module_find_input(opened.module.get(), 0, "x", &index, &status), WEFT_OK);
  EXPECT_EQ(index, 0u);
  EXPECT_EQ(weft_module_find_output(opened.module.get(), 0, "z", &index, &status), WEFT_CALLER_NAME);
  EXPECT_STREQ(status.message, "The model has no output 'z'. Its outputs are: 'y'.");
  EXPECT_EQ(weft_module_find_input(opened.module.get(), 1, "x", &index, &status), WEFT_CALLER_ARGUMENT);
}

} // namespace
