// What convolutions refuse.
// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @conv_c1_rank(%x: memref<1x8x4xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected input and output [N, spatial.., C] with 1 to 3 spatial dims, but got ranks 3 and 4 [conv-C1]}}
  kernel.conv ins(%x, %w : memref<1x8x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c1_batch(%x: memref<2x8x8x4xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected N of the input (2) to equal N of the output (1) [conv-C1]}}
  kernel.conv ins(%x, %w : memref<2x8x8x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c2_filter(%x: memref<1x8x8x4xf32>, %w: memref<1x1x35x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected a filter of 1x1x36x32, but got 'memref<1x1x35x32xf32>' [conv-C2]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<1x1x35x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c2_dynamic(%x: memref<1x8x8x?xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected static C and F and a static filter [G, panels, K, P] [conv-C2]}}
  kernel.conv ins(%x, %w : memref<1x8x8x?xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c2_groups(%x: memref<1x8x8x4xf32>, %w: memref<3x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected 3 groups to divide C (4) and F (16) [conv-C2]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<3x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c3_size(%x: memref<1x8x8x4xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x7x16xf32>) {
  // expected-error @+1 {{expected output dim 2 to be 8, but got 7 [conv-C3]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x7x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c4_count(%x: memref<1x8x8x4xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected kernel, strides and dilations of 2 entries and pads of 4 [conv-C4]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c4_sign(%x: memref<1x8x8x4xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected positive kernel, strides and dilations, and pads of at least 0 [conv-C4]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: -1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c5_type(%x: memref<1x8x8x4xf32>, %w: memref<1x1x36x32xf16>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected operands of f32 or of i8, but got 'f32' and 'f16' [conv-C5]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<1x1x36x32xf16>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @depthwise_c1_rank(%x: memref<1x8x8x4xf32>, %w: memref<3x3x4xf32>, %o: memref<1x8x4xf32>) {
  // expected-error @+1 {{expected input and output [N, spatial.., C] with 1 to 2 spatial dims, but got ranks 4 and 3 [depthwise-C1]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xf32>, memref<3x3x4xf32>) outs(%o : memref<1x8x4xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @depthwise_c2_filter(%x: memref<1x8x8x4xf32>, %w: memref<3x4xf32>, %o: memref<1x8x8x4xf32>) {
  // expected-error @+1 {{expected a static filter [kernel.., C] of rank 3, but got 'memref<3x4xf32>' [depthwise-C2]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xf32>, memref<3x4xf32>) outs(%o : memref<1x8x8x4xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @depthwise_c2_channels(%x: memref<1x8x8x4xf32>, %w: memref<3x3x5xf32>, %o: memref<1x8x8x4xf32>) {
  // expected-error @+1 {{expected 5 channels of input and output, but got 4 and 4 [depthwise-C2]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xf32>, memref<3x3x5xf32>) outs(%o : memref<1x8x8x4xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @depthwise_c3_size(%x: memref<1x8x8x4xf32>, %w: memref<3x3x4xf32>, %o: memref<1x9x8x4xf32>) {
  // expected-error @+1 {{expected output dim 1 to be 8, but got 9 [depthwise-C3]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xf32>, memref<3x3x4xf32>) outs(%o : memref<1x9x8x4xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @depthwise_c4_sign(%x: memref<1x8x8x4xf32>, %w: memref<3x3x4xf32>, %o: memref<1x8x8x4xf32>) {
  // expected-error @+1 {{expected positive kernel, strides and dilations, and pads of at least 0 [depthwise-C4]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xf32>, memref<3x3x4xf32>) outs(%o : memref<1x8x8x4xf32>)
      attributes {strides = array<i64: 0, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @depthwise_c5_type(%x: memref<1x8x8x4xf16>, %w: memref<3x3x4xf32>, %o: memref<1x8x8x4xf32>) {
  // expected-error @+1 {{expected operands of f32 or of i8, but got 'f16' and 'f32' [depthwise-C5]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xf16>, memref<3x3x4xf32>) outs(%o : memref<1x8x8x4xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @conv_c6_channels(%x: memref<1x8x8x3xi8>, %w: memref<1x1x10x32x4xi8>, %o: memref<1x8x8x16xi32>) {
  // expected-error @+1 {{expected channels of a group (3) in groups of 4 [conv-C6]}}
  kernel.conv ins(%x, %w : memref<1x8x8x3xi8>, memref<1x1x10x32x4xi8>) outs(%o : memref<1x8x8x16xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
  ^bb0(%acc: i32):
    kernel.yield %acc : i32
  }
  return
}

// -----

func.func @depthwise_c6_zero_point(%x: memref<1x8x8x4xi8>, %w: memref<3x3x4xi8>, %o: memref<1x8x8x4xi32>) {
  // expected-error @+1 {{expected a zero point between 0 and 255, but got -1 [depthwise-C6]}}
  kernel.depthwise ins(%x, %w : memref<1x8x8x4xi8>, memref<3x3x4xi8>) outs(%o : memref<1x8x8x4xi32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, input_unsigned, zero_point = -1} {
  ^bb0(%acc: i32):
    kernel.yield %acc : i32
  }
  return
}
