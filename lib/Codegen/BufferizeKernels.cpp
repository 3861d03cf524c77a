// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bufferises kernels: results are written in place into memory that the caller passes.
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/Transforms/Bufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "weft/Codegen/Bufferize.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTBUFFERIZEKERNELSPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

namespace {

MemRefType getMemRefType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// Finds the `tensor.empty` that `value` grows from in place, or the argument that a loop changes, and the
/// reshapes on the way (from `value` inwards).
OpOperand *findRoot(OpOperand *use, SmallVectorImpl<Operation *> &reshapes) {
  while (true) {
    auto result = dyn_cast<OpResult>(use->get());
    if (!result)
      return isa<scf::ForOp>(use->getOwner()) ? use : nullptr;
    Operation *op = result.getOwner();
    if (isa<tensor::EmptyOp>(op))
      return use;
    if (isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op)) {
      reshapes.push_back(op);
      use = &op->getOpOperand(0);
    } else if (auto forall = dyn_cast<scf::ForallOp>(op)) {
      use = forall.getTiedOpOperand(result);
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      use = loop.getTiedLoopInit(result);
    } else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      use = &insert.getDestMutable();
    } else if (auto destination = dyn_cast<DestinationStyleOpInterface>(op)) {
      use = destination.getTiedOpOperand(result);
    } else {
      return nullptr;
    }
    if (!use)
      return nullptr;
  }
}

/// Undoes `reshapes` (outermost first) on `tensor`; null when a shape cannot be named at this point.
Value undoReshapes(OpBuilder &builder, Value tensor, ArrayRef<Operation *> reshapes) {
  for (Operation *op : reshapes) {
    auto inner = cast<RankedTensorType>(op->getOperand(0).getType());
    if (isa<tensor::CastOp>(op)) {
      tensor = tensor::CastOp::create(builder, op->getLoc(), inner, tensor);
    } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
      tensor = tensor::CollapseShapeOp::create(builder, op->getLoc(), inner, tensor,
                                               expand.getReassociationIndices());
    } else {
      auto collapse = cast<tensor::CollapseShapeOp>(op);
      if (!inner.hasStaticShape())
        return Value();
      tensor = tensor::ExpandShapeOp::create(builder, op->getLoc(), inner, tensor,
                                             collapse.getReassociationIndices());
    }
  }
  return tensor;
}

/// Makes the tensor arguments memrefs, which the body sees through `bufferization.to_tensor`.
void convertArguments(OpBuilder &builder, kernel::FuncOp func) {
  Block &entry = func.getBody().front();
  builder.setInsertionPointToStart(&entry);
  for (BlockArgument argument : entry.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    argument.setType(getMemRefType(type));
    auto toTensor = bufferization::ToTensorOp::create(builder, argument.getLoc(), type, argument,
                                                      /*restrict=*/true, /*writable=*/false);
    argument.replaceAllUsesExcept(toTensor, toTensor);
  }
}

/// Adds one memref argument per result and updates the function's type; returns the new arguments.
SmallVector<BlockArgument> addResultArguments(kernel::FuncOp func) {
  Block &entry = func.getBody().front();
  Operation *terminator = entry.getTerminator();
  SmallVector<DictionaryAttr> argAttrs;
  func.getAllArgAttrs(argAttrs);
  for (unsigned i = argAttrs.size(); i < func.getNumArguments(); ++i)
    argAttrs.push_back(DictionaryAttr());
  SmallVector<BlockArgument> added;
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    argAttrs.push_back(func.getResultAttrDict(i));
    added.push_back(entry.addArgument(getMemRefType(func.getResultTypes()[i]), terminator->getLoc()));
  }
  func.removeResAttrsAttr();
  func.setFunctionType(FunctionType::get(func.getContext(), entry.getArgumentTypes(), {}));
  for (DictionaryAttr &attrs : argAttrs)
    if (!attrs)
      attrs = DictionaryAttr::get(func.getContext());
  func.setAllArgAttrs(argAttrs);
  return added;
}

/// Lets returned value `use` be computed in `memory`; false when it will be copied there.
bool bindResult(OpBuilder &builder, OpOperand &use, BlockArgument memory) {
  SmallVector<Operation *> reshapes;
  OpOperand *root = findRoot(&use, reshapes);
  if (!root)
    return false;
  builder.setInsertionPoint(root->getOwner());
  auto type = cast<RankedTensorType>(use.get().getType());
  Value place = bufferization::ToTensorOp::create(builder, root->getOwner()->getLoc(), type, memory,
                                                  /*restrict=*/true, /*writable=*/true);
  place = undoReshapes(builder, place, reshapes);
  if (!place)
    return false;
  auto rootType = cast<RankedTensorType>(root->get().getType());
  if (place.getType() != rootType)
    place = tensor::CastOp::create(builder, root->getOwner()->getLoc(), rootType, place);
  // What a loop changes starts as a copy of the argument, which nobody may write.
  if (isa<BlockArgument>(root->get()))
    place = bufferization::MaterializeInDestinationOp::create(builder, root->getOwner()->getLoc(),
                                                              root->get(), place)
                ->getResult(0);
  root->set(place);
  return true;
}

/// Whether `yielded` is computed in place of `argument` as far as destinations show.
bool growsFrom(Value yielded, BlockArgument argument) {
  while (yielded != argument) {
    auto result = dyn_cast<OpResult>(yielded);
    if (!result)
      return false;
    Operation *op = result.getOwner();
    if (auto loop = dyn_cast<scf::ForOp>(op))
      yielded = loop.getTiedLoopInit(result)->get();
    else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      yielded = insert.getDest();
    else if (auto insert = dyn_cast<tensor::InsertOp>(op))
      yielded = insert.getDest();
    else if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
      yielded = destination.getTiedOpOperand(result)->get();
    else
      return false;
  }
  return true;
}

/// Makes every tensor that an `scf.for` carries stay in one buffer: values computed elsewhere are copied back
/// into it.
void pinLoopCarriedTensors(OpBuilder &builder, scf::ForOp loop) {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  builder.setInsertionPoint(yield);
  SmallVector<unsigned> moved;
  for (auto [i, argument] : llvm::enumerate(loop.getRegionIterArgs()))
    if (isa<RankedTensorType>(argument.getType()) && !growsFrom(yield.getOperand(i), argument))
      moved.push_back(i);
  // Copies first: a yielded value may live in another carried buffer, which is about to be overwritten.
  if (moved.size() > 1)
    for (unsigned i : moved) {
      Value value = yield.getOperand(i);
      SmallVector<Value> sizes;
      auto type = cast<RankedTensorType>(value.getType());
      auto copy = bufferization::AllocTensorOp::create(builder, yield.getLoc(), type, sizes, /*copy=*/value);
      yield.setOperand(i, copy);
    }
  for (unsigned i : moved) {
    auto place = bufferization::MaterializeInDestinationOp::create(
        builder, yield.getLoc(), yield.getOperand(i), loop.getRegionIterArg(i));
    yield.setOperand(i, place->getResult(0));
  }
}

/// Whether `op` can stand in front of `before`, or stands there.
bool canMoveBefore(Operation *op, Operation *before) {
  return op->getBlock() == before->getBlock() && isMemoryEffectFree(op) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           Operation *maker = operand.getDefiningOp();
           return !maker || maker->getBlock() != before->getBlock() || maker->isBeforeInBlock(before);
         });
}

/// The operand of an elementwise `op` that may be computed in the op's destination: made in the same block in
/// memory of its own, read where it is replaced, and by nobody afterwards. Null when there is none.
OpOperand *findReplaced(linalg::GenericOp op) {
  OpOperand *init = op.getDpsInitOperand(0);
  auto place = init->get().getDefiningOp<tensor::ExtractSliceOp>();
  AffineMap map = op.getMatchingIndexingMap(init);
  if (!place || !place->hasOneUse() || !map.isPermutation() || !op.getMatchingBlockArgument(init).use_empty())
    return nullptr;
  for (OpOperand *input : op.getDpsInputOperands()) {
    auto producer = input->get().getDefiningOp<linalg::GenericOp>();
    if (!producer || producer->getBlock() != op->getBlock() || producer.getNumDpsInits() != 1 ||
        input->get().getType() != place.getType() || op.getMatchingIndexingMap(input) != map)
      continue;
    OpOperand *made = producer.getDpsInitOperand(0);
    bool isLast = llvm::all_of(input->get().getUses(), [&](OpOperand &use) {
      Operation *user = op->getBlock()->findAncestorOpInBlock(*use.getOwner());
      return &use == input || (user && user->isBeforeInBlock(op));
    });
    if (isLast && made->get().getDefiningOp<tensor::EmptyOp>() &&
        producer.getMatchingBlockArgument(made).use_empty() && canMoveBefore(place, producer))
      return input;
  }
  return nullptr;
}

/// Lets rows that are replaced by what is computed from them live in the result's memory: half the memory is
/// touched, and the result's cache lines are there when they are written last.
void reuseDestinations(kernel::FuncOp func) {
  func.walk([](linalg::GenericOp op) {
    if (op.getNumLoops() != op.getNumParallelLoops() || op.getNumDpsInits() != 1)
      return;
    OpOperand *input = findReplaced(op);
    if (!input)
      return;
    OpOperand *init = op.getDpsInitOperand(0);
    auto producer = input->get().getDefiningOp<linalg::GenericOp>();
    Value place = init->get(), value = input->get();
    place.getDefiningOp()->moveBefore(producer);
    producer.getDpsInitOperand(0)->set(place);
    op.getMatchingBlockArgument(input).replaceAllUsesWith(op.getMatchingBlockArgument(init));
    init->set(value);
  });
}

LogicalResult runBufferization(kernel::FuncOp func) {
  bufferization::OneShotBufferizationOptions options;
  options.unknownTypeConverterFn = [](TensorType type, Attribute space,
                                      const bufferization::BufferizationOptions &) {
    return bufferization::getMemRefTypeWithStaticIdentityLayout(type, space);
  };
  bufferization::BufferizationState state;
  return bufferization::runOneShotBufferize(func, options, state);
}

} // namespace

FailureOr<weft::BufferizeResult> weft::bufferizeKernel(kernel::FuncOp func) {
  OpBuilder builder(func.getContext());
  reuseDestinations(func);
  func.walk([&](scf::ForOp loop) { pinLoopCarriedTensors(builder, loop); });
  Operation *terminator = func.getBody().front().getTerminator();
  SmallVector<BlockArgument> places = addResultArguments(func);
  BufferizeResult result;
  SmallVector<Value> values(terminator->getOperands());
  // Values with memory of their own first: until they are copied they may live in memory that a bound value
  // is moved into, when that one was computed elsewhere after all.
  SmallVector<std::pair<Value, BlockArgument>> copied, bound;
  for (auto [use, value, place] : llvm::zip_equal(terminator->getOpOperands(), values, places))
    (bindResult(builder, use, place) ? bound : copied).push_back({value, place});
  result.numBound += bound.size();
  result.numCopied += copied.size();
  llvm::append_range(copied, bound);
  builder.setInsertionPoint(terminator);
  for (auto [value, place] : copied) {
    auto copy =
        bufferization::MaterializeInDestinationOp::create(builder, terminator->getLoc(), value, place);
    copy.setRestrict(true);
    copy.setWritable(true);
  }
  terminator->setOperands({});
  convertArguments(builder, func);
  func.setFunctionType(
      FunctionType::get(func.getContext(), func.getBody().front().getArgumentTypes(), /*results=*/{}));
  if (failed(runBufferization(func)))
    return failure();
  return result;
}

namespace {

struct WeftBufferizeKernelsPass : weft::impl::WeftBufferizeKernelsPassBase<WeftBufferizeKernelsPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<kernel::FuncOp>()) {
      FailureOr<weft::BufferizeResult> result = weft::bufferizeKernel(func);
      if (failed(result))
        return signalPassFailure();
      numBound += result->numBound;
      numCopied += result->numCopied;
    }
  }
};

} // namespace
