// Products of bytes become tile instructions, which the artifact then asks of the machine; without such products, and in objects to
// embed, nothing asks for tiles. No tile is spilled.
// REQUIRES: weftc, weft
// RUN: weftc %s -o - --cpu=v4-amx -q --stop-after=scheduled | FileCheck %s --check-prefix=SCHEDULE
// SCHEDULE: registers = [32, 32], {{.*}} dot = tdpbusd>
// RUN: weftc %s -o - --cpu=v4-amx -q --emit=asm | FileCheck %s --check-prefix=CODE --implicit-check-not="1024-byte Folded"
// CODE: ldtilecfg
// CODE-COUNT-4: tdpbssd
// CODE: tilerelease
// RUN: weftc %s -o %t.weft --cpu=v4-amx,v4-vnni -q
// RUN: weft inspect %t.weft | FileCheck %s --check-prefix=NEEDS
// NEEDS: level x86-64-v4-amx for x86_64
// NEEDS: level x86-64-v4-vnni for x86_64

// RUN: weft inspect --json %t.weft | FileCheck %s --check-prefix=TILES
// TILES: amx-tile
// RUN: weftc %S/dense.mlir -o %t.weft --cpu=v4-amx -q
// RUN: weft inspect --json %t.weft | FileCheck %s --check-prefix=NONE --implicit-check-not=amx-tile
// NONE: x86-64-v4-amx
// RUN: weftc %s -o %t.o --cpu=v4-amx -q --emit=obj
// RUN: FileCheck %s --check-prefix=EMBED --implicit-check-not=amx-tile < %t.h
// EMBED: made for x86-64-v4-amx, which needs

func.func @main(%x: tensor<64x128xi8> {weft.name = "x"}) -> (tensor<64x32xi32> {weft.name = "y"}) {
  %w = weft.constant dense<3> : tensor<128x32xi8>
  %r = weft.matmul %x, %w : (tensor<64x128xi8>, tensor<128x32xi8>) -> tensor<64x32xi32>
  return %r : tensor<64x32xi32>
}
