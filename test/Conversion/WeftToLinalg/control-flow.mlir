// Branches and loops of the host: scf.if, scf.for for known trip counts, scf.while for conditions; outputs are stacked in place.
// RUN: weft-opt %s --split-input-file --weft-outline-kernels | FileCheck %s

// CHECK-LABEL: func.func @if_static_f32(
// CHECK: %[[C:.+]] = tensor.extract
// CHECK: scf.if %[[C]] -> (tensor<4xf32>)
// CHECK: kernel.launch
// CHECK: scf.yield
func.func @if_static_f32(%c: tensor<1xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.if %c : (tensor<1xi1>) -> tensor<4xf32> {
    %1 = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %1 : tensor<4xf32>
  } else {
    weft.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// The scanned operand gives the trip count; each iteration writes its slice into the buffer.
// CHECK-LABEL: func.func @loop_dynamic_f32_scan(
// CHECK: %[[N:.+]] = tensor.dim
// CHECK: %[[BUFFER:.+]] = kernel.launch {{.*}} sizes(%[[N]])
// CHECK: scf.for %[[I:.+]] = %{{.*}} to %[[N]] {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[B:.+]] = %[[BUFFER]])
// CHECK: tensor.insert_slice %{{.*}} into %[[B]][%[[I]], 0] [1, 4]
func.func @loop_dynamic_f32_scan(%x: tensor<4xf32>, %s: tensor<?x4xf32, #weft.dims<n, 4>>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<n, 4>>) {
  %true = weft.constant dense<true> : tensor<i1>
  %0:2 = weft.loop carried(%x) scanned(%s) {scan_in_axes = array<i64: 0>, scan_in_reverse = array<i1: false>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (tensor<4xf32>, tensor<?x4xf32, #weft.dims<n, 4>>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<n, 4>>) {
  ^bb0(%i: index, %a: tensor<4xf32>, %e: tensor<4xf32>):
    %1 = weft.add %a, %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    weft.yield %true, %1, %1 : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<?x4xf32, #weft.dims<n, 4>>
}

// -----

// A condition that the body computes ends the loop; what was stacked until then is a prefix of the buffer.
// CHECK-LABEL: func.func @loop_while_f32(
// CHECK: %[[RESULT:.+]]:4 = scf.while
// CHECK: scf.condition
// CHECK: tensor.extract_slice %[[RESULT]]#3[0, 0] [%[[RESULT]]#0, 4]
func.func @loop_while_f32(%x: tensor<4xf32>, %c: tensor<i1>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>) {
  %n = arith.constant 100 : index
  %0:2 = weft.loop trip %n while %c carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index, tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>) {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %1 = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %c, %1, %1 : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>
}

// -----

// Where nobody knows before how many slices there will be, or of what size, a list holds them until the loop ends.
// CHECK-LABEL: func.func @loop_unbounded_f32(
// CHECK: %[[EMPTY:.+]] = kernel.call "list_make"()
// CHECK: %[[RESULT:.+]]:4 = scf.while ({{.*}} %[[EMPTY]])
// CHECK: kernel.call "list_insert"
// CHECK: kernel.call "list_join"(%[[RESULT]]#3) {params = array<i64: 0, 1, 1>} : (!kernel.list) -> tensor<?x4xf32>
func.func @loop_unbounded_f32(%x: tensor<4xf32>, %c: tensor<i1>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>) {
  %0:2 = weft.loop while %c carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>) {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %1 = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %c, %1, %1 : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>
}
