// Contractions of bytes: packing, depth, zero points and accumulators are checked.
// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @contract_c4_not_packed(%x: memref<4x8xi8>, %w: memref<8x16xi8>, %o: memref<4x16xi32>) {
  // expected-error @+1 {{expected bytes of the rhs in panels [contract-C4]}}
  kernel.contract ins(%x, %w : memref<4x8xi8>, memref<8x16xi8>) outs(%o : memref<4x16xi32>)
      attributes {} {
  ^bb0(%acc: i32):
    kernel.yield %acc : i32
  }
  return
}

// -----

func.func @contract_c4_depth(%x: memref<4x6xi8>, %w: memref<1x3x32x4xi8>, %o: memref<4x16xi32>) {
  // expected-error @+1 {{expected groups of 4 steps and a K that they divide, but got groups of 4 and K of 6 [contract-C4]}}
  kernel.contract ins(%x, %w : memref<4x6xi8>, memref<1x3x32x4xi8>) outs(%o : memref<4x16xi32>)
      attributes {panel = 32} {
  ^bb0(%acc: i32):
    kernel.yield %acc : i32
  }
  return
}

// -----

func.func @contract_c4_zero_point(%x: memref<4x8xi8>, %w: memref<1x3x32x4xi8>, %o: memref<4x16xi32>) {
  // expected-error @+1 {{expected a zero point between -128 and 127, but got 200 [contract-C4]}}
  kernel.contract ins(%x, %w : memref<4x8xi8>, memref<1x3x32x4xi8>) outs(%o : memref<4x16xi32>)
      attributes {panel = 32, zero_point = 200} {
  ^bb0(%acc: i32):
    kernel.yield %acc : i32
  }
  return
}

// -----

func.func @contract_c4_unsigned_float(%x: memref<4x8xf32>, %w: memref<1x8x32xf32>, %o: memref<4x16xf32>) {
  // expected-error @+1 {{expected bytes, where they may be unsigned, but got f32 [contract-C4]}}
  kernel.contract ins(%x, %w : memref<4x8xf32>, memref<1x8x32xf32>) outs(%o : memref<4x16xf32>)
      attributes {panel = 32, lhs_unsigned} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c3_bytes_accumulator(%x: memref<4x8xi8>, %w: memref<1x3x32x4xi8>, %o: memref<4x16xf32>) {
  // expected-error @+1 {{expected an accumulator of 'i32', but got 'f32' [contract-C3]}}
  kernel.contract ins(%x, %w : memref<4x8xi8>, memref<1x3x32x4xi8>) outs(%o : memref<4x16xf32>)
      attributes {panel = 32} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}
