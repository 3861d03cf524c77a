// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of operators that cut and pad: Slice, Split, Pad, CenterCropPad.
#include "NodeBuilder.h"

#include "RunTimeAxes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

namespace {

/// What Slice says of one axis.
struct Range {
  Size start, end, step;
};

/// Bounds as far as the file says: numbers beyond any size mean the end, which keeps dims symbolic.
constexpr int64_t kBeyond = INT32_MAX;

} // namespace

/// An index of the file clamped to [lo, size + hiShift]; negative ones count from the end.
static Size clampIndex(NodeBuilder &n, Size index, Size size, int64_t lo, int64_t hiShift) {
  const SizeMath &m = n.sizes;
  Size hi = m.add(size, m.of(hiShift));
  if (std::optional<int64_t> number = known(index)) {
    if (*number >= kBeyond)
      return hi;
    if (*number <= -kBeyond)
      return m.of(lo);
    if (*number == 0 && hiShift == 0)
      return m.of(0);
    if (*number >= 0)
      return m.min(index, hi);
    return m.max(m.add(size, index), m.of(lo));
  }
  if (!known(index) && !isKnown(size, 0) &&
      w::DimExpr::provablyEqual(w::getIndexExpr(cast<Value>(index)),
                                known(size) ? w::DimExpr::constant(*known(size))
                                            : w::getIndexExpr(cast<Value>(size))))
    return hi;
  return m.clamp(m.wrap(index, size), m.of(lo), hi);
}

/// One axis by a step that is known.
static Value sliceRange(NodeBuilder &n, Value x, int64_t axis, const Range &range, int64_t step) {
  const SizeMath &m = n.sizes;
  Size size = n.dim(x, axis);
  if (step > 0) {
    Size start = clampIndex(n, range.start, size, 0, 0), end = clampIndex(n, range.end, size, 0, 0);
    // The plainest expression of the length names the dim best: all of max(n - s, 0), min(n, k) and the end
    // itself are end - start where that is not negative.
    Size length = m.max(m.sub(end, start), m.of(0));
    std::optional<int64_t> first = known(range.start);
    if (isKnown(start, 0))
      length = end;
    else if (end == size && first && *first >= 0)
      length = m.max(m.sub(size, m.of(*first)), m.of(0));
    else if (end == size && first)
      length = m.min(size, m.of(*first < -kBeyond ? kBeyond : -*first));
    return n.sliceAxis(x, axis, start, m.ceilDiv(length, m.of(step)), step);
  }
  // From start down to end, exclusive: the same elements upward, then reversed.
  int64_t stride = step == INT64_MIN ? INT64_MAX : -step;
  Size start = clampIndex(n, range.start, size, -1, -1), end = clampIndex(n, range.end, size, -1, -1);
  Size length = m.ceilDiv(m.max(m.sub(start, end), m.of(0)), m.of(stride));
  // A stride beyond the only element is never stepped.
  if (isKnown(length, 0) || isKnown(length, 1))
    stride = 1;
  Size first = m.max(m.sub(start, m.mul(m.sub(length, m.of(1)), m.of(stride))), m.of(0));
  if (isKnown(length, 0))
    first = m.of(0);
  Value up = n.sliceAxis(x, axis, m.min(first, size), length, stride);
  return up ? n.make<w::ReverseOp>(up, n.list("axes", axis)) : Value();
}

/// One axis by a step that only the run knows: elements gathered at start + i step.
static Value gatherRange(NodeBuilder &n, Value x, int64_t axis, const Range &range) {
  const SizeMath &m = n.sizes;
  Size size = n.dim(x, axis), zero = m.of(0);
  // step >= 0 takes the upward bounds, else the downward ones.
  auto either = [&](Size up, Size down) {
    Value isDown =
        arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::slt, m.value(range.step), m.value(zero));
    return Size(arith::SelectOp::create(n.b, n.loc, isDown, m.value(down), m.value(up)).getResult());
  };
  Size start = either(clampIndex(n, range.start, size, 0, 0), clampIndex(n, range.start, size, -1, -1));
  Size end = either(clampIndex(n, range.end, size, 0, 0), clampIndex(n, range.end, size, -1, -1));
  Size distance = m.max(either(m.sub(end, start), m.sub(start, end)), zero);
  Size stride = m.max(either(range.step, m.sub(zero, range.step)), m.of(1));
  Size length = m.ceilDiv(distance, stride);
  Type i64 = n.b.getI64Type();
  Value index = n.iota(length, 0, i64);
  index = n.add(n.mul(index, n.tensorOf(range.step)), n.tensorOf(start));
  return n.inRange(n.gather(x, index, axis));
}

LogicalResult buildSlice(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x);
  FailureOr<std::optional<SmallVector<Size>>> starts = n.intsArg(n.version < 10 ? "starts" : "", 1),
                                              ends = n.intsArg(n.version < 10 ? "ends" : "", 2),
                                              axes = n.intsArg(n.version < 10 ? "axes" : "", 3),
                                              steps = n.intsArg("", 4);
  if (failed(starts) || failed(ends) || failed(axes) || failed(steps))
    return failure();
  if (!*starts || !*ends)
    return n.fail("expected starts and ends, but got none");
  size_t count = (*starts)->size();
  SmallVector<Size> axisList, stepList = steps->value_or(SmallVector<Size>(count, n.sizes.of(1)));
  if (*axes)
    axisList = **axes;
  else
    axisList = n.sizes.of(sequence(0, static_cast<int64_t>(count)));
  if ((*ends)->size() != count || axisList.size() != count || stepList.size() != count)
    return n.fail("expected starts, ends, axes and steps of one length, but got " + llvm::Twine(count) +
                  ", " + llvm::Twine((*ends)->size()) + ", " + llvm::Twine(axisList.size()) + " and " +
                  llvm::Twine(stepList.size()));
  std::optional<SmallVector<int64_t>> axisNumbers = known(axisList);
  if (!axisNumbers) {
    // Any axis may be cut: every one is, most of them whole.
    for (int64_t axis = 0; axis < rank && x; ++axis) {
      const SizeMath &m = n.sizes;
      Range range{valueOfAxis(n, axisList, **starts, axis, rank, m.of(0)),
                  valueOfAxis(n, axisList, **ends, axis, rank, m.of(kBeyond)),
                  valueOfAxis(n, axisList, stepList, axis, rank, m.of(1))};
      std::optional<int64_t> step = known(range.step);
      x = step && *step != 0 ? sliceRange(n, x, axis, range, *step) : gatherRange(n, x, axis, range);
    }
    return n.result(x);
  }
  if (failed(n.axes(*axisNumbers, rank)))
    return failure();
  for (size_t i = 0; i < count && x; ++i) {
    int64_t axis = (*axisNumbers)[i] < 0 ? (*axisNumbers)[i] + rank : (*axisNumbers)[i];
    Range range{(**starts)[i], (**ends)[i], stepList[i]};
    std::optional<int64_t> step = known(range.step);
    if (step == 0)
      return n.fail("expected steps that are not 0");
    x = step ? sliceRange(n, x, axis, range, *step) : gatherRange(n, x, axis, range);
  }
  return n.result(x);
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

LogicalResult buildSplit(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<int64_t> axis = n.axisAttr("axis", 0, n.rank(x));
  FailureOr<std::optional<SmallVector<Size>>> given = n.intsArg("split", 1);
  if (failed(axis) || failed(given))
    return failure();
  const SizeMath &m = n.sizes;
  Size size = n.dim(x, *axis);
  int64_t count = n.numOutputs();
  SmallVector<Size> lengths;
  if (*given) {
    lengths = **given;
    if (static_cast<int64_t>(lengths.size()) != count)
      return n.fail("expected one split size per output (" + llvm::Twine(count) + "), but got " +
                    llvm::Twine(lengths.size()));
    std::optional<int64_t> number = known(size), sum = 0;
    for (Size length : lengths)
      sum = sum && known(length) ? known(m.add(m.of(*sum), length)) : std::nullopt;
    if (number && sum && *number != *sum)
      return n.fail("expected split sizes that add up to dim " + llvm::Twine(*axis) + " (" +
                    llvm::Twine(*number) + "), but got " + llvm::Twine(*sum));
  } else {
    int64_t asked = n.intAttr("num_outputs", count);
    if (asked != count)
      return n.fail("expected num_outputs to be the number of outputs (" + llvm::Twine(count) +
                    "), but got " + llvm::Twine(asked));
    // Equal parts; the last may be smaller where num_outputs says so.
    bool isUneven = n.hasAttr("num_outputs") || n.version >= 18;
    if (std::optional<int64_t> number = known(size); number && !isUneven && *number % count != 0)
      return n.fail("expected dim " + llvm::Twine(*axis) + " (" + llvm::Twine(*number) + ") to divide into " +
                    llvm::Twine(count) + " equal parts; give split sizes");
    Size part = isUneven ? m.ceilDiv(size, m.of(count)) : m.floorDiv(size, m.of(count));
    for (int64_t i = 0; i < count; ++i) {
      Size left = m.sub(size, m.mul(part, m.of(i)));
      lengths.push_back(isUneven ? m.max(m.min(part, left), m.of(0)) : part);
    }
  }
  Size offset = m.of(0);
  for (int64_t i = 0; i < count; ++i) {
    if (std::optional<int64_t> number = known(lengths[i]); number && *number < 0)
      return n.fail("expected split sizes of at least 0, but got " + llvm::Twine(*number));
    if (n.wants(i) && failed(n.result(i, n.sliceAxis(x, *axis, offset, lengths[i]))))
      return failure();
    offset = m.add(offset, lengths[i]);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

/// Pads where positive, cuts where negative.
static Value padOrCut(NodeBuilder &n, Value x, ArrayRef<Size> lo, ArrayRef<Size> hi, w::PadMode mode,
                      Value value) {
  const SizeMath &m = n.sizes;
  auto positive = [&](Size size) { return m.max(size, m.of(0)); };
  SmallVector<Size> before, behind, offsets, lengths;
  bool isNeverNegative = true;
  for (ArrayRef<Size> list : {lo, hi})
    for (Size size : list)
      isNeverNegative &= known(size) && *known(size) >= 0;
  for (Size size : lo)
    before.push_back(isNeverNegative ? size : positive(size));
  for (Size size : hi)
    behind.push_back(isNeverNegative ? size : positive(size));
  // The order that ONNX means: cut first, so that edge and reflect see only what stays.
  if (!isNeverNegative)
    for (int64_t axis = 0, e = n.rank(x); axis < e && x; ++axis) {
      Size cutLo = positive(m.sub(m.of(0), lo[axis])), cutHi = positive(m.sub(m.of(0), hi[axis]));
      Size left = m.max(m.sub(m.sub(n.dim(x, axis), cutLo), cutHi), m.of(0));
      x = n.sliceAxis(x, axis, cutLo, left);
    }
  return n.pad(x, before, behind, mode, value);
}

LogicalResult buildPad(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x);
  const SizeMath &m = n.sizes;
  FailureOr<std::optional<SmallVector<Size>>> pads = n.intsArg(n.version < 2    ? "paddings"
                                                               : n.version < 11 ? "pads"
                                                                                : "",
                                                               1);
  FailureOr<std::optional<SmallVector<Size>>> axes = n.intsArg("", n.version >= 18 ? 3 : 64);
  if (failed(pads) || failed(axes))
    return failure();
  if (!*pads)
    return n.fail("expected pads, but got none");
  std::string modeName = n.stringAttr("mode", "constant");
  std::optional<w::PadMode> mode = w::symbolizePadMode(modeName);
  if (!mode)
    return n.fail("expected mode constant, edge, reflect or wrap, but got '" + modeName + "'");
  SmallVector<Size> axisList = axes->value_or(m.of(sequence(0, rank)));
  size_t count = axisList.size();
  if ((*pads)->size() != 2 * count)
    return n.fail("expected " + llvm::Twine(2 * count) + " pads, but got " + llvm::Twine((*pads)->size()));
  if (std::optional<SmallVector<int64_t>> numbers = known(axisList);
      numbers && failed(n.axes(*numbers, rank)))
    return failure();
  ArrayRef<Size> all(**pads);
  SmallVector<Size> lo, hi;
  for (int64_t axis = 0; axis < rank; ++axis) {
    lo.push_back(valueOfAxis(n, axisList, all.take_front(count), axis, rank, m.of(0)));
    hi.push_back(valueOfAxis(n, axisList, all.drop_front(count), axis, rank, m.of(0)));
  }
  Value value;
  if (*mode == w::PadMode::constant) {
    if (n.version < 11) {
      if (double number = n.floatAttr("value", 0.0); number != 0)
        value = n.scalar(n.elem(x), number);
    } else if (n.has(2)) {
      value = n.reshape(n.in(2), ArrayRef<int64_t>());
      if (!value)
        return failure();
    }
  } else {
    (void)n.floatAttr("value", 0.0);
  }
  return n.result(padOrCut(n, x, lo, hi, *mode, value));
}

LogicalResult buildCenterCropPad(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x);
  const SizeMath &m = n.sizes;
  FailureOr<SmallVector<Size>> shape = n.sizesOf(n.in(1), "shape");
  if (failed(shape))
    return failure();
  SmallVector<int64_t> given = n.intsAttr("axes").value_or(sequence(0, rank));
  if (failed(n.axes(given, rank)))
    return failure();
  if (given.size() != shape->size())
    return n.fail("expected one size per axis (" + llvm::Twine(given.size()) + "), but got " +
                  llvm::Twine(shape->size()));
  SmallVector<Size> lo(rank, m.of(0)), hi(rank, m.of(0));
  for (auto [entry, wanted] : llvm::zip_equal(given, *shape)) {
    int64_t axis = entry < 0 ? entry + rank : entry;
    Size size = n.dim(x, axis), missing = m.max(m.sub(wanted, size), m.of(0)),
         extra = m.max(m.sub(size, wanted), m.of(0));
    x = n.sliceAxis(x, axis, m.floorDiv(extra, m.of(2)), m.min(size, wanted));
    lo[axis] = m.floorDiv(missing, m.of(2));
    hi[axis] = m.sub(missing, lo[axis]);
  }
  return n.result(n.pad(x, lo, hi));
}

} // namespace weft::importer
