// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The few functions that LLVM itself may call from any code.
#ifndef WEFT_LIB_TARGET_SUPPORTCODE_H
#define WEFT_LIB_TARGET_SUPPORTCODE_H

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <memory>

namespace weft {

/// Returns: a module that defines hidden memcpy, memmove and memset, which instruction selection calls for
/// large copies.
std::unique_ptr<llvm::Module> createSupportModule(llvm::LLVMContext &context);

} // namespace weft

#endif // WEFT_LIB_TARGET_SUPPORTCODE_H
