// What is no epilogue of a contraction keeps its own loop.
// RUN: weft-opt %s --weft-fuse-linalg --split-input-file | FileCheck %s

// The sum itself is a result too.
// CHECK-LABEL: kernel.func @no_epilogue_when_contraction_has_other_users(
// CHECK: kernel.contract
// CHECK: linalg.generic
kernel.func @no_epilogue_when_contraction_has_other_users(%x: tensor<6x64xf32>, %w: tensor<1x64x32xf32>) -> (tensor<6x32xf32>, tensor<6x32xf32>) {
  %e = tensor.empty() : tensor<6x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<6x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x32xf32>
  %e1 = tensor.empty() : tensor<6x32xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<6x32xf32>) outs(%e1 : tensor<6x32xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %s = arith.negf %a0 : f32
    linalg.yield %s : f32
  } -> tensor<6x32xf32>
  kernel.return %1, %0 : tensor<6x32xf32>, tensor<6x32xf32>
}

// -----

// A transpose would store tiles with a stride.
// CHECK-LABEL: kernel.func @no_epilogue_when_elements_are_moved(
// CHECK: kernel.contract
// CHECK: linalg.generic
kernel.func @no_epilogue_when_elements_are_moved(%x: tensor<6x64xf32>, %w: tensor<1x64x32xf32>) -> tensor<32x6xf32> {
  %e = tensor.empty() : tensor<6x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<6x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x32xf32>
  %e1 = tensor.empty() : tensor<32x6xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<6x32xf32>) outs(%e1 : tensor<32x6xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %s = arith.negf %a0 : f32
    linalg.yield %s : f32
  } -> tensor<32x6xf32>
  kernel.return %1 : tensor<32x6xf32>
}

// -----

// The place of an element is not known where an accumulator is stored.
// CHECK-LABEL: kernel.func @no_epilogue_when_body_reads_the_index(
// CHECK: kernel.contract
// CHECK: linalg.generic
kernel.func @no_epilogue_when_body_reads_the_index(%x: tensor<6x64xf32>, %w: tensor<1x64x32xf32>) -> tensor<6x32xf32> {
  %e = tensor.empty() : tensor<6x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<6x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x32xf32>
  %e1 = tensor.empty() : tensor<6x32xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<6x32xf32>) outs(%e1 : tensor<6x32xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %i = linalg.index 1 : index
    %c = arith.index_cast %i : index to i32
    %f = arith.sitofp %c : i32 to f32
    %s = arith.addf %a0, %f : f32
    linalg.yield %s : f32
  } -> tensor<6x32xf32>
  kernel.return %1 : tensor<6x32xf32>
}

// -----

// An operand read beside the output's place.
// CHECK-LABEL: kernel.func @no_epilogue_when_operand_is_shifted(
// CHECK: kernel.contract
// CHECK: linalg.generic
kernel.func @no_epilogue_when_operand_is_shifted(%x: tensor<6x64xf32>, %w: tensor<1x64x32xf32>, %r: tensor<6x33xf32>) -> tensor<6x32xf32> {
  %e = tensor.empty() : tensor<6x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<6x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x32xf32>
  %e1 = tensor.empty() : tensor<6x32xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j + 1)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%0, %r : tensor<6x32xf32>, tensor<6x33xf32>) outs(%e1 : tensor<6x32xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %s = arith.addf %a0, %a1 : f32
    linalg.yield %s : f32
  } -> tensor<6x32xf32>
  kernel.return %1 : tensor<6x32xf32>
}

// -----

// Seven operands beside the sum: their addresses do not fit into registers.
// CHECK-LABEL: kernel.func @no_epilogue_when_operands_are_many(
// CHECK: kernel.contract
// CHECK: linalg.generic
kernel.func @no_epilogue_when_operands_are_many(%x: tensor<6x64xf32>, %w: tensor<1x64x32xf32>, %r0: tensor<6x32xf32>, %r1: tensor<6x32xf32>, %r2: tensor<6x32xf32>, %r3: tensor<6x32xf32>, %r4: tensor<6x32xf32>, %r5: tensor<6x32xf32>, %r6: tensor<6x32xf32>) -> tensor<6x32xf32> {
  %e = tensor.empty() : tensor<6x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<6x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x32xf32>
  %e1 = tensor.empty() : tensor<6x32xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%0, %r0, %r1, %r2, %r3, %r4, %r5, %r6 : tensor<6x32xf32>, tensor<6x32xf32>, tensor<6x32xf32>, tensor<6x32xf32>, tensor<6x32xf32>, tensor<6x32xf32>, tensor<6x32xf32>, tensor<6x32xf32>) outs(%e1 : tensor<6x32xf32>) {
  ^bb0(%a0: f32, %a1: f32, %a2: f32, %a3: f32, %a4: f32, %a5: f32, %a6: f32, %a7: f32, %o: f32):
    %s0 = arith.addf %a0, %a1 : f32
    %s1 = arith.addf %s0, %a2 : f32
    %s2 = arith.addf %s1, %a3 : f32
    %s3 = arith.addf %s2, %a4 : f32
    %s4 = arith.addf %s3, %a5 : f32
    %s5 = arith.addf %s4, %a6 : f32
    %s = arith.addf %s5, %a7 : f32
    linalg.yield %s : f32
  } -> tensor<6x32xf32>
  kernel.return %1 : tensor<6x32xf32>
}
