// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sets of code points of regular expressions, and Unicode's classes of them.
#include "dialects/Weft/IR/TextPatternTree.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Unicode.h"

#include <algorithm>

namespace mlir::weft {

void CodePoints::normalise() {
  llvm::sort(ranges, [](Range a, Range b) { return a.first < b.first; });
  size_t count = 0;
  for (Range range : ranges) {
    if (count && range.first <= ranges[count - 1].last + 1)
      ranges[count - 1].last = std::max(ranges[count - 1].last, range.last);
    else
      ranges[count++] = range;
  }
  ranges.resize(count);
}

CodePoints CodePoints::complement() const {
  CodePoints result;
  uint32_t next = 0;
  for (Range range : ranges) {
    if (next < range.first)
      result.add(next, range.first - 1);
    next = range.last + 1;
  }
  if (next <= kLastCodePoint)
    result.add(next, kLastCodePoint);
  return result;
}

/// Code points that fold to the same one, each group with all of its members.
static const std::vector<std::vector<uint32_t>> &foldGroups() {
  static const std::vector<std::vector<uint32_t>> groups = [] {
    // No character beyond has a case.
    constexpr uint32_t lastWithCase = 0x1FFFF;
    llvm::DenseMap<uint32_t, size_t> places;
    std::vector<std::vector<uint32_t>> result;
    for (uint32_t c = 0; c <= lastWithCase; ++c) {
      auto folded = static_cast<uint32_t>(llvm::sys::unicode::foldCharSimple(static_cast<int>(c)));
      if (folded == c)
        continue;
      auto [place, isNew] = places.try_emplace(folded, result.size());
      if (isNew)
        result.push_back({folded});
      result[place->second].push_back(c);
    }
    return result;
  }();
  return groups;
}

void CodePoints::addFolded() {
  normalise();
  std::vector<Range> own = ranges;
  auto contains = [&](uint32_t c) {
    auto place = llvm::upper_bound(own, c, [](uint32_t value, Range range) { return value < range.first; });
    return place != own.begin() && std::prev(place)->last >= c;
  };
  for (const std::vector<uint32_t> &group : foldGroups())
    if (llvm::any_of(group, contains))
      for (uint32_t c : group)
        add(c, c);
}

namespace {
struct ClassRow {
  uint32_t first, last, step;
  const char *name;

  void addTo(CodePoints &out) const {
    if (step == 1)
      return out.add(first, last);
    for (uint32_t c = first; c <= last; c += step)
      out.add(c, c);
  }
};
} // namespace

static constexpr ClassRow kCategories[] = {
#include "dialects/Weft/IR/UnicodeCategories.inc"
};
static constexpr ClassRow kScripts[] = {
#include "dialects/Weft/IR/UnicodeScripts.inc"
};

bool findUnicodeClass(llvm::StringRef name, CodePoints &out) {
  if (name == "Any") {
    out.add(0, kLastCodePoint);
    return true;
  }
  bool isFound = false;
  // One letter is a group of categories.
  for (const ClassRow &row : kCategories)
    if (!name.empty() && name.size() <= 2 && llvm::StringRef(row.name).starts_with(name)) {
      row.addTo(out);
      isFound = true;
    }
  for (const ClassRow &row : kScripts)
    if (name == row.name) {
      row.addTo(out);
      isFound = true;
    }
  return isFound;
}

} // namespace mlir::weft
