// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rewrites what names axes in an op when its dims are permuted.
#include "PermuteAxes.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

SmallVector<int64_t> invertPermutation(ArrayRef<int64_t> perm) {
  SmallVector<int64_t> inverse(perm.size());
  for (auto [i, dim] : llvm::enumerate(perm))
    inverse[dim] = i;
  return inverse;
}

Value transposeValue(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> perm) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<DimExpr> dims;
  for (int64_t dim : perm)
    dims.push_back(mlir::weft::getDim(type, dim));
  return TransposeOp::create(builder, loc, makeTensorType(dims, type.getElementType()), value,
                             builder.getDenseI64ArrayAttr(perm));
}

void setPermutedType(Value value, Type original, ArrayRef<int64_t> perm) {
  auto type = cast<RankedTensorType>(original);
  SmallVector<DimExpr> dims;
  for (int64_t dim : perm)
    dims.push_back(mlir::weft::getDim(type, dim));
  value.setType(refineType(value.getType(), makeTensorType(dims, type.getElementType())));
}

SmallVector<unsigned> getPermutableOperands(Operation *op) {
  if (isa<ElementwiseOpInterface, ConcatOp>(op))
    return llvm::to_vector(llvm::seq<unsigned>(0, op->getNumOperands()));
  if (auto quantize = dyn_cast<QuantizeOp>(op))
    return quantize.getBlockSize() == 0 ? SmallVector<unsigned>{0} : SmallVector<unsigned>();
  if (auto dequantize = dyn_cast<DequantizeOp>(op))
    return dequantize.getBlockSize() == 0 ? SmallVector<unsigned>{0} : SmallVector<unsigned>();
  if (isa<PoolOp, ReduceOp, ArgReduceOp, SoftmaxOp, NormalizeOp, CumulateOp, ResizeOp, PadOp, SliceOp,
          ReverseOp, BroadcastOp, RequantizeOp>(op))
    return {0};
  return {};
}

namespace {

/// Collects the attributes and operands of the permuted op.
class Permuter {
public:
  Permuter(OpBuilder &builder, Operation *op, ArrayRef<Value> operands, ArrayRef<int64_t> perm)
      : b(builder), attributes(op->getAttrDictionary()), operands(operands), perm(perm) {}

  void setAxis(StringRef name, int64_t axis) { attributes.set(name, b.getI64IntegerAttr(perm[axis])); }

  void setAxes(StringRef name, ArrayRef<int64_t> axes, bool isSorted = false) {
    SmallVector<int64_t> moved;
    for (int64_t axis : axes)
      moved.push_back(perm[axis]);
    // Results keep the order of the dims that are left, whatever the order in which axes are named.
    if (isSorted)
      llvm::sort(moved);
    attributes.set(name, b.getDenseI64ArrayAttr(moved));
  }

  /// A list with one entry per dim.
  void setPerDim(StringRef name, ArrayRef<int64_t> entries) {
    SmallVector<int64_t> moved(entries.size());
    for (auto [dim, entry] : llvm::enumerate(entries))
      moved[perm[dim]] = entry;
    attributes.set(name, b.getDenseI64ArrayAttr(moved));
  }

  /// A mixed list with one entry per dim, and its dynamic operands.
  void setMixed(StringRef name, ArrayRef<int64_t> entries, OperandRange dynamic) {
    setPerDim(name, entries);
    SmallVector<Value> byDim(entries.size());
    size_t next = 0;
    for (auto [dim, entry] : llvm::enumerate(entries))
      if (ShapedType::isDynamic(entry))
        byDim[perm[dim]] = dynamic[next++];
    unsigned place = dynamic.empty() ? 0 : dynamic.getBeginOperandIndex();
    for (Value value : byDim)
      if (value)
        operands[place++] = value;
  }

  Operation *build(Operation *op) {
    return buildChecked(b, op->getLoc(), op->getName().getStringRef(), operands, attributes.getAttrs());
  }

private:
  OpBuilder &b;
  NamedAttrList attributes;
  SmallVector<Value> operands;
  ArrayRef<int64_t> perm;
};

} // namespace

Operation *buildPermuted(OpBuilder &builder, Operation *op, ArrayRef<Value> operands,
                         ArrayRef<int64_t> perm) {
  Permuter permuter(builder, op, operands, perm);
  bool isKnown = TypeSwitch<Operation *, bool>(op)
                     .Case([](ElementwiseOpInterface) { return true; })
                     .Case<ConcatOp, ArgReduceOp, SoftmaxOp, CumulateOp>([&](auto along) {
                       permuter.setAxis("axis", along.getAxis());
                       return true;
                     })
                     .Case<QuantizeOp, DequantizeOp, RequantizeOp>([&](auto quant) {
                       if (std::optional<uint64_t> axis = quant.getAxis())
                         permuter.setAxis("axis", *axis);
                       return true;
                     })
                     .Case([&](ReduceOp over) {
                       permuter.setAxes("axes", over.getAxes(), /*isSorted=*/true);
                       return true;
                     })
                     .Case<NormalizeOp, PoolOp, ResizeOp, ReverseOp>([&](auto over) {
                       permuter.setAxes("axes", over.getAxes());
                       return true;
                     })
                     .Case([&](PadOp pad) {
                       permuter.setMixed("static_lo", pad.getStaticLo(), pad.getLo());
                       permuter.setMixed("static_hi", pad.getStaticHi(), pad.getHi());
                       return true;
                     })
                     .Case([&](SliceOp slice) {
                       permuter.setMixed("static_offsets", slice.getStaticOffsets(), slice.getOffsets());
                       permuter.setMixed("static_sizes", slice.getStaticSizes(), slice.getSizes());
                       permuter.setPerDim("strides", slice.getStrides());
                       return true;
                     })
                     .Case([&](BroadcastOp broadcast) {
                       permuter.setMixed("static_shape", broadcast.getStaticShape(), broadcast.getShape());
                       return true;
                     })
                     .Default([](Operation *) { return false; });
  return isKnown ? permuter.build(op) : nullptr;
}

} // namespace weft
