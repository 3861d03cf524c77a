// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands convolutions with packed filters.
#include "MicroKernel.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

LogicalResult weft::expandConv(RewriterBase &rewriter, kernel::ConvOp op) { return failure(); }
