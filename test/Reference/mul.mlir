// RUN: weft-interp %s | FileCheck %s
//
// What weft.mul computes, in numbers; docs/spec says why.

// A row broadcasts down.
// CHECK: @mul_broadcast 0: tensor<2x3xf32> = {{\[\[}}1e+01, 4e+01, 9e+01], [4e+01, 1e+02, 1.8e+02]]
func.func @mul_broadcast() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.mul %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// A column with a row.
// CHECK: @mul_outer 0: tensor<2x3xf32> = {{\[\[}}1e+01, 2e+01, 3e+01], [2e+01, 4e+01, 6e+01]]
func.func @mul_outer() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.mul %a, %b : (tensor<2x1xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Wraps modulo 2^64.
// CHECK: @mul_i64 0: tensor<2xi64> = [0, -15]
func.func @mul_i64() -> (tensor<2xi64>) {
  %a = weft.constant dense<[4611686018427387904, -3]> : tensor<2xi64>
  %b = weft.constant dense<[4, 5]> : tensor<2xi64>
  %y = weft.mul %a, %b : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %y : tensor<2xi64>
}
