// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of If, Loop and Scan: subgraphs become regions that see the names around them.
#include "Control.h"

#include "ModelImporter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Types that several values share
//===----------------------------------------------------------------------===//

bool isUnknownSequence(Type type) {
  auto sequence = dyn_cast<w::SeqType>(type);
  return sequence && isa<NoneType>(sequence.getElement());
}

Type joinElementTypes(Type a, Type b) {
  auto x = dyn_cast<TensorType>(a), y = dyn_cast<TensorType>(b);
  if (x && y && x.getElementType() == y.getElementType() &&
      (!x.hasRank() || !y.hasRank() || x.getRank() != y.getRank()))
    return UnrankedTensorType::get(x.getElementType());
  return joinTypes(a, b);
}

Type joinTypes(Type a, Type b) {
  if (a == b)
    return a;
  if (auto x = dyn_cast<w::SeqType>(a)) {
    auto y = dyn_cast<w::SeqType>(b);
    if (!y || isUnknownSequence(y))
      return y ? a : Type();
    if (isUnknownSequence(x))
      return b;
    Type element = joinElementTypes(x.getElement(), y.getElement());
    return element ? w::SeqType::get(a.getContext(), element) : Type();
  }
  if (auto x = dyn_cast<w::OptType>(a)) {
    auto y = dyn_cast<w::OptType>(b);
    Type element = y ? joinTypes(x.getElement(), y.getElement()) : Type();
    return element ? w::OptType::get(a.getContext(), element) : Type();
  }
  auto x = dyn_cast<RankedTensorType>(a), y = dyn_cast<RankedTensorType>(b);
  if (!x || !y || x.getRank() != y.getRank() || x.getElementType() != y.getElementType())
    return {};
  SmallVector<w::DimExpr> dims;
  for (int64_t axis = 0; axis < x.getRank(); ++axis) {
    w::DimExpr first = w::getDim(x, axis), second = w::getDim(y, axis);
    dims.push_back(w::DimExpr::provablyEqual(first, second) ? first : w::DimExpr());
  }
  return w::makeTensorType(dims, x.getElementType());
}

Value asSequence(NodeBuilder &n, Value value, Type type) {
  if (!isUnknownSequence(value.getType()) || value.getType() == type)
    return value;
  return w::SeqMakeOp::create(n.b, n.loc, type, ValueRange());
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> importInto(NodeBuilder &n, const onnx::GraphProto &graph,
                                         ArrayRef<Value> inputs, OpBuilder &b) {
  Scope scope = n.importer.subScope(n.scope, graph);
  if (static_cast<int>(inputs.size()) != graph.input_size())
    return n.fail("expected a graph of " + llvm::Twine(inputs.size()) + " inputs, but got " +
                  llvm::Twine(graph.input_size()));
  for (auto [value, input] : llvm::zip_equal(inputs, graph.input()))
    scope.values[input.name()] = value;
  if (failed(n.importer.importNodes(&graph, scope, b)))
    return failure();
  return n.importer.outputs(scope, graph);
}

/// A region of one block with the graph's nodes, without a terminator.
static FailureOr<SmallVector<Value>>
importRegion(NodeBuilder &n, const onnx::GraphProto &graph, Region &region, TypeRange arguments,
             function_ref<SmallVector<Value>(Block &, OpBuilder &)> inputs) {
  Block &block = region.emplaceBlock();
  for (Type type : arguments)
    block.addArgument(type, n.loc);
  OpBuilder b(n.b.getContext());
  b.setInsertionPointToEnd(&block);
  return importInto(n, graph, inputs(block, b), b);
}

static void yield(NodeBuilder &n, Region &region, ArrayRef<Value> values) {
  OpBuilder b(n.b.getContext());
  b.setInsertionPointToEnd(&region.front());
  w::YieldOp::create(b, n.loc, values);
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// Makes runs fail whose condition is not what the import settled on.
static void checkCondition(NodeBuilder &n, Value cond, bool expected) {
  Value flag = w::ExtractOp::create(n.b, n.loc, n.b.getIndexType(), n.reshape(cond, ArrayRef<int64_t>()), 0);
  Value zero = arith::ConstantIndexOp::create(n.b, n.loc, 0);
  Value holds = arith::CmpIOp::create(
      n.b, n.loc, expected ? arith::CmpIPredicate::ne : arith::CmpIPredicate::eq, flag, zero);
  std::string name = n.node.name().empty() ? "an If" : "If '" + n.node.name() + "'";
  cf::AssertOp::create(n.b, n.loc, holds,
                       "These inputs take the " + std::string(expected ? "else" : "then") + " branch of " +
                           name +
                           ", whose result has another rank than the nodes behind it take. Compile the model "
                           "for these shapes (--shape, --bind).");
}

LogicalResult buildIf(NodeBuilder &n) {
  const onnx::GraphProto *graphs[2] = {n.graphAttr("then_branch"), n.graphAttr("else_branch")};
  if (!graphs[0] || !graphs[1])
    return n.fail("expected attributes 'then_branch' and 'else_branch'");
  for (const onnx::GraphProto *graph : graphs)
    if (graph->output_size() < static_cast<int>(n.numOutputs()))
      return n.fail("expected both branches to make " + llvm::Twine(n.numOutputs()) +
                    " values, but one makes " + llvm::Twine(graph->output_size()));
  Value cond = n.in(0);
  if (!isa<RankedTensorType>(cond.getType()) || !n.elem(cond).isInteger(1))
    return n.fail("expected a boolean condition, but got " + n.importer.typeText(cond.getType()));
  if (auto type = cast<RankedTensorType>(cond.getType()); type.hasStaticShape() && type.getNumElements() != 1)
    return n.fail("expected a condition of one element, but got " + n.importer.typeText(type));
  // A known condition leaves one branch, whose nodes take the place of the If.
  std::optional<unsigned> taken = n.importer.branchOf(n.node);
  if (std::optional<SmallVector<int64_t>> known = constantInts(cond); known && known->size() == 1)
    taken = known->front() ? 0 : 1;
  else if (taken)
    checkCondition(n, cond, *taken == 0);
  if (taken) {
    FailureOr<SmallVector<Value>> values = importInto(n, *graphs[*taken], {}, n.b);
    if (failed(values))
      return failure();
    for (unsigned i = 0; i < n.numOutputs(); ++i)
      if (failed(n.result(i, (*values)[i])))
        return failure();
    return success();
  }
  Region regions[2];
  SmallVector<Value> values[2];
  for (unsigned i : {0u, 1u}) {
    auto imported = importRegion(n, *graphs[i], regions[i], {},
                                 [](Block &, OpBuilder &) { return SmallVector<Value>(); });
    if (failed(imported))
      return failure();
    values[i] = *imported;
    values[i].resize(n.numOutputs());
  }
  SmallVector<Type> types;
  for (auto [i, pair] : llvm::enumerate(llvm::zip_equal(values[0], values[1]))) {
    auto [first, second] = pair;
    Type type = joinTypes(first.getType(), second.getType());
    if (!type) {
      n.importer.leaveOpen(n.node, "expected both branches to make output " + std::to_string(i) +
                                       " with one element type and rank, but got " +
                                       n.importer.typeText(first.getType()) + " and " +
                                       n.importer.typeText(second.getType()) +
                                       "; fix what decides the condition (--shape, --bind)");
      return failure();
    }
    types.push_back(type);
  }
  for (unsigned i : {0u, 1u})
    yield(n, regions[i], values[i]);
  auto op = w::IfOp::create(n.b, n.loc, types, cond);
  op.getThenRegion().takeBody(regions[0]);
  op.getElseRegion().takeBody(regions[1]);
  for (unsigned i = 0; i < n.numOutputs(); ++i)
    if (failed(n.result(i, op.getResult(i))))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

static Value trueConstant(NodeBuilder &n) { return n.intScalar(n.b.getI1Type(), 1); }

/// A slice's type: that of the whole without the scanned axis.
static Type sliceType(Type whole, int64_t axis) {
  auto type = cast<RankedTensorType>(whole);
  SmallVector<w::DimExpr> dims = w::getDims(type);
  dims.erase(dims.begin() + axis);
  return w::makeTensorType(dims, type.getElementType());
}

namespace {
/// The body of a loop, once its types have come to rest.
struct LoopRegion {
  Region region;
  /// The condition, carried values and slices that the body makes.
  SmallVector<Value> yielded;
  SmallVector<Type> carriedTypes;
  /// Per carried value: whether the body gives what the optional that the loop carries holds.
  SmallVector<bool> filled;
};
} // namespace

/// Joins the types of carried values before and behind an iteration; true when none has widened.
static FailureOr<bool> joinCarried(NodeBuilder &n, LoopRegion &made, OpBuilder &b) {
  bool isStable = true;
  for (auto [i, type] : llvm::enumerate(made.carriedTypes)) {
    // An optional may start a loop whose body gives what it holds.
    Value &next = made.yielded[1 + i];
    if (isa<w::OptType>(type) && !isa<w::OptType>(next.getType())) {
      b.setInsertionPointToEnd(&made.region.front());
      next = w::OptMakeOp::create(b, n.loc, w::OptType::get(b.getContext(), next.getType()), next);
      made.filled[i] = true;
    }
    Type joined = joinTypes(type, next.getType());
    if (!joined)
      return n.fail("expected carried value " + llvm::Twine(i) +
                    " to keep its element type and rank, but it is " + n.importer.typeText(type) +
                    " before and " + n.importer.typeText(next.getType()) + " behind an iteration");
    isStable &= joined == type;
    type = joined;
  }
  return isStable;
}

/// Builds the body until it gives back what it took: one dim more at a time at worst.
static LogicalResult settleBody(NodeBuilder &n, const LoopShape &loop, LoopBody body, LoopRegion &made) {
  made.carriedTypes = llvm::to_vector(ValueRange(loop.carried).getTypes());
  made.filled.assign(made.carriedTypes.size(), false);
  SmallVector<Type> sliceTypes;
  for (auto [value, axis] : llvm::zip_equal(loop.scanned, loop.scanInAxes))
    sliceTypes.push_back(sliceType(value.getType(), axis));
  for (int attempt = 0;; ++attempt) {
    made.region.dropAllReferences();
    made.region.getBlocks().clear();
    Block &block = made.region.emplaceBlock();
    block.addArgument(n.b.getIndexType(), n.loc);
    for (ArrayRef<Type> types : {ArrayRef<Type>(made.carriedTypes), ArrayRef<Type>(sliceTypes)})
      for (Type type : types)
        block.addArgument(type, n.loc);
    OpBuilder b(n.b.getContext());
    b.setInsertionPointToEnd(&block);
    FailureOr<SmallVector<Value>> values = body(block, b);
    if (failed(values))
      return failure();
    made.yielded = *values;
    if (made.yielded.size() != 1 + loop.carried.size() + loop.scanOutAxes.size())
      return n.fail("expected the body to make a condition, " + llvm::Twine(loop.carried.size()) +
                    " carried values and " + llvm::Twine(loop.scanOutAxes.size()) + " scan outputs");
    FailureOr<bool> isStable = joinCarried(n, made, b);
    if (failed(isStable))
      return failure();
    if (*isStable)
      return success();
    if (attempt > 64)
      return n.fail("the shapes of carried values do not settle");
  }
}

/// How often the loop runs, as far as that is known.
static w::DimExpr countOf(const LoopShape &loop, Value condition) {
  // A condition may end the loop before its count.
  auto last = constantInts(condition);
  if (!last || last->size() != 1 || last->front() == 0)
    return {};
  if (!loop.cond && loop.trip && known(*loop.trip))
    return w::DimExpr::constant(std::max<int64_t>(*known(*loop.trip), 0));
  if (!loop.scanned.empty())
    return w::getDim(cast<RankedTensorType>(loop.scanned.front().getType()), loop.scanInAxes.front());
  return {};
}

LoopResult makeLoop(NodeBuilder &n, const LoopShape &loop, LoopBody body) {
  LoopRegion made;
  if (failed(settleBody(n, loop, body, made)))
    return failure();
  SmallVector<Value> carried;
  for (auto [value, type] : llvm::zip_equal(loop.carried, made.carriedTypes))
    carried.push_back(asSequence(n, value, type));
  SmallVector<Type> results = made.carriedTypes;
  w::DimExpr count = countOf(loop, made.yielded.front());
  SmallVector<int64_t> outAxes;
  for (auto [i, axis] : llvm::enumerate(loop.scanOutAxes)) {
    auto slice = dyn_cast<RankedTensorType>(made.yielded[1 + carried.size() + i].getType());
    if (!slice || axis < -slice.getRank() - 1 || axis > slice.getRank())
      return n.fail("expected scan output " + llvm::Twine(i) + " to be a tensor with an axis " +
                    llvm::Twine(axis));
    outAxes.push_back(axis < 0 ? axis + slice.getRank() + 1 : axis);
    SmallVector<w::DimExpr> dims = w::getDims(slice);
    dims.insert(dims.begin() + outAxes.back(), count);
    results.push_back(w::makeTensorType(dims, slice.getElementType()));
  }
  yield(n, made.region, made.yielded);
  auto op = w::LoopOp::create(n.b, n.loc, results, loop.trip ? n.sizes.value(*loop.trip) : Value(), loop.cond,
                              carried, loop.scanned, loop.scanInAxes, loop.scanInReverse, outAxes,
                              loop.scanOutReverse);
  op.getBody().takeBody(made.region);
  SmallVector<Value> values(op.getResults());
  for (auto [i, isFilled] : llvm::enumerate(made.filled))
    if (isFilled)
      values[i] = n.make<w::OptGetOp>(values[i]);
  return values;
}

LogicalResult buildLoop(NodeBuilder &n) {
  const onnx::GraphProto *graph = n.graphAttr("body");
  if (!graph)
    return n.fail("expected attribute 'body'");
  LoopShape loop;
  for (unsigned i : {0u, 1u})
    if (n.has(i) && !isa<RankedTensorType>(n.in(i).getType()))
      return n.fail("expected M and cond to be tensors, but got " + n.importer.typeText(n.in(i).getType()));
  if (n.has(1) && !n.elem(n.in(1)).isInteger(1))
    return n.fail("expected a boolean condition, but got " + n.importer.typeText(n.in(1).getType()));
  if (n.has(0)) {
    FailureOr<Size> trip = n.sizeOf(n.reshape(n.in(0), ArrayRef<int64_t>()), "M");
    if (failed(trip))
      return failure();
    loop.trip = *trip;
  }
  if (n.has(1)) {
    std::optional<SmallVector<int64_t>> cond = constantInts(n.in(1));
    if (!cond || cond->size() != 1)
      loop.cond = n.in(1);
    else if (cond->front() == 0)
      loop.trip = n.sizes.of(0);
  }
  for (unsigned i = 2; i < n.numInputs(); ++i) {
    if (!n.has(i))
      return n.fail("expected every carried value, but input " + llvm::Twine(i) + " is missing");
    loop.carried.push_back(n.in(i));
  }
  int64_t scans = graph->output_size() - 1 - static_cast<int64_t>(loop.carried.size());
  if (scans < 0)
    return n.fail("expected a body of at least " + llvm::Twine(loop.carried.size() + 1) +
                  " outputs, but got " + llvm::Twine(graph->output_size()));
  loop.scanOutAxes.assign(scans, 0);
  loop.scanOutReverse.assign(scans, false);
  auto results = makeLoop(n, loop, [&](Block &block, OpBuilder &b) {
    // The iteration is an i64 scalar inside; the condition holds wherever the body runs.
    auto list =
        w::FromElementsOp::create(b, n.loc, RankedTensorType::get({1}, b.getI64Type()), block.getArgument(0));
    Value iteration = w::buildChecked<w::ReshapeOp>(b, n.loc, list.getResult(), n.list("static_shape", {}));
    SmallVector<Value> inputs = {iteration, trueConstant(n)};
    llvm::append_range(inputs, block.getArguments().drop_front(1));
    return importInto(n, *graph, inputs, b);
  });
  if (failed(results))
    return failure();
  for (auto [i, value] : llvm::enumerate(*results))
    if (n.wants(i) && failed(n.result(i, value)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// One Scan without a batch dim over given values.
static LoopResult makeScan(NodeBuilder &n, const onnx::GraphProto &graph, LoopShape loop) {
  loop.scanOutAxes.resize(graph.output_size() - loop.carried.size(), 0);
  loop.scanOutReverse.resize(loop.scanOutAxes.size(), false);
  return makeLoop(n, loop, [&](Block &block, OpBuilder &b) -> FailureOr<SmallVector<Value>> {
    SmallVector<Value> inputs(block.getArguments().drop_front(1));
    FailureOr<SmallVector<Value>> values = importInto(n, graph, inputs, b);
    if (succeeded(values))
      values->insert(values->begin(), trueConstant(n));
    return values;
  });
}

/// Opset 8: dim 0 of everything is a batch, over which an outer loop goes.
static LoopResult makeBatchedScan(NodeBuilder &n, const onnx::GraphProto &graph, const LoopShape &inner) {
  LoopShape outer;
  outer.scanned = inner.carried;
  llvm::append_range(outer.scanned, inner.scanned);
  outer.scanInAxes.assign(outer.scanned.size(), 0);
  outer.scanInReverse.assign(outer.scanned.size(), false);
  outer.scanOutAxes.assign(graph.output_size(), 0);
  outer.scanOutReverse.assign(graph.output_size(), false);
  return makeLoop(n, outer, [&](Block &block, OpBuilder &b) -> FailureOr<SmallVector<Value>> {
    LoopShape one = inner;
    auto slices = block.getArguments().drop_front(1);
    one.carried.assign(slices.begin(), slices.begin() + inner.carried.size());
    one.scanned.assign(slices.begin() + inner.carried.size(), slices.end());
    OpBuilder::InsertionGuard guard(n.b);
    n.b.setInsertionPointToEnd(&block);
    FailureOr<SmallVector<Value>> values = makeScan(n, graph, one);
    if (succeeded(values))
      values->insert(values->begin(), trueConstant(n));
    return values;
  });
}

LogicalResult buildScan(NodeBuilder &n) {
  const onnx::GraphProto *graph = n.graphAttr("body");
  if (!graph)
    return n.fail("expected attribute 'body'");
  bool isBatched = n.version < 9;
  unsigned first = isBatched ? 1 : 0;
  int64_t scans = n.intAttr("num_scan_inputs", 0),
          states = static_cast<int64_t>(n.numInputs()) - first - scans;
  if (scans < 1 || states < 0)
    return n.fail("expected num_scan_inputs of at least 1 and at most the number of inputs, but got " +
                  llvm::Twine(scans));
  if (isBatched && n.has(0))
    return n.fail("sequence_lens of Scan before opset 9 are not supported; export with opset 9 or newer");
  if (graph->output_size() < states)
    return n.fail("expected a body of at least " + llvm::Twine(states) + " outputs, but got " +
                  llvm::Twine(graph->output_size()));
  LoopShape loop;
  for (unsigned i = first; i < n.numInputs(); ++i) {
    if (!n.has(i))
      return n.fail("expected every input of Scan, but input " + llvm::Twine(i) + " is missing");
    bool isState = static_cast<int64_t>(i - first) < states;
    if (!isState && !isa<RankedTensorType>(n.in(i).getType()))
      return n.fail("expected tensors as scan inputs");
    if (isBatched && (!isa<RankedTensorType>(n.in(i).getType()) || n.rank(n.in(i)) < (isState ? 1 : 2)))
      return n.fail("expected a batch dim in every input of Scan before opset 9");
    (isState ? loop.carried : loop.scanned).push_back(n.in(i));
  }
  auto read = [&](StringRef name, size_t count) -> FailureOr<SmallVector<int64_t>> {
    SmallVector<int64_t> list = n.intsAttr(name).value_or(SmallVector<int64_t>(count, 0));
    if (list.size() != count)
      return n.fail("expected " + llvm::Twine(count) + " entries in " + name + ", but got " +
                    llvm::Twine(list.size()));
    return list;
  };
  size_t outs = graph->output_size() - states;
  FailureOr<SmallVector<int64_t>> inAxes = SmallVector<int64_t>(scans, 0),
                                  outAxes = SmallVector<int64_t>(outs, 0), inReverse,
                                  outReverse = SmallVector<int64_t>(outs, 0);
  if (isBatched) {
    inReverse = read("directions", scans);
  } else {
    inAxes = read("scan_input_axes", scans);
    outAxes = read("scan_output_axes", outs);
    inReverse = read("scan_input_directions", scans);
    outReverse = read("scan_output_directions", outs);
  }
  if (failed(inAxes) || failed(outAxes) || failed(inReverse) || failed(outReverse))
    return failure();
  for (auto [i, entry] : llvm::enumerate(*inAxes)) {
    FailureOr<int64_t> axis = n.axis(entry, n.rank(loop.scanned[i]) - (isBatched ? 1 : 0));
    if (failed(axis))
      return failure();
    loop.scanInAxes.push_back(*axis);
    loop.scanInReverse.push_back((*inReverse)[i] != 0);
  }
  loop.scanOutAxes = *outAxes;
  for (int64_t direction : *outReverse)
    loop.scanOutReverse.push_back(direction != 0);
  LoopResult results = isBatched ? makeBatchedScan(n, *graph, loop) : makeScan(n, *graph, loop);
  if (failed(results))
    return failure();
  for (auto [i, value] : llvm::enumerate(*results))
    if (n.wants(i) && failed(n.result(i, value)))
      return failure();
  return success();
}

} // namespace weft::importer
