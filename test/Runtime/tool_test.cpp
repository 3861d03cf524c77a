// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weft program keeps its command contract: options, exit statuses, messages, files.

#include "artifact_builder.h"

#include "../../tools/weft/npy.h"
#include "../../tools/weft/output.h"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace weft::test;

namespace {

struct Result {
  int status;
  std::string text; // stdout and stderr together
};

Result weft(const std::string &arguments, const std::string &prefix = "") {
  std::string command = prefix + WEFT_TEST_TOOL + " " + arguments + " 2>&1";
  FILE *pipe = popen(command.c_str(), "r");
  Result out{-1, ""};
  char buffer[4096];
  for (size_t got; (got = fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
    out.text.append(buffer, got);
  int status = pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

void expectText(const Result &result, int status, const std::string &text) {
  EXPECT_EQ(result.status, status) << result.text;
  EXPECT_NE(result.text.find(text), std::string::npos) << "no '" << text << "' in:\n" << result.text;
}

std::string artifact(const ArtifactSpec &spec = ArtifactSpec()) {
  return writeTemporary(build(spec), "model.weft");
}

std::string floatFile(const std::string &name, std::vector<int64_t> dims, std::vector<float> values) {
  weft_tensor_view view{values.data(), values.size() * 4, 0, WEFT_FLOAT32, static_cast<uint32_t>(dims.size()),
                        dims.data()};
  std::string header, error, path = writeTemporary({}, name);
  EXPECT_TRUE(weft::tool::formatNpyHeader(view, header));
  EXPECT_TRUE(weft::tool::writeFile(path, header, values.data(), values.size() * 4, error)) << error;
  return path;
}

std::vector<float> floatsOf(const std::string &path) {
  weft::tool::Array array;
  std::string error;
  EXPECT_TRUE(weft::tool::readNpy(path, array, error)) << error;
  const float *data = reinterpret_cast<const float *>(array.data.data());
  return std::vector<float>(data, data + array.data.size() / 4);
}

TEST(Run, WritesOutputFiles) {
  std::string x = floatFile("x.npy", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}), y = x + ".y.npy";
  Result result = weft("run " + artifact() + " -i x=" + x + " -o y=" + y);
  expectText(result, 0, "");
  EXPECT_EQ(result.text, "");
  EXPECT_EQ(floatsOf(y), (std::vector<float>{2, 5, 10, 17, 6, 13, 22, 33}));
}

TEST(Run, NamesByPosition) {
  std::string x = floatFile("x.npy", {1, 4}, {1, 2, 3, 4});
  expectText(weft("run " + artifact() + " -i @0=" + x + " -o @0 --threads 1 --repeat 3"), 0,
             "y: float32 1x4, min 2, max 17 at 3, mean 8.5\n  [2, 5, 10, 17]");
}

// Names may hold '=', '/', ':' and blanks; the longest one that fits is meant.
TEST(Run, TakesTheLongestName) {
  ArtifactSpec spec;
  spec.mode = SumFirsts;
  spec.a = 2;
  spec.inputs = {{"a", {1, 1}}, {"a=b/c: [d,e]", {1, 1}}};
  spec.outputs = {{"y", {1, 1}}};
  std::string one = floatFile("one.npy", {1, 1}, {1}), two = floatFile("two.npy", {1, 1}, {20});
  expectText(weft("run " + artifact(spec) + " -i 'a=b/c: [d,e]=" + two + "' -i a=" + one), 0, "[21]");
}

TEST(Run, PrefersNamesToPositions) {
  ArtifactSpec spec;
  spec.mode = SumFirsts;
  spec.a = 2;
  spec.inputs = {{"a", {1, 1}}, {"@0", {1, 1}}};
  spec.outputs = {{"y", {1, 1}}};
  std::string file = floatFile("one.npy", {1, 1}, {1});
  expectText(weft("run " + artifact(spec) + " -i @0=" + file), 2, "No value for input 'a'.");
}

TEST(Run, ListsTheSignatureWhenInputsAreMissing) {
  expectText(weft("run " + artifact()), 2,
             "No value for input 'x'. Give -i NAME=FILE.npy, or --random SEED. The signature is:\n"
             "  input  @0 'x' float32 [batch, 4]\n"
             "  output @0 'y' float32 [batch, 4]\n");
}

TEST(Run, FillsWithRandomNumbers) {
  Result first = weft("run " + artifact() + " --random 7");
  expectText(first, 0, "sizes that were not given: batch = 1. Set them by --dim or --shape.");
  EXPECT_EQ(weft("run " + artifact() + " --random 7").text, first.text);
  EXPECT_NE(weft("run " + artifact() + " --random 8").text, first.text);
  expectText(weft("run " + artifact() + " --random 7 --shape x=5x4"), 0, "y: float32 5x4");
}

TEST(Run, TakesSizesByName) {
  std::string path = artifact();
  Result result = weft("run " + path + " --random 7 --dim batch=6");
  expectText(result, 0, "y: float32 6x4");
  EXPECT_EQ(result.text.find("note"), std::string::npos) << result.text;
  expectText(weft("run " + path + " --random 7 --dim seq=6"), 2,
             "No input has a dim 'seq'. Symbolic dims are: 'batch'.");
  std::string five = floatFile("five.npy", {5, 4}, std::vector<float>(20, 1.0f));
  expectText(weft("run " + path + " -i x=" + five + " --dim batch=6"), 2,
             "--dim says batch=6, but the file of input 'x' says 5.");
  for (const char *dim : {"batch", "batch=", "=3", "batch=-1", "batch=3x4", "batch=x"})
    expectText(weft("run " + path + " --random 7 --dim " + dim), 2, "is not a size of a dim");
}

TEST(Run, LetsSymbolsFollow) {
  ArtifactSpec spec;
  spec.mode = SumFirsts;
  spec.a = 1;
  spec.inputs = {{"mask", {"batch", "seq + past"}}, {"ids", {"batch", "seq"}}, {"kv", {"batch", "past"}}};
  spec.outputs = {{"y", {1, 1}}};
  expectText(weft("run " + artifact(spec) + " --random 1 --shape ids=3x5"), 0, "not given: past = 1.");
}

TEST(Run, RefusesWrongInputs) {
  std::string path = artifact();
  expectText(weft("run " + path + " -i z=a.npy"), 2, "The model has no input 'z'. Its signature is:");
  expectText(weft("run " + path + " -i x=/nonexistent.npy"), 1, "'/nonexistent.npy' cannot be opened");
  expectText(weft("run " + path + " -i x"), 2, "Input 'x' has no file");
  expectText(weft("run " + path + " -i x=-"), 2, "'-' is no file. For standard input say -i x=/dev/stdin.");
  std::string flat = floatFile("flat.npy", {4}, {1, 2, 3, 4});
  expectText(weft("run " + path + " -i x=" + flat), 1, "Input 'x' has rank 1, but the model takes rank 2.");
  std::string wide = floatFile("wide.npy", {1, 5}, {1, 2, 3, 4, 5});
  expectText(weft("run " + path + " -i x=" + wide), 1, "Input 'x' dim 1 is 5, but the model has 4 there.");
  std::string lies = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }\n",
              doubles("\x93NUMPY\x01\0", 8);
  doubles += std::string{static_cast<char>(lies.size()), 0} + lies + std::string(32, '\0');
  std::string file = writeTemporary({doubles.begin(), doubles.end()}, "doubles.npy");
  expectText(weft("run " + path + " -i x=" + file), 1,
             "Input 'x' has elements of type float64, but the model takes float32.");
  file = writeTemporary({doubles.begin(), doubles.end() - 1}, "short.npy");
  expectText(weft("run " + path + " -i x=" + file), 1, "is truncated: its header describes ");
  expectText(weft("run " + path + " -i x=" + path), 1, "is not a .npy file");
  expectText(weft("run " + path + " -i x=/"), 1,
             "'/' is a folder, but input 'x' is no sequence: it is float32 [batch, 4]. Give a file.");
  expectText(weft("run " + path + " -i x=none"), 1,
             "Input 'x' is not optional: it is float32 [batch, 4]. Give a file.");
  expectText(weft("run " + path + " -i x=" + wide + " -i @0=" + wide), 2, "Input 'x' is given twice.");
  expectText(weft("run " + path + " --random 1 --shape x=1"), 2, "--shape gives input 'x' rank 1");
  expectText(weft("run " + path + " --random 1 --shape x=1xx4"), 2, "is not a shape");
  expectText(weft("run " + path + " --random 1 --shape x=99999999999999999999x4"), 2, "is not a shape");
  expectText(weft("run " + path + " --random 1 --shape x=40000000000x4"), 1,
             "There is no memory for input 'x' of shape 40000000000x4.");
  expectText(weft("run " + path + " --random 1 --shape x=4000000000000000000x4"), 1,
             "There is no memory for input 'x'");
}

TEST(Run, RefusesWrongOutputs) {
  std::string path = artifact();
  expectText(weft("run " + path + " --random 1 -o z=a.npy"), 2,
             "The model has no output 'z'. Its signature is:");
  expectText(weft("run " + path + " --random 1 -o y=/"), 2, "'/' is a folder");
  expectText(weft("run " + path + " --random 1 -o y=/dev/full"), 1, "No space left on device");
  expectText(weft("run " + path + " --random 1 -o y=" + path), 2, "is the compiled model");
  expectText(weft("run " + path + " --random 1"), 0, "y: float32");
  expectText(weft("run " + path + " --random 1 -o y=a.npy -o y=b.npy"), 2, "Output 'y' is given twice.");
  expectText(weft("run " + path + " --random 1 -o y=a.npy -o @0"), 2, "Output 'y' is given twice.");
  expectText(weft("run " + path + " --random 1 -o y=-"), 2,
             "'-' is no file. For standard output say -o y=/dev/stdout.");
  std::string input = floatFile("in.npy", {1, 4}, {1, 2, 3, 4});
  expectText(weft("run " + path + " -i x=" + input + " -o y=" + input), 2,
             "'" + input + "' is an input. Name another file for the output.");
  expectText(weft("bench " + path + " -i x=" + input + " --trace " + input), 2,
             "'" + input + "' is an input. Say --trace FILE.json.");
  ArtifactSpec two;
  two.outputs.push_back({"z", {"batch", 4}});
  two.alias.assign(2, -1);
  expectText(weft("run " + artifact(two) + " --random 1 -o y=both.npy -o z=both.npy"), 2,
             "'both.npy' is given for two outputs.");
  // Before the run, which would fail by itself.
  ArtifactSpec failing;
  failing.mode = FailingCheck;
  failing.b = 9;
  for (std::string work :
       {"run " + artifact(failing) + " --random 1 -o y=", "bench " + artifact(failing) + " --trace "}) {
    expectText(weft(work + "/nonexistent/y.npy"), 1,
               "'/nonexistent/y.npy' cannot be written: folder '/nonexistent': No such file or directory.");
    expectText(weft(work + "/dev/null/y.npy"), 1, "'/dev/null' is not a folder.");
  }
}

// A full disk: behind the terminal's back, and by the limit on the size of files.
TEST(Run, ReportsFullDisks) {
  std::string path = artifact(), full = "run " + path + " --random 1";
  for (const std::string &arguments : {full, "inspect " + path, "inspect --json " + path,
                                       "bench " + path + " --seconds 0.01", std::string("--help")})
    EXPECT_EQ(weft(arguments + " > /dev/full").status, 1) << arguments;
  std::string y = writeTemporary({'o', 'l', 'd'}, "y.npy");
  expectText(weft(full + " --shape x=100000x4 -o y=" + y, "ulimit -f 64; "), 1,
             "'" + y + "' cannot be written: File too large.");
  EXPECT_EQ(readFile(y), "old");
}

TEST(Run, ReadsAndWritesBits) {
  ArtifactSpec spec;
  spec.inputs[0].type = WEFT_BFLOAT16;
  std::string path = artifact(spec);
  std::string floats = floatFile("f.npy", {1, 4}, {1, 2, 3, 4});
  expectText(weft("run " + path + " -i x=" + floats), 1, "takes bfloat16, which numpy does not have");
  spec = ArtifactSpec();
  spec.outputs[0].type = WEFT_BFLOAT16;
  path = artifact(spec);
  expectText(weft("run " + path + " --random 1 -o y=" + floats), 1, "Add --raw to write their bits");
}

TEST(Run, RefusesImpossibleCommandLines) {
  std::string path = artifact();
  for (const char *arguments :
       {"--threads 0", "--threads -3", "--threads 1000000", "--threads x", "--device=tpu", "--repeat 0",
        "--bogus", "--random", "--random -5", "--random x", "--random 99999999999999999999", "--threads 1.5",
        "--threads ''"})
    EXPECT_EQ(weft("run " + path + " " + arguments).status, 2) << arguments;
  for (const char *arguments : {"--entry ''", "--max-isa ''"})
    expectText(weft("run " + path + " --random 1 " + arguments), 2,
               ": expected a name, but got an empty text");
  expectText(weft("bench " + path + " --trace ''"), 2, "--trace: expected a name, but got an empty text");
  expectText(weft("run ''"), 2, "artifact: expected a name, but got an empty text");
  expectText(weft("run " + path + " --random 1 --random 2"), 2, "--random is given 2 times; give it once");
  expectText(weft("run " + path + " --random"), 2, "--random needs a value");
  EXPECT_EQ(weft("run").status, 2);
  expectText(weft(""), 2, "A command is missing; the commands are run, bench and inspect.");
  expectText(weft("''"), 2, "There is no command ''; the commands are run, bench and inspect.");
  EXPECT_EQ(weft("fly").status, 2);
  expectText(weft("run " + path + " --max-isa=v9 --random 1"), 2,
             "The highest instruction set 'v9' is unknown");
  expectText(weft("run " + path + " --device=cuda --random 1"), 1, "no driver for it");
  expectText(weft("run " + path + " --device=cpu --random 1"), 0, "y: float32");
}

TEST(Run, RefusesBrokenArtifacts) {
  std::vector<uint8_t> bytes = build(ArtifactSpec());
  bytes.resize(bytes.size() / 2);
  expectText(weft("run " + writeTemporary(bytes, "half.weft")), 1, "is truncated");
  expectText(weft("run /nonexistent.weft"), 1, "cannot be opened");
  expectText(weft("run /"), 1, "is a folder");
  expectText(weft("run " + std::string(WEFT_TEST_PROGRAM)), 1, "is not a .weft file");
  expectText(weft("run " + writeTemporary({}, "empty.weft")), 1, "is empty");
  ArtifactSpec other;
  other.codes[0].arch = "sparc";
  expectText(weft("run " + artifact(other) + " --random 1"), 1, "sparc");
  ArtifactSpec newer;
  newer.editHeader = [](weft::file::Header &header) { header.formatVersion = 7; };
  expectText(weft("run " + artifact(newer) + " --random 1"), 1, "version");
}

TEST(Run, ReportsChecksOfTheModel) {
  ArtifactSpec spec;
  spec.mode = FailingCheck;
  spec.b = 9;
  expectText(weft("run " + artifact(spec) + " --random 1"), 1, "weft: error: size 1 is not 9: 1 != 9\n");
}

#ifdef WEFT_TEST_QEMU
// An emulated processor really lacks what it lacks: the levels are chosen by CPUID, and a missing one is an
// error, not a signal.
TEST(Levels, FollowTheProcessor) {
  ArtifactSpec spec;
  spec.codes = {{"x86_64", "x86-64-v4", {"avx512f", "avx512bw"}},
                {"x86_64", "x86-64-v3", {"avx2", "fma", "bmi2"}},
                {"x86_64", "x86-64-v2", {"sse4.2", "popcnt"}}};
  std::string path = writeTemporary(build(spec), "portable.weft");
  struct Row {
    const char *processor, *level;
  };
  for (const Row &row : {Row{"Nehalem", "x86-64-v2"}, Row{"Haswell", "x86-64-v3"}}) {
    std::string prefix = std::string(WEFT_TEST_QEMU) + " -cpu " + row.processor + " ";
    expectText(weft("bench " + path + " --seconds 0.01 --threads 2 --json", prefix), 0,
               std::string("\"isa\": \"") + row.level + "\"");
  }
  spec.codes.resize(2);
  path = writeTemporary(build(spec), "recent.weft");
  expectText(
      weft("run " + path + " --random 1", std::string(WEFT_TEST_QEMU) + " -cpu Nehalem "), 1,
      "holds no code that can run on this machine: x86-64-v4 (needs avx512f), x86-64-v3 (needs avx2).");
}
#endif

TEST(Bench, PrintsOneJsonObject) {
  Result result = weft("bench " + artifact() + " --seconds 0.02 --threads 2 --json --profile");
  EXPECT_EQ(result.status, 0);
  for (const char *key :
       {"\"median_ms\":", "\"p90_ms\":", "\"p99_ms\":", "\"min_ms\":", "\"iterations\":", "\"threads\": 2",
        "\"throughput_per_s\":", "\"peak_bytes\":", "\"load_ms\":", "\"first_ms\":", "\"isa\": \"x86-64-v2\"",
        "\"Mul_0\"", "\"Add_1\""})
    EXPECT_NE(result.text.find(key), std::string::npos) << key << " in\n" << result.text;
}

TEST(Bench, PrintsForPeople) {
  Result result = weft("bench " + artifact() + " --seconds 0.02 --clients 2 --profile");
  expectText(result, 0, "2 clients");
  expectText(result, 0, "latency     median");
  expectText(result, 0, "Mul_0, Add_1");
}

TEST(Bench, RefusesImpossibleCommandLines) {
  std::string path = artifact();
  for (const char *arguments : {"--seconds nan", "--seconds -1", "--seconds inf", "--seconds x",
                                "--clients 0", "--clients 100000", "--trace /", "--threads 0"})
    EXPECT_EQ(weft("bench " + path + " " + arguments).status, 2) << arguments;
  EXPECT_EQ(weft("bench " + path + " --seconds 0.01 --trace " + path).status, 2);
  expectText(weft("inspect " + path), 0, "");
}

TEST(Bench, WritesATrace) {
  expectText(weft("bench " + artifact() + " --trace /"), 2, "'/' is a folder");
  std::string path = writeTemporary({}, "trace.json");
  expectText(weft("bench " + artifact() + " --seconds 0.01 --trace " + path), 0, "latency");
  std::string trace = readFile(path);
  EXPECT_NE(trace.find("\"traceEvents\""), std::string::npos);
  EXPECT_NE(trace.find("\"name\":\"k0\""), std::string::npos);
}

TEST(Inspect, DumpsEveryFact) {
  ArtifactSpec spec;
  spec.inputs[0].dims[0] = DimSpec("batch", 1, 64);
  spec.metadata = {"opset", "17"};
  spec.flopsExpr = "4 * batch";
  spec.alias = {0};
  spec.codes[0].features = {"sse4.2"};
  Result result = weft("inspect --dump " + artifact(spec));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.text,
            "artifact \"affine\" format 1 abi 1\n"
            "entry \"main\" arena 65536\n"
            "  input 0 \"x\" float32 [batch, 4] dim0=1..64\n"
            "  output 0 \"y\" float32 [batch, 4]\n"
            "  alias output 0 input 0\n"
            "code \"x86-64-v2\" " +
                spec.codes[0].arch +
                " +sse4.2\n"
                "constants 0 bytes 24\n"
                "constants 1 bytes 16\n"
                "kernel 0 \"k0\" kind \"elementwise\" flops 8 bytes 32 nodes \"Mul_0\" \"Add_1\"\n"
                "kernel 1 \"k1\" kind \"elementwise\" flops \"4 * batch\" bytes 0 nodes \"Mul_2\"\n"
                "nodes host 3 runtime 0\n"
                "message 0 \"size {a} is not {b}: {a} != {b}\"\n"
                "metadata \"opset\" \"17\"\n");
}

TEST(Run, PicksTheEntryOfTheShapes) {
  std::string file = artifact(bucketSpec(true)), x = floatFile("x.npy", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  expectText(weft("run " + file + " -i x=" + x), 0, "note: entry 'batch=2' ran.");
  expectText(weft("run " + file + " -i x=" + x), 0, "min 100, max 100");
  expectText(weft("run " + file + " -i x=" + x + " --entry main"), 0, "note: entry 'main' ran.");
  expectText(weft("run " + file + " --random 1 --dim batch=2"), 0, "note: entry 'batch=2' ran.");
  expectText(weft("run " + file + " --random 1 --dim batch=3"), 0, "note: entry 'main' ran.");
  expectText(weft("run " + file + " --random 1 --entry nope"), 2, "Its entries are: 'main', 'batch=2'.");
}

TEST(Run, PicksAmongBucketsWithoutAGeneralEntry) {
  std::string file = artifact(bucketSpec(false)),
              five = floatFile("five.npy", {5, 4}, std::vector<float>(20, 1));
  expectText(weft("run " + file + " --random 1"), 0, "note: entry 'batch=1' ran.");
  expectText(weft("run " + file + " --random 1 --dim batch=3"), 0, "note: entry 'batch=3' ran.");
  expectText(weft("run " + file + " --random 1 --shape x=2x4"), 0, "note: entry 'batch=2' ran.");
  expectText(weft("run " + file + " --random 1 --dim batch=4"), 2,
             "No entry is made for batch=4. The entries are: 'batch=1', 'batch=2', 'batch=3'.");
  expectText(weft("run " + file + " -i x=" + five), 1, "The entries are: 'batch=1', 'batch=2', 'batch=3'.");
  expectText(weft("bench " + file + " --seconds 0.01 --dim batch=3 --json"), 0, "\"entry\": \"batch=3\"");
}

TEST(Inspect, ShowsEntries) {
  std::string file = artifact(bucketSpec(true));
  expectText(weft("inspect " + file), 0, "entry 'batch=2': 1 kernels from number 1");
  expectText(weft("inspect --dump " + file), 0, "entry \"batch=2\" arena 131072 kernels 1..2 \"batch\"=2\n");
  expectText(weft("inspect --json " + file), 0, "\"batch\": 2");
}

TEST(Inspect, PrintsJsonAndText) {
  Result json = weft("inspect --json " + artifact());
  expectText(json, 0, "\"arena_bytes\": 65536");
  expectText(json, 0, "\"kernel_nodes\": 3");
  expectText(json, 0, "\"flops\": 8");
  expectText(json, 0, "\"flops\": null");
  expectText(weft("inspect " + artifact()), 0,
             "2 kernels for 3 nodes, 3 nodes in host code, 0 with runtime calls");
  EXPECT_EQ(weft("inspect --json --dump " + artifact()).status, 2);
}

TEST(Inspect, OpensArtifactsForOtherMachines) {
  ArtifactSpec spec;
  spec.codes[0].arch = "riscv64";
  expectText(weft("inspect " + artifact(spec)), 0, "cannot run here: needs riscv64");
}

TEST(Help, TeachesWithExamples) {
  expectText(weft("--help"), 0, "weft run model.weft -i x=cat.npy -o y=out.npy");
  expectText(weft("run --help"), 0, "Examples:");
  expectText(weft("bench --help"), 0, "Examples:");
  expectText(weft("--version"), 0, "weft 0.1.0");
}

} // namespace
