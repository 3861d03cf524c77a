// Rows that do not fit on the stack of a kernel, behind a sum over rows of any number.
func.func @main(%x: tensor<?x40000xf32, #weft.dims<rows, 40000>> {weft.name = "x"}) -> (tensor<?x40000xf32, #weft.dims<rows, 40000>> {weft.name = "y"}) {
  %s = weft.softmax %x {axis = 1 : i64} : (tensor<?x40000xf32, #weft.dims<rows, 40000>>) -> tensor<?x40000xf32, #weft.dims<rows, 40000>>
  %m = weft.reduce sum %s {axes = array<i64: 0>} : (tensor<?x40000xf32, #weft.dims<rows, 40000>>) -> tensor<1x40000xf32>
  %d = weft.sub %s, %m : (tensor<?x40000xf32, #weft.dims<rows, 40000>>, tensor<1x40000xf32>) -> tensor<?x40000xf32, #weft.dims<rows, 40000>>
  %r = weft.softmax %d {axis = 1 : i64} : (tensor<?x40000xf32, #weft.dims<rows, 40000>>) -> tensor<?x40000xf32, #weft.dims<rows, 40000>>
  return %r : tensor<?x40000xf32, #weft.dims<rows, 40000>>
}
