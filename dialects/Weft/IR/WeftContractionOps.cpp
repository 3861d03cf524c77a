// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of matmul and convolution ops.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::weft;

//===----------------------------------------------------------------------===//
// Shared by contractions
//===----------------------------------------------------------------------===//

/// Whether elements of these types may be multiplied: equal, or both integers of at most 8 bits.
static bool areContractible(Type lhs, Type rhs) {
  if (lhs == rhs)
    return true;
  auto a = dyn_cast<IntegerType>(lhs), b = dyn_cast<IntegerType>(rhs);
  return a && b && a.getWidth() <= 8 && b.getWidth() <= 8;
}

/// A zero point: one element, `[size]`, or dims that are all 1 but the one at `axis`, which is `size`.
static bool isZeroPointShape(RankedTensorType type, int64_t axis, const DimExpr &size) {
  if (mayBeOneElement(type))
    return true;
  if (type.getRank() == 1)
    return !certainlyDiffer(getDim(type, 0), size);
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (certainlyDiffer(getDim(type, dim), dim == axis ? size : DimExpr::constant(1)) &&
        dim >= type.getRank() - 2)
      return false;
  return true;
}

static LogicalResult verifyZeroPoint(Operation *op, Value zeroPoint, StringRef name, Value of, int64_t axis,
                                     const DimExpr &size, StringRef label) {
  if (!zeroPoint)
    return success();
  Type element = tensorType(of).getElementType();
  if (!isa<IntegerType>(element) || tensorType(zeroPoint).getElementType() != element)
    return op->emitOpError("expected ")
           << name << " to have the integer element type of its operand, but got "
           << tensorType(zeroPoint).getElementType() << " for " << element << " [" << label << "]";
  if (!isZeroPointShape(tensorType(zeroPoint), axis, size))
    return op->emitOpError("expected ")
           << name << " of one element or one per row, column or channel, but got " << zeroPoint.getType()
           << " [" << label << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// matmul, grouped_matmul
//===----------------------------------------------------------------------===//

// Constraints: matmul-C1, matmul-C2, matmul-C3, matmul-C4, matmul-C5.
LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType lhs = tensorType(adaptor.getLhs()), rhs = tensorType(adaptor.getRhs());
  int64_t rank = lhs.getRank();
  if (rank < 2 || rhs.getRank() != rank)
    return inferError(loc, "matmul", 1, "expected operands of equal rank of at least 2, but got ", lhs,
                      " and ", rhs);
  if (!areContractible(lhs.getElementType(), rhs.getElementType()))
    return inferError(loc, "matmul", 2,
                      "expected operands of equal element types or of small integers, but got ",
                      lhs.getElementType(), " and ", rhs.getElementType());
  bool transposeLhs = adaptor.getTransposeLhs(), transposeRhs = adaptor.getTransposeRhs();
  int64_t lhsK = transposeLhs ? rank - 2 : rank - 1, rhsK = transposeRhs ? rank - 1 : rank - 2;
  DimExpr k = getDim(lhs, lhsK), otherK = getDim(rhs, rhsK);
  if (certainlyDiffer(k, otherK))
    return inferError(loc, "matmul", 3, "expected lhs dim ", lhsK, " (", k.str(), ") to equal rhs dim ", rhsK,
                      " (", otherK.str(), ")");
  SmallVector<DimExpr> dims;
  for (int64_t dim = 0; dim < rank - 2; ++dim) {
    std::optional<DimExpr> size = broadcastDim(getDim(lhs, dim), getDim(rhs, dim));
    if (!size)
      return inferError(loc, "matmul", 4, "expected dim ", dim, " of the operands to be equal or 1, but got ",
                        getDim(lhs, dim).str(), " and ", getDim(rhs, dim).str());
    dims.push_back(*size);
  }
  dims.push_back(getDim(lhs, transposeLhs ? rank - 1 : rank - 2));
  dims.push_back(getDim(rhs, transposeRhs ? rank - 2 : rank - 1));
  types.push_back(makeTensorType(dims, getAccumulatorType(lhs.getElementType())));
  return success();
}

// The verifiers run before type inference is checked, which reports wrong ranks (matmul-C1 to matmul-C4).
LogicalResult MatmulOp::verify() {
  RankedTensorType result = getResult().getType();
  int64_t rank = result.getRank();
  if (rank < 2)
    return success();
  if (failed(verifyZeroPoint(*this, getLhsZp(), "lhs_zp", getLhs(), rank - 2, getDim(result, rank - 2),
                             "matmul-C5")))
    return failure();
  return verifyZeroPoint(*this, getRhsZp(), "rhs_zp", getRhs(), rank - 1, getDim(result, rank - 1),
                         "matmul-C5");
}

/// (b m k), (b k n) -> (b m n) with the factors in the order b.., m, n, k; a batch dim of size 1 carries no
/// factor.
static DimMap matmulDimMap(RankedTensorType lhs, RankedTensorType rhs, bool transposeLhs, bool transposeRhs) {
  int64_t rank = lhs.getRank(), batch = rank - 2, m = batch, n = batch + 1, k = batch + 2;
  DimMap map;
  map.kinds.assign(batch + 2, FactorKind::Parallel);
  map.kinds.push_back(FactorKind::Reduce);
  SmallVector<int64_t> a, b, c;
  for (int64_t dim = 0; dim < batch; ++dim) {
    bool lhsOne = lhs.getDimSize(dim) == 1, rhsOne = rhs.getDimSize(dim) == 1;
    a.push_back(lhsOne && !rhsOne ? kNoFactor : dim);
    b.push_back(rhsOne && !lhsOne ? kNoFactor : dim);
    c.push_back(dim);
  }
  a.append(transposeLhs ? std::initializer_list<int64_t>{k, m} : std::initializer_list<int64_t>{m, k});
  b.append(transposeRhs ? std::initializer_list<int64_t>{n, k} : std::initializer_list<int64_t>{k, n});
  c.append({m, n});
  map.operands = {a, b};
  map.results = {c};
  return map;
}

/// The factors of a zero point whose rows or columns carry `factor`.
static SmallVector<int64_t> zeroPointFactors(RankedTensorType type, int64_t axisFromEnd, int64_t factor) {
  SmallVector<int64_t> factors(type.getRank(), kNoFactor);
  if (type.getRank() == 1 && type.getDimSize(0) != 1)
    factors[0] = factor;
  else if (type.getRank() >= axisFromEnd && type.getRank() > 1 &&
           type.getDimSize(type.getRank() - axisFromEnd) != 1)
    factors[type.getRank() - axisFromEnd] = factor;
  return factors;
}

FailureOr<DimMap> MatmulOp::getDimMap() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  DimMap map = matmulDimMap(lhs, rhs, getTransposeLhs(), getTransposeRhs());
  int64_t batch = lhs.getRank() - 2;
  if (Value zp = getLhsZp())
    map.operands.push_back(zeroPointFactors(tensorType(zp), 2, batch));
  if (Value zp = getRhsZp())
    map.operands.push_back(zeroPointFactors(tensorType(zp), 1, batch + 1));
  return map;
}

namespace {
/// Takes a transpose of the last two dims of an operand into the op.
struct AbsorbTranspose : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  static Value swapped(Value operand) {
    auto transpose = operand.getDefiningOp<TransposeOp>();
    if (!transpose)
      return {};
    ArrayRef<int64_t> perm = transpose.getPerm();
    int64_t rank = perm.size();
    for (int64_t dim = 0; dim < rank - 2; ++dim)
      if (perm[dim] != dim)
        return {};
    return rank >= 2 && perm[rank - 2] == rank - 1 ? transpose.getX() : Value();
  }

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    Value lhs = swapped(op.getLhs()), rhs = swapped(op.getRhs());
    if (!lhs && !rhs)
      return rewriter.notifyMatchFailure(op, "no operand is a transpose of the last two dims");
    rewriter.modifyOpInPlace(op, [&] {
      if (lhs) {
        op.getLhsMutable().assign(lhs);
        op.setTransposeLhs(!op.getTransposeLhs());
      }
      if (rhs) {
        op.getRhsMutable().assign(rhs);
        op.setTransposeRhs(!op.getTransposeRhs());
      }
    });
    return success();
  }
};
} // namespace

void MatmulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AbsorbTranspose>(context);
}

// Constraints: grouped_matmul-C1, grouped_matmul-C2, grouped_matmul-C3, grouped_matmul-C4.
LogicalResult GroupedMatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  RankedTensorType lhs = tensorType(adaptor.getLhs()), rhs = tensorType(adaptor.getRhs()),
                   sizes = tensorType(adaptor.getSizes());
  if (lhs.getRank() != 2 || rhs.getRank() != 3 || sizes.getRank() != 1)
    return inferError(loc, "grouped_matmul", 1, "expected lhs, rhs and sizes of rank 2, 3 and 1, but got ",
                      lhs, ", ", rhs, " and ", sizes);
  if (!areContractible(lhs.getElementType(), rhs.getElementType()))
    return inferError(loc, "grouped_matmul", 2,
                      "expected operands of equal element types or of small integers, but got ",
                      lhs.getElementType(), " and ", rhs.getElementType());
  int64_t rhsK = adaptor.getTransposeRhs() ? 2 : 1;
  if (certainlyDiffer(getDim(lhs, 1), getDim(rhs, rhsK)))
    return inferError(loc, "grouped_matmul", 3, "expected lhs dim 1 (", getDim(lhs, 1).str(),
                      ") to equal rhs dim ", rhsK, " (", getDim(rhs, rhsK).str(), ")");
  if (certainlyDiffer(getDim(sizes, 0), getDim(rhs, 0)))
    return inferError(loc, "grouped_matmul", 4, "expected sizes dim 0 (", getDim(sizes, 0).str(),
                      ") to equal rhs dim 0 (", getDim(rhs, 0).str(), ")");
  types.push_back(
      makeTensorType({getDim(lhs, 0), getDim(rhs, 3 - rhsK)}, getAccumulatorType(lhs.getElementType())));
  return success();
}

LogicalResult GroupedMatmulOp::verify() { return success(); }

FailureOr<DimMap> GroupedMatmulOp::getDimMap() {
  // Factors: rows (whole: a group starts anywhere), columns, k, groups.
  DimMap map;
  map.kinds = {FactorKind::Whole, FactorKind::Parallel, FactorKind::Reduce, FactorKind::Reduce};
  SmallVector<int64_t> rhs = {3, 2, 1};
  if (getTransposeRhs())
    std::swap(rhs[1], rhs[2]);
  map.operands = {{0, 2}, rhs, {3}};
  map.results = {{0, 1}};
  return map;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
/// Where the dims with roles lie.
struct ImageDims {
  ImageDims(Layout layout, int64_t rank) : spatialRank(rank - 2) {
    channel = layout == Layout::nchw ? 1 : rank - 1;
    spatial = layout == Layout::nchw ? 2 : 1;
  }
  int64_t spatialRank, channel, spatial;
};
} // namespace

/// Checks of all convolutions: ranks, element types, lengths and signs of the attributes.
static LogicalResult checkConv(std::optional<Location> loc, StringRef op, RankedTensorType input,
                               RankedTensorType filter, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                               ArrayRef<int64_t> dilations, int64_t groups, bool allowNegativePads) {
  int64_t rank = input.getRank();
  if (rank < 3 || rank > 5 || filter.getRank() != rank)
    return inferError(loc, op, 1, "expected input and filter of equal rank from 3 to 5, but got ", input,
                      " and ", filter);
  if (!areContractible(input.getElementType(), filter.getElementType()))
    return inferError(loc, op, 2, "expected operands of equal element types or of small integers, but got ",
                      input.getElementType(), " and ", filter.getElementType());
  int64_t spatial = rank - 2;
  if (static_cast<int64_t>(strides.size()) != spatial || static_cast<int64_t>(dilations.size()) != spatial ||
      static_cast<int64_t>(pads.size()) != 2 * spatial)
    return inferError(loc, op, 3, "expected ", spatial, " strides, ", spatial, " dilations and ", 2 * spatial,
                      " pads, but got ", strides.size(), ", ", dilations.size(), " and ", pads.size());
  auto isPositive = [](int64_t value) { return value >= 1; };
  if (!llvm::all_of(strides, isPositive) || !llvm::all_of(dilations, isPositive) || groups < 1)
    return inferError(loc, op, 4, "expected positive strides, dilations and groups, but got one below 1");
  if (!allowNegativePads && llvm::any_of(pads, [](int64_t pad) { return pad < 0; }))
    return inferError(loc, op, 4, "expected pads of at least 0, but got a negative one");
  return success();
}

/// Checks that input channels are `groups` times the filter's and that the filters divide by the groups.
static LogicalResult checkConvChannels(std::optional<Location> loc, StringRef op,
                                       const DimExpr &inputChannels, const DimExpr &filterChannels,
                                       const DimExpr &filters, int64_t groups) {
  DimExpr wanted = filterChannels * DimExpr::constant(groups);
  if (certainlyDiffer(inputChannels, wanted))
    return inferError(loc, op, 5, "expected input channels (", inputChannels.str(),
                      ") to equal filter channels (", filterChannels.str(), ") times groups (", groups, ")");
  if (std::optional<int64_t> count = filters.getConstant(); count && *count % groups != 0)
    return inferError(loc, op, 6, "expected the number of filters (", *count,
                      ") to be a multiple of groups (", groups, ")");
  return success();
}

// Constraints: conv-C1, conv-C2, conv-C3, conv-C4, conv-C5, conv-C6, conv-C7, conv-C8.
LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput()), filter = tensorType(adaptor.getFilter());
  int64_t groups = adaptor.getGroups();
  ArrayRef<int64_t> strides = adaptor.getStrides(), pads = adaptor.getPads(),
                    dilations = adaptor.getDilations();
  if (failed(checkConv(loc, "conv", input, filter, strides, pads, dilations, groups,
                       /*allowNegativePads=*/false)))
    return failure();
  ImageDims at(adaptor.getLayout(), input.getRank());
  if (failed(checkConvChannels(loc, "conv", getDim(input, at.channel), getDim(filter, at.channel),
                               getDim(filter, 0), groups)))
    return failure();
  SmallVector<DimExpr> dims(input.getRank());
  dims[0] = getDim(input, 0);
  dims[at.channel] = getDim(filter, 0);
  for (int64_t i = 0; i < at.spatialRank; ++i) {
    DimExpr size = windowDim(getDim(input, at.spatial + i), getDim(filter, at.spatial + i), strides[i],
                             dilations[i], pads[i] + pads[i + at.spatialRank]);
    if (std::optional<int64_t> count = size.getConstant(); count && *count < 0)
      return inferError(loc, "conv", 7, "expected spatial dim ", i, " (", getDim(input, at.spatial + i).str(),
                        ") with its pads to hold the filter (", getDim(filter, at.spatial + i).str(), ")");
    dims[at.spatial + i] = size;
  }
  types.push_back(makeTensorType(dims, getAccumulatorType(input.getElementType())));
  return success();
}

LogicalResult ConvOp::verify() {
  if (getFilter().getType().getRank() == 0)
    return success();
  if (failed(
          verifyZeroPoint(*this, getInputZp(), "input_zp", getInput(), -1, DimExpr::constant(1), "conv-C8")))
    return failure();
  return verifyZeroPoint(*this, getFilterZp(), "filter_zp", getFilter(), 0, getDim(getFilter().getType(), 0),
                         "conv-C8");
}

/// Factors: n, f, one per spatial dim (window), then c and the taps (reduce). A depthwise channel is one
/// parallel factor; the channels of other grouped convolutions carry none.
static DimMap convDimMap(ImageDims at, int64_t groups, bool depthwise) {
  int64_t rank = at.spatialRank + 2, c = rank, taps = rank + 1;
  DimMap map;
  map.kinds.assign(2, FactorKind::Parallel);
  map.kinds.append(at.spatialRank, FactorKind::Window);
  map.kinds.append(1 + at.spatialRank, FactorKind::Reduce);
  SmallVector<int64_t> input(rank), filter(rank), result(rank);
  input[0] = result[0] = 0;
  filter[0] = result[at.channel] = depthwise || groups == 1 ? 1 : kNoFactor;
  input[at.channel] = depthwise ? 1 : groups == 1 ? c : kNoFactor;
  filter[at.channel] = depthwise ? kNoFactor : groups == 1 ? c : kNoFactor;
  for (int64_t i = 0; i < at.spatialRank; ++i) {
    input[at.spatial + i] = result[at.spatial + i] = 2 + i;
    filter[at.spatial + i] = taps + i;
  }
  map.operands = {input, filter};
  map.results = {result};
  return map;
}

FailureOr<DimMap> ConvOp::getDimMap() {
  RankedTensorType filter = getFilter().getType();
  int64_t groups = getGroups();
  ImageDims at(getLayout(), filter.getRank());
  bool depthwise = groups > 1 && filter.getDimSize(at.channel) == 1 && filter.getDimSize(0) == groups;
  DimMap map = convDimMap(at, groups, depthwise);
  if (Value zp = getInputZp())
    map.operands.push_back(SmallVector<int64_t>(tensorType(zp).getRank(), kNoFactor));
  if (Value zp = getFilterZp()) {
    SmallVector<int64_t> factors(tensorType(zp).getRank(), kNoFactor);
    if (factors.size() == 1 && tensorType(zp).getDimSize(0) != 1)
      factors[0] = map.operands[1][0];
    map.operands.push_back(factors);
  }
  return map;
}

namespace {
/// Takes a constant zero pad of the spatial dims into the op.
struct AbsorbPad : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || pad.getMode() != PadMode::constant || op.getInputZp())
      return rewriter.notifyMatchFailure(op, "the input is not a constant pad, or has a zero point");
    if (!pad.getLo().empty() || !pad.getHi().empty())
      return rewriter.notifyMatchFailure(op, "the pads are not static");
    if (Value value = pad.getValue();
        value && !matchPattern(value, m_AnyZeroFloat()) && !matchPattern(value, m_Zero()))
      return rewriter.notifyMatchFailure(op, "the padded value is not a constant zero");
    ImageDims at(op.getLayout(), op.getInput().getType().getRank());
    ArrayRef<int64_t> lo = pad.getStaticLo(), hi = pad.getStaticHi();
    if (lo[0] || hi[0] || lo[at.channel] || hi[at.channel])
      return rewriter.notifyMatchFailure(op, "it pads the batch or the channels");
    SmallVector<int64_t> pads(op.getPads());
    for (int64_t i = 0; i < at.spatialRank; ++i) {
      pads[i] += lo[at.spatial + i];
      pads[i + at.spatialRank] += hi[at.spatial + i];
    }
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(pad.getX());
      op.setPads(pads);
    });
    return success();
  }
};
} // namespace

void ConvOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AbsorbPad>(context);
}

// Constraints: conv_transpose-C1, conv_transpose-C2, conv_transpose-C3, conv_transpose-C4,
// conv_transpose-C5, conv_transpose-C6, conv_transpose-C7.
LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput()), filter = tensorType(adaptor.getFilter());
  int64_t groups = adaptor.getGroups();
  ArrayRef<int64_t> strides = adaptor.getStrides(), pads = adaptor.getPads(),
                    dilations = adaptor.getDilations(), extra = adaptor.getOutputPadding();
  if (failed(checkConv(loc, "conv_transpose", input, filter, strides, pads, dilations, groups,
                       /*allowNegativePads=*/true)))
    return failure();
  ImageDims at(adaptor.getLayout(), input.getRank());
  if (static_cast<int64_t>(extra.size()) != at.spatialRank)
    return inferError(loc, "conv_transpose", 3, "expected ", at.spatialRank,
                      " entries of output_padding, but got ", extra.size());
  DimExpr channels = getDim(input, at.channel);
  if (certainlyDiffer(channels, getDim(filter, 0)))
    return inferError(loc, "conv_transpose", 5, "expected input channels (", channels.str(),
                      ") to equal filter dim 0 (", getDim(filter, 0).str(), ")");
  if (std::optional<int64_t> count = channels.getConstant(); count && *count % groups != 0)
    return inferError(loc, "conv_transpose", 6, "expected input channels (", *count,
                      ") to be a multiple of groups (", groups, ")");
  SmallVector<DimExpr> dims(input.getRank());
  dims[0] = getDim(input, 0);
  dims[at.channel] = getDim(filter, at.channel) * DimExpr::constant(groups);
  for (int64_t i = 0; i < at.spatialRank; ++i) {
    DimExpr one = DimExpr::constant(1);
    dims[at.spatial + i] = DimExpr::constant(strides[i]) * (getDim(input, at.spatial + i) - one) +
                           DimExpr::constant(dilations[i]) * (getDim(filter, at.spatial + i) - one) +
                           DimExpr::constant(extra[i] + 1 - pads[i] - pads[i + at.spatialRank]);
    if (std::optional<int64_t> count = dims[at.spatial + i].getConstant(); count && *count < 0)
      return inferError(loc, "conv_transpose", 7, "expected pads of spatial dim ", i,
                        " to leave a result, but got size ", *count);
  }
  types.push_back(makeTensorType(dims, getAccumulatorType(input.getElementType())));
  return success();
}

LogicalResult ConvTransposeOp::verify() { return success(); }

FailureOr<DimMap> ConvTransposeOp::getDimMap() {
  ImageDims at(getLayout(), getInput().getType().getRank());
  DimMap map = convDimMap(at, getGroups(), /*depthwise=*/false);
  // The filter is stored with the input channels first.
  std::swap(map.operands[1][0], map.operands[1][at.channel]);
  return map;
}

// Constraints: deform_conv-C1, deform_conv-C2, deform_conv-C3, deform_conv-C4, deform_conv-C5,
// deform_conv-C6, deform_conv-C7, deform_conv-C8, deform_conv-C9.
LogicalResult DeformConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput()), filter = tensorType(adaptor.getFilter()),
                   offset = tensorType(adaptor.getOffset());
  ArrayRef<int64_t> strides = adaptor.getStrides(), pads = adaptor.getPads(),
                    dilations = adaptor.getDilations();
  int64_t groups = adaptor.getGroups(), offsetGroups = adaptor.getOffsetGroups();
  if (failed(checkConv(loc, "deform_conv", input, filter, strides, pads, dilations, groups,
                       /*allowNegativePads=*/false)))
    return failure();
  if (input.getRank() != 4 || offset.getRank() != 4 || offsetGroups < 1)
    return inferError(loc, "deform_conv", 1,
                      "expected input and offset of rank 4 and positive offset_groups, but got ", input,
                      " and ", offset);
  ImageDims at(adaptor.getLayout(), 4);
  if (failed(checkConvChannels(loc, "deform_conv", getDim(input, at.channel), getDim(filter, at.channel),
                               getDim(filter, 0), groups)))
    return failure();
  DimExpr taps =
      getDim(filter, at.spatial) * getDim(filter, at.spatial + 1) * DimExpr::constant(offsetGroups);
  if (certainlyDiffer(getDim(offset, at.channel), taps * DimExpr::constant(2)))
    return inferError(loc, "deform_conv", 7,
                      "expected two offset channels per tap and offset group, but got ",
                      getDim(offset, at.channel).str());
  SmallVector<DimExpr> dims(4);
  dims[0] = getDim(input, 0);
  dims[at.channel] = getDim(filter, 0);
  for (int64_t i = 0; i < 2; ++i) {
    DimExpr size = windowDim(getDim(input, at.spatial + i), getDim(filter, at.spatial + i), strides[i],
                             dilations[i], pads[i] + pads[i + 2]);
    if (certainlyDiffer(size, getDim(offset, at.spatial + i)))
      return inferError(loc, "deform_conv", 8, "expected offset dim ", at.spatial + i, " to be ", size.str(),
                        ", but got ", getDim(offset, at.spatial + i).str());
    dims[at.spatial + i] = joinDims(size, getDim(offset, at.spatial + i));
  }
  types.push_back(makeTensorType(dims, getAccumulatorType(input.getElementType())));
  return success();
}

LogicalResult DeformConvOp::verify() {
  if (!getMask() || getOffset().getType().getRank() != 4)
    return success();
  ImageDims at(getLayout(), 4);
  RankedTensorType mask = tensorType(getMask()), offset = getOffset().getType();
  if (mask.getRank() != 4 ||
      certainlyDiffer(getDim(mask, at.channel) * DimExpr::constant(2), getDim(offset, at.channel)))
    return emitOpError("expected a mask of rank 4 with one channel per tap and offset group, but got ")
           << mask << " [deform_conv-C9]";
  return success();
}

FailureOr<DimMap> DeformConvOp::getDimMap() {
  ImageDims at(getLayout(), 4);
  DimMap map = convDimMap(at, getGroups(), /*depthwise=*/false);
  SmallVector<int64_t> offset(4, kNoFactor);
  offset[0] = 0;
  for (int64_t i = 0; i < 2; ++i) {
    // Offsets reach any place of the image.
    map.kinds[2 + i] = FactorKind::Whole;
    map.operands[0][at.spatial + i] = kNoFactor;
    offset[at.spatial + i] = 2 + i;
  }
  map.operands.push_back(offset);
  if (getMask())
    map.operands.push_back(offset);
  return map;
}
