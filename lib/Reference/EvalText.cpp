// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates ops on texts.
#include "dialects/Weft/IR/TextPattern.h"
#include "lib/Reference/CastNumbers.h"
#include "weft/Reference/Eval.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

#include <set>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

Tensor makeLike(const Tensor &x, mlir::Type type) { return Tensor(type, x.getShape()); }
mlir::Type stringType(Evaluation &e) { return StringType::get(e.op->getContext()); }
mlir::Type i64Type(Evaluation &e) { return IntegerType::get(e.op->getContext(), 64); }

//===----------------------------------------------------------------------===//
// Joining, case
//===----------------------------------------------------------------------===//

LogicalResult evalTextConcat(TextConcatOp, Evaluation &e) {
  const Tensor &x = e.tensor(0), &y = e.tensor(1);
  if (x.getShape() != y.getShape())
    return e.error() << "expected as many texts in both operands, but got " << x.size() << " and "
                     << y.size();
  Tensor result = makeLike(x, stringType(e));
  for (int64_t i = 0; i < x.size(); ++i)
    result.setString(i, x.getString(i) + y.getString(i));
  e.add(std::move(result));
  return success();
}

struct CaseRow {
  uint32_t first, last, step;
  int32_t added;
};
#include "runtime/src/case_rows.inc"

uint32_t mapCase(ArrayRef<CaseRow> rows, uint32_t c) {
  for (const CaseRow &row : rows)
    if (c >= row.first && c <= row.last && (c - row.first) % row.step == 0)
      return c + row.added;
  return c;
}

std::string changeCase(StringRef text, bool upper, bool ascii) {
  if (ascii)
    return upper ? text.upper() : text.lower();
  std::string result;
  const auto *at = reinterpret_cast<const llvm::UTF8 *>(text.begin()),
             *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  while (at != end) {
    const llvm::UTF8 *from = at;
    llvm::UTF32 c;
    if (llvm::convertUTF8Sequence(&at, end, &c, llvm::strictConversion) != llvm::conversionOK) {
      result.push_back(static_cast<char>(*from));
      at = from + 1;
      continue;
    }
    char bytes[4], *stop = bytes;
    (void)llvm::ConvertCodePointToUTF8(mapCase(upper ? ArrayRef(upperRows) : ArrayRef(lowerRows), c), stop);
    result.append(bytes, stop);
  }
  return result;
}

LogicalResult evalTextCase(TextCaseOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Tensor result = makeLike(x, stringType(e));
  for (int64_t i = 0; i < x.size(); ++i)
    result.setString(i, changeCase(x.getString(i), op.getUpper(), op.getAscii()));
  e.add(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// Cutting
//===----------------------------------------------------------------------===//

using Pieces = std::vector<std::string>;

void addPieces(Evaluation &e, const std::vector<Pieces> &all, const std::string &fill) {
  const Tensor &x = e.tensor(0);
  size_t width = 0;
  for (const Pieces &pieces : all)
    width = std::max(width, pieces.size());
  Shape shape(x.getShape());
  shape.push_back(static_cast<int64_t>(width));
  Tensor result(stringType(e), shape), counts = makeLike(x, i64Type(e));
  for (size_t i = 0; i < all.size(); ++i) {
    counts.setInt(static_cast<int64_t>(i), static_cast<int64_t>(all[i].size()));
    for (size_t k = 0; k < width; ++k)
      result.setString(static_cast<int64_t>(i * width + k), k < all[i].size() ? all[i][k] : fill);
  }
  e.add(std::move(result));
  e.add(std::move(counts));
}

Pieces splitText(StringRef text, StringRef delimiter, int64_t limit) {
  Pieces pieces;
  auto mayCut = [&] { return limit < 0 || static_cast<int64_t>(pieces.size()) < limit; };
  if (!delimiter.empty()) {
    while (mayCut()) {
      size_t place = text.find(delimiter);
      if (place == StringRef::npos)
        break;
      pieces.push_back(text.take_front(place).str());
      text = text.drop_front(place + delimiter.size());
    }
    pieces.push_back(text.str());
    return pieces;
  }
  constexpr StringLiteral space(" \t\n\v\f\r");
  for (text = text.ltrim(space); !text.empty(); text = text.ltrim(space)) {
    size_t length = mayCut() ? std::min(text.find_first_of(space), text.size()) : text.size();
    pieces.push_back(text.take_front(length).str());
    text = text.drop_front(length);
  }
  return pieces;
}

LogicalResult evalTextSplit(TextSplitOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  std::vector<Pieces> all;
  for (int64_t i = 0; i < x.size(); ++i)
    all.push_back(splitText(x.getString(i), e.tensor(1).getString(0), static_cast<int64_t>(op.getLimit())));
  addPieces(e, all, e.tensor(2).getString(0));
  return success();
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// All ends of matches that start at `start`, shortest first, by following every way through the pattern at
/// once.
std::vector<size_t> matchesFrom(const TextPattern &pattern, StringRef text, size_t start) {
  std::vector<size_t> ends;
  std::vector<uint32_t> open = {pattern.getStart()};
  auto byteAt = [&](size_t i) { return static_cast<int>(static_cast<uint8_t>(text[i])); };
  for (size_t at = start; !open.empty(); ++at) {
    int before = at > 0 ? byteAt(at - 1) : -1, after = at < text.size() ? byteAt(at) : -1;
    std::vector<uint32_t> next;
    for (uint32_t step : pattern.closure(open, TextPattern::assertionsAt(before, after))) {
      const TextPattern::Step &one = pattern.getSteps()[step];
      if (one.kind == TextPattern::Kind::Match)
        ends.push_back(at);
      else if (after >= one.first && after <= one.last)
        next.push_back(one.next);
    }
    open = std::move(next);
  }
  return ends;
}

LogicalResult evalTextMatch(TextMatchOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  std::string error;
  std::optional<TextPattern> pattern = TextPattern::parse(op.getPattern(), error);
  if (!pattern)
    return e.error() << "expected a pattern, but got '" << op.getPattern() << "': " << error;
  Tensor result = makeLike(x, IntegerType::get(op.getContext(), 1));
  for (int64_t i = 0; i < x.size(); ++i) {
    std::vector<size_t> ends = matchesFrom(*pattern, x.getString(i), 0);
    result.setInt(i, !ends.empty() && ends.back() == x.getString(i).size());
  }
  e.add(std::move(result));
  return success();
}

int64_t countCharacters(StringRef text) {
  return llvm::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

LogicalResult evalTextFind(TextFindOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  std::string error;
  std::optional<TextPattern> pattern = TextPattern::parse(op.getPattern(), error);
  if (!pattern)
    return e.error() << "expected a pattern, but got '" << op.getPattern() << "': " << error;
  std::vector<Pieces> all;
  for (int64_t i = 0; i < x.size(); ++i) {
    StringRef text = x.getString(i);
    Pieces matches, gaps;
    size_t gap = 0;
    for (size_t at = 0; at < text.size();) {
      std::vector<size_t> ends = matchesFrom(*pattern, text, at);
      if (ends.empty() || ends.back() == at) {
        ++at;
        continue;
      }
      gaps.push_back(text.slice(gap, at).str());
      matches.push_back(text.slice(at, ends.back()).str());
      at = gap = ends.back();
    }
    gaps.push_back(text.drop_front(gap).str());
    Pieces &pieces = op.getGaps() ? gaps : matches;
    llvm::erase_if(pieces, [&](const std::string &piece) {
      return piece.empty() || countCharacters(piece) < static_cast<int64_t>(op.getLeast());
    });
    all.push_back(std::move(pieces));
  }
  addPieces(e, all, e.tensor(1).getString(0));
  return success();
}

//===----------------------------------------------------------------------===//
// Numbers, order
//===----------------------------------------------------------------------===//

LogicalResult evalTextFormat(TextFormatOp, Evaluation &e) {
  FailureOr<Tensor> result = castTensor(e.tensor(0), stringType(e), /*saturate=*/true, CastRound::up);
  if (failed(result))
    return failure();
  e.add(std::move(*result));
  return success();
}

LogicalResult evalTextParse(TextParseOp op, Evaluation &e) {
  FailureOr<Tensor> result = castTensor(e.tensor(0), op.getTo(), /*saturate=*/true, CastRound::up);
  if (failed(result))
    return e.error() << "expected texts that spell numbers";
  e.add(std::move(*result));
  return success();
}

LogicalResult evalTextRank(TextRankOp, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  std::set<std::string> texts;
  for (int64_t i = 0; i < x.size(); ++i)
    texts.insert(x.getString(i));
  Tensor result = makeLike(x, i64Type(e));
  for (int64_t i = 0; i < x.size(); ++i)
    result.setInt(i, std::distance(texts.begin(), texts.find(x.getString(i))));
  e.add(std::move(result));
  return success();
}

} // namespace

void addTextEvals(EvalTable &table) {
  table.add<TextConcatOp, evalTextConcat>();
  table.add<TextCaseOp, evalTextCase>();
  table.add<TextSplitOp, evalTextSplit>();
  table.add<TextFindOp, evalTextFind>();
  table.add<TextMatchOp, evalTextMatch>();
  table.add<TextFormatOp, evalTextFormat>();
  table.add<TextParseOp, evalTextParse>();
  table.add<TextRankOp, evalTextRank>();
}

} // namespace weft::reference
