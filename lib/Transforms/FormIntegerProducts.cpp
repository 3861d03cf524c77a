// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns contractions of dequantised bytes into contractions of the bytes, in the form that kernels exist for.
#include "weft/Transforms/FormIntegerProducts.h"

#include "dialects/Weft/IR/TensorType.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTFORMINTEGERPRODUCTSPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

// Steps of the contraction that one instruction sums.
static constexpr int64_t kGroup = 4;

static Type elementOf(Value value) { return typeOf(value).getElementType(); }
static bool isByte(Type type) { return type.isInteger(8); }
static bool isOneElement(Value value) {
  return typeOf(value).hasStaticShape() && typeOf(value).getNumElements() == 1;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// The bytes of a constant of bytes, as numbers by its signedness; nullopt for other values.
static std::optional<std::vector<int16_t>> getByteConstant(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : ConstantOp();
  if (!constant || !isByte(elementOf(value)))
    return std::nullopt;
  ElementsAttr elements = constant.getValue();
  ArrayRef<char> bytes;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements))
    bytes = dense.getRawData();
  else if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      bytes = blob->getData();
  size_t count = typeOf(value).getNumElements();
  if (count == 0 || (bytes.size() != count && bytes.size() != 1))
    return std::nullopt;
  bool isUnsigned = elementOf(value).isUnsignedInteger();
  std::vector<int16_t> numbers(count);
  for (size_t i = 0; i < count; ++i) {
    char byte = bytes[bytes.size() == 1 ? 0 : i];
    numbers[i] = isUnsigned ? static_cast<uint8_t>(byte) : static_cast<int8_t>(byte);
  }
  return numbers;
}

static std::optional<std::vector<float>> getFloatConstant(Value value) {
  DenseElementsAttr elements;
  if (!elementOf(value).isF32() || !matchPattern(value, m_Constant(&elements)))
    return std::nullopt;
  return std::vector<float>(elements.value_begin<float>(), elements.value_end<float>());
}

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

namespace {

/// A conv or matmul, its operands by their roles.
struct Product {
  Operation *op = nullptr;
  Value lhs, rhs, lhsZero, rhsZero;
  /// Where the rhs and the result have one entry per channel of the result; where operands have what is
  /// summed.
  int64_t rhsChannel = 0, resultChannel = 0, lhsDepth = 0, rhsDepth = 0;

  static std::optional<Product> get(Operation *op);
  int64_t getNumChannels() const { return typeOf(rhs).getDimSize(rhsChannel); }
  int64_t getGroups() const {
    auto conv = dyn_cast<ConvOp>(op);
    return conv ? static_cast<int64_t>(conv.getGroups()) : 1;
  }
  bool isDepthwise() const {
    return getGroups() > 1 && typeOf(lhs).getDimSize(lhsDepth) == getGroups() &&
           getNumChannels() == getGroups();
  }
  /// Whether a kernel for bytes takes the operands' shapes, possibly padded in depth.
  bool hasKernel() const;
  /// The op on other operands, its result in i32.
  Value rebuild(RewriterBase &rewriter, Value newLhs, Value newRhs, Value newLhsZero, Value newRhsZero) const;
};

} // namespace

std::optional<Product> Product::get(Operation *op) {
  if (auto conv = dyn_cast<ConvOp>(op)) {
    bool isFirst = conv.getLayout() == Layout::nchw;
    int64_t last = conv.getType().getRank() - 1, channel = isFirst ? 1 : last;
    return Product{op, conv.getInput(), conv.getFilter(), conv.getInputZp(), conv.getFilterZp(),
                   0,  channel,         channel,          isFirst ? 1 : last};
  }
  auto matmul = dyn_cast<MatmulOp>(op);
  if (!matmul || matmul.getTransposeLhs())
    return std::nullopt;
  int64_t rank = matmul.getType().getRank();
  bool isTransposed = matmul.getTransposeRhs();
  return Product{op,
                 matmul.getLhs(),
                 matmul.getRhs(),
                 matmul.getLhsZp(),
                 matmul.getRhsZp(),
                 isTransposed ? rank - 2 : rank - 1,
                 rank - 1,
                 rank - 1,
                 isTransposed ? rank - 1 : rank - 2};
}

bool Product::hasKernel() const {
  if (typeOf(lhs).isDynamicDim(lhsDepth) || typeOf(lhs).getDimSize(lhsDepth) == 0 ||
      !typeOf(rhs).hasStaticShape())
    return false;
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv)
    return true;
  int64_t spatial = typeOf(lhs).getRank() - 2;
  constexpr int64_t kMaxDepthwiseTaps = 512;
  bool hasDepth = isDepthwise() ? typeOf(rhs).getNumElements() / getNumChannels() <= kMaxDepthwiseTaps
                                : getGroups() == 1 || typeOf(rhs).getDimSize(rhsDepth) % kGroup == 0;
  return spatial <= 2 && hasDepth && llvm::all_of(conv.getPads(), [](int64_t pad) { return pad >= 0; });
}

Value Product::rebuild(RewriterBase &rewriter, Value newLhs, Value newRhs, Value newLhsZero,
                       Value newRhsZero) const {
  RankedTensorType type = typeOf(op->getResult(0));
  SmallVector<DimExpr> dims = getDims(type);
  dims[resultChannel] = DimExpr::constant(typeOf(newRhs).getDimSize(rhsChannel));
  RankedTensorType newType = makeTensorType(dims, rewriter.getI32Type());
  if (auto conv = dyn_cast<ConvOp>(op))
    return ConvOp::create(rewriter, op->getLoc(), newType, newLhs, newRhs, newLhsZero, newRhsZero,
                          conv.getLayout(), conv.getStrides(), conv.getPads(), conv.getDilations(),
                          conv.getGroups());
  auto matmul = cast<MatmulOp>(op);
  return MatmulOp::create(rewriter, op->getLoc(), newType, newLhs, newRhs, newLhsZero, newRhsZero,
                          /*transpose_lhs=*/false, matmul.getTransposeRhs());
}

/// The zero points of a constant right side: one per channel; nullopt when they are not known.
static std::optional<std::vector<int16_t>> getRhsZeros(Value zero, int64_t numChannels) {
  if (!zero)
    return std::vector<int16_t>(numChannels, 0);
  std::optional<std::vector<int16_t>> zeros = getByteConstant(zero);
  if (zeros && zeros->size() == 1)
    return std::vector<int16_t>(numChannels, zeros->front());
  return zeros && static_cast<int64_t>(zeros->size()) == numChannels ? zeros : std::nullopt;
}

/// `numbers`, of the shape of `type`, minus the zero point of their channel.
static std::vector<int16_t> subtractZeros(std::vector<int16_t> numbers, RankedTensorType type,
                                          int64_t channelAxis, ArrayRef<int16_t> zeros) {
  int64_t inner = 1;
  for (int64_t size : type.getShape().drop_front(channelAxis + 1))
    inner *= size;
  for (auto [i, number] : llvm::enumerate(numbers))
    number -= zeros[i / inner % zeros.size()];
  return numbers;
}

static bool fitSignedBytes(ArrayRef<int16_t> numbers) {
  return llvm::all_of(numbers, [](int16_t number) { return number >= -128 && number <= 127; });
}

static Value createBytes(RewriterBase &rewriter, Location loc, ArrayRef<int64_t> shape,
                         ArrayRef<int16_t> numbers) {
  std::vector<int8_t> bytes(numbers.begin(), numbers.end());
  auto type = RankedTensorType::get(shape, rewriter.getI8Type());
  return ConstantOp::create(rewriter, loc, DenseElementsAttr::get(type, ArrayRef<int8_t>(bytes)));
}

/// A tensor of i32 with `numbers` along the channel axis of the result, size 1 in the others.
static Value createChannelConstant(RewriterBase &rewriter, const Product &product,
                                   ArrayRef<int32_t> numbers) {
  SmallVector<int64_t> shape(typeOf(product.op->getResult(0)).getRank(), 1);
  shape[product.resultChannel] = numbers.size();
  auto type = RankedTensorType::get(shape, rewriter.getI32Type());
  return ConstantOp::create(rewriter, product.op->getLoc(), DenseElementsAttr::get(type, numbers));
}

static Value reshapeTo(RewriterBase &rewriter, Location loc, Value value, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, elementOf(value));
  return type == value.getType() ? value
                                 : rewriter.createOrFold<ReshapeOp>(loc, type, value, ValueRange(), shape);
}

/// `value` of one element or one per channel, along the channel axis of the result.
static Value alongChannels(RewriterBase &rewriter, const Product &product, Value value) {
  SmallVector<int64_t> shape(typeOf(product.op->getResult(0)).getRank(), 1);
  shape[product.resultChannel] = typeOf(value).getNumElements();
  return reshapeTo(rewriter, product.op->getLoc(), value, shape);
}

//===----------------------------------------------------------------------===//
// Dequantised operands
//===----------------------------------------------------------------------===//

/// The dequantisation of bytes that makes `value`, with integer zero points, if its scales are f32 and per
/// tensor, or per entry of `axis`.
static DequantizeOp getDequantize(Value value, std::optional<int64_t> axis) {
  auto op = value.getDefiningOp<DequantizeOp>();
  if (!op || op.getTable() || op.getBlockSize() != 0 || !elementOf(value).isF32() ||
      !isByte(elementOf(op.getX())) || !elementOf(op.getScale()).isF32() ||
      !typeOf(op.getScale()).hasStaticShape() || (op.getZp() && !isByte(elementOf(op.getZp()))))
    return {};
  if (isOneElement(op.getScale()) && (!op.getZp() || isOneElement(op.getZp())))
    return op;
  bool isPerChannel = axis && op.getAxis() && static_cast<int64_t>(*op.getAxis()) == *axis;
  return isPerChannel ? op : DequantizeOp();
}

namespace {
/// A bias that counts in the product's own units, behind it.
struct Bias {
  AddOp add;
  /// i32, of one element or one per channel, with the rank of the result.
  Value value;
};
} // namespace

/// The bias that is added to the only use of a product with these scales, if its own scales are their
/// products.
static std::optional<Bias> findBias(const Product &product, Value lhsScale, Value rhsScale) {
  Value result = product.op->getResult(0);
  auto add = result.hasOneUse() ? dyn_cast<AddOp>(*result.getUsers().begin()) : AddOp();
  if (!add || add.getType() != result.getType())
    return std::nullopt;
  Value other = add.getLhs() == result ? add.getRhs() : add.getLhs(), source = other;
  while (auto reshape = source.getDefiningOp<ReshapeOp>())
    source = reshape.getX();
  auto dequantize = source.getDefiningOp<DequantizeOp>();
  RankedTensorType type = typeOf(other);
  int64_t numChannels = product.getNumChannels(), rank = typeOf(result).getRank();
  if (!dequantize || dequantize.getTable() || dequantize.getBlockSize() != 0 || dequantize.getZp() ||
      !elementOf(dequantize.getX()).isInteger(32) || !dequantize.getX().getDefiningOp<ConstantOp>() ||
      !type.hasStaticShape() || type.getNumElements() != numChannels)
    return std::nullopt;
  int64_t axis = type.getRank() - (rank - product.resultChannel);
  if (axis < 0 || type.getDimSize(axis) != numChannels)
    return std::nullopt;
  std::optional<std::vector<float>> left = getFloatConstant(lhsScale), right = getFloatConstant(rhsScale),
                                    own = getFloatConstant(dequantize.getScale());
  if (!left || !right || !own || left->size() != 1)
    return std::nullopt;
  auto at = [](const std::vector<float> &list, int64_t i) { return list[list.size() == 1 ? 0 : i]; };
  for (int64_t i = 0; i < numChannels; ++i) {
    float expected = left->front() * at(*right, i);
    if (std::abs(at(*own, i) - expected) > 1e-6f * std::abs(expected))
      return std::nullopt;
  }
  return Bias{add, dequantize.getX()};
}

namespace weft {

LogicalResult formIntegerProduct(RewriterBase &rewriter, Operation *op) {
  std::optional<Product> product = Product::get(op);
  if (!product || product->lhsZero || product->rhsZero)
    return rewriter.notifyMatchFailure(op, "no contraction without zero points of its own");
  DequantizeOp lhs = getDequantize(product->lhs, std::nullopt);
  DequantizeOp rhs = getDequantize(product->rhs, product->rhsChannel);
  if (!lhs || !rhs)
    return rewriter.notifyMatchFailure(op,
                                       "its operands are not dequantised bytes, per tensor and per channel");
  if (!product->hasKernel())
    return rewriter.notifyMatchFailure(op, "no kernel for bytes computes it");
  std::optional<std::vector<int16_t>> numbers = getByteConstant(rhs.getX());
  std::optional<std::vector<int16_t>> zeros = getRhsZeros(rhs.getZp(), product->getNumChannels());
  if (!numbers || !zeros)
    return rewriter.notifyMatchFailure(op, "its right side is no constant");
  if (product->getGroups() > 1 &&
      !fitSignedBytes(subtractZeros(*numbers, typeOf(rhs.getX()), product->rhsChannel, *zeros)))
    return rewriter.notifyMatchFailure(op, "the weights of a group are no signed bytes");

  std::optional<Bias> bias = findBias(*product, lhs.getScale(), rhs.getScale());
  Operation *replaced = bias ? bias->add.getOperation() : op;
  rewriter.setInsertionPoint(replaced);
  Value sum = product->rebuild(rewriter, lhs.getX(), rhs.getX(), lhs.getZp(), rhs.getZp());
  if (bias)
    sum = AddOp::create(rewriter, replaced->getLoc(), sum.getType(), sum,
                        alongChannels(rewriter, *product, bias->value));
  Value scale = MulOp::create(rewriter, op->getLoc(), alongChannels(rewriter, *product, rhs.getScale()),
                              alongChannels(rewriter, *product, lhs.getScale()));
  Type type = op->getResult(0).getType();
  Value number = CastOp::create(rewriter, op->getLoc(), type, sum, rewriter.getF32Type());
  rewriter.replaceOpWithNewOp<MulOp>(replaced, type, number, scale);
  if (bias)
    rewriter.eraseOp(op);
  return success();
}

/// Makes a constant right side signed and without zero points.
static LogicalResult centerRhs(RewriterBase &rewriter, const Product &product) {
  Operation *op = product.op;
  bool isUnsigned = elementOf(product.rhs).isUnsignedInteger();
  std::optional<std::vector<int16_t>> numbers = getByteConstant(product.rhs);
  std::optional<std::vector<int16_t>> zeros = getRhsZeros(product.rhsZero, product.getNumChannels());
  if (!numbers || !zeros)
    return rewriter.notifyMatchFailure(op, "its right side or its zero points are no constants");
  RankedTensorType type = typeOf(product.rhs);
  rewriter.setInsertionPoint(op);
  std::vector<int16_t> centered = subtractZeros(*numbers, type, product.rhsChannel, *zeros);
  if (fitSignedBytes(centered)) {
    Value rhs = createBytes(rewriter, op->getLoc(), type.getShape(), centered);
    rewriter.replaceOp(op, product.rebuild(rewriter, product.lhs, rhs, product.lhsZero, Value()));
    return success();
  }
  if (product.getGroups() > 1)
    return rewriter.notifyMatchFailure(op, "the weights of a group are no signed bytes");
  // sum((x - z) (w - v)) = sum((x - z) w) - v sum((x - z) 1): a column of ones gives the second sum.
  std::vector<int32_t> rest(zeros->begin(), zeros->end());
  if (isUnsigned) {
    std::vector<int16_t> middle(numbers->size());
    llvm::transform(*numbers, middle.begin(), [](int16_t number) { return number - 128; });
    numbers = middle;
    for (int32_t &zero : rest)
      zero -= 128;
  }
  SmallVector<int64_t> onesShape(type.getShape());
  onesShape[product.rhsChannel] = 1;
  std::vector<int16_t> one(ShapedType::getNumElements(onesShape), 1);
  Value rhs = createBytes(rewriter, op->getLoc(), type.getShape(), *numbers);
  Value ones = createBytes(rewriter, op->getLoc(), onesShape, one);
  Value sum = product.rebuild(rewriter, product.lhs, rhs, product.lhsZero, Value());
  Value rowSum = product.rebuild(rewriter, product.lhs, ones, product.lhsZero, Value());
  Value correction = MulOp::create(rewriter, op->getLoc(), sum.getType(), rowSum,
                                   createChannelConstant(rewriter, product, rest));
  rewriter.replaceOpWithNewOp<SubOp>(op, op->getResult(0).getType(), sum, correction);
  return success();
}

/// Pads what is summed to whole groups of steps: the left side with its zero point, the right side with
/// zeros.
static LogicalResult padDepth(RewriterBase &rewriter, const Product &product) {
  Operation *op = product.op;
  Location loc = op->getLoc();
  int64_t depth = typeOf(product.lhs).getDimSize(product.lhsDepth),
          missing = (kGroup - depth % kGroup) % kGroup;
  rewriter.setInsertionPoint(op);
  auto pad = [&](Value value, int64_t axis, Value filling) -> Value {
    SmallVector<int64_t> lo(typeOf(value).getRank(), 0), hi(lo);
    hi[axis] = missing;
    SmallVector<DimExpr> dims = getDims(typeOf(value));
    dims[axis] = DimExpr::constant(depth + missing);
    return PadOp::create(rewriter, loc, makeTensorType(dims, elementOf(value)), value, filling, ValueRange(),
                         ValueRange(), lo, hi, PadMode::constant);
  };
  auto zero = [&](Value value) -> Value {
    auto type = RankedTensorType::get({}, elementOf(value));
    return ConstantOp::create(rewriter, loc,
                              DenseElementsAttr::get(type, rewriter.getZeroAttr(type.getElementType())));
  };
  Value filling = product.lhsZero ? reshapeTo(rewriter, loc, product.lhsZero, {}) : zero(product.lhs);
  Value lhs = pad(product.lhs, product.lhsDepth, filling);
  Value rhs = pad(product.rhs, product.rhsDepth, zero(product.rhs));
  rewriter.replaceOp(op, product.rebuild(rewriter, lhs, rhs, product.lhsZero, Value()));
  return success();
}

/// Moves a zero point of the left side that only run time knows behind the product.
static LogicalResult liftLhsZero(RewriterBase &rewriter, const Product &product) {
  Operation *op = product.op;
  Location loc = op->getLoc();
  std::optional<std::vector<int16_t>> numbers = getByteConstant(product.rhs);
  if (!numbers)
    return rewriter.notifyMatchFailure(op, "its right side is no constant");
  rewriter.setInsertionPoint(op);
  Value lhs = product.lhs, zero = reshapeTo(rewriter, loc, product.lhsZero, {});
  Product plain = product;
  auto conv = dyn_cast<ConvOp>(op);
  if (conv && llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; })) {
    // What lies around the input is the zero point.
    int64_t rank = typeOf(lhs).getRank(), spatial = rank - 2,
            first = conv.getLayout() == Layout::nchw ? 2 : 1;
    SmallVector<int64_t> lo(rank, 0), hi(rank, 0);
    for (int64_t i = 0; i < spatial; ++i) {
      lo[first + i] = conv.getPads()[i];
      hi[first + i] = conv.getPads()[spatial + i];
    }
    lhs = PadOp::create(rewriter, loc, lhs, zero, ValueRange(), ValueRange(), lo, hi, PadMode::constant);
    auto padless = cast<ConvOp>(rewriter.clone(*op));
    padless.setPads(SmallVector<int64_t>(2 * spatial, 0));
    plain.op = padless;
  }
  Value sum = plain.rebuild(rewriter, lhs, product.rhs, Value(), Value());
  if (plain.op != op)
    rewriter.eraseOp(plain.op);
  RankedTensorType type = typeOf(product.rhs);
  int64_t inner = 1;
  for (int64_t size : type.getShape().drop_front(product.rhsChannel + 1))
    inner *= size;
  std::vector<int32_t> sums(product.getNumChannels(), 0);
  for (auto [i, number] : llvm::enumerate(*numbers))
    sums[i / inner % sums.size()] += number;
  Value wideZero = CastOp::create(rewriter, loc, zero, rewriter.getI32Type());
  wideZero = reshapeTo(rewriter, loc, wideZero, SmallVector<int64_t>(typeOf(op->getResult(0)).getRank(), 1));
  Value correction = MulOp::create(rewriter, loc, createChannelConstant(rewriter, product, sums), wideZero);
  rewriter.replaceOpWithNewOp<SubOp>(op, op->getResult(0).getType(), sum, correction);
  return success();
}

LogicalResult normalizeIntegerProduct(RewriterBase &rewriter, Operation *op) {
  std::optional<Product> product = Product::get(op);
  if (!product || !isByte(elementOf(product->lhs)) || !isByte(elementOf(product->rhs)) ||
      !product->hasKernel())
    return rewriter.notifyMatchFailure(op, "no contraction of bytes that a kernel computes");
  if (elementOf(product->rhs).isUnsignedInteger() || product->rhsZero)
    return centerRhs(rewriter, *product);
  if (!product->rhs.getDefiningOp<ConstantOp>())
    return rewriter.notifyMatchFailure(op, "its right side is no constant");
  if (product->lhsZero && !isOneElement(product->lhsZero))
    return rewriter.notifyMatchFailure(op, "its left side has a zero point for each row");
  bool hasOneRhs = typeOf(product->rhs).getNumElements() ==
                   product->getNumChannels() * typeOf(product->rhs).getDimSize(product->rhsDepth);
  if (product->lhsZero && !getByteConstant(product->lhsZero) && (isa<ConvOp>(op) || hasOneRhs))
    return liftLhsZero(rewriter, *product);
  if (!product->isDepthwise() && typeOf(product->lhs).getDimSize(product->lhsDepth) % kGroup != 0)
    return padDepth(rewriter, *product);
  return rewriter.notifyMatchFailure(op, "it is in that form already");
}

} // namespace weft

namespace {

template <typename OpTy> struct FormIntegerProduct : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    return success(succeeded(::weft::formIntegerProduct(rewriter, op)) ||
                   succeeded(::weft::normalizeIntegerProduct(rewriter, op)));
  }
};

struct WeftFormIntegerProductsPass
    : ::weft::impl::WeftFormIntegerProductsPassBase<WeftFormIntegerProductsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    ::weft::populateIntegerProductPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void ::weft::populateIntegerProductPatterns(RewritePatternSet &patterns) {
  patterns.add<FormIntegerProduct<ConvOp>, FormIntegerProduct<MatmulOp>>(patterns.getContext());
}
