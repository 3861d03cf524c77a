// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns syntax trees of regular expressions into programs over the bytes of UTF-8.
#include "dialects/Weft/IR/TextPattern.h"

#include "dialects/Weft/IR/TextPatternTree.h"
#include "llvm/Support/ConvertUTF.h"

#include <array>
#include <map>
#include <tuple>

namespace mlir::weft {

namespace {

constexpr uint32_t maxSteps = 1 << 17;
constexpr uint32_t lastOfLength[] = {0x7F, 0x7FF, 0xFFFF, kLastCodePoint};

struct ByteRange {
  uint8_t first, last;
};

/// Builds programs from the end: each part knows what follows it.
class ProgramBuilder {
public:
  std::vector<TextPattern::Step> steps;
  bool isTooLarge = false;

  uint32_t add(const TextPattern::Step &step) {
    if (steps.size() >= maxSteps)
      isTooLarge = true;
    else
      steps.push_back(step);
    return static_cast<uint32_t>(steps.size()) - 1;
  }

  uint32_t split(uint32_t next, uint32_t other) {
    TextPattern::Step step;
    step.kind = TextPattern::Kind::Split;
    step.next = next;
    step.other = other;
    return add(step);
  }

  uint32_t build(const PatternNode &node, uint32_t next);

private:
  using Suffixes = std::map<std::tuple<uint8_t, uint8_t, uint32_t>, uint32_t>;

  uint32_t bytes(ByteRange range, uint32_t next, Suffixes &suffixes) {
    auto [place, isNew] = suffixes.try_emplace({range.first, range.last, next}, 0);
    if (isNew) {
      TextPattern::Step step;
      step.kind = TextPattern::Kind::Bytes;
      step.first = range.first;
      step.last = range.last;
      step.next = next;
      place->second = add(step);
    }
    return place->second;
  }
  void addRange(uint32_t first, uint32_t last, uint32_t next, Suffixes &suffixes,
                std::vector<uint32_t> &heads);
  uint32_t buildSet(const CodePoints &set, uint32_t next);
  uint32_t buildRepeat(const PatternNode &node, uint32_t next);
};

/// The bytes of a code point that is no surrogate; returns how many.
unsigned encode(uint32_t codePoint, std::array<uint8_t, 4> &out) {
  char *begin = reinterpret_cast<char *>(out.data()), *end = begin;
  [[maybe_unused]] bool isDone = llvm::ConvertCodePointToUTF8(codePoint, end);
  assert(isDone && "internal: a code point without bytes");
  return static_cast<unsigned>(end - begin);
}

/// Cuts a range of code points where the bytes of UTF-8 stop being ranges of their own.
void ProgramBuilder::addRange(uint32_t first, uint32_t last, uint32_t next, Suffixes &suffixes,
                              std::vector<uint32_t> &heads) {
  if (first > last || isTooLarge)
    return;
  for (uint32_t most : lastOfLength)
    if (first <= most && last > most) {
      addRange(first, most, next, suffixes, heads);
      return addRange(most + 1, last, next, suffixes, heads);
    }
  constexpr uint32_t firstSurrogate = 0xD800, lastSurrogate = 0xDFFF;
  if (first <= lastSurrogate && last >= firstSurrogate) {
    if (first < firstSurrogate)
      addRange(first, firstSurrogate - 1, next, suffixes, heads);
    return addRange(lastSurrogate + 1, last, next, suffixes, heads);
  }
  std::array<uint8_t, 4> from, to;
  unsigned length = encode(first, from);
  encode(last, to);
  for (unsigned i = 1; i < length; ++i) {
    uint32_t mask = (1u << (6 * i)) - 1;
    if ((first & ~mask) == (last & ~mask))
      continue;
    if ((first & mask) != 0) {
      addRange(first, first | mask, next, suffixes, heads);
      return addRange((first | mask) + 1, last, next, suffixes, heads);
    }
    if ((last & mask) != mask) {
      addRange(first, (last & ~mask) - 1, next, suffixes, heads);
      return addRange(last & ~mask, last, next, suffixes, heads);
    }
  }
  uint32_t head = next;
  for (unsigned i = length; i-- > 0;)
    head = bytes({from[i], to[i]}, head, suffixes);
  if (std::find(heads.begin(), heads.end(), head) == heads.end())
    heads.push_back(head);
}

uint32_t ProgramBuilder::buildSet(const CodePoints &set, uint32_t next) {
  Suffixes suffixes;
  std::vector<uint32_t> heads;
  for (const CodePoints::Range &range : set.ranges)
    addRange(range.first, range.last, next, suffixes, heads);
  // A set of nothing: a byte that no byte is.
  if (heads.empty())
    return bytes({1, 0}, next, suffixes);
  uint32_t start = heads.back();
  for (size_t i = heads.size() - 1; i-- > 0;)
    start = split(heads[i], start);
  return start;
}

uint32_t ProgramBuilder::buildRepeat(const PatternNode &node, uint32_t next) {
  const PatternNode &part = *node.parts[0];
  uint32_t start = next;
  if (node.most < 0) {
    start = split(0, next);
    uint32_t body = build(part, start);
    if (!isTooLarge)
      steps[start].next = body;
  } else {
    for (int i = node.least; i < node.most && !isTooLarge; ++i)
      start = split(build(part, start), next);
  }
  for (int i = 0; i < node.least && !isTooLarge; ++i)
    start = build(part, start);
  return start;
}

uint32_t ProgramBuilder::build(const PatternNode &node, uint32_t next) {
  if (isTooLarge)
    return 0;
  Suffixes suffixes;
  switch (node.kind) {
  case PatternNode::Kind::Empty:
    return next;
  case PatternNode::Kind::Set:
    return buildSet(node.set, next);
  case PatternNode::Kind::AnyByte:
    return bytes({0, 0xFF}, next, suffixes);
  case PatternNode::Kind::Assert: {
    TextPattern::Step step;
    step.kind = TextPattern::Kind::Assert;
    step.asserts = node.asserts;
    step.next = next;
    return add(step);
  }
  case PatternNode::Kind::Sequence:
    for (size_t i = node.parts.size(); i-- > 0;)
      next = build(*node.parts[i], next);
    return next;
  case PatternNode::Kind::Choice: {
    uint32_t start = build(*node.parts.back(), next);
    for (size_t i = node.parts.size() - 1; i-- > 0;) {
      uint32_t choice = build(*node.parts[i], next);
      start = split(choice, start);
    }
    return start;
  }
  case PatternNode::Kind::Repeat:
    return buildRepeat(node, next);
  }
  return next;
}

} // namespace

std::optional<TextPattern> TextPattern::parse(llvm::StringRef pattern, std::string &error) {
  std::unique_ptr<PatternNode> tree = parsePattern(pattern, error);
  if (!tree)
    return std::nullopt;
  ProgramBuilder builder;
  uint32_t end = builder.add({});
  TextPattern result;
  result.start = builder.build(*tree, end);
  if (builder.isTooLarge) {
    error = "it needs more than " + std::to_string(maxSteps) + " steps";
    return std::nullopt;
  }
  result.steps = std::move(builder.steps);
  return result;
}

static bool isWord(int byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_';
}

uint8_t TextPattern::assertionsAt(int before, int after) {
  uint8_t result = isWord(before) != isWord(after) ? WordBoundary : NoWordBoundary;
  if (before < 0)
    result |= BeginText;
  if (before < 0 || before == '\n')
    result |= BeginLine;
  if (after < 0)
    result |= EndText;
  if (after < 0 || after == '\n')
    result |= EndLine;
  return result;
}

std::vector<uint32_t> TextPattern::closure(llvm::ArrayRef<uint32_t> from, uint8_t holds) const {
  std::vector<uint32_t> result, open(from.rbegin(), from.rend());
  std::vector<bool> seen(steps.size());
  while (!open.empty()) {
    uint32_t at = open.back();
    open.pop_back();
    if (seen[at])
      continue;
    seen[at] = true;
    const Step &step = steps[at];
    if (step.kind == Kind::Bytes || step.kind == Kind::Match) {
      result.push_back(at);
    } else if (step.kind == Kind::Split) {
      open.push_back(step.other);
      open.push_back(step.next);
    } else if ((step.asserts & ~holds) == 0) {
      open.push_back(step.next);
    }
  }
  return result;
}

} // namespace mlir::weft
