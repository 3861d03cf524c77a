// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves a group of ops into a weft.kernel with explicit operands.
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "weft/Transforms/FuseKernels.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::weft;

namespace {

/// Whether a reader of this operand takes a splat as well as a tensor: it computes elementwise.
bool readsElementwise(Operation *op) {
  auto fusable = dyn_cast<FusableOpInterface>(op);
  return fusable && fusable.getFusionKind() == FusionKind::elementwise && !isa<RopeOp>(op);
}

/// Whether `op` reads `value` as a zero point only.
bool readsZeroPoint(Operation *op, Value value) {
  return isa<ConvOp, MatmulOp>(op) && op->getOperand(0) != value && op->getOperand(1) != value;
}

/// Whether the constant `value` is to be part of the kernel: one element, or a splat for elementwise readers.
bool isEmbedded(Value value, const llvm::SetVector<Operation *> &members) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant)
    return false;
  auto type = cast<ShapedType>(constant.getValue().getType());
  bool isSplat =
      isa<DenseElementsAttr>(constant.getValue()) && cast<DenseElementsAttr>(constant.getValue()).isSplat();
  if (!isSplat && !(type.getNumElements() == 1 && isa<DenseElementsAttr>(constant.getValue())))
    return false;
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    return !members.contains(user) || readsElementwise(user) || isa<PadOp>(user) ||
           (type.getNumElements() == 1 && readsZeroPoint(user, value));
  });
}

} // namespace

namespace weft {

void forEachNodeName(Location loc, function_ref<void(StringAttr)> visit) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    if (!name.getName().empty())
      visit(name.getName());
    return forEachNodeName(name.getChildLoc(), visit);
  }
  if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      forEachNodeName(part, visit);
    return;
  }
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    forEachNodeName(call.getCallee(), visit);
}

KernelOp formKernel(RewriterBase &rewriter, const KernelGroup &group) {
  llvm::SetVector<Operation *> members(group.ops.begin(), group.ops.end());
  llvm::SetVector<Value> tensors, indices, constants;
  llvm::SetVector<StringAttr> names;
  SmallVector<Location> locations;
  SmallVector<Value> results;
  for (Operation *op : group.ops) {
    locations.push_back(op->getLoc());
    forEachNodeName(op->getLoc(), [&](StringAttr name) { names.insert(name); });
    for (Value operand : op->getOperands()) {
      if (members.contains(operand.getDefiningOp()))
        continue;
      if (!isa<RankedTensorType>(operand.getType()))
        indices.insert(operand);
      else if (isEmbedded(operand, members))
        constants.insert(operand);
      else
        tensors.insert(operand);
    }
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) { return !members.contains(user); }))
        results.push_back(result);
  }
  SmallVector<Value> inputs = llvm::to_vector(tensors);
  llvm::append_range(inputs, indices);
  SmallVector<Attribute> nodes(names.begin(), names.end());
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(group.ops.back());
  Location loc = rewriter.getFusedLoc(locations);
  auto kernel = KernelOp::create(rewriter, loc, TypeRange(ValueRange(results)), inputs,
                                 rewriter.getStringAttr(group.kind), rewriter.getArrayAttr(nodes));
  Block *body = rewriter.createBlock(&kernel.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Value constant : constants)
    rewriter.clone(*constant.getDefiningOp(), mapping);
  for (Operation *op : group.ops)
    rewriter.clone(*op, mapping);
  SmallVector<Value> yielded;
  for (Value result : results)
    yielded.push_back(mapping.lookup(result));
  YieldOp::create(rewriter, loc, yielded);
  for (auto [old, value] : llvm::zip(results, kernel.getResults()))
    rewriter.replaceUsesWithIf(old, value, [&](OpOperand &use) { return !members.contains(use.getOwner()); });
  for (Operation *op : llvm::reverse(group.ops))
    rewriter.eraseOp(op);
  return kernel;
}

} // namespace weft
