// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers linalg operations on memory to loop nests that LLVM's vectoriser widens.
#include "weft/Codegen/LowerLinalg.h"
#include "LowerTranspose.h"
#include "LowerWindow.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "weft/Codegen/KernelToLLVM.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTLOWERLINALGPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

namespace {

/// The stride of `map`'s access to a memref of `type` along loop `dim`: 0 when the loop does not move it,
/// nullopt when it is no constant.
std::optional<int64_t> getLoopStride(MemRefType type, AffineMap map, unsigned dim) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return std::nullopt;
  int64_t total = 0;
  for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides)) {
    if (!expr.isFunctionOfDim(dim))
      continue;
    if (!isa<AffineDimExpr>(expr) || ShapedType::isDynamic(stride))
      return std::nullopt;
    total += stride;
  }
  return total;
}

/// Whether `value` in the body of `op` depends on the index of loop `dim`.
bool dependsOnLoop(linalg::LinalgOp op, Value value, unsigned dim) {
  Operation *def = value.getDefiningOp();
  if (!def || def->getBlock() != op.getBlock())
    return false;
  if (auto index = dyn_cast<linalg::IndexOp>(def))
    return index.getDim() == dim;
  return llvm::any_of(def->getOperands(), [&](Value operand) { return dependsOnLoop(op, operand, dim); });
}

/// What reads inside of the body, at indices that it computes, cost per iteration of loop `dim`: those that
/// only the last index moves are contiguous, or nearly (clamped).
int64_t getBodyReadCost(linalg::LinalgOp op, unsigned dim, int64_t contiguous, int64_t scattered) {
  int64_t cost = 0;
  op.getBlock()->walk([&](memref::LoadOp load) {
    auto moves = [&](Value index) { return dependsOnLoop(op, index, dim); };
    auto indices = load.getIndices();
    if (indices.empty() || llvm::none_of(indices, moves))
      return;
    cost += llvm::any_of(indices.drop_back(), moves) ? scattered : contiguous;
  });
  return cost;
}

/// What one iteration costs in memory accesses when `dim` is the innermost loop: nothing for operands that it
/// does not move, little for contiguous ones, a cache line each for scattered ones; writes cost more than
/// reads.
int64_t getInnermostCost(linalg::LinalgOp op, unsigned dim) {
  constexpr int64_t contiguous = 1, scattered = 16;
  int64_t cost = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    // Some operands only give loops their sizes.
    if (!type || (!op.isDpsInit(&operand) && op.getMatchingBlockArgument(&operand).use_empty()))
      continue;
    int64_t weight = op.isDpsInit(&operand) ? 2 : 1;
    std::optional<int64_t> stride = getLoopStride(type, op.getMatchingIndexingMap(&operand), dim);
    if (!stride)
      cost += weight * scattered;
    else if (*stride != 0)
      cost += weight * std::clamp<int64_t>(std::abs(*stride), contiguous, scattered);
  }
  return cost + getBodyReadCost(op, dim, contiguous, scattered);
}

/// Loops from the outermost to the innermost.
SmallVector<unsigned> chooseLoopOrder(linalg::LinalgOp op) {
  SmallVector<unsigned> parallel, reduction;
  op.getParallelDims(parallel);
  op.getReductionDims(reduction);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  SmallVector<unsigned> order = parallel;
  order.append(reduction);
  // Loops shorter than this make no vectors.
  constexpr int64_t minVectorTrip = 8;
  auto isShort = [&](unsigned dim) { return ShapedType::isStatic(sizes[dim]) && sizes[dim] < minVectorTrip; };
  auto isLongAndContiguous = [&](unsigned dim) {
    return !isShort(dim) && getInnermostCost(op, dim) <= 2 * static_cast<int64_t>(op->getNumOperands());
  };
  bool hasVectorLoop = llvm::any_of(parallel, isLongAndContiguous);
  // Later loops win ties: row-major memory makes them the natural choice; loops of one iteration do not
  // count, nor short reductions next to a loop that makes vectors.
  std::optional<unsigned> innermost;
  int64_t best = 0;
  for (unsigned dim : order) {
    if (sizes[dim] == 1 || (hasVectorLoop && isShort(dim) && llvm::is_contained(reduction, dim)))
      continue;
    int64_t cost = getInnermostCost(op, dim);
    if (!innermost || cost <= best) {
      innermost = dim;
      best = cost;
    }
  }
  if (!innermost)
    return order;
  bool isReduction = llvm::is_contained(reduction, *innermost);
  llvm::erase(order, *innermost);
  if (isReduction || reduction.empty()) {
    order.push_back(*innermost);
    return order;
  }
  // A contiguous parallel loop inside of reductions pays only if it is long enough for vectors.
  if (isShort(*innermost)) {
    order.insert(order.begin() + (parallel.size() - 1), *innermost);
    return order;
  }
  order.push_back(*innermost);
  return order;
}

/// Iterations of both loops of a block of a transposing op: a cache line of f32.
constexpr int64_t blockSize = 16;

/// The loop along which an operand is contiguous that the innermost loop `innermost` strides through: the two
/// are worth working on in blocks, so that a cache line is used up once it is there.
std::optional<unsigned> findCrossingLoop(linalg::LinalgOp op, unsigned innermost) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  auto isLong = [&](unsigned dim) {
    return ShapedType::isDynamic(sizes[dim]) || sizes[dim] >= 2 * blockSize;
  };
  if (op.getNumReductionLoops() != 0 || !isLong(innermost))
    return std::nullopt;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    std::optional<int64_t> stride = getLoopStride(type, map, innermost);
    if (stride && std::abs(*stride) < blockSize)
      continue;
    for (unsigned dim = 0; dim < op.getNumLoops(); ++dim)
      if (dim != innermost && isLong(dim) && getLoopStride(type, map, dim) == 1)
        return dim;
  }
  return std::nullopt;
}

/// Whether loops `outer` and `outer + 1` of `op` are one loop over contiguous memory in every operand.
bool canMergeLoops(linalg::LinalgOp op, unsigned outer) {
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  if (kinds[outer] != kinds[outer + 1])
    return false;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    // Collapsing has no form for constants in maps (dims of size 1 that broadcast), wherever they stand.
    if (!map.isProjectedPermutation())
      return false;
    if (!map.isFunctionOfDim(outer) && !map.isFunctionOfDim(outer + 1))
      continue;
    if (!linalg::isDimSequencePreserved(map, {outer, outer + 1}) || !map.isFunctionOfDim(outer))
      return false;
    std::optional<unsigned> position = map.getResultPosition(getAffineDimExpr(outer, op.getContext()));
    ReassociationIndices group = {static_cast<int64_t>(*position), static_cast<int64_t>(*position) + 1};
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (i == group[0])
        groups.push_back(group);
      else if (i != group[1])
        groups.push_back({i});
    }
    if (!memref::CollapseShapeOp::isGuaranteedCollapsible(type, groups))
      return false;
  }
  return true;
}

/// Merges neighbouring loops; returns the op to go on with.
linalg::LinalgOp mergeContiguousLoops(RewriterBase &rewriter, linalg::LinalgOp op) {
  if (!isa<linalg::GenericOp>(op) || op.hasIndexSemantics() || op.getNumLoops() < 2)
    return op;
  SmallVector<ReassociationIndices> groups = {{0}};
  bool hasMerged = false;
  for (unsigned i = 0; i + 1 < op.getNumLoops(); ++i) {
    if (canMergeLoops(op, i)) {
      groups.back().push_back(i + 1);
      hasMerged = true;
    } else {
      groups.push_back({static_cast<int64_t>(i) + 1});
    }
  }
  // Pairs that merge one by one may not merge as a whole.
  if (!hasMerged || !linalg::areDimSequencesPreserved(op.getIndexingMapsArray(), groups))
    return op;
  rewriter.setInsertionPoint(op);
  FailureOr<linalg::CollapseResult> collapsed = linalg::collapseOpIterationDims(op, groups, rewriter);
  if (failed(collapsed))
    return op;
  if (collapsed->collapsedOp != op) {
    // How wide vectors are still holds.
    if (Attribute schedule = op->getAttr(sched::CPUAttr::getAttrName()))
      collapsed->collapsedOp->setAttr(sched::CPUAttr::getAttrName(), schedule);
    rewriter.eraseOp(op);
  }
  return collapsed->collapsedOp;
}

/// Emits the nest of one linalg op.
class NestEmitter {
public:
  NestEmitter(RewriterBase &rewriter, linalg::LinalgOp op, const ::weft::LowerLinalgOptions &options)
      : rewriter(rewriter), op(op), options(options), loc(op.getLoc()), order(chooseLoopOrder(op)),
        ivs(op.getNumLoops()) {
    // Trailing reduction loops carry their sums in registers.
    numCarried = 0;
    SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
    while (numCarried < order.size() &&
           kinds[order[order.size() - 1 - numCarried]] == utils::IteratorType::reduction)
      ++numCarried;
  }

  LogicalResult run() {
    rewriter.setInsertionPoint(op);
    for (Range range : op.createLoopRanges(rewriter, loc)) {
      lowers.push_back(getValueOrCreateConstantIndexOp(rewriter, loc, range.offset));
      uppers.push_back(getValueOrCreateConstantIndexOp(rewriter, loc, range.size));
    }
    one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    crossing = order.empty() ? std::nullopt : findCrossingLoop(op, order.back());
    if (crossing) {
      llvm::erase(order, *crossing);
      order.insert(order.end() - 1, *crossing);
    }
    emitLoops(0);
    for (Operation *fill : filled)
      rewriter.eraseOp(fill);
    rewriter.eraseOp(op);
    return success();
  }

private:
  /// Loops of level `level` and below that carry nothing.
  void emitLoops(unsigned level) {
    if (level == order.size() - numCarried) {
      if (numCarried == 0) {
        emitPoint({});
        return;
      }
      emitReduction(level);
      return;
    }
    if (crossing && level + 2 == order.size()) {
      emitBlocks();
      return;
    }
    unsigned dim = order[level];
    OpBuilder::InsertionGuard guard(rewriter);
    ivs[dim] = enterLoop(lowers[dim], uppers[dim], one);
    emitLoops(level + 1);
  }

  /// Starts a loop and goes inside; returns its induction variable.
  Value enterLoop(Value lower, Value upper, Value step) {
    auto loop = scf::ForOp::create(rewriter, loc, lower, upper, step);
    rewriter.setInsertionPointToStart(loop.getBody());
    return loop.getInductionVar();
  }

  /// The last two loops, block by block.
  void emitBlocks() {
    OpBuilder::InsertionGuard guard(rewriter);
    ArrayRef<unsigned> dims = ArrayRef(order).take_back(2);
    Value size = arith::ConstantIndexOp::create(rewriter, loc, blockSize);
    SmallVector<Value> starts;
    for (unsigned dim : dims)
      starts.push_back(enterLoop(lowers[dim], uppers[dim], size));
    SmallVector<int64_t> sizes = op.getStaticLoopRanges();
    SmallVector<Value> ends;
    for (auto [dim, start] : llvm::zip_equal(dims, starts)) {
      Value end = arith::AddIOp::create(rewriter, loc, start, size);
      bool isWhole = ShapedType::isStatic(sizes[dim]) && sizes[dim] % blockSize == 0;
      ends.push_back(isWhole ? end : arith::MinSIOp::create(rewriter, loc, end, uppers[dim]).getResult());
    }
    for (auto [dim, start, end] : llvm::zip_equal(dims, starts, ends))
      ivs[dim] = enterLoop(start, end, one);
    emitPoint({});
  }

  /// Loops whose sums are in registers. Minima and maxima are computed as if there were no NaN, which makes
  /// them one instruction, next to a flag that says whether one was seen.
  void emitReduction(unsigned level) {
    SmallVector<Value> sums;
    for (OpOperand &init : op.getDpsInitsMutable())
      sums.push_back(takeInitialValue(init));
    for (unsigned i = 0, e = op.getNumDpsInits(); i < e; ++i)
      if (Operation *combiner = findExtremum(i)) {
        if (isa<arith::MaxNumFOp, arith::MinNumFOp>(combiner)) {
          sums[i] = replaceNaN(sums[i], combiner);
          continue;
        }
        if (options.ignoresNaN)
          continue;
        flagged.push_back(i);
        sums.push_back(buildNaNFlag(sums[i]));
      }
    sums = emitCarriedLoops(level, sums);
    for (auto [position, i] : llvm::enumerate(flagged)) {
      Value flag = sums[op.getNumDpsInits() + position];
      Value zero = arith::ConstantIntOp::create(rewriter, loc, flag.getType(), 0);
      Value hasNaN = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ne, flag, zero);
      auto type = cast<FloatType>(sums[i].getType());
      Value nan = arith::ConstantOp::create(
          rewriter, loc, rewriter.getFloatAttr(type, llvm::APFloat::getQNaN(type.getFloatSemantics())));
      sums[i] = arith::SelectOp::create(rewriter, loc, hasNaN, nan, sums[i]);
    }
    for (auto [init, sum] : llvm::zip_first(op.getDpsInitsMutable(), sums))
      store(sum, init);
  }

  /// What a sum starts with: the value of a fill, which is then done with, or what memory holds.
  Value takeInitialValue(OpOperand &init) {
    bool isWhole =
        numCarried == op.getNumReductionLoops() && op.getMatchingIndexingMap(&init).isProjectedPermutation();
    linalg::FillOp fill = isWhole ? ::weft::findInitialFill(op, init) : linalg::FillOp();
    if (!fill)
      return load(init);
    filled.insert(fill);
    return fill.getInputs().front();
  }

  /// The op that makes destination `i` the minimum or maximum of itself and something else; null when it is
  /// not one.
  Operation *findExtremum(unsigned i) {
    Value yielded = op.getBlock()->getTerminator()->getOperand(i);
    BlockArgument sum = op.getBlock()->getArgument(op.getNumDpsInputs() + i);
    Operation *combiner = yielded.getDefiningOp();
    Type type = yielded.getType();
    if (!combiner ||
        !isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp>(combiner) ||
        !sum.hasOneUse() || !llvm::is_contained(combiner->getOperands(), sum) ||
        !(type.isF32() || type.isF64()))
      return nullptr;
    return combiner;
  }

  /// All ones in the width of `value` when it is NaN, else 0.
  Value buildNaNFlag(Value value) {
    Value isNaN = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::UNO, value, value);
    return arith::ExtSIOp::create(rewriter, loc,
                                  rewriter.getIntegerType(value.getType().getIntOrFloatBitWidth()), isNaN);
  }

  /// `value`, or the infinity that `combiner` ignores when it is NaN. Not a select: LLVM would merge it with
  /// the extremum.
  Value replaceNaN(Value value, Operation *combiner) {
    auto type = cast<FloatType>(value.getType());
    bool isMaximum = isa<arith::MaxNumFOp>(combiner);
    auto neutral = llvm::APFloat::getInf(type.getFloatSemantics(), /*Negative=*/isMaximum);
    Value constant = arith::ConstantOp::create(rewriter, loc, rewriter.getFloatAttr(type, neutral));
    if (isMaximum)
      return arith::MaxNumFOp::create(rewriter, loc, value, constant);
    return arith::MinNumFOp::create(rewriter, loc, value, constant);
  }

  /// Makes the extrema of one point fast; `values` are what it yields, flags are added to them.
  void updateExtrema(ValueRange sums, SmallVectorImpl<Value> &values) {
    auto noNaN = arith::FastMathFlagsAttr::get(op.getContext(),
                                               arith::FastMathFlags::nnan | arith::FastMathFlags::nsz);
    for (unsigned i = 0, e = op.getNumDpsInits(); i < e; ++i) {
      if (!findExtremum(i))
        continue;
      Operation *combiner = values[i].getDefiningOp();
      OpOperand &other = combiner->getOpOperand(combiner->getOperand(0) == sums[i] ? 1 : 0);
      rewriter.setInsertionPoint(combiner);
      if (isa<arith::MaxNumFOp, arith::MinNumFOp>(combiner)) {
        // Without NaN both kinds agree; the vectoriser knows maximumf better.
        Value clean = replaceNaN(other.get(), combiner);
        Value extremum =
            isa<arith::MaxNumFOp>(combiner)
                ? arith::MaximumFOp::create(rewriter, loc, sums[i], clean, noNaN.getValue()).getResult()
                : arith::MinimumFOp::create(rewriter, loc, sums[i], clean, noNaN.getValue()).getResult();
        rewriter.replaceOp(combiner, extremum);
        values[i] = extremum;
        continue;
      }
      combiner->setAttr("fastmath", noNaN);
      if (options.ignoresNaN)
        continue;
      Value flag = sums[values.size()];
      values.push_back(arith::OrIOp::create(rewriter, loc, flag, buildNaNFlag(other.get())));
    }
    rewriter.setInsertionPointToEnd(rewriter.getInsertionBlock());
  }

  SmallVector<Value> emitCarriedLoops(unsigned level, ValueRange sums) {
    if (level == order.size())
      return emitPoint(sums);
    unsigned dim = order[level];
    auto loop = scf::ForOp::create(rewriter, loc, lowers[dim], uppers[dim], one, sums);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    ivs[dim] = loop.getInductionVar();
    SmallVector<Value> next = emitCarriedLoops(level + 1, loop.getRegionIterArgs());
    scf::YieldOp::create(rewriter, loc, next);
    return loop.getResults();
  }

  SmallVector<Value> getIndices(OpOperand &operand) {
    SmallVector<Value> indices;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (AffineExpr expr : map.getResults()) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
        indices.push_back(ivs[dim.getPosition()]);
        continue;
      }
      SmallVector<OpFoldResult> operands;
      for (unsigned i = 0; i < ivs.size(); ++i)
        operands.push_back(ivs[i] ? OpFoldResult(ivs[i]) : OpFoldResult(rewriter.getIndexAttr(0)));
      OpFoldResult value = affine::makeComposedFoldedAffineApply(
          rewriter, loc, AffineMap::get(map.getNumDims(), 0, expr), operands);
      indices.push_back(getValueOrCreateConstantIndexOp(rewriter, loc, value));
    }
    return indices;
  }

  Value load(OpOperand &operand) {
    if (!isa<MemRefType>(operand.get().getType()))
      return operand.get();
    return memref::LoadOp::create(rewriter, loc, operand.get(), getIndices(operand));
  }

  void store(Value value, OpOperand &operand) {
    memref::StoreOp::create(rewriter, loc, value, operand.get(), getIndices(operand));
  }

  /// The body for one point. With `sums`, they stand for the destinations and the new ones are returned.
  SmallVector<Value> emitPoint(ValueRange sums) {
    Block *body = op.getBlock();
    IRMapping mapping;
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument argument = op.getMatchingBlockArgument(input);
      if (!argument.use_empty())
        mapping.map(argument, load(*input));
    }
    for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable())) {
      BlockArgument argument = op.getMatchingBlockArgument(&init);
      if (!argument.use_empty())
        mapping.map(argument, sums.empty() ? load(init) : sums[i]);
    }
    for (Operation &nested : body->without_terminator()) {
      if (auto index = dyn_cast<linalg::IndexOp>(nested)) {
        mapping.map(index.getResult(), ivs[index.getDim()]);
        continue;
      }
      rewriter.clone(nested, mapping);
    }
    SmallVector<Value> values;
    for (Value yielded : body->getTerminator()->getOperands())
      values.push_back(mapping.lookupOrDefault(yielded));
    if (op.getNumReductionLoops() != 0 && !options.isPlainOrder)
      for (auto [i, value] : llvm::enumerate(values))
        allowReassociation(value, mapping.lookupOrNull(body->getArgument(op.getNumDpsInputs() + i)));
    if (!sums.empty())
      updateExtrema(sums, values);
    if (sums.empty())
      for (auto [init, value] : llvm::zip_equal(op.getDpsInitsMutable(), values))
        store(value, init);
    return values;
  }

  /// Marks `value`'s operation when it adds to (or multiplies) `sum`: the order of the terms is ours to
  /// choose.
  void allowReassociation(Value value, Value sum) {
    Operation *combiner = value.getDefiningOp();
    if (!sum || !combiner || !isa<arith::AddFOp, arith::MulFOp>(combiner) ||
        !llvm::is_contained(combiner->getOperands(), sum))
      return;
    auto flags = cast<arith::ArithFastMathInterface>(combiner).getFastMathFlagsAttr().getValue();
    flags = flags | arith::FastMathFlags::reassoc | arith::FastMathFlags::contract;
    combiner->setAttr("fastmath", arith::FastMathFlagsAttr::get(op.getContext(), flags));
  }

  RewriterBase &rewriter;
  linalg::LinalgOp op;
  ::weft::LowerLinalgOptions options;
  Location loc;
  SmallVector<unsigned> order;
  SmallVector<Value> ivs;
  SmallVector<Value> lowers, uppers;
  Value one;
  unsigned numCarried;
  std::optional<unsigned> crossing; ///< The loop that is worked on in blocks together with the innermost one.
  llvm::SetVector<Operation *> filled; ///< Fills whose values sums start with.
  SmallVector<unsigned> flagged;       ///< Destinations that are extrema, while their loops are emitted.
};

} // namespace

LogicalResult weft::lowerLinalgToLoops(RewriterBase &rewriter, linalg::LinalgOp op,
                                       const LowerLinalgOptions &options) {
  if (!op.hasPureBufferSemantics())
    return op->emitOpError("internal: expected memrefs");
  if (lowerWindow(rewriter, op, options))
    return success();
  op = mergeContiguousLoops(rewriter, op);
  if (lowerTranspose(rewriter, op, chooseLoopOrder(op), options.vectorBytes))
    return success();
  return NestEmitter(rewriter, op, options).run();
}

/// Makes copies of memrefs ops of linalg, which are lowered like the others.
static void generaliseCopies(IRRewriter &rewriter, Operation *root) {
  SmallVector<memref::CopyOp> copies;
  root->walk([&](memref::CopyOp op) { copies.push_back(op); });
  for (memref::CopyOp op : copies) {
    rewriter.setInsertionPoint(op);
    AffineMap map = rewriter.getMultiDimIdentityMap(op.getSource().getType().getRank());
    SmallVector<utils::IteratorType> kinds(map.getNumDims(), utils::IteratorType::parallel);
    linalg::GenericOp::create(rewriter, op.getLoc(), op.getSource(), op.getTarget(), {map, map}, kinds,
                              [](OpBuilder &builder, Location loc, ValueRange args) {
                                linalg::YieldOp::create(builder, loc, args[0]);
                              });
    rewriter.eraseOp(op);
  }
}

namespace {

struct WeftLowerLinalgPass : weft::impl::WeftLowerLinalgPassBase<WeftLowerLinalgPass> {
  using WeftLowerLinalgPassBase::WeftLowerLinalgPassBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    generaliseCopies(rewriter, getOperation());
    SmallVector<linalg::LinalgOp> ops;
    ::weft::LowerLinalgOptions options = {plainOrder, ignoreNaN, vectorBytes};
    getOperation().walk([&](linalg::LinalgOp op) {
      ops.push_back(op);
      // The level is one for all: copies that bufferisation made follow the ops that were scheduled.
      if (sched::CPUAttr sched = sched::CPUAttr::of(op))
        options.vectorBytes = std::max<int64_t>(options.vectorBytes, sched.getVector() * sizeof(float));
    });
    // Fills last: what reduces into them may take over their value.
    lowerAll(rewriter, ops, options, /*isFill=*/false);
    ops.clear();
    getOperation().walk([&](linalg::FillOp op) { ops.push_back(op); });
    lowerAll(rewriter, ops, options, /*isFill=*/true);
    weft::normaliseRange(rewriter, getOperation());
  }

private:
  void lowerAll(RewriterBase &rewriter, ArrayRef<linalg::LinalgOp> ops,
                const ::weft::LowerLinalgOptions &options, bool isFill) {
    for (linalg::LinalgOp op : ops)
      if (isa<linalg::FillOp>(op) == isFill && failed(weft::lowerLinalgToLoops(rewriter, op, options)))
        return signalPassFailure();
  }
};

} // namespace
