// RUN: weft-opt %s | FileCheck %s
//
// weft.quantize parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @quantize_example(
// CHECK: weft.quantize
// CHECK-SAME: : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xui8>
func.func @quantize_example(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<ui8>) {
  %r0 = weft.quantize %x, %s zp %z {to = ui8} : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xui8>
  return
}
