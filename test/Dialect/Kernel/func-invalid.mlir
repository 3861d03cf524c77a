// What kernels, launches, views and packings refuse.
// RUN: weft-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected kernel.dims of argument 0 to have one entry per dynamic dim (1), but got 0 [func-C1]}}
kernel.func @func_c1_missing_dims(%x: tensor<?xf32>, %n: index) {
  kernel.return
}

// -----

// expected-error @+1 {{expected kernel.dims of argument 0 to name index arguments, but got 0 [func-C2]}}
kernel.func @func_c2_no_index(%x: tensor<?xf32> {kernel.dims = array<i64: 0>}, %n: index) {
  kernel.return
}

// -----

// expected-error @+1 {{expected a body [func-C3]}}
kernel.func @func_c3_no_body()

// -----

kernel.func @return_c1_type(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected the kernel's result types ('tensor<4xf32>'), but got () [return-C1]}}
  kernel.return
}

// -----

func.func @launch_c1_unknown(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected @k to be a kernel.func [launch-C1]}}
  kernel.launch @k(%x) : (tensor<4xf32>) -> ()
  return
}

// -----

kernel.func @k1(%x: tensor<4xf32>) -> tensor<4xf32> {
  kernel.return %x : tensor<4xf32>
}
func.func @launch_c1_type(%x: tensor<5xf32>) {
  // expected-error @+1 {{expected operand or result 0 of @k1 to be 'tensor<4xf32>', but got 'tensor<5xf32>' [launch-C1]}}
  kernel.launch @k1(%x) : (tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

kernel.func @k2(%x: tensor<4xf32>) -> tensor<4xf32> {
  kernel.return %x : tensor<4xf32>
}
func.func @launch_c1_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected 2 operands and results of @k2, but got 3 [launch-C1]}}
  kernel.launch @k2(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

kernel.func @k3(%x: tensor<?xf32> {kernel.dims = array<i64: 1>}, %n: index)
    -> (tensor<?xf32> {kernel.dims = array<i64: 1>}) {
  kernel.return %x : tensor<?xf32>
}
func.func @launch_c2_missing_size(%x: tensor<?xf32>, %n: index) {
  // expected-error @+1 {{expected one size per dynamic dim of the results (1), but got 0 [launch-C2]}}
  kernel.launch @k3(%x) indices(%n) : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @call_c1_unknown(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a function of the runtime, but got 'list_sort' [call-C1]}}
  kernel.call "list_sort"(%x) : (tensor<4xf32>) -> !kernel.list
  return
}

// -----

func.func @call_c1_operands(%l: !kernel.list, %x: tensor<4xf32>) {
  // expected-error @+1 {{expected operands, params and a result of list_insert, but got '!kernel.list', 'tensor<4xf32>', 0 params and '!kernel.list' [call-C1]}}
  kernel.call "list_insert"(%l, %x) : (!kernel.list, tensor<4xf32>) -> !kernel.list
  return
}

// -----

func.func @call_c1_params(%l: !kernel.list) {
  // expected-error @+1 {{expected operands, params and a result of list_join, but got '!kernel.list', 0 params and 'tensor<?xf32>' [call-C1]}}
  kernel.call "list_join"(%l) : (!kernel.list) -> tensor<?xf32>
  return
}

// -----

func.func @view_c1_width(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected element types of one width, but got 'f32' and 'f64' [view-C1]}}
  kernel.view %x : tensor<4xf32> -> tensor<4xf64>
  return
}

// -----

func.func @view_c2_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a result of 4 elements, but got 6 [view-C2]}}
  kernel.view %x : tensor<4xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @view_c3_missing_size(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{expected one size per dynamic dim of the result (1), but got 0 [view-C3]}}
  kernel.view %x : tensor<?x4xf32> -> tensor<?xf32>
  return
}

// -----

func.func @pack_c1_shape(%w: tensor<64x100xf32>) {
  // expected-error @+1 {{expected a result of type 'tensor<4x64x32xf32>', but got 'tensor<3x64x32xf32>' [pack-C1]}}
  kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>}
      : tensor<64x100xf32> -> tensor<3x64x32xf32>
  return
}

// -----

func.func @pack_c2_rank(%w: tensor<64xf32>) {
  // expected-error @+1 {{expected a source of 2 dims, but got 1 [pack-C2]}}
  kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>}
      : tensor<64xf32> -> tensor<3x64x32xf32>
  return
}

// -----

func.func @pack_c2_groups(%w: tensor<7x4xf32>) {
  // expected-error @+1 {{expected 2 groups to divide dim 0 (7) [pack-C2]}}
  kernel.pack %w {form = #kernel.panels<batch = [], k = [1], n = 0, groups = 2, width = 32>}
      : tensor<7x4xf32> -> tensor<2x1x4x32xf32>
  return
}

// -----

func.func @pack_c2_order(%w: tensor<7x4xf32>) {
  // expected-error @+1 {{expected dim 1 (4) in order, or a size of 1 [pack-C2]}}
  kernel.pack %w {form = #kernel.permuted<order = [0]>} : tensor<7x4xf32> -> tensor<7xf32>
  return
}

// -----

// expected-error @+1 {{expected batch, k and n to name each of 2 dims once [panels-C1]}}
func.func private @panels_c1_twice() attributes {form = #kernel.panels<batch = [], k = [0], n = 0, groups = 0, width = 32>}

// -----

// expected-error @+1 {{expected groups of at least 0, but got -1 [panels-C2]}}
func.func private @panels_c2_negative() attributes {form = #kernel.panels<batch = [], k = [0], n = 1, groups = -1, width = 32>}

// -----

// expected-error @+1 {{expected a width between 1 and 4096, but got 0 [panels-C3]}}
func.func private @panels_c3_zero() attributes {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 0>}

// -----

// expected-error @+1 {{expected dot to be 1 or 4, but got 2 [panels-C4]}}
func.func private @panels_c4_dot() attributes {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32, dot = 2>}

// -----

// expected-error @+1 {{expected order to name dims, each at most once [permuted-C1]}}
func.func private @permuted_c1_twice() attributes {form = #kernel.permuted<order = [1, 1]>}
