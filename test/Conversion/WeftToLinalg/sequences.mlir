// Sequences and optionals become lists of the runtime's.
// RUN: weft-opt %s --weft-outline-kernels | FileCheck %s

// CHECK-LABEL: func.func @build_f32(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?xf32>, %[[I:[a-z0-9]+]]: index) -> (!kernel.list, index)
// CHECK: %[[MADE:.*]] = kernel.call "list_make"(%[[X]]) : (tensor<?xf32>) -> !kernel.list
// CHECK: %[[END:.*]] = kernel.call "list_length"(%[[MADE]])
// CHECK: %[[TWO:.*]] = kernel.call "list_insert"(%[[MADE]], %[[X]], %[[END]])
// CHECK: %[[THREE:.*]] = kernel.call "list_insert"(%[[TWO]], %[[X]], %[[I]])
// CHECK: %[[LAST:.*]] = arith.constant -1 : index
// CHECK: %[[LESS:.*]] = kernel.call "list_erase"(%[[THREE]], %[[LAST]])
// CHECK: %[[N:.*]] = kernel.call "list_length"(%[[LESS]])
// CHECK: return %[[LESS]], %[[N]]
func.func @build_f32(%x: tensor<?xf32, #weft.dims<n>>, %i: index) -> (!weft.seq<tensor<?xf32>>, index) {
  %0 = weft.seq_make %x : (tensor<?xf32, #weft.dims<n>>) -> !weft.seq<tensor<?xf32>>
  %1 = weft.seq_insert %0, %x : (!weft.seq<tensor<?xf32>>, tensor<?xf32, #weft.dims<n>>) -> !weft.seq<tensor<?xf32>>
  %2 = weft.seq_insert %1, %x at %i : (!weft.seq<tensor<?xf32>>, tensor<?xf32, #weft.dims<n>>, index) -> !weft.seq<tensor<?xf32>>
  %3 = weft.seq_erase %2 : (!weft.seq<tensor<?xf32>>) -> !weft.seq<tensor<?xf32>>
  %4 = weft.seq_length %3 : (!weft.seq<tensor<?xf32>>) -> index
  return %3, %4 : !weft.seq<tensor<?xf32>>, index
}

// An element has sizes of its own, which kernels behind it take.
// CHECK-LABEL: func.func @take_f32(
// CHECK: %[[E:.*]] = kernel.call "list_at"(%{{.*}}, %{{.*}}) : (!kernel.list, index) -> tensor<?xf32>
// CHECK: %[[SIZE:.*]] = tensor.dim %[[E]]
// CHECK: kernel.launch @{{.*}}(%[[E]]) indices(%[[SIZE]])
func.func @take_f32(%s: !weft.seq<tensor<?xf32>>, %i: index) -> tensor<?xf32, #weft.dims<d0>> {
  %0 = weft.seq_get %s, %i : (!weft.seq<tensor<?xf32>>, index) -> tensor<?xf32, #weft.dims<d0>>
  %1 = weft.neg %0 : (tensor<?xf32, #weft.dims<d0>>) -> tensor<?xf32, #weft.dims<d0>>
  return %1 : tensor<?xf32, #weft.dims<d0>>
}

// Lengths of parts are 64-bit integers in the runtime.
// CHECK-LABEL: func.func @split_join_f32(
// CHECK: %[[LENGTHS:.*]] = kernel.launch @{{.*}} : (tensor<2xi32>) -> tensor<2xi64>
// CHECK: %[[PARTS:.*]] = kernel.call "list_split"(%{{.*}}, %[[LENGTHS]]) {params = array<i64: 1, 1>}
// CHECK: %[[ROWS:.*]] = kernel.call "list_split"(%{{.*}}) {params = array<i64: 0, 0>}
// CHECK: kernel.call "list_join"(%[[PARTS]]) {params = array<i64: 1, 0, 0>} : (!kernel.list) -> tensor<4x?xf32>
// CHECK: kernel.call "list_join"(%[[ROWS]]) {params = array<i64: 0, 1, 0>} : (!kernel.list) -> tensor<?x6xf32>
func.func @split_join_f32(%x: tensor<4x6xf32>, %n: tensor<2xi32>) -> (tensor<4x?xf32, #weft.dims<4, d0>>, tensor<?x6xf32, #weft.dims<d1, 6>>) {
  %0 = weft.seq_split %x split %n {axis = 1 : i64} : (tensor<4x6xf32>, tensor<2xi32>) -> !weft.seq<tensor<4x?xf32>>
  %1 = weft.seq_split %x {axis = 0 : i64, keepdims = false} : (tensor<4x6xf32>) -> !weft.seq<tensor<6xf32>>
  %2 = weft.seq_concat %0 {axis = 1 : i64} : (!weft.seq<tensor<4x?xf32>>) -> tensor<4x?xf32, #weft.dims<4, d0>>
  %3 = weft.seq_concat %1 {axis = 0 : i64, new_axis = true} : (!weft.seq<tensor<6xf32>>) -> tensor<?x6xf32, #weft.dims<d1, 6>>
  return %2, %3 : tensor<4x?xf32, #weft.dims<4, d0>>, tensor<?x6xf32, #weft.dims<d1, 6>>
}

// An optional is a list of at most one element.
// CHECK-LABEL: func.func @optional_f32(
// CHECK-SAME: %[[O:[a-z0-9]+]]: !kernel.list
// CHECK: %[[COUNT:.*]] = kernel.call "list_length"(%[[O]])
// CHECK: %[[HAS:.*]] = arith.cmpi ne, %[[COUNT]]
// CHECK: %[[S:.*]] = kernel.call "list_at"(%[[O]], %{{.*}}) {message = "expected an optional that is present, but it is absent"} : (!kernel.list, index) -> !kernel.list
// CHECK: kernel.call "list_make"(%[[S]]) : (!kernel.list) -> !kernel.list
func.func @optional_f32(%o: !weft.opt<!weft.seq<tensor<?xf32>>>) -> (i1, !weft.opt<!weft.seq<tensor<?xf32>>>) {
  %0 = weft.opt_has %o : (!weft.opt<!weft.seq<tensor<?xf32>>>) -> i1
  %1 = weft.opt_get %o : (!weft.opt<!weft.seq<tensor<?xf32>>>) -> !weft.seq<tensor<?xf32>>
  %2 = weft.opt_make %1 : (!weft.seq<tensor<?xf32>>) -> !weft.opt<!weft.seq<tensor<?xf32>>>
  return %0, %2 : i1, !weft.opt<!weft.seq<tensor<?xf32>>>
}

// Branches and loops carry lists.
// CHECK-LABEL: func.func @carried_f32(
// CHECK: %[[LOOP:.*]] = scf.for {{.*}} iter_args(%[[C:.*]] = %{{.*}}) -> (!kernel.list)
// CHECK: kernel.call "list_insert"(%[[C]], %{{.*}}, %{{.*}})
// CHECK: scf.if %{{.*}} -> (!kernel.list)
func.func @carried_f32(%c: tensor<i1>, %x: tensor<?xf32, #weft.dims<n>>, %trip: index) -> !weft.seq<tensor<?xf32>> {
  %empty = weft.seq_make : () -> !weft.seq<tensor<?xf32>>
  %0 = weft.loop trip %trip carried(%empty) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, !weft.seq<tensor<?xf32>>) -> (!weft.seq<tensor<?xf32>>) {
  ^bb0(%i: index, %s: !weft.seq<tensor<?xf32>>):
    %true = weft.constant dense<true> : tensor<i1>
    %next = weft.seq_insert %s, %x : (!weft.seq<tensor<?xf32>>, tensor<?xf32, #weft.dims<n>>) -> !weft.seq<tensor<?xf32>>
    weft.yield %true, %next : tensor<i1>, !weft.seq<tensor<?xf32>>
  }
  %1 = weft.if %c : (tensor<i1>) -> !weft.seq<tensor<?xf32>> {
    weft.yield %0 : !weft.seq<tensor<?xf32>>
  } else {
    weft.yield %empty : !weft.seq<tensor<?xf32>>
  }
  return %1 : !weft.seq<tensor<?xf32>>
}
