// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises masks of attention that hide what comes later.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

bool isHidden(double score) {
  // What exporters add or put in place of a hidden score: -1e4 (GPT-2, BERT) to the lowest float and -Inf.
  // exp of it is 0 in f32 beside any visible score.
  constexpr double kHighest = -1e4;
  return score <= kHighest * (1 - 1e-3);
}

bool isHiddenScore(Value value) {
  std::optional<double> scalar = getScalar(value);
  return scalar && isHidden(*scalar);
}

namespace {

/// Integers that count up along one of the last two axes, from an offset: a constant plus at most one value
/// of one element.
struct Ramp {
  enum Axis { Rows, Keys } axis = Rows;
  int64_t offset = 0;
  Value start;
};

bool isOneElement(RankedTensorType type) { return type.hasStaticShape() && type.getNumElements() == 1; }

/// Whether the integer of one element is made of sizes, so that it is not negative.
bool isSize(Value value, int depth = 0) {
  // Shape, Gather, Cast, Unsqueeze, Add.
  constexpr int kMaxDepth = 6;
  Operation *op = value.getDefiningOp();
  if (!op || depth > kMaxDepth)
    return false;
  if (auto elements = dyn_cast<FromElementsOp>(op))
    return llvm::all_of(elements->getOperands(), [](Value size) {
      return size.getDefiningOp<DimOp>() || !getIndexExpr(size).isUnknown();
    });
  if (isa<ConstantOp>(op))
    return getScalar(value) && *getScalar(value) >= 0;
  if (auto gather = dyn_cast<GatherOp>(op))
    return isSize(gather.getX(), depth + 1);
  return isa<ReshapeOp, CastOp, SliceOp, AddOp>(op) && llvm::all_of(op->getOperands(), [&](Value operand) {
           return !isa<RankedTensorType>(operand.getType()) || isSize(operand, depth + 1);
         });
}

std::optional<Ramp> matchRamp(Value value) {
  RankedTensorType type = tensorOf(value);
  int64_t rank = type.getRank();
  if (rank < 2)
    return std::nullopt;
  Ramp ramp;
  bool variesInKeys = type.getDimSize(rank - 1) != 1, variesInRows = type.getDimSize(rank - 2) != 1;
  if (variesInKeys == variesInRows ||
      llvm::any_of(type.getShape().drop_back(2), [](int64_t size) { return size != 1; }))
    return std::nullopt;
  ramp.axis = variesInKeys ? Ramp::Keys : Ramp::Rows;
  while (Operation *op = value.getDefiningOp()) {
    if (auto iota = dyn_cast<IotaOp>(op)) {
      // All dims but one are 1: along one of those it would be 0 everywhere.
      bool isAlong = tensorOf(value).getDimSize(iota.getAxis()) != 1;
      return isAlong ? std::optional(ramp) : std::nullopt;
    }
    if (auto cast = dyn_cast<CastOp>(op)) {
      if (tensorOf(cast.getX()).getElementType().isInteger(1))
        return std::nullopt;
      value = cast.getX();
      continue;
    }
    if (isa<ReshapeOp>(op)) {
      int64_t wide = llvm::count_if(tensorOf(op->getOperand(0)).getShape(), [](int64_t n) { return n != 1; });
      if (wide != 1)
        return std::nullopt;
      value = op->getOperand(0);
      continue;
    }
    if (!isa<AddOp, SubOp>(op))
      return std::nullopt;
    Value a = op->getOperand(0), b = op->getOperand(1);
    if (isa<AddOp>(op) && isOneElement(tensorOf(a)))
      std::swap(a, b);
    if (!isOneElement(tensorOf(b)) || isOneElement(tensorOf(a)))
      return std::nullopt;
    if (std::optional<double> scalar = getScalar(b))
      ramp.offset += static_cast<int64_t>(isa<AddOp>(op) ? *scalar : -*scalar);
    else if (isa<AddOp>(op) && !ramp.start && isSize(b))
      ramp.start = b;
    else
      return std::nullopt;
    value = a;
  }
  return std::nullopt;
}

/// `isVisible` where key j <= row i + offset + start, from a comparison of ramps, or of their difference with
/// a constant. `holds` says whether the condition is true for visible keys.
std::optional<CausalMatch> matchComparison(CompareOp op, bool holds) {
  ComparePredicate pred = op.getPred();
  // Of keys with rows: keys `pred` rows + difference.
  int64_t difference = 0;
  Ramp keys, rows;
  bool isSwapped = false;
  std::optional<Ramp> left = matchRamp(op.getLhs()), right = matchRamp(op.getRhs());
  if (left && right && left->axis != right->axis) {
    isSwapped = left->axis == Ramp::Rows;
    keys = isSwapped ? *right : *left;
    rows = isSwapped ? *left : *right;
  } else {
    auto sub = op.getLhs().getDefiningOp<SubOp>();
    std::optional<double> constant = getScalar(op.getRhs());
    left = sub ? matchRamp(sub.getLhs()) : std::nullopt;
    right = sub ? matchRamp(sub.getRhs()) : std::nullopt;
    if (!left || !right || left->axis == right->axis || !constant)
      return std::nullopt;
    // keys - rows pred c, or rows - keys pred c: keys pred' rows - c.
    isSwapped = left->axis == Ramp::Rows;
    keys = isSwapped ? *right : *left;
    rows = isSwapped ? *left : *right;
    difference = static_cast<int64_t>(isSwapped ? -*constant : *constant);
  }
  if (keys.start)
    return std::nullopt;
  using P = ComparePredicate;
  if (isSwapped) {
    // a pred b, with keys on the right, is keys pred' a.
    if (pred == P::lt || pred == P::le)
      pred = pred == P::lt ? P::gt : P::ge;
    else if (pred == P::gt || pred == P::ge)
      pred = pred == P::gt ? P::lt : P::le;
  }
  // Visible when keys <= (or <) rows; hidden when keys > (or >=) rows.
  bool isUpTo = holds ? pred == P::le : pred == P::gt, isBelow = holds ? pred == P::lt : pred == P::ge;
  if (!isUpTo && !isBelow)
    return std::nullopt;
  CausalMatch match;
  match.offset = rows.offset - keys.offset + difference - (isBelow ? 1 : 0);
  match.start = rows.start;
  // Row 0 must see a key: a row without any is 0 in attention.
  return match.offset >= 0 ? std::optional(match) : std::nullopt;
}

/// The offset of a constant whose rows see one key more each.
std::optional<CausalMatch> matchConstant(Value mask, bool isAdded, bool holds) {
  RankedTensorType type = tensorOf(mask);
  int64_t rank = type.getRank();
  std::optional<SmallVector<double>> values = readConstant(mask);
  if (!values || rank < 2)
    return std::nullopt;
  int64_t rows = type.getDimSize(rank - 2), keys = type.getDimSize(rank - 1);
  if (type.getNumElements() != rows * keys || rows < 2)
    return std::nullopt;
  auto isVisible = [&](int64_t i, int64_t j) {
    double value = (*values)[i * keys + j];
    return isAdded ? value == 0 : (value != 0) == holds;
  };
  int64_t offset = -1;
  while (offset + 1 < keys && isVisible(0, offset + 1))
    ++offset;
  if (offset < 0 || offset + 1 >= keys)
    return std::nullopt;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < keys; ++j)
      if (isVisible(i, j) != (j <= i + offset) ||
          (isAdded && !isVisible(i, j) && !isHidden((*values)[i * keys + j])))
        return std::nullopt;
  return CausalMatch{offset, Value()};
}

/// The value under reshapes that only add dims of size 1 in front of the last two.
Value dropLeadingDims(Value mask) {
  while (auto reshape = mask.getDefiningOp<ReshapeOp>()) {
    Value x = reshape.getX();
    int64_t from = tensorOf(x).getRank(), to = tensorOf(mask).getRank();
    auto isUnit = [](int64_t size) { return size == 1; };
    if (from < 2 || !isSameDim(x, from - 1, mask, to - 1) || !isSameDim(x, from - 2, mask, to - 2) ||
        !llvm::all_of(tensorOf(x).getShape().drop_back(2), isUnit) ||
        !llvm::all_of(tensorOf(mask).getShape().drop_back(2), isUnit))
      return mask;
    mask = x;
  }
  return mask;
}

} // namespace

FailureOr<CausalMatch> matchCausalMask(Value mask, bool isAdded, bool holds) {
  mask = dropLeadingDims(mask);
  std::optional<CausalMatch> match = matchConstant(mask, isAdded, holds);
  if (!match && isAdded) {
    auto select = mask.getDefiningOp<SelectOp>();
    if (!select)
      return failure();
    bool isVisibleFirst = isScalar(select.getLhs(), 0) && isHiddenScore(select.getRhs());
    bool isHiddenFirst = isHiddenScore(select.getLhs()) && isScalar(select.getRhs(), 0);
    if (!isVisibleFirst && !isHiddenFirst)
      return failure();
    return matchCausalMask(select.getCond(), /*isAdded=*/false, /*holds=*/isVisibleFirst);
  }
  if (!match) {
    if (auto inverse = mask.getDefiningOp<NotOp>())
      return matchCausalMask(inverse->getOperand(0), /*isAdded=*/false, !holds);
    if (auto compare = mask.getDefiningOp<CompareOp>())
      match = matchComparison(compare, holds);
  }
  if (!match)
    return failure();
  return *match;
}

} // namespace weft
