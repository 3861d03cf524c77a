// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds and canonicalisations of the shape ops that are true on every target.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::weft;

/// The constant with its elements in the same row-major order under another static type; null when it is
/// none.
static Attribute retypeConstant(Attribute constant, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  if (!constant || !tensor.hasStaticShape())
    return {};
  if (auto strings = dyn_cast<DenseStringElementsAttr>(constant))
    return DenseStringElementsAttr::get(tensor, strings.getRawStringData());
  if (auto dense = dyn_cast<DenseElementsAttr>(constant))
    return dense.reshape(tensor);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant))
    return DenseResourceElementsAttr::get(tensor, resource.getRawHandle());
  return {};
}

/// A splat constant of another static shape: any movement of equal elements.
static Attribute resplatConstant(Attribute constant, Type type) {
  auto dense = dyn_cast_if_present<DenseElementsAttr>(constant);
  auto tensor = cast<RankedTensorType>(type);
  if (!dense || !dense.isSplat() || !tensor.hasStaticShape())
    return {};
  if (auto strings = dyn_cast<DenseStringElementsAttr>(constant))
    return DenseStringElementsAttr::get(tensor, strings.getRawStringData());
  return dense.resizeSplat(tensor);
}

static bool isIdentityPermutation(ArrayRef<int64_t> perm) {
  return llvm::all_of(llvm::enumerate(perm), [](auto pair) { return pair.value() == int64_t(pair.index()); });
}

static bool areAllKnown(RankedTensorType type) {
  return llvm::none_of(getDims(type), [](const DimExpr &dim) { return dim.isUnknown(); });
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getType());
  if (getX().getType() == type && areAllKnown(type))
    return getX();
  return resplatConstant(adaptor.getX(), type);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getType());
  if (getX().getType() == type && areAllKnown(type))
    return getX();
  return retypeConstant(adaptor.getX(), type);
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (isIdentityPermutation(getPerm()) && getX().getType() == getType())
    return getX();
  return resplatConstant(adaptor.getX(), getType());
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getXs().size() == 1 && getXs().front().getType() == getType())
    return getXs().front();
  return {};
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getType());
  auto isZero = [](int64_t value) { return value == 0; };
  auto isOne = [](int64_t value) { return value == 1; };
  if (getX().getType() == type && areAllKnown(type) && llvm::all_of(getStaticOffsets(), isZero) &&
      llvm::all_of(getStrides(), isOne))
    return getX();
  return resplatConstant(adaptor.getX(), type);
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getType());
  auto isTrivial = [&](int64_t axis) { return !type.isDynamicDim(axis) && type.getDimSize(axis) <= 1; };
  if (llvm::all_of(getAxes(), isTrivial) && getX().getType() == type)
    return getX();
  return resplatConstant(adaptor.getX(), type);
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](int64_t value) { return value == 0; };
  if (llvm::all_of(getStaticLo(), isZero) && llvm::all_of(getStaticHi(), isZero) &&
      getX().getType() == getType())
    return getX();
  return {};
}

/// The operand that gives a mixed list's dynamic entry at `axis`; null when the entry is static.
static Value getMixedOperand(ArrayRef<int64_t> entries, ValueRange dynamic, int64_t axis) {
  if (!ShapedType::isDynamic(entries[axis]))
    return {};
  return dynamic[llvm::count_if(entries.take_front(axis), ShapedType::isDynamic)];
}

OpFoldResult DimOp::fold(FoldAdaptor) {
  auto type = cast<RankedTensorType>(getX().getType());
  int64_t axis = getAxis();
  if (!type.isDynamicDim(axis))
    return IntegerAttr::get(IndexType::get(getContext()), type.getDimSize(axis));
  Operation *producer = getX().getDefiningOp();
  if (!producer)
    return {};
  Value size =
      llvm::TypeSwitch<Operation *, Value>(producer)
          .Case<IotaOp, BroadcastOp, ReshapeOp>(
              [&](auto op) { return getMixedOperand(op.getStaticShape(), op.getShape(), axis); })
          .Case([&](SliceOp op) { return getMixedOperand(op.getStaticSizes(), op.getSizes(), axis); })
          .Default([](Operation *) { return Value(); });
  return size ? OpFoldResult(size) : OpFoldResult();
}

OpFoldResult ExtractOp::fold(FoldAdaptor adaptor) {
  if (auto elements = getX().getDefiningOp<FromElementsOp>())
    return elements.getElements()[getI()];
  auto dense = dyn_cast_if_present<DenseElementsAttr>(adaptor.getX());
  if (!dense)
    return {};
  auto type = cast<IntegerType>(dense.getElementType());
  APInt value = dense.getValues<APInt>()[getI()];
  bool isUnsigned = type.isUnsigned() || type.getWidth() == 1;
  if (isUnsigned && value.getActiveBits() > 63)
    return {};
  return IntegerAttr::get(IndexType::get(getContext()),
                          isUnsigned ? value.getZExtValue() : value.getSExtValue());
}

OpFoldResult FromElementsOp::fold(FoldAdaptor adaptor) {
  SmallVector<int64_t> values;
  for (Attribute element : adaptor.getElements()) {
    auto integer = dyn_cast_if_present<IntegerAttr>(element);
    if (!integer)
      return {};
    values.push_back(integer.getInt());
  }
  return DenseElementsAttr::get(cast<RankedTensorType>(getType()), ArrayRef<int64_t>(values));
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// reshape(reshape(x)) reads x.
struct ReshapeOfReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<ReshapeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no reshape");
    rewriter.modifyOpInPlace(op, [&] { op.getXMutable().assign(inner.getX()); });
    return success();
  }
};

/// transpose(transpose(x)) is one transpose.
struct TransposeOfTranspose : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no transpose");
    SmallVector<int64_t> perm;
    for (int64_t axis : op.getPerm())
      perm.push_back(inner.getPerm()[axis]);
    rewriter.modifyOpInPlace(op, [&] {
      op.getXMutable().assign(inner.getX());
      op.setPerm(perm);
    });
    return success();
  }
};

/// A transpose that moves only dims of size 1 is a reshape.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType()), x = cast<RankedTensorType>(op.getX().getType());
    int64_t previous = -1;
    for (int64_t axis : op.getPerm()) {
      if (x.getDimSize(axis) == 1)
        continue;
      if (axis < previous)
        return rewriter.notifyMatchFailure(op, "a dim that is not of size 1 moves");
      previous = axis;
    }
    SmallVector<Value> sizes;
    for (auto [dim, axis] : llvm::enumerate(op.getPerm()))
      if (type.isDynamicDim(dim))
        sizes.push_back(DimOp::create(rewriter, op.getLoc(), op.getX(), axis));
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, op.getX(), sizes, type.getShape());
    return success();
  }
};

/// Constant index operands of a mixed list become static entries.
template <typename OpTy> struct StaticizeShape : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> shape = llvm::to_vector(op.getStaticShape());
    SmallVector<Value> dynamic;
    size_t next = 0;
    for (int64_t &size : shape) {
      if (!ShapedType::isDynamic(size))
        continue;
      Value operand = op.getShape()[next++];
      APInt value;
      if (matchPattern(operand, m_ConstantInt(&value)) && value.isNonNegative())
        size = value.getSExtValue();
      else
        dynamic.push_back(operand);
    }
    if (dynamic.size() == op.getShape().size())
      return rewriter.notifyMatchFailure(op, "no size is constant");
    // The declared type stays: it may not contradict, and users rely on it. Shape inference refines it.
    rewriter.modifyOpInPlace(op, [&] {
      op.getShapeMutable().assign(dynamic);
      op.setStaticShape(shape);
    });
    return success();
  }
};

/// An elementwise op broadcasts by itself: it reads what the broadcast reads, where the result stays the
/// same.
struct BroadcastBeforeElementwise : OpInterfaceRewritePattern<ElementwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(ElementwiseOpInterface op, PatternRewriter &rewriter) const override {
    for (OpOperand &operand : op->getOpOperands()) {
      auto broadcast = operand.get().getDefiningOp<BroadcastOp>();
      if (!broadcast || !keepsResult(op, operand, broadcast.getX()))
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(broadcast.getX()); });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is a broadcast that other operands imply");
  }

private:
  /// Whether each dim that the broadcast widens has its size by another operand as well.
  static bool keepsResult(Operation *op, OpOperand &operand, Value narrow) {
    auto result = cast<RankedTensorType>(op->getResult(0).getType());
    auto from = cast<RankedTensorType>(narrow.getType());
    for (int64_t axis = 0; axis < result.getRank(); ++axis) {
      DimExpr size = getDim(result, axis);
      if (DimExpr::provablyEqual(getDim(from, axis), size))
        continue;
      bool isImplied = llvm::any_of(op->getOpOperands(), [&](OpOperand &other) {
        auto type = dyn_cast<RankedTensorType>(other.get().getType());
        return &other != &operand && type && DimExpr::provablyEqual(getDim(type, axis), size);
      });
      if (!isImplied || getDim(from, axis).getConstant() != 1)
        return false;
    }
    return true;
  }
};

/// broadcast(broadcast(x)) reads x.
struct BroadcastOfBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<BroadcastOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no broadcast");
    rewriter.modifyOpInPlace(op, [&] { op.getXMutable().assign(inner.getX()); });
    return success();
  }
};

/// concat(a, concat(b, c)) along one axis is concat(a, b, c); operands of size 0 along the axis drop out.
struct FlattenConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> flat;
    for (Value x : op.getXs()) {
      auto inner = x.getDefiningOp<ConcatOp>();
      if (inner && inner.getAxis() == op.getAxis() && inner->hasOneUse())
        llvm::append_range(flat, inner.getXs());
      else if (cast<RankedTensorType>(x.getType()).getDimSize(op.getAxis()) != 0)
        flat.push_back(x);
    }
    if (flat.empty() || flat == SmallVector<Value>(op.getXs()))
      return rewriter.notifyMatchFailure(op, "no operand is a concat along the axis or empty");
    rewriter.modifyOpInPlace(op, [&] { op.getXsMutable().assign(flat); });
    return success();
  }
};

/// slice(slice(x)) with static offsets is one slice of x.
struct SliceOfSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<SliceOp>();
    if (!inner || !op.getOffsets().empty() || !inner.getOffsets().empty())
      return rewriter.notifyMatchFailure(op, "the operand is no slice, or an offset is dynamic");
    SmallVector<int64_t> offsets, strides;
    for (auto [offset, stride, innerOffset, innerStride] :
         llvm::zip(op.getStaticOffsets(), op.getStrides(), inner.getStaticOffsets(), inner.getStrides())) {
      offsets.push_back(innerOffset + offset * innerStride);
      strides.push_back(stride * innerStride);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(op, op.getType(), inner.getX(), ValueRange(), op.getSizes(), offsets,
                                         llvm::to_vector(op.getStaticSizes()), strides);
    return success();
  }
};

} // namespace

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<BroadcastBeforeElementwise, BroadcastOfBroadcast, StaticizeShape<BroadcastOp>>(context);
}
void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ReshapeOfReshape, StaticizeShape<ReshapeOp>>(context);
}
void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TransposeOfTranspose, TransposeToReshape>(context);
}
void ConcatOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<FlattenConcat>(context);
}
void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SliceOfSlice>(context);
}
