// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes every op of the dialect foldable by the reference: external models of EvaluableOpInterface.
#include "mlir/IR/Diagnostics.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "weft/Reference/Eval.h"
#include "weft/Reference/Interpreter.h"
#include <thread>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {

/// A constant operand as a value: elements, or an index.
static FailureOr<Value> valueOf(Attribute attribute, Type type) {
  if (auto elements = dyn_cast_if_present<ElementsAttr>(attribute)) {
    FailureOr<Tensor> tensor = Tensor::fromAttribute(elements);
    if (failed(tensor))
      return failure();
    return Value(std::move(*tensor));
  }
  if (auto integer = dyn_cast_if_present<IntegerAttr>(attribute))
    return Value(Tensor::scalarInt(type, integer.getValue().getSExtValue()));
  return failure();
}

/// The value as a constant of the result's type; null when it has none.
static Attribute attributeOf(const Value &value, Type type) {
  if (!value.isTensor())
    return {};
  if (type.isIndex())
    return IntegerAttr::get(type, value.getIndex());
  return isa<RankedTensorType>(type) ? Attribute(value.getTensor().toAttribute()) : Attribute();
}

static LogicalResult evaluateOp(Operation *op, ArrayRef<Attribute> operands,
                                SmallVectorImpl<Attribute> &results) {
  EvalFunction function = EvalTable::get().find(op->getName().getStringRef());
  if (!function || op->getNumRegions() != 0 || !isPure(op))
    return failure();
  SmallVector<Value> values, evaluated;
  for (auto [attribute, operand] : llvm::zip(operands, op->getOperands())) {
    FailureOr<Value> value = valueOf(attribute, operand.getType());
    if (failed(value))
      return failure();
    values.push_back(std::move(*value));
  }
  // An index out of range is no error of the compiler: the op may never run. It stays as it is.
  ScopedDiagnosticHandler silence(op->getContext(), [thread = std::this_thread::get_id()](Diagnostic &) {
    return success(std::this_thread::get_id() == thread);
  });
  Evaluation evaluation{op, values, evaluated};
  if (failed(function(evaluation)))
    return failure();
  for (auto [value, type] : llvm::zip(evaluated, op->getResultTypes()))
    results.push_back(attributeOf(value, type));
  return success();
}

/// One model for all ops: the table says which of them can be evaluated.
struct EvaluableModel : EvaluableOpInterface::FallbackModel<EvaluableModel> {
  LogicalResult evaluate(Operation *op, ArrayRef<Attribute> operands,
                         SmallVectorImpl<Attribute> &results) const {
    return evaluateOp(op, operands, results);
  }
};

void registerEvaluableModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, WeftDialect *dialect) {
    // Not getRegisteredOperationsByDialect: with many dialects its search (LLVM 22) finds none of the ops.
    for (RegisteredOperationName name : context->getRegisteredOperations())
      if (name.getDialectNamespace() == dialect->getNamespace())
        name.attachInterface<EvaluableModel>();
  });
}

} // namespace weft::reference
