// RUN: weft-opt %s | FileCheck %s
//
// weft.extract parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @extract_example(
// CHECK: weft.extract %{{.*}} {i = 1 : i64} : tensor<2xi64>
func.func @extract_example(%x: tensor<2xi64>) {
  %n = weft.extract %x {i = 1 : i64} : tensor<2xi64>
  return
}
