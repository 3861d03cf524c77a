// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host form of control flow: weft.if as scf.if, weft.loop as scf.for or scf.while.
#include "HostBuilder.h"
#include "Support.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

LogicalResult HostBuilder::convertIf(w::IfOp op) {
  Location loc = op.getLoc();
  SmallVector<Type> types;
  for (Type type : op.getResultTypes()) {
    auto tensorType = dyn_cast<RankedTensorType>(type);
    Type hostType = tensorType ? Type(getStorageType(tensorType)) : type;
    if (!hostType || (!tensorType && !type.isIndex()))
      return op.emitOpError("has a result of type ") << type << ", which the host program cannot hold";
    types.push_back(hostType);
  }
  Value condition = getCondition(loc, op.getCond());
  auto branch = scf::IfOp::create(b, loc, types, condition, /*addThenBlock=*/true, /*addElseBlock=*/true);
  auto result = success();
  for (auto [from, into] : {std::pair(&op.getThenRegion(), &branch.getThenRegion()),
                            std::pair(&op.getElseRegion(), &branch.getElseRegion())}) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&into->front());
    dims.pushScope();
    if (failed(convertBlock(from->front())))
      result = failure();
    SmallVector<Value> yielded;
    for (auto [value, type] :
         llvm::zip_equal(from->front().getTerminator()->getOperands(), op.getResultTypes()))
      yielded.push_back(succeeded(result) ? castTo(loc, lookup(value), type) : Value());
    if (succeeded(result))
      scf::YieldOp::create(b, loc, yielded);
    dims.popScope();
  }
  if (failed(result))
    return failure();
  for (auto [old, value] : llvm::zip_equal(op.getResults(), branch.getResults())) {
    values.map(old, value);
    bindDims(old.getType(), value);
  }
  return success();
}

LogicalResult HostBuilder::convertLoop(w::LoopOp op) {
  return op.emitOpError("has no form in the host program yet");
}

} // namespace weft::conversion
