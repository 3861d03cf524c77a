#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles and runs a model onto a full disk: full_disk.sh MOUNTPOINT MODEL; needs a mount namespace of its own.
set -u
weftc "$2" -o "$1/../model.weft" -q || exit 1
artifact=$(cd "$1/.." && pwd)/model.weft
mount -t tmpfs -o size=64k none "$1" && cd "$1" || exit 1
echo previous >model.weft
weftc "$2" -o model.weft
echo "weftc: status $?"
echo "files: [$(echo *)]"
echo "contents: $(cat model.weft)"
echo previous >out.npy
weft run "$artifact" --random 1 --dim batch=4000 -o logits=out.npy
echo "weft: status $?"
echo "files: [$(echo *)]"
echo "contents: $(cat out.npy)"
