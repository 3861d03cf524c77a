// RUN: weft-opt %s --canonicalize | FileCheck %s
//
// Elementwise ops fold to an operand where that is true for every value, and not where a zero's sign or a type says no.

// CHECK-LABEL: func.func @add_integer_zero(
// CHECK-NEXT: return %arg0
func.func @add_integer_zero(%x: tensor<4xi32>) -> tensor<4xi32> {
  %zero = weft.constant dense<0> : tensor<1xi32>
  %y = weft.add %x, %zero : (tensor<4xi32>, tensor<1xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// -0.0 + 0.0 is 0.0: not x.
// CHECK-LABEL: func.func @no_add_float_zero(
// CHECK: weft.add
func.func @no_add_float_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = weft.constant dense<0.0> : tensor<4xf32>
  %y = weft.add %x, %zero : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// x + -0.0 is x for every x.
// CHECK-LABEL: func.func @add_float_negative_zero(
// CHECK-NEXT: return %arg0
func.func @add_float_negative_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = weft.constant dense<-0.0> : tensor<4xf32>
  %y = weft.add %zero, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @sub_float_zero(
// CHECK-NEXT: return %arg0
func.func @sub_float_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = weft.constant dense<0.0> : tensor<4xf32>
  %y = weft.sub %x, %zero : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @mul_one_dynamic(
// CHECK-NEXT: return %arg0
func.func @mul_one_dynamic(%x: tensor<?x4xf16, #weft.dims<n, 4>>) -> tensor<?x4xf16, #weft.dims<n, 4>> {
  %one = weft.constant dense<1.0> : tensor<1x1xf16>
  %y = weft.mul %x, %one : (tensor<?x4xf16, #weft.dims<n, 4>>, tensor<1x1xf16>) -> tensor<?x4xf16, #weft.dims<n, 4>>
  return %y : tensor<?x4xf16, #weft.dims<n, 4>>
}

// The constant is larger than x: the result is no longer x.
// CHECK-LABEL: func.func @no_mul_one_when_it_broadcasts(
// CHECK: weft.mul
func.func @no_mul_one_when_it_broadcasts(%x: tensor<1xf32>) -> tensor<4xf32> {
  %one = weft.constant dense<1.0> : tensor<4xf32>
  %y = weft.mul %x, %one : (tensor<1xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @mul_integer_zero(
// CHECK: %[[ZERO:.*]] = weft.constant dense<0>
// CHECK-NEXT: return %[[ZERO]]
func.func @mul_integer_zero(%x: tensor<4xi32>) -> tensor<4xi32> {
  %zero = weft.constant dense<0> : tensor<4xi32>
  %y = weft.mul %x, %zero : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// CHECK-LABEL: func.func @div_and_pow_one(
// CHECK-NEXT: return %arg0
func.func @div_and_pow_one(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = weft.constant dense<1.0> : tensor<4xf32>
  %y = weft.div %x, %one : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = weft.pow %y, %one : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @involutions_cancel(
// CHECK-NEXT: return %arg0, %arg1
func.func @involutions_cancel(%x: tensor<4xf32>, %b: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xi1>) {
  %0 = weft.neg %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = weft.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = weft.not %b : (tensor<4xi1>) -> tensor<4xi1>
  %3 = weft.not %2 : (tensor<4xi1>) -> tensor<4xi1>
  return %1, %3 : tensor<4xf32>, tensor<4xi1>
}

// CHECK-LABEL: func.func @round_twice(
// CHECK: %[[ONCE:.*]] = weft.round %arg0
// CHECK-NEXT: return %[[ONCE]]
func.func @round_twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.round %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = weft.round %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @boolean_identities(
// CHECK-NEXT: return %arg0
func.func @boolean_identities(%x: tensor<4xi1>) -> tensor<4xi1> {
  %true = weft.constant dense<true> : tensor<4xi1>
  %false = weft.constant dense<false> : tensor<4xi1>
  %0 = weft.and %x, %true : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %1 = weft.or %false, %0 : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %2 = weft.xor %1, %false : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return %2 : tensor<4xi1>
}

// CHECK-LABEL: func.func @shift_by_zero(
// CHECK-NEXT: return %arg0
func.func @shift_by_zero(%x: tensor<4xui8>) -> tensor<4xui8> {
  %zero = weft.constant dense<0> : tensor<4xui8>
  %y = weft.shift %x, %zero {dir = #weft.direction<right>} : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %y : tensor<4xui8>
}

// CHECK-LABEL: func.func @compare_with_itself(
// CHECK: weft.constant dense<true> : tensor<4xi1>
func.func @compare_with_itself(%x: tensor<4xi32>) -> tensor<4xi1> {
  %y = weft.compare le %x, %x : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// NaN is not equal to itself.
// CHECK-LABEL: func.func @no_compare_with_itself_when_nan(
// CHECK: weft.compare eq
func.func @no_compare_with_itself_when_nan(%x: tensor<4xf32>) -> tensor<4xi1> {
  %y = weft.compare eq %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// CHECK-LABEL: func.func @select_known(
// CHECK-NEXT: return %arg0, %arg1
func.func @select_known(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %true = weft.constant dense<true> : tensor<1xi1>
  %false = weft.constant dense<false> : tensor<4xi1>
  %0 = weft.select %true, %a, %b : (tensor<1xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = weft.select %false, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// f16 -> f32 -> f16 loses nothing, f32 -> f16 -> f32 does.
// CHECK-LABEL: func.func @cast_there_and_back(
// CHECK-NEXT: %[[A:.*]] = weft.cast %arg1
// CHECK-NEXT: %[[B:.*]] = weft.cast %[[A]]
// CHECK-NEXT: return %arg0, %[[B]]
func.func @cast_there_and_back(%x: tensor<4xf16>, %y: tensor<4xf32>) -> (tensor<4xf16>, tensor<4xf32>) {
  %0 = weft.cast %x {to = f32} : (tensor<4xf16>) -> tensor<4xf32>
  %1 = weft.cast %0 {to = f16} : (tensor<4xf32>) -> tensor<4xf16>
  %2 = weft.cast %y {to = f16} : (tensor<4xf32>) -> tensor<4xf16>
  %3 = weft.cast %2 {to = f32} : (tensor<4xf16>) -> tensor<4xf32>
  return %1, %3 : tensor<4xf16>, tensor<4xf32>
}

// CHECK-LABEL: func.func @bitcast_there_and_back(
// CHECK-NEXT: return %arg0
func.func @bitcast_there_and_back(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.bitcast %x {to = i32} : (tensor<4xf32>) -> tensor<4xi32>
  %1 = weft.bitcast %0 {to = f32} : (tensor<4xi32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
