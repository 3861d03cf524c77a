// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass of a gate. Private to lib/Driver/Gates.
#ifndef WEFT_LIB_DRIVER_GATES_GATEPASS_H
#define WEFT_LIB_DRIVER_GATES_GATEPASS_H

#include "mlir/Support/LLVM.h"

namespace weft {

/// Ends the pipeline where `verify` finds a fault, and changes nothing. `Base` is the class that TableGen
/// made of the pass's record.
template <typename Base, auto verify> struct GatePass : Base {
  using Base::Base;

  void runOnOperation() override {
    if (mlir::failed(verify(this->getOperation())))
      this->signalPassFailure();
    this->markAllAnalysesPreserved();
  }
};

} // namespace weft

#endif // WEFT_LIB_DRIVER_GATES_GATEPASS_H
