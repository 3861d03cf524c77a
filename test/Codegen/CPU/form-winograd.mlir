// A chosen convolution becomes Winograd's algorithm, and the host transforms the filter that it passes.
// RUN: weft-opt %s --weft-form-winograd | FileCheck %s

// CHECK-LABEL: kernel.func @tile4_f32(
// CHECK-SAME: %{{.*}}: tensor<1x8x8x4xf32>, %[[FILTER:.*]]: tensor<1x36x4x32xf32>
// CHECK: kernel.winograd ins(%{{.*}}, %[[FILTER]] : {{.*}} {pads = array<i64: 1, 1, 1, 1>}
// CHECK-NOT: sched.winograd
kernel.func @tile4_f32(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x36x32xf32>) -> tensor<1x8x8x16xf32> {
  %o = tensor.empty() : tensor<1x8x8x16xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x8x8x4xf32>, tensor<1x1x36x32xf32>) outs(%o : tensor<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
                  sched.winograd = 4 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x8x8x16xf32>
  kernel.return %r : tensor<1x8x8x16xf32>
}

// CHECK-LABEL: func.func @main(
// CHECK: %[[PACKED:.*]] = kernel.pack %{{.*}} {form = #kernel.winograd<tile = 4>} : tensor<1x1x36x32xf32> -> tensor<1x36x4x32xf32>
// CHECK: kernel.launch @tile4_f32(%{{.*}}, %[[PACKED]])
func.func @main(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x16xf32> {
  %w = kernel.constant dense<0.5> : tensor<1x1x36x32xf32>
  %y = kernel.launch @tile4_f32(%x, %w) : (tensor<1x8x8x4xf32>, tensor<1x1x36x32xf32>) -> tensor<1x8x8x16xf32>
  return %y : tensor<1x8x8x16xf32>
}

// A filter that something else reads stays as it is.
// CHECK-LABEL: kernel.func @no_form_when_filter_is_shared(
// CHECK-COUNT-2: kernel.conv
// CHECK-NOT: sched.winograd
kernel.func @no_form_when_filter_is_shared(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x36x32xf32>) -> (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) {
  %o = tensor.empty() : tensor<1x8x8x16xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x8x8x4xf32>, tensor<1x1x36x32xf32>) outs(%o : tensor<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
                  sched.winograd = 4 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x8x8x16xf32>
  %s = kernel.conv ins(%x, %w : tensor<1x8x8x4xf32>, tensor<1x1x36x32xf32>) outs(%o : tensor<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x8x8x16xf32>
  kernel.return %r, %s : tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>
}
