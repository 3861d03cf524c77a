// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Marks in diagnostics.
#include "OptionProblem.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

static constexpr StringLiteral mark = "weft.option-problem";

InFlightDiagnostic mlir::weft::ofOption(InFlightDiagnostic problem) {
  problem.getUnderlyingDiagnostic()->getMetadata().push_back(DiagnosticArgument(mark));
  return problem;
}

bool mlir::weft::isOfOption(Diagnostic &diagnostic) {
  return llvm::any_of(diagnostic.getMetadata(), [](const DiagnosticArgument &argument) {
    return argument.getKind() == DiagnosticArgument::DiagnosticArgumentKind::String &&
           argument.getAsString() == mark;
  });
}
