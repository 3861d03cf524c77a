// A kernel that no model becomes: phase llvm has no form for its cast.
kernel.func @k0(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %b: f32):
      %t = "builtin.unrealized_conversion_cast"(%a) : (f32) -> index
      %u = arith.addi %t, %t : index
      %r = "builtin.unrealized_conversion_cast"(%u) : (index) -> f32
      linalg.yield %r : f32
  } -> tensor<4xf32>
  kernel.return %0 : tensor<4xf32>
}
func.func @main(%x: tensor<4xf32> {weft.name = "x"}) -> (tensor<4xf32> {weft.name = "y"}) {
  %y = kernel.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
