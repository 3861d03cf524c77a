// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference interpreter: runs functions of weft ops by the semantics of docs/spec, with plain loops.
#ifndef WEFT_REFERENCE_INTERPRETER_H
#define WEFT_REFERENCE_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Reference/Tensor.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace mlir {
class DialectRegistry;
}

namespace weft::reference {

struct InterpreterOptions {
  /// Compare the shape of each result with its declared type, and named dims with the values of their
  /// symbols.
  bool checkDims = true;
  /// Take denormals of f64, f32 and bf16, which are computed in f32, for zeros of their sign wherever they
  /// are arguments or results, as compiled code does that does not keep them.
  bool flushDenormals = false;
  /// Called with each op and its results after it ran; may be empty.
  std::function<void(mlir::Operation *, llvm::ArrayRef<Value>)> onResult;
};

/// Runs functions of weft ops, arith on scalars, weft.if, weft.loop and weft.kernel.
///
/// Errors are reported at the op that fails. One interpreter may run any number of functions, one at a time.
class Interpreter {
public:
  explicit Interpreter(InterpreterOptions options = {}) : options(std::move(options)) {}

  /// Results of `function` for its arguments in order; failure after reporting a reason.
  llvm::FailureOr<std::vector<Value>> run(mlir::func::FuncOp function, llvm::ArrayRef<Value> arguments);

  /// Runs a region of one block with these arguments; returns the operands of its terminator. Values from
  /// outside of the region are visible.
  llvm::FailureOr<std::vector<Value>> runRegion(mlir::Region &region, llvm::ArrayRef<Value> arguments);

private:
  mlir::LogicalResult runOp(mlir::Operation *op);
  /// The value, without denormals where these are flushed.
  Value normalize(const Value &value) const;
  mlir::LogicalResult checkType(mlir::Operation *op, mlir::Type type, const Value &value,
                                llvm::StringRef what);
  /// Values that no op behind `op` in its block reads.
  llvm::ArrayRef<mlir::Value> deadAfter(mlir::Operation *op);

  InterpreterOptions options;
  llvm::DenseMap<mlir::Value, Value> values;
  llvm::StringMap<int64_t> symbols;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Value, 2>> deaths;
  llvm::DenseSet<mlir::Block *> analysed;
};

/// Makes every op foldable by evaluation: implements mlir::weft::EvaluableOpInterface for the whole dialect.
void registerEvaluableModels(mlir::DialectRegistry &registry);

} // namespace weft::reference

#endif // WEFT_REFERENCE_INTERPRETER_H
