// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of sequences and optionals; what is known of them at import never becomes an op.
#include "Control.h"

#include "ModelImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace weft::importer {

/// The elements of a sequence that is known; nullopt otherwise.
static std::optional<SmallVector<Value>> elementsOf(Value sequence) {
  if (auto make = sequence.getDefiningOp<w::SeqMakeOp>())
    return SmallVector<Value>(make.getElements());
  return std::nullopt;
}

static Value makeSequence(NodeBuilder &n, ArrayRef<Value> elements) {
  Type element = elements.front().getType();
  for (Value value : elements) {
    Type joined = joinElementTypes(element, value.getType());
    if (!joined)
      return n.failValue("expected elements of one element type, but got " + n.importer.typeText(element) +
                         " and " + n.importer.typeText(value.getType()));
    element = joined;
  }
  return w::SeqMakeOp::create(n.b, n.loc, w::SeqType::get(n.b.getContext(), element), elements);
}

static LogicalResult checkSequence(NodeBuilder &n, unsigned i) {
  if (isa<w::SeqType>(n.in(i).getType()))
    return success();
  return n.fail("expected input " + llvm::Twine(i) + " to be a sequence, but got " +
                n.importer.typeText(n.in(i).getType()));
}

/// The position input `i` in a list of `count`, when both are known.
static FailureOr<Size> position(NodeBuilder &n, unsigned i) {
  if (!isa<RankedTensorType>(n.in(i).getType()))
    return n.fail("expected input " + llvm::Twine(i) + " to be a number");
  Value tensor = n.reshape(n.in(i), ArrayRef<int64_t>());
  return tensor ? n.sizeOf(tensor, "position") : FailureOr<Size>(failure());
}

LogicalResult buildSequenceConstruct(NodeBuilder &n) {
  SmallVector<Value> elements;
  for (unsigned i = 0; i < n.numInputs(); ++i)
    elements.push_back(n.in(i));
  if (elements.empty() || llvm::is_contained(elements, Value()))
    return n.fail("expected at least one element and none missing");
  for (Value element : elements)
    if (!isa<RankedTensorType>(element.getType()))
      return n.fail("expected tensors as elements, but got " + n.importer.typeText(element.getType()));
  return n.result(makeSequence(n, elements));
}

LogicalResult buildSequenceEmpty(NodeBuilder &n) {
  (void)n.intAttr("dtype", 1);
  Type type = n.declaredType(0);
  if (!isa_and_nonnull<w::SeqType>(type))
    type = w::SeqType::get(n.b.getContext(), n.b.getNoneType());
  return n.result(w::SeqMakeOp::create(n.b, n.loc, type, ValueRange()));
}

LogicalResult buildSequenceAt(NodeBuilder &n) {
  FailureOr<Size> at = position(n, 1);
  if (failed(checkSequence(n, 0)) || failed(at))
    return failure();
  std::optional<SmallVector<Value>> elements = elementsOf(n.in(0));
  if (std::optional<int64_t> number = known(*at); number && elements) {
    FailureOr<int64_t> index = n.axis(*number, elements->size(), "position");
    return failed(index) ? failure() : n.result((*elements)[*index]);
  }
  return n.result(n.make<w::SeqGetOp>({n.in(0), n.sizes.value(*at)}));
}

LogicalResult buildSequenceInsert(NodeBuilder &n) {
  if (failed(checkSequence(n, 0)))
    return failure();
  std::optional<Size> at;
  if (n.has(2)) {
    FailureOr<Size> given = position(n, 2);
    if (failed(given))
      return failure();
    at = *given;
  }
  if (!isa<RankedTensorType>(n.in(1).getType()))
    return n.fail("expected a tensor to insert, but got " + n.importer.typeText(n.in(1).getType()));
  std::optional<SmallVector<Value>> elements = elementsOf(n.in(0));
  if (elements && (!at || known(*at))) {
    auto count = static_cast<int64_t>(elements->size());
    int64_t index = at ? *known(*at) : count;
    if (index < -count || index > count)
      return n.fail("expected a position in [" + llvm::Twine(-count) + ", " + llvm::Twine(count) +
                    "], but got " + llvm::Twine(index));
    elements->insert(elements->begin() + (index < 0 ? index + count : index), n.in(1));
    return n.result(makeSequence(n, *elements));
  }
  Value sequence = n.in(0);
  // An empty one that a loop carries gets its type with the first element.
  if (isUnknownSequence(sequence.getType()))
    return n.result(makeSequence(n, n.in(1)));
  SmallVector<Value> operands = {sequence, n.in(1)};
  if (at)
    operands.push_back(n.sizes.value(*at));
  return n.result(n.make<w::SeqInsertOp>(operands));
}

LogicalResult buildSequenceErase(NodeBuilder &n) {
  if (failed(checkSequence(n, 0)))
    return failure();
  SmallVector<Value> operands = {n.in(0)};
  if (n.has(1)) {
    FailureOr<Size> at = position(n, 1);
    if (failed(at))
      return failure();
    operands.push_back(n.sizes.value(*at));
  }
  return n.result(n.make<w::SeqEraseOp>(operands));
}

LogicalResult buildSequenceLength(NodeBuilder &n) {
  if (failed(checkSequence(n, 0)))
    return failure();
  std::optional<SmallVector<Value>> elements = elementsOf(n.in(0));
  Size length = elements ? n.sizes.of(static_cast<int64_t>(elements->size()))
                         : Size(w::SeqLengthOp::create(n.b, n.loc, n.b.getIndexType(), n.in(0)).getResult());
  return n.result(n.reshape(n.tensorOf(length), ArrayRef<int64_t>()));
}

LogicalResult buildSplitToSequence(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(x));
  if (failed(axis))
    return failure();
  bool keepsDims = n.has(1) || n.flagAttr("keepdims", true);
  (void)n.intAttr("keepdims", 1);
  int64_t size = n.type(x).getDimSize(*axis);
  // Known parts are slices.
  std::optional<SmallVector<int64_t>> split = n.has(1) ? constantInts(n.in(1)) : std::nullopt;
  constexpr int64_t kMaxParts = 256;
  if (!ShapedType::isDynamic(size) && (split || !n.has(1))) {
    SmallVector<int64_t> parts;
    bool isChunk = n.has(1) && n.rank(n.in(1)) == 0;
    int64_t chunk = isChunk ? split->front() : 1;
    if (chunk < 1)
      return n.fail("expected a split of at least 1, but got " + llvm::Twine(chunk));
    if (n.has(1) && !isChunk)
      parts = *split;
    else if (size / chunk <= kMaxParts)
      for (int64_t at = 0; at < size; at += chunk)
        parts.push_back(std::min(chunk, size - at));
    if (!parts.empty() && static_cast<int64_t>(parts.size()) <= kMaxParts) {
      SmallVector<Value> elements;
      int64_t at = 0;
      for (int64_t part : parts) {
        Value piece = n.sliceAxis(x, *axis, n.sizes.of(at), n.sizes.of(part));
        elements.push_back(keepsDims ? piece : n.squeeze(piece, *axis));
        if (!elements.back())
          return failure();
        at += part;
      }
      return n.result(makeSequence(n, elements));
    }
  }
  SmallVector<Value> operands = {x};
  if (n.has(1))
    operands.push_back(n.in(1));
  return n.result(n.make<w::SeqSplitOp>(operands, {n.i64("axis", *axis), n.flag("keepdims", keepsDims)}));
}

LogicalResult buildConcatFromSequence(NodeBuilder &n) {
  if (failed(checkSequence(n, 0)))
    return failure();
  bool isNew = n.flagAttr("new_axis", false);
  auto element = dyn_cast<RankedTensorType>(cast<w::SeqType>(n.in(0).getType()).getElement());
  if (!element)
    return n.fail("expected a sequence of tensors of known rank");
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, element.getRank() + (isNew ? 1 : 0));
  if (failed(axis))
    return failure();
  if (std::optional<SmallVector<Value>> elements = elementsOf(n.in(0)); elements && !elements->empty()) {
    if (isNew)
      for (Value &value : *elements)
        value = n.unsqueeze(value, *axis);
    return n.result(n.concat(*elements, *axis));
  }
  return n.result(n.make<w::SeqConcatOp>(n.in(0), {n.i64("axis", *axis), n.flag("new_axis", isNew)}));
}

/// The body once per element; each of its outputs becomes a sequence.
LogicalResult buildSequenceMap(NodeBuilder &n) {
  const onnx::GraphProto *graph = n.graphAttr("body");
  if (!graph || failed(checkSequence(n, 0)))
    return n.fail("expected attribute 'body' and a sequence");
  auto inputsAt = [&](NodeBuilder &at, Value index) -> FailureOr<SmallVector<Value>> {
    SmallVector<Value> inputs;
    for (unsigned i = 0; i < n.numInputs(); ++i) {
      Value input = n.in(i);
      if (input && isa<w::SeqType>(input.getType()))
        input = at.make<w::SeqGetOp>({input, index});
      if (!input)
        return failure();
      inputs.push_back(input);
    }
    return inputs;
  };
  LoopShape loop;
  loop.trip = Size(w::SeqLengthOp::create(n.b, n.loc, n.b.getIndexType(), n.in(0)).getResult());
  for (int i = 0; i < graph->output_size(); ++i) {
    Type unknown = w::SeqType::get(n.b.getContext(), n.b.getNoneType());
    loop.carried.push_back(w::SeqMakeOp::create(n.b, n.loc, unknown, ValueRange()));
  }
  LoopResult results = makeLoop(n, loop, [&](Block &block, OpBuilder &b) -> FailureOr<SmallVector<Value>> {
    OpBuilder::InsertionGuard guard(n.b);
    n.b.setInsertionPointToEnd(&block);
    FailureOr<SmallVector<Value>> inputs = inputsAt(n, block.getArgument(0));
    if (failed(inputs))
      return failure();
    b.setInsertionPointToEnd(&block);
    FailureOr<SmallVector<Value>> values = importInto(n, *graph, *inputs, b);
    if (failed(values))
      return failure();
    n.b.setInsertionPointToEnd(&block);
    SmallVector<Value> yielded = {n.intScalar(n.b.getI1Type(), 1)};
    for (auto [i, value] : llvm::enumerate(*values)) {
      if (!isa<RankedTensorType>(value.getType()))
        return n.fail("expected the body to make tensors");
      Value sequence = block.getArgument(1 + i);
      yielded.push_back(isUnknownSequence(sequence.getType()) ? makeSequence(n, value)
                                                              : n.make<w::SeqInsertOp>({sequence, value}));
      if (!yielded.back())
        return failure();
    }
    return yielded;
  });
  if (failed(results))
    return failure();
  for (auto [i, value] : llvm::enumerate(*results))
    if (n.wants(i) && failed(n.result(i, value)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Optionals
//===----------------------------------------------------------------------===//

LogicalResult buildOptional(NodeBuilder &n) {
  if (n.has(0))
    return n.result(
        w::OptMakeOp::create(n.b, n.loc, w::OptType::get(n.b.getContext(), n.in(0).getType()), n.in(0)));
  const onnx::AttributeProto *type = n.attribute("type");
  Type element = type && type->has_tp() ? n.importer.valueType(type->tp()) : Type();
  if (!element)
    return n.fail("expected a value, or attribute 'type' of known rank");
  return n.result(w::OptMakeOp::create(n.b, n.loc, w::OptType::get(n.b.getContext(), element), Value()));
}

LogicalResult buildOptionalHasElement(NodeBuilder &n) {
  (void)n.attribute("type");
  Type i1 = n.b.getI1Type();
  Value x = n.in(0);
  if (!x)
    return n.result(n.intScalar(i1, 0));
  if (!isa<w::OptType>(x.getType()))
    return n.result(n.intScalar(i1, 1));
  if (auto make = x.getDefiningOp<w::OptMakeOp>())
    return n.result(n.intScalar(i1, make.getValue() ? 1 : 0));
  Value has = w::OptHasOp::create(n.b, n.loc, i1, x);
  Value index = arith::IndexCastUIOp::create(n.b, n.loc, n.b.getIndexType(), has);
  return n.result(n.cast(n.reshape(n.tensorOf(Size(index)), ArrayRef<int64_t>()), i1));
}

LogicalResult buildOptionalGetElement(NodeBuilder &n) {
  Value x = n.in(0);
  if (!isa<w::OptType>(x.getType()))
    return n.result(x);
  if (auto make = x.getDefiningOp<w::OptMakeOp>())
    return make.getValue() ? n.result(make.getValue())
                           : n.fail("expected a value, but the optional is empty");
  return n.result(n.make<w::OptGetOp>(x));
}

} // namespace weft::importer
