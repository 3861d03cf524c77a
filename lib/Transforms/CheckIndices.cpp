// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Puts checks before ops that read or write at indices: the index farthest outside is found by one reduction.
#include "weft/Transforms/CheckIndices.h"

#include "dialects/Weft/IR/DiscardableAttrs.h"
#include "dialects/Weft/IR/TensorType.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "weft/Transforms/IndexRange.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::weft;
using ::weft::CheckIndicesResult;
using ::weft::IndexRange;
using ::weft::IndexRanges;

namespace weft {
#define GEN_PASS_DEF_WEFTCHECKINDICESPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

// So many indices the host reads one by one; a kernel that looks at more costs as much as two or three reads.
static constexpr int64_t kMaxHostReads = 4;

namespace {

/// The size that indices are less than: that of dim `axis` of `x`; or, with `part`, the number of places
/// where its dim fits in.
struct IndexBound {
  Value x;
  int64_t axis = 0;
  Value part;

  DimExpr getExpr() const {
    DimExpr size = mlir::weft::getDim(typeOf(x), axis);
    return part ? size - mlir::weft::getDim(typeOf(part), axis) + DimExpr::constant(1) : size;
  }
};

/// The indices of one op: each less than the one bound, or, in the last dim, each than its own.
struct IndexUse {
  Operation *op;
  Value indices;
  SmallVector<IndexBound> bounds;
  bool wraps = true; ///< whether negative indices count from the end

  bool areCoordinates() const { return bounds.size() > 1; }
};

/// Builds the checks of one function.
class IndexChecker {
public:
  explicit IndexChecker(MLIRContext *context) : loc(UnknownLoc::get(context)) {}

  CheckIndicesResult result;

  /// Checks made before hold in what `checked` names.
  void run(Block &block, llvm::StringSet<> checked);

private:
  std::optional<IndexUse> getUse(Operation *op);
  void check(const IndexUse &use, llvm::StringSet<> &checked);
  void checkConstants(const IndexUse &use, const IndexBound &bound, const IndexRange &range);
  void checkEach(const IndexUse &use, ArrayRef<bool> isOpen);
  void checkFarthest(const IndexUse &use, ArrayRef<bool> isOpen);
  void assertWithin(const IndexUse &use, const IndexBound &bound, Value index);
  void assertHolds(const IndexUse &use, Value holds, const Twine &expectation);
  Value getSize(const IndexBound &bound);
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(*b, loc, value); }
  Value isEmpty(const IndexUse &use);

  IndexRanges ranges;
  std::optional<OpBuilder> b;
  Location loc;
};

} // namespace

//===----------------------------------------------------------------------===//
// What ops take
//===----------------------------------------------------------------------===//

std::optional<IndexUse> IndexChecker::getUse(Operation *op) {
  auto coordinates = [&](Value x, Value indices, int64_t firstDim) -> std::optional<IndexUse> {
    int64_t count = typeOf(indices).getShape().back();
    if (ShapedType::isDynamic(count) || count == 0)
      return std::nullopt;
    IndexUse use{op, indices, {}};
    for (int64_t i = 0; i < count; ++i)
      use.bounds.push_back({x, firstDim + i, {}});
    return use;
  };
  return llvm::TypeSwitch<Operation *, std::optional<IndexUse>>(op)
      .Case<GatherOp, GatherElementsOp, ScatterElementsOp>([&](auto access) {
        return IndexUse{
            op, access.getIndices(), {{access.getX(), static_cast<int64_t>(access.getAxis()), {}}}};
      })
      .Case([&](GatherNdOp gather) {
        return coordinates(gather.getX(), gather.getIndices(), gather.getBatchDims());
      })
      .Case([&](ScatterNdOp scatter) { return coordinates(scatter.getX(), scatter.getIndices(), 0); })
      .Case([&](CacheUpdateOp update) -> std::optional<IndexUse> {
        if (update.getCircular())
          return std::nullopt;
        int64_t axis = update.getAxis();
        return IndexUse{
            op, update.getStart(), {{update.getCache(), axis, update.getUpdate()}}, /*wraps=*/false};
      })
      .Case([&](RoiPoolOp pool) -> std::optional<IndexUse> {
        if (pool.getBatch())
          return IndexUse{op, pool.getBatch(), {{pool.getX(), 0, {}}}, /*wraps=*/false};
        // The first column, in floats that stand for integers.
        RankedTensorType rois = typeOf(pool.getRois());
        SmallVector<Value> sizes;
        if (rois.isDynamicDim(0))
          sizes.push_back(DimOp::create(*b, loc, b->getIndexType(), pool.getRois(), 0));
        auto column =
            makeTensorType({mlir::weft::getDim(rois, 0), DimExpr::constant(1)}, rois.getElementType());
        Value first = SliceOp::create(*b, loc, column, pool.getRois(), ValueRange(), sizes,
                                      ArrayRef<int64_t>{0, 0}, column.getShape(), ArrayRef<int64_t>{1, 1});
        auto to = b->getNamedAttr("to", TypeAttr::get(b->getI64Type()));
        Value indices = buildChecked<CastOp>(*b, loc, first, to);
        return IndexUse{op, indices, {{pool.getX(), 0, {}}}, /*wraps=*/false};
      })
      .Default([](Operation *) { return std::nullopt; });
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

/// The outermost name of a node in a location.
static std::optional<StringRef> getNodeName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().empty() ? getNodeName(name.getChildLoc()) : name.getName().strref();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (std::optional<StringRef> name = getNodeName(part))
        return name;
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return getNodeName(call.getCallee());
  return std::nullopt;
}

void IndexChecker::assertHolds(const IndexUse &use, Value holds, const Twine &expectation) {
  std::optional<StringRef> name = getNodeName(use.op->getLoc());
  std::string node = name ? "node '" + name->str() + "'" : use.op->getName().stripDialect().str();
  cf::AssertOp::create(*b, loc, holds, node + ": expected " + expectation.str());
}

Value IndexChecker::getSize(const IndexBound &bound) {
  if (std::optional<int64_t> size = bound.getExpr().getConstant())
    return constant(*size);
  Value size = b->createOrFold<DimOp>(loc, b->getIndexType(), bound.x, bound.axis);
  if (!bound.part)
    return size;
  Value length = b->createOrFold<DimOp>(loc, b->getIndexType(), bound.part, bound.axis);
  Value last = b->createOrFold<arith::SubIOp>(loc, size, length);
  return b->createOrFold<arith::AddIOp>(loc, last, constant(1));
}

/// The range as text, of a size that is known or that the message writes as `size`.
static std::string describe(const IndexUse &use, const IndexBound &bound, StringRef size) {
  std::string what = bound.part ? "a start" : "an index";
  return what + " on dim " + std::to_string(bound.axis) + " in [" + (use.wraps ? "-" + size.str() : "0") +
         ", " + size.str() + ")";
}

static std::string describe(const IndexUse &use, const IndexBound &bound) {
  // {a} is the index and {b} the size: the operands of the first comparison.
  std::optional<int64_t> size = bound.getExpr().getConstant();
  return describe(use, bound, size ? std::to_string(*size) : "{b}") + ", but got ";
}

/// Whether there are no indices, where a type leaves that open; else null.
Value IndexChecker::isEmpty(const IndexUse &use) {
  RankedTensorType type = typeOf(use.indices);
  Value count;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(axis))
      continue;
    Value size = b->createOrFold<DimOp>(loc, b->getIndexType(), use.indices, axis);
    count = count ? b->createOrFold<arith::MulIOp>(loc, count, size) : size;
  }
  return count ? b->createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, count, constant(0)) : Value();
}

void IndexChecker::assertWithin(const IndexUse &use, const IndexBound &bound, Value index) {
  Value size = getSize(bound);
  Value least = use.wraps ? b->createOrFold<arith::SubIOp>(loc, constant(0), size) : constant(0);
  Value holds = arith::CmpIOp::create(*b, loc, arith::CmpIPredicate::slt, index, size);
  Value isAbove = arith::CmpIOp::create(*b, loc, arith::CmpIPredicate::sge, index, least);
  holds = arith::AndIOp::create(*b, loc, holds, isAbove);
  // Of no indices, what stands for the farthest means nothing.
  if (Value none = isEmpty(use))
    holds = arith::OrIOp::create(*b, loc, holds, none);
  assertHolds(use, holds, describe(use, bound) + "{a}");
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Indices that are known meet a size that is not, or that they exceed.
void IndexChecker::checkConstants(const IndexUse &use, const IndexBound &bound, const IndexRange &range) {
  // The size that takes the greatest, and the one that takes the least.
  DimExpr expr = bound.getExpr();
  std::optional<int64_t> count = expr.getConstant();
  auto require = [&](int64_t index, bool isOk, int64_t needed) {
    if (isOk)
      return;
    Value size = getSize(bound);
    Value holds = arith::CmpIOp::create(*b, loc, arith::CmpIPredicate::sge, size, constant(needed));
    if (Value none = isEmpty(use))
      holds = arith::OrIOp::create(*b, loc, holds, none);
    std::string text = describe(use, bound, count ? std::to_string(*count) : "{a}");
    assertHolds(use, holds, text + ", but got " + Twine(index));
  };
  IndexRange above{0, range.hi, {}, false}, below{range.lo, -1, {}, false};
  if (*range.hi == INT64_MAX || (*range.lo < 0 && (!use.wraps || *range.lo == INT64_MIN)))
    return require(*range.lo < 0 ? *range.lo : *range.hi, false, INT64_MAX);
  if (*range.hi >= 0)
    require(*range.hi, above.isWithin(expr, use.wraps), *range.hi + 1);
  if (*range.lo < 0)
    require(*range.lo, count && *count >= -*range.lo, -*range.lo);
}

/// The host reads the few indices.
void IndexChecker::checkEach(const IndexUse &use, ArrayRef<bool> isOpen) {
  for (int64_t i = 0; i < typeOf(use.indices).getNumElements(); ++i) {
    size_t place = i % use.bounds.size();
    if (isOpen[place])
      assertWithin(use, use.bounds[place],
                   b->createOrFold<ExtractOp>(loc, b->getIndexType(), use.indices, i));
  }
}

/// A kernel finds the index that is farthest above the least one of its range, counted without sign: all are
/// in range exactly if that one is. One pass, an addition and a maximum per index.
void IndexChecker::checkFarthest(const IndexUse &use, ArrayRef<bool> isOpen) {
  RankedTensorType type = typeOf(use.indices);
  Type i64 = b->getI64Type();
  Value indices = use.indices;
  auto to = b->getNamedAttr("to", TypeAttr::get(i64));
  if (type.getElementType() != i64)
    indices = type.getElementType().isUnsignedInteger(64)
                  ? buildChecked<BitcastOp>(*b, loc, indices, to).getResult()
                  : buildChecked<CastOp>(*b, loc, indices, to).getResult();
  // Added to an index, the least one of the range becomes the least integer, and what is below wraps to the
  // top.
  SmallVector<Value> shifts;
  for (const IndexBound &bound : use.bounds)
    shifts.push_back(use.wraps ? b->createOrFold<arith::AddIOp>(loc, getSize(bound), constant(INT64_MIN))
                               : constant(INT64_MIN));
  SmallVector<int64_t> shape(type.getRank(), 1), axes;
  for (int64_t axis = 0; axis < type.getRank() - (use.areCoordinates() ? 1 : 0); ++axis)
    axes.push_back(axis);
  if (use.areCoordinates())
    shape.back() = static_cast<int64_t>(use.bounds.size());
  Value shift;
  auto shiftType = RankedTensorType::get(shape, i64);
  SmallVector<int64_t> known;
  for (Value value : shifts)
    if (std::optional<int64_t> number = getIndexExpr(value).getConstant())
      known.push_back(*number);
  if (known.size() == shifts.size())
    shift = ConstantOp::create(*b, loc, DenseElementsAttr::get(shiftType, ArrayRef<int64_t>(known)));
  else
    shift = ReshapeOp::create(*b, loc, shiftType, buildChecked<FromElementsOp>(*b, loc, shifts), ValueRange(),
                              shape);
  Value shifted = buildChecked<AddOp>(*b, loc, {indices, shift});
  Value farthest =
      buildChecked<ReduceOp>(*b, loc, shifted,
                             {b->getNamedAttr("kind", ReduceKindAttr::get(b->getContext(), ReduceKind::max)),
                              b->getNamedAttr("axes", b->getDenseI64ArrayAttr(axes))});
  for (auto [i, bound] : llvm::enumerate(use.bounds)) {
    if (!isOpen[i])
      continue;
    Value found = ExtractOp::create(*b, loc, b->getIndexType(), farthest, i);
    assertWithin(use, bound, arith::SubIOp::create(*b, loc, found, shifts[i]));
  }
}

void IndexChecker::check(const IndexUse &use, llvm::StringSet<> &checked) {
  RankedTensorType type = typeOf(use.indices);
  if (llvm::is_contained(type.getShape(), 0))
    return;
  bool isConstant = true;
  SmallVector<bool> isOpen;
  SmallVector<IndexRange> found;
  for (auto [i, bound] : llvm::enumerate(use.bounds)) {
    IndexRange range =
        use.areCoordinates() ? ranges.getAt(use.indices, type.getRank() - 1, i) : ranges.get(use.indices);
    // One check of the same indices against the same size is enough.
    std::string key = llvm::formatv("{0}:{1}:{2}:{3}", use.indices.getAsOpaquePointer(), i,
                                    bound.getExpr().str(), use.wraps);
    bool isDone = !bound.getExpr().isUnknown() && checked.contains(key);
    isOpen.push_back(!isDone && !range.isWithin(bound.getExpr(), use.wraps));
    isConstant &= !isOpen.back() || range.isExact;
    found.push_back(range);
    if (isOpen.back())
      checked.insert(key);
  }
  if (!llvm::is_contained(isOpen, true)) {
    ++result.proved;
    return;
  }
  ++result.checked;
  if (isConstant) {
    for (auto [i, bound] : llvm::enumerate(use.bounds))
      if (isOpen[i])
        checkConstants(use, bound, found[i]);
  } else if (type.hasStaticShape() && type.getNumElements() <= kMaxHostReads) {
    checkEach(use, isOpen);
  } else {
    checkFarthest(use, isOpen);
  }
}

void IndexChecker::run(Block &block, llvm::StringSet<> checked) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    b.emplace(&op);
    loc = op.getLoc();
    if (!isa<KernelOp>(op))
      for (Region &region : op.getRegions())
        for (Block &nested : region)
          run(nested, checked);
    b.emplace(&op);
    loc = op.getLoc();
    if (op.hasAttr(kInRangeAttr))
      ++result.proved;
    else if (std::optional<IndexUse> use = getUse(&op))
      check(*use, checked);
  }
}

namespace weft {

CheckIndicesResult checkIndices(func::FuncOp func) {
  // An index that nobody uses is no error.
  func.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
  IndexChecker checker(func.getContext());
  for (Block &block : func.getBody())
    checker.run(block, {});
  return checker.result;
}

} // namespace weft

namespace {

struct WeftCheckIndicesPass : ::weft::impl::WeftCheckIndicesPassBase<WeftCheckIndicesPass> {
  void runOnOperation() override {
    CheckIndicesResult result = ::weft::checkIndices(getOperation());
    numChecked += result.checked;
    numProved += result.proved;
  }
};

} // namespace
