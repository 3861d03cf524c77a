// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves transposes behind reshapes that split and merge dims.
#include "PermuteAxes.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Transforms/ChooseLayout.h"

using namespace mlir;
using namespace mlir::weft;

namespace {

/// Neighbouring dims of a reshape's operand that become neighbouring dims of its result: [begin, end) each.
struct DimGroup {
  int64_t inBegin, inEnd, outBegin, outEnd;
};

} // namespace

/// The smallest groups, in order; empty when sizes of 1 leave some dims without a group.
static SmallVector<DimGroup> groupDims(ArrayRef<int64_t> in, ArrayRef<int64_t> out) {
  SmallVector<DimGroup> groups;
  int64_t i = 0, o = 0, inRank = in.size(), outRank = out.size();
  while (i < inRank && o < outRank) {
    DimGroup group = {i, i + 1, o, o + 1};
    int64_t inSize = in[i++], outSize = out[o++];
    while (inSize != outSize) {
      if (inSize < outSize && i < inRank)
        inSize *= in[i++];
      else if (inSize > outSize && o < outRank)
        outSize *= out[o++];
      else
        return {};
    }
    group.inEnd = i;
    group.outEnd = o;
    groups.push_back(group);
  }
  return i == inRank && o == outRank ? groups : SmallVector<DimGroup>();
}

namespace weft {

LogicalResult sinkTransposeThroughReshape(RewriterBase &rewriter, ReshapeOp op,
                                          ArrayRef<int64_t> preferredPerm) {
  auto transpose = op.getX().getDefiningOp<TransposeOp>();
  if (!transpose || !transpose->hasOneUse())
    return rewriter.notifyMatchFailure(op, "no transpose of its own is before it");
  auto sourceType = cast<RankedTensorType>(transpose.getX().getType());
  auto inType = cast<RankedTensorType>(op.getX().getType()), outType = cast<RankedTensorType>(op.getType());
  if (!inType.hasStaticShape() || !outType.hasStaticShape() || inType.getNumElements() == 0)
    return rewriter.notifyMatchFailure(op, "a size is unknown");
  SmallVector<DimGroup> groups = groupDims(inType.getShape(), outType.getShape());
  if (groups.empty())
    return rewriter.notifyMatchFailure(op, "its dims do not fall into groups");
  // The groups in the order in which their first dims lie in the source.
  ArrayRef<int64_t> perm = transpose.getPerm();
  SmallVector<DimGroup> bySource(groups);
  auto firstInSource = [&](const DimGroup &group) {
    return *std::min_element(perm.begin() + group.inBegin, perm.begin() + group.inEnd);
  };
  llvm::sort(bySource,
             [&](const DimGroup &a, const DimGroup &b) { return firstInSource(a) < firstInSource(b); });
  // source -> inner: the dims of each group together and in the reshape's order -> reshaped -> outer.
  SmallVector<int64_t> inner, shape, outer(outType.getRank());
  for (const DimGroup &group : bySource) {
    inner.append(perm.begin() + group.inBegin, perm.begin() + group.inEnd);
    for (int64_t dim = group.outBegin; dim < group.outEnd; ++dim) {
      outer[dim] = shape.size();
      shape.push_back(outType.getDimSize(dim));
    }
  }
  if (llvm::is_sorted(outer))
    return rewriter.notifyMatchFailure(op, "no transpose would be behind it");
  // Two transposes pay if the second one vanishes.
  SmallVector<int64_t> undone = invertPermutation(outer);
  auto isUndone = [&](Operation *user) {
    auto next = dyn_cast<TransposeOp>(user);
    return next && next.getPerm() == ArrayRef(undone);
  };
  bool hasInner = !llvm::is_sorted(inner);
  if (hasInner && !llvm::all_of(op->getUsers(), isUndone))
    return rewriter.notifyMatchFailure(op, "it would take two transposes");
  bool meetsTransposes = llvm::all_of(op->getUsers(), [](Operation *user) { return isa<TransposeOp>(user); });
  if (!meetsTransposes && ArrayRef(outer) != preferredPerm)
    return rewriter.notifyMatchFailure(op, "the transpose behind it would be no change of layout");
  rewriter.setInsertionPoint(op);
  Value source = transpose.getX();
  if (hasInner)
    source = transposeValue(rewriter, transpose.getLoc(), source, inner);
  auto reshapedType = RankedTensorType::get(shape, sourceType.getElementType());
  Value reshaped = ReshapeOp::create(rewriter, op.getLoc(), reshapedType, source, ValueRange(), shape);
  Value result = transposeValue(rewriter, transpose.getLoc(), reshaped, outer);
  result.setType(outType);
  rewriter.replaceOp(op, result);
  return success();
}

} // namespace weft
