// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the recognisers over a function.
#include "weft/Transforms/Recognize.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_WEFTRECOGNIZEOPSPASS
#include "weft/Transforms/Passes.h.inc"

namespace {

struct WeftRecognizeOpsPass : impl::WeftRecognizeOpsPassBase<WeftRecognizeOpsPass> {
  using WeftRecognizeOpsPassBase::WeftRecognizeOpsPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateRecognizeActivationPatterns(patterns);
    populateRecognizeNormalizePatterns(patterns);
    populateRecognizeGeluPatterns(patterns);
    populateRecognizeRopePatterns(patterns);
    populateRecognizeSoftmaxPatterns(patterns);
    if (attention != "none" && attention != "grouped" && attention != "all") {
      getOperation().emitError("expected attention to be none, grouped or all, but got '")
          << attention << "'";
      return signalPassFailure();
    }
    if (attention != "none")
      populateRecognizeAttentionPatterns(patterns, /*onlyGrouped=*/attention == "grouped");
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace weft
