// RUN: weft-interp %s | FileCheck %s
//
// What weft.nms computes, in numbers; docs/spec says why.

// The second box overlaps the better first one; the third is apart.
// CHECK: @nms_overlap 0: tensor<2x3xi64> = {{\[\[}}0, 0, 0], [0, 0, 2]]
func.func @nms_overlap() -> (tensor<?x3xi64>) {
  %b = weft.constant dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, 10.0, 1.0, 11.0]]]> : tensor<1x3x4xf32>
  %s = weft.constant dense<[[[0.9, 0.8, 0.7]]]> : tensor<1x1x3xf32>
  %t = weft.constant dense<0.5> : tensor<f32>
  %n = arith.constant 3 : index
  %y = weft.nms %b, %s max %n iou %t : (tensor<1x3x4xf32>, tensor<1x1x3xf32>, index, tensor<f32>) -> tensor<?x3xi64>
  return %y : tensor<?x3xi64>
}
