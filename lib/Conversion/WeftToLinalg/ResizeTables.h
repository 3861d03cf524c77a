// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which input elements an output element of a resize reads, and their weights: one definition, evaluated at
// compile time for static sizes and emitted as code for dynamic ones.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_RESIZETABLES_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_RESIZETABLES_H

#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

namespace weft::conversion {

/// Arithmetic on doubles, now.
struct EvaluatedReals {
  using Real = double;
  using Bool = bool;
  Real real(double value) { return value; }
  Real add(Real x, Real y) { return x + y; }
  Real sub(Real x, Real y) { return x - y; }
  Real mul(Real x, Real y) { return x * y; }
  Real div(Real x, Real y) { return x / y; }
  Real floor(Real x) { return std::floor(x); }
  Real ceil(Real x) { return std::ceil(x); }
  Real abs(Real x) { return std::fabs(x); }
  Bool less(Real x, Real y) { return x < y; }
  Bool lessEqual(Real x, Real y) { return x <= y; }
  Bool either(Bool x, Bool y) { return x || y; }
  Real select(Bool cond, Real x, Real y) { return cond ? x : y; }
};

/// The same as f64 ops at an insertion point.
struct EmittedReals {
  ScalarBuilder s;
  using Real = Value;
  using Bool = Value;
  using Pred = mlir::arith::CmpFPredicate;
  Real real(double value) { return s.real(s.b.getF64Type(), value); }
  Real add(Real x, Real y) { return s.add(x, y); }
  Real sub(Real x, Real y) { return s.sub(x, y); }
  Real mul(Real x, Real y) { return s.mul(x, y); }
  Real div(Real x, Real y) { return mlir::arith::DivFOp::create(s.b, s.loc, x, y); }
  Real floor(Real x) { return mlir::math::FloorOp::create(s.b, s.loc, x); }
  Real ceil(Real x) { return mlir::math::CeilOp::create(s.b, s.loc, x); }
  Real abs(Real x) { return mlir::math::AbsFOp::create(s.b, s.loc, x); }
  Bool less(Real x, Real y) { return s.cmp(Pred::OLT, x, y); }
  Bool lessEqual(Real x, Real y) { return s.cmp(Pred::OLE, x, y); }
  Bool either(Bool x, Bool y) { return s.bitOr(x, y); }
  Real select(Bool cond, Real x, Real y) { return s.select(cond, x, y); }
};

/// What is the same for all axes of a resize.
struct ResizeRule {
  mlir::weft::ResizeMode mode;
  mlir::weft::ResizeCoord coord;
  mlir::weft::ResizeNearest nearest;
  double cubicA;
  bool excludeOutside, antialias;
};

/// One axis: sizes, scale and region of interest.
template <typename Arithmetic> struct ResizeAxis {
  typename Arithmetic::Real inSize, outSize, scale, roiBegin, roiEnd;
};

/// Elements on each side of a coordinate that have a weight, before antialias stretches them.
inline int64_t getRadius(const ResizeRule &rule) {
  return rule.mode == mlir::weft::ResizeMode::linear ? 1 : 2;
}

/// Whether the number of taps depends on the scale.
inline bool isStretched(const ResizeRule &rule) {
  return rule.antialias && rule.mode != mlir::weft::ResizeMode::nearest;
}

/// Number of taps of a rule that is not stretched.
inline int64_t getNumTaps(const ResizeRule &rule) {
  return rule.mode == mlir::weft::ResizeMode::nearest ? 1 : 2 * getRadius(rule);
}

/// Number of taps of a stretched rule: even, and at most 2^26 whatever the scale is.
template <typename A>
typename A::Real getNumStretchedTaps(A a, const ResizeRule &rule, typename A::Real scale) {
  auto one = a.real(1.0), two = a.real(2.0), least = a.real(0x1p-24);
  auto atLeast = a.select(a.less(least, scale), scale, least);
  auto stretch = a.select(a.less(atLeast, one), atLeast, one);
  auto begin = a.add(a.floor(a.div(a.real(-getRadius(rule)), stretch)), one);
  return a.sub(two, a.mul(two, begin));
}

/// The input coordinate of output index `place`.
template <typename A>
typename A::Real getResizeCoordinate(A a, const ResizeRule &rule, const ResizeAxis<A> &axis,
                                     typename A::Real place) {
  using C = mlir::weft::ResizeCoord;
  auto half = a.real(0.5), one = a.real(1.0), zero = a.real(0.0);
  auto centre = a.div(a.add(place, half), axis.scale);
  switch (rule.coord) {
  case C::half_pixel:
    return a.sub(centre, half);
  case C::pytorch_half_pixel:
    return a.select(a.lessEqual(axis.outSize, one), zero, a.sub(centre, half));
  case C::half_pixel_symmetric: {
    // In / 2 * (1 - out / (scale * in)), of which the division by the size would round whole places away.
    auto offset = a.mul(half, a.sub(axis.inSize, a.div(axis.outSize, axis.scale)));
    return a.sub(a.add(offset, centre), half);
  }
  case C::align_corners: {
    auto span = a.sub(a.mul(axis.scale, axis.inSize), one);
    auto isPoint = a.lessEqual(a.abs(span), zero);
    auto value = a.div(a.mul(place, a.sub(axis.inSize, one)), a.select(isPoint, one, span));
    return a.select(isPoint, zero, value);
  }
  case C::asymmetric:
    return a.div(place, axis.scale);
  case C::tf_crop_and_resize: {
    auto last = a.sub(axis.inSize, one), span = a.sub(axis.outSize, one);
    auto isPoint = a.lessEqual(span, zero);
    auto extent = a.sub(axis.roiEnd, axis.roiBegin);
    auto step = a.div(a.mul(extent, last), a.select(isPoint, one, span));
    auto inside = a.add(a.mul(axis.roiBegin, last), a.mul(place, step));
    return a.select(isPoint, a.mul(a.mul(half, a.add(axis.roiBegin, axis.roiEnd)), last), inside);
  }
  case C::tf_half_pixel_for_nn:
    return centre;
  }
  llvm_unreachable("internal: unknown coordinate mode");
}

/// The weight of an element at a distance from the coordinate, before any normalisation.
template <typename A>
typename A::Real getResizeWeight(A a, const ResizeRule &rule, const ResizeAxis<A> &axis,
                                 typename A::Real distance) {
  auto one = a.real(1.0), zero = a.real(0.0);
  auto d = a.abs(distance);
  if (rule.antialias)
    d = a.mul(d, a.select(a.less(axis.scale, one), axis.scale, one));
  if (rule.mode == mlir::weft::ResizeMode::linear)
    return a.select(a.less(d, one), a.sub(one, d), zero);
  // Keys' cubic with parameter A.
  double A_ = rule.cubicA;
  auto d2 = a.mul(d, d), d3 = a.mul(d2, d);
  auto near = a.add(a.sub(a.mul(a.real(A_ + 2), d3), a.mul(a.real(A_ + 3), d2)), one);
  auto far = a.sub(a.add(a.sub(a.mul(a.real(A_), d3), a.mul(a.real(5 * A_), d2)), a.mul(a.real(8 * A_), d)),
                   a.real(4 * A_));
  return a.select(a.lessEqual(d, one), near, a.select(a.less(d, a.real(2.0)), far, zero));
}

template <typename A> struct ResizeTap {
  typename A::Real index, weight;
};

/// The nearest element of the input.
template <typename A> typename A::Real clampToInput(A a, const ResizeAxis<A> &axis, typename A::Real index) {
  auto zero = a.real(0.0), last = a.sub(axis.inSize, a.real(1.0));
  auto low = a.select(a.less(index, zero), zero, index);
  return a.select(a.less(last, low), last, low);
}

/// Element index (clamped) and weight, not normalised, of tap number `tap` of `numTaps` of output index
/// `place`.
template <typename A>
ResizeTap<A> getResizeTap(A a, const ResizeRule &rule, const ResizeAxis<A> &axis, typename A::Real place,
                          typename A::Real tap, typename A::Real numTaps) {
  auto x = getResizeCoordinate(a, rule, axis, place);
  auto first = a.add(a.floor(x), a.sub(a.real(1.0), a.mul(numTaps, a.real(0.5))));
  auto index = a.add(first, tap);
  auto weight = getResizeWeight(a, rule, axis, a.sub(index, x));
  if (rule.excludeOutside) {
    auto zero = a.real(0.0), last = a.sub(axis.inSize, a.real(1.0));
    weight = a.select(a.either(a.less(index, zero), a.less(last, index)), zero, weight);
  }
  return {clampToInput(a, axis, index), weight};
}

/// Element index (clamped) and weight of each tap of output index `place`.
template <typename A>
SmallVector<ResizeTap<A>> getResizeTaps(A a, const ResizeRule &rule, const ResizeAxis<A> &axis,
                                        typename A::Real place, int64_t numTaps) {
  using N = mlir::weft::ResizeNearest;
  if (rule.mode == mlir::weft::ResizeMode::nearest) {
    auto x = getResizeCoordinate(a, rule, axis, place), half = a.real(0.5);
    auto rounded = rule.nearest == N::round_prefer_floor  ? a.ceil(a.sub(x, half))
                   : rule.nearest == N::round_prefer_ceil ? a.floor(a.add(x, half))
                   : rule.nearest == N::floor             ? a.floor(x)
                                                          : a.ceil(x);
    return {{clampToInput(a, axis, rounded), a.real(1.0)}};
  }
  SmallVector<ResizeTap<A>> taps;
  auto sum = a.real(0.0), count = a.real(numTaps);
  for (int64_t t = 0; t < numTaps; ++t) {
    taps.push_back(getResizeTap(a, rule, axis, place, a.real(t), count));
    sum = a.add(sum, taps.back().weight);
  }
  if (rule.excludeOutside || rule.antialias)
    for (ResizeTap<A> &tap : taps)
      tap.weight = a.div(tap.weight, sum);
  return taps;
}

/// Whether the coordinate lies outside of the input (tf_crop_and_resize takes the extrapolation value there).
template <typename A>
typename A::Bool isResizeOutside(A a, const ResizeRule &rule, const ResizeAxis<A> &axis,
                                 typename A::Real place) {
  auto x = getResizeCoordinate(a, rule, axis, place);
  return a.either(a.less(x, a.real(0.0)), a.less(a.sub(axis.inSize, a.real(1.0)), x));
}

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_RESIZETABLES_H
