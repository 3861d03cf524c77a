// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of operators that look into strings or make new ones.
#include "Text.h"

#include "Learning.h"
#include "ModelImporter.h"
#include "dialects/Weft/IR/TextPattern.h"

#include "llvm/ADT/StringExtras.h"

namespace weft::importer {

Value textScalar(NodeBuilder &n, StringRef text) {
  return n.constant(
      DenseStringElementsAttr::get(RankedTensorType::get({}, w::StringType::get(n.b.getContext())), text));
}

/// Reports unless input `i` holds strings.
static LogicalResult checkTexts(NodeBuilder &n, unsigned i) {
  if (isa<w::StringType>(n.elem(n.in(i))))
    return success();
  return n.fail("expected strings as input " + llvm::Twine(i) + ", but got " +
                n.importer.typeText(n.elem(n.in(i))));
}

static LogicalResult checkPattern(NodeBuilder &n, StringRef pattern) {
  std::string error;
  if (w::TextPattern::parse(pattern, error))
    return success();
  return n.fail("expected a regular expression of RE2's syntax, but got '" + pattern + "': " + error);
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

Value textToNumber(NodeBuilder &n, Value x, Type to) {
  if (!isa<FloatType, IntegerType>(to))
    return n.failValue("expected numbers to read from strings, but got " + n.importer.typeText(to));
  Type read = isa<FloatType>(to) || to.isInteger(1) ? Type(n.b.getF64Type()) : Type(n.b.getI64Type());
  return n.cast(n.make<w::TextParseOp>(x, n.ofType("to", read)), to);
}

Value numberToText(NodeBuilder &n, Value x) {
  Type from = n.elem(x), string = w::StringType::get(n.b.getContext());
  if (!isa<FloatType, IntegerType>(from))
    return n.failValue("expected numbers to write as strings, but got " + n.importer.typeText(from));
  if (from.isInteger(1))
    return n.select(x, textScalar(n, "True"), textScalar(n, "False"));
  if (isa<FloatType>(from) && from.getIntOrFloatBitWidth() < 16)
    x = n.cast(x, n.b.getF32Type());
  else if (isa<IntegerType>(from) && from.getIntOrFloatBitWidth() < 64)
    x = n.cast(x, n.b.getI64Type());
  return n.make<w::TextFormatOp>(x, n.ofType("to", string));
}

//===----------------------------------------------------------------------===//
// Operators of ai.onnx
//===----------------------------------------------------------------------===//

LogicalResult buildStringConcat(NodeBuilder &n) {
  if (failed(checkTexts(n, 0)) || failed(checkTexts(n, 1)))
    return failure();
  Value x = n.in(0), y = n.in(1);
  n.alignRanks(x, y);
  if (!x || !y)
    return failure();
  // The runtime knows no broadcasting: a selection that takes one operand everywhere does it.
  Value always = n.intScalar(n.b.getI1Type(), 1);
  Value wideX = n.type(x) == n.type(y) ? x : n.select(always, x, y);
  Value wideY = n.type(x) == n.type(y) ? y : n.select(always, y, x);
  return n.result(n.make<w::TextConcatOp>({wideX, wideY}));
}

LogicalResult buildStringSplit(NodeBuilder &n) {
  if (failed(checkTexts(n, 0)))
    return failure();
  auto op =
      n.makeOp<w::TextSplitOp>({n.in(0), textScalar(n, n.stringAttr("delimiter", "")), textScalar(n, "")},
                               n.i64("limit", n.intAttr("maxsplit", -1)));
  if (!op || failed(n.result(0, op.getPieces())))
    return failure();
  return n.wants(1) ? n.result(1, op.getCounts()) : success();
}

LogicalResult buildRegexFullMatch(NodeBuilder &n) {
  std::string pattern = n.stringAttr("pattern", "");
  if (failed(checkTexts(n, 0)) || failed(checkPattern(n, pattern)))
    return failure();
  return n.result(n.make<w::TextMatchOp>(n.in(0), n.b.getNamedAttr("pattern", n.b.getStringAttr(pattern))));
}

/// The texts in another case.
static Value changeCase(NodeBuilder &n, Value x, bool upper, bool ascii) {
  return n.make<w::TextCaseOp>(x, {n.flag("upper", upper), n.flag("ascii", ascii)});
}

/// The texts of x [C] that are not `words`; one empty text when none is left.
static Value dropWords(NodeBuilder &n, Value x, Value key, Value words) {
  Type i1 = n.b.getI1Type(), i32 = n.b.getI32Type(), i64 = n.b.getI64Type();
  Value equal = n.compare(w::ComparePredicate::ne, n.unsqueeze(key, 1), words);
  Value keeps = n.reduce(w::ReduceKind::min, n.cast(equal, i32), 1, /*keep=*/false);
  Value kept = n.reduce(w::ReduceKind::sum, n.cast(keeps, i64), 0);
  // An empty text behind the others stays when it is alone.
  Value isAlone = n.compare(w::ComparePredicate::eq, kept, n.intScalar(i64, 0));
  Value mask = n.concat({n.cast(keeps, i1), isAlone}, 0);
  Value all = n.concat({x, n.unsqueeze(textScalar(n, ""), 0)}, 0);
  Value places = mask ? n.make<w::NonzeroOp>(mask) : Value();
  return places ? n.inRange(n.gather(all, n.squeeze(places, 0), 0)) : Value();
}

LogicalResult buildStringNormalizer(NodeBuilder &n) {
  if (failed(checkTexts(n, 0)) || failed(n.checkRank(0, 1, 2)))
    return failure();
  std::string action = n.stringAttr("case_change_action", "NONE");
  if (action != "NONE" && action != "LOWER" && action != "UPPER")
    return n.fail("expected case_change_action NONE, LOWER or UPPER, but got '" + action + "'");
  std::string locale = n.stringAttr("locale", "en_US");
  for (StringRef other : {"tr", "az", "lt"})
    if (StringRef(locale).lower().substr(0, 2) == other && !llvm::isAlpha(locale.c_str()[2]))
      return n.fail("expected a locale whose case is Unicode's, but '" + locale + "' has rules of its own");
  bool ascii = locale == "C" || locale == "POSIX";
  SmallVector<std::string> stopwords = n.stringsAttr("stopwords").value_or(SmallVector<std::string>());
  bool isExact = n.flagAttr("is_case_sensitive", false);
  int64_t rank = n.rank(n.in(0));
  Value x = n.in(0);
  if (rank == 2) {
    if (int64_t rows = n.type(x).getDimSize(0); !ShapedType::isDynamic(rows) && rows != 1)
      return n.fail("expected texts of shape [C] or [1, C], but got " + llvm::Twine(rows) + " rows");
    x = n.reshape(x, n.sizes.product(n.dims(x)));
  }
  if (x && !stopwords.empty()) {
    Value words = n.constant(textList(n, stopwords));
    x = isExact ? dropWords(n, x, x, words)
                : dropWords(n, x, changeCase(n, x, /*upper=*/false, ascii),
                            changeCase(n, words, /*upper=*/false, ascii));
  }
  if (x && action != "NONE")
    x = changeCase(n, x, action == "UPPER", ascii);
  return n.result(x && rank == 2 ? n.unsqueeze(x, 0) : x);
}

//===----------------------------------------------------------------------===//
// Tokenizer of com.microsoft
//===----------------------------------------------------------------------===//

/// Puts marks in front of the tokens of each text and behind them.
static Value addMarks(NodeBuilder &n, Value x, Value tokens, Value counts, Value fill) {
  int64_t axis = n.rank(x);
  Type i64 = n.b.getI64Type();
  Value column = n.unsqueeze(n.select(n.intScalar(n.b.getI1Type(), 1), fill, x), axis);
  Value wide = n.concat({column, tokens, column}, axis);
  if (!wide)
    return {};
  Value place = n.onAxis(n.iota(n.dim(wide, axis), 0, i64), axis, axis + 1);
  Value last = n.add(n.unsqueeze(counts, axis), n.intScalar(i64, 1));
  wide =
      n.select(n.compare(w::ComparePredicate::eq, place, n.intScalar(i64, 0)), textScalar(n, "\x02"), wide);
  return n.select(n.compare(w::ComparePredicate::eq, place, last), textScalar(n, "\x03"), wide);
}

LogicalResult buildTokenizer(NodeBuilder &n) {
  if (failed(checkTexts(n, 0)) || failed(n.checkRank(0, 1, 2)))
    return failure();
  SmallVector<std::string> separators = n.stringsAttr("separators").value_or(SmallVector<std::string>());
  std::string tokens = n.stringAttr("tokenexp", "");
  int64_t least = n.intAttr("mincharnum", 1);
  bool marks = n.flagAttr("mark", false);
  Value fill = textScalar(n, n.stringAttr("pad_value", ""));
  if (separators.empty() == tokens.empty())
    return n.fail("expected either separators or tokenexp, but got " +
                  llvm::StringRef(tokens.empty() ? "none" : "both"));
  if (least < 1)
    return n.fail("expected mincharnum of at least 1, but got " + llvm::Twine(least));
  bool hasGaps = tokens.empty();
  if (separators.size() == 1 && separators.front().empty()) {
    // The empty separator stands between any two characters.
    if (least != 1)
      return n.fail("expected mincharnum 1 for single characters, but got " + llvm::Twine(least));
    hasGaps = false;
    tokens = "(?s:.)";
  } else if (hasGaps) {
    for (StringRef separator : separators) {
      if (separator.empty())
        return n.fail("expected separators that are not empty beside others");
      if (failed(checkPattern(n, separator)))
        return failure();
    }
    tokens = "(?:" + llvm::join(separators, ")|(?:") + ")";
  }
  if (failed(checkPattern(n, tokens)))
    return failure();
  auto op = n.makeOp<w::TextFindOp>({n.in(0), fill}, {n.b.getNamedAttr("pattern", n.b.getStringAttr(tokens)),
                                                      n.i64("least", least), n.flag("gaps", hasGaps)});
  if (!op)
    return failure();
  return n.result(marks ? addMarks(n, n.in(0), op.getPieces(), op.getCounts(), fill) : Value(op.getPieces()));
}

} // namespace weft::importer
