// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Delta debugging over the ops of a module (Zeller and Hildebrandt, 2002: groups that halve).
#include "Reducer.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace {

/// What takes the place of an op's results.
enum class Substitute { operand, zeros, argument };

/// The ops that can be left out, in the order of a walk: the same in every clone of a module.
SmallVector<Operation *> listOps(ModuleOp module) {
  SmallVector<Operation *> ops;
  module.walk([&](Operation *op) {
    if (!op->hasTrait<OpTrait::IsTerminator>() && !isa<ModuleOp, FunctionOpInterface>(op) &&
        !matchPattern(op, m_Constant()))
      ops.push_back(op);
  });
  return ops;
}

Value findOperand(Operation *op, Type type) {
  for (Value operand : op->getOperands())
    if (operand.getType() == type)
      return operand;
  return {};
}

Value makeZeros(OpBuilder &b, Operation *op, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || !tensor.getElementType().isIntOrFloat())
    return {};
  auto zeros = DenseElementsAttr::get(tensor, b.getZeroAttr(tensor.getElementType()));
  return mlir::weft::ConstantOp::create(b, op->getLoc(), zeros);
}

Value addArgument(Operation *op, Type type) {
  auto func = dyn_cast<func::FuncOp>(op->getParentOp());
  if (!func || failed(func.insertArgument(func.getNumArguments(), type, {}, op->getLoc())))
    return {};
  return func.getArguments().back();
}

/// Leaves out `op`; false when nothing can take its place.
bool replace(Operation *op, Substitute substitute) {
  OpBuilder b(op);
  SmallVector<Value> values;
  for (Value result : op->getResults()) {
    Value value = result.use_empty()                  ? result
                  : substitute == Substitute::operand ? findOperand(op, result.getType())
                  : substitute == Substitute::zeros   ? makeZeros(b, op, result.getType())
                                                      : addArgument(op, result.getType());
    if (!value)
      return false;
    values.push_back(value);
  }
  for (auto [result, value] : llvm::zip_equal(op->getResults(), values))
    if (value != result)
      result.replaceAllUsesWith(value);
  op->erase();
  return true;
}

/// Drops ops whose results nobody uses, and arguments of functions.
void tidy(ModuleOp module) {
  module.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
  for (auto func : module.getOps<func::FuncOp>())
    for (unsigned i = func.isExternal() ? 0 : func.getNumArguments(); i-- > 0;)
      if (func.getArgument(i).use_empty())
        (void)func.eraseArgument(i);
}

class Reducer {
public:
  Reducer(OwningOpRef<ModuleOp> module, llvm::function_ref<bool(ModuleOp)> isInteresting,
          llvm::function_ref<void(size_t)> report)
      : best(std::move(module)), isInteresting(isInteresting), report(report) {}

  OwningOpRef<ModuleOp> run() {
    bool isSmaller = true;
    while (isSmaller) {
      isSmaller = dropResults();
      for (Substitute substitute : {Substitute::operand, Substitute::zeros, Substitute::argument})
        isSmaller |= dropOps(substitute);
    }
    return std::move(best);
  }

private:
  /// Makes `edit`ed and tidied `best` the new best when that is valid and still interesting.
  bool attempt(llvm::function_ref<bool(ModuleOp)> edit) {
    OwningOpRef<ModuleOp> next(best->clone());
    if (!edit(*next))
      return false;
    tidy(*next);
    {
      ScopedDiagnosticHandler quiet(next->getContext(), [](Diagnostic &) { return success(); });
      if (failed(verify(*next)) || !isInteresting(*next))
        return false;
    }
    best = std::move(next);
    report(listOps(*best).size());
    return true;
  }

  bool dropResults() {
    bool isSmaller = false;
    size_t functions = llvm::range_size(best->getOps<func::FuncOp>());
    for (size_t f = 0; f < functions; ++f)
      for (unsigned i = getFunction(*best, f).getNumResults(); i-- > 0;)
        isSmaller |= attempt([&](ModuleOp module) {
          func::FuncOp func = getFunction(module, f);
          if (func.isExternal() || !llvm::hasSingleElement(func.getBody()))
            return false;
          func.front().getTerminator()->eraseOperand(i);
          return succeeded(func.eraseResult(i));
        });
    return isSmaller;
  }

  static func::FuncOp getFunction(ModuleOp module, size_t number) {
    return *std::next(module.getOps<func::FuncOp>().begin(), static_cast<ptrdiff_t>(number));
  }

  /// Groups of ops from the end, where results are used least; what one success leaves is looked at again.
  bool dropOps(Substitute substitute) {
    bool isSmaller = false;
    for (size_t group = std::max<size_t>(listOps(*best).size() / 2, 1); group > 0; group /= 2)
      for (size_t end = listOps(*best).size(); end > 0;) {
        size_t begin = end > group ? end - group : 0;
        isSmaller |= attempt([&](ModuleOp module) { return replaceRange(module, begin, end, substitute); });
        end = std::min(begin, listOps(*best).size());
      }
    return isSmaller;
  }

  /// Whether any of the ops could be replaced. Ops in the bodies of others go before those.
  static bool replaceRange(ModuleOp module, size_t begin, size_t end, Substitute substitute) {
    SmallVector<Operation *> ops = listOps(module);
    bool isChanged = false;
    for (size_t i = begin; i < std::min(end, ops.size()); ++i)
      isChanged |= replace(ops[i], substitute);
    return isChanged;
  }

  OwningOpRef<ModuleOp> best;
  llvm::function_ref<bool(ModuleOp)> isInteresting;
  llvm::function_ref<void(size_t)> report;
};

} // namespace

namespace weft {

OwningOpRef<ModuleOp> reduce(OwningOpRef<ModuleOp> module, llvm::function_ref<bool(ModuleOp)> isInteresting,
                             llvm::function_ref<void(size_t)> report) {
  return Reducer(std::move(module), isInteresting, report).run();
}

} // namespace weft
