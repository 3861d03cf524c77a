// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of operators that make tensors: constants, ranges, windows, random numbers.
#include "NodeBuilder.h"

#include "ModelImporter.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

namespace weft::importer {

LogicalResult buildConstant(NodeBuilder &n) {
  Builder &b = n.b;
  MLIRContext *context = b.getContext();
  if (ElementsAttr value = n.tensorAttr("value"))
    return n.result(n.constant(value));
  if (const onnx::AttributeProto *sparse = n.attribute("sparse_value"); sparse && sparse->has_sparse_tensor())
    return n.result(
        n.constant(n.importer.tensors.read(sparse->sparse_tensor(), n.importer.constantName(n.loc))));
  if (n.hasAttr("value_float"))
    return n.result(n.scalar(b.getF32Type(), n.floatAttr("value_float", 0)));
  if (n.hasAttr("value_int"))
    return n.result(n.intScalar(b.getI64Type(), n.intAttr("value_int", 0)));
  if (std::optional<SmallVector<int64_t>> ints = n.intsAttr("value_ints"))
    return n.result(n.i64Constant(*ints));
  if (std::optional<SmallVector<double>> floats = n.floatsAttr("value_floats")) {
    SmallVector<float> values(floats->begin(), floats->end());
    auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getF32Type());
    return n.result(n.constant(DenseElementsAttr::get(type, ArrayRef<float>(values))));
  }
  Type string = w::StringType::get(context);
  if (n.hasAttr("value_string")) {
    std::string text = n.stringAttr("value_string", "");
    return n.result(
        n.constant(DenseStringElementsAttr::get(RankedTensorType::get({}, string), StringRef(text))));
  }
  if (std::optional<SmallVector<std::string>> strings = n.stringsAttr("value_strings")) {
    SmallVector<StringRef> values(strings->begin(), strings->end());
    auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, string);
    return n.result(n.constant(DenseStringElementsAttr::get(type, values)));
  }
  return n.fail("expected a value in one of the attributes of Constant, but got none");
}

/// Reports unless a tensor of these sizes can exist.
static LogicalResult checkSize(NodeBuilder &n, ArrayRef<int64_t> shape, Type element) {
  for (int64_t size : shape)
    if (size < 0)
      return n.fail("expected sizes of at least 0, but got " + llvm::Twine(size));
  std::optional<int64_t> count = countElements(shape);
  unsigned bits = std::max(storedBits(element), 8u);
  if (!count || *count > (int64_t(1) << 46) / (bits / 8))
    return n.fail("expected a tensor of at most 64 TiB, but its sizes multiply to more");
  return success();
}

LogicalResult buildConstantOfShape(NodeBuilder &n) {
  FailureOr<SmallVector<Size>> shape = n.sizesOf(n.in(0), "shape");
  if (failed(shape))
    return failure();
  ElementsAttr value = n.tensorAttr("value");
  if (value && value.getNumElements() != 1)
    return n.fail("expected attribute 'value' of one element, but got " +
                  llvm::Twine(value.getNumElements()));
  if (!value)
    value = DenseElementsAttr::get(RankedTensorType::get({1}, n.b.getF32Type()), 0.0f);
  std::optional<SmallVector<int64_t>> numbers = known(*shape);
  if (numbers && failed(checkSize(n, *numbers, value.getElementType())))
    return failure();
  SmallVector<int64_t> ones(shape->size(), 1);
  return n.result(n.broadcast(n.reshape(n.constant(value), ones), *shape));
}

LogicalResult buildEyeLike(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 2, 2)))
    return failure();
  Type element = n.elem(x);
  if (n.hasAttr("dtype"))
    element = elementType(n.b.getContext(), static_cast<int32_t>(n.intAttr("dtype", 0)));
  if (!element)
    return n.fail("expected a known element type in attribute 'dtype'");
  Type i64 = n.b.getI64Type();
  SmallVector<Size> shape = n.dims(x);
  Value row = n.add(n.iota({shape[0], n.sizes.of(1)}, 0, i64), n.intScalar(i64, n.intAttr("k", 0)));
  Value column = n.iota({n.sizes.of(1), shape[1]}, 1, i64);
  return n.result(n.cast(n.compare(w::ComparePredicate::eq, row, column), element));
}

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

LogicalResult buildRange(NodeBuilder &n) {
  Value parts[3];
  for (unsigned i = 0; i < 3; ++i) {
    parts[i] = n.reshape(n.in(i), ArrayRef<int64_t>());
    if (!parts[i])
      return failure();
  }
  Type element = n.elem(parts[0]);
  const SizeMath &m = n.sizes;
  Size count;
  auto step = n.constantOf(parts[2]);
  if (step && step->front() == 0)
    return n.fail("expected a delta other than 0");
  if (isa<IntegerType>(element) && step && step->front() != 0) {
    FailureOr<Size> start = n.sizeOf(parts[0], "start"), limit = n.sizeOf(parts[1], "limit");
    if (failed(start) || failed(limit))
      return failure();
    auto number = static_cast<int64_t>(step->front());
    Size distance = number > 0 ? m.sub(*limit, *start) : m.sub(*start, *limit);
    bool isSize = isKnown(*start, 0) && !known(*limit) && number > 0;
    Size positive = isSize ? distance : m.max(distance, m.of(0));
    count = m.ceilDiv(positive, m.of(std::abs(number)));
  } else {
    Type f64 = n.b.getF64Type();
    Value distance = n.sub(n.cast(parts[1], f64), n.cast(parts[0], f64));
    Value steps = n.make<w::CeilOp>(n.div(distance, n.cast(parts[2], f64)));
    Value whole = n.cast(n.max(steps, n.scalar(f64, 0.0)), n.b.getI64Type());
    if (!whole)
      return failure();
    FailureOr<Size> size = n.sizeOf(whole, "number of elements");
    if (failed(size))
      return failure();
    count = *size;
  }
  if (std::optional<int64_t> number = known(count); number && failed(checkSize(n, *number, element)))
    return failure();
  // f16 and bf16 step in f32 and round once.
  Type wide = w::getAccumulatorType(element);
  if (!isa<FloatType>(element))
    wide = element;
  Value index = n.iota(count, 0, wide);
  Value y = n.add(n.mul(index, n.cast(parts[2], wide)), n.cast(parts[0], wide));
  return n.result(n.cast(y, element));
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// a0 - a1 cos(2 pi i / N) + a2 cos(4 pi i / N).
static LogicalResult buildWindow(NodeBuilder &n, double a0, double a1, double a2) {
  FailureOr<Size> size = n.sizeOf(n.in(0), "size");
  Type element = elementType(n.b.getContext(), static_cast<int32_t>(n.intAttr("output_datatype", 1)));
  if (failed(size) || !isa_and_nonnull<FloatType, IntegerType>(element))
    return n.fail("expected one size and a known output_datatype");
  if (std::optional<int64_t> number = known(*size); number && failed(checkSize(n, *number, element)))
    return failure();
  bool isPeriodic = n.flagAttr("periodic", true);
  Type f64 = n.b.getF64Type();
  Value length = n.cast(n.tensorOf(isPeriodic ? *size : n.sizes.sub(*size, n.sizes.of(1))), f64);
  Value angle = n.div(n.mul(n.iota(*size, 0, f64), n.scalar(f64, 2.0 * M_PI)), length);
  Value y = n.sub(n.scalar(f64, a0), n.mul(n.make<w::CosOp>(angle), n.scalar(f64, a1)));
  if (a2 != 0)
    y = n.add(y, n.mul(n.make<w::CosOp>(n.mul(angle, n.scalar(f64, 2.0))), n.scalar(f64, a2)));
  return n.result(n.cast(y, element));
}
LogicalResult buildHannWindow(NodeBuilder &n) { return buildWindow(n, 0.5, 0.5, 0); }
LogicalResult buildHammingWindow(NodeBuilder &n) { return buildWindow(n, 25.0 / 46.0, 21.0 / 46.0, 0); }
LogicalResult buildBlackmanWindow(NodeBuilder &n) { return buildWindow(n, 0.42, 0.5, 0.08); }

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

static Value random(NodeBuilder &n, ArrayRef<Size> shape, Type element, w::RandomDist dist) {
  SmallVector<int64_t> fixed;
  SmallVector<Value> values;
  split(shape, fixed, values);
  SmallVector<NamedAttribute> attributes = {n.list("static_shape", fixed), n.ofType("to", element),
                                            n.choice<w::RandomDistAttr>("dist", dist)};
  if (n.hasAttr("seed"))
    attributes.push_back(n.f64("seed", n.floatAttr("seed", 0)));
  return n.make<w::RandomOp>(values, attributes);
}

/// The element type that attribute `dtype` asks for, or `orElse`.
static Type randomType(NodeBuilder &n, Type orElse) {
  if (!n.hasAttr("dtype"))
    return orElse;
  return elementType(n.b.getContext(), static_cast<int32_t>(n.intAttr("dtype", 0)));
}

static LogicalResult buildRandom(NodeBuilder &n, ArrayRef<Size> shape, Type element, w::RandomDist dist) {
  if (!isa_and_nonnull<FloatType>(element))
    return n.fail("expected a real element type in attribute 'dtype'");
  if (std::optional<SmallVector<int64_t>> numbers = known(shape);
      numbers && failed(checkSize(n, *numbers, element)))
    return failure();
  bool isUniform = dist == w::RandomDist::uniform;
  double offset = isUniform ? n.floatAttr("low", 0.0) : n.floatAttr("mean", 0.0);
  double scale = isUniform ? n.floatAttr("high", 1.0) - offset : n.floatAttr("scale", 1.0);
  Value x = random(n, shape, element, dist);
  return n.result(n.add(n.mul(x, n.scalar(element, scale)), n.scalar(element, offset)));
}

static LogicalResult buildRandomOfShape(NodeBuilder &n, w::RandomDist dist) {
  std::optional<SmallVector<int64_t>> shape = n.intsAttr("shape");
  if (!shape)
    return n.fail("expected attribute 'shape', but got none");
  return buildRandom(n, n.sizes.of(*shape), randomType(n, n.b.getF32Type()), dist);
}
static LogicalResult buildRandomLike(NodeBuilder &n, w::RandomDist dist) {
  return buildRandom(n, n.dims(n.in(0)), randomType(n, n.elem(n.in(0))), dist);
}
LogicalResult buildRandomNormal(NodeBuilder &n) { return buildRandomOfShape(n, w::RandomDist::normal); }
LogicalResult buildRandomUniform(NodeBuilder &n) { return buildRandomOfShape(n, w::RandomDist::uniform); }
LogicalResult buildRandomNormalLike(NodeBuilder &n) { return buildRandomLike(n, w::RandomDist::normal); }
LogicalResult buildRandomUniformLike(NodeBuilder &n) { return buildRandomLike(n, w::RandomDist::uniform); }

LogicalResult buildBernoulli(NodeBuilder &n) {
  Value p = n.in(0);
  Type element = randomType(n, n.elem(p));
  if (!element)
    return n.fail("expected a known element type in attribute 'dtype'");
  Value x = random(n, n.dims(p), n.elem(p), w::RandomDist::uniform);
  return n.result(n.cast(n.compare(w::ComparePredicate::lt, x, p), element));
}

LogicalResult buildMultinomial(NodeBuilder &n) {
  Value logits = n.in(0);
  if (failed(n.checkRank(0, 2, 2)))
    return failure();
  int64_t samples = n.intAttr("sample_size", 1);
  Type element = n.hasAttr("dtype") ? randomType(n, {}) : n.b.getIntegerType(32), f32 = n.b.getF32Type();
  if (samples < 1 || samples > (1 << 30) || !element)
    return n.fail("expected a sample_size of at least 1 and a known dtype");
  // Per sample the class of the greatest logit + Gumbel noise, -log(-log(u)) with u in (0, 1).
  SmallVector<Size> shape = {n.dim(logits, 0), n.sizes.of(samples), n.dim(logits, 1)};
  Value u = n.max(random(n, shape, f32, w::RandomDist::uniform), n.scalar(f32, 1e-30));
  Value noise = n.make<w::NegOp>(n.make<w::LogOp>(n.make<w::NegOp>(n.make<w::LogOp>(u))));
  Value scores = n.add(n.unsqueeze(n.cast(logits, f32), 1), noise);
  Value best =
      n.make<w::ArgReduceOp>(scores, {n.choice<w::ArgKindAttr>("kind", w::ArgKind::max), n.i64("axis", 2)});
  return n.result(n.cast(n.squeeze(best, 2), element));
}

} // namespace weft::importer
