// RUN: weft-opt %s --weft-infer-shapes | FileCheck %s
//
// Reduced dims become 1; windows shrink a dim by their rule, in canonical form.

// CHECK-LABEL: func.func @reduce_keeps_rank(
// CHECK: weft.reduce sum {{.*}} -> tensor<?x1xf32, #weft.dims<n, 1>>
func.func @reduce_keeps_rank(%x: tensor<?x?xf32, #weft.dims<n, m>>) -> tensor<?x?xf32> {
  %y = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<?x?xf32, #weft.dims<n, m>>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// floor((n + 1 - 3) / 2) + 1 is floor(n / 2).
// CHECK-LABEL: func.func @pool_halves(
// CHECK: weft.pool max {{.*}} -> tensor<?xf32, #weft.dims<floordiv(n, 2)>>
func.func @pool_halves(%x: tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32> {
  %y = weft.pool max %x {axes = array<i64: 0>, kernel = array<i64: 3>, strides = array<i64: 2>, pads_lo = array<i64: 1>, pads_hi = array<i64: 0>, dilations = array<i64: 1>} : (tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHECK-LABEL: func.func @normalize_statistics(
// CHECK: weft.normalize {{.*}} -> (tensor<?x8xf16, #weft.dims<n, 8>>, tensor<?x1xf32, #weft.dims<n, 1>>, tensor<?x1xf32, #weft.dims<n, 1>>)
func.func @normalize_statistics(%x: tensor<?x8xf16, #weft.dims<n, 8>>) -> tensor<?x8xf16> {
  %y, %m, %s = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.0e-05 : f64} : (tensor<?x8xf16, #weft.dims<n, 8>>) -> (tensor<?x8xf16>, tensor<?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x8xf16>
}
