// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Answers flags of the command contract whose features this version does not have.
#include "Planned.h"

#include "llvm/ADT/StringRef.h"

namespace {

/// A flag, or one value of it, of a later version. A feature that arrives takes its rows away.
struct Planned {
  llvm::StringLiteral flag;
  llvm::StringLiteral value; ///< empty: every value
  llvm::StringLiteral possible;
};

constexpr llvm::StringLiteral kQuantized = "possible is a model that is quantised already (QuantizeLinear "
                                           "and DequantizeLinear, or QLinear operators), "
                                           "whose integers stay integers";
constexpr llvm::StringLiteral kPruned =
    "possible is a model whose weights are pruned already; their zeros are computed with like other numbers";
constexpr llvm::StringLiteral kTuned =
    "possible are the schedules that the compiler chooses; weftc explain --measure says what they reach";
constexpr llvm::StringLiteral kTarget = "possible is --target=cpu";
constexpr llvm::StringLiteral kEmit = "possible are weft, mlir, llvm, asm, obj, so";

constexpr Planned kPlanned[] = {
    {"--quantize", "", kQuantized},
    {"--calibrate", "", kQuantized},
    {"--max-error", "", kQuantized},
    {"--labels", "", kQuantized},
    {"--max-drop", "", kQuantized},
    {"--prune", "", kPruned},
    {"--tune", "", kTuned},
    {"--tuning-db", "", kTuned},
    {"--gpu", "", "possible is code for processors; --cpu names their instruction sets"},
    {"--target", "cuda", kTarget},
    {"--target", "cpu,cuda", kTarget},
    {"--target", "cuda,cpu", kTarget},
    {"--emit", "ptx", kEmit},
};

} // namespace

std::string explainPlanned(const std::vector<std::string> &words) {
  for (size_t i = 0; i < words.size(); ++i) {
    auto [flag, value] = llvm::StringRef(words[i]).split('=');
    if (value.empty() && i + 1 < words.size())
      value = words[i + 1];
    for (const Planned &row : kPlanned)
      if (flag == row.flag && (row.value.empty() || value == row.value))
        return (flag + (row.value.empty() ? "" : "=" + row.value.str()) + " is not in this version; " +
                row.possible)
            .str();
  }
  return {};
}
