// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates sequence and optional ops.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// A position in [0, count), or [0, count] where a new element goes; negative ones count from the end.
FailureOr<int64_t> checkedPosition(Evaluation &e, int64_t position, int64_t count, bool mayBeEnd) {
  int64_t most = mayBeEnd ? count : count - 1;
  if (position < -count || position > most)
    return e.error() << "expected a position in [" << -count << ", " << most << "], but got " << position;
  return position < 0 ? position + count : position;
}

LogicalResult evalSeqMake(SeqMakeOp op, Evaluation &e) {
  e.results.push_back(Value::sequence(e.operands.vec(), op.getType()));
  return success();
}

LogicalResult evalSeqGet(SeqGetOp op, Evaluation &e) {
  const std::vector<Value> &elements = e.operands[0].getElements();
  FailureOr<int64_t> position =
      checkedPosition(e, e.operands[1].getIndex(), elements.size(), /*mayBeEnd=*/false);
  if (failed(position))
    return failure();
  e.results.push_back(elements[*position]);
  return success();
}

LogicalResult evalSeqInsert(SeqInsertOp op, Evaluation &e) {
  std::vector<Value> elements = e.operands[0].getElements();
  int64_t wanted = op.getPos() ? e.operands[2].getIndex() : static_cast<int64_t>(elements.size());
  FailureOr<int64_t> position = checkedPosition(e, wanted, elements.size(), /*mayBeEnd=*/true);
  if (failed(position))
    return failure();
  elements.insert(elements.begin() + *position, e.operands[1]);
  e.results.push_back(Value::sequence(std::move(elements), op.getType()));
  return success();
}

LogicalResult evalSeqErase(SeqEraseOp op, Evaluation &e) {
  std::vector<Value> elements = e.operands[0].getElements();
  FailureOr<int64_t> position =
      checkedPosition(e, op.getPos() ? e.operands[1].getIndex() : -1, elements.size(), /*mayBeEnd=*/false);
  if (failed(position))
    return failure();
  elements.erase(elements.begin() + *position);
  e.results.push_back(Value::sequence(std::move(elements), op.getType()));
  return success();
}

LogicalResult evalSeqLength(SeqLengthOp op, Evaluation &e) {
  e.results.push_back(Value::index(op.getContext(), e.operands[0].getElements().size()));
  return success();
}

LogicalResult evalSeqConcat(SeqConcatOp op, Evaluation &e) {
  const std::vector<Value> &elements = e.operands[0].getElements();
  int64_t axis = op.getAxis();
  if (elements.empty())
    return e.error() << "expected a sequence of at least one element, but got none";
  auto shapeOf = [&](const Value &value) {
    Shape shape(value.getTensor().getShape());
    if (op.getNewAxis())
      shape.insert(shape.begin() + axis, 1);
    return shape;
  };
  Shape shape = shapeOf(elements.front());
  shape[axis] = 0;
  for (const Value &element : elements) {
    Shape other = shapeOf(element);
    for (size_t d = 0; d < shape.size(); ++d)
      if (other.size() != shape.size() || (static_cast<int64_t>(d) != axis && other[d] != shape[d]))
        return e.error() << "expected elements that agree off axis " << axis << ", but they differ";
    shape[axis] += other[axis];
  }
  Tensor result(e.elementType(), shape);
  AxisView view(shape, axis);
  int64_t start = 0;
  for (const Value &element : elements) {
    int64_t length = shapeOf(element)[axis];
    for (int64_t o = 0; o < view.outer; ++o)
      copyElements(result, view.at(o, start, 0), element.getTensor(), o * length * view.inner,
                   length * view.inner);
    start += length;
  }
  e.add(std::move(result));
  return success();
}

/// The lengths of the pieces: as split says, or 1 each.
FailureOr<std::vector<int64_t>> splitLengths(Evaluation &e, const Tensor *split, int64_t size) {
  std::vector<int64_t> lengths;
  if (split && split->getRank() == 1) {
    lengths = split->toInts();
    int64_t total = 0;
    for (int64_t length : lengths) {
      if (length < 0)
        return e.error() << "expected lengths of at least 0, but got " << length;
      total += length;
    }
    if (total != size)
      return e.error() << "expected lengths of " << size << " in all, but got " << total;
    return lengths;
  }
  int64_t length = split ? split->getInt(0) : 1;
  if (length <= 0)
    return e.error() << "expected a length of at least 1, but got " << length;
  for (int64_t start = 0; start < size; start += length)
    lengths.push_back(std::min(length, size - start));
  return lengths;
}

LogicalResult evalSeqSplit(SeqSplitOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), *split = e.optional(op.getSplitMutable());
  int64_t axis = op.getAxis();
  AxisView view(x.getShape(), axis);
  FailureOr<std::vector<int64_t>> lengths = splitLengths(e, split, view.size);
  if (failed(lengths))
    return failure();
  std::vector<Value> elements;
  int64_t start = 0;
  for (int64_t length : *lengths) {
    Shape shape(x.getShape());
    shape[axis] = length;
    Tensor piece(x.getElementType(), shape);
    for (int64_t o = 0; o < view.outer; ++o)
      copyElements(piece, o * length * view.inner, x, view.at(o, start, 0), length * view.inner);
    start += length;
    if (!split && !op.getKeepdims()) {
      shape.erase(shape.begin() + axis);
      piece = piece.reshaped(shape);
    }
    elements.push_back(std::move(piece));
  }
  e.results.push_back(Value::sequence(std::move(elements), op.getType()));
  return success();
}

LogicalResult evalOptMake(OptMakeOp op, Evaluation &e) {
  e.results.push_back(op.getValue() ? Value::optional(e.operands[0], op.getType())
                                    : Value::optional(op.getType()));
  return success();
}

LogicalResult evalOptGet(OptGetOp op, Evaluation &e) {
  if (!e.operands[0].hasValue())
    return e.error() << "expected an optional that is present, but it is absent";
  e.results.push_back(e.operands[0].getOptional());
  return success();
}

LogicalResult evalOptHas(OptHasOp op, Evaluation &e) {
  e.add(Tensor::scalarInt(op.getResult().getType(), e.operands[0].hasValue()));
  return success();
}

} // namespace

void addSequenceEvals(EvalTable &table) {
  table.add<SeqMakeOp, evalSeqMake>();
  table.add<SeqGetOp, evalSeqGet>();
  table.add<SeqInsertOp, evalSeqInsert>();
  table.add<SeqEraseOp, evalSeqErase>();
  table.add<SeqLengthOp, evalSeqLength>();
  table.add<SeqConcatOp, evalSeqConcat>();
  table.add<SeqSplitOp, evalSeqSplit>();
  table.add<OptMakeOp, evalOptMake>();
  table.add<OptGetOp, evalOptGet>();
  table.add<OptHasOp, evalOptHas>();
}

} // namespace weft::reference
