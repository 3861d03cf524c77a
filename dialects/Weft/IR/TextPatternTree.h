// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Syntax trees of regular expressions. Private to dialects/Weft/IR.
#ifndef WEFT_DIALECTS_WEFT_IR_TEXTPATTERNTREE_H
#define WEFT_DIALECTS_WEFT_IR_TEXTPATTERNTREE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mlir::weft {

constexpr uint32_t kLastCodePoint = 0x10FFFF;

/// A set of code points.
struct CodePoints {
  struct Range {
    uint32_t first, last;
  };
  std::vector<Range> ranges;

  void add(uint32_t first, uint32_t last) { ranges.push_back({first, last}); }
  void add(const CodePoints &other) { ranges.insert(ranges.end(), other.ranges.begin(), other.ranges.end()); }
  /// Orders ranges and joins those that touch.
  void normalise();
  /// What is not in the set.
  CodePoints complement() const;
  /// Adds what differs only in case, as Unicode's simple case folding says.
  void addFolded();
};

/// The code points of a general category ("Lu", "L") or script ("Greek") of Unicode, or of "Any".
///
/// Returns: false when there is no such name.
bool findUnicodeClass(llvm::StringRef name, CodePoints &out);

struct PatternNode {
  enum class Kind { Empty, Set, AnyByte, Assert, Sequence, Choice, Repeat };
  Kind kind = Kind::Empty;
  CodePoints set;           ///< of Set
  uint8_t asserts = 0;      ///< of Assert: one of TextPattern::Assertion
  int least = 0, most = -1; ///< of Repeat; most -1: without limit
  std::vector<std::unique_ptr<PatternNode>> parts;
};

/// Null when `error` says what is wrong.
std::unique_ptr<PatternNode> parsePattern(llvm::StringRef pattern, std::string &error);

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_TEXTPATTERNTREE_H
