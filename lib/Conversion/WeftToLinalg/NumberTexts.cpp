// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns strings into 64-bit numbers, equal ones for equal texts; the runtime knows the text of each number.
#include "weft/Conversion/WeftToLinalg/WeftToLinalg.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTNUMBERTEXTSPASS
#include "weft/Conversion/WeftToLinalg/Passes.h.inc"

/// XXH64, as the runtime computes it; 0 is the empty text, which zero-filled memory holds.
static int64_t getTextNumber(StringRef text) {
  uint64_t number = xxHash64(text);
  return text.empty() ? 0 : static_cast<int64_t>(number ? number : 1);
}

static bool hasString(Type type) {
  return type.walk([](w::StringType) { return WalkResult::interrupt(); }).wasInterrupted();
}

static bool touchesStrings(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), hasString) || llvm::any_of(op->getResultTypes(), hasString);
}

/// Whether numbers do as well as texts: an op moves elements, compares them for equality, or asks the
/// runtime.
static bool takesNumbers(Operation *op) {
  if (auto compare = dyn_cast<w::CompareOp>(op))
    return compare.getPred() == w::ComparePredicate::eq || compare.getPred() == w::ComparePredicate::ne;
  if (auto scatter = dyn_cast<w::ScatterElementsOp>(op))
    return scatter.getMode() == w::ScatterMode::set;
  if (auto scatter = dyn_cast<w::ScatterNdOp>(op))
    return scatter.getMode() == w::ScatterMode::set;
  return w::isTextOp(op) ||
         isa<w::ConstantOp, w::GatherOp, w::GatherElementsOp, w::GatherNdOp, w::BroadcastOp, w::ReshapeOp,
             w::TransposeOp, w::ConcatOp, w::SliceOp, w::ReverseOp, w::PadOp, w::SelectOp, w::DimOp, w::IfOp,
             w::LoopOp, w::YieldOp, w::KernelOp, w::SeqMakeOp, w::SeqGetOp, w::SeqInsertOp, w::SeqEraseOp,
             w::SeqLengthOp, w::SeqConcatOp, w::SeqSplitOp, w::OptMakeOp, w::OptGetOp, w::OptHasOp,
             func::ReturnOp>(op);
}

void collectTexts(ModuleOp module, std::set<std::string> &texts) {
  module.walk([&](w::ConstantOp constant) {
    if (auto strings = dyn_cast<DenseStringElementsAttr>(constant.getValue()))
      for (StringRef text : strings.getRawStringData())
        if (!text.empty())
          texts.insert(text.str());
  });
}

/// Whether every op on texts has a form on their numbers; an error at each that has none.
static LogicalResult checkUses(ModuleOp module) {
  auto result = success();
  module.walk([&](Operation *op) {
    if (touchesStrings(op) && !takesNumbers(op))
      result = op->emitOpError("has no form on strings that the run decides");
  });
  return result;
}

/// Replaces texts by their numbers, in types and in constants.
static void replaceTexts(ModuleOp module) {
  Type number = IntegerType::get(module.getContext(), 64);
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](w::StringType) -> Type { return number; });
  replacer.addReplacement(
      [&](DenseStringElementsAttr strings) -> std::optional<std::pair<Attribute, WalkResult>> {
        SmallVector<int64_t> numbers;
        for (StringRef text : strings.getRawStringData())
          numbers.push_back(getTextNumber(text));
        auto type = RankedTensorType::get(strings.getType().getShape(), number);
        return std::pair(Attribute(DenseElementsAttr::get(type, ArrayRef<int64_t>(numbers))),
                         WalkResult::skip());
      });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

namespace {
struct WeftNumberTextsPass : impl::WeftNumberTextsPassBase<WeftNumberTextsPass> {
  void runOnOperation() override {
    if (failed(checkUses(getOperation())))
      return signalPassFailure();
    replaceTexts(getOperation());
  }
};
} // namespace

} // namespace weft
