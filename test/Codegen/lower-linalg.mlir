// Loops run along contiguous memory innermost; reductions keep their sums in registers.
// RUN: weft-opt %s --weft-lower-linalg | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#col = affine_map<(i, j) -> (j)>

// Two contiguous loops are one.
// CHECK-LABEL: kernel.func @merge_contiguous_f32(
// CHECK: memref.collapse_shape {{.*}} into memref<32xf32>
// CHECK: scf.for
// CHECK-NOT: scf.for
// CHECK: kernel.return
kernel.func @merge_contiguous_f32(%x: memref<4x8xf32>, %r: memref<4x8xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<4x8xf32>) outs(%r : memref<4x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// Rows with gaps are not.
// CHECK-LABEL: kernel.func @no_merge_when_strided(
// CHECK-NOT: memref.collapse_shape
// CHECK: scf.for
// CHECK: scf.for
kernel.func @no_merge_when_strided(%x: memref<4x8xf32>, %r: memref<4x16xf32>) {
  %v = memref.subview %r[0, 0] [4, 8] [1, 1] : memref<4x16xf32> to memref<4x8xf32, strided<[16, 1]>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<4x8xf32>) outs(%v : memref<4x8xf32, strided<[16, 1]>>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// The sum is carried and may be reassociated.
// CHECK-LABEL: kernel.func @sum_rows_f32(
// CHECK: scf.for
// CHECK: %[[INIT:.*]] = memref.load
// CHECK: %[[SUM:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[INIT]]) -> (f32)
// CHECK: arith.addf {{.*}} fastmath<reassoc,contract>
// CHECK: memref.store %[[SUM]]
kernel.func @sum_rows_f32(%x: memref<4x8xf32>, %r: memref<4xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x8xf32>) outs(%r : memref<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// Sums of columns run along the rows.
// CHECK-LABEL: kernel.func @sum_columns_f32(
// CHECK: scf.for
// CHECK-NOT: iter_args
// CHECK: scf.for
// CHECK-NOT: iter_args
// CHECK: memref.store
kernel.func @sum_columns_f32(%x: memref<4x16xf32>, %r: memref<16xf32>) {
  linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]} ins(%x : memref<4x16xf32>) outs(%r : memref<16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// A maximum keeps NaN by a flag of its own.
// CHECK-LABEL: kernel.func @max_rows_f32(
// CHECK: %[[MAX:.*]]:2 = scf.for {{.*}} -> (f32, i32)
// CHECK-DAG: arith.maximumf {{.*}} fastmath<nnan,nsz>
// CHECK-DAG: arith.cmpf uno
// CHECK-DAG: arith.ori
// CHECK: scf.yield
// CHECK: %[[HAS:.*]] = arith.cmpi ne, %[[MAX]]#1
// CHECK: arith.select %[[HAS]], %{{.*}}, %[[MAX]]#0
kernel.func @max_rows_f32(%x: memref<4x8xf32>, %r: memref<4xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x8xf32>) outs(%r : memref<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// Copies are loops.
// CHECK-LABEL: kernel.func @copy_f32(
// CHECK-NOT: memref.copy
// CHECK: scf.for
// CHECK: memref.store
kernel.func @copy_f32(%x: memref<8xf32>, %r: memref<8xf32>) {
  memref.copy %x, %r : memref<8xf32> to memref<8xf32>
  kernel.return
}

// A transpose that computes works on blocks, which use each cache line once.
// CHECK-LABEL: kernel.func @transpose_blocks_f32(
// CHECK: scf.for {{.*}} step %c16
// CHECK: scf.for {{.*}} step %c16
// CHECK: scf.for
// CHECK: scf.for
// CHECK: memref.store
kernel.func @transpose_blocks_f32(%x: memref<64x32xf32>, %r: memref<32x64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%r : memref<32x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @no_blocks_when_short(
// CHECK-NOT: step %c16
// CHECK: kernel.return
kernel.func @no_blocks_when_short(%x: memref<4x32xf32>, %r: memref<32x4xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<4x32xf32>) outs(%r : memref<32x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// A sum starts with the value of a fill, which is not stored first.
// CHECK-LABEL: kernel.func @sum_rows_from_fill(
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NOT: memref.store
// CHECK: %[[SUM:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[ZERO]]) -> (f32)
// CHECK: memref.store %[[SUM]]
// CHECK-NOT: memref.store
// CHECK: kernel.return
kernel.func @sum_rows_from_fill(%x: memref<4x8xf32>, %r: memref<4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%r : memref<4xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x8xf32>) outs(%r : memref<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// What is summed up is read from the same memory.
// CHECK-LABEL: kernel.func @no_fill_of_what_is_read(
// CHECK: memref.store
// CHECK: scf.for
// CHECK: memref.store
// CHECK: kernel.return
kernel.func @no_fill_of_what_is_read(%r: memref<8xf32>) {
  %zero = arith.constant 0.0 : f32
  %v = memref.subview %r[0] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1]>>
  %x = memref.subview %r[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
  linalg.fill ins(%zero : f32) outs(%v : memref<4xf32, strided<[1]>>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4xf32, strided<[1], offset: 4>>) outs(%v : memref<4xf32, strided<[1]>>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}
