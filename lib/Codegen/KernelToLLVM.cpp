// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers kernels to the LLVM dialect, bodies in parallel.
#include "weft/Codegen/KernelToLLVM.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Affine/Transforms/Transforms.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/Threading.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTKERNELTOLLVMPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

namespace {

/// Views of views become one address computation; loops become branches.
LogicalResult lowerStructure(LLVM::LLVMFuncOp func) {
  MLIRContext *context = func.getContext();
  RewritePatternSet views(context);
  // Not populateFoldMemRefAliasOpPatterns: it would put the divisions of a collapsed view into every access.
  affine::populateAffineExpandIndexOpsPatterns(views);
  memref::populateExpandStridedMetadataPatterns(views);
  memref::populateResolveExtractStridedMetadataPatterns(views);
  vector::populateVectorBitCastLoweringPatterns(views);
  vector::populateVectorBroadcastLoweringPatterns(views);
  vector::populateVectorInsertExtractStridedSliceTransforms(views);
  vector::populateVectorShapeCastLoweringPatterns(views);
  vector::populateVectorTransposeLoweringPatterns(views, vector::VectorTransposeLowering::Shuffle1D);
  vector::populateVectorMaskMaterializationPatterns(views, /*force32BitVectorIndices=*/true);
  arith::populateCeilFloorDivExpandOpsPatterns(views);
  // No folding to canonical vector forms: that would take vectors apart element by element.
  GreedyRewriteConfig config;
  config.enableConstantCSE();
  if (failed(applyPatternsGreedily(func, std::move(views), config)))
    return func.emitOpError("internal: views do not fold");

  ConversionTarget target(*context);
  target.addIllegalDialect<affine::AffineDialect, scf::SCFDialect>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  RewritePatternSet loops(context);
  populateAffineToStdConversionPatterns(loops);
  populateSCFToControlFlowConversionPatterns(loops);
  return applyPartialConversion(func, target, std::move(loops));
}

/// Converts single operations.
LogicalResult convertOperations(LLVM::LLVMFuncOp func) {
  MLIRContext *context = func.getContext();
  LowerToLLVMOptions options(context);
  LLVMTypeConverter converter(context, options);
  RewritePatternSet patterns(context);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  populateMathToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns, /*reassociateFPReductions=*/false,
                                         /*force32BitVectorIndices=*/true);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
  ConversionTarget target(*context);
  target.addLegalDialect<LLVM::LLVMDialect>();
  target.addLegalOp<UnrealizedConversionCastOp>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return false; });
  if (failed(applyPartialConversion(func.getOperation(), target, std::move(patterns))))
    return failure();
  SmallVector<UnrealizedConversionCastOp> casts;
  func.walk([&](UnrealizedConversionCastOp op) { casts.push_back(op); });
  SmallVector<UnrealizedConversionCastOp> left;
  reconcileUnrealizedCasts(casts, &left);
  if (!left.empty())
    return left.front().emitOpError("internal: a conversion to LLVM is missing");
  return success();
}

/// Loop annotations count only as properties of branches.
void fixLoopAnnotations(LLVM::LLVMFuncOp func) {
  constexpr llvm::StringLiteral name = "llvm.loop_annotation";
  func.walk([&](Operation *op) {
    auto annotation = op->getAttrOfType<LLVM::LoopAnnotationAttr>(name);
    if (!annotation)
      return;
    if (auto branch = dyn_cast<LLVM::BrOp>(op))
      branch.setLoopAnnotationAttr(annotation);
    else if (auto branch = dyn_cast<LLVM::CondBrOp>(op))
      branch.setLoopAnnotationAttr(annotation);
    op->removeAttr(name);
  });
}

/// Bools are bytes in memory: loads and stores of single bits would not vectorise.
void widenBools(LLVM::LLVMFuncOp func) {
  IRRewriter rewriter(func.getContext());
  Type i1 = rewriter.getI1Type(), i8 = rewriter.getI8Type();
  func.walk([&](Operation *op) {
    rewriter.setInsertionPoint(op);
    if (auto load = dyn_cast<LLVM::LoadOp>(op); load && load.getType() == i1) {
      Value byte = LLVM::LoadOp::create(rewriter, op->getLoc(), i8, load.getAddr());
      Value zero = LLVM::ConstantOp::create(rewriter, op->getLoc(), i8, rewriter.getI8IntegerAttr(0));
      rewriter.replaceOpWithNewOp<LLVM::ICmpOp>(op, LLVM::ICmpPredicate::ne, byte, zero);
    } else if (auto store = dyn_cast<LLVM::StoreOp>(op); store && store.getValue().getType() == i1) {
      Value byte = LLVM::ZExtOp::create(rewriter, op->getLoc(), i8, store.getValue());
      rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, byte, store.getAddr());
    } else if (auto gep = dyn_cast<LLVM::GEPOp>(op); gep && gep.getElemType() == i1) {
      gep.setElemType(i8);
    } else if (auto alloca = dyn_cast<LLVM::AllocaOp>(op); alloca && alloca.getElemType() == i1) {
      alloca.setElemType(i8);
    }
  });
}

} // namespace

LogicalResult weft::lowerBodyToLLVM(LLVM::LLVMFuncOp func) {
  if (failed(lowerStructure(func)) || failed(convertOperations(func)))
    return failure();
  fixLoopAnnotations(func);
  widenBools(func);
  return success();
}

LogicalResult weft::lowerGlobals(RewriterBase &rewriter, ModuleOp module) {
  LLVMTypeConverter converter(module.getContext());
  for (auto global : llvm::make_early_inc_range(module.getOps<memref::GlobalOp>())) {
    auto type = cast<MemRefType>(global.getType());
    Type element = converter.convertType(type.getElementType());
    Type array = element;
    for (int64_t dim : llvm::reverse(type.getShape()))
      array = LLVM::LLVMArrayType::get(array, dim);
    Attribute value = global.getInitialValueAttr();
    if (auto elements = dyn_cast_if_present<ElementsAttr>(value); elements && type.getRank() == 0)
      value = *elements.getValues<Attribute>().begin();
    rewriter.setInsertionPoint(global);
    LLVM::GlobalOp::create(rewriter, global.getLoc(), array, global.getConstant(), LLVM::Linkage::Private,
                           global.getSymName(), value, /*alignment=*/64);
    rewriter.eraseOp(global);
  }
  return success();
}

namespace {

struct WeftKernelToLLVMPass : weft::impl::WeftKernelToLLVMPassBase<WeftKernelToLLVMPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<LLVM::LLVMFuncOp> bodies;
    for (auto func : llvm::make_early_inc_range(getOperation().getOps<kernel::FuncOp>())) {
      weft::resolveSizes(rewriter, func);
      bodies.append(weft::outlineKernel(rewriter, func));
    }
    if (failed(weft::lowerGlobals(rewriter, getOperation())) ||
        failed(failableParallelForEach(&getContext(), bodies, weft::lowerBodyToLLVM)))
      signalPassFailure();
  }
};

} // namespace
