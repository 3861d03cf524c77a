// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers in the params of `kernel.call "text"`; code generation holds them against the binary interface.
#ifndef WEFT_DIALECTS_KERNEL_IR_TEXTFUNCTIONS_H
#define WEFT_DIALECTS_KERNEL_IR_TEXTFUNCTIONS_H

#include <cstdint>

namespace mlir::kernel {

/// The first number: what is asked for.
enum class TextFunction : int64_t {
  Concat = 0,
  Case = 1,
  Split = 2,
  Find = 3,
  Match = 4,
  Format = 5,
  Parse = 6,
  Rank = 7,
};

/// The second one of Format and Parse: how numbers are stored.
enum class TextNumber : int64_t { I64 = 0, U64 = 1, F64 = 2, F32 = 3, BF16 = 4, F16 = 5 };

} // namespace mlir::kernel

#endif // WEFT_DIALECTS_KERNEL_IR_TEXTFUNCTIONS_H
