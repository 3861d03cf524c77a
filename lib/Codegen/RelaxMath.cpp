// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives float arithmetic the freedom of --math=fast.
#include "weft/Codegen/RelaxMath.h"
#include "mlir/IR/PatternMatch.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTRELAXMATHPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

/// Replaces an extremum that propagates NaN by a select, which is one instruction.
static void relaxExtremum(RewriterBase &rewriter, Operation *op) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  auto predicate = isa<arith::MaximumFOp>(op) ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  rewriter.setInsertionPoint(op);
  Value isLeft = arith::CmpFOp::create(rewriter, op->getLoc(), predicate, lhs, rhs);
  rewriter.replaceOpWithNewOp<arith::SelectOp>(op, isLeft, lhs, rhs);
}

void weft::relaxMath(RewriterBase &rewriter, Operation *root) {
  constexpr auto freedom =
      arith::FastMathFlags::reassoc | arith::FastMathFlags::contract | arith::FastMathFlags::nsz;
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp>(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    auto flags = cast<arith::ArithFastMathInterface>(op).getFastMathFlagsAttr().getValue();
    if (!isa<arith::MaximumFOp, arith::MinimumFOp>(op))
      op->setAttr("fastmath", arith::FastMathFlagsAttr::get(op->getContext(), flags | freedom));
    else if (!arith::bitEnumContainsAll(flags, arith::FastMathFlags::nnan))
      relaxExtremum(rewriter, op);
  }
}

namespace {

struct WeftRelaxMathPass : weft::impl::WeftRelaxMathPassBase<WeftRelaxMathPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    weft::relaxMath(rewriter, getOperation());
  }
};

} // namespace
