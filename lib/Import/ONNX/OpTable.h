// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which builder imports an operator of a domain at an opset version.
#ifndef WEFT_LIB_IMPORT_ONNX_OPTABLE_H
#define WEFT_LIB_IMPORT_ONNX_OPTABLE_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <cstdint>
#include <optional>

namespace weft::importer {

using namespace mlir;
class NodeBuilder;

/// Number of inputs or outputs without an upper limit.
constexpr int kAny = 1 << 30;

/// One row of OpTable.inc: the form of an operator from one opset version to its next row.
struct OpRow {
  llvm::StringRef domain;
  llvm::StringRef name;
  int since;
  LogicalResult (*build)(NodeBuilder &);
  int minInputs, maxInputs, minOutputs, maxOutputs;
};

/// The row of the greatest `since` that is at most `opset`; null when there is none.
const OpRow *findOp(llvm::StringRef domain, llvm::StringRef name, int64_t opset);
/// The first version of an operator that has a row, or 0 when it has none.
int firstVersion(llvm::StringRef domain, llvm::StringRef name);
/// The newest opset of `domain` that the table knows; 0 for an unknown domain.
int64_t newestOpset(llvm::StringRef domain);
/// The names of the attributes that an operator takes in an opset, sorted, between spaces; nullopt where the
/// standard does not say.
std::optional<llvm::StringRef> attributesOf(llvm::StringRef domain, llvm::StringRef name, int64_t opset);
/// What to do about an operator that Weft refuses, or empty.
llvm::StringRef adviceFor(llvm::StringRef domain, llvm::StringRef name);

/// "ai.onnx" and "" are one domain: "".
inline llvm::StringRef canonicalDomain(llvm::StringRef domain) { return domain == "ai.onnx" ? "" : domain; }

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_OPTABLE_H
