// The places of the elements that are not zero, times two and sorted: two kernels with a tensor between them whose size depends on data.
func.func @main(%x: tensor<2x3xf32> {weft.name = "x"}) -> (tensor<2x?xi64, #weft.dims<2, n>> {weft.name = "y"}) {
  %y = weft.nonzero %x : (tensor<2x3xf32>) -> tensor<2x?xi64, #weft.dims<2, n>> loc("where")
  %s:2 = weft.sort %y {axis = 1 : i64} : (tensor<2x?xi64, #weft.dims<2, n>>) -> (tensor<2x?xi64, #weft.dims<2, n>>, tensor<2x?xi64, #weft.dims<2, n>>) loc("sort")
  return %s#0 : tensor<2x?xi64, #weft.dims<2, n>>
}
