// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises scaled dot-product attention between two matrix products.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

/// Takes a scalar factor off `value`: x of x * c or x / c, with c (or its inverse) multiplied into `scale`.
static Value stripScale(Value value, double &scale) {
  if (!isa_and_nonnull<MulOp, DivOp>(value.getDefiningOp()))
    return value;
  Line line = matchLine(value);
  if (line.shift != 0)
    return value;
  scale *= line.scale;
  return line.x;
}

/// k or v [B Hk S D] of a value in which each head comes several times in a row: reshape(broadcast) of
/// [B Hk 1 S D], perhaps with more dims of size 1, or a broadcast of one head. `heads` is the axis of the
/// heads. The value itself when it is neither.
static RepeatedHeads matchRepeatedHeads(Value value, int64_t heads) {
  RepeatedHeads plain{value, mlir::weft::getDims(tensorOf(value))};
  auto reshape = value.getDefiningOp<ReshapeOp>();
  auto broadcast = (reshape ? reshape.getX() : value).getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return plain;
  RepeatedHeads repeated{broadcast.getX(), plain.shape};
  std::optional<int64_t> widened;
  for (int64_t axis = 0, rank = tensorOf(repeated.x).getRank(); axis < rank; ++axis) {
    if (isSameDim(repeated.x, axis, broadcast.getResult(), axis))
      continue;
    if (widened || tensorOf(repeated.x).getDimSize(axis) != 1)
      return plain;
    widened = axis;
  }
  if (!widened)
    return plain;
  if (!reshape) {
    repeated.shape = mlir::weft::getDims(tensorOf(repeated.x));
    return *widened == heads ? repeated : plain;
  }
  // The reshape joins the heads with the copies behind them, drops dims of size 1, and nothing else.
  int64_t next = 0, rank = plain.shape.size();
  for (int64_t axis = 0, from = tensorOf(repeated.x).getRank(); axis < from; ++axis) {
    DimExpr dim = mlir::weft::getDim(tensorOf(repeated.x), axis);
    if (axis == *widened) {
      if (next != heads + 1)
        return plain;
    } else if (next == heads || (next < rank && DimExpr::provablyEqual(dim, plain.shape[next]))) {
      repeated.shape[next++] = dim;
    } else if (dim.getConstant() != 1) {
      return plain;
    }
  }
  return next == rank ? repeated : plain;
}

namespace {
/// Follows the scores from the softmax to the first product.
class ScoreMatcher {
public:
  explicit ScoreMatcher(AttentionMatch &match) : match(match) {}

  /// Masks outside, then the soft cap, then the scale.
  MatmulOp run(Value scores);

private:
  MatmulOp withMask(Value scores, const ScoreMask &mask);
  void addMask(const ScoreMask &mask);

  AttentionMatch &match;
};
} // namespace

/// A mask that is the sum (or conjunction) of a causal one and another counts as two.
void ScoreMatcher::addMask(const ScoreMask &mask) {
  Operation *op = mask.value.getDefiningOp();
  bool isJoined = mask.isAdded ? isa_and_nonnull<AddOp>(op) : mask.holds && isa_and_nonnull<AndOp>(op);
  auto isCausal = [&](Value part) { return succeeded(matchCausalMask(part, mask.isAdded, mask.holds)); };
  if (!isJoined || llvm::none_of(op->getOperands(), isCausal)) {
    match.masks.push_back(mask);
    return;
  }
  for (Value part : op->getOperands())
    match.masks.push_back({part, mask.isAdded, mask.holds});
}

MatmulOp ScoreMatcher::withMask(Value scores, const ScoreMask &mask) {
  AttentionMatch before = match;
  addMask(mask);
  MatmulOp product = run(scores);
  if (!product)
    match = before;
  return product;
}

MatmulOp ScoreMatcher::run(Value scores) {
  MatmulOp product;
  if (auto add = scores.getDefiningOp<AddOp>()) {
    product = withMask(add.getLhs(), {add.getRhs(), /*isAdded=*/true, /*holds=*/true});
    if (!product)
      product = withMask(add.getRhs(), {add.getLhs(), /*isAdded=*/true, /*holds=*/true});
  } else if (auto select = scores.getDefiningOp<SelectOp>()) {
    if (isHiddenScore(select.getRhs()))
      product = withMask(select.getLhs(), {select.getCond(), /*isAdded=*/false, /*holds=*/true});
    else if (isHiddenScore(select.getLhs()))
      product = withMask(select.getRhs(), {select.getCond(), /*isAdded=*/false, /*holds=*/false});
  } else {
    double factor = 1;
    Value inner = stripScale(scores, factor);
    if (auto tanh = inner.getDefiningOp<TanhOp>(); tanh && factor > 0) {
      // c tanh(s / c), where s / c may have been joined with the scale before it.
      match.softcap = factor;
      inner = stripScale(tanh.getX(), factor);
    }
    match.scale *= factor;
    product = inner.getDefiningOp<MatmulOp>();
  }
  // A mask or scale that is wider than the scores would repeat them.
  return product && isSameShape(scores, product.getResult()) ? product : MatmulOp();
}

/// k, whose rows are keys, of the right side of the first product.
static bool matchKeys(MatmulOp product, AttentionMatch &match) {
  match.k = stripScale(product.getRhs(), match.scale);
  int64_t rank = tensorOf(match.k).getRank();
  auto transpose = match.k.getDefiningOp<TransposeOp>();
  if (!product.getTransposeRhs()) {
    // k comes as [B H D S]: a transpose in front has the keys before it.
    if (!transpose)
      return false;
    match.keyPerm.assign(transpose.getPerm().begin(), transpose.getPerm().end());
    std::swap(match.keyPerm[rank - 2], match.keyPerm[rank - 1]);
    match.k = stripScale(transpose.getX(), match.scale);
    if (llvm::is_sorted(match.keyPerm))
      match.keyPerm.clear();
  }
  return true;
}

FailureOr<AttentionMatch> matchAttention(Value root, const char **why) {
  auto second = root.getDefiningOp<MatmulOp>();
  int64_t rank = tensorOf(root).getRank();
  if (!second || (rank != 3 && rank != 4))
    return decline(why, "it is no product of rank 3 or 4");
  if (second.getLhsZp() || second.getRhsZp() || second.getTransposeLhs() || second.getTransposeRhs())
    return decline(why, "the product with the values is quantised or transposed");
  Value weights = second.getLhs();
  // Rows without visible keys, put to 0 as attention does.
  if (auto select = weights.getDefiningOp<SelectOp>()) {
    auto isNan = select.getCond().getDefiningOp<IsNanOp>();
    if (!isNan || isNan->getOperand(0) != select.getRhs() || !isScalar(select.getLhs(), 0))
      return decline(why, "the weights are chosen by something else than their being NaN");
    weights = select.getRhs();
  }
  auto softmax = weights.getDefiningOp<SoftmaxOp>();
  if (!softmax || softmax.getLog() || static_cast<int64_t>(softmax.getAxis()) != rank - 1)
    return decline(why, "the weights are no softmax along the last axis");
  AttentionMatch match;
  match.v = second.getRhs();
  MatmulOp first = ScoreMatcher(match).run(softmax.getX());
  if (!first || first.getLhsZp() || first.getRhsZp() || first.getTransposeLhs())
    return decline(why, "the scores are no plain product, with scales, a soft cap and masks");
  match.product = first;
  match.q = stripScale(first.getLhs(), match.scale);
  if (!matchKeys(first, match) || !isSameShape(match.q, first.getLhs()) ||
      tensorOf(match.k).getRank() != rank || tensorOf(match.v).getRank() != rank)
    return decline(why, "queries, keys and values have shapes that attention does not take");
  match.keyShape = mlir::weft::getDims(tensorOf(match.k));
  match.valueShape = mlir::weft::getDims(tensorOf(match.v));
  if (rank == 4) {
    // Where the heads are before the transpose.
    RepeatedHeads k = matchRepeatedHeads(match.k, match.keyAxis(1)), v = matchRepeatedHeads(match.v, 1);
    if (k.x != match.k && v.x != match.v) {
      match.k = k.x;
      match.v = v.x;
      match.keyShape = k.shape;
      match.valueShape = v.shape;
      match.isGrouped = true;
    }
  }
  return match;
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

namespace {

/// `x` without the dim of size 1 at `axis`, or with one there.
Value withoutUnitDim(PatternRewriter &rewriter, Location loc, Value x, int64_t axis) {
  SmallVector<DimExpr> dims = mlir::weft::getDims(tensorOf(x));
  dims.erase(dims.begin() + axis);
  return createReshape(rewriter, loc, x, dims, {x});
}
Value withUnitDim(PatternRewriter &rewriter, Location loc, Value x, int64_t axis) {
  SmallVector<DimExpr> dims = mlir::weft::getDims(tensorOf(x));
  dims.insert(dims.begin() + axis, DimExpr::constant(1));
  return createReshape(rewriter, loc, x, dims, {x});
}

/// Brings q, k and v into the form [B H S D].
void prepareOperands(PatternRewriter &rewriter, Location loc, AttentionMatch &match) {
  match.k = createReshape(rewriter, loc, match.k, match.keyShape, {match.k});
  match.v = createReshape(rewriter, loc, match.v, match.valueShape, {match.v});
  if (!match.keyPerm.empty()) {
    SmallVector<DimExpr> dims;
    for (int64_t axis : match.keyPerm)
      dims.push_back(mlir::weft::getDim(tensorOf(match.k), axis));
    RankedTensorType type = makeTensorType(dims, tensorOf(match.k).getElementType());
    match.k = TransposeOp::create(rewriter, loc, type, match.k, match.keyPerm);
  }
  if (tensorOf(match.q).getRank() == 3)
    for (Value *x : {&match.q, &match.k, &match.v})
      *x = withUnitDim(rewriter, loc, *x, 1);
}

/// What the attention does about what its masks hide: by attributes and a position, or by one mask.
struct Visibility {
  Value mask, start;
  bool isCausal = false;
};

Value createStart(PatternRewriter &rewriter, Location loc, const CausalMatch &causal) {
  Type i64 = rewriter.getI64Type();
  auto type = RankedTensorType::get({1}, i64);
  Value constant;
  if (causal.offset != 0 || !causal.start)
    constant = ConstantOp::create(rewriter, loc, DenseElementsAttr::get(type, causal.offset));
  if (!causal.start)
    return causal.offset == 0 ? Value() : constant;
  Value start = createReshape(rewriter, loc, causal.start, {DimExpr::constant(1)}, {});
  if (tensorOf(start).getElementType() != i64)
    start = CastOp::create(rewriter, loc, type, start, i64, /*saturate=*/true, CastRound::up);
  return constant ? AddOp::create(rewriter, loc, type, start, constant).getResult() : start;
}

/// Whether `mask`, of rank 3 or 4, fits the scores: each dim is 1 or theirs.
bool fitsScores(Value mask, Value scores) {
  if (tensorOf(mask).getRank() != tensorOf(scores).getRank())
    return false;
  for (int64_t axis = 0; axis < tensorOf(mask).getRank(); ++axis)
    if (tensorOf(mask).getDimSize(axis) != 1 && !isSameDim(mask, axis, scores, axis))
      return false;
  return true;
}

/// Joins the masks; the causal one becomes attributes.
Visibility createVisibility(PatternRewriter &rewriter, Location loc, ArrayRef<ScoreMask> masks) {
  Visibility visibility;
  for (const ScoreMask &mask : masks) {
    FailureOr<CausalMatch> causal = visibility.isCausal
                                        ? FailureOr<CausalMatch>(failure())
                                        : matchCausalMask(mask.value, mask.isAdded, mask.holds);
    if (succeeded(causal)) {
      visibility.isCausal = true;
      visibility.start = createStart(rewriter, loc, *causal);
      continue;
    }
    Value value = mask.value;
    if (!mask.isAdded && !mask.holds)
      value = NotOp::create(rewriter, loc, value.getType(), value);
    if (tensorOf(value).getRank() == 3)
      value = withUnitDim(rewriter, loc, value, 1);
    visibility.mask = value;
  }
  return visibility;
}

struct RecognizeAttention : OpRewritePattern<MatmulOp> {
  RecognizeAttention(MLIRContext *context, bool onlyGrouped)
      : OpRewritePattern(context), onlyGrouped(onlyGrouped) {}

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override;

private:
  LogicalResult checkOperands(MatmulOp op, PatternRewriter &rewriter, const AttentionMatch &match) const;

  bool onlyGrouped;
};

/// How many heads q has per head of `x`; nullopt when it is not known to be a whole number.
std::optional<int64_t> getGroup(const DimExpr &query, const DimExpr &heads) {
  if (DimExpr::provablyEqual(query, heads))
    return 1;
  std::optional<int64_t> a = query.getConstant(), b = heads.getConstant();
  return a && b && *b > 0 && *a % *b == 0 ? std::optional(*a / *b) : std::nullopt;
}

} // namespace

LogicalResult RecognizeAttention::checkOperands(MatmulOp op, PatternRewriter &rewriter,
                                                const AttentionMatch &match) const {
  if (onlyGrouped && !match.isGrouped)
    return rewriter.notifyMatchFailure(op, "its heads are not grouped: the two products alone are as fast");
  Type element = tensorOf(match.q).getElementType();
  if (element != op.getType().getElementType() || tensorOf(match.k).getElementType() != element ||
      tensorOf(match.v).getElementType() != element)
    return rewriter.notifyMatchFailure(op, "q, k, v and its result do not have one element type");
  // The product broadcasts the batch and any head; attention groups heads, which is the same for one head.
  DimExpr batch = mlir::weft::getDim(tensorOf(match.q), 0);
  if (!DimExpr::provablyEqual(batch, match.keyShape[match.keyAxis(0)]) ||
      !DimExpr::provablyEqual(batch, match.valueShape[0]))
    return rewriter.notifyMatchFailure(op, "a product broadcasts the batch");
  if (tensorOf(match.q).getRank() == 4) {
    DimExpr query = mlir::weft::getDim(tensorOf(match.q), 1), keys = match.keyShape[match.keyAxis(1)];
    std::optional<int64_t> group = getGroup(query, keys);
    bool isPlain = group == 1 || match.isGrouped || keys.getConstant() == 1;
    if (!DimExpr::provablyEqual(keys, match.valueShape[1]) || !group || !isPlain)
      return rewriter.notifyMatchFailure(op, "a product broadcasts heads that attention does not group");
  }
  auto softmax = op.getLhs().getDefiningOp<SoftmaxOp>();
  if (!softmax)
    softmax = op.getLhs().getDefiningOp<SelectOp>().getRhs().getDefiningOp<SoftmaxOp>();
  unsigned others = 0;
  bool isCausal = false;
  for (const ScoreMask &mask : match.masks) {
    if (!isCausal && succeeded(matchCausalMask(mask.value, mask.isAdded, mask.holds))) {
      isCausal = true;
      continue;
    }
    ++others;
    if (!fitsScores(mask.value, softmax.getX()))
      return rewriter.notifyMatchFailure(op, "a mask has another shape than the scores");
  }
  if (others > 1)
    return rewriter.notifyMatchFailure(op, "it has several masks that are not causal");
  return success();
}

LogicalResult RecognizeAttention::matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const {
  const char *why = nullptr;
  FailureOr<AttentionMatch> match = matchAttention(op.getResult(), &why);
  if (failed(match))
    return rewriter.notifyMatchFailure(op, why);
  if (failed(checkOperands(op, rewriter, *match)))
    return failure();
  // What scales, turns or repeats q, k and v may have other users: they lose nothing.
  auto first = cast<MatmulOp>(match->product);
  SmallVector<Value> boundary = {first.getLhs(), first.getRhs(), op.getRhs()};
  for (const ScoreMask &mask : match->masks)
    boundary.push_back(mask.value);
  std::optional<SmallVector<Operation *>> ops = getClosedOps(op.getResult(), boundary);
  if (!ops)
    return rewriter.notifyMatchFailure(op, "a value in between has other users");
  Location loc = op.getLoc();
  prepareOperands(rewriter, loc, *match);
  Visibility visibility = createVisibility(rewriter, loc, match->masks);
  SmallVector<Value> operands = {match->q, match->k, match->v};
  for (Value optional : {visibility.mask, visibility.start})
    if (optional)
      operands.push_back(optional);
  NamedAttribute attributes[] = {
      rewriter.getNamedAttr("scale", rewriter.getF64FloatAttr(match->scale)),
      rewriter.getNamedAttr("softcap", rewriter.getF64FloatAttr(match->softcap)),
      rewriter.getNamedAttr("causal", rewriter.getBoolAttr(visibility.isCausal)),
      rewriter.getNamedAttr(
          "operandSegmentSizes",
          rewriter.getDenseI32ArrayAttr({1, 1, 1, visibility.mask ? 1 : 0, 0, visibility.start ? 1 : 0, 0}))};
  auto attention = buildChecked<AttentionOp>(rewriter, loc, operands, attributes);
  if (!attention)
    return failure();
  Value y = attention.getResult();
  if (tensorOf(op.getResult()).getRank() == 3)
    y = withoutUnitDim(rewriter, loc, y, 1);
  if (y.getType() != op.getType())
    y.setType(refineType(y.getType(), op.getType()));
  replaceMatch(rewriter, *ops, boundary, y);
  return success();
}

void populateRecognizeAttentionPatterns(RewritePatternSet &patterns, bool onlyGrouped) {
  patterns.add<RecognizeAttention>(patterns.getContext(), onlyGrouped);
}

} // namespace weft
