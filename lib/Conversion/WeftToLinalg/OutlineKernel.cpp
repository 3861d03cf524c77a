// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves one weft.kernel into a kernel.func of its own and launches it.
#include "HostBuilder.h"
#include "HotPath.h"
#include "Support.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

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

/// Names come from inside: what a kernel's own types do not say, it does not need.
static KernelSizes collectSizes(w::KernelOp op) {
  KernelSizes sizes;
  for (Value argument : op.getBody().front().getArguments())
    sizes.add(argument.getType());
  for (Value result : op.getResults())
    sizes.add(result.getType());
  op.getBody().walk([&](Operation *inner) {
    for (Type type : inner->getResultTypes())
      sizes.add(type);
  });
  return sizes;
}

/// What the launch of a kernel passes: tensors, packed weights, then index values, the sizes last.
struct HostBuilder::KernelArguments {
  SmallVector<Value> tensors, indices;
  SmallVector<PackedUse> packedUses;
  llvm::DenseMap<Value, unsigned>
      numbers;           ///< of the region's arguments; those that are only read packed have none
  int64_t firstSize = 0; ///< number of the first size

  SmallVector<Type> getTypes(OpBuilder &b) const {
    SmallVector<Type> types;
    for (Value tensor : tensors)
      types.push_back(tensor.getType());
    types.append(indices.size(), b.getIndexType());
    return types;
  }
};

LogicalResult HostBuilder::gatherArguments(w::KernelOp op, ArrayRef<w::DimExpr> sizes,
                                           KernelArguments &arguments) {
  Location loc = op.getLoc();
  Block &body = op.getBody().front();
  arguments.packedUses = findPackedUses(op);
  for (auto [input, argument] : llvm::zip_equal(op.getInputs(), body.getArguments())) {
    if (!isa<RankedTensorType>(input.getType())) {
      arguments.indices.push_back(lookup(input));
      continue;
    }
    bindDims(argument.getType(), lookup(input));
    bool isRead = llvm::any_of(argument.getUses(), [&](OpOperand &use) {
      return llvm::none_of(arguments.packedUses, [&](const PackedUse &packed) { return packed.use == &use; });
    });
    if (!isRead && !argument.use_empty())
      continue;
    arguments.numbers[argument] = arguments.tensors.size();
    arguments.tensors.push_back(castTo(loc, lookup(input), argument.getType()));
  }
  for (PackedUse &packed : arguments.packedUses) {
    packed.number = arguments.tensors.size();
    arguments.tensors.push_back(b.createOrFold<kernel::PackOp>(loc, lookup(packed.source), packed.form));
  }
  for (auto [number, argument] :
       llvm::enumerate(llvm::make_filter_range(body.getArguments(), [](BlockArgument argument) {
         return !isa<RankedTensorType>(argument.getType());
       })))
    arguments.numbers[argument] = arguments.tensors.size() + number;
  arguments.firstSize = arguments.tensors.size() + arguments.indices.size();
  for (const w::DimExpr &expr : sizes) {
    Value size = dims.materialize(b, loc, expr);
    if (!size)
      return op.emitOpError("expected the size ")
             << expr.str() << " to be known before the kernel runs, but it is not";
    arguments.indices.push_back(size);
  }
  return success();
}

namespace {
/// Fills the body of a kernel function from a kernel's region: weft types inside, storage types at the
/// borders.
class BodyBuilder {
public:
  BodyBuilder(w::KernelOp op, kernel::FuncOp function, const KernelSizes &sizes, int64_t firstSize)
      : op(op), function(function), sizes(sizes), firstSize(firstSize), loc(op.getLoc()),
        entry(function.getBody().empty() ? &function.getBody().emplaceBlock() : &function.getBody().front()),
        b(OpBuilder::atBlockEnd(entry)) {
    TypeRange types = function.getFunctionType().getInputs();
    if (entry->getNumArguments() == 0)
      entry->addArguments(types, SmallVector<Location>(types.size(), loc));
  }

  void bindArguments(const llvm::DenseMap<Value, unsigned> &numbers);
  void bindPacked(ArrayRef<PackedUse> uses);
  void cloneBody();
  void returnResults();

private:
  Value castValue(Value value, Type type) {
    return value.getType() == type
               ? value
               : UnrealizedConversionCastOp::create(b, loc, TypeRange{type}, value).getResult(0);
  }

  w::KernelOp op;
  kernel::FuncOp function;
  const KernelSizes &sizes;
  int64_t firstSize;
  Location loc;
  Block *entry;
  OpBuilder b;
  IRMapping mapping;
  llvm::DenseMap<std::pair<Operation *, unsigned>, Value> packedOperands;
};

void BodyBuilder::bindArguments(const llvm::DenseMap<Value, unsigned> &numbers) {
  for (BlockArgument argument : op.getBody().front().getArguments()) {
    auto place = numbers.find(argument);
    if (place == numbers.end())
      continue;
    unsigned number = place->second;
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (type && type.getNumDynamicDims() > 0)
      function.setArgAttr(number, kernel::FuncOp::getDimsAttrName(), getDimsAttr(b, type, sizes, firstSize));
    mapping.map(argument, castValue(entry->getArgument(number), argument.getType()));
  }
  for (auto [number, expr] : llvm::enumerate(sizes.getExprs()))
    function.setArgAttr(firstSize + number, "weft.dim", b.getStringAttr(sizes.getName(expr)));
}

/// Readers of packed weights see them through a cast to the type that they had.
void BodyBuilder::bindPacked(ArrayRef<PackedUse> uses) {
  for (const PackedUse &packed : uses) {
    auto castOp = UnrealizedConversionCastOp::create(b, loc, TypeRange{packed.use->get().getType()},
                                                     ValueRange{entry->getArgument(packed.number)});
    packedOperands[{packed.use->getOwner(), packed.use->getOperandNumber()}] = castOp.getResult(0);
    if (!mapping.contains(packed.use->get()))
      mapping.map(packed.use->get(), castOp.getResult(0));
  }
}

void BodyBuilder::cloneBody() {
  for (Operation &operation : op.getBody().front().without_terminator()) {
    Operation *clone = b.clone(operation, mapping);
    for (unsigned i = 0; i < operation.getNumOperands(); ++i)
      if (Value packed = packedOperands.lookup({&operation, i}))
        clone->setOperand(i, packed);
  }
}

void BodyBuilder::returnResults() {
  SmallVector<Value> returned;
  for (auto [number, value] : llvm::enumerate(op.getBody().front().getTerminator()->getOperands())) {
    auto type = cast<RankedTensorType>(op.getResult(number).getType());
    if (type.getNumDynamicDims() > 0)
      function.setResultAttr(number, kernel::FuncOp::getDimsAttrName(),
                             getDimsAttr(b, type, sizes, firstSize));
    returned.push_back(castValue(mapping.lookup(value), function.getFunctionType().getResult(number)));
  }
  kernel::ReturnOp::create(b, loc, returned);
}
} // namespace

LogicalResult HostBuilder::launchKernel(w::KernelOp op, kernel::FuncOp function,
                                        const KernelArguments &arguments) {
  SmallVector<Value> resultSizes;
  for (Value result : op.getResults()) {
    FailureOr<SmallVector<Value>> own = getSizes(op, cast<RankedTensorType>(result.getType()));
    if (failed(own))
      return failure();
    llvm::append_range(resultSizes, *own);
  }
  auto launch = kernel::LaunchOp::create(b, op.getLoc(), function.getFunctionType().getResults(),
                                         FlatSymbolRefAttr::get(function.getSymNameAttr()), arguments.tensors,
                                         arguments.indices, resultSizes, op.getNodesAttr());
  // What weft-count-work said of the kernel holds for its launch: equal kernels may be launched at other
  // sizes.
  for (StringRef work : {"flops", "bytes"})
    if (Attribute text = op->getAttr(work))
      launch->setAttr(work, text);
  for (auto [result, value] : llvm::zip_equal(op.getResults(), launch.getResults()))
    values.map(result, value);
  return success();
}

LogicalResult HostBuilder::convertKernel(w::KernelOp op) {
  if (failed(bindInnerSizes(op)))
    return failure();
  KernelSizes sizes = collectSizes(op);
  KernelArguments arguments;
  if (failed(gatherArguments(op, sizes.getExprs(), arguments)))
    return failure();
  SmallVector<Type> resultTypes;
  for (Value result : op.getResults())
    resultTypes.push_back(getStorageType(cast<RankedTensorType>(result.getType())));
  OpBuilder moduleBuilder(host);
  auto type = FunctionType::get(b.getContext(), arguments.getTypes(b), resultTypes);
  auto function = kernel::FuncOp::create(moduleBuilder, op.getLoc(), "k" + std::to_string(nextKernel++), type,
                                         op.getKind());
  function.setNodesAttr(op.getNodesAttr());
  BodyBuilder body(op, function, sizes, arguments.firstSize);
  body.bindArguments(arguments.numbers);
  body.bindPacked(arguments.packedUses);
  body.cloneBody();
  body.returnResults();
  renameDims(function, sizes);
  return launchKernel(op, function, arguments);
}

} // namespace weft::conversion
