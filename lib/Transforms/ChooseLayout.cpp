// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flips image ops to channels last and moves the transposes this needs to the edges of the graph.
#include "weft/Transforms/ChooseLayout.h"

#include "PermuteAxes.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/InferShapes.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_VERIFYLAYOUTPASS
#define GEN_PASS_DEF_WEFTCHOOSELAYOUTPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

namespace {

/// [N S.. C] -> [N C S..]: result dim i is operand dim perm[i].
SmallVector<int64_t> toChannelsFirst(int64_t rank) {
  SmallVector<int64_t> perm = {0, rank - 1};
  for (int64_t dim = 1; dim < rank - 1; ++dim)
    perm.push_back(dim);
  return perm;
}

/// [N C S..] -> [N S.. C].
SmallVector<int64_t> toChannelsLast(int64_t rank) { return ::weft::invertPermutation(toChannelsFirst(rank)); }

std::optional<Layout> getLayout(Operation *op) {
  return TypeSwitch<Operation *, std::optional<Layout>>(op)
      .Case<ConvOp, ConvTransposeOp, DeformConvOp, GridSampleOp, RoiPoolOp>(
          [](auto image) { return image.getLayout(); })
      .Default([](Operation *) { return std::nullopt; });
}

/// Whether operand `number` of an op with a layout has channels and spatial dims.
bool hasLayoutDims(Operation *op, unsigned number) {
  if (number == 0)
    return true;
  if (isa<DeformConvOp>(op))
    return true;
  return number == 1 && isa<ConvOp, ConvTransposeOp>(op);
}

/// The operand of a transpose to channels first; null for other values.
Value getChannelsLastSource(Value value) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose || transpose.getPerm().size() < 3 ||
      transpose.getPerm() != ArrayRef<int64_t>(toChannelsFirst(transpose.getPerm().size())))
    return {};
  return transpose.getX();
}

/// Whether a transpose of the value to channels last moves no data at run time: constants, and dims of
/// size 1.
bool isFreeToTranspose(Value value) {
  if (value.getDefiningOp<ConstantOp>())
    return true;
  auto type = cast<RankedTensorType>(value.getType());
  int64_t spatialCount = 1;
  for (int64_t size : type.getShape().drop_front(2))
    spatialCount = ShapedType::isDynamic(size) || size != 1 ? 2 : spatialCount;
  return type.getDimSize(1) == 1 || spatialCount == 1;
}

} // namespace

namespace weft {

LogicalResult flipToChannelsLast(RewriterBase &rewriter, Operation *op) {
  if (getLayout(op) != Layout::nchw)
    return rewriter.notifyMatchFailure(op, "it has no layout, or channels are last already");
  rewriter.setInsertionPoint(op);
  int64_t rank = cast<RankedTensorType>(op->getOperand(0).getType()).getRank();
  SmallVector<Value> operands = llvm::to_vector(op->getOperands());
  for (auto [number, operand] : llvm::enumerate(operands))
    if (hasLayoutDims(op, number))
      operand = transposeValue(rewriter, op->getLoc(), operand, toChannelsLast(rank));
  SmallVector<NamedAttribute> attributes = llvm::to_vector(op->getAttrDictionary().getValue());
  llvm::erase_if(attributes, [](NamedAttribute attribute) { return attribute.getName() == "layout"; });
  attributes.push_back(rewriter.getNamedAttr("layout", LayoutAttr::get(op->getContext(), Layout::nhwc)));
  Operation *flipped =
      buildChecked(rewriter, op->getLoc(), op->getName().getStringRef(), operands, attributes);
  if (!flipped)
    return failure();
  setPermutedType(flipped->getResult(0), op->getResult(0).getType(), toChannelsLast(rank));
  rewriter.replaceOp(op,
                     transposeValue(rewriter, op->getLoc(), flipped->getResult(0), toChannelsFirst(rank)));
  return success();
}

LogicalResult sinkTranspose(RewriterBase &rewriter, Operation *op) {
  if (!isa<WeftDialect>(op->getDialect()) || op->getNumResults() == 0)
    return rewriter.notifyMatchFailure(op, "it is no tensor op");
  SmallVector<unsigned> moved = getPermutableOperands(op);
  if (moved.empty())
    return rewriter.notifyMatchFailure(op, "its axes cannot be permuted");
  int64_t rank = cast<RankedTensorType>(op->getOperand(moved[0]).getType()).getRank(), sources = 0,
          others = 0;
  for (unsigned number : moved) {
    Value operand = op->getOperand(number);
    // A transpose that moves no data is no reason: of rank 3, where both directions are the same permutation,
    // two such operands would pass it to and fro for ever.
    if (Value source = getChannelsLastSource(operand))
      sources += !isFreeToTranspose(operand) && !source.getDefiningOp<ConstantOp>();
    else if (rank >= 3 && !isFreeToTranspose(operand))
      ++others;
  }
  if (sources == 0)
    return rewriter.notifyMatchFailure(op, "no operand is a transpose to channels first");
  if (others >= sources)
    return rewriter.notifyMatchFailure(op, "as many operands would need a transpose");
  rewriter.setInsertionPoint(op);
  SmallVector<Value> operands = llvm::to_vector(op->getOperands());
  for (unsigned number : moved) {
    Value source = getChannelsLastSource(operands[number]);
    operands[number] =
        source ? source : transposeValue(rewriter, op->getLoc(), operands[number], toChannelsLast(rank));
  }
  Operation *permuted = buildPermuted(rewriter, op, operands, toChannelsFirst(rank));
  if (!permuted)
    return rewriter.notifyMatchFailure(op, "internal: it refuses what permutes its axes");
  SmallVector<Value> results;
  for (auto [value, old] : llvm::zip(permuted->getResults(), op->getResults())) {
    setPermutedType(value, old.getType(), toChannelsLast(rank));
    results.push_back(transposeValue(rewriter, op->getLoc(), value, toChannelsFirst(rank)));
  }
  rewriter.replaceOp(op, results);
  return success();
}

} // namespace weft

namespace {

struct SinkTranspose : RewritePattern {
  SinkTranspose(MLIRContext *context, int64_t &sunk)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), sunk(sunk) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (failed(::weft::sinkTranspose(rewriter, op)))
      return failure();
    ++sunk;
    return success();
  }

  int64_t &sunk;
};

struct SinkThroughReshape : OpRewritePattern<ReshapeOp> {
  SinkThroughReshape(MLIRContext *context, int64_t &sunk) : OpRewritePattern(context), sunk(sunk) {}

  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    int64_t rank = cast<RankedTensorType>(op.getType()).getRank();
    SmallVector<int64_t> layout = rank >= 3 ? toChannelsFirst(rank) : SmallVector<int64_t>();
    if (failed(::weft::sinkTransposeThroughReshape(rewriter, op, layout)))
      return failure();
    ++sunk;
    return success();
  }

  int64_t &sunk;
};

} // namespace

namespace weft {

void populateSinkTransposePatterns(RewritePatternSet &patterns, int64_t &sunk) {
  patterns.add<SinkTranspose, SinkThroughReshape>(patterns.getContext(), sunk);
}

FailureOr<ChooseLayoutResult> chooseLayout(func::FuncOp func) {
  ChooseLayoutResult result;
  SmallVector<Operation *> ops;
  func.walk([&](Operation *op) {
    if (getLayout(op) == Layout::nchw)
      ops.push_back(op);
  });
  IRRewriter rewriter(func.getContext());
  for (Operation *op : ops)
    result.flipped += succeeded(flipToChannelsLast(rewriter, op));
  RewritePatternSet patterns(func.getContext());
  populateSinkTransposePatterns(patterns, result.sunk);
  TransposeOp::getCanonicalizationPatterns(patterns, func.getContext());
  ReshapeOp::getCanonicalizationPatterns(patterns, func.getContext());
  if (failed(applyPatternsGreedily(func, std::move(patterns))))
    return func.emitOpError(
        "internal: expected transposes to come to rest, but they still move after many rounds");
  if (failed(inferShapes(func)))
    return failure();
  return result;
}

LogicalResult verifyLayout(func::FuncOp func) {
  LogicalResult result = success();
  func.walk([&](Operation *op) {
    if (getLayout(op) == Layout::nchw)
      result = op->emitOpError("internal: expected channels last; run weft-choose-layout");
  });
  return result;
}

} // namespace weft

namespace {

struct VerifyLayoutPass : ::weft::impl::VerifyLayoutPassBase<VerifyLayoutPass> {
  void runOnOperation() override {
    if (failed(::weft::verifyLayout(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

struct WeftChooseLayoutPass : ::weft::impl::WeftChooseLayoutPassBase<WeftChooseLayoutPass> {
  void runOnOperation() override {
    FailureOr<::weft::ChooseLayoutResult> result = ::weft::chooseLayout(getOperation());
    if (failed(result))
      return signalPassFailure();
    numFlipped += result->flipped;
    numSunk += result->sunk;
  }
};

} // namespace
