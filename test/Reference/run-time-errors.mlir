// RUN: not weft-interp %s --split-input-file 2>&1 | FileCheck %s
//
// What breaks a rule at run time is an error at the op, never a guess.

// CHECK: error: 'weft.gather' op expected an index in [-2, 2), but got 2
func.func @main() -> tensor<1xf32> {
  %x = weft.constant dense<1.0> : tensor<2xf32>
  %i = weft.constant dense<2> : tensor<1xi64>
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %y : tensor<1xf32>
}

// -----

// CHECK: error: 'weft.opt_get' op expected an optional that is present, but it is absent
func.func @main() -> tensor<1xf32> {
  %0 = weft.opt_make : () -> !weft.opt<tensor<1xf32>>
  %1 = weft.opt_get %0 : (!weft.opt<tensor<1xf32>>) -> tensor<1xf32>
  return %1 : tensor<1xf32>
}

// -----

// A name means one size: n was 2.
// CHECK: error: 'weft.broadcast' op expected dim 0 of result 0 to be n + 1 (3), but got 4
func.func @main() -> tensor<?xf32, #weft.dims<n + 1>> {
  %two = arith.constant 2 : index
  %four = arith.constant 4 : index
  %x = weft.constant dense<1.0> : tensor<1xf32>
  %a = weft.broadcast %x to [%two] : (tensor<1xf32>, index) -> tensor<?xf32, #weft.dims<n>>
  %b = weft.broadcast %x to [%four] : (tensor<1xf32>, index) -> tensor<?xf32, #weft.dims<n + 1>>
  return %b : tensor<?xf32, #weft.dims<n + 1>>
}

// -----

// CHECK: error: expected input 'x', but got none (pass -i x=file.npy)
func.func @main(%x: tensor<1xf32> {weft.name = "x"}) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}

// -----

// CHECK: error: 'weft.cache_update' op expected a start in [0, 3), but got 3
func.func @main() -> tensor<1x4xf32> {
  %c = weft.constant dense<0.0> : tensor<1x4xf32>
  %u = weft.constant dense<1.0> : tensor<1x2xf32>
  %s = weft.constant dense<3> : tensor<1xi64>
  %y = weft.cache_update %c, %u, %s {axis = 1 : i64} : (tensor<1x4xf32>, tensor<1x2xf32>, tensor<1xi64>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
