// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides which ops become one kernel.
#include "weft/Transforms/FuseKernels.h"

#include "PermuteAxes.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/PatternMatch.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

#include <set>

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTFUSEKERNELSPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

using ::weft::FuseKernelsOptions;
using ::weft::FuseKernelsResult;
using ::weft::isHostOp;
using ::weft::KernelGroup;

namespace {

FusionKind getKind(Operation *op) {
  auto fusable = dyn_cast<FusableOpInterface>(op);
  // Rotary embedding reads pairs of elements: a kernel of its own.
  return fusable && !isa<RopeOp>(op) ? fusable.getFusionKind() : FusionKind::opaque;
}

bool isSameShape(Value a, Value b) {
  auto typeA = cast<RankedTensorType>(a.getType()), typeB = cast<RankedTensorType>(b.getType());
  if (typeA.getRank() != typeB.getRank())
    return false;
  for (int64_t axis = 0; axis < typeA.getRank(); ++axis)
    if (!DimExpr::provablyEqual(mlir::weft::getDim(typeA, axis), mlir::weft::getDim(typeB, axis)))
      return false;
  return true;
}

/// Whether each dim of `operand` is 1 or that of `result`: the epilogue of a contraction can index it
/// directly.
bool isPlainBroadcast(Value operand, Value result) {
  auto from = dyn_cast<RankedTensorType>(operand.getType()), to = cast<RankedTensorType>(result.getType());
  if (!from || (from.hasStaticShape() && from.getNumElements() == 1))
    return true;
  if (from.getRank() != to.getRank())
    return false;
  for (int64_t axis = 0; axis < to.getRank(); ++axis)
    if (from.getDimSize(axis) != 1 &&
        !DimExpr::provablyEqual(mlir::weft::getDim(from, axis), mlir::weft::getDim(to, axis)))
      return false;
  return true;
}

/// Whether the results of a host or row op have one shape and type of loop, so that ops behind it fit into
/// its epilogue.
bool takesEpilogue(Operation *op) {
  return isa<MatmulOp, ConvOp, PoolOp, ReduceOp, SoftmaxOp, NormalizeOp>(op);
}

/// Whether kernels of this group read their operands through index maps, so that views cost nothing.
bool readsViews(const KernelGroup &group) {
  return !group.ops.empty() &&
         (group.kind == "elementwise" || isa<SoftmaxOp, NormalizeOp, ReduceOp>(group.ops.front()));
}

/// Whether what is contiguous along the last dim stays so: else the loop over it would load with a stride,
/// which a kernel of its own does in blocks.
bool keepsRows(Operation *view) {
  if (auto transpose = dyn_cast<TransposeOp>(view))
    return transpose.getPerm().empty() ||
           transpose.getPerm().back() == static_cast<int64_t>(transpose.getPerm().size()) - 1;
  if (auto slice = dyn_cast<SliceOp>(view))
    return slice.getStrides().empty() || slice.getStrides().back() == 1;
  return true;
}

class BlockFuser {
public:
  BlockFuser(Block &block, const FuseKernelsOptions &options) : block(block), options(options) {
    for (auto [index, op] : llvm::enumerate(block))
      order[&op] = index;
  }

  FuseKernelsResult run(RewriterBase &rewriter) {
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      if (!isHostOp(&op))
        ops.push_back(&op);
    // Later hosts first: an add of two of them goes to the later one, whose other operand is then long there.
    for (Operation *op : llvm::reverse(ops))
      if (isa<MatmulOp, ConvOp>(op))
        growHost(op);
    for (Operation *op : llvm::reverse(ops))
      if (!groupOf.contains(op) && takesEpilogue(op))
        growHost(op);
    for (Operation *op : ops)
      if (!groupOf.contains(op) && getKind(op) == FusionKind::elementwise)
        joinElementwise(op);
    for (size_t group = 0, count = groups.size(); group < count; ++group)
      if (groups[group].kind == "elementwise" && groups[group].ops.size() > 1)
        splitByResult(group);
    for (size_t group = 0, count = groups.size(); group < count; ++group)
      if (readsViews(groups[group]))
        absorbViews(group);
    for (Operation *op : ops)
      if (!groupOf.contains(op))
        makeGroup(op->getName().stripDialect(), op);
    return build(rewriter);
  }

private:
  using Members = llvm::SmallSetVector<Operation *, 16>;

  size_t makeGroup(StringRef kind, Operation *op) {
    groups.push_back({kind.str(), {op}});
    groupOf[op] = groups.size() - 1;
    return groups.size() - 1;
  }

  void remark(Operation *op, const Twine &reason) const {
    if (options.showRemarks)
      op->emitRemark("not fused: " + reason);
  }

  bool isInGroupless(Operation *op) const {
    return op->getBlock() == &block && !isHostOp(op) && !groupOf.contains(op);
  }

  bool isUsedOutside(Operation *op, const Members &members) const {
    return llvm::any_of(op->getUsers(), [&](Operation *user) { return !members.contains(user); });
  }

  int64_t countTensors(const Members &members) const {
    llvm::SmallPtrSet<void *, 16> tensors;
    for (Operation *op : members) {
      for (Value operand : op->getOperands())
        if (isa<RankedTensorType>(operand.getType()) && !members.contains(operand.getDefiningOp()))
          tensors.insert(operand.getAsOpaquePointer());
      if (isUsedOutside(op, members))
        tensors.insert(op);
    }
    return tensors.size();
  }

  void growHost(Operation *host);
  void addPrologue(Operation *row, Members &members);
  Members growEpilogue(Operation *host, Members members) const;
  bool fitsEpilogue(Operation *op, Operation *host) const;
  void joinElementwise(Operation *op);
  void splitByResult(size_t group);
  void absorbViews(size_t group);
  bool dependsThroughOthers(ArrayRef<Operation *> from, size_t group, size_t otherGroup) const;
  FuseKernelsResult build(RewriterBase &rewriter);

  Block &block;
  const FuseKernelsOptions &options;
  llvm::DenseMap<Operation *, int64_t> order;
  llvm::DenseMap<Operation *, size_t> groupOf;
  std::vector<KernelGroup> groups;
};

/// Whether `op` can be computed where the host's result is stored.
bool BlockFuser::fitsEpilogue(Operation *op, Operation *host) const {
  if (!isInGroupless(op) || getKind(op) != FusionKind::elementwise)
    return false;
  if (!isSameShape(op->getResult(0), host->getResult(0))) {
    remark(op, "its shape differs from that of the " + host->getName().stripDialect() + " before it");
    return false;
  }
  for (Value operand : op->getOperands())
    if (!isPlainBroadcast(operand, host->getResult(0))) {
      remark(op,
             "an operand is not known to broadcast to the " + host->getName().stripDialect() + " before it");
      return false;
    }
  return true;
}

/// The longest run of elementwise ops behind `host`, in program order, of which only the last value is used
/// elsewhere.
BlockFuser::Members BlockFuser::growEpilogue(Operation *host, Members members) const {
  auto byOrder = [&](Operation *a, Operation *b) { return order.lookup(a) < order.lookup(b); };
  std::set<Operation *, decltype(byOrder)> candidates(byOrder);
  auto addUsers = [&](Operation *op) {
    for (Operation *user : op->getUsers())
      if (!members.contains(user) && order.contains(user))
        candidates.insert(user);
  };
  const size_t fixed = members.size();
  size_t best = fixed;
  addUsers(host);
  while (!candidates.empty() && static_cast<int64_t>(members.size()) < options.maxOps) {
    Operation *op = *candidates.begin();
    candidates.erase(candidates.begin());
    if (!fitsEpilogue(op, host))
      continue;
    members.insert(op);
    addUsers(op);
    bool hasOneExit = llvm::none_of(llvm::drop_end(members),
                                    [&](Operation *member) { return isUsedOutside(member, members); });
    if (hasOneExit && countTensors(members) <= options.maxTensors)
      best = members.size();
  }
  if (best < members.size())
    remark(members[best], "a value before it in the epilogue has other users");
  while (members.size() > best)
    members.pop_back();
  return members;
}

/// Adds the elementwise ops before a row op whose values nobody else uses.
void BlockFuser::addPrologue(Operation *row, Members &members) {
  SmallVector<Operation *> worklist = {row};
  while (!worklist.empty() && static_cast<int64_t>(members.size()) < options.maxOps) {
    Operation *op = worklist.pop_back_val();
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || members.contains(producer) || !isInGroupless(producer) ||
          getKind(producer) != FusionKind::elementwise || !isSameShape(operand, row->getOperand(0)))
        continue;
      if (isUsedOutside(producer, members)) {
        remark(producer, "its value has users besides the " + row->getName().stripDialect() + " behind it");
        continue;
      }
      members.insert(producer);
      worklist.push_back(producer);
    }
  }
}

void BlockFuser::growHost(Operation *host) {
  Members members;
  members.insert(host);
  bool isRow = getKind(host) == FusionKind::row;
  if (isRow)
    addPrologue(host, members);
  if (takesEpilogue(host) &&
      llvm::all_of(llvm::drop_begin(host->getResults()), [](Value v) { return v.use_empty(); }))
    members = growEpilogue(host, std::move(members));
  size_t group = makeGroup(host->getName().stripDialect(), host);
  groups[group].ops.assign(members.begin(), members.end());
  for (Operation *op : members)
    groupOf[op] = group;
}

/// Whether an op of `from` depends on one of the two groups through an op of neither.
bool BlockFuser::dependsThroughOthers(ArrayRef<Operation *> from, size_t group, size_t otherGroup) const {
  auto isInside = [&](Operation *op) {
    auto it = groupOf.find(op);
    return it != groupOf.end() && (it->second == group || it->second == otherGroup);
  };
  int64_t first = std::numeric_limits<int64_t>::max();
  for (size_t number : {group, otherGroup})
    for (Operation *op : groups[number].ops)
      first = std::min(first, order.lookup(op));
  SmallVector<Operation *> worklist;
  llvm::SmallPtrSet<Operation *, 32> seen;
  auto visitOperands = [&](Operation *op, bool isStart) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *def = operand.getDefiningOp();
        def = def ? block.findAncestorOpInBlock(*def) : nullptr;
        if (!def || (isStart && isInside(def)) || !seen.insert(def).second)
          continue;
        worklist.push_back(def);
      }
    });
  };
  for (Operation *op : from)
    visitOperands(op, /*isStart=*/true);
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val();
    if (isInside(op))
      return true;
    auto it = groupOf.find(op);
    if (it == groupOf.end()) {
      // An op outside of groups depends only on what is before it.
      if (order.lookup(op) > first)
        visitOperands(op, /*isStart=*/false);
      continue;
    }
    // What stands before both groups depends on neither; the ops that are computed with it may.
    for (Operation *member : groups[it->second].ops)
      if (order.lookup(member) > first)
        visitOperands(member, /*isStart=*/false);
  }
  return false;
}

/// Adds an elementwise op to the groups of its operands that have its shape, joining them.
void BlockFuser::joinElementwise(Operation *op) {
  size_t group = makeGroup("elementwise", op);
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    auto it = producer ? groupOf.find(producer) : groupOf.end();
    if (it == groupOf.end() || it->second == group || groups[it->second].kind != "elementwise")
      continue;
    size_t other = it->second;
    if (!isSameShape(groups[other].ops.front()->getResult(0), op->getResult(0))) {
      remark(op, "its shape differs from that of its operand");
      continue;
    }
    if (static_cast<int64_t>(groups[other].ops.size() + groups[group].ops.size()) > options.maxOps) {
      remark(op, "the kernel would have too many ops");
      continue;
    }
    SmallVector<Operation *> both(groups[other].ops);
    llvm::append_range(both, groups[group].ops);
    if (countTensors(Members(both.begin(), both.end())) > options.maxTensors) {
      remark(op, "the kernel would have too many operands");
      continue;
    }
    if (dependsThroughOthers(both, group, other)) {
      remark(op, "an op between needs the operand and feeds this one");
      continue;
    }
    for (Operation *member : groups[group].ops)
      groupOf[member] = other;
    groups[group].ops.clear();
    groups[other].ops = std::move(both);
    group = other;
  }
}

/// Splits an elementwise group into groups of one result each: an op goes with its users when these are in
/// one group, and starts a group when its value is used outside or by several.
void BlockFuser::splitByResult(size_t group) {
  SmallVector<Operation *> ops = std::move(groups[group].ops);
  groups[group].ops.clear();
  llvm::sort(ops, [&](Operation *a, Operation *b) { return order.lookup(a) < order.lookup(b); });
  for (Operation *op : ops)
    groupOf.erase(op);
  llvm::SmallPtrSet<Operation *, 16> inside(ops.begin(), ops.end());
  for (Operation *op : llvm::reverse(ops)) {
    std::optional<size_t> target;
    bool hasOneTarget = true;
    for (Operation *user : op->getUsers()) {
      std::optional<size_t> own =
          inside.contains(user) ? std::optional<size_t>(groupOf.lookup(user)) : std::nullopt;
      hasOneTarget &= own && (!target || *target == *own);
      target = own;
    }
    if (!hasOneTarget || !target) {
      makeGroup("elementwise", op);
      continue;
    }
    groups[*target].ops.push_back(op);
    groupOf[op] = *target;
  }
}

/// Takes in the slices, broadcasts and transposes that only this group reads, so that their values are never
/// stored.
void BlockFuser::absorbViews(size_t group) {
  Members members(groups[group].ops.begin(), groups[group].ops.end());
  for (size_t next = 0; next < members.size(); ++next)
    for (Value operand : members[next]->getOperands()) {
      Operation *view = operand.getDefiningOp();
      if (!view || !isa<SliceOp, BroadcastOp, TransposeOp>(view) || members.contains(view) ||
          !isInGroupless(view))
        continue;
      if (!keepsRows(view))
        remark(view, "its rows would be read with a stride");
      else if (isUsedOutside(view, members))
        remark(view, "its value has users besides the " + groups[group].kind + " behind it");
      else if (!isPlainBroadcast(operand, members[next]->getResult(0)) &&
               getKind(members[next]) == FusionKind::elementwise)
        remark(view, "it is not known to broadcast to the " + groups[group].kind + " behind it");
      else if (static_cast<int64_t>(members.size()) < options.maxOps)
        members.insert(view);
    }
  groups[group].ops.assign(members.begin(), members.end());
  for (Operation *op : members)
    groupOf[op] = group;
}

FuseKernelsResult BlockFuser::build(RewriterBase &rewriter) {
  FuseKernelsResult result;
  for (KernelGroup &group : groups) {
    if (group.ops.empty())
      continue;
    llvm::sort(group.ops, [&](Operation *a, Operation *b) { return order.lookup(a) < order.lookup(b); });
    ++result.kernels;
    result.ops += group.ops.size();
    ::weft::formKernel(rewriter, group);
  }
  // A kernel stands where its last op stood; users of its other results may stand before it.
  sortTopologically(&block);
  return result;
}

} // namespace

namespace weft {

/// Makes the transpose that a product of floats applies to its left side an op of its own: micro-kernels read
/// rows.
static void exposeTransposes(func::FuncOp func) {
  SmallVector<MatmulOp> products;
  func.walk([&](MatmulOp op) {
    Type element = op.getLhs().getType().getElementType();
    if (op.getTransposeLhs() && (element.isF32() || element.isF16() || element.isBF16()))
      products.push_back(op);
  });
  OpBuilder builder(func.getContext());
  for (MatmulOp op : products) {
    builder.setInsertionPoint(op);
    int64_t rank = cast<RankedTensorType>(op.getLhs().getType()).getRank();
    SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(perm[rank - 2], perm[rank - 1]);
    op.getLhsMutable().assign(transposeValue(builder, op.getLoc(), op.getLhs(), perm));
    op.setTransposeLhs(false);
  }
}

bool isHostOp(Operation *op) {
  return !isa<WeftDialect>(op->getDialect()) || isTextOp(op) ||
         isa<ConstantOp, ReshapeOp, DimOp, ExtractOp, FromElementsOp, IfOp, LoopOp, YieldOp, KernelOp,
             SeqMakeOp, SeqGetOp, SeqInsertOp, SeqEraseOp, SeqLengthOp, SeqConcatOp, SeqSplitOp, OptMakeOp,
             OptGetOp, OptHasOp>(op);
}

FuseKernelsResult fuseKernels(func::FuncOp func, const FuseKernelsOptions &options) {
  FuseKernelsResult result;
  exposeTransposes(func);
  // A kernel without results would be left of an op without users.
  func.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
  SmallVector<Block *> blocks;
  func.walk([&](Block *block) {
    if (!isa<KernelOp>(block->getParentOp()))
      blocks.push_back(block);
  });
  IRRewriter rewriter(func.getContext());
  for (Block *block : blocks) {
    FuseKernelsResult part = BlockFuser(*block, options).run(rewriter);
    result.kernels += part.kernels;
    result.ops += part.ops;
  }
  return result;
}

} // namespace weft

namespace {

struct WeftFuseKernelsPass : ::weft::impl::WeftFuseKernelsPassBase<WeftFuseKernelsPass> {
  using WeftFuseKernelsPassBase::WeftFuseKernelsPassBase;

  void runOnOperation() override {
    FuseKernelsOptions options{maxOps, maxTensors, remarks};
    FuseKernelsResult result = ::weft::fuseKernels(getOperation(), options);
    numKernels += result.kernels;
    numFused += result.ops - result.kernels;
  }
};

} // namespace
