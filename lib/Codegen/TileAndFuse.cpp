// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles what a kernel returns under one scf.forall and computes producers inside the tile.
#include "weft/Codegen/TileAndFuse.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTTILEANDFUSEPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

namespace {

/// The ops whose results a kernel returns, reshapes aside.
struct Roots {
  SmallVector<linalg::LinalgOp> tiled;   ///< Not needed by another root; in program order.
  SmallVector<Operation *> intermediate; ///< Needed by another root, and returned too.
};

bool dependsOn(Operation *consumer, Operation *producer) {
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.inclusive = false;
  // What cannot be followed may depend on anything.
  return failed(getBackwardSlice(consumer, &slice, options)) || slice.contains(producer);
}

/// Finds the roots; `reason` is set when one of them is no linalg op.
Roots findRoots(kernel::FuncOp func, std::string &reason) {
  SetVector<Operation *> found;
  for (Value value : func.getBody().front().getTerminator()->getOperands()) {
    while (Operation *op = value.getDefiningOp()) {
      if (!isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op)) {
        if (!op->hasTrait<OpTrait::ConstantLike>() && !isa<tensor::EmptyOp>(op))
          found.insert(op);
        break;
      }
      value = op->getOperand(0);
    }
  }
  Roots roots;
  for (Operation *op : found) {
    if (!isa<linalg::GenericOp, linalg::FillOp>(op)) {
      reason = ("'" + op->getName().getStringRef() + "' computes a result").str();
      return roots;
    }
    bool isNeeded =
        llvm::any_of(found, [&](Operation *other) { return other != op && dependsOn(other, op); });
    if (isNeeded)
      roots.intermediate.push_back(op);
    else
      roots.tiled.push_back(cast<linalg::LinalgOp>(op));
  }
  llvm::sort(roots.tiled, [](linalg::LinalgOp a, linalg::LinalgOp b) { return a->isBeforeInBlock(b); });
  if (found.empty())
    reason = "nothing is computed";
  return roots;
}

/// Rows of unknown length that a tile may hold: temporary memory is sized for as many.
constexpr int64_t maxUnknownRows = 64;

/// Iterations of the innermost loop that a tile has at least, where the loops around it are whole: fewer
/// would read memory that lies side by side in strides, and leave vectors empty. Four cache lines of 4-byte
/// elements.
constexpr int64_t leastRun = 64;

/// How many of a loop's iterations make about `points` together with `inner` iterations in each: at least 1,
/// at most `limit`; a constant when `inner` holds no sizes known only at run time.
OpFoldResult divideByInner(RewriterBase &rewriter, Location loc, int64_t points, int64_t limit,
                           ArrayRef<OpFoldResult> inner) {
  if (inner.empty())
    return rewriter.getIndexAttr(std::min(points, limit));
  MLIRContext *context = rewriter.getContext();
  AffineExpr one = getAffineConstantExpr(1, context), all = getAffineConstantExpr(points, context);
  AffineExpr size = getAffineSymbolExpr(0, context);
  OpFoldResult divisor = inner.front();
  if (inner.size() > 1) {
    Value total = getValueOrCreateConstantIndexOp(rewriter, loc, inner.front());
    for (OpFoldResult other : inner.drop_front())
      total =
          arith::MulIOp::create(rewriter, loc, total, getValueOrCreateConstantIndexOp(rewriter, loc, other));
    divisor = total;
  }
  divisor =
      affine::makeComposedFoldedAffineMax(rewriter, loc, AffineMap::get(0, 1, {one, size}, context), divisor);
  // A minimum, not a maximum with 1: bounds of tiles are derived from it.
  auto map = AffineMap::get(0, 1, {getAffineConstantExpr(limit, context), 1 + all.floorDiv(size)}, context);
  return affine::makeComposedFoldedAffineMin(rewriter, loc, map, divisor);
}

/// Chooses tile sizes for `root`: inner loops whole, outer ones cut so that a tile has about `points`
/// iterations; where only the innermost loop can be cut, at least `leastRun` of it.
SmallVector<OpFoldResult> chooseTileSizes(RewriterBase &rewriter, linalg::LinalgOp root,
                                          ArrayRef<unsigned> dims, int64_t points) {
  Location loc = root.getLoc();
  SmallVector<int64_t> sizes = root.getStaticLoopRanges();
  SmallVector<Range> ranges = root.createLoopRanges(rewriter, loc);
  SmallVector<OpFoldResult> tiles(sizes.size(), rewriter.getIndexAttr(0));
  // Loops that stay whole take their share of the points first.
  int64_t left = points;
  SmallVector<OpFoldResult> unknown;
  for (unsigned i = 0; i < sizes.size(); ++i) {
    if (llvm::is_contained(dims, i))
      continue;
    if (ShapedType::isStatic(sizes[i]))
      left = std::max<int64_t>(1, left / std::max<int64_t>(1, sizes[i]));
    else
      unknown.push_back(ranges[i].size);
  }
  bool isFull = false;
  for (unsigned dim : llvm::reverse(dims)) {
    if (isFull) {
      tiles[dim] = rewriter.getIndexAttr(1);
      continue;
    }
    int64_t size = sizes[dim];
    if (ShapedType::isStatic(size) && unknown.empty() && size <= left) {
      left /= std::max<int64_t>(1, size);
      continue;
    }
    if (ShapedType::isStatic(size) && unknown.empty()) {
      // Even tiles: as many as needed, all but the last of the same size.
      int64_t most = dim + 1 == sizes.size() ? std::max(left, std::min(leastRun, size)) : left;
      tiles[dim] = rewriter.getIndexAttr(llvm::divideCeil(size, llvm::divideCeil(size, most)));
      isFull = true;
      continue;
    }
    int64_t limit = unknown.empty() ? left : std::min(left, maxUnknownRows);
    tiles[dim] = divideByInner(rewriter, loc, left, limit, unknown);
    if (ShapedType::isDynamic(size) && unknown.empty())
      unknown.push_back(ranges[dim].size); // outer loops may still hold several of these rows
    else
      isFull = true;
  }
  return tiles;
}

bool isWhole(ArrayRef<OpFoldResult> tiles) {
  return llvm::all_of(tiles, [](OpFoldResult tile) { return isConstantIntValue(tile, 0); });
}

/// Makes the kernel return `to` where it returned `from`, reshaped or not. Other users of `from` keep it:
/// they may stand before `to`, or be tiled later and compute it again in their own tiles.
void replaceReturned(RewriterBase &rewriter, Operation *terminator, Value from, Value to) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(terminator);
  for (OpOperand &returned : terminator->getOpOperands()) {
    SmallVector<Operation *> reshapes;
    Value value = returned.get();
    while (value != from && value.getDefiningOp() &&
           isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(value.getDefiningOp())) {
      reshapes.push_back(value.getDefiningOp());
      value = reshapes.back()->getOperand(0);
    }
    if (value != from)
      continue;
    IRMapping mapping;
    mapping.map(from, to);
    for (Operation *reshape : llvm::reverse(reshapes))
      (void)rewriter.clone(*reshape, mapping);
    rewriter.modifyOpInPlace(terminator, [&] { returned.set(mapping.lookup(returned.get())); });
  }
}

/// Tiles `root` under a forall, computes producers inside, and returns it; results of `intermediate` leave it
/// too unless they are in `yielded`, which it updates.
FailureOr<scf::ForallOp> tileRoot(RewriterBase &rewriter, linalg::LinalgOp root, ArrayRef<OpFoldResult> tiles,
                                  ArrayRef<Operation *> intermediate, llvm::SmallPtrSetImpl<Value> &yielded) {
  scf::SCFTilingOptions tiling;
  tiling.setTileSizes(tiles);
  tiling.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
  scf::SCFTileAndFuseOptions options;
  options.setTilingOptions(tiling);
  options.setFusionControlFn([&](tensor::ExtractSliceOp, OpResult producer,
                                 bool) -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
    if (!isa<linalg::LinalgOp>(producer.getOwner()))
      return std::nullopt;
    bool isReturned =
        llvm::is_contained(intermediate, producer.getOwner()) && yielded.insert(producer).second;
    return scf::SCFTileAndFuseOptions::ControlFnResult{isReturned};
  });
  rewriter.setInsertionPoint(root);
  FailureOr<scf::SCFTileAndFuseResult> result = scf::tileConsumerAndFuseProducersUsingSCF(
      rewriter, cast<TilingInterface>(root.getOperation()), options);
  if (failed(result) || result->loops.empty())
    return failure();
  Operation *terminator = root->getBlock()->getTerminator();
  for (auto [from, to] : result->replacements)
    replaceReturned(rewriter, terminator, from, to);
  return cast<scf::ForallOp>(result->loops.front().getOperation());
}

/// Whether two foralls run over the same tiles.
bool haveEqualBounds(scf::ForallOp a, scf::ForallOp b) {
  return a.getMixedLowerBound() == b.getMixedLowerBound() &&
         a.getMixedUpperBound() == b.getMixedUpperBound() && a.getMixedStep() == b.getMixedStep();
}

/// Makes one forall of all of them, at the place of the last; they do not depend on each other.
bool mergeForalls(RewriterBase &rewriter, SmallVectorImpl<scf::ForallOp> &loops) {
  while (loops.size() > 1) {
    scf::ForallOp second = loops.pop_back_val(), first = loops.pop_back_val();
    if (!haveEqualBounds(first, second))
      return false;
    // What stands between the two must not need the first.
    for (Operation *op = first->getNextNode(); op != second; op = op->getNextNode())
      if (llvm::is_contained(op->getOperands(), first.getResult(0)))
        return false;
    loops.push_back(fuseIndependentSiblingForallLoops(first, second, rewriter));
  }
  return true;
}

void eraseDeadOps(RewriterBase &rewriter, kernel::FuncOp func) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(func.getBody().front())))
    if (isOpTriviallyDead(&op))
      rewriter.eraseOp(&op);
}

/// Replaces sizes of arguments that tiling asked for by the index arguments that hold them: equal tiles of a
/// producer are then seen to be equal, and sizes of temporaries to be known at the start.
void resolveArgumentSizes(kernel::FuncOp func) {
  func.walk([&](tensor::DimOp dim) {
    auto argument = dyn_cast<BlockArgument>(dim.getSource());
    std::optional<int64_t> axis = dim.getConstantIndex();
    auto type = dyn_cast<RankedTensorType>(dim.getSource().getType());
    if (!argument || argument.getOwner() != &func.getBody().front() || !axis || !type ||
        !type.isDynamicDim(*axis))
      return;
    int64_t position = llvm::count_if(type.getShape().take_front(*axis), ShapedType::isDynamic);
    dim.replaceAllUsesWith(func.getArgument(func.getArgDims(argument.getArgNumber())[position]));
    dim.erase();
  });
}

/// The tile sizes that the schedule of `root` asks for; nullopt when it has none.
std::optional<SmallVector<OpFoldResult>> getScheduledTiles(Builder &builder, linalg::LinalgOp root,
                                                           ArrayRef<unsigned> dims) {
  auto schedule = sched::CPUAttr::of(root);
  if (!schedule)
    return std::nullopt;
  SmallVector<OpFoldResult> tiles(root.getNumLoops(), builder.getIndexAttr(0));
  for (auto [dim, tile] : llvm::enumerate(schedule.getParallel()))
    if (llvm::is_contained(dims, dim))
      tiles[dim] = builder.getIndexAttr(tile);
  return tiles;
}

} // namespace

bool weft::tileAndFuse(RewriterBase &rewriter, kernel::FuncOp func, const TileOptions &options,
                       std::string &reason) {
  Operation *terminator = func.getBody().front().getTerminator();
  if (terminator->getNumOperands() == 1 &&
      splitConcatenation(rewriter, terminator->getOperand(0), options.chunkPoints))
    return true;
  copyReturnedSlices(rewriter, func);
  Roots roots = findRoots(func, reason);
  if (!reason.empty())
    return false;
  SmallVector<SmallVector<OpFoldResult>> plans;
  for (linalg::LinalgOp root : roots.tiled) {
    RootAnalysis analysis = analyseRoot(root, roots.intermediate);
    if (!analysis.obstacle.empty()) {
      reason = analysis.obstacle;
      return false;
    }
    if (analysis.dims.empty()) {
      reason = "no loop can be split without computing an operand again";
      return false;
    }
    rewriter.setInsertionPoint(root);
    int64_t points = analysis.hasTemporaries ? options.rowPoints : options.chunkPoints;
    std::optional<SmallVector<OpFoldResult>> scheduled = getScheduledTiles(rewriter, root, analysis.dims);
    plans.push_back(scheduled ? *scheduled : chooseTileSizes(rewriter, root, analysis.dims, points));
    if (isWhole(plans.back())) {
      reason = "the kernel is one tile";
      return false;
    }
  }
  SmallVector<scf::ForallOp> loops;
  llvm::SmallPtrSet<Value, 4> yielded;
  for (auto [root, tiles] : llvm::zip_equal(roots.tiled, plans)) {
    FailureOr<scf::ForallOp> loop = tileRoot(rewriter, root, tiles, roots.intermediate, yielded);
    if (failed(loop)) {
      reason = "an operation refuses to be tiled";
      return false;
    }
    loops.push_back(*loop);
  }
  eraseDeadOps(rewriter, func);
  if (mergeForalls(rewriter, loops))
    return true;
  reason = "results have different tiles";
  return false;
}

/// Whether a contraction of the kernel is split over threads when it is expanded.
static bool isSplitLater(kernel::FuncOp func) {
  auto isSplit = [](kernel::EpilogueOpInterface op) {
    sched::CPUAttr sched = sched::CPUAttr::of(op);
    return sched && !sched.getParallel().empty() ? WalkResult::interrupt() : WalkResult::advance();
  };
  return func.walk(isSplit).wasInterrupted();
}

namespace {

struct WeftTileAndFusePass : weft::impl::WeftTileAndFusePassBase<WeftTileAndFusePass> {
  using WeftTileAndFusePassBase::WeftTileAndFusePassBase;
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    weft::TileOptions options{chunkPoints, rowPoints};
    std::string reason;
    if (!weft::tileAndFuse(rewriter, getOperation(), options, reason) && remarks &&
        !isSplitLater(getOperation()))
      getOperation().emitRemark() << "not parallel: " << reason;
    resolveArgumentSizes(getOperation());
  }
};

} // namespace
