// Ops on elements or sizes that no code exists for are errors that say which.
// RUN: weft-opt %s --split-input-file --verify-diagnostics \
// RUN:   --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))'

func.func @no_lowering_when_sum_is_of_complex_numbers(%x: tensor<4x4xcomplex<f32>>) -> tensor<4x1xcomplex<f32>> {
  // expected-error @+1 {{'weft.reduce' op has no lowering: it reduces elements that are neither integers nor floats, but has operands of 'tensor<4x4xcomplex<f32>>'}}
  %0 = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<4x4xcomplex<f32>>) -> tensor<4x1xcomplex<f32>>
  return %0 : tensor<4x1xcomplex<f32>>
}

// -----

func.func @no_lowering_when_largest_is_of_complex_numbers(%x: tensor<4x4xcomplex<f32>>) -> tensor<4x1xi64> {
  // expected-error @+1 {{'weft.arg_reduce' op has no lowering: it compares elements that have no order}}
  %0 = weft.arg_reduce max %x {axis = 1 : i64} : (tensor<4x4xcomplex<f32>>) -> tensor<4x1xi64>
  return %0 : tensor<4x1xi64>
}

// -----

func.func @no_lowering_when_running_sum_is_of_complex_numbers(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  // expected-error @+1 {{'weft.cumulate' op has no lowering: it expects integer or float elements}}
  %0 = weft.cumulate sum %x {axis = 0 : i64} : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  return %0 : tensor<4xcomplex<f32>>
}

// -----

func.func @no_lowering_when_complex_numbers_are_sorted(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  // expected-error @+1 {{'weft.sort' op has no lowering: it sorts elements that have no order}}
  %0:2 = weft.sort %x {axis = 0 : i64} : (tensor<4xcomplex<f32>>) -> (tensor<4xcomplex<f32>>, tensor<4xi64>)
  return %0#0 : tensor<4xcomplex<f32>>
}

// -----

func.func @no_lowering_when_largest_complex_numbers_are_taken(%x: tensor<4xcomplex<f32>>) -> tensor<2xcomplex<f32>> {
  // expected-error @+1 {{'weft.top_k' op has no lowering: it sorts elements that have no order}}
  %0:2 = weft.top_k %x {static_k = 2 : i64, axis = 0 : i64} : (tensor<4xcomplex<f32>>) -> (tensor<2xcomplex<f32>>, tensor<2xi64>)
  return %0#0 : tensor<2xcomplex<f32>>
}

// -----

func.func @no_lowering_when_channels_are_known_at_run_time(%x: tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, %w: tensor<4x?x3x3xf32, #weft.dims<4, c, 3, 3>>) -> tensor<1x4x6x6xf32> {
  // expected-error @+1 {{'weft.conv' op has no lowering: it expects static channels and taps of numeric elements}}
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, tensor<4x?x3x3xf32, #weft.dims<4, c, 3, 3>>) -> tensor<1x4x6x6xf32>
  return %0 : tensor<1x4x6x6xf32>
}

// -----

func.func @no_lowering_when_transposed_channels_are_known_at_run_time(%x: tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, %w: tensor<?x4x3x3xf32, #weft.dims<c, 4, 3, 3>>) -> tensor<1x4x10x10xf32> {
  // expected-error @+1 {{'weft.conv_transpose' op has no lowering: it expects static channels and taps of numeric elements}}
  %0 = weft.conv_transpose %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, tensor<?x4x3x3xf32, #weft.dims<c, 4, 3, 3>>) -> tensor<1x4x10x10xf32>
  return %0 : tensor<1x4x10x10xf32>
}

// -----

func.func @no_lowering_when_complex_numbers_are_pooled(%x: tensor<1x1x4x4xcomplex<f32>>) -> tensor<1x1x2x2xcomplex<f32>> {
  // expected-error @+1 {{'weft.pool' op has no lowering: it expects integer or float elements}}
  %0 = weft.pool sum %x {axes = array<i64: 2, 3>, dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads_hi = array<i64: 0, 0>, pads_lo = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x1x4x4xcomplex<f32>>) -> tensor<1x1x2x2xcomplex<f32>>
  return %0 : tensor<1x1x2x2xcomplex<f32>>
}

// -----

func.func @no_lowering_when_result_is_of_32_bits(%x: tensor<4xf32>, %s: tensor<f32>) -> tensor<4xi32> {
  // expected-error @+1 {{'weft.quantize' op has no lowering: it expects a result of 16 bits or fewer}}
  %0 = weft.quantize %x, %s {to = i32} : (tensor<4xf32>, tensor<f32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

func.func @no_lowering_when_quantised_numbers_are_added(%x: tensor<8x!quant.uniform<i8:f32, 0.1>>) -> tensor<8x!quant.uniform<i8:f32, 0.1>> {
  // expected-error @+1 {{'weft.add' op has no lowering: it has elements that are neither numbers nor booleans}}
  %0 = weft.add %x, %x : (tensor<8x!quant.uniform<i8:f32, 0.1>>, tensor<8x!quant.uniform<i8:f32, 0.1>>) -> tensor<8x!quant.uniform<i8:f32, 0.1>>
  return %0 : tensor<8x!quant.uniform<i8:f32, 0.1>>
}

// -----

func.func @no_lowering_when_softmax_is_of_quantised_numbers(%x: tensor<4x8x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x8x!quant.uniform<i8:f32, 0.1>> {
  // expected-error @+1 {{'weft.softmax' op has no lowering: it expects float elements}}
  %0 = weft.softmax %x {axis = 1 : i64} : (tensor<4x8x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x8x!quant.uniform<i8:f32, 0.1>>
  return %0 : tensor<4x8x!quant.uniform<i8:f32, 0.1>>
}

// -----

func.func @no_lowering_when_quantised_numbers_are_normalised(%x: tensor<4x8x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x8x!quant.uniform<i8:f32, 0.1>> {
  // expected-error @+1 {{'weft.normalize' op has no lowering: it expects float elements}}
  %0:3 = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.0e-5 : f64} : (tensor<4x8x!quant.uniform<i8:f32, 0.1>>) -> (tensor<4x8x!quant.uniform<i8:f32, 0.1>>, tensor<4x1xi32>, tensor<4x1xi32>)
  return %0#0 : tensor<4x8x!quant.uniform<i8:f32, 0.1>>
}

// -----

func.func @no_lowering_when_complex_numbers_are_not_zero(%x: tensor<4xcomplex<f32>>, %n: tensor<?xf32, #weft.dims<n>>) -> tensor<1x?xi64, #weft.dims<1, n>> {
  // expected-error @+1 {{'weft.nonzero' op has no lowering: it expects integer, boolean or float elements}}
  %0 = weft.nonzero %x : (tensor<4xcomplex<f32>>) -> tensor<1x?xi64, #weft.dims<1, n>>
  return %0 : tensor<1x?xi64, #weft.dims<1, n>>
}

// -----

func.func @no_lowering_when_deformed_channels_are_known_at_run_time(%x: tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, %w: tensor<4x?x3x3xf32, #weft.dims<4, c, 3, 3>>, %o: tensor<1x18x6x6xf32>) -> tensor<1x4x6x6xf32> {
  // expected-error @+1 {{'weft.deform_conv' op has no lowering: it expects images with static channels and taps of float elements}}
  %0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, tensor<4x?x3x3xf32, #weft.dims<4, c, 3, 3>>, tensor<1x18x6x6xf32>) -> tensor<1x4x6x6xf32>
  return %0 : tensor<1x4x6x6xf32>
}

// -----

func.func @no_lowering_when_regions_have_unknown_length(%x: tensor<1x2x8x8xf32>, %r: tensor<3x?xf32, #weft.dims<3, c>>, %b: tensor<3xi64>) -> tensor<3x2x5x5xf32> {
  // expected-error @+1 {{'weft.roi_pool' op has no lowering: it expects float elements and regions of static length}}
  %0 = weft.roi_pool %x, %r batch %b {out = array<i64: 5, 5>, scale = 1.0 : f64, kind = #weft<roi_kind<align_avg>>, sampling = 2 : i64} : (tensor<1x2x8x8xf32>, tensor<3x?xf32, #weft.dims<3, c>>, tensor<3xi64>) -> tensor<3x2x5x5xf32>
  return %0 : tensor<3x2x5x5xf32>
}

// -----

func.func @no_lowering_when_heads_are_known_at_run_time(%q: tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>>) -> tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>> {
  // expected-error @+1 {{'weft.linear_attention' op has no lowering: it expects float elements and numbers of heads known at compile time}}
  %0, %s = weft.linear_attention %q, %q, %q {rule = #weft<recurrent_rule<linear>>, scale = 5.000000e-01 : f64} : (tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>>, tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>>, tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>>) -> (tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>>, tensor<1x?x8x8xf32, #weft.dims<1, h, 8, 8>>)
  return %0 : tensor<1x4x?x8xf32, #weft.dims<1, 4, h, 8>>
}

// -----

func.func @no_lowering_when_bytes_of_constant_are_missing() -> tensor<4xi4> {
  // expected-error @+1 {{'weft.constant' op has no lowering: it has elements without a storage form}}
  %0 = weft.constant dense_resource<absent> : tensor<4xi4>
  return %0 : tensor<4xi4>
}
