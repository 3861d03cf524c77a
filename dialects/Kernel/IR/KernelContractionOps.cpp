// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions in destination style: builders, verifiers, effects.
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::kernel;

static ShapedType shapedType(Value value) { return cast<ShapedType>(value.getType()); }

// Whether two dims may be equal at run time.
static bool agree(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) || a == b;
}

//===----------------------------------------------------------------------===//
// Epilogue
//===----------------------------------------------------------------------===//

LogicalResult mlir::kernel::verifyEpilogue(Operation *op) {
  auto epilogue = cast<EpilogueOpInterface>(op);
  ShapedType out = shapedType(epilogue.getInit());
  OperandRange extras = epilogue.getExtras();
  Block &block = epilogue.getEpilogueBlock();
  if (block.getNumArguments() != extras.size() + 1)
    return op->emitOpError() << "expected an epilogue of the accumulator and " << extras.size()
                             << " extra operands, but got " << block.getNumArguments()
                             << " arguments [epilogue-C1]";
  if (epilogue.getEpilogueMaps().size() != extras.size())
    return op->emitOpError() << "expected one epilogue map per extra operand (" << extras.size()
                             << "), but got " << epilogue.getEpilogueMaps().size() << " [epilogue-C2]";
  for (auto [i, extra] : llvm::enumerate(extras)) {
    ShapedType type = shapedType(extra);
    AffineMap map = epilogue.getEpilogueMap(i);
    if (map.getNumDims() != out.getRank() || map.getNumResults() != type.getRank() ||
        map.getNumSymbols() != 0)
      return op->emitOpError() << "expected epilogue map " << i << " from " << out.getRank() << " to "
                               << type.getRank() << " dims, but got " << AffineMapAttr::get(map)
                               << " [epilogue-C3]";
    for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
      auto position = dyn_cast<AffineDimExpr>(expr);
      auto constant = dyn_cast<AffineConstantExpr>(expr);
      if (!position && !(constant && constant.getValue() == 0))
        return op->emitOpError() << "expected dims or 0 in epilogue map " << i << ", but got "
                                 << AffineMapAttr::get(map) << " [epilogue-C3]";
      if (position && !agree(type.getDimSize(dim), out.getDimSize(position.getPosition())))
        return op->emitOpError() << "expected dim " << dim << " (" << type.getDimSize(dim)
                                 << ") of extra operand " << i << " to equal output dim "
                                 << position.getPosition() << " (" << out.getDimSize(position.getPosition())
                                 << ") [epilogue-C4]";
    }
    if (block.getArgument(i + 1).getType() != type.getElementType())
      return op->emitOpError() << "expected epilogue argument " << i + 1 << " to be " << type.getElementType()
                               << ", but got " << block.getArgument(i + 1).getType() << " [epilogue-C1]";
  }
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getValue().getType() != out.getElementType())
    return op->emitOpError() << "expected the epilogue to yield " << out.getElementType() << " [epilogue-C5]";
  for (Operation &inner : block.without_terminator())
    if (inner.getNumRegions() != 0 || !isMemoryEffectFree(&inner))
      return inner.emitOpError() << "expected scalar operations without effects in an epilogue [epilogue-C6]";
  if (op->getNumResults() != (isa<RankedTensorType>(out) ? 1u : 0u))
    return op->emitOpError()
           << "expected one result for a tensor destination, none for a memref [epilogue-C7]";
  return success();
}

void mlir::kernel::getDestinationStyleEffects(
    DestinationStyleOpInterface op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (op.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
  }
}

// Adds what the three ops share: operands, maps, result types and the epilogue's block.
static void buildEpilogueOp(OpBuilder &builder, OperationState &state, Value a, Value b, ValueRange extras,
                            Value init, const EpilogueBuilder &body) {
  state.addOperands({a, b});
  state.addOperands(extras);
  state.addOperands(init);
  if (isa<RankedTensorType>(init.getType()))
    state.addTypes(init.getType());
  // Bytes add up in 32 bits, as do floats of half precision.
  Type element = shapedType(b).getElementType();
  if (element.isInteger(8))
    element = builder.getI32Type();
  else if (element.isF16() || element.isBF16())
    element = builder.getF32Type();
  SmallVector<Type> types = {element};
  for (Value extra : extras)
    types.push_back(shapedType(extra).getElementType());
  SmallVector<Location> locations(types.size(), state.location);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(state.addRegion(), {}, types, locations);
  Value stored = body ? body(builder, state.location, block->getArguments()) : block->getArgument(0);
  YieldOp::create(builder, state.location, stored);
}

bool mlir::kernel::isByteProduct(Operation *op) {
  return shapedType(op->getOperand(1)).getElementType().isInteger(8);
}

// Whether both operands have f32 elements or both have bytes, the types that the generators know; those of a
// product may be of half precision.
static LogicalResult verifyElementTypes(Operation *op, StringRef label) {
  Type f32 = Float32Type::get(op->getContext()), i32 = IntegerType::get(op->getContext(), 32);
  Type element = shapedType(op->getOperand(0)).getElementType(),
       other = shapedType(op->getOperand(1)).getElementType();
  // The algorithm's transforms are of real numbers.
  if (isa<WinogradOp>(op) && !(element == f32 && other == f32))
    return op->emitOpError() << "expected operands of f32, but got " << element << " and " << other << " ["
                             << label << "]";
  auto isHalf = [](Type type) { return type.isF16() || type.isBF16(); };
  bool isFloat =
      isa<ContractOp>(op) && (element == f32 || isHalf(element)) && (other == f32 || isHalf(other));
  if (!isFloat && (!(element == f32 || element.isSignlessInteger(8)) || other != element))
    return op->emitOpError() << "expected operands of "
                             << (isa<ContractOp>(op) ? "f32, f16 or bf16, or of i8" : "f32 or of i8")
                             << ", but got " << element << " and " << other << " [" << label << "]";
  Type expected = isFloat || element == f32 ? f32 : i32,
       accumulator = cast<EpilogueOpInterface>(op).getAccumulatorType();
  if (accumulator != expected)
    return op->emitOpError() << "expected an accumulator of " << expected << ", but got " << accumulator
                             << " [" << label << "]";
  return success();
}

// Whether the zero point is a byte of the left side, and 0 for f32.
static LogicalResult verifyZeroPoint(Operation *op, int64_t zeroPoint, bool isUnsigned, StringRef label) {
  bool isBytes = isByteProduct(op);
  int64_t least = !isBytes || isUnsigned ? 0 : -128, most = !isBytes ? 0 : isUnsigned ? 255 : 127;
  if (zeroPoint < least || zeroPoint > most)
    return op->emitOpError() << "expected a zero point between " << least << " and " << most << ", but got "
                             << zeroPoint << " [" << label << "]";
  if (isUnsigned && !isBytes)
    return op->emitOpError() << "expected bytes, where they may be unsigned, but got f32 [" << label << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// kernel.contract
//===----------------------------------------------------------------------===//

void ContractOp::build(OpBuilder &builder, OperationState &state, Value lhs, Value rhs, ValueRange extras,
                       Value init, ArrayRef<AffineMap> maps, std::optional<int64_t> panel, bool rhsTransposed,
                       EpilogueBuilder body) {
  auto &properties = state.getOrAddProperties<Properties>();
  if (panel)
    properties.panel = builder.getI64IntegerAttr(*panel);
  if (rhsTransposed)
    properties.rhs_transposed = builder.getUnitAttr();
  properties.epilogue_maps = builder.getAffineMapArrayAttr(maps);
  buildEpilogueOp(builder, state, lhs, rhs, extras, init, body);
}

// Checks that the leading dims of an operand broadcast to the output's batch dims.
static LogicalResult verifyBatch(ContractOp op, StringRef name, ArrayRef<int64_t> dims,
                                 ArrayRef<int64_t> batch) {
  if (dims.size() > batch.size())
    return op.emitOpError() << "expected at most " << batch.size() << " batch dims of " << name
                            << ", but got " << dims.size() << " [contract-C2]";
  for (auto [dim, out] : llvm::zip(dims, batch.take_back(dims.size())))
    if (dim != 1 && !agree(dim, out))
      return op.emitOpError() << "expected batch dims of " << name << " to equal the output's or 1, but got "
                              << dim << " against " << out << " [contract-C2]";
  return success();
}

LogicalResult ContractOp::verify() {
  ShapedType lhs = shapedType(getLhs()), rhs = shapedType(getRhs()), out = shapedType(getInit());
  bool isPacked = getPanel().has_value();
  // Bytes are packed in groups of 4 steps, with a last row of column sums.
  bool isBytes = kernel::isByteProduct(*this);
  if (isBytes && !isPacked)
    return emitOpError() << "expected bytes of the rhs in panels [contract-C4]";
  int64_t rhsInner = isBytes ? 4 : isPacked ? 3 : 2;
  if (lhs.getRank() < 2 || rhs.getRank() < rhsInner || out.getRank() < 2)
    return emitOpError() << "expected lhs [B.., M, K], rhs with " << rhsInner
                         << " inner dims and out [B.., M, N] [contract-C1]";
  if (isPacked && getRhsTransposed())
    return emitOpError() << "expected either panel or rhs_transposed [contract-C1]";
  ArrayRef<int64_t> l = lhs.getShape().take_back(2), o = out.getShape().take_back(2);
  ArrayRef<int64_t> r = rhs.getShape().take_back(rhsInner);
  int64_t rhsK = isPacked || getRhsTransposed() ? r[1] : r[0];
  if (isBytes) {
    if (r[3] != 4 || ShapedType::isDynamic(l[1]) || l[1] % 4 != 0)
      return emitOpError() << "expected groups of 4 steps and a K that they divide, but got groups of "
                           << r[3] << " and K of " << l[1] << " [contract-C4]";
    rhsK = (rhsK - 1) * 4;
  }
  if (!agree(l[1], rhsK))
    return emitOpError() << "expected K of lhs (" << l[1] << ") to equal K of rhs (" << rhsK
                         << ") [contract-C1]";
  if (!agree(l[0], o[0]))
    return emitOpError() << "expected M of lhs (" << l[0] << ") to equal M of the output (" << o[0]
                         << ") [contract-C1]";
  int64_t rhsN = getRhsTransposed() ? r[0] : r[1];
  if (!isPacked && !agree(rhsN, o[1]))
    return emitOpError() << "expected N of rhs (" << rhsN << ") to equal N of the output (" << o[1]
                         << ") [contract-C1]";
  if (isPacked) {
    int64_t width = *getPanel();
    if (width <= 0 || r[2] != width)
      return emitOpError() << "expected panels of " << width << " columns, but got " << r[2]
                           << " [contract-C1]";
    if (!ShapedType::isDynamic(o[1]) && !agree(r[0], llvm::divideCeil(o[1], width)))
      return emitOpError() << "expected " << llvm::divideCeil(o[1], width) << " panels, but got " << r[0]
                           << " [contract-C1]";
  }
  ArrayRef<int64_t> batch = out.getShape().drop_back(2);
  if (failed(verifyBatch(*this, "lhs", lhs.getShape().drop_back(2), batch)) ||
      failed(verifyBatch(*this, "rhs", rhs.getShape().drop_back(rhsInner), batch)))
    return failure();
  if (failed(verifyElementTypes(*this, "contract-C3")))
    return failure();
  return verifyZeroPoint(*this, getZeroPoint(), getLhsUnsigned(), "contract-C4");
}

//===----------------------------------------------------------------------===//
// kernel.conv, kernel.depthwise
//===----------------------------------------------------------------------===//

void ConvOp::build(OpBuilder &builder, OperationState &state, Value input, Value filter, ValueRange extras,
                   Value init, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                   ArrayRef<int64_t> dilations, ArrayRef<AffineMap> maps, EpilogueBuilder body) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.kernel = builder.getDenseI64ArrayAttr(kernel);
  properties.strides = builder.getDenseI64ArrayAttr(strides);
  properties.pads = builder.getDenseI64ArrayAttr(pads);
  properties.dilations = builder.getDenseI64ArrayAttr(dilations);
  properties.epilogue_maps = builder.getAffineMapArrayAttr(maps);
  buildEpilogueOp(builder, state, input, filter, extras, init, body);
}

void DepthwiseOp::build(OpBuilder &builder, OperationState &state, Value input, Value filter,
                        ValueRange extras, Value init, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                        ArrayRef<int64_t> dilations, ArrayRef<AffineMap> maps, EpilogueBuilder body) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.strides = builder.getDenseI64ArrayAttr(strides);
  properties.pads = builder.getDenseI64ArrayAttr(pads);
  properties.dilations = builder.getDenseI64ArrayAttr(dilations);
  properties.epilogue_maps = builder.getAffineMapArrayAttr(maps);
  buildEpilogueOp(builder, state, input, filter, extras, init, body);
}

// Checks ranks, window attributes and output sizes: C1, C3 and C4 of both ops.
template <typename OpTy> static LogicalResult verifyWindow(OpTy op, StringRef name) {
  ShapedType input = shapedType(op.getInput()), out = shapedType(op.getInit());
  int64_t spatial = input.getRank() - 2;
  bool isConv = std::is_same_v<OpTy, ConvOp>;
  int64_t most = isConv && !kernel::isByteProduct(op) ? 3 : 2;
  if (spatial < 1 || spatial > most || out.getRank() != input.getRank())
    return op.emitOpError() << "expected input and output [N, spatial.., C] with 1 to " << most
                            << " spatial dims, but got ranks " << input.getRank() << " and " << out.getRank()
                            << " [" << name << "-C1]";
  if (!agree(input.getDimSize(0), out.getDimSize(0)))
    return op.emitOpError() << "expected N of the input (" << input.getDimSize(0)
                            << ") to equal N of the output (" << out.getDimSize(0) << ") [" << name << "-C1]";
  ArrayRef<int64_t> kernel = op.getKernel(), strides = op.getStrides(), pads = op.getPads();
  ArrayRef<int64_t> dilations = op.getDilations();
  size_t count = spatial;
  auto isPositive = [](int64_t value) { return value > 0; };
  auto isNegative = [](int64_t value) { return value < 0; };
  if (kernel.size() != count || strides.size() != count || dilations.size() != count ||
      pads.size() != 2 * count)
    return op.emitOpError() << "expected kernel, strides and dilations of " << count
                            << " entries and pads of " << 2 * count << " [" << name << "-C4]";
  if (!llvm::all_of(kernel, isPositive) || !llvm::all_of(strides, isPositive) ||
      !llvm::all_of(dilations, isPositive) || llvm::any_of(pads, isNegative))
    return op.emitOpError() << "expected positive kernel, strides and dilations, and pads of at least 0 ["
                            << name << "-C4]";
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t in = input.getDimSize(i + 1), got = out.getDimSize(i + 1);
    if (ShapedType::isDynamic(in) || ShapedType::isDynamic(got))
      continue;
    int64_t covered = in + pads[i] + pads[i + spatial] - dilations[i] * (kernel[i] - 1) - 1;
    int64_t expected = covered < 0 ? 0 : covered / strides[i] + 1;
    if (got != expected)
      return op.emitOpError() << "expected output dim " << i + 1 << " to be " << expected << ", but got "
                              << got << " [" << name << "-C3]";
  }
  return success();
}

LogicalResult ConvOp::verify() {
  if (failed(verifyWindow(*this, "conv")))
    return failure();
  ShapedType input = shapedType(getInput()), filter = shapedType(getFilter()), out = shapedType(getInit());
  int64_t C = input.getShape().back(), F = out.getShape().back();
  bool isBytes = kernel::isByteProduct(*this);
  if (filter.getRank() != (isBytes ? 5 : 4) || !filter.hasStaticShape() || ShapedType::isDynamic(C) ||
      ShapedType::isDynamic(F))
    return emitOpError() << "expected static C and F and a static filter [G, panels, K, P] [conv-C2]";
  int64_t G = getGroups(), taps = 1;
  for (int64_t size : getKernel())
    taps *= size;
  if (G <= 0 || C % G != 0 || F % G != 0)
    return emitOpError() << "expected " << G << " groups to divide C (" << C << ") and F (" << F
                         << ") [conv-C2]";
  SmallVector<int64_t> expected = {G, static_cast<int64_t>(llvm::divideCeil(F / G, getPanel())),
                                   taps * (C / G), getPanel()};
  if (isBytes) {
    if (C / G % 4 != 0)
      return emitOpError() << "expected channels of a group (" << C / G << ") in groups of 4 [conv-C6]";
    expected[2] = expected[2] / 4 + 1;
    expected.push_back(4);
  }
  if (filter.getShape() != ArrayRef(expected)) {
    InFlightDiagnostic diagnostic = emitOpError() << "expected a filter of ";
    llvm::interleave(expected, diagnostic, "x");
    return diagnostic << ", but got " << filter << " [conv-C2]";
  }
  if (failed(verifyElementTypes(*this, "conv-C5")))
    return failure();
  return verifyZeroPoint(*this, getZeroPoint(), getInputUnsigned(), "conv-C6");
}

LogicalResult DepthwiseOp::verify() {
  ShapedType input = shapedType(getInput()), filter = shapedType(getFilter()), out = shapedType(getInit());
  if (filter.getRank() != input.getRank() - 1 || !filter.hasStaticShape())
    return emitOpError() << "expected a static filter [kernel.., C] of rank " << input.getRank() - 1
                         << ", but got " << filter << " [depthwise-C2]";
  if (failed(verifyWindow(*this, "depthwise")))
    return failure();
  int64_t C = filter.getShape().back();
  if (input.getShape().back() != C || out.getShape().back() != C)
    return emitOpError() << "expected " << C << " channels of input and output, but got "
                         << input.getShape().back() << " and " << out.getShape().back() << " [depthwise-C2]";
  if (failed(verifyElementTypes(*this, "depthwise-C5")))
    return failure();
  // Sums of so many products of bytes are exact in f32.
  constexpr int64_t kMaxByteTaps = 512;
  if (kernel::isByteProduct(*this) && filter.getNumElements() / std::max<int64_t>(C, 1) > kMaxByteTaps)
    return emitOpError() << "expected at most " << kMaxByteTaps << " taps of bytes, but got "
                         << filter.getNumElements() / C << " [depthwise-C6]";
  return verifyZeroPoint(*this, getZeroPoint(), getInputUnsigned(), "depthwise-C6");
}

//===----------------------------------------------------------------------===//
// kernel.winograd
//===----------------------------------------------------------------------===//

int64_t WinogradOp::getTile() { return shapedType(getFilter()).getDimSize(1) == 16 ? 2 : 4; }

LogicalResult WinogradOp::verify() {
  ShapedType input = shapedType(getInput()), filter = shapedType(getFilter()), out = shapedType(getInit());
  ArrayRef<int64_t> pads = getPads();
  auto isNegative = [](int64_t pad) { return pad < 0; };
  if (input.getRank() != 4 || out.getRank() != 4 || pads.size() != 4 || llvm::any_of(pads, isNegative))
    return emitOpError() << "expected input and output [N, H, W, C] and 4 pads of at least 0, but got ranks "
                         << input.getRank() << " and " << out.getRank() << ", and " << pads.size()
                         << " pads [winograd-C3]";
  int64_t C = input.getShape().back(), F = out.getShape().back();
  if (filter.getRank() != 4 || !filter.hasStaticShape() || ShapedType::isDynamic(C) ||
      ShapedType::isDynamic(F))
    return emitOpError() << "expected static C and F and a static filter [panels, T * T, C, P] [winograd-C2]";
  int64_t positions = filter.getDimSize(1);
  SmallVector<int64_t> expected = {static_cast<int64_t>(llvm::divideCeil(F, getPanel())),
                                   positions == 16 ? 16 : 36, C, getPanel()};
  if (filter.getShape() != ArrayRef(expected))
    return emitOpError() << "expected a filter of " << expected[0] << "x16 or 36x" << C << "x" << expected[3]
                         << ", but got " << filter << " [winograd-C2]";
  for (int64_t i = 0; i < 2; ++i) {
    int64_t in = input.getDimSize(i + 1), got = out.getDimSize(i + 1);
    if (ShapedType::isDynamic(in) || ShapedType::isDynamic(got))
      continue;
    int64_t size = std::max<int64_t>(0, in + pads[i] + pads[i + 2] - 2);
    if (got != size)
      return emitOpError() << "expected output dim " << i + 1 << " to be " << size << ", but got " << got
                           << " [winograd-C3]";
  }
  if (!agree(input.getDimSize(0), out.getDimSize(0)))
    return emitOpError() << "expected N of the input (" << input.getDimSize(0)
                         << ") to equal N of the output (" << out.getDimSize(0) << ") [winograd-C3]";
  return verifyElementTypes(*this, "winograd-C4");
}
