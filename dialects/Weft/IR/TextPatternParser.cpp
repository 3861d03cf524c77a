// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses regular expressions of RE2's syntax.
#include "dialects/Weft/IR/TextPattern.h"
#include "dialects/Weft/IR/TextPatternTree.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

namespace mlir::weft {

namespace {

constexpr int maxRepeat = 1000;
constexpr int maxDepth = 250;

std::unique_ptr<PatternNode> makeNode(PatternNode::Kind kind) {
  auto node = std::make_unique<PatternNode>();
  node->kind = kind;
  return node;
}

std::unique_ptr<PatternNode> makeAssert(uint8_t assertion) {
  auto node = makeNode(PatternNode::Kind::Assert);
  node->asserts = assertion;
  return node;
}

/// The classes of Perl and POSIX, which are ASCII.
bool findAsciiClass(llvm::StringRef name, CodePoints &out) {
  struct Row {
    llvm::StringLiteral name, ranges; // pairs of first and last
  };
  static constexpr Row rows[] = {
      {"d", "09"},          {"digit", "09"},     {"w", "09AZ__az"},   {"word", "09AZ__az"},
      {"alnum", "09AZaz"},  {"alpha", "AZaz"},   {"lower", "az"},     {"upper", "AZ"},
      {"xdigit", "09AFaf"}, {"graph", "!~"},     {"print", " ~"},     {"punct", "!/:@[`{~"},
      {"blank", "\t\t  "},  {"s", "\t\n\f\r  "}, {"space", "\t\r  "},
  };
  for (const Row &row : rows) {
    if (row.name != name)
      continue;
    for (size_t i = 0; i < row.ranges.size(); i += 2)
      out.add(static_cast<uint8_t>(row.ranges[i]), static_cast<uint8_t>(row.ranges[i + 1]));
    return true;
  }
  if (name == "ascii" || name == "cntrl") {
    out.add(0, name == "ascii" ? 0x7F : 0x1F);
    out.add(0x7F, 0x7F);
    return true;
  }
  return false;
}

class Parser {
public:
  Parser(llvm::StringRef text, std::string &error) : rest(text), error(error) {}

  std::unique_ptr<PatternNode> run() {
    const auto *first = reinterpret_cast<const llvm::UTF8 *>(rest.begin());
    if (!llvm::isLegalUTF8String(&first, reinterpret_cast<const llvm::UTF8 *>(rest.end()))) {
      error = "it is not UTF-8";
      return nullptr;
    }
    auto result = parseChoice(0);
    if (result && !rest.empty()) {
      error = "unexpected )";
      return nullptr;
    }
    return result;
  }

private:
  struct Flags {
    bool foldsCase = false, isMultiLine = false, dotIsAll = false;
  };

  std::unique_ptr<PatternNode> fail(const llvm::Twine &message) {
    error = message.str();
    return nullptr;
  }
  bool failed(const llvm::Twine &message) {
    error = message.str();
    return false;
  }

  /// The next code point; the text is UTF-8 and not at its end.
  uint32_t take() {
    auto lead = static_cast<uint8_t>(rest[0]);
    unsigned length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t value = length == 1 ? lead : lead & (0x7F >> length);
    for (unsigned i = 1; i < length; ++i)
      value = value << 6 | (rest[i] & 0x3F);
    rest = rest.drop_front(length);
    return value;
  }

  std::unique_ptr<PatternNode> makeSet(CodePoints set, bool isNegated = false) {
    auto node = makeNode(PatternNode::Kind::Set);
    if (flags.foldsCase)
      set.addFolded();
    set.normalise();
    node->set = isNegated ? set.complement() : std::move(set);
    return node;
  }
  /// Adds a class by name. It is folded before it is negated, as a class in brackets is.
  void addClass(CodePoints found, bool isNegated, CodePoints &out) {
    if (flags.foldsCase && isNegated)
      found.addFolded();
    found.normalise();
    out.add(isNegated ? found.complement() : found);
  }
  std::unique_ptr<PatternNode> makeLiteral(uint32_t codePoint) {
    CodePoints set;
    set.add(codePoint, codePoint);
    return makeSet(std::move(set));
  }

  std::unique_ptr<PatternNode> parseChoice(int depth);
  std::unique_ptr<PatternNode> parseSequence(int depth);
  std::unique_ptr<PatternNode> parseAtom(int depth);
  std::unique_ptr<PatternNode> parseGroup(int depth);
  std::unique_ptr<PatternNode> parseEscape();
  std::unique_ptr<PatternNode> parseClass();
  std::unique_ptr<PatternNode> parseRepeats(std::unique_ptr<PatternNode> atom);
  /// {n}, {n,} or {n,m}; nothing is taken when it is not one.
  bool takeCounts(int &least, int &most);
  bool parseFlags(Flags &out, bool &opensGroup);
  /// An escape that stands for one character, behind its backslash.
  bool takeEscaped(uint32_t &codePoint);
  /// \d, \pL, [:alpha:] ...; `taken` says whether there was one.
  bool takeNamedClass(CodePoints &out, bool inBrackets, bool &taken);
  bool takeUnicodeClass(CodePoints &out);
  bool takeClassCharacter(uint32_t &codePoint);

  llvm::StringRef rest;
  std::string &error;
  Flags flags;
  bool isQuoted = false;
};

std::unique_ptr<PatternNode> Parser::parseChoice(int depth) {
  if (depth > maxDepth)
    return fail("groups are nested too deeply");
  auto choice = makeNode(PatternNode::Kind::Choice);
  do {
    auto part = parseSequence(depth);
    if (!part)
      return nullptr;
    choice->parts.push_back(std::move(part));
  } while (rest.consume_front("|"));
  return choice->parts.size() == 1 ? std::move(choice->parts[0]) : std::move(choice);
}

std::unique_ptr<PatternNode> Parser::parseSequence(int depth) {
  auto sequence = makeNode(PatternNode::Kind::Sequence);
  while (!rest.empty()) {
    if (!isQuoted && rest.consume_front("\\Q")) {
      isQuoted = true;
      continue;
    }
    if (rest.consume_front("\\E")) {
      if (!isQuoted)
        return fail("invalid escape sequence: \\E");
      isQuoted = false;
      continue;
    }
    if (!isQuoted && (rest[0] == '|' || rest[0] == ')'))
      break;
    auto atom = isQuoted ? makeLiteral(take()) : parseAtom(depth);
    // What repeats stands behind the quotation's end.
    if (atom && isQuoted && rest.starts_with("\\E")) {
      isQuoted = false;
      rest = rest.drop_front(2);
    }
    if (atom && !isQuoted)
      atom = parseRepeats(std::move(atom));
    if (!atom)
      return nullptr;
    sequence->parts.push_back(std::move(atom));
  }
  return sequence;
}

std::unique_ptr<PatternNode> Parser::parseAtom(int depth) {
  switch (rest[0]) {
  case '(':
    return parseGroup(depth);
  case '[':
    return parseClass();
  case '\\':
    return parseEscape();
  case '*':
  case '+':
  case '?':
    return fail("missing argument to repetition operator: " + rest.take_front(1));
  case '{': {
    int least, most;
    llvm::StringRef before = rest;
    if (!takeCounts(least, most))
      return error.empty() ? makeLiteral(take()) : nullptr;
    return fail("missing argument to repetition operator: " + before.drop_back(rest.size()));
  }
  case '.': {
    rest = rest.drop_front();
    auto node = makeNode(PatternNode::Kind::Set);
    if (flags.dotIsAll) {
      node->set.add(0, kLastCodePoint);
    } else {
      node->set.add(0, '\n' - 1);
      node->set.add('\n' + 1, kLastCodePoint);
    }
    return node;
  }
  case '^':
    rest = rest.drop_front();
    return makeAssert(flags.isMultiLine ? TextPattern::BeginLine : TextPattern::BeginText);
  case '$':
    rest = rest.drop_front();
    return makeAssert(flags.isMultiLine ? TextPattern::EndLine : TextPattern::EndText);
  default:
    return makeLiteral(take());
  }
}

bool Parser::takeCounts(int &least, int &most) {
  llvm::StringRef from = rest;
  auto number = [&](int &value) {
    llvm::StringRef digits = from.take_while(llvm::isDigit);
    from = from.drop_front(digits.size());
    // What does not fit is too large anyway.
    if (!digits.empty() && digits.getAsInteger(10, value))
      value = maxRepeat + 1;
    return !digits.empty();
  };
  if (!from.consume_front("{") || !number(least))
    return false;
  most = least;
  if (from.consume_front(",")) {
    most = -1;
    if (!from.starts_with("}") && !number(most))
      return false;
  }
  if (!from.consume_front("}"))
    return false;
  if (least > maxRepeat || most > maxRepeat || (most >= 0 && most < least))
    return failed("invalid repetition size: " + rest.drop_back(from.size()));
  rest = from;
  return true;
}

std::unique_ptr<PatternNode> Parser::parseRepeats(std::unique_ptr<PatternNode> atom) {
  llvm::StringRef lastOperator;
  while (!rest.empty()) {
    llvm::StringRef before = rest;
    int least = 0, most = -1;
    if (rest.consume_front("*")) {
    } else if (rest.consume_front("+")) {
      least = 1;
    } else if (rest.consume_front("?")) {
      most = 1;
    } else if (!takeCounts(least, most)) {
      return error.empty() ? std::move(atom) : nullptr;
    }
    rest.consume_front("?");
    if (!lastOperator.empty())
      return fail("bad repetition operator: " + lastOperator.take_front(lastOperator.size() - rest.size()));
    lastOperator = before;
    auto repeat = makeNode(PatternNode::Kind::Repeat);
    repeat->least = least;
    repeat->most = most;
    repeat->parts.push_back(std::move(atom));
    atom = std::move(repeat);
  }
  return atom;
}

bool Parser::parseFlags(Flags &out, bool &opensGroup) {
  llvm::StringRef from = rest;
  bool sets = true, hasFlag = false;
  while (!rest.empty()) {
    char c = rest.front();
    rest = rest.drop_front();
    switch (c) {
    case 'i':
      out.foldsCase = sets;
      hasFlag = true;
      continue;
    case 'm':
      out.isMultiLine = sets;
      hasFlag = true;
      continue;
    case 's':
      out.dotIsAll = sets;
      hasFlag = true;
      continue;
    case 'U': // greed says nothing here
      hasFlag = true;
      continue;
    case '-':
      if (!sets)
        break;
      sets = hasFlag = false;
      continue;
    case ':':
    case ')':
      if (!sets && !hasFlag)
        break;
      opensGroup = c == ':';
      return true;
    default:
      break;
    }
    return failed("invalid perl operator: (?" + from.drop_back(rest.size()));
  }
  return failed("missing )");
}

std::unique_ptr<PatternNode> Parser::parseGroup(int depth) {
  rest = rest.drop_front();
  Flags outer = flags;
  if (rest.starts_with("?P<") ||
      (rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!"))) {
    llvm::StringRef name = rest.drop_front(rest[1] == 'P' ? 3 : 2).split('>').first;
    size_t taken = (rest[1] == 'P' ? 3 : 2) + name.size();
    auto isWordByte = [](char c) { return llvm::isAlnum(c) || c == '_' || static_cast<uint8_t>(c) >= 0x80; };
    if (taken >= rest.size() || name.empty() || !llvm::all_of(name, isWordByte))
      return fail("invalid named capture group: (" + rest.take_front(taken + 1));
    rest = rest.drop_front(taken + 1);
  } else if (rest.consume_front("?")) {
    bool opensGroup = false;
    Flags inner = flags;
    if (!parseFlags(inner, opensGroup))
      return nullptr;
    flags = inner;
    // Flags alone last until the group around them ends.
    if (!opensGroup)
      return makeNode(PatternNode::Kind::Empty);
  }
  auto body = parseChoice(depth + 1);
  if (!body)
    return nullptr;
  if (!rest.consume_front(")"))
    return fail("missing )");
  flags = outer;
  return body;
}

//===----------------------------------------------------------------------===//
// Escapes and classes
//===----------------------------------------------------------------------===//

bool Parser::takeEscaped(uint32_t &codePoint) {
  if (rest.empty())
    return failed("trailing \\");
  llvm::StringRef from = rest;
  codePoint = take();
  auto bad = [&] {
    return failed("invalid escape sequence: \\" + from.take_front(from.size() - rest.size()));
  };
  switch (codePoint) {
  case 'a':
    codePoint = '\a';
    return true;
  case 'f':
    codePoint = '\f';
    return true;
  case 'n':
    codePoint = '\n';
    return true;
  case 'r':
    codePoint = '\r';
    return true;
  case 't':
    codePoint = '\t';
    return true;
  case 'v':
    codePoint = '\v';
    return true;
  case 'x': {
    bool isBraced = rest.consume_front("{");
    llvm::StringRef digits = isBraced ? rest.take_while(llvm::isHexDigit) : rest.take_front(2);
    rest = rest.drop_front(digits.size());
    if (digits.empty() || (!isBraced && digits.size() != 2) || digits.getAsInteger(16, codePoint) ||
        codePoint > kLastCodePoint || (isBraced && !rest.consume_front("}")))
      return bad();
    return true;
  }
  default:
    break;
  }
  auto isOctal = [](char c) { return c >= '0' && c <= '7'; };
  if (codePoint >= '0' && codePoint <= '7') {
    // A digit alone would refer to a group, which RE2 has not.
    if (codePoint != '0' && (rest.empty() || !isOctal(rest[0])))
      return bad();
    codePoint -= '0';
    for (int i = 0; i < 2 && !rest.empty() && isOctal(rest[0]); ++i)
      codePoint = codePoint * 8 + (take() - '0');
    return true;
  }
  if (codePoint >= 0x80 || llvm::isAlnum(static_cast<char>(codePoint)))
    return bad();
  return true;
}

bool Parser::takeUnicodeClass(CodePoints &out) {
  llvm::StringRef from = rest;
  bool isNegated = rest[1] == 'P';
  rest = rest.drop_front(2);
  auto bad = [&] { return failed("invalid character class range: " + from.drop_back(rest.size())); };
  if (rest.empty())
    return bad();
  llvm::StringRef name;
  if (rest.consume_front("{")) {
    size_t end = rest.find('}');
    if (end == llvm::StringRef::npos)
      return bad();
    name = rest.take_front(end);
    rest = rest.drop_front(end + 1);
    if (name.consume_front("^"))
      isNegated = !isNegated;
  } else {
    name = rest;
    take();
    name = name.drop_back(rest.size());
  }
  CodePoints found;
  if (!findUnicodeClass(name, found))
    return bad();
  addClass(std::move(found), isNegated, out);
  return true;
}

bool Parser::takeNamedClass(CodePoints &out, bool inBrackets, bool &taken) {
  taken = true;
  if (rest.size() >= 2 && rest[0] == '\\') {
    char letter = rest[1];
    if (letter == 'p' || letter == 'P')
      return takeUnicodeClass(out);
    CodePoints found;
    if (llvm::StringRef("dDsSwW").contains(letter) && findAsciiClass(rest.substr(1, 1).lower(), found)) {
      rest = rest.drop_front(2);
      addClass(std::move(found), llvm::isUpper(letter), out);
      return true;
    }
  }
  if (inBrackets && rest.starts_with("[:")) {
    size_t end = rest.find(":]", 2);
    if (end != llvm::StringRef::npos) {
      llvm::StringRef name = rest.slice(2, end), whole = rest.take_front(end + 2);
      bool isNegated = name.consume_front("^");
      CodePoints found;
      if (name.size() < 2 || !findAsciiClass(name, found))
        return failed("invalid character class range: " + whole);
      rest = rest.drop_front(end + 2);
      addClass(std::move(found), isNegated, out);
      return true;
    }
  }
  taken = false;
  return true;
}

std::unique_ptr<PatternNode> Parser::parseEscape() {
  CodePoints set;
  bool taken = false;
  if (!takeNamedClass(set, /*inBrackets=*/false, taken))
    return nullptr;
  if (taken)
    return makeSet(std::move(set));
  rest = rest.drop_front();
  if (!rest.empty()) {
    char letter = rest.front();
    auto simple = [&](std::unique_ptr<PatternNode> node) {
      rest = rest.drop_front();
      return node;
    };
    if (letter == 'A')
      return simple(makeAssert(TextPattern::BeginText));
    if (letter == 'z')
      return simple(makeAssert(TextPattern::EndText));
    if (letter == 'b')
      return simple(makeAssert(TextPattern::WordBoundary));
    if (letter == 'B')
      return simple(makeAssert(TextPattern::NoWordBoundary));
    if (letter == 'C')
      return simple(makeNode(PatternNode::Kind::AnyByte));
  }
  uint32_t codePoint;
  return takeEscaped(codePoint) ? makeLiteral(codePoint) : nullptr;
}

bool Parser::takeClassCharacter(uint32_t &codePoint) {
  if (rest.empty())
    return failed("missing ]");
  if (rest.consume_front("\\"))
    return takeEscaped(codePoint);
  codePoint = take();
  return true;
}

std::unique_ptr<PatternNode> Parser::parseClass() {
  rest = rest.drop_front();
  bool isNegated = rest.consume_front("^");
  CodePoints set;
  for (bool isFirst = true; isFirst || !rest.starts_with("]"); isFirst = false) {
    if (rest.empty())
      return fail("missing ]");
    bool taken = false;
    if (!takeNamedClass(set, /*inBrackets=*/true, taken))
      return nullptr;
    if (taken)
      continue;
    llvm::StringRef from = rest;
    uint32_t first, last;
    if (!takeClassCharacter(first))
      return nullptr;
    last = first;
    if (rest.size() >= 2 && rest[0] == '-' && rest[1] != ']') {
      rest = rest.drop_front();
      if (!takeClassCharacter(last))
        return nullptr;
      if (last < first)
        return fail("invalid character class range: " + from.drop_back(rest.size()));
    }
    set.add(first, last);
  }
  rest = rest.drop_front();
  return makeSet(std::move(set), isNegated);
}

} // namespace

std::unique_ptr<PatternNode> parsePattern(llvm::StringRef pattern, std::string &error) {
  error.clear();
  return Parser(pattern, error).run();
}

} // namespace mlir::weft
