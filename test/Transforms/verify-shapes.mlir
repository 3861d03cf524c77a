// RUN: weft-opt %s --verify-shapes --verify-diagnostics
//
// The gate refuses dims without a name, and lets all others pass.

// A named dim passes.
func.func @named(%x: tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>> {
  return %x : tensor<?xf32, #weft.dims<n>>
}

// A dim without name is refused, with the pass that names it.
// expected-error @+1 {{internal: expected dim 0 of 'tensor<?xf32>' to have a size or a name; run weft-infer-shapes}}
func.func @unnamed(%x: tensor<?xf32>) {
  return
}
