// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing of constants at compile time.
#ifndef WEFT_DIALECTS_KERNEL_IR_KERNELPACK_H
#define WEFT_DIALECTS_KERNEL_IR_KERNELPACK_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::kernel {

/// The shape of a `source` packed in `form` (`#kernel.panels` or `#kernel.permuted`).
///
/// Errors: failure, with a reason through `emitError`, when the form does not fit the source's shape.
FailureOr<RankedTensorType> getPackedType(RankedTensorType source, Attribute form,
                                          function_ref<InFlightDiagnostic()> emitError);

/// The elements of `source` packed in `form`: a splat where that is exact, else a dense_resource blob of
/// 64-byte alignment.
///
/// Requires: getPackedType succeeds; elements of whole bytes.
/// Returns:  null when the source's bytes are not at hand (an elements attribute of another dialect).
/// Cost:     one pass over the data, at memory speed for panels.
ElementsAttr packElements(ElementsAttr source, Attribute form);

} // namespace mlir::kernel

#endif // WEFT_DIALECTS_KERNEL_IR_KERNELPACK_H
