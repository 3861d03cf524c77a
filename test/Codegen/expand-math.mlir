// Nothing is left that LLVM would call a library for.
// RUN: weft-opt %s --weft-expand-math | FileCheck %s
// RUN: weft-opt %s --weft-expand-math="has-fma=false has-f16c=false" | FileCheck %s --check-prefix=OLD

// CHECK-LABEL: kernel.func @exp_f32(
// CHECK-NOT: math.exp
// CHECK: math.fma
// OLD-LABEL: kernel.func @exp_f32(
// OLD-NOT: math.fma
// OLD-NOT: math.exp
kernel.func @exp_f32(%m: memref<f32>) {
  %x = memref.load %m[] : memref<f32>
  %y = math.exp %x : f32
  memref.store %y, %m[] : memref<f32>
  kernel.return
}

// Vectors keep their shape.
// CHECK-LABEL: kernel.func @tanh_vector_f32(
// CHECK-NOT: math.tanh
// CHECK: arith.divf {{.*}} : vector<16xf32>
kernel.func @tanh_vector_f32(%m: memref<vector<16xf32>>) {
  %x = memref.load %m[] : memref<vector<16xf32>>
  %y = math.tanh %x : vector<16xf32>
  memref.store %y, %m[] : memref<vector<16xf32>>
  kernel.return
}

// Rare functions of f32 are computed in f64.
// CHECK-LABEL: kernel.func @atan_f32(
// CHECK: arith.extf {{.*}} : f32 to f64
// CHECK-NOT: math.atan
// CHECK: arith.truncf {{.*}} : f64 to f32
kernel.func @atan_f32(%m: memref<f32>) {
  %x = memref.load %m[] : memref<f32>
  %y = math.atan %x : f32
  memref.store %y, %m[] : memref<f32>
  kernel.return
}

// Arithmetic on bf16 is rounded after each operation, by integers.
// CHECK-LABEL: kernel.func @add_bf16(
// CHECK: arith.shli
// CHECK: arith.addf {{.*}} : f32
// CHECK-NOT: arith.truncf
// CHECK: arith.shrui
// CHECK: arith.bitcast {{.*}} : i16 to bf16
kernel.func @add_bf16(%m: memref<bf16>) {
  %x = memref.load %m[] : memref<bf16>
  %y = arith.addf %x, %x : bf16
  memref.store %y, %m[] : memref<bf16>
  kernel.return
}

// f16 has instructions where the level has F16C.
// CHECK-LABEL: kernel.func @neg_f16(
// CHECK: arith.extf {{.*}} : f16 to f32
// CHECK: arith.truncf {{.*}} : f32 to f16
// OLD-LABEL: kernel.func @neg_f16(
// OLD-NOT: arith.extf
// OLD: arith.bitcast {{.*}} : i16 to f16
kernel.func @neg_f16(%m: memref<f16>) {
  %x = memref.load %m[] : memref<f16>
  %y = arith.negf %x : f16
  memref.store %y, %m[] : memref<f16>
  kernel.return
}

// CHECK-LABEL: kernel.func @remainder_f32(
// CHECK-NOT: arith.remf
// CHECK: math.trunc
kernel.func @remainder_f32(%m: memref<f32>, %n: memref<f32>) {
  %x = memref.load %m[] : memref<f32>
  %y = memref.load %n[] : memref<f32>
  %z = arith.remf %x, %y : f32
  memref.store %z, %m[] : memref<f32>
  kernel.return
}
