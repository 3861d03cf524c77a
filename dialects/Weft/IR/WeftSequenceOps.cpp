// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequence and optional ops: result types and verifiers.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

static RankedTensorType elementOf(Value seq) {
  return dyn_cast<RankedTensorType>(cast<SeqType>(seq.getType()).getElement());
}

/// The type that both values have: dims that differ become unknown, ranks that differ any.
static Type joinTypes(Type a, Type b) {
  if (auto anyA = dyn_cast<TensorType>(a), anyB = dyn_cast<TensorType>(b);
      anyA && anyB && (!anyA.hasRank() || !anyB.hasRank() || anyA.getRank() != anyB.getRank()))
    return UnrankedTensorType::get(anyA.getElementType());
  auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
  if (a == b || !tensorA || !tensorB || tensorA.getRank() != tensorB.getRank())
    return a;
  SmallVector<DimExpr> dims;
  for (int64_t axis = 0; axis < tensorA.getRank(); ++axis) {
    DimExpr dim = getDim(tensorA, axis);
    dims.push_back(DimExpr::provablyEqual(dim, getDim(tensorB, axis)) ? dim : DimExpr());
  }
  return makeTensorType(dims, tensorA.getElementType());
}

/// Whether a value of `type` may be an element of a sequence of `element`: the same but for its shape.
static bool fits(Type type, Type element) {
  auto a = dyn_cast<TensorType>(type), b = dyn_cast<TensorType>(element);
  return a && b ? a.getElementType() == b.getElementType() : type == element;
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

LogicalResult SeqMakeOp::verify() {
  Type element = cast<SeqType>(getType()).getElement();
  for (auto [index, value] : llvm::enumerate(getElements()))
    if (!areCompatibleTypes(value.getType(), element))
      return emitOpError("expected operand ")
             << index << " of type " << element << ", but got " << value.getType() << " [seq_make-C1]";
  return success();
}

LogicalResult SeqGetOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType element = elementOf(adaptor.getSeq());
  if (!element)
    return inferError(loc, "seq_get", 1, "expected a sequence of tensors, but got ",
                      adaptor.getSeq().getType());
  types.push_back(element);
  return success();
}

LogicalResult SeqGetOp::verify() { return success(); }

LogicalResult SeqInsertOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Type element = cast<SeqType>(adaptor.getSeq().getType()).getElement(), value = adaptor.getValue().getType();
  if (!fits(value, element))
    return inferError(loc, "seq_insert", 1, "expected a value like ", element, ", but got ", value);
  types.push_back(SeqType::get(context, joinTypes(element, value)));
  return success();
}

LogicalResult SeqInsertOp::verify() { return success(); }

LogicalResult SeqEraseOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getSeq().getType());
  return success();
}

LogicalResult SeqEraseOp::verify() { return success(); }

LogicalResult SeqLengthOp::verify() { return success(); }

LogicalResult SeqConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType element = elementOf(adaptor.getSeq());
  if (!element)
    return inferError(loc, "seq_concat", 1, "expected a sequence of tensors, but got ",
                      adaptor.getSeq().getType());
  bool isNew = adaptor.getNewAxis();
  int64_t axis = adaptor.getAxis(), rank = element.getRank() + (isNew ? 1 : 0);
  if (axis < 0 || axis >= rank)
    return inferError(loc, "seq_concat", 2, "expected an axis in [0, ", rank, "), but got ", axis);
  SmallVector<DimExpr> dims = getDims(element);
  if (isNew)
    dims.insert(dims.begin() + axis, DimExpr());
  else
    dims[axis] = DimExpr();
  types.push_back(makeTensorType(dims, element.getElementType()));
  return success();
}

LogicalResult SeqConcatOp::verify() { return success(); }

LogicalResult SeqSplitOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= x.getRank())
    return inferError(loc, "seq_split", 1, "expected an axis in [0, ", x.getRank(), "), but got ", axis);
  if (adaptor.getSplit() && tensorType(adaptor.getSplit()).getRank() > 1)
    return inferError(loc, "seq_split", 2, "expected split of rank 0 or 1, but got rank ",
                      tensorType(adaptor.getSplit()).getRank());
  SmallVector<DimExpr> dims = getDims(x);
  if (adaptor.getSplit())
    dims[axis] = DimExpr();
  else if (adaptor.getKeepdims())
    dims[axis] = DimExpr::constant(1);
  else
    dims.erase(dims.begin() + axis);
  types.push_back(SeqType::get(context, makeTensorType(dims, x.getElementType())));
  return success();
}

LogicalResult SeqSplitOp::verify() { return success(); }

//===----------------------------------------------------------------------===//
// Optionals
//===----------------------------------------------------------------------===//

LogicalResult OptMakeOp::verify() {
  Type element = cast<OptType>(getType()).getElement();
  if (getValue() && !areCompatibleTypes(getValue().getType(), element))
    return emitOpError("expected a value of type ")
           << element << ", but got " << getValue().getType() << " [opt_make-C1]";
  return success();
}

LogicalResult OptGetOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  types.push_back(cast<OptType>(adaptor.getOpt().getType()).getElement());
  return success();
}

LogicalResult OptGetOp::verify() { return success(); }
LogicalResult OptHasOp::verify() { return success(); }
