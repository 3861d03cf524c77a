// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weft program: runs, measures and inspects compiled models. The only file here that is built with
// exceptions, which the command-line library needs.

#include "../CommandLineText.h"
#include "../StandardStreams.h"
#include "options.h"
#include "weft_runtime.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <new>

using namespace weft::tool;

namespace {

// More threads or clients than this are a mistake.
constexpr uint32_t maxThreads = 4096, maxClients = 1024, maxRepeat = 1u << 30;

/// At least a millisecond, at most a day.
std::string checkSeconds(const std::string &text) {
  double seconds = 0;
  bool isInRange = parseFinite(text, seconds) && seconds >= 0.001 && seconds <= 86400;
  return isInRange ? "" : "'" + text + "' is not in 0.001 to 86400 seconds";
}

const CLI::Validator nameCheck(checkName, ""), seedCheck(checkSeed, ""), secondsCheck(checkSeconds, "");

void addOpenOptions(CLI::App &app, OpenOptions &options) {
  app.add_option("artifact", options.artifact, "Compiled model (.weft)")
      ->required()
      ->check(nameCheck)
      ->type_name("A.weft");
  app.add_option("--threads", options.threads,
                 "Threads of one run; default: all processors that this process may use")
      ->check(CLI::Range(1u, maxThreads))
      ->type_name("N");
  app.add_option("--device", options.device, "Where to run: auto (default), cpu, cuda, emulate")
      ->check(CLI::IsMember({"auto", "cpu", "cuda", "emulate"}))
      ->type_name("DEVICE");
  app.add_option("--max-isa", options.maxIsa,
                 "Use no instruction set above this level: v2, v3, v4 or a level of the artifact")
      ->check(nameCheck)
      ->type_name("LEVEL");
  app.add_option("--entry", options.entry, "Entry point; default: the one that fits the inputs")
      ->check(nameCheck)
      ->type_name("NAME");
  app.add_flag("--trust-weights", options.isHeaderOnly, "Do not check the weights' checksums: loads faster");
}

void addInputOptions(CLI::App &app, InputOptions &options) {
  app.add_option("-i,--input", options.inputs,
                 "Input from a .npy file; a folder of 0.npy, 1.npy ... is a sequence, 'none' an absent "
                 "optional. NAME may "
                 "hold any character; @0 names the first input")
      ->allow_extra_args(false)
      ->type_name("NAME=FILE.npy");
  app.add_option(
         "--random", options.random,
         "Fill inputs that are not given: floats in [-1, 1), 32- and 64-bit integers and booleans 0 or 1")
      ->check(seedCheck)
      ->type_name("SEED");
  app.add_option("--shape", options.shapes, "Shape of an input that is filled; sizes that nothing says are 1")
      ->allow_extra_args(false)
      ->type_name("NAME=1x3x224x224");
  app.add_option("--dim", options.dims, "Size of a symbolic dim in inputs that are filled")
      ->allow_extra_args(false)
      ->type_name("NAME=128");
  app.add_flag(
      "--raw", options.isRaw,
      "Read and write types that numpy lacks (bfloat16, float8, 4 bits) as unsigned integers of their bits");
}

CLI::App *addRun(CLI::App &app, RunOptions &options) {
  CLI::App *command = app.add_subcommand("run", "Run a model on inputs from .npy files");
  addOpenOptions(*command, options.open);
  addInputOptions(*command, options.in);
  command
      ->add_option("-o,--output", options.outputs,
                   "Write an output to a file; without =FILE.npy, print a summary. Default: all summaries")
      ->allow_extra_args(false)
      ->type_name("NAME[=FILE.npy]");
  command->add_option("--repeat", options.repeat, "Run so many times; the last outputs count")
      ->check(CLI::Range(1u, maxRepeat))
      ->type_name("N");
  command->add_flag("--stats", options.hasStats, "Print times and peak memory on stderr");
  command->footer("Examples:\n"
                  "  weft run model.weft -i input=cat.npy -o probabilities=out.npy\n"
                  "  weft run model.weft -i @0=cat.npy -o @0           by position; print a summary\n"
                  "  weft run model.weft --random 1                    try it without data\n"
                  "  weft run bert.weft --random 1 --shape ids=4x128   at a shape of your choice\n"
                  "Exit status: 0 done, 1 the run failed, 2 the command line is wrong.");
  return command;
}

CLI::App *addBench(CLI::App &app, BenchOptions &options) {
  CLI::App *command = app.add_subcommand("bench", "Measure latency, throughput and where the time goes");
  addOpenOptions(*command, options.open);
  addInputOptions(*command, options.in);
  command->add_option("--seconds", options.seconds, "How long to measure (default 3)")
      ->check(secondsCheck)
      ->type_name("S");
  command
      ->add_option("--clients", options.clients, "Send runs from N threads, each with a session of its own")
      ->check(CLI::Range(1u, maxClients))
      ->type_name("N");
  command->add_flag("--json", options.isJson, "Print one JSON object");
  command->add_flag("--profile", options.hasProfile,
                    "Add a row per kernel, with the ONNX nodes that it computes");
  command
      ->add_option("--trace", options.traceFile,
                   "Write a trace of five runs for chrome://tracing or Perfetto")
      ->check(nameCheck)
      ->type_name("FILE.json");
  command->footer("Inputs that are not given are filled with random numbers.\n"
                  "Examples:\n"
                  "  weft bench model.weft --threads 1 --json\n"
                  "  weft bench model.weft --profile --trace trace.json\n"
                  "  weft bench bert.weft --dim batch=8 --dim seq=128 --clients 4");
  return command;
}

CLI::App *addInspect(CLI::App &app, InspectOptions &options) {
  CLI::App *command = app.add_subcommand("inspect", "Print what an artifact holds");
  command->add_option("artifact", options.artifact, "Compiled model (.weft)")
      ->required()
      ->check(nameCheck)
      ->type_name("A.weft");
  CLI::Option *json = command->add_flag("--json", options.isJson, "Print one JSON object");
  command->add_flag("--dump", options.isDump, "Print one fact per line, for tests")->excludes(json);
  command->add_flag("--trust-weights", options.isHeaderOnly, "Do not check the weights' checksums");
  command->footer("Also opens artifacts that were compiled for other machines.\n"
                  "Example:\n"
                  "  weft inspect model.weft --json");
  return command;
}

ExitStatus wrongCommand(const std::string &what) {
  return report(BadCommandLine, what + "; the commands are run, bench and inspect.\nSee weft --help.");
}

} // namespace

int main(int argc, char **argv) {
  settleStandardStreams();
  CLI::App app("Runs, measures and inspects models that weftc has compiled.", "weft");
  app.set_version_flag("--version", std::string("weft ") + weft_runtime_version());
  app.require_subcommand(1);
  app.footer("Examples:\n"
             "  weft inspect model.weft                          what it takes and returns\n"
             "  weft run model.weft -i x=cat.npy -o y=out.npy    run it on a file\n"
             "  weft bench model.weft --threads 1                measure it\n"
             "`weft COMMAND --help` tells more about a command.");

  RunOptions run;
  BenchOptions bench;
  InspectOptions inspect;
  CLI::App *runApp = addRun(app, run), *benchApp = addBench(app, bench);
  addInspect(app, inspect);

  if (argc < 2)
    return wrongCommand("A command is missing");
  if (std::string verb = argv[1];
      (verb.empty() || verb[0] != '-') && verb != "run" && verb != "bench" && verb != "inspect")
    return wrongCommand("There is no command '" + verb + "'");

  try {
    app.parse(argc, argv);
    if (runApp->parsed())
      return runCommand(run);
    if (benchApp->parsed())
      return benchCommand(bench);
    return inspectCommand(inspect);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) { // help and version
      app.exit(error);
      return std::cout.flush() ? Done : Failed;
    }
    fprintf(stderr, "weft: error: %s\nSee weft --help, or weft COMMAND --help.\n",
            describeParseError(error).c_str());
    return BadCommandLine;
  } catch (const std::bad_alloc &) {
    return report(Failed, "There is not enough memory.");
  } catch (const std::exception &error) {
    fprintf(stderr, "weft: error: %s\n", error.what());
    return Failed;
  }
}
