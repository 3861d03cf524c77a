// One forall over tiles of what the kernel returns, producers inside of it; kernels that cannot be split stay as they are.
// RUN: weft-opt %s --weft-fuse-linalg --weft-tile-and-fuse=remarks --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

// Rows of softmax are tiled; nothing is computed outside of the tile.
// CHECK-LABEL: kernel.func @softmax_rows_f32(
// CHECK-NOT: linalg.generic
// CHECK: scf.forall (%{{.*}}) = (0) to (1536) step (32)
// CHECK: math.exp
// CHECK-NOT: math.exp
// CHECK: scf.forall.in_parallel
// CHECK: kernel.return
kernel.func @softmax_rows_f32(%x: tensor<1536x128xf32>) -> tensor<1536x128xf32> {
  %e = tensor.empty() : tensor<1536x128xf32>
  %r = linalg.softmax dimension(1) ins(%x : tensor<1536x128xf32>) outs(%e : tensor<1536x128xf32>) -> tensor<1536x128xf32>
  kernel.return %r : tensor<1536x128xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
// The schedule decides: one row per tile.
// CHECK-LABEL: kernel.func @scheduled_f32(
// CHECK: scf.forall (%{{.*}}) in (64)
kernel.func @scheduled_f32(%x: tensor<64x8xf32>) -> tensor<64x8xf32> {
  %e = tensor.empty() : tensor<64x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64x8xf32>) outs(%e : tensor<64x8xf32>) attrs = {sched.cpu = #sched.cpu<kernel = loops, parallel = [1, 0], vector = 16, registers = [], depth = 0, unroll = 1, fma = true>} {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  } -> tensor<64x8xf32>
  kernel.return %0 : tensor<64x8xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
// Two results of equal shape share one forall.
// CHECK-LABEL: kernel.func @two_results_f32(
// CHECK: scf.forall {{.*}} -> (tensor<1000x300xf32>, tensor<1000x300xf32>)
// CHECK-NOT: scf.forall (
// CHECK: kernel.return
kernel.func @two_results_f32(%x: tensor<1000x300xf32>) -> (tensor<1000x300xf32>, tensor<1000x300xf32>) {
  %e = tensor.empty() : tensor<1000x300xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<1000x300xf32>) outs(%e : tensor<1000x300xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<1000x300xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<1000x300xf32>) outs(%e : tensor<1000x300xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.log %a : f32
    linalg.yield %s : f32
  } -> tensor<1000x300xf32>
  kernel.return %0, %1 : tensor<1000x300xf32>, tensor<1000x300xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
// A value that is returned and that two other results need: it leaves the first tile, and nothing before the
// loop uses what the loop returns.
// CHECK-LABEL: kernel.func @shared_and_returned_f32(
// CHECK-NOT: linalg.generic
// CHECK: %[[ALL:.*]]:3 = scf.forall
// CHECK-DAG: math.sin
// CHECK-DAG: math.cos
// CHECK: scf.forall.in_parallel
// CHECK-NOT: scf.forall (
// CHECK: kernel.return %[[ALL]]#{{.}}, %[[ALL]]#{{.}}, %[[ALL]]#{{.}}
kernel.func @shared_and_returned_f32(%x: tensor<4096x8xf32>) -> (tensor<4096x8xf32>, tensor<4096x8xf32>, tensor<4096x8xf32>) {
  %e = tensor.empty() : tensor<4096x8xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4096x8xf32>) outs(%e : tensor<4096x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<4096x8xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : tensor<4096x8xf32>) outs(%e : tensor<4096x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.log %a : f32
    linalg.yield %s : f32
  } -> tensor<4096x8xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : tensor<4096x8xf32>) outs(%e : tensor<4096x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.sin %a : f32
    linalg.yield %s : f32
  } -> tensor<4096x8xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%q : tensor<4096x8xf32>) outs(%e : tensor<4096x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.cos %a : f32
    linalg.yield %s : f32
  } -> tensor<4096x8xf32>
  kernel.return %p, %r, %t : tensor<4096x8xf32>, tensor<4096x8xf32>, tensor<4096x8xf32>
}

// -----

// Sizes of arguments that tiling asks for are index arguments, so that a producer of two operands is computed
// once.
#row = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: kernel.func @sizes_of_arguments_dynamic(
// CHECK-NOT: tensor.dim
// CHECK: scf.forall
// CHECK: math.exp
// CHECK-NOT: math.exp
// CHECK: kernel.return
kernel.func @sizes_of_arguments_dynamic(%x: tensor<?x?xf32> {kernel.dims = array<i64: 1, 2>}, %m: index, %n: index) -> (tensor<?x?xf32> {kernel.dims = array<i64: 1, 2>}) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m, %n) : tensor<?x?xf32>
  %p = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<?x?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<?x?xf32>
  %r = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<?xf32>) -> tensor<?xf32>
  %sum = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%p : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%p, %sum : tensor<?x?xf32>, tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<?x?xf32>
  kernel.return %0 : tensor<?x?xf32>
}

// -----

// Small kernels are one tile.
// expected-remark @below {{not parallel: the kernel is one tile}}
kernel.func @no_tile_when_small(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  kernel.return %0 : tensor<8xf32>
}

// -----

// A sum over everything that every element needs would be computed once per tile.
// expected-remark @below {{not parallel: no loop can be split without computing an operand again}}
kernel.func @no_tile_when_global_sum_feeds_elements(%x: tensor<65536xf32>) -> tensor<65536xf32> {
  %c0 = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<f32>
  %z = linalg.fill ins(%c0 : f32) outs(%e0 : tensor<f32>) -> tensor<f32>
  %sum = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%x : tensor<65536xf32>) outs(%z : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  %e = tensor.empty() : tensor<65536xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x, %sum : tensor<65536xf32>, tensor<f32>) outs(%e : tensor<65536xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.subf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<65536xf32>
  kernel.return %0 : tensor<65536xf32>
}

// -----

// Sequential algorithms stay loops.
// expected-remark @below {{not parallel: 'scf.for' computes a result}}
kernel.func @no_tile_when_loop_computes_result(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %r = scf.for %i = %c0 to %c8 step %c1 iter_args(%t = %e) -> (tensor<8xf32>) {
    %v = tensor.extract %x[%i] : tensor<8xf32>
    %u = tensor.insert %v into %t[%i] : tensor<8xf32>
    scf.yield %u : tensor<8xf32>
  }
  kernel.return %r : tensor<8xf32>
}

// -----

// expected-remark @below {{not parallel: a body reads a computed tensor at places that it computes}}
kernel.func @no_tile_when_body_reads_computed_tensor(%x: tensor<65536xf32>, %k: tensor<65536xindex>) -> tensor<65536xf32> {
  %e = tensor.empty() : tensor<65536xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : tensor<65536xf32>) outs(%e : tensor<65536xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<65536xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%k : tensor<65536xindex>) outs(%e : tensor<65536xf32>) {
  ^bb0(%a: index, %o: f32):
    %s = tensor.extract %0[%a] : tensor<65536xf32>
    linalg.yield %s : f32
  } -> tensor<65536xf32>
  kernel.return %1 : tensor<65536xf32>
}

// -----

// No remark: the micro-kernel is split when it is expanded.
kernel.func @no_remark_when_a_contraction_is_split_later(%x: tensor<64x64xf32>, %w: tensor<2x64x32xf32>) -> tensor<64x64xf32> {
  %o = tensor.empty() : tensor<64x64xf32>
  %r = kernel.contract ins(%x, %w : tensor<64x64xf32>, tensor<2x64x32xf32>) outs(%o : tensor<64x64xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 8, registers = [4, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  kernel.return %r : tensor<64x64xf32>
}

// -----

// Columns of many rows: a tile has neighbouring ones, although one column alone has as many points as a tile should.
// CHECK-LABEL: kernel.func @softmax_columns_f32(
// CHECK: scf.forall (%{{.*}}) = (0) to (512) step (64)
kernel.func @softmax_columns_f32(%x: tensor<20000x512xf32>) -> tensor<20000x512xf32> {
  %e = tensor.empty() : tensor<20000x512xf32>
  %r = linalg.softmax dimension(0) ins(%x : tensor<20000x512xf32>) outs(%e : tensor<20000x512xf32>) -> tensor<20000x512xf32>
  kernel.return %r : tensor<20000x512xf32>
}

// -----

// The same where a run is all there is: no tile is empty in part.
// CHECK-LABEL: kernel.func @softmax_few_columns_f32(
// CHECK: scf.forall (%{{.*}}) = (0) to (72) step (36)
kernel.func @softmax_few_columns_f32(%x: tensor<20000x72xf32>) -> tensor<20000x72xf32> {
  %e = tensor.empty() : tensor<20000x72xf32>
  %r = linalg.softmax dimension(0) ins(%x : tensor<20000x72xf32>) outs(%e : tensor<20000x72xf32>) -> tensor<20000x72xf32>
  kernel.return %r : tensor<20000x72xf32>
}
