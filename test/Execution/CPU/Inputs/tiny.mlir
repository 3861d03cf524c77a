// The sign and the logarithm of numbers, of which denormals are zeros unless they are kept.
func.func @main(%x: tensor<4xf32> {weft.name = "x"}) -> (tensor<4xi1> {weft.name = "positive"}, tensor<4xf32> {weft.name = "log"}, tensor<4xf32> {weft.name = "same"}) {
  %zero = weft.constant dense<0.0> : tensor<1xf32>
  %p = weft.compare gt %x, %zero : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xi1>
  %l = weft.log %x : (tensor<4xf32>) -> tensor<4xf32>
  %s = weft.reshape %x to [4] : (tensor<4xf32>) -> tensor<4xf32>
  return %p, %l, %s : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
}
