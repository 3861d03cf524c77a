// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves one weft.kernel into a kernel.func of its own and launches it.
#include "HostBuilder.h"
#include "HotPath.h"
#include "Support.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

//===----------------------------------------------------------------------===//
// Sizes that ops inside of a kernel introduce, as host values
//===----------------------------------------------------------------------===//

Value HostBuilder::getHostDim(Value inner, int64_t axis) {
  auto type = cast<RankedTensorType>(inner.getType());
  if (!type.isDynamicDim(axis))
    return createIndex(b, inner.getLoc(), type.getDimSize(axis));
  return dims.materialize(b, inner.getLoc(), w::getDim(type, axis));
}

Value HostBuilder::getHostIndex(Value inner) {
  if (auto argument = dyn_cast<BlockArgument>(inner)) {
    auto kernel = dyn_cast<w::KernelOp>(argument.getOwner()->getParentOp());
    return kernel ? lookup(kernel.getInputs()[argument.getArgNumber()]) : lookup(inner);
  }
  Operation *op = inner.getDefiningOp();
  if (auto dim = dyn_cast<w::DimOp>(op))
    return getHostDim(dim.getX(), dim.getAxis());
  if (auto extract = dyn_cast<w::ExtractOp>(op)) {
    auto argument = dyn_cast<BlockArgument>(extract.getX());
    Value tensor = argument ? getHostIndex(argument) : Value();
    return tensor ? extractIndex(b, op->getLoc(), cast<RankedTensorType>(extract.getX().getType()), tensor,
                                 extract.getI())
                  : Value();
  }
  if (!isa<arith::ArithDialect>(op->getDialect()))
    return nullptr;
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Value value = getHostIndex(operand);
    if (!value)
      return nullptr;
    mapping.map(operand, value);
  }
  return b.clone(*op, mapping)->getResult(0);
}

/// The entry for `position` of a mixed list of static and dynamic sizes.
static OpFoldResult pickSize(OpBuilder &b, ArrayRef<int64_t> sizes, ValueRange dynamic, int64_t position) {
  if (!ShapedType::isDynamic(sizes[position]))
    return b.getIndexAttr(sizes[position]);
  int64_t before =
      llvm::count_if(sizes.take_front(position), [](int64_t size) { return ShapedType::isDynamic(size); });
  return dynamic[before];
}

Value HostBuilder::getResultSize(Operation *op, int64_t axis) {
  Location loc = op->getLoc();
  auto toHost = [&](OpFoldResult size) -> Value {
    if (std::optional<int64_t> constant = getConstantIntValue(size))
      return createIndex(b, loc, *constant);
    return getHostIndex(cast<Value>(size));
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<w::IotaOp, w::BroadcastOp, w::ReshapeOp, w::RandomOp>(
          [&](auto sized) { return toHost(pickSize(b, sized.getStaticShape(), sized.getShape(), axis)); })
      .Case([&](w::SliceOp slice) {
        return toHost(pickSize(b, slice.getStaticSizes(), slice.getSizes(), axis));
      })
      .Case([&](w::ResizeOp resize) -> Value {
        const int64_t *place = llvm::find(resize.getAxes(), axis);
        if (place == resize.getAxes().end())
          return getHostDim(resize.getX(), axis);
        return toHost(
            pickSize(b, resize.getStaticSizes(), resize.getSizes(), place - resize.getAxes().begin()));
      })
      .Case([&](w::TopKOp topK) -> Value {
        if (axis != static_cast<int64_t>(topK.getAxis()))
          return getHostDim(topK.getX(), axis);
        return topK.getK() ? getHostIndex(topK.getK()) : createIndex(b, loc, topK.getStaticK());
      })
      .Case([&](w::PadOp pad) -> Value {
        Value size = getHostDim(pad.getX(), axis);
        Value lo = toHost(pickSize(b, pad.getStaticLo(), pad.getLo(), axis));
        Value hi = toHost(pickSize(b, pad.getStaticHi(), pad.getHi(), axis));
        if (!size || !lo || !hi)
          return {};
        return arith::AddIOp::create(b, loc, arith::AddIOp::create(b, loc, size, lo), hi);
      })
      .Case([&](w::ConcatOp concat) -> Value {
        if (axis != static_cast<int64_t>(concat.getAxis()))
          return getHostDim(concat.getXs().front(), axis);
        Value sum;
        for (Value part : concat.getXs()) {
          Value size = getHostDim(part, axis);
          if (!size)
            return {};
          sum = sum ? Value(arith::AddIOp::create(b, loc, sum, size)) : size;
        }
        return sum;
      })
      .Case([&](w::DftOp dft) -> Value {
        if (axis != static_cast<int64_t>(dft.getAxis()))
          return {};
        Value n = dft.getN() ? getHostIndex(dft.getN()) : Value();
        if (!n || !dft.getOnesided())
          return n;
        Value half = arith::DivUIOp::create(b, loc, n, createIndex(b, loc, 2));
        return arith::AddIOp::create(b, loc, half, createIndex(b, loc, 1));
      })
      .Case([&](w::ElementwiseOpInterface elementwise) -> Value {
        // A broadcast whose result only run time knows: the operand's size that is not 1.
        Value size;
        for (Value operand : elementwise->getOperands()) {
          Value dim = getHostDim(operand, axis);
          if (!dim)
            return {};
          if (!size) {
            size = dim;
            continue;
          }
          Value isOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, size, createIndex(b, loc, 1));
          size = arith::SelectOp::create(b, loc, isOne, dim, size);
        }
        return size;
      })
      .Default([&](Operation *other) { return getFactorSize(other, axis); });
}

Value HostBuilder::getFactorSize(Operation *op, int64_t axis) {
  auto mapped = dyn_cast<w::DimMapOpInterface>(op);
  FailureOr<w::DimMap> map = mapped ? mapped.getDimMap() : FailureOr<w::DimMap>(failure());
  if (failed(map) || map->results.empty() || axis >= static_cast<int64_t>(map->results.front().size()))
    return {};
  int64_t factor = map->results.front()[axis];
  if (factor == w::kNoFactor || map->kinds[factor] == w::FactorKind::Window)
    return {};
  // Where operands broadcast, as batches of a product do, the size that is not 1.
  Value size;
  for (auto [operand, factors] : llvm::zip(op->getOperands(), map->operands))
    for (auto [dim, carried] : llvm::enumerate(factors)) {
      if (carried != factor)
        continue;
      Value next = getHostDim(operand, static_cast<int64_t>(dim));
      if (!next || !size) {
        size = next;
        continue;
      }
      Value isOne = b.createOrFold<arith::CmpIOp>(op->getLoc(), arith::CmpIPredicate::eq, size,
                                                  createIndex(b, op->getLoc(), 1));
      size = b.createOrFold<arith::SelectOp>(op->getLoc(), isOne, next, size);
    }
  return size;
}

LogicalResult HostBuilder::bindInnerSizes(w::KernelOp kernel) {
  auto result = success();
  kernel.getBody().walk([&](Operation *op) {
    for (Value value : op->getResults()) {
      auto type = dyn_cast<RankedTensorType>(value.getType());
      for (int64_t axis = 0; type && axis < type.getRank(); ++axis) {
        w::DimExpr expr = w::getDim(type, axis);
        if (!type.isDynamicDim(axis) || dims.materialize(b, op->getLoc(), expr))
          continue;
        Value counted = dataSizes.lookup(expr.str());
        Value size = expr.isUnknown() ? Value() : counted ? lookup(counted) : getResultSize(op, axis);
        if (size) {
          dims.bindSolved(b, op->getLoc(), expr, size);
          continue;
        }
        result = op->emitOpError("expected the size of dim ")
                 << axis << " of " << type << " to be known before the kernel runs, but it is not";
      }
    }
    if (succeeded(result))
      addShapeChecks(op);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

namespace {
/// The distinct dynamic sizes of a kernel in order of appearance, and the names that they get inside of it.
class KernelSizes {
public:
  void add(Type type) {
    auto tensorType = dyn_cast<RankedTensorType>(type);
    for (int64_t axis = 0; tensorType && axis < tensorType.getRank(); ++axis)
      if (tensorType.isDynamicDim(axis))
        add(w::getDim(tensorType, axis));
  }
  void add(const w::DimExpr &expr) {
    if (numbers.try_emplace(expr.str(), exprs.size()).second)
      exprs.push_back(expr);
  }
  int64_t getNumber(const w::DimExpr &expr) const { return numbers.lookup(expr.str()); }
  std::string getName(const w::DimExpr &expr) const { return "s" + std::to_string(getNumber(expr)); }
  ArrayRef<w::DimExpr> getExprs() const { return exprs; }

private:
  SmallVector<w::DimExpr> exprs;
  llvm::StringMap<int64_t> numbers;
};
} // namespace

/// Numbers of the function arguments that hold the `?` of a type.
static DenseI64ArrayAttr getDimsAttr(OpBuilder &b, RankedTensorType type, const KernelSizes &sizes,
                                     int64_t firstSize) {
  SmallVector<int64_t> numbers;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (type.isDynamicDim(axis))
      numbers.push_back(firstSize + sizes.getNumber(w::getDim(type, axis)));
  return b.getDenseI64ArrayAttr(numbers);
}

/// Replaces the names of dims by those that the kernel gives them.
static void renameDims(kernel::FuncOp function, const KernelSizes &sizes) {
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](w::DimsAttr attr) -> Attribute {
    SmallVector<StringAttr> renamed;
    for (StringAttr text : attr.getExprs()) {
      std::optional<w::DimExpr> expr = w::DimExpr::parse(text);
      bool isName = expr && !expr->isUnknown() && !expr->getConstant();
      renamed.push_back(isName ? StringAttr::get(attr.getContext(), sizes.getName(*expr)) : text);
    }
    return w::DimsAttr::get(attr.getContext(), renamed);
  });
  function.getBody().walk([&](Operation *op) {
    replacer.replaceElementsIn(op, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  });
}

namespace {
/// A constant operand that its reader wants packed.
struct PackedUse {
  OpOperand *use;
  Attribute form;
  Value source;
  unsigned number = 0;
};
} // namespace

static SmallVector<PackedUse> findPackedUses(w::KernelOp op) {
  SmallVector<PackedUse> uses;
  for (auto [input, argument] : llvm::zip_equal(op.getInputs(), op.getBody().front().getArguments())) {
    if (!input.getDefiningOp<w::ConstantOp>())
      continue;
    for (OpOperand &use : argument.getUses())
      if (Attribute form = getPackForm(use))
        uses.push_back({&use, form, input});
  }
  return uses;
}

LogicalResult HostBuilder::convertKernel(w::KernelOp op) {
  if (failed(bindInnerSizes(op)))
    return failure();
  Location loc = op.getLoc();
  Block &old = op.getBody().front();
  Operation *yield = old.getTerminator();

  // Names come from inside: what a kernel's own types do not say, it does not need.
  KernelSizes sizes;
  for (Value argument : old.getArguments())
    sizes.add(argument.getType());
  for (Value result : op.getResults())
    sizes.add(result.getType());
  op.getBody().walk([&](Operation *inner) {
    for (Type type : inner->getResultTypes())
      sizes.add(type);
  });
  // Arguments: tensors, packed weights, then index values; an argument that is only read packed is left out.
  SmallVector<Value> tensors, indices, sizeValues;
  SmallVector<PackedUse> packedUses = findPackedUses(op);
  llvm::DenseMap<Value, unsigned> argumentNumbers;
  for (auto [input, argument] : llvm::zip_equal(op.getInputs(), old.getArguments())) {
    if (!isa<RankedTensorType>(input.getType())) {
      indices.push_back(lookup(input));
      continue;
    }
    bindDims(argument.getType(), lookup(input));
    bool isRead = llvm::any_of(argument.getUses(), [&](OpOperand &use) {
      return llvm::none_of(packedUses, [&](const PackedUse &packed) { return packed.use == &use; });
    });
    if (!isRead && !argument.use_empty())
      continue;
    argumentNumbers[argument] = tensors.size();
    tensors.push_back(castTo(loc, lookup(input), argument.getType()));
  }
  for (PackedUse &packed : packedUses) {
    packed.number = tensors.size();
    tensors.push_back(b.createOrFold<kernel::PackOp>(loc, lookup(packed.source), packed.form));
  }
  for (auto [number, argument] :
       llvm::enumerate(llvm::make_filter_range(old.getArguments(), [](BlockArgument argument) {
         return !isa<RankedTensorType>(argument.getType());
       })))
    argumentNumbers[argument] = tensors.size() + number;
  for (const w::DimExpr &expr : sizes.getExprs()) {
    Value size = dims.materialize(b, loc, expr);
    if (!size)
      return op.emitOpError("expected the size ")
             << expr.str() << " to be known before the kernel runs, but it is not";
    sizeValues.push_back(size);
  }
  int64_t firstSize = tensors.size() + indices.size();
  llvm::append_range(indices, sizeValues);

  // Signature.
  SmallVector<Type> inputTypes, resultTypes;
  for (Value tensor : tensors)
    inputTypes.push_back(tensor.getType());
  inputTypes.append(indices.size(), b.getIndexType());
  for (Value result : op.getResults())
    resultTypes.push_back(getStorageType(cast<RankedTensorType>(result.getType())));
  std::string name = "k" + std::to_string(nextKernel++);
  OpBuilder moduleBuilder(host);
  auto function = kernel::FuncOp::create(
      moduleBuilder, loc, name, FunctionType::get(b.getContext(), inputTypes, resultTypes), op.getKind());
  function.setNodesAttr(op.getNodesAttr());

  // Body: weft types inside, storage types at the borders.
  Block *entry =
      function.getBody().empty() ? &function.getBody().emplaceBlock() : &function.getBody().front();
  if (entry->getNumArguments() == 0)
    entry->addArguments(inputTypes, SmallVector<Location>(inputTypes.size(), loc));
  OpBuilder inner = OpBuilder::atBlockEnd(entry);
  IRMapping mapping;
  for (BlockArgument argument : old.getArguments()) {
    auto place = argumentNumbers.find(argument);
    if (place == argumentNumbers.end())
      continue;
    unsigned number = place->second;
    Value value = entry->getArgument(number);
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (type && type.getNumDynamicDims() > 0)
      function.setArgAttr(number, kernel::FuncOp::getDimsAttrName(), getDimsAttr(b, type, sizes, firstSize));
    if (value.getType() != argument.getType())
      value =
          UnrealizedConversionCastOp::create(inner, loc, TypeRange{argument.getType()}, value).getResult(0);
    mapping.map(argument, value);
  }
  for (auto [number, expr] : llvm::enumerate(sizes.getExprs()))
    function.setArgAttr(firstSize + number, "weft.dim", b.getStringAttr(sizes.getName(expr)));
  // Readers of packed weights see them through a cast to the type that they had.
  llvm::DenseMap<std::pair<Operation *, unsigned>, Value> packedOperands;
  for (const PackedUse &packed : packedUses) {
    auto castOp = UnrealizedConversionCastOp::create(inner, loc, TypeRange{packed.use->get().getType()},
                                                     ValueRange{entry->getArgument(packed.number)});
    packedOperands[{packed.use->getOwner(), packed.use->getOperandNumber()}] = castOp.getResult(0);
    if (!mapping.contains(packed.use->get()))
      mapping.map(packed.use->get(), castOp.getResult(0));
  }
  for (Operation &operation : old.without_terminator()) {
    Operation *clone = inner.clone(operation, mapping);
    for (unsigned i = 0; i < operation.getNumOperands(); ++i)
      if (Value packed = packedOperands.lookup({&operation, i}))
        clone->setOperand(i, packed);
  }
  SmallVector<Value> returned;
  for (auto [number, value] : llvm::enumerate(yield->getOperands())) {
    auto type = cast<RankedTensorType>(op.getResult(number).getType());
    if (type.getNumDynamicDims() > 0)
      function.setResultAttr(number, kernel::FuncOp::getDimsAttrName(),
                             getDimsAttr(b, type, sizes, firstSize));
    Value result = mapping.lookup(value);
    if (result.getType() != resultTypes[number])
      result =
          UnrealizedConversionCastOp::create(inner, loc, TypeRange{resultTypes[number]}, result).getResult(0);
    returned.push_back(result);
  }
  kernel::ReturnOp::create(inner, loc, returned);
  renameDims(function, sizes);

  // Launch.
  SmallVector<Value> resultSizes;
  for (Value result : op.getResults()) {
    FailureOr<SmallVector<Value>> own = getSizes(op, cast<RankedTensorType>(result.getType()));
    if (failed(own))
      return failure();
    llvm::append_range(resultSizes, *own);
  }
  auto launch = kernel::LaunchOp::create(b, loc, resultTypes, FlatSymbolRefAttr::get(b.getContext(), name),
                                         tensors, indices, resultSizes, op.getNodesAttr());
  // What weft-count-work said of the kernel holds for its launch: equal kernels may be launched at other
  // sizes.
  for (StringRef work : {"flops", "bytes"})
    if (Attribute text = op->getAttr(work))
      launch->setAttr(work, text);
  for (auto [result, value] : llvm::zip_equal(op.getResults(), launch.getResults()))
    values.map(result, value);
  return success();
}

} // namespace weft::conversion
