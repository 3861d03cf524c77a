// Halves its input, and the largest of each row.
func.func @main(%x: tensor<2x8xf32> {weft.name = "x"}) -> (tensor<2x8xf32> {weft.name = "half"}, tensor<2x1xf32> {weft.name = "most"}) {
  %c = weft.constant dense<0.5> : tensor<1x1xf32>
  %h = weft.mul %x, %c : (tensor<2x8xf32>, tensor<1x1xf32>) -> tensor<2x8xf32>
  %m = weft.reduce max %x {axes = array<i64: 1>} : (tensor<2x8xf32>) -> tensor<2x1xf32>
  return %h, %m : tensor<2x8xf32>, tensor<2x1xf32>
}
