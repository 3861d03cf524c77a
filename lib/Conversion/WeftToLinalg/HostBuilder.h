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

namespace weft::conversion {

/// Moves a tensor op into a weft.kernel of its own; small constants that it reads elementwise come along.
mlir::weft::KernelOp wrapInKernel(mlir::OpBuilder &b, mlir::Operation *op);

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
  mlir::LogicalResult runAsKernel(mlir::Operation *op);

  // OutlineKernel.cpp
  mlir::LogicalResult convertKernel(mlir::weft::KernelOp op);
  mlir::LogicalResult bindInnerSizes(mlir::weft::KernelOp op);
  mlir::Value getHostIndex(mlir::Value inner);
  mlir::Value getResultSize(mlir::Operation *op, int64_t axis);
  mlir::Value getHostDim(mlir::Value inner, int64_t axis);

  mlir::func::FuncOp host;
  mlir::ModuleOp module;
  unsigned &nextKernel;
  mlir::OpBuilder b;
  mlir::IRMapping values;
  DimTable dims;
};

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_HOSTBUILDER_H
