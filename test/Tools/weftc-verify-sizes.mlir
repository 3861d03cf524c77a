// Random inputs of `weftc verify` have sizes that belong together: symbols lie in their bounds, expressions follow from symbols.
// REQUIRES: weftc, numpy
// RUN: weftc verify %s --random 3 | FileCheck %s
// RUN: rm -rf %t && mkdir %t && %python -c "import numpy; numpy.save(r'%t/x.npy', numpy.ones(5, 'float32'))"
// A given tensor says what its symbol is.
// RUN: weftc verify %s -i x=%t/x.npy | FileCheck %s
// CHECK: all values are within tolerance (1 sample)

// The runtime refuses sizes out of bounds, and a third input that is not as long as the others together.
func.func @main(%x: tensor<?xf32, #weft.dims<a>> {weft.name = "x"}, %y: tensor<?xf32, #weft.dims<b>> {weft.name = "y"}, %z: tensor<?xf32, #weft.dims<a + b>> {weft.name = "z"}) -> (tensor<?xf32, #weft.dims<a + b>> {weft.name = "s"}) attributes {weft.symbols = {a = [2, 8], b = [3, 9]}} {
  %0 = weft.concat %x, %y {axis = 0 : i64} : (tensor<?xf32, #weft.dims<a>>, tensor<?xf32, #weft.dims<b>>) -> tensor<?xf32, #weft.dims<a + b>>
  %1 = weft.add %0, %z : (tensor<?xf32, #weft.dims<a + b>>, tensor<?xf32, #weft.dims<a + b>>) -> tensor<?xf32, #weft.dims<a + b>>
  return %1 : tensor<?xf32, #weft.dims<a + b>>
}
