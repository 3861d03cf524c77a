// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where every buffer of the host program lives: which values share it, how long, in which memory.
#ifndef WEFT_CODEGEN_HOST_HOSTPLAN_H
#define WEFT_CODEGEN_HOST_HOSTPLAN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/DenseMap.h"

#include <cstdint>
#include <vector>

namespace weft {

/// The memory of a buffer.
enum class Placement {
  StaticArena,  ///< size known now; `position` is the offset in bytes
  DynamicArena, ///< size follows from the inputs' dims; `position` is the slot
  RunTime,      ///< size depends on data: allocated when it is made
  Output,       ///< the caller's memory; `position` is the number of the output
};

/// A buffer: made by a launch, by `tensor.from_elements`, or as the home of a tensor that a loop carries
/// (`value` is then the loop's block argument).
struct BufferSite {
  mlir::Value value;
  mlir::RankedTensorType type;
  llvm::SmallVector<mlir::Value>
      sizes; ///< structured-level index values of the `?` dims; empty for carried tensors
  bool isCarried = false;
  int64_t begin = 0;
  int64_t end = 0;
  Placement placement = Placement::StaticArena;
  int64_t position = 0;
  mlir::RankedTensorType outputType; ///< of an output: the type of what is returned, which may be a view
  llvm::SmallVector<mlir::Value> outputSizes; ///< of an output: the sizes of the `?` dims of that type
};

struct HostPlan {
  std::vector<BufferSite> sites;
  llvm::DenseMap<mlir::Value, unsigned> siteOf; ///< by BufferSite::value
  llvm::DenseMap<mlir::Value, llvm::SmallVector<unsigned, 1>>
      roots; ///< sites whose bytes a tensor value may be
  int64_t arenaBytes = 0;
  int64_t arenaLowerBound = 0;
  unsigned numDynamicSlots = 0;
  llvm::SmallVector<bool> isOutputPlaced; ///< by number: a launch writes into the caller's memory
};

/// On an argument or result of `main`: the element type, of 4 or 2 bits, that callers pack.
inline constexpr llvm::StringLiteral kPackedAttr = "kernel.packed";

/// Bytes of one element as kernels and callers store it: a boolean takes one byte. 0 for a type without a
/// fixed size.
int64_t getElementBytes(mlir::Type elementType);

/// Whether `value` (an index of `main`) is arithmetic on constants and dims of the entry arguments alone.
bool isComputableAtEntry(mlir::Value value);

/// Plans all buffers of the structured host function `main`. Errors name the op that has no host form.
mlir::FailureOr<HostPlan> planHostBuffers(mlir::func::FuncOp main);

} // namespace weft

#endif // WEFT_CODEGEN_HOST_HOSTPLAN_H
