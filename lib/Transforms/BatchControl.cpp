// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes the batch through branches and loops.
#include "Batcher.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

std::optional<BatchPlace> Batcher::placeOf(Value value) const {
  auto it = places.find(value);
  return it == places.end() ? std::nullopt : std::optional(it->second);
}

void Batcher::setPlace(Value value, const BatchPlace &place) {
  places[value] = place;
  value.setType(withDim(cast<RankedTensorType>(value.getType()), place.axis, count * place.inner));
}

/// Repeats what has no batch for each sample.
LogicalResult Batcher::widenTo(OpOperand &operand, const BatchPlace &place) {
  auto type = cast<RankedTensorType>(operand.get().getType());
  if (place.inner.getConstant() != 1 || place.axis >= type.getRank() || type.getDimSize(place.axis) != 1)
    return operand.getOwner()->emitOpError("cannot be batched: operand ")
           << operand.getOperandNumber() << " would have to be repeated for each sample";
  widenOperand(operand, place.axis);
  return success();
}

//===----------------------------------------------------------------------===//
// if
//===----------------------------------------------------------------------===//

LogicalResult Batcher::batchIf(IfOp op) {
  if (places.contains(op.getCond()))
    return op.emitOpError("cannot be batched: samples would take different branches");
  for (Region &region : op->getRegions())
    if (failed(batchBody(region.front())))
      return failure();
  Operation *yields[] = {op.getThenRegion().front().getTerminator(),
                         op.getElseRegion().front().getTerminator()};
  for (auto [index, value] : llvm::enumerate(op.getResults())) {
    std::optional<BatchPlace> a = placeOf(yields[0]->getOperand(index)),
                              b = placeOf(yields[1]->getOperand(index));
    if (!a && !b)
      continue;
    if (a && b && (a->axis != b->axis || !DimExpr::provablyEqual(a->inner, b->inner)))
      return op.emitOpError("cannot be batched: its branches give result ")
             << index << " with the samples in different dims";
    if ((!a || !b) && failed(widenTo((a ? yields[1] : yields[0])->getOpOperand(index), a ? *a : *b)))
      return failure();
    setPlace(value, a ? *a : *b);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// loop
//===----------------------------------------------------------------------===//

LogicalResult Batcher::batchLoopBody(LoopOp op, const Places &carried) {
  Block &body = op.getBody().front();
  for (auto [argument, place] : llvm::zip_equal(body.getArguments().slice(1, carried.size()), carried))
    if (place)
      setPlace(argument, *place);
  for (auto [index, scanned] : llvm::enumerate(op.getScanned())) {
    std::optional<BatchPlace> place = placeOf(scanned);
    if (!place)
      continue;
    int64_t axis = op.getScanInAxes()[index];
    if (place->axis == axis)
      return op.emitOpError("cannot be batched: it scans dim ")
             << axis << " of operand " << index << ", which holds the samples";
    // A slice lacks the scanned dim.
    place->axis -= place->axis > axis ? 1 : 0;
    setPlace(body.getArgument(1 + carried.size() + index), *place);
  }
  return batchBody(body);
}

Batcher::Places Batcher::findCarried(LoopOp op) {
  Places carried;
  for (Value value : op.getCarried())
    carried.push_back(placeOf(value));
  // A value that enters without batch may have it after an iteration; that may be one more each time. Tried
  // on a copy of the loop, since the copy is rewritten; errors are reported when the loop itself is.
  ScopedDiagnosticHandler silence(func.getContext(), [](Diagnostic &) { return success(); });
  for (bool changed = true; changed;) {
    changed = false;
    auto before = places;
    builder.setInsertionPoint(op);
    auto copy = cast<LoopOp>(builder.clone(*op));
    if (succeeded(batchLoopBody(copy, carried))) {
      OperandRange yielded = copy.getBody().front().getTerminator()->getOperands();
      for (auto [place, value] : llvm::zip(carried, yielded.drop_front()))
        if (!place && placeOf(value)) {
          place = placeOf(value);
          changed = true;
        }
    }
    copy.erase();
    places = std::move(before);
  }
  return carried;
}

LogicalResult Batcher::batchLoop(LoopOp op) {
  auto differs = [&] {
    return op.emitOpError("cannot be batched: samples would need different numbers of iterations");
  };
  if (op.getCond() && places.contains(op.getCond()))
    return differs();
  Places carried = findCarried(op);
  for (auto [index, place] : llvm::enumerate(carried)) {
    OpOperand &operand = op.getCarriedMutable()[index];
    if (place && !placeOf(operand.get()) && failed(widenTo(operand, *place)))
      return failure();
  }
  if (failed(batchLoopBody(op, carried)))
    return failure();
  Operation *yield = op.getBody().front().getTerminator();
  if (places.contains(yield->getOperand(0)))
    return differs();
  for (auto [index, place] : llvm::enumerate(carried)) {
    OpOperand &operand = yield->getOpOperand(1 + index);
    std::optional<BatchPlace> after = placeOf(operand.get());
    if (!place)
      continue;
    if (!after && failed(widenTo(operand, *place)))
      return failure();
    if (after && (after->axis != place->axis || !DimExpr::provablyEqual(after->inner, place->inner)))
      return op.emitOpError("cannot be batched: carried value ")
             << index << " has the samples in dim " << place->axis << " before an iteration and in dim "
             << after->axis << " behind it";
    setPlace(op.getResult(index), *place);
  }
  for (int64_t index = 0, outputs = op.getScanOutAxes().size(); index < outputs; ++index) {
    std::optional<BatchPlace> place = placeOf(yield->getOperand(1 + carried.size() + index));
    if (!place)
      continue;
    // The stacked dim comes in front of those from it on.
    place->axis += place->axis >= op.getScanOutAxes()[index] ? 1 : 0;
    setPlace(op.getResult(carried.size() + index), *place);
  }
  return success();
}

} // namespace weft
