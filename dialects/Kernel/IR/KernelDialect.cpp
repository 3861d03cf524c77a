// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the dialect's ops, types and attributes.
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::kernel;

#include "dialects/Kernel/IR/KernelDialect.cpp.inc"
#include "dialects/Kernel/IR/KernelInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/IR/KernelAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Kernel/IR/KernelTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/IR/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Kernel/IR/KernelAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Kernel/IR/KernelTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/IR/KernelOps.cpp.inc"
      >();
}

Operation *KernelDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto elements = dyn_cast<ElementsAttr>(value); elements && elements.getType() == type)
    return ConstantOp::create(builder, loc, elements);
  return nullptr;
}

LogicalResult PanelsAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> batch,
                                 ArrayRef<int64_t> k, int64_t n, int64_t groups, int64_t width, int64_t dot) {
  SmallVector<int64_t> dims(batch);
  llvm::append_range(dims, k);
  dims.push_back(n);
  llvm::sort(dims);
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim != static_cast<int64_t>(i))
      return emitError() << "expected batch, k and n to name each of " << dims.size()
                         << " dims once [panels-C1]";
  if (groups < 0)
    return emitError() << "expected groups of at least 0, but got " << groups << " [panels-C2]";
  if (width <= 0 || width > 4096)
    return emitError() << "expected a width between 1 and 4096, but got " << width << " [panels-C3]";
  if (dot != 1 && dot != 4)
    return emitError() << "expected dot to be 1 or 4, but got " << dot << " [panels-C4]";
  return success();
}

LogicalResult PermutedAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> order) {
  SmallVector<int64_t> sorted(order);
  llvm::sort(sorted);
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end() ||
      (!sorted.empty() && sorted.front() < 0))
    return emitError() << "expected order to name dims, each at most once [permuted-C1]";
  return success();
}

LogicalResult WinogradAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t tile) {
  if (tile != 2 && tile != 4)
    return emitError() << "expected tiles of 2 or 4, but got " << tile << " [winograd-C1]";
  return success();
}
