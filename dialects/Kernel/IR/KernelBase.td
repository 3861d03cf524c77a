// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel dialect, its op base classes, attributes and interfaces.
#ifndef KERNEL_BASE_TD
#define KERNEL_BASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::mlir::kernel";
  let summary = "Kernels, how the host launches them, and destination-style forms of what linalg lacks";
  let description = [{
    `kernel.func` is one kernel: tensors and sizes in, tensors out; it remembers the ONNX nodes that it came from.
    `kernel.launch`, `kernel.view`, `kernel.constant` and `kernel.pack` are what the host program does besides index
    arithmetic and control flow. `kernel.contract`, `kernel.conv`, `kernel.depthwise` and `kernel.winograd` are
    contractions with layout, packed weights and an epilogue, which linalg has no op for; Strategy annotates them and
    the micro-kernel generators of code generation expand them. The dialect knows neither where a kernel came from nor how it is scheduled.
  }];
  let hasConstantMaterializer = 1;
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Kernel_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Kernel_ListType : TypeDef<Kernel_Dialect, "List"> {
  let mnemonic = "list";
  let summary = "A list of tensors or lists that the run owns; of any length, element types and shapes";
}

//===----------------------------------------------------------------------===//
// Attributes: forms of packed data
//===----------------------------------------------------------------------===//

class Kernel_Attr<string name, string attrMnemonic> : AttrDef<Kernel_Dialect, name> {
  let mnemonic = attrMnemonic;
  let assemblyFormat = "`<` struct(params) `>`";
}

def Kernel_PanelsAttr : Kernel_Attr<"Panels", "panels"> {
  let summary = "Column panels of a weight matrix";
  let description = [{
    Names the roles of the source's dims: `batch` dims are kept in order, `n` is the dim of output columns, the `k` dims
    are flattened in the given order into the contracted dim. With `groups` = G (at least 1) the `n` dim is G equal
    groups, and G becomes a dim of its own after the batch dims; without (0) there is none. The packed shape is
    `[batch.., G?, ceil(N / width), K, width]`; columns past N are zero. The roles name each dim once [panels-C1], `groups` is
    not negative [panels-C2], `width` lies between 1 and 4096 [panels-C3].

    With `dot` = 4 (else 1) [panels-C4], for i8 and K a multiple of 4, each 4 steps of k of one column lie together, as dot-product
    instructions read them, and a last row holds the i32 sum of each column, in the byte order of the target:
    `[batch.., G?, ceil(N / width), K / 4 + 1, width, 4]`.

    `#kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>` packs a `[K, N]` matrix;
    `#kernel.panels<batch = [], k = [2, 3, 1], n = 0, groups = 1, width = 32>` packs `[F, C, KH, KW]` filters for `kernel.conv`.
  }];
  let parameters = (ins OptionalArrayRefParameter<"int64_t">:$batch, ArrayRefParameter<"int64_t">:$k, "int64_t":$n,
                        "int64_t":$groups, "int64_t":$width, DefaultValuedParameter<"int64_t", "1">:$dot);
  let assemblyFormat = [{
    `<` `batch` `=` `[` (`]`) : ($batch^ `]`)? `,` `k` `=` `[` $k `]` `,` `n` `=` $n `,` `groups` `=` $groups `,`
    `width` `=` $width (`,` `dot` `=` $dot^)? `>`
  }];
  let genVerifyDecl = 1;
}

def Kernel_PermutedAttr : Kernel_Attr<"Permuted", "permuted"> {
  let summary = "Dims in another order";
  let description = [{
    Dim i of the packed shape is dim `order[i]` of the source; source dims that `order` leaves out have size 1 and vanish.
    It names each dim at most once [permuted-C1].
    `#kernel.permuted<order = [2, 3, 0]>` turns `[C, 1, KH, KW]` filters into `[KH, KW, C]` for `kernel.depthwise`.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$order);
  let assemblyFormat = "`<` `order` `=` `[` $order `]` `>`";
  let genVerifyDecl = 1;
}

def Kernel_WinogradAttr : Kernel_Attr<"Winograd", "winograd"> {
  let summary = "Filters of 3x3 convolutions, transformed";
  let description = [{
    The source holds f32 filters as `kernel.conv` reads them, `[1, panels, 9 * C, width]`. The packed shape is
    `[panels, (tile + 2)^2, C, width]`: each 3x3 filter g becomes `G g G^T` (in double, then rounded), for output tiles
    of 2x2 or 4x4 [winograd-C1].
    `#kernel.winograd<tile = 4>` packs filters for a `kernel.winograd` with output tiles of 4x4.
  }];
  let parameters = (ins "int64_t":$tile);
  let genVerifyDecl = 1;
}

def Kernel_PackFormAttr : AnyAttrOf<[Kernel_PanelsAttr, Kernel_PermutedAttr, Kernel_WinogradAttr], "packing form">;

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

def Kernel_EpilogueOpInterface : OpInterface<"EpilogueOpInterface"> {
  let cppNamespace = "::mlir::kernel";
  let description = [{
    An op that computes one accumulator per output element and stores what its epilogue makes of it. The region's block
    takes the accumulator, then one scalar of each extra operand's element type [epilogue-C1], and yields a scalar of the
    output's [epilogue-C5]. Extra operand i is read at `epilogue_maps[i]` applied to the output's indices: there is one map per
    extra operand [epilogue-C2], whose results are dims of the output or 0 [epilogue-C3]; sizes that it ties agree
    [epilogue-C4]. The region holds scalar ops without effects and regions [epilogue-C6]. On tensors such an op has one result,
    on memory none [epilogue-C7].
  }];
  let methods = [
    InterfaceMethod<"The epilogue region", "::mlir::Region &", "getEpilogue">,
    InterfaceMethod<"The extra operands", "::mlir::OperandRange", "getExtras">,
    InterfaceMethod<"Where extra operands are read", "::mlir::ArrayAttr", "getEpilogueMaps">,
    InterfaceMethod<"The destination", "::mlir::Value", "getInit">
  ];
  let extraSharedClassDeclaration = [{
    ::mlir::Block &getEpilogueBlock() { return $_op.getEpilogue().front(); }
    ::mlir::AffineMap getEpilogueMap(unsigned i) {
      return ::llvm::cast<::mlir::AffineMapAttr>($_op.getEpilogueMaps()[i]).getValue();
    }
    /// The type of the accumulator.
    ::mlir::Type getAccumulatorType() { return $_op.getEpilogue().front().getArgument(0).getType(); }
    /// Whether the epilogue yields the accumulator as it is.
    bool hasIdentityEpilogue() {
      ::mlir::Block &block = $_op.getEpilogue().front();
      return block.getTerminator()->getOperand(0) == block.getArgument(0);
    }
  }];
  let verify = "return ::mlir::kernel::verifyEpilogue($_op);";
}

#endif // KERNEL_BASE_TD
