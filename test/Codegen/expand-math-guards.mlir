// What is not f32 or f64 is left to other expansions, and powers that are no roots go the general way.
// RUN: weft-opt %s --weft-expand-math | FileCheck %s

// Bits of 80 have no polynomials.
// CHECK-LABEL: kernel.func @no_expand_when_elements_are_no_f32_or_f64(
// CHECK: math.exp {{.*}} : f80
// CHECK: math.tanh {{.*}} : f80
// CHECK: math.sin {{.*}} : f80
// CHECK: arith.remf {{.*}} : f80
// CHECK: math.powf {{.*}} : f80
kernel.func @no_expand_when_elements_are_no_f32_or_f64(%m: memref<f80>) {
  %x = memref.load %m[] : memref<f80>
  %0 = math.exp %x : f80
  %1 = math.tanh %0 : f80
  %2 = math.sin %1 : f80
  %3 = arith.remf %2, %x : f80
  %4 = math.powf %3, %x : f80
  memref.store %4, %m[] : memref<f80>
  kernel.return
}

// Two products would round more often than x^2.25 does.
// CHECK-LABEL: kernel.func @no_root_when_exponent_is_above_2(
// CHECK: math.fma
// CHECK-NOT: math.sqrt
// CHECK: kernel.return
kernel.func @no_root_when_exponent_is_above_2(%m: memref<f32>) {
  %y = arith.constant 2.25 : f32
  %x = memref.load %m[] : memref<f32>
  %0 = math.powf %x, %y : f32
  memref.store %0, %m[] : memref<f32>
  kernel.return
}

// CHECK-LABEL: kernel.func @no_root_when_exponent_is_no_quarter(
// CHECK: math.fma
// CHECK-NOT: math.sqrt
// CHECK: kernel.return
kernel.func @no_root_when_exponent_is_no_quarter(%m: memref<f32>) {
  %y = arith.constant 0.3 : f32
  %x = memref.load %m[] : memref<f32>
  %0 = math.powf %x, %y : f32
  memref.store %0, %m[] : memref<f32>
  kernel.return
}

// CHECK-LABEL: kernel.func @no_root_when_exponent_is_no_constant(
// CHECK: math.fma
// CHECK-NOT: math.sqrt
// CHECK: kernel.return
kernel.func @no_root_when_exponent_is_no_constant(%m: memref<f32>, %n: memref<f32>) {
  %x = memref.load %m[] : memref<f32>
  %y = memref.load %n[] : memref<f32>
  %0 = math.powf %x, %y : f32
  memref.store %0, %m[] : memref<f32>
  kernel.return
}

// CHECK-LABEL: kernel.func @no_root_when_exponents_of_a_vector_differ(
// CHECK: math.fma
// CHECK-NOT: math.sqrt
// CHECK: kernel.return
kernel.func @no_root_when_exponents_of_a_vector_differ(%m: memref<vector<2xf32>>) {
  %y = arith.constant dense<[0.5, 0.25]> : vector<2xf32>
  %x = memref.load %m[] : memref<vector<2xf32>>
  %0 = math.powf %x, %y : vector<2xf32>
  memref.store %0, %m[] : memref<vector<2xf32>>
  kernel.return
}
