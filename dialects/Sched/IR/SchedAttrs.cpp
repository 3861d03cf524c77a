// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifies schedules.
#include "dialects/Sched/IR/SchedDialect.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace mlir::sched;

// Vector registers of an x86 processor whose vectors have this many f32 lanes: AVX-512 has 32, SSE and AVX
// have 16.
static int64_t getNumVectorRegisters(int64_t lanes) { return lanes == 16 ? 32 : 16; }

// Whether two by two tiles of at most 16 rows and 16 columns make a register tile of this size.
static bool fitsTiles(int64_t rows, int64_t columns) {
  return (rows <= 16 || (rows <= 32 && rows % 2 == 0)) && (columns == 16 || columns == 32);
}

LogicalResult CPUAttr::verify(function_ref<InFlightDiagnostic()> emitError, CPUKernel kernel,
                              ArrayRef<int64_t> parallel, int64_t vector, ArrayRef<int64_t> registers,
                              int64_t depth, int64_t unroll, bool fma, CPUDot dot) {
  if (vector != 4 && vector != 8 && vector != 16)
    return emitError() << "expected vector to be 4, 8 or 16, but got " << vector << " [cpu-C1]";
  for (int64_t size : parallel)
    if (size < 0)
      return emitError() << "expected parallel tile sizes of at least 0, but got " << size << " [cpu-C4]";
  if (unroll < 1)
    return emitError() << "expected unroll to be at least 1, but got " << unroll << " [cpu-C5]";
  if (kernel == CPUKernel::loops) {
    if (!registers.empty() || depth != 0 || unroll != 1)
      return emitError() << "expected no registers, depth or unroll for loops [cpu-C2]";
    if (dot != CPUDot::none)
      return emitError() << "expected no dot instruction for loops, but got " << stringifyCPUDot(dot)
                         << " [cpu-C2]";
    return success();
  }
  if (registers.size() != 2 || registers[0] < 1 || registers[1] < 1)
    return emitError() << "expected registers to be positive rows and columns [cpu-C2]";
  int64_t rows = registers[0], columns = registers[1];
  if (columns % vector != 0)
    return emitError() << "expected columns (" << columns << ") to be whole vectors of " << vector
                       << " [cpu-C3]";
  int64_t perRow = columns / vector;
  bool isTiles = dot == CPUDot::tdpbusd;
  if (isTiles && (vector != 16 || unroll != 1 || !fitsTiles(rows, columns)))
    return emitError() << "expected one or two tiles of at most 16 rows and of 16 columns, vectors of 16 and "
                          "unroll 1 for "
                       << stringifyCPUDot(dot) << ", but got " << rows << "x" << columns << ", " << vector
                       << " and " << unroll << " [cpu-C7]";
  if (!isTiles && rows * unroll * perRow + perRow + 1 > getNumVectorRegisters(vector))
    return emitError() << "expected a " << rows << "x" << columns << " tile with unroll " << unroll
                       << " to fit " << getNumVectorRegisters(vector) << " registers of " << vector
                       << " lanes [cpu-C3]";
  if (depth < 0 || (depth > 0 && unroll > 1))
    return emitError() << "expected depth of at least 0, and unroll 1 if it is not 0, but got " << depth
                       << " and " << unroll << " [cpu-C6]";
  if (parallel.size() >= 2) {
    int64_t tileRows = parallel[parallel.size() - 2], tileColumns = parallel.back();
    if (tileRows % rows != 0 || tileColumns % columns != 0)
      return emitError() << "expected parallel tiles of multiples of " << rows << "x" << columns
                         << ", but got " << tileRows << "x" << tileColumns << " [cpu-C4]";
  }
  return success();
}
