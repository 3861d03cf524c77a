// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on the symbolic sizes of dims.
#ifndef WEFT_DIALECTS_WEFT_IR_DIMEXPR_H
#define WEFT_DIALECTS_WEFT_IR_DIMEXPR_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlir::weft {

/// A size as a canonical sum of products over symbols, or unknown.
///
/// Two expressions that print equally are equal for every value of the symbols. Unknown is equal to nothing,
/// also not to itself. All arithmetic on an unknown operand, and any that overflows int64, gives unknown.
class DimExpr {
public:
  /// Unknown.
  DimExpr() = default;
  static DimExpr constant(int64_t value);
  /// `name` is an identifier: [A-Za-z_][A-Za-z0-9_]*.
  static DimExpr symbol(StringRef name);
  /// Parses canonical or free text of the grammar in WeftAttrs.td (`?` is unknown); nullopt when it is
  /// malformed.
  static std::optional<DimExpr> parse(StringRef text);

  bool isUnknown() const { return !known; }
  std::optional<int64_t> getConstant() const;
  /// The symbol when the expression is exactly one symbol, else empty.
  StringRef getSymbol() const;
  /// Canonical text; "?" when unknown.
  std::string str() const;
  /// Calls `visit` for each symbol in it, each once, in order of name.
  void forEachSymbol(function_ref<void(StringRef)> visit) const;
  /// Value for given symbol values; nullopt when a symbol has none, or on overflow or division by zero.
  std::optional<int64_t> evaluate(function_ref<std::optional<int64_t>(StringRef)> valueOf) const;

  friend DimExpr operator+(const DimExpr &a, const DimExpr &b);
  friend DimExpr operator-(const DimExpr &a, const DimExpr &b);
  friend DimExpr operator*(const DimExpr &a, const DimExpr &b);
  static DimExpr floorDiv(const DimExpr &a, const DimExpr &b);
  static DimExpr ceilDiv(const DimExpr &a, const DimExpr &b);
  static DimExpr mod(const DimExpr &a, const DimExpr &b);
  static DimExpr min(const DimExpr &a, const DimExpr &b);
  static DimExpr max(const DimExpr &a, const DimExpr &b);
  /// Whether both are known and equal for every value of the symbols.
  static bool provablyEqual(const DimExpr &a, const DimExpr &b);

  /// A product: sorted atoms (symbol names or function texts), each possibly repeated. The empty product
  /// is 1.
  using Product = std::vector<std::string>;
  /// Products with their factors, for lowering to index arithmetic. Atoms are symbols or `floordiv(..)` etc.
  /// texts.
  const std::map<Product, int64_t> &getTerms() const { return terms; }
  /// If `atom` is a function text, its name and two arguments.
  struct Call {
    std::string name;
    std::vector<DimExpr> args;
  };
  static std::optional<Call> parseCall(StringRef atom);

private:
  bool known = false;
  std::map<Product, int64_t> terms;
};

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_DIMEXPR_H
