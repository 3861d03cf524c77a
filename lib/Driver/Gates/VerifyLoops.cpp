// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks the form of kernels as loops: one parallel range, and memory in whole bytes.
#include "weft/Driver/Gates.h"

#include "GatePass.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYLOOPSPASS
#include "weft/Driver/Passes.h.inc"
} // namespace weft

using namespace mlir;

/// Bits of an element; 0 for types of the machine's width.
static unsigned getBits(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  return element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 0;
}

/// Whether loads and stores of single elements find them: whole bytes, and bools, which are lowered to bytes.
static bool isAddressable(Type element) { return getBits(element) % 8 == 0 || element.isInteger(1); }

static LogicalResult verifyMemory(Value value) {
  auto type = dyn_cast<MemRefType>(value.getType());
  if (!type || isAddressable(type.getElementType()))
    return success();
  return emitError(value.getLoc()) << "internal: expected elements of whole bytes in memory, but got "
                                   << type;
}

/// A vector of bools would be read packed, eight to a byte.
static LogicalResult verifyVectorAccess(Operation *op) {
  if (!isa_and_nonnull<vector::VectorDialect>(op->getDialect()))
    return success();
  for (Value operand : op->getOperands())
    if (auto type = dyn_cast<MemRefType>(operand.getType()); type && getBits(type.getElementType()) % 8 != 0)
      return op->emitOpError() << "internal: expected vectors of whole bytes to be read and written, but got "
                               << type;
  return success();
}

/// A parallel loop is the one at the top of the kernel, and leaves its results in memory.
static LogicalResult verifyRange(scf::ForallOp loop, scf::ForallOp &range) {
  if (!isa<kernel::FuncOp>(loop->getParentOp()))
    return loop.emitOpError("internal: expected the parallel range at the top of the kernel");
  if (range)
    return loop.emitOpError("internal: expected one parallel range, but got another");
  range = loop;
  return success();
}

LogicalResult weft::verifyLoops(kernel::FuncOp func) {
  LogicalResult result = success();
  scf::ForallOp range;
  auto note = [&](LogicalResult part) {
    if (failed(part))
      result = failure();
  };
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto loop = dyn_cast<scf::ForallOp>(op))
      note(verifyRange(loop, range));
    else if (isa<scf::ParallelOp>(op))
      note(op->emitOpError("internal: expected scf.forall for what runs in parallel"));
    note(verifyVectorAccess(op));
    for (Value value : op->getResults())
      note(verifyMemory(value));
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value value : block.getArguments())
          note(verifyMemory(value));
  });
  return result;
}

namespace {

struct VerifyLoopsPass
    : ::weft::GatePass<::weft::impl::VerifyLoopsPassBase<VerifyLoopsPass>, ::weft::verifyLoops> {};

} // namespace
