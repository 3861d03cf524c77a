// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.loop is refused with its label.

func.func @loop_c1_two_elements(%c: tensor<2xi1>) {
  // expected-error @+1 {{expected a condition of one element, but got 'tensor<2xi1>' [loop-C1]}}
  weft.loop while %c carried() scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<2xi1>) -> () {
  ^bb0(%i: index):
    weft.yield %c : tensor<2xi1>
  }
  return
}

// -----

func.func @loop_c2_axis_missing(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected one axis and one direction for each of 1 scanned operands, but got 0 and 0 [loop-C2]}}
  weft.loop carried() scanned(%x) {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<4xf32>) -> () {
  ^bb0(%i: index, %a: tensor<f32>):
    weft.yield %c : tensor<i1>
  }
  return
}

// -----

func.func @loop_c2_result_missing(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected results for 1 carried values and 1 scan outputs with directions, but got 1 results [loop-C2]}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf32>):
    weft.yield %c, %a : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_c2_scan_axis_out_of_range(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected a scan axis in [0, 1), but got 1 [loop-C2]}}
  weft.loop carried() scanned(%x) {scan_in_axes = array<i64: 1>, scan_in_reverse = array<i1: false>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<4xf32>) -> () {
  ^bb0(%i: index, %a: tensor<f32>):
    weft.yield %c : tensor<i1>
  }
  return
}

// -----

func.func @loop_c3_no_iteration(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected an index and 1 more region arguments, but got 1 arguments [loop-C3]}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    weft.yield %c, %a : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_c3_carried_of_other_type(%n: index, %c: tensor<i1>, %x: tensor<4xf32>, %d: tensor<4xf64>) {
  // expected-error @+1 {{expected region arguments of the types of the carried values, but they differ [loop-C3]}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf64>):
    weft.yield %c, %x : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_c3_slice_of_other_type(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected a region argument of type 'tensor<f32>' for scanned operand 0, but got 'tensor<4xf32>' [loop-C3]}}
  weft.loop carried() scanned(%x) {scan_in_axes = array<i64: 0>, scan_in_reverse = array<i1: false>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<4xf32>) -> () {
  ^bb0(%i: index, %a: tensor<4xf32>):
    weft.yield %c : tensor<i1>
  }
  return
}

// -----

func.func @loop_c4_no_condition(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected the region to yield a condition, 1 carried values and 0 slices, but it does not [loop-C4]}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf32>):
    weft.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @loop_c4_condition_of_floats(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected the region to yield a boolean condition of one element first, but got 'tensor<4xf32>' [loop-C4]}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf32>):
    weft.yield %a, %a : tensor<4xf32>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_c4_carried_of_other_type(%n: index, %c: tensor<i1>, %x: tensor<4xf32>, %d: tensor<4xf64>) {
  // expected-error @+1 {{expected the region to yield carried values of the types of the results, but they differ [loop-C4]}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf32>):
    weft.yield %c, %d : tensor<i1>, tensor<4xf64>
  }
  return
}

// -----

func.func @loop_c2_output_axis_out_of_range(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected scan output 0 to be stacked along an axis of it, but got axis 2 [loop-C2]}}
  %y = weft.loop trip %n carried() scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 2>, scan_out_reverse = array<i1: false>} : (index) -> tensor<?x4xf32> {
  ^bb0(%i: index):
    weft.yield %c, %x : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_c4_output_of_other_type(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error-re @+1 {{expected result 0 of type 'tensor<?x4xf32>', but got 'tensor<?x5xf32>' [loop-C4]}}
  %y = weft.loop trip %n carried() scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index) -> tensor<?x5xf32> {
  ^bb0(%i: index):
    weft.yield %c, %x : tensor<i1>, tensor<4xf32>
  }
  return
}
