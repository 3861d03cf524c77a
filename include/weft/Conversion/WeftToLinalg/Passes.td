// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes from weft to structured IR, alphabetical.
#ifndef WEFT_CONVERSION_WEFTTOLINALG_PASSES_TD
#define WEFT_CONVERSION_WEFTTOLINALG_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertWeftToLinalgPass : InterfacePass<"convert-weft-to-linalg", "FunctionOpInterface"> {
  let summary = "Lower the weft ops of a kernel to linalg, tensor, arith, math, scf and kernel ops";
  let description = [{
    What:           every weft op becomes its generic form on storage tensors: elementwise ops, reductions, windows and
                    movement one `linalg.generic` each, sequential algorithms `scf.for` on tensors; float contractions
                    with packed filters become `kernel.conv`, `kernel.depthwise` and `kernel.contract` and take the
                    elementwise ops behind them as their epilogue.
    Before this:    weft-infer-shapes, so that every dynamic dim has a name; weft-outline-kernels for kernels.
    After this:     no weft op and no weft type is left in the function; what cannot be lowered was reported by name.
    Does not:       fuse, tile or bufferise. Does not touch the host function's control flow.
    Cost:           intermediate tensors of one kernel, which code generation fuses.
    Source:         docs/spec holds the semantics that each lowering keeps, out-of-range casts and NaN included.
    (* example test/Conversion/WeftToLinalg/elementwise.mlir#add_static_f32 *)
  }];
  let dependentDialects = [
    "affine::AffineDialect", "arith::ArithDialect", "complex::ComplexDialect", "kernel::KernelDialect",
    "linalg::LinalgDialect", "math::MathDialect", "scf::SCFDialect", "tensor::TensorDialect"
  ];
}

def WeftDedupKernelsPass : Pass<"weft-dedup-kernels", "ModuleOp"> {
  let summary = "Let launches of equal kernels share one";
  let description = [{
    What:           kernels whose bodies and signatures are equal, but for their name, nodes and locations, become one; every
                    launch keeps its own `nodes`.
    Before this:    weft-outline-kernels, which gives equal kernels equal dim names and passes weights as operands.
    After this:     no two kernels of the module are equal.
    Does not:       merge kernels that differ in a static size or an embedded constant.
    Cost:           one print of each kernel.
    Source:         models repeat their layers, and code size and compile time grow with kernels, not with nodes.
    (* example test/Conversion/WeftToLinalg/dedup-kernels.mlir#equal_kernels *)
  }];
  let dependentDialects = ["kernel::KernelDialect"];
  let statistics = [Statistic<"numMerged", "num-merged", "Number of kernels that another one replaced">];
}

def WeftNumberTextsPass : Pass<"weft-number-texts", "ModuleOp"> {
  let summary = "Turn strings into numbers, equal ones for equal texts";
  let description = [{
    What:           replaces the element type `!weft.string` by i64 everywhere, and string constants by the numbers of their texts.
    Before this:    the signature has been read off the function: it still says strings.
    After this:     no string is left. Kernels move and compare numbers; the runtime numbers the texts that come in and knows
                    those that go out.
    Does not:       change numeric models. Text ops (docs/spec/text.md) stay: the runtime computes them. Others that look into a text,
                    or order texts, are errors that name the node.
    Cost:           a table of the texts of a run, at the boundary only.
    Source:         docs/adr/0016-texts.md.
    (* example test/Conversion/WeftToLinalg/number-texts.mlir#equal_2d *)
  }];
}

def WeftOutlineKernelsPass : Pass<"weft-outline-kernels", "ModuleOp"> {
  let summary = "Turn the main function into a host program that launches kernels";
  let description = [{
    What:           each `weft.kernel` becomes a `kernel.func` and a `kernel.launch`; reshapes outside of kernels become
                    `kernel.view`, sequences, optionals and text ops calls (`kernel.call`), constants `kernel.constant`, sizes index arithmetic, `weft.if` and `weft.loop` scf ops. A
                    tensor op outside of a kernel gets a kernel of its own. Filters of hot contractions are packed
                    (`kernel.pack`) on the host.
    Before this:    weft-infer-shapes (every dynamic dim is named) and weft-fuse-kernels.
    After this:     the host holds kernel, tensor.dim, tensor.extract, tensor.from_elements, arith and scf ops only; bodies
                    of kernels are still weft ops between casts, for convert-weft-to-linalg.
    Does not:       lower kernel bodies.
    Cost:           one index operand per distinct size of a kernel.
    Source:         docs/adr/0008-host-program.md.
    (* example test/Conversion/WeftToLinalg/outline-kernels.mlir#kernel_dynamic_f32 *)
  }];
  let dependentDialects = [
    "arith::ArithDialect", "cf::ControlFlowDialect", "kernel::KernelDialect", "linalg::LinalgDialect", "scf::SCFDialect",
    "tensor::TensorDialect"
  ];
}

#endif // WEFT_CONVERSION_WEFTTOLINALG_PASSES_TD
