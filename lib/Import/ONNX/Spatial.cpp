// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of operators on images: resize, grid sampling, region pooling.
#include "NodeBuilder.h"

#include "ModelImporter.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

namespace {

/// What one Resize node asks for, per resized axis.
struct Resizing {
  SmallVector<int64_t> axes;
  SmallVector<Size> sizes;
  /// Given scales, known or as a tensor; both empty when sizes were given.
  std::optional<SmallVector<double>> scales;
  Value scaleTensor;
  Value roi;
  w::ResizeMode mode = w::ResizeMode::nearest;
  w::ResizeCoord coord = w::ResizeCoord::asymmetric;
  w::ResizeNearest nearest = w::ResizeNearest::floor;
  double cubicA = -0.75, extrapolation = 0;
  bool excludeOutside = false, antialias = false;
};

} // namespace

/// Whether input `i` is given: an empty list means absent.
static bool isGiven(NodeBuilder &n, unsigned i) {
  return n.has(i) && !(n.type(n.in(i)).hasStaticShape() && n.type(n.in(i)).getNumElements() == 0);
}

/// floor(size * scale) as ONNX Runtime computes it, in f32.
static Size scaledSize(NodeBuilder &n, Size size, double scale) {
  if (std::optional<int64_t> number = known(size))
    return n.sizes.of(
        static_cast<int64_t>(std::floor(static_cast<float>(*number) * static_cast<float>(scale))));
  // A whole factor keeps the dim's name.
  if (scale == std::floor(scale) && scale < 65536)
    return n.sizes.mul(size, n.sizes.of(static_cast<int64_t>(scale)));
  if (double inverse = 1.0 / scale; inverse == std::floor(inverse) && inverse < 65536)
    return n.sizes.floorDiv(size, n.sizes.of(static_cast<int64_t>(inverse)));
  Type f32 = n.b.getF32Type();
  Value product = n.mul(n.cast(n.tensorOf(size), f32), n.scalar(f32, scale));
  Value whole = n.cast(n.make<w::FloorOp>(product), n.b.getI64Type());
  FailureOr<Size> result = whole ? n.sizeOf(whole, "size") : FailureOr<Size>(failure());
  return failed(result) ? Size() : *result;
}

/// Sizes from the scales of input `i`.
static LogicalResult readScales(NodeBuilder &n, Resizing &r, Value scales) {
  Value x = n.in(0);
  if (n.rank(scales) != 1 || (!n.type(scales).isDynamicDim(0) &&
                              n.type(scales).getDimSize(0) != static_cast<int64_t>(r.axes.size())))
    return n.fail("expected one scale per axis (" + llvm::Twine(r.axes.size()) + "), but got " +
                  n.importer.typeText(scales.getType()));
  if (std::optional<SmallVector<double>> numbers = n.constantOf(scales)) {
    r.scales.emplace();
    for (auto [axis, scale] : llvm::zip_equal(r.axes, *numbers)) {
      if (!(scale > 0) || scale > 1e6)
        return n.fail("expected scales greater than 0 and at most 1000000, but got " +
                      llvm::Twine(std::to_string(scale)));
      r.scales->push_back(scale);
      r.sizes.push_back(scaledSize(n, n.dim(x, axis), scale));
      if (!r.sizes.back())
        return failure();
    }
    return success();
  }
  Type f32 = n.b.getF32Type();
  SmallVector<Size> from;
  for (int64_t axis : r.axes)
    from.push_back(n.dim(x, axis));
  Value sizes =
      n.cast(n.make<w::FloorOp>(n.mul(n.cast(n.tensorOf(from), f32), n.cast(scales, f32))), n.b.getI64Type());
  if (!sizes)
    return failure();
  FailureOr<SmallVector<Size>> list = n.sizesOf(sizes, "sizes");
  if (failed(list))
    return failure();
  r.sizes = *list;
  r.scaleTensor = scales;
  return success();
}

/// Sizes as given; with a policy one scale for all axes, the least or greatest of theirs.
static LogicalResult readSizes(NodeBuilder &n, Resizing &r, Value tensor) {
  FailureOr<SmallVector<Size>> sizes = n.sizesOf(tensor, "sizes");
  if (failed(sizes))
    return failure();
  if (sizes->size() != r.axes.size())
    return n.fail("expected one size per axis (" + llvm::Twine(r.axes.size()) + "), but got " +
                  llvm::Twine(sizes->size()));
  r.sizes = *sizes;
  std::string policy = n.stringAttr("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch")
    return success();
  if (policy != "not_larger" && policy != "not_smaller")
    return n.fail("expected keep_aspect_ratio_policy stretch, not_larger or not_smaller, but got '" + policy +
                  "'");
  std::optional<SmallVector<int64_t>> wanted = known(*sizes);
  SmallVector<Size> current;
  for (int64_t axis : r.axes)
    current.push_back(n.dim(n.in(0), axis));
  std::optional<SmallVector<int64_t>> from = known(current);
  if (!wanted || !from || llvm::is_contained(*from, 0)) {
    Type f32 = n.b.getF32Type();
    Value dims = n.cast(n.tensorOf(current), f32), ratios = n.div(n.cast(n.tensorOf(*sizes), f32), dims);
    Value one = n.reduce(policy == "not_larger" ? w::ReduceKind::min : w::ReduceKind::max, ratios, 0);
    Value whole = n.cast(n.make<w::FloorOp>(n.add(n.mul(dims, one), n.scalar(f32, 0.5))), n.b.getI64Type());
    r.scaleTensor = n.broadcast(one, n.sizes.of(static_cast<int64_t>(r.axes.size())));
    if (!whole || !r.scaleTensor)
      return failure();
    FailureOr<SmallVector<Size>> list = n.sizesOf(whole, "sizes");
    if (succeeded(list))
      r.sizes = *list;
    return list;
  }
  float scale = 0;
  for (auto [i, size] : llvm::enumerate(*from)) {
    float ratio = static_cast<float>((*wanted)[i]) / static_cast<float>(size);
    scale = i == 0 ? ratio : policy == "not_larger" ? std::min(scale, ratio) : std::max(scale, ratio);
  }
  r.scales = SmallVector<double>(r.axes.size(), scale);
  for (auto [i, size] : llvm::enumerate(*from))
    r.sizes[i] = n.sizes.of(static_cast<int64_t>(std::floor(scale * static_cast<float>(size) + 0.5f)));
  return success();
}

/// Leaves out axes that keep their size: they are copied in every mode.
static void dropWhole(NodeBuilder &n, Resizing &r) {
  if (r.scaleTensor || r.roi)
    return;
  Resizing kept = r;
  kept.axes.clear();
  kept.sizes.clear();
  if (kept.scales)
    kept.scales->clear();
  for (auto [i, axis] : llvm::enumerate(r.axes)) {
    Size from = n.dim(n.in(0), axis);
    bool isSame = r.scales ? (*r.scales)[i] == 1.0 : known(from) && known(from) == known(r.sizes[i]);
    if (isSame)
      continue;
    kept.axes.push_back(axis);
    kept.sizes.push_back(r.sizes[i]);
    if (kept.scales)
      kept.scales->push_back((*r.scales)[i]);
  }
  r = kept;
}

static LogicalResult finishResize(NodeBuilder &n, Resizing r) {
  dropWhole(n, r);
  if (r.axes.empty())
    return n.result(n.in(0));
  SmallVector<int64_t> fixed;
  SmallVector<Value> values, operands = {n.in(0)};
  split(r.sizes, fixed, values);
  llvm::append_range(operands, values);
  if (r.scaleTensor)
    operands.push_back(r.scaleTensor);
  if (r.roi)
    operands.push_back(r.roi);
  SmallVector<NamedAttribute> attributes = {
      n.list("static_sizes", fixed),
      n.list("axes", r.axes),
      n.choice<w::ResizeModeAttr>("mode", r.mode),
      n.choice<w::ResizeCoordAttr>("coord", r.coord),
      n.choice<w::ResizeNearestAttr>("nearest", r.nearest),
      n.f64("cubic_a", r.cubicA),
      n.flag("exclude_outside", r.excludeOutside),
      n.flag("antialias", r.antialias),
      n.f64("extrapolation", r.extrapolation),
      n.segments({1, static_cast<int32_t>(values.size()), r.scaleTensor ? 1 : 0, r.roi ? 1 : 0})};
  if (r.scales)
    attributes.push_back(n.b.getNamedAttr("static_scales", n.b.getDenseF64ArrayAttr(*r.scales)));
  return n.result(n.make<w::ResizeOp>(operands, attributes));
}

static LogicalResult readMode(NodeBuilder &n, Resizing &r) {
  std::string name = n.stringAttr("mode", "nearest");
  std::optional<w::ResizeMode> mode =
      name == "bilinear" ? w::ResizeMode::linear : w::symbolizeResizeMode(name);
  if (!mode)
    return n.fail("expected mode nearest, linear or cubic, but got '" + name + "'");
  r.mode = *mode;
  return success();
}

/// Upsample, and Resize of opset 10: asymmetric coordinates, the neighbour below.
static LogicalResult buildByScales(NodeBuilder &n, Value scales) {
  Resizing r;
  r.axes = sequence(0, n.rank(n.in(0)));
  if (failed(readMode(n, r)) || !scales || failed(readScales(n, r, scales)))
    return failure();
  return finishResize(n, r);
}

LogicalResult buildUpsample(NodeBuilder &n) {
  if (n.version >= 9)
    return buildByScales(n, n.in(1));
  SmallVector<double> scales;
  if (n.version >= 7)
    scales = n.floatsAttr("scales").value_or(SmallVector<double>());
  else
    scales = {1.0, 1.0, n.floatAttr("height_scale", 0), n.floatAttr("width_scale", 0)};
  SmallVector<float> narrow(scales.begin(), scales.end());
  auto type = RankedTensorType::get({static_cast<int64_t>(narrow.size())}, n.b.getF32Type());
  return buildByScales(n, n.constant(DenseElementsAttr::get(type, ArrayRef<float>(narrow))));
}

LogicalResult buildResize(NodeBuilder &n) {
  if (n.version < 11)
    return buildByScales(n, n.in(1));
  Resizing r;
  int64_t rank = n.rank(n.in(0));
  r.axes = sequence(0, rank);
  if (std::optional<SmallVector<int64_t>> given = n.intsAttr("axes")) {
    if (failed(n.axes(*given, rank)))
      return failure();
    r.axes = *given;
    for (int64_t &axis : r.axes)
      axis = axis < 0 ? axis + rank : axis;
  }
  std::string coord = n.stringAttr("coordinate_transformation_mode", "half_pixel");
  std::string nearest = n.stringAttr("nearest_mode", "round_prefer_floor");
  std::optional<w::ResizeCoord> coordMode = w::symbolizeResizeCoord(coord);
  std::optional<w::ResizeNearest> nearestMode = w::symbolizeResizeNearest(nearest);
  if (!coordMode)
    return n.fail("expected a coordinate_transformation_mode of ONNX, but got '" + coord + "'");
  if (!nearestMode)
    return n.fail("expected a nearest_mode of ONNX, but got '" + nearest + "'");
  r.coord = *coordMode;
  r.nearest = *nearestMode;
  r.cubicA = n.floatAttr("cubic_coeff_a", -0.75);
  r.excludeOutside = n.flagAttr("exclude_outside", false);
  r.antialias = n.flagAttr("antialias", false);
  r.extrapolation = n.floatAttr("extrapolation_value", 0.0);
  if (failed(readMode(n, r)))
    return failure();
  if (r.coord == w::ResizeCoord::tf_crop_and_resize) {
    if (!isGiven(n, 1))
      return n.fail("expected a roi with tf_crop_and_resize, but got none");
    r.roi = n.in(1);
  }
  bool hasScales = isGiven(n, 2), hasSizes = isGiven(n, 3);
  if (hasScales == hasSizes)
    return n.fail("expected either scales or sizes, but got " + llvm::Twine(hasScales ? "both" : "none"));
  if (failed(hasScales ? readScales(n, r, n.in(2)) : readSizes(n, r, n.in(3))))
    return failure();
  return finishResize(n, r);
}

//===----------------------------------------------------------------------===//
// Sampling and regions
//===----------------------------------------------------------------------===//

LogicalResult buildGridSample(NodeBuilder &n) {
  std::string modeName = n.stringAttr("mode", n.version < 20 ? "bilinear" : "linear");
  std::optional<w::GridMode> mode = modeName == "bilinear"  ? w::GridMode::linear
                                    : modeName == "bicubic" ? w::GridMode::cubic
                                                            : w::symbolizeGridMode(modeName);
  std::string paddingName = n.stringAttr("padding_mode", "zeros");
  std::optional<w::GridPadding> padding = w::symbolizeGridPadding(paddingName);
  if (!mode || !padding)
    return n.fail("expected a mode and padding_mode of ONNX, but got '" + modeName + "' and '" + paddingName +
                  "'");
  return n.result(n.make<w::GridSampleOp>({n.in(0), n.in(1)},
                                          {n.choice<w::GridModeAttr>("mode", *mode),
                                           n.choice<w::GridPaddingAttr>("padding", *padding),
                                           n.flag("align_corners", n.flagAttr("align_corners", false))}));
}

LogicalResult buildAffineGrid(NodeBuilder &n) {
  FailureOr<SmallVector<Size>> size = n.sizesOf(n.in(1), "size");
  if (failed(size) || failed(n.checkRank(0, 3, 3)))
    return failure();
  int64_t spatial = static_cast<int64_t>(size->size()) - 2;
  if (spatial < 2 || spatial > 3)
    return n.fail("expected size of 4 or 5 entries, but got " + llvm::Twine(size->size()));
  bool alignCorners = n.flagAttr("align_corners", false);
  Type element = n.elem(n.in(0));
  ArrayRef<Size> image = ArrayRef(*size).drop_front(2);
  // Coordinates in [-1, 1], last axis first, then a 1.
  SmallVector<Size> wide(image);
  wide.push_back(n.sizes.of(1));
  SmallVector<Value> columns;
  for (int64_t axis = spatial - 1; axis >= 0; --axis) {
    SmallVector<Size> shape(spatial + 1, n.sizes.of(1));
    shape[axis] = image[axis];
    Value index = n.iota(shape, axis, element), count = n.cast(n.tensorOf(image[axis]), element), x;
    if (alignCorners)
      x = n.div(n.mul(index, n.scalar(element, 2.0)), n.sub(count, n.scalar(element, 1.0)));
    else
      x = n.div(n.add(n.mul(index, n.scalar(element, 2.0)), n.scalar(element, 1.0)), count);
    columns.push_back(n.broadcast(n.sub(x, n.scalar(element, 1.0)), wide));
  }
  columns.push_back(n.broadcast(n.splat(SmallVector<int64_t>(spatial + 1, 1), element, 1.0), wide));
  Value base = n.concat(columns, spatial);
  Value flat = n.reshape(base, {n.sizes.of(1), n.sizes.product(image), n.sizes.of(spatial + 1)});
  Value grid = n.cast(n.matmul(flat, n.in(0), false, /*transposeRhs=*/true), element);
  SmallVector<Size> shape = {size->front()};
  shape.append(image.begin(), image.end());
  shape.push_back(n.sizes.of(spatial));
  return n.result(n.reshape(grid, shape));
}

static LogicalResult buildRegions(NodeBuilder &n, ArrayRef<Value> operands, int64_t height, int64_t width,
                                  w::RoiKind kind, bool halfPixel) {
  if (height < 1 || width < 1 || height > (1 << 20) || width > (1 << 20))
    return n.fail("expected an output of at least 1 x 1, but got " + llvm::Twine(height) + " x " +
                  llvm::Twine(width));
  return n.result(n.make<w::RoiPoolOp>(
      operands, {n.list("out", {height, width}), n.f64("scale", n.floatAttr("spatial_scale", 1.0)),
                 n.choice<w::RoiKindAttr>("kind", kind), n.i64("sampling", n.intAttr("sampling_ratio", 0)),
                 n.flag("half_pixel", halfPixel)}));
}

LogicalResult buildRoiAlign(NodeBuilder &n) {
  std::string mode = n.stringAttr("mode", "avg");
  std::string coord =
      n.stringAttr("coordinate_transformation_mode", n.version < 16 ? "output_half_pixel" : "half_pixel");
  if ((mode != "avg" && mode != "max") || (coord != "half_pixel" && coord != "output_half_pixel"))
    return n.fail("expected a mode and coordinate_transformation_mode of ONNX, but got '" + mode + "' and '" +
                  coord + "'");
  return buildRegions(n, {n.in(0), n.in(1), n.in(2)}, n.intAttr("output_height", 1),
                      n.intAttr("output_width", 1),
                      mode == "avg" ? w::RoiKind::align_avg : w::RoiKind::align_max, coord == "half_pixel");
}

LogicalResult buildMaxRoiPool(NodeBuilder &n) {
  SmallVector<int64_t> shape = n.intsAttr("pooled_shape").value_or(SmallVector<int64_t>());
  if (shape.size() != 2)
    return n.fail("expected two entries in pooled_shape, but got " + llvm::Twine(shape.size()));
  return buildRegions(n, {n.in(0), n.in(1)}, shape[0], shape[1], w::RoiKind::quantised_max, false);
}

} // namespace weft::importer
