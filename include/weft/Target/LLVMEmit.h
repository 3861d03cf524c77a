// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns modules of the LLVM dialect into object code and links it into a self-contained shared object.
#ifndef WEFT_TARGET_LLVMEMIT_H
#define WEFT_TARGET_LLVMEMIT_H

#include "mlir/Support/LLVM.h"
#include "weft/Target/TargetLevel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace weft {

/// Function attribute (an entry of llvm.func's `passthrough`) of kernels whose register tiles are unrolled
/// already: they get a short clean-up only, because LLVM's unrolling and vectorising would make them spill.
inline constexpr llvm::StringLiteral microKernelAttrName = "weft-micro-kernel";

struct EmitOptions {
  unsigned numThreads =
      0; ///< Threads that optimise and emit; 0 means one per processor. Never changes the result.
  bool isOptimised = true; ///< False leaves the IR as translated and only selects instructions.
};

/// One relocatable object.
struct CodeObject {
  /// What other objects can call in it, of several the one with the shortest name; empty when there is none.
  std::string function;
  std::string bytes; ///< The ELF file.
};

/// Registers what the translation of `module` arguments below needs.
void registerTargetTranslations(mlir::DialectRegistry &registry);

/// Compiles `module` for `level`, split into several objects that are compiled in parallel: a function X and
/// its companion X_count come into one, with what only they use, so that an object depends on nothing else.
///
/// Requires: every operation is of the LLVM dialect; functions whose linkage is not external are called from
/// functions of
///           the same module only.
/// Returns:  ELF objects in an order that depends on the module alone, the last one holding memcpy, memmove
/// and memset; all
///           symbols but `exports` are hidden.
/// Errors:   reported on `module`.
mlir::FailureOr<std::vector<CodeObject>> emitObjects(mlir::ModuleOp module, const TargetLevel &level,
                                                     llvm::ArrayRef<llvm::StringRef> exports,
                                                     const EmitOptions &options = {});

/// Like emitObjects, but as assembly text of all parts.
mlir::FailureOr<std::string> emitAssembly(mlir::ModuleOp module, const TargetLevel &level,
                                          const EmitOptions &options = {});

/// Like emitObjects, but as optimised LLVM IR text of all parts.
mlir::FailureOr<std::string> emitLLVMIR(mlir::ModuleOp module, const TargetLevel &level,
                                        const EmitOptions &options = {});

/// An object with one exported, read-only array of bytes, 64-byte aligned.
///
/// Requires: at most maxDataObjectBytes bytes.
/// Errors:   LLVM's message in `error`.
mlir::FailureOr<std::string> emitDataObject(llvm::StringRef symbol, llvm::StringRef bytes,
                                            const TargetLevel &level, std::string &error);

/// Data that code of the small model still reaches wherever it is linked, with room for the code: 2 GB less
/// 128 MB.
inline constexpr uint64_t maxDataObjectBytes = (uint64_t(1) << 31) - (uint64_t(1) << 27);

/// Links `objects` into one shared object that needs no other and leaves no symbol undefined. One link runs
/// at a time. `extraFlags` are the linker's.
///
/// Returns: the bytes of the ELF file; equal objects give equal bytes.
/// Errors:  in `error`, for `describeLinkFailure`: the linker's message, naming the undefined symbols if
/// there
///          are any, or what the system refuses.
mlir::FailureOr<std::string> linkSharedObject(llvm::ArrayRef<CodeObject> objects, std::string &error,
                                              llvm::ArrayRef<std::string> extraFlags = {});

/// Joins `objects` to one relocatable object in which hidden symbols are local.
///
/// Returns and errors: as linkSharedObject.
mlir::FailureOr<std::string> linkRelocatable(llvm::ArrayRef<CodeObject> objects, std::string &error);

/// Gives the symbols of `object` whose names are its function's, or begin with it and a '.' or '_', the name
/// `function` instead.
///
/// Errors: as linkSharedObject.
mlir::FailureOr<CodeObject> renameFunction(const CodeObject &object, llvm::StringRef function,
                                           std::string &error);

/// The message of a diagnostic about a failed link: a fault of the compiler's ("internal: ...") unless a
/// limit of the system stood in the way.
std::string describeLinkFailure(const TargetLevel &level, llvm::StringRef error);

} // namespace weft

#endif // WEFT_TARGET_LLVMEMIT_H
