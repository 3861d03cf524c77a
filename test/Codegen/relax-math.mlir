// What --math=fast lets LLVM do with float arithmetic.
// RUN: weft-opt %s --weft-relax-math | FileCheck %s

// The extremum is one instruction, which loses NaN.
// CHECK-LABEL: kernel.func @relu_f32(
// CHECK: %[[ZERO:.*]] = arith.constant 0.0
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %{{.*}} fastmath<reassoc,nsz,contract> : f32
// CHECK: %[[LEFT:.*]] = arith.cmpf ogt, %[[SUM]], %[[ZERO]] : f32
// CHECK: %[[MAX:.*]] = arith.select %[[LEFT]], %[[SUM]], %[[ZERO]] : f32
// CHECK: memref.store %[[MAX]]
kernel.func @relu_f32(%x: memref<1xf32>, %y: memref<1xf32>) {
  %i = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %a = memref.load %x[%i] : memref<1xf32>
  %b = arith.addf %a, %a : f32
  %c = arith.maximumf %b, %zero : f32
  memref.store %c, %y[%i] : memref<1xf32>
  kernel.return
}

// Vectors alike.
// CHECK-LABEL: kernel.func @minimum_vector_f32(
// CHECK: arith.cmpf olt, {{.*}} : vector<8xf32>
// CHECK: arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: arith.mulf {{.*}} fastmath<reassoc,nsz,contract> : vector<8xf32>
kernel.func @minimum_vector_f32(%x: memref<8xf32>, %y: memref<8xf32>) {
  %i = arith.constant 0 : index
  %a = vector.load %x[%i] : memref<8xf32>, vector<8xf32>
  %b = arith.minimumf %a, %a : vector<8xf32>
  %c = arith.mulf %a, %b : vector<8xf32>
  vector.store %c, %y[%i] : memref<8xf32>, vector<8xf32>
  kernel.return
}

// An extremum that sees no NaN is one instruction already.
// CHECK-LABEL: kernel.func @no_relax_when_nan_is_excluded(
// CHECK: arith.maximumf {{.*}} fastmath<nnan,nsz> : f32
kernel.func @no_relax_when_nan_is_excluded(%x: memref<1xf32>) {
  %i = arith.constant 0 : index
  %a = memref.load %x[%i] : memref<1xf32>
  %b = arith.maximumf %a, %a fastmath<nnan,nsz> : f32
  memref.store %b, %x[%i] : memref<1xf32>
  kernel.return
}

// Functions expand later, into polynomials that rely on every rounding.
// CHECK-LABEL: kernel.func @no_relax_of_functions(
// CHECK: math.exp %{{[0-9]+}} : f32
kernel.func @no_relax_of_functions(%x: memref<1xf32>) {
  %i = arith.constant 0 : index
  %a = memref.load %x[%i] : memref<1xf32>
  %b = math.exp %a : f32
  memref.store %b, %x[%i] : memref<1xf32>
  kernel.return
}

// Quantisation divides by a scale and rounds: another quotient may be another step.
// CHECK-LABEL: kernel.func @no_relax_of_quotients(
// CHECK: arith.extf %{{[0-9]+}} : f16 to f32
// CHECK: arith.divf %{{[0-9]+}}, %{{[0-9]+}} : f32
kernel.func @no_relax_of_quotients(%x: memref<1xf16>, %y: memref<1xf32>) {
  %i = arith.constant 0 : index
  %a = memref.load %x[%i] : memref<1xf16>
  %b = arith.extf %a : f16 to f32
  %c = arith.divf %b, %b : f32
  memref.store %c, %y[%i] : memref<1xf32>
  kernel.return
}
