// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host form of sequences and optionals: lists of the runtime's. An optional is a list of at most one element.
#include "HostBuilder.h"
#include "Support.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

Value HostBuilder::createCall(Operation *op, StringRef function, Type type, ValueRange inputs,
                              ArrayRef<int64_t> params) {
  return kernel::CallOp::create(b, op->getLoc(), type, function, inputs, params, ArrayAttr());
}

void HostBuilder::widenLengths(w::SeqSplitOp op) {
  Value split = op.getSplit();
  Type i64 = b.getI64Type();
  auto type = split ? cast<RankedTensorType>(split.getType()) : RankedTensorType();
  if (!type || type.getElementType() == i64)
    return;
  b.setInsertionPoint(op);
  op.getSplitMutable().assign(w::CastOp::create(b, op.getLoc(), w::makeTensorType(w::getDims(type), i64),
                                                split, i64,
                                                /*saturate=*/true, w::CastRound::up));
}

LogicalResult HostBuilder::convertSequenceOp(Operation *op) {
  Location loc = op->getLoc();
  Type list = kernel::ListType::get(b.getContext());
  Value result = op->getResult(0);
  Type type = getHostType(result.getType());
  if (!type)
    return op->emitOpError("has a result of type ")
           << result.getType() << ", which the host program cannot hold";
  SmallVector<Value> inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(lookup(operand));
  auto position = [&](Value given, Value otherwise) { return given ? lookup(given) : otherwise; };
  Value made =
      llvm::TypeSwitch<Operation *, Value>(op)
          .Case<w::SeqMakeOp, w::OptMakeOp>([&](auto) { return createCall(op, "list_make", list, inputs); })
          .Case<w::SeqGetOp>([&](auto) { return createCall(op, "list_at", type, inputs); })
          .Case([&](w::SeqInsertOp insert) {
            Value end =
                insert.getPos() ? Value() : createCall(op, "list_length", b.getIndexType(), inputs[0]);
            return createCall(op, "list_insert", list,
                              {inputs[0], inputs[1], position(insert.getPos(), end)});
          })
          .Case([&](w::SeqEraseOp erase) {
            Value last = erase.getPos() ? Value() : createIndex(b, loc, -1);
            return createCall(op, "list_erase", list, {inputs[0], position(erase.getPos(), last)});
          })
          .Case<w::SeqLengthOp>([&](auto) { return createCall(op, "list_length", type, inputs); })
          .Case([&](w::SeqConcatOp concat) {
            return createCall(op, "list_join", type, inputs,
                              {static_cast<int64_t>(concat.getAxis()), concat.getNewAxis() ? 1 : 0, 0});
          })
          .Case([&](w::SeqSplitOp split) {
            bool keepsAxis = split.getSplit() || split.getKeepdims();
            return createCall(op, "list_split", list, inputs,
                              {static_cast<int64_t>(split.getAxis()), keepsAxis ? 1 : 0});
          })
          .Case<w::OptGetOp>([&](auto) {
            Value value = createCall(op, "list_at", type, {inputs[0], createIndex(b, loc, 0)});
            value.getDefiningOp()->setAttr(
                "message", b.getStringAttr("expected an optional that is present, but it is absent"));
            return value;
          })
          .Default([&](Operation *) {
            Value length = createCall(op, "list_length", b.getIndexType(), inputs);
            return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, length, createIndex(b, loc, 0));
          });
  values.map(result, made);
  bindDims(result.getType(), made);
  return success();
}

} // namespace weft::conversion
