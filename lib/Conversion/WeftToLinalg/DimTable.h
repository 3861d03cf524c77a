// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index values for named sizes, in the host function and in kernels.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_DIMTABLE_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_DIMTABLE_H

#include "dialects/Weft/IR/DimExpr.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace weft::conversion {

/// Which index value holds which size. Scopes follow the regions of the function: what is bound in a scope is
/// forgotten when it is closed, so that every answer dominates the place where it is asked for.
class DimTable {
public:
  DimTable() : scopes(1) {}

  /// Remembers that `value` holds `expr`; the first binding of an expression stays. From `a * symbol + b`
  /// with constants the symbol itself is not derived: see bindSolved.
  void bind(const mlir::weft::DimExpr &expr, mlir::Value value);

  /// As bind; when `expr` is `a * symbol + b` and the symbol has no value yet, builds `(value - b) / a` for
  /// it too.
  void bindSolved(mlir::OpBuilder &b, mlir::Location loc, const mlir::weft::DimExpr &expr, mlir::Value value);

  /// The value bound to this expression, null when there is none.
  mlir::Value lookup(const mlir::weft::DimExpr &expr) const;

  /// The value of an expression: bound, or built with arith at the insertion point and then bound. Null when
  /// a symbol in it has no value; then nothing was built that is used.
  mlir::Value materialize(mlir::OpBuilder &b, mlir::Location loc, const mlir::weft::DimExpr &expr);

  /// Whether `check` is new in the open scopes: a condition that held before this place needs no second
  /// check.
  bool noteChecked(const std::string &check);

  void pushScope() { scopes.emplace_back(); }
  void popScope() { scopes.pop_back(); }

private:
  bool canMaterialize(const mlir::weft::DimExpr &expr) const;
  mlir::Value build(mlir::OpBuilder &b, mlir::Location loc, const mlir::weft::DimExpr &expr);

  struct Scope {
    std::map<std::string, mlir::Value> sizes;
    std::set<std::string> checks;
  };
  std::vector<Scope> scopes;
};

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_DIMTABLE_H
