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
    for (int64_t axis = 0; axis < type.getRank() && result; ++axis) {
      Value size = getHostDim(tensor, axis);
      result = size ? b.createOrFold<arith::MulIOp>(loc, result, size) : Value();
    }
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

void HostBuilder::addShapeChecks(Operation *op) {
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
}

} // namespace weft::conversion
