// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts the operations and bytes of kernels.
#include "weft/Transforms/CountWork.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTCOUNTWORKPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

// Operations per element: the maximum, the difference, exp, the sum, the quotient.
static constexpr int64_t kSoftmaxOperations = 5;
// Per element: the sum, the difference, its square, the sum of those, the product with the scale.
static constexpr int64_t kNormalizeOperations = 5;
// Per element: two products and a sum.
static constexpr int64_t kRopeOperations = 3;
// Per element: a product with the scale, and a sum with the zero point.
static constexpr int64_t kQuantizeOperations = 2;
// Per gate and step besides the product: a sum and an activation.
static constexpr int64_t kGateOperations = 2;

static DimExpr times(int64_t factor, const DimExpr &expr) { return DimExpr::constant(factor) * expr; }

static DimExpr elementsOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return {};
  DimExpr count = DimExpr::constant(1);
  for (const DimExpr &dim : mlir::weft::getDims(type))
    count = count * dim;
  return count;
}

static DimExpr dimOf(Value value, int64_t axis) {
  auto type = cast<RankedTensorType>(value.getType());
  return mlir::weft::getDim(type, axis < 0 ? type.getRank() + axis : axis);
}

/// Elements of a filter that meet one element of dim 0.
static DimExpr tapsOf(Value filter) {
  auto type = cast<RankedTensorType>(filter.getType());
  DimExpr taps = DimExpr::constant(1);
  for (int64_t axis = 1; axis < type.getRank(); ++axis)
    taps = taps * mlir::weft::getDim(type, axis);
  return taps;
}

static DimExpr countAttention(AttentionOp op) {
  bool isHeadsFirst = op.getLayout() == HeadLayout::bhsd;
  Value q = op.getQ();
  DimExpr scores = dimOf(q, 0) * dimOf(q, 1) * dimOf(q, 2) * dimOf(op.getK(), isHeadsFirst ? 2 : 1);
  return times(2, scores * dimOf(q, 3)) + times(2, scores * dimOf(op.getV(), 3)) +
         times(kSoftmaxOperations, scores);
}

/// One direction of a recurrent network: gates `[S B G]` and a product with `r [G H]` per step.
static DimExpr countRecurrent(Value gates, Value r) {
  return elementsOf(gates) * (times(2, dimOf(r, 1)) + DimExpr::constant(kGateOperations));
}

DimExpr(::weft::countOperations)(Operation *op) {
  return llvm::TypeSwitch<Operation *, DimExpr>(op)
      .Case<CastOp, BitcastOp>([](auto) { return DimExpr::constant(0); })
      .Case([](ElementwiseOpInterface elementwise) { return elementsOf(elementwise->getResult(0)); })
      .Case<QuantizeOp, DequantizeOp, RequantizeOp>(
          [](auto quant) { return times(kQuantizeOperations, elementsOf(quant->getResult(0))); })
      .Case([](MatmulOp matmul) {
        return times(2, elementsOf(matmul.getResult()) *
                            dimOf(matmul.getLhs(), matmul.getTransposeLhs() ? -2 : -1));
      })
      .Case([](GroupedMatmulOp matmul) {
        return times(2, elementsOf(matmul.getResult()) * dimOf(matmul.getLhs(), 1));
      })
      .Case([](ConvOp conv) { return times(2, elementsOf(conv.getResult()) * tapsOf(conv.getFilter())); })
      .Case(
          [](DeformConvOp conv) { return times(2, elementsOf(conv.getResult()) * tapsOf(conv.getFilter())); })
      .Case([](ConvTransposeOp conv) {
        return times(2, elementsOf(conv.getInput()) * tapsOf(conv.getFilter()));
      })
      .Case([](AttentionOp attention) { return countAttention(attention); })
      .Case([](RopeOp rope) { return times(kRopeOperations, elementsOf(rope->getResult(0))); })
      .Case<LstmOp, GruOp, RnnOp>([](auto rnn) { return countRecurrent(rnn.getGates(), rnn.getR()); })
      .Case<ReduceOp, ArgReduceOp, CumulateOp>([](auto reduce) { return elementsOf(reduce->getOperand(0)); })
      .Case([](PoolOp pool) {
        int64_t taps = 1;
        for (int64_t size : pool.getKernel())
          taps *= size;
        return times(taps, elementsOf(pool.getResult()));
      })
      .Case([](SoftmaxOp softmax) { return times(kSoftmaxOperations, elementsOf(softmax->getResult(0))); })
      .Case([](NormalizeOp normalize) {
        return times(kNormalizeOperations, elementsOf(normalize->getResult(0)));
      })
      .Case<BroadcastOp, CacheUpdateOp, ConcatOp, ConstantOp, DimOp, ExtractOp, FromElementsOp,
            GatherElementsOp, GatherNdOp, GatherOp, IotaOp, PadOp, ReshapeOp, ReverseOp, ScatterElementsOp,
            ScatterNdOp, SliceOp, TransposeOp, YieldOp>([](auto) { return DimExpr::constant(0); })
      .Case([](arith::ConstantOp) { return DimExpr::constant(0); })
      .Default([](Operation *other) {
        // Arithmetic on sizes is not the model's work.
        bool isOnSizes = llvm::none_of(other->getResultTypes(), llvm::IsaPred<RankedTensorType>) &&
                         !isa<WeftDialect>(other->getDialect());
        return isOnSizes ? DimExpr::constant(0) : DimExpr();
      });
}

/// Bytes of `elements` as kernels store them; unknown for types without a fixed size.
static DimExpr bytesOf(const DimExpr &elements, Value value) {
  Type type = cast<RankedTensorType>(value.getType()).getElementType();
  int64_t factor = 1;
  if (auto complex = dyn_cast<ComplexType>(type)) {
    type = complex.getElementType();
    factor = 2;
  }
  if (!type.isIntOrFloat())
    return {};
  return times(factor * llvm::divideCeil(type.getIntOrFloatBitWidth(), 8), elements);
}

/// Elements that a kernel reads of an argument: of a table, those that gathers take.
static DimExpr elementsRead(BlockArgument argument) {
  DimExpr taken = DimExpr::constant(0);
  for (OpOperand &use : argument.getUses()) {
    bool isTable = isa<GatherOp, GatherElementsOp, GatherNdOp>(use.getOwner()) && use.getOperandNumber() == 0;
    if (!isTable)
      return elementsOf(argument);
    taken = taken + elementsOf(use.getOwner()->getResult(0));
  }
  return taken;
}

DimExpr(::weft::countBytes)(KernelOp kernel) {
  DimExpr bytes = DimExpr::constant(0);
  for (BlockArgument argument : kernel.getBody().front().getArguments())
    if (isa<RankedTensorType>(argument.getType()))
      bytes = bytes + bytesOf(elementsRead(argument), argument);
  for (Value result : kernel.getResults())
    bytes = bytes + bytesOf(elementsOf(result), result);
  return bytes;
}

namespace {

struct WeftCountWorkPass : ::weft::impl::WeftCountWorkPassBase<WeftCountWorkPass> {
  void runOnOperation() override {
    Builder b(&getContext());
    getOperation()->walk([&](KernelOp kernel) {
      DimExpr operations = DimExpr::constant(0);
      for (Operation &op : kernel.getBody().front())
        operations = operations + ::weft::countOperations(&op);
      auto set = [&](StringRef name, const DimExpr &expr) {
        if (!expr.isUnknown())
          kernel->setAttr(name, b.getStringAttr(expr.str()));
      };
      set("flops", operations);
      set("bytes", ::weft::countBytes(kernel));
    });
  }
};

} // namespace
