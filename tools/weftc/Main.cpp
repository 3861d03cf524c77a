// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses weftc's command line. The only source of the tool that may throw: CLI11 reports by exceptions.
#include "CommandLine.h"
#include "Planned.h"
#include "tools/CommandLineText.h"
#include "tools/StandardStreams.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <new>

static const CLI::Validator nameCheck(weft::tool::checkName, "");

static void addModel(CLI::App &app, CommandLine &command, const char *what) {
  app.add_option("model", command.model, what)->required()->check(nameCheck);
  app.add_option("--shape", command.shapes,
                 "Dims of an input: NAME=1x3x224x224; a dim may be a symbol (batch) or ?")
      ->take_all()
      ->type_name("NAME=DIMS");
  app.add_option(
         "--dim", command.dims,
         "A symbolic dim: NAME=128 fixes it, NAME=1,4,16 adds an entry point per size, NAME=1..512 bounds it")
      ->take_all()
      ->type_name("NAME=SIZE");
  app.add_option("--bind", command.bindings, "Make an input a constant: NAME=16000 or NAME=1,2,3")
      ->take_all()
      ->type_name("NAME=VALUES");
  app.add_option("--batch", command.batch, "Rewrite the model for another batch size")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 20));
  app.add_flag("--keep-inputs", command.keepInputs,
               "Inputs that have a default (an initialiser) stay inputs; without this they become constants, "
               "which weftc check lists");
}

/// Remembers that an option about the making of code was given: artifacts have their code already.
static CLI::Option *noteCodeOption(CLI::Option *option, CommandLine &command) {
  return option->each([option, &command](const std::string &) {
    if (command.codeOption.empty())
      command.codeOption = option->get_name();
  });
}

static void addMath(CLI::App &app, CommandLine &command) {
  CLI::Option *math = app.add_option(
      "--math", command.math,
      "Float arithmetic: f32 (default), f32-fma (no less accurate than chained multiply-adds), strict "
      "(plain order, each operation rounded, denormals kept), fast (any order, NaN may be lost in "
      "min, max and pooling)");
  noteCodeOption(math, command)->type_name("MODE");
}

static void addTarget(CLI::App &app, CommandLine &command) {
  CLI::Option *cpu = app.add_option(
      "--cpu", command.cpu,
      "Instruction sets: native (this machine), portable (v2, v3 and v4 in one artifact), or a list "
      "(v3 or v2,v3,v4; v4-amx)");
  noteCodeOption(cpu, command)->capture_default_str();
  addMath(app, command);
  CLI::Option *target = app.add_option("--target", command.target, "Device to compile for");
  noteCodeOption(target, command)->check(CLI::IsMember({"cpu"}))->capture_default_str();
  CLI::Option *jobs = app.add_option("-j,--jobs", command.jobs, "Threads that compile; 0: one per processor");
  noteCodeOption(jobs, command)->check(CLI::Range(0, 1024))->capture_default_str();
  app.add_option("--cache-dir", command.cacheFolder,
                 "Folder that keeps compiled kernels for later compilations; several may use it at once")
      ->envname("WEFT_CACHE_DIR")
      ->type_name("DIR");
  app.add_option("--cache-size", command.cacheMebibytes,
                 "Size that the folder may have; the kernels that were not used for longest go first")
      ->check(CLI::Range(uint64_t(1), uint64_t(1) << 24))
      ->type_name("MiB")
      ->capture_default_str();
}

/// The flags that decide what the program is, for its record: in one order and spelling, without names of
/// files, which differ from run to run.
static std::string describeFlags(const CLI::App &app) {
  constexpr const char *kOthers[] = {"output",     "dump-dir",    "report",  "jobs", "cache-dir",
                                     "cache-size", "time-phases", "remarks", "json", "quiet"};
  std::string flags;
  for (const CLI::Option *option : app.get_options()) {
    if (option->count() == 0 || option->get_lnames().empty() ||
        std::find(std::begin(kOthers), std::end(kOthers), option->get_lnames().front()) != std::end(kOthers))
      continue;
    for (const std::string &value : option->results())
      flags += (flags.empty() ? "--" : " --") + option->get_lnames().front() +
               (option->get_expected_max() == 0 ? "" : "=" + value);
  }
  return flags;
}

using Command = int (*)(const CommandLine &);

static Command describeCompile(CLI::App &app, CommandLine &command) {
  app.description("weftc compiles a trained model (ONNX) into one file of machine code.\n\n"
                  "  weftc model.onnx -o model.weft                  for this machine\n"
                  "  weftc model.onnx -o model.weft --cpu=portable   for any x86-64 machine since 2009\n"
                  "  weftc model.onnx -o m.weft --dim batch=8        with a symbolic dim fixed\n"
                  "  weftc model.onnx -o m.weft --dim batch=1,8      fast at these sizes, any other too\n"
                  "  weftc model.onnx -o - --stop-after=graph        print the IR after the graph passes\n"
                  "  weft run model.weft -i x=in.npy -o y=out.npy    run the artifact\n\n"
                  "Other commands: weftc check, weftc verify, weftc explain (each with --help).");
  addModel(app, command, "Model to compile: .onnx, or .mlir with weft IR");
  app.add_option("-o,--output", command.output, "Where the result goes; - is the terminal")->required();
  addTarget(app, command);
  app.add_option("--emit", command.emit,
                 "What to write: weft, mlir, llvm, asm, obj (with a C header beside it), so (the same)")
      ->check(CLI::IsMember({"weft", "mlir", "llvm", "asm", "obj", "so"}))
      ->each([&command](const std::string &) { command.isEmitGiven = true; })
      ->capture_default_str();
  app.add_option("--stop-after", command.stopAfter,
                 "Stop after a phase and write what it gives: IR, a code object, the artifact")
      ->check(CLI::IsMember(
          {"import", "graph", "structured", "scheduled", "loops", "llvm", "object", "artifact"}));
  app.add_option("--dump-dir", command.dumpDirectory, "Write what each phase gives into this folder")
      ->check(nameCheck);
  app.add_option("--report", command.report,
                 "Write an HTML page about the compilation: phases, kernels, sizes")
      ->check(nameCheck)
      ->type_name("FILE.html");
  app.add_flag("--time-phases", command.timePhases, "Print the time of each phase");
  app.add_flag("--remarks", command.remarks, "Say what was fused and chosen, and why not");
  app.add_flag("--json", command.json, "Print the summary as JSON");
  app.add_flag("-q,--quiet", command.quiet,
               "Print errors only: no progress, summary or warnings (weftc check prints those)");
  return runCompile;
}

static Command describeCheck(CLI::App &app, CommandLine &command) {
  app.description("weftc check says everything that is wrong or approximate in a model, before any work.\n\n"
                  "  weftc check model.onnx");
  addModel(app, command, "Model to check");
  addMath(app, command);
  app.add_flag("--json", command.json, "Print the findings as JSON");
  return runCheck;
}

/// Finite numbers of at least 0; CLI11's own check prints the range of doubles.
static std::string checkTolerance(const std::string &text) {
  double value = 0;
  bool isGood = weft::tool::parseFinite(text, value) && value >= 0;
  return isGood ? "" : "expected a finite number of at least 0, but got '" + text + "'";
}

/// At most an hour.
static std::string checkSeconds(const std::string &text) {
  double value = 0;
  bool isGood = weft::tool::parseFinite(text, value) && value >= 0 && value <= 3600;
  return isGood ? "" : "expected 0 to 3600 seconds, but got '" + text + "'";
}

static Command describeVerify(CLI::App &app, CommandLine &command) {
  app.description(
      "weftc verify compiles a model, runs the artifact, and compares it with the reference interpreter\n"
      "and, when given, with ONNX test data.\n\n"
      "  weftc verify model.onnx --random 1\n"
      "  weftc verify model.onnx --data test_data_set_0 --rtol 1e-3 --atol 1e-5\n"
      "  weftc verify model.onnx --random 1 --bisect     which pass or kernel makes a result wrong");
  addModel(app, command, "Model to verify");
  addTarget(app, command);
  app.add_option("--data", command.data,
                 "ONNX test data: a folder with input_N.pb and output_N.pb, or of such folders")
      ->check(nameCheck);
  app.add_option("-i,--input", command.inputs, "Input tensor: NAME=FILE.npy")->take_all()->excludes("--data");
  app.add_option("--random", command.random,
                 "Seed of the random numbers for inputs that are not given; default 0")
      ->check(CLI::Validator(weft::tool::checkSeed, ""));
  const CLI::Validator toleranceCheck(checkTolerance, "");
  app.add_option("--rtol", command.rtol, "Relative tolerance; default 1e-3")->check(toleranceCheck);
  app.add_option("--atol", command.atol, "Absolute tolerance; default 1e-7")->check(toleranceCheck);
  app.add_option("--of-largest", command.ofLargest,
                 "Tolerance as a share of a tensor's largest value; default 1e-4 (what --math=f32 promises), "
                 "or 0 when --rtol or --atol is given")
      ->check(toleranceCheck);
  app.add_flag(
      "--bisect", command.bisect,
      "When an output is over tolerance, find out what makes it so: the import, a pass, a kernel, or the "
      "program around kernels");
  app.add_flag("--json", command.json, "Print the result as JSON");
  return runVerify;
}

static Command describeExplain(CLI::App &app, CommandLine &command) {
  app.description(
      "weftc explain says for each kernel of a model which ONNX nodes it computes, how it is generated,\n"
      "what it computes and moves, and why nodes were not fused.\n\n"
      "  weftc explain model.weft                        what an artifact holds\n"
      "  weftc explain model.weft --dim batch=8          its work at a batch of 8\n"
      "  weftc explain model.weft --measure              with times and shares of the roofline\n"
      "  weftc explain model.onnx --cpu=v3               what a compilation would give");
  addModel(app, command, "Artifact (.weft) or model (.onnx) to explain");
  CLI::Option *measure =
      app.add_flag("--measure", command.measure,
                   "Run the artifact on one thread with random inputs; sizes that --dim does not give are 1");
  app.add_option("--seconds", command.seconds, "Time of the measurement")
      ->check(CLI::Validator(checkSeconds, ""))
      ->needs(measure)
      ->capture_default_str();
  addTarget(app, command);
  app.add_flag("--json", command.json, "Print one JSON object per kernel");
  return runExplain;
}

/// The command that a first word names, or none.
static Command (*findCommand(const std::string &verb))(CLI::App &, CommandLine &) {
  return verb == "check"     ? describeCheck
         : verb == "verify"  ? describeVerify
         : verb == "explain" ? describeExplain
                             : nullptr;
}

/// The status of a command that printed through the C++ library: a full disk makes it a failure.
static int printed(int status) { return std::cout.flush() ? status : int(kFailed); }

/// Whether the first word names neither an option nor a file, and so was meant as a command; says so.
static bool isUnknownCommand(const std::string &word) {
  bool isWord = !word.empty() && word[0] != '-' && word.find_first_of("./") == std::string::npos;
  if (!isWord || std::filesystem::exists(word))
    return false;
  bool isOfRuntime = word == "run" || word == "bench" || word == "inspect";
  std::fprintf(stderr,
               "weftc: there is no command or file '%s'; the commands are check, verify and explain, and "
               "'weftc MODEL.onnx -o MODEL.weft' compiles%s\nTry 'weftc --help'.\n",
               word.c_str(), isOfRuntime ? (" ('weft " + word + "' takes artifacts)").c_str() : "");
  return true;
}

static int parseAndRun(int argc, char **argv) {
  CommandLine command;
  command.words.assign(argv, argv + argc);
  std::string verb = argc > 1 ? argv[1] : "";
  auto describe = findCommand(verb);
  bool hasVerb = describe != nullptr;

  CLI::App app;
  app.get_formatter()->column_width(34);
  Command run = hasVerb ? describe(app, command) : describeCompile(app, command);
  app.set_version_flag("--version", "weftc " WEFT_VERSION);

  if (!hasVerb && isUnknownCommand(verb))
    return kWrongCommandLine;

  int shift = hasVerb ? 1 : 0;
  std::string name = hasVerb ? "weftc " + verb : "weftc";
  app.name(name);
  try {
    app.parse(argc - shift, argv + shift);
  } catch (const CLI::CallForHelp &help) {
    return printed(app.exit(help));
  } catch (const CLI::CallForVersion &version) {
    return printed(app.exit(version));
  } catch (const CLI::ParseError &error) {
    std::string planned = explainPlanned(command.words);
    std::fprintf(stderr, "%s: %s\nTry '%s --help'.\n", name.c_str(),
                 (planned.empty() ? weft::tool::describeParseError(error) : planned).c_str(), name.c_str());
    return kWrongCommandLine;
  }
  command.flags = describeFlags(app);
  return finishOutput(run(command));
}

int main(int argc, char **argv) {
  weft::tool::settleStandardStreams();
  try {
    return parseAndRun(argc, argv);
  } catch (const std::bad_alloc &) {
    std::fprintf(stderr, "weftc: there is not enough memory\n");
    return kFailed;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "weftc: %s\n", error.what());
    return kFailed;
  }
}
