// The kernels of cache.mlir behind another one.
func.func @main(%v: tensor<7xf32> {weft.name = "v"}, %x: tensor<1x64xf32> {weft.name = "x"}, %w: tensor<48x16xf32> {weft.name = "w"})
    -> (tensor<7xf32> {weft.name = "grown"}, tensor<1x5xf32> {weft.name = "largest"}, tensor<16x48xf32> {weft.name = "turned"}) {
  %grown = weft.exp %v : (tensor<7xf32>) -> tensor<7xf32> loc("grow")
  %largest, %places = weft.top_k %x {static_k = 5 : i64, axis = 1 : i64} : (tensor<1x64xf32>) -> (tensor<1x5xf32>, tensor<1x5xi64>) loc("choose")
  %turned = weft.transpose %w {perm = array<i64: 1, 0>} : (tensor<48x16xf32>) -> tensor<16x48xf32> loc("turn")
  return %grown, %largest, %turned : tensor<7xf32>, tensor<1x5xf32>, tensor<16x48xf32>
}
