// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes windows that move along contiguous memory by vectors.
//
// LLVM's vectoriser leaves the end of each row to scalars and checks every element for NaN; rows of images
// are short, and elements are in many windows.
#include "LowerWindow.h"

#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

// Elements of a window at most: all of them are written out.
static constexpr int64_t kMaxTaps = 64;
// Elements of a vector at least.
static constexpr int64_t kMinLanes = 4;

/// The argument or allocation that `memref` is a view of.
static Value getBase(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

linalg::FillOp weft::findInitialFill(linalg::LinalgOp op, OpOperand &init) {
  Value base = getBase(init.get());
  auto touches = [&](Operation *other) {
    return llvm::any_of(other->getOperands(), [&](Value operand) {
      return isa<MemRefType>(operand.getType()) && getBase(operand) == base;
    });
  };
  if (llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
        return isa<MemRefType>(input->get().getType()) && getBase(input->get()) == base;
      }))
    return {};
  for (Operation *other = op->getPrevNode(); other; other = other->getPrevNode()) {
    if (auto fill = dyn_cast<linalg::FillOp>(other); fill && fill.getOutputs().front() == init.get())
      return fill;
    if (isMemoryEffectFree(other))
      continue;
    bool isTouched = other
                         ->walk([&](Operation *inner) {
                           return !isa<ViewLikeOpInterface>(inner) && touches(inner) ? WalkResult::interrupt()
                                                                                     : WalkResult::advance();
                         })
                         .wasInterrupted();
    if (isTouched)
      return {};
  }
  return {};
}

namespace {

class WindowEmitter {
public:
  WindowEmitter(RewriterBase &b, linalg::LinalgOp op, const weft::LowerLinalgOptions &options)
      : b(b), op(op), options(options), loc(op.getLoc()), sizes(op.getStaticLoopRanges()),
        ivs(op.getNumLoops()) {}

  bool match() {
    return op.getNumReductionLoops() != 0 && op.getNumDpsInits() == 1 && matchBody() && matchLoops() &&
           (fill = weft::findInitialFill(op, *target));
  }

  void run() {
    b.setInsertionPoint(op);
    SmallVector<unsigned> outer;
    op.getParallelDims(outer);
    llvm::erase(outer, row);
    for (auto [dim, range] : llvm::enumerate(op.createLoopRanges(b, loc)))
      if (llvm::is_contained(outer, dim))
        ivs[dim] = enterLoop(getValueOrCreateConstantIndexOp(b, loc, range.size), 1);
    int64_t length = sizes[row], whole = length / lanes * lanes;
    if (whole > lanes) {
      OpBuilder::InsertionGuard guard(b);
      ivs[row] = enterLoop(index(whole), lanes);
      emitVector();
    } else {
      ivs[row] = index(0);
      emitVector();
    }
    if (whole < length) {
      ivs[row] = index(length - lanes);
      emitVector();
    }
    b.eraseOp(fill);
    b.eraseOp(op);
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

  Value enterLoop(Value upper, int64_t step) {
    auto loop = scf::ForOp::create(b, loc, index(0), upper, index(step));
    b.setInsertionPointToStart(loop.getBody());
    return loop.getInductionVar();
  }

  /// One operation that combines the destination with one input of its type.
  bool matchBody() {
    Block *body = op.getBlock();
    target = op.getDpsInitOperand(0);
    combiner = body->getTerminator()->getOperand(0).getDefiningOp();
    if (!combiner || combiner != &body->front() || !isa<MemRefType>(target->get().getType()) ||
        !isa<arith::AddFOp, arith::MaximumFOp, arith::MinimumFOp, arith::AddIOp, arith::MaxSIOp,
             arith::MaxUIOp, arith::MinSIOp, arith::MinUIOp>(combiner))
      return false;
    type = combiner->getResult(0).getType();
    unsigned width = type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 0;
    if (!(type.isF32() || type.isF64() || (type.isInteger() && (width == 8 || width == 32))))
      return false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument argument = op.getMatchingBlockArgument(input);
      if (argument.use_empty())
        continue;
      if (source || !isa<MemRefType>(input->get().getType()) || !argument.hasOneUse())
        return false;
      source = input;
    }
    if (!source)
      return false;
    Value sum = op.getMatchingBlockArgument(target), other = op.getMatchingBlockArgument(source);
    Value left = combiner->getOperand(0), right = combiner->getOperand(1);
    return (left == sum && right == other) || (left == other && right == sum);
  }

  /// Static windows that move along the rows of both memrefs.
  bool matchLoops() {
    AffineMap to = op.getMatchingIndexingMap(target), from = op.getMatchingIndexingMap(source);
    auto toType = cast<MemRefType>(target->get().getType()),
         fromType = cast<MemRefType>(source->get().getType());
    if (to.getNumResults() == 0 || from.getNumResults() == 0 || !to.isProjectedPermutation() ||
        !toType.isLastDimUnitStride() || !fromType.isLastDimUnitStride())
      return false;
    row = cast<AffineDimExpr>(to.getResults().back()).getPosition();
    int64_t numTaps = 1;
    SmallVector<unsigned> reductions;
    op.getReductionDims(reductions);
    for (unsigned dim : reductions) {
      if (ShapedType::isDynamic(sizes[dim]) || (numTaps *= sizes[dim]) > kMaxTaps)
        return false;
      taps.push_back(dim);
    }
    if (numTaps == 0 || ShapedType::isDynamic(sizes[row]) || !matchRowOfSource(from))
      return false;
    sched::CPUAttr sched = sched::CPUAttr::of(op);
    int64_t bytes = sched && sched.getVector() > 0 ? sched.getVector() * 4 : options.vectorBytes;
    lanes =
        std::min<int64_t>(bytes * 8 / type.getIntOrFloatBitWidth(), llvm::bit_floor<uint64_t>(sizes[row]));
    return lanes >= kMinLanes;
  }

  /// The row moves the last index alone, by one or two elements.
  bool matchRowOfSource(AffineMap from) {
    for (AffineExpr expr : from.getResults().drop_back())
      if (expr.isFunctionOfDim(row))
        return false;
    auto at = [&](int64_t place) -> std::optional<int64_t> {
      SmallVector<AffineExpr> dims(op.getNumLoops(), b.getAffineConstantExpr(0));
      dims[row] = b.getAffineConstantExpr(place);
      auto value = dyn_cast<AffineConstantExpr>(from.getResults().back().replaceDims(dims));
      return value ? std::optional<int64_t>(value.getValue()) : std::nullopt;
    };
    std::optional<int64_t> begin = at(0), next = at(1), last = at(1000);
    if (!begin || !next || !last || *last - *begin != 1000 * (*next - *begin))
      return false;
    step = *next - *begin;
    return step == 1 || step == 2;
  }

  SmallVector<Value> indicesOf(OpOperand *operand, int64_t offset = 0) {
    SmallVector<Value> indices;
    AffineMap map = op.getMatchingIndexingMap(operand);
    SmallVector<OpFoldResult> operands;
    for (Value iv : ivs)
      operands.push_back(iv ? OpFoldResult(iv) : OpFoldResult(b.getIndexAttr(0)));
    for (auto [i, expr] : llvm::enumerate(map.getResults())) {
      AffineExpr place = i + 1 == map.getNumResults() ? expr + offset : expr;
      OpFoldResult value =
          affine::makeComposedFoldedAffineApply(b, loc, AffineMap::get(map.getNumDims(), 0, place), operands);
      indices.push_back(getValueOrCreateConstantIndexOp(b, loc, value));
    }
    return indices;
  }

  /// The elements of one tap.
  Value loadTap() {
    auto vector = VectorType::get({lanes}, type);
    Value first = vector::LoadOp::create(b, loc, vector, source->get(), indicesOf(source));
    if (step == 1)
      return first;
    // Every other element of 2 * lanes - 1: the second vector begins with the last one of the first, so that
    // nothing behind them is read.
    Value second = vector::LoadOp::create(b, loc, vector, source->get(), indicesOf(source, lanes - 1));
    SmallVector<int64_t> picked;
    for (int64_t lane = 0; lane < lanes; ++lane)
      picked.push_back(2 * lane < lanes ? 2 * lane : 2 * lane + 1);
    return vector::ShuffleOp::create(b, loc, first, second, picked);
  }

  /// Calls `body` with the elements of each tap, in the order of the loops.
  void forEachTap(unsigned level, function_ref<void(Value)> body) {
    if (level == taps.size())
      return body(loadTap());
    for (int64_t i = 0; i < sizes[taps[level]]; ++i) {
      ivs[taps[level]] = index(i);
      forEachTap(level + 1, body);
    }
  }

  Value combine(Value sum, Value element) {
    IRMapping mapping;
    mapping.map(op.getMatchingBlockArgument(target), sum);
    mapping.map(op.getMatchingBlockArgument(source), element);
    SmallVector<Value> operands;
    for (Value operand : combiner->getOperands())
      operands.push_back(mapping.lookup(operand));
    Operation *made = b.create(loc, combiner->getName().getIdentifier(), operands, sum.getType());
    if (isa<arith::MaximumFOp, arith::MinimumFOp>(made))
      made->setAttr("fastmath", arith::FastMathFlagsAttr::get(b.getContext(), arith::FastMathFlags::nnan |
                                                                                  arith::FastMathFlags::nsz));
    return made->getResult(0);
  }

  /// The results from `ivs` on. Extrema are computed as if there were no NaN; one comparison tells whether
  /// there is one among two elements.
  void emitVector() {
    auto vector = VectorType::get({lanes}, type);
    Value sum = vector::BroadcastOp::create(b, loc, vector, fill.getInputs().front());
    bool isChecked = isa<arith::MaximumFOp, arith::MinimumFOp>(combiner) && !options.ignoresNaN;
    Value hasNaN, pending = isChecked ? sum : Value();
    auto check = [&](Value x, Value y) {
      Value isNaN = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, y);
      hasNaN = hasNaN ? arith::OrIOp::create(b, loc, hasNaN, isNaN).getResult() : isNaN;
    };
    forEachTap(0, [&](Value element) {
      sum = combine(sum, element);
      if (isChecked && pending)
        check(pending, element);
      if (isChecked)
        pending = pending ? Value() : element;
    });
    if (pending)
      check(pending, pending);
    if (hasNaN) {
      auto nan = llvm::APFloat::getQNaN(cast<FloatType>(type).getFloatSemantics());
      Value nans = arith::ConstantOp::create(
          b, loc, DenseElementsAttr::get(vector, Attribute(b.getFloatAttr(type, nan))));
      sum = arith::SelectOp::create(b, loc, hasNaN, nans, sum);
    }
    vector::StoreOp::create(b, loc, sum, target->get(), indicesOf(target));
  }

  RewriterBase &b;
  linalg::LinalgOp op;
  const weft::LowerLinalgOptions &options;
  Location loc;
  SmallVector<int64_t> sizes;
  SmallVector<Value> ivs;
  OpOperand *source = nullptr, *target = nullptr;
  Operation *combiner = nullptr;
  linalg::FillOp fill;
  Type type;
  unsigned row = 0;           ///< The loop along contiguous memory.
  SmallVector<unsigned> taps; ///< The loops over a window.
  int64_t step = 1;           ///< How far the next window is, in elements.
  int64_t lanes = 0;
};

} // namespace

bool weft::lowerWindow(RewriterBase &rewriter, linalg::LinalgOp op, const LowerLinalgOptions &options) {
  WindowEmitter emitter(rewriter, op, options);
  if (!emitter.match())
    return false;
  emitter.run();
  return true;
}
