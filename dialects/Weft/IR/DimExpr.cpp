// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical arithmetic on symbolic sizes: sums of products, with floordiv, mod, min and max as atoms.
#include "dialects/Weft/IR/DimExpr.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <set>

using namespace mlir;
using namespace mlir::weft;

namespace {

using Product = DimExpr::Product;

/// Steps after which the division of one sum by another gives up; sizes of models need fewer than ten.
constexpr int kMaxDivisionSteps = 64;

/// Terms and characters of a function beyond which an expression is unknown: no model has such sizes, an
/// attacker might.
constexpr size_t kMaxTerms = 256, kMaxCallChars = 4096;

bool isIdentifierStart(char c) { return llvm::isAlpha(c) || c == '_'; }
bool isIdentifierChar(char c) { return llvm::isAlnum(c) || c == '_'; }

Product multiply(const Product &a, const Product &b) {
  Product product;
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(product));
  return product;
}

/// The product that times `b` is `a`; nullopt when there is none.
std::optional<Product> divide(const Product &a, const Product &b) {
  if (!std::includes(a.begin(), a.end(), b.begin(), b.end()))
    return std::nullopt;
  Product quotient;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(quotient));
  return quotient;
}

/// Monomial order by degree, then text: multiplication keeps it, so long division by the leading term is
/// exact.
bool precedes(const Product &a, const Product &b) {
  return a.size() != b.size() ? a.size() < b.size() : b < a;
}

std::pair<Product, int64_t> leadingTerm(const DimExpr &expr) {
  const auto &terms = expr.getTerms();
  return *std::max_element(terms.begin(), terms.end(),
                           [](const auto &a, const auto &b) { return precedes(a.first, b.first); });
}

/// An expression of one product, by way of public arithmetic.
DimExpr makeTerm(const Product &product, int64_t factor, function_ref<DimExpr(const std::string &)> atom) {
  DimExpr expr = DimExpr::constant(factor);
  for (const std::string &name : product)
    expr = expr * atom(name);
  return expr;
}

/// Recursive descent over the text of an expression.
class Parser {
public:
  explicit Parser(StringRef text) : text(text) {}

  std::optional<DimExpr> run() {
    std::optional<DimExpr> expr = sum();
    skipSpace();
    return expr && text.empty() ? expr : std::nullopt;
  }

private:
  void skipSpace() { text = text.ltrim(); }
  bool consume(char c) {
    skipSpace();
    return text.consume_front(StringRef(&c, 1));
  }

  std::optional<DimExpr> sum() {
    std::optional<DimExpr> left = product();
    while (left) {
      bool plus = consume('+');
      if (!plus && !consume('-'))
        return left;
      std::optional<DimExpr> right = product();
      if (!right)
        return std::nullopt;
      left = plus ? *left + *right : *left - *right;
    }
    return left;
  }

  std::optional<DimExpr> product() {
    std::optional<DimExpr> left = factor();
    while (left && consume('*')) {
      std::optional<DimExpr> right = factor();
      if (!right)
        return std::nullopt;
      left = *left * *right;
    }
    return left;
  }

  std::optional<DimExpr> factor() {
    // Nesting that no model has must not exhaust the stack.
    constexpr int maxDepth = 64;
    if (++depth > maxDepth)
      return std::nullopt;
    auto leave = llvm::make_scope_exit([&] { --depth; });
    if (consume('?'))
      return DimExpr();
    if (consume('-')) {
      std::optional<DimExpr> operand = factor();
      return operand ? std::optional(DimExpr::constant(-1) * *operand) : std::nullopt;
    }
    if (consume('(')) {
      std::optional<DimExpr> inner = sum();
      return inner && consume(')') ? inner : std::nullopt;
    }
    skipSpace();
    if (!text.empty() && llvm::isDigit(text.front())) {
      StringRef digits = text.take_while(llvm::isDigit);
      text = text.drop_front(digits.size());
      int64_t value;
      return digits.getAsInteger(10, value) ? std::nullopt : std::optional(DimExpr::constant(value));
    }
    if (text.empty() || !isIdentifierStart(text.front()))
      return std::nullopt;
    StringRef name = text.take_while(isIdentifierChar);
    text = text.drop_front(name.size());
    return consume('(') ? call(name) : std::optional(DimExpr::symbol(name));
  }

  std::optional<DimExpr> call(StringRef name) {
    std::optional<DimExpr> a = sum();
    if (!a || !consume(','))
      return std::nullopt;
    std::optional<DimExpr> b = sum();
    if (!b || !consume(')'))
      return std::nullopt;
    using Function = DimExpr (*)(const DimExpr &, const DimExpr &);
    static constexpr std::pair<StringRef, Function> functions[] = {{"ceildiv", DimExpr::ceilDiv},
                                                                   {"floordiv", DimExpr::floorDiv},
                                                                   {"max", DimExpr::max},
                                                                   {"min", DimExpr::min},
                                                                   {"mod", DimExpr::mod}};
    for (auto [known, function] : functions)
      if (known == name)
        return function(*a, *b);
    return std::nullopt;
  }

  StringRef text;
  int depth = 0;
};

} // namespace

//===----------------------------------------------------------------------===//
// Construction, text
//===----------------------------------------------------------------------===//

DimExpr DimExpr::constant(int64_t value) {
  DimExpr expr;
  expr.known = true;
  if (value != 0)
    expr.terms[{}] = value;
  return expr;
}

DimExpr DimExpr::symbol(StringRef name) {
  DimExpr expr;
  expr.known = true;
  expr.terms[{name.str()}] = 1;
  return expr;
}

std::optional<DimExpr> DimExpr::parse(StringRef text) { return Parser(text).run(); }

std::optional<int64_t> DimExpr::getConstant() const {
  if (!known)
    return std::nullopt;
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.begin()->first.empty())
    return terms.begin()->second;
  return std::nullopt;
}

StringRef DimExpr::getSymbol() const {
  if (!known || terms.size() != 1)
    return {};
  const auto &[product, factor] = *terms.begin();
  if (factor != 1 || product.size() != 1 || StringRef(product.front()).contains('('))
    return {};
  return product.front();
}

std::string DimExpr::str() const {
  if (!known)
    return "?";
  if (terms.empty())
    return "0";
  std::string text;
  auto append = [&](const Product &product, int64_t factor) {
    if (!text.empty())
      text += " + ";
    if (product.empty() || factor != 1)
      text += std::to_string(factor) + (product.empty() ? "" : " * ");
    text += llvm::join(product, " * ");
  };
  // The constant (the empty product, first in the map) comes last.
  for (const auto &[product, factor] : terms)
    if (!product.empty())
      append(product, factor);
  if (auto it = terms.find({}); it != terms.end())
    append(it->first, it->second);
  return text;
}

std::optional<DimExpr::Call> DimExpr::parseCall(StringRef atom) {
  size_t open = atom.find('(');
  if (open == StringRef::npos || !atom.ends_with(")"))
    return std::nullopt;
  StringRef inner = atom.substr(open + 1).drop_back();
  int depth = 0;
  for (size_t i = 0; i < inner.size(); ++i) {
    depth += inner[i] == '(' ? 1 : inner[i] == ')' ? -1 : 0;
    if (inner[i] != ',' || depth != 0)
      continue;
    std::optional<DimExpr> a = parse(inner.take_front(i)), b = parse(inner.drop_front(i + 1));
    if (!a || !b)
      return std::nullopt;
    return Call{atom.take_front(open).str(), {*a, *b}};
  }
  return std::nullopt;
}

void DimExpr::forEachSymbol(function_ref<void(StringRef)> visit) const {
  std::set<std::string> symbols;
  for (const auto &[product, factor] : terms)
    for (const std::string &atom : product) {
      if (std::optional<Call> call = parseCall(atom)) {
        for (const DimExpr &arg : call->args)
          arg.forEachSymbol([&](StringRef name) { symbols.insert(name.str()); });
        continue;
      }
      symbols.insert(atom);
    }
  for (const std::string &name : symbols)
    visit(name);
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

static std::optional<int64_t> evaluateCall(StringRef name, int64_t a, int64_t b) {
  if (name == "min")
    return std::min(a, b);
  if (name == "max")
    return std::max(a, b);
  if (b == 0 || (a == INT64_MIN && b == -1))
    return std::nullopt;
  if (name == "floordiv")
    return llvm::divideFloorSigned(a, b);
  if (name == "ceildiv")
    return llvm::divideCeilSigned(a, b);
  if (name == "mod")
    return a - b * llvm::divideFloorSigned(a, b);
  return std::nullopt;
}

std::optional<int64_t> DimExpr::evaluate(function_ref<std::optional<int64_t>(StringRef)> valueOf) const {
  if (!known)
    return std::nullopt;
  int64_t total = 0;
  for (const auto &[product, factor] : terms) {
    int64_t value = factor;
    for (const std::string &atom : product) {
      std::optional<int64_t> atomValue;
      if (std::optional<Call> call = parseCall(atom)) {
        std::optional<int64_t> a = call->args[0].evaluate(valueOf), b = call->args[1].evaluate(valueOf);
        if (a && b)
          atomValue = evaluateCall(call->name, *a, *b);
      } else {
        atomValue = valueOf(atom);
      }
      if (!atomValue || llvm::MulOverflow(value, *atomValue, value))
        return std::nullopt;
    }
    if (llvm::AddOverflow(total, value, total))
      return std::nullopt;
  }
  return total;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

DimExpr mlir::weft::operator+(const DimExpr &a, const DimExpr &b) {
  if (!a.known || !b.known)
    return {};
  DimExpr sum = a;
  for (const auto &[product, factor] : b.terms) {
    int64_t &total = sum.terms[product];
    if (llvm::AddOverflow(total, factor, total))
      return {};
    if (total == 0)
      sum.terms.erase(product);
  }
  return sum;
}

DimExpr mlir::weft::operator-(const DimExpr &a, const DimExpr &b) { return a + DimExpr::constant(-1) * b; }

DimExpr mlir::weft::operator*(const DimExpr &a, const DimExpr &b) {
  if (!a.known || !b.known)
    return {};
  DimExpr result = DimExpr::constant(0);
  for (const auto &[productA, factorA] : a.terms)
    for (const auto &[productB, factorB] : b.terms) {
      DimExpr term;
      term.known = true;
      int64_t &factor = term.terms[multiply(productA, productB)];
      if (llvm::MulOverflow(factorA, factorB, factor))
        return {};
      result = result + term;
      if (!result.known || result.terms.size() > kMaxTerms)
        return {};
    }
  return result;
}

/// a / b when b divides a for every value of the symbols (b not zero).
static std::optional<DimExpr> divideExactly(const DimExpr &a, const DimExpr &b) {
  if (a.isUnknown() || b.isUnknown() || b.getTerms().empty())
    return std::nullopt;
  auto [leadProduct, leadFactor] = leadingTerm(b);
  DimExpr rest = a, quotient = DimExpr::constant(0);
  auto atom = [](const std::string &name) { return DimExpr::symbol(name); };
  for (int step = 0; step < kMaxDivisionSteps; ++step) {
    if (rest.isUnknown())
      return std::nullopt;
    if (rest.getTerms().empty())
      return quotient;
    auto [product, factor] = leadingTerm(rest);
    std::optional<Product> ratio = divide(product, leadProduct);
    // -1 divides everything but may overflow; no size is INT64_MIN.
    if (!ratio || leadFactor == 0 || factor == INT64_MIN || factor % leadFactor != 0)
      return std::nullopt;
    DimExpr term = makeTerm(*ratio, factor / leadFactor, atom);
    quotient = quotient + term;
    rest = rest - term * b;
  }
  return std::nullopt;
}

/// `name(a, b)` as an atom.
static DimExpr makeCall(StringRef name, const DimExpr &a, const DimExpr &b) {
  std::string text = (name + "(" + a.str() + ", " + b.str() + ")").str();
  return text.size() > kMaxCallChars ? DimExpr() : DimExpr::symbol(text);
}

/// Splits a = divisor * quotient + rest, each factor of rest in [0, divisor).
static std::pair<DimExpr, DimExpr> splitByConstant(const DimExpr &a, int64_t divisor) {
  DimExpr quotient = DimExpr::constant(0), rest = DimExpr::constant(0);
  auto atom = [](const std::string &name) { return DimExpr::symbol(name); };
  for (const auto &[product, factor] : a.getTerms()) {
    int64_t whole = llvm::divideFloorSigned(factor, divisor);
    quotient = quotient + makeTerm(product, whole, atom);
    rest = rest + makeTerm(product, factor - whole * divisor, atom);
  }
  return {quotient, rest};
}

DimExpr DimExpr::floorDiv(const DimExpr &a, const DimExpr &b) {
  if (!a.known || !b.known || b.terms.empty())
    return {};
  if (std::optional<DimExpr> exact = divideExactly(a, b))
    return *exact;
  std::optional<int64_t> divisor = b.getConstant();
  if (!divisor || *divisor < 0)
    return makeCall("floordiv", a, b);
  auto [quotient, rest] = splitByConstant(a, *divisor);
  if (rest.getConstant())
    return quotient;
  return quotient + makeCall("floordiv", rest, b);
}

DimExpr DimExpr::ceilDiv(const DimExpr &a, const DimExpr &b) {
  if (!a.known || !b.known || b.terms.empty())
    return {};
  if (std::optional<DimExpr> exact = divideExactly(a, b))
    return *exact;
  // One spelling for both directions of rounding, so that equal sizes have equal text.
  if (std::optional<int64_t> divisor = b.getConstant(); divisor && *divisor > 0)
    return floorDiv(a + constant(*divisor - 1), b);
  return makeCall("ceildiv", a, b);
}

DimExpr DimExpr::mod(const DimExpr &a, const DimExpr &b) {
  if (!a.known || !b.known || b.terms.empty())
    return {};
  if (divideExactly(a, b))
    return constant(0);
  std::optional<int64_t> divisor = b.getConstant();
  if (!divisor || *divisor < 0)
    return makeCall("mod", a, b);
  DimExpr rest = splitByConstant(a, *divisor).second;
  return rest.getConstant() ? rest : makeCall("mod", rest, b);
}

/// Whether the value is at least 0 for all values of the symbols, which are sizes.
static bool isNeverNegative(const DimExpr &expr) {
  return !expr.isUnknown() && llvm::all_of(expr.getTerms(), [](const auto &term) {
    return term.second >= 0 && llvm::all_of(term.first, [](StringRef atom) {
             std::optional<DimExpr::Call> call = DimExpr::parseCall(atom);
             if (!call)
               return true;
             // A quotient or remainder by a size, and any extreme, of what is never negative.
             return llvm::all_of(call->args, isNeverNegative);
           });
  });
}

/// min or max; a difference of known sign decides, else the arguments are sorted by text.
static DimExpr extreme(StringRef name, const DimExpr &a, const DimExpr &b, bool wantLess) {
  if (a.isUnknown() || b.isUnknown())
    return {};
  if (std::optional<int64_t> difference = (a - b).getConstant())
    return (*difference <= 0) == wantLess ? a : b;
  if (isNeverNegative(b - a))
    return wantLess ? a : b;
  if (isNeverNegative(a - b))
    return wantLess ? b : a;
  return a.str() < b.str() ? makeCall(name, a, b) : makeCall(name, b, a);
}

DimExpr DimExpr::min(const DimExpr &a, const DimExpr &b) { return extreme("min", a, b, /*wantLess=*/true); }
DimExpr DimExpr::max(const DimExpr &a, const DimExpr &b) { return extreme("max", a, b, /*wantLess=*/false); }

bool DimExpr::provablyEqual(const DimExpr &a, const DimExpr &b) {
  return a.known && b.known && a.terms == b.terms;
}
