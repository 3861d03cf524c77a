// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The entry points of one compilation: the model as it is, and one per shape bucket.
#ifndef WEFT_DRIVER_ENTRIES_H
#define WEFT_DRIVER_ENTRIES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "weft/Artifact/Writer.h"

#include <string>

namespace weft {

/// An entry point on its way through the phases.
struct DriverEntry {
  std::string function; ///< name of its function in the module
  ArtifactEntry description;
};

/// Name of the function of entry `number`, and of what code objects export for it.
std::string getEntryFunction(unsigned number);
std::string getEntrySymbol(unsigned number);

/// Moves everything in `from` to the end of `into`, giving kernels names that are free there. In phase
/// structured, equal kernels of both become one.
///
/// Requires: functions of different names.
void mergeModules(mlir::ModuleOp into, mlir::ModuleOp from);

/// Keeps the diagnostics of a part of the compilation that may fail from the user; remembers the first error.
class QuietDiagnostics {
public:
  explicit QuietDiagnostics(mlir::MLIRContext &context);
  /// Text of the first error, with its place; empty when there was none.
  const std::string &getFirstError() const { return firstError; }

private:
  std::string firstError;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace weft

#endif // WEFT_DRIVER_ENTRIES_H
