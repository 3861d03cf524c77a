// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows a batch dim from the arguments of a function to its results.
#include "Batcher.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
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

/// Names that exporters give the number of samples.
static bool isBatchName(StringRef name) {
  return llvm::StringSwitch<bool>(name.lower())
      .Cases({"batch", "batch_size", "batchsize", "batch_dim", "bs", "b", "n"}, true)
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
      StringRef name = builder.getStringAttr(mlir::weft::getDim(type, axis).getSymbol()).getValue();
      if (isBatchName(name))
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
    argument.setType(withDim(type, 0, count));
    places[argument] = {};
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
    return func.emitError("expected an input of batch 1 to rewrite (--batch), but input '")
           << (name ? name.str() : "#" + std::to_string(i)) << "' has batch " << tensor.getDimSize(0);
  }
  return func.emitError("expected an input of batch 1 to rewrite (--batch), but no input has dims");
}

OpFoldResult Batcher::sizeOf(Location loc, const DimExpr &inner) {
  DimExpr size = count * inner;
  if (std::optional<int64_t> constant = size.getConstant())
    return builder.getIndexAttr(*constant);
  Value value = DimOp::create(builder, loc, source, 0);
  std::optional<int64_t> factor = inner.getConstant();
  if (!factor)
    return {};
  if (*factor != 1)
    value = arith::MulIOp::create(builder, loc, value, arith::ConstantIndexOp::create(builder, loc, *factor));
  return value;
}

RankedTensorType Batcher::withDim(RankedTensorType type, int64_t axis, const DimExpr &dim) {
  SmallVector<DimExpr> dims = mlir::weft::getDims(type);
  dims[axis] = dim;
  return makeTensorType(dims, type.getElementType());
}

/// Replaces entry `axis` of a mixed list by the batch times `inner`.
void Batcher::setSize(Location loc, SmallVectorImpl<int64_t> &sizes, SmallVectorImpl<Value> &dynamic,
                      int64_t axis, const DimExpr &inner) {
  OpFoldResult size = sizeOf(loc, inner);
  auto isDynamic = [](int64_t entry) { return ShapedType::isDynamic(entry); };
  int64_t position = llvm::count_if(ArrayRef<int64_t>(sizes).take_front(axis), isDynamic);
  if (isDynamic(sizes[axis]))
    dynamic.erase(dynamic.begin() + position);
  if (auto constant = dyn_cast_if_present<Attribute>(size)) {
    sizes[axis] = cast<IntegerAttr>(constant).getInt();
    return;
  }
  sizes[axis] = ShapedType::kDynamic;
  dynamic.insert(dynamic.begin() + position, cast<Value>(size));
}

/// Infers the result types again from the operands as they are now; reports errors only when that is final.
LogicalResult Batcher::retype(Operation *op, bool isFinal) {
  auto inference = dyn_cast<InferTypeOpInterface>(op);
  if (!inference)
    return isFinal ? op->emitOpError("cannot be batched: its result types do not follow from its operands")
                   : failure();
  SmallVector<Type> types;
  std::optional<Location> loc;
  if (isFinal)
    loc = op->getLoc();
  if (failed(inference.inferReturnTypes(op->getContext(), loc, op->getOperands(),
                                        op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
                                        op->getRegions(), types)))
    return isFinal ? op->emitOpError("cannot be batched: its operands do not fit together then") : failure();
  for (auto [value, type] : llvm::zip(op->getResults(), types)) {
    auto old = dyn_cast<RankedTensorType>(value.getType()), inferred = dyn_cast<RankedTensorType>(type);
    if (old && inferred && old.getRank() == inferred.getRank())
      if (auto it = places.find(value); it != places.end())
        old = withDim(old, it->second.axis, mlir::weft::getDim(inferred, it->second.axis));
    // What the old type knows beyond inference holds but for dims that now carry the batch.
    value.setType(isFinal && old && inferred ? refineType(type, old) : type);
  }
  return success();
}

void Batcher::widenOperand(OpOperand &operand, int64_t axis) {
  builder.setInsertionPoint(operand.getOwner());
  auto type = cast<RankedTensorType>(operand.get().getType());
  SmallVector<int64_t> sizes(type.getShape());
  SmallVector<Value> dynamic;
  Location loc = operand.getOwner()->getLoc();
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (ShapedType::isDynamic(size))
      dynamic.push_back(DimOp::create(builder, loc, operand.get(), dim));
  setSize(loc, sizes, dynamic, axis, DimExpr::constant(1));
  Value wide = BroadcastOp::create(builder, loc, withDim(type, axis, count), operand.get(), dynamic, sizes);
  places[wide] = {axis, DimExpr::constant(1)};
  operand.set(wide);
}

LogicalResult Batcher::batchReshape(ReshapeOp op, BatchPlace place) {
  auto from = op.getX().getType(), to = op.getType();
  auto product = [](RankedTensorType type, int64_t end) {
    DimExpr size = DimExpr::constant(1);
    for (int64_t axis = 0; axis < end; ++axis)
      size = size * mlir::weft::getDim(type, axis);
    return size;
  };
  DimExpr before = product(from, place.axis);
  // The result's dims before the batch must hold what the operand's do; a dim of size 1 there takes the batch
  // alone.
  std::optional<int64_t> target;
  for (int64_t axis = 0; axis < to.getRank(); ++axis) {
    if (!DimExpr::provablyEqual(product(to, axis), before))
      continue;
    if (!target || to.getDimSize(axis) == 1)
      target = axis;
    if (to.getDimSize(axis) == 1)
      break;
  }
  if (!target)
    return op.emitOpError("cannot be batched: it mixes dim ")
           << place.axis << " of its operand with dims before it";
  DimExpr inner = mlir::weft::getDim(to, *target);
  builder.setInsertionPoint(op);
  SmallVector<int64_t> sizes(op.getStaticShape());
  SmallVector<Value> dynamic = llvm::to_vector(op.getShape());
  if (options.size == 0 && !inner.getConstant())
    return op.emitOpError("cannot be batched: dim ") << *target << " would be a product of two symbols";
  setSize(op.getLoc(), sizes, dynamic, *target, inner);
  op.getShapeMutable().assign(dynamic);
  op.setStaticShape(sizes);
  places[op.getResult()] = {*target, inner};
  return retype(op);
}

/// Follows the batch by the op's dimension map, computed from the operands as they are now.
LogicalResult Batcher::batchByMap(Operation *op) {
  // The map tells dims of size 1 from the batch by the types; ops that need their operands widened first keep
  // theirs.
  [[maybe_unused]] LogicalResult isKnown = retype(op, /*isFinal=*/false);
  auto mapped = dyn_cast<DimMapOpInterface>(op);
  FailureOr<DimMap> map = mapped ? mapped.getDimMap() : FailureOr<DimMap>(failure());
  if (failed(map))
    return op->emitOpError("cannot be batched: its operands and results have no dims in common");
  std::optional<int64_t> factor;
  BatchPlace place;
  for (OpOperand &operand : op->getOpOperands()) {
    auto it = places.find(operand.get());
    if (it == places.end())
      continue;
    int64_t own = map->operands[operand.getOperandNumber()][it->second.axis];
    if (own == kNoFactor || map->kinds[own] != FactorKind::Parallel)
      return op->emitOpError("cannot be batched: it mixes the entries of dim ")
             << it->second.axis << " of operand " << operand.getOperandNumber()
             << ", which holds the samples";
    if (factor && *factor != own)
      return op->emitOpError("cannot be batched: operands carry the samples in dims that do not go together");
    factor = own;
    place = it->second;
  }
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type || places.contains(operand.get()))
      continue;
    ArrayRef<int64_t> factors = map->operands[operand.getOperandNumber()];
    const int64_t *axis = llvm::find(factors, *factor);
    if (axis != factors.end() && type.getDimSize(axis - factors.begin()) == 1)
      widenOperand(operand, axis - factors.begin());
    else if (axis != factors.end() && !place.inner.getConstant())
      return op->emitOpError("cannot be batched: operand ") << operand.getOperandNumber() << " has no batch";
    else if (axis != factors.end() && place.inner.getConstant() != 1)
      return op->emitOpError("cannot be batched: operand ")
             << operand.getOperandNumber() << " would have to be repeated for each sample";
  }
  for (auto [value, factors] : llvm::zip(op->getResults(), map->results)) {
    const int64_t *axis = llvm::find(factors, *factor);
    if (axis == factors.end())
      return op->emitOpError("cannot be batched: a result does not keep the samples apart");
    places[value] = {axis - factors.begin(), place.inner};
  }
  return retype(op);
}

LogicalResult Batcher::batchOp(Operation *op) {
  auto branch = dyn_cast<IfOp>(op);
  if (branch)
    return batchIf(branch);
  SmallVector<Value> batched;
  op->walk([&](Operation *nested) {
    llvm::copy_if(nested->getOperands(), std::back_inserter(batched),
                  [&](Value v) { return places.contains(v); });
  });
  if (batched.empty() || isa<func::ReturnOp, YieldOp, DimOp>(op))
    return success();
  BatchPlace place = places[batched.front()];
  if (isa<ExtractOp>(op))
    return op->emitOpError("cannot be batched: the shape would depend on the sample");
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return batchReshape(reshape, place);
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    if (place.inner.getConstant() == 1) {
      if (broadcast.getStaticShape()[place.axis] != 1)
        return op->emitOpError("cannot be batched: it repeats the sample along dim ") << place.axis;
      builder.setInsertionPoint(op);
      SmallVector<int64_t> sizes(broadcast.getStaticShape());
      SmallVector<Value> dynamic = llvm::to_vector(broadcast.getShape());
      setSize(op->getLoc(), sizes, dynamic, place.axis, place.inner);
      broadcast.getShapeMutable().assign(dynamic);
      broadcast.setStaticShape(sizes);
      places[broadcast.getResult()] = place;
      return retype(op);
    }
  }
  if (auto slice = dyn_cast<SliceOp>(op)) {
    int64_t axis = place.axis;
    bool isWhole = slice.getStaticOffsets()[axis] == 0 && slice.getStrides()[axis] == 1 &&
                   DimExpr::provablyEqual(mlir::weft::getDim(slice.getType(), axis), place.inner);
    if (!isWhole)
      return op->emitOpError("cannot be batched: it takes a part of dim ")
             << axis << ", which holds the samples";
    builder.setInsertionPoint(op);
    SmallVector<int64_t> sizes(slice.getStaticSizes());
    SmallVector<Value> dynamic = llvm::to_vector(slice.getSizes());
    setSize(op->getLoc(), sizes, dynamic, axis, place.inner);
    slice.getSizesMutable().assign(dynamic);
    slice.setStaticSizes(sizes);
    places[slice.getResult()] = place;
    return retype(op);
  }
  if (auto loop = dyn_cast<LoopOp>(op))
    return batchLoop(loop);
  return batchByMap(op);
}

LogicalResult Batcher::batchBody(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block))
    if (failed(batchOp(&op)))
      return failure();
  return success();
}

FailureOr<BatchResult> Batcher::run() {
  if (failed(batchArguments()) || failed(batchBody(func.getBody().front())))
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

  void runOnOperation() override {
    FailureOr<::weft::BatchResult> result = ::weft::batch(getOperation(), {size, symbol});
    if (failed(result))
      return signalPassFailure();
    numValues += result->values;
  }
};

} // namespace
