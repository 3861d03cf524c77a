// RUN: weft-interp %s | FileCheck %s
//
// What weft.gelu computes, in numbers; docs/spec says why.

// The left tail keeps its digits.
// CHECK: @gelu_exact 0: tensor<6xf32> = [-7.619853e-23, -0.004049694, -0.15865526, 0.0, 0.34573123, 1.9544997]
func.func @gelu_exact() -> (tensor<6xf32>) {
  %x = weft.constant dense<[-10.0, -3.0, -1.0, 0.0, 0.5, 2.0]> : tensor<6xf32>
  %y = weft.gelu %x : (tensor<6xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// The approximation by tanh.
// CHECK: @gelu_tanh 0: tensor<5xf32> = [-0.003637392, -0.15880801, 0.0, 0.345714, 1.9545977]
func.func @gelu_tanh() -> (tensor<5xf32>) {
  %x = weft.constant dense<[-3.0, -1.0, 0.0, 0.5, 2.0]> : tensor<5xf32>
  %y = weft.gelu %x {approx = #weft.gelu_approx<tanh>} : (tensor<5xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// x times the sigmoid of 1.702 x.
// CHECK: @gelu_quick 0: tensor<6xf32> = [-4.0579613e-07, -0.01807131, -0.15420423, 0.0, 0.35038844, 1.9356586]
func.func @gelu_quick() -> (tensor<6xf32>) {
  %x = weft.constant dense<[-10.0, -3.0, -1.0, 0.0, 0.5, 2.0]> : tensor<6xf32>
  %y = weft.gelu %x {approx = #weft.gelu_approx<quick>} : (tensor<6xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}
