// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows small tensors element by element back to sizes and constants.
#include "weft/Transforms/ScalarizeShapes.h"

#include "ScalarBuilder.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTSCALARIZESHAPESPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

using ::weft::ScalarBuilder;
using ::weft::ScalarizeShapesOptions;

namespace {

using Scalars = SmallVector<Value>;

SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t axis = static_cast<int64_t>(shape.size()) - 2; axis >= 0; --axis)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/// Calls `visit` with each index of a shape, in row-major order.
void forEachIndex(ArrayRef<int64_t> shape, function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t count = ShapedType::getNumElements(shape);
  for (int64_t flat = 0; flat < count; ++flat) {
    visit(index);
    for (int64_t axis = static_cast<int64_t>(shape.size()) - 1; axis >= 0 && ++index[axis] == shape[axis];
         --axis)
      index[axis] = 0;
  }
}

int64_t flatten(ArrayRef<int64_t> index, ArrayRef<int64_t> strides) {
  int64_t flat = 0;
  for (auto [i, stride] : llvm::zip(index, strides))
    flat += i * stride;
  return flat;
}

ArrayRef<int64_t> getShape(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getShape(); }

class ShapeScalars {
public:
  ShapeScalars(MLIRContext *context, const ScalarizeShapesOptions &options)
      : builder(context), scalar(builder), options(options) {}

  /// The elements of a tensor as scalars that dominate its users; null when it cannot be followed.
  const Scalars *get(Value tensor);

  bool isSmall(Value tensor) const {
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    if (!type || !type.hasStaticShape() || type.getNumElements() > options.maxElements)
      return false;
    Type element = type.getElementType();
    return isa<IntegerType>(element) || element.isF32() || element.isF64();
  }

private:
  std::optional<Scalars> compute(Operation *op);
  std::optional<Scalars> computeConstant(ConstantOp op);
  std::optional<Scalars> computeElementwise(ElementwiseOpInterface op);
  std::optional<Scalars> computeReduce(ReduceOp op);
  std::optional<Scalars> computeGather(GatherOp op);
  std::optional<Scalars> computeConcat(ConcatOp op);
  std::optional<Scalars> computeScatter(Operation *op, Value x, Value updates,
                                        function_ref<std::optional<int64_t>(ArrayRef<int64_t>)> place);
  /// Elements of `op`'s result as elements of `x`: `place` maps a result index to an operand index.
  std::optional<Scalars> computeMove(Operation *op, Value x,
                                     function_ref<SmallVector<int64_t>(ArrayRef<int64_t>)> place);
  std::optional<int64_t> getConstant(Value value) const {
    APInt constant;
    if (matchPattern(value, m_ConstantInt(&constant)) && constant.getSignificantBits() <= 64)
      return constant.getSExtValue();
    return std::nullopt;
  }

  OpBuilder builder;
  ScalarBuilder scalar;
  ScalarizeShapesOptions options;
  llvm::DenseMap<Value, std::optional<Scalars>> known;
};

const Scalars *ShapeScalars::get(Value tensor) {
  auto it = known.find(tensor);
  if (it == known.end()) {
    Operation *op = tensor.getDefiningOp();
    std::optional<Scalars> scalars;
    if (op && isSmall(tensor) && isa<WeftDialect>(op->getDialect()))
      scalars = compute(op);
    it = known.try_emplace(tensor, std::move(scalars)).first;
  }
  return it->second ? &*it->second : nullptr;
}

std::optional<Scalars> ShapeScalars::computeConstant(ConstantOp op) {
  auto values = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!values)
    return std::nullopt;
  builder.setInsertionPointAfter(op);
  Scalars scalars;
  Type element = values.getElementType();
  bool isUnsigned = element.isUnsignedInteger();
  if (isa<FloatType>(element)) {
    for (APFloat value : values.getValues<APFloat>())
      scalars.push_back(
          arith::ConstantOp::create(builder, op.getLoc(), cast<TypedAttr>(FloatAttr::get(element, value))));
    return scalars;
  }
  for (APInt value : values.getValues<APInt>()) {
    if (element.isInteger(1))
      scalars.push_back(
          arith::ConstantOp::create(builder, op.getLoc(), builder.getBoolAttr(value.getBoolValue())));
    else
      scalars.push_back(arith::ConstantIndexOp::create(
          builder, op.getLoc(), isUnsigned ? value.getZExtValue() : value.getSExtValue()));
  }
  return scalars;
}

std::optional<Scalars>
ShapeScalars::computeMove(Operation *op, Value x,
                          function_ref<SmallVector<int64_t>(ArrayRef<int64_t>)> place) {
  const Scalars *from = get(x);
  if (!from)
    return std::nullopt;
  SmallVector<int64_t> strides = getStrides(getShape(x));
  Scalars scalars;
  forEachIndex(getShape(op->getResult(0)),
               [&](ArrayRef<int64_t> index) { scalars.push_back((*from)[flatten(place(index), strides)]); });
  return scalars;
}

std::optional<Scalars> ShapeScalars::computeConcat(ConcatOp op) {
  SmallVector<const Scalars *> parts;
  for (Value x : op.getXs())
    if (!get(x))
      return std::nullopt;
  // Taken only now: following one operand may move what is known of another.
  for (Value x : op.getXs())
    parts.push_back(get(x));
  int64_t axis = op.getAxis();
  Scalars scalars;
  forEachIndex(getShape(op.getResult()), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> inside(index);
    size_t part = 0;
    while (inside[axis] >= getShape(op.getXs()[part])[axis])
      inside[axis] -= getShape(op.getXs()[part++])[axis];
    scalars.push_back((*parts[part])[flatten(inside, getStrides(getShape(op.getXs()[part])))]);
  });
  return scalars;
}

std::optional<Scalars> ShapeScalars::computeGather(GatherOp op) {
  const Scalars *indices = get(op.getIndices());
  if (!indices || op.getBatchDims() != 0 || !isSmall(op.getX()))
    return std::nullopt;
  int64_t axis = op.getAxis(), size = getShape(op.getX())[axis], indexRank = getShape(op.getIndices()).size();
  SmallVector<int64_t> places;
  for (Value index : *indices) {
    std::optional<int64_t> place = getConstant(index);
    if (place && *place < 0)
      *place += size;
    if (!place || *place < 0 || *place >= size)
      return std::nullopt;
    places.push_back(*place);
  }
  SmallVector<int64_t> strides = getStrides(getShape(op.getIndices()));
  return computeMove(op, op.getX(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(index.take_front(axis));
    from.push_back(places[flatten(index.slice(axis, indexRank), strides)]);
    from.append(index.begin() + axis + indexRank, index.end());
    return from;
  });
}

std::optional<Scalars> ShapeScalars::computeElementwise(ElementwiseOpInterface op) {
  SmallVector<Scalars> operands;
  SmallVector<Type> types;
  for (Value operand : op->getOperands()) {
    const Scalars *scalars = get(operand);
    if (!scalars)
      return std::nullopt;
    operands.push_back(*scalars);
    types.push_back(cast<RankedTensorType>(operand.getType()).getElementType());
  }
  Value result = op->getResult(0);
  Type to = cast<RankedTensorType>(result.getType()).getElementType();
  builder.setInsertionPointAfter(op);
  Scalars scalars;
  bool isComplete = true;
  forEachIndex(getShape(result), [&](ArrayRef<int64_t> index) {
    SmallVector<Value> arguments;
    for (auto [operand, elements] : llvm::zip(op->getOperands(), operands)) {
      SmallVector<int64_t> place(index);
      for (auto [i, size] : llvm::zip(place, getShape(operand)))
        i = size == 1 ? 0 : i;
      arguments.push_back(elements[flatten(place, getStrides(getShape(operand)))]);
    }
    Value value = isComplete ? scalar.apply(op, arguments, types, to) : Value();
    isComplete &= static_cast<bool>(value);
    scalars.push_back(value);
  });
  return isComplete ? std::optional<Scalars>(std::move(scalars)) : std::nullopt;
}

std::optional<Scalars> ShapeScalars::computeReduce(ReduceOp op) {
  const Scalars *from = get(op.getX());
  if (!from || !isa<IntegerType>(op.getX().getType().getElementType()) || op.getKind() == ReduceKind::mean ||
      op.getX().getType().getElementType().isInteger(1) || from->empty())
    return std::nullopt;
  builder.setInsertionPointAfter(op);
  SmallVector<int64_t> strides = getStrides(getShape(op.getResult()));
  Scalars scalars(op.getResult().getType().getNumElements());
  int64_t next = 0;
  forEachIndex(getShape(op.getX()), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> place(index);
    for (int64_t axis : op.getAxes())
      place[axis] = 0;
    Value &value = scalars[flatten(place, strides)];
    Value element = (*from)[next++];
    value = value ? scalar.combine(op.getLoc(), op.getKind(), value, element) : element;
  });
  if (llvm::is_contained(scalars, Value()))
    return std::nullopt;
  return scalars;
}

/// x with the elements of `updates` at the places that `place` gives for their indices.
std::optional<Scalars>
ShapeScalars::computeScatter(Operation *op, Value x, Value updates,
                             function_ref<std::optional<int64_t>(ArrayRef<int64_t>)> place) {
  if (!get(x) || !get(updates))
    return std::nullopt;
  Scalars scalars = *get(x);
  const Scalars &values = *get(updates);
  int64_t next = 0;
  bool isComplete = true;
  forEachIndex(getShape(updates), [&](ArrayRef<int64_t> index) {
    std::optional<int64_t> target = place(index);
    isComplete &= target && *target >= 0 && *target < static_cast<int64_t>(scalars.size());
    if (isComplete)
      scalars[*target] = values[next];
    ++next;
  });
  return isComplete ? std::optional<Scalars>(std::move(scalars)) : std::nullopt;
}

std::optional<Scalars> ShapeScalars::compute(Operation *op) {
  return TypeSwitch<Operation *, std::optional<Scalars>>(op)
      .Case([&](ConstantOp constant) { return computeConstant(constant); })
      .Case([&](FromElementsOp make) { return Scalars(make.getElements()); })
      .Case([&](ReshapeOp reshape) -> std::optional<Scalars> {
        const Scalars *from = get(reshape.getX());
        return from ? std::optional<Scalars>(*from) : std::nullopt;
      })
      .Case([&](ConcatOp concat) { return computeConcat(concat); })
      .Case([&](GatherOp gather) { return computeGather(gather); })
      .Case([&](ReduceOp reduce) { return computeReduce(reduce); })
      .Case([&](BroadcastOp broadcast) {
        return computeMove(op, broadcast.getX(), [&](ArrayRef<int64_t> index) {
          SmallVector<int64_t> place(index);
          for (auto [i, size] : llvm::zip(place, getShape(broadcast.getX())))
            i = size == 1 ? 0 : i;
          return place;
        });
      })
      .Case([&](TransposeOp transpose) {
        return computeMove(op, transpose.getX(), [&](ArrayRef<int64_t> index) {
          SmallVector<int64_t> place(index.size());
          for (auto [i, dim] : llvm::zip(index, transpose.getPerm()))
            place[dim] = i;
          return place;
        });
      })
      .Case([&](SliceOp slice) -> std::optional<Scalars> {
        SmallVector<int64_t> offsets(slice.getStaticOffsets());
        size_t next = 0;
        for (auto [axis, offset] : llvm::enumerate(offsets)) {
          if (!ShapedType::isDynamic(offset))
            continue;
          std::optional<int64_t> value = getConstant(slice.getOffsets()[next++]);
          if (!value || *value < 0 || *value >= std::max<int64_t>(getShape(slice.getX())[axis], 1))
            return std::nullopt;
          offset = *value;
        }
        return computeMove(op, slice.getX(), [&](ArrayRef<int64_t> index) {
          SmallVector<int64_t> place;
          for (auto [i, offset, stride] : llvm::zip(index, offsets, slice.getStrides()))
            place.push_back(offset + i * stride);
          return place;
        });
      })
      .Case([&](ReverseOp reverse) {
        return computeMove(op, reverse.getX(), [&](ArrayRef<int64_t> index) {
          SmallVector<int64_t> place(index);
          for (int64_t axis : reverse.getAxes())
            place[axis] = getShape(reverse.getX())[axis] - 1 - place[axis];
          return place;
        });
      })
      .Case([&](IotaOp iota) -> std::optional<Scalars> {
        if (!isa<IntegerType>(iota.getTo()) || iota.getTo().isInteger(1))
          return std::nullopt;
        builder.setInsertionPointAfter(op);
        Scalars scalars;
        forEachIndex(getShape(iota.getResult()), [&](ArrayRef<int64_t> index) {
          scalars.push_back(arith::ConstantIndexOp::create(builder, iota.getLoc(), index[iota.getAxis()]));
        });
        return scalars;
      })
      .Case([&](ScatterElementsOp scatter) -> std::optional<Scalars> {
        const Scalars *indices = get(scatter.getIndices());
        if (!indices || scatter.getMode() != ScatterMode::set)
          return std::nullopt;
        Scalars places = *indices;
        SmallVector<int64_t> strides = getStrides(getShape(scatter.getX()));
        int64_t axis = scatter.getAxis(), size = getShape(scatter.getX())[axis], next = 0;
        return computeScatter(op, scatter.getX(), scatter.getUpdates(),
                              [&](ArrayRef<int64_t> index) -> std::optional<int64_t> {
                                std::optional<int64_t> to = getConstant(places[next++]);
                                if (!to)
                                  return std::nullopt;
                                SmallVector<int64_t> place(index);
                                place[axis] = *to < 0 ? *to + size : *to;
                                return flatten(place, strides);
                              });
      })
      .Case([&](ElementwiseOpInterface elementwise) { return computeElementwise(elementwise); })
      .Default([](Operation *) { return std::nullopt; });
}

/// The value of scalars that are all constant, as a constant of the tensor's type; null otherwise.
ElementsAttr getConstantElements(RankedTensorType type, ArrayRef<Value> scalars) {
  SmallVector<Attribute> values;
  Type element = type.getElementType();
  for (Value scalar : scalars) {
    Attribute value;
    if (!matchPattern(scalar, m_Constant(&value)))
      return {};
    if (auto integer = dyn_cast<IntegerAttr>(value))
      value = IntegerAttr::get(element, integer.getValue().sextOrTrunc(element.getIntOrFloatBitWidth()));
    if (cast<TypedAttr>(value).getType() != element)
      return {};
    values.push_back(value);
  }
  return DenseElementsAttr::get(type, values);
}

/// Replaces the small tensor that `op` computes by its constant, or by from_elements where that is what it
/// amounts to.
bool replaceTensor(Operation *op, ShapeScalars &scalars) {
  if (op->getNumResults() != 1 || !isa<WeftDialect>(op->getDialect()) ||
      isa<ConstantOp, FromElementsOp>(op) || op->use_empty() || !scalars.isSmall(op->getResult(0)))
    return false;
  const Scalars *elements = scalars.get(op->getResult(0));
  if (!elements)
    return false;
  auto type = RankedTensorType::get(getShape(op->getResult(0)),
                                    cast<RankedTensorType>(op->getResult(0).getType()).getElementType());
  OpBuilder builder(op->getContext());
  // Behind the op and all of its scalars.
  Operation *last = op;
  for (Value element : *elements)
    if (Operation *def = element.getDefiningOp();
        def && def->getBlock() == op->getBlock() && last->isBeforeInBlock(def))
      last = def;
  builder.setInsertionPointAfter(last);
  Value value;
  if (ElementsAttr constant = getConstantElements(type, *elements))
    value = ConstantOp::create(builder, op->getLoc(), constant);
  else if (type.getRank() == 1 && type.getElementType().isSignlessInteger(64) && !isa<ReshapeOp>(op))
    value = FromElementsOp::create(builder, op->getLoc(), *elements);
  if (!value || value.getType() != op->getResult(0).getType())
    return false;
  op->getResult(0).replaceAllUsesWith(value);
  return true;
}

} // namespace

namespace weft {

int64_t scalarizeShapes(func::FuncOp func, const ScalarizeShapesOptions &options) {
  ShapeScalars scalars(func.getContext(), options);
  int64_t replaced = 0;
  SmallVector<Operation *> ops;
  func.walk([&](Operation *op) { ops.push_back(op); });
  SmallVector<Operation *> dead;
  for (Operation *op : ops) {
    if (auto extract = dyn_cast<ExtractOp>(op)) {
      const Scalars *elements = scalars.get(extract.getX());
      if (!elements || extract.getI() >= elements->size())
        continue;
      OpBuilder builder(extract);
      Value index = ScalarBuilder(builder).toIndex(extract.getLoc(), (*elements)[extract.getI()]);
      extract.getResult().replaceAllUsesWith(index);
      dead.push_back(extract);
      ++replaced;
      continue;
    }
    replaced += replaceTensor(op, scalars);
  }
  for (Operation *op : dead)
    op->erase();
  func.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != func && isOpTriviallyDead(op))
      op->erase();
  });
  return replaced;
}

} // namespace weft

namespace {

struct WeftScalarizeShapesPass : ::weft::impl::WeftScalarizeShapesPassBase<WeftScalarizeShapesPass> {
  using WeftScalarizeShapesPassBase::WeftScalarizeShapesPassBase;

  void runOnOperation() override { numReplaced += ::weft::scalarizeShapes(getOperation(), {maxElements}); }
};

} // namespace
