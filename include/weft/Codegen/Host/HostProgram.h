// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles the host function: from kernel launches on tensors to code that calls the runtime's binary
// interface.
#ifndef WEFT_CODEGEN_HOST_HOSTPROGRAM_H
#define WEFT_CODEGEN_HOST_HOSTPROGRAM_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace weft {

/// One dispatch site of the host program; its position in HostProgram::kernels is the number that it hands to
/// the runtime.
struct LaunchSite {
  std::string kernel;
  std::string kind;
  std::vector<std::string> nodes;
  /// Operations, and bytes read and written, by the symbols of the inputs' dims; empty when not known.
  std::string flops, bytes;
};

/// A constant of the host program and where it lies in the constant segment.
struct PlacedConstant {
  uint64_t offset = 0;
  mlir::ElementsAttr value;
};

/// Places of all `kernel.constant` values in one constant segment.
struct ConstantLayout {
  uint64_t sizeBytes = 0;
  std::vector<PlacedConstant> constants; ///< ascending offsets, 64-byte aligned
};

/// Gives each `kernel.constant` of `module` its place (attribute `offset`); equal contents share one.
///
/// Runs once on the structured module, so that all instruction-set levels agree on the places.
mlir::FailureOr<ConstantLayout> layOutConstants(mlir::ModuleOp module);

/// Dense little-endian bytes of a constant as kernels read them (one byte per boolean), or failure for a kind
/// of attribute that has none. `storage` backs the result when the attribute does not hold the bytes itself.
mlir::FailureOr<llvm::ArrayRef<char>> getConstantBytes(mlir::ElementsAttr value, std::vector<char> &storage);

/// Which host function to compile, and what was compiled before it for the same artifact.
struct HostEntry {
  std::string function = "main";
  std::string symbol = "weft_entry"; ///< what the code object exports
  unsigned firstKernel = 0;          ///< number of its first dispatch site
  unsigned firstMessage = 0;         ///< number of its first message
};

/// The compiled host function.
struct HostProgram {
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< LLVM dialect: the entry and declarations of the kernels
  std::vector<LaunchSite> kernels;
  std::vector<std::string> messages;
  /// ONNX nodes during which the program calls the runtime for more than launches, planned memory, outputs
  /// and checks: their results' sizes depend on data, so that memory is made in the run.
  std::set<std::string> runtimeNodes;
  bool usesLists = false;      ///< needs version 3 of the binary interface
  bool usesTexts = false;      ///< needs version 4
  int64_t arenaBytes = 0;      ///< static arena
  int64_t arenaLowerBound = 0; ///< largest sum of bytes that are live at once: no plan can be smaller
};

/// Compiles a host function of a structured module whose constants have been laid out.
///
/// Plans the static arena, sizes the dynamic one in the prologue where sizes follow from the inputs' dims
/// alone, and allocates at run time only what depends on data. Errors name the op that has no host form.
mlir::FailureOr<HostProgram> compileHostProgram(mlir::ModuleOp module, const HostEntry &entry = {});

} // namespace weft

#endif // WEFT_CODEGEN_HOST_HOSTPROGRAM_H
