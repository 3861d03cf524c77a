// Gathers read at wrapped and clamped places in parallel; scatters, sorts and recurrences are loops on tensors.
// RUN: weft-opt %s --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))' | FileCheck %s

// A negative index counts from the end; none reads outside.
// CHECK-LABEL: func.func @gather_static_f32(
// CHECK: linalg.generic
// CHECK: arith.index_cast
// CHECK: arith.cmpi slt
// CHECK: arith.minsi
// CHECK: tensor.extract
func.func @gather_static_f32(%x: tensor<8x4xf32>, %i: tensor<3xi64>) -> tensor<3x4xf32> {
  %0 = weft.gather %x, %i {axis = 0 : i64} : (tensor<8x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// Updates meet the copy in row-major order.
// CHECK-LABEL: func.func @scatter_elements_static_f32(
// CHECK: scf.for
// CHECK: arith.addf
// CHECK: tensor.insert
func.func @scatter_elements_static_f32(%x: tensor<8xf32>, %i: tensor<3xi64>, %u: tensor<3xf32>) -> tensor<8xf32> {
  %0 = weft.scatter_elements %x, %i, %u {axis = 0 : i64, mode = #weft.scatter_mode<add>} : (tensor<8xf32>, tensor<3xi64>, tensor<3xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// A heap of the leaders, elements and positions in one number, the last of them on top; no loop with a condition carries a tensor, no branch does.
// CHECK-LABEL: func.func @top_k_static_f32(
// CHECK-DAG: tensor.empty() : tensor<3xi64>
// CHECK-NOT: scf.while
// CHECK-NOT: scf.if
// CHECK: scf.for %{{.*}} = %c3{{.*}} to %c8
// CHECK: arith.cmpf ugt
// CHECK: arith.shli
// CHECK: arith.cmpi slt
// CHECK: tensor.insert
// CHECK-NOT: scf.while
// CHECK: return
func.func @top_k_static_f32(%x: tensor<8xf32>) -> (tensor<3xf32>, tensor<3xi64>) {
  %0, %1 = weft.top_k %x {static_k = 3 : i64, axis = 0 : i64} : (tensor<8xf32>) -> (tensor<3xf32>, tensor<3xi64>)
  return %0, %1 : tensor<3xf32>, tensor<3xi64>
}

// Elements of 64 bits do not fit beside a position: they are read to be compared.
// CHECK-LABEL: func.func @no_packed_leaders_of_i64(
// CHECK-NOT: arith.shli
// CHECK: return
func.func @no_packed_leaders_of_i64(%x: tensor<8xi64>) -> (tensor<3xi64>, tensor<3xi64>) {
  %0, %1 = weft.top_k %x {static_k = 3 : i64, axis = 0 : i64} : (tensor<8xi64>) -> (tensor<3xi64>, tensor<3xi64>)
  return %0, %1 : tensor<3xi64>, tensor<3xi64>
}

// Long contiguous rows are searched by blocks.
// CHECK-LABEL: func.func @top_k_blocks(
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c6
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c16
// CHECK: arith.cmpf ugt
// CHECK: arith.ori
// CHECK: return
func.func @top_k_blocks(%x: tensor<100xf32>) -> (tensor<3xf32>, tensor<3xi64>) {
  %0, %1 = weft.top_k %x {static_k = 3 : i64, axis = 0 : i64} : (tensor<100xf32>) -> (tensor<3xf32>, tensor<3xi64>)
  return %0, %1 : tensor<3xf32>, tensor<3xi64>
}

// One product per time step, on the state that the loop carries.
// CHECK-LABEL: func.func @lstm_static_f32(
// CHECK: scf.for
// CHECK: kernel.contract
// CHECK: math.tanh
// CHECK: tensor.insert_slice
func.func @lstm_static_f32(%g: tensor<4x2x20xf32>, %r: tensor<20x5xf32>, %h: tensor<2x5xf32>, %c: tensor<2x5xf32>) -> tensor<4x2x5xf32> {
  %0, %1, %2 = weft.lstm %g, %r, %h, %c {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<4x2x20xf32>, tensor<20x5xf32>, tensor<2x5xf32>, tensor<2x5xf32>) -> (tensor<4x2x5xf32>, tensor<2x5xf32>, tensor<2x5xf32>)
  return %0 : tensor<4x2x5xf32>
}

// Static sizes: tables of elements and weights known at compile time.
// CHECK-LABEL: func.func @resize_static_f32_linear(
// CHECK-DAG: arith.constant dense<{{.*}}> : tensor<8x2xi32>
// CHECK-DAG: arith.constant dense<{{.*}}> : tensor<8x2xf32>
// CHECK: iterator_types = ["parallel", "parallel", "reduction", "parallel"]
func.func @resize_static_f32_linear(%x: tensor<1x4x3xf32>) -> tensor<1x8x3xf32> {
  %0 = weft.resize %x to [8] {axes = array<i64: 1>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<half_pixel>} : (tensor<1x4x3xf32>) -> tensor<1x8x3xf32>
  return %0 : tensor<1x8x3xf32>
}

// True division, saturation to what the zero point leaves, half to even by the addition of 1.5 * 2^23, then the zero point.
// CHECK-LABEL: func.func @quantize_static_f32(
// CHECK: arith.divf
// CHECK: arith.cmpf ogt
// CHECK: arith.cmpf olt
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: %[[BITS:.*]] = arith.bitcast %[[SUM]] : f32 to i32
// CHECK: %[[MOVED:.*]] = arith.addi %[[BITS]]
// CHECK: arith.trunci %[[MOVED]] : i32 to i8
func.func @quantize_static_f32(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<ui8>) -> tensor<4xui8> {
  %0 = weft.quantize %x, %s zp %z {to = ui8} : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xui8>
  return %0 : tensor<4xui8>
}

// A scale of 1 divides nothing.
// CHECK-LABEL: func.func @quantize_scale_1_f32(
// CHECK-NOT: arith.divf
// CHECK: arith.trunci
func.func @quantize_scale_1_f32(%x: tensor<4xf32>) -> tensor<4xi8> {
  %s = weft.constant dense<1.0> : tensor<f32>
  %0 = weft.quantize %x, %s {to = i8} : (tensor<4xf32>, tensor<f32>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

// Both halves of the sort's memory are one tensor: two equal ones would be merged, and swapped copies erased.
// CHECK-LABEL: func.func @sort_dynamic_f32(
// CHECK: %[[SIZE:.+]] = tensor.dim
// CHECK: tensor.empty(%[[SIZE]]) : tensor<2x?xi64>
// CHECK-NOT: xi64>, tensor<?xi64>
// CHECK: scf.while {{.*}} : (index, tensor<2x?xi64>, index)
func.func @sort_dynamic_f32(%x: tensor<?xf32, #weft.dims<n>>) -> (tensor<1500xf32>, tensor<1500xi64>) {
  %0, %1 = weft.top_k %x {static_k = 1500 : i64, axis = 0 : i64} : (tensor<?xf32, #weft.dims<n>>) -> (tensor<1500xf32>, tensor<1500xi64>)
  return %0, %1 : tensor<1500xf32>, tensor<1500xi64>
}

// One position is sorted.
// CHECK-LABEL: func.func @no_sort_of_one(
// CHECK-NOT: scf.while
// CHECK: return
func.func @no_sort_of_one(%x: tensor<1xf32>) -> (tensor<1xf32>, tensor<1xi64>) {
  %0, %1 = weft.top_k %x {static_k = 1 : i64, axis = 0 : i64} : (tensor<1xf32>) -> (tensor<1xf32>, tensor<1xi64>)
  return %0, %1 : tensor<1xf32>, tensor<1xi64>
}

// Nothing is read for a result without elements.
// CHECK-LABEL: func.func @empty_slice_at_the_end(
// CHECK-NOT: tensor.extract_slice
// CHECK: tensor.empty() : tensor<0xf32>
func.func @empty_slice_at_the_end(%x: tensor<4xf32>) -> tensor<0xf32> {
  %0 = weft.slice %x [4] [0] {strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<0xf32>
  return %0 : tensor<0xf32>
}

// A slice that starts at the end is empty, whatever its size is called.
// CHECK-LABEL: func.func @dynamic_slice_at_the_end(
// CHECK-NOT: tensor.extract_slice
// CHECK: tensor.empty(%{{.*}}) : tensor<?xf32>
func.func @dynamic_slice_at_the_end(%x: tensor<4xf32>, %n: tensor<?xf32, #weft.dims<n>>, %size: index {weft.dim = "n"}) -> tensor<?xf32, #weft.dims<n>> {
  %0 = weft.slice %x [4] [%size] {strides = array<i64: 1>} : (tensor<4xf32>, index) -> tensor<?xf32, #weft.dims<n>>
  return %0 : tensor<?xf32, #weft.dims<n>>
}

// An empty part is not copied.
// CHECK-LABEL: func.func @concat_with_empty_part(
// CHECK: tensor.insert_slice %{{.*}}[0] [4] [1]
// CHECK-NOT: tensor.insert_slice
// CHECK: return
func.func @concat_with_empty_part(%x: tensor<4xf32>, %y: tensor<0xf32>) -> tensor<4xf32> {
  %0 = weft.concat %x, %y {axis = 0 : i64} : (tensor<4xf32>, tensor<0xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A scale that only the run knows: as many taps as it needs, and their weights' sum in a pass of its own.
// CHECK-LABEL: func.func @resize_dynamic_f32_antialias(
// CHECK: %[[TAPS:.+]] = arith.index_cast %{{.*}} : i64 to index
// CHECK: tensor.empty(%{{.*}}, %[[TAPS]]) : tensor<?x?xi32>
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.divf
// CHECK: arith.truncf
func.func @resize_dynamic_f32_antialias(%x: tensor<4xf32>, %size: index {weft.dim = "n"}) -> tensor<?xf32, #weft.dims<n>> {
  %0 = weft.resize %x to [%size] {antialias = true, axes = array<i64: 0>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<half_pixel>} : (tensor<4xf32>, index) -> tensor<?xf32, #weft.dims<n>>
  return %0 : tensor<?xf32, #weft.dims<n>>
}
