// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs (and expected outputs) that `weftc verify` runs a model on.
#ifndef WEFT_TOOLS_WEFTC_SAMPLES_H
#define WEFT_TOOLS_WEFTC_SAMPLES_H

#include "CommandLine.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Reference/Tensor.h"

#include <optional>
#include <string>
#include <vector>

/// One run: a value per input, and per output what the data set expects (none without data).
struct Sample {
  std::string name;
  std::vector<weft::reference::Value> inputs;
  std::vector<std::optional<weft::reference::Value>> expected;
  std::string chosenSizes; ///< of open dims whose sizes nobody gave: "batch = 1, seq = 2"
};

/// The samples that the command line asks for, checked against the signature of `main`; prints what is wrong
/// and returns an exit status otherwise.
int loadSamples(const CommandLine &command, mlir::func::FuncOp main, std::vector<Sample> &samples);

#endif // WEFT_TOOLS_WEFTC_SAMPLES_H
