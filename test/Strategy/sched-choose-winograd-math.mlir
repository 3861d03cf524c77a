// --math decides which tiles of Winograd's algorithm are admitted.
// REQUIRES: weftc
// RUN: weftc %s -o - --cpu=v3 --stop-after=structured -q | FileCheck %s --check-prefix=F32
// RUN: weftc %s -o - --cpu=v3 --stop-after=structured -q --math=f32-fma | FileCheck %s --check-prefix=FMA
// RUN: weftc %s -o - --cpu=v3 --stop-after=structured -q --math=strict | FileCheck %s --check-prefix=STRICT

// F32: kernel.winograd ins(%{{.*}}, %{{.*}} : tensor<1x56x56x64xf32>, tensor<2x36x64x32xf32>)
// FMA: kernel.winograd ins(%{{.*}}, %{{.*}} : tensor<1x56x56x64xf32>, tensor<2x16x64x32xf32>)
// STRICT-NOT: kernel.winograd
// STRICT: kernel.conv
func.func @main(%x: tensor<1x64x56x56xf32> {weft.name = "x"}) -> (tensor<1x64x56x56xf32> {weft.name = "y"}) {
  %w = weft.constant dense<0.5> : tensor<64x64x3x3xf32>
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  return %c : tensor<1x64x56x56xf32>
}
