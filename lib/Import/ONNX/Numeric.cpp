// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of Fourier transforms, determinants and mel filters.
#include "NodeBuilder.h"

#include "ModelImporter.h"

#include <cmath>

namespace weft::importer {

static Value dft(NodeBuilder &n, Value x, std::optional<Size> length, int64_t axis, bool inverse, bool onesided) {
  SmallVector<Value> operands = {x};
  Size size = length ? *length : n.dim(x, axis);
  std::optional<int64_t> number = known(size);
  if (!number)
    operands.push_back(cast<Value>(size));
  return n.make<w::DftOp>(operands, {n.i64("static_n", number.value_or(ShapedType::kDynamic)), n.i64("axis", axis),
                                     n.flag("inverse", inverse), n.flag("onesided", onesided)});
}

LogicalResult buildDFT(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2)))
    return failure();
  int64_t given = n.version < 20 ? n.intAttr("axis", 1) : -2;
  if (n.version >= 20 && n.has(2)) {
    std::optional<SmallVector<int64_t>> axis = constantInts(n.in(2));
    if (!axis || axis->size() != 1)
      return n.fail("expected a constant axis; bind it to a value (--bind)");
    given = axis->front();
  }
  FailureOr<int64_t> axis = n.axis(given, n.rank(x));
  if (failed(axis))
    return failure();
  std::optional<Size> length;
  if (n.has(1)) {
    FailureOr<Size> size = n.sizeOf(n.reshape(n.in(1), ArrayRef<int64_t>()), "dft_length");
    if (failed(size))
      return failure();
    length = *size;
  }
  return n.result(dft(n, x, length, *axis, n.flagAttr("inverse", false), n.flagAttr("onesided", false)));
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
  Type i64 = n.b.getI64Type();
  Size frames = m.add(m.floorDiv(m.sub(n.dim(signal, 1), length), *step), m.of(1));
  Value start = n.mul(n.iota({frames, m.of(1)}, 0, i64), n.tensorOf(*step));
  Value index = n.add(start, n.iota({m.of(1), length}, 1, i64));
  Value framed = n.gather(signal, index, 1); // [B, frames, length, 1|2]
  if (n.has(2))
    framed = n.mul(framed, n.cast(n.onAxis(n.in(2), 2, 4), n.elem(signal)));
  return n.result(framed ? dft(n, framed, length, 2, false, n.flagAttr("onesided", true)) : Value());
}

LogicalResult buildDet(NodeBuilder &n) { return n.result(n.make<w::DetOp>(n.in(0))); }

LogicalResult buildMelWeightMatrix(NodeBuilder &n) {
  SmallVector<double> values;
  for (unsigned i = 0; i < 5; ++i) {
    std::optional<SmallVector<double>> value = n.constantOf(n.in(i));
    if (!value || value->size() != 1)
      return n.fail("expected constant inputs; bind input " + llvm::Twine(i) + " to a value (--bind)");
    values.push_back(value->front());
  }
  Type element = elementType(n.b.getContext(), static_cast<int32_t>(n.intAttr("output_datatype", 1)));
  auto bins = static_cast<int64_t>(values[0]), length = static_cast<int64_t>(values[1]);
  double rate = values[2];
  constexpr int64_t kMax = 1 << 20;
  if (bins < 0 || length < 0 || bins > kMax || length > kMax || (length / 2 + 1) * std::max<int64_t>(bins, 1) > (1 << 26) ||
      !(rate > 0) || !isa_and_nonnull<FloatType>(element))
    return n.fail("expected numbers of bins and samples of at least 0, a positive rate and a real output_datatype");
  // Bin edges evenly spaced in mel, as numbers of spectrogram bins.
  auto toMel = [](double hertz) { return 2595.0 * std::log10(1.0 + hertz / 700.0); };
  int64_t spectrogram = length / 2 + 1;
  double low = toMel(values[3]), high = toMel(values[4]);
  SmallVector<int64_t> edges;
  double step = (high - low) / static_cast<double>(bins + 2);
  for (int64_t i = 0; i < bins + 2; ++i) {
    double hertz = 700.0 * (std::pow(10.0, (low + step * static_cast<double>(i)) / 2595.0) - 1.0);
    edges.push_back(static_cast<int64_t>(std::floor(static_cast<double>(length + 1) * hertz / rate)));
  }
  std::vector<float> matrix(spectrogram * bins, 0.0f);
  for (int64_t bin = 0; bin < bins; ++bin) {
    int64_t first = edges[bin], centre = edges[bin + 1], last = edges[bin + 2];
    auto at = [&](int64_t row) -> float & { return matrix[row * bins + bin]; };
    if (centre - first == 0 && centre >= 0 && centre < spectrogram)
      at(centre) = 1.0f;
    for (int64_t i = std::max<int64_t>(first, 0); i <= centre && centre != first && i < spectrogram; ++i)
      at(i) = static_cast<float>(static_cast<double>(i - first) / static_cast<double>(centre - first));
    for (int64_t i = std::max<int64_t>(centre, 0); i < last && i < spectrogram && last != centre; ++i)
      at(i) = static_cast<float>(static_cast<double>(last - i) / static_cast<double>(last - centre));
  }
  auto type = RankedTensorType::get({spectrogram, bins}, n.b.getF32Type());
  return n.result(n.cast(n.constant(DenseElementsAttr::get(type, ArrayRef<float>(matrix))), element));
}

} // namespace weft::importer
