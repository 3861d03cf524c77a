// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes transposed convolutions as convolutions of stride 1.
#include "weft/Transforms/FormSubpixelConvs.h"

#include "PermuteAxes.h"
#include "dialects/Weft/IR/TensorType.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTFORMSUBPIXELCONVSPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

// Phases of one op at most: each takes its part of the filter.
static constexpr int64_t kMaxPhases = 256;

namespace {

/// One spatial dim. Output pixel o has place u = o + pad; its first one is in row `first` of the places' rows
/// of `stride`, of which `rows` are computed, with `after` input pixels of zeros behind the input.
struct Axis {
  int64_t size, taps, stride, pad, out;
  int64_t first, rows, after;
};

class SubpixelBuilder {
public:
  SubpixelBuilder(RewriterBase &b, ConvTransposeOp op)
      : b(b), op(op), loc(op.getLoc()), groups(op.getGroups()),
        features(typeOf(op.getResult()).getShape().back()) {}

  /// Why it cannot be done; empty if it can.
  StringRef analyse();
  Value build();

private:
  int64_t spatial() const { return axes.size(); }
  /// [N, sizes..] with N of the input.
  Value reshape(Value x, ArrayRef<int64_t> sizes);
  Value slice(Value x, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides);
  /// The filter [F, taps.., C / g] of a phase.
  Value takeFilter(ArrayRef<int64_t> phase);
  Value convolve(Value filter);
  /// Puts the phases, next to each other in the last dim, where they belong.
  Value interleave(Value x);

  RewriterBase &b;
  ConvTransposeOp op;
  Location loc;
  int64_t groups, features;
  SmallVector<Axis> axes;
  int64_t phases = 1;
  bool isEven = true; ///< All phases have equally many taps.
};

} // namespace

StringRef SubpixelBuilder::analyse() {
  RankedTensorType input = typeOf(op.getInput()), filter = typeOf(op.getFilter()), out = op.getType();
  if (op.getLayout() != Layout::nhwc)
    return "its channels are not last";
  if (!filter.hasStaticShape() || ShapedType::isDynamic(features) ||
      llvm::any_of(input.getShape().drop_front(), ShapedType::isDynamic) ||
      llvm::any_of(out.getShape().drop_front(), ShapedType::isDynamic))
    return "its spatial dims or channels are known only at run time";
  if (llvm::is_contained(input.getShape(), 0) || llvm::is_contained(filter.getShape(), 0))
    return "it has no elements";
  for (int64_t i = 0, count = input.getRank() - 2; i < count; ++i) {
    Axis axis = {input.getDimSize(i + 1),
                 filter.getDimSize(i + 1),
                 op.getStrides()[i],
                 op.getPads()[i],
                 out.getDimSize(i + 1),
                 0,
                 0,
                 0};
    if (op.getDilations()[i] != 1)
      return "it is dilated";
    if (axis.pad < 0 || axis.taps < axis.stride || axis.out <= 0)
      return "some output pixels have no taps";
    axis.first = axis.stride == 1 ? axis.pad : 0;
    axis.rows = llvm::divideCeil(axis.pad + axis.out, axis.stride) - axis.first;
    axis.after = axis.rows + axis.first - axis.size;
    if (axis.after < 0 || axis.taps / axis.stride - 1 - axis.first < 0)
      return "it cuts more than its taps reach";
    isEven &= axis.taps % axis.stride == 0;
    phases *= axis.stride;
    axes.push_back(axis);
  }
  return phases > kMaxPhases ? "it has too many phases" : "";
}

Value SubpixelBuilder::reshape(Value x, ArrayRef<int64_t> sizes) {
  SmallVector<DimExpr> dims = {mlir::weft::getDim(typeOf(op.getInput()), 0)};
  for (int64_t size : sizes)
    dims.push_back(DimExpr::constant(size));
  SmallVector<Value> dynamic;
  if (!dims.front().getConstant())
    dynamic.push_back(DimOp::create(b, loc, op.getInput(), 0));
  RankedTensorType type = makeTensorType(dims, typeOf(x).getElementType());
  return type == x.getType() ? x : ReshapeOp::create(b, loc, type, x, dynamic, type.getShape()).getResult();
}

Value SubpixelBuilder::slice(Value x, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes,
                             ArrayRef<int64_t> strides) {
  RankedTensorType type = typeOf(x);
  SmallVector<DimExpr> dims = mlir::weft::getDims(type);
  SmallVector<Value> dynamic;
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    if (ShapedType::isDynamic(size))
      dynamic.push_back(DimOp::create(b, loc, x, axis));
    else
      dims[axis] = DimExpr::constant(size);
  }
  RankedTensorType result = makeTensorType(dims, type.getElementType());
  if (result == type)
    return x;
  return SliceOp::create(b, loc, result, x, ValueRange(), dynamic, offsets, result.getShape(), strides);
}

Value SubpixelBuilder::takeFilter(ArrayRef<int64_t> phase) {
  // [C, taps.., F / g]: every stride-th tap, in reverse.
  Value filter = op.getFilter();
  SmallVector<int64_t> shape(typeOf(filter).getShape()), offsets(shape.size(), 0), strides(shape.size(), 1),
      reversed;
  int64_t C = shape.front(), perGroup = shape.back();
  for (auto [i, axis] : llvm::enumerate(axes)) {
    offsets[i + 1] = phase[i];
    strides[i + 1] = axis.stride;
    shape[i + 1] = llvm::divideCeil(axis.taps - phase[i], axis.stride);
    reversed.push_back(i + 1);
  }
  filter = slice(filter, offsets, shape, strides);
  filter = ReverseOp::create(b, loc, filter.getType(), filter, b.getDenseI64ArrayAttr(reversed));
  auto reshapeStatic = [&](ArrayRef<int64_t> sizes) {
    auto type = RankedTensorType::get(sizes, typeOf(filter).getElementType());
    if (type != filter.getType())
      filter = ReshapeOp::create(b, loc, type, filter, ValueRange(), sizes);
  };
  SmallVector<int64_t> taps(shape.begin() + 1, shape.end() - 1);
  // [g, C / g, taps.., F / g] to [g, F / g, taps.., C / g].
  SmallVector<int64_t> split = {groups, C / groups}, merged = {groups * perGroup};
  split.append(taps);
  split.push_back(perGroup);
  reshapeStatic(split);
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, split.size()));
  std::swap(perm[1], perm.back());
  filter = ::weft::transposeValue(b, loc, filter, perm);
  merged.append(taps);
  merged.push_back(C / groups);
  reshapeStatic(merged);
  return filter;
}

Value SubpixelBuilder::convolve(Value filter) {
  RankedTensorType type = typeOf(filter);
  SmallVector<int64_t> ones(spatial(), 1), pads;
  SmallVector<DimExpr> dims = {mlir::weft::getDim(typeOf(op.getInput()), 0)};
  for (auto [i, axis] : llvm::enumerate(axes)) {
    pads.push_back(type.getDimSize(i + 1) - 1 - axis.first);
    dims.push_back(DimExpr::constant(axis.rows));
  }
  for (const Axis &axis : axes)
    pads.push_back(axis.after);
  dims.push_back(DimExpr::constant(type.getDimSize(0)));
  return ConvOp::create(b, loc, makeTensorType(dims, op.getType().getElementType()), op.getInput(), filter,
                        /*input_zp=*/Value(), /*filter_zp=*/Value(), Layout::nhwc, ones, pads, ones, groups);
}

Value SubpixelBuilder::interleave(Value x) {
  int64_t count = spatial();
  SmallVector<int64_t> split, merged, perm = {0};
  for (const Axis &axis : axes)
    split.push_back(axis.rows);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    split.push_back(axis.stride);
    merged.push_back(axis.rows * axis.stride);
    perm.append({static_cast<int64_t>(i) + 1, static_cast<int64_t>(i) + 1 + count});
  }
  split.push_back(features);
  merged.push_back(features);
  perm.push_back(2 * count + 1);
  if (phases > 1)
    x = reshape(::weft::transposeValue(b, loc, reshape(x, split), perm), merged);
  // From the first place that is an output pixel on.
  SmallVector<int64_t> offsets(count + 2, 0), sizes(op.getType().getShape()), ones(count + 2, 1);
  for (auto [i, axis] : llvm::enumerate(axes))
    offsets[i + 1] = axis.pad - axis.first * axis.stride;
  return slice(x, offsets, sizes, ones);
}

Value SubpixelBuilder::build() {
  SmallVector<Value> filters;
  for (int64_t number = 0; number < phases; ++number) {
    SmallVector<int64_t> phase(axes.size());
    for (int64_t i = spatial() - 1, rest = number; i >= 0; --i) {
      phase[i] = rest % axes[i].stride;
      rest /= axes[i].stride;
    }
    filters.push_back(takeFilter(phase));
  }
  auto concat = [&](ArrayRef<Value> parts, int64_t axis) -> Value {
    if (parts.size() == 1)
      return parts.front();
    SmallVector<DimExpr> dims = mlir::weft::getDims(typeOf(parts.front()));
    int64_t size = 0;
    for (Value part : parts)
      size += typeOf(part).getDimSize(axis);
    dims[axis] = DimExpr::constant(size);
    return ConcatOp::create(b, loc, makeTensorType(dims, typeOf(parts.front()).getElementType()), parts,
                            axis);
  };
  if (isEven && groups == 1)
    return interleave(convolve(concat(filters, 0)));
  SmallVector<Value> parts;
  for (Value filter : filters)
    parts.push_back(convolve(filter));
  return interleave(concat(parts, spatial() + 1));
}

namespace weft {

LogicalResult formSubpixelConvs(RewriterBase &rewriter, ConvTransposeOp op) {
  SubpixelBuilder builder(rewriter, op);
  if (StringRef reason = builder.analyse(); !reason.empty())
    return rewriter.notifyMatchFailure(op, reason);
  rewriter.setInsertionPoint(op);
  rewriter.replaceOp(op, builder.build());
  return success();
}

} // namespace weft

namespace {

struct WeftFormSubpixelConvsPass : ::weft::impl::WeftFormSubpixelConvsPassBase<WeftFormSubpixelConvsPass> {
  void runOnOperation() override {
    SmallVector<ConvTransposeOp> ops;
    getOperation().walk([&](ConvTransposeOp op) { ops.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (ConvTransposeOp op : ops)
      numFormed += succeeded(::weft::formSubpixelConvs(rewriter, op));
  }
};

} // namespace
