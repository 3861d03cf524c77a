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

// -----

#id = affine_map<(i, j, k) -> (i, j, k)>
// The consumer of a contraction ends in its epilogue, reshapes and further operands along with it.
// CHECK-LABEL: kernel.func @contract_epilogue_f32(
// CHECK-SAME: %[[X:.*]]: tensor<6x64xf32>, %[[W:.*]]: tensor<4x64x32xf32>, %[[R:.*]]: tensor<2x3x100xf32>)
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[R]]
// CHECK: %[[C:.*]] = kernel.contract ins(%[[X]], %[[W]] : {{.*}}) with(%[[FLAT]] : tensor<6x100xf32>)
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[RES:.*]]: f32):
// CHECK: %[[SUM:.*]] = arith.addf %[[ACC]], %[[RES]]
// CHECK: kernel.yield %[[SUM]]
// CHECK: tensor.expand_shape %[[C]]
// CHECK-NOT: linalg.generic
kernel.func @contract_epilogue_f32(%x: tensor<6x64xf32>, %w: tensor<4x64x32xf32>, %r: tensor<2x3x100xf32>) -> tensor<2x3x100xf32> {
  %e = tensor.empty() : tensor<6x100xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<4x64x32xf32>) outs(%e : tensor<6x100xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x100xf32>
  %1 = tensor.expand_shape %0 [[0, 1], [2]] output_shape [2, 3, 100] : tensor<6x100xf32> into tensor<2x3x100xf32>
  %e2 = tensor.empty() : tensor<2x3x100xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1, %r : tensor<2x3x100xf32>, tensor<2x3x100xf32>) outs(%e2 : tensor<2x3x100xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x3x100xf32>
  kernel.return %2 : tensor<2x3x100xf32>
}

// -----

// A softmax over the result needs whole rows.
// CHECK-LABEL: kernel.func @no_epilogue_when_reduction(
// CHECK: kernel.contract
// CHECK: linalg.generic
kernel.func @no_epilogue_when_reduction(%x: tensor<6x64xf32>, %w: tensor<1x64x32xf32>) -> tensor<6xf32> {
  %e = tensor.empty() : tensor<6x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<6x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<6x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<6x32xf32>
  %c0 = arith.constant 0.0 : f32
  %e1 = tensor.empty() : tensor<6xf32>
  %z = linalg.fill ins(%c0 : f32) outs(%e1 : tensor<6xf32>) -> tensor<6xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%0 : tensor<6x32xf32>) outs(%z : tensor<6xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  } -> tensor<6xf32>
  kernel.return %1 : tensor<6xf32>
}

// -----

#id = affine_map<(i, j, k) -> (i, j, k)>
// Sizes known at run time do not keep the reshape between contraction and consumer alive; types may change.
// CHECK-LABEL: kernel.func @contract_epilogue_dynamic_i8(
// CHECK: kernel.contract {{.*}} outs(%{{.*}} : tensor<?x32xi8>)
// CHECK: arith.fptosi
// CHECK: kernel.yield %{{.*}} : i8
// CHECK-NOT: linalg.generic
kernel.func @contract_epilogue_dynamic_i8(%x: tensor<?x64xf32> {kernel.dims = array<i64: 3>}, %w: tensor<1x64x32xf32>, %n: index, %m: index) -> (tensor<?x3x32xi8> {kernel.dims = array<i64: 2>}) {
  %e = tensor.empty(%m) : tensor<?x32xf32>
  %0 = kernel.contract ins(%x, %w : tensor<?x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<?x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<?x32xf32>
  %1 = tensor.expand_shape %0 [[0, 1], [2]] output_shape [%n, 3, 32] : tensor<?x32xf32> into tensor<?x3x32xf32>
  %e2 = tensor.empty(%n) : tensor<?x3x32xi8>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1 : tensor<?x3x32xf32>) outs(%e2 : tensor<?x3x32xi8>) {
  ^bb0(%a: f32, %o: i8):
    %s = arith.fptosi %a : f32 to i8
    linalg.yield %s : i8
  } -> tensor<?x3x32xi8>
  kernel.return %2 : tensor<?x3x32xi8>
}

// -----

#a = affine_map<(m, k) -> (m, k)>
#b = affine_map<(m, k) -> (k)>
#c = affine_map<(m, k) -> (m)>
// No iteration: what the op starts from is its result. One operand without elements says so for all.
// CHECK-LABEL: kernel.func @reduction_over_nothing(
// CHECK-NOT: linalg.generic
// CHECK: %[[R:.*]] = linalg.fill
// CHECK: kernel.return %[[R]]
kernel.func @reduction_over_nothing(%x: tensor<4x?xf32> {kernel.dims = array<i64: 2>}, %y: tensor<0xf32>, %n: index) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "reduction"]} ins(%x, %y : tensor<4x?xf32>, tensor<0xf32>) outs(%f : tensor<4xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %s = arith.mulf %p, %q : f32
    %t = arith.addf %o, %s : f32
    linalg.yield %t : f32
  } -> tensor<4xf32>
  kernel.return %0 : tensor<4xf32>
}

// -----

#id = affine_map<(i) -> (i)>
// Sizes of what a loop carries are those of what it starts with.
// CHECK-LABEL: kernel.func @size_of_carried(
// CHECK-SAME: %[[N:[a-z0-9]+]]: index) ->
// CHECK-NOT: tensor.dim
// CHECK: tensor.empty(%[[N]])
kernel.func @size_of_carried(%x: tensor<?xf32> {kernel.dims = array<i64: 1>}, %n: index) -> (tensor<?xf32> {kernel.dims = array<i64: 1>}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x) -> (tensor<?xf32>) {
    %d = tensor.dim %t, %c0 : tensor<?xf32>
    %e = tensor.empty(%d) : tensor<?xf32>
    %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : tensor<?xf32>) outs(%e : tensor<?xf32>) {
    ^bb0(%a: f32, %o: f32):
      %s = math.exp %a : f32
      linalg.yield %s : f32
    } -> tensor<?xf32>
    scf.yield %0 : tensor<?xf32>
  }
  kernel.return %r : tensor<?xf32>
}

// -----

#id = affine_map<(i) -> (i)>
// A size of an argument is an index argument; one of a result is left to the patterns of its op.
// CHECK-LABEL: kernel.func @no_resolve_when_size_is_of_a_result(
// CHECK-SAME: %[[N:[a-z0-9]*]]: index
// CHECK: tensor.empty(%[[N]])
// CHECK: %[[R:.*]] = scf.if
// CHECK: tensor.dim %[[R]]
kernel.func @no_resolve_when_size_is_of_a_result(%x: tensor<?xf32> {kernel.dims = array<i64: 2>}, %c: i1, %n: index) -> (tensor<?xf32> {kernel.dims = array<i64: 2>}) {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?xf32>
  %e = tensor.empty(%d) : tensor<?xf32>
  %r = scf.if %c -> tensor<?xf32> {
    scf.yield %x : tensor<?xf32>
  } else {
    scf.yield %e : tensor<?xf32>
  }
  %m = tensor.dim %r, %c0 : tensor<?xf32>
  %f = tensor.empty(%m) : tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%r : tensor<?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  kernel.return %0 : tensor<?xf32>
}
