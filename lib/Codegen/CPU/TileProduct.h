// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of bytes by tile registers, for all contractions.
#ifndef WEFT_LIB_CODEGEN_CPU_TILEPRODUCT_H
#define WEFT_LIB_CODEGEN_CPU_TILEPRODUCT_H

#include "ByteProduct.h"

namespace weft::cpu {

/// Address of an element of a memref, as an index. Requires: a dense memref of whole bytes.
mlir::Value addressOf(Emitter &e, mlir::Value memref, llvm::ArrayRef<mlir::Value> indices);

/// Emits blocks of one or two by one or two tiles: the sums of a block are kept in tile registers over the
/// whole contracted dim, then stored in a buffer from which the epilogue takes them row by row.
///
/// The contracted dim is made of runs of equal length, each of which lies in one piece in a row of the left
/// side. All tiles of a kernel have the same shape: the compiler configures them once. What is left of a run
/// after whole steps is one more step that begins earlier, with zeros for the words that were taken already;
/// rows past the last one are those before it once more. So nothing outside of the operands is read.
class TileProduct {
public:
  /// Shapes: `rhs` is [.., panels, runs * words + 1, width], words of four bytes.
  /// Requires: at the place of the op, outside of its tasks.
  TileProduct(Emitter &e, const ByteSide &side, mlir::Value rhs, int64_t runs, int64_t words);

  /// What the tiles of some columns share.
  struct Block {
    Columns columns;
    mlir::Value rhs;
    Accumulators first;
  };
  /// `at` are the indices of the panel in `rhs`, its batch and the number of the panel left to fill in.
  Block beginColumns(const Columns &columns, llvm::ArrayRef<mlir::Value> batch);

  /// The rows of a block.
  struct Rows {
    Span range;
    /// Rows that can be read, at least rowsPerTile().
    mlir::Value total;
    /// Bytes from a row of the left side to the next.
    mlir::Value rowBytes;
    /// The address of a row where run `run` begins.
    llvm::function_ref<mlir::Value(mlir::Value row, mlir::Value run)> lhs;
    /// The output element of a row, column 0 of the block.
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value row)> indices;
  };
  /// Computes and stores the columns of a block for some rows. Requires: range.begin is a multiple of the
  /// schedule's rows.
  void expandRows(const Block &block, const Rows &rows, Epilogue &epilogue);

  int64_t rowsPerTile() const { return tileRows; }

private:
  mlir::Value load(int64_t rows, int64_t bytes, mlir::Value address, mlir::Value stride, bool isUsedOnce);
  // One product for each tile: `lhs` are the addresses of their rows, `rhs` that of the columns.
  Accumulators addStep(const Block &block, mlir::ValueRange tiles, llvm::ArrayRef<mlir::Value> lhs,
                       mlir::Value rowBytes, mlir::Value rhs, int64_t rhsRowBytes);
  Accumulators addRun(const Block &block, const Rows &rows, llvm::ArrayRef<mlir::Value> begins,
                      mlir::Value run, mlir::ValueRange tiles);
  void storeSums(const Block &block, mlir::ValueRange tiles);
  void drain(const Block &block, const Rows &rows, mlir::Value begin, Epilogue &epilogue);

  Emitter &e;
  // Zero points are all that is left to subtract: the instructions know signs.
  ByteSide side;
  bool isUnsigned;
  mlir::Value rhs;
  int64_t runs, words, panel;
  // Tiles of a block, rows of a tile, words of a step and of what is left of a run.
  int64_t height, tileRows, step, rest;
  // Sums of a block; the last words of all runs behind zeros.
  mlir::Value sums, rests;
};

} // namespace weft::cpu

#endif // WEFT_LIB_CODEGEN_CPU_TILEPRODUCT_H
