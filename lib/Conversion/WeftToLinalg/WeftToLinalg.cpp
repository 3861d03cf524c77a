// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass that lowers the weft ops of a kernel: sizes bound first, then one pattern per op.
#include "weft/Conversion/WeftToLinalg/WeftToLinalg.h"

#include "HotPath.h"
#include "Patterns.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft {
#define GEN_PASS_DEF_CONVERTWEFTTOLINALGPASS
#include "weft/Conversion/WeftToLinalg/Passes.h.inc"

using namespace conversion;

/// Gives the function storage types at its borders; weft types stay inside, behind casts.
static void convertSignature(FunctionOpInterface function) {
  Block &entry = function.getFunctionBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&entry);
  for (BlockArgument argument : entry.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    RankedTensorType storage = type ? getStorageType(type) : RankedTensorType();
    if (!storage || storage == type)
      continue;
    argument.setType(storage);
    auto castOp =
        UnrealizedConversionCastOp::create(b, argument.getLoc(), TypeRange{type}, ValueRange{argument});
    argument.replaceAllUsesExcept(castOp.getResult(0), castOp);
  }
  Operation *terminator = entry.getTerminator();
  b.setInsertionPoint(terminator);
  SmallVector<Type> results;
  for (OpOperand &operand : terminator->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    RankedTensorType storage = type ? getStorageType(type) : RankedTensorType();
    if (storage && storage != type)
      operand.set(
          UnrealizedConversionCastOp::create(b, terminator->getLoc(), TypeRange{storage}, operand.get())
              .getResult(0));
    results.push_back(operand.get().getType());
  }
  function.setType(FunctionType::get(function.getContext(), entry.getArgumentTypes(), results));
}

/// Binds what the arguments say, then builds every other size that a value of the function has.
static LogicalResult bindSizes(FunctionOpInterface function, DimTable &dims) {
  Block &entry = function.getFunctionBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&entry);
  // Sizes are built in front of all, from index arguments and from the casts of tensor arguments.
  for (BlockArgument argument : entry.getArguments())
    if (auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "weft.dim"))
      if (std::optional<w::DimExpr> expr = w::DimExpr::parse(name))
        dims.bind(*expr, argument);
  for (BlockArgument argument : entry.getArguments())
    for (Operation *user : argument.getUsers()) {
      auto castOp = dyn_cast<UnrealizedConversionCastOp>(user);
      auto type = castOp ? dyn_cast<RankedTensorType>(castOp.getResult(0).getType()) : RankedTensorType();
      auto source = dyn_cast<RankedTensorType>(argument.getType());
      if (!type || !source || type.getRank() != source.getRank())
        continue;
      for (int64_t axis = 0; axis < type.getRank(); ++axis)
        if (type.isDynamicDim(axis) && source.isDynamicDim(axis) && !dims.lookup(w::getDim(type, axis)))
          dims.bindSolved(b, argument.getLoc(), w::getDim(type, axis),
                          tensor::DimOp::create(b, argument.getLoc(), argument, axis));
    }

  auto result = success();
  auto bindType = [&](Operation *op, Type type) {
    auto tensorType = dyn_cast<RankedTensorType>(type);
    if (!tensorType || failed(result))
      return;
    if (!getStorageType(tensorType))
      result = op->emitOpError("has elements of type ")
               << tensorType.getElementType() << ", which kernels cannot hold";
    if (tensorType.hasStaticShape() || failed(result))
      return;
    for (int64_t axis = 0; axis < tensorType.getRank(); ++axis) {
      if (!tensorType.isDynamicDim(axis))
        continue;
      w::DimExpr expr = w::getDim(tensorType, axis);
      if (dims.materialize(b, function.getLoc(), expr))
        continue;
      result = op->emitOpError("expected the size of dim ")
               << axis << " of type " << type << " to follow from the arguments, but it does not";
      return;
    }
  };
  function.getFunctionBody().walk([&](Operation *op) {
    if (!isa_and_nonnull<w::WeftDialect>(op->getDialect()))
      return;
    for (Type type : op->getOperandTypes())
      bindType(op, type);
    for (Type type : op->getResultTypes())
      bindType(op, type);
  });
  return result;
}

/// An error for each weft op that is left.
static LogicalResult reportLeftovers(FunctionOpInterface function, const LoweringContext &sizes) {
  auto result = success();
  function.getFunctionBody().walk([&](Operation *op) {
    if (!isa_and_nonnull<w::WeftDialect>(op->getDialect()))
      return;
    StringRef reason = sizes.getReason(op);
    InFlightDiagnostic error = op->emitOpError("has no lowering");
    if (reason.empty())
      error << " for operands of " << op->getOperandTypes() << " and results of " << op->getResultTypes();
    else
      error << ": it " << reason << ", but has operands of " << op->getOperandTypes() << " and results of "
            << op->getResultTypes();
    result = error;
  });
  return result;
}

/// Takes out casts between storage types: pairs that lead back, and steps in what is known statically.
static void cancelCasts(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto castOp = dyn_cast<UnrealizedConversionCastOp>(op);
    if (!castOp || castOp->getNumResults() != 1)
      continue;
    Value source = castOp.getOperand(0);
    if (auto before = source.getDefiningOp<UnrealizedConversionCastOp>())
      source = before.getOperand(0);
    auto from = dyn_cast<RankedTensorType>(source.getType());
    auto to = dyn_cast<RankedTensorType>(castOp.getResult(0).getType());
    if (!from || !to || from.getEncoding() || to.getEncoding())
      continue;
    if (from == to) {
      castOp.getResult(0).replaceAllUsesWith(source);
    } else if (tensor::CastOp::areCastCompatible(from, to)) {
      OpBuilder b(castOp);
      castOp.getResult(0).replaceAllUsesWith(tensor::CastOp::create(b, castOp.getLoc(), to, source));
    }
  }
}

/// Erases pure ops without users, last first.
static void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// Takes out ops all of whose results are known to have no elements: nothing needs to be computed for them.
static void dropEmptyResults(FunctionOpInterface function, const LoweringContext &sizes) {
  auto isEmpty = [](Type type) {
    auto tensorType = dyn_cast<RankedTensorType>(type);
    return tensorType && llvm::is_contained(tensorType.getShape(), 0);
  };
  SmallVector<Operation *> empty;
  function.getFunctionBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!isa_and_nonnull<w::WeftDialect>(op->getDialect()) || op->getNumResults() == 0 ||
        !llvm::all_of(op->getResultTypes(), isEmpty))
      return WalkResult::advance();
    empty.push_back(op);
    return WalkResult::skip();
  });
  for (Operation *op : llvm::reverse(empty)) {
    OpBuilder b(op);
    for (Value result : op->getResults()) {
      auto type = cast<RankedTensorType>(result.getType());
      RankedTensorType storage = getStorageType(type);
      Value made = createEmpty(b, op->getLoc(), sizes.getSizes(b, type), storage.getElementType());
      made = castToType(b, op->getLoc(), made, storage);
      if (storage != type)
        made = UnrealizedConversionCastOp::create(b, op->getLoc(), TypeRange{type}, made).getResult(0);
      result.replaceAllUsesWith(made);
    }
    op->erase();
  }
}

LogicalResult convertWeftToLinalg(FunctionOpInterface function) {
  if (function.getFunctionBody().empty())
    return success();
  convertSignature(function);
  DimTable dims;
  if (failed(bindSizes(function, dims)))
    return failure();

  MLIRContext *context = function.getContext();
  LoweringContext sizes(dims);
  dropEmptyResults(function, sizes);
  formHotContractions(function, sizes);
  StorageTypeConverter converter;
  RewritePatternSet patterns(context);
  populateAttentionLowerings(patterns, converter, sizes);
  populateContractionLowerings(patterns, converter, sizes);
  populateConvolutionLowerings(patterns, converter, sizes);
  populateElementwiseLowerings(patterns, converter, sizes);
  populateIndexingLowerings(patterns, converter, sizes);
  populateIrregularContractionLowerings(patterns, converter, sizes);
  populateNumericLowerings(patterns, converter, sizes);
  populatePoolLowerings(patterns, converter, sizes);
  populateQuantLowerings(patterns, converter, sizes);
  populateRecurrentLowerings(patterns, converter, sizes);
  populateReductionLowerings(patterns, converter, sizes);
  populateResizeLowerings(patterns, converter, sizes);
  populateSelectionLowerings(patterns, converter, sizes);
  populateShapeLowerings(patterns, converter, sizes);
  populateSpatialLowerings(patterns, converter, sizes);
  populateTopKLowerings(patterns, converter, sizes);

  ConversionTarget target(*context);
  target.addLegalDialect<affine::AffineDialect, arith::ArithDialect, complex::ComplexDialect,
                         kernel::KernelDialect, linalg::LinalgDialect, math::MathDialect, scf::SCFDialect,
                         tensor::TensorDialect>();
  target.addLegalOp<UnrealizedConversionCastOp>();
  // Weft ops are neither legal nor illegal: what no pattern takes is left, and reported here with the reason.
  if (failed(applyPartialConversion(function, target, std::move(patterns))))
    return failure();
  if (failed(reportLeftovers(function, sizes)))
    return failure();
  cancelCasts(function.getFunctionBody().front());
  eraseDeadOps(function.getFunctionBody().front());
  // The names of dims have done their work; `kernel.dims` says the rest.
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    function.removeArgAttr(i, "weft.dim");
  return success();
}

namespace {
struct ConvertWeftToLinalgPass : impl::ConvertWeftToLinalgPassBase<ConvertWeftToLinalgPass> {
  void runOnOperation() override {
    if (failed(convertWeftToLinalg(getOperation())))
      signalPassFailure();
  }
};
} // namespace

} // namespace weft
