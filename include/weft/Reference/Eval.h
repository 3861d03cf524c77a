// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How one op is evaluated: the table from op names to functions, one family of ops per source file.
#ifndef WEFT_REFERENCE_EVAL_H
#define WEFT_REFERENCE_EVAL_H

#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Reference/Tensor.h"
#include "llvm/ADT/StringMap.h"

namespace weft::reference {

class Interpreter;

/// What an evaluation function gets: the op with its attributes, the values of its operands, and where
/// results go.
struct Evaluation {
  mlir::Operation *op;
  llvm::ArrayRef<Value> operands;
  llvm::SmallVectorImpl<Value> &results;
  /// Runs regions; null when an op without regions is evaluated alone (constant folding).
  Interpreter *interpreter = nullptr;

  const Tensor &tensor(unsigned operand) const { return operands[operand].getTensor(); }
  /// The value of an operand that the op names, by its position among the operands:
  /// `e.valueOf(op.getMaskMutable())`.
  const Value &valueOf(mlir::OpOperand &operand) const { return operands[operand.getOperandNumber()]; }
  /// The tensor of an optional operand; null when it is absent: `e.optional(op.getMaskMutable())`.
  const Tensor *optional(mlir::MutableOperandRange range) const {
    return range.empty() ? nullptr : &valueOf(*range.begin()).getTensor();
  }
  /// The values of a variadic operand.
  llvm::ArrayRef<Value> variadic(mlir::OperandRange range) const {
    return operands.slice(range.empty() ? 0 : range.getBeginOperandIndex(), range.size());
  }
  /// The sizes of a mixed list: static entries, and for each dynamic one the next of `dynamic`.
  Shape mixed(llvm::ArrayRef<int64_t> entries, mlir::OperandRange dynamic) const;
  /// Element type of result i as the op declares it.
  mlir::Type elementType(unsigned result = 0) const {
    return mlir::cast<mlir::RankedTensorType>(op->getResult(result).getType()).getElementType();
  }
  void add(Tensor tensor) { results.push_back(std::move(tensor)); }
  /// Reports that the inputs break the op's rules (an index out of range); the result of the function.
  mlir::InFlightDiagnostic error() const { return op->emitOpError(); }
};

using EvalFunction = mlir::LogicalResult (*)(Evaluation &);

/// Op name -> function.
class EvalTable {
public:
  /// Registers `LogicalResult evalSoftmax(SoftmaxOp op, Evaluation &e)`: table.add<SoftmaxOp, evalSoftmax>().
  template <typename OpTy, mlir::LogicalResult (*function)(OpTy, Evaluation &)> void add() {
    add(OpTy::getOperationName(), [](Evaluation &e) { return function(mlir::cast<OpTy>(e.op), e); });
  }
  void add(llvm::StringRef opName, EvalFunction function) { functions[opName] = function; }
  EvalFunction find(llvm::StringRef opName) const { return functions.lookup(opName); }

  /// The table of all families: lib/Reference/Families.inc lists them, each defines `void
  /// add<Family>Evals(EvalTable &)`.
  static const EvalTable &get();

private:
  llvm::StringMap<EvalFunction> functions;
};

#define WEFT_EVAL_FAMILY(NAME) void add##NAME##Evals(EvalTable &table);
#include "lib/Reference/Families.inc"
#undef WEFT_EVAL_FAMILY

} // namespace weft::reference

#endif // WEFT_REFERENCE_EVAL_H
