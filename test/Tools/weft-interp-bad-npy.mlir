// REQUIRES: numpy
// RUN: rm -rf %t && mkdir %t && %python %S/Inputs/bad_npy.py %t
// RUN: %status 1 weft-interp %s -i x=%t/empty.npy 2>&1 | FileCheck %s --check-prefix=MAGIC
// RUN: %status 1 weft-interp %s -i x=%t/text.npy 2>&1 | FileCheck %s --check-prefix=MAGIC
// RUN: %status 1 weft-interp %s -i x=%t/half-header.npy 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: %status 1 weft-interp %s -i x=%t/no-shape.npy 2>&1 | FileCheck %s --check-prefix=HEADER
// RUN: %status 1 weft-interp %s -i x=%t/negative.npy 2>&1 | FileCheck %s --check-prefix=HEADER
// RUN: %status 1 weft-interp %s -i x=%t/long-header.npy 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: %status 1 weft-interp %s -i x=%t/short.npy 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: %status 1 weft-interp %s -i x=%t/huge.npy 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: %status 1 weft-interp %s -i x=%t/overflow.npy 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: %status 1 weft-interp %s -i x=%t/huge-text.npy 2>&1 | FileCheck %s --check-prefix=TEXTS
// RUN: %status 1 weft-interp %s -i x=%t/object.npy 2>&1 | FileCheck %s --check-prefix=OBJECT
// RUN: %status 1 weft-interp %s -i x=%t/doubles.npy 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: %status 1 weft-interp %s -i x=%t 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: weft-interp %s -i x=%t/fortran.npy | FileCheck %s
// RUN: weft-interp %s -i x=%t/big-endian.npy | FileCheck %s
// RUN: weft-interp %s -i x=%t/big-fortran.npy | FileCheck %s
//
// A file's header is believed only as far as the file's own bytes; orders of bytes and dims are numpy's.

// MAGIC: expected an .npy file, but the magic number is missing
// HALF: the file is truncated: {{[0-9]+}} of the {{[0-9]+}} bytes of its header are missing
// HEADER: expected an .npy header, but it is malformed
// SHORT: expected elements for the dims in the header, but got 16 bytes
// TEXTS: expected texts for the dims in the header, but got 16 bytes
// OBJECT: expected a numeric, boolean or string type, but got '|O'
// TYPE: expected argument 0 of type 'tensor<2x2xf32>', but got 'tensor<2x2xf64>'
// FOLDER: cannot read input 'x'
// CHECK: tensor<2x2xf32> = {{\[\[}}-1.0, -2.0], [-3.0, -4.0]]
func.func @main(%x: tensor<2x2xf32> {weft.name = "x"}) -> tensor<2x2xf32> {
  %0 = weft.neg %x : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
