# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs programs with standard streams closed and prints their exit statuses: closed_streams.sh FOLDER MODEL
cd "$1" || exit 1
model=$2
weft run m.weft --random 1 >&-
echo "weft run: $?"
weft run m.weft --random 1 -o logits=y.npy >&-
echo "weft run to a file: $?"
weft run m.weft --random 1 -o logits=z.npy 2>&-
echo "weft run without messages: $?"
weft bench m.weft --seconds 0.01 >&-
echo "weft bench: $?"
weft inspect m.weft >&-
echo "weft inspect: $?"
weftc check "$model" >&-
echo "weftc check: $?"
weftc explain m.weft >&-
echo "weftc explain: $?"
weftc --help >&-
echo "weftc --help: $?"
echo 'func.func @main() -> tensor<f32> { %0 = weft.constant dense<1.0> : tensor<f32> return %0 : tensor<f32> }' >m.mlir
weft-interp m.mlir >&-
echo "weft-interp: $?"
weft-opt m.mlir >&-
echo "weft-opt: $?"
