// RUN: weft-opt %s | FileCheck %s
//
// weft.nms parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @nms_example(
// CHECK: weft.nms
// CHECK-SAME: : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, index, tensor<f32>) -> tensor<?x3xi64>
func.func @nms_example(%b: tensor<1x6x4xf32>, %s: tensor<1x1x6xf32>, %n: index, %t: tensor<f32>) {
  %r0 = weft.nms %b, %s max %n iou %t : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, index, tensor<f32>) -> tensor<?x3xi64>
  return
}
