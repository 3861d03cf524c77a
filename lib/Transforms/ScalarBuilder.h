// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds scalar arithmetic for the elements of small tensors. Private to lib/Transforms.
#ifndef WEFT_LIB_TRANSFORMS_SCALARBUILDER_H
#define WEFT_LIB_TRANSFORMS_SCALARBUILDER_H

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace weft {

/// Integers are index values, booleans i1, floats f32 or f64. Everything folds where it can.
class ScalarBuilder {
public:
  explicit ScalarBuilder(mlir::OpBuilder &builder) : b(builder) {}

  /// The elementwise op on scalars; `types` are the operands' element types, `to` the result's. Null when it
  /// has no form.
  mlir::Value apply(mlir::weft::ElementwiseOpInterface op, mlir::ArrayRef<mlir::Value> arguments,
                    mlir::ArrayRef<mlir::Type> types, mlir::Type to);
  /// One step of an integer reduction.
  mlir::Value combine(mlir::Location loc, mlir::weft::ReduceKind kind, mlir::Value a, mlir::Value b);
  /// Any scalar as an index value; floats truncate.
  mlir::Value toIndex(mlir::Location loc, mlir::Value scalar);

private:
  /// A float known to be `index * numerator / denominator`, exactly.
  struct Ratio {
    mlir::Value index;
    int64_t numerator = 1, denominator = 1;
  };
  enum class Rounding { Down, Up };

  mlir::Value applyIndex(mlir::Location loc, mlir::weft::ScalarFn fn, mlir::ArrayRef<mlir::Value> args);
  mlir::Value applyFloat(mlir::Location loc, mlir::weft::ScalarFn fn, mlir::ArrayRef<mlir::Value> args);
  mlir::Value applyBool(mlir::Location loc, mlir::weft::ScalarFn fn, mlir::ArrayRef<mlir::Value> args);
  mlir::Value compare(mlir::Location loc, mlir::weft::ComparePredicate predicate, mlir::Value a,
                      mlir::Value b);
  mlir::Value cast(mlir::Location loc, mlir::Value value, mlir::Type to);
  mlir::Value divide(mlir::Location loc, mlir::Value a, mlir::Value b, bool isModulo, bool isFloor);
  mlir::Value roundRatio(mlir::Location loc, const Ratio &ratio, Rounding rounding);
  mlir::Value roundFloat(mlir::Location loc, mlir::Value value, Rounding rounding);
  mlir::Value indexConstant(mlir::Location loc, int64_t value);

  mlir::OpBuilder &b;
  llvm::DenseMap<mlir::Value, Ratio> ratios;
};

} // namespace weft

#endif // WEFT_LIB_TRANSFORMS_SCALARBUILDER_H
