// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises rotary position embedding of halves and of adjacent pairs.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// Whether the second half of the last axis repeats the first.
static bool repeatsHalves(Value value, int depth = 0) {
  // cos(concat(f, f)) under a cast, a scale, a gather of rows and two reshapes.
  constexpr int kMaxDepth = 10;
  Operation *op = value.getDefiningOp();
  RankedTensorType type = tensorOf(value);
  int64_t size = type.getRank() ? type.getShape().back() : 1;
  if (!op || depth > kMaxDepth || ShapedType::isDynamic(size) || size % 2 != 0)
    return false;
  if (auto concat = dyn_cast<ConcatOp>(op))
    return static_cast<int64_t>(concat.getAxis()) == type.getRank() - 1 && concat.getXs().size() == 2 &&
           concat.getXs()[0] == concat.getXs()[1];
  auto isRepeated = [&](Value operand) { return repeatsHalves(operand, depth + 1); };
  auto keepsLast = [&](Value operand) {
    return tensorOf(operand).getRank() > 0 && tensorOf(operand).getShape().back() == size;
  };
  if (isa<ElementwiseOpInterface>(op))
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      return tensorOf(operand).getRank() > 0 &&
             (tensorOf(operand).getShape().back() == 1 || isRepeated(operand));
    });
  if (isa<ReshapeOp, BroadcastOp>(op))
    return keepsLast(op->getOperand(0)) && isRepeated(op->getOperand(0));
  if (auto slice = dyn_cast<SliceOp>(op))
    return slice.getStaticOffsets().back() == 0 && slice.getStrides().back() == 1 &&
           keepsLast(slice.getX()) && isRepeated(slice.getX());
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return transpose.getPerm().back() == type.getRank() - 1 && isRepeated(transpose.getX());
  if (auto gather = dyn_cast<GatherOp>(op))
    return static_cast<int64_t>(gather.getAxis()) < tensorOf(gather.getX()).getRank() - 1 &&
           isRepeated(gather.getX());
  std::optional<SmallVector<double>> values = readConstant(value);
  for (int64_t at = 0, count = values ? values->size() : 0; at < count; at += size)
    for (int64_t lane = 0; lane < size / 2; ++lane)
      if ((*values)[at + lane] != (*values)[at + lane + size / 2])
        return false;
  return values.has_value();
}

/// Where the heads are, given the tables' shape: [B|1 1 S n] (bhsd) or [B|1 S 1 n] (bshd) beside x
/// [B H S D] or [B S H D].
static std::optional<HeadLayout> matchLayout(Value x, Value table) {
  if (tensorOf(x).getRank() != 4 || tensorOf(table).getRank() != 4 ||
      (tensorOf(table).getDimSize(0) != 1 && !isSameDim(x, 0, table, 0)))
    return std::nullopt;
  if (tensorOf(table).getDimSize(1) == 1 && isSameDim(x, 2, table, 2))
    return HeadLayout::bhsd;
  if (tensorOf(table).getDimSize(2) == 1 && isSameDim(x, 1, table, 1))
    return HeadLayout::bshd;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Matchers
//===----------------------------------------------------------------------===//

/// Whether `value` is concat(-x[.., D/2:], x[.., :D/2]); x itself may be a slice, with which these are
/// joined.
static bool isRotatedHalves(Value value, Value x) {
  auto concat = value.getDefiningOp<ConcatOp>();
  if (!concat || concat.getXs().size() != 2 || tensorOf(value).getRank() != 4 || concat.getAxis() != 3 ||
      !isSameShape(value, x))
    return false;
  Line negated = matchLine(concat.getXs()[0]);
  auto upper = matchLastSlice(negated.x), lower = matchLastSlice(concat.getXs()[1]);
  int64_t size = tensorOf(value).getDimSize(3), half = tensorOf(concat.getXs()[1]).getDimSize(3);
  if (negated.scale != -1 || negated.shift != 0 || !upper || !lower || size != 2 * half ||
      upper->first != lower->first || upper->second != lower->second + half)
    return false;
  if (lower->first == x)
    return lower->second == 0;
  return matchLastSlice(x) == lower;
}

FailureOr<RopeMatch> matchRopeHalves(Value root, const char **why) {
  auto add = root.getDefiningOp<AddOp>();
  auto left = add ? add.getLhs().getDefiningOp<MulOp>() : MulOp();
  auto right = add ? add.getRhs().getDefiningOp<MulOp>() : MulOp();
  if (!left || !right)
    return decline(why, "it is no sum of two products");
  for (auto [straight, crossed] : {std::pair(left, right), std::pair(right, left)})
    for (int side : {0, 1, 2, 3}) {
      Value x = straight->getOperand(side & 1), cos = straight->getOperand(1 - (side & 1));
      Value rotated = crossed->getOperand(side >> 1), sin = crossed->getOperand(1 - (side >> 1));
      std::optional<HeadLayout> layout =
          isRotatedHalves(rotated, x) ? matchLayout(x, cos) : std::optional<HeadLayout>();
      if (layout && isSameShape(cos, sin) && isSameDim(cos, 3, x, 3) && repeatsHalves(cos) &&
          repeatsHalves(sin))
        return RopeMatch{x, cos, sin, *layout, /*isInterleaved=*/false};
    }
  return decline(why, "neither product is of the other's rotated halves, with tables of the same shape that "
                      "repeat their halves");
}

/// What is at even (`which` 0) or odd places of the last axis of x [.., D], as [.., D/2].
static Value matchPlaces(Value value, int64_t which) {
  // x[.., which::2]
  if (auto slice = matchLastSlice(value, /*stride=*/2); slice && slice->second == which) {
    int64_t size = tensorOf(slice->first).getShape().back();
    return size == 2 * tensorOf(value).getShape().back() ? slice->first : Value();
  }
  // x as [.., D/2, 2], of which the last axis is taken at `which`.
  Value pairs;
  if (auto gather = value.getDefiningOp<GatherOp>()) {
    std::optional<double> index = getScalar(gather.getIndices());
    if (index && *index == which && tensorOf(gather.getIndices()).getRank() == 0 &&
        static_cast<int64_t>(gather.getAxis()) == tensorOf(gather.getX()).getRank() - 1)
      pairs = gather.getX();
  } else if (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    auto slice = matchLastSlice(reshape.getX());
    if (slice && slice->second == which && tensorOf(reshape.getX()).getShape().back() == 1 &&
        tensorOf(reshape.getX()).getRank() == tensorOf(value).getRank() + 1)
      pairs = slice->first;
  }
  if (!pairs || tensorOf(pairs).getRank() != tensorOf(value).getRank() + 1 ||
      tensorOf(pairs).getShape().back() != 2)
    return {};
  for (int64_t axis = 0; axis < tensorOf(value).getRank(); ++axis)
    if (!isSameDim(value, axis, pairs, axis))
      return {};
  return pairs;
}

/// The product of one of `even`, `odd` and a table: which of the two, and the table.
static std::pair<Value, Value> splitPlaced(Value product) {
  auto mul = product.getDefiningOp<MulOp>();
  if (!mul)
    return {};
  for (int side : {0, 1})
    for (int64_t which : {0, 1})
      if (Value place = mul->getOperand(side); matchPlaces(place, which))
        return {place, mul->getOperand(1 - side)};
  return {};
}

FailureOr<RopeMatch> matchRopePairs(Value root, const char **why) {
  auto reshape = root.getDefiningOp<ReshapeOp>();
  auto stacked = reshape ? reshape.getX().getDefiningOp<ConcatOp>() : ConcatOp();
  if (!stacked || stacked.getXs().size() != 2 || tensorOf(stacked.getResult()).getRank() != 5 ||
      stacked.getAxis() != 4)
    return decline(why, "it reshapes no two values that are stacked along a last axis of their own");
  auto first = stacked.getXs()[0].getDefiningOp<ReshapeOp>();
  auto second = stacked.getXs()[1].getDefiningOp<ReshapeOp>();
  // a c - b s and a s + b c, each as [.., D/2, 1].
  auto sub = first ? first.getX().getDefiningOp<SubOp>() : SubOp();
  auto add = second ? second.getX().getDefiningOp<AddOp>() : AddOp();
  if (!sub || !add || tensorOf(first.getX()).getRank() != 4 || tensorOf(second.getX()).getRank() != 4 ||
      tensorOf(first.getResult()).getShape().back() != 1)
    return decline(why, "what is stacked is no difference and sum of heads");
  auto [even, cos] = splitPlaced(sub.getLhs());
  auto [odd, sin] = splitPlaced(sub.getRhs());
  auto [placeA, tableA] = splitPlaced(add.getLhs());
  auto [placeB, tableB] = splitPlaced(add.getRhs());
  bool isCrossed = (placeA == even && tableA == sin && placeB == odd && tableB == cos) ||
                   (placeB == even && tableB == sin && placeA == odd && tableA == cos);
  if (!even || !odd)
    return decline(why, "the difference is not of products with entries at even and at odd places");
  if (!isCrossed)
    return decline(why, "the sum does not take the tables crosswise");
  Value x = matchPlaces(even, 0);
  std::optional<HeadLayout> layout = x ? matchLayout(even, cos) : std::nullopt;
  if (!layout || matchPlaces(odd, 1) != x || !isSameShape(cos, sin) || !isSameDim(cos, 3, even, 3))
    return decline(
        why, "the places are of different values, or the tables have another shape than positions by pairs");
  return RopeMatch{x, cos, sin, *layout, /*isInterleaved=*/true};
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// The table [B|1 1 S n] or [B|1 S 1 n] as [B|1 S n/2|n].
static Value createTable(PatternRewriter &rewriter, Location loc, Value table, const RopeMatch &match,
                         int64_t pairs) {
  Value half = match.isInterleaved ? table : createLastSlice(rewriter, loc, table, 0, pairs);
  SmallVector<DimExpr> dims = mlir::weft::getDims(tensorOf(half));
  dims.erase(dims.begin() + (match.layout == HeadLayout::bhsd ? 1 : 2));
  return createReshape(rewriter, loc, half, dims, {half});
}

static RopeOp createRope(PatternRewriter &rewriter, Location loc, Value x, const RopeMatch &match) {
  int64_t size = tensorOf(x).getDimSize(3);
  Value cos = createTable(rewriter, loc, match.cos, match, size / 2);
  Value sin = createTable(rewriter, loc, match.sin, match, size / 2);
  NamedAttribute attributes[] = {
      rewriter.getNamedAttr("layout", HeadLayoutAttr::get(rewriter.getContext(), match.layout)),
      rewriter.getNamedAttr("interleaved", rewriter.getBoolAttr(match.isInterleaved)),
      rewriter.getNamedAttr("dims", rewriter.getI64IntegerAttr(size))};
  return buildChecked<RopeOp>(rewriter, loc, {x, cos, sin}, attributes);
}

namespace {

struct RecognizeRopeHalves : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<RopeMatch> match = matchRopeHalves(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    SmallVector<Value> inputs = {match->x, match->cos, match->sin};
    // What x is a slice of is read by the halves too.
    if (auto slice = match->x.getDefiningOp<SliceOp>())
      inputs.push_back(slice.getX());
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, inputs);
    if (failed(ops))
      return failure();
    RopeOp rope = createRope(rewriter, op.getLoc(), match->x, *match);
    if (!rope)
      return failure();
    replaceMatch(rewriter, *ops, inputs, rope.getResult());
    return success();
  }
};

struct RecognizeRopePairs : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<RopeMatch> match = matchRopePairs(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    Value inputs[] = {match->x, match->cos, match->sin};
    std::optional<SmallVector<Operation *>> ops = getClosedOps(op.getResult(), inputs);
    if (!ops)
      return rewriter.notifyMatchFailure(op, "a value in between has other users");
    Location loc = op.getLoc();
    // The pairs [.., D/2, 2] side by side are [.., D].
    Value stacked = op.getX(), x = match->x;
    SmallVector<DimExpr> dims = mlir::weft::getDims(tensorOf(stacked));
    dims.pop_back();
    dims.back() = dims.back() * DimExpr::constant(2);
    if (!dims.back().getConstant())
      return rewriter.notifyMatchFailure(op, "the size of a head is not known at compile time");
    x = createReshape(rewriter, loc, x, dims, {x});
    RopeOp rope = x ? createRope(rewriter, loc, x, *match) : RopeOp();
    if (!rope)
      return rewriter.notifyMatchFailure(op, "a size is the dim of no operand");
    Value y = rope.getResult();
    if (y.getType() != op.getType())
      y = ReshapeOp::create(rewriter, loc, op.getType(), y, op.getShape(), op.getStaticShape());
    replaceMatch(rewriter, *ops, inputs, y);
    return success();
  }
};

/// Only the first dims of a head were rotated, the others put back behind them.
struct RecognizePartialRope : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    auto rope =
        op.getXs().size() == 2 && op.getAxis() == 3 ? op.getXs()[0].getDefiningOp<RopeOp>() : RopeOp();
    auto rotated = rope ? matchLastSlice(rope.getX()) : std::nullopt;
    auto rest = rope ? matchLastSlice(op.getXs()[1]) : std::nullopt;
    if (!rotated || !rest || rotated->first != rest->first || rotated->second != 0)
      return rewriter.notifyMatchFailure(op, "it is no head of which the first dims are rotated");
    Value x = rest->first;
    int64_t dims = tensorOf(rope.getResult()).getDimSize(3);
    if (rest->second != dims || x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "dims of the head are missing or come twice");
    if (!rope->hasOneUse())
      return rewriter.notifyMatchFailure(op, "the rotated dims have other users");
    auto whole = cast<RopeOp>(rewriter.clone(*rope));
    rewriter.modifyOpInPlace(whole, [&] {
      whole.getXMutable().assign(x);
      whole.getResult().setType(cast<RankedTensorType>(op.getType()));
    });
    rewriter.replaceOp(op, whole.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeRopePatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeRopeHalves, RecognizeRopePairs, RecognizePartialRope>(patterns.getContext());
}

} // namespace weft
