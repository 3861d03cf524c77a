// RUN: weft-opt %s --weft-batch=size=4 --split-input-file --verify-diagnostics | FileCheck %s
// Claim: a batch that is a symbol gets its size wherever it stands; other unknown dims stay.

// CHECK-LABEL: func.func @rows_f32_batch_in_dim_1(
// CHECK-SAME: tensor<?x4x8xf32, #weft.dims<t, 4, 8>>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<1x8xf32>
func.func @rows_f32_batch_in_dim_1(%x: tensor<?x?x8xf32, #weft.dims<t, b, 8>>, %lens: tensor<?xf32, #weft.dims<b>>, %bias: tensor<1x8xf32>) -> tensor<?x?x8xf32, #weft.dims<t, b, 8>> {
  %0 = weft.exp %x : (tensor<?x?x8xf32, #weft.dims<t, b, 8>>) -> tensor<?x?x8xf32, #weft.dims<t, b, 8>>
  return %0 : tensor<?x?x8xf32, #weft.dims<t, b, 8>>
}

// -----

// CHECK-LABEL: func.func @sum_f32_expressions(
// CHECK-SAME: tensor<4xf32>, %{{.*}}: tensor<12xf32>
// expected-warning @+1 {{--batch takes the dim 'samples' for the number of samples}}
func.func @sum_f32_expressions(%x: tensor<?xf32, #weft.dims<samples>>, %y: tensor<?xf32, #weft.dims<3 * samples>>) -> tensor<?xf32, #weft.dims<samples>> {
  %0 = weft.exp %x : (tensor<?xf32, #weft.dims<samples>>) -> tensor<?xf32, #weft.dims<samples>>
  return %0 : tensor<?xf32, #weft.dims<samples>>
}

// -----

// A short name behind a dim of size 1 is no number of samples.
// CHECK-LABEL: func.func @exp_f32_points(
// CHECK-SAME: tensor<4x?x3xf32, #weft.dims<4, n, 3>>
func.func @exp_f32_points(%x: tensor<1x?x3xf32, #weft.dims<1, n, 3>>) -> tensor<1x?x3xf32, #weft.dims<1, n, 3>> {
  %0 = weft.exp %x : (tensor<1x?x3xf32, #weft.dims<1, n, 3>>) -> tensor<1x?x3xf32, #weft.dims<1, n, 3>>
  return %0 : tensor<1x?x3xf32, #weft.dims<1, n, 3>>
}

// -----

// A batch of known size goes together with a size that run time knows: their product is computed.
// CHECK-LABEL: func.func @reshape_f32_merged_symbol(
// CHECK-SAME: -> tensor<?x8xf32, #weft.dims<4 * t, 8>>
// CHECK: %[[T:.*]] = weft.dim %arg0 {axis = 1 : i64}
// CHECK: %[[N:.*]] = arith.muli %[[T]], %c4
// CHECK: weft.reshape %arg0 to [%[[N]], 8]
func.func @reshape_f32_merged_symbol(%x: tensor<1x?x8xf32, #weft.dims<1, t, 8>>) -> tensor<?x8xf32, #weft.dims<t, 8>> {
  %t = weft.dim %x {axis = 1} : tensor<1x?x8xf32, #weft.dims<1, t, 8>>
  %y = weft.reshape %x to [%t, 8] : (tensor<1x?x8xf32, #weft.dims<1, t, 8>>, index) -> tensor<?x8xf32, #weft.dims<t, 8>>
  return %y : tensor<?x8xf32, #weft.dims<t, 8>>
}

// -----

// expected-error @+1 {{expected one symbol for the number of samples, but dims are named s, t; fix the right one by its name (--dim s=4)}}
func.func @no_batch_when_symbols_differ(%x: tensor<?x8xf32, #weft.dims<s, 8>>, %y: tensor<?x8xf32, #weft.dims<t, 8>>) {
  return
}

// -----

// expected-error @+1 {{expected an input of batch 1 to rewrite (--batch), but input 'image' has batch 8}}
func.func @no_batch_when_no_dim_is_one(%y: tensor<f32>, %x: tensor<8xf32> {weft.name = "image"}) {
  return
}

// -----

// expected-error @+1 {{expected an input of batch 1 to rewrite (--batch), but no input has dims}}
func.func @no_batch_when_no_dims(%y: tensor<f32>) {
  return
}
