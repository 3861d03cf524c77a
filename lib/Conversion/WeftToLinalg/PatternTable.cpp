// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes the deterministic automaton of a regular expression by the construction of subsets.
#include "PatternTable.h"

#include "llvm/ADT/STLExtras.h"

#include <array>
#include <map>

using mlir::weft::TextPattern;

namespace weft::conversion {

namespace {

constexpr size_t kMaxWords = size_t(1) << 20;
constexpr size_t kMaxWork = size_t(1) << 27;

/// A byte in front of a place, one for each start state; -1: the begin.
constexpr std::array<int, 4> kBefore = {-1, '\n', 'a', ' '};

unsigned kindOf(unsigned byte) {
  if (byte == '\n')
    return 1;
  bool isWord = (TextPattern::assertionsAt(-1, static_cast<int>(byte)) & TextPattern::WordBoundary) != 0;
  return isWord ? 2 : 3;
}

/// What the automaton knows at a place: the steps that are open, and what lies in front of it when one asks.
struct State {
  std::vector<uint32_t> steps;
  unsigned before = 0;

  bool operator<(const State &other) const {
    return std::tie(before, steps) < std::tie(other.before, other.steps);
  }
};

class TableBuilder {
public:
  explicit TableBuilder(const TextPattern &pattern) : pattern(pattern), seen(pattern.getSteps().size(), 0) {}

  std::optional<std::vector<int32_t>> run(bool anywhere);

private:
  const TextPattern::Step &step(uint32_t at) const { return pattern.getSteps()[at]; }
  void findColumns();
  /// The number of the state at `targets`, behind a byte of kind `before`.
  int32_t stateOf(llvm::ArrayRef<uint32_t> targets, unsigned before);
  bool addRow(const State &state);

  const TextPattern &pattern;
  std::vector<unsigned> seen;
  unsigned turn = 0;
  bool hasAsserts = false;
  std::vector<unsigned> firsts; // first byte of each column
  std::array<uint8_t, 256> columnOf = {};
  std::map<State, int32_t> numbers;
  std::vector<const State *> states; // those that have no row yet come last
  std::vector<int32_t> rows;
  size_t work = 0;
};

} // namespace

void TableBuilder::findColumns() {
  std::array<bool, 257> starts = {};
  auto cut = [&](unsigned first, unsigned last) { starts[first] = starts[last + 1] = true; };
  starts[0] = true;
  for (const TextPattern::Step &step : pattern.getSteps()) {
    hasAsserts |= step.kind == TextPattern::Kind::Assert;
    if (step.kind == TextPattern::Kind::Bytes && step.first <= step.last)
      cut(step.first, step.last);
  }
  for (unsigned byte = 1; hasAsserts && byte < 256; ++byte)
    starts[byte] |= kindOf(byte) != kindOf(byte - 1);
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (starts[byte])
      firsts.push_back(byte);
    columnOf[byte] = static_cast<uint8_t>(firsts.size() - 1);
  }
}

int32_t TableBuilder::stateOf(llvm::ArrayRef<uint32_t> targets, unsigned before) {
  State state;
  bool asks = false;
  std::vector<uint32_t> open(targets.begin(), targets.end());
  ++turn;
  while (!open.empty()) {
    uint32_t at = open.back();
    open.pop_back();
    if (seen[at] == turn)
      continue;
    seen[at] = turn;
    ++work;
    if (step(at).kind == TextPattern::Kind::Split) {
      open.push_back(step(at).other);
      open.push_back(step(at).next);
      continue;
    }
    asks |= step(at).kind == TextPattern::Kind::Assert;
    state.steps.push_back(at);
  }
  if (state.steps.empty())
    return 0;
  llvm::sort(state.steps);
  state.before = asks ? before : 0;
  auto [place, isNew] = numbers.try_emplace(std::move(state), static_cast<int32_t>(states.size()));
  if (isNew)
    states.push_back(&place->first);
  return place->second;
}

bool TableBuilder::addRow(const State &state) {
  size_t columns = firsts.size();
  std::vector<std::vector<uint32_t>> targets(columns);
  std::vector<int32_t> row(columns + 1);
  bool asks =
      llvm::any_of(state.steps, [&](uint32_t at) { return step(at).kind == TextPattern::Kind::Assert; });
  std::map<uint8_t, std::vector<uint32_t>> closures;
  auto openAt = [&](int after) -> const std::vector<uint32_t> & {
    if (!asks)
      return state.steps;
    uint8_t holds = TextPattern::assertionsAt(kBefore[state.before], after);
    auto [place, isNew] = closures.try_emplace(holds);
    if (isNew)
      place->second = pattern.closure(state.steps, holds);
    return place->second;
  };
  auto matches = [&](const std::vector<uint32_t> &open) {
    return llvm::any_of(open, [&](uint32_t at) { return step(at).kind == TextPattern::Kind::Match; });
  };
  // Each step fills its columns; what asks is open in some of them only.
  for (size_t column = 0; column < columns;) {
    size_t end = column + 1;
    const std::vector<uint32_t> &open = openAt(static_cast<int>(firsts[column]));
    while (end < columns && &openAt(static_cast<int>(firsts[end])) == &open)
      ++end;
    bool isMatch = matches(open);
    for (uint32_t at : open) {
      const TextPattern::Step &one = step(at);
      if (one.kind != TextPattern::Kind::Bytes || one.first > one.last)
        continue;
      size_t from = std::max<size_t>(columnOf[one.first], column);
      size_t to = std::min<size_t>(columnOf[one.last] + size_t(1), end);
      for (size_t c = from; c < to; ++c, ++work)
        targets[c].push_back(one.next);
    }
    for (; column < end; ++column)
      row[column] = isMatch;
  }
  row[columns] = matches(openAt(-1));
  for (size_t c = 0; c < columns && work <= kMaxWork; ++c)
    if (!targets[c].empty())
      row[c] += 2 * stateOf(targets[c], hasAsserts ? kindOf(firsts[c]) : 0);
  llvm::append_range(rows, row);
  return work <= kMaxWork && rows.size() <= kMaxWords;
}

std::optional<std::vector<int32_t>> TableBuilder::run(bool anywhere) {
  findColumns();
  states.push_back(nullptr);
  std::array<int32_t, 4> starts;
  for (unsigned kind = 0; kind < starts.size(); ++kind)
    starts[kind] = stateOf(pattern.getStart(), anywhere ? kind : 0);
  rows.resize(firsts.size() + 1);
  for (size_t i = 1; i < states.size(); ++i)
    if (!addRow(*states[i]))
      return std::nullopt;
  std::vector<int32_t> table = {static_cast<int32_t>(firsts.size())};
  llvm::append_range(table, starts);
  for (size_t i = 0; i < columnOf.size(); i += 4)
    table.push_back(static_cast<int32_t>(uint32_t(columnOf[i]) | uint32_t(columnOf[i + 1]) << 8 |
                                         uint32_t(columnOf[i + 2]) << 16 | uint32_t(columnOf[i + 3]) << 24));
  llvm::append_range(table, rows);
  return table;
}

std::optional<std::vector<int32_t>> makePatternTable(const TextPattern &pattern, bool anywhere) {
  return TableBuilder(pattern).run(anywhere);
}

} // namespace weft::conversion
