// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Infers the types of a function again in program order and names every dim that stays unknown.
#include "weft/Transforms/InferShapes.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_VERIFYSHAPESPASS
#define GEN_PASS_DEF_WEFTINFERSHAPESPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

namespace {

/// The dims in which two types agree; an unknown one where they do not. Elements of a sequence may differ in
/// rank.
Type joinTypes(Type a, Type b) {
  if (a == b)
    return a;
  auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
  if (auto seqA = dyn_cast<SeqType>(a), seqB = dyn_cast<SeqType>(b); seqA && seqB)
    return SeqType::get(a.getContext(), joinTypes(seqA.getElement(), seqB.getElement()));
  if (auto optA = dyn_cast<OptType>(a), optB = dyn_cast<OptType>(b); optA && optB)
    return OptType::get(a.getContext(), joinTypes(optA.getElement(), optB.getElement()));
  if (auto anyA = dyn_cast<TensorType>(a), anyB = dyn_cast<TensorType>(b);
      anyA && anyB && (!tensorA || !tensorB || tensorA.getRank() != tensorB.getRank()))
    return UnrankedTensorType::get(anyA.getElementType());
  if (!tensorA || !tensorB)
    return a;
  SmallVector<DimExpr> dims;
  for (int64_t axis = 0; axis < tensorA.getRank(); ++axis) {
    DimExpr dim = mlir::weft::getDim(tensorA, axis);
    dims.push_back(DimExpr::provablyEqual(dim, mlir::weft::getDim(tensorB, axis)) ? dim : DimExpr());
  }
  return makeTensorType(dims, tensorA.getElementType());
}

/// The index operand that is the size of dim `axis` of the op's first result, or null.
Value getSizeOperand(Operation *op, int64_t axis) {
  auto pick = [](OperandRange dynamic, ArrayRef<int64_t> sizes, int64_t position) -> Value {
    if (position < 0 || !ShapedType::isDynamic(sizes[position]))
      return {};
    return dynamic[llvm::count_if(sizes.take_front(position),
                                  [](int64_t s) { return ShapedType::isDynamic(s); })];
  };
  return TypeSwitch<Operation *, Value>(op)
      .Case<IotaOp, BroadcastOp, ReshapeOp, RandomOp>(
          [&](auto sized) { return pick(sized.getShape(), sized.getStaticShape(), axis); })
      .Case([&](SliceOp slice) { return pick(slice.getSizes(), slice.getStaticSizes(), axis); })
      .Case([&](ResizeOp resize) {
        ArrayRef<int64_t> axes = resize.getAxes();
        const int64_t *place = llvm::find(axes, axis);
        return pick(resize.getSizes(), resize.getStaticSizes(),
                    place == axes.end() ? -1 : place - axes.begin());
      })
      .Case([&](TopKOp topK) { return axis == static_cast<int64_t>(topK.getAxis()) ? topK.getK() : Value(); })
      .Default([](Operation *) { return Value(); });
}

class ShapeInference {
public:
  explicit ShapeInference(func::FuncOp func) : func(func), dominance(func) {
    func.walk([&](Block *block) {
      for (Value argument : block->getArguments())
        addSymbols(argument.getType(), used);
      for (Operation &op : *block)
        for (Type type : op.getResultTypes())
          addSymbols(type, used);
    });
  }

  FailureOr<::weft::InferShapesResult> run() {
    Block &entry = func.getBody().front();
    for (BlockArgument argument : entry.getArguments())
      setType(argument, argument.getType());
    if (failed(inferBlock(entry)))
      return failure();
    auto type = FunctionType::get(func.getContext(), entry.getArgumentTypes(),
                                  entry.getTerminator()->getOperandTypes());
    func.setFunctionType(type);
    return result;
  }

private:
  using Symbols = llvm::StringSet<>;

  static void addSymbols(Type type, Symbols &symbols) {
    if (auto seq = dyn_cast<SeqType>(type))
      return addSymbols(seq.getElement(), symbols);
    if (auto opt = dyn_cast<OptType>(type))
      return addSymbols(opt.getElement(), symbols);
    if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && tensor.getEncoding())
      for (const DimExpr &dim : mlir::weft::getDims(tensor))
        dim.forEachSymbol([&](StringRef symbol) { symbols.insert(symbol); });
  }

  DimExpr freshSymbol() {
    std::string name;
    do
      name = "d" + std::to_string(nextSymbol++);
    while (!used.insert(name).second);
    ++result.named;
    return DimExpr::symbol(name);
  }

  /// The type of elements without names: each element may have other sizes.
  static Type withoutNames(Type type) {
    if (auto seq = dyn_cast<SeqType>(type))
      return SeqType::get(type.getContext(), withoutNames(seq.getElement()));
    if (auto opt = dyn_cast<OptType>(type))
      return OptType::get(type.getContext(), withoutNames(opt.getElement()));
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor ? RankedTensorType::get(tensor.getShape(), tensor.getElementType()) : type;
  }

  /// Gives `value` the type, with a fresh symbol for each unknown dim.
  void setType(Value value, Type type) {
    if (isa<SeqType, OptType>(type))
      return assign(value, withoutNames(type));
    if (auto tensor = dyn_cast<RankedTensorType>(type)) {
      SmallVector<DimExpr> dims = mlir::weft::getDims(tensor);
      SmallVector<int64_t> fresh;
      for (auto [axis, dim] : llvm::enumerate(dims))
        if (dim.isUnknown()) {
          dim = freshSymbol();
          fresh.push_back(axis);
        }
      if (!fresh.empty() || tensor.getEncoding())
        type = makeTensorType(dims, tensor.getElementType());
      assign(value, type);
      for (int64_t axis : fresh)
        readSizeFromDim(value, axis);
      return;
    }
    assign(value, type);
  }

  void assign(Value value, Type type) {
    result.refined += value.getType() != type;
    value.setType(type);
    addSymbols(type, visible);
  }

  /// Lets later users of the index value that is the size of `axis` read the dim, so that its name reaches
  /// them.
  void readSizeFromDim(Value value, int64_t axis) {
    Operation *op = value.getDefiningOp();
    Value size =
        op && op->getNumResults() > 0 && op->getResult(0) == value ? getSizeOperand(op, axis) : Value();
    if (!size || size.getDefiningOp<DimOp>())
      return;
    OpBuilder builder(func.getContext());
    builder.setInsertionPointAfter(op);
    Value dim = DimOp::create(builder, op->getLoc(), value, axis);
    size.replaceUsesWithIf(dim, [&](OpOperand &use) {
      return use.getOwner() != op && dominance.properlyDominates(dim, use.getOwner());
    });
    if (dim.use_empty())
      dim.getDefiningOp()->erase();
  }

  /// `type` with the dims unknown whose symbols are not visible: those that a region made for itself.
  Type onlyVisible(Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.getEncoding())
      return type;
    SmallVector<DimExpr> dims = mlir::weft::getDims(tensor);
    for (DimExpr &dim : dims) {
      bool isVisible = true;
      dim.forEachSymbol([&](StringRef symbol) { isVisible &= visible.contains(symbol); });
      if (!isVisible)
        dim = DimExpr();
    }
    return makeTensorType(dims, tensor.getElementType());
  }

  LogicalResult inferBlock(Block &block) {
    // Ops that naming inserts come behind the current one and are inferred in turn.
    for (Operation &op : block)
      if (failed(inferOp(&op)))
        return failure();
    return success();
  }

  LogicalResult inferOp(Operation *op) {
    return TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](IfOp branch) { return inferIf(branch); })
        .Case([&](LoopOp loop) { return inferLoop(loop); })
        .Case([&](KernelOp kernel) { return inferKernel(kernel); })
        .Case([&](InferTypeOpInterface inference) { return inferByInterface(op); })
        .Default([&](Operation *) {
          for (Value value : op->getResults())
            setType(value, value.getType());
          return success();
        });
  }

  LogicalResult inferByInterface(Operation *op) {
    if (!isa<WeftDialect>(op->getDialect()))
      return success();
    SmallVector<Type> types;
    auto inference = cast<InferTypeOpInterface>(op);
    if (failed(inference.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(),
                                          op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
                                          op->getRegions(), types)))
      return failure();
    for (auto [value, inferred] : llvm::zip(op->getResults(), types)) {
      if (!areCompatibleTypes(inferred, value.getType()))
        return op->emitOpError("expected result type ") << inferred << ", but got " << value.getType();
      setType(value, refineType(inferred, value.getType()));
    }
    return success();
  }

  LogicalResult inferKernel(KernelOp kernel) {
    Block &body = kernel.getBody().front();
    for (auto [argument, operand] : llvm::zip(body.getArguments(), kernel.getInputs()))
      setType(argument, operand.getType());
    if (failed(inferBlock(body)))
      return failure();
    for (auto [value, operand] : llvm::zip(kernel.getResults(), body.getTerminator()->getOperands()))
      setType(value, operand.getType());
    return success();
  }

  LogicalResult inferIf(IfOp branch) {
    SmallVector<SmallVector<Type>> yielded;
    for (Region *region : {&branch.getThenRegion(), &branch.getElseRegion()}) {
      Symbols outer = visible;
      if (failed(inferBlock(region->front())))
        return failure();
      visible = std::move(outer);
      yielded.emplace_back();
      for (Type type : region->front().getTerminator()->getOperandTypes())
        yielded.back().push_back(onlyVisible(type));
    }
    for (auto [value, a, b] : llvm::zip(branch.getResults(), yielded[0], yielded[1]))
      setType(value, refineType(joinTypes(a, b), value.getType()));
    return success();
  }

  LogicalResult inferLoop(LoopOp loop);
  DimExpr getTripExpr(LoopOp loop);
  Type keepOwnNames(Type type, Type declared);

  func::FuncOp func;
  DominanceInfo dominance;
  Symbols used;    // every symbol of the function, so that fresh ones differ
  Symbols visible; // symbols of the values defined so far in the enclosing regions
  int64_t nextSymbol = 0;
  ::weft::InferShapesResult result;
};

/// The trip count as far as it is known before the loop runs.
DimExpr ShapeInference::getTripExpr(LoopOp loop) {
  Operation *yield = loop.getBody().front().getTerminator();
  DenseElementsAttr condition;
  bool isEndless = matchPattern(yield->getOperand(0), m_Constant(&condition)) && condition.isSplat() &&
                   condition.getSplatValue<bool>();
  DenseElementsAttr entry;
  if (Value cond = loop.getCond())
    isEndless &= matchPattern(cond, m_Constant(&entry)) && entry.isSplat() && entry.getSplatValue<bool>();
  if (!isEndless)
    return {};
  if (!loop.getScanned().empty())
    return mlir::weft::getDim(cast<RankedTensorType>(loop.getScanned()[0].getType()),
                              loop.getScanInAxes()[0]);
  return loop.getTrip() ? getIndexExpr(loop.getTrip()) : DimExpr();
}

/// `type` without dim `axis`.
Type dropDim(Type type, int64_t axis) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<DimExpr> dims = mlir::weft::getDims(tensor);
  dims.erase(dims.begin() + axis);
  return makeTensorType(dims, tensor.getElementType());
}

/// `type` with its unknown dims named as in `declared`, where that name is not one of an outer value.
Type ShapeInference::keepOwnNames(Type type, Type declared) {
  auto tensor = dyn_cast<RankedTensorType>(type), other = dyn_cast<RankedTensorType>(declared);
  if (!tensor || !other || tensor.getRank() != other.getRank())
    return type;
  SmallVector<DimExpr> dims = mlir::weft::getDims(tensor);
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    DimExpr own = mlir::weft::getDim(other, axis);
    if (dim.isUnknown() && !own.getSymbol().empty() && !visible.contains(own.getSymbol()))
      dim = own;
  }
  return makeTensorType(dims, tensor.getElementType());
}

LogicalResult ShapeInference::inferLoop(LoopOp loop) {
  Block &body = loop.getBody().front();
  size_t carriedCount = loop.getCarried().size();
  SmallVector<Type> carried = llvm::to_vector(loop.getCarried().getTypes());
  // The types before the body is inferred with a guess, to come back to when the guess is wrong.
  SmallVector<std::pair<Value, Type>> saved;
  body.walk([&](Operation *op) {
    for (Value value : op->getResults())
      saved.push_back({value, value.getType()});
    for (Region &region : op->getRegions())
      for (Value argument : region.getArguments())
        saved.push_back({argument, argument.getType()});
  });
  const SmallVector<Type> declared = llvm::to_vector(body.getArgumentTypes());
  const Symbols outer = visible;
  Operation *yield = body.getTerminator();
  // A guess only loses dims from round to round, so that this ends.
  for (bool isStable = false; !isStable;) {
    visible = outer;
    setType(body.getArgument(0), body.getArgument(0).getType());
    for (auto [index, type] : llvm::enumerate(carried))
      setType(body.getArgument(1 + index), keepOwnNames(type, declared[1 + index]));
    for (auto [index, operand] : llvm::enumerate(loop.getScanned()))
      setType(body.getArgument(1 + carriedCount + index),
              dropDim(operand.getType(), loop.getScanInAxes()[index]));
    SmallVector<Type> arguments = llvm::to_vector(body.getArgumentTypes());
    if (failed(inferBlock(body)))
      return failure();
    isStable = true;
    for (auto [index, type] : llvm::enumerate(carried)) {
      Type joined = joinTypes(arguments[1 + index], yield->getOperand(1 + index).getType());
      if (joined == arguments[1 + index])
        continue;
      // Dims that were guessed from outside and changed become unknown; those that already are stay so.
      Type next = joinTypes(type, joined);
      isStable &= next == type;
      type = next;
    }
    if (!isStable)
      for (auto [value, type] : saved)
        value.setType(type);
  }
  visible = outer;
  DimExpr trip = getTripExpr(loop);
  for (auto [index, value] : llvm::enumerate(loop.getResults())) {
    if (index < carriedCount) {
      setType(value, refineType(carried[index], value.getType()));
      continue;
    }
    auto slice = cast<RankedTensorType>(onlyVisible(yield->getOperand(1 + index).getType()));
    SmallVector<DimExpr> dims = mlir::weft::getDims(slice);
    dims.insert(dims.begin() + loop.getScanOutAxes()[index - carriedCount], trip);
    setType(value, refineType(makeTensorType(dims, slice.getElementType()), value.getType()));
  }
  return success();
}

/// Lets every weft.dim read the entry argument that has the size, so that no value lives, or is made, for its
/// size only.
void readSizesFromArguments(func::FuncOp func) {
  llvm::StringMap<std::pair<Value, int64_t>> first;
  for (Value argument : func.getArguments())
    if (auto type = dyn_cast<RankedTensorType>(argument.getType()))
      for (int64_t axis = 0; axis < type.getRank(); ++axis)
        if (type.isDynamicDim(axis))
          first.try_emplace(mlir::weft::getDim(type, axis).str(), argument, axis);
  func.walk([&](DimOp dim) {
    DimExpr expr = mlir::weft::getDim(cast<RankedTensorType>(dim.getX().getType()), dim.getAxis());
    auto it = first.find(expr.str());
    if (expr.isUnknown() || it == first.end() || dim->getParentOfType<KernelOp>())
      return;
    dim.getXMutable().assign(it->second.first);
    dim.setAxis(it->second.second);
  });
}

} // namespace

namespace weft {

FailureOr<InferShapesResult> inferShapes(func::FuncOp func) {
  if (func.isExternal())
    return InferShapesResult();
  FailureOr<InferShapesResult> result = ShapeInference(func).run();
  if (succeeded(result))
    readSizesFromArguments(func);
  return result;
}

LogicalResult verifyShapes(func::FuncOp func) {
  LogicalResult result = success();
  auto check = [&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type)
      return;
    for (int64_t axis = 0; axis < type.getRank(); ++axis)
      if (mlir::weft::getDim(type, axis).isUnknown()) {
        result = emitError(value.getLoc()) << "internal: expected dim " << axis << " of " << type
                                           << " to have a size or a name; run weft-infer-shapes";
        return;
      }
  };
  func.walk([&](Block *block) {
    llvm::for_each(block->getArguments(), check);
    for (Operation &op : *block)
      llvm::for_each(op.getResults(), check);
  });
  return result;
}

} // namespace weft

namespace {

struct VerifyShapesPass : ::weft::impl::VerifyShapesPassBase<VerifyShapesPass> {
  void runOnOperation() override {
    if (failed(::weft::verifyShapes(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

struct WeftInferShapesPass : ::weft::impl::WeftInferShapesPassBase<WeftInferShapesPass> {
  void runOnOperation() override {
    FailureOr<::weft::InferShapesResult> result = ::weft::inferShapes(getOperation());
    if (failed(result))
      return signalPassFailure();
    numRefined += result->refined;
    numNamed += result->named;
  }
};

} // namespace
