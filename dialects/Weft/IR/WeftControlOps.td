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
def Weft_IfOp : Weft_Op<"if", [RecursiveMemoryEffects, NoRegionArguments, SingleBlock, Weft_Dim, Weft_Batch,
    DeclareOpInterfaceMethods<RegionBranchOpInterface, ["areTypesCompatible", "getEntrySuccessorRegions"]>]> {
  let summary = "One of two regions, chosen by a one-element boolean tensor";
  let description = [{
    cond of one element; results: what the regions yield, dims joined.

    Semantics:  the results of the first region where `cond` is true, else of the second. The regions take no
                arguments and may read values from outside.
    Numerics:   exact.
    Constraints: if-C1, if-C2.

    ```mlir
    %y = weft.if %c : (tensor<i1>) -> tensor<4xf32> {
      weft.yield %x : tensor<4xf32>
    } else {
      %z = weft.neg %x : (tensor<4xf32>) -> tensor<4xf32>
      weft.yield %z : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Weft_BoolTensor:$cond);
  let results = (outs Variadic<Weft_Value>:$results);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let assemblyFormat = [{ $cond attr-dict `:` functional-type(operands, results) $then_region `else` $else_region }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Weft_LoopOp : Weft_Op<"loop", [RecursiveMemoryEffects, SingleBlock, AttrSizedOperandSegments, Weft_Dim, Weft_Batch,
    DeclareOpInterfaceMethods<LoopLikeOpInterface>,
    DeclareOpInterfaceMethods<RegionBranchOpInterface, ["areTypesCompatible", "getEntrySuccessorOperands"]>]> {
  let summary = "Repeats a region: a trip count, a condition, carried values, scanned inputs, stacked outputs";
  let description = [{
    trip an index, cond of one element, carried values, scanned tensors; results: final carried values, then scan
    outputs.

    Semantics:  for iteration 0, 1, ..: while `cond` (then the condition that the region yielded) is true and the
                iteration is less than `trip`, the region runs with the iteration (an index), the carried values,
                and one slice of each scanned operand without its scanned axis (from the end where
                `scan_in_reverse`). It yields a condition, the next carried values, and one slice of each scan
                output, which is stacked along its axis (from the end where `scan_out_reverse`). Without `trip` the
                loop is unbounded; scanned operands give the trip count.
    Numerics:   exact.
    Constraints: loop-C1, loop-C2, loop-C3, loop-C4.

    ```mlir
    %y, %ys = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
    ^bb0(%i: index, %a: tensor<4xf32>):
      %b = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
      weft.yield %c, %b, %b : tensor<i1>, tensor<4xf32>, tensor<4xf32>
    }
    ```
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
  let description = [{
    any operands.

    Semantics:  ends a region of if, loop, kernel or attention with its values.
    Numerics:   exact.

    ```mlir
    weft.if %c : (tensor<i1>) -> () {
      weft.yield
    } else {
      weft.yield
    }
    ```
  }];
  let arguments = (ins Variadic<Weft_Value>:$operands);
  let assemblyFormat = [{ attr-dict ($operands^ `:` type($operands))? }];
}

def Weft_KernelOp : Weft_Op<"kernel", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "Ops that become one kernel; inputs are explicit";
  let description = [{
    inputs: tensors, then index values; results: tensors.

    Semantics:  what its region computes. The region sees nothing but its arguments, which are the inputs; index
                inputs are sizes and offsets that ops inside need. One weft.kernel becomes one compiled kernel: the
                ops inside may be fused, and intermediate values need not be rounded to their types in between.
    Numerics:   as the ops inside; f16 and bf16 values may stay wider until they leave the kernel.
    Constraints: kernel-C1, kernel-C2, kernel-C3.

    ```mlir
    %y = weft.kernel "elementwise"(%x, %n) nodes ["exp_1"] : (tensor<4xf32>, index) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>, %m: index):
      %b = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
      weft.yield %b : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Weft_Value>:$inputs, StrAttr:$kind, StrArrayAttr:$nodes);
  let results = (outs Variadic<Weft_AnyTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{ $kind `(` $inputs `)` `nodes` $nodes attr-dict `:` functional-type(operands, results) $body }];
  let hasVerifier = 1;
}

#endif // WEFT_CONTROL_OPS_TD
