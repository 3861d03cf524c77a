// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates resize: one table of weights per axis, applied axis by axis in double.
#include "lib/Reference/EvalSpatial.h"
#include "lib/Reference/IndexWalk.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {

double cubicWeight(double x, double a) {
  x = std::fabs(x);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2)
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

namespace {

/// One axis: sizes, scale, region of interest.
struct ResizeAxis {
  int64_t in, out;
  double scale, roiStart = 0, roiEnd = 1;
};

/// The input coordinate of output x.
double mapCoordinate(const ResizeAxis &axis, ResizeCoord coord, int64_t x) {
  double length = axis.scale * axis.in, n = axis.in;
  switch (coord) {
  case ResizeCoord::half_pixel:
    return (x + 0.5) / axis.scale - 0.5;
  case ResizeCoord::pytorch_half_pixel:
    return axis.out == 1 ? 0 : (x + 0.5) / axis.scale - 0.5;
  case ResizeCoord::half_pixel_symmetric:
    // n / 2 * (1 - out / length), of which the division by n would round whole places away.
    return (n - axis.out / axis.scale) / 2 + (x + 0.5) / axis.scale - 0.5;
  case ResizeCoord::align_corners:
    return length == 1 ? 0 : x * (n - 1) / (length - 1);
  case ResizeCoord::asymmetric:
    return x / axis.scale;
  case ResizeCoord::tf_half_pixel_for_nn:
    return (x + 0.5) / axis.scale;
  case ResizeCoord::tf_crop_and_resize:
    if (axis.out == 1)
      return 0.5 * (axis.roiStart + axis.roiEnd) * (n - 1);
    return axis.roiStart * (n - 1) + x * (axis.roiEnd - axis.roiStart) * (n - 1) / (axis.out - 1);
  }
  llvm_unreachable("internal: unknown coordinate map");
}

/// What an output place reads: taps from `first` on (before clamping to the edge), or nothing when it is
/// outside.
struct Taps {
  int64_t first = 0;
  SmallVector<double, 4> weights;
  bool isOutside = false;
};

/// `ratio` in (0, 1]: where the coordinate lies behind its left neighbour.
Taps makeTaps(ResizeOp op, const ResizeAxis &axis, int64_t left, double ratio) {
  Taps taps;
  double a = op.getCubicA().convertToDouble(), stretch = op.getAntialias() ? std::min(axis.scale, 1.0) : 1;
  if (op.getMode() == ResizeMode::nearest) {
    bool takesRight = false;
    switch (op.getNearest()) {
    case ResizeNearest::round_prefer_floor:
      takesRight = ratio > 0.5;
      break;
    case ResizeNearest::round_prefer_ceil:
      takesRight = ratio >= 0.5;
      break;
    case ResizeNearest::floor:
      takesRight = ratio == 1;
      break;
    case ResizeNearest::ceil:
      takesRight = true;
      break;
    }
    taps.first = left + takesRight;
    taps.weights = {1};
    return taps;
  }
  bool isCubic = op.getMode() == ResizeMode::cubic;
  auto begin = static_cast<int64_t>(std::floor((isCubic ? -2 : -1) / stretch)) + 1, end = 2 - begin;
  taps.first = left + begin;
  double sum = 0;
  for (int64_t i = begin; i < end; ++i) {
    double distance = (i - ratio) * stretch;
    double weight = isCubic ? cubicWeight(distance, a) : std::max(0.0, 1 - std::fabs(distance));
    if (op.getExcludeOutside() && (left + i < 0 || left + i >= axis.in))
      weight = 0;
    taps.weights.push_back(weight);
    sum += weight;
  }
  if (op.getAntialias() || op.getExcludeOutside())
    for (double &weight : taps.weights)
      weight /= sum;
  return taps;
}

std::vector<Taps> makeTable(ResizeOp op, const ResizeAxis &axis) {
  std::vector<Taps> table;
  for (int64_t x = 0; x < axis.out; ++x) {
    double place = mapCoordinate(axis, op.getCoord(), x);
    if (op.getCoord() == ResizeCoord::tf_crop_and_resize && (place < 0 || place > axis.in - 1)) {
      table.emplace_back();
      table.back().isOutside = true;
      continue;
    }
    double left = std::ceil(place) - 1;
    table.push_back(makeTaps(op, axis, static_cast<int64_t>(left), place - left));
  }
  return table;
}

/// Applies a table along one axis; places outside stay 0.
std::vector<double> applyTable(const std::vector<double> &values, Shape &shape, int64_t axis,
                               const std::vector<Taps> &table) {
  AxisView from(shape, axis);
  shape[axis] = table.size();
  AxisView to(shape, axis);
  std::vector<double> result(countElements(shape), 0.0);
  for (int64_t o = 0; o < to.outer; ++o)
    for (int64_t x = 0; x < to.size; ++x)
      for (auto [number, weight] : llvm::enumerate(table[x].weights)) {
        if (weight == 0)
          continue;
        int64_t k = std::clamp<int64_t>(table[x].first + static_cast<int64_t>(number), 0, from.size - 1);
        for (int64_t i = 0; i < to.inner; ++i)
          result[to.at(o, x, i)] += weight * values[from.at(o, k, i)];
      }
  return result;
}

LogicalResult evalResize(ResizeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  const Tensor *scales = e.optional(op.getScalesMutable()), *roi = e.optional(op.getRoiMutable());
  Shape sizes = e.mixed(op.getStaticSizes(), op.getSizes()), shape(x.getShape());
  std::vector<double> values = x.toDoubles();
  ArrayRef<int64_t> axes = op.getAxes();
  SmallVector<std::vector<Taps>> tables;
  for (auto [number, dim] : llvm::enumerate(axes)) {
    ResizeAxis axis{x.getDim(dim), sizes[number], 0};
    axis.scale = op.getStaticScales() ? (*op.getStaticScales())[number]
                 : scales             ? scales->getFloat(number)
                                      : static_cast<double>(axis.out) / axis.in;
    if (roi) {
      axis.roiStart = roi->getFloat(number);
      axis.roiEnd = roi->getFloat(number + axes.size());
    }
    if (axis.in == 0 && axis.out != 0)
      return e.error() << "expected dim " << dim << " to have elements to resize, but got size 0";
    tables.push_back(makeTable(op, axis));
  }
  for (auto [dim, table] : llvm::zip(axes, tables))
    values = applyTable(values, shape, dim, table);
  if (op.getCoord() == ResizeCoord::tf_crop_and_resize) {
    IndexWalk walk(shape);
    for (double &value : values) {
      for (auto [dim, table] : llvm::zip(axes, tables))
        if (table[walk[dim]].isOutside)
          value = op.getExtrapolation().convertToDouble();
      walk.next();
    }
  }
  Tensor result(e.elementType(), shape);
  for (auto [i, value] : llvm::enumerate(values))
    result.setNumber(i, value);
  e.add(std::move(result));
  return success();
}

} // namespace

void addResizeEvals(EvalTable &table) { table.add<ResizeOp, evalResize>(); }

} // namespace weft::reference
