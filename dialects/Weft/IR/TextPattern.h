// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regular expressions of RE2's syntax as programs over bytes.
#ifndef WEFT_DIALECTS_WEFT_IR_TEXTPATTERN_H
#define WEFT_DIALECTS_WEFT_IR_TEXTPATTERN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::weft {

/// A regular expression as a nondeterministic automaton over the bytes of UTF-8. Groups capture nothing, and
/// whether a repetition is greedy says nothing: what matches is a set of texts.
class TextPattern {
public:
  enum class Kind : uint8_t {
    Bytes,  ///< a byte in [first, last], then `next`
    Split,  ///< `next` or `other`
    Assert, ///< nothing, where all of `asserts` hold, then `next`
    Match,  ///< the end
  };
  /// What must hold around a place of the text.
  enum Assertion : uint8_t {
    BeginText = 1,
    EndText = 2,
    BeginLine = 4,
    EndLine = 8,
    WordBoundary = 16,
    NoWordBoundary = 32,
  };
  struct Step {
    Kind kind = Kind::Match;
    uint8_t first = 0, last = 0, asserts = 0;
    uint32_t next = 0, other = 0;
  };

  /// Parses `pattern`; without a value, `error` says what is wrong.
  ///
  /// Errors: what RE2 has no syntax for either; programs of more than a fixed number of steps.
  static std::optional<TextPattern> parse(llvm::StringRef pattern, std::string &error);

  const std::vector<Step> &getSteps() const { return steps; }
  uint32_t getStart() const { return start; }

  /// The assertions that hold between two bytes; -1 stands for the ends of the text.
  static uint8_t assertionsAt(int before, int after);

  /// The steps of kinds Bytes and Match that `from` reaches without a byte where `holds` hold, in order.
  std::vector<uint32_t> closure(llvm::ArrayRef<uint32_t> from, uint8_t holds) const;

private:
  std::vector<Step> steps;
  uint32_t start = 0;
};

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_TEXTPATTERN_H
