// NaN goes through a maximum, which --math=fast may lose; the output is NaN in any case, because of the addition.
func.func @main(%x: tensor<2x2xf32> {weft.name = "x"}) -> (tensor<2x2xf32> {weft.name = "y"}) {
  %a = weft.neg %x : (tensor<2x2xf32>) -> tensor<2x2xf32> loc("negate")
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %0 = weft.max %a, %z : (tensor<2x2xf32>, tensor<1x1xf32>) -> tensor<2x2xf32> loc("relu")
  %1 = weft.add %0, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32> loc("add")
  return %1 : tensor<2x2xf32>
}
