// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of reductions, softmax and prefix operations.
#include "NodeBuilder.h"

#include "ModelImporter.h"
#include "RunTimeAxes.h"

namespace weft::importer {

namespace {

/// The reduced axes: known, or a list that the run decides.
struct ReducedAxes {
  SmallVector<int64_t> known;
  SmallVector<Size> open;

  Value reduce(NodeBuilder &n, w::ReduceKind kind, Value x) const {
    if (open.empty() || !x)
      return n.reduce(kind, x, known);
    return overRunTimeAxes(n, x, open, [&](Value v, int64_t axis) { return n.reduce(kind, v, axis); });
  }
  Value squeeze(NodeBuilder &n, Value x) const {
    return open.empty() || !x ? n.squeeze(x, known) : squeezeAtRunTime(n, x, open);
  }
};

} // namespace

static FailureOr<ReducedAxes> reducedAxes(NodeBuilder &n) {
  int64_t rank = n.rank(n.in(0));
  FailureOr<std::optional<SmallVector<Size>>> given = n.intsArg("axes", 1);
  if (failed(given))
    return failure();
  bool isNoop = n.flagAttr("noop_with_empty_axes", false);
  ReducedAxes result;
  if (!*given || (*given)->empty()) {
    result.known = isNoop ? SmallVector<int64_t>() : sequence(0, rank);
    return result;
  }
  std::optional<SmallVector<int64_t>> numbers = known(**given);
  if (!numbers) {
    result.open = **given;
    return result;
  }
  FailureOr<SmallVector<int64_t>> sorted = n.axes(*numbers, rank);
  if (failed(sorted))
    return failure();
  result.known = *sorted;
  return result;
}

/// A reduction with elementwise functions around it. Real numbers accumulate in f32 or wider, integers in f64
/// where the functions are real ones.
static LogicalResult buildReduction(NodeBuilder &n, w::ReduceKind kind, bool isReal,
                                    function_ref<Value(Value)> before = nullptr,
                                    function_ref<Value(Value)> after = nullptr) {
  FailureOr<ReducedAxes> axes = reducedAxes(n);
  if (failed(axes))
    return failure();
  Value x = n.in(0);
  Type element = n.elem(x), wide = element;
  if (before || after)
    wide = isa<FloatType>(element) ? w::getAccumulatorType(element)
           : isReal                ? Type(n.b.getF64Type())
                                   : element;
  x = n.cast(x, wide);
  if (before)
    x = before(x);
  Value y = axes->reduce(n, kind, x);
  if (after && y)
    y = after(y);
  if (!n.flagAttr("keepdims", true) && y)
    y = axes->squeeze(n, y);
  return n.result(n.cast(y, element));
}

LogicalResult buildReduceSum(NodeBuilder &n) { return buildReduction(n, w::ReduceKind::sum, false); }
LogicalResult buildReduceProd(NodeBuilder &n) { return buildReduction(n, w::ReduceKind::prod, false); }
LogicalResult buildReduceMax(NodeBuilder &n) { return buildReduction(n, w::ReduceKind::max, false); }
LogicalResult buildReduceMin(NodeBuilder &n) { return buildReduction(n, w::ReduceKind::min, false); }
LogicalResult buildReduceMean(NodeBuilder &n) { return buildReduction(n, w::ReduceKind::mean, false); }
LogicalResult buildReduceL1(NodeBuilder &n) {
  return buildReduction(n, w::ReduceKind::sum, false, [&](Value x) { return n.make<w::AbsOp>(x); });
}
LogicalResult buildReduceSumSquare(NodeBuilder &n) {
  return buildReduction(n, w::ReduceKind::sum, false, [&](Value x) { return n.mul(x, x); });
}
LogicalResult buildReduceL2(NodeBuilder &n) {
  return buildReduction(
      n, w::ReduceKind::sum, true, [&](Value x) { return n.mul(x, x); },
      [&](Value y) { return n.make<w::SqrtOp>(y); });
}
LogicalResult buildReduceLogSum(NodeBuilder &n) {
  return buildReduction(n, w::ReduceKind::sum, true, nullptr, [&](Value y) { return n.make<w::LogOp>(y); });
}
LogicalResult buildReduceLogSumExp(NodeBuilder &n) {
  FailureOr<ReducedAxes> axes = reducedAxes(n);
  if (failed(axes))
    return failure();
  Value shift;
  auto before = [&](Value x) {
    // An infinite maximum would make x - max NaN.
    Value most = axes->reduce(n, w::ReduceKind::max, x);
    shift = n.select(n.make<w::IsInfOp>(most), n.scalar(n.elem(x), 0.0), most);
    return n.make<w::ExpOp>(n.sub(x, shift));
  };
  return buildReduction(n, w::ReduceKind::sum, true, before,
                        [&](Value y) { return n.add(n.make<w::LogOp>(y), shift); });
}

static Value argReduce(NodeBuilder &n, Value x, w::ArgKind kind, int64_t axis, bool last) {
  return n.make<w::ArgReduceOp>(
      x, {n.choice<w::ArgKindAttr>("kind", kind), n.i64("axis", axis), n.flag("last", last)});
}

static LogicalResult buildArg(NodeBuilder &n, w::ArgKind kind) {
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(n.in(0)));
  if (failed(axis))
    return failure();
  Value y = argReduce(n, n.in(0), kind, *axis, n.flagAttr("select_last_index", false));
  return n.result(n.flagAttr("keepdims", true) ? y : n.squeeze(y, *axis));
}
LogicalResult buildArgMax(NodeBuilder &n) { return buildArg(n, w::ArgKind::max); }
LogicalResult buildArgMin(NodeBuilder &n) { return buildArg(n, w::ArgKind::min); }

//===----------------------------------------------------------------------===//
// Softmax family
//===----------------------------------------------------------------------===//

/// Before opset 13 the dims from `axis` on are one row; since then one axis is a row.
static LogicalResult alongRow(NodeBuilder &n, function_ref<Value(Value, int64_t)> build) {
  Value x = n.in(0);
  int64_t rank = n.rank(x);
  bool isFlat = n.version < 13;
  int64_t given = n.intAttr("axis", isFlat ? 1 : -1);
  if (rank == 0) {
    Value y = build(n.unsqueeze(x, 0), 0);
    return n.result(n.squeeze(y, 0));
  }
  // The old form allows an axis behind the last.
  if (isFlat && given == rank) {
    Value y = build(n.unsqueeze(x, rank), rank);
    return n.result(n.squeeze(y, rank));
  }
  FailureOr<int64_t> axis = n.axis(given, rank);
  if (failed(axis))
    return failure();
  if (!isFlat || *axis == rank - 1)
    return n.result(build(x, *axis));
  SmallVector<Size> shape = n.dims(x);
  ArrayRef<Size> all(shape);
  Value flat = n.reshape(x, {n.sizes.product(all.take_front(*axis)), n.sizes.product(all.drop_front(*axis))});
  return n.result(n.reshape(flat ? build(flat, 1) : Value(), shape));
}

LogicalResult buildSoftmax(NodeBuilder &n) {
  return alongRow(n, [&](Value x, int64_t axis) { return n.softmax(x, axis); });
}
LogicalResult buildLogSoftmax(NodeBuilder &n) {
  return alongRow(n, [&](Value x, int64_t axis) { return n.softmax(x, axis, /*log=*/true); });
}
LogicalResult buildHardmax(NodeBuilder &n) {
  return alongRow(n, [&](Value x, int64_t axis) -> Value {
    SmallVector<Size> shape(n.rank(x), n.sizes.of(1));
    shape[axis] = n.dim(x, axis);
    Value index = n.iota(shape, axis, n.b.getI64Type());
    Value isFirst = n.compare(w::ComparePredicate::eq, index, argReduce(n, x, w::ArgKind::max, axis, false));
    return n.cast(isFirst, n.elem(x));
  });
}

//===----------------------------------------------------------------------===//
// Prefix operations
//===----------------------------------------------------------------------===//

static LogicalResult buildCumulate(NodeBuilder &n, w::CumulateKind kind) {
  FailureOr<Size> given =
      n.sizeOf(n.rank(n.in(1)) > 1 ? n.reshape(n.in(1), ArrayRef<int64_t>()) : n.in(1), "axis");
  if (failed(given))
    return failure();
  std::optional<int64_t> number = known(*given);
  int64_t rank = n.rank(n.in(0));
  auto build = [&](Value x, int64_t axis) {
    return n.make<w::CumulateOp>(x, {n.choice<w::CumulateKindAttr>("kind", kind), n.i64("axis", axis),
                                     n.flag("exclusive", n.flagAttr("exclusive", false)),
                                     n.flag("reverse", n.flagAttr("reverse", false))});
  };
  if (!number)
    return n.result(alongRunTimeAxis(n, n.in(0), *given, build));
  FailureOr<int64_t> axis = n.axis(*number, rank);
  return failed(axis) ? failure() : n.result(build(n.in(0), *axis));
}
LogicalResult buildCumSum(NodeBuilder &n) { return buildCumulate(n, w::CumulateKind::sum); }
LogicalResult buildCumProd(NodeBuilder &n) { return buildCumulate(n, w::CumulateKind::prod); }

} // namespace weft::importer
