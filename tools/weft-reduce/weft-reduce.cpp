// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shrinks IR while a script still finds its problem.
#include "Reducer.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "tools/StandardStreams.h"
#include "weft/Artifact/OutputFile.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace cl = llvm::cl;

/// Exit status of a command line that cannot be meant.
constexpr int kWrongCommandLine = 2;

constexpr char kOverview[] =
    "Shrinks IR while a test still finds its problem.\n\n"
    "  weft-reduce model.mlir --test=./still-wrong.sh -o small.mlir\n\n"
    "The test gets the name of a file of IR as its last argument, and ends with status 0 while the problem "
    "is there.\n"
    "One for a wrong result (weftc verify ends with 1 when it finds a difference):\n\n"
    "  #!/bin/sh\n"
    "  weftc verify \"$1\" --random 1 2>&1 | grep -q FAIL\n\n"
    "Ops are left out one after another: their results become operands of their type, zeros, or arguments.\n";

static cl::OptionCategory category("Options");
static cl::opt<std::string> input(cl::Positional, cl::Required, cl::desc("<model.mlir>"), cl::cat(category));
static cl::opt<std::string> output("o", cl::desc("Where the small model goes (standard output unless given)"),
                                   cl::value_desc("file"), cl::init("-"), cl::cat(category));
static cl::opt<std::string> test("test", cl::Required, cl::desc("Program that finds the problem"),
                                 cl::value_desc("program"), cl::cat(category));
static cl::list<std::string> testArgs("test-arg", cl::desc("Argument for it, before the file's name"),
                                      cl::value_desc("text"), cl::cat(category));

static int fail(const llvm::Twine &message, int status = 1) {
  llvm::errs() << "weft-reduce: " << message << '\n';
  return status;
}

/// Whether `-o` may be written; says why not.
static int checkOutput() {
  for (const std::string &read : {input.getValue(), test.getValue()})
    if (bool isSame = false; !llvm::sys::fs::equivalent(read, output, isSame) && isSame)
      return fail("the output is the " + llvm::Twine(read == input ? "input" : "test") +
                      "; name another file with -o",
                  kWrongCommandLine);
  if (output.empty() || llvm::sys::fs::is_directory(output))
    return fail("cannot write '" + output + "': name a file with -o", kWrongCommandLine);
  return 0;
}

namespace {

/// Runs the test on modules.
class Tester {
public:
  /// Errors: no test of that name, or no place for its file.
  llvm::Error prepare() {
    llvm::ErrorOr<std::string> found =
        llvm::StringRef(test).contains('/') ? test.getValue() : llvm::sys::findProgramByName(test);
    if (!found || !llvm::sys::fs::can_execute(*found))
      return llvm::createStringError("expected --test of a program, but '" + test + "' is none");
    program = *found;
    if (std::error_code error = llvm::sys::fs::createTemporaryFile("weft-reduce", "mlir", file))
      return llvm::createStringError(error, "cannot make a file for the test: " + error.message());
    return llvm::Error::success();
  }
  ~Tester() {
    if (!file.empty())
      llvm::sys::fs::remove(file);
  }

  bool findsProblem(mlir::ModuleOp module) {
    std::error_code error;
    llvm::raw_fd_ostream stream(file, error);
    module.print(stream, mlir::OpPrintingFlags().enableDebugInfo());
    stream.close();
    if (error || stream.has_error()) {
      stream.clear_error();
      return false;
    }
    llvm::SmallVector<llvm::StringRef> words = {program};
    words.append(testArgs.begin(), testArgs.end());
    words.push_back(file);
    std::optional<llvm::StringRef> silent[] = {llvm::StringRef(), llvm::StringRef(), llvm::StringRef()};
    return llvm::sys::ExecuteAndWait(program, words, std::nullopt, silent) == 0;
  }

private:
  std::string program;
  llvm::SmallString<128> file;
};

} // namespace

static int run(mlir::MLIRContext &context) {
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceFile<mlir::ModuleOp>(input, &context);
  if (!module)
    return 1;
  Tester tester;
  if (llvm::Error error = tester.prepare())
    return fail(llvm::toString(std::move(error)), kWrongCommandLine);
  if (!tester.findsProblem(*module))
    return fail("the test does not find the problem in '" + input +
                "': expected it to end with status 0 there");
  bool isTerminal = ::isatty(STDERR_FILENO);
  module = weft::reduce(
      std::move(module), [&](mlir::ModuleOp next) { return tester.findsProblem(next); },
      [&](size_t ops) {
        if (isTerminal)
          llvm::errs() << "\r\033[K" << ops << " ops left ...";
      });
  if (isTerminal)
    llvm::errs() << "\r\033[K";
  llvm::Error error = weft::writeOutputFile(output, [&](llvm::raw_ostream &os) { module->print(os); });
  return error ? fail(llvm::toString(std::move(error))) : 0;
}

int main(int argc, char **argv) {
  weft::tool::settleStandardStreams();
  llvm::InitLLVM init(argc, argv);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "weft-reduce " WEFT_VERSION "\n"; });
  cl::HideUnrelatedOptions(category);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &llvm::errs()))
    return kWrongCommandLine;
  if (int status = checkOutput())
    return status;
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<mlir::kernel::KernelDialect, mlir::sched::SchedDialect, mlir::weft::WeftDialect>();
  mlir::MLIRContext context(registry);
  return run(context);
}
