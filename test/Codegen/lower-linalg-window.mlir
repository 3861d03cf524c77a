// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-lower-linalg{vector-bytes=32}))' | FileCheck %s
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-lower-linalg{vector-bytes=32 ignore-nan=true}))' | FileCheck %s --check-prefix=FAST
//
// Small windows along contiguous memory are written out; their results are vectors, of which the last overlaps the one before.

#row = affine_map<(h, w, kh, kw) -> (h + kh, w + kw)>
#every_other = affine_map<(h, w, kh, kw) -> (h * 2 + kh, w * 2 + kw)>
#taps = affine_map<(h, w, kh, kw) -> (kh, kw)>
#out = affine_map<(h, w, kh, kw) -> (h, w)>

// 20 results in a row: at 0 and 8, then at 12. One comparison for two elements says whether there is a NaN among them.
// CHECK-LABEL: kernel.func @max_3x1_f32(
// CHECK-NOT: memref.store
// CHECK: scf.for
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step
// CHECK-COUNT-3: arith.maximumf {{.*}} fastmath<nnan,nsz> : vector<8xf32>
// CHECK: arith.select
// CHECK: vector.store {{.*}} vector<8xf32>
// CHECK: arith.constant 12 : index
// CHECK: vector.store {{.*}} vector<8xf32>
// CHECK: kernel.return
// FAST-LABEL: kernel.func @max_3x1_f32(
// FAST-NOT: arith.cmpf
// FAST: kernel.return
kernel.func @max_3x1_f32(%x: memref<6x20xf32>, %r: memref<4x20xf32>) {
  %lowest = arith.constant 0xFF800000 : f32
  %k = memref.alloca() : memref<3x1xf32>
  linalg.fill ins(%lowest : f32) outs(%r : memref<4x20xf32>)
  linalg.generic {indexing_maps = [#row, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<6x20xf32>, memref<3x1xf32>) outs(%r : memref<4x20xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.maximumf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}

// Every other element, of two vectors that share one: nothing behind the row is read.
// CHECK-LABEL: kernel.func @sum_2x2_stride2_f32(
// CHECK: vector.load
// CHECK: vector.load
// CHECK: vector.shuffle {{.*}} [0, 2, 4, 6, 9, 11, 13, 15]
// CHECK: arith.addf
// CHECK: kernel.return
kernel.func @sum_2x2_stride2_f32(%x: memref<8x16xf32>, %r: memref<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %k = memref.alloca() : memref<2x2xf32>
  linalg.fill ins(%zero : f32) outs(%r : memref<4x8xf32>)
  linalg.generic {indexing_maps = [#every_other, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<8x16xf32>, memref<2x2xf32>) outs(%r : memref<4x8xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}

// The last vector would add twice to what is there already.
// CHECK-LABEL: kernel.func @no_window_without_fill(
// CHECK-NOT: vector.load
// CHECK: kernel.return
kernel.func @no_window_without_fill(%x: memref<8x16xf32>, %r: memref<4x8xf32>) {
  %k = memref.alloca() : memref<2x2xf32>
  linalg.generic {indexing_maps = [#every_other, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<8x16xf32>, memref<2x2xf32>) outs(%r : memref<4x8xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}

// Something is written between the fill and the windows.
// CHECK-LABEL: kernel.func @no_window_behind_a_store(
// CHECK-NOT: vector.load
// CHECK: kernel.return
kernel.func @no_window_behind_a_store(%x: memref<8x16xf32>, %r: memref<4x8xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %k = memref.alloca() : memref<2x2xf32>
  linalg.fill ins(%zero : f32) outs(%r : memref<4x8xf32>)
  memref.store %one, %r[%c0, %c0] : memref<4x8xf32>
  linalg.generic {indexing_maps = [#every_other, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<8x16xf32>, memref<2x2xf32>) outs(%r : memref<4x8xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}

// 81 elements would make too much code.
// CHECK-LABEL: kernel.func @no_window_of_9x9(
// CHECK-NOT: vector.load
// CHECK: kernel.return
kernel.func @no_window_of_9x9(%x: memref<12x24xf32>, %r: memref<4x16xf32>) {
  %zero = arith.constant 0.0 : f32
  %k = memref.alloca() : memref<9x9xf32>
  linalg.fill ins(%zero : f32) outs(%r : memref<4x16xf32>)
  linalg.generic {indexing_maps = [#row, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<12x24xf32>, memref<9x9xf32>) outs(%r : memref<4x16xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}

// Rows of 3 results make no vectors.
// CHECK-LABEL: kernel.func @no_window_for_short_rows(
// CHECK-NOT: vector.load
// CHECK: kernel.return
kernel.func @no_window_for_short_rows(%x: memref<6x3xf32>, %r: memref<4x3xf32>) {
  %zero = arith.constant 0.0 : f32
  %k = memref.alloca() : memref<3x1xf32>
  linalg.fill ins(%zero : f32) outs(%r : memref<4x3xf32>)
  linalg.generic {indexing_maps = [#row, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<6x3xf32>, memref<3x1xf32>) outs(%r : memref<4x3xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}

// More than one operation.
// CHECK-LABEL: kernel.func @no_window_of_squares(
// CHECK-NOT: vector.load
// CHECK: kernel.return
kernel.func @no_window_of_squares(%x: memref<6x16xf32>, %r: memref<4x16xf32>) {
  %zero = arith.constant 0.0 : f32
  %k = memref.alloca() : memref<3x1xf32>
  linalg.fill ins(%zero : f32) outs(%r : memref<4x16xf32>)
  linalg.generic {indexing_maps = [#row, #taps, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %k : memref<6x16xf32>, memref<3x1xf32>) outs(%r : memref<4x16xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %q = arith.mulf %a, %a : f32
    %m = arith.addf %o, %q : f32
    linalg.yield %m : f32
  }
  kernel.return
}

#in3 = affine_map<(h, w, kw) -> (h, w * 3 + kw)>
#taps3 = affine_map<(h, w, kw) -> (kw)>
#out3 = affine_map<(h, w, kw) -> (h, w)>
// Windows three elements apart.
// CHECK-LABEL: kernel.func @no_window_with_stride_3(
// CHECK-NOT: vector.load
// CHECK: kernel.return
kernel.func @no_window_with_stride_3(%x: memref<4x48xf32>, %r: memref<4x16xf32>) {
  %zero = arith.constant 0.0 : f32
  %k = memref.alloca() : memref<3xf32>
  linalg.fill ins(%zero : f32) outs(%r : memref<4x16xf32>)
  linalg.generic {indexing_maps = [#in3, #taps3, #out3], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %k : memref<4x48xf32>, memref<3xf32>) outs(%r : memref<4x16xf32>) {
  ^bb0(%a: f32, %t: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  }
  kernel.return
}
