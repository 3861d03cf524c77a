// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates ops on constants and removes what is not used.
#include "weft/Transforms/FoldConstants.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "weft/Transforms/InferShapes.h"
#include "weft/Transforms/Passes.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTFOLDCONSTANTSPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

using ::weft::FoldConstantsOptions;
using ::weft::FoldConstantsResult;

namespace {

/// Bytes of a tensor of static shape; nullopt for other types, strings and sizes that overflow.
std::optional<int64_t> getBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return std::nullopt;
  Type element = tensor.getElementType();
  int64_t bits = 64;
  if (auto complex = dyn_cast<ComplexType>(element))
    bits = 2 * complex.getElementType().getIntOrFloatBitWidth();
  else if (element.isIntOrFloat())
    bits = element.getIntOrFloatBitWidth();
  std::optional<int64_t> count = 1;
  for (int64_t dim : tensor.getShape())
    count = count ? llvm::checkedMul(*count, dim) : std::nullopt;
  count = count ? llvm::checkedMul(*count, bits) : std::nullopt;
  return count ? std::optional<int64_t>(*count / 8) : std::nullopt;
}

/// Whether evaluation can hold this constant, element by element. A splat takes no room in the program,
/// however many elements its type has; what lies in a file is bounded by the file.
bool canExpand(Attribute value) {
  constexpr int64_t maxSplatBytes = int64_t(1) << 30;
  auto elements = dyn_cast<SplatElementsAttr>(value);
  return !elements || getBytes(elements.getType()).value_or(maxSplatBytes + 1) <= maxSplatBytes;
}

/// Whether the value of `op` is worth storing.
bool isWithinLimits(Operation *op, const FoldConstantsOptions &options) {
  if (auto dequantize = dyn_cast<DequantizeOp>(op))
    if (dequantize.getBlockSize() > 0 || dequantize.getTable())
      return false;
  int64_t operandBytes = 0;
  for (Type type : op->getOperandTypes())
    operandBytes += getBytes(type).value_or(0);
  for (Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      continue;
    // A dynamic dim of constant operands is data-dependent: nonzero, unique. Its size is of the order of the
    // operand's.
    std::optional<int64_t> bytes = getBytes(type);
    if (!bytes && tensor.hasStaticShape())
      return false;
    if (bytes && *bytes > options.maxBytes && *bytes > options.maxGrowth * operandBytes)
      return false;
  }
  return true;
}

/// Replaces `op` by constants; failure when it is not constant, or is better computed.
LogicalResult foldOp(Operation *op, OpBuilder &builder, const FoldConstantsOptions &options) {
  auto evaluable = dyn_cast<EvaluableOpInterface>(op);
  if (!evaluable || !isa<WeftDialect>(op->getDialect()) || op->hasTrait<OpTrait::ConstantLike>() ||
      op->getNumRegions() != 0 || !isPure(op) || op->getNumResults() == 0)
    return failure();
  SmallVector<Attribute> operands;
  for (Value operand : op->getOperands()) {
    Attribute value;
    if (!matchPattern(operand, m_Constant(&value)))
      return failure();
    operands.push_back(value);
  }
  if (!llvm::all_of(operands, canExpand) || !isWithinLimits(op, options))
    return failure();
  SmallVector<Attribute> values;
  if (failed(evaluable.evaluate(operands, values)) || values.size() != op->getNumResults() ||
      llvm::is_contained(values, Attribute()))
    return failure();
  builder.setInsertionPoint(op);
  SmallVector<Value> constants;
  for (auto [result, value] : llvm::zip(op->getResults(), values)) {
    if (auto elements = dyn_cast<ElementsAttr>(value); elements && isa<RankedTensorType>(result.getType()))
      constants.push_back(ConstantOp::create(builder, op->getLoc(), elements));
    else if (auto typed = dyn_cast<TypedAttr>(value); typed && typed.getType() == result.getType())
      constants.push_back(arith::ConstantOp::create(builder, op->getLoc(), typed));
    else
      return failure();
  }
  op->replaceAllUsesWith(constants);
  op->erase();
  return success();
}

int64_t removeDeadOps(func::FuncOp func) {
  int64_t removed = 0;
  func.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != func && isOpTriviallyDead(op)) {
      op->erase();
      ++removed;
    }
  });
  return removed;
}

} // namespace

namespace weft {

FailureOr<FoldConstantsResult> foldConstants(func::FuncOp func, const FoldConstantsOptions &options) {
  FoldConstantsResult result;
  result.removed = removeDeadOps(func);
  OpBuilder builder(func.getContext());
  func.walk([&](Operation *op) { result.folded += succeeded(foldOp(op, builder, options)); });
  result.removed += removeDeadOps(func);
  // A value may know more of its shape than the op declared; what it flows into must agree.
  if (result.folded > 0 && failed(inferShapes(func)))
    return failure();
  return result;
}

} // namespace weft

namespace {

struct WeftFoldConstantsPass : ::weft::impl::WeftFoldConstantsPassBase<WeftFoldConstantsPass> {
  using WeftFoldConstantsPassBase::WeftFoldConstantsPassBase;

  void runOnOperation() override {
    FailureOr<FoldConstantsResult> result = ::weft::foldConstants(getOperation(), {maxBytes, maxGrowth});
    if (failed(result))
      return signalPassFailure();
    numFolded += result->folded;
    numRemoved += result->removed;
  }
};

} // namespace
