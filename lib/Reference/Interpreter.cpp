// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs functions op by op, checks shapes against declared types, frees values behind their last use.
#include "weft/Reference/Interpreter.h"

#include "weft/Reference/Eval.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {

const EvalTable &EvalTable::get() {
  static const EvalTable table = [] {
    EvalTable all;
#define WEFT_EVAL_FAMILY(NAME) add##NAME##Evals(all);
#include "lib/Reference/Families.inc"
#undef WEFT_EVAL_FAMILY
    return all;
  }();
  return table;
}

Shape Evaluation::mixed(ArrayRef<int64_t> entries, OperandRange dynamic) const {
  Shape sizes;
  ArrayRef<Value> given = variadic(dynamic);
  for (int64_t entry : entries) {
    if (ShapedType::isDynamic(entry)) {
      sizes.push_back(given.front().getIndex());
      given = given.drop_front();
    } else {
      sizes.push_back(entry);
    }
  }
  return sizes;
}

//===----------------------------------------------------------------------===//
// Types at run time
//===----------------------------------------------------------------------===//

LogicalResult Interpreter::checkType(Operation *op, mlir::Type type, const Value &value, StringRef what) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  if (!tensorType || !value.isTensor())
    return success();
  const Tensor &tensor = value.getTensor();
  if (tensor.getElementType() != tensorType.getElementType() || tensor.getRank() != tensorType.getRank())
    return op->emitOpError("expected ")
           << what << " of type " << tensorType << ", but got " << tensor.getType();
  if (!options.checkDims)
    return success();
  for (int64_t axis = 0; axis < tensor.getRank(); ++axis) {
    DimExpr expr = getDim(tensorType, axis);
    if (expr.isUnknown())
      continue;
    if (StringRef symbol = expr.getSymbol(); !symbol.empty() && !symbols.count(symbol))
      symbols[symbol] = tensor.getDim(axis);
    auto valueOf = [&](StringRef name) -> std::optional<int64_t> {
      auto it = symbols.find(name);
      return it == symbols.end() ? std::nullopt : std::optional(it->second);
    };
    std::optional<int64_t> wanted = expr.evaluate(valueOf);
    if (wanted && *wanted != tensor.getDim(axis))
      return op->emitOpError("expected dim ") << axis << " of " << what << " to be " << expr.str() << " ("
                                              << *wanted << "), but got " << tensor.getDim(axis);
  }
  return success();
}

ArrayRef<mlir::Value> Interpreter::deadAfter(Operation *op) {
  Block *block = op->getBlock();
  if (analysed.insert(block).second) {
    llvm::DenseSet<mlir::Value> seen;
    for (Operation &user : llvm::reverse(*block)) {
      SmallVector<mlir::Value, 2> &dead = deaths[&user];
      auto use = [&](mlir::Value value) {
        if (value.getParentBlock() == block && seen.insert(value).second)
          dead.push_back(value);
      };
      for (mlir::Value result : user.getResults())
        use(result);
      user.walk([&](Operation *nested) { llvm::for_each(nested->getOperands(), use); });
    }
  }
  auto it = deaths.find(op);
  return it == deaths.end() ? ArrayRef<mlir::Value>() : ArrayRef<mlir::Value>(it->second);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

static bool isTrue(const Value &value) { return value.getTensor().getInt(0) != 0; }

static LogicalResult evalIf(IfOp op, Evaluation &e) {
  if (!e.interpreter)
    return failure();
  Region &region = isTrue(e.operands[0]) ? op.getThenRegion() : op.getElseRegion();
  FailureOr<std::vector<Value>> yielded = e.interpreter->runRegion(region, {});
  if (failed(yielded))
    return failure();
  llvm::append_range(e.results, *yielded);
  return success();
}

static LogicalResult evalKernel(KernelOp op, Evaluation &e) {
  if (!e.interpreter)
    return failure();
  FailureOr<std::vector<Value>> yielded = e.interpreter->runRegion(op.getBody(), e.operands);
  if (failed(yielded))
    return failure();
  llvm::append_range(e.results, *yielded);
  return success();
}

/// The slice of x at index k of the axis, without the axis.
static Tensor sliceOf(const Tensor &x, int64_t axis, int64_t k) {
  Shape shape(x.getShape());
  shape.erase(shape.begin() + axis);
  Tensor slice(x.getElementType(), shape);
  int64_t inner = countElements(x.getShape().drop_front(axis + 1)),
          outer = countElements(x.getShape().take_front(axis));
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i)
      slice.copyElement(o * inner + i, x, (o * x.getDim(axis) + k) * inner + i);
  return slice;
}

/// Slices stacked along a new axis; `declared` gives the sizes when there are none.
static FailureOr<Tensor> stack(Evaluation &e, ArrayRef<Tensor> slices, int64_t axis, bool isReverse,
                               RankedTensorType declared) {
  Shape shape;
  if (slices.empty())
    for (int64_t size : declared.getShape())
      shape.push_back(ShapedType::isDynamic(size) ? 0 : size);
  else
    shape.assign(slices.front().getShape().begin(), slices.front().getShape().end());
  if (!slices.empty())
    shape.insert(shape.begin() + axis, 0);
  shape[axis] = slices.size();
  Tensor result(declared.getElementType(), shape);
  int64_t inner = countElements(ArrayRef(shape).drop_front(axis + 1)),
          outer = countElements(ArrayRef(shape).take_front(axis));
  for (auto [k, slice] : llvm::enumerate(slices)) {
    if (slice.getShape() != slices.front().getShape())
      return e.error() << "expected slices of one shape for a stacked output, but they differ";
    int64_t place = isReverse ? slices.size() - 1 - k : k;
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i)
        result.copyElement((o * shape[axis] + place) * inner + i, slice, o * inner + i);
  }
  return result;
}

static LogicalResult evalLoop(LoopOp op, Evaluation &e) {
  if (!e.interpreter)
    return failure();
  std::optional<int64_t> trip;
  if (op.getTrip())
    trip = e.variadic(op.getODSOperands(0)).front().getIndex();
  ArrayRef<Value> scanned = e.variadic(op.getScanned());
  for (auto [i, value] : llvm::enumerate(scanned)) {
    int64_t size = value.getTensor().getDim(op.getScanInAxes()[i]);
    if (trip && *trip != size)
      return e.error() << "expected scanned operand " << i << " to have " << *trip << " slices, but got "
                       << size;
    trip = size;
  }
  bool goesOn = !op.getCond() || isTrue(e.variadic(op.getODSOperands(1)).front());
  std::vector<Value> carried = e.variadic(op.getCarried()).vec();
  size_t numOutputs = op.getScanOutAxes().size();
  std::vector<std::vector<Tensor>> outputs(numOutputs);
  for (int64_t iteration = 0; goesOn && (!trip || iteration < *trip); ++iteration) {
    std::vector<Value> arguments = {Value::index(op.getContext(), iteration)};
    llvm::append_range(arguments, carried);
    for (auto [i, value] : llvm::enumerate(scanned)) {
      int64_t k = op.getScanInReverse()[i] ? *trip - 1 - iteration : iteration;
      arguments.push_back(sliceOf(value.getTensor(), op.getScanInAxes()[i], k));
    }
    FailureOr<std::vector<Value>> yielded = e.interpreter->runRegion(op.getBody(), arguments);
    if (failed(yielded))
      return failure();
    goesOn = isTrue(yielded->front());
    for (size_t i = 0; i < carried.size(); ++i)
      carried[i] = (*yielded)[1 + i];
    for (size_t i = 0; i < numOutputs; ++i)
      outputs[i].push_back((*yielded)[1 + carried.size() + i].getTensor());
  }
  llvm::append_range(e.results, carried);
  for (size_t i = 0; i < numOutputs; ++i) {
    auto declared = cast<RankedTensorType>(op->getResult(carried.size() + i).getType());
    FailureOr<Tensor> stacked =
        stack(e, outputs[i], op.getScanOutAxes()[i], op.getScanOutReverse()[i], declared);
    if (failed(stacked))
      return failure();
    e.add(std::move(*stacked));
  }
  return success();
}

static LogicalResult evalAssert(cf::AssertOp op, Evaluation &e) {
  if (isTrue(e.operands[0]))
    return success();
  return e.error() << op.getMsg();
}

void addControlEvals(EvalTable &table) {
  table.add<cf::AssertOp, evalAssert>();
  table.add<IfOp, evalIf>();
  table.add<LoopOp, evalLoop>();
  table.add<KernelOp, evalKernel>();
}

//===----------------------------------------------------------------------===//
// Blocks and functions
//===----------------------------------------------------------------------===//

/// Whether a float type loses denormals on a processor that flushes those of f32 and f64.
static double getLeastNormal(Type type) {
  if (type.isF32() || type.isBF16())
    return std::numeric_limits<float>::min();
  return type.isF64() ? std::numeric_limits<double>::min() : 0;
}

Value Interpreter::normalize(const Value &value) const {
  if (!options.flushDenormals || !value.isTensor())
    return value;
  const Tensor &tensor = value.getTensor();
  double least = getLeastNormal(tensor.getElementType());
  auto isDenormal = [&](int64_t i) {
    double element = tensor.getFloat(i);
    return element != 0 && std::fabs(element) < least;
  };
  int64_t first = 0;
  while (least > 0 && first < tensor.size() && !isDenormal(first))
    ++first;
  if (least == 0 || first == tensor.size())
    return value;
  Tensor flushed(tensor.getElementType(), tensor.getShape());
  for (int64_t i = 0; i < tensor.size(); ++i)
    flushed.setFloat(i, isDenormal(i) ? std::copysign(0.0, tensor.getFloat(i)) : tensor.getFloat(i));
  return flushed;
}

LogicalResult Interpreter::runOp(Operation *op) {
  SmallVector<Value> operands, results;
  for (mlir::Value operand : op->getOperands())
    operands.push_back(values.lookup(operand));
  if (auto call = dyn_cast<func::CallOp>(op)) {
    auto callee =
        dyn_cast_or_null<func::FuncOp>(SymbolTable::lookupNearestSymbolFrom(op, call.getCalleeAttr()));
    if (!callee)
      return op->emitOpError("expected a function, but '") << call.getCallee() << "' is none";
    FailureOr<std::vector<Value>> returned = run(callee, operands);
    if (failed(returned))
      return failure();
    results.assign(returned->begin(), returned->end());
  } else {
    EvalFunction function = EvalTable::get().find(op->getName().getStringRef());
    if (!function)
      return op->emitOpError("expected an op that the reference evaluates, but it is none");
    Evaluation evaluation{op, operands, results, this};
    if (failed(function(evaluation)))
      return failure();
  }
  for (auto [index, result] : llvm::enumerate(op->getResults())) {
    if (failed(checkType(op, result.getType(), results[index], "result " + std::to_string(index))))
      return failure();
    results[index] = normalize(results[index]);
    values[result] = results[index];
  }
  if (options.onResult)
    options.onResult(op, results);
  return success();
}

FailureOr<std::vector<Value>> Interpreter::runRegion(Region &region, ArrayRef<Value> arguments) {
  // Symbols that the region introduces may have other values the next time.
  llvm::StringMap<int64_t> symbolsOutside = symbols;
  Block &block = region.front();
  for (auto [argument, value] : llvm::zip(block.getArguments(), arguments)) {
    if (failed(checkType(region.getParentOp(), argument.getType(), value,
                         "argument " + std::to_string(argument.getArgNumber()))))
      return failure();
    values[argument] = normalize(value);
  }
  for (Operation &op : block.without_terminator()) {
    if (failed(runOp(&op)))
      return failure();
    for (mlir::Value dead : deadAfter(&op))
      values.erase(dead);
  }
  std::vector<Value> yielded;
  for (mlir::Value operand : block.getTerminator()->getOperands())
    yielded.push_back(values.lookup(operand));
  symbols = std::move(symbolsOutside);
  return yielded;
}

FailureOr<std::vector<Value>> Interpreter::run(func::FuncOp function, ArrayRef<Value> arguments) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return function.emitOpError("expected a function of one block, but got none");
  if (arguments.size() != function.getNumArguments())
    return function.emitOpError("expected ")
           << function.getNumArguments() << " arguments, but got " << arguments.size();
  // A callee has symbols of its own.
  llvm::StringMap<int64_t> callerSymbols = std::move(symbols);
  symbols.clear();
  FailureOr<std::vector<Value>> results = runRegion(function.getBody(), arguments);
  symbols = std::move(callerSymbols);
  return results;
}

} // namespace weft::reference
