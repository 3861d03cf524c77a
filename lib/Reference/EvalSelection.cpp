// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates top_k, sort, unique, nonzero and nms.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// -1, 0 or 1 for elements i and j; NaN is the greatest value and equal to itself.
int compareElements(const Tensor &x, int64_t i, int64_t j) {
  if (x.isString())
    return x.getString(i).compare(x.getString(j));
  if (x.isInteger()) {
    int64_t a = x.getInt(i), b = x.getInt(j);
    if (x.isUnsigned())
      return static_cast<uint64_t>(a) < static_cast<uint64_t>(b) ? -1 : a != b;
    return a < b ? -1 : a > b;
  }
  double a = x.getFloat(i), b = x.getFloat(j);
  if (std::isnan(a) || std::isnan(b))
    return std::isnan(a) - std::isnan(b);
  return a < b ? -1 : a > b;
}

/// The first `count` places along the axis, sorted, as values and indices.
void selectSorted(Evaluation &e, const Tensor &x, int64_t axis, int64_t count, bool descending) {
  AxisView view(x.getShape(), axis);
  Shape shape(x.getShape());
  shape[axis] = count;
  Tensor values(x.getElementType(), shape), indices(IntegerType::get(e.op->getContext(), 64), shape);
  AxisView to(shape, axis);
  std::vector<int64_t> order(view.size);
  for (int64_t o = 0; o < view.outer; ++o)
    for (int64_t i = 0; i < view.inner; ++i) {
      std::iota(order.begin(), order.end(), 0);
      auto isBefore = [&](int64_t a, int64_t b) {
        int result = compareElements(x, view.at(o, a, i), view.at(o, b, i));
        return descending ? result > 0 : result < 0;
      };
      std::stable_sort(order.begin(), order.end(), isBefore);
      for (int64_t k = 0; k < count; ++k) {
        values.copyElement(to.at(o, k, i), x, view.at(o, order[k], i));
        indices.setInt(to.at(o, k, i), order[k]);
      }
    }
  e.add(std::move(values));
  e.add(std::move(indices));
}

LogicalResult evalTopK(TopKOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  int64_t k = op.getK() ? e.operands[1].getIndex() : static_cast<int64_t>(op.getStaticK());
  if (k < 0 || k > x.getDim(op.getAxis()))
    return e.error() << "expected k in [0, " << x.getDim(op.getAxis()) << "], but got " << k;
  selectSorted(e, x, op.getAxis(), k, op.getLargest());
  return success();
}

LogicalResult evalSort(SortOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  selectSorted(e, x, op.getAxis(), x.getDim(op.getAxis()), op.getDescending());
  return success();
}

LogicalResult evalUnique(UniqueOp op, Evaluation &e) {
  Tensor x = e.tensor(0);
  int64_t axis = op.getAxis().value_or(0);
  if (!op.getAxis())
    x = x.reshaped({x.size()});
  AxisView view(x.getShape(), axis);
  auto compare = [&](int64_t a, int64_t b) {
    for (int64_t o = 0; o < view.outer; ++o)
      for (int64_t i = 0; i < view.inner; ++i) {
        int64_t left = view.at(o, a, i), right = view.at(o, b, i);
        if (int result = compareElements(x, left, right))
          return result;
        // NaN equals nothing; the earlier one comes first.
        if (x.isFloat() && std::isnan(x.getFloat(left)))
          return a < b ? -1 : a > b;
      }
    return 0;
  };
  std::vector<int64_t> order(view.size), first, inverse(view.size), counts;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return compare(a, b) < 0; });
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || compare(order[i - 1], order[i]) != 0) {
      first.push_back(order[i]);
      counts.push_back(0);
    }
    inverse[order[i]] = first.size() - 1;
    ++counts.back();
  }
  if (!op.getSorted()) {
    std::vector<int64_t> byFirst(first.size()), place(first.size());
    std::iota(byFirst.begin(), byFirst.end(), 0);
    std::sort(byFirst.begin(), byFirst.end(), [&](int64_t a, int64_t b) { return first[a] < first[b]; });
    std::vector<int64_t> oldFirst = first, oldCounts = counts;
    for (size_t i = 0; i < byFirst.size(); ++i) {
      first[i] = oldFirst[byFirst[i]];
      counts[i] = oldCounts[byFirst[i]];
      place[byFirst[i]] = i;
    }
    for (int64_t &i : inverse)
      i = place[i];
  }
  int64_t distinct = first.size();
  Shape shape(x.getShape());
  shape[axis] = distinct;
  Tensor y(x.getElementType(), shape);
  AxisView to(shape, axis);
  for (int64_t o = 0; o < view.outer; ++o)
    for (int64_t k = 0; k < distinct; ++k)
      for (int64_t i = 0; i < view.inner; ++i)
        y.copyElement(to.at(o, k, i), x, view.at(o, first[k], i));
  Type i64 = IntegerType::get(op.getContext(), 64);
  e.add(std::move(y));
  e.add(Tensor::fromInts(i64, {distinct}, first));
  e.add(Tensor::fromInts(i64, {view.size}, inverse));
  e.add(Tensor::fromInts(i64, {distinct}, counts));
  return success();
}

LogicalResult evalNonzero(NonzeroOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  auto isZero = [&](int64_t i) {
    if (x.isString())
      return x.getString(i).empty();
    if (x.isComplex())
      return x.getComplex(i) == 0.0;
    return x.isInteger() ? x.getInt(i) == 0 : x.getFloat(i) == 0;
  };
  std::vector<std::vector<int64_t>> places(x.getRank());
  int64_t count = 0;
  IndexWalk walk(x.getShape());
  for (int64_t i = 0; i < x.size(); ++i, walk.next()) {
    if (isZero(i))
      continue;
    ++count;
    for (int64_t axis = 0; axis < x.getRank(); ++axis)
      places[axis].push_back(walk[axis]);
  }
  std::vector<int64_t> flat;
  for (const std::vector<int64_t> &row : places)
    flat.insert(flat.end(), row.begin(), row.end());
  e.add(Tensor::fromInts(IntegerType::get(op.getContext(), 64), {x.getRank(), count}, flat));
  return success();
}

struct Box {
  double y1, x1, y2, x2;
  double area() const { return (y2 - y1) * (x2 - x1); }
};

Box readBox(const Tensor &boxes, int64_t place, bool center) {
  double v[4];
  for (int i = 0; i < 4; ++i)
    v[i] = boxes.getFloat(place * 4 + i);
  if (center)
    return {v[1] - v[3] / 2, v[0] - v[2] / 2, v[1] + v[3] / 2, v[0] + v[2] / 2};
  return {std::min(v[0], v[2]), std::min(v[1], v[3]), std::max(v[0], v[2]), std::max(v[1], v[3])};
}

double overlap(const Box &a, const Box &b) {
  double height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1),
         width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  if (height <= 0 || width <= 0)
    return 0;
  double common = height * width, all = a.area() + b.area() - common;
  return all > 0 ? common / all : 0;
}

LogicalResult evalNms(NmsOp op, Evaluation &e) {
  const Tensor &boxes = e.tensor(0), &scores = e.tensor(1);
  const Tensor *iou = e.optional(op.getIouMutable()), *score = e.optional(op.getScoreMutable());
  int64_t limit = op.getMaxBoxes() ? e.valueOf(*op.getMaxBoxesMutable().begin()).getIndex() : 0;
  double threshold = iou ? iou->getFloat(0) : 0;
  int64_t batch = scores.getDim(0), classes = scores.getDim(1), count = scores.getDim(2);
  std::vector<int64_t> rows;
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t c = 0; c < classes; ++c) {
      auto scoreOf = [&](int64_t i) { return scores.getFloat((b * classes + c) * count + i); };
      std::vector<int64_t> order;
      for (int64_t i = 0; i < count; ++i)
        if (!score || scoreOf(i) > score->getFloat(0))
          order.push_back(i);
      std::stable_sort(order.begin(), order.end(),
                       [&](int64_t i, int64_t j) { return scoreOf(i) > scoreOf(j); });
      std::vector<Box> chosen;
      for (int64_t i : order) {
        if (static_cast<int64_t>(chosen.size()) >= limit)
          break;
        Box box = readBox(boxes, b * count + i, op.getCenter());
        if (llvm::any_of(chosen, [&](const Box &other) { return overlap(box, other) > threshold; }))
          continue;
        chosen.push_back(box);
        rows.insert(rows.end(), {b, c, i});
      }
    }
  int64_t rowCount = rows.size() / 3;
  e.add(Tensor::fromInts(IntegerType::get(op.getContext(), 64), {rowCount, 3}, rows));
  return success();
}

} // namespace

void addSelectionEvals(EvalTable &table) {
  table.add<TopKOp, evalTopK>();
  table.add<SortOp, evalSort>();
  table.add<UniqueOp, evalUnique>();
  table.add<NonzeroOp, evalNonzero>();
  table.add<NmsOp, evalNms>();
}

} // namespace weft::reference
