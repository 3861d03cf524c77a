// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The type of a value that is known to be a tensor.
#ifndef WEFT_DIALECTS_WEFT_IR_TENSORTYPE_H
#define WEFT_DIALECTS_WEFT_IR_TENSORTYPE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

namespace mlir::weft {

/// Requires: a value whose type is a ranked tensor.
inline RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_TENSORTYPE_H
