// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers of NodeBuilder that make weft ops: constants, views, alignment of ranks.
#include "NodeBuilder.h"

#include "ModelImporter.h"
#include "Text.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value NodeBuilder::constant(ElementsAttr value) { return importer.constant(value, loc); }

Value NodeBuilder::splat(ArrayRef<int64_t> shape, Type element, double value) {
  auto type = RankedTensorType::get(shape, element);
  if (auto complex = mlir::dyn_cast<ComplexType>(element)) {
    if (complex.getElementType().isF32())
      return constant(DenseElementsAttr::get(type, std::complex<float>(static_cast<float>(value))));
    return constant(DenseElementsAttr::get(type, std::complex<double>(value)));
  }
  if (isa<FloatType>(element))
    return constant(DenseElementsAttr::get(type, Attribute(b.getFloatAttr(element, value))));
  if (!isa<IntegerType>(element))
    return failValue("expected numbers, but got elements of type " + importer.typeText(element));
  unsigned width = element.getIntOrFloatBitWidth();
  APInt bits(64, static_cast<uint64_t>(static_cast<int64_t>(value)));
  return constant(
      DenseElementsAttr::get(type, Attribute(b.getIntegerAttr(element, bits.sextOrTrunc(width)))));
}

Value NodeBuilder::scalar(Type element, double value) { return splat({}, element, value); }

Value NodeBuilder::intScalar(Type element, int64_t value) {
  if (!isa<IntegerType>(element))
    return failValue("expected integers, but got elements of type " + importer.typeText(element));
  unsigned width = element.getIntOrFloatBitWidth();
  APInt bits = APInt(64, static_cast<uint64_t>(value)).sextOrTrunc(width);
  return constant(
      DenseElementsAttr::get(RankedTensorType::get({}, element), Attribute(b.getIntegerAttr(element, bits))));
}

Value NodeBuilder::i64Constant(ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getI64Type());
  return constant(DenseElementsAttr::get(type, values));
}

Value NodeBuilder::tensorOf(ArrayRef<Size> values) {
  if (std::optional<SmallVector<int64_t>> numbers = known(values))
    return i64Constant(*numbers);
  SmallVector<Value> elements;
  for (Size size : values)
    elements.push_back(sizes.value(size));
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getI64Type());
  return w::FromElementsOp::create(b, loc, type, elements);
}

//===----------------------------------------------------------------------===//
// Views and movement
//===----------------------------------------------------------------------===//

Size NodeBuilder::dim(Value value, int64_t axis) {
  RankedTensorType t = type(value);
  if (axis < 0 || axis >= t.getRank()) {
    (void)fail("expected a tensor with a dim " + llvm::Twine(axis) + ", but got " + importer.typeText(t));
    return sizes.of(1);
  }
  if (!t.isDynamicDim(axis))
    return sizes.of(t.getDimSize(axis));
  return w::DimOp::create(b, loc, b.getIndexType(), value, b.getI64IntegerAttr(axis)).getResult();
}

SmallVector<Size> NodeBuilder::dims(Value value) {
  SmallVector<Size> result;
  for (int64_t axis = 0, e = rank(value); axis < e; ++axis)
    result.push_back(dim(value, axis));
  return result;
}

Value NodeBuilder::reshape(Value x, ArrayRef<Size> shape) {
  if (!x)
    return {};
  SmallVector<int64_t> fixed;
  SmallVector<Value> operands = {x};
  split(shape, fixed, operands);
  RankedTensorType t = type(x);
  if (operands.size() == 1 && t.hasStaticShape()) {
    if (t.getShape() == ArrayRef(fixed))
      return x;
    // A constant under another shape shares its data.
    auto source = x.getDefiningOp<w::ConstantOp>();
    if (source && countElements(fixed) == t.getNumElements())
      if (ElementsAttr reshaped = importer.reshaped(source.getValue(), fixed))
        return importer.constant(reshaped, source.getLoc());
  }
  return make<w::ReshapeOp>(operands, list("static_shape", fixed));
}

Value NodeBuilder::reshape(Value x, ArrayRef<int64_t> shape) { return reshape(x, sizes.of(shape)); }

Value NodeBuilder::broadcast(Value x, ArrayRef<Size> shape) {
  if (!x)
    return {};
  SmallVector<int64_t> fixed;
  SmallVector<Value> operands = {x};
  split(shape, fixed, operands);
  RankedTensorType t = type(x);
  if (operands.size() == 1 && t.hasStaticShape() && t.getShape() == ArrayRef(fixed))
    return x;
  // A broadcast splat is a splat.
  if (auto source = x.getDefiningOp<w::ConstantOp>(); source && operands.size() == 1)
    if (auto dense = mlir::dyn_cast<DenseElementsAttr>(source.getValue());
        dense && dense.isSplat() && countElements(fixed) && *countElements(fixed) > 0 &&
        !isa<DenseStringElementsAttr>(dense))
      return importer.constant(dense.resizeSplat(RankedTensorType::get(fixed, t.getElementType())), loc);
  return make<w::BroadcastOp>(operands, list("static_shape", fixed));
}

Value NodeBuilder::transpose(Value x, ArrayRef<int64_t> perm) {
  if (!x || llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return x;
  return make<w::TransposeOp>(x, list("perm", perm));
}

Value NodeBuilder::slice(Value x, ArrayRef<Size> offsets, ArrayRef<Size> lengths, ArrayRef<int64_t> strides) {
  if (!x)
    return {};
  SmallVector<int64_t> steps(strides);
  steps.resize(offsets.size(), 1);
  SmallVector<int64_t> fixedOffsets, fixedLengths;
  SmallVector<Value> offsetValues, lengthValues;
  split(offsets, fixedOffsets, offsetValues);
  split(lengths, fixedLengths, lengthValues);
  bool isWhole = llvm::all_of(fixedOffsets, [](int64_t o) { return o == 0; }) &&
                 llvm::all_of(steps, [](int64_t s) { return s == 1; });
  if (isWhole && lengthValues.empty() && type(x).getShape() == ArrayRef(fixedLengths))
    return x;
  SmallVector<Value> operands = {x};
  llvm::append_range(operands, offsetValues);
  llvm::append_range(operands, lengthValues);
  return make<w::SliceOp>(
      operands,
      {list("static_offsets", fixedOffsets), list("static_sizes", fixedLengths), list("strides", steps),
       segments({1, static_cast<int32_t>(offsetValues.size()), static_cast<int32_t>(lengthValues.size())})});
}

Value NodeBuilder::sliceAxis(Value x, int64_t axis, Size offset, Size length, int64_t stride) {
  if (!x)
    return {};
  if (axis < 0 || axis >= rank(x))
    return failValue("expected a tensor with a dim " + llvm::Twine(axis) + ", but got " +
                     importer.typeText(x.getType()));
  SmallVector<Size> offsets(rank(x), sizes.of(0)), lengths = dims(x);
  SmallVector<int64_t> strides(rank(x), 1);
  offsets[axis] = offset;
  lengths[axis] = length;
  strides[axis] = stride;
  return slice(x, offsets, lengths, strides);
}

Value NodeBuilder::concat(ArrayRef<Value> xs, int64_t axis) {
  if (llvm::is_contained(xs, Value()))
    return {};
  return xs.size() == 1 ? xs[0] : make<w::ConcatOp>(xs, i64("axis", axis));
}

Value NodeBuilder::pad(Value x, ArrayRef<Size> lo, ArrayRef<Size> hi, w::PadMode mode, Value value) {
  if (!x)
    return {};
  auto isZero = [](Size size) { return isKnown(size, 0); };
  if (llvm::all_of(lo, isZero) && llvm::all_of(hi, isZero))
    return x;
  SmallVector<int64_t> fixedLo, fixedHi;
  SmallVector<Value> loValues, hiValues, operands = {x};
  split(lo, fixedLo, loValues);
  split(hi, fixedHi, hiValues);
  if (mode == w::PadMode::constant && !value) {
    auto scalarType = RankedTensorType::get({}, elem(x));
    value = isa<w::StringType>(elem(x)) ? constant(DenseStringElementsAttr::get(scalarType, StringRef()))
                                        : scalar(elem(x), 0.0);
    if (!value)
      return {};
  }
  if (value)
    operands.push_back(value);
  llvm::append_range(operands, loValues);
  llvm::append_range(operands, hiValues);
  return make<w::PadOp>(operands, {list("static_lo", fixedLo), list("static_hi", fixedHi),
                                   choice<w::PadModeAttr>("mode", mode),
                                   segments({1, value ? 1 : 0, static_cast<int32_t>(loValues.size()),
                                             static_cast<int32_t>(hiValues.size())})});
}

Value NodeBuilder::iota(ArrayRef<Size> shape, int64_t axis, Type element) {
  SmallVector<int64_t> fixed;
  SmallVector<Value> operands;
  split(shape, fixed, operands);
  return make<w::IotaOp>(operands, {list("static_shape", fixed), ofType("to", element), i64("axis", axis)});
}

Value NodeBuilder::squeeze(Value x, ArrayRef<int64_t> axes) {
  if (!x)
    return {};
  SmallVector<Size> shape;
  for (int64_t axis = 0, e = rank(x); axis < e; ++axis)
    if (!llvm::is_contained(axes, axis))
      shape.push_back(dim(x, axis));
  return reshape(x, shape);
}

Value NodeBuilder::unsqueeze(Value x, ArrayRef<int64_t> axes) {
  if (!x)
    return {};
  SmallVector<Size> shape;
  for (int64_t axis = 0, from = 0, e = rank(x) + axes.size(); axis < e; ++axis)
    shape.push_back(llvm::is_contained(axes, axis) ? sizes.of(1) : dim(x, from++));
  return reshape(x, shape);
}

Value NodeBuilder::onAxis(Value vector, int64_t axis, int64_t rank) {
  if (!vector)
    return {};
  if (this->rank(vector) != 1 || axis < 0 || axis >= rank)
    return failValue("expected a list, but got " + importer.typeText(vector.getType()));
  SmallVector<Size> shape(rank, sizes.of(1));
  shape[axis] = dim(vector, 0);
  return reshape(vector, shape);
}

//===----------------------------------------------------------------------===//
// Elementwise and others
//===----------------------------------------------------------------------===//

Value NodeBuilder::withRank(Value x, int64_t wanted) {
  if (!x || rank(x) >= wanted)
    return x;
  return unsqueeze(x, sequence(0, wanted - rank(x)));
}

void NodeBuilder::alignRanks(Value &x, Value &y) {
  int64_t wanted = std::max(rank(x), rank(y));
  x = withRank(x, wanted);
  y = withRank(y, wanted);
}

Value NodeBuilder::select(Value cond, Value x, Value y) {
  if (!cond || !x || !y)
    return {};
  int64_t wanted = std::max({rank(cond), rank(x), rank(y)});
  return make<w::SelectOp>({withRank(cond, wanted), withRank(x, wanted), withRank(y, wanted)});
}

Value NodeBuilder::cast(Value x, Type to) {
  if (!x || elem(x) == to)
    return x;
  if (mlir::isa<w::StringType>(to))
    return numberToText(*this, x);
  if (mlir::isa<w::StringType>(elem(x)))
    return textToNumber(*this, x, to);
  return make<w::CastOp>(x, ofType("to", to));
}

Value NodeBuilder::reduce(w::ReduceKind kind, Value x, ArrayRef<int64_t> axes, bool keep) {
  if (!x)
    return {};
  Value result =
      axes.empty() ? x : make<w::ReduceOp>(x, {choice<w::ReduceKindAttr>("kind", kind), list("axes", axes)});
  return keep ? result : squeeze(result, axes);
}

Value NodeBuilder::matmul(Value x, Value y, bool transposeLhs, bool transposeRhs) {
  if (!x || !y)
    return {};
  alignRanks(x, y);
  return make<w::MatmulOp>({x, y}, {flag("transpose_lhs", transposeLhs), flag("transpose_rhs", transposeRhs),
                                    segments({1, 1, 0, 0})});
}

Value NodeBuilder::gather(Value x, Value indices, int64_t axis) {
  return make<w::GatherOp>({x, indices}, i64("axis", axis));
}

Value NodeBuilder::inRange(Value accessed) {
  if (accessed && accessed.getDefiningOp())
    accessed.getDefiningOp()->setAttr(w::kInRangeAttr, b.getUnitAttr());
  return accessed;
}

Value NodeBuilder::softmax(Value x, int64_t axis, bool log) {
  return make<w::SoftmaxOp>(x, {i64("axis", axis), flag("log", log)});
}

} // namespace weft::importer
