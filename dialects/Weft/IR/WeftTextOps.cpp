// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text ops: result types and verifiers.
#include "dialects/Weft/IR/TextPattern.h"
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

/// The dims of x with another element type.
static void addLike(Value x, Type element, SmallVectorImpl<Type> &types) {
  types.push_back(makeTensorType(getDims(tensorType(x)), element));
}

/// Pieces and counts of the texts of x.
static void addPieces(Value x, SmallVectorImpl<Type> &types) {
  RankedTensorType type = tensorType(x);
  SmallVector<DimExpr> dims = getDims(type);
  dims.push_back(DimExpr());
  types.push_back(makeTensorType(dims, type.getElementType()));
  addLike(x, IntegerType::get(x.getContext(), 64), types);
}

//===----------------------------------------------------------------------===//
// Making and cutting texts
//===----------------------------------------------------------------------===//

// Constraints: text_concat-C1.
LogicalResult TextConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), y = tensorType(adaptor.getY());
  bool fits = x.getRank() == y.getRank() && x.getElementType() == y.getElementType();
  SmallVector<DimExpr> dims = getDims(x);
  for (int64_t axis = 0; fits && axis < x.getRank(); ++axis) {
    fits = !certainlyDiffer(dims[axis], getDim(y, axis));
    dims[axis] = joinDims(dims[axis], getDim(y, axis));
  }
  if (!fits)
    return inferError(loc, "text_concat", 1, "expected operands of one type, but got ", x, " and ", y);
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult TextConcatOp::verify() { return success(); }

LogicalResult TextCaseOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  addLike(adaptor.getX(), tensorType(adaptor.getX()).getElementType(), types);
  return success();
}

LogicalResult TextCaseOp::verify() { return success(); }

// Constraints: text_split-C1.
LogicalResult TextSplitOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  for (Value one : {adaptor.getDelimiter(), adaptor.getFill()})
    if (tensorType(one).getRank() != 0)
      return inferError(loc, "text_split", 1, "expected delimiter and fill of rank 0, but got rank ",
                        tensorType(one).getRank());
  addPieces(adaptor.getX(), types);
  return success();
}

LogicalResult TextSplitOp::verify() { return success(); }

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

// Constraints: text_find-C1.
LogicalResult TextFindOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  if (tensorType(adaptor.getFill()).getRank() != 0)
    return inferError(loc, "text_find", 1, "expected fill of rank 0, but got rank ",
                      tensorType(adaptor.getFill()).getRank());
  addPieces(adaptor.getX(), types);
  return success();
}

// Constraints: text_find-C2.
LogicalResult TextFindOp::verify() {
  std::string error;
  if (!TextPattern::parse(getPattern(), error))
    return emitOpError("expected a pattern, but got '")
           << getPattern() << "': " << error << " [text_find-C2]";
  return success();
}

LogicalResult TextMatchOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  addLike(adaptor.getX(), IntegerType::get(context, 1), types);
  return success();
}

// Constraints: text_match-C1.
LogicalResult TextMatchOp::verify() {
  std::string error;
  if (!TextPattern::parse(getPattern(), error))
    return emitOpError("expected a pattern, but got '")
           << getPattern() << "': " << error << " [text_match-C1]";
  return success();
}

//===----------------------------------------------------------------------===//
// Numbers and order
//===----------------------------------------------------------------------===//

// Constraints: text_format-C1.
LogicalResult TextFormatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Type element = tensorType(adaptor.getX()).getElementType();
  if (!isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(element) &&
      !(isa<IntegerType>(element) && element.getIntOrFloatBitWidth() == 64))
    return inferError(loc, "text_format", 1, "expected f16, bf16, f32, f64, i64 or ui64, but got ", element);
  addLike(adaptor.getX(), adaptor.getTo(), types);
  return success();
}

LogicalResult TextFormatOp::verify() { return success(); }

// Constraints: text_parse-C1.
LogicalResult TextParseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  if (!adaptor.getTo().isF64() && !adaptor.getTo().isSignlessInteger(64))
    return inferError(loc, "text_parse", 1, "expected f64 or i64, but got ", adaptor.getTo());
  addLike(adaptor.getX(), adaptor.getTo(), types);
  return success();
}

LogicalResult TextParseOp::verify() { return success(); }

LogicalResult TextRankOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  addLike(adaptor.getX(), IntegerType::get(context, 64), types);
  return success();
}

LogicalResult TextRankOp::verify() { return success(); }
