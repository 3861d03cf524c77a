// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates grid samples and region pooling in double; resize lies in EvalResize.cpp.
#include "lib/Reference/EvalSpatial.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

//===----------------------------------------------------------------------===//
// grid_sample
//===----------------------------------------------------------------------===//

/// Reflects x at the borders until it lies between them.
double reflect(double x, double least, double greatest) {
  double range = greatest - least;
  if (range <= 0)
    return least;
  double distance = x < least ? least - x : x > greatest ? x - greatest : -1;
  if (distance < 0)
    return x;
  double periods = std::floor(distance / range), rest = distance - periods * range;
  bool isFlipped = std::fmod(periods, 2) != 0;
  if (x < least)
    return isFlipped ? greatest - rest : least + rest;
  return isFlipped ? least + rest : greatest - rest;
}

/// One axis of a sampled image.
struct GridAxis {
  int64_t size;
  GridPadding padding;
  bool alignCorners;

  double least() const { return alignCorners ? 0 : -0.5; }
  double greatest() const { return alignCorners ? size - 1 : size - 0.5; }
  /// From -1 .. 1 to places.
  double place(double x) const { return alignCorners ? (x + 1) / 2 * (size - 1) : ((x + 1) * size - 1) / 2; }
  /// A place outside of the image moved inside as the padding says; zeros keeps it.
  double padded(double x) const {
    if (x >= least() && x <= greatest())
      return x;
    if (padding == GridPadding::border)
      return std::clamp<double>(x, 0, size - 1);
    return padding == GridPadding::reflection ? reflect(x, least(), greatest()) : x;
  }
  /// The index that a whole place reads, or -1 for a zero.
  int64_t index(int64_t i) const {
    if (i >= 0 && i < size)
      return i;
    if (padding == GridPadding::zeros)
      return -1;
    if (padding == GridPadding::border)
      return std::clamp<int64_t>(i, 0, size - 1);
    return std::clamp<int64_t>(static_cast<int64_t>(reflect(i, least(), greatest())), 0, size - 1);
  }
};

struct Tap {
  int64_t index;
  double weight;
};

SmallVector<Tap, 4> tapsOf(const GridAxis &axis, GridMode mode, double x) {
  SmallVector<Tap, 4> taps;
  if (mode == GridMode::nearest) {
    taps.push_back({axis.index(static_cast<int64_t>(axis.padded(std::nearbyint(x)))), 1});
    return taps;
  }
  x = axis.padded(x);
  double base = std::floor(x), ratio = x - base;
  auto start = static_cast<int64_t>(base);
  if (mode == GridMode::linear) {
    taps = {{axis.index(start), 1 - ratio}, {axis.index(start + 1), ratio}};
    return taps;
  }
  for (int64_t i = -1; i <= 2; ++i)
    taps.push_back({axis.index(start + i), cubicWeight(i - ratio, -0.75)});
  return taps;
}

LogicalResult evalGridSample(GridSampleOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &grid = e.tensor(1);
  bool last = op.getLayout() == Layout::nhwc;
  int64_t rank = x.getRank(), spatial = rank - 2, batch = x.getDim(0),
          channels = x.getDim(last ? rank - 1 : 1);
  int64_t places = 1, area = 1;
  Shape sizes, shape = {batch};
  if (!last)
    shape.push_back(channels);
  for (int64_t i = 0; i < spatial; ++i) {
    shape.push_back(grid.getDim(1 + i));
    places *= grid.getDim(1 + i);
    sizes.push_back(x.getDim((last ? 1 : 2) + i));
    area *= sizes.back();
  }
  if (last)
    shape.push_back(channels);
  std::vector<double> values = x.toDoubles(), out(countElements(shape));
  auto at = [&](int64_t n, int64_t c, int64_t p, int64_t count) {
    return last ? (n * count + p) * channels + c : (n * channels + c) * count + p;
  };
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t p = 0; p < places; ++p) {
      SmallVector<SmallVector<Tap, 4>, 3> taps;
      for (int64_t i = 0; i < spatial; ++i) {
        // The grid's coordinates are in the order x, y, z: the last axis first.
        GridAxis axis{sizes[i], op.getPadding(), op.getAlignCorners()};
        taps.push_back(tapsOf(axis, op.getMode(),
                              axis.place(grid.getFloat((n * places + p) * spatial + spatial - 1 - i))));
      }
      if (spatial == 2)
        taps.insert(taps.begin(), SmallVector<Tap, 4>{{0, 1}});
      int64_t height = sizes[spatial - 2], width = sizes[spatial - 1];
      for (int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (const Tap &z : taps[0])
          for (const Tap &y : taps[1])
            for (const Tap &t : taps[2])
              if (z.index >= 0 && y.index >= 0 && t.index >= 0)
                sum += z.weight * y.weight * t.weight *
                       values[at(n, c, (z.index * height + y.index) * width + t.index, area)];
        out[at(n, c, p, places)] = sum;
      }
    }
  e.add(Tensor::fromDoubles(e.elementType(), shape, out));
  return success();
}

//===----------------------------------------------------------------------===//
// roi_pool
//===----------------------------------------------------------------------===//

struct Region {
  int64_t batch;
  double x1, y1, x2, y2;
};

/// One axis of a bilinear sample of RoiAlign.
struct AlignTap {
  int64_t low, high;
  double weight; // of high
};

AlignTap alignTap(double x, int64_t size) {
  x = std::max(x, 0.0);
  auto low = static_cast<int64_t>(x);
  if (low >= size - 1)
    return {size - 1, size - 1, 0};
  return {low, low + 1, x - low};
}

using Plane = llvm::function_ref<double(int64_t y, int64_t x)>;

/// One cell of RoiAlign: samples points on a grid in it; ONNX's maximum is that of the weighted neighbours.
double alignCell(const Region &region, RoiPoolOp op, int64_t py, int64_t px, int64_t height, int64_t width,
                 Plane plane) {
  double scale = op.getScale().convertToDouble(), shift = op.getHalfPixel() ? 0.5 : 0;
  double top = region.y1 * scale - shift, left = region.x1 * scale - shift;
  double boxHeight = region.y2 * scale - shift - top, boxWidth = region.x2 * scale - shift - left;
  if (!op.getHalfPixel()) {
    boxHeight = std::max(boxHeight, 1.0);
    boxWidth = std::max(boxWidth, 1.0);
  }
  double cellHeight = boxHeight / op.getOut()[0], cellWidth = boxWidth / op.getOut()[1];
  int64_t sampling = op.getSampling();
  int64_t rows = sampling > 0 ? sampling : static_cast<int64_t>(std::ceil(cellHeight));
  int64_t columns = sampling > 0 ? sampling : static_cast<int64_t>(std::ceil(cellWidth));
  bool isMax = op.getKind() == RoiKind::align_max, isFirst = true;
  double result = 0;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      double y = top + py * cellHeight + (i + 0.5) * cellHeight / rows;
      double x = left + px * cellWidth + (j + 0.5) * cellWidth / columns;
      double parts[4] = {0, 0, 0, 0};
      if (y >= -1 && y <= height && x >= -1 && x <= width) {
        AlignTap v = alignTap(y, height), h = alignTap(x, width);
        parts[0] = (1 - v.weight) * (1 - h.weight) * plane(v.low, h.low);
        parts[1] = (1 - v.weight) * h.weight * plane(v.low, h.high);
        parts[2] = v.weight * (1 - h.weight) * plane(v.high, h.low);
        parts[3] = v.weight * h.weight * plane(v.high, h.high);
      }
      if (!isMax) {
        result += parts[0] + parts[1] + parts[2] + parts[3];
        continue;
      }
      double greatest = *std::max_element(parts, parts + 4);
      result = isFirst ? greatest : std::max(result, greatest);
      isFirst = false;
    }
  return isMax ? result : result / std::max<int64_t>(rows * columns, 1);
}

/// One cell of MaxRoiPool: the maximum over whole elements, 0 when there is none.
double maxCell(const Region &region, RoiPoolOp op, int64_t py, int64_t px, int64_t height, int64_t width,
               Plane plane) {
  double scale = op.getScale().convertToDouble();
  auto rounded = [&](double x) { return static_cast<int64_t>(std::round(x * scale)); };
  int64_t top = rounded(region.y1), left = rounded(region.x1);
  double cellHeight =
      static_cast<double>(std::max<int64_t>(rounded(region.y2) - top + 1, 1)) / op.getOut()[0];
  double cellWidth =
      static_cast<double>(std::max<int64_t>(rounded(region.x2) - left + 1, 1)) / op.getOut()[1];
  auto bound = [](double cell, int64_t i, int64_t start, int64_t size, bool isEnd) {
    double edge = isEnd ? std::ceil((i + 1) * cell) : std::floor(i * cell);
    return std::clamp<int64_t>(static_cast<int64_t>(edge) + start, 0, size);
  };
  double result = -std::numeric_limits<double>::infinity();
  bool isEmpty = true;
  for (int64_t y = bound(cellHeight, py, top, height, false); y < bound(cellHeight, py, top, height, true);
       ++y)
    for (int64_t x = bound(cellWidth, px, left, width, false); x < bound(cellWidth, px, left, width, true);
         ++x) {
      result = std::max(result, plane(y, x));
      isEmpty = false;
    }
  return isEmpty ? 0 : result;
}

LogicalResult evalRoiPool(RoiPoolOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &rois = e.tensor(1);
  const Tensor *batches = e.optional(op.getBatchMutable());
  bool last = op.getLayout() == Layout::nhwc;
  int64_t channels = x.getDim(last ? 3 : 1), height = x.getDim(last ? 1 : 2), width = x.getDim(last ? 2 : 3);
  int64_t count = rois.getDim(0), columns = rois.getDim(1), rows = op.getOut()[0], cols = op.getOut()[1];
  std::vector<double> values = x.toDoubles();
  Shape shape = {count, channels, rows, cols};
  if (last)
    shape = {count, rows, cols, channels};
  std::vector<double> out(countElements(shape));
  for (int64_t r = 0; r < count; ++r) {
    int64_t at = r * columns + columns - 4;
    Region region{batches ? batches->getInt(r) : static_cast<int64_t>(rois.getFloat(r * columns)),
                  rois.getFloat(at), rois.getFloat(at + 1), rois.getFloat(at + 2), rois.getFloat(at + 3)};
    if (region.batch < 0 || region.batch >= x.getDim(0))
      return e.error() << "expected batch indices in [0, " << x.getDim(0) << "), but got " << region.batch;
    for (int64_t c = 0; c < channels; ++c) {
      auto plane = [&](int64_t row, int64_t column) {
        return last ? values[((region.batch * height + row) * width + column) * channels + c]
                    : values[((region.batch * channels + c) * height + row) * width + column];
      };
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < cols; ++j) {
          double value = op.getKind() == RoiKind::quantised_max
                             ? maxCell(region, op, i, j, height, width, plane)
                             : alignCell(region, op, i, j, height, width, plane);
          out[last ? ((r * rows + i) * cols + j) * channels + c
                   : ((r * channels + c) * rows + i) * cols + j] = value;
        }
    }
  }
  e.add(Tensor::fromDoubles(e.elementType(), shape, out));
  return success();
}

} // namespace

void addSpatialEvals(EvalTable &table) {
  table.add<GridSampleOp, evalGridSample>();
  table.add<RoiPoolOp, evalRoiPool>();
  addResizeEvals(table);
}

} // namespace weft::reference
