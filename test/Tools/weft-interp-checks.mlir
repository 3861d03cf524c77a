// RUN: weft-interp %s | FileCheck %s
// RUN: not weft-interp %s --entry=wrong 2>&1 | FileCheck %s --check-prefix=WRONG
//
// The checks that the graph phase leaves for run time are evaluated, too.

// CHECK: [1.0, 2.0]
// WRONG: error: {{.*}}expected a row that there is
func.func @main() -> tensor<2xf32> {
  %true = arith.constant true
  cf.assert %true, "expected a row that there is"
  %x = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %x : tensor<2xf32>
}

func.func @wrong() -> tensor<2xf32> {
  %false = arith.constant false
  cf.assert %false, "expected a row that there is"
  %x = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %x : tensor<2xf32>
}
