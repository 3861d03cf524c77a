// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.constant is refused with its label.

func.func @constant_c1_resource_too_short() {
  // expected-error @+1 {{expected a resource of 20 bytes, but got 4 bytes [constant-C1]}}
  %y = weft.constant dense_resource<four_bytes> : tensor<5xi32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      four_bytes: "0x0400000001000000"
    }
  }
#-}
