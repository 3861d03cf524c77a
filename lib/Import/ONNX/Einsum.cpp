// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builder of Einsum: diagonals, sums, then products of pairs from left to right as matmul.
#include "NodeBuilder.h"

namespace weft::importer {

namespace {

/// An operand and the index letter of each of its dims.
struct Term {
  Value value;
  std::string letters;
};

/// One Einsum under way.
class Contraction {
public:
  Contraction(NodeBuilder &n) : n(n) {}

  LogicalResult parse(StringRef equation);
  Value run();

private:
  LogicalResult expandDots(StringRef text, int64_t rank, std::string &letters);
  LogicalResult takeDiagonal(Term &term);
  void sumLonely(Term &term, StringRef needed);
  Term multiply(Term lhs, Term rhs, StringRef needed);
  Value arrange(const Term &term, StringRef letters);
  Size sizeOf(char letter, ArrayRef<const Term *> terms);

  NodeBuilder &n;
  SmallVector<Term> terms;
  std::string output;
};

/// Letters of the dims behind `...`, from the last; none of them can be written.
constexpr char kDotBase = '\x80';

} // namespace

LogicalResult Contraction::expandDots(StringRef text, int64_t rank, std::string &letters) {
  size_t named = 0;
  for (char c : text)
    named += c != '.';
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.') {
      letters.push_back(text[i]);
      continue;
    }
    if (!text.substr(i).starts_with("...") || letters.find(kDotBase) != std::string::npos)
      return n.fail("expected one ... per term of the equation");
    i += 2;
    for (int64_t d = rank - static_cast<int64_t>(named) - 1; d >= 0; --d)
      letters.push_back(static_cast<char>(kDotBase + d));
  }
  return success();
}

LogicalResult Contraction::parse(StringRef equation) {
  std::string text;
  for (char c : equation)
    if (c != ' ')
      text.push_back(c);
  auto [left, right] = StringRef(text).split("->");
  bool isExplicit = StringRef(text).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != n.numInputs())
    return n.fail("expected an equation of " + llvm::Twine(n.numInputs()) + " terms, but got " +
                  llvm::Twine(parts.size()));
  int64_t dots = 0;
  for (auto [i, part] : llvm::enumerate(parts)) {
    Term term{n.in(i), ""};
    for (char c : part)
      if (!llvm::isAlpha(c) && c != '.')
        return n.fail("expected letters and ... in the equation, but got '" + llvm::Twine(c) + "'");
    if (failed(expandDots(part, n.rank(term.value), term.letters)))
      return failure();
    if (static_cast<int64_t>(term.letters.size()) != n.rank(term.value))
      return n.fail("expected input " + llvm::Twine(i) + " of rank " + llvm::Twine(term.letters.size()) +
                    " as the equation says, but got rank " + llvm::Twine(n.rank(term.value)));
    for (char c : term.letters)
      dots =
          std::max<int64_t>(dots, static_cast<uint8_t>(c) >= 0x80 ? static_cast<uint8_t>(c) - 0x80 + 1 : 0);
    terms.push_back(std::move(term));
  }
  if (isExplicit) {
    size_t named = right.size() - (right.contains("...") ? 3 : 0);
    if (failed(expandDots(right, static_cast<int64_t>(named) + dots, output)))
      return failure();
  } else {
    // Implicit: the dots, then what occurs once, in order of the alphabet.
    std::map<char, int> uses;
    for (const Term &term : terms)
      for (char c : term.letters)
        ++uses[c];
    for (int64_t d = dots - 1; d >= 0; --d)
      output.push_back(static_cast<char>(kDotBase + d));
    for (char c = 'A'; c <= 'z'; ++c)
      if (uses.count(c) && uses[c] == 1)
        output.push_back(c);
  }
  for (size_t i = 0; i < output.size(); ++i) {
    bool isKnown =
        llvm::any_of(terms, [&](const Term &t) { return t.letters.find(output[i]) != std::string::npos; });
    if (!isKnown || output.find(output[i], i + 1) != std::string::npos)
      return n.fail("expected each index of the output once in it and in some input");
  }
  return success();
}

/// Dims with one letter become one: elements whose indices agree.
LogicalResult Contraction::takeDiagonal(Term &term) {
  for (size_t i = 0; i < term.letters.size(); ++i) {
    size_t j = term.letters.find(term.letters[i], i + 1);
    if (j == std::string::npos)
      continue;
    // Both to the front, then gather at (d, d).
    SmallVector<int64_t> perm = {static_cast<int64_t>(i), static_cast<int64_t>(j)};
    std::string rest;
    for (size_t k = 0; k < term.letters.size(); ++k)
      if (k != i && k != j) {
        perm.push_back(static_cast<int64_t>(k));
        rest.push_back(term.letters[k]);
      }
    Value x = n.transpose(term.value, perm);
    if (!x)
      return failure();
    std::optional<int64_t> rows = known(n.dim(x, 0)), columns = known(n.dim(x, 1));
    if (rows && columns && *rows != *columns)
      return n.fail("expected dims of one letter to be equal, but got " + llvm::Twine(*rows) + " and " +
                    llvm::Twine(*columns));
    Value index = n.iota({n.dim(x, 0), n.sizes.of(2)}, 0, n.b.getI64Type());
    Value taken = n.make<w::GatherNdOp>({x, index});
    bool isSquare = w::DimExpr::provablyEqual(w::getDim(n.type(x), 0), w::getDim(n.type(x), 1));
    x = isSquare ? n.inRange(taken) : taken;
    if (!x)
      return failure();
    term = {x, std::string(1, term.letters[i]) + rest};
    i = static_cast<size_t>(-1);
  }
  return success();
}

/// Sums over dims that nothing else needs.
void Contraction::sumLonely(Term &term, StringRef needed) {
  SmallVector<int64_t> axes;
  std::string kept;
  for (auto [i, c] : llvm::enumerate(term.letters)) {
    if (needed.contains(c))
      kept.push_back(c);
    else
      axes.push_back(static_cast<int64_t>(i));
  }
  term = {n.reduce(w::ReduceKind::sum, term.value, axes, /*keep=*/false), kept};
}

/// The value with dims in the order of `letters`; a letter that it lacks is a dim of size 1.
Value Contraction::arrange(const Term &term, StringRef letters) {
  SmallVector<int64_t> perm, missing;
  for (auto [i, c] : llvm::enumerate(letters)) {
    size_t at = term.letters.find(c);
    if (at == std::string::npos)
      missing.push_back(static_cast<int64_t>(i));
    else
      perm.push_back(static_cast<int64_t>(at));
  }
  return n.unsqueeze(n.transpose(term.value, perm), missing);
}

/// The size of an index: that of the term where it is not 1.
Size Contraction::sizeOf(char letter, ArrayRef<const Term *> among) {
  Size result = n.sizes.of(1);
  for (const Term *term : among)
    if (size_t at = term->letters.find(letter); at != std::string::npos && isKnown(result, 1))
      result = n.dim(term->value, static_cast<int64_t>(at));
  return result;
}

Term Contraction::multiply(Term lhs, Term rhs, StringRef needed) {
  sumLonely(lhs, needed.str() + rhs.letters);
  sumLonely(rhs, needed.str() + lhs.letters);
  if (!lhs.value || !rhs.value)
    return {};
  // Shared and needed: batch; shared and not needed: summed; else rows or columns.
  std::string batch, rows, columns, summed;
  for (char c : lhs.letters) {
    bool isShared = rhs.letters.find(c) != std::string::npos;
    (!isShared ? rows : needed.contains(c) ? batch : summed).push_back(c);
  }
  for (char c : rhs.letters)
    if (lhs.letters.find(c) == std::string::npos)
      columns.push_back(c);
  if (summed.empty()) {
    std::string all = batch + rows + columns;
    return {n.mul(arrange(lhs, all), arrange(rhs, all)), all};
  }
  auto product = [&](StringRef letters) {
    Size size = n.sizes.of(1);
    for (char c : letters)
      size = n.sizes.mul(size, sizeOf(c, {&lhs, &rhs}));
    return size;
  };
  // [batch.., M, K] x [batch.., K, N]; a summed dim of size 1 in one operand alone widens first.
  auto flatten = [&](const Term &term, StringRef first, StringRef second) {
    Value x = arrange(term, batch + first.str() + second.str());
    if (!x)
      return Value();
    SmallVector<Size> shape = n.dims(x), wide = shape;
    for (size_t i = 0; i < summed.size(); ++i) {
      size_t at = batch.size() + (first == summed ? 0 : first.size()) + i;
      wide[at] = sizeOf(summed[i], {&lhs, &rhs});
    }
    if (!llvm::equal(shape, wide) && llvm::any_of(llvm::zip(shape, wide), [](auto pair) {
          return isKnown(std::get<0>(pair), 1) && !isKnown(std::get<1>(pair), 1);
        }))
      x = n.broadcast(x, wide);
    SmallVector<Size> flat(shape.begin(), shape.begin() + batch.size());
    flat.push_back(product(first));
    flat.push_back(product(second));
    return n.reshape(x, flat);
  };
  Value y = n.cast(n.matmul(flatten(lhs, rows, summed), flatten(rhs, summed, columns)), n.elem(lhs.value));
  if (!y)
    return {};
  SmallVector<Size> shape = n.dims(y);
  shape.resize(batch.size());
  for (char c : rows + columns)
    shape.push_back(sizeOf(c, {&lhs, &rhs}));
  return {n.reshape(y, shape), batch + rows + columns};
}

Value Contraction::run() {
  for (Term &term : terms)
    if (failed(takeDiagonal(term)))
      return {};
  Term result = terms.front();
  for (size_t i = 1; i < terms.size(); ++i) {
    std::string needed = output;
    for (size_t j = i + 1; j < terms.size(); ++j)
      needed += terms[j].letters;
    result = multiply(result, terms[i], needed);
    if (!result.value)
      return {};
  }
  sumLonely(result, output);
  return result.value ? arrange(result, output) : Value();
}

LogicalResult buildEinsum(NodeBuilder &n) {
  for (unsigned i = 0; i < n.numInputs(); ++i)
    if (!n.has(i))
      return n.fail("expected every input of Einsum, but input " + llvm::Twine(i) + " is missing");
  Contraction contraction(n);
  if (failed(contraction.parse(n.stringAttr("equation", ""))))
    return failure();
  return n.result(contraction.run());
}

} // namespace weft::importer
