// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of Fourier transforms, determinants and mel filters.
#include "NodeBuilder.h"

#include "ModelImporter.h"
#include "RunTimeAxes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

#include <cmath>

namespace weft::importer {

static Value dft(NodeBuilder &n, Value x, std::optional<Size> length, int64_t axis, bool inverse,
                 bool onesided) {
  SmallVector<Value> operands = {x};
  const SizeMath &m = n.sizes;
  // Half a spectrum stands for a real signal of twice its steps.
  Size whole = inverse && onesided ? m.mul(m.of(2), m.sub(n.dim(x, axis), m.of(1))) : n.dim(x, axis);
  Size size = length ? *length : whole;
  std::optional<int64_t> number = known(size);
  if (!number)
    operands.push_back(cast<Value>(size));
  return n.make<w::DftOp>(operands,
                          {n.i64("static_n", number.value_or(ShapedType::kDynamic)), n.i64("axis", axis),
                           n.flag("inverse", inverse), n.flag("onesided", onesided)});
}

LogicalResult buildDFT(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  Size given = n.sizes.of(n.version < 20 ? n.intAttr("axis", 1) : -2);
  if (n.version >= 20 && n.has(2)) {
    FailureOr<Size> axis = n.sizeOf(n.reshape(n.in(2), ArrayRef<int64_t>()), "axis");
    if (failed(axis))
      return failure();
    given = *axis;
  }
  std::optional<Size> length;
  if (n.has(1)) {
    FailureOr<Size> size = n.sizeOf(n.reshape(n.in(1), ArrayRef<int64_t>()), "dft_length");
    if (failed(size))
      return failure();
    length = *size;
  }
  bool inverse = n.flagAttr("inverse", false), onesided = n.flagAttr("onesided", false);
  int64_t last = n.rank(x) - 1;
  if (std::optional<int64_t> number = known(given)) {
    FailureOr<int64_t> axis = n.axis(*number, n.rank(x));
    return failed(axis) ? failure() : n.result(dft(n, x, length, *axis, inverse, onesided));
  }
  // The last dim holds real and imaginary parts: never the axis, so any other stands in for it.
  return n.result(alongRunTimeAxis(n, x, given, [&](Value v, int64_t axis) {
    return dft(n, v, length, std::min(axis, std::max<int64_t>(last - 1, 0)), inverse, onesided);
  }));
}

/// Makes the import, or runs, fail where a signal is shorter than a frame.
static LogicalResult checkSignal(NodeBuilder &n, const Size &steps, const Size &frame) {
  std::optional<int64_t> knownSteps = known(steps), knownFrame = known(frame);
  if (knownSteps && knownFrame) {
    if (*knownSteps < *knownFrame)
      return n.fail("expected a signal of at least " + llvm::Twine(*knownFrame) +
                    " steps, the length of a frame, but got " + llvm::Twine(*knownSteps));
    return success();
  }
  // Constants stay on the right, where canonicalisation puts them: {a} and {b} follow the operands.
  Value holds = knownSteps ? arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::sle,
                                                   n.sizes.value(frame), n.sizes.value(steps))
                           : arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::sge,
                                                   n.sizes.value(steps), n.sizes.value(frame));
  std::string name = n.node.name().empty() ? "STFT" : "node '" + n.node.name() + "'";
  cf::AssertOp::create(n.b, n.loc, holds,
                       name + ": expected a signal of at least " + (knownSteps ? "{a}" : "{b}") +
                           " steps, the length of a frame, but got " + (knownSteps ? "{b}" : "{a}"));
  return success();
}

LogicalResult buildSTFT(NodeBuilder &n) {
  // [B L] or [B L 1|2]: frames of the signal, windowed, transformed.
  Value signal = n.in(0);
  if (failed(n.checkRank(0, 2, 3)))
    return failure();
  const SizeMath &m = n.sizes;
  if (n.rank(signal) == 2)
    signal = n.unsqueeze(signal, 2);
  FailureOr<Size> step = n.sizeOf(n.reshape(n.in(1), ArrayRef<int64_t>()), "frame_step");
  if (failed(step))
    return failure();
  Size length;
  if (n.has(3)) {
    FailureOr<Size> given = n.sizeOf(n.reshape(n.in(3), ArrayRef<int64_t>()), "frame_length");
    if (failed(given))
      return failure();
    length = *given;
  } else if (n.has(2)) {
    length = n.dim(n.in(2), 0);
  } else {
    return n.fail("expected a window or frame_length");
  }
  if (isKnown(*step, 0))
    return n.fail("expected frame_step greater than 0");
  if (failed(checkSignal(n, n.dim(signal, 1), length)))
    return failure();
  Type i64 = n.b.getI64Type();
  Size frames = m.add(m.floorDiv(m.sub(n.dim(signal, 1), length), *step), m.of(1));
  Value start = n.mul(n.iota({frames, m.of(1)}, 0, i64), n.tensorOf(*step));
  Value index = n.add(start, n.iota({m.of(1), length}, 1, i64));
  Value framed = n.inRange(n.gather(signal, index, 1)); // [B, frames, length, 1|2]
  if (n.has(2))
    framed = n.mul(framed, n.cast(n.onAxis(n.in(2), 2, 4), n.elem(signal)));
  return n.result(framed ? dft(n, framed, length, 2, false, n.flagAttr("onesided", true)) : Value());
}

LogicalResult buildDet(NodeBuilder &n) { return n.result(n.make<w::DetOp>(n.in(0))); }

/// Bin edges evenly spaced in mel, as numbers of spectrogram bins; then two ramps per bin.
LogicalResult buildMelWeightMatrix(NodeBuilder &n) {
  Type element = elementType(n.b.getContext(), static_cast<int32_t>(n.intAttr("output_datatype", 1)));
  if (!isa_and_nonnull<FloatType>(element))
    return n.fail("expected a real output_datatype");
  Type f64 = n.b.getF64Type();
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < 5; ++i) {
    inputs.push_back(n.reshape(n.in(i), ArrayRef<int64_t>()));
    if (!inputs.back())
      return failure();
  }
  FailureOr<Size> bins = n.sizeOf(inputs[0], "num_mel_bins"), length = n.sizeOf(inputs[1], "dft_length");
  if (failed(bins) || failed(length))
    return failure();
  const SizeMath &m = n.sizes;
  auto real = [&](double value) { return n.scalar(f64, value); };
  auto toMel = [&](Value hertz) {
    Value ratio = n.add(n.div(n.cast(hertz, f64), real(700.0)), real(1.0));
    return n.mul(n.make<w::LogOp>(ratio), real(2595.0 / std::log(10.0)));
  };
  Value low = toMel(inputs[3]), high = toMel(inputs[4]);
  Value step = n.div(n.sub(high, low), n.add(n.cast(inputs[0], f64), real(2.0)));
  Value scale = n.div(n.add(n.cast(inputs[1], f64), real(1.0)), n.cast(inputs[2], f64));
  // Edge `offset` of every bin, as a row.
  auto edges = [&](double offset) {
    Value mel = n.add(n.mul(n.add(n.iota({m.of(1), *bins}, 1, f64), real(offset)), step), low);
    Value power = n.make<w::ExpOp>(n.mul(mel, real(std::log(10.0) / 2595.0)));
    return n.make<w::FloorOp>(n.mul(n.mul(n.sub(power, real(1.0)), real(700.0)), scale));
  };
  Value first = edges(0), centre = edges(1), last = edges(2);
  Value row = n.iota({m.add(m.floorDiv(*length, m.of(2)), m.of(1)), m.of(1)}, 0, f64);
  auto compare = [&](w::ComparePredicate pred, Value x, Value y) { return n.compare(pred, x, y); };
  using P = w::ComparePredicate;
  Value one = real(1.0), zero = real(0.0);
  Value rise = n.div(n.sub(row, first), n.max(n.sub(centre, first), one));
  Value fall = n.div(n.sub(last, row), n.max(n.sub(last, centre), one));
  Value isRise = n.binary<w::AndOp>(compare(P::ge, row, first), compare(P::lt, row, centre));
  Value isFall = n.binary<w::AndOp>(compare(P::gt, row, centre), compare(P::lt, row, last));
  Value ramp = n.select(isRise, rise, n.select(isFall, fall, zero));
  // The peak is 1; a fall that is one element wide starts there.
  Value y = n.select(compare(P::eq, row, centre), one, ramp);
  return n.result(n.cast(y, element));
}

} // namespace weft::importer
