// What Winograd's algorithm refuses.
// RUN: weft-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected tiles of 2 or 4, but got 3 [winograd-C1]}}
func.func private @winograd_c1_tile() attributes {form = #kernel.winograd<tile = 3>}

// -----

func.func @winograd_c2_filter(%x: memref<1x8x8x4xf32>, %w: memref<1x25x4x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected a filter of 1x16 or 36x4x32, but got 'memref<1x25x4x32xf32>' [winograd-C2]}}
  kernel.winograd ins(%x, %w : memref<1x8x8x4xf32>, memref<1x25x4x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1, 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @winograd_c2_dynamic(%x: memref<1x8x8x?xf32>, %w: memref<1x16x4x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected static C and F and a static filter [panels, T * T, C, P] [winograd-C2]}}
  kernel.winograd ins(%x, %w : memref<1x8x8x?xf32>, memref<1x16x4x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1, 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @winograd_c3_pads(%x: memref<1x8x8x4xf32>, %w: memref<1x16x4x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected input and output [N, H, W, C] and 4 pads of at least 0, but got ranks 4 and 4, and 2 pads [winograd-C3]}}
  kernel.winograd ins(%x, %w : memref<1x8x8x4xf32>, memref<1x16x4x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @winograd_c3_sizes(%x: memref<1x8x8x4xf32>, %w: memref<1x16x4x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected output dim 1 to be 6, but got 8 [winograd-C3]}}
  kernel.winograd ins(%x, %w : memref<1x8x8x4xf32>, memref<1x16x4x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 0, 0, 0, 0>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @winograd_c3_batch(%x: memref<2x8x8x4xf32>, %w: memref<1x16x4x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected N of the input (2) to equal N of the output (1) [winograd-C3]}}
  kernel.winograd ins(%x, %w : memref<2x8x8x4xf32>, memref<1x16x4x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1, 1, 1>} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @winograd_c4_type(%x: memref<1x8x8x4xf64>, %w: memref<1x16x4x32xf64>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected operands of f32, but got 'f64' and 'f64' [winograd-C4]}}
  kernel.winograd ins(%x, %w : memref<1x8x8x4xf64>, memref<1x16x4x32xf64>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1, 1, 1>} {
  ^bb0(%acc: f64):
    %s = arith.truncf %acc : f64 to f32
    kernel.yield %s : f32
  }
  return
}

// -----

func.func @pack_c2_winograd(%w: tensor<1x1x35x32xf32>) -> tensor<1x16x4x32xf32> {
  // expected-error @+1 {{expected a source of f32 [1, panels, 9 * C, width], but got 'tensor<1x1x35x32xf32>' [pack-C2]}}
  %p = kernel.pack %w {form = #kernel.winograd<tile = 2>} : tensor<1x1x35x32xf32> -> tensor<1x16x4x32xf32>
  return %p : tensor<1x16x4x32xf32>
}
