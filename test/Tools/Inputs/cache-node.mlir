// The kernels of cache.mlir as parts of one node.
func.func @main(%x: tensor<1x64xf32> {weft.name = "x"}, %w: tensor<48x16xf32> {weft.name = "w"})
    -> (tensor<1x5xf32> {weft.name = "largest"}, tensor<16x48xf32> {weft.name = "turned"}) {
  %largest, %places = weft.top_k %x {static_k = 5 : i64, axis = 1 : i64} : (tensor<1x64xf32>) -> (tensor<1x5xf32>, tensor<1x5xi64>) loc("both")
  %turned = weft.transpose %w {perm = array<i64: 1, 0>} : (tensor<48x16xf32>) -> tensor<16x48xf32> loc("both")
  return %largest, %turned : tensor<1x5xf32>, tensor<16x48xf32>
}
