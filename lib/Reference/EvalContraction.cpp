// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates matrix products in double, int64 or complex, rounded once.
#include "lib/Reference/EvalContraction.h"
#include "weft/Reference/Eval.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {

bool needsIntegerLoops(const Tensor &operand) {
  auto type = dyn_cast<IntegerType>(operand.getElementType());
  // Sums of products of 8-bit integers are exact in a double; wider ones may wrap.
  return type && type.getWidth() > 8;
}

void subtractZeroPoint(std::vector<double> &values, ArrayRef<int64_t> shape, int64_t axis,
                       const Tensor *zeroPoint) {
  if (!zeroPoint)
    return;
  int64_t inner = countElements(shape.drop_front(axis + 1)), size = shape[axis];
  bool isPerEntry = zeroPoint->size() != 1;
  for (size_t i = 0; i < values.size(); ++i)
    values[i] -= zeroPoint->getFloat(isPerEntry ? static_cast<int64_t>(i) / inner % size : 0);
}

Tensor storeSums(Type type, ArrayRef<int64_t> shape, ArrayRef<double> sums) {
  if (!isa<IntegerType>(type))
    return Tensor::fromDoubles(type, shape, sums);
  Tensor result(type, shape);
  for (auto [i, sum] : llvm::enumerate(sums))
    result.setInt(i, static_cast<int64_t>(sum));
  return result;
}

Tensor storeSums(Type type, ArrayRef<int64_t> shape, ArrayRef<uint64_t> sums) {
  Tensor result(type, shape);
  for (auto [i, sum] : llvm::enumerate(sums))
    result.setInt(i, static_cast<int64_t>(sum));
  return result;
}

namespace {

/// Sizes of a product and how operands lie in memory.
struct MatmulSizes {
  int64_t m, n, k;
  bool transposeLhs, transposeRhs;
};

/// out[m, n] += sum over k, for one matrix; `row` is a buffer for rhs as [k, n].
template <typename T>
void multiply(const MatmulSizes &s, const T *lhs, const T *rhs, T *out, std::vector<T> &packed) {
  if (s.transposeRhs) {
    packed.resize(s.k * s.n);
    for (int64_t n = 0; n < s.n; ++n)
      for (int64_t k = 0; k < s.k; ++k)
        packed[k * s.n + n] = rhs[n * s.k + k];
    rhs = packed.data();
  }
  for (int64_t m = 0; m < s.m; ++m) {
    T *row = out + m * s.n;
    for (int64_t k = 0; k < s.k; ++k) {
      T a = s.transposeLhs ? lhs[k * s.m + m] : lhs[m * s.k + k];
      const T *b = rhs + k * s.n;
      for (int64_t n = 0; n < s.n; ++n)
        row[n] += a * b[n];
    }
  }
}

/// The batched product; batch dims of size 1 broadcast.
template <typename T>
std::vector<T> multiplyBatches(const MatmulSizes &s, ArrayRef<int64_t> batch, ArrayRef<int64_t> lhsShape,
                               ArrayRef<int64_t> rhsShape, const std::vector<T> &lhs,
                               const std::vector<T> &rhs) {
  int64_t batches = countElements(batch);
  std::vector<T> out(batches * s.m * s.n, T(0)), packed;
  auto matrixOf = [&](ArrayRef<int64_t> shape, int64_t flat) {
    int64_t place = 0, stride = 1;
    for (int64_t dim = static_cast<int64_t>(batch.size()) - 1; dim >= 0; --dim) {
      int64_t i = flat % batch[dim];
      flat /= batch[dim];
      place += shape[dim] == 1 ? 0 : i * stride;
      stride *= shape[dim];
    }
    return place;
  };
  for (int64_t b = 0; b < batches; ++b)
    multiply(s, lhs.data() + matrixOf(lhsShape, b) * s.m * s.k,
             rhs.data() + matrixOf(rhsShape, b) * s.k * s.n, out.data() + b * s.m * s.n, packed);
  return out;
}

template <typename T> std::vector<T> toUnsigned(const std::vector<int64_t> &values) {
  return std::vector<T>(values.begin(), values.end());
}

std::vector<std::complex<double>> toComplex(const Tensor &x) {
  std::vector<std::complex<double>> values;
  for (int64_t i = 0; i < x.size(); ++i)
    values.push_back(x.getComplex(i));
  return values;
}

LogicalResult evalMatmul(MatmulOp op, Evaluation &e) {
  const Tensor &lhs = e.valueOf(op.getLhsMutable()).getTensor(),
               &rhs = e.valueOf(op.getRhsMutable()).getTensor();
  int64_t rank = lhs.getRank();
  MatmulSizes s;
  s.transposeLhs = op.getTransposeLhs();
  s.transposeRhs = op.getTransposeRhs();
  s.m = lhs.getDim(s.transposeLhs ? rank - 1 : rank - 2);
  s.k = lhs.getDim(s.transposeLhs ? rank - 2 : rank - 1);
  s.n = rhs.getDim(s.transposeRhs ? rank - 2 : rank - 1);
  if (s.k != rhs.getDim(s.transposeRhs ? rank - 1 : rank - 2))
    return e.error() << "expected equal inner sizes, but got " << lhs.getType() << " and " << rhs.getType();
  Shape shape;
  for (int64_t dim = 0; dim < rank - 2; ++dim) {
    int64_t a = lhs.getDim(dim), b = rhs.getDim(dim);
    if (a != b && a != 1 && b != 1)
      return e.error() << "expected batch dims to broadcast, but got " << lhs.getType() << " and "
                       << rhs.getType();
    shape.push_back(a == 1 ? b : a);
  }
  Shape batch = shape;
  shape.push_back(s.m);
  shape.push_back(s.n);
  if (lhs.isComplex()) {
    auto sums = multiplyBatches(s, batch, lhs.getShape(), rhs.getShape(), toComplex(lhs), toComplex(rhs));
    Tensor result(e.elementType(), shape);
    for (auto [i, sum] : llvm::enumerate(sums))
      result.setComplex(i, sum);
    e.add(std::move(result));
    return success();
  }
  if (needsIntegerLoops(lhs) && !op.getLhsZp() && !op.getRhsZp()) {
    e.add(storeSums(e.elementType(), shape,
                    multiplyBatches(s, batch, lhs.getShape(), rhs.getShape(),
                                    toUnsigned<uint64_t>(lhs.toInts()), toUnsigned<uint64_t>(rhs.toInts()))));
    return success();
  }
  std::vector<double> a = lhs.toDoubles(), b = rhs.toDoubles();
  subtractZeroPoint(a, lhs.getShape(), s.transposeLhs ? rank - 1 : rank - 2,
                    e.optional(op.getLhsZpMutable()));
  subtractZeroPoint(b, rhs.getShape(), s.transposeRhs ? rank - 2 : rank - 1,
                    e.optional(op.getRhsZpMutable()));
  e.add(storeSums(e.elementType(), shape, multiplyBatches(s, batch, lhs.getShape(), rhs.getShape(), a, b)));
  return success();
}

LogicalResult evalGroupedMatmul(GroupedMatmulOp op, Evaluation &e) {
  const Tensor &lhs = e.tensor(0), &rhs = e.tensor(1), &sizes = e.tensor(2);
  MatmulSizes s;
  s.transposeLhs = false;
  s.transposeRhs = op.getTransposeRhs();
  s.k = lhs.getDim(1);
  s.n = rhs.getDim(s.transposeRhs ? 1 : 2);
  int64_t rows = lhs.getDim(0), row = 0;
  std::vector<double> a = lhs.toDoubles(), b = rhs.toDoubles(), out(rows * s.n, 0.0), packed;
  for (int64_t group = 0; group < sizes.size() && group < rhs.getDim(0); ++group) {
    s.m = std::min(std::max<int64_t>(sizes.getInt(group), 0), rows - row);
    multiply(s, a.data() + row * s.k, b.data() + group * s.k * s.n, out.data() + row * s.n, packed);
    row += s.m;
  }
  e.add(storeSums(e.elementType(), {rows, s.n}, out));
  return success();
}

} // namespace

void addContractionEvals(EvalTable &table) {
  table.add<MatmulOp, evalMatmul>();
  table.add<GroupedMatmulOp, evalGroupedMatmul>();
  addConvolutionEvals(table);
}

} // namespace weft::reference
