// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes from weft IR to weft IR, in alphabetical order.
#ifndef WEFT_TRANSFORMS_PASSES_TD
#define WEFT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyLayoutPass : Pass<"verify-layout", "::mlir::func::FuncOp"> {
  let summary = "Check that every op with a layout has channels last";
  let description = [{
    What:           reports conv, conv_transpose, deform_conv, grid_sample and roi_pool ops whose layout is nchw.
    Before this:    `weft-choose-layout` has run.
    After this:     the lowering need not know another layout.
    Does not:       look at ops that name their axes: they have no layout.
    Cost:           one walk; the IR stays as it is.
    Source:         layout is an attribute only where dims have roles; all other ops name their axes (docs/dialects/rationale-weft.md).
    (* example test/Transforms/verify-layout.mlir#conv_nchw *)
  }];
}

def VerifyShapesPass : Pass<"verify-shapes", "::mlir::func::FuncOp"> {
  let summary = "Check that no dynamic dim is without a name";
  let description = [{
    What:           reports every value whose tensor type has a `?` that `#weft.dims` does not name.
    Before this:    `weft-infer-shapes` has run.
    After this:     two dims are equal if their expressions are; every size can be computed from symbols.
    Does not:       check that a name is right: that is the op's verifier.
    Cost:           one walk; the IR stays as it is.
    Source:         docs/adr/0004-named-dims.md.
    (* example test/Transforms/verify-shapes.mlir#unnamed *)
  }];
}

def WeftAbsorbScalesPass : Pass<"weft-absorb-scales", "::mlir::func::FuncOp"> {
  let summary = "Divide by scales of quantisations at compile time";
  let description = [{
    What:           `quantize(max(x * c + dequantize(q, t), d), s)` becomes `quantize(max(x * (c / s) + dequantize(q, t / s), d / s), 1)`: a division
                    of every element becomes one of constants. It moves through additions, subtractions, maxima, minima and reshapes,
                    up to products with constants, constants and dequantisations. A maximum or minimum with a constant that the
                    range of the result takes anyway goes.
    Before this:    `weft-fold-constants`, so that scales are constants.
    After this:     conversion to structured ops leaves out the division by 1.
    Does not:       change values that other ops read, scales per channel, or float8 results.
    Cost:           a result may be one step from that of the division, where the quotient lies next to the middle of two.
    (* example test/Transforms/absorb-scales.mlir#mul_add_relu_ui8 *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let statistics = [Statistic<"numAbsorbed", "num-absorbed", "Number of quantisations that divide no more">];
}

def WeftBatchPass : Pass<"weft-batch", "::mlir::func::FuncOp"> {
  let summary = "Rewrite a model for one sample into one for a batch";
  let description = [{
    What:           gives every argument whose dim 0 has size 1 the batch there and follows it op by op through `BatchableOpInterface`: by their
                    dimension maps, of which the dim must be a parallel factor, or by rules of their own. Reshapes take it along as the outermost
                    part of a dim, operands without batch are widened where the op does not broadcast. Loops and branches take it through their bodies: what a loop carries is widened before it when
                    an iteration makes it depend on the sample. An argument whose dim 0 is a symbol gets the fixed size.
    Before this:    `weft-infer-shapes`; sizes of reshapes are static or named.
    After this:     sample i of each result is what the model gave for sample i of the arguments.
    Does not:       batch ops that mix samples, loops whose number of iterations depends on the sample or that scan along the samples, branches
                    that depend on it, or sizes that depend on data: it names the op and fails.
    Cost:           none beyond the batch; a constant is widened only where an op cannot broadcast it.
    Source:         the batch is one more parallel factor of each op's dimension map (docs/dialects/rationale-weft.md).
    (* example test/Transforms/batch.mlir#conv_nchw_f32_flatten *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect", "::mlir::arith::ArithDialect"];
  let options = [
    Option<"size", "size", "int64_t", "0", "Samples per batch; 0: any number, decided by each call">,
    Option<"symbol", "symbol", "std::string", "\"batch\"", "Name of the batch when its size is 0">
  ];
  let statistics = [Statistic<"numValues", "num-values", "Number of values that carry the batch">];
}

def WeftCheckIndicesPass : Pass<"weft-check-indices", "::mlir::func::FuncOp"> {
  let summary = "Let runs with an index out of range fail";
  let description = [{
    What:           before each gather, scatter, cache update and roi pool whose indices may be out of range, finds the index farthest outside (one
                    reduction over the indices, a kernel as any other; up to four indices are read one by one) and ends the run unless it is in
                    range, with a message that names the node, the index and the range. Indices that are constants, positions along a dim,
                    clamped, or otherwise bounded by a size need no check; nor does an op with the attribute `weft.in_range`.
    Before this:    sizes are named (`weft-infer-shapes`), and gathers have become what else they are (rotary embedding, slices).
    After this:     a check stands in the block of its op: one in a branch that is not taken does not run.
    Does not:       change the ops: kernels clamp indices, so that they stay inside of memory whatever was checked.
    Cost:           a launch and one pass over the indices, where the op itself moves a row or an element for each.
    Source:         ONNX: "it is an error if any of the index values are out of bounds".
    (* example test/Transforms/check-indices.mlir#gather_argument *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect", "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect"];
  let statistics = [
    Statistic<"numChecked", "num-checked", "Number of ops whose indices each run checks">,
    Statistic<"numProved", "num-proved", "Number of ops whose indices are known to be in range">
  ];
}

def WeftChooseLayoutPass : Pass<"weft-choose-layout", "::mlir::func::FuncOp"> {
  let summary = "Move image ops to channels-last layout";
  let description = [{
    What:           gives conv, conv_transpose, deform_conv, grid_sample and roi_pool the layout nhwc, with transposes around them, then moves the
                    transposes back to channels-first down through elementwise, pool, reduce, softmax, normalize, concat, slice, pad, resize and
                    the like, whose axes it permutes, until they meet one that undoes them, or an end of the graph.
    Before this:    `weft-infer-shapes`, so that transposes of dims of size 1 are seen to be reshapes.
    After this:     `verify-layout` holds; arguments and results of the function have the layout they had. Transposes of constants are
                    left to `weft-fold-constants`.
                    A reshape that splits or merges dims lets a transpose pass that leaves them together.
    Does not:       move a transpose to where more would be needed, or through ops that mix axes (matmul, other reshapes).
    Cost:           one transpose at each end of a stretch of image ops.
    Source:         layout is an attribute only where dims have roles; all other ops name their axes (docs/dialects/rationale-weft.md).
    (* example test/Transforms/choose-layout.mlir#conv_relu_conv_f32 *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let statistics = [
    Statistic<"numFlipped", "num-flipped", "Number of ops whose layout changed">,
    Statistic<"numSunk", "num-sunk", "Number of ops that a transpose moved through">
  ];
}

def WeftCountWorkPass : Pass<"weft-count-work", "::mlir::func::FuncOp"> {
  let summary = "State how much each kernel computes and moves";
  let description = [{
    What:           gives each weft.kernel the attributes `flops` and `bytes`: expressions of the dims' symbols. A multiply-add is two operations, a
                    function such as exp one, a move none; bytes are those of all operands and results, each once, of a gathered table those
                    that are taken.
    Before this:    `weft-fuse-kernels`; every dynamic dim has a name.
    After this:     profiles, reports and `weftc explain` know the work of a kernel at the sizes of a run.
    Does not:       state the work of ops that depends on data (sort, top_k, nms, unique) or that no rule covers: such a kernel has no `flops`.
    Cost:           one walk; the IR stays as it is but for the attributes.
    Source:         DESIGN section 11, `weftc explain`.
    (* example test/Transforms/count-work.mlir#conv_relu_dynamic_f32 *)
  }];
}

def WeftFoldBatchNormPass : Pass<"weft-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "Fold scales and shifts by constants into the weights of contractions";
  let description = [{
    What:           `conv(x, w) * a` becomes `conv(x, w * a)` for constants w and a (one per output channel), likewise for matmul and for a scale of the
                    input; `(conv + b) * a` becomes `conv * a + b * a`, and two shifts become one. What is left of a batch normalisation is one add.
    Before this:    parameters of batch normalisation are constants (`weft-fold-constants`).
    After this:     products of constants, for `weft-fold-constants` to evaluate.
    Does not:       touch quantised contractions, or those with other users; fold a shift before a conv, whose pads would need it.
    Cost:           removes a multiplication per element; rounds each weight once more.
    Source:         Ioffe and Szegedy, 2015: at inference a batch normalisation is affine per channel.
    (* example test/Transforms/fold-batch-norm.mlir#conv_nchw_f32_scale_shift *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
}

def WeftFoldConstantsPass : Pass<"weft-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "Evaluate ops on constants and remove dead ops";
  let description = [{
    What:           replaces each op whose operands are all constant by its value, computed with the reference semantics
                    (`EvaluableOpInterface`), in program order and inside regions; removes ops without user or effect.
    Before this:    the driver has registered the evaluators; without them only dead ops go.
    After this:     weights are in the form their users read; nothing is left that only depends on the model.
    Does not:       store values that are greater than what they are made from: a broadcast, an iota, block-wise dequantised weights.
    Cost:           results of up to `max-bytes`, or `max-growth` times the operands' bytes.
    Source:         the evaluators are those of the reference, so that folding cannot differ from it.
    (* example test/Transforms/fold-constants.mlir#add_2_f32_folded *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect", "::mlir::arith::ArithDialect"];
  let options = [
    Option<"maxBytes", "max-bytes", "int64_t", "65536", "Bytes that a result may always have; a table of that size stays in the L2 cache">,
    Option<"maxGrowth", "max-growth", "int64_t", "8", "Times the operands' bytes that a greater result may have; 8 turns int4 weights into f32">
  ];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Number of ops evaluated">,
    Statistic<"numRemoved", "num-removed", "Number of dead ops removed">
  ];
}

def WeftFormIntegerProductsPass : Pass<"weft-form-integer-products", "::mlir::func::FuncOp"> {
  let summary = "Contract bytes instead of what they dequantise to";
  let description = [{
    What:           `conv(dequantize(x, s, z), dequantize(w, t, v)) + dequantize(b, s * t)` becomes `cast(conv(x, w, z, v) + b) * (s * t)`, likewise for
                    matmul, where w is a constant. Contractions of bytes, also those that the model states as such, get a right side of
                    signed bytes without zero points (or a column of ones for what the zero points contribute), a left side whose zero
                    point is known (or its contribution behind the product), and a depth of whole groups of 4 (by padding).
    Before this:    weights are still dequantised by ops: `weft-fold-constants` has not run.
    After this:     scales and weights that `weft-fold-constants` evaluates.
    Does not:       touch contractions without a kernel for bytes: right sides that are no constants, block-wise scales, three spatial dims.
    Cost:           a cast and a multiplication per result, which fusion makes a part of the contraction. A right side that is not centred
                    costs one column more; a padded left side is copied.
    (* example test/Transforms/form-integer-products.mlir#conv_nchw_ui8_bias *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
}

def WeftFormSubpixelConvsPass : Pass<"weft-form-subpixel-convs", "::mlir::func::FuncOp"> {
  let summary = "Compute transposed convolutions as convolutions of stride 1";
  let description = [{
    What:           output pixel `q * s + p` of a transposed convolution of stride s sums `in[q - j] * filter[p + s * j]`: for each phase p a
                    convolution of stride 1 with every s-th tap, in reverse. Phases with equally many taps are features of one convolution,
                    others one each; a transpose interleaves them, a slice cuts what the pads cut.
    Before this:    `weft-choose-layout`: channels are last.
    After this:     convolutions for the micro-kernels; what is done to constant filters is left to `weft-fold-constants`.
    Does not:       touch dilated ones, those whose spatial dims are known only at run time, or that have fewer taps than the stride.
    Cost:           the results are written twice; no product is computed that the transposed convolution does not have.
    (* example test/Transforms/form-subpixel-convs.mlir#stride_2_even_taps_f32 *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let statistics = [Statistic<"numFormed", "num-formed", "Number of transposed convolutions rewritten">];
}

def WeftFuseKernelsPass : Pass<"weft-fuse-kernels", "::mlir::func::FuncOp"> {
  let summary = "Group ops into kernels";
  let description = [{
    What:           puts every op that computes a tensor into exactly one `weft.kernel`. A matmul, conv or pool takes the elementwise ops behind it as
                    long as only the last value has other users and operands broadcast to its result; a softmax, normalize or reduce also takes
                    those before it; elementwise ops of one shape form groups with one result. Groups without a contraction or window also take the
                    slices, broadcasts and transposes that only they read, where the last dim stays contiguous. Every other op is alone.
    Before this:    `verify-shapes` holds: shapes are equal if their dims' names are.
    After this:     outside of kernels only constants, reshapes, sizes, control flow and lists are left.
    Does not:       duplicate work: a value that two kernels need is stored. Ops of different shapes are not fused.
    Cost:           removes one store and one load per op fused; the blocks are sorted topologically.
    Source:         `FusableOpInterface` says what an op can be in a kernel: a member, a host of an epilogue, a row host, or opaque.
    (* example test/Transforms/fuse-kernels.mlir#conv_nhwc_f32_bias_residual_relu *)
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
    Source:         docs/adr/0004-named-dims.md.
    (* example test/Transforms/infer-shapes.mlir#data_dependent_2d_i64_named *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let statistics = [
    Statistic<"numRefined", "num-refined", "Number of values whose type became better known">,
    Statistic<"numNamed", "num-named", "Number of dims that got a fresh symbol">
  ];
}

def WeftLiftScalesPass : Pass<"weft-lift-scales", "::mlir::func::FuncOp"> {
  let summary = "Move scales of quantised operands behind contractions";
  let description = [{
    What:           `conv(dequantize(x, s), dequantize(w, t))` becomes `conv(dequantize(x, 1), dequantize(w, 1)) * (s * t)`, likewise for matmul. Products
                    and sums are then those of whole numbers and exact below 2^24, so that a model exported with pairs of quantize and
                    dequantize gives the results of integer kernels.
    Before this:    weights are still dequantised by ops: `weft-fold-constants` has not run.
    After this:     products of constants, for `weft-fold-constants` to evaluate. `weft-fold-batch-norm` leaves such contractions alone.
    Does not:       touch block-wise scales, palettes, scales along the summed dim, or types other than f32.
    Cost:           a multiplication per result, which fusion makes a part of the contraction; another dequantize where others read the operand too.
    (* example test/Transforms/lift-scales.mlir#conv_nchw_ui8_per_channel *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
}

def WeftRecognizeOpsPass : Pass<"weft-recognize-ops", "::mlir::func::FuncOp"> {
  let summary = "Find the large ops that exporters took apart";
  let description = [{
    What:           replaces what is written as elementwise ops, reductions and products by the op that has a kernel of its own: layer and RMS
                    normalisation (also TensorFlow's `x * a + (b - mean * a)`), gelu (erf, tanh and sigmoid forms), softmax and log-softmax, rotary
                    embedding of halves and of pairs, attention with its masks, soft cap, and heads of k and v that are repeated for the
                    query heads. Sigmoid, hard sigmoid, hard swish and softplus have no op or one: they get the form in which the
                    importer builds them. Products and sums match both ways; constants within 1e-3 of their value.
    Before this:    constants are folded, so that epsilon and scales are scalars.
    After this:     these shapes of computation occur in one form. A row of attention of which no key is visible is 0, not NaN or the mean.
    Does not:       match when somebody else reads a value in between, when an inner value is of another type, when products broadcast the
                    batch, or when the first row of a causal mask is not known to see a key (then it stays a mask).
    Cost:           each kernel reads its operand once instead of once per reduction; tables of rotary embedding are cut to half.
    Source:         the forms are those of the exporters of PyTorch and TensorFlow; gelu: Hendrycks and Gimpel, 2016; rotary embedding: Su et
                    al., 2021.
    (* example test/Transforms/recognize-ops.mlir#layer_norm_f32_div_sqrt *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let options = [
    Option<"attention", "attention", "std::string", "\"all\"", "Attention that is recognised: all; grouped, where k and v are repeated for the query heads; none. Where nothing is repeated the two products alone are as fast">
  ];
}

def WeftScalarizeShapesPass : Pass<"weft-scalarize-shapes", "::mlir::func::FuncOp"> {
  let summary = "Turn arithmetic on tensors of sizes into arithmetic on index values";
  let description = [{
    What:           follows integer, boolean and float tensors of few elements back to `from_elements` and constants, element by element, and replaces
                    `weft.extract` of them by scalar `arith`. Such tensors that others read become constants or `from_elements`.
    Before this:    nothing; it finds more after `weft-infer-shapes`.
    After this:     reshape, slice, broadcast and their like have static sizes or index operands whose expression names the dim.
    Does not:       follow data, tensors of dynamic shape, or values carried by a loop.
    Cost:           at most one scalar op per element and op; dead ones are removed.
    Source:         shapes are scalars, not a type (docs/dialects/rationale-weft.md).
    (* example test/Transforms/scalarize-shapes.mlir#flatten_dynamic_f32 *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect", "::mlir::arith::ArithDialect"];
  let options = [
    Option<"maxElements", "max-elements", "int64_t", "64", "Elements of a tensor that is followed; shapes have fewer, data has more">
  ];
  let statistics = [Statistic<"numReplaced", "num-replaced", "Number of ops replaced by scalars, constants or from_elements">];
}

def WeftWidenProductsPass : Pass<"weft-widen-products", "::mlir::func::FuncOp"> {
  let summary = "Compute convolutions and recurrent cells of half precision in f32";
  let description = [{
    What:           `conv(x, w)` of f16 or bf16, whose result is f32, becomes `conv(cast(x), cast(w))`; likewise conv_transpose. lstm, gru and rnn
                    get casts behind, too: their results are of half precision.
    Before this:    `weft-infer-shapes`.
    After this:     casts of constant weights, for `weft-fold-constants` to evaluate.
    Does not:       widen matmul, whose kernels convert weights as they are read.
    Cost:           weights of these ops take twice the memory. The bits of results stay: such ops add up in f32 and round once.
    (* example test/Transforms/widen-products.mlir#conv_f16 *)
  }];
  let dependentDialects = ["::mlir::weft::WeftDialect"];
  let statistics = [Statistic<"numWidened", "num-widened", "Number of ops computed in f32">];
}

#endif // WEFT_TRANSFORMS_PASSES_TD
