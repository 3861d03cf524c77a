// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compiled model computes otherwise than its file says to the letter.
#ifndef WEFT_DRIVER_APPROXIMATIONS_H
#define WEFT_DRIVER_APPROXIMATIONS_H

#include "mlir/IR/BuiltinOps.h"
#include "weft/Driver/MathMode.h"

#include <string>
#include <vector>

namespace weft {

/// One way in which results may differ from the model's to the letter.
struct Approximation {
  std::string kind;               ///< one word that programs may rely on: "order", "winograd"
  std::string text;               ///< what is done, by how much it differs, and what avoids it
  std::vector<std::string> nodes; ///< the nodes that are computed so, in the order of the program
};

/// Finds what is approximate in a model.
///
/// `imported` is the module after phase import. `structured` is the one after phase structured, from which
/// the choice of algorithms is read; null leaves that out. Returns: kinds in a fixed order, without those
/// that no node has.
std::vector<Approximation> findApproximations(mlir::ModuleOp imported, mlir::ModuleOp structured,
                                              MathMode math);

} // namespace weft

#endif // WEFT_DRIVER_APPROXIMATIONS_H
