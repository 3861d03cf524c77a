// A convolution for which Winograd's algorithm pays.
func.func @main(%x: tensor<1x64x56x56xf32> {weft.name = "x"}) -> (tensor<1x64x56x56xf32> {weft.name = "y"}) {
  %w = weft.constant dense<0.01> : tensor<64x64x3x3xf32>
  %y = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  return %y : tensor<1x64x56x56xf32>
}
