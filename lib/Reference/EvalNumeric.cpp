// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates Fourier transform, linear algebra and random numbers in double.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

#include <array>
#include <cmath>
#include <random>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

constexpr double kPi = 3.14159265358979323846;

LogicalResult evalDft(DftOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  int64_t rank = x.getRank(), axis = op.getAxis(), staticN = op.getStaticN();
  bool isInverse = op.getInverse(), isOnesided = op.getOnesided(), isReal = x.getDim(rank - 1) == 1;
  int64_t in = x.getDim(axis);
  int64_t n = staticN > 0               ? staticN
              : op.getN()               ? e.operands[1].getIndex()
              : isInverse && isOnesided ? 2 * (in - 1)
                                        : in;
  if (n < 1)
    return e.error() << "expected a length of at least 1, but got " << n;
  Shape shape(x.getShape());
  shape[axis] = isOnesided && !isInverse ? n / 2 + 1 : n;
  shape[rank - 1] = isOnesided && isInverse ? 1 : 2;
  // Seen as [outer, size, inner, parts].
  ArrayRef<int64_t> dims = x.getShape();
  int64_t outer = countElements(dims.take_front(axis)),
          inner = countElements(dims.slice(axis + 1, rank - axis - 2));
  int64_t inParts = dims.back(), outParts = shape.back(), out = shape[axis];
  std::vector<double> values = x.toDoubles(), result(countElements(shape));
  std::vector<std::complex<double>> signal(n), roots(n);
  for (int64_t k = 0; k < n; ++k)
    roots[k] = std::polar(1.0, (isInverse ? 2 : -2) * kPi * k / n);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i) {
      std::fill(signal.begin(), signal.end(), 0.0);
      for (int64_t t = 0; t < std::min(in, n); ++t) {
        int64_t at = ((o * in + t) * inner + i) * inParts;
        signal[t] = {values[at], isReal ? 0 : values[at + 1]};
      }
      // The half that a one-sided inverse does not read is the mirrored conjugate.
      if (isOnesided && isInverse)
        for (int64_t t = n / 2 + 1; t < n; ++t)
          signal[t] = std::conj(signal[n - t]);
      for (int64_t k = 0; k < out; ++k) {
        std::complex<double> sum = 0;
        for (int64_t t = 0; t < n; ++t)
          sum += signal[t] * roots[static_cast<int64_t>(static_cast<__int128>(k) * t % n)];
        if (isInverse)
          sum /= static_cast<double>(n);
        int64_t at = ((o * out + k) * inner + i) * outParts;
        result[at] = sum.real();
        if (outParts == 2)
          result[at + 1] = sum.imag();
      }
    }
  e.add(Tensor::fromDoubles(e.elementType(), shape, result));
  return success();
}

/// Eliminates [n, n + extra] rows in place with partial pivoting; the determinant of the left part.
double eliminate(std::vector<double> &a, int64_t n, int64_t width) {
  double determinant = 1;
  for (int64_t column = 0; column < n; ++column) {
    int64_t pivot = column;
    for (int64_t row = column + 1; row < n; ++row)
      if (std::fabs(a[row * width + column]) > std::fabs(a[pivot * width + column]))
        pivot = row;
    if (pivot != column) {
      std::swap_ranges(a.begin() + pivot * width, a.begin() + (pivot + 1) * width,
                       a.begin() + column * width);
      determinant = -determinant;
    }
    double diagonal = a[column * width + column];
    determinant *= diagonal;
    if (diagonal == 0 && width == n)
      return 0;
    for (int64_t row = column + 1; row < n; ++row) {
      double factor = a[row * width + column] / diagonal;
      for (int64_t i = column; i < width; ++i)
        a[row * width + i] -= factor * a[column * width + i];
    }
  }
  return determinant;
}

LogicalResult evalDet(DetOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  int64_t n = x.getDim(x.getRank() - 1);
  ArrayRef<int64_t> shape = x.getShape().drop_back(2);
  std::vector<double> values = x.toDoubles(), result;
  for (int64_t b = 0; b < countElements(shape); ++b) {
    std::vector<double> matrix(values.begin() + b * n * n, values.begin() + (b + 1) * n * n);
    result.push_back(eliminate(matrix, n, n));
  }
  e.add(Tensor::fromDoubles(e.elementType(), shape, result));
  return success();
}

LogicalResult evalInverse(InverseOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  int64_t n = x.getDim(x.getRank() - 1), width = 2 * n;
  std::vector<double> values = x.toDoubles(), result(values.size());
  for (int64_t b = 0; b < countElements(x.getShape().drop_back(2)); ++b) {
    std::vector<double> rows(n * width, 0.0);
    for (int64_t i = 0; i < n; ++i) {
      std::copy_n(values.begin() + (b * n + i) * n, n, rows.begin() + i * width);
      rows[i * width + n + i] = 1;
    }
    eliminate(rows, n, width);
    for (int64_t i = n - 1; i >= 0; --i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = rows[i * width + n + j];
        for (int64_t k = i + 1; k < n; ++k)
          sum -= rows[i * width + k] * result[(b * n + k) * n + j];
        result[(b * n + i) * n + j] = sum / rows[i * width + i];
      }
  }
  e.add(Tensor::fromDoubles(e.elementType(), x.getShape(), result));
  return success();
}

/// Philox 4x32-10: four random words from a counter and a key.
std::array<uint32_t, 4> philox(uint64_t counter, uint64_t key) {
  std::array<uint32_t, 4> c = {static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32), 0, 0};
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    // Multipliers and Weyl increments of the published generator (Salmon et al., SC 2011).
    uint64_t p0 = 0xD2511F53ull * c[0], p1 = 0xCD9E8D57ull * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<uint32_t>(p0)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

LogicalResult evalRandom(RandomOp op, Evaluation &e) {
  Shape shape = e.mixed(op.getStaticShape(), op.getShape());
  uint64_t key =
      op.getSeed() ? llvm::bit_cast<uint64_t>(op.getSeed()->convertToDouble()) : std::random_device()();
  Tensor result(op.getTo(), shape);
  for (int64_t i = 0; i < result.size(); ++i) {
    std::array<uint32_t, 4> words = philox(i, key);
    // 24 bits each, as many as an f32 holds.
    double u = (words[0] >> 8) * 0x1p-24, v = (words[1] >> 8) * 0x1p-24;
    if (op.getDist() == RandomDist::normal)
      u = std::sqrt(-2 * std::log(u + 0x1p-25)) * std::cos(2 * kPi * v);
    result.setFloat(i, u);
  }
  e.add(std::move(result));
  return success();
}

} // namespace

void addNumericEvals(EvalTable &table) {
  table.add<DftOp, evalDft>();
  table.add<DetOp, evalDet>();
  table.add<InverseOp, evalInverse>();
  table.add<RandomOp, evalRandom>();
}

} // namespace weft::reference
