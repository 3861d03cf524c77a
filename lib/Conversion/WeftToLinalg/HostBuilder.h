// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rebuilds a function of weft ops as a host program.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_HOSTBUILDER_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_HOSTBUILDER_H

#include "DimTable.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringMap.h"

namespace weft::conversion {

/// Moves a tensor op into a weft.kernel of its own; small constants that it reads elementwise come along.
mlir::weft::KernelOp wrapInKernel(mlir::OpBuilder &b, mlir::Operation *op);

/// Moves ops, which follow each other in order, into one weft.kernel before the last of them. The results are
/// what is used outside, or, when nothing is, those of the last op.
mlir::weft::KernelOp groupInKernel(mlir::OpBuilder &b, mlir::ArrayRef<mlir::Operation *> ops,
                                   mlir::StringRef kind);

/// Puts the ops of a kernel back where it stands.
void dissolveKernel(mlir::weft::KernelOp kernel);

/// Rewrites an attention op, outside of kernels, into kernels around two contractions.
///
/// Errors: heads whose grouping is only known at run time.
mlir::LogicalResult decomposeAttention(mlir::OpBuilder &b, mlir::weft::AttentionOp op);

/// Makes the slices of scanned operands ops of the loop's body, and stacks scan outputs along dim 0.
void expandScans(mlir::weft::LoopOp op);

/// The type of a value of the host program: tensors of storage types, lists for sequences and optionals. Null
/// when the host cannot hold it.
mlir::Type getHostType(mlir::Type type);

/// Names of the ONNX nodes in a location, outermost first, each once.
mlir::SmallVector<mlir::Attribute> getNodeNames(mlir::Location loc);

/// The host program of one function, built op by op beside the old one.
class HostBuilder {
public:
  /// Kernels are added at the front of `module`; `nextKernel` numbers them.
  HostBuilder(mlir::func::FuncOp host, mlir::ModuleOp module, unsigned &nextKernel)
      : host(host), module(module), nextKernel(nextKernel), b(host.getContext()) {}

  /// Replaces the body and the type of the function. Errors: at each op that the host cannot express.
  mlir::LogicalResult run();

private:
  // HostBuilder.cpp
  /// Rewrites ops that are more than one kernel, or need their sizes first, in terms of others.
  mlir::LogicalResult expandOps();
  void notePackedValues();
  mlir::LogicalResult convertBlock(mlir::Block &block);
  mlir::LogicalResult convert(mlir::Operation *op);
  mlir::LogicalResult convertReshape(mlir::weft::ReshapeOp op);
  void bindArguments(mlir::Block &from, mlir::Block &into);
  /// Gives each dim of a tensor that has no value yet its tensor.dim.
  void bindDims(mlir::Type weftType, mlir::Value value);
  /// Values of all `?` of a weft type, in order; failure after an error at `op`.
  mlir::FailureOr<mlir::SmallVector<mlir::Value>> getSizes(mlir::Operation *op, mlir::RankedTensorType type);
  /// The value in the new function for one of the old.
  mlir::Value lookup(mlir::Value value) { return values.lookupOrDefault(value); }
  /// The value with the storage type of `weftType`, whose static knowledge may differ.
  mlir::Value castTo(mlir::Location loc, mlir::Value value, mlir::Type weftType);
  /// The host's i1 of a one-element boolean tensor.
  mlir::Value getCondition(mlir::Location loc, mlir::Value weftCondition);

  // ExpandDataDependent.cpp
  void expandNonzero(mlir::weft::NonzeroOp op);
  void expandUnique(mlir::weft::UniqueOp op);
  void expandNms(mlir::weft::NmsOp op);

  // HostSequence.cpp
  mlir::LogicalResult convertSequenceOp(mlir::Operation *op);
  /// Makes the lengths of a split i64.
  void widenLengths(mlir::weft::SeqSplitOp op);
  /// A call of the runtime's for `op`.
  mlir::Value createCall(mlir::Operation *op, mlir::StringRef function, mlir::Type type,
                         mlir::ValueRange inputs, mlir::ArrayRef<int64_t> params = {});

  // HostText.cpp
  mlir::LogicalResult convertTextOp(mlir::Operation *op);

  // HostControl.cpp
  mlir::LogicalResult convertIf(mlir::weft::IfOp op);
  mlir::LogicalResult convertLoop(mlir::weft::LoopOp op);
  mlir::LogicalResult convertCountedLoop(mlir::weft::LoopOp op, mlir::Value count, mlir::ValueRange initial);
  mlir::LogicalResult convertWhileLoop(mlir::weft::LoopOp op, mlir::Value count, mlir::ValueRange initial);
  mlir::LogicalResult convertLoopBody(mlir::weft::LoopOp op, mlir::Value iteration, mlir::Value count,
                                      mlir::ValueRange carried, mlir::SmallVectorImpl<mlir::Value> &next,
                                      mlir::Value *condition);
  mlir::LogicalResult bindLoopResults(mlir::weft::LoopOp op, mlir::ValueRange results, mlir::Value ran,
                                      mlir::Value count);
  /// One buffer per scan output, with room for `count` slices; a list where the sizes are not known before.
  mlir::LogicalResult createScanBuffers(mlir::weft::LoopOp op, mlir::Value count, bool isCounted,
                                        mlir::SmallVectorImpl<mlir::Value> &buffers);
  /// A tensor of zeros, or of another value of its element type, from a kernel of its own.
  mlir::Value createBuffer(mlir::Location loc, mlir::RankedTensorType type, mlir::ValueRange sizes,
                           mlir::TypedAttr value = {});

  // OutlineKernel.cpp
  struct KernelArguments;
  mlir::LogicalResult convertKernel(mlir::weft::KernelOp op);
  /// The values that the launch passes, those of `sizes` last; failure after an error.
  mlir::LogicalResult gatherArguments(mlir::weft::KernelOp op, mlir::ArrayRef<mlir::weft::DimExpr> sizes,
                                      KernelArguments &arguments);
  mlir::LogicalResult launchKernel(mlir::weft::KernelOp op, mlir::kernel::FuncOp function,
                                   const KernelArguments &arguments);

  // InnerSizes.cpp
  mlir::LogicalResult bindInnerSizes(mlir::weft::KernelOp op);
  mlir::Value getHostIndex(mlir::Value inner);
  mlir::Value getHostDim(mlir::Value inner, int64_t axis);
  mlir::Value getResultSize(mlir::Operation *op, int64_t axis);
  mlir::Value getConcatSize(mlir::weft::ConcatOp op, int64_t axis);
  /// The size of a broadcast that only run time knows: the operands' that is not 1.
  mlir::Value getBroadcastSize(mlir::Operation *op, int64_t axis);
  /// The size of dim `axis` of the first result by the dim map of the op; null when that does not say it.
  mlir::Value getFactorSize(mlir::Operation *op, int64_t axis);

  // ShapeChecks.cpp
  /// Checks before the kernel of `op` runs that its operands' sizes fit together, where only the run knows
  /// them.
  void addShapeChecks(mlir::Operation *op);
  void checkFactors(mlir::Operation *op);
  void checkSlice(mlir::weft::SliceOp op);
  void checkReshape(mlir::weft::ReshapeOp op);
  void checkBroadcast(mlir::weft::BroadcastOp op);
  /// Indices are not greater than `x` but along the axis that they index.
  void checkElements(mlir::Operation *op, mlir::Value x, mlir::Value indices, int64_t elementsAxis);
  void checkPad(mlir::weft::PadOp op);
  void checkResize(mlir::weft::ResizeOp op);
  /// The product of two sizes, or the greatest index where it is more; null where one is.
  mlir::Value multiplySizes(mlir::Location loc, mlir::Value x, mlir::Value y);
  /// Ends the run with a message unless `condition` holds; {a} and {b} in it are what its first comparison
  /// compares.
  void assertHolds(mlir::Operation *op, mlir::Value condition, const llvm::Twine &expectation);
  void requireEqual(mlir::Operation *op, const mlir::weft::DimExpr &x, const mlir::weft::DimExpr &y,
                    bool mayBeOne, const llvm::Twine &what);
  void requireAtLeast(mlir::Operation *op, mlir::Value size, int64_t least, const llvm::Twine &what);
  void requireAtMost(mlir::Operation *op, mlir::Value size, mlir::Value most, const llvm::Twine &what);

  mlir::func::FuncOp host;
  mlir::ModuleOp module;
  unsigned &nextKernel;
  mlir::OpBuilder b;
  mlir::IRMapping values;
  DimTable dims;
  /// Sizes that an earlier op of the old function computes, by the text of their expression.
  llvm::StringMap<mlir::Value> dataSizes;
};

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_HOSTBUILDER_H
