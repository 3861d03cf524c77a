// Strings become numbers: constants those of their texts, everything else in type only.
// RUN: weft-opt %s --split-input-file --weft-number-texts | FileCheck %s

// CHECK-LABEL: func.func @equal_2d(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x2xi64, #weft.dims<n, 2>>
// CHECK: %[[C:.*]] = weft.constant dense<{{\[\[}}[[A:-?[0-9]+]], 0{{\]\]}}> : tensor<1x2xi64>
// CHECK: weft.compare eq %[[X]], %[[C]]
func.func @equal_2d(%x: tensor<?x2x!weft.string, #weft.dims<n, 2>>) -> tensor<?x2xi1, #weft.dims<n, 2>> {
  %c = weft.constant dense<[["one", ""]]> : tensor<1x2x!weft.string>
  %y = weft.compare eq %x, %c : (tensor<?x2x!weft.string, #weft.dims<n, 2>>, tensor<1x2x!weft.string>) -> tensor<?x2xi1, #weft.dims<n, 2>>
  return %y : tensor<?x2xi1, #weft.dims<n, 2>>
}

// -----

// In kernels and sequences as well; equal texts have equal numbers.
// CHECK-LABEL: func.func @kernel_of_strings(
// CHECK-SAME: !weft.seq<tensor<4xi64>>) -> tensor<8xi64>
// CHECK: weft.kernel
// CHECK: weft.constant dense<[[ONE:-?[0-9]+]]> : tensor<4xi64>
// CHECK: weft.constant dense<{{\[}}[[ONE]], [[TWO:-?[0-9]+]], [[ONE]], [[TWO]]{{\]}}> : tensor<4xi64>
// CHECK: weft.concat
func.func @kernel_of_strings(%s: !weft.seq<tensor<4x!weft.string>>) -> tensor<8x!weft.string> {
  %y = weft.kernel "concat" () nodes [] : () -> tensor<8x!weft.string> {
    %a = weft.constant dense<"one"> : tensor<4x!weft.string>
    %b = weft.constant dense<["one", "two", "one", "two"]> : tensor<4x!weft.string>
    %c = weft.concat %a, %b {axis = 0 : i64} : (tensor<4x!weft.string>, tensor<4x!weft.string>) -> tensor<8x!weft.string>
    weft.yield %c : tensor<8x!weft.string>
  }
  return %y : tensor<8x!weft.string>
}

// -----

// CHECK-LABEL: func.func @no_strings_f32(
// CHECK-SAME: tensor<4xf32>
func.func @no_strings_f32(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
