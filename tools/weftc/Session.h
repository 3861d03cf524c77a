// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every command of weftc needs: a context whose diagnostics read well, options turned into the driver's,
// progress.
#ifndef WEFT_TOOLS_WEFTC_SESSION_H
#define WEFT_TOOLS_WEFTC_SESSION_H

#include "CommandLine.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "weft/Driver/Driver.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ThreadPool.h"

#include <memory>
#include <string>
#include <vector>

/// A compiler session of one command. Its end tells how to report a fault of Weft's, if there was one.
class Session {
public:
  explicit Session(const CommandLine &command);
  ~Session();

  mlir::MLIRContext &getContext() { return *context; }
  unsigned getNumErrors() const { return numErrors; }
  /// The status after errors: a wrong command line when options do not suit the model.
  ExitStatus getFailure() const { return hasWrongOption ? kWrongCommandLine : kFailed; }
  /// Warnings so far, each once, as they were printed.
  llvm::ArrayRef<std::string> getWarnings() const { return warnings; }
  /// Errors so far, as they were printed.
  llvm::ArrayRef<std::string> getErrors() const { return errors; }
  /// Fills `options` from the command line; prints what is wrong and returns an exit status otherwise.
  int fillOptions(weft::CompileOptions &options);
  /// Tells a terminal which phase runs; silent elsewhere and with --quiet.
  weft::ProgressFn getProgress();
  /// Removes the progress line.
  void endProgress();

private:
  /// How a fault of Weft's can be reported.
  std::string describeFault() const;

  const CommandLine &command;
  std::string crashText; ///< what is printed should the program crash
  mlir::DialectRegistry registry;
  std::unique_ptr<llvm::DefaultThreadPool> threads;
  std::unique_ptr<mlir::MLIRContext> context;
  unsigned numErrors = 0;
  std::vector<std::string> warnings, errors;
  bool hasFault = false;       ///< an error began with "internal:"
  bool hasWrongOption = false; ///< an error was about an option that does not suit the model
  bool hasProgressLine = false;
};

/// A command line as a shell takes it.
std::string quoteCommand(llvm::ArrayRef<std::string> words);

/// Sizes for people: "512 B", "48.2 KB", "97.5 MB".
std::string formatBytes(uint64_t bytes);

/// Names from a model as JSON: what is not UTF-8 in them is replaced.
llvm::json::Value toJson(llvm::StringRef text);
llvm::json::Value toJson(const std::vector<std::string> &texts);

/// Counts for people: "512", "48.2 k", "97.5 M".
std::string formatCount(double count);

#endif // WEFT_TOOLS_WEFTC_SESSION_H
