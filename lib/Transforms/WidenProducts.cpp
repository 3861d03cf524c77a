// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes convolutions and recurrent cells of half precision in f32.
#include "weft/Transforms/WidenProducts.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTWIDENPRODUCTSPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

static bool isWidened(Operation *op) { return isa<ConvOp, ConvTransposeOp, LstmOp, GruOp, RnnOp>(op); }

/// The type with elements of f32 in place of f16 and bf16; null for others.
static RankedTensorType getWideType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !(tensor.getElementType().isF16() || tensor.getElementType().isBF16()))
    return {};
  return RankedTensorType::get(tensor.getShape(), Float32Type::get(type.getContext()), tensor.getEncoding());
}

namespace weft {

LogicalResult widenProduct(RewriterBase &rewriter, Operation *op) {
  if (llvm::none_of(op->getOperandTypes(), getWideType) && llvm::none_of(op->getResultTypes(), getWideType))
    return rewriter.notifyMatchFailure(op, "it has nothing of half precision");
  rewriter.setInsertionPoint(op);
  Location loc = op->getLoc();
  Type f32 = rewriter.getF32Type();
  SmallVector<Value> operands(op->getOperands());
  for (Value &operand : operands)
    if (RankedTensorType type = getWideType(operand.getType()))
      operand = CastOp::create(rewriter, loc, type, operand, f32, /*saturate=*/true, CastRound::up);
  Operation *wide = rewriter.clone(*op);
  wide->setOperands(operands);
  SmallVector<Value> results;
  for (Value result : wide->getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    RankedTensorType wideType = getWideType(type);
    if (wideType) {
      result.setType(wideType);
      result = CastOp::create(rewriter, loc, type, result, type.getElementType(), /*saturate=*/true,
                              CastRound::up);
    }
    results.push_back(result);
  }
  rewriter.replaceOp(op, results);
  return success();
}

} // namespace weft

namespace {

struct WeftWidenProductsPass : ::weft::impl::WeftWidenProductsPassBase<WeftWidenProductsPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isWidened(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops)
      numWidened += succeeded(::weft::widenProduct(rewriter, op));
  }
};

} // namespace
