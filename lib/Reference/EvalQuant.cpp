// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates quantize, dequantize and requantize.
#include "lib/Reference/CastNumbers.h"
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// The place in a scale or zero point for each element of x: one for all, one per axis entry, or one per
/// block.
class ParamPlace {
public:
  ParamPlace(const Tensor &x, std::optional<uint64_t> axis, int64_t block) : block(block) {
    this->axis = axis.value_or(0);
    if (x.getRank() > 0)
      view.emplace(x.getShape(), this->axis);
  }
  int64_t operator()(const Tensor &params, int64_t i) const {
    if (params.size() == 1 || !view)
      return 0;
    int64_t entry = i / view->inner % view->size;
    if (block == 0)
      return entry;
    int64_t blocks = (view->size + block - 1) / block, outer = i / view->inner / view->size;
    return (outer * blocks + entry / block) * view->inner + i % view->inner;
  }

private:
  int64_t axis, block;
  std::optional<AxisView> view;
};

/// Least and greatest value of an integer type.
std::pair<double, double> rangeOf(IntegerType type) {
  int width = type.getWidth();
  if (type.isUnsigned())
    return {0, std::ldexp(1.0, width) - 1};
  return {-std::ldexp(1.0, width - 1), std::ldexp(1.0, width - 1) - 1};
}

/// Half to even, whatever the rounding mode of the thread is.
double roundToEven(double x) {
  if (std::fabs(x) >= 0x1p52 || std::isnan(x))
    return x;
  double down = std::floor(x), rest = x - down;
  if (rest != 0.5)
    return rest < 0.5 ? down : down + 1;
  return std::fmod(down, 2) == 0 ? down : down + 1;
}

/// Stores rounded + zp, saturated; NaN becomes 0.
void storeQuantized(Tensor &result, int64_t i, double value, double zp) {
  auto [least, greatest] = rangeOf(cast<IntegerType>(result.getElementType()));
  double rounded = roundToEven(value) + zp;
  result.setInt(i, std::isnan(rounded) ? 0 : static_cast<int64_t>(std::clamp(rounded, least, greatest)));
}

LogicalResult evalQuantize(QuantizeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &scale = e.tensor(1);
  const Tensor *zp = op.getZp() ? &e.tensor(2) : nullptr;
  ParamPlace place(x, op.getAxis(), op.getBlockSize());
  Type precision = op.getPrecision().value_or(scale.getElementType());
  if (!isa<FloatType>(precision))
    precision = Float32Type::get(op.getContext());
  Type to = op.getTo();
  if (isa<IntegerType>(to)) {
    Tensor result(to, x.getShape());
    for (int64_t i = 0; i < x.size(); ++i) {
      double quotient =
          roundToType(roundToType(x.getFloat(i), precision) / scale.getFloat(place(scale, i)), precision);
      storeQuantized(result, i, quotient, zp ? zp->getFloat(place(*zp, i)) : 0);
    }
    e.add(std::move(result));
    return success();
  }
  // Small floats: the quotient, then the rounding of a cast.
  std::vector<double> quotients(x.size());
  for (int64_t i = 0; i < x.size(); ++i) {
    quotients[i] =
        roundToType(roundToType(x.getFloat(i), precision) / scale.getFloat(place(scale, i)), precision);
    if (zp)
      quotients[i] += zp->getFloat(place(*zp, i));
  }
  Type f64 = Float64Type::get(op.getContext());
  FailureOr<Tensor> result =
      castTensor(Tensor::fromDoubles(f64, x.getShape(), quotients), to, op.getSaturate(), CastRound::up);
  if (failed(result))
    return failure();
  e.add(std::move(*result));
  return success();
}

LogicalResult evalDequantize(DequantizeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &scale = e.tensor(1);
  const Tensor *zp = e.optional(op.getZpMutable()), *table = e.optional(op.getTableMutable());
  ParamPlace place(x, op.getAxis(), op.getBlockSize());
  Tensor result(op.getTo(), x.getShape());
  for (int64_t i = 0; i < x.size(); ++i) {
    double value = x.getFloat(i);
    if (table) {
      int64_t entry = static_cast<int64_t>(value);
      if (entry < 0 || entry >= table->size())
        return e.error() << "expected indices into the table in [0, " << table->size() << "), but got "
                         << entry;
      value = table->getFloat(entry);
    }
    if (zp)
      value -= zp->getFloat(place(*zp, i));
    result.setFloat(i, value * scale.getFloat(place(scale, i)));
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalRequantize(RequantizeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &mult = e.tensor(1);
  const Tensor *zp = op.getZp() ? &e.tensor(2) : nullptr;
  ParamPlace place(x, op.getAxis(), /*block=*/0);
  Tensor result(op.getTo(), x.getShape());
  for (int64_t i = 0; i < x.size(); ++i) {
    float product = static_cast<float>(x.getInt(i)) * static_cast<float>(mult.getFloat(place(mult, i)));
    storeQuantized(result, i, product, zp ? zp->getFloat(place(*zp, i)) : 0);
  }
  e.add(std::move(result));
  return success();
}

} // namespace

void addQuantEvals(EvalTable &table) {
  table.add<QuantizeOp, evalQuantize>();
  table.add<DequantizeOp, evalDequantize>();
  table.add<RequantizeOp, evalRequantize>();
}

} // namespace weft::reference
