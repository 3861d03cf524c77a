// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control flow ops: branches between regions, verifiers, canonicalisations; the fused kernel.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::weft;

/// The truth of a constant one-element boolean tensor.
static std::optional<bool> getConstantCondition(Attribute condition) {
  auto dense = dyn_cast_if_present<DenseElementsAttr>(condition);
  if (!dense || !dense.isSplat() || !dense.getElementType().isInteger(1))
    return std::nullopt;
  return dense.getSplatValue<bool>();
}

/// The terminator of a region of one block; null when the block is empty or ends in something else. Verifiers
/// of ops run before those of their regions.
static YieldOp getYield(Region &region) {
  Block &block = region.front();
  return block.empty() ? YieldOp() : dyn_cast<YieldOp>(block.back());
}

/// Whether a value of type `to` may replace one of type `from`: only weft ops may use it where the types
/// differ.
static bool canReplace(Value from, Type to) {
  return from.getType() == to || llvm::all_of(from.getUsers(), [](Operation *user) {
           return isa<WeftDialect>(user->getDialect()) && !isa<KernelOp>(user);
         });
}

//===----------------------------------------------------------------------===//
// if
//===----------------------------------------------------------------------===//

LogicalResult IfOp::verify() {
  if (!mayBeOneElement(tensorType(getCond())))
    return emitOpError("expected a condition of one element, but got ") << getCond().getType() << " [if-C1]";
  for (auto [index, region] : llvm::enumerate(getRegions())) {
    auto yield = getYield(*region);
    if (!yield || !areCompatibleTypes(yield.getOperandTypes(), getResultTypes()))
      return emitOpError("expected region ")
             << index << " to yield the types of the results, but it does not [if-C2]";
  }
  return success();
}

FailureOr<DimMap> IfOp::getDimMap() { return failure(); }

bool IfOp::areTypesCompatible(Type lhs, Type rhs) { return areCompatibleTypes(lhs, rhs); }

void IfOp::getSuccessorRegions(RegionBranchPoint point, SmallVectorImpl<RegionSuccessor> &regions) {
  if (!point.isParent()) {
    regions.emplace_back(getOperation(), getOperation()->getResults());
    return;
  }
  regions.emplace_back(&getThenRegion());
  regions.emplace_back(&getElseRegion());
}

void IfOp::getEntrySuccessorRegions(ArrayRef<Attribute> operands, SmallVectorImpl<RegionSuccessor> &regions) {
  std::optional<bool> isTrue = getConstantCondition(operands.empty() ? Attribute() : operands.front());
  if (!isTrue || *isTrue)
    regions.emplace_back(&getThenRegion());
  if (!isTrue || !*isTrue)
    regions.emplace_back(&getElseRegion());
}

namespace {

/// A known condition leaves one region.
struct InlineKnownIf : OpRewritePattern<IfOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(IfOp op, PatternRewriter &rewriter) const override {
    Attribute value;
    matchPattern(op.getCond(), m_Constant(&value));
    std::optional<bool> isTrue = getConstantCondition(value);
    if (!isTrue)
      return rewriter.notifyMatchFailure(op, "the condition is not constant");
    Block *block = &(*isTrue ? op.getThenRegion() : op.getElseRegion()).front();
    auto yield = cast<YieldOp>(block->getTerminator());
    for (auto [result, value] : llvm::zip(op.getResults(), yield.getOperands()))
      if (!canReplace(result, value.getType()))
        return rewriter.notifyMatchFailure(op, "a user outside of the dialect needs the type of a result");
    SmallVector<Value> values = llvm::to_vector(yield.getOperands());
    rewriter.eraseOp(yield);
    rewriter.inlineBlockBefore(block, op);
    rewriter.replaceOp(op, values);
    return success();
  }
};

} // namespace

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<InlineKnownIf>(context);
}

//===----------------------------------------------------------------------===//
// loop
//===----------------------------------------------------------------------===//

/// Whether a value of one type may be carried on as the other. A name in them stands for the size in one
/// iteration: `n + 1` follows `n` where a tensor grows, so that only static sizes count.
static bool areCarriedTypes(Type a, Type b) {
  auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
  if (!tensorA || !tensorB)
    return areCompatibleTypes(a, b);
  return tensorA.getElementType() == tensorB.getElementType() &&
         succeeded(verifyCompatibleShape(tensorA.getShape(), tensorB.getShape()));
}

static bool areCarriedTypes(TypeRange a, TypeRange b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip_equal(a, b), [](auto pair) {
           return areCarriedTypes(std::get<0>(pair), std::get<1>(pair));
         });
}

static int64_t numScanOutputs(LoopOp op) { return op.getScanOutAxes().size(); }

/// C3: region arguments are iteration, carried values and one slice of each scanned operand.
static LogicalResult verifyLoopArguments(LoopOp op) {
  Block &body = op.getBody().front();
  int64_t numCarried = op.getCarried().size(), numScanned = op.getScanned().size();
  int64_t wanted = 1 + numCarried + numScanned;
  if (body.getNumArguments() != wanted || !body.getArgument(0).getType().isIndex())
    return op.emitOpError("expected an index and ") << wanted - 1 << " more region arguments, but got "
                                                    << body.getNumArguments() << " arguments [loop-C3]";
  auto carriedArguments = body.getArguments().slice(1, numCarried);
  if (!areCarriedTypes(op.getCarried().getTypes(), ValueRange(carriedArguments).getTypes()))
    return op.emitOpError(
        "expected region arguments of the types of the carried values, but they differ [loop-C3]");
  for (auto [index, value] : llvm::enumerate(op.getScanned())) {
    RankedTensorType type = tensorType(value);
    int64_t axis = op.getScanInAxes()[index];
    if (axis < 0 || axis >= type.getRank())
      return op.emitOpError("expected a scan axis in [0, ")
             << type.getRank() << "), but got " << axis << " [loop-C2]";
    SmallVector<DimExpr> dims = getDims(type);
    dims.erase(dims.begin() + axis);
    Type slice = makeTensorType(dims, type.getElementType()),
         argument = body.getArgument(1 + numCarried + index).getType();
    if (!areCompatibleTypes(slice, argument))
      return op.emitOpError("expected a region argument of type ")
             << slice << " for scanned operand " << index << ", but got " << argument << " [loop-C3]";
  }
  return success();
}

/// C4: the region yields a condition, carried values and one slice of each scan output.
static LogicalResult verifyLoopYield(LoopOp op) {
  auto yield = getYield(op.getBody());
  int64_t numCarried = op.getCarried().size(), numOutputs = numScanOutputs(op);
  if (!yield || static_cast<int64_t>(yield.getNumOperands()) != 1 + numCarried + numOutputs)
    return op.emitOpError("expected the region to yield a condition, ")
           << numCarried << " carried values and " << numOutputs << " slices, but it does not [loop-C4]";
  auto condition = dyn_cast<RankedTensorType>(yield.getOperand(0).getType());
  if (!condition || !condition.getElementType().isInteger(1) || !mayBeOneElement(condition))
    return op.emitOpError("expected the region to yield a boolean condition of one element first, but got ")
           << yield.getOperand(0).getType() << " [loop-C4]";
  TypeRange yielded = yield.getOperandTypes(), results = op.getResultTypes();
  if (!areCarriedTypes(yielded.slice(1, numCarried), results.take_front(numCarried)))
    return op.emitOpError(
        "expected the region to yield carried values of the types of the results, but they differ "
        "[loop-C4]");
  for (int64_t i = 0; i < numOutputs; ++i) {
    auto slice = dyn_cast<RankedTensorType>(yielded[1 + numCarried + i]);
    int64_t axis = op.getScanOutAxes()[i];
    if (!slice || axis < 0 || axis > slice.getRank())
      return op.emitOpError("expected scan output ")
             << i << " to be stacked along an axis of it, but got axis " << axis << " [loop-C2]";
    SmallVector<DimExpr> dims = getDims(slice);
    dims.insert(dims.begin() + axis, DimExpr());
    Type stacked = makeTensorType(dims, slice.getElementType());
    if (!areCompatibleTypes(stacked, results[numCarried + i]))
      return op.emitOpError("expected result ") << numCarried + i << " of type " << stacked << ", but got "
                                                << results[numCarried + i] << " [loop-C4]";
  }
  return success();
}

LogicalResult LoopOp::verify() {
  if (getCond() && !mayBeOneElement(tensorType(getCond())))
    return emitOpError("expected a condition of one element, but got ")
           << getCond().getType() << " [loop-C1]";
  if (getScanInAxes().size() != getScanned().size() || getScanInReverse().size() != getScanned().size())
    return emitOpError("expected one axis and one direction for each of ")
           << getScanned().size() << " scanned operands, but got " << getScanInAxes().size() << " and "
           << getScanInReverse().size() << " [loop-C2]";
  int64_t numOutputs = numScanOutputs(*this);
  if (static_cast<int64_t>(getScanOutReverse().size()) != numOutputs ||
      static_cast<int64_t>(getNumResults()) != static_cast<int64_t>(getCarried().size()) + numOutputs)
    return emitOpError("expected results for ")
           << getCarried().size() << " carried values and " << numOutputs
           << " scan outputs with directions, but got " << getNumResults() << " results [loop-C2]";
  if (failed(verifyLoopArguments(*this)))
    return failure();
  return verifyLoopYield(*this);
}

FailureOr<DimMap> LoopOp::getDimMap() { return failure(); }

bool LoopOp::areTypesCompatible(Type lhs, Type rhs) { return areCarriedTypes(lhs, rhs); }

SmallVector<Region *> LoopOp::getLoopRegions() { return {&getBody()}; }

OperandRange LoopOp::getEntrySuccessorOperands(RegionSuccessor) { return getCarried(); }

void LoopOp::getSuccessorRegions(RegionBranchPoint, SmallVectorImpl<RegionSuccessor> &regions) {
  // Only carried values flow along the edges; slices and stacked results are made by the op.
  int64_t numCarried = getCarried().size();
  regions.emplace_back(&getBody(), getBody().getArguments().slice(1, numCarried));
  regions.emplace_back(getOperation(), getOperation()->getResults().take_front(numCarried));
}

namespace {

/// A loop that never runs gives back what it carries.
struct RemoveEmptyLoop : OpRewritePattern<LoopOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LoopOp op, PatternRewriter &rewriter) const override {
    APInt trip;
    Attribute condition;
    bool hasNoTrip = op.getTrip() && matchPattern(op.getTrip(), m_ConstantInt(&trip)) && trip.sle(0);
    bool isNeverTrue = op.getCond() && matchPattern(op.getCond(), m_Constant(&condition)) &&
                       getConstantCondition(condition) == false;
    if (!hasNoTrip && !isNeverTrue)
      return rewriter.notifyMatchFailure(op, "the loop may run");
    if (numScanOutputs(op) != 0)
      return rewriter.notifyMatchFailure(op, "scan outputs of size 0 need the sizes of their slices");
    for (auto [result, value] : llvm::zip(op.getResults(), op.getCarried()))
      if (!canReplace(result, value.getType()))
        return rewriter.notifyMatchFailure(op, "a user outside of the dialect needs the type of a result");
    rewriter.replaceOp(op, op.getCarried());
    return success();
  }
};

} // namespace

void LoopOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<RemoveEmptyLoop>(context);
}

//===----------------------------------------------------------------------===//
// yield, kernel
//===----------------------------------------------------------------------===//

MutableOperandRange YieldOp::getMutableSuccessorOperands(RegionSuccessor) {
  // A loop forwards what it carries: not the condition before, nor the slices behind.
  if (auto loop = dyn_cast<LoopOp>((*this)->getParentOp()))
    return MutableOperandRange(*this, 1, loop.getCarried().size());
  return MutableOperandRange(*this);
}

LogicalResult KernelOp::verify() {
  Block &body = getBody().front();
  if (!areCompatibleTypes(getInputs().getTypes(), ValueRange(body.getArguments()).getTypes()))
    return emitOpError("expected region arguments of the types of the inputs, but they differ [kernel-C1]");
  bool sawIndex = false;
  for (Type type : getInputs().getTypes()) {
    if (!isa<RankedTensorType>(type) && !type.isIndex())
      return emitOpError("expected tensors and index values as inputs, but got ") << type << " [kernel-C2]";
    if (sawIndex && !type.isIndex())
      return emitOpError("expected index values behind all tensors, but got a tensor behind one [kernel-C2]");
    sawIndex |= type.isIndex();
  }
  auto yield = getYield(getBody());
  if (!yield || !areCompatibleTypes(yield.getOperandTypes(), getResultTypes()))
    return emitOpError("expected the region to yield the types of the results, but it does not [kernel-C3]");
  return success();
}
