// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of sequential loops on tensors.
#include "Loops.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft::conversion {

static SmallVector<Value> createNest(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes,
                                     SmallVectorImpl<Value> &indices, ValueRange state, LoopBodyFn body) {
  if (sizes.empty())
    return body(b, loc, indices, state);
  Value lower = createIndex(b, loc, 0), upper = toValue(b, loc, sizes.front()), step = createIndex(b, loc, 1);
  auto loop = scf::ForOp::create(b, loc, lower, upper, step, state,
                                 [&](OpBuilder &nested, Location nestedLoc, Value index, ValueRange args) {
                                   indices.push_back(index);
                                   SmallVector<Value> next =
                                       createNest(nested, nestedLoc, sizes.drop_front(), indices, args, body);
                                   indices.pop_back();
                                   scf::YieldOp::create(nested, nestedLoc, next);
                                 });
  return llvm::to_vector(ValueRange(loop.getResults()));
}

SmallVector<Value> createSequentialLoops(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes,
                                         ValueRange initial, LoopBodyFn body) {
  SmallVector<Value> indices;
  return createNest(b, loc, sizes, indices, initial, body);
}

Value createCopy(OpBuilder &b, Location loc, Value tensor, ArrayRef<OpFoldResult> sizes) {
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return createElementwise(b, loc, tensor, element, sizes,
                           [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}

Value emitAsIndex(OpBuilder &b, Location loc, Value value, Type weftElement) {
  if (isUnsignedElement(weftElement))
    return arith::IndexCastUIOp::create(b, loc, b.getIndexType(), value);
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
}

SmallVector<Value> createIf(OpBuilder &b, Location loc, Value condition,
                            function_ref<SmallVector<Value>(OpBuilder &, Location)> then,
                            function_ref<SmallVector<Value>(OpBuilder &, Location)> otherwise) {
  auto branch = scf::IfOp::create(
      b, loc, condition,
      [&](OpBuilder &nested, Location nestedLoc) {
        scf::YieldOp::create(nested, nestedLoc, then(nested, nestedLoc));
      },
      [&](OpBuilder &nested, Location nestedLoc) {
        scf::YieldOp::create(nested, nestedLoc, otherwise(nested, nestedLoc));
      });
  return llvm::to_vector(ValueRange(branch.getResults()));
}

} // namespace weft::conversion
