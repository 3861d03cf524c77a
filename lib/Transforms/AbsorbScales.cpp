// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves the divisions of quantisations into constants of what they quantise.
#include "weft/Transforms/AbsorbScales.h"

#include "dialects/Weft/IR/TensorType.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTABSORBSCALESPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

namespace {

std::optional<DenseElementsAttr> getConstant(Value value) {
  DenseElementsAttr elements;
  if (!typeOf(value).getElementType().isF32() || !matchPattern(value, m_Constant(&elements)))
    return std::nullopt;
  return elements;
}

/// Divides values by a positive scale without a division at run time.
class Divider {
public:
  Divider(RewriterBase &rewriter, float scale) : rewriter(rewriter), scale(scale) {}

  /// Whether constants in `value` can take the division: no other op reads what changes.
  bool canDivide(Value value) const {
    if (getConstant(value))
      return true;
    Operation *op = value.getDefiningOp();
    if (auto dequantize = dyn_cast_if_present<DequantizeOp>(op))
      return !dequantize.getTable() && dequantize.getBlockSize() == 0 && getConstant(dequantize.getScale()) &&
             typeOf(value).getElementType().isF32();
    if (!op || !value.hasOneUse())
      return false;
    return llvm::TypeSwitch<Operation *, bool>(op)
        .Case<AddOp, SubOp, MaxOp, MinOp>(
            [&](auto binary) { return canDivide(binary.getLhs()) && canDivide(binary.getRhs()); })
        .Case([&](MulOp mul) { return getConstant(mul.getLhs()) || getConstant(mul.getRhs()); })
        .Case([&](ReshapeOp reshape) { return canDivide(reshape.getX()); })
        .Case([&](TransposeOp transpose) { return canDivide(transpose.getX()); })
        .Default([](Operation *) { return false; });
  }

  /// `value / scale`. Requires: canDivide(value).
  Value divide(Value value) {
    if (std::optional<DenseElementsAttr> constant = getConstant(value))
      return divideConstant(value.getLoc(), *constant);
    Operation *op = value.getDefiningOp();
    rewriter.setInsertionPoint(op);
    if (auto dequantize = dyn_cast<DequantizeOp>(op))
      return cloneWith(op, dequantize.getScale(), divide(dequantize.getScale()));
    if (auto mul = dyn_cast<MulOp>(op)) {
      Value factor = getConstant(mul.getLhs()) ? mul.getLhs() : mul.getRhs();
      return cloneWith(op, factor, divide(factor));
    }
    IRMapping mapping;
    for (Value operand : op->getOperands())
      if (isa<RankedTensorType>(operand.getType()))
        mapping.map(operand, divide(operand));
    rewriter.setInsertionPoint(op);
    return rewriter.clone(*op, mapping)->getResult(0);
  }

private:
  Value cloneWith(Operation *op, Value old, Value replacement) {
    IRMapping mapping;
    mapping.map(old, replacement);
    rewriter.setInsertionPoint(op);
    return rewriter.clone(*op, mapping)->getResult(0);
  }

  Value divideConstant(Location loc, DenseElementsAttr elements) {
    float divisor = scale;
    DenseElementsAttr divided = elements.mapValues(rewriter.getF32Type(), [&](const APFloat &value) {
      return APFloat(value.convertToFloat() / divisor).bitcastToAPInt();
    });
    return ConstantOp::create(rewriter, loc, divided);
  }

  RewriterBase &rewriter;
  float scale;
};

/// Whether x / divisor is neither rounded to zero nor to infinity for x of a usual size.
bool isUsual(float scale) { return scale > 1e-18f && scale < 1e18f; }

} // namespace

namespace weft {

LogicalResult absorbScale(RewriterBase &rewriter, Operation *quantize) {
  auto op = cast<QuantizeOp>(quantize);
  if (!typeOf(op.getX()).getElementType().isF32() || op.getPrecision() || !isa<IntegerType>(op.getTo()))
    return rewriter.notifyMatchFailure(op, "it does not divide f32 by f32");
  std::optional<DenseElementsAttr> scale = getConstant(op.getScale());
  if (!scale || scale->getNumElements() != 1)
    return rewriter.notifyMatchFailure(op, "its scale is not one constant");
  float divisor = *scale->value_begin<float>();
  if (divisor == 1.0f || !isUsual(divisor))
    return rewriter.notifyMatchFailure(op,
                                       "its scale is 1, or too small or too large to divide constants by");
  Divider divider(rewriter, divisor);
  // Alone, a dequantisation would only become another one, and a constant is folded.
  if (op.getX().getDefiningOp<DequantizeOp>() || getConstant(op.getX()) || !divider.canDivide(op.getX()))
    return rewriter.notifyMatchFailure(op, "a value that it quantises takes no other scale");
  Value divided = divider.divide(op.getX());
  rewriter.setInsertionPoint(op);
  Value one = ConstantOp::create(rewriter, op.getLoc(), DenseElementsAttr::get(scale->getType(), 1.0f));
  rewriter.modifyOpInPlace(op, [&] {
    op.getXMutable().assign(divided);
    op.getScaleMutable().assign(one);
  });
  return success();
}

/// The one value of a splat.
static std::optional<double> getSplat(Value value) {
  std::optional<DenseElementsAttr> constant = getConstant(value);
  if (!constant || !constant->isSplat())
    return std::nullopt;
  return constant->getSplatValue<APFloat>().convertToDouble();
}

LogicalResult dropClamp(RewriterBase &rewriter, Operation *quantize) {
  auto op = cast<QuantizeOp>(quantize);
  auto to = dyn_cast<IntegerType>(op.getTo());
  std::optional<double> scale = getSplat(op.getScale());
  if (!to || to.getWidth() > 16 || !scale || !(*scale > 0))
    return rewriter.notifyMatchFailure(op, "its range is not known");
  double zero = 0;
  if (op.getZp()) {
    DenseElementsAttr elements;
    if (!matchPattern(op.getZp(), m_Constant(&elements)) || !elements.isSplat())
      return rewriter.notifyMatchFailure(op, "its zero point is no constant");
    APInt bits = elements.getSplatValue<APInt>();
    zero =
        to.isUnsigned() ? static_cast<double>(bits.getZExtValue()) : static_cast<double>(bits.getSExtValue());
  }
  double least = to.isUnsigned() ? 0 : -std::ldexp(1.0, to.getWidth() - 1);
  double most = least + std::ldexp(1.0, to.getWidth()) - 1;
  Operation *clamp = op.getX().getDefiningOp();
  if (!isa_and_present<MaxOp, MinOp>(clamp))
    return rewriter.notifyMatchFailure(op, "it quantises no maximum or minimum");
  bool isMax = isa<MaxOp>(clamp);
  for (unsigned i = 0; i < 2; ++i) {
    std::optional<double> bound = getSplat(clamp->getOperand(i));
    Value other = clamp->getOperand(1 - i);
    if (!bound || other.getType() != op.getX().getType())
      continue;
    double rounded = *bound / *scale + zero;
    if (isMax ? rounded > least : rounded < most)
      continue;
    rewriter.modifyOpInPlace(op, [&] { op.getXMutable().assign(other); });
    return success();
  }
  return rewriter.notifyMatchFailure(op, "its range does not do what the maximum or minimum does");
}

} // namespace weft

namespace {

struct WeftAbsorbScalesPass : ::weft::impl::WeftAbsorbScalesPassBase<WeftAbsorbScalesPass> {
  void runOnOperation() override {
    SmallVector<QuantizeOp> ops;
    getOperation().walk([&](QuantizeOp op) { ops.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (QuantizeOp op : ops) {
      numAbsorbed += succeeded(::weft::absorbScale(rewriter, op));
      while (succeeded(::weft::dropClamp(rewriter, op)))
        ;
    }
    // What was cloned is dead now.
    (void)runRegionDCE(rewriter, getOperation()->getRegions());
  }
};

} // namespace
