// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions in destination style, with layout, packed weights and an epilogue.
#ifndef KERNEL_CONTRACTION_OPS_TD
#define KERNEL_CONTRACTION_OPS_TD

include "dialects/Kernel/IR/KernelBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_TensorOrMemRef : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>;

class Kernel_EpilogueOp<string mnemonic> : Kernel_Op<mnemonic, [
    DestinationStyleOpInterface, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, Kernel_EpilogueOpInterface,
    SingleBlock]> {
  let regions = (region SizedRegion<1>:$epilogue);
  let hasVerifier = 1;
  code dpsDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getInitMutable(); }
  }];
  code effectsDefinition = [{
    void $cppClass::getEffects(
        ::llvm::SmallVectorImpl<::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>> &effects) {
      ::mlir::kernel::getDestinationStyleEffects(*this, effects);
    }
  }];
  let extraClassDefinition = effectsDefinition;
}

def Kernel_ContractOp : Kernel_EpilogueOp<"contract"> {
  let summary = "Batched matrix product with an epilogue";
  let description = [{
    `out[b.., m, n] = epilogue(sum over k of lhs[b.., m, k] * rhs[b.., k, n], extras[maps(b.., m, n)]..)`; the
    destination is written, never read.

    `lhs` is `[B.., M, K]` and `out` is `[B.., M, N]`. `rhs` is `[B.., K, N]`, with `rhs_transposed` `[B.., N, K]`, or with
    `panel` = P the packed `[B.., ceil(N / P), K, P]` of `#kernel.panels` [contract-C1]. Batch dims of lhs and rhs align
    with the output's last ones; a missing one or a static 1 is broadcast, a dynamic one equals the output's [contract-C2].
    The accumulator is f32 for f32 operands [contract-C3]; the order of summation is unspecified, but the same for every
    number of threads.

    Bytes: with an i8 lhs, `lhs[b.., m, k] - zero_point` takes the place of `lhs[b.., m, k]`, the lhs is signed or, with
    `lhs_unsigned`, unsigned, and the accumulator is i32. The rhs holds signed bytes, packed with `dot` = 4 as
    `[B.., ceil(N / P), K / 4 + 1, P, 4]`; `zero_point` lies in the range of the lhs's bytes, and is 0 for f32 [contract-C4].

    ```mlir
    %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<4x64x32xf32>) with(%bias : tensor<100xf32>)
        outs(%o : tensor<4x100xf32>) attributes {panel = 32, epilogue_maps = [affine_map<(m, n) -> (n)>]} {
      ^bb0(%acc: f32, %b: f32):
        %s = arith.addf %acc, %b : f32
        kernel.yield %s : f32
    } -> tensor<4x100xf32>
    ```
  }];
  let arguments = (ins Kernel_TensorOrMemRef:$lhs, Kernel_TensorOrMemRef:$rhs, Variadic<Kernel_TensorOrMemRef>:$extras,
                       Kernel_TensorOrMemRef:$init, OptionalAttr<I64Attr>:$panel, UnitAttr:$rhs_transposed,
                       UnitAttr:$lhs_unsigned, DefaultValuedAttr<I64Attr, "0">:$zero_point,
                       DefaultValuedAttr<AffineMapArrayAttr, "{}">:$epilogue_maps);
  let results = (outs Optional<AnyRankedTensor>:$result);
  // Result types follow from `init`; the body builder fills the block (accumulator, extras), null: identity.
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs, "::mlir::ValueRange":$extras,
      "::mlir::Value":$init, "::llvm::ArrayRef<::mlir::AffineMap>":$maps,
      CArg<"std::optional<int64_t>", "std::nullopt">:$panel, CArg<"bool", "false">:$rhsTransposed,
      CArg<"::mlir::kernel::EpilogueBuilder", "nullptr">:$body)>];
  let assemblyFormat = [{
    `ins` `(` $lhs `,` $rhs `:` type($lhs) `,` type($rhs) `)` (`with` `(` $extras^ `:` type($extras) `)`)?
    `outs` `(` $init `:` type($init) `)` attr-dict-with-keyword $epilogue (`->` type($result)^)?
  }];
  let extraClassDeclaration = dpsDeclaration # [{
    /// Number of batch dims of the output.
    int64_t getNumBatchDims() { return ::llvm::cast<::mlir::ShapedType>(getInit().getType()).getRank() - 2; }
    /// Whether the operands are bytes.
    bool isBytes() { return ::mlir::kernel::isByteProduct(*this); }
  }];
}

class Kernel_WindowOp<string mnemonic> : Kernel_EpilogueOp<mnemonic> {
  let results = (outs Optional<AnyRankedTensor>:$result);
  let assemblyFormat = [{
    `ins` `(` $input `,` $filter `:` type($input) `,` type($filter) `)` (`with` `(` $extras^ `:` type($extras) `)`)?
    `outs` `(` $init `:` type($init) `)` attr-dict-with-keyword $epilogue (`->` type($result)^)?
  }];
  code windowDeclaration = dpsDeclaration # [{
    /// Number of spatial dims.
    int64_t getNumSpatialDims() { return getStrides().size(); }
  }];
}

def Kernel_ConvOp : Kernel_WindowOp<"conv"> {
  let summary = "Convolution, channels last, packed filter, with an epilogue";
  let description = [{
    `input` is `[N, spatial.., C]`, `out` `[N, out spatial.., F]`, with 1 or 2 spatial dims [conv-C1]. `filter` is packed as
    `[G, ceil(F / G / P), K, P]` with `K = prod(kernel) * C / G` and C / G fastest: `#kernel.panels<batch = [], k = [2, 3, 1],
    n = 0, groups = G, width = P>` of `[F, C / G, KH, KW]` [conv-C2]. G divides C and F. Group g reads channels `g*C/G..` and
    writes `g*F/G..`.

    `pads` are the begins, then the ends, of zeros around the spatial dims, which are never materialised; the output's
    sizes are `(in + pads - dilation * (kernel - 1) - 1) / stride + 1` [conv-C3]. `strides` and `dilations` are positive,
    `pads` not negative [conv-C4]. Operands and accumulator are f32, or bytes and i32 [conv-C5].

    Bytes: as in `kernel.contract`, `zero_point` is subtracted from the input, which is signed or, with `input_unsigned`,
    unsigned; what lies around the input is the zero point. C / G is a multiple of 4, and the filter is packed with `dot` = 4 as
    `[G, ceil(F / G / P), K / 4 + 1, P, 4]` [conv-C6].

    ```mlir
    %r = kernel.conv ins(%x, %w : tensor<1x56x56x64xf32>, tensor<1x2x576x32xf32>) outs(%o : tensor<1x56x56x64xf32>)
        attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                    dilations = array<i64: 1, 1>} {
      ^bb0(%acc: f32):
        kernel.yield %acc : f32
    } -> tensor<1x56x56x64xf32>
    ```
  }];
  let arguments = (ins Kernel_TensorOrMemRef:$input, Kernel_TensorOrMemRef:$filter,
                       Variadic<Kernel_TensorOrMemRef>:$extras, Kernel_TensorOrMemRef:$init, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       UnitAttr:$input_unsigned, DefaultValuedAttr<I64Attr, "0">:$zero_point,
                       DefaultValuedAttr<AffineMapArrayAttr, "{}">:$epilogue_maps);
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$filter, "::mlir::ValueRange":$extras,
      "::mlir::Value":$init, "::llvm::ArrayRef<int64_t>":$kernel, "::llvm::ArrayRef<int64_t>":$strides,
      "::llvm::ArrayRef<int64_t>":$pads, "::llvm::ArrayRef<int64_t>":$dilations,
      "::llvm::ArrayRef<::mlir::AffineMap>":$maps, CArg<"::mlir::kernel::EpilogueBuilder", "nullptr">:$body)>];
  let extraClassDeclaration = windowDeclaration # [{
    /// Number of groups and width of a filter panel.
    int64_t getGroups() { return ::llvm::cast<::mlir::ShapedType>(getFilter().getType()).getDimSize(0); }
    int64_t getPanel() { return ::llvm::cast<::mlir::ShapedType>(getFilter().getType()).getDimSize(3); }
    /// Whether the operands are bytes.
    bool isBytes() { return ::mlir::kernel::isByteProduct(*this); }
  }];
}

def Kernel_DepthwiseOp : Kernel_WindowOp<"depthwise"> {
  let summary = "Convolution of each channel with its own filter, channels last, with an epilogue";
  let description = [{
    `input` is `[N, spatial.., C]`, `filter` `[kernel.., C]`, `out` `[N, out spatial.., C]`, with 1 or 2 spatial dims
    [depthwise-C1]; the filter is static and has their channels [depthwise-C2]. Output sizes [depthwise-C3] and attributes
    [depthwise-C4] are as in `kernel.conv`. Operands and accumulator are f32, or bytes and i32 [depthwise-C5]; of bytes the
    input is as in `kernel.conv`, the filter signed, and the window has at most 512 taps [depthwise-C6].

    ```mlir
    %r = kernel.depthwise ins(%x, %w : tensor<1x112x112x96xf32>, tensor<3x3x96xf32>)
        outs(%o : tensor<1x112x112x96xf32>) attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                                                        dilations = array<i64: 1, 1>} {
      ^bb0(%acc: f32):
        kernel.yield %acc : f32
    } -> tensor<1x112x112x96xf32>
    ```
  }];
  let arguments = (ins Kernel_TensorOrMemRef:$input, Kernel_TensorOrMemRef:$filter,
                       Variadic<Kernel_TensorOrMemRef>:$extras, Kernel_TensorOrMemRef:$init, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       UnitAttr:$input_unsigned, DefaultValuedAttr<I64Attr, "0">:$zero_point,
                       DefaultValuedAttr<AffineMapArrayAttr, "{}">:$epilogue_maps);
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$filter, "::mlir::ValueRange":$extras,
      "::mlir::Value":$init, "::llvm::ArrayRef<int64_t>":$strides, "::llvm::ArrayRef<int64_t>":$pads,
      "::llvm::ArrayRef<int64_t>":$dilations, "::llvm::ArrayRef<::mlir::AffineMap>":$maps,
      CArg<"::mlir::kernel::EpilogueBuilder", "nullptr">:$body)>];
  let extraClassDeclaration = windowDeclaration # [{
    /// Sizes of the window.
    ::llvm::ArrayRef<int64_t> getKernel() {
      return ::llvm::cast<::mlir::ShapedType>(getFilter().getType()).getShape().drop_back();
    }
    /// Whether the operands are bytes.
    bool isBytes() { return ::mlir::kernel::isByteProduct(*this); }
  }];
}

def Kernel_WinogradOp : Kernel_WindowOp<"winograd"> {
  let summary = "3x3 convolution of stride 1 by Winograd's minimal filtering, channels last, with an epilogue";
  let description = [{
    What `kernel.conv` computes with a kernel of 3x3, strides and dilations of 1 and one group, with fewer multiplications
    and another rounding. `input` is `[N, H, W, C]`, `out` `[N, OH, OW, F]`, `filter` the transformed filters
    `[ceil(F / P), T * T, C, P]` of `#kernel.winograd` with T = 4 or 6 [winograd-C2]: outputs are computed in tiles of
    (T - 2) x (T - 2), each from a patch of T x T pixels. `pads` are the begins, then the ends, of zeros around the two
    spatial dims, not negative; output sizes are `in + pads - 2` [winograd-C3]. Operands and accumulator are f32
    [winograd-C4]. An infinity in a patch makes the outputs of its tile NaN.

    ```mlir
    %r = kernel.winograd ins(%x, %w : tensor<1x56x56x64xf32>, tensor<2x36x64x32xf32>) outs(%o : tensor<1x56x56x64xf32>)
        attributes {pads = array<i64: 1, 1, 1, 1>} {
      ^bb0(%acc: f32):
        kernel.yield %acc : f32
    } -> tensor<1x56x56x64xf32>
    ```
  }];
  let arguments = (ins Kernel_TensorOrMemRef:$input, Kernel_TensorOrMemRef:$filter,
                       Variadic<Kernel_TensorOrMemRef>:$extras, Kernel_TensorOrMemRef:$init, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<AffineMapArrayAttr, "{}">:$epilogue_maps);
  let extraClassDeclaration = dpsDeclaration # [{
    /// Width and height of an output tile: 2 or 4.
    int64_t getTile();
    /// Width of a filter panel.
    int64_t getPanel() { return ::llvm::cast<::mlir::ShapedType>(getFilter().getType()).getDimSize(3); }
  }];
}

def Kernel_YieldOp : Kernel_Op<"yield", [Pure, Terminator, ParentOneOf<["ContractOp", "ConvOp", "DepthwiseOp",
                                                                        "WinogradOp"]>]> {
  let summary = "What an epilogue stores";
  let description = [{ One scalar of the destination's element type. }];
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // KERNEL_CONTRACTION_OPS_TD
