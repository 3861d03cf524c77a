// Results are computed in memory that the caller passes; only what has no memory of its own is copied.
// RUN: weft-opt %s --weft-bufferize-kernels --cse --canonicalize | FileCheck %s

#id = affine_map<(i) -> (i)>
// CHECK-LABEL: kernel.func @relu_static_f32(
// CHECK-SAME: %[[X:.*]]: memref<64xf32>, %[[R:.*]]: memref<64xf32>)
// CHECK-NOT: memref.alloc
// CHECK: linalg.generic {{.*}} ins(%[[X]] : memref<64xf32>) outs(%[[R]] : memref<64xf32>)
// CHECK-NOT: memref.copy
// CHECK: kernel.return
kernel.func @relu_static_f32(%x: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %c0 = arith.constant 0.0 : f32
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %c0 : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  kernel.return %0 : tensor<64xf32>
}

// Sizes of results follow their index argument.
// CHECK-LABEL: kernel.func @dynamic_through_forall(
// CHECK-SAME: %{{.*}}: memref<?xf32> {kernel.dims = array<i64: 1>}, %{{.*}}: index, %[[R:.*]]: memref<?xf32> {kernel.dims = array<i64: 1>})
// CHECK-NOT: memref.alloc
// CHECK: scf.forall
// CHECK: memref.subview %[[R]]
// CHECK-NOT: memref.copy
kernel.func @dynamic_through_forall(%x: tensor<?xf32> {kernel.dims = array<i64: 1>}, %n: index) -> (tensor<?xf32> {kernel.dims = array<i64: 1>}) {
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = scf.forall (%i) in (%n) shared_outs(%t = %e) -> (tensor<?xf32>) {
    %s = tensor.extract_slice %x[%i] [1] [1] : tensor<?xf32> to tensor<1xf32>
    %d = tensor.extract_slice %t[%i] [1] [1] : tensor<?xf32> to tensor<1xf32>
    %c = linalg.copy ins(%s : tensor<1xf32>) outs(%d : tensor<1xf32>) -> tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %c into %t[%i] [1] [1] : tensor<1xf32> into tensor<?xf32>
    }
  }
  kernel.return %r : tensor<?xf32>
}

// The reshape of a result is one of its memory.
// CHECK-LABEL: kernel.func @result_through_reshape(
// CHECK-SAME: %{{.*}}: memref<64xf32>, %[[R:.*]]: memref<8x8xf32>)
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[R]]
// CHECK: linalg.generic {{.*}} outs(%[[FLAT]]
// CHECK-NOT: memref.copy
kernel.func @result_through_reshape(%x: tensor<64xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [8, 8] : tensor<64xf32> into tensor<8x8xf32>
  kernel.return %1 : tensor<8x8xf32>
}

// CHECK-LABEL: kernel.func @argument_is_copied(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[R0:.*]]: memref<4xf32>, %[[R1:.*]]: memref<4xf32>)
// CHECK: memref.copy %[[X]], %[[R0]]
// CHECK: memref.copy %[[X]], %[[R1]]
kernel.func @argument_is_copied(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  kernel.return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// A loop that swaps what it carries copies, and stays in its buffers.
// CHECK-LABEL: kernel.func @loop_carries_swapped_tensors(
// CHECK: scf.for
// CHECK: memref.copy
// CHECK: memref.copy
// CHECK: kernel.return
kernel.func @loop_carries_swapped_tensors(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %b, %a : tensor<4xf32>, tensor<4xf32>
  }
  kernel.return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// Two results grow from one fill, each with an element of its own. What lives in the other's memory leaves it
// before that one is moved in.
// CHECK-LABEL: kernel.func @two_results_of_one_fill(
// CHECK-SAME: %[[A:.*]]: memref<1xi64>, %[[B:.*]]: memref<1xi64>)
// CHECK: memref.store %{{.*}}, %[[A]]
// CHECK: memref.copy %[[A]], %[[B]]
// CHECK: memref.copy %{{.*}}, %[[A]]
// CHECK-NEXT: kernel.return
kernel.func @two_results_of_one_fill() -> (tensor<1xi64>, tensor<1xi64>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %e = tensor.empty() : tensor<1xi64>
  %f = linalg.fill ins(%zero : i64) outs(%e : tensor<1xi64>) -> tensor<1xi64>
  %a = tensor.insert %one into %f[%c0] : tensor<1xi64>
  %b = tensor.insert %two into %f[%c0] : tensor<1xi64>
  kernel.return %a, %b : tensor<1xi64>, tensor<1xi64>
}

// What a loop changes starts as a copy of the argument in the result's memory.
// CHECK-LABEL: kernel.func @loop_changes_argument(
// CHECK-SAME: %[[X:.*]]: memref<8x4xf32>, %{{.*}}: index, %[[R:.*]]: memref<8x4xf32>)
// CHECK-NOT: memref.alloc
// CHECK: memref.copy %[[X]], %[[R]]
// CHECK: scf.for
// CHECK: memref.store %{{.*}}, %[[R]]
// CHECK-NOT: memref.copy
// CHECK: kernel.return
kernel.func @loop_changes_argument(%x: tensor<8x4xf32>, %n: index) -> tensor<8x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x) -> (tensor<8x4xf32>) {
    %next = tensor.insert %zero into %t[%i, %c0] : tensor<8x4xf32>
    scf.yield %next : tensor<8x4xf32>
  }
  kernel.return %r : tensor<8x4xf32>
}

// What the loop reads besides is the argument as it was.
// CHECK-LABEL: kernel.func @loop_changes_and_reads_argument(
// CHECK-SAME: %[[X:.*]]: memref<8x4xf32>, %{{.*}}: index, %[[R:.*]]: memref<8x4xf32>)
// CHECK: memref.copy %[[X]], %[[R]]
// CHECK: scf.for
// CHECK: memref.load %[[X]]
// CHECK: memref.store %{{.*}}, %[[R]]
kernel.func @loop_changes_and_reads_argument(%x: tensor<8x4xf32>, %n: index) -> tensor<8x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x) -> (tensor<8x4xf32>) {
    %v = tensor.extract %x[%c0, %c1] : tensor<8x4xf32>
    %next = tensor.insert %v into %t[%i, %c0] : tensor<8x4xf32>
    scf.yield %next : tensor<8x4xf32>
  }
  kernel.return %r : tensor<8x4xf32>
}

#rows = affine_map<(i, j) -> (i, j)>
#each = affine_map<(i, j) -> (i)>
// Rows that are replaced by what is computed from them live in the result.
// CHECK-LABEL: kernel.func @replaced_rows(
// CHECK-SAME: %[[X:.*]]: memref<4x8xf32>, %[[F:.*]]: memref<4xf32>, %[[R:.*]]: memref<4x8xf32>)
// CHECK-NOT: memref.alloc
// CHECK: %[[T:.*]] = memref.subview %[[R]]
// CHECK: linalg.generic {{.*}} outs(%[[T]]
// CHECK: linalg.generic {{.*}} outs(%[[T]]
// CHECK-NOT: memref.copy
// CHECK: kernel.return
kernel.func @replaced_rows(%x: tensor<4x8xf32>, %f: tensor<4xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %r = scf.forall (%i) in (4) shared_outs(%t = %e) -> (tensor<4x8xf32>) {
    %xs = tensor.extract_slice %x[%i, 0] [1, 8] [1, 1] : tensor<4x8xf32> to tensor<1x8xf32>
    %fs = tensor.extract_slice %f[%i] [1] [1] : tensor<4xf32> to tensor<1xf32>
    %own = tensor.empty() : tensor<1x8xf32>
    %a = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%xs : tensor<1x8xf32>) outs(%own : tensor<1x8xf32>) {
    ^bb0(%v: f32, %o: f32):
      %n = arith.negf %v : f32
      linalg.yield %n : f32
    } -> tensor<1x8xf32>
    %d = tensor.extract_slice %t[%i, 0] [1, 8] [1, 1] : tensor<4x8xf32> to tensor<1x8xf32>
    %b = linalg.generic {indexing_maps = [#each, #rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%fs, %a : tensor<1xf32>, tensor<1x8xf32>) outs(%d : tensor<1x8xf32>) {
    ^bb0(%s: f32, %v: f32, %o: f32):
      %p = arith.mulf %s, %v : f32
      linalg.yield %p : f32
    } -> tensor<1x8xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %b into %t[%i, 0] [1, 8] [1, 1] : tensor<1x8xf32> into tensor<4x8xf32>
    }
  }
  kernel.return %r : tensor<4x8xf32>
}

#turned = affine_map<(i, j) -> (j, i)>
// An element is read after another one has taken its place.
// CHECK-LABEL: kernel.func @no_replacing_of_transposed_rows(
// CHECK: memref.alloc
// CHECK: kernel.return
kernel.func @no_replacing_of_transposed_rows(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %r = scf.forall (%i) in (1) shared_outs(%t = %e) -> (tensor<8x8xf32>) {
    %own = tensor.empty() : tensor<8x8xf32>
    %a = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x8xf32>) outs(%own : tensor<8x8xf32>) {
    ^bb0(%v: f32, %o: f32):
      %n = arith.negf %v : f32
      linalg.yield %n : f32
    } -> tensor<8x8xf32>
    %d = tensor.extract_slice %t[0, 0] [8, 8] [1, 1] : tensor<8x8xf32> to tensor<8x8xf32>
    %b = linalg.generic {indexing_maps = [#turned, #rows], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<8x8xf32>) outs(%d : tensor<8x8xf32>) {
    ^bb0(%v: f32, %o: f32):
      linalg.yield %v : f32
    } -> tensor<8x8xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %b into %t[0, 0] [8, 8] [1, 1] : tensor<8x8xf32> into tensor<8x8xf32>
    }
  }
  kernel.return %r : tensor<8x8xf32>
}

#first = affine_map<(i, j) -> (0, j)>
// The rows are read once more, behind what would replace them.
// CHECK-LABEL: kernel.func @no_replacing_of_rows_that_are_read_later(
// CHECK: memref.alloc
// CHECK: kernel.return
kernel.func @no_replacing_of_rows_that_are_read_later(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %e2 = tensor.empty() : tensor<4x8xf32>
  %r:2 = scf.forall (%i) in (4) shared_outs(%t = %e, %t2 = %e2) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
    %xs = tensor.extract_slice %x[%i, 0] [1, 8] [1, 1] : tensor<4x8xf32> to tensor<1x8xf32>
    %own = tensor.empty() : tensor<1x8xf32>
    %a = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%xs : tensor<1x8xf32>) outs(%own : tensor<1x8xf32>) {
    ^bb0(%v: f32, %o: f32):
      %n = math.exp %v : f32
      linalg.yield %n : f32
    } -> tensor<1x8xf32>
    %d = tensor.extract_slice %t[%i, 0] [1, 8] [1, 1] : tensor<4x8xf32> to tensor<1x8xf32>
    %b = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<1x8xf32>) outs(%d : tensor<1x8xf32>) {
    ^bb0(%v: f32, %o: f32):
      %p = arith.mulf %v, %v : f32
      linalg.yield %p : f32
    } -> tensor<1x8xf32>
    %d2 = tensor.extract_slice %t2[%i, 0] [1, 8] [1, 1] : tensor<4x8xf32> to tensor<1x8xf32>
    %c = linalg.generic {indexing_maps = [#first, #rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%a, %b : tensor<1x8xf32>, tensor<1x8xf32>) outs(%d2 : tensor<1x8xf32>) {
    ^bb0(%v: f32, %w: f32, %o: f32):
      %p = arith.addf %v, %w : f32
      linalg.yield %p : f32
    } -> tensor<1x8xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %b into %t[%i, 0] [1, 8] [1, 1] : tensor<1x8xf32> into tensor<4x8xf32>
      tensor.parallel_insert_slice %c into %t2[%i, 0] [1, 8] [1, 1] : tensor<1x8xf32> into tensor<4x8xf32>
    }
  }
  kernel.return %r#0, %r#1 : tensor<4x8xf32>, tensor<4x8xf32>
}
