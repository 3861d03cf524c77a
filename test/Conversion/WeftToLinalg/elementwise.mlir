// Elementwise ops become one linalg.generic each; dims of size 1 broadcast by its maps, integers and casts keep docs/spec/elementwise.md.
// RUN: weft-opt %s --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))' | FileCheck %s

// CHECK-DAG: #[[ID:.+]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[ROW:.+]] = affine_map<(d0, d1) -> (0, d1)>

// A row broadcasts over the other dim.
// CHECK-LABEL: func.func @add_static_f32(
// CHECK: linalg.generic {indexing_maps = [#[[ID]], #[[ROW]], #[[ID]]]
// CHECK: arith.addf
func.func @add_static_f32(%x: tensor<4x8xf32>, %y: tensor<1x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.add %x, %y : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// A splat is a scalar of the body; the square needs no power.
// CHECK-LABEL: func.func @pow_static_f32_square(
// CHECK: linalg.generic {indexing_maps = [#[[ID]], #[[ID]]]
// CHECK-NOT: math.powf
// CHECK: arith.mulf
func.func @pow_static_f32_square(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %c = weft.constant dense<2.0> : tensor<1x1xf32>
  %0 = weft.pow %x, %c : (tensor<4x8xf32>, tensor<1x1xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// Half precision is computed in f32 and rounded once.
// CHECK-LABEL: func.func @exp_static_f16(
// CHECK: arith.extf
// CHECK: math.exp {{.*}} : f32
// CHECK: arith.truncf
func.func @exp_static_f16(%x: tensor<4xf16>) -> tensor<4xf16> {
  %0 = weft.exp %x : (tensor<4xf16>) -> tensor<4xf16>
  return %0 : tensor<4xf16>
}

// Unsigned integers are signless in memory; division by zero is guarded.
// CHECK-LABEL: func.func @div_static_ui8(
// CHECK-SAME: tensor<4xi8>
// CHECK: arith.cmpi eq
// CHECK: arith.divui
// CHECK-NOT: arith.divsi
func.func @div_static_ui8(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xui8> {
  %0 = weft.div %x, %y : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %0 : tensor<4xui8>
}

// Signed division also guards the least value by -1.
// CHECK-LABEL: func.func @div_static_i32(
// CHECK-COUNT-2: arith.cmpi eq
// CHECK: arith.divsi
func.func @div_static_i32(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
  %0 = weft.div %x, %y : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// Maxima propagate NaN.
// CHECK-LABEL: func.func @max_static_f32(
// CHECK: arith.maximumf
func.func @max_static_f32(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.max %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A conversion to integers saturates: what fptosi sees is always in range.
// CHECK-LABEL: func.func @cast_static_f32_i32(
// CHECK: %[[IN:.+]] = arith.select
// CHECK: arith.fptosi %[[IN]]
// CHECK-COUNT-2: arith.select
func.func @cast_static_f32_i32(%x: tensor<4xf32>) -> tensor<4xi32> {
  %0 = weft.cast %x {to = i32} : (tensor<4xf32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// Float8 lies in memory as bits, and arithmetic on it is that of integers.
// CHECK-LABEL: func.func @cast_static_f32_f8(
// CHECK-SAME: -> tensor<4xi8>
// CHECK-NOT: f8
func.func @cast_static_f32_f8(%x: tensor<4xf32>) -> tensor<4xf8E4M3FN> {
  %0 = weft.cast %x {to = f8E4M3FN} : (tensor<4xf32>) -> tensor<4xf8E4M3FN>
  return %0 : tensor<4xf8E4M3FN>
}

// Equal names are equal sizes: nothing is checked at run time.
// CHECK-LABEL: func.func @mul_dynamic_f32_same_name(
// CHECK-NOT: tensor.extract
// CHECK: linalg.generic {indexing_maps = [#[[ID]], #[[ID]], #[[ID]]]
func.func @mul_dynamic_f32_same_name(%x: tensor<?x8xf32, #weft.dims<n, 8>>, %y: tensor<?x8xf32, #weft.dims<n, 8>>)
    -> tensor<?x8xf32, #weft.dims<n, 8>> {
  %0 = weft.mul %x, %y : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<?x8xf32, #weft.dims<n, 8>>) -> tensor<?x8xf32, #weft.dims<n, 8>>
  return %0 : tensor<?x8xf32, #weft.dims<n, 8>>
}

// Of unlike names one may turn out to be 1: it is read at 0 then.
// CHECK-LABEL: func.func @mul_dynamic_f32_other_name(
// CHECK: linalg.generic
// CHECK: arith.cmpi eq
// CHECK: tensor.extract
func.func @mul_dynamic_f32_other_name(%x: tensor<?xf32, #weft.dims<n>>, %y: tensor<?xf32, #weft.dims<m>>)
    -> tensor<?xf32, #weft.dims<n>> {
  %0 = weft.mul %x, %y : (tensor<?xf32, #weft.dims<n>>, tensor<?xf32, #weft.dims<m>>) -> tensor<?xf32, #weft.dims<n>>
  return %0 : tensor<?xf32, #weft.dims<n>>
}
