// Ops on texts are calls of the runtime's, outside of kernels: operands and results are lists, patterns become tables.
// RUN: weft-opt %s --split-input-file --weft-number-texts --weft-outline-kernels | FileCheck %s

// The pieces' last dim is known behind the call only.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?xi64>
// CHECK: %[[D:.*]] = kernel.constant dense<{{-?[0-9]+}}> : tensor<i64>
// CHECK: %[[F:.*]] = kernel.constant dense<0> : tensor<i64>
// CHECK: %[[IN:.*]] = kernel.call "list_make"(%[[X]], %[[D]], %[[F]])
// CHECK: %[[OUT:.*]] = kernel.call "text"(%[[IN]]) {params = array<i64: 2, 3, 0, 0>} : (!kernel.list) -> !kernel.list
// CHECK: %[[P:.*]] = kernel.call "list_at"(%[[OUT]], %{{.*}}) : (!kernel.list, index) -> tensor<?x?xi64>
// CHECK: %[[N:.*]] = kernel.call "list_at"(%[[OUT]], %{{.*}}) : (!kernel.list, index) -> tensor<?xi64>
// CHECK: return %[[P]], %[[N]]
func.func @main(%x: tensor<?x!weft.string, #weft.dims<n>>) -> (tensor<?x?x!weft.string, #weft.dims<n, k>>, tensor<?xi64, #weft.dims<n>>) {
  %d = weft.constant dense<","> : tensor<!weft.string>
  %f = weft.constant dense<""> : tensor<!weft.string>
  %p, %c = weft.text_split %x, %d, %f {limit = 3 : i64} : (tensor<?x!weft.string, #weft.dims<n>>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<?x?x!weft.string, #weft.dims<n, k>>, tensor<?xi64, #weft.dims<n>>)
  return %p, %c : tensor<?x?x!weft.string, #weft.dims<n, k>>, tensor<?xi64, #weft.dims<n>>
}

// -----

// Columns for "a" and for the bytes in front of it and behind; states: none, at the begin, behind "a", which matches there.
// CHECK-LABEL: func.func @main(
// CHECK: %[[T:.*]] = kernel.constant dense<[3, 1, 1, 1, 1, {{.*}}, 0, 0, 0, 0, 0, 4, 0, 0, 1, 1, 1, 1]> : tensor<81xi32>
// CHECK: kernel.call "list_make"(%{{.*}}, %[[T]])
// CHECK: kernel.call "text"(%{{.*}}) {params = array<i64: 4, 0, 0, 0>}
// CHECK: kernel.call "list_at"({{.*}}) : (!kernel.list, index) -> tensor<4xi1>
func.func @main(%x: tensor<4x!weft.string>) -> tensor<4xi1> {
  %0 = weft.text_match %x {pattern = "a"} : (tensor<4x!weft.string>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}

// -----

// CHECK-LABEL: func.func @main(
// CHECK: kernel.call "text"(%{{.*}}) {params = array<i64: 5, 3, 0, 0>}
// CHECK: kernel.call "text"(%{{.*}}) {params = array<i64: 6, 2, 0, 0>}
// CHECK: kernel.call "text"(%{{.*}}) {params = array<i64: 1, 1, 0, 0>}
// CHECK: kernel.call "text"(%{{.*}}) {params = array<i64: 7, 0, 0, 0>}
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf64>, tensor<4xi64>) {
  %0 = weft.text_format %x {to = !weft.string} : (tensor<4xf32>) -> tensor<4x!weft.string>
  %1 = weft.text_parse %0 {to = f64} : (tensor<4x!weft.string>) -> tensor<4xf64>
  %2 = weft.text_case %0 {upper = true} : (tensor<4x!weft.string>) -> tensor<4x!weft.string>
  %3 = weft.text_rank %2 : (tensor<4x!weft.string>) -> tensor<4xi64>
  return %1, %3 : tensor<4xf64>, tensor<4xi64>
}
