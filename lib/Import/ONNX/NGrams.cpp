// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builder of TfIdfVectorizer: counts of sequences of integers or strings from a pool.
#include "Learning.h"

#include "ModelImporter.h"
#include "Text.h"

#include <map>

namespace weft::importer {

namespace {

/// The n-grams of one length; `columns` are their places in the result.
struct Pool {
  int64_t length = 0;
  SmallVector<SmallVector<int64_t>> grams;
  SmallVector<int64_t> columns;
};

struct NGrams {
  SmallVector<Pool> pools;
  SmallVector<std::string> texts; ///< of strings: what the numbers of their n-grams stand for
  int64_t width = 0;
  int64_t minLength = 1, maxLength = 1, maxSkip = 0;
};

} // namespace

/// Reads the pool: n-grams of length 1, then 2 ..., each section starting where ngram_counts says.
static FailureOr<NGrams> readNGrams(NodeBuilder &n) {
  std::optional<SmallVector<int64_t>> items = n.intsAttr("pool_int64s"), starts = n.intsAttr("ngram_counts"),
                                      indexes = n.intsAttr("ngram_indexes");
  NGrams result;
  if (std::optional<SmallVector<std::string>> texts = n.stringsAttr("pool_strings");
      texts && !texts->empty()) {
    // Equal texts get equal numbers, so that equal n-grams are found.
    if (items && !items->empty())
      return n.fail("expected either pool_int64s or pool_strings, but got both");
    std::map<std::string, int64_t> numbers;
    items = SmallVector<int64_t>();
    for (const std::string &text : *texts) {
      auto [place, isNew] = numbers.try_emplace(text, static_cast<int64_t>(result.texts.size()));
      if (isNew)
        result.texts.push_back(text);
      items->push_back(place->second);
    }
  }
  result.minLength = n.intAttr("min_gram_length", 0);
  result.maxLength = n.intAttr("max_gram_length", 0);
  result.maxSkip = n.intAttr("max_skip_count", 0);
  constexpr int64_t kMost = 1 << 16;
  if (result.minLength < 1 || result.maxLength < result.minLength || result.maxLength > kMost)
    return n.fail("expected 1 <= min_gram_length <= max_gram_length, but got " +
                  llvm::Twine(result.minLength) + " and " + llvm::Twine(result.maxLength));
  if (result.maxSkip < 0 || result.maxSkip > kMost)
    return n.fail("expected max_skip_count of at least 0, but got " + llvm::Twine(result.maxSkip));
  if (!items || !starts || !indexes || indexes->empty())
    return n.fail("expected attributes 'pool_int64s' or 'pool_strings', 'ngram_counts' and 'ngram_indexes'");
  auto total = static_cast<int64_t>(items->size());
  size_t next = 0;
  for (auto [section, start] : llvm::enumerate(*starts)) {
    int64_t end = section + 1 < starts->size() ? (*starts)[section + 1] : total;
    auto length = static_cast<int64_t>(section) + 1;
    if (start < 0 || start > end || end > total || (end - start) % length != 0)
      return n.fail("expected ngram_counts to cut the pool into n-grams, but section " +
                    llvm::Twine(section) + " is [" + llvm::Twine(start) + ", " + llvm::Twine(end) + ") of " +
                    llvm::Twine(total));
    // Of equal n-grams the last one counts.
    std::map<std::vector<int64_t>, int64_t> columns;
    for (int64_t at = start; at < end; at += length, ++next) {
      if (next >= indexes->size())
        return n.fail("expected an entry of ngram_indexes for each n-gram, but there are only " +
                      llvm::Twine(indexes->size()));
      int64_t column = (*indexes)[next];
      if (column < 0 || column > (1 << 28))
        return n.fail("expected ngram_indexes of at least 0, but got " + llvm::Twine(column));
      columns[std::vector<int64_t>(items->begin() + at, items->begin() + at + length)] = column;
    }
    Pool pool;
    pool.length = length;
    for (auto &[gram, column] : columns) {
      pool.grams.emplace_back(gram.begin(), gram.end());
      pool.columns.push_back(column);
    }
    if (!pool.grams.empty() && length >= result.minLength && length <= result.maxLength)
      result.pools.push_back(std::move(pool));
  }
  for (int64_t column : *indexes)
    result.width = std::max(result.width, column + 1);
  return result;
}

/// How often each n-gram of the pool occurs in the rows of x [B, N] with its items `step` apart: [B, grams].
static Value countGrams(NodeBuilder &n, Value x, const NGrams &grams, const Pool &pool, int64_t step) {
  const SizeMath &m = n.sizes;
  Type i64 = n.b.getI64Type();
  Size windows = m.max(m.sub(n.dim(x, 1), m.of((pool.length - 1) * step)), m.of(0));
  Value first = n.iota(windows, 0, i64), found;
  for (int64_t item = 0; item < pool.length; ++item) {
    SmallVector<int64_t> wanted;
    for (ArrayRef<int64_t> gram : pool.grams)
      wanted.push_back(gram[item]);
    Value at = n.add(first, n.intScalar(i64, item * step));
    Value seen = at ? n.unsqueeze(n.gather(x, at, 1), 2) : Value();
    Value sought;
    if (grams.texts.empty()) {
      sought = n.i64Constant(wanted);
    } else {
      SmallVector<std::string> texts;
      for (int64_t number : wanted)
        texts.push_back(grams.texts[number]);
      sought = n.constant(textList(n, texts));
    }
    Value equal = n.compare(w::ComparePredicate::eq, seen, n.onAxis(sought, 2, 3));
    found = found ? n.binary<w::AndOp>(found, equal) : equal;
  }
  return n.reduce(w::ReduceKind::sum, n.cast(found, n.b.getF32Type()), 1, /*keep=*/false);
}

LogicalResult buildTfIdfVectorizer(NodeBuilder &n) {
  std::string mode = n.stringAttr("mode", "");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
    return n.fail("expected mode TF, IDF or TFIDF, but got '" + mode + "'");
  if (failed(n.checkRank(0, 0, 2)))
    return failure();
  FailureOr<NGrams> grams = readNGrams(n);
  if (failed(grams))
    return failure();
  bool isText = isa<w::StringType>(n.elem(n.in(0)));
  if (isText != !grams->texts.empty() || !(isText || isa<IntegerType>(n.elem(n.in(0)))))
    return n.fail("expected strings for pool_strings and integers for pool_int64s, but got " +
                  n.importer.typeText(n.elem(n.in(0))));
  const SizeMath &m = n.sizes;
  Type f32 = n.b.getF32Type();
  Value x = n.withRank(isText ? n.in(0) : n.cast(n.in(0), n.b.getI64Type()), 2);
  if (!x)
    return failure();
  Size batch = n.dim(x, 0);
  Value counts = n.broadcast(n.splat({1, 1}, f32, 0.0), {batch, m.of(grams->width)});
  for (const Pool &pool : grams->pools) {
    Value found;
    // Items of a single one cannot be apart.
    for (int64_t step = 1; step <= (pool.length == 1 ? 1 : grams->maxSkip + 1); ++step) {
      Value here = countGrams(n, x, *grams, pool, step);
      found = found ? n.add(found, here) : here;
    }
    Value columns = n.broadcast(n.unsqueeze(n.i64Constant(pool.columns), 0),
                                {batch, m.of(static_cast<int64_t>(pool.columns.size()))});
    counts = n.make<w::ScatterElementsOp>(
        {counts, columns, found},
        {n.i64("axis", 1), n.choice<w::ScatterModeAttr>("mode", w::ScatterMode::add)});
    if (!counts)
      return failure();
  }
  std::optional<SmallVector<double>> weights = n.floatsAttr("weights");
  if (weights && !weights->empty() && static_cast<int64_t>(weights->size()) != grams->width)
    return n.fail("expected a weight for each of " + llvm::Twine(grams->width) + " columns, but got " +
                  llvm::Twine(weights->size()));
  if (mode == "IDF")
    counts = n.cast(n.compare(w::ComparePredicate::gt, counts, n.scalar(f32, 0.0)), f32);
  if (mode != "TF" && weights && !weights->empty())
    counts = n.mul(counts, n.unsqueeze(vectorOf(n, *weights, f32), 0));
  return n.result(n.rank(n.in(0)) == 2 ? counts : n.squeeze(counts, 0));
}

} // namespace weft::importer
