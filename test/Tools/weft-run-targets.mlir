// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Claim: two outputs do not go to one file, however its name is spelled, whether or not it is there yet.
// REQUIRES: weftc, weft
// RUN: rm -rf %t && mkdir -p %t/folder && weftc %s -o %t/m.weft -q
// RUN: cd %t && %status 2 weft run m.weft -o c=w.npy -o s=./w.npy 2>&1 | FileCheck %s
// RUN: cd %t && %status 2 weft run m.weft -o c=w.npy -o s=folder/../w.npy 2>&1 | FileCheck %s
// RUN: ls %t | FileCheck %s --check-prefix=NOTHING --implicit-check-not=npy
// NOTHING: folder
// RUN: cd %t && weft run m.weft -o c=w.npy -o s=v.npy && ln w.npy hard.npy
// RUN: cd %t && %status 2 weft run m.weft -o c=w.npy -o s=hard.npy 2>&1 | FileCheck %s
// CHECK: .npy' is given for two outputs.
// RUN: cd %t && weft run m.weft -o c=w.npy -o s=folder/w.npy
func.func @main() -> (tensor<2xf32> {weft.name = "c"}, tensor<2xf32> {weft.name = "s"}) {
  %c = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = weft.constant dense<[3.0, 4.0]> : tensor<2xf32>
  return %c, %s : tensor<2xf32>, tensor<2xf32>
}
