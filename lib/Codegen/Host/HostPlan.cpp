// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans the buffers of the host program: sharing, lifetimes, memory.
//
// The program is numbered in preorder; a buffer is live from the op that makes it to the last op that may
// read it through any alias, and through a whole loop when it is read inside but made outside of it. Tensors
// that a loop carries have a home of their own into which each iteration copies, so that buffers made inside
// a loop never outlive an iteration.
#include "HostPlan.h"

#include "ArenaPacking.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace weft;

namespace {

// Cache line, and the alignment that kernels may rely on.
constexpr int64_t kAlignment = 64;

class Planner {
public:
  explicit Planner(func::FuncOp main) : main(main) {}

  FailureOr<HostPlan> run() {
    number(main);
    if (failed(analyze(main.getBody().front())))
      return failure();
    main.walk([&](Operation *op) {
      for (Value operand : op->getOperands())
        touch(operand, op);
    });
    placeOutputs();
    placeArenas();
    return std::move(plan);
  }

private:
  func::FuncOp main;
  HostPlan plan;
  llvm::DenseMap<Operation *, std::pair<int64_t, int64_t>> steps;
  int64_t nextStep = 0;

  void number(Operation *op) {
    int64_t begin = nextStep++;
    for (Region &region : op->getRegions())
      for (Operation &nested : region.getOps())
        number(&nested);
    steps[op] = {begin, nextStep++};
  }

  void addSite(Value value, ValueRange sizes, Operation *maker, bool isCarried) {
    BufferSite site;
    site.value = value;
    site.type = cast<RankedTensorType>(value.getType());
    site.sizes.assign(sizes.begin(), sizes.end());
    site.isCarried = isCarried;
    std::tie(site.begin, site.end) = steps.lookup(maker);
    if (!isCarried)
      site.end = site.begin;
    plan.siteOf[value] = plan.sites.size();
    plan.roots[value] = {static_cast<unsigned>(plan.sites.size())};
    plan.sites.push_back(std::move(site));
  }

  void alias(Value value, Value source) {
    auto &into = plan.roots[value];
    // The copy guards against growth of the map while it is read.
    llvm::SmallVector<unsigned, 1> from = plan.roots.lookup(source);
    for (unsigned root : from)
      if (!llvm::is_contained(into, root))
        into.push_back(root);
  }

  static bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

  LogicalResult analyze(Block &block) {
    for (Operation &op : block)
      if (failed(analyze(&op)))
        return failure();
    return success();
  }

  LogicalResult analyze(Operation *op) {
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](kernel::LaunchOp launch) {
          size_t next = 0;
          for (Value result : launch.getResults()) {
            size_t count = cast<RankedTensorType>(result.getType()).getNumDynamicDims();
            addSite(result, launch.getSizes().slice(next, count), op, /*isCarried=*/false);
            next += count;
          }
          return success();
        })
        .Case([&](tensor::FromElementsOp make) {
          addSite(make.getResult(), {}, op, /*isCarried=*/false);
          return success();
        })
        .Case<kernel::ViewOp, tensor::CastOp, tensor::ExtractSliceOp>([&](auto) {
          alias(op->getResult(0), op->getOperand(0));
          return success();
        })
        .Case([&](arith::SelectOp select) {
          if (isTensor(select.getResult())) {
            alias(select.getResult(), select.getTrueValue());
            alias(select.getResult(), select.getFalseValue());
          }
          return success();
        })
        .Case([&](tensor::InsertSliceOp insert) -> LogicalResult {
          if (!insert.getDest().hasOneUse() || plan.roots.lookup(insert.getDest()).empty())
            return op->emitOpError(
                "expected a destination with one use that the program may write, but got one that is "
                "read elsewhere");
          alias(insert.getResult(), insert.getDest());
          return success();
        })
        .Case([&](scf::IfOp branch) {
          for (Region *region : {&branch.getThenRegion(), &branch.getElseRegion()}) {
            if (region->empty())
              continue;
            if (failed(analyze(region->front())))
              return failure();
            for (auto [result, yielded] :
                 llvm::zip_equal(op->getResults(), region->front().getTerminator()->getOperands()))
              if (isTensor(result))
                alias(result, yielded);
          }
          return success();
        })
        .Case([&](scf::ForOp loop) {
          for (auto [argument, result] : llvm::zip_equal(loop.getRegionIterArgs(), loop.getResults()))
            if (isTensor(argument)) {
              addSite(argument, {}, op, /*isCarried=*/true);
              alias(result, argument);
            }
          return analyze(*loop.getBody());
        })
        .Case([&](scf::WhileOp loop) {
          for (Value argument : loop.getBeforeArguments())
            if (isTensor(argument))
              addSite(argument, {}, op, /*isCarried=*/true);
          if (failed(analyze(*loop.getBeforeBody())))
            return failure();
          for (auto [argument, result, passed] :
               llvm::zip_equal(loop.getAfterArguments(), loop.getResults(), loop.getConditionOp().getArgs()))
            if (isTensor(argument)) {
              alias(argument, passed);
              alias(result, passed);
            }
          return analyze(*loop.getAfterBody());
        })
        .Default([](Operation *) { return success(); });
  }

  /// Extends the life of what `value` may be to its use by `user`.
  void touch(Value value, Operation *user) {
    auto found = plan.roots.find(value);
    if (found == plan.roots.end())
      return;
    for (unsigned root : found->second) {
      BufferSite &site = plan.sites[root];
      int64_t last = steps.lookup(user).first;
      for (Operation *parent = user->getParentOp(); parent && parent != main;
           parent = parent->getParentOp()) {
        auto [begin, end] = steps.lookup(parent);
        if (isa<LoopLikeOpInterface>(parent) && site.begin < begin)
          last = std::max(last, end);
      }
      site.end = std::max(site.end, last);
    }
  }

  /// The launch whose bytes `value` is, whole, in a program without branches around it; null otherwise.
  kernel::LaunchOp findLaunch(Value value) {
    while (auto view = value.getDefiningOp<kernel::ViewOp>())
      value = view.getSource();
    auto launch = value.getDefiningOp<kernel::LaunchOp>();
    return launch && launch->getBlock() == &main.getBody().front() ? launch : kernel::LaunchOp();
  }

  /// A launch whose result is returned, as it is or under another shape that is known by then, and not
  /// packed, writes straight into the caller's memory.
  void placeOutputs() {
    auto results = main.getBody().front().getTerminator()->getOperands();
    plan.isOutputPlaced.assign(results.size(), false);
    for (auto [index, result] : llvm::enumerate(results)) {
      kernel::LaunchOp launch = isTensor(result) ? findLaunch(result) : kernel::LaunchOp();
      if (!launch || main.getResultAttr(index, kPackedAttr))
        continue;
      BufferSite &site = plan.sites[plan.roots.lookup(result).front()];
      auto view = result.getDefiningOp<kernel::ViewOp>();
      ValueRange sizes = view ? ValueRange(view.getSizes()) : ValueRange(site.sizes);
      bool isKnown = llvm::all_of(sizes, [&](Value size) {
        Operation *maker = size.getDefiningOp();
        return !maker || maker->isBeforeInBlock(launch) || isComputableAtEntry(size);
      });
      if (site.placement == Placement::Output || !isKnown)
        continue;
      site.placement = Placement::Output;
      site.position = index;
      site.outputType = cast<RankedTensorType>(result.getType());
      site.outputSizes.assign(sizes.begin(), sizes.end());
      plan.isOutputPlaced[index] = true;
    }
  }

  void placeArenas() {
    std::vector<ArenaRequest> requests;
    std::vector<unsigned> requested;
    struct Slot {
      SmallVector<Value> key;
      int64_t fixedBytes;
      SmallVector<std::pair<int64_t, int64_t>> lives;
    };
    std::vector<Slot> slots;
    for (size_t index = 0; index < plan.sites.size(); ++index) {
      BufferSite &site = plan.sites[index];
      if (site.placement == Placement::Output)
        continue;
      int64_t fixedBytes = getElementBytes(site.type.getElementType());
      for (int64_t size : site.type.getShape())
        fixedBytes *= ShapedType::isDynamic(size) ? 1 : size;
      if (site.type.hasStaticShape()) {
        requests.push_back({fixedBytes, site.begin, site.end});
        requested.push_back(index);
        continue;
      }
      if (site.isCarried || !llvm::all_of(site.sizes, isComputableAtEntry)) {
        site.placement = Placement::RunTime;
        continue;
      }
      // Buffers of the same size expression share a slot when they never live at the same time.
      site.placement = Placement::DynamicArena;
      auto fits = [&](Slot &slot) {
        return slot.key == site.sizes && slot.fixedBytes == fixedBytes &&
               llvm::none_of(slot.lives,
                             [&](auto life) { return life.first <= site.end && site.begin <= life.second; });
      };
      auto slot = llvm::find_if(slots, fits);
      if (slot == slots.end())
        slot = slots.insert(slots.end(), Slot{site.sizes, fixedBytes, {}});
      slot->lives.push_back({site.begin, site.end});
      site.position = slot - slots.begin();
    }
    plan.numDynamicSlots = slots.size();
    PackedArena packed = packArena(requests, kAlignment);
    for (auto [index, offset] : llvm::zip_equal(requested, packed.offsets))
      plan.sites[index].position = offset;
    plan.arenaBytes = packed.bytes;
    plan.arenaLowerBound = packed.lowerBound;
  }
};

} // namespace

int64_t weft::getElementBytes(Type elementType) {
  if (auto complex = dyn_cast<ComplexType>(elementType))
    return 2 * getElementBytes(complex.getElementType());
  return elementType.isIntOrFloat() ? llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8) : 0;
}

bool weft::isComputableAtEntry(Value value) {
  SmallVector<Value> worklist = {value};
  llvm::DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value next = worklist.pop_back_val();
    if (!seen.insert(next).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(next)) {
      if (!isa<func::FuncOp>(argument.getOwner()->getParentOp()))
        return false;
      continue;
    }
    // A choice between tensors is made where it stands.
    Operation *op = next.getDefiningOp();
    if (isa<TensorType>(next.getType()))
      return false;
    if (!isa<tensor::DimOp>(op) && !isa<arith::ArithDialect>(op->getDialect()))
      return false;
    llvm::append_range(worklist, op->getOperands());
  }
  return true;
}

FailureOr<HostPlan> weft::planHostBuffers(func::FuncOp main) { return Planner(main).run(); }
