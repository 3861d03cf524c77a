// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All ops of the dialect, for TableGen; each family has its own file.
#ifndef WEFT_OPS_TD
#define WEFT_OPS_TD

include "dialects/Weft/IR/WeftAttentionOps.td"
include "dialects/Weft/IR/WeftContractionOps.td"
include "dialects/Weft/IR/WeftControlOps.td"
include "dialects/Weft/IR/WeftElementwiseOps.td"
include "dialects/Weft/IR/WeftIndexingOps.td"
include "dialects/Weft/IR/WeftNumericOps.td"
include "dialects/Weft/IR/WeftQuantOps.td"
include "dialects/Weft/IR/WeftRecurrentOps.td"
include "dialects/Weft/IR/WeftReductionOps.td"
include "dialects/Weft/IR/WeftSelectionOps.td"
include "dialects/Weft/IR/WeftSequenceOps.td"
include "dialects/Weft/IR/WeftShapeOps.td"
include "dialects/Weft/IR/WeftSpatialOps.td"
include "dialects/Weft/IR/WeftTextOps.td"

#endif // WEFT_OPS_TD
