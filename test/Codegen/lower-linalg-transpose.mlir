// A copy between memory that is contiguous along different dims is transposed block by block in registers.
// RUN: weft-opt %s --weft-lower-linalg | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#swapped = affine_map<(i, j) -> (j, i)>
#schedule = #sched.cpu<kernel = loops, parallel = [], vector = 16, registers = [], depth = 0, unroll = 1, fma = true>

// Whole blocks of 4 rows and columns: a vector is 16 bytes where no schedule names the level.
// CHECK-LABEL: kernel.func @blocks_f32(
// CHECK: scf.for {{.*}} step %c4
// CHECK: scf.for {{.*}} step %c4
// CHECK-COUNT-4: vector.load {{.*}} : memref<64x32xf32>, vector<4xf32>
// CHECK-COUNT-8: vector.shuffle
// CHECK-COUNT-4: vector.store {{.*}} : memref<32x64xf32>, vector<4xf32>
// CHECK-NOT: memref.load
kernel.func @blocks_f32(%x: memref<64x32xf32>, %r: memref<32x64xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%r : memref<32x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}

// The schedule's vectors: 16 f32.
// CHECK-LABEL: kernel.func @scheduled_f32(
// CHECK-COUNT-16: vector.load {{.*}}, vector<16xf32>
// CHECK-COUNT-16: vector.store {{.*}}, vector<16xf32>
kernel.func @scheduled_f32(%x: memref<64x32xf32>, %r: memref<32x64xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%r : memref<32x64xf32>)
      attrs = {sched.cpu = #schedule} {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}

// A copy that bufferisation made has no schedule: it takes the vectors of what has one.
// CHECK-LABEL: kernel.func @beside_scheduled_f32(
// CHECK-COUNT-16: vector.load {{.*}} : memref<64x32xf32>, vector<16xf32>
// CHECK-COUNT-16: vector.load {{.*}} : memref<32x64xf32>, vector<16xf32>
kernel.func @beside_scheduled_f32(%x: memref<64x32xf32>, %r: memref<32x64xf32>, %q: memref<64x32xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%r : memref<32x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%r : memref<32x64xf32>) outs(%q : memref<64x32xf32>)
      attrs = {sched.cpu = #schedule} {
  ^bb0(%b: f32, %o: f32):
    linalg.yield %b : f32
  }
  kernel.return
}

// What is left of 12 rows and 13 columns has parts of powers of two.
// CHECK-LABEL: kernel.func @remainders_f32(
// CHECK: vector.load {{.*}} : memref<12x13xf32>, vector<4xf32>
// CHECK: vector.load {{.*}} : memref<12x13xf32>, vector<1xf32>
// CHECK-NOT: memref.load
kernel.func @remainders_f32(%x: memref<12x13xf32>, %r: memref<13x12xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<12x13xf32>) outs(%r : memref<13x12xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}

// Of sizes known only at run time, what is left goes element by element.
// CHECK-LABEL: kernel.func @dynamic_i8(
// CHECK-COUNT-16: vector.load {{.*}}, vector<16xi8>
// CHECK-COUNT-16: vector.store {{.*}}, vector<16xi8>
// CHECK-COUNT-2: memref.load
kernel.func @dynamic_i8(%x: memref<?x?xi8> {kernel.dims = array<i64: 2, 3>}, %r: memref<?x?xi8> {kernel.dims = array<i64: 3, 2>}, %m: index, %n: index) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<?x?xi8>) outs(%r : memref<?x?xi8>) {
  ^bb0(%a: i8, %o: i8):
    linalg.yield %a : i8
  }
  kernel.return
}

// Three channels that take turns become whole rows: three vectors in, three out.
// CHECK-LABEL: kernel.func @split_channels_f32(
// CHECK: scf.for {{.*}} step %c4
// CHECK-COUNT-3: vector.load
// CHECK-COUNT-3: vector.store
// CHECK: memref.load
kernel.func @split_channels_f32(%x: memref<50x3xf32>, %r: memref<3x50xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<50x3xf32>) outs(%r : memref<3x50xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}

// And the other way round.
// CHECK-LABEL: kernel.func @merge_channels_f32(
// CHECK: scf.for {{.*}} step %c4
// CHECK-COUNT-3: vector.load
// CHECK-COUNT-3: vector.store
// CHECK-NOT: memref.load
kernel.func @merge_channels_f32(%x: memref<3x48xf32>, %r: memref<48x3xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<3x48xf32>) outs(%r : memref<48x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @no_blocks_of_bits(
// CHECK-NOT: vector.
// CHECK: kernel.return
kernel.func @no_blocks_of_bits(%x: memref<64x32xi1>, %r: memref<32x64xi1>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xi1>) outs(%r : memref<32x64xi1>) {
  ^bb0(%a: i1, %o: i1):
    linalg.yield %a : i1
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @no_blocks_when_small(
// CHECK-NOT: vector.
// CHECK: kernel.return
kernel.func @no_blocks_when_small(%x: memref<7x5xf32>, %r: memref<5x7xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<7x5xf32>) outs(%r : memref<5x7xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @no_blocks_when_it_computes(
// CHECK-NOT: vector.
// CHECK: kernel.return
kernel.func @no_blocks_when_it_computes(%x: memref<64x32xf32>, %r: memref<32x64xf32>) {
  linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%r : memref<32x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @no_blocks_when_rows_stay_rows(
// CHECK-NOT: vector.
// CHECK: kernel.return
kernel.func @no_blocks_when_rows_stay_rows(%x: memref<64x32xf32>, %r: memref<64x32xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%r : memref<64x32xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  kernel.return
}
