// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits kernels that only move data, slices put side by side or taken out, over tasks.
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "weft/Codegen/TileAndFuse.h"

using namespace mlir;

namespace {

/// Slices that together make a tensor, in program order.
struct Concatenation {
  SmallVector<tensor::InsertSliceOp> parts;
  tensor::EmptyOp whole;
  /// Dims that every part has whole.
  SmallVector<bool> isShared;
};

} // namespace

/// The parts of `value`; none when it is no chain of slices of full rank, static and without strides, put
/// into an empty tensor.
static Concatenation findParts(Value value) {
  Concatenation result;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return result;
  result.isShared.assign(type.getRank(), true);
  while (auto insert = value.getDefiningOp<tensor::InsertSliceOp>()) {
    bool isPlain = insert.getSourceType().hasStaticShape() &&
                   insert.getSourceType().getRank() == type.getRank() && insert->hasOneUse() &&
                   llvm::none_of(insert.getStaticOffsets(), ShapedType::isDynamic) &&
                   llvm::all_of(insert.getStaticStrides(), [](int64_t stride) { return stride == 1; });
    if (!isPlain)
      return {};
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      result.isShared[dim] &= insert.getStaticSizes()[dim] == type.getDimSize(dim);
    result.parts.push_back(insert);
    value = insert.getDest();
  }
  std::reverse(result.parts.begin(), result.parts.end());
  result.whole = value.getDefiningOp<tensor::EmptyOp>();
  return result;
}

/// Tile sizes of all dims, which divide them, so that a task moves about `points` elements: shared dims are
/// cut, the outer ones first; the innermost one stays whole.
static SmallVector<int64_t> chooseTiles(RankedTensorType type, ArrayRef<bool> isShared, int64_t points) {
  SmallVector<int64_t> tiles(type.getShape());
  int64_t elements = type.getNumElements();
  for (int64_t dim = 0; dim + 1 < type.getRank() && elements > points; ++dim) {
    if (!isShared[dim])
      continue;
    int64_t size = tiles[dim], wanted = std::clamp<int64_t>(points / (elements / size), 1, size);
    while (size % wanted != 0)
      --wanted;
    tiles[dim] = wanted;
    elements = elements / size * wanted;
  }
  return tiles;
}

bool weft::splitConcatenation(RewriterBase &rewriter, Value result, int64_t points) {
  Concatenation found = findParts(result);
  auto type = dyn_cast<RankedTensorType>(result.getType());
  if (!found.whole || found.parts.empty() || type.getNumElements() == 0)
    return false;
  SmallVector<int64_t> tiles = chooseTiles(type, found.isShared, points), cut;
  SmallVector<OpFoldResult> zeros, ends, steps;
  for (auto [dim, tile] : llvm::enumerate(tiles)) {
    if (tile == type.getDimSize(dim))
      continue;
    cut.push_back(dim);
    zeros.push_back(rewriter.getIndexAttr(0));
    ends.push_back(rewriter.getIndexAttr(type.getDimSize(dim)));
    steps.push_back(rewriter.getIndexAttr(tile));
  }
  if (cut.empty())
    return false;
  Operation *last = found.parts.back();
  Location loc = last->getLoc();
  rewriter.setInsertionPoint(last);
  auto forall = scf::ForallOp::create(rewriter, loc, zeros, ends, steps, ValueRange{found.whole.getResult()},
                                      std::nullopt);
  SmallVector<OpFoldResult> strides(type.getRank(), rewriter.getIndexAttr(1));
  struct Moved {
    Value slice;
    SmallVector<OpFoldResult> offsets, sizes;
  };
  SmallVector<Moved> moved;
  rewriter.setInsertionPoint(forall.getTerminator());
  for (tensor::InsertSliceOp part : found.parts) {
    SmallVector<OpFoldResult> from(type.getRank(), rewriter.getIndexAttr(0)), to = part.getMixedOffsets(),
                                                                              sizes = part.getMixedSizes();
    for (auto [number, dim] : llvm::enumerate(cut)) {
      from[dim] = to[dim] = forall.getInductionVar(number);
      sizes[dim] = rewriter.getIndexAttr(tiles[dim]);
    }
    Value slice = tensor::ExtractSliceOp::create(rewriter, loc, part.getSource(), from, sizes, strides);
    moved.push_back({slice, to, sizes});
  }
  rewriter.setInsertionPointToEnd(forall.getTerminator().getBody());
  for (Moved &part : moved)
    tensor::ParallelInsertSliceOp::create(rewriter, loc, part.slice, forall.getRegionIterArgs().front(),
                                          part.offsets, part.sizes, strides);
  rewriter.replaceAllUsesWith(last->getResult(0), forall.getResult(0));
  for (tensor::InsertSliceOp part : llvm::reverse(found.parts))
    rewriter.eraseOp(part);
  return true;
}

void weft::copyReturnedSlices(RewriterBase &rewriter, kernel::FuncOp func) {
  for (OpOperand &operand : func.getBody().front().getTerminator()->getOpOperands()) {
    auto slice = operand.get().getDefiningOp<tensor::ExtractSliceOp>();
    if (!slice || !slice.getType().hasStaticShape() || slice.getType().getRank() == 0)
      continue;
    rewriter.setInsertionPointAfter(slice);
    RankedTensorType type = slice.getType();
    Value empty = tensor::EmptyOp::create(rewriter, slice.getLoc(), type.getShape(), type.getElementType());
    AffineMap map = rewriter.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> kinds(type.getRank(), utils::IteratorType::parallel);
    auto copy = linalg::GenericOp::create(
        rewriter, slice.getLoc(), TypeRange{type}, ValueRange{slice}, ValueRange{empty},
        ArrayRef<AffineMap>{map, map}, kinds,
        [](OpBuilder &b, Location loc, ValueRange args) { linalg::YieldOp::create(b, loc, args[0]); });
    rewriter.modifyOpInPlace(operand.getOwner(), [&] { operand.set(copy.getResult(0)); });
  }
}
