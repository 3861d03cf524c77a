// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How branches and loops take a batch of samples: through their regions, which all samples share.
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

using Places = SmallVector<std::optional<BatchPlace>>;

/// Repeats what has no batch for each sample, so that it lies as `place` says.
static LogicalResult widenTo(OpOperand &operand, Batching &batching, const BatchPlace &place) {
  auto type = cast<RankedTensorType>(operand.get().getType());
  if (place.inner.getConstant() != 1 || place.axis >= type.getRank() || type.getDimSize(place.axis) != 1)
    return operand.getOwner()->emitOpError("cannot be batched: operand ")
           << operand.getOperandNumber() << " would have to be repeated for each sample";
  return widenOperand(operand, batching, place.axis);
}

//===----------------------------------------------------------------------===//
// if
//===----------------------------------------------------------------------===//

LogicalResult IfOp::batch(Batching &batching) {
  if (batching.getPlace(getCond()))
    return emitOpError("cannot be batched: samples would take different branches");
  for (Region *region : getRegions())
    if (failed(batching.batchBlock(region->front())))
      return failure();
  Operation *yields[] = {getThenRegion().front().getTerminator(), getElseRegion().front().getTerminator()};
  for (auto [index, value] : llvm::enumerate(getResults())) {
    std::optional<BatchPlace> a = batching.getPlace(yields[0]->getOperand(index)),
                              b = batching.getPlace(yields[1]->getOperand(index));
    if (!a && !b)
      continue;
    if (a && b && !areSamePlaces(*a, *b))
      return emitOpError("cannot be batched: its branches give result ")
             << index << " with the samples in different dims";
    if ((!a || !b) &&
        failed(widenTo((a ? yields[1] : yields[0])->getOpOperand(index), batching, a ? *a : *b)))
      return failure();
    batching.setPlace(value, a ? *a : *b);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// loop
//===----------------------------------------------------------------------===//

/// Batches the body of a loop whose carried values enter it as `carried` says.
static LogicalResult batchLoopBody(LoopOp op, Batching &batching, const Places &carried) {
  Block &body = op.getBody().front();
  for (auto [argument, place] : llvm::zip_equal(body.getArguments().slice(1, carried.size()), carried))
    if (place)
      batching.setPlace(argument, *place);
  for (auto [index, scanned] : llvm::enumerate(op.getScanned())) {
    std::optional<BatchPlace> place = batching.getPlace(scanned);
    if (!place)
      continue;
    int64_t axis = op.getScanInAxes()[index];
    if (place->axis == axis)
      return op.emitOpError("cannot be batched: it scans dim ")
             << axis << " of operand " << index << ", which holds the samples";
    // A slice lacks the scanned dim.
    place->axis -= place->axis > axis ? 1 : 0;
    batching.setPlace(body.getArgument(1 + carried.size() + index), *place);
  }
  return batching.batchBlock(body);
}

/// Where the carried values of a loop carry the batch once some iterations have run.
static Places findCarried(LoopOp op, Batching &batching) {
  Places carried;
  for (Value value : op.getCarried())
    carried.push_back(batching.getPlace(value));
  // A value that enters without batch may have it after an iteration; that may be one more each time. Tried
  // on a copy of the loop, since the copy is rewritten; errors are reported when the loop itself is.
  for (bool changed = true; changed;) {
    changed = false;
    batching.rehearse([&] {
      auto copy = cast<LoopOp>(OpBuilder(op).clone(*op));
      if (succeeded(batchLoopBody(copy, batching, carried))) {
        OperandRange yielded = copy.getBody().front().getTerminator()->getOperands();
        for (auto [place, value] : llvm::zip(carried, yielded.drop_front()))
          if (!place && batching.getPlace(value)) {
            place = batching.getPlace(value);
            changed = true;
          }
      }
      copy.erase();
    });
  }
  return carried;
}

/// Carried values and stacked slices behind the last iteration, from what the body yields.
static LogicalResult batchLoopResults(LoopOp op, Batching &batching, const Places &carried) {
  Operation *yield = op.getBody().front().getTerminator();
  for (auto [index, place] : llvm::enumerate(carried)) {
    if (!place)
      continue;
    OpOperand &operand = yield->getOpOperand(1 + index);
    std::optional<BatchPlace> after = batching.getPlace(operand.get());
    if (!after && failed(widenTo(operand, batching, *place)))
      return failure();
    if (after && !areSamePlaces(*after, *place))
      return op.emitOpError("cannot be batched: carried value ")
             << index << " has the samples in dim " << place->axis << " before an iteration and in dim "
             << after->axis << " behind it";
    batching.setPlace(op.getResult(index), *place);
  }
  for (auto [index, axis] : llvm::enumerate(op.getScanOutAxes())) {
    std::optional<BatchPlace> place = batching.getPlace(yield->getOperand(1 + carried.size() + index));
    if (!place)
      continue;
    // The stacked dim comes in front of those from it on.
    place->axis += place->axis >= axis ? 1 : 0;
    batching.setPlace(op.getResult(carried.size() + index), *place);
  }
  return success();
}

LogicalResult LoopOp::batch(Batching &batching) {
  auto differs = [&] {
    return emitOpError("cannot be batched: samples would need different numbers of iterations");
  };
  if (getCond() && batching.getPlace(getCond()))
    return differs();
  Places carried = findCarried(*this, batching);
  for (auto [index, place] : llvm::enumerate(carried)) {
    OpOperand &operand = getCarriedMutable()[index];
    if (place && !batching.getPlace(operand.get()) && failed(widenTo(operand, batching, *place)))
      return failure();
  }
  if (failed(batchLoopBody(*this, batching, carried)))
    return failure();
  if (batching.getPlace(getBody().front().getTerminator()->getOperand(0)))
    return differs();
  return batchLoopResults(*this, batching, carried);
}
