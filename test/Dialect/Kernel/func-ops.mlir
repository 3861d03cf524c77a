// Kernels, launches, views, constants and packings parse, print and verify.
// RUN: weft-opt %s | FileCheck %s

// Sizes of dynamic dims are index arguments.
// CHECK-LABEL: kernel.func @relu_dynamic_f32(
// CHECK-SAME: {kernel.dims = array<i64: 1>}
// CHECK-SAME: attributes {kind = "elementwise", nodes = ["/relu"]}
kernel.func @relu_dynamic_f32(%x: tensor<?x64xf32> {kernel.dims = array<i64: 1>}, %n: index)
    -> (tensor<?x64xf32> {kernel.dims = array<i64: 1>}) attributes {kind = "elementwise", nodes = ["/relu"]} {
  // CHECK: kernel.return %{{.*}} : tensor<?x64xf32>
  kernel.return %x : tensor<?x64xf32>
}

// A host program: names of dims and what is known statically may differ from the kernel's.
// CHECK-LABEL: func.func @launch_dynamic_f32(
func.func @launch_dynamic_f32(%x: tensor<?x64xf32, #weft.dims<batch, 64>>, %n: index) -> tensor<?x64xf32, #weft.dims<batch, 64>> {
  // CHECK: kernel.launch @relu_dynamic_f32(%{{.*}}) indices(%{{.*}}) sizes(%{{.*}}) {nodes = ["/relu"]}
  %y = kernel.launch @relu_dynamic_f32(%x) indices(%n) sizes(%n) {nodes = ["/relu"]}
      : (tensor<?x64xf32, #weft.dims<batch, 64>>) -> tensor<?x64xf32, #weft.dims<batch, 64>>
  return %y : tensor<?x64xf32, #weft.dims<batch, 64>>
}

// Static results need no sizes.
// CHECK-LABEL: func.func @launch_static_f32(
func.func @launch_static_f32(%n: index) -> tensor<4x64xf32> {
  // CHECK: kernel.constant dense<
  %x = kernel.constant dense<0.5> : tensor<4x64xf32>
  // CHECK: kernel.launch @relu_dynamic_f32(%{{.*}}) indices(%{{.*}}) : (tensor<4x64xf32>)
  %y = kernel.launch @relu_dynamic_f32(%x) indices(%n) : (tensor<4x64xf32>) -> tensor<4x64xf32>
  return %y : tensor<4x64xf32>
}

// A view may change shape, and element type at equal width.
// CHECK-LABEL: func.func @view_dynamic_f32(
func.func @view_dynamic_f32(%x: tensor<?x8x8xf32>, %n: index) -> tensor<?x64xi32> {
  // CHECK: kernel.view %{{.*}} sizes(%{{.*}}) : tensor<?x8x8xf32> -> tensor<?x64xi32>
  %y = kernel.view %x sizes(%n) : tensor<?x8x8xf32> -> tensor<?x64xi32>
  return %y : tensor<?x64xi32>
}

// A packing that cannot fold stays.
// CHECK-LABEL: func.func @pack_static_f32(
func.func @pack_static_f32(%w: tensor<64x100xf32>) -> tensor<4x64x32xf32> {
  // CHECK: kernel.pack %{{.*}} {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>}
  %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>}
      : tensor<64x100xf32> -> tensor<4x64x32xf32>
  return %p : tensor<4x64x32xf32>
}

// Lists hold tensors and lists; lengths of parts may be missing.
// CHECK-LABEL: func.func @call_list_f32(
func.func @call_list_f32(%x: tensor<?x4xf32>, %lengths: tensor<?xi64>, %i: index) -> (tensor<?x?xf32>, !kernel.list, index) {
  // CHECK: %[[L:.*]] = kernel.call "list_make"() : () -> !kernel.list
  %l = kernel.call "list_make"() : () -> !kernel.list
  // CHECK: kernel.call "list_insert"(%[[L]], %{{.*}}, %{{.*}}) : (!kernel.list, tensor<?x4xf32>, index) -> !kernel.list
  %m = kernel.call "list_insert"(%l, %x, %i) : (!kernel.list, tensor<?x4xf32>, index) -> !kernel.list
  %e = kernel.call "list_erase"(%m, %i) : (!kernel.list, index) -> !kernel.list
  %outer = kernel.call "list_make"(%m, %e) : (!kernel.list, !kernel.list) -> !kernel.list
  %inner = kernel.call "list_at"(%outer, %i) : (!kernel.list, index) -> !kernel.list
  %n = kernel.call "list_length"(%inner) : (!kernel.list) -> index
  // CHECK: kernel.call "list_join"(%{{.*}}) {params = array<i64: 0, 0, 0>} : (!kernel.list) -> tensor<?x?xf32>
  %y = kernel.call "list_join"(%inner) {params = array<i64: 0, 0, 0>} : (!kernel.list) -> tensor<?x?xf32>
  %halves = kernel.call "list_split"(%y) {params = array<i64: 0, 1>} : (tensor<?x?xf32>) -> !kernel.list
  // CHECK: kernel.call "list_split"(%{{.*}}, %{{.*}}) {params = array<i64: 0, 1>} : (tensor<?x?xf32>, tensor<?xi64>) -> !kernel.list
  %parts = kernel.call "list_split"(%y, %lengths) {params = array<i64: 0, 1>} : (tensor<?x?xf32>, tensor<?xi64>) -> !kernel.list
  return %y, %parts, %n : tensor<?x?xf32>, !kernel.list, index
}
