// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host checks of sizes that only the run knows: before a kernel runs, its operands fit together.
#include "HostBuilder.h"

#include "Support.h"
#include "dialects/Weft/IR/DimMap.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

void HostBuilder::assertHolds(Operation *op, Value condition, const llvm::Twine &expectation) {
  if (matchPattern(condition, m_One()))
    return;
  SmallVector<Attribute> names = getNodeNames(op->getLoc());
  std::string node = names.empty() ? op->getName().stripDialect().str()
                                   : "node '" + cast<StringAttr>(names.front()).str() + "'";
  cf::AssertOp::create(b, op->getLoc(), condition, node + ": expected " + expectation.str());
}

/// Equal sizes, or, where `mayBeOne`, one of them 1.
void HostBuilder::requireEqual(Operation *op, const w::DimExpr &x, const w::DimExpr &y, bool mayBeOne,
                               const llvm::Twine &what) {
  // What is static was verified with the op.
  if (x.isUnknown() || y.isUnknown() || w::DimExpr::provablyEqual(x, y) ||
      (x.getConstant() && y.getConstant()))
    return;
  if (mayBeOne && (x.getConstant() == 1 || y.getConstant() == 1))
    return;
  std::string key =
      (mayBeOne ? "one:" : "equal:") + std::min(x.str(), y.str()) + "=" + std::max(x.str(), y.str());
  Value sizeX = dims.materialize(b, op->getLoc(), x), sizeY = dims.materialize(b, op->getLoc(), y);
  if (!sizeX || !sizeY || !dims.noteChecked(key))
    return;
  Location loc = op->getLoc();
  auto equal = [&](Value a, Value c) {
    return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, a, c);
  };
  Value holds = equal(sizeX, sizeY);
  if (mayBeOne)
    for (auto [expr, size] : {std::pair(x, sizeX), std::pair(y, sizeY)})
      if (!expr.getConstant())
        holds = b.createOrFold<arith::OrIOp>(loc, holds, equal(size, createIndex(b, loc, 1)));
  assertHolds(op, holds, what + (mayBeOne ? " to be equal or 1" : " to be equal") + ", but got {a} and {b}");
}

void HostBuilder::requireAtLeast(Operation *op, Value size, int64_t least, const llvm::Twine &what) {
  if (!size || matchPattern(size, m_Constant()))
    return;
  Location loc = op->getLoc();
  Value holds =
      b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sge, size, createIndex(b, loc, least));
  assertHolds(op, holds, what + " of at least {b}, but got {a}");
}

void HostBuilder::requireAtMost(Operation *op, Value size, Value most, const llvm::Twine &what) {
  if (!size || !most || size == most)
    return;
  // Constants stay on the right, where canonicalisation puts them: {a} and {b} follow the operands.
  bool isConstant = matchPattern(most, m_Constant());
  Value holds = isConstant
                    ? b.createOrFold<arith::CmpIOp>(op->getLoc(), arith::CmpIPredicate::sle, size, most)
                    : b.createOrFold<arith::CmpIOp>(op->getLoc(), arith::CmpIPredicate::sge, most, size);
  assertHolds(op, holds,
              what + (isConstant ? " of at most {b}, but got {a}" : " of at most {a}, but got {b}"));
}

//===----------------------------------------------------------------------===//
// What each op needs
//===----------------------------------------------------------------------===//

/// Operands broadcast to one shape: on each axis, sizes are equal or 1.
static void forEachBroadcastPair(ValueRange operands, int64_t rank,
                                 function_ref<void(int64_t, const w::DimExpr &, const w::DimExpr &)> visit) {
  for (int64_t axis = 0; axis < rank; ++axis)
    for (size_t i = 0; i < operands.size(); ++i)
      for (size_t k = i + 1; k < operands.size(); ++k)
        visit(axis, w::getDim(cast<RankedTensorType>(operands[i].getType()), axis),
              w::getDim(cast<RankedTensorType>(operands[k].getType()), axis));
}

/// Whether a size may come out negative: it is a difference, or holds a function of sizes.
static bool mayBeNegative(const w::DimExpr &expr) {
  return !expr.isUnknown() && llvm::any_of(expr.getTerms(), [](const auto &term) {
    return term.second < 0 ||
           llvm::any_of(
               term.first, [](const std::string &atom) { return w::DimExpr::parseCall(atom).has_value(); });
  });
}

void HostBuilder::checkFactors(Operation *op) {
  auto mapped = dyn_cast<w::DimMapOpInterface>(op);
  FailureOr<w::DimMap> map = mapped ? mapped.getDimMap() : FailureOr<w::DimMap>(failure());
  if (failed(map))
    return;
  // The first operand's dim of each factor; the others equal it.
  SmallVector<std::optional<w::DimExpr>> sizes(map->kinds.size());
  for (auto [operand, factors] : llvm::zip(op->getOperands(), map->operands)) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (!type || static_cast<int64_t>(factors.size()) != type.getRank())
      continue;
    for (auto [axis, factor] : llvm::enumerate(factors)) {
      if (factor == w::kNoFactor || map->kinds[factor] == w::FactorKind::Window)
        continue;
      w::DimExpr size = w::getDim(type, axis);
      bool isBatch = isa<w::MatmulOp>(op) && static_cast<int64_t>(axis) < type.getRank() - 2;
      if (sizes[factor])
        requireEqual(op, *sizes[factor], size, /*mayBeOne=*/isBatch, "sizes that go together");
      else
        sizes[factor] = size;
    }
  }
}

void HostBuilder::checkSlice(w::SliceOp op) {
  auto type = op.getX().getType();
  ArrayRef<int64_t> offsets = op.getStaticOffsets(), sizes = op.getStaticSizes();
  ValueRange dynamicOffsets = op.getOffsets(), dynamicSizes = op.getSizes();
  Location loc = op.getLoc();
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    bool hasOffset = ShapedType::isDynamic(offsets[axis]), hasSize = ShapedType::isDynamic(sizes[axis]);
    Value offset = hasOffset ? getHostIndex(dynamicOffsets.front()) : createIndex(b, loc, offsets[axis]);
    Value size = hasSize ? getHostIndex(dynamicSizes.front()) : createIndex(b, loc, sizes[axis]);
    dynamicOffsets = dynamicOffsets.drop_front(hasOffset);
    dynamicSizes = dynamicSizes.drop_front(hasSize);
    bool isWhole = !hasOffset && offsets[axis] == 0 && op.getStrides()[axis] == 1 &&
                   w::DimExpr::provablyEqual(w::getDim(type, axis), w::getDim(op.getType(), axis));
    if (isWhole || (!hasOffset && !hasSize && !type.isDynamicDim(axis)))
      continue;
    Value dim = getHostDim(op.getX(), axis);
    if (!offset || !size || !dim)
      continue;
    if (hasOffset)
      requireAtLeast(op, offset, 0, "an offset on dim " + llvm::Twine(axis));
    if (hasSize)
      requireAtLeast(op, size, 0, "a length on dim " + llvm::Twine(axis));
    // offset + (size - 1) * stride + 1 <= dim; an empty slice may start at the end.
    int64_t stride = op.getStrides()[axis];
    Value reach = size;
    if (stride != 1) {
      Value last = b.createOrFold<arith::SubIOp>(loc, size, createIndex(b, loc, 1));
      last = b.createOrFold<arith::MulIOp>(loc, last, createIndex(b, loc, stride));
      reach = b.createOrFold<arith::AddIOp>(loc, last, createIndex(b, loc, 1));
    }
    Value end = b.createOrFold<arith::AddIOp>(loc, offset, reach);
    requireAtMost(op, end, dim, "a slice that ends on dim " + llvm::Twine(axis) + " at an index");
  }
}

Value HostBuilder::multiplySizes(Location loc, Value x, Value y) {
  if (!x || !y)
    return {};
  if (matchPattern(x, m_One()))
    return y;
  if (matchPattern(y, m_One()))
    return x;
  // What wraps would pass for a small product.
  auto product = arith::MulUIExtendedOp::create(b, loc, x, y);
  Value zero = createIndex(b, loc, 0), most = createIndex(b, loc, INT64_MAX);
  Value isWide = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, product.getHigh(), zero);
  Value isNegative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, product.getLow(), zero);
  Value overflows = arith::OrIOp::create(b, loc, isWide, isNegative);
  return arith::SelectOp::create(b, loc, overflows, most, product.getLow());
}

void HostBuilder::checkReshape(w::ReshapeOp op) {
  // Products of sizes that are equal for any value of their symbols need no check.
  auto product = [](RankedTensorType type) {
    w::DimExpr result = w::DimExpr::constant(1);
    for (const w::DimExpr &dim : w::getDims(type))
      result = result * dim;
    return result;
  };
  RankedTensorType from = cast<RankedTensorType>(op.getX().getType()),
                   to = cast<RankedTensorType>(op.getType());
  if (w::DimExpr::provablyEqual(product(from), product(to)))
    return;
  Location loc = op.getLoc();
  auto count = [&](Value tensor, RankedTensorType type) {
    Value result = createIndex(b, loc, 1);
    for (int64_t axis = 0; axis < type.getRank() && result; ++axis)
      result = multiplySizes(loc, result, getHostDim(tensor, axis));
    return result;
  };
  Value before = count(op.getX(), from), after = count(op.getResult(), to);
  if (!before || !after)
    return;
  // A constant on the right, as in requireAtMost.
  bool isConstant = matchPattern(before, m_Constant());
  Value holds = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, isConstant ? after : before,
                                              isConstant ? before : after);
  assertHolds(op, holds,
              isConstant ? "as many elements in the new shape as in the old, {b}, but got {a}"
                         : "as many elements in the new shape as in the old, {a}, but got {b}");
}

void HostBuilder::checkBroadcast(w::BroadcastOp op) {
  RankedTensorType from = cast<RankedTensorType>(op.getX().getType()),
                   to = cast<RankedTensorType>(op.getType());
  Location loc = op.getLoc();
  for (int64_t axis = 0; axis < from.getRank(); ++axis) {
    w::DimExpr size = w::getDim(from, axis);
    if (size.getConstant() == 1 || w::DimExpr::provablyEqual(size, w::getDim(to, axis)))
      continue;
    Value dim = getHostDim(op.getX(), axis), target = getHostDim(op.getResult(), axis);
    if (!dim || !target || dim == target)
      continue;
    Value isSame = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, dim, target);
    Value isOne = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, dim, createIndex(b, loc, 1));
    assertHolds(op, b.createOrFold<arith::OrIOp>(loc, isSame, isOne),
                "dim " + llvm::Twine(axis) +
                    " to be 1 or the size that it is expanded to, but got {a} and {b}");
  }
}

void HostBuilder::checkElements(Operation *op, Value x, Value indices, int64_t elementsAxis) {
  auto type = cast<RankedTensorType>(x.getType()), indicesType = cast<RankedTensorType>(indices.getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    w::DimExpr size = w::getDim(type, axis), count = w::getDim(indicesType, axis);
    if (axis == elementsAxis || w::DimExpr::provablyEqual(size, count) ||
        (size.getConstant() && count.getConstant()))
      continue;
    requireAtMost(op, getHostDim(indices, axis), getHostDim(x, axis),
                  "a size of dim " + llvm::Twine(axis) + " of its indices");
  }
}

void HostBuilder::checkPad(w::PadOp op) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  if (op.getMode() == w::PadMode::constant)
    return;
  Location loc = op.getLoc();
  int64_t least = op.getMode() == w::PadMode::reflect ? 2 : 1;
  ValueRange lo = op.getLo(), hi = op.getHi();
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    auto take = [&](ValueRange &given, int64_t known) {
      if (!ShapedType::isDynamic(known))
        return createIndex(b, loc, known);
      Value pad = getHostIndex(given.front());
      given = given.drop_front();
      return pad;
    };
    Value before = take(lo, op.getStaticLo()[axis]), behind = take(hi, op.getStaticHi()[axis]);
    // What is static was verified with the op.
    bool isKnown = !type.isDynamicDim(axis);
    if (isKnown && type.getDimSize(axis) >= least)
      continue;
    Value size = getHostDim(op.getX(), axis);
    if (!size || !before || !behind)
      continue;
    auto compare = [&](arith::CmpIPredicate predicate, Value value, int64_t bound) {
      return b.createOrFold<arith::CmpIOp>(loc, predicate, value, createIndex(b, loc, bound));
    };
    Value holds = compare(arith::CmpIPredicate::sge, size, least);
    Value isUnpadded = b.createOrFold<arith::AndIOp>(loc, compare(arith::CmpIPredicate::sle, before, 0),
                                                     compare(arith::CmpIPredicate::sle, behind, 0));
    assertHolds(op, b.createOrFold<arith::OrIOp>(loc, holds, isUnpadded),
                "dim " + llvm::Twine(axis) + " to have at least " + llvm::Twine(least) +
                    (least == 1 ? " element" : " elements") + " to pad with, but got " +
                    (isKnown ? std::to_string(type.getDimSize(axis)) : std::string("{a}")));
  }
}

void HostBuilder::checkResize(w::ResizeOp op) {
  auto from = cast<RankedTensorType>(op.getX().getType()), to = cast<RankedTensorType>(op.getType());
  Location loc = op.getLoc();
  for (int64_t axis : op.getAxes()) {
    if (!from.isDynamicDim(axis) || w::DimExpr::provablyEqual(w::getDim(from, axis), w::getDim(to, axis)))
      continue;
    Value size = getHostDim(op.getX(), axis), result = getHostDim(op.getResult(), axis);
    if (!size || !result)
      continue;
    Value zero = createIndex(b, loc, 0);
    Value holds = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt, size, zero);
    Value isEmpty = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sle, result, zero);
    assertHolds(op, b.createOrFold<arith::OrIOp>(loc, holds, isEmpty),
                "dim " + llvm::Twine(axis) + " to have elements to interpolate, but got {a}");
  }
}

/// An integer division of the host program, which would end the process where it divides by 0.
static bool isDivision(Operation *op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::FloorDivSIOp, arith::CeilDivSIOp, arith::CeilDivUIOp,
             arith::RemSIOp, arith::RemUIOp>(op);
}

void HostBuilder::addShapeChecks(Operation *op) {
  if (isDivision(op)) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(op);
    Value divisor = op->getOperand(1);
    if (APInt number; matchPattern(divisor, m_ConstantInt(&number)) && !number.isZero())
      return;
    Value zero =
        arith::ConstantOp::create(b, op->getLoc(), b.getIntegerAttr(getElementTypeOrSelf(divisor), 0));
    Value holds = b.createOrFold<arith::CmpIOp>(op->getLoc(), arith::CmpIPredicate::ne, divisor, zero);
    return assertHolds(op, holds, "a divisor other than 0");
  }
  if (isa<w::ElementwiseOpInterface>(op)) {
    int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
    forEachBroadcastPair(
        op->getOperands(), rank, [&](int64_t axis, const w::DimExpr &x, const w::DimExpr &y) {
          requireEqual(op, x, y, /*mayBeOne=*/true, "dim " + llvm::Twine(axis) + " of its inputs");
        });
  } else if (auto slice = dyn_cast<w::SliceOp>(op)) {
    checkSlice(slice);
  } else if (auto reshape = dyn_cast<w::ReshapeOp>(op)) {
    checkReshape(reshape);
  } else if (auto broadcast = dyn_cast<w::BroadcastOp>(op)) {
    checkBroadcast(broadcast);
  } else if (auto gather = dyn_cast<w::GatherElementsOp>(op)) {
    checkElements(op, gather.getX(), gather.getIndices(), gather.getAxis());
  } else if (auto scatter = dyn_cast<w::ScatterElementsOp>(op)) {
    auto indices = cast<RankedTensorType>(scatter.getIndices().getType());
    auto updates = cast<RankedTensorType>(scatter.getUpdates().getType());
    for (int64_t axis = 0; axis < indices.getRank(); ++axis)
      requireEqual(op, w::getDim(indices, axis), w::getDim(updates, axis), /*mayBeOne=*/false,
                   "dim " + llvm::Twine(axis) + " of its indices and updates");
    checkElements(op, scatter.getX(), scatter.getIndices(), scatter.getAxis());
  } else if (auto nms = dyn_cast<w::NmsOp>(op)) {
    auto boxes = cast<RankedTensorType>(nms.getBoxes().getType());
    auto scores = cast<RankedTensorType>(nms.getScores().getType());
    requireEqual(op, w::getDim(boxes, 0), w::getDim(scores, 0), /*mayBeOne=*/false,
                 "batches of its boxes and scores");
    requireEqual(op, w::getDim(boxes, 1), w::getDim(scores, 2), /*mayBeOne=*/false,
                 "numbers of its boxes and scores");
  } else if (auto pad = dyn_cast<w::PadOp>(op)) {
    checkPad(pad);
  } else if (auto resize = dyn_cast<w::ResizeOp>(op)) {
    checkResize(resize);
  } else if (auto topK = dyn_cast<w::TopKOp>(op)) {
    bool isGiven = static_cast<bool>(topK.getK());
    Value k = isGiven ? getHostIndex(topK.getK()) : createIndex(b, op->getLoc(), topK.getStaticK());
    if (isGiven)
      requireAtLeast(op, k, 0, "k");
    if (isGiven || topK.getX().getType().isDynamicDim(topK.getAxis()))
      requireAtMost(op, k, getHostDim(topK.getX(), topK.getAxis()), "k");
  } else {
    checkFactors(op);
  }
  // Sizes that are differences, or come from the model's data, must be sizes.
  for (Value result : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    for (int64_t axis = 0; type && axis < type.getRank(); ++axis) {
      w::DimExpr expr = w::getDim(type, axis);
      bool isOperand = isa<w::IotaOp, w::BroadcastOp, w::ReshapeOp, w::RandomOp, w::PadOp, w::ResizeOp>(op);
      if (!type.isDynamicDim(axis) || !(mayBeNegative(expr) || isOperand))
        continue;
      Value size = getHostDim(result, axis);
      if (size && dims.noteChecked("size:" + expr.str()))
        requireAtLeast(op, size, 0, "a size of dim " + llvm::Twine(axis) + " of its result");
    }
  }
  // Sizes from data multiply to more elements than any memory has; one alone is found when it is allocated.
  if (auto broadcast = dyn_cast<w::BroadcastOp>(op); broadcast && broadcast.getShape().size() > 1) {
    Value count = createIndex(b, op->getLoc(), 1);
    for (int64_t axis = 0; axis < cast<RankedTensorType>(broadcast.getType()).getRank() && count; ++axis)
      count = multiplySizes(op->getLoc(), count, getHostDim(broadcast.getResult(), axis));
    constexpr int64_t kMostElements = int64_t(1) << 56;
    if (count && !matchPattern(count, m_Constant()))
      requireAtMost(op, count, createIndex(b, op->getLoc(), kMostElements), "a number of elements");
  }
}

} // namespace weft::conversion
