// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the lowering patterns of all op families share: storage types, sizes, and builders of structured ops.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_SUPPORT_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_SUPPORT_H

#include "DimTable.h"
#include "dialects/Weft/IR/TensorType.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/DialectConversion.h"

namespace weft::conversion {

using llvm::ArrayRef;
using llvm::cast;
using llvm::dyn_cast;
using llvm::function_ref;
using llvm::isa;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::AffineExpr;
using mlir::AffineMap;
using mlir::Attribute;
using mlir::ConversionPatternRewriter;
using mlir::failed;
using mlir::failure;
using mlir::FailureOr;
using mlir::Location;
using mlir::LogicalResult;
using mlir::MLIRContext;
using mlir::OpBuilder;
using mlir::Operation;
using mlir::OpFoldResult;
using mlir::RankedTensorType;
using mlir::success;
using mlir::Type;
using mlir::Value;
using mlir::ValueRange;
using mlir::utils::IteratorType;
using mlir::weft::typeOf;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// How an element of a weft tensor lies in memory: integers signless; integers below 8 bits (not i1), float8,
/// float6 and float4 as one i8 each (integers extended by their sign); quantised types as their storage. Null
/// for strings.
Type getStorageElementType(Type element);

/// The tensor in storage elements without dim names; null when the element has no storage type.
RankedTensorType getStorageType(RankedTensorType type);

/// The same elements in storage form: signless, sub-byte integers widened, small floats as bits. Null when it
/// has none.
mlir::ElementsAttr getStorageElements(mlir::ElementsAttr value);

/// Whether arithmetic on elements of this weft type is unsigned (`uiN`).
bool isUnsignedElement(Type element);

/// The float type in which elements of a float type are computed and accumulated: f64 for f64, else f32.
Type getComputeFloatType(Type element);

/// Converts weft types to storage types; values meet through builtin.unrealized_conversion_cast.
class StorageTypeConverter : public mlir::TypeConverter {
public:
  StorageTypeConverter();
};

/// The value of a one-element or splat constant behind `value`, in storage form; null when it is none.
mlir::TypedAttr getSplatValue(Value value);

//===----------------------------------------------------------------------===//
// Sizes and scalars
//===----------------------------------------------------------------------===//

/// What patterns know about the function that they rewrite.
class LoweringContext {
public:
  explicit LoweringContext(const DimTable &dims) : dims(dims) {}

  /// Size of a dim of a weft tensor. Requires: the dim is static, or named by an expression that the pass has
  /// bound.
  OpFoldResult getSize(OpBuilder &b, RankedTensorType weftType, int64_t axis) const;
  SmallVector<OpFoldResult> getSizes(OpBuilder &b, RankedTensorType weftType) const;

  /// Declines an op. The reason, which reads on behind "it", is kept for the error that the pass reports:
  /// only builds with assertions of MLIR hand reasons to the listeners of a conversion. Returns: failure.
  LogicalResult refuse(mlir::RewriterBase &rewriter, Operation *op, const llvm::Twine &reason) const;
  /// Why the last pattern that was tried on an op declined; empty when none did.
  StringRef getReason(Operation *op) const;

private:
  const DimTable &dims;
  mutable llvm::DenseMap<Location, std::string> reasons;
};

/// The base of all lowering patterns.
template <typename OpTy> class LoweringPattern : public mlir::OpConversionPattern<OpTy> {
public:
  LoweringPattern(const mlir::TypeConverter &converter, MLIRContext *context, const LoweringContext &sizes)
      : mlir::OpConversionPattern<OpTy>(converter, context), sizes(sizes) {}

protected:
  RankedTensorType storageTypeOf(Value weftValue) const {
    return getStorageType(cast<RankedTensorType>(weftValue.getType()));
  }
  const LoweringContext &sizes;
};

Value createIndex(OpBuilder &b, Location loc, int64_t value);
Value toValue(OpBuilder &b, Location loc, OpFoldResult size);
/// Product, folded where both are constants.
OpFoldResult mulSizes(OpBuilder &b, Location loc, OpFoldResult lhs, OpFoldResult rhs);

/// Scalar constant of a signless integer, index, float or complex type.
Value createScalar(OpBuilder &b, Location loc, Type type, double value);
Value createIntScalar(OpBuilder &b, Location loc, Type type, const llvm::APInt &value);

/// The neutral element of a maximum (`isMax`) or minimum over elements of a weft type, in its storage type.
Value createExtreme(OpBuilder &b, Location loc, Type storage, bool isUnsigned, bool isMax);

//===----------------------------------------------------------------------===//
// Structured ops
//===----------------------------------------------------------------------===//

using BodyFn = function_ref<Value(OpBuilder &, Location, ValueRange)>;

Value createEmpty(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes, Type element);
/// tensor.empty filled with a scalar.
Value createFilled(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes, Value scalar);

/// A tensor of `sizes` whose element at `indices` is what `body` computes from the indices (index values).
Value createMap(OpBuilder &b, Location loc, Type element, ArrayRef<OpFoldResult> sizes, BodyFn body);

/// linalg.generic with one result; `body` gets the input scalars, then the output scalar.
Value createGeneric(OpBuilder &b, Location loc, ValueRange inputs, Value init, ArrayRef<AffineMap> maps,
                    ArrayRef<IteratorType> iterators, BodyFn body);

/// One elementwise pass over `inputs` (storage tensors of the shape `sizes`, identity maps).
Value createElementwise(OpBuilder &b, Location loc, ValueRange inputs, Type element,
                        ArrayRef<OpFoldResult> sizes, BodyFn body);

/// How an op with the loops of `resultType` reads an operand: its tensor and map, or a scalar that needs no
/// tensor, or
/// (`needsGather`) dims that may be 1 at run time: then the reader computes indices itself.
struct OperandAccess {
  Value tensor;
  AffineMap map;
  Value scalar;
  bool needsGather = false;
};

/// Access with broadcasting of size-1 dims. Looks through splat constants and through reshapes that only add
/// dims of size 1.
OperandAccess getBroadcastAccess(OpBuilder &b, Location loc, Value weftOperand, Value operand,
                                 RankedTensorType resultType);

/// Elementwise op over weft operands that broadcast to `resultType`; `body` gets one storage scalar per
/// operand.
Value createBroadcastElementwise(OpBuilder &b, Location loc, const LoweringContext &sizes,
                                 ValueRange weftOperands, ValueRange operands, RankedTensorType resultType,
                                 BodyFn body);

/// The element of a tensor with one element.
Value extractScalar(OpBuilder &b, Location loc, Value weftValue, Value value);

/// Element number `element`, in row-major order, of an integer or boolean tensor of static size, as an index.
Value extractIndex(OpBuilder &b, Location loc, RankedTensorType weftType, Value value, int64_t element);

/// One-dimensional i64 tensor of index values.
Value createFromElements(OpBuilder &b, Location loc, ValueRange indices);

/// `value` clamped to [0, size - 1] (0 for an empty dim).
Value clampIndex(OpBuilder &b, Location loc, Value value, Value size);

/// Adds dims of size 1 at `axes` (positions in the result, ascending).
Value insertUnitDims(OpBuilder &b, Location loc, Value tensor, ArrayRef<int64_t> axes);
/// The opposite: drops the dims `axes`, which have size 1.
Value dropUnitDims(OpBuilder &b, Location loc, Value tensor, ArrayRef<int64_t> axes);

/// Reductions of one tensor over some axes and passes over it that read rows (the reduced, rank-reduced
/// tensors) back.
struct Reducer {
  Reducer(OpBuilder &b, Location loc, const LoweringContext &sizes, RankedTensorType type,
          ArrayRef<int64_t> axes);

  /// Combines all elements of each row; `combine` gets a scalar per row tensor, per tensor, then the
  /// accumulator.
  Value reduce(ValueRange rows, ValueRange tensors, Value initial, BodyFn combine);
  /// One pass over everything; `body` gets a scalar per row tensor, then per tensor.
  Value map(ValueRange rows, ValueRange tensors, Type element, BodyFn body);
  /// One pass over row tensors only.
  Value mapRows(ValueRange rows, Type element, BodyFn body);
  /// A row tensor with the reduced axes as dims of size 1.
  Value widen(Value row, RankedTensorType weftResult);
  /// Number of reduced elements per row, in a float or signless integer type.
  Value getCount(Type type);

  OpBuilder &b;
  Location loc;
  SmallVector<int64_t> axes;
  SmallVector<OpFoldResult> full, kept;
  OpFoldResult count;
  SmallVector<IteratorType> iterators;
  AffineMap identity, dropped;
};

/// Row-major reshape between the storage forms of two weft types.
Value createReshape(OpBuilder &b, Location loc, const LoweringContext &sizes, Value tensor,
                    RankedTensorType from, RankedTensorType to);

/// tensor.cast when the types differ in static knowledge only.
Value castToType(OpBuilder &b, Location loc, Value tensor, RankedTensorType type);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_SUPPORT_H
