// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a model made for one sample gives for a batch: the reference of `weftc verify --batch`.
#ifndef WEFT_TOOLS_WEFTC_BATCHORACLE_H
#define WEFT_TOOLS_WEFTC_BATCHORACLE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "weft/Measure/Bisect.h"

/// A copy of `module` that takes `size` samples at once.
/// Errors: a diagnostic that says why the model cannot be batched.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> makeBatched(mlir::ModuleOp module, int64_t size);

/// Interprets `main` on one sample of `inputs` after the other and joins the results.
///
/// `batched` is what makeBatched made of it: a dim that is larger there, by the factor `size`, counts
/// samples. Arguments without such a dim go to every sample whole; results without one are the last sample's.
mlir::FailureOr<weft::Values> interpretSamples(mlir::func::FuncOp main, mlir::func::FuncOp batched,
                                               int64_t size, const weft::Values &inputs, bool keepsDenormals);

#endif // WEFT_TOOLS_WEFTC_BATCHORACLE_H
