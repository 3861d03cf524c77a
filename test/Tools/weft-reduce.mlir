// RUN: weft-reduce %s --test=%S/Inputs/holds_tanh.sh | FileCheck %s
// RUN: weft-reduce --help | FileCheck %s --check-prefix=HELP
// RUN: %status 1 weft-reduce %s --test=false 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: %status 2 weft-reduce %s --test=%t.none 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: %status 2 weft-reduce %s 2>&1 | FileCheck %s --check-prefix=TEST
// RUN: %status 1 weft-reduce %s --test=true -o %t.none/small.mlir 2>&1 | FileCheck %s --check-prefix=WRITE
//
// Claim: a model shrinks to the op that shows the problem; what is before and after it goes, in bodies too.

// HELP: The test gets the name of a file of IR
// ABSENT: weft-reduce: the test does not find the problem in '{{.*}}weft-reduce.mlir': expected it to end with status 0 there
// NONE: weft-reduce: expected --test of a program, but '{{.*}}.none' is none
// TEST: --test option: must be specified at least once
// WRITE: weft-reduce: cannot write '{{.*}}small.mlir'

// CHECK: func.func @main(
// CHECK-SAME: ) -> tensor<4x5xf32>
// CHECK-NEXT: %[[X:.*]] = weft.constant
// CHECK-NEXT: %[[Y:.*]] = weft.tanh %[[X]]
// CHECK-NEXT: return %[[Y]]
func.func @main(%x: tensor<4x8xf32>, %w: tensor<8x5xf32>, %n: tensor<?x5xf32>) -> (tensor<4x5xf32>, tensor<?x5xf32>) {
  %p = weft.matmul %x, %w : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  %s = weft.add %p, %p : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xf32>
  %t = weft.tanh %s : (tensor<4x5xf32>) -> tensor<4x5xf32>
  %e = weft.exp %t : (tensor<4x5xf32>) -> tensor<4x5xf32>
  %y = weft.softmax %e {axis = 1} : (tensor<4x5xf32>) -> tensor<4x5xf32>
  %m = weft.neg %n : (tensor<?x5xf32>) -> tensor<?x5xf32>
  return %y, %m : tensor<4x5xf32>, tensor<?x5xf32>
}
