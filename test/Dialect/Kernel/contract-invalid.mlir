// What matrix products and epilogues refuse.
// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @contract_c1_rank(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected lhs [B.., M, K], rhs with 3 inner dims and out [B.., M, N] [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) outs(%o : memref<4x32xf32>) attributes {panel = 32 : i64} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c1_both_forms(%x: memref<4x8xf32>, %y: memref<1x8x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected either panel or rhs_transposed [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<1x8x32xf32>) outs(%o : memref<4x32xf32>) attributes {panel = 32 : i64, rhs_transposed} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c1_depth(%x: memref<4x8xf32>, %y: memref<9x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected K of lhs (8) to equal K of rhs (9) [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<9x32xf32>) outs(%o : memref<4x32xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c1_rows(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<5x32xf32>) {
  // expected-error @+1 {{expected M of lhs (4) to equal M of the output (5) [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) outs(%o : memref<5x32xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c1_columns(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x33xf32>) {
  // expected-error @+1 {{expected N of rhs (32) to equal N of the output (33) [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) outs(%o : memref<4x33xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c1_width(%x: memref<4x8xf32>, %y: memref<1x8x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected panels of 16 columns, but got 32 [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<1x8x32xf32>) outs(%o : memref<4x32xf32>) attributes {panel = 16 : i64} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c1_panels(%x: memref<4x8xf32>, %y: memref<1x8x32xf32>, %o: memref<4x40xf32>) {
  // expected-error @+1 {{expected 2 panels, but got 1 [contract-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<1x8x32xf32>) outs(%o : memref<4x40xf32>) attributes {panel = 32 : i64} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c2_rank(%x: memref<4x8xf32>, %y: memref<2x8x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected at most 0 batch dims of rhs, but got 1 [contract-C2]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<2x8x32xf32>) outs(%o : memref<4x32xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c2_size(%x: memref<3x4x8xf32>, %y: memref<2x8x32xf32>, %o: memref<3x4x32xf32>) {
  // expected-error @+1 {{expected batch dims of rhs to equal the output's or 1, but got 2 against 3 [contract-C2]}}
  kernel.contract ins(%x, %y : memref<3x4x8xf32>, memref<2x8x32xf32>) outs(%o : memref<3x4x32xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c3_type(%x: memref<4x8xf32>, %y: memref<8x32xf64>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected operands of f32, f16 or bf16, or of i8, but got 'f32' and 'f64' [contract-C3]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf64>) outs(%o : memref<4x32xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_c3_accumulator(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf64>) {
  // expected-error @+1 {{expected an accumulator of 'f32', but got 'f64' [contract-C3]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) outs(%o : memref<4x32xf64>) {
  ^bb0(%acc: f64):
    kernel.yield %acc : f64
  }
  return
}

// -----

func.func @epilogue_c1_count(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<32xf32>) {
  // expected-error @+1 {{expected an epilogue of the accumulator and 1 extra operands, but got 1 arguments [epilogue-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<32xf32>) outs(%o : memref<4x32xf32>) attributes {epilogue_maps = [affine_map<(m, n) -> (n)>]} {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c1_type(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<32xf32>) {
  // expected-error @+1 {{expected epilogue argument 1 to be 'f32', but got 'f64' [epilogue-C1]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<32xf32>) outs(%o : memref<4x32xf32>) attributes {epilogue_maps = [affine_map<(m, n) -> (n)>]} {
  ^bb0(%acc: f32, %b: f64):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c2_count(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<32xf32>) {
  // expected-error @+1 {{expected one epilogue map per extra operand (1), but got 0 [epilogue-C2]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<32xf32>) outs(%o : memref<4x32xf32>) {
  ^bb0(%acc: f32, %b: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c3_rank(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<32xf32>) {
  // expected-error @+1 {{expected epilogue map 0 from 2 to 1 dims, but got affine_map<(d0, d1) -> (d0, d1)> [epilogue-C3]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<32xf32>) outs(%o : memref<4x32xf32>) attributes {epilogue_maps = [affine_map<(m, n) -> (m, n)>]} {
  ^bb0(%acc: f32, %b: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c3_expression(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<32xf32>) {
  // expected-error @+1 {{expected dims or 0 in epilogue map 0, but got affine_map<(d0, d1) -> (d1 + 1)> [epilogue-C3]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<32xf32>) outs(%o : memref<4x32xf32>) attributes {epilogue_maps = [affine_map<(m, n) -> (n + 1)>]} {
  ^bb0(%acc: f32, %b: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c4_size(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<31xf32>) {
  // expected-error @+1 {{expected dim 0 (31) of extra operand 0 to equal output dim 1 (32) [epilogue-C4]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<31xf32>) outs(%o : memref<4x32xf32>) attributes {epilogue_maps = [affine_map<(m, n) -> (n)>]} {
  ^bb0(%acc: f32, %b: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c5_type(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf16>) {
  // expected-error @+1 {{expected the epilogue to yield 'f16' [epilogue-C5]}}
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) outs(%o : memref<4x32xf16>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c6_effect(%x: memref<4x8xf32>, %y: memref<8x32xf32>, %o: memref<4x32xf32>, %e: memref<32xf32>) {
  kernel.contract ins(%x, %y : memref<4x8xf32>, memref<8x32xf32>) with(%e : memref<32xf32>) outs(%o : memref<4x32xf32>) attributes {epilogue_maps = [affine_map<(m, n) -> (n)>]} {
  ^bb0(%acc: f32, %b: f32):
    %c0 = arith.constant 0 : index
    // expected-error @+1 {{expected scalar operations without effects in an epilogue [epilogue-C6]}}
    memref.store %acc, %e[%c0] : memref<32xf32>
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_c7_result(%x: tensor<4x8xf32>, %y: tensor<8x32xf32>, %o: tensor<4x32xf32>) {
  // expected-error @+1 {{expected one result for a tensor destination, none for a memref [epilogue-C7]}}
  kernel.contract ins(%x, %y : tensor<4x8xf32>, tensor<8x32xf32>) outs(%o : tensor<4x32xf32>) {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}
