// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of bytes in micro-kernels: words of four bytes take the place of floats.
#ifndef WEFT_LIB_CODEGEN_CPU_BYTEPRODUCT_H
#define WEFT_LIB_CODEGEN_CPU_BYTEPRODUCT_H

#include "MicroKernel.h"

namespace weft::cpu {

/// The left side of a contraction of bytes.
///
/// The instructions multiply unsigned by signed bytes: a signed left side is read as x + 128. What is
/// subtracted from what is read, `offset`, is multiplied with the sums of the columns instead of with each
/// byte.
struct ByteSide {
  bool isUnsigned = true;
  int64_t zeroPoint = 0;
  /// What the bytes that are multiplied stand for is their value minus `offset`, from 0 to 255.
  int64_t offset() const { return zeroPoint + (isUnsigned ? 0 : 128); }
  /// Four zero points as they lie in memory.
  mlir::IntegerAttr zeroPointWord(mlir::Builder &b) const {
    return b.getI32IntegerAttr(static_cast<int32_t>(0x01010101u * static_cast<uint32_t>(zeroPoint & 0xff)));
  }
};

/// Four neighbouring bytes along the last dim of a dense memref of i8 as one element of i32; the last
/// `merged` dims become one.
///
/// Requires: the product of the last `merged` dims is a multiple of 4.
mlir::Value viewAsWords(Emitter &e, mlir::Value bytes, int64_t merged);

/// A vector whose lanes are all `word`, four bytes of the left side, as the instructions take them.
mlir::Value splatWord(Emitter &e, mlir::Value word, const ByteSide &side);

/// The vector that `splatWord` gives for a word of zero points; null if it is 0, which need not be
/// multiplied.
mlir::Value zeroPointWord(Emitter &e, const ByteSide &side);

/// Adds four steps of the contraction to i32 `accumulators`, as multiplyTile does one of floats: row r,
/// vector j gets in each lane the sum of the products of the bytes of row(r), unsigned, and column(j),
/// signed. Exact in i32.
Accumulators multiplyByteTile(Emitter &e, int64_t rows, int64_t vectors, mlir::ValueRange accumulators,
                              llvm::function_ref<mlir::Value(int64_t)> row,
                              llvm::function_ref<mlir::Value(int64_t)> column);

/// The accumulators that a tile of `rows` rows begins with: `-offset` times the columns' sums, which
/// `sums(j)` loads.
Accumulators beginByteTile(Emitter &e, int64_t rows, int64_t vectors, const ByteSide &side,
                           llvm::function_ref<mlir::Value(int64_t)> sums);

/// Whether the op's operands are as these kernels read them: dense, with a schedule that names an
/// instruction.
mlir::LogicalResult checkBytes(mlir::Operation *op, mlir::sched::CPUAttr sched);

} // namespace weft::cpu

#endif // WEFT_LIB_CODEGEN_CPU_BYTEPRODUCT_H
