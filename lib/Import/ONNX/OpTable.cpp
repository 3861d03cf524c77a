// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks operators up in OpTable.inc and their attributes in OpAttributes.inc.
#include "OpTable.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <tuple>

namespace weft::importer {

#define ONNX_OP(domain, name, since, builder, minIn, maxIn, minOut, maxOut)                                  \
  LogicalResult builder(NodeBuilder &);
#include "OpTable.inc"
#undef ONNX_OP

static const OpRow kRows[] = {
#define ONNX_OP(domain, name, since, builder, minIn, maxIn, minOut, maxOut)                                  \
  {domain, name, since, builder, minIn, maxIn, minOut, maxOut},
#include "OpTable.inc"
#undef ONNX_OP
};

/// Rows by name, in the order of the table; a file may be hostile, the table is not.
static const llvm::DenseMap<std::pair<StringRef, StringRef>, llvm::SmallVector<const OpRow *>> &rowsByName() {
  static const auto *map = [] {
    auto *result = new llvm::DenseMap<std::pair<StringRef, StringRef>, llvm::SmallVector<const OpRow *>>();
    for (const OpRow &row : kRows)
      (*result)[{row.domain, row.name}].push_back(&row);
    return result;
  }();
  return *map;
}

static llvm::ArrayRef<const OpRow *> rowsOf(StringRef domain, StringRef name) {
  auto found = rowsByName().find({domain, name});
  return found == rowsByName().end() ? llvm::ArrayRef<const OpRow *>() : llvm::ArrayRef(found->second);
}

const OpRow *findOp(StringRef domain, StringRef name, int64_t opset) {
  const OpRow *best = nullptr;
  for (const OpRow *row : rowsOf(domain, name))
    if (row->since <= opset && (!best || row->since > best->since))
      best = row;
  return best;
}

namespace {
/// The attributes of an operator from one opset version on.
struct AttributesRow {
  StringRef domain, name;
  int since;
  StringRef attributes;
};
} // namespace

static const AttributesRow kAttributesRows[] = {
#define ONNX_ATTRIBUTES(domain, name, since, attributes) {domain, name, since, attributes},
#include "OpAttributes.inc"
#undef ONNX_ATTRIBUTES
};

std::optional<StringRef> attributesOf(StringRef domain, StringRef name, int64_t opset) {
  // Sorted by domain, name and version: the row sought is the last that is not behind.
  auto key = [](const AttributesRow &row) { return std::tuple(row.domain, row.name, int64_t(row.since)); };
  [[maybe_unused]] static const bool sorted =
      llvm::is_sorted(kAttributesRows, [&](const auto &a, const auto &b) { return key(a) < key(b); });
  assert(sorted && "attribute rows are sought by bisection");
  const AttributesRow *row =
      llvm::upper_bound(kAttributesRows, std::tuple(domain, name, opset),
                        [&](const auto &sought, const AttributesRow &other) { return sought < key(other); });
  if (row == std::begin(kAttributesRows) || (--row)->domain != domain || row->name != name)
    return std::nullopt;
  return row->attributes;
}

int firstVersion(StringRef domain, StringRef name) {
  int first = 0;
  for (const OpRow *row : rowsOf(domain, name))
    first = first ? std::min(first, row->since) : row->since;
  return first;
}

int64_t newestOpset(StringRef domain) {
  return llvm::StringSwitch<int64_t>(domain)
      .Case("", 28)
      .Case("com.microsoft", 1)
      .Case("ai.onnx.ml", 5)
      .Case("ai.onnx.preview", 1)
      .Case("ai.onnx.preview.training", 1)
      .Default(0);
}

StringRef adviceFor(StringRef domain, StringRef name) {
  if (domain == "com.microsoft.nchwc" || domain == "com.ms.internal.nhwc")
    return "the file was optimised for one machine by ONNX Runtime; export it without optimisation";
  if (domain == "ai.onnx.contrib")
    return "run the tokeniser outside of the model and export the numeric part alone";
  return llvm::StringSwitch<StringRef>(name)
      .Cases({"BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"},
             "export the decoder alone and search outside of the model")
      .Cases({"ATen", "EPContext", "Snpe"}, "export the model to standard ONNX operators")
      .Case("ImageDecoder", "decode images outside of the model")
      .Case("Gradient", "export the model for inference")
      .Default("");
}

} // namespace weft::importer
