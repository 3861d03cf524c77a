// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the dialect's attributes and checks where they stand.
#include "dialects/Sched/IR/SchedDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::sched;

#include "dialects/Sched/IR/SchedDialect.cpp.inc"
#include "dialects/Sched/IR/SchedEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Sched/IR/SchedAttrs.cpp.inc"

void SchedDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Sched/IR/SchedAttrs.cpp.inc"
      >();
}

LogicalResult SchedDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() == getWinogradAttrName()) {
    auto tile = dyn_cast<IntegerAttr>(attribute.getValue());
    if (!tile || (tile.getInt() != 2 && tile.getInt() != 4))
      return op->emitOpError() << "expected " << getWinogradAttrName() << " to be 2 or 4, but got "
                               << attribute.getValue() << " [sched-C3]";
    return success();
  }
  if (attribute.getName() != CPUAttr::getAttrName())
    return op->emitOpError() << "expected " << CPUAttr::getAttrName() << ", but got " << attribute.getName()
                             << " [sched-C1]";
  if (!isa<CPUAttr>(attribute.getValue()))
    return op->emitOpError() << "expected " << CPUAttr::getAttrName()
                             << " to be a #sched.cpu attribute, but got " << attribute.getValue()
                             << " [sched-C2]";
  return success();
}
