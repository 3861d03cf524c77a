// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.nms is refused with its label.

func.func @nms_c1_shape(%b: tensor<1x6x5xf32>, %s: tensor<1x1x6xf32>) {
  // expected-error-re @+2 {{expected boxes [B N 4] and scores [B C N]{{.*}} [nms-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.nms %b, %s : (tensor<1x6x5xf32>, tensor<1x1x6xf32>) -> tensor<?x3xi64>
  return
}

// -----

func.func @nms_c2_count(%b: tensor<1x6x4xf32>, %s: tensor<1x1x5xf32>) {
  // expected-error-re @+2 {{expected boxes and scores of equal batch and number of boxes{{.*}} [nms-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.nms %b, %s : (tensor<1x6x4xf32>, tensor<1x1x5xf32>) -> tensor<?x3xi64>
  return
}

// -----

func.func @nms_c3_iou(%b: tensor<1x6x4xf32>, %s: tensor<1x1x6xf32>, %t: tensor<2xf32>) {
  // expected-error-re @+1 {{expected iou of one element{{.*}} [nms-C3]}}
  %r0 = weft.nms %b, %s iou %t : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<2xf32>) -> tensor<?x3xi64>
  return
}
