// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control flow ops and the fused kernel.
#ifndef WEFT_CONTROL_OPS_TD
#define WEFT_CONTROL_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/LoopLikeInterface.td"
def Weft_IfOp : Weft_Op<"if", [RecursiveMemoryEffects, NoRegionArguments, SingleBlock, Weft_Dim,
    DeclareOpInterfaceMethods<RegionBranchOpInterface, ["areTypesCompatible", "getEntrySuccessorRegions"]>]> {
  let summary = "One of two regions, chosen by a one-element boolean tensor";
  let arguments = (ins Weft_BoolTensor:$cond);
  let results = (outs Variadic<Weft_Value>:$results);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let assemblyFormat = [{ $cond attr-dict `:` functional-type(operands, results) $then_region `else` $else_region }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Weft_LoopOp : Weft_Op<"loop", [RecursiveMemoryEffects, SingleBlock, AttrSizedOperandSegments, Weft_Dim,
    DeclareOpInterfaceMethods<LoopLikeOpInterface>,
    DeclareOpInterfaceMethods<RegionBranchOpInterface, ["areTypesCompatible", "getEntrySuccessorOperands"]>]> {
  let summary = "Repeats a region: a trip count, a condition, carried values, scanned inputs, stacked outputs";
  let description = [{
    Region arguments: iteration (index), carried values, one slice of each scanned operand (without the scanned axis).
    The region yields: condition (one-element boolean tensor), carried values, one slice of each scan output.
    Results: final carried values, then scan outputs stacked along their axis. Without `trip` the loop is unbounded;
    with scanned operands the trip count is the size of their scanned axis.
  }];
  let arguments = (ins Optional<Index>:$trip, Optional<Weft_BoolTensor>:$cond, Variadic<Weft_Value>:$carried,
                   Variadic<Weft_AnyTensor>:$scanned, DenseI64ArrayAttr:$scan_in_axes, DenseBoolArrayAttr:$scan_in_reverse,
                   DenseI64ArrayAttr:$scan_out_axes, DenseBoolArrayAttr:$scan_out_reverse);
  let results = (outs Variadic<Weft_Value>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`trip` $trip^)? (`while` $cond^)? `carried` `(` $carried `)` `scanned` `(` $scanned `)` attr-dict `:`
    functional-type(operands, results) $body
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Weft_YieldOp : Weft_Op<"yield", [Pure, Terminator, DeclareOpInterfaceMethods<RegionBranchTerminatorOpInterface>]> {
  let summary = "Ends a region";
  let arguments = (ins Variadic<Weft_Value>:$operands);
  let assemblyFormat = [{ attr-dict ($operands^ `:` type($operands))? }];
}

def Weft_KernelOp : Weft_Op<"kernel", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "Ops that become one kernel; inputs are explicit";
  let description = [{
    Region arguments are the operands: tensors, then index values that dims or offsets inside need. `nodes` names the
    ONNX nodes that the kernel computes, `kind` the op that gives it its shape ("conv", "elementwise" ...).
  }];
  let arguments = (ins Variadic<Weft_Value>:$inputs, StrAttr:$kind, StrArrayAttr:$nodes);
  let results = (outs Variadic<Weft_AnyTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{ $kind `(` $inputs `)` `nodes` $nodes attr-dict `:` functional-type(operands, results) $body }];
  let hasVerifier = 1;
}

#endif // WEFT_CONTROL_OPS_TD
