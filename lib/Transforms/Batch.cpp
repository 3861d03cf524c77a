// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows a batch dim from the arguments of a function to its results.
#include "weft/Transforms/Batch.h"

#include "dialects/Weft/IR/OptionProblem.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/InferShapes.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTBATCHPASS
#include "weft/Transforms/Passes.h.inc"

namespace {

/// The walk that gives ops the batch, and what their rules ask of it.
class Batcher : public Batching {
public:
  Batcher(func::FuncOp func, const BatchOptions &options)
      : func(func), options(options),
        count(options.size > 0 ? DimExpr::constant(options.size) : DimExpr::symbol(options.symbol)) {}

  FailureOr<BatchResult> run();

  std::optional<BatchPlace> getPlace(Value value) const override;
  void setPlace(Value value, const BatchPlace &place) override;
  OpFoldResult multiply(Operation *op, OpFoldResult size) override;
  LogicalResult batchBlock(Block &block) override;
  void rehearse(function_ref<void()> trial) override;

private:
  LogicalResult batchArguments();
  /// Says of which input the batch was fixed when the model was exported.
  LogicalResult reportNoBatch();
  FailureOr<std::string> findSymbol();
  LogicalResult batchOp(Operation *op);

  func::FuncOp func;
  const BatchOptions &options;
  DimExpr count;
  Value source; // an argument that carries the batch in dim 0
  llvm::DenseMap<Value, BatchPlace> places;
};

} // namespace

/// Whether exporters call the number of samples so. Short names mean any count where a dim of size 1 before
/// them may be the samples'.
static bool isBatchName(StringRef name, bool isBehindOne) {
  return llvm::StringSwitch<bool>(name.lower())
      .Cases({"batch", "batch_size", "batchsize", "batch_dim", "bs"}, true)
      .Cases({"b", "n"}, !isBehindOne)
      .Default(false);
}

/// `expr` with `symbol` replaced by a size.
static DimExpr substitute(const DimExpr &expr, StringRef symbol, const DimExpr &size) {
  if (expr.isUnknown())
    return expr;
  DimExpr sum = DimExpr::constant(0);
  for (const auto &[product, coefficient] : expr.getTerms()) {
    DimExpr term = DimExpr::constant(coefficient);
    for (const std::string &atom : product) {
      auto call = DimExpr::parseCall(atom);
      if (!call) {
        term = term * (atom == symbol ? size : DimExpr::symbol(atom));
        continue;
      }
      DimExpr x = substitute(call->args.front(), symbol, size),
              y = substitute(call->args.back(), symbol, size);
      term = term * (call->name == "floordiv"  ? DimExpr::floorDiv(x, y)
                     : call->name == "ceildiv" ? DimExpr::ceilDiv(x, y)
                     : call->name == "mod"     ? DimExpr::mod(x, y)
                     : call->name == "min"     ? DimExpr::min(x, y)
                                               : DimExpr::max(x, y));
    }
    sum = sum + term;
  }
  return sum;
}

/// The symbol of the arguments' dims that counts samples: one of that meaning anywhere, else the only one in
/// a dim 0; empty when no dim 0 is a symbol.
FailureOr<std::string> Batcher::findSymbol() {
  llvm::SetVector<StringRef> named, first;
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    for (int64_t axis = 0; type && axis < type.getRank(); ++axis) {
      if (mlir::weft::getDim(type, axis).getSymbol().empty())
        continue;
      StringRef name =
          StringAttr::get(func.getContext(), mlir::weft::getDim(type, axis).getSymbol()).getValue();
      if (isBatchName(name, axis > 0 && type.getDimSize(0) == 1))
        named.insert(name);
      if (axis == 0)
        first.insert(name);
    }
  }
  const llvm::SetVector<StringRef> &found = named.empty() ? first : named;
  if (found.size() > 1)
    return func.emitError("expected one symbol for the number of samples, but dims are named ")
           << llvm::join(found.getArrayRef(), ", ") << "; fix the right one by its name (--dim "
           << found.front() << "=" << options.size << ")";
  if (named.empty() && !first.empty())
    func.emitWarning("--batch takes the dim '") << first.front() << "' for the number of samples";
  return found.empty() ? std::string() : found.front().str();
}

LogicalResult Batcher::batchArguments() {
  if (options.size > 0) {
    FailureOr<std::string> symbol = findSymbol();
    if (failed(symbol))
      return failure();
    // A batch that is a symbol already only gets its size, wherever it stands.
    for (BlockArgument argument : func.getArguments()) {
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      if (!type || symbol->empty())
        continue;
      SmallVector<DimExpr> dims = mlir::weft::getDims(type);
      for (DimExpr &dim : dims)
        dim = substitute(dim, *symbol, count);
      argument.setType(makeTensorType(dims, type.getElementType()));
    }
    if (!symbol->empty())
      return success();
  }
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.getRank() == 0 || type.getDimSize(0) != 1)
      continue;
    setPlace(argument, {});
    if (!source)
      source = argument;
  }
  return places.empty() ? reportNoBatch() : success();
}

LogicalResult Batcher::reportNoBatch() {
  for (auto [i, type] : llvm::enumerate(func.getArgumentTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || tensor.getRank() == 0)
      continue;
    auto name = func.getArgAttrOfType<StringAttr>(i, "weft.name");
    return ofOption(func.emitError("expected an input of batch 1 to rewrite (--batch), but input '"))
           << (name ? name.str() : "#" + std::to_string(i)) << "' has batch " << tensor.getDimSize(0)
           << " in the model, or by --dim or --shape";
  }
  return ofOption(func.emitError("expected an input of batch 1 to rewrite (--batch), but no input has dims"));
}

std::optional<BatchPlace> Batcher::getPlace(Value value) const {
  auto it = places.find(value);
  return it == places.end() ? std::nullopt : std::optional(it->second);
}

void Batcher::setPlace(Value value, const BatchPlace &place) {
  places[value] = place;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<DimExpr> dims = mlir::weft::getDims(type);
  dims[place.axis] = count * place.inner;
  value.setType(makeTensorType(dims, type.getElementType()));
}

OpFoldResult Batcher::multiply(Operation *op, OpFoldResult size) {
  OpBuilder builder(op);
  std::optional<int64_t> batch = count.getConstant();
  auto attribute = dyn_cast<Attribute>(size);
  if (!attribute && !batch)
    return {};
  if (attribute && batch)
    return builder.getIndexAttr(*batch * cast<IntegerAttr>(attribute).getInt());
  int64_t factor = batch ? *batch : cast<IntegerAttr>(attribute).getInt();
  Value value = batch ? cast<Value>(size) : DimOp::create(builder, op->getLoc(), source, 0).getResult();
  if (factor != 1)
    value = arith::MulIOp::create(builder, op->getLoc(), value,
                                  arith::ConstantIndexOp::create(builder, op->getLoc(), factor));
  return value;
}

void Batcher::rehearse(function_ref<void()> trial) {
  ScopedDiagnosticHandler silence(func.getContext(), [](Diagnostic &) { return success(); });
  auto before = places;
  trial();
  places = std::move(before);
}

/// Whether the op, or one in its regions, reads a value that carries the batch.
static bool readsBatch(Operation *op, const Batching &batching) {
  return op
      ->walk([&](Operation *nested) {
        return llvm::any_of(nested->getOperands(),
                            [&](Value operand) { return batching.getPlace(operand).has_value(); })
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

LogicalResult Batcher::batchOp(Operation *op) {
  // What a region gives out has its place where the op around it takes it.
  if (op->hasTrait<OpTrait::IsTerminator>() || !readsBatch(op, *this))
    return success();
  auto batchable = dyn_cast<BatchableOpInterface>(op);
  if (!batchable)
    return op->emitOpError("cannot be batched: its operands and results have no dims in common");
  return batchable.batch(*this);
}

LogicalResult Batcher::batchBlock(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block))
    if (failed(batchOp(&op)))
      return failure();
  return success();
}

FailureOr<BatchResult> Batcher::run() {
  if (failed(batchArguments()) || failed(batchBlock(func.getBody().front())))
    return failure();
  Block &body = func.getBody().front();
  func.setFunctionType(
      FunctionType::get(func.getContext(), body.getArgumentTypes(), body.getTerminator()->getOperandTypes()));
  if (failed(::weft::inferShapes(func)))
    return failure();
  return BatchResult{static_cast<int64_t>(places.size())};
}

FailureOr<BatchResult> batch(func::FuncOp func, const BatchOptions &options) {
  return Batcher(func, options).run();
}

} // namespace weft

namespace {

struct WeftBatchPass : ::weft::impl::WeftBatchPassBase<WeftBatchPass> {
  using WeftBatchPassBase::WeftBatchPassBase;

  LogicalResult initialize(MLIRContext *context) override {
    if (size >= 0)
      return success();
    return emitError(UnknownLoc::get(context), "weft-batch: expected a size of at least 0, but got ")
           << size.getValue();
  }

  void runOnOperation() override {
    FailureOr<::weft::BatchResult> result = ::weft::batch(getOperation(), {size, symbol});
    if (failed(result))
      return signalPassFailure();
    numValues += result->values;
  }
};

} // namespace
