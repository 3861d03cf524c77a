// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places a kernel's temporary memory: on the stack when it is small, in worker scratch otherwise, always at
// the start.
#include "mlir/Dialect/Arith/Transforms/Transforms.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "weft/Codegen/Bufferize.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTPROMOTEBUFFERSPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

namespace {

/// Alignment of buffers in bytes: a cache line, the widest vector.
constexpr int64_t bufferAlignment = 64;

int64_t getElementBytes(Type type) {
  if (type.isIndex())
    return 8;
  return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// Whether `value` is known before the kernel's first loop.
bool isKnownAtStart(Value value, Block *entry) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner() == entry;
  Operation *op = value.getDefiningOp();
  return op->getBlock() == entry && isMemoryEffectFree(op) && op->getNumRegions() == 0;
}

/// Computes a size that is at least `size` from values known at the start; null when there is none.
/// `position` is set after the last operation that the result needs.
OpFoldResult boundAtStart(OpBuilder &builder, Value size, Block *entry) {
  FailureOr<int64_t> constant = ValueBoundsConstraintSet::computeConstantBound(
      presburger::BoundType::UB, size, /*stopCondition=*/nullptr, /*closedUB=*/true);
  if (succeeded(constant) && *constant >= 0)
    return builder.getIndexAttr(*constant);
  if (isKnownAtStart(size, entry))
    return size;
  auto stop = [&](Value value, std::optional<int64_t> dim, ValueBoundsConstraintSet &) {
    return value != size && !dim && isKnownAtStart(value, entry);
  };
  FailureOr<OpFoldResult> bound = arith::reifyIndexValueBound(
      builder, size.getLoc(), presburger::BoundType::UB, size, stop, /*closedUB=*/true);
  return succeeded(bound) ? *bound : OpFoldResult();
}

class BufferPromoter {
public:
  BufferPromoter(kernel::FuncOp func, int64_t maxStackBytes)
      : entry(&func.getBody().front()), builder(func.getContext()), bytesLeft(maxStackBytes) {}

  LogicalResult promote(memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (!type.getLayout().isIdentity())
      return alloc.emitOpError("internal: expected an identity layout, but got ") << type;
    // The size is computed where the outermost operation that holds the allocation stands.
    Operation *place = alloc;
    while (place->getBlock() != entry)
      place = place->getParentOp();
    builder.setInsertionPoint(place);
    int64_t staticBytes = getElementBytes(type.getElementType());
    SmallVector<Value> factors;
    for (int64_t dim : type.getShape())
      if (ShapedType::isStatic(dim))
        staticBytes *= dim;
    for (Value size : alloc.getDynamicSizes()) {
      OpFoldResult bound = boundAtStart(builder, size, entry);
      if (!bound)
        return alloc.emitOpError("expected a size that values known at the start of the kernel bound");
      if (auto constant = getConstantIntValue(bound))
        staticBytes *= *constant;
      else
        factors.push_back(getValueOrCreateConstantIndexOp(builder, alloc.getLoc(), bound));
    }
    if (factors.empty() && staticBytes <= bytesLeft) {
      bytesLeft -= llvm::alignTo(staticBytes, bufferAlignment);
      replaceByStack(alloc, staticBytes);
    } else {
      replaceByScratch(alloc, staticBytes, factors);
    }
    return success();
  }

private:
  void replaceByStack(memref::AllocOp alloc, int64_t bytes) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(entry);
    IntegerAttr alignment = builder.getI64IntegerAttr(bufferAlignment);
    if (alloc.getType().hasStaticShape()) {
      Value buffer = memref::AllocaOp::create(builder, alloc.getLoc(), alloc.getType(), alignment);
      finish(alloc, buffer);
      return;
    }
    auto type = MemRefType::get({bytes}, builder.getI8Type());
    Value buffer = memref::AllocaOp::create(builder, alloc.getLoc(), type, alignment);
    replaceByView(alloc, buffer);
  }

  void replaceByScratch(memref::AllocOp alloc, int64_t staticBytes, ArrayRef<Value> factors) {
    Value bytes = arith::ConstantIndexOp::create(builder, alloc.getLoc(), staticBytes);
    for (Value factor : factors)
      bytes = arith::MulIOp::create(builder, alloc.getLoc(), bytes, factor);
    auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
    Value buffer = memref::AllocOp::create(builder, alloc.getLoc(), type, bytes,
                                           builder.getI64IntegerAttr(bufferAlignment));
    placed.insert(buffer.getDefiningOp());
    replaceByView(alloc, buffer);
  }

  void replaceByView(memref::AllocOp alloc, Value bytes) {
    builder.setInsertionPoint(alloc);
    Value zero = arith::ConstantIndexOp::create(builder, alloc.getLoc(), 0);
    finish(alloc, memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), bytes, zero,
                                         alloc.getDynamicSizes()));
  }

  void finish(memref::AllocOp alloc, Value buffer) {
    for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
      if (isa<memref::DeallocOp>(user))
        user->erase();
    alloc.replaceAllUsesWith(buffer);
    alloc.erase();
  }

  Block *entry;
  OpBuilder builder;
  int64_t bytesLeft;
  llvm::SmallPtrSet<Operation *, 4> placed;
};

} // namespace

/// Replaces sizes of allocated memory by the values that it was allocated with: what is known at the start
/// then shows, and a view of bytes would hide it.
static void resolveSizesOfAllocations(kernel::FuncOp func) {
  func.walk([](memref::DimOp dim) {
    auto alloc = dim.getSource().getDefiningOp<memref::AllocOp>();
    std::optional<int64_t> axis = dim.getConstantIndex();
    if (!alloc || !axis || !alloc.getType().isDynamicDim(*axis))
      return;
    dim.replaceAllUsesWith(alloc.getDynamicSizes()[alloc.getType().getDynamicDimIndex(*axis)]);
    dim.erase();
  });
}

LogicalResult weft::promoteBuffers(kernel::FuncOp func, int64_t maxStackBytes) {
  resolveSizesOfAllocations(func);
  SmallVector<memref::AllocOp> allocs;
  func.walk([&](memref::AllocOp op) { allocs.push_back(op); });
  BufferPromoter promoter(func, maxStackBytes);
  for (memref::AllocOp alloc : allocs)
    if (failed(promoter.promote(alloc)))
      return failure();
  return success();
}

namespace {

struct WeftPromoteBuffersPass : weft::impl::WeftPromoteBuffersPassBase<WeftPromoteBuffersPass> {
  using WeftPromoteBuffersPassBase::WeftPromoteBuffersPassBase;
  void runOnOperation() override {
    if (failed(weft::promoteBuffers(getOperation(), maxStackBytes)))
      signalPassFailure();
  }
};

} // namespace
