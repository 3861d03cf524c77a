// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares the passes of code generation that all targets share.
#ifndef WEFT_CODEGEN_PASSES_H
#define WEFT_CODEGEN_PASSES_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace weft {
// The generated code names dialect classes as users of namespace mlir do.
namespace affine = ::mlir::affine;
namespace arith = ::mlir::arith;
namespace bufferization = ::mlir::bufferization;
namespace cf = ::mlir::cf;
namespace kernel = ::mlir::kernel;
namespace linalg = ::mlir::linalg;
namespace math = ::mlir::math;
namespace memref = ::mlir::memref;
namespace scf = ::mlir::scf;
namespace tensor = ::mlir::tensor;
namespace vector = ::mlir::vector;
namespace LLVM = ::mlir::LLVM;
using ::mlir::ModuleOp;

#define GEN_PASS_DECL
#include "weft/Codegen/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

#endif // WEFT_CODEGEN_PASSES_H
