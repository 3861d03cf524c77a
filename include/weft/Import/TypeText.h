// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of values in words for people.
#ifndef WEFT_IMPORT_TYPETEXT_H
#define WEFT_IMPORT_TYPETEXT_H

#include "mlir/IR/Types.h"

#include <string>

namespace weft {

/// A type as `weft inspect` says it: "float32 [batch, 3, 8, 8]", "sequence of int64 []", "optional string
/// [n]"; dims without a name are "?". Types that no model has are printed as IR.
std::string describeType(mlir::Type type);

} // namespace weft

#endif // WEFT_IMPORT_TYPETEXT_H
