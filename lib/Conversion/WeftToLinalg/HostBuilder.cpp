// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host form of everything but kernels and control flow: constants, views, sizes; and the pass.
#include "HostBuilder.h"

#include "Support.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"
#include "weft/Conversion/WeftToLinalg/WeftToLinalg.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTOUTLINEKERNELSPASS
#include "weft/Conversion/WeftToLinalg/Passes.h.inc"

namespace conversion {

// Bytes of a splat that an artifact may store. What is greater is filled in when it runs. Weights are
// smaller: they are packed at compile time, for which they must be constants.
static constexpr int64_t kMaxStoredSplatBytes = int64_t(1) << 31;

//===----------------------------------------------------------------------===//
// Kernels of single ops
//===----------------------------------------------------------------------===//

static void collectNodeNames(Location loc, llvm::SetVector<Attribute> &names) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    if (!name.getName().empty())
      names.insert(name.getName());
    return collectNodeNames(name.getChildLoc(), names);
  }
  if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      collectNodeNames(part, names);
    return;
  }
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    collectNodeNames(call.getCallee(), names);
}

SmallVector<Attribute> getNodeNames(Location loc) {
  llvm::SetVector<Attribute> names;
  collectNodeNames(loc, names);
  return llvm::to_vector(names);
}

w::KernelOp groupInKernel(OpBuilder &b, ArrayRef<Operation *> ops, StringRef kind) {
  llvm::SetVector<Operation *> members(ops.begin(), ops.end());
  llvm::SetVector<Value> tensors, indices, constants;
  SmallVector<Location> locations;
  for (Operation *op : ops) {
    locations.push_back(op->getLoc());
    // Splats that are read elementwise are better known inside than passed.
    bool embeds = isa<w::ElementwiseOpInterface, w::PadOp, w::BroadcastOp>(op);
    for (Value operand : op->getOperands()) {
      if (members.contains(operand.getDefiningOp()))
        continue;
      if (!isa<RankedTensorType>(operand.getType()))
        indices.insert(operand);
      else if (embeds && getSplatValue(operand))
        constants.insert(operand);
      else
        tensors.insert(operand);
    }
  }
  // Read both ways, a constant comes in both ways.
  SmallVector<Value> inputs(tensors.begin(), tensors.end()), results;
  llvm::append_range(inputs, indices);
  for (Operation *op : ops)
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) { return !members.contains(user); }))
        results.push_back(result);
  if (results.empty())
    llvm::append_range(results, ops.back()->getResults());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ops.back());
  Location loc = b.getFusedLoc(locations);
  auto kernel = w::KernelOp::create(b, loc, ValueRange(results).getTypes(), inputs, b.getStringAttr(kind),
                                    b.getArrayAttr(getNodeNames(loc)));
  Block *body = b.createBlock(&kernel.getBody());
  IRMapping mapping;
  for (Value constant : constants)
    b.clone(*constant.getDefiningOp(), mapping);
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : ops)
    b.clone(*op, mapping);
  SmallVector<Value> yielded;
  for (Value result : results)
    yielded.push_back(mapping.lookup(result));
  w::YieldOp::create(b, loc, yielded);
  for (auto [old, value] : llvm::zip_equal(results, kernel.getResults()))
    old.replaceUsesWithIf(value, [&](OpOperand &use) { return !members.contains(use.getOwner()); });
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  return kernel;
}

w::KernelOp wrapInKernel(OpBuilder &b, Operation *op) {
  return groupInKernel(b, op, op->getName().stripDialect());
}

//===----------------------------------------------------------------------===//
// Values and sizes
//===----------------------------------------------------------------------===//

Type getHostType(Type type) {
  if (auto tensorType = dyn_cast<RankedTensorType>(type))
    return getStorageType(tensorType);
  if (auto tensorType = dyn_cast<UnrankedTensorType>(type))
    return getStorageType(RankedTensorType::get({}, tensorType.getElementType())) ? type : Type();
  Type element;
  if (auto seq = dyn_cast<w::SeqType>(type))
    element = seq.getElement();
  else if (auto opt = dyn_cast<w::OptType>(type))
    element = opt.getElement();
  else
    return type;
  // An empty list of nobody knows what is a list.
  return isa<NoneType>(element) || getHostType(element) ? kernel::ListType::get(type.getContext()) : Type();
}

void HostBuilder::bindDims(Type weftType, Value value) {
  auto type = dyn_cast<RankedTensorType>(weftType);
  auto hostType = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !hostType)
    return;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(axis) || dims.materialize(b, value.getLoc(), w::getDim(type, axis)))
      continue;
    Value size = hostType.isDynamicDim(axis)
                     ? Value(tensor::DimOp::create(b, value.getLoc(), value, axis))
                     : Value(arith::ConstantIndexOp::create(b, value.getLoc(), hostType.getDimSize(axis)));
    dims.bindSolved(b, value.getLoc(), w::getDim(type, axis), size);
  }
}

FailureOr<SmallVector<Value>> HostBuilder::getSizes(Operation *op, RankedTensorType type) {
  SmallVector<Value> sizes;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(axis))
      continue;
    w::DimExpr expr = w::getDim(type, axis);
    Value size = dims.materialize(b, op->getLoc(), expr);
    if (!size)
      return op->emitOpError("expected the size of dim ")
             << axis << " of " << type << " to be known before the op runs, but it is not";
    sizes.push_back(size);
  }
  return sizes;
}

Value HostBuilder::castTo(Location loc, Value value, Type weftType) {
  Type type = getHostType(weftType);
  return value.getType() == type ? value : Value(tensor::CastOp::create(b, loc, type, value));
}

Value HostBuilder::getCondition(Location loc, Value weftCondition) {
  Value condition = lookup(weftCondition);
  return extractScalar(b, loc, weftCondition, condition);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult HostBuilder::convertReshape(w::ReshapeOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  Value source = lookup(op.getX());
  RankedTensorType target = getStorageType(type);
  // Sizes that are operands of the op have a value even if their name is new.
  ValueRange dynamic = op.getShape();
  for (auto [axis, size] : llvm::enumerate(op.getStaticShape())) {
    if (!ShapedType::isDynamic(size))
      continue;
    if (type.isDynamicDim(axis) && !dims.materialize(b, op.getLoc(), w::getDim(type, axis)))
      dims.bindSolved(b, op.getLoc(), w::getDim(type, axis), lookup(dynamic.front()));
    dynamic = dynamic.drop_front();
  }
  FailureOr<SmallVector<Value>> sizes = getSizes(op, type);
  if (failed(sizes))
    return failure();
  addShapeChecks(op);
  Value view = source.getType() == target && target.hasStaticShape()
                   ? source
                   : Value(kernel::ViewOp::create(b, op.getLoc(), target, source, *sizes));
  values.map(op.getResult(), view);
  return success();
}

LogicalResult HostBuilder::convert(Operation *op) {
  b.setInsertionPointToEnd(b.getInsertionBlock());
  Location loc = op->getLoc();
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](w::KernelOp kernel) { return convertKernel(kernel); })
      .Case([&](w::ReshapeOp reshape) { return convertReshape(reshape); })
      .Case([&](w::IfOp branch) { return convertIf(branch); })
      .Case([&](w::LoopOp loop) { return convertLoop(loop); })
      .Case([&](w::ConstantOp constant) -> LogicalResult {
        ElementsAttr elements = getStorageElements(constant.getValue());
        if (!elements)
          return op->emitOpError("has elements of type ")
                 << constant.getValue().getElementType() << ", which the host program cannot hold";
        // A splat takes no room in the model, whatever its type says; nor should it in the artifact.
        TypedAttr splat = getSplatValue(constant.getResult());
        auto type = cast<RankedTensorType>(elements.getType());
        unsigned bits = splat ? splat.getType().getIntOrFloatBitWidth() : 8;
        if (splat && type.getNumElements() > kMaxStoredSplatBytes / std::max(bits / 8, 1u)) {
          values.map(constant.getResult(), createBuffer(loc, type, {}, splat));
          return success();
        }
        values.map(constant.getResult(), kernel::ConstantOp::create(b, loc, elements).getResult());
        return success();
      })
      .Case([&](w::DimOp dim) -> LogicalResult {
        auto type = cast<RankedTensorType>(dim.getX().getType());
        int64_t axis = dim.getAxis();
        Value size = type.isDynamicDim(axis) ? dims.materialize(b, loc, w::getDim(type, axis))
                                             : createIndex(b, loc, type.getDimSize(axis));
        values.map(dim.getResult(),
                   size ? size : tensor::DimOp::create(b, loc, lookup(dim.getX()), axis).getResult());
        return success();
      })
      .Case([&](w::ExtractOp extract) -> LogicalResult {
        auto type = cast<RankedTensorType>(extract.getX().getType());
        values.map(extract.getResult(), extractIndex(b, loc, type, lookup(extract.getX()), extract.getI()));
        return success();
      })
      .Case([&](w::FromElementsOp make) -> LogicalResult {
        SmallVector<Value> elements;
        for (Value element : make.getElements())
          elements.push_back(lookup(element));
        values.map(make.getResult(), createFromElements(b, loc, elements));
        return success();
      })
      .Case<w::SeqMakeOp, w::SeqGetOp, w::SeqInsertOp, w::SeqEraseOp, w::SeqLengthOp, w::SeqConcatOp,
            w::SeqSplitOp, w::OptMakeOp, w::OptGetOp, w::OptHasOp>(
          [&](auto) { return convertSequenceOp(op); })
      .Case<w::TextConcatOp, w::TextCaseOp, w::TextSplitOp, w::TextFindOp, w::TextMatchOp, w::TextFormatOp,
            w::TextParseOp, w::TextRankOp>([&](auto) { return convertTextOp(op); })
      .Default([&](Operation *other) -> LogicalResult {
        if (isa<w::WeftDialect>(other->getDialect()))
          return other->emitOpError("has no form in the host program");
        addShapeChecks(b.clone(*other, values));
        return success();
      });
}

LogicalResult HostBuilder::convertBlock(Block &block) {
  // Ops behind one that has no form would read values that are not there.
  for (Operation &op : block.without_terminator())
    if (failed(convert(&op)))
      return failure();
  b.setInsertionPointToEnd(b.getInsertionBlock());
  return success();
}

void HostBuilder::bindArguments(Block &from, Block &into) {
  for (BlockArgument argument : from.getArguments()) {
    Value value = into.addArgument(getHostType(argument.getType()), argument.getLoc());
    values.map(argument, value);
  }
  // Plain symbols first: what they give need not be solved for.
  for (bool onlySymbols : {true, false})
    for (BlockArgument argument : from.getArguments()) {
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      for (int64_t axis = 0; type && axis < type.getRank(); ++axis) {
        w::DimExpr expr = w::getDim(type, axis);
        if (!type.isDynamicDim(axis) || dims.lookup(expr) || (onlySymbols && expr.getSymbol().empty()))
          continue;
        dims.bindSolved(b, argument.getLoc(), expr,
                        tensor::DimOp::create(b, argument.getLoc(), lookup(argument), axis));
      }
    }
}

/// Erases pure ops without users, also in regions, last first.
static void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    for (Region &region : op.getRegions())
      for (Block &nested : region)
        eraseDeadOps(nested);
    if (isOpTriviallyDead(&op))
      op.erase();
  }
}

/// Tensor ops that the host has no form for and that are not in a kernel yet.
static bool needsKernel(Operation *op) {
  if (!isa_and_nonnull<w::WeftDialect>(op->getDialect()) || op->getParentOfType<w::KernelOp>() ||
      w::isTextOp(op))
    return false;
  if (isa<w::KernelOp, w::ReshapeOp, w::IfOp, w::LoopOp, w::YieldOp, w::ConstantOp, w::DimOp, w::ExtractOp,
          w::FromElementsOp, w::SeqMakeOp, w::SeqGetOp, w::SeqInsertOp, w::SeqEraseOp, w::SeqLengthOp,
          w::SeqConcatOp, w::SeqSplitOp, w::OptMakeOp, w::OptGetOp, w::OptHasOp>(op))
    return false;
  auto hasStorage = [](Type type) { return isa<RankedTensorType>(type) && getHostType(type); };
  return op->getNumResults() > 0 && llvm::all_of(op->getResultTypes(), hasStorage);
}

LogicalResult HostBuilder::expandOps() {
  SmallVector<Operation *> found;
  host.walk([&](Operation *op) {
    if (isa<w::LoopOp, w::AttentionOp, w::NonzeroOp, w::UniqueOp, w::NmsOp, w::SeqSplitOp>(op))
      found.push_back(op);
  });
  for (Operation *op : found) {
    if (auto kernel = op->getParentOfType<w::KernelOp>())
      dissolveKernel(kernel);
    if (auto loop = dyn_cast<w::LoopOp>(op))
      expandScans(loop);
    else if (auto split = dyn_cast<w::SeqSplitOp>(op))
      widenLengths(split);
    else if (auto nonzero = dyn_cast<w::NonzeroOp>(op))
      expandNonzero(nonzero);
    else if (auto unique = dyn_cast<w::UniqueOp>(op))
      expandUnique(unique);
    else if (auto nms = dyn_cast<w::NmsOp>(op))
      expandNms(nms);
    else if (failed(decomposeAttention(b, cast<w::AttentionOp>(op))))
      return failure();
  }
  return success();
}

/// Notes on arguments and results whose elements a caller packs what these are: kernels have a byte for each.
void HostBuilder::notePackedValues() {
  auto getPacked = [](Type type) -> TypeAttr {
    auto tensor = dyn_cast<RankedTensorType>(type);
    Type element = tensor ? tensor.getElementType() : Type();
    if (!element || !element.isIntOrFloat() || element.isInteger(1) || element.getIntOrFloatBitWidth() >= 8)
      return {};
    return TypeAttr::get(element);
  };
  for (auto [i, type] : llvm::enumerate(host.getFunctionType().getInputs()))
    if (TypeAttr packed = getPacked(type))
      host.setArgAttr(i, "kernel.packed", packed);
  for (auto [i, type] : llvm::enumerate(host.getFunctionType().getResults()))
    if (TypeAttr packed = getPacked(type))
      host.setResultAttr(i, "kernel.packed", packed);
}

LogicalResult HostBuilder::run() {
  if (failed(expandOps()))
    return failure();
  SmallVector<Operation *> loose;
  host.walk([&](Operation *op) {
    if (needsKernel(op))
      loose.push_back(op);
  });
  for (Operation *op : loose)
    wrapInKernel(b, op);

  for (Type type : host.getFunctionType().getInputs())
    if (!getHostType(type))
      return host.emitOpError("has an argument of type ") << type << ", which the host program cannot hold";
  Region body;
  Block &old = host.getBody().front();
  Block &entry = body.emplaceBlock();
  b.setInsertionPointToStart(&entry);
  bindArguments(old, entry);
  if (failed(convertBlock(old)))
    return failure();
  SmallVector<Value> results;
  for (Value value : old.getTerminator()->getOperands())
    results.push_back(lookup(value));
  func::ReturnOp::create(b, old.getTerminator()->getLoc(), results);
  eraseDeadOps(entry);
  notePackedValues();
  host.getBody().takeBody(body);
  host.setFunctionType(
      FunctionType::get(b.getContext(), entry.getArgumentTypes(), ValueRange(results).getTypes()));
  return success();
}

} // namespace conversion

LogicalResult outlineKernels(ModuleOp module) {
  unsigned nextKernel = 0;
  auto result = success();
  for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (!function.isExternal() && failed(conversion::HostBuilder(function, module, nextKernel).run()))
      result = failure();
  return result;
}

namespace {
struct WeftOutlineKernelsPass : impl::WeftOutlineKernelsPassBase<WeftOutlineKernelsPass> {
  void runOnOperation() override {
    if (failed(outlineKernels(getOperation())))
      signalPassFailure();
  }
};
} // namespace

} // namespace weft
