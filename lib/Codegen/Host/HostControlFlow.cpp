// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits branches and loops of the host program, and the homes of the tensors that loops carry.
#include "HostEmitter.h"

using namespace mlir;
using namespace weft;
using namespace weft::host;

LogicalResult HostEmitter::emitIf(scf::IfOp branch) {
  Block *then = newBlock(), *otherwise = newBlock(), *merge = newBlock();
  for (Value result : branch.getResults())
    bindToArguments(result, merge);
  cf::CondBranchOp::create(b, loc, scalars.lookup(branch.getCondition()), then, ValueRange{}, otherwise,
                           ValueRange{});
  for (auto [region, block] :
       {std::pair(&branch.getThenRegion(), then), std::pair(&branch.getElseRegion(), otherwise)}) {
    b.setInsertionPointToStart(block);
    SmallVector<Value> yielded;
    if (!region->empty()) {
      // What a branch allocates does not dominate the end of the loop around it: the end of the run frees it.
      SmallVector<Value> unused;
      releaseScopes.push_back(&unused);
      if (failed(emit(region->front())))
        return failure();
      releaseScopes.pop_back();
      for (Value value : region->front().getTerminator()->getOperands())
        flatten(value, yielded);
    }
    cf::BranchOp::create(b, loc, merge, yielded);
  }
  b.setInsertionPointToStart(merge);
  return success();
}

/// Copies the initial value of a carried tensor into the home that the loop updates.
HostTensor HostEmitter::enterCarried(Value argument, Value initial) {
  const BufferSite &site = plan.sites[plan.siteOf.lookup(argument)];
  HostTensor from = tensors[initial], home;
  auto initialType = cast<RankedTensorType>(initial.getType());
  Value bytes = bytesOf(initialType, from.sizes);
  SmallVector<Value> sizes = allSizes(initialType, from.sizes);
  for (auto [axis, size] : llvm::enumerate(site.type.getShape()))
    if (ShapedType::isDynamic(size))
      home.sizes.push_back(sizes[axis]);
  home.data =
      site.placement == Placement::StaticArena ? farOffset(arena, site.position) : allocateAtRunTime(bytes);
  copy(home.data, from.data, bytes);
  return home;
}

/// Moves the yielded values into the homes of the carried ones; `next` gets what the next iteration's block
/// arguments take. Reads all before it writes any: a body may swap what it carries.
void HostEmitter::updateCarried(ValueRange arguments, ValueRange yielded, SmallVectorImpl<Value> &next) {
  SmallVector<unsigned> homes;
  for (Value argument : arguments)
    if (isa<RankedTensorType>(argument.getType()))
      homes.push_back(plan.siteOf.lookup(argument));
  struct Move {
    Value to, from, bytes;
  };
  SmallVector<Move> moves;
  SmallVector<Value> dead;
  for (auto [argument, value] : llvm::zip_equal(arguments, yielded)) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type) {
      next.push_back(scalars.lookup(value));
      continue;
    }
    HostTensor home = tensors[argument], from = tensors[value];
    auto valueType = cast<RankedTensorType>(value.getType());
    Value bytes = bytesOf(valueType, from.sizes);
    unsigned own = plan.siteOf.lookup(argument);
    if (plan.sites[own].placement == Placement::RunTime) {
      Value fresh = allocateAtRunTime(bytes);
      copy(fresh, from.data, bytes);
      dead.push_back(home.data);
      next.push_back(fresh);
      SmallVector<Value> sizes = allSizes(valueType, from.sizes);
      for (auto [axis, size] : llvm::enumerate(type.getShape()))
        if (ShapedType::isDynamic(size))
          next.push_back(sizes[axis]);
      continue;
    }
    if (from.data == home.data)
      continue;
    bool readsOtherHome = llvm::any_of(plan.roots.lookup(value), [&](unsigned root) {
      return root != own && llvm::is_contained(homes, root);
    });
    if (readsOtherHome) {
      Value staged = allocateAtRunTime(bytes);
      copy(staged, from.data, bytes);
      dead.push_back(staged);
      moves.push_back({home.data, staged, bytes});
    } else {
      moves.push_back({home.data, from.data, bytes});
    }
  }
  for (const Move &move : moves)
    copy(move.to, move.from, move.bytes);
  for (Value data : dead)
    release(data);
}

SmallVector<Value> HostEmitter::enterLoop(ValueRange arguments, ValueRange initial, Block *header) {
  SmallVector<Value> entering;
  for (auto [argument, value] : llvm::zip_equal(arguments, initial)) {
    if (!isa<RankedTensorType>(argument.getType())) {
      entering.push_back(scalars.lookup(value));
      bindToArguments(argument, header);
      continue;
    }
    HostTensor home = enterCarried(argument, value);
    tensors[argument] = home;
    if (plan.sites[plan.siteOf.lookup(argument)].placement == Placement::RunTime) {
      entering.push_back(home.data);
      llvm::append_range(entering, home.sizes);
      bindToArguments(argument, header);
    }
  }
  return entering;
}

/// `targets` are other names for `values`.
void HostEmitter::passOn(ValueRange targets, ValueRange values) {
  for (auto [target, value] : llvm::zip_equal(targets, values)) {
    if (isa<RankedTensorType>(target.getType()))
      tensors[target] = HostTensor(tensors[value]);
    else
      scalars.map(target, scalars.lookup(value));
  }
}

/// Emits the body of a loop, moves what it yields to where the next iteration finds it, and releases what the
/// body made. `next` gets what the header's block arguments take.
LogicalResult HostEmitter::emitLoopBody(Block &body, ValueRange carried, SmallVectorImpl<Value> &next) {
  SmallVector<Value> made;
  releaseScopes.push_back(&made);
  if (failed(emit(body)))
    return failure();
  releaseScopes.pop_back();
  updateCarried(carried, body.getTerminator()->getOperands(), next);
  for (Value data : made)
    release(data);
  return success();
}

LogicalResult HostEmitter::emitFor(scf::ForOp loop) {
  Value upper = scalars.lookup(loop.getUpperBound()), step = scalars.lookup(loop.getStep());
  SmallVector<Value> entering = {scalars.lookup(loop.getLowerBound())};
  Block *header = newBlock(), *body = newBlock(), *after = newBlock();
  Value iteration = header->addArgument(loop.getInductionVar().getType(), loc);
  llvm::append_range(entering, enterLoop(loop.getRegionIterArgs(), loop.getInitArgs(), header));
  cf::BranchOp::create(b, loc, header, entering);
  b.setInsertionPointToStart(header);
  Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, iteration, upper);
  cf::CondBranchOp::create(b, loc, more, body, ValueRange{}, after, ValueRange{});

  b.setInsertionPointToStart(body);
  scalars.map(loop.getInductionVar(), iteration);
  SmallVector<Value> next = {arith::AddIOp::create(b, loc, iteration, step)};
  if (failed(emitLoopBody(*loop.getBody(), loop.getRegionIterArgs(), next)))
    return failure();
  cf::BranchOp::create(b, loc, header, next);
  b.setInsertionPointToStart(after);
  passOn(loop.getResults(), loop.getRegionIterArgs());
  return success();
}

LogicalResult HostEmitter::emitWhile(scf::WhileOp loop) {
  Block *before = newBlock(), *body = newBlock(), *after = newBlock();
  cf::BranchOp::create(b, loc, before, enterLoop(loop.getBeforeArguments(), loop.getInits(), before));
  b.setInsertionPointToStart(before);
  SmallVector<Value> unused;
  releaseScopes.push_back(&unused);
  if (failed(emit(*loop.getBeforeBody())))
    return failure();
  releaseScopes.pop_back();
  scf::ConditionOp condition = loop.getConditionOp();
  cf::CondBranchOp::create(b, loc, scalars.lookup(condition.getCondition()), body, ValueRange{}, after,
                           ValueRange{});
  // Both successors are reached from here alone, so what is passed on needs no block arguments.
  passOn(loop.getAfterArguments(), condition.getArgs());
  passOn(loop.getResults(), condition.getArgs());

  b.setInsertionPointToStart(body);
  SmallVector<Value> next;
  if (failed(emitLoopBody(*loop.getAfterBody(), loop.getBeforeArguments(), next)))
    return failure();
  cf::BranchOp::create(b, loc, before, next);
  b.setInsertionPointToStart(after);
  return success();
}
