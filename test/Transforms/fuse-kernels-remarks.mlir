// RUN: weft-opt %s --weft-fuse-kernels="max-tensors=4 remarks" --split-input-file --verify-diagnostics | FileCheck %s
//
// Each reason for which ops are not fused is said at the op.

// CHECK-LABEL: func.func @no_view_when_rows_are_strided(
// CHECK: weft.kernel "transpose"
// CHECK: weft.kernel "elementwise"
func.func @no_view_when_rows_are_strided(%x: tensor<16x4xf32>) -> tensor<4x16xf32> {
  // expected-remark @+1 {{not fused: its rows would be read with a stride}}
  %t = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<16x4xf32>) -> tensor<4x16xf32>
  %y = weft.exp %t : (tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_view_when_others_read_it(
// CHECK: weft.kernel "slice"
// CHECK: weft.kernel "elementwise"
func.func @no_view_when_others_read_it(%x: tensor<4x32xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  // expected-remark @+1 {{not fused: its value has users besides the elementwise behind it}}
  %g = weft.slice %x [0, 0] [4, 16] {strides = array<i64: 1, 1>} : (tensor<4x32xf32>) -> tensor<4x16xf32>
  %y = weft.exp %g : (tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y, %g : tensor<4x16xf32>, tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_view_when_broadcast_is_unknown(
// CHECK: weft.kernel "slice"
// CHECK: weft.kernel "elementwise"
func.func @no_view_when_broadcast_is_unknown(%x: tensor<4x?xf32, #weft.dims<4, n>>, %z: tensor<4x?xf32, #weft.dims<4, m>>) -> tensor<4x?xf32, #weft.dims<4, d0>> {
  %c = weft.dim %x {axis = 1} : tensor<4x?xf32, #weft.dims<4, n>>
  // expected-remark @+1 {{not fused: it is not known to broadcast to the elementwise behind it}}
  %g = weft.slice %x [0, 0] [4, %c] {strides = array<i64: 1, 1>} : (tensor<4x?xf32, #weft.dims<4, n>>, index) -> tensor<4x?xf32, #weft.dims<4, n>>
  %y = weft.add %g, %z : (tensor<4x?xf32, #weft.dims<4, n>>, tensor<4x?xf32, #weft.dims<4, m>>) -> tensor<4x?xf32, #weft.dims<4, d0>>
  return %y : tensor<4x?xf32, #weft.dims<4, d0>>
}

// -----

// CHECK-LABEL: func.func @no_epilogue_when_shape_differs(
// CHECK: weft.kernel "matmul"
// CHECK: weft.kernel "elementwise"
func.func @no_epilogue_when_shape_differs(%x: tensor<1x8xf32>, %w: tensor<8x16xf32>, %b: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %y = weft.matmul %x, %w : (tensor<1x8xf32>, tensor<8x16xf32>) -> tensor<1x16xf32>
  // expected-remark @+1 {{not fused: its shape differs from that of the matmul before it}}
  %a = weft.add %y, %b : (tensor<1x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %a : tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_epilogue_when_broadcast_is_unknown(
// CHECK: weft.kernel "matmul"
// CHECK: weft.kernel "elementwise"
func.func @no_epilogue_when_broadcast_is_unknown(%x: tensor<?x8xf32, #weft.dims<n, 8>>, %w: tensor<8x16xf32>, %b: tensor<?x16xf32, #weft.dims<m, 16>>) -> tensor<?x16xf32, #weft.dims<n, 16>> {
  %y = weft.matmul %x, %w : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<8x16xf32>) -> tensor<?x16xf32, #weft.dims<n, 16>>
  // expected-remark @+1 {{not fused: an operand is not known to broadcast to the matmul before it}}
  %a = weft.add %y, %b : (tensor<?x16xf32, #weft.dims<n, 16>>, tensor<?x16xf32, #weft.dims<m, 16>>) -> tensor<?x16xf32, #weft.dims<n, 16>>
  return %a : tensor<?x16xf32, #weft.dims<n, 16>>
}

// -----

// CHECK-LABEL: func.func @no_epilogue_when_value_before_is_read_outside(
// CHECK: weft.kernel "matmul"
// CHECK: weft.kernel "elementwise"
func.func @no_epilogue_when_value_before_is_read_outside(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  %y = weft.matmul %x, %w : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
  // expected-remark @+1 {{not fused: a value before it in the epilogue has other users}}
  %a = weft.exp %y : (tensor<4x16xf32>) -> tensor<4x16xf32>
  return %a, %y : tensor<4x16xf32>, tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_prologue_when_others_read_it(
// CHECK: weft.kernel "elementwise"
// CHECK: weft.kernel "softmax"
func.func @no_prologue_when_others_read_it(%x: tensor<4x16xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  // expected-remark @+1 {{not fused: its value has users besides the softmax behind it}}
  %a = weft.neg %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.softmax %a {axis = 1} : (tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y, %a : tensor<4x16xf32>, tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_join_when_shape_differs(
// CHECK-COUNT-2: weft.kernel "elementwise"
func.func @no_join_when_shape_differs(%x: tensor<1x16xf32>, %z: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %a = weft.exp %x : (tensor<1x16xf32>) -> tensor<1x16xf32>
  // expected-remark @+1 {{not fused: its shape differs from that of its operand}}
  %y = weft.add %a, %z : (tensor<1x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_join_when_kernel_has_max_tensors(
// CHECK-COUNT-2: weft.kernel "elementwise"
func.func @no_join_when_kernel_has_max_tensors(%x: tensor<4xf32>, %y: tensor<4xf32>, %z: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %a = weft.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %b = weft.add %a, %z : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // expected-remark @+1 {{not fused: the kernel would have too many operands}}
  %c = weft.add %b, %w : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @no_join_when_op_between_depends(
// CHECK: weft.kernel "sort"
func.func @no_join_when_op_between_depends(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %s, %i = weft.sort %a {axis = 0} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  // expected-remark @+1 {{not fused: an op between needs the operand and feeds this one}}
  %c = weft.mul %a, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}
