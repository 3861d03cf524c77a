// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells problems that lie in what the user asked for from problems of the model.
#ifndef WEFT_DIALECTS_WEFT_IR_OPTIONPROBLEM_H
#define WEFT_DIALECTS_WEFT_IR_OPTIONPROBLEM_H

#include "mlir/IR/Diagnostics.h"

namespace mlir::weft {

/// Marks a problem as one of the user's options: they name what the model does not have, or contradict it or
/// each other. The model itself may be right then.
InFlightDiagnostic ofOption(InFlightDiagnostic problem);

/// Whether `ofOption` marked the problem.
bool isOfOption(Diagnostic &diagnostic);

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_OPTIONPROBLEM_H
