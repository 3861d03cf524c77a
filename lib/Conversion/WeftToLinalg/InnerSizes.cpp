// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes in the host program the sizes that ops inside of a kernel introduce.
#include "HostBuilder.h"
#include "Support.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

Value HostBuilder::getHostDim(Value inner, int64_t axis) {
  auto type = cast<RankedTensorType>(inner.getType());
  if (!type.isDynamicDim(axis))
    return createIndex(b, inner.getLoc(), type.getDimSize(axis));
  return dims.materialize(b, inner.getLoc(), w::getDim(type, axis));
}

Value HostBuilder::getHostIndex(Value inner) {
  if (auto argument = dyn_cast<BlockArgument>(inner)) {
    auto kernel = dyn_cast<w::KernelOp>(argument.getOwner()->getParentOp());
    return kernel ? lookup(kernel.getInputs()[argument.getArgNumber()]) : lookup(inner);
  }
  Operation *op = inner.getDefiningOp();
  if (auto dim = dyn_cast<w::DimOp>(op))
    return getHostDim(dim.getX(), dim.getAxis());
  if (auto extract = dyn_cast<w::ExtractOp>(op)) {
    auto argument = dyn_cast<BlockArgument>(extract.getX());
    Value tensor = argument ? getHostIndex(argument) : Value();
    return tensor ? extractIndex(b, op->getLoc(), cast<RankedTensorType>(extract.getX().getType()), tensor,
                                 extract.getI())
                  : Value();
  }
  if (!isa<arith::ArithDialect>(op->getDialect()))
    return nullptr;
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Value value = getHostIndex(operand);
    if (!value)
      return nullptr;
    mapping.map(operand, value);
  }
  Operation *copy = b.clone(*op, mapping);
  addShapeChecks(copy);
  return copy->getResult(0);
}

/// The entry for `position` of a mixed list of static and dynamic sizes.
static OpFoldResult pickSize(OpBuilder &b, ArrayRef<int64_t> sizes, ValueRange dynamic, int64_t position) {
  if (!ShapedType::isDynamic(sizes[position]))
    return b.getIndexAttr(sizes[position]);
  int64_t before =
      llvm::count_if(sizes.take_front(position), [](int64_t size) { return ShapedType::isDynamic(size); });
  return dynamic[before];
}

Value HostBuilder::getConcatSize(w::ConcatOp op, int64_t axis) {
  if (axis != static_cast<int64_t>(op.getAxis()))
    return getHostDim(op.getXs().front(), axis);
  Value sum;
  for (Value part : op.getXs()) {
    Value size = getHostDim(part, axis);
    if (!size)
      return {};
    sum = sum ? Value(arith::AddIOp::create(b, op.getLoc(), sum, size)) : size;
  }
  return sum;
}

Value HostBuilder::getBroadcastSize(Operation *op, int64_t axis) {
  Location loc = op->getLoc();
  Value size;
  for (Value operand : op->getOperands()) {
    Value dim = getHostDim(operand, axis);
    if (!dim)
      return {};
    if (!size) {
      size = dim;
      continue;
    }
    Value isOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, size, createIndex(b, loc, 1));
    size = arith::SelectOp::create(b, loc, isOne, dim, size);
  }
  return size;
}

Value HostBuilder::getResultSize(Operation *op, int64_t axis) {
  Location loc = op->getLoc();
  auto toHost = [&](OpFoldResult size) -> Value {
    if (std::optional<int64_t> constant = getConstantIntValue(size))
      return createIndex(b, loc, *constant);
    return getHostIndex(cast<Value>(size));
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<w::IotaOp, w::BroadcastOp, w::ReshapeOp, w::RandomOp>(
          [&](auto sized) { return toHost(pickSize(b, sized.getStaticShape(), sized.getShape(), axis)); })
      .Case([&](w::SliceOp slice) {
        return toHost(pickSize(b, slice.getStaticSizes(), slice.getSizes(), axis));
      })
      .Case([&](w::ResizeOp resize) -> Value {
        const int64_t *place = llvm::find(resize.getAxes(), axis);
        if (place == resize.getAxes().end())
          return getHostDim(resize.getX(), axis);
        return toHost(
            pickSize(b, resize.getStaticSizes(), resize.getSizes(), place - resize.getAxes().begin()));
      })
      .Case([&](w::TopKOp topK) -> Value {
        if (axis != static_cast<int64_t>(topK.getAxis()))
          return getHostDim(topK.getX(), axis);
        return topK.getK() ? getHostIndex(topK.getK()) : createIndex(b, loc, topK.getStaticK());
      })
      .Case([&](w::PadOp pad) -> Value {
        Value size = getHostDim(pad.getX(), axis);
        Value lo = toHost(pickSize(b, pad.getStaticLo(), pad.getLo(), axis));
        Value hi = toHost(pickSize(b, pad.getStaticHi(), pad.getHi(), axis));
        if (!size || !lo || !hi)
          return {};
        return arith::AddIOp::create(b, loc, arith::AddIOp::create(b, loc, size, lo), hi);
      })
      .Case([&](w::ConcatOp concat) { return getConcatSize(concat, axis); })
      .Case([&](w::DftOp dft) -> Value {
        if (axis != static_cast<int64_t>(dft.getAxis()))
          return {};
        Value n = dft.getN() ? getHostIndex(dft.getN()) : Value();
        if (!n || !dft.getOnesided())
          return n;
        Value half = arith::DivUIOp::create(b, loc, n, createIndex(b, loc, 2));
        return arith::AddIOp::create(b, loc, half, createIndex(b, loc, 1));
      })
      .Case([&](w::ElementwiseOpInterface elementwise) { return getBroadcastSize(elementwise, axis); })
      .Default([&](Operation *other) { return getFactorSize(other, axis); });
}

Value HostBuilder::getFactorSize(Operation *op, int64_t axis) {
  auto mapped = dyn_cast<w::DimMapOpInterface>(op);
  FailureOr<w::DimMap> map = mapped ? mapped.getDimMap() : FailureOr<w::DimMap>(failure());
  if (failed(map) || map->results.empty() || axis >= static_cast<int64_t>(map->results.front().size()))
    return {};
  int64_t factor = map->results.front()[axis];
  if (factor == w::kNoFactor || map->kinds[factor] == w::FactorKind::Window)
    return {};
  // Where operands broadcast, as batches of a product do, the size that is not 1.
  Value size;
  for (auto [operand, factors] : llvm::zip(op->getOperands(), map->operands))
    for (auto [dim, carried] : llvm::enumerate(factors)) {
      if (carried != factor)
        continue;
      Value next = getHostDim(operand, static_cast<int64_t>(dim));
      if (!next || !size) {
        size = next;
        continue;
      }
      Value isOne = b.createOrFold<arith::CmpIOp>(op->getLoc(), arith::CmpIPredicate::eq, size,
                                                  createIndex(b, op->getLoc(), 1));
      size = b.createOrFold<arith::SelectOp>(op->getLoc(), isOne, next, size);
    }
  return size;
}

LogicalResult HostBuilder::bindInnerSizes(w::KernelOp kernel) {
  auto result = success();
  kernel.getBody().walk([&](Operation *op) {
    for (Value value : op->getResults()) {
      auto type = dyn_cast<RankedTensorType>(value.getType());
      for (int64_t axis = 0; type && axis < type.getRank(); ++axis) {
        w::DimExpr expr = w::getDim(type, axis);
        if (!type.isDynamicDim(axis) || dims.materialize(b, op->getLoc(), expr))
          continue;
        Value counted = dataSizes.lookup(expr.str());
        Value size = expr.isUnknown() ? Value() : counted ? lookup(counted) : getResultSize(op, axis);
        if (size) {
          dims.bindSolved(b, op->getLoc(), expr, size);
          continue;
        }
        result = op->emitOpError("expected the size of dim ")
                 << axis << " of " << type << " to be known before the kernel runs, but it is not";
      }
    }
    if (succeeded(result))
      addShapeChecks(op);
  });
  return result;
}

} // namespace weft::conversion
