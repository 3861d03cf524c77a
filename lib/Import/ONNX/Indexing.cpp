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
    return n.fail("expected reduction none, add, mul, min or max, but got \"" + name + "\"");
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
  Value keeps = n.compare(isUpper ? w::ComparePredicate::ge : w::ComparePredicate::le, n.sub(column, row), offset);
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

LogicalResult buildCol2Im(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 3, 3)))
    return failure();
  std::optional<SmallVector<int64_t>> image = constantInts(n.in(1)), block = constantInts(n.in(2));
  if (!image || !block || image->size() != block->size() || image->empty())
    return n.fail("expected constant image_shape and block_shape of one length; bind them to values (--bind)");
  size_t spatial = image->size();
  auto read = [&](StringRef name, size_t count, int64_t orElse) {
    return n.intsAttr(name).value_or(SmallVector<int64_t>(count, orElse));
  };
  SmallVector<int64_t> dilations = read("dilations", spatial, 1), strides = read("strides", spatial, 1),
                       pads = read("pads", 2 * spatial, 0);
  if (dilations.size() != spatial || strides.size() != spatial || pads.size() != 2 * spatial)
    return n.fail("expected one stride and dilation per image dim and two pads");
  // Constant places inside of the padded image: for each tap and each position of the block.
  constexpr int64_t kMax = 1 << 24;
  SmallVector<int64_t> padded, positions;
  int64_t taps = 1, blocks = 1, area = 1;
  for (size_t i = 0; i < spatial; ++i) {
    int64_t reach = (*block)[i] < 1 || (*block)[i] > kMax || dilations[i] < 1 || dilations[i] > kMax
                        ? 0
                        : ((*block)[i] - 1) * dilations[i] + 1;
    if (reach < 1 || strides[i] < 1 || (*image)[i] < 0 || (*image)[i] > kMax || pads[i] < 0 || pads[i] > kMax ||
        pads[i + spatial] < 0 || pads[i + spatial] > kMax)
      return n.fail("expected positive blocks, strides and dilations, and pads of at least 0");
    padded.push_back((*image)[i] + pads[i] + pads[i + spatial]);
    positions.push_back(padded[i] < reach ? 0 : (padded[i] - reach) / strides[i] + 1);
    if (llvm::MulOverflow(taps, (*block)[i], taps) || llvm::MulOverflow(blocks, positions[i], blocks) ||
        llvm::MulOverflow(area, padded[i], area))
      return n.fail("expected an image of reasonable size");
  }
  if (taps > kMax || blocks > kMax || taps * blocks > kMax)
    return n.fail("expected at most 2^24 elements per channel, but got more");
  SmallVector<int64_t> places;
  places.reserve(taps * blocks);
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t position = 0; position < blocks; ++position) {
      int64_t place = 0, tapRest = tap, positionRest = position, tapArea = taps, positionArea = blocks;
      for (size_t i = 0; i < spatial; ++i) {
        tapArea /= (*block)[i];
        positionArea /= positions[i];
        place = place * padded[i] + tapRest / tapArea * dilations[i] + positionRest / positionArea * strides[i];
        tapRest %= tapArea;
        positionRest %= positionArea;
      }
      places.push_back(place);
    }
  // [N, C taps, blocks] with the places first, so that whole slices [N, C] are added.
  const SizeMath &m = n.sizes;
  Size batch = n.dim(x, 0), channels = m.floorDiv(n.dim(x, 1), m.of(taps));
  Value columns = n.reshape(x, {batch, channels, m.of(taps * blocks)});
  columns = n.transpose(columns, {2, 0, 1});
  Value zeros = n.broadcast(n.splat({1, 1, 1}, n.elem(x), 0.0), {m.of(area), batch, channels});
  auto indexType = RankedTensorType::get({taps * blocks, 1}, n.b.getI64Type());
  Value index = n.constant(DenseElementsAttr::get(indexType, ArrayRef<int64_t>(places)));
  Value summed = n.make<w::ScatterNdOp>({zeros, index, columns},
                                        n.choice<w::ScatterModeAttr>("mode", w::ScatterMode::add));
  summed = n.transpose(summed, {1, 2, 0});
  SmallVector<Size> shape = {batch, channels}, offsets(2, m.of(0)), lengths = {batch, channels};
  for (size_t i = 0; i < spatial; ++i) {
    shape.push_back(m.of(padded[i]));
    offsets.push_back(m.of(pads[i]));
    lengths.push_back(m.of((*image)[i]));
  }
  return n.result(n.slice(n.reshape(summed, shape), offsets, lengths));
}

} // namespace weft::importer
