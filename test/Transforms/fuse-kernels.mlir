// RUN: weft-opt %s --weft-fuse-kernels --split-input-file | FileCheck %s
//
// Each op that computes a tensor is in exactly one kernel; ops that can share a loop do.

// Bias, residual and activation go into the epilogue of the conv; the scalar is copied into the kernel.
// CHECK-LABEL: func.func @conv_nhwc_f32_bias_residual_relu(
// CHECK: weft.kernel "conv"(%arg0, %arg1, %arg2, %arg3) nodes []
// CHECK-NEXT: bb0
// CHECK-NEXT: weft.constant dense<0.0
// CHECK-NEXT: weft.conv
// CHECK-NEXT: weft.add
// CHECK-NEXT: weft.add
// CHECK-NEXT: weft.max
// CHECK-NEXT: weft.yield
// CHECK-NOT: weft.kernel
func.func @conv_nhwc_f32_bias_residual_relu(%x: tensor<1x8x8x4xf32>, %w: tensor<4x3x3x4xf32>, %b: tensor<1x1x1x4xf32>, %r: tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32> {
  %z = weft.constant dense<0.0> : tensor<1x1x1x1xf32>
  %c = weft.conv %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x4xf32>, tensor<4x3x3x4xf32>) -> tensor<1x8x8x4xf32>
  %d = weft.add %c, %b : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  %e = weft.add %r, %d : (tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  %f = weft.max %e, %z : (tensor<1x8x8x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x8x8x4xf32>
  return %f : tensor<1x8x8x4xf32>
}

// -----

// A value with two users stays inside when both are in the epilogue: x * sigmoid(x).
// CHECK-LABEL: func.func @matmul_f32_silu(
// CHECK: weft.kernel "matmul"
// CHECK: weft.matmul
// CHECK-NEXT: weft.sigmoid
// CHECK-NEXT: weft.mul
// CHECK-NEXT: weft.yield
// CHECK-NOT: weft.kernel
func.func @matmul_f32_silu(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> tensor<4x16xf32> {
  %y = weft.matmul %x, %w : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
  %s = weft.sigmoid %y : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %m = weft.mul %y, %s : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %m : tensor<4x16xf32>
}

// -----

// A softmax takes the mask before it and the scale behind it.
// CHECK-LABEL: func.func @softmax_f32_prologue_epilogue(
// CHECK: weft.kernel "softmax"
// CHECK: weft.add
// CHECK-NEXT: weft.softmax
// CHECK-NEXT: weft.mul
// CHECK-NOT: weft.kernel
func.func @softmax_f32_prologue_epilogue(%x: tensor<4x16xf32>, %m: tensor<1x16xf32>, %s: tensor<4x1xf32>) -> tensor<4x16xf32> {
  %a = weft.add %x, %m : (tensor<4x16xf32>, tensor<1x16xf32>) -> tensor<4x16xf32>
  %b = weft.softmax %a {axis = 1} : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %c = weft.mul %b, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %c : tensor<4x16xf32>
}

// -----

// Elementwise ops of one shape share a kernel, also when one of them is read twice inside.
// CHECK-LABEL: func.func @elementwise_f32_diamond(
// CHECK: weft.kernel "elementwise"(%arg0)
// CHECK: weft.exp
// CHECK-NEXT: weft.neg
// CHECK-NEXT: weft.mul
// CHECK-NOT: weft.kernel
func.func @elementwise_f32_diamond(%x: tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>> {
  %a = weft.exp %x : (tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  %b = weft.neg %a : (tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  %c = weft.mul %a, %b : (tensor<?xf32, #weft.dims<n>>, tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  return %c : tensor<?xf32, #weft.dims<n>>
}

// -----

// A value that others read too ends its kernel: a kernel of elementwise ops has one result.
// CHECK-LABEL: func.func @no_join_when_value_is_read_outside(
// CHECK: %[[A:.*]] = weft.kernel "elementwise"(%arg0)
// CHECK: weft.exp
// CHECK: %[[B:.*]] = weft.kernel "elementwise"(%[[A]])
// CHECK: weft.neg
// CHECK: return %[[A]], %[[B]]
func.func @no_join_when_value_is_read_outside(%x: tensor<?xf32, #weft.dims<n>>) -> (tensor<?xf32, #weft.dims<n>>, tensor<?xf32, #weft.dims<n>>) {
  %a = weft.exp %x : (tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  %b = weft.neg %a : (tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  return %a, %b : tensor<?xf32, #weft.dims<n>>, tensor<?xf32, #weft.dims<n>>
}

// -----

// Index operands of ops come behind the tensors.
// CHECK-LABEL: func.func @slice_f32_index_operand(
// CHECK: weft.kernel "slice"(%arg0, %arg1)
// CHECK: ^bb0(%{{.*}}: tensor<8xf32>, %[[I:.*]]: index):
// CHECK: weft.slice %{{.*}} [%[[I]]] [2]
func.func @slice_f32_index_operand(%x: tensor<8xf32>, %i: index) -> tensor<2xf32> {
  %y = weft.slice %x [%i] [2] {strides = array<i64: 1>} : (tensor<8xf32>, index) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// A conv that another op reads too keeps its own kernel.
// CHECK-LABEL: func.func @no_epilogue_when_conv_has_other_users(
// CHECK: weft.kernel "conv"
// CHECK-NOT: weft.neg
// CHECK: weft.kernel "elementwise"
func.func @no_epilogue_when_conv_has_other_users(%x: tensor<1x8x8x4xf32>, %w: tensor<4x3x3x4xf32>) -> (tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>) {
  %c = weft.conv %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x4xf32>, tensor<4x3x3x4xf32>) -> tensor<1x8x8x4xf32>
  %n = weft.neg %c : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  return %c, %n : tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>
}

// -----

// An epilogue of another shape would need another loop.
// CHECK-LABEL: func.func @no_epilogue_when_shape_differs(
// CHECK: weft.kernel "matmul"
// CHECK-NOT: weft.add
// CHECK: weft.kernel "elementwise"
func.func @no_epilogue_when_shape_differs(%x: tensor<1x8xf32>, %w: tensor<8x16xf32>, %b: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %y = weft.matmul %x, %w : (tensor<1x8xf32>, tensor<8x16xf32>) -> tensor<1x16xf32>
  %a = weft.add %y, %b : (tensor<1x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %a : tensor<4x16xf32>
}

// -----

// Dims that may differ at run time are not one shape.
// CHECK-LABEL: func.func @no_join_when_dim_names_differ(
// CHECK-COUNT-2: weft.kernel "elementwise"
func.func @no_join_when_dim_names_differ(%x: tensor<?xf32, #weft.dims<n>>, %y: tensor<?xf32, #weft.dims<m>>) -> tensor<?xf32, #weft.dims<d0>> {
  %a = weft.exp %x : (tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  %b = weft.add %a, %y : (tensor<?xf32, #weft.dims<n>>, tensor<?xf32, #weft.dims<m>>) -> tensor<?xf32, #weft.dims<d0>>
  return %b : tensor<?xf32, #weft.dims<d0>>
}

// -----

// exp and mul of one shape, but a matmul between them needs exp and feeds mul: one kernel would need itself.
// CHECK-LABEL: func.func @no_join_when_op_between_depends(
// CHECK: weft.kernel "elementwise"
// CHECK: weft.kernel "matmul"
// CHECK: weft.kernel "sort"
// CHECK: weft.kernel "elementwise"
func.func @no_join_when_op_between_depends(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %a = weft.exp %x : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %b = weft.matmul %a, %w : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %s, %i = weft.sort %b {axis = 1} : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xi64>)
  %c = weft.mul %a, %s : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %c : tensor<4x4xf32>
}

// -----

// Reshapes, sizes and constants are the host's.
// CHECK-LABEL: func.func @no_kernel_when_op_is_view(
// CHECK-NOT: weft.kernel
// CHECK: return
func.func @no_kernel_when_op_is_view(%x: tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<?xf32, #weft.dims<4 * n>> {
  %c4 = arith.constant 4 : index
  %d = weft.dim %x {axis = 0} : tensor<?x4xf32, #weft.dims<n, 4>>
  %e = arith.muli %d, %c4 : index
  %y = weft.reshape %x to [%e] : (tensor<?x4xf32, #weft.dims<n, 4>>, index) -> tensor<?xf32, #weft.dims<4 * n>>
  return %y : tensor<?xf32, #weft.dims<4 * n>>
}

// -----

// The two halves of a gated unit are read where they lie.
// CHECK-LABEL: func.func @elementwise_f32_reads_slices(
// CHECK: weft.kernel "elementwise"(%arg0)
// CHECK: weft.slice
// CHECK: weft.slice
// CHECK: weft.mul
// CHECK-NOT: weft.kernel
func.func @elementwise_f32_reads_slices(%x: tensor<4x32xf32>) -> tensor<4x16xf32> {
  %g = weft.slice %x [0, 0] [4, 16] {strides = array<i64: 1, 1>} : (tensor<4x32xf32>) -> tensor<4x16xf32>
  %u = weft.slice %x [0, 16] [4, 16] {strides = array<i64: 1, 1>} : (tensor<4x32xf32>) -> tensor<4x16xf32>
  %s = weft.sigmoid %g : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.mul %g, %s : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.mul %a, %u : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// A transpose that keeps rows whole, before a normalisation.
// CHECK-LABEL: func.func @normalize_f32_reads_transpose(
// CHECK: weft.kernel "normalize"(%arg0)
// CHECK: weft.transpose
// CHECK: weft.normalize
// CHECK-NOT: weft.kernel
func.func @normalize_f32_reads_transpose(%x: tensor<4x8x16xf32>) -> tensor<8x4x16xf32> {
  %t = weft.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<4x8x16xf32>) -> tensor<8x4x16xf32>
  %y, %m, %i = weft.normalize %t {axes = array<i64: 2>, epsilon = 1.0e-5 : f64} : (tensor<8x4x16xf32>) -> (tensor<8x4x16xf32>, tensor<8x4x1xf32>, tensor<8x4x1xf32>)
  return %y : tensor<8x4x16xf32>
}
