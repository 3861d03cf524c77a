// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes from weft IR to weft IR, in alphabetical order.
#ifndef WEFT_TRANSFORMS_PASSES_TD
#define WEFT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyShapesPass : Pass<"verify-shapes", "::mlir::func::FuncOp"> {
  let summary = "Check that no dynamic dim is without a name";
  let description = [{
    What:           reports every value whose tensor type has a `?` that `#weft.dims` does not name.
    Before this:    `weft-infer-shapes` has run.
    After this:     two dims are equal if their expressions are; every size can be computed from symbols.
    Does not:       check that a name is right: that is the op's verifier.
    Cost:           one walk; the IR stays as it is.
    Source:         op-set decision "Dim names".
    (* example test/Transforms/verify-shapes.mlir#unnamed *)
  }];
}

def WeftFuseKernelsPass : Pass<"weft-fuse-kernels", "::mlir::func::FuncOp"> {
  let summary = "Group ops into kernels";
  let description = [{
    What:           puts every op that computes a tensor into exactly one `weft.kernel`. A matmul, conv or pool takes the elementwise ops behind it as
                    long as only the last value has other users and operands broadcast to its result; a softmax, normalize or reduce also takes
                    those before it; elementwise ops of one shape form groups, with several results where needed; every other op is alone.
    Before this:    `verify-shapes` holds: shapes are equal if their dims' names are.
    After this:     outside of kernels only constants, reshapes, sizes, control flow and lists are left.
    Does not:       duplicate work: a value that two kernels need is stored. Ops of different shapes are not fused.
    Cost:           removes one store and one load per op fused; the blocks are sorted topologically.
    Source:         op-set section 1.2, letter F.
    (* example test/Transforms/fuse-kernels.mlir#conv_nchw_f32_bias_relu *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let options = [
    Option<"maxOps", "max-ops", "int64_t", "96", "Ops of one kernel at most; more cost compile time and gain nothing">,
    Option<"maxTensors", "max-tensors", "int64_t", "24", "Tensor operands and results of one kernel at most; each takes a register">,
    Option<"remarks", "remarks", "bool", "false", "Say at each op that could have been fused why it was not">
  ];
  let statistics = [
    Statistic<"numKernels", "num-kernels", "Number of kernels made">,
    Statistic<"numFused", "num-fused", "Number of ops that share a kernel with another">
  ];
}

def WeftInferShapesPass : Pass<"weft-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "Propagate sizes and names of dims, and name what is left";
  let description = [{
    What:           infers the result types of every op again, in program order and into the regions of `if` and `loop`, and joins them with
                    the declared ones (static beats named beats unknown). A dim that stays unknown gets a fresh symbol `d<n>`; where an index value is
                    its size, later uses of that value read the dim instead, so that they agree on the name. Function results follow.
    Before this:    entry arguments name their dynamic dims, or get fresh names here.
    After this:     `verify-shapes` holds.
    Does not:       turn sizes computed in small tensors into dims: `weft-scalarize-shapes` does, and this pass is run again after it.
    Cost:           one walk, plus one per loop whose carried dims change.
    Source:         op-set decision "Dim names".
    (* example test/Transforms/infer-shapes.mlir#data_dependent_2d_i64_named *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let statistics = [
    Statistic<"numRefined", "num-refined", "Number of values whose type became better known">,
    Statistic<"numNamed", "num-named", "Number of dims that got a fresh symbol">
  ];
}

#endif // WEFT_TRANSFORMS_PASSES_TD
