// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits what all micro-kernels are made of: index arithmetic, register tiles, epilogues, ranges of tasks.
#ifndef WEFT_LIB_CODEGEN_CPU_MICROKERNEL_H
#define WEFT_LIB_CODEGEN_CPU_MICROKERNEL_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace weft::cpu {

/// Index arithmetic and vector code at the insertion point of `b`, folded as it is built.
class Emitter {
public:
  Emitter(mlir::OpBuilder &b, mlir::Location loc, mlir::sched::CPUAttr sched);

  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value add(mlir::Value x, int64_t y) { return y == 0 ? x : add(x, index(y)); }
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, int64_t y) { return y == 1 ? x : mul(x, index(y)); }
  /// Quotient and remainder of values that are not negative.
  mlir::Value div(mlir::Value x, int64_t y);
  mlir::Value rem(mlir::Value x, int64_t y);
  mlir::Value ceilDiv(mlir::Value x, int64_t y) { return div(add(x, y - 1), y); }
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value less(mlir::Value x, mlir::Value y);
  /// The size of a memref's dim: a constant where it is static.
  mlir::Value dim(mlir::Value memref, int64_t i);

  /// A vector of the schedule's width with `element`s.
  mlir::VectorType vectorOf(mlir::Type element);
  /// Zeros; of f32 unless `element` says otherwise.
  mlir::Value zeroVector(mlir::Type element = {});
  mlir::Value splat(mlir::Value scalar);
  /// x * y + z, fused where the schedule says so.
  mlir::Value mulAdd(mlir::Value x, mlir::Value y, mlir::Value z);
  /// A mask of the first `count` lanes.
  mlir::Value laneMask(int64_t count);
  mlir::Value laneMask(mlir::Value count);
  /// The elements from `indices` on along the last dim; lanes that `mask` (null: all are read) leaves out are
  /// 0.
  mlir::Value load(mlir::Value memref, llvm::ArrayRef<mlir::Value> indices, mlir::Value mask);
  void store(mlir::Value vector, mlir::Value memref, llvm::ArrayRef<mlir::Value> indices, mlir::Value mask);
  /// Transposes as many vectors as they have lanes.
  void transpose(llvm::MutableArrayRef<mlir::Value> vectors);

  /// A loop that LLVM must not unroll: its body fills the registers.
  llvm::SmallVector<mlir::Value>
  tightLoop(mlir::Value begin, mlir::Value end, int64_t step, mlir::ValueRange inits,
            llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
  /// A loop without carried values.
  void loop(mlir::Value begin, mlir::Value end, int64_t step, llvm::function_ref<void(mlir::Value)> body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> body);

  int64_t lanes() const { return sched.getVector(); }

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::sched::CPUAttr sched;
};

/// The part of one dim that a task covers.
struct Span {
  mlir::Value begin, end;
};

/// Runs `body` for each task of the parallel level, with the part of each output dim that it covers: one
/// scf.forall over the dims that the schedule splits, or once, with whole ranges, when it splits none.
///
/// `order` names all output dims as the forall nests them, outermost first: neighbouring tasks differ in the
/// last ones. Errors: the schedule splits an op that is not at the top of its kernel, or has another number
/// of dims.
mlir::LogicalResult emitTasks(Emitter &e, mlir::kernel::EpilogueOpInterface op, llvm::ArrayRef<int64_t> order,
                              llvm::function_ref<void(llvm::ArrayRef<Span>)> body);

/// Runs `body` for each index of `ranges`, outermost first; the vector it gets has one index per range.
void forEachIndex(Emitter &e, llvm::ArrayRef<Span> ranges,
                  llvm::function_ref<void(llvm::ArrayRef<mlir::Value>)> body);

/// Some vectors of columns: `count` vectors from column `begin` on, the last one masked unless `lastMask` is
/// null.
struct Columns {
  mlir::Value begin;
  int64_t count;
  mlir::Value lastMask;
  mlir::Value mask(int64_t i) const { return i + 1 == count ? lastMask : mlir::Value(); }
};

/// Splits columns [range) into register tiles of `columns` columns, remainders included, and runs `body` for
/// each.
///
/// Requires: range.begin is a multiple of `columns`; `size` is the size of the whole dim,
/// ShapedType::kDynamic if unknown.
void forEachColumns(Emitter &e, Span range, int64_t size, int64_t columns,
                    llvm::function_ref<void(const Columns &)> body);

/// Splits rows [range) into register tiles of `rows` rows, remainders included; `body` gets the first row and
/// their number.
///
/// Requires: as for forEachColumns.
void forEachRows(Emitter &e, Span range, int64_t size, int64_t rows,
                 llvm::function_ref<void(mlir::Value, int64_t)> body);

/// The vectors of a register tile, row by row.
using Accumulators = llvm::SmallVector<mlir::Value>;

/// Adds one step of the contraction to `accumulators`: row r, vector j gets row(r) * column(j). Rows that
/// give null are left out.
Accumulators multiplyTile(Emitter &e, int64_t rows, int64_t vectors, mlir::ValueRange accumulators,
                          llvm::function_ref<mlir::Value(int64_t)> row,
                          llvm::function_ref<mlir::Value(int64_t)> column);

/// Reads the packed columns that come next into the second-level cache while a register tile is computed, a
/// part for each tile of rows that meets the current ones: otherwise weights arrive when they are needed.
class Lookahead {
public:
  /// No reading ahead.
  Lookahead() = default;
  /// The columns that come next are `count` floats from the element `next` of `packed` on; `tiles` of `rows`
  /// rows, of which this is the one that begins at row `row` of `totalRows`, take `steps` steps each.
  Lookahead(Emitter &e, mlir::Value packed, llvm::ArrayRef<mlir::Value> next, int64_t count, int64_t steps,
            mlir::Value row, int64_t rows, int64_t totalRows);

  /// Emits the share of step `step` of the tile.
  void emit(Emitter &e, mlir::Value step) const;

private:
  mlir::Value packed;
  llvm::SmallVector<mlir::Value> first;
  int64_t perStep = 0;
};

/// Emits an op's epilogue on vectors of its accumulators and stores what it makes of them.
class Epilogue {
public:
  /// `op` has its output dim rank-2 as rows and its last dim as columns of a tile.
  Epilogue(Emitter &e, mlir::kernel::EpilogueOpInterface op) : e(e), op(op) {}

  /// Stores a tile whose row r, column 0 is output element `indices(r)`.
  void storeTile(int64_t rows, const Columns &columns, mlir::ValueRange accumulators,
                 llvm::function_ref<llvm::SmallVector<mlir::Value>(int64_t)> indices);
  /// Fetches the lines of the output, and of what the epilogue reads besides per row, into the cache: they
  /// arrive while the tile is computed.
  void prefetchTile(int64_t rows, const Columns &columns,
                    llvm::function_ref<llvm::SmallVector<mlir::Value>(int64_t)> indices);
  /// Stores the accumulators of a tile in the output as they are; loads them again. Requires an f32 output.
  void storeSums(int64_t rows, const Columns &columns, mlir::ValueRange accumulators,
                 llvm::function_ref<llvm::SmallVector<mlir::Value>(int64_t)> indices);
  Accumulators loadSums(int64_t rows, const Columns &columns,
                        llvm::function_ref<llvm::SmallVector<mlir::Value>(int64_t)> indices);

private:
  mlir::Value loadExtra(unsigned i, llvm::ArrayRef<mlir::Value> indices, mlir::Value mask);
  mlir::Value apply(mlir::Value accumulator, llvm::ArrayRef<mlir::Value> extras);

  Emitter &e;
  mlir::kernel::EpilogueOpInterface op;
};

} // namespace weft::cpu

#endif // WEFT_LIB_CODEGEN_CPU_MICROKERNEL_H
