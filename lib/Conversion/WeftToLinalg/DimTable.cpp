// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds or builds index values for named sizes.
#include "DimTable.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using mlir::weft::DimExpr;

namespace weft::conversion {

void DimTable::bind(const DimExpr &expr, Value value) {
  if (expr.isUnknown() || expr.getConstant() || lookup(expr))
    return;
  scopes.back().sizes.emplace(expr.str(), value);
}

void DimTable::bindSolved(OpBuilder &b, Location loc, const DimExpr &expr, Value value) {
  bind(expr, value);
  if (expr.isUnknown())
    return;
  const DimExpr::Product *symbolTerm = nullptr;
  int64_t factor = 0, offset = 0;
  for (const auto &[product, coefficient] : expr.getTerms()) {
    if (product.empty()) {
      offset = coefficient;
      continue;
    }
    if (symbolTerm || product.size() != 1 || DimExpr::parseCall(product.front()) || coefficient <= 0)
      return;
    symbolTerm = &product;
    factor = coefficient;
  }
  if (!symbolTerm || (factor == 1 && offset == 0))
    return;
  DimExpr symbol = DimExpr::symbol(symbolTerm->front());
  if (lookup(symbol))
    return;
  if (offset != 0)
    value = arith::SubIOp::create(b, loc, value, arith::ConstantIndexOp::create(b, loc, offset));
  if (factor != 1)
    value = arith::DivSIOp::create(b, loc, value, arith::ConstantIndexOp::create(b, loc, factor));
  bind(symbol, value);
}

Value DimTable::lookup(const DimExpr &expr) const {
  std::string text = expr.str();
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
    if (auto it = scope->sizes.find(text); it != scope->sizes.end())
      return it->second;
  return nullptr;
}

bool DimTable::noteChecked(const std::string &check) {
  if (llvm::any_of(scopes, [&](const Scope &scope) { return scope.checks.count(check) != 0; }))
    return false;
  scopes.back().checks.insert(check);
  return true;
}

bool DimTable::canMaterialize(const DimExpr &expr) const {
  if (expr.isUnknown())
    return false;
  if (expr.getConstant() || lookup(expr))
    return true;
  for (const auto &term : expr.getTerms())
    for (const std::string &atom : term.first) {
      auto call = DimExpr::parseCall(atom);
      if (!call) {
        if (!lookup(DimExpr::symbol(atom)))
          return false;
        continue;
      }
      std::optional<DimExpr> whole = DimExpr::parse(atom);
      if (whole && lookup(*whole))
        continue;
      if (!llvm::all_of(call->args, [&](const DimExpr &arg) { return canMaterialize(arg); }))
        return false;
    }
  return true;
}

static Value buildCall(OpBuilder &b, Location loc, StringRef name, Value lhs, Value rhs) {
  if (name == "floordiv")
    return arith::FloorDivSIOp::create(b, loc, lhs, rhs);
  if (name == "ceildiv")
    return arith::CeilDivSIOp::create(b, loc, lhs, rhs);
  if (name == "min")
    return arith::MinSIOp::create(b, loc, lhs, rhs);
  if (name == "max")
    return arith::MaxSIOp::create(b, loc, lhs, rhs);
  assert(name == "mod" && "internal: unknown function of a dim expression");
  Value quotient = arith::FloorDivSIOp::create(b, loc, lhs, rhs);
  return arith::SubIOp::create(b, loc, lhs, arith::MulIOp::create(b, loc, quotient, rhs));
}

Value DimTable::build(OpBuilder &b, Location loc, const DimExpr &expr) {
  if (std::optional<int64_t> constant = expr.getConstant())
    return arith::ConstantIndexOp::create(b, loc, *constant);
  if (Value bound = lookup(expr))
    return bound;
  Value sum;
  for (const auto &[product, coefficient] : expr.getTerms()) {
    Value term;
    for (const std::string &atom : product) {
      Value factor;
      if (auto call = DimExpr::parseCall(atom)) {
        std::optional<DimExpr> whole = DimExpr::parse(atom);
        factor = whole ? lookup(*whole) : Value();
        if (!factor) {
          factor = build(b, loc, call->args.front());
          for (const DimExpr &arg : llvm::drop_begin(call->args))
            factor = buildCall(b, loc, call->name, factor, build(b, loc, arg));
        }
      } else {
        factor = lookup(DimExpr::symbol(atom));
      }
      term = term ? Value(arith::MulIOp::create(b, loc, term, factor)) : factor;
    }
    if (!term)
      term = arith::ConstantIndexOp::create(b, loc, coefficient);
    else if (coefficient != 1)
      term = arith::MulIOp::create(b, loc, term, arith::ConstantIndexOp::create(b, loc, coefficient));
    sum = sum ? Value(arith::AddIOp::create(b, loc, sum, term)) : term;
  }
  bind(expr, sum);
  return sum;
}

Value DimTable::materialize(OpBuilder &b, Location loc, const DimExpr &expr) {
  return canMaterialize(expr) ? build(b, loc, expr) : Value();
}

} // namespace weft::conversion
