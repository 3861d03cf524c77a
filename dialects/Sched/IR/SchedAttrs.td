// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sched dialect and its attributes: how one op is to be generated.
#ifndef SCHED_ATTRS_TD
#define SCHED_ATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/DialectBase.td"
include "mlir/IR/EnumAttr.td"

def Sched_Dialect : Dialect {
  let name = "sched";
  let cppNamespace = "::mlir::sched";
  let summary = "How kernels are to be generated, as data";
  let description = [{
    Strategy writes these attributes, code generation obeys them, a person may write or change them by hand. They have
    named parameters, never free-form dictionaries, and a strict verifier. The attributes on ops are `sched.cpu`, a
    `#sched.cpu` [sched-C2], and `sched.winograd`, the size of Winograd's output tiles, 2 or 4, by which a convolution is
    to be computed [sched-C3]; there are no others [sched-C1].
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

def Sched_CPUKernel : I32EnumAttr<"CPUKernel", "How code for an op is generated on a CPU", [
    I32EnumAttrCase<"loops", 0>, I32EnumAttrCase<"gemm", 1>, I32EnumAttrCase<"gemv", 2>,
    I32EnumAttrCase<"conv", 3>, I32EnumAttrCase<"depthwise", 4>,
    I32EnumAttrCase<"winograd", 5>]> {
  let cppNamespace = "::mlir::sched";
  let genSpecializedAttr = 0;
}

def Sched_CPUKernelParameter : EnumParameter<Sched_CPUKernel>;

def Sched_CPUDot : I32EnumAttr<"CPUDot", "How sums of four products of bytes are computed", [
    I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"pmaddwd", 1>, I32EnumAttrCase<"vpdpbusd", 2>,
    I32EnumAttrCase<"tdpbusd", 3>]> {
  let cppNamespace = "::mlir::sched";
  let genSpecializedAttr = 0;
}

def Sched_CPUDotParameter : EnumParameter<Sched_CPUDot> {
  let defaultValue = "::mlir::sched::CPUDot::none";
}

def Sched_CPUAttr : AttrDef<Sched_Dialect, "CPU"> {
  let mnemonic = "cpu";
  let summary = "Schedule of one op on a CPU";
  let description = [{
    On an op as the discardable attribute `sched.cpu`.

    - `kernel`: `loops` (linalg to loops), or the micro-kernel: `gemm`, `gemv` (few rows), `conv`, `depthwise`, `winograd`
      (its parallel tile of lines is what is transformed at a time; rows of a register tile are output tiles).
    - `parallel`: the parallel level, tile sizes of the split over threads: one per output dim of a kernel op, one per loop
      of a linalg op. 0 leaves the dim whole. Empty: the op is not split.
    - `vector`: f32 elements of one vector: 4, 8 or 16 [cpu-C1].
    - `registers`: the register level, rows and columns that one innermost loop computes; empty for `loops` [cpu-C2].
      Columns are whole vectors; accumulators, one row of operands and a broadcast fit the registers: 32 where a vector
      has 16 lanes, else 16, but see `dot` [cpu-C3]. Parallel tiles of the last two dims are multiples of them [cpu-C4].
    - `depth`: steps of the contracted dim that all rows of a task take before the next ones, so that the part of the right
      side that they need stays in the first-level cache; sums wait in the output, which must be f32. 0: all at once
      [cpu-C6].
    - `unroll`: steps of the contracted dim with accumulators of their own, at least 1 [cpu-C5]; they count as rows in
      [cpu-C3]. 1 if `depth` is not 0.
    - `fma`: whether multiply and add are one instruction; else they are two, rounded twice.
    - `dot`: for contractions of bytes, the instruction that sums products: `vpdpbusd`, four of an unsigned and a signed byte,
      or `pmaddwd`, two of 16 bits each, twice; or `tdpbusd`, tiles of at most 16 rows and 64 bytes by 16 columns (`tdpbssd`
      where the left side is signed). None saturates. `none` for other ops. With `tdpbusd` the registers are those of tiles:
      rows are at most 16 or two tiles of equal height, columns 16 or 32, vectors have 16 lanes, and `unroll` is 1 [cpu-C7].
      Tasks with fewer rows than a tile take `vpdpbusd`.

    `#sched.cpu<kernel = gemm, parallel = [48, 64], vector = 16, registers = [8, 32], depth = 0, unroll = 1,
    fma = true>`
  }];
  let parameters = (ins Sched_CPUKernelParameter:$kernel, OptionalArrayRefParameter<"int64_t">:$parallel,
                        "int64_t":$vector,
                        OptionalArrayRefParameter<"int64_t">:$registers, "int64_t":$depth, "int64_t":$unroll,
                        "bool":$fma, Sched_CPUDotParameter:$dot);
  let assemblyFormat = [{
    `<` `kernel` `=` $kernel `,` `parallel` `=` `[` (`]`) : ($parallel^ `]`)? `,` `vector` `=` $vector `,`
    `registers` `=` `[` (`]`) : ($registers^ `]`)? `,` `depth` `=` $depth `,` `unroll` `=` $unroll `,` `fma` `=` $fma
    (`,` `dot` `=` $dot^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Name of the discardable attribute that holds the schedule of an op.
    static ::llvm::StringRef getAttrName() { return "sched.cpu"; }
    /// The schedule of `op`; null when it has none.
    static CPUAttr of(::mlir::Operation *op) { return op->getAttrOfType<CPUAttr>(getAttrName()); }
    /// Rows and columns of the register tile. Requires a kernel other than `loops`.
    int64_t getRows() const { return getRegisters()[0]; }
    int64_t getColumns() const { return getRegisters()[1]; }
  }];
}

#endif // SCHED_ATTRS_TD
