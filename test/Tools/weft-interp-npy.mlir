// REQUIRES: numpy
// RUN: rm -rf %t && mkdir -p %t
// RUN: %python -c "import numpy as n; n.save('%t/x.npy', n.array([[1, 2], [3, 4]], 'f4').T); n.save('%t/s.npy', n.array(['1.5', 'inf']))"
// RUN: weft-interp %s -i x=%t/x.npy -i 1=%t/s.npy -o %t/out -o sum=%t/sum.npy
// RUN: %python -c "import numpy as n; print(n.load('%t/sum.npy').tolist(), n.load('%t/out/1.npy').tolist(), n.load('%t/out/2.npy').dtype)" | FileCheck %s
// RUN: not weft-interp %s -i x=%t/missing.npy -i 1=%t/s.npy 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: %status 2 weft-interp %s -i x=%t/x.npy -i 1=%t/s.npy -i z=%t/x.npy 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not weft-interp %s -i x=%t/s.npy -i 1=%t/s.npy 2>&1 | FileCheck %s --check-prefix=TYPE
//
// weft-interp reads .npy files of any order and of text, and writes what numpy reads.

// CHECK: {{\[\[}}4.0], [6.0]] [1.5, inf] bool
// MISSING: error: cannot read input 'x' from {{.*}}missing.npy: No such file or directory
// UNKNOWN: weft-interp: expected -i NAME=FILE.npy of an input of the function ('x', '1'), but got 'z={{.*}}x.npy'
// TYPE: error: 'func.func' op expected argument 0 of type 'tensor<2x2xf32>', but got 'tensor<2x!weft.string>'
func.func @main(%x: tensor<2x2xf32> {weft.name = "x"}, %s: tensor<2x!weft.string>) -> (tensor<2x1xf32> {weft.name = "sum"}, tensor<2xf64>, tensor<2xi1>) {
  %0 = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<2x2xf32>) -> tensor<2x1xf32>
  %1 = weft.cast %s {to = f64} : (tensor<2x!weft.string>) -> tensor<2xf64>
  %2 = weft.is_inf %1 : (tensor<2xf64>) -> tensor<2xi1>
  return %0, %1, %2 : tensor<2x1xf32>, tensor<2xf64>, tensor<2xi1>
}
