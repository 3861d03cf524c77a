// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers elementwise ops: one linalg.generic each, with size-1 dims broadcast by its maps.
#include "Patterns.h"
#include "Scalar.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {
/// Any op of the elementwise interface.
class LowerElementwise : public OpInterfaceConversionPattern<w::ElementwiseOpInterface> {
public:
  LowerElementwise(const TypeConverter &converter, MLIRContext *context, const LoweringContext &sizes)
      : OpInterfaceConversionPattern(converter, context), sizes(sizes) {}

  LogicalResult matchAndRewrite(w::ElementwiseOpInterface elementwise, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    Operation *op = elementwise;
    if (!canEmitScalar(op))
      return sizes.refuse(rewriter, op, "has elements that are neither numbers nor booleans");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    bool isDefined = true;
    Value result = createBroadcastElementwise(
        rewriter, op->getLoc(), sizes, op->getOperands(), operands, type,
        [&](OpBuilder &b, Location loc, ValueRange scalars) -> Value {
          Value value = emitScalar(b, loc, elementwise.getScalarFn(), op, scalars);
          isDefined = value != nullptr;
          return value ? value : createScalar(b, loc, getStorageElementType(type.getElementType()), 0.0);
        });
    if (!isDefined)
      return sizes.refuse(rewriter, op, "has no scalar form on these element types");
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  const LoweringContext &sizes;
};
} // namespace

void populateElementwiseLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                  const LoweringContext &sizes) {
  patterns.add<LowerElementwise>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
