// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of gather, scatter and what is made of them and of index comparisons.
#include "NodeBuilder.h"

#include "ModelImporter.h"

namespace weft::importer {

LogicalResult buildGather(NodeBuilder &n) {
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(n.in(0)));
  if (failed(axis))
    return failure();
  return n.result(n.gather(n.in(0), n.in(1), *axis));
}

LogicalResult buildGatherElements(NodeBuilder &n) {
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(n.in(0)));
  if (failed(axis))
    return failure();
  return n.result(n.make<w::GatherElementsOp>({n.in(0), n.in(1)}, n.i64("axis", *axis)));
}

LogicalResult buildGatherND(NodeBuilder &n) {
  return n.result(n.make<w::GatherNdOp>({n.in(0), n.in(1)}, n.i64("batch_dims", n.intAttr("batch_dims", 0))));
}

/// How updates meet what is there.
static FailureOr<NamedAttribute> scatterMode(NodeBuilder &n) {
  std::string name = n.stringAttr("reduction", "none");
  std::optional<w::ScatterMode> mode = name == "none" ? w::ScatterMode::set : w::symbolizeScatterMode(name);
  if (!mode || name == "set")
    return n.fail("expected reduction none, add, mul, min or max, but got '" + name + "'");
  return n.choice<w::ScatterModeAttr>("mode", *mode);
}

LogicalResult buildScatterElements(NodeBuilder &n) {
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(n.in(0)));
  FailureOr<NamedAttribute> mode = scatterMode(n);
  if (failed(axis) || failed(mode))
    return failure();
  return n.result(n.make<w::ScatterElementsOp>({n.in(0), n.in(1), n.in(2)}, {n.i64("axis", *axis), *mode}));
}

LogicalResult buildScatterND(NodeBuilder &n) {
  FailureOr<NamedAttribute> mode = scatterMode(n);
  if (failed(mode))
    return failure();
  return n.result(n.make<w::ScatterNdOp>({n.in(0), n.in(1), n.in(2)}, *mode));
}

//===----------------------------------------------------------------------===//
// Index comparisons
//===----------------------------------------------------------------------===//

LogicalResult buildTrilu(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  bool isUpper = n.flagAttr("upper", true);
  Type i64 = n.b.getI64Type();
  int64_t rank = n.rank(x);
  Value row = n.iota({n.dim(x, rank - 2), n.sizes.of(1)}, 0, i64);
  Value column = n.iota({n.sizes.of(1), n.dim(x, rank - 1)}, 1, i64);
  Value offset = n.has(1) ? n.reshape(n.in(1), ArrayRef<int64_t>()) : n.intScalar(i64, 0);
  Value keeps =
      n.compare(isUpper ? w::ComparePredicate::ge : w::ComparePredicate::le, n.sub(column, row), offset);
  Value zero = isa<IntegerType>(n.elem(x)) ? n.intScalar(n.elem(x), 0) : n.scalar(n.elem(x), 0.0);
  return n.result(n.select(keeps, x, zero));
}

LogicalResult buildOneHot(NodeBuilder &n) {
  Value indices = n.in(0), values = n.in(2);
  int64_t rank = n.rank(indices) + 1;
  FailureOr<int64_t> axis = n.axisAttr("axis", -1, rank);
  Type i64 = n.b.getI64Type();
  Value depthTensor = n.reshape(n.cast(n.in(1), i64), ArrayRef<int64_t>());
  if (failed(axis) || !depthTensor)
    return failure();
  FailureOr<Size> depth = n.sizeOf(depthTensor, "depth");
  if (failed(depth))
    return failure();
  // Negative indices wrap once; what is out of range equals no position and gives `off`.
  Value index = n.unsqueeze(n.cast(indices, i64), *axis);
  Value wrapped = n.select(n.compare(w::ComparePredicate::lt, index, n.intScalar(i64, 0)),
                           n.add(index, n.reshape(depthTensor, ArrayRef<int64_t>())), index);
  SmallVector<Size> shape(rank, n.sizes.of(1));
  shape[*axis] = *depth;
  Value isHot = n.compare(w::ComparePredicate::eq, wrapped, n.iota(shape, *axis, i64));
  Value off = n.reshape(n.sliceAxis(values, 0, n.sizes.of(0), n.sizes.of(1)), ArrayRef<int64_t>());
  Value on = n.reshape(n.sliceAxis(values, 0, n.sizes.of(1), n.sizes.of(1)), ArrayRef<int64_t>());
  return n.result(n.select(isHot, on, off));
}

LogicalResult buildReverseSequence(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  int64_t rank = n.rank(x);
  FailureOr<int64_t> time = n.axisAttr("time_axis", 0, rank), batch = n.axisAttr("batch_axis", 1, rank);
  if (failed(time) || failed(batch))
    return failure();
  Type i64 = n.b.getI64Type();
  SmallVector<Size> shape(rank, n.sizes.of(1));
  shape[*time] = n.dim(x, *time);
  Value t = n.iota(shape, *time, i64), length = n.onAxis(n.cast(n.in(1), i64), *batch, rank);
  Value reversed = n.sub(n.sub(length, n.intScalar(i64, 1)), t);
  Value index = n.select(n.compare(w::ComparePredicate::lt, t, length), reversed, t);
  index = n.broadcast(index, n.dims(x));
  return n.result(n.make<w::GatherElementsOp>({x, index}, n.i64("axis", *time)));
}

//===----------------------------------------------------------------------===//
// Col2Im
//===----------------------------------------------------------------------===//

/// Blocks added up where they overlap: each element goes to its flat place in the padded image.
LogicalResult buildCol2Im(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 3, 3)))
    return failure();
  FailureOr<SmallVector<Size>> image = n.sizesOf(n.in(1), "image_shape"),
                               block = n.sizesOf(n.in(2), "block_shape");
  if (failed(image) || failed(block))
    return failure();
  size_t spatial = image->size();
  if (block->size() != spatial || spatial == 0)
    return n.fail("expected image_shape and block_shape of one length");
  auto read = [&](StringRef name, size_t count, int64_t orElse) {
    return n.intsAttr(name).value_or(SmallVector<int64_t>(count, orElse));
  };
  SmallVector<int64_t> dilations = read("dilations", spatial, 1), strides = read("strides", spatial, 1),
                       pads = read("pads", 2 * spatial, 0);
  if (dilations.size() != spatial || strides.size() != spatial || pads.size() != 2 * spatial)
    return n.fail("expected one stride and dilation per image dim and two pads");
  const SizeMath &m = n.sizes;
  Type i64 = n.b.getI64Type();
  SmallVector<Size> padded, positions;
  for (size_t i = 0; i < spatial; ++i) {
    if (strides[i] < 1 || dilations[i] < 1 || pads[i] < 0 || pads[i + spatial] < 0)
      return n.fail("expected positive strides and dilations, and pads of at least 0");
    if (std::optional<int64_t> size = known((*block)[i]); size && *size < 1)
      return n.fail("expected a positive block_shape");
    padded.push_back(m.add((*image)[i], m.of(pads[i] + pads[i + spatial])));
    Size reach = m.mul(m.sub((*block)[i], m.of(1)), m.of(dilations[i]));
    positions.push_back(
        m.add(m.floorDiv(m.sub(m.sub(padded[i], reach), m.of(1)), m.of(strides[i])), m.of(1)));
  }
  // Dims: taps, then positions. place = sum of (tap * dilation + position * stride) times the area behind.
  int64_t rank = static_cast<int64_t>(2 * spatial);
  Value place = n.splat(SmallVector<int64_t>(rank, 1), i64, 0);
  for (size_t i = 0; i < spatial; ++i) {
    SmallVector<Size> tap(rank, m.of(1)), position(rank, m.of(1));
    tap[i] = (*block)[i];
    position[i + spatial] = positions[i];
    auto scaled = [&](ArrayRef<Size> shape, size_t axis, int64_t by) {
      return n.mul(n.iota(shape, static_cast<int64_t>(axis), i64), n.intScalar(i64, by));
    };
    Value index = n.add(scaled(tap, i, dilations[i]), scaled(position, i + spatial, strides[i]));
    place = n.add(n.mul(place, n.tensorOf(padded[i])), index);
  }
  Size taps = m.product(*block), blocks = m.product(positions), count = m.mul(taps, blocks),
       area = m.product(padded);
  // [N, C taps, blocks] with the places first, so that whole slices [N, C] are added.
  Size batch = n.dim(x, 0), channels = m.floorDiv(n.dim(x, 1), taps);
  Value columns = n.transpose(n.reshape(x, {batch, channels, count}), {2, 0, 1});
  Value zeros = n.broadcast(n.splat({1, 1, 1}, n.elem(x), 0.0), {area, batch, channels});
  Value summed = n.inRange(n.make<w::ScatterNdOp>({zeros, n.reshape(place, {count, m.of(1)}), columns},
                                                  n.choice<w::ScatterModeAttr>("mode", w::ScatterMode::add)));
  summed = n.transpose(summed, {1, 2, 0});
  SmallVector<Size> shape = {batch, channels}, offsets(2, m.of(0)), lengths = {batch, channels};
  llvm::append_range(shape, padded);
  for (size_t i = 0; i < spatial; ++i)
    offsets.push_back(m.of(pads[i]));
  llvm::append_range(lengths, *image);
  return n.result(n.slice(n.reshape(summed, shape), offsets, lengths));
}

} // namespace weft::importer
