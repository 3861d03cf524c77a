// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the contraction ops bufferise: in place on their destination.
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace {

template <typename OpTy>
struct EpilogueModel : DstBufferizableOpInterfaceExternalModel<EpilogueModel<OpTy>, OpTy> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand, const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&operand);
  }

  // The destination is written a tile at a time while inputs are still read.
  bool bufferizesToElementwiseAccess(Operation *, const AnalysisState &, ArrayRef<OpOperand *>) const {
    return false;
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    if (!cast<DestinationStyleOpInterface>(op).hasPureTensorSemantics())
      return success();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> buffers;
    for (Value operand : op->getOperands()) {
      FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
      if (failed(buffer))
        return failure();
      buffers.push_back(*buffer);
    }
    OperationState newState(op->getLoc(), op->getName(), buffers, TypeRange(), op->getAttrs());
    newState.addRegion();
    Operation *bufferized = rewriter.create(newState);
    rewriter.inlineRegionBefore(op->getRegion(0), bufferized->getRegion(0), bufferized->getRegion(0).begin());
    replaceOpWithBufferizedValues(rewriter, op, buffers.back());
    return success();
  }
};

} // namespace

void mlir::kernel::registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, KernelDialect *) {
    ContractOp::attachInterface<EpilogueModel<ContractOp>>(*context);
    ConvOp::attachInterface<EpilogueModel<ConvOp>>(*context);
    DepthwiseOp::attachInterface<EpilogueModel<DepthwiseOp>>(*context);
    WinogradOp::attachInterface<EpilogueModel<WinogradOp>>(*context);
  });
}
