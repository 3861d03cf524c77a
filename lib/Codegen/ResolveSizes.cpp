// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rewrites what a kernel reads off the shape of memory into arithmetic on its index arguments.
#include "weft/Codegen/KernelToLLVM.h"
#include "weft/Codegen/Passes.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace {

/// Follows memory through views to where its sizes are known.
class SizeResolver {
public:
  SizeResolver(RewriterBase &rewriter, kernel::FuncOp func) : rewriter(rewriter), func(func) {}

  /// Size of dim `axis` of `memory`, built at the insertion point; null when a view is of a kind that is not
  /// followed.
  Value resolve(Location loc, Value memory, int64_t axis) {
    auto type = cast<MemRefType>(memory.getType());
    if (!type.isDynamicDim(axis))
      return arith::ConstantIndexOp::create(rewriter, loc, type.getDimSize(axis));
    int64_t position = type.getDynamicDimIndex(axis);
    if (auto argument = dyn_cast<BlockArgument>(memory)) {
      if (argument.getOwner() != &func.getBody().front())
        return {};
      return func.getArgument(func.getArgDims(argument.getArgNumber())[position]);
    }
    Operation *op = memory.getDefiningOp();
    if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
      Value product;
      SmallVector<ReassociationIndices> groups = collapse.getReassociationIndices();
      for (int64_t source : groups[axis]) {
        Value size = resolve(loc, collapse.getSrc(), source);
        if (!size)
          return {};
        product = product ? arith::MulIOp::create(rewriter, loc, product, size).getResult() : size;
      }
      return product;
    }
    if (auto expand = dyn_cast<memref::ExpandShapeOp>(op))
      return expand.getOutputShape()[position];
    if (auto subview = dyn_cast<memref::SubViewOp>(op)) {
      llvm::SmallBitVector dropped = subview.getDroppedDims();
      int64_t kept = 0;
      for (auto [i, size] : llvm::enumerate(subview.getMixedSizes()))
        if (!dropped.test(i) && kept++ == axis)
          return getValueOrCreateConstantIndexOp(rewriter, loc, size);
      return {};
    }
    if (auto cast = dyn_cast<memref::CastOp>(op))
      return isa<MemRefType>(cast.getSource().getType()) ? resolve(loc, cast.getSource(), axis) : Value();
    if (auto reinterpret = dyn_cast<memref::ReinterpretCastOp>(op))
      return getValueOrCreateConstantIndexOp(rewriter, loc, reinterpret.getMixedSizes()[axis]);
    if (auto alloc = dyn_cast<memref::AllocOp>(op))
      return alloc.getDynamicSizes()[position];
    if (auto alloca = dyn_cast<memref::AllocaOp>(op))
      return alloca.getDynamicSizes()[position];
    return {};
  }

  /// Makes an expansion of dense memory a plain reinterpretation: upstream's lowering knows one unknown size
  /// per expanded dim only, and crashes on two.
  void reinterpret(memref::ExpandShapeOp expand) {
    MemRefType type = expand.getResultType();
    if (type.hasStaticShape() || !type.getLayout().isIdentity())
      return;
    Location loc = expand.getLoc();
    SmallVector<OpFoldResult> sizes =
        getMixedValues(type.getShape(), expand.getOutputShape(), rewriter.getContext());
    SmallVector<OpFoldResult> strides(type.getRank());
    Value stride = arith::ConstantIndexOp::create(rewriter, loc, 1);
    for (int64_t axis = type.getRank(); axis-- > 0;) {
      strides[axis] = getAsOpFoldResult(stride);
      Value size = getValueOrCreateConstantIndexOp(rewriter, loc, sizes[axis]);
      stride = rewriter.createOrFold<arith::MulIOp>(loc, stride, size);
    }
    Value view = memref::ReinterpretCastOp::create(rewriter, loc, expand.getSrc(), rewriter.getIndexAttr(0),
                                                   sizes, strides);
    rewriter.replaceOpWithNewOp<memref::CastOp>(expand, type, view);
  }

private:
  RewriterBase &rewriter;
  kernel::FuncOp func;
};

} // namespace

void weft::resolveSizes(RewriterBase &rewriter, kernel::FuncOp func) {
  SmallVector<memref::DimOp> dims;
  func.walk([&](memref::DimOp dim) { dims.push_back(dim); });
  SizeResolver resolver(rewriter, func);
  for (memref::DimOp dim : dims) {
    std::optional<int64_t> axis = dim.getConstantIndex();
    if (!axis || !isa<MemRefType>(dim.getSource().getType()))
      continue;
    rewriter.setInsertionPoint(dim);
    if (Value size = resolver.resolve(dim.getLoc(), dim.getSource(), *axis))
      rewriter.replaceOp(dim, size);
  }
  SmallVector<memref::ExpandShapeOp> expansions;
  func.walk([&](memref::ExpandShapeOp expand) { expansions.push_back(expand); });
  for (memref::ExpandShapeOp expand : expansions) {
    rewriter.setInsertionPoint(expand);
    resolver.reinterpret(expand);
  }
}
