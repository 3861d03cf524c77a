// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints the dimension map of each op as a remark.
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Pass/Pass.h"
#include "test/lib/TestPasses.h"

using namespace mlir;
using namespace mlir::weft;

namespace {

StringRef nameOf(FactorKind kind) {
  switch (kind) {
  case FactorKind::Parallel:
    return "parallel";
  case FactorKind::Reduce:
    return "reduce";
  case FactorKind::Window:
    return "window";
  case FactorKind::Whole:
    return "whole";
  }
  llvm_unreachable("internal: unknown factor kind");
}

/// "(0 1 -)": the factor of each dim, `-` where there is none.
std::string print(ArrayRef<SmallVector<int64_t>> values) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(values, os, [&](ArrayRef<int64_t> factors) {
    os << '(';
    llvm::interleave(
        factors, os,
        [&](int64_t factor) {
          if (factor == kNoFactor)
            os << '-';
          else
            os << factor;
        },
        " ");
    os << ')';
  });
  return text;
}

struct PrintDimMaps : PassWrapper<PrintDimMaps, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PrintDimMaps)
  StringRef getArgument() const override { return "test-print-dim-maps"; }
  StringRef getDescription() const override { return "Print the dimension map of each op"; }

  void runOnOperation() override {
    getOperation()->walk([](DimMapOpInterface op) {
      FailureOr<DimMap> map = op.getDimMap();
      if (failed(map)) {
        op->emitRemark("no map");
        return;
      }
      std::string kinds;
      llvm::raw_string_ostream os(kinds);
      llvm::interleave(map->kinds, os, [&](FactorKind kind) { os << nameOf(kind); }, " ");
      op->emitRemark(print(map->operands)) << " -> " << print(map->results) << " of " << kinds;
    });
  }
};

} // namespace

void ::weft::test::registerPrintDimMapsPass() { PassRegistration<PrintDimMaps>(); }
