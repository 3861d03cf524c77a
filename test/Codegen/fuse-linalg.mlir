// Elementwise producers end in their consumers, unless something expensive would be computed twice.
// RUN: weft-opt %s --weft-fuse-linalg --split-input-file | FileCheck %s

#id = affine_map<(i) -> (i)>
// A chain becomes one operation.
// CHECK-LABEL: kernel.func @chain_static_f32(
// CHECK-SAME: %[[X:.*]]: tensor<64xf32>, %[[Y:.*]]: tensor<64xf32>)
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[Y]] :
// CHECK: arith.addf
// CHECK-NEXT: math.exp
// CHECK: kernel.return %[[R]]
kernel.func @chain_static_f32(%x: tensor<64xf32>, %y: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %y : tensor<64xf32>, tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  kernel.return %1 : tensor<64xf32>
}

// -----

#id = affine_map<(i) -> (i)>
// exp for two consumers is kept: it would be computed twice.
// CHECK-LABEL: kernel.func @no_fuse_when_expensive_and_shared(
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: linalg.generic
// CHECK: arith.negf
// CHECK: linalg.generic
// CHECK: math.absf
kernel.func @no_fuse_when_expensive_and_shared(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %e = tensor.empty() : tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.absf %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  kernel.return %1, %2 : tensor<64xf32>, tensor<64xf32>
}

// -----

// An expensive value per row is not moved into the loop over columns.
// CHECK-LABEL: kernel.func @no_fuse_when_broadcast(
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: linalg.generic
// CHECK: arith.mulf
kernel.func @no_fuse_when_broadcast(%x: tensor<4x8xf32>, %r: tensor<4xf32>) -> tensor<4x8xf32> {
  %e0 = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%r : tensor<4xf32>) outs(%e0 : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %e1 = tensor.empty() : tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<4x8xf32>, tensor<4xf32>) outs(%e1 : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.mulf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  kernel.return %1 : tensor<4x8xf32>
}

// -----

// Softmax is taken apart, and sizes come from the index arguments.
// CHECK-LABEL: kernel.func @softmax_dynamic_f32(
// CHECK-SAME: %[[X:.*]]: tensor<?x16xf32> {{.*}}, %[[N:[a-z0-9]+]]: index)
// CHECK-NOT: linalg.softmax
// CHECK-NOT: tensor.dim
// CHECK: tensor.empty(%[[N]])
// CHECK: kernel.return
kernel.func @softmax_dynamic_f32(%x: tensor<?x16xf32> {kernel.dims = array<i64: 1>}, %n: index) -> (tensor<?x16xf32> {kernel.dims = array<i64: 1>}) {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x16xf32>
  %e = tensor.empty(%d) : tensor<?x16xf32>
  %r = linalg.softmax dimension(1) ins(%x : tensor<?x16xf32>) outs(%e : tensor<?x16xf32>) -> tensor<?x16xf32>
  kernel.return %r : tensor<?x16xf32>
}
