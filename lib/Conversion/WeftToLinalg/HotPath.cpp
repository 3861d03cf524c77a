// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forms kernel.conv, kernel.depthwise and kernel.contract, each with the elementwise ops behind it as
// epilogue.
#include "HotPath.h"

#include "Scalar.h"
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

static RankedTensorType tensorTypeOf(Value value) { return cast<RankedTensorType>(value.getType()); }
static bool isF32(Value value) { return tensorTypeOf(value).getElementType().isF32(); }
/// The types whose products micro-kernels sum in f32.
static bool isSummedInF32(Value value) {
  Type element = tensorTypeOf(value).getElementType();
  return element.isF32() || element.isF16() || element.isBF16();
}

//===----------------------------------------------------------------------===//
// What is hot, and how its weights are packed
//===----------------------------------------------------------------------===//

static bool isUnsigned(Value value) { return tensorTypeOf(value).getElementType().isUnsignedInteger(8); }
static bool isSigned(Value value) {
  Type element = tensorTypeOf(value).getElementType();
  return element.isSignlessInteger(8) || element.isSignedInteger(8);
}

/// The one zero point of the left side of a contraction, 0 if there is none; nullopt when it is not known.
static std::optional<int64_t> getZeroPoint(Value zero) {
  if (!zero)
    return 0;
  auto splat = dyn_cast_or_null<IntegerAttr>(getSplatValue(zero));
  if (!splat)
    return std::nullopt;
  return isUnsigned(zero) ? splat.getValue().getZExtValue() : splat.getValue().getSExtValue();
}

/// Whether the operands are bytes whose zero points the kernels know: a known one on the left, none on the
/// right.
static bool isByteProduct(Value lhs, Value rhs, Value lhsZero, Value rhsZero) {
  return (isUnsigned(lhs) || isSigned(lhs)) && isSigned(rhs) && getZeroPoint(lhsZero) &&
         getZeroPoint(rhsZero) == 0;
}

/// One input channel and one feature per group.
static bool isDepthwise(w::ConvOp op) {
  RankedTensorType filter = tensorTypeOf(op.getFilter());
  int64_t channels = tensorTypeOf(op.getInput()).getShape().back();
  return static_cast<int64_t>(op.getGroups()) == channels && filter.getDimSize(0) == channels && channels > 1;
}

/// Whether kernels exist for the element types of this convolution, channels last.
static bool hasHotTypes(w::ConvOp op) {
  if (isF32(op.getInput()) && isF32(op.getFilter()) && isF32(op.getResult()))
    return !op.getInputZp() && !op.getFilterZp();
  if (!isByteProduct(op.getInput(), op.getFilter(), op.getInputZp(), op.getFilterZp()))
    return false;
  // Sums of more bytes would not be exact in f32; channels are taken four at a time.
  constexpr int64_t kMaxDepthwiseTaps = 512;
  RankedTensorType filter = tensorTypeOf(op.getFilter());
  return isDepthwise(op) ? filter.getNumElements() / filter.getDimSize(0) <= kMaxDepthwiseTaps
                         : filter.getShape().back() % 4 == 0;
}

/// Whether a kernel op exists for this convolution, if its filter is packed.
static bool isHotConv(w::ConvOp op) {
  RankedTensorType input = tensorTypeOf(op.getInput()), filter = tensorTypeOf(op.getFilter());
  int64_t spatial = input.getRank() - 2;
  auto isNegative = [](int64_t pad) { return pad < 0; };
  return op.getLayout() == w::Layout::nhwc && spatial >= 1 &&
         spatial <= (isDepthwise(op) || !isF32(op.getFilter()) ? 2 : 3) && filter.hasStaticShape() &&
         filter.getNumElements() > 0 && !input.isDynamicDim(input.getRank() - 1) && hasHotTypes(op) &&
         llvm::none_of(op.getPads(), isNegative);
}

/// Whether each batch dim of an operand is a static 1 or provably the result's.
static bool hasClearBatch(Value operand, RankedTensorType resultType) {
  RankedTensorType type = tensorTypeOf(operand);
  for (int64_t axis = 0; axis < type.getRank() - 2; ++axis)
    if (type.getDimSize(axis) != 1 &&
        !w::DimExpr::provablyEqual(w::getDim(type, axis), w::getDim(resultType, axis)))
      return false;
  return true;
}

/// Whether a kernel op exists for this product; one of bytes only if its right side is packed.
static bool isHotMatmul(w::MatmulOp op) {
  RankedTensorType type = tensorTypeOf(op.getResult());
  if (op.getTransposeLhs() || !hasClearBatch(op.getLhs(), type) || !hasClearBatch(op.getRhs(), type))
    return false;
  if (isSummedInF32(op.getLhs()) && isSummedInF32(op.getRhs()) && isF32(op.getResult()))
    return !op.getLhsZp() && !op.getRhsZp();
  RankedTensorType lhs = tensorTypeOf(op.getLhs()), rhs = tensorTypeOf(op.getRhs());
  return isByteProduct(op.getLhs(), op.getRhs(), op.getLhsZp(), op.getRhsZp()) &&
         !lhs.isDynamicDim(lhs.getRank() - 1) && lhs.getShape().back() % 4 == 0 && rhs.hasStaticShape() &&
         rhs.getNumElements() > 0;
}

/// Whether weights of this type can be packed at compile time.
static bool canPack(RankedTensorType type) { return type.hasStaticShape() && type.getNumElements() > 0; }

/// How the recurrence weights [gates * H, H] of a cell are packed. The last gate of a GRU is a product of its
/// own: panels must not cross gates.
template <typename OpTy> static Attribute getRecurrentForm(OpOperand &use, OpTy op, bool hasOwnProducts) {
  RankedTensorType type = tensorTypeOf(op.getR());
  if (&use != &op.getRMutable() || !isF32(op.getR()) || !isF32(op.getGates()) || !canPack(type) ||
      (hasOwnProducts && type.getDimSize(1) % kPanelWidth != 0))
    return nullptr;
  return kernel::PanelsAttr::get(use.getOwner()->getContext(), /*batch=*/{}, /*k=*/ArrayRef<int64_t>{1},
                                 /*n=*/0,
                                 /*groups=*/0, kPanelWidth, /*dot=*/1);
}

Attribute getPackForm(OpOperand &use) {
  MLIRContext *context = use.getOwner()->getContext();
  if (auto conv = dyn_cast<w::ConvOp>(use.getOwner())) {
    if (&use != &conv.getFilterMutable() || !isHotConv(conv))
      return nullptr;
    // Filters are [F, kernel.., C / groups].
    int64_t rank = tensorTypeOf(conv.getFilter()).getRank();
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(1, rank - 1));
    order.push_back(isDepthwise(conv) ? 0 : rank - 1);
    if (isDepthwise(conv))
      return kernel::PermutedAttr::get(context, order);
    return kernel::PanelsAttr::get(context, /*batch=*/{}, order, /*n=*/0, conv.getGroups(), kPanelWidth,
                                   isF32(conv.getFilter()) ? 1 : 4);
  }
  if (auto matmul = dyn_cast<w::MatmulOp>(use.getOwner())) {
    if (&use != &matmul.getRhsMutable() || !isHotMatmul(matmul) || !canPack(tensorTypeOf(matmul.getRhs())))
      return nullptr;
    int64_t rank = tensorTypeOf(matmul.getRhs()).getRank();
    int64_t k = matmul.getTransposeRhs() ? rank - 1 : rank - 2,
            n = matmul.getTransposeRhs() ? rank - 2 : rank - 1;
    SmallVector<int64_t> batch = llvm::to_vector(llvm::seq<int64_t>(0, rank - 2));
    return kernel::PanelsAttr::get(context, batch, k, n, /*groups=*/0, kPanelWidth,
                                   isSummedInF32(matmul.getRhs()) ? 1 : 4);
  }
  return llvm::TypeSwitch<Operation *, Attribute>(use.getOwner())
      .Case<w::LstmOp, w::RnnOp>([&](auto op) { return getRecurrentForm(use, op, /*hasOwnProducts=*/false); })
      .Case([&](w::GruOp op) { return getRecurrentForm(use, op, /*hasOwnProducts=*/true); })
      .Default(nullptr);
}

Value getPacked(Value weftValue) {
  auto castOp = weftValue.getDefiningOp<UnrealizedConversionCastOp>();
  if (!castOp)
    return nullptr;
  auto from = dyn_cast<RankedTensorType>(castOp.getOperand(0).getType());
  return from && from.getShape() != tensorTypeOf(weftValue).getShape() ? castOp.getOperand(0) : Value();
}

//===----------------------------------------------------------------------===//
// Epilogues
//===----------------------------------------------------------------------===//

namespace {
/// The elementwise ops behind a contraction that its epilogue computes.
struct Epilogue {
  /// In order; the last one's result is what is stored. Empty: the contraction's own.
  SmallVector<Operation *> ops;
  Value stored;
  /// Tensors that they read besides, and how: in the stored result's dims.
  SmallVector<Value> extras;
  SmallVector<AffineMap> maps;
};
} // namespace

/// Whether `op` can run in an epilogue of a contraction with this result.
static bool canJoinEpilogue(OpBuilder &b, Operation *op, RankedTensorType type,
                            const llvm::SetVector<Operation *> &members) {
  if (!canEmitScalar(op) || op->getNumResults() != 1 ||
      tensorTypeOf(op->getResult(0)).getShape() != type.getShape())
    return false;
  RankedTensorType resultType = tensorTypeOf(op->getResult(0));
  // Integer powers need a loop, complex numbers vectors of pairs.
  auto isPlain = [](Type element) { return isa<FloatType, IntegerType>(element); };
  if (!isPlain(resultType.getElementType()) ||
      (isa<w::PowOp>(op) && isa<IntegerType>(resultType.getElementType())))
    return false;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (type.isDynamicDim(axis) &&
        !w::DimExpr::provablyEqual(w::getDim(type, axis), w::getDim(resultType, axis)))
      return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    if (!isPlain(tensorTypeOf(operand).getElementType()))
      return false;
    if (members.contains(operand.getDefiningOp()))
      return tensorTypeOf(operand).getShape() == type.getShape();
    return !getBroadcastAccess(b, op->getLoc(), operand, operand, type).needsGather;
  });
}

/// The longest run of elementwise users of `root` of which only the last one's result is used outside.
static Epilogue findEpilogue(OpBuilder &b, Operation *root) {
  RankedTensorType type = tensorTypeOf(root->getResult(0));
  llvm::SetVector<Operation *> members;
  members.insert(root);
  SmallVector<Operation *> chain, best;
  for (Operation *op = root->getNextNode(); op; op = op->getNextNode()) {
    bool usesMember = llvm::any_of(op->getOperands(),
                                   [&](Value operand) { return members.contains(operand.getDefiningOp()); });
    if (!usesMember)
      continue;
    if (!canJoinEpilogue(b, op, type, members))
      break;
    members.insert(op);
    chain.push_back(op);
    bool isClosed = llvm::all_of(ArrayRef(members.getArrayRef()).drop_back(), [&](Operation *member) {
      return llvm::all_of(member->getUsers(), [&](Operation *user) { return members.contains(user); });
    });
    if (isClosed)
      best = chain;
  }
  Epilogue epilogue;
  epilogue.ops = best;
  epilogue.stored = best.empty() ? root->getResult(0) : best.back()->getResult(0);
  llvm::SetVector<Operation *> inside(best.begin(), best.end());
  inside.insert(root);
  for (Operation *op : best)
    for (Value operand : op->getOperands()) {
      if (inside.contains(operand.getDefiningOp()) || getSplatValue(operand) ||
          llvm::is_contained(epilogue.extras, operand))
        continue;
      epilogue.extras.push_back(operand);
      epilogue.maps.push_back(getBroadcastAccess(b, op->getLoc(), operand, operand, type).map);
    }
  return epilogue;
}

/// Fills an epilogue's block from the ops.
static kernel::EpilogueBuilder getEpilogueBuilder(Operation *root, const Epilogue &epilogue) {
  return [root, &epilogue](OpBuilder &b, Location loc, ValueRange args) -> Value {
    llvm::DenseMap<Value, Value> scalars;
    scalars[root->getResult(0)] = args[0];
    for (auto [extra, scalar] : llvm::zip_equal(epilogue.extras, args.drop_front()))
      scalars[extra] = scalar;
    for (Operation *op : epilogue.ops) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands()) {
        Value &scalar = scalars[operand];
        if (!scalar)
          scalar = arith::ConstantOp::create(b, loc, getSplatValue(operand));
        operands.push_back(scalar);
      }
      scalars[op->getResult(0)] =
          emitScalar(b, op->getLoc(), cast<w::ElementwiseOpInterface>(op).getScalarFn(), op, operands);
    }
    return scalars.lookup(epilogue.stored);
  };
}

//===----------------------------------------------------------------------===//
// The rewrite
//===----------------------------------------------------------------------===//

namespace {
/// Builds kernel ops in place of one contraction and its epilogue.
class HotPathBuilder {
public:
  HotPathBuilder(Operation *root, const LoweringContext &sizes)
      : root(root), sizes(sizes), b(root->getContext()), epilogue(findEpilogue(b, root)), loc(getLoc()),
        type(tensorTypeOf(epilogue.stored)) {
    b.setInsertionPoint(epilogue.ops.empty() ? root : epilogue.ops.back());
    for (Value extra : epilogue.extras)
      extras.push_back(toStorage(extra));
  }

  void buildConv(w::ConvOp op, Value filter);
  void buildContract(w::MatmulOp op, Value packed);

private:
  Location getLoc() {
    SmallVector<Location> locations{root->getLoc()};
    for (Operation *op : epilogue.ops)
      locations.push_back(op->getLoc());
    return b.getFusedLoc(locations);
  }

  Value toStorage(Value weftValue) {
    RankedTensorType storage = getStorageType(tensorTypeOf(weftValue));
    if (storage == weftValue.getType())
      return weftValue;
    return UnrealizedConversionCastOp::create(b, loc, TypeRange{storage}, weftValue).getResult(0);
  }

  Type getStoredElement() { return getStorageElementType(type.getElementType()); }

  /// Replaces the stored value and erases what computed it.
  void finish(Value result) {
    result = castToType(b, loc, result, getStorageType(type));
    if (result.getType() != type)
      result = UnrealizedConversionCastOp::create(b, loc, TypeRange{type}, result).getResult(0);
    epilogue.stored.replaceAllUsesWith(result);
    for (Operation *op : llvm::reverse(epilogue.ops))
      op->erase();
    root->erase();
  }

  /// Makes the extras those of a [rows, columns] view of the result, which has all dims but the last as rows;
  /// false, with nothing changed, when one of them broadcasts along some of the rows only.
  bool flattenExtras();
  Value flattenRows(Value tensor);
  void buildFlat(Value lhs, Value packed, bool isLhsUnsigned, int64_t zeroPoint);

  Operation *root;
  const LoweringContext &sizes;
  OpBuilder b;
  Epilogue epilogue;
  Location loc;
  RankedTensorType type;
  SmallVector<Value> extras;
};
} // namespace

/// [d0, .., dn] as [d0 * .. , dn]
Value HotPathBuilder::flattenRows(Value tensor) {
  auto tensorType = cast<RankedTensorType>(tensor.getType());
  int64_t rank = tensorType.getRank();
  if (rank == 2)
    return tensor;
  int64_t product = 1;
  ReassociationIndices all;
  for (int64_t axis = 0; axis < rank - 1; ++axis) {
    all.push_back(axis);
    product = product == ShapedType::kDynamic || tensorType.isDynamicDim(axis)
                  ? ShapedType::kDynamic
                  : product * tensorType.getDimSize(axis);
  }
  auto flat = RankedTensorType::get({product, tensorType.getDimSize(rank - 1)}, tensorType.getElementType());
  return tensor::CollapseShapeOp::create(b, loc, flat, tensor,
                                         ArrayRef<ReassociationIndices>{all, {rank - 1}});
}

bool HotPathBuilder::flattenExtras() {
  int64_t rank = type.getRank();
  SmallVector<Value> flatExtras;
  SmallVector<AffineMap> flatMaps;
  for (auto [extra, map] : llvm::zip_equal(extras, epilogue.maps)) {
    if (map.getNumResults() != static_cast<unsigned>(rank))
      return false;
    auto isRead = [results = map.getResults()](int64_t axis) { return isa<AffineDimExpr>(results[axis]); };
    // A dim of size 1 is read at 0 either way.
    bool readsAll = true, readsNone = true;
    for (int64_t axis = 0; axis < rank - 1; ++axis) {
      readsAll &= isRead(axis);
      readsNone &= !isRead(axis) || type.getDimSize(axis) == 1;
    }
    if (!readsAll && !readsNone)
      return false;
  }
  for (auto [extra, map] : llvm::zip_equal(extras, epilogue.maps)) {
    bool readsAll = true, readsColumn = isa<AffineDimExpr>(map.getResult(rank - 1));
    for (int64_t axis = 0; axis < rank - 1; ++axis)
      readsAll &= isa<AffineDimExpr>(map.getResult(axis));
    AffineExpr m = b.getAffineDimExpr(0), zero = b.getAffineConstantExpr(0);
    AffineExpr n = readsColumn ? b.getAffineDimExpr(1) : zero;
    flatExtras.push_back(flattenRows(extra));
    flatMaps.push_back(AffineMap::get(2, 0, {readsAll ? m : zero, n}, b.getContext()));
  }
  extras = flatExtras;
  epilogue.maps = flatMaps;
  return true;
}

void HotPathBuilder::buildFlat(Value lhs, Value packed, bool isLhsUnsigned, int64_t zeroPoint) {
  SmallVector<OpFoldResult> outSizes = sizes.getSizes(b, type);
  OpFoldResult rows = b.getIndexAttr(1);
  for (OpFoldResult size : ArrayRef(outSizes).drop_back())
    rows = mulSizes(b, loc, rows, size);
  lhs = flattenRows(lhs);
  Value init = createEmpty(b, loc, {rows, outSizes.back()}, getStoredElement());
  auto contract = kernel::ContractOp::create(b, loc, lhs, packed, extras, init, epilogue.maps, kPanelWidth,
                                             /*rhsTransposed=*/false, getEpilogueBuilder(root, epilogue));
  contract.setLhsUnsigned(isLhsUnsigned);
  contract.setZeroPoint(zeroPoint);
  Value result = contract.getResult();
  int64_t rank = type.getRank();
  if (rank != 2) {
    ReassociationIndices all = llvm::to_vector<2>(llvm::seq<int64_t>(0, rank - 1));
    result = tensor::ExpandShapeOp::create(b, loc, getStorageType(type), result,
                                           ArrayRef<ReassociationIndices>{all, {rank - 1}}, outSizes);
  }
  finish(result);
}

void HotPathBuilder::buildConv(w::ConvOp op, Value filter) {
  auto isAll = [](ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [&](int64_t entry) { return entry == value; });
  };
  RankedTensorType filterType = tensorTypeOf(op.getFilter());
  ArrayRef<int64_t> taps = filterType.getShape().drop_front().drop_back();
  bool isPointwise =
      isAll(taps, 1) && isAll(op.getStrides(), 1) && isAll(op.getPads(), 0) && op.getGroups() == 1;
  Value input = toStorage(op.getInput());
  if (isPointwise && flattenExtras()) {
    // The filter's group dim of size 1 is a batch dim of none.
    auto packedType = cast<RankedTensorType>(filter.getType());
    auto flat = RankedTensorType::get(packedType.getShape().drop_front(), packedType.getElementType());
    SmallVector<ReassociationIndices> groups = {{0, 1}};
    for (int64_t axis = 2; axis < packedType.getRank(); ++axis)
      groups.push_back({axis});
    filter = tensor::CollapseShapeOp::create(b, loc, flat, filter, groups);
    return buildFlat(input, filter, isUnsigned(op.getInput()), *getZeroPoint(op.getInputZp()));
  }
  Value init = createEmpty(b, loc, sizes.getSizes(b, type), getStoredElement());
  auto body = getEpilogueBuilder(root, epilogue);
  auto finishBytes = [&](auto kernelOp) {
    kernelOp.setInputUnsigned(isUnsigned(op.getInput()));
    kernelOp.setZeroPoint(*getZeroPoint(op.getInputZp()));
    finish(kernelOp.getResult());
  };
  if (isDepthwise(op))
    return finishBytes(kernel::DepthwiseOp::create(b, loc, input, filter, extras, init, op.getStrides(),
                                                   op.getPads(), op.getDilations(), epilogue.maps, body));
  finishBytes(kernel::ConvOp::create(b, loc, input, filter, extras, init, taps, op.getStrides(), op.getPads(),
                                     op.getDilations(), epilogue.maps, body));
}

void HotPathBuilder::buildContract(w::MatmulOp op, Value packed) {
  Value lhs = toStorage(op.getLhs());
  RankedTensorType lhsType = tensorTypeOf(op.getLhs()), rhsType = tensorTypeOf(op.getRhs());
  int64_t batch = type.getRank() - 2;
  // One right-hand side for all batches: rows of all batches are rows of one product.
  bool sharesRhs = llvm::all_of(rhsType.getShape().drop_back(2), [](int64_t size) { return size == 1; });
  bool lhsHasAll = true;
  for (int64_t axis = 0; axis < batch; ++axis)
    lhsHasAll &= w::DimExpr::provablyEqual(w::getDim(lhsType, axis), w::getDim(type, axis));
  if (packed && sharesRhs && lhsHasAll && flattenExtras()) {
    // A panel, its steps and columns, and the groups of steps of bytes.
    auto packedType = cast<RankedTensorType>(packed.getType());
    int64_t inner = isSummedInF32(op.getRhs()) ? 3 : 4;
    if (int64_t extra = packedType.getRank() - inner) {
      SmallVector<ReassociationIndices> groups(inner);
      for (int64_t axis = 0; axis <= extra; ++axis)
        groups[0].push_back(axis);
      for (int64_t i = 1; i < inner; ++i)
        groups[i].push_back(extra + i);
      auto flat = RankedTensorType::get(packedType.getShape().take_back(inner), packedType.getElementType());
      packed = tensor::CollapseShapeOp::create(b, loc, flat, packed, groups);
    }
    return buildFlat(lhs, packed, isUnsigned(op.getLhs()), *getZeroPoint(op.getLhsZp()));
  }
  Value init = createEmpty(b, loc, sizes.getSizes(b, type), getStoredElement());
  Value rhs = packed ? packed : toStorage(op.getRhs());
  auto contract =
      kernel::ContractOp::create(b, loc, lhs, rhs, extras, init, epilogue.maps,
                                 packed ? std::optional<int64_t>(kPanelWidth) : std::nullopt,
                                 !packed && op.getTransposeRhs(), getEpilogueBuilder(root, epilogue));
  contract.setLhsUnsigned(isUnsigned(op.getLhs()));
  contract.setZeroPoint(*getZeroPoint(op.getLhsZp()));
  finish(contract.getResult());
}

void formHotContractions(FunctionOpInterface function, const LoweringContext &sizes) {
  SmallVector<Operation *> roots;
  function.getFunctionBody().walk([&](Operation *op) {
    if (isa<w::ConvOp, w::MatmulOp>(op))
      roots.push_back(op);
  });
  for (Operation *root : roots) {
    if (auto conv = dyn_cast<w::ConvOp>(root)) {
      Value packed = getPacked(conv.getFilter());
      if (packed && isHotConv(conv))
        HotPathBuilder(root, sizes).buildConv(conv, packed);
      continue;
    }
    auto matmul = cast<w::MatmulOp>(root);
    bool needsPacked = !isSummedInF32(matmul.getRhs());
    if (isHotMatmul(matmul) && (!needsPacked || getPacked(matmul.getRhs())))
      HotPathBuilder(root, sizes).buildContract(matmul, getPacked(matmul.getRhs()));
  }
}

} // namespace weft::conversion
