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
  let description = [{
    The dims of `axes` get the given sizes (static_sizes and sizes: a mixed list, one entry per axis). The scale of an axis is its entry of
    `static_scales`, else of the operand `scales`, else new size / old size. `roi` holds starts then ends of the axes, for tf_crop_and_resize.

    Semantics:  separable weights per axis; the map of coordinates, the nearest rule and antialias as in "Resize coordinates" of docs/spec/spatial.md.

    ```mlir
    %y = weft.resize %x to [14, 14] {axes = array<i64: 2, 3>, mode = #weft<resize_mode<linear>>, coord = #weft<resize_coord<half_pixel>>}
      : (tensor<1x3x7x7xf32>) -> tensor<1x3x14x14xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Variadic<Index>:$sizes, Optional<Weft_FloatTensor>:$scales, Optional<Weft_FloatTensor>:$roi, DenseI64ArrayAttr:$static_sizes, DenseI64ArrayAttr:$axes, OptionalAttr<DenseF64ArrayAttr>:$static_scales, Weft_ResizeModeAttr:$mode, Weft_ResizeCoordAttr:$coord, DefaultValuedAttr<Weft_ResizeNearestAttr, "::mlir::weft::ResizeNearest::round_prefer_floor">:$nearest, DefaultValuedAttr<F64Attr, "-0.75">:$cubic_a, DefaultValuedAttr<BoolAttr, "false">:$exclude_outside, DefaultValuedAttr<BoolAttr, "false">:$antialias, DefaultValuedAttr<F64Attr, "0.0">:$extrapolation);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `to` custom<DynamicIndexList>($sizes, $static_sizes) (`scales` $scales^)? (`roi` $roi^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::host; } }];
}

def Weft_GridSampleOp : Weft_InferredOp<"grid_sample", [Pure, Weft_Dim]> {
  let summary = "Samples of an image at the places of a grid";
  let description = [{
    x `[N C S..]` (nchw) or `[N S.. C]`, 2 or 3 spatial dims; grid `[N O.. k]` with the k coordinates in the order x, y, z, each in -1 .. 1 over the image.
    Result `[N C O..]` or `[N O.. C]`.

    ```mlir
    %y = weft.grid_sample %x, %g {mode = #weft<grid_mode<linear>>, padding = #weft<grid_padding<zeros>>}
      : (tensor<1x3x8x8xf32>, tensor<1x4x4x2xf32>) -> tensor<1x3x4x4xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$grid, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, Weft_GridModeAttr:$mode, Weft_GridPaddingAttr:$padding, DefaultValuedAttr<BoolAttr, "false">:$align_corners);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $grid attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_RoiPoolOp : Weft_InferredOp<"roi_pool", [Pure, Weft_Dim]> {
  let summary = "Pooling of boxes of an image";
  let description = [{
    x `[N C H W]` or `[N H W C]`; rois `[R 4]` as x1 y1 x2 y2 with batch `[R]`, or `[R 5]` with the batch index in front. `out` is the size of the result `[R C out..]`
    (nhwc: `[R out.. C]`).

    Semantics:  align_avg and align_max: RoiAlign with `sampling` points per cell and direction (0: `ceil(roi / out)`), `half_pixel` moves the box by
                -0.5 and allows boxes smaller than 1; quantised_max: MaxRoiPool with rounded boxes, an empty cell is 0.

    ```mlir
    %y = weft.roi_pool %x, %rois batch %b {out = array<i64: 5, 5>, scale = 1.0 : f64, kind = #weft<roi_kind<align_avg>>, sampling = 2 : i64}
      : (tensor<1x1x10x10xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x1x5x5xf32>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, Weft_NumberTensor:$rois, Optional<Weft_IntTensor>:$batch, DefaultValuedAttr<Weft_LayoutAttr, "::mlir::weft::Layout::nchw">:$layout, DenseI64ArrayAttr:$out, F64Attr:$scale, Weft_RoiKindAttr:$kind, DefaultValuedAttr<I64Attr, "0">:$sampling, DefaultValuedAttr<BoolAttr, "true">:$half_pixel);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x `,` $rois (`batch` $batch^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_SPATIAL_OPS_TD
