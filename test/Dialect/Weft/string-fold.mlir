// Constants of strings change shape as those of numbers do.
// RUN: weft-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @reshape_2d_strings(
// CHECK: weft.constant dense<{{\[}}["a", "b"]]> : tensor<1x2x!weft.string>
// CHECK-NEXT: return
func.func @reshape_2d_strings() -> tensor<1x2x!weft.string> {
  %c = weft.constant dense<["a", "b"]> : tensor<2x!weft.string>
  %y = weft.reshape %c to [1, 2] : (tensor<2x!weft.string>) -> tensor<1x2x!weft.string>
  return %y : tensor<1x2x!weft.string>
}

// CHECK-LABEL: func.func @broadcast_1d_strings(
// CHECK: weft.constant dense<"a"> : tensor<3x!weft.string>
// CHECK-NEXT: return
func.func @broadcast_1d_strings() -> tensor<3x!weft.string> {
  %c = weft.constant dense<"a"> : tensor<1x!weft.string>
  %y = weft.broadcast %c to [3] : (tensor<1x!weft.string>) -> tensor<3x!weft.string>
  return %y : tensor<3x!weft.string>
}
