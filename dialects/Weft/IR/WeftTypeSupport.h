// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types with named dims: how ops read and make them, and how op builders check them.
#ifndef WEFT_DIALECTS_WEFT_IR_WEFTTYPESUPPORT_H
#define WEFT_DIALECTS_WEFT_IR_WEFTTYPESUPPORT_H

#include "dialects/Weft/IR/DimExpr.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OperationSupport.h"

namespace mlir::weft {

/// Size of dim `axis`: constant, named expression, or unknown.
DimExpr getDim(RankedTensorType type, int64_t axis);
SmallVector<DimExpr> getDims(RankedTensorType type);

/// The tensor type of these dims: constants become static sizes, the others `?` with their name in
/// `#weft.dims`. A type without `?`, or whose every `?` is unknown, carries no encoding.
RankedTensorType makeTensorType(ArrayRef<DimExpr> dims, Type elementType);

/// `type` without its dim names.
RankedTensorType dropDimNames(RankedTensorType type);

/// Whether each pair of types has the same kind, element type and rank, and no two dims that are certainly
/// different.
bool areCompatibleTypes(TypeRange inferred, TypeRange declared);

/// What is known of a value by either type: static beats named beats unknown. Requires compatible types.
Type refineType(Type a, Type b);

/// The size of an index value as an expression: constants, `weft.dim`, arith on them; unknown otherwise.
DimExpr getIndexExpr(Value index);

/// Dims of a mixed list: static entries, and for each ShapedType::kDynamic the next of `dynamic` by
/// getIndexExpr.
SmallVector<DimExpr> getMixedDims(ArrayRef<int64_t> staticSizes, ValueRange dynamic);

/// The dim of a broadcast of a and b: equal, or the one that is not a constant 1; unknown when it depends on
/// run time; nullopt when the two certainly differ.
std::optional<DimExpr> broadcastDim(const DimExpr &a, const DimExpr &b);

/// Result type of an elementwise op. Errors are reported at `loc` with the label `<op>-C<n>` of
/// docs/spec/elementwise.md. `to` is the element type of a cast or bitcast, null for the others.
enum class ScalarFn : uint32_t;
LogicalResult inferElementwiseType(StringRef opName, ScalarFn fn, MLIRContext *context,
                                   std::optional<Location> loc, ValueRange operands, Type to,
                                   SmallVectorImpl<Type> &types);

/// The element type in which a contraction of `operand` elements accumulates: f32 for f16, bf16 and float8,
/// i32 for integers of 8 bits and narrower, else the type itself.
Type getAccumulatorType(Type operand);

/// Builds an op with inferred result types; a null op, and an error at `loc`, when inference or the verifier
/// refuses.
///
/// `build` fills operands, attributes and properties of `state` (result types stay empty). This, never an op
/// builder that infers by itself, is what code must use whose operands come from outside: a builder aborts on
/// a type error.
Operation *buildChecked(OpBuilder &builder, Location loc, StringRef opName, ValueRange operands,
                        ArrayRef<NamedAttribute> attributes);

/// The same for a known op; attribute names as in the .td, `operandSegmentSizes` computed from `segments`
/// when given.
template <typename OpTy>
OpTy buildChecked(OpBuilder &builder, Location loc, ValueRange operands,
                  ArrayRef<NamedAttribute> attributes = {}) {
  return llvm::cast_if_present<OpTy>(
      buildChecked(builder, loc, OpTy::getOperationName(), operands, attributes));
}

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_WEFTTYPESUPPORT_H
