// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands convolutions of single channels.
#include "MicroKernel.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

LogicalResult weft::expandDepthwise(RewriterBase &rewriter, kernel::DepthwiseOp op) { return failure(); }
