// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The walk that gives ops the batch. Private to lib/Transforms.
#ifndef WEFT_LIB_TRANSFORMS_BATCHER_H
#define WEFT_LIB_TRANSFORMS_BATCHER_H

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/Batch.h"

namespace weft {

/// Where a value carries the batch: dim `axis` has `batch * inner` entries, batch outermost.
struct BatchPlace {
  int64_t axis = 0;
  mlir::weft::DimExpr inner = mlir::weft::DimExpr::constant(1);
};

class Batcher {
public:
  Batcher(mlir::func::FuncOp func, const BatchOptions &options)
      : func(func), builder(func.getContext()), options(options),
        count(options.size > 0 ? mlir::weft::DimExpr::constant(options.size)
                               : mlir::weft::DimExpr::symbol(options.symbol)) {}

  mlir::FailureOr<BatchResult> run();

private:
  using Places = mlir::SmallVector<std::optional<BatchPlace>>;

  // Batch.cpp
  mlir::LogicalResult batchArguments();
  /// Says of which input the batch was fixed when the model was exported.
  mlir::LogicalResult reportNoBatch();
  mlir::FailureOr<std::string> findSymbol();
  mlir::LogicalResult batchOp(mlir::Operation *op);
  mlir::LogicalResult batchBody(mlir::Block &block);
  mlir::LogicalResult batchReshape(mlir::weft::ReshapeOp op, BatchPlace place);
  mlir::LogicalResult batchByMap(mlir::Operation *op);
  mlir::LogicalResult retype(mlir::Operation *op, bool isFinal = true);
  /// Widens dim `axis` of an operand without batch from 1 to the batch.
  void widenOperand(mlir::OpOperand &operand, int64_t axis);
  mlir::RankedTensorType withDim(mlir::RankedTensorType type, int64_t axis, const mlir::weft::DimExpr &dim);
  /// The size `count * inner` for a mixed list: static, or an index value.
  mlir::OpFoldResult sizeOf(mlir::Location loc, const mlir::weft::DimExpr &inner);
  void setSize(mlir::Location loc, mlir::SmallVectorImpl<int64_t> &sizes,
               mlir::SmallVectorImpl<mlir::Value> &dynamic, int64_t axis, const mlir::weft::DimExpr &inner);

  // BatchControl.cpp
  mlir::LogicalResult batchIf(mlir::weft::IfOp op);
  mlir::LogicalResult batchLoop(mlir::weft::LoopOp op);
  /// Batches the body of a loop whose carried values enter it as `carried` says.
  mlir::LogicalResult batchLoopBody(mlir::weft::LoopOp op, const Places &carried);
  /// Where the carried values of a loop carry the batch once some iterations have run.
  Places findCarried(mlir::weft::LoopOp op);
  mlir::LogicalResult widenTo(mlir::OpOperand &operand, const BatchPlace &place);
  std::optional<BatchPlace> placeOf(mlir::Value value) const;
  void setPlace(mlir::Value value, const BatchPlace &place);

  mlir::func::FuncOp func;
  mlir::OpBuilder builder;
  const BatchOptions &options;
  mlir::weft::DimExpr count;
  mlir::Value source; // an argument that carries the batch in dim 0
  llvm::DenseMap<mlir::Value, BatchPlace> places;
};

} // namespace weft

#endif // WEFT_LIB_TRANSFORMS_BATCHER_H
