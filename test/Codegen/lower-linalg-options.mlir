// Reductions under --math=strict and --math=fast.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-lower-linalg{plain-order=true}))' | FileCheck %s --check-prefix=PLAIN
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-lower-linalg{ignore-nan=true}))' | FileCheck %s --check-prefix=NONAN

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// The sum is one chain.
// PLAIN-LABEL: kernel.func @sum_rows_f32(
// PLAIN: arith.addf %{{[^ ]*}}, %{{[^ ]*}} : f32
// NONAN-LABEL: kernel.func @sum_rows_f32(
// NONAN: arith.addf {{.*}} fastmath<reassoc,contract>
kernel.func @sum_rows_f32(%x: memref<4x8xf32>, %r: memref<4xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x8xf32>) outs(%r : memref<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// A maximum carries no flag of NaN when nobody asks for it.
// PLAIN-LABEL: kernel.func @max_rows_f32(
// PLAIN: arith.cmpf uno
// NONAN-LABEL: kernel.func @max_rows_f32(
// NONAN-NOT: arith.cmpf uno
// NONAN: arith.maximumf {{.*}} fastmath<nnan,nsz>
// NONAN-NOT: arith.cmpf uno
kernel.func @max_rows_f32(%x: memref<4x8xf32>, %r: memref<4xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x8xf32>) outs(%r : memref<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %o, %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}
