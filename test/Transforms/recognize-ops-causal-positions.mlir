// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Masks that compare positions become the causal attribute and a position.

// select(j <= i, 0, -1e9).
// CHECK-LABEL: func.func @causal_f32_keys_le_rows(
// CHECK: weft.attention %arg0, %arg1, %arg2 {causal = true, scale = 1.000000e+00 : f64}
func.func @causal_f32_keys_le_rows(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %b = weft.compare le %j, %i : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// select(i < j, -1e9, 0).
// CHECK-LABEL: func.func @causal_f32_rows_lt_keys_hidden(
// CHECK: weft.attention %arg0, %arg1, %arg2 {causal = true, scale = 1.000000e+00 : f64}
func.func @causal_f32_rows_lt_keys_hidden(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %b = weft.compare lt %i, %j : (tensor<8x1xi64>, tensor<1x8xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %h, %z : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// select(j >= i, 0, -1e9) looks ahead.
// CHECK-LABEL: func.func @no_causal_when_rows_see_what_comes_later(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_rows_see_what_comes_later(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %b = weft.compare ge %j, %i : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// select(j < i, 0, -1e9): row 0 sees nothing.
// CHECK-LABEL: func.func @no_causal_when_diagonal_is_hidden(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_diagonal_is_hidden(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %b = weft.compare lt %j, %i : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Neither side hides.
// CHECK-LABEL: func.func @no_causal_when_select_is_of_other_numbers(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_select_is_of_other_numbers(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %b = weft.compare le %j, %i : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %z : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Rows begin behind a cache, whose size is a dim.
// CHECK-LABEL: func.func @causal_f32_start_of_sizes(
// CHECK: %[[START:.*]] = weft.from_elements
// CHECK: weft.attention %arg0, %arg1, %arg2 q_start %{{.*}} {causal = true
func.func @causal_f32_start_of_sizes(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %cache: tensor<?xf32, #weft.dims<past>>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %n = weft.dim %cache {axis = 0} : tensor<?xf32, #weft.dims<past>>
  %past = weft.from_elements %n : tensor<1xi64>
  %o = weft.reshape %past to [1, 1] : (tensor<1xi64>) -> tensor<1x1xi64>
  %ip = weft.add %i, %o : (tensor<8x1xi64>, tensor<1x1xi64>) -> tensor<8x1xi64>
  %b = weft.compare le %j, %ip : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// A position that is data may be negative; then the first row sees nothing.
// CHECK-LABEL: func.func @no_causal_when_start_may_be_negative(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_start_may_be_negative(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %past: tensor<1xi64>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %o = weft.reshape %past to [1, 1] : (tensor<1xi64>) -> tensor<1x1xi64>
  %ip = weft.add %i, %o : (tensor<8x1xi64>, tensor<1x1xi64>) -> tensor<8x1xi64>
  %b = weft.compare le %j, %ip : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// select(j - i < 1, 0, -1e9), as Trilu is imported.
// CHECK-LABEL: func.func @causal_f32_difference(
// CHECK: weft.attention %arg0, %arg1, %arg2 {causal = true, scale = 1.000000e+00 : f64}
func.func @causal_f32_difference(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %k1 = weft.constant dense<1> : tensor<1x1xi64>
  %d = weft.sub %j, %i : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi64>
  %b = weft.compare lt %d, %k1 : (tensor<8x8xi64>, tensor<1x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Rows before position 0 see nothing.
// CHECK-LABEL: func.func @no_causal_when_start_is_subtracted(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_start_is_subtracted(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %cache: tensor<?xf32, #weft.dims<past>>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %n = weft.dim %cache {axis = 0} : tensor<?xf32, #weft.dims<past>>
  %past = weft.from_elements %n : tensor<1xi64>
  %h = weft.constant dense<-1.0e9> : tensor<1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %i = weft.iota [8, 1] {axis = 0, to = i64} : () -> tensor<8x1xi64>
  %j = weft.iota [1, 8] {axis = 1, to = i64} : () -> tensor<1x8xi64>
  %o = weft.reshape %past to [1, 1] : (tensor<1xi64>) -> tensor<1x1xi64>
  %ip = weft.sub %i, %o : (tensor<8x1xi64>, tensor<1x1xi64>) -> tensor<8x1xi64>
  %b = weft.compare le %j, %ip : (tensor<1x8xi64>, tensor<8x1xi64>) -> tensor<8x8xi1>
  %e = weft.select %b, %z, %h : (tensor<8x8xi1>, tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<8x8xf32>
  %c = weft.reshape %e to [1, 1, 8, 8] : (tensor<8x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}
