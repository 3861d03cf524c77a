// RUN: weft-opt %s --test-print-dim-maps --verify-diagnostics -o %t
//
// Ops state which dims of operands and results go together: batching, pruning and layout motion follow these maps.

// A dim of size 1 goes with nothing.
func.func @map_add(%x: tensor<?x8xf32, #weft.dims<n, 8>>, %y: tensor<1x8xf32>) {
  // expected-remark @+1 {{(0 1), (- 1) -> (0 1) of parallel parallel}}
  %z = weft.add %x, %y : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<1x8xf32>) -> tensor<?x8xf32, #weft.dims<n, 8>>
  return
}

// Two dims without a name may differ: one of them may be 1.
func.func @map_add_unnamed(%x: tensor<?xf32>, %y: tensor<?xf32>) {
  // expected-remark @+1 {{(-), (-) -> (0) of parallel}}
  %z = weft.add %x, %y : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return
}

func.func @map_reductions(%x: tensor<4x8xf32>) {
  // expected-remark @+1 {{(0 1) -> (0 -) of parallel reduce}}
  %a = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  // expected-remark @+1 {{(0 1) -> (0 1) of parallel whole}}
  %b = weft.softmax %x {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  // expected-remark @+1 {{(0 1) -> (0 1), (0 -), (0 -) of parallel whole}}
  %c, %m, %s = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.0e-05 : f64} : (tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>)
  // expected-remark @+1 {{(0 1) -> (0 -) of parallel whole}}
  %d = weft.arg_reduce max %x {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x1xi64>
  // expected-remark @+1 {{(0 1) -> (0 1) of whole parallel}}
  %e = weft.cumulate sum %x {axis = 0 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  // expected-remark @+1 {{(0 1) -> (0 1) of parallel window}}
  %f = weft.pool max %x {axes = array<i64: 1>, kernel = array<i64: 2>, strides = array<i64: 2>, pads_lo = array<i64: 0>, pads_hi = array<i64: 0>, dilations = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x4xf32>
  return
}

func.func @map_movement(%x: tensor<4x8xf32>, %v: tensor<f32>) {
  // expected-remark @+1 {{(0 1) -> (1 0) of parallel parallel}}
  %a = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  // expected-remark @+1 {{(0 -), (0 -) -> (0 -) of parallel parallel}}
  %b = weft.concat %x, %x {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x16xf32>
  // expected-remark @+1 {{(0 -) -> (0 -) of parallel}}
  %c = weft.slice %x [0, 2] [4, 3] {strides = array<i64: 1, 1>} : (tensor<4x8xf32>) -> tensor<4x3xf32>
  // expected-remark @+1 {{(- 0), () -> (- 0) of parallel}}
  %d = weft.pad %x value %v lo [1, 0] hi [0, 0] : (tensor<4x8xf32>, tensor<f32>) -> tensor<5x8xf32>
  // expected-remark @+1 {{(0 1) -> (0 1) of parallel whole}}
  %e = weft.reverse %x {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// Dims that stay keep their factor, from either end.
func.func @map_reshape(%x: tensor<?x12x64xf32, #weft.dims<batch, 12, 64>>, %b: index) {
  // expected-remark @+1 {{(0 - 1), () -> (0 - - 1) of parallel parallel}}
  %y = weft.reshape %x to [%b, 3, 4, 64] : (tensor<?x12x64xf32, #weft.dims<batch, 12, 64>>, index) -> tensor<?x3x4x64xf32, #weft.dims<batch, 3, 4, 64>>
  return
}

func.func @map_indexing(%x: tensor<16x8xf32>, %i: tensor<2x3xi64>, %j: tensor<16x2xi64>, %u: tensor<16x2xf32>) {
  // expected-remark @+1 {{(0 3), (1 2) -> (1 2 3) of whole parallel parallel parallel}}
  %a = weft.gather %x, %i {axis = 0 : i64} : (tensor<16x8xf32>, tensor<2x3xi64>) -> tensor<2x3x8xf32>
  // expected-remark @+1 {{(0 2), (0 1) -> (0 1) of parallel parallel whole}}
  %b = weft.gather_elements %x, %j {axis = 1 : i64} : (tensor<16x8xf32>, tensor<16x2xi64>) -> tensor<16x2xf32>
  // expected-remark @+1 {{(0 1), (0 2), (0 2) -> (0 1) of parallel whole reduce}}
  %c = weft.scatter_elements %x, %j, %u {axis = 1 : i64} : (tensor<16x8xf32>, tensor<16x2xi64>, tensor<16x2xf32>) -> tensor<16x8xf32>
  return
}
