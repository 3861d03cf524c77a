// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Spatial ops: resize, grid sample, region pooling.
#ifndef WEFT_SPATIAL_OPS_TD
#define WEFT_SPATIAL_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_ResizeOp : Weft_InferredOp<"resize", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Interpolation to another size along axes";
  let arguments = (ins Weft_NumberTensor:$x, Variadic<Index>:$sizes, Optional<Weft_FloatTensor>:$scales, Optional<Weft_FloatTensor>:$roi, DenseI64ArrayAttr:$static_sizes, DenseI64ArrayAttr:$axes, OptionalAttr<DenseF64ArrayAttr>:$static_scales, Weft_ResizeModeAttr:$mode, Weft_ResizeCoordAttr:$coord, DefaultValuedAttr<Weft_ResizeNearestAttr, "::mlir::weft::ResizeNearest::round_prefer_floor">:$nearest, DefaultValuedAttr<F64Attr, "-0.75">:$cubic_a, DefaultValuedAttr<BoolAttr, "false">:$exclude_outside, DefaultValuedAttr<BoolAttr, "false">:$antialias, DefaultValuedAttr<F64Attr, "0.0">:$extrapolation);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `to` custom<DynamicIndexList>($sizes, $static_sizes) (`scales` $scales^)? (`roi` $roi^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_GridSampleOp : Weft_InferredOp<"grid_sample", [Pure, Weft_Dim]> {
  let summary = "Samples of an image at the places of a grid";
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$grid, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, Weft_GridModeAttr:$mode, Weft_GridPaddingAttr:$padding, DefaultValuedAttr<BoolAttr, "false">:$align_corners);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $grid attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_RoiPoolOp : Weft_InferredOp<"roi_pool", [Pure, Weft_Dim]> {
  let summary = "Pooling of boxes of an image";
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$rois, Optional<Weft_IntTensor>:$batch, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$out, F64Attr:$scale, Weft_RoiKindAttr:$kind, DefaultValuedAttr<I64Attr, "0">:$sampling, DefaultValuedAttr<BoolAttr, "true">:$half_pixel);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $rois (`batch` $batch^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_SPATIAL_OPS_TD
