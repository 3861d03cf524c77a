// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types with named dims: compatibility, refinement, sizes of index values, checked construction of ops.
#include "dialects/Weft/IR/WeftTypeSupport.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

//===----------------------------------------------------------------------===//
// Dims of types
//===----------------------------------------------------------------------===//

DimExpr mlir::weft::getDim(RankedTensorType type, int64_t axis) {
  if (!type.isDynamicDim(axis))
    return DimExpr::constant(type.getDimSize(axis));
  auto names = dyn_cast_if_present<DimsAttr>(type.getEncoding());
  if (!names || axis >= static_cast<int64_t>(names.getExprs().size()))
    return {};
  return DimExpr::parse(names.getExprs()[axis].getValue()).value_or(DimExpr());
}

SmallVector<DimExpr> mlir::weft::getDims(RankedTensorType type) {
  SmallVector<DimExpr> dims;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    dims.push_back(getDim(type, axis));
  return dims;
}

RankedTensorType mlir::weft::makeTensorType(ArrayRef<DimExpr> dims, Type elementType) {
  SmallVector<int64_t> shape;
  SmallVector<StringAttr> names;
  bool hasName = false;
  MLIRContext *context = elementType.getContext();
  for (const DimExpr &dim : dims) {
    std::optional<int64_t> size = dim.getConstant();
    // A negative size is an error that the op's inference reports; here it is a size that nobody knows.
    if (size && *size < 0)
      size.reset();
    bool isNamed = !size && !dim.isUnknown() && !dim.getConstant();
    shape.push_back(size.value_or(ShapedType::kDynamic));
    names.push_back(StringAttr::get(context, size || isNamed ? dim.str() : "?"));
    hasName |= isNamed;
  }
  return RankedTensorType::get(shape, elementType, hasName ? DimsAttr::get(context, names) : Attribute());
}

RankedTensorType mlir::weft::dropDimNames(RankedTensorType type) {
  return RankedTensorType::get(type.getShape(), type.getElementType());
}

//===----------------------------------------------------------------------===//
// Compatibility and refinement
//===----------------------------------------------------------------------===//

/// Quantised elements of one storage and expressed type differ in parameters only, which no inference can
/// know.
static bool areCompatibleElements(Type a, Type b) {
  if (a == b)
    return true;
  auto quantA = dyn_cast<quant::QuantizedType>(a), quantB = dyn_cast<quant::QuantizedType>(b);
  return quantA && quantB && quantA.getStorageType() == quantB.getStorageType() &&
         quantA.getExpressedType() == quantB.getExpressedType();
}

static bool areCompatible(Type a, Type b) {
  if (a == b)
    return true;
  if (auto seqA = dyn_cast<SeqType>(a), seqB = dyn_cast<SeqType>(b); seqA && seqB)
    return areCompatible(seqA.getElement(), seqB.getElement());
  if (auto optA = dyn_cast<OptType>(a), optB = dyn_cast<OptType>(b); optA && optB)
    return areCompatible(optA.getElement(), optB.getElement());
  // Elements of sequences that have any rank.
  if (auto anyA = dyn_cast<TensorType>(a), anyB = dyn_cast<TensorType>(b);
      anyA && anyB && (!anyA.hasRank() || !anyB.hasRank()))
    return areCompatibleElements(anyA.getElementType(), anyB.getElementType());
  auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
  if (!tensorA || !tensorB || tensorA.getRank() != tensorB.getRank() ||
      !areCompatibleElements(tensorA.getElementType(), tensorB.getElementType()))
    return false;
  for (int64_t axis = 0; axis < tensorA.getRank(); ++axis) {
    std::optional<int64_t> difference = (getDim(tensorA, axis) - getDim(tensorB, axis)).getConstant();
    if (difference && *difference != 0)
      return false;
  }
  return true;
}

bool mlir::weft::areCompatibleTypes(TypeRange inferred, TypeRange declared) {
  return inferred.size() == declared.size() && llvm::all_of(llvm::zip(inferred, declared), [](auto pair) {
           return areCompatible(std::get<0>(pair), std::get<1>(pair));
         });
}

Type mlir::weft::refineType(Type a, Type b) {
  if (a == b)
    return a;
  if (auto seqA = dyn_cast<SeqType>(a), seqB = dyn_cast<SeqType>(b); seqA && seqB)
    return SeqType::get(a.getContext(), refineType(seqA.getElement(), seqB.getElement()));
  if (auto optA = dyn_cast<OptType>(a), optB = dyn_cast<OptType>(b); optA && optB)
    return OptType::get(a.getContext(), refineType(optA.getElement(), optB.getElement()));
  auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
  if (!tensorA || !tensorB)
    return a;
  SmallVector<DimExpr> dims;
  for (int64_t axis = 0; axis < tensorA.getRank(); ++axis) {
    DimExpr dimA = getDim(tensorA, axis), dimB = getDim(tensorB, axis);
    bool takeB = dimA.isUnknown() || (!dimA.getConstant() && dimB.getConstant());
    dims.push_back(takeB ? dimB : dimA);
  }
  return makeTensorType(dims, tensorA.getElementType());
}

//===----------------------------------------------------------------------===//
// Sizes of index values
//===----------------------------------------------------------------------===//

/// Whether the value is at least 0 whatever the symbols are, which are sizes.
static bool isNonNegative(const DimExpr &expr) {
  if (expr.isUnknown())
    return false;
  return llvm::all_of(expr.getTerms(), [](const auto &term) {
    return term.second >= 0 && llvm::none_of(term.first, [](StringRef atom) { return atom.contains('('); });
  });
}

using DimFunction = DimExpr (*)(const DimExpr &, const DimExpr &);

static DimExpr getBinaryIndexExpr(Operation *op, DimFunction function, bool needsNonNegative = false) {
  DimExpr a = getIndexExpr(op->getOperand(0)), b = getIndexExpr(op->getOperand(1));
  if (needsNonNegative && !(isNonNegative(a) && isNonNegative(b)))
    return {};
  return function(a, b);
}

DimExpr mlir::weft::getIndexExpr(Value index) {
  if (auto argument = dyn_cast<BlockArgument>(index)) {
    // A kernel sees its operands as arguments.
    if (auto kernel = dyn_cast_if_present<KernelOp>(argument.getOwner()->getParentOp()))
      if (argument.getArgNumber() < kernel.getInputs().size())
        return getIndexExpr(kernel.getInputs()[argument.getArgNumber()]);
    return {};
  }
  Operation *op = index.getDefiningOp();
  APInt value;
  if (matchPattern(index, m_ConstantInt(&value)))
    return value.getSignificantBits() <= 64 ? DimExpr::constant(value.getSExtValue()) : DimExpr();
  auto add = [](const DimExpr &a, const DimExpr &b) { return a + b; };
  auto sub = [](const DimExpr &a, const DimExpr &b) { return a - b; };
  auto mul = [](const DimExpr &a, const DimExpr &b) { return a * b; };
  return TypeSwitch<Operation *, DimExpr>(op)
      .Case([](DimOp dim) {
        auto type = cast<RankedTensorType>(dim.getX().getType());
        int64_t axis = dim.getAxis();
        return axis >= 0 && axis < type.getRank() ? getDim(type, axis) : DimExpr();
      })
      .Case([&](arith::AddIOp) { return getBinaryIndexExpr(op, add); })
      .Case([&](arith::SubIOp) { return getBinaryIndexExpr(op, sub); })
      .Case([&](arith::MulIOp) { return getBinaryIndexExpr(op, mul); })
      .Case([&](arith::FloorDivSIOp) { return getBinaryIndexExpr(op, DimExpr::floorDiv); })
      .Case([&](arith::CeilDivSIOp) { return getBinaryIndexExpr(op, DimExpr::ceilDiv); })
      .Case([&](arith::MinSIOp) { return getBinaryIndexExpr(op, DimExpr::min); })
      .Case([&](arith::MaxSIOp) { return getBinaryIndexExpr(op, DimExpr::max); })
      .Case<arith::DivSIOp, arith::DivUIOp>(
          [&](auto) { return getBinaryIndexExpr(op, DimExpr::floorDiv, /*needsNonNegative=*/true); })
      .Case<arith::RemSIOp, arith::RemUIOp>(
          [&](auto) { return getBinaryIndexExpr(op, DimExpr::mod, /*needsNonNegative=*/true); })
      .Default([](Operation *) { return DimExpr(); });
}

SmallVector<DimExpr> mlir::weft::getMixedDims(ArrayRef<int64_t> staticSizes, ValueRange dynamic) {
  SmallVector<DimExpr> dims;
  size_t next = 0;
  for (int64_t size : staticSizes) {
    if (!ShapedType::isDynamic(size))
      dims.push_back(DimExpr::constant(size));
    else
      dims.push_back(next < dynamic.size() ? getIndexExpr(dynamic[next]) : DimExpr());
    next += ShapedType::isDynamic(size);
  }
  return dims;
}

std::optional<DimExpr> mlir::weft::broadcastDim(const DimExpr &a, const DimExpr &b) {
  std::optional<int64_t> sizeA = a.getConstant(), sizeB = b.getConstant();
  if (sizeA == 1 || DimExpr::provablyEqual(a, b))
    return b;
  if (sizeB == 1)
    return a;
  if (sizeA && sizeB)
    return std::nullopt;
  // A constant that is not 1 is the size, whatever the other is.
  if (sizeA || sizeB)
    return sizeA ? a : b;
  return DimExpr();
}

Type mlir::weft::getAccumulatorType(Type operand) {
  MLIRContext *context = operand.getContext();
  if (auto quantised = dyn_cast<quant::QuantizedType>(operand))
    return quantised.getStorageTypeIntegralWidth() <= 8 ? IntegerType::get(context, 32) : operand;
  if (auto type = dyn_cast<FloatType>(operand))
    return type.getWidth() < 32 ? Float32Type::get(context) : operand;
  if (auto type = dyn_cast<IntegerType>(operand))
    return type.getWidth() <= 8 ? IntegerType::get(context, 32) : operand;
  return operand;
}

//===----------------------------------------------------------------------===//
// Checked construction
//===----------------------------------------------------------------------===//

Operation *mlir::weft::buildChecked(OpBuilder &builder, Location loc, StringRef opName, ValueRange operands,
                                    ArrayRef<NamedAttribute> attributes) {
  MLIRContext *context = builder.getContext();
  std::optional<RegisteredOperationName> name = RegisteredOperationName::lookup(opName, context);
  if (!name) {
    emitError(loc) << "expected a registered op, but got '" << opName << "'";
    return nullptr;
  }
  auto *inference = name->getInterface<InferTypeOpInterface>();
  if (!inference) {
    emitError(loc) << "internal: the result types of '" << opName << "' cannot be inferred";
    return nullptr;
  }
  // A draft without results carries the properties that inference reads.
  auto emit = [&] { return emitError(loc) << "'" << opName << "' op "; };
  NamedAttrList attributeList(attributes);
  if (failed(name->verifyInherentAttrs(attributeList, emit)))
    return nullptr;
  Operation *draft = Operation::create(loc, *name, TypeRange(), operands, NamedAttrList(),
                                       OpaqueProperties(nullptr), BlockRange(), /*numRegions=*/0);
  auto dropDraft = llvm::make_scope_exit([&] { draft->destroy(); });
  NamedAttrList inherent, discardable;
  for (NamedAttribute attribute : attributes)
    (llvm::is_contained(name->getAttributeNames(), attribute.getName()) ? inherent : discardable)
        .push_back(attribute);
  // An op without inherent attributes has no properties to set.
  if (name->getOpPropertyByteSize() > 0 &&
      failed(name->setOpPropertiesFromAttribute(*name, draft->getPropertiesStorage(),
                                                inherent.getDictionary(context), emit)))
    return nullptr;
  name->populateDefaultProperties(draft->getPropertiesStorage());
  if (auto segments = inherent.getNamed("operandSegmentSizes")) {
    auto sizes = dyn_cast<DenseI32ArrayAttr>(segments->getValue());
    int64_t total = 0;
    for (int32_t size : sizes ? sizes.asArrayRef() : ArrayRef<int32_t>())
      total += size;
    if (total != static_cast<int64_t>(operands.size())) {
      emit() << "internal: expected operand segments of " << operands.size() << " operands in all, but got "
             << total;
      return nullptr;
    }
  } else if (name->hasTrait<OpTrait::AttrSizedOperandSegments>()) {
    emit() << "internal: expected operandSegmentSizes, but got none";
    return nullptr;
  }
  SmallVector<Type> types;
  if (failed(inference->inferReturnTypes(context, loc, operands, DictionaryAttr::get(context),
                                         draft->getPropertiesStorage(), RegionRange(), types)))
    return nullptr;
  Operation *op = Operation::create(loc, *name, types, operands, std::move(discardable),
                                    draft->getPropertiesStorage(), BlockRange(), /*numRegions=*/0);
  if (failed(verify(op))) {
    op->destroy();
    return nullptr;
  }
  return builder.insert(op);
}
