// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates reduction ops in double or int64, rounded once.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The operand's shape with the axes set to 1, and for each operand element the result element it goes to.
struct Collapse {
  Collapse(ArrayRef<int64_t> from, ArrayRef<int64_t> axes) : shape(from), strides() {
    count = 1;
    for (int64_t axis : axes) {
      count *= shape[axis];
      shape[axis] = 1;
    }
    strides = rowMajorStrides(shape);
    for (int64_t axis : axes)
      strides[axis] = 0;
  }
  int64_t target(const IndexWalk &walk) const {
    int64_t position = 0;
    for (size_t axis = 0; axis < strides.size(); ++axis)
      position += walk[axis] * strides[axis];
    return position;
  }
  Shape shape, strides;
  int64_t count; ///< Operand elements per result element.
};

//===----------------------------------------------------------------------===//
// reduce
//===----------------------------------------------------------------------===//

double identityOf(ReduceKind kind) {
  switch (kind) {
  case ReduceKind::prod:
    return 1;
  case ReduceKind::max:
    return -kInfinity;
  case ReduceKind::min:
    return kInfinity;
  default:
    return 0;
  }
}

double accumulate(ReduceKind kind, double a, double b) {
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::mean:
    return a + b;
  case ReduceKind::prod:
    return a * b;
  case ReduceKind::max:
    return std::isnan(a) || std::isnan(b) ? kNan : std::max(a, b);
  case ReduceKind::min:
    return std::isnan(a) || std::isnan(b) ? kNan : std::min(a, b);
  }
  llvm_unreachable("internal: unknown reduction");
}

/// The least (or greatest) value of the integer type: what an empty max (or min) gives.
int64_t extremeOf(Type type, bool isLeast) {
  auto integer = cast<IntegerType>(type);
  unsigned width = integer.getWidth();
  bool isUnsigned = integer.isUnsigned() || width == 1;
  if (isUnsigned)
    return isLeast ? 0 : width == 64 ? -1 : static_cast<int64_t>((1ull << width) - 1);
  int64_t least = static_cast<int64_t>(~0ull << (width - 1));
  return isLeast ? least : ~least;
}

int64_t accumulate(ReduceKind kind, int64_t a, int64_t b, bool isUnsigned) {
  bool isLess = isUnsigned ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::mean:
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  case ReduceKind::prod:
    return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  case ReduceKind::max:
    return isLess ? b : a;
  case ReduceKind::min:
    return isLess ? a : b;
  }
  llvm_unreachable("internal: unknown reduction");
}

Tensor reduceIntegers(const Tensor &x, const Collapse &collapse, ReduceKind kind) {
  Tensor result(x.getElementType(), collapse.shape);
  int64_t start = kind == ReduceKind::prod ? 1 : 0;
  if (kind == ReduceKind::max || kind == ReduceKind::min)
    start = extremeOf(x.getElementType(), /*isLeast=*/kind == ReduceKind::max);
  std::vector<int64_t> totals(result.size(), start);
  IndexWalk walk(x.getShape());
  for (int64_t i = 0; i < x.size(); ++i, walk.next()) {
    int64_t &total = totals[collapse.target(walk)];
    total = accumulate(kind, total, x.getInt(i), x.isUnsigned());
  }
  for (int64_t i = 0; i < result.size(); ++i)
    result.setInt(i, kind == ReduceKind::mean && collapse.count ? totals[i] / collapse.count : totals[i]);
  return result;
}

LogicalResult evalReduce(ReduceOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Collapse collapse(x.getShape(), op.getAxes());
  ReduceKind kind = op.getKind();
  if (x.isInteger()) {
    e.add(reduceIntegers(x, collapse, kind));
    return success();
  }
  Tensor result(e.elementType(), collapse.shape);
  std::vector<double> totals(result.size(), identityOf(kind));
  IndexWalk walk(x.getShape());
  for (int64_t i = 0; i < x.size(); ++i, walk.next()) {
    double &total = totals[collapse.target(walk)];
    total = accumulate(kind, total, x.getFloat(i));
  }
  for (int64_t i = 0; i < result.size(); ++i)
    result.setFloat(i,
                    kind == ReduceKind::mean ? totals[i] / static_cast<double>(collapse.count) : totals[i]);
  e.add(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// arg_reduce, softmax, cumulate
//===----------------------------------------------------------------------===//

/// Whether `a` is a better extreme than `b`; NaN is better than all numbers.
bool isBetter(const Tensor &x, int64_t a, int64_t b, ArgKind kind) {
  if (x.isInteger()) {
    int64_t u = x.getInt(a), v = x.getInt(b);
    if (x.isUnsigned())
      return kind == ArgKind::max ? static_cast<uint64_t>(u) > static_cast<uint64_t>(v)
                                  : static_cast<uint64_t>(u) < static_cast<uint64_t>(v);
    return kind == ArgKind::max ? u > v : u < v;
  }
  double u = x.getFloat(a), v = x.getFloat(b);
  if (std::isnan(u) || std::isnan(v))
    return std::isnan(u) && !std::isnan(v);
  return kind == ArgKind::max ? u > v : u < v;
}

LogicalResult evalArgReduce(ArgReduceOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  int64_t axis = op.getAxis();
  AxisView view(x.getShape(), axis);
  Shape shape(x.getShape());
  shape[axis] = 1;
  Tensor result(e.elementType(), shape);
  if (view.size == 0 && result.size() > 0)
    return e.error() << "expected a dim " << axis << " of at least one element, but got 0";
  for (int64_t o = 0; o < view.outer; ++o)
    for (int64_t i = 0; i < view.inner; ++i) {
      int64_t best = 0;
      for (int64_t k = 1; k < view.size; ++k) {
        int64_t here = view.at(o, k, i), there = view.at(o, best, i);
        bool isTie = !isBetter(x, here, there, op.getKind()) && !isBetter(x, there, here, op.getKind());
        if (isBetter(x, here, there, op.getKind()) || (op.getLast() && isTie))
          best = k;
      }
      result.setInt(o * view.inner + i, best);
    }
  e.add(std::move(result));
  return success();
}

LogicalResult evalSoftmax(SoftmaxOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  AxisView view(x.getShape(), op.getAxis());
  Tensor result(e.elementType(), x.getShape());
  for (int64_t o = 0; o < view.outer; ++o)
    for (int64_t i = 0; i < view.inner; ++i) {
      double greatest = -kInfinity, sum = 0;
      for (int64_t k = 0; k < view.size; ++k)
        greatest = accumulate(ReduceKind::max, greatest, x.getFloat(view.at(o, k, i)));
      for (int64_t k = 0; k < view.size; ++k)
        sum += std::exp(x.getFloat(view.at(o, k, i)) - greatest);
      for (int64_t k = 0; k < view.size; ++k) {
        double shifted = x.getFloat(view.at(o, k, i)) - greatest;
        result.setFloat(view.at(o, k, i), op.getLog() ? shifted - std::log(sum) : std::exp(shifted) / sum);
      }
    }
  e.add(std::move(result));
  return success();
}

LogicalResult evalCumulate(CumulateOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  AxisView view(x.getShape(), op.getAxis());
  Tensor result(e.elementType(), x.getShape());
  bool isSum = op.getKind() == CumulateKind::sum;
  ReduceKind kind = isSum ? ReduceKind::sum : ReduceKind::prod;
  for (int64_t o = 0; o < view.outer; ++o)
    for (int64_t i = 0; i < view.inner; ++i) {
      double total = isSum ? 0 : 1;
      int64_t integer = isSum ? 0 : 1;
      for (int64_t k = 0; k < view.size; ++k) {
        int64_t place = view.at(o, op.getReverse() ? view.size - 1 - k : k, i);
        double before = total;
        int64_t integerBefore = integer;
        if (x.isInteger())
          integer = accumulate(kind, integer, x.getInt(place), x.isUnsigned());
        else
          total = accumulate(kind, total, x.getFloat(place));
        if (x.isInteger())
          result.setInt(place, op.getExclusive() ? integerBefore : integer);
        else
          result.setFloat(place, op.getExclusive() ? before : total);
      }
    }
  e.add(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// normalize
//===----------------------------------------------------------------------===//

LogicalResult evalNormalize(NormalizeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Collapse collapse(x.getShape(), op.getAxes());
  Tensor result(e.elementType(0), x.getShape()), mean(e.elementType(1), collapse.shape),
      inverse(e.elementType(2), collapse.shape);
  double count = static_cast<double>(collapse.count), epsilon = op.getEpsilon().convertToDouble();
  std::vector<double> sums(mean.size(), 0), squares(mean.size(), 0);
  std::vector<int64_t> targets(x.size());
  IndexWalk walk(x.getShape());
  for (int64_t i = 0; i < x.size(); ++i, walk.next()) {
    targets[i] = collapse.target(walk);
    sums[targets[i]] += x.getFloat(i);
  }
  // Without centring, the mean is not subtracted, and the mean square stands for the variance.
  auto center = [&](int64_t target) { return op.getCenter() ? sums[target] / count : 0.0; };
  for (int64_t i = 0; i < x.size(); ++i) {
    double distance = x.getFloat(i) - center(targets[i]);
    squares[targets[i]] += distance * distance;
  }
  for (int64_t t = 0; t < mean.size(); ++t) {
    mean.setFloat(t, center(t));
    squares[t] = 1 / std::sqrt(squares[t] / count + epsilon);
    inverse.setFloat(t, squares[t]);
  }
  for (int64_t i = 0; i < x.size(); ++i)
    result.setFloat(i, (x.getFloat(i) - center(targets[i])) * squares[targets[i]]);
  e.add(std::move(result));
  e.add(std::move(mean));
  e.add(std::move(inverse));
  return success();
}

//===----------------------------------------------------------------------===//
// pool, arg_pool
//===----------------------------------------------------------------------===//

/// The windows of a pooling op over the shape of its operand.
template <typename OpTy> struct Windows {
  Windows(OpTy op, ArrayRef<int64_t> from) : op(op), from(from), shape(from), strides(rowMajorStrides(from)) {
    for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
      int64_t span = (op.getKernel()[i] - 1) * op.getDilations()[i] + 1;
      int64_t room = from[axis] + op.getPadsLo()[i] + op.getPadsHi()[i] - span;
      shape[axis] = room < 0 ? 0 : room / op.getStrides()[i] + 1;
    }
  }

  /// Calls visit(position, is inside of the operand) for each tap that lies inside of the pads.
  template <typename Visit> void forEachTap(const IndexWalk &out, Visit visit) {
    ArrayRef<int64_t> axes = op.getAxes();
    IndexWalk taps(op.getKernel());
    int64_t numTaps = countElements(op.getKernel());
    for (int64_t t = 0; t < numTaps; ++t, taps.next()) {
      bool isInside = true, isInPads = true;
      int64_t position = 0;
      size_t next = 0;
      for (size_t axis = 0; axis < from.size(); ++axis) {
        int64_t index = out[axis];
        if (next < axes.size() && axes[next] == static_cast<int64_t>(axis)) {
          index =
              out[axis] * op.getStrides()[next] + taps[next] * op.getDilations()[next] - op.getPadsLo()[next];
          isInPads &= index < from[axis] + op.getPadsHi()[next];
          ++next;
        }
        isInside &= index >= 0 && index < from[axis];
        position += index * strides[axis];
      }
      if (isInPads)
        visit(position, isInside);
    }
  }

  OpTy op;
  Shape from, shape, strides;
};

LogicalResult evalPool(PoolOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Windows<PoolOp> windows(op, x.getShape());
  Tensor result(e.elementType(), windows.shape);
  PoolKind kind = op.getKind();
  bool isMax = kind == PoolKind::max;
  IndexWalk walk(windows.shape);
  for (int64_t i = 0; i < result.size(); ++i, walk.next()) {
    double total = isMax ? -kInfinity : 0;
    int64_t best = 0, taps = 0;
    bool isFirst = true;
    windows.forEachTap(walk, [&](int64_t position, bool isInside) {
      taps += isInside || kind == PoolKind::avg_pad;
      if (!isInside)
        return;
      if (isMax && x.isInteger()) {
        best = isFirst ? x.getInt(position)
                       : accumulate(ReduceKind::max, best, x.getInt(position), x.isUnsigned());
        isFirst = false;
        return;
      }
      total = accumulate(isMax ? ReduceKind::max : ReduceKind::sum, total, x.getFloat(position));
    });
    if (kind == PoolKind::avg || kind == PoolKind::avg_pad)
      total /= static_cast<double>(taps);
    if (isMax && x.isInteger())
      result.setInt(i, isFirst ? extremeOf(x.getElementType(), /*isLeast=*/true) : best);
    else
      result.setNumber(i, total);
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalArgPool(ArgPoolOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Windows<ArgPoolOp> windows(op, x.getShape());
  Tensor result(e.elementType(0), windows.shape), indices(e.elementType(1), windows.shape);
  IndexWalk walk(windows.shape);
  // Column-major numbering of the pooled dims (storage_order of ONNX): the last pooled dim has the greatest
  // stride.
  Shape columnStrides = windows.strides;
  int64_t stride = op.getAxes().empty() ? 1 : windows.strides[op.getAxes().back()];
  for (int64_t axis : op.getAxes()) {
    columnStrides[axis] = stride;
    stride *= x.getDim(axis);
  }
  for (int64_t i = 0; i < result.size(); ++i, walk.next()) {
    int64_t best = -1;
    windows.forEachTap(walk, [&](int64_t position, bool isInside) {
      if (isInside && (best < 0 || isBetter(x, position, best, ArgKind::max)))
        best = position;
    });
    if (best < 0)
      return e.error() << "expected a window that holds an element, but window " << i << " lies in the pads";
    result.copyElement(i, x, best);
    int64_t index = best;
    if (op.getColumnMajor()) {
      index = 0;
      for (int64_t axis = 0, rest = best; axis < x.getRank(); ++axis) {
        index += rest / windows.strides[axis] * columnStrides[axis];
        rest %= windows.strides[axis];
      }
    }
    indices.setInt(i, index);
  }
  e.add(std::move(result));
  e.add(std::move(indices));
  return success();
}

} // namespace

void addReductionEvals(EvalTable &table) {
  table.add<ReduceOp, evalReduce>();
  table.add<ArgReduceOp, evalArgReduce>();
  table.add<SoftmaxOp, evalSoftmax>();
  table.add<NormalizeOp, evalNormalize>();
  table.add<CumulateOp, evalCumulate>();
  table.add<PoolOp, evalPool>();
  table.add<ArgPoolOp, evalArgPool>();
}

} // namespace weft::reference
