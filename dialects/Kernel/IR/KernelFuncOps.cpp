// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels and host ops: syntax, verifiers, folders.
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Kernel/IR/KernelPack.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace mlir::kernel;

//===----------------------------------------------------------------------===//
// kernel.func, kernel.return
//===----------------------------------------------------------------------===//

void FuncOp::build(OpBuilder &builder, OperationState &state, StringRef name, FunctionType type,
                   StringRef kind, ArrayRef<StringRef> nodes) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.setSymName(builder.getStringAttr(name));
  properties.setFunctionType(TypeAttr::get(type));
  if (!kind.empty())
    properties.setKind(builder.getStringAttr(kind));
  if (!nodes.empty())
    properties.setNodes(builder.getStrArrayAttr(nodes));
  state.addRegion();
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildFuncType = [](Builder &builder, ArrayRef<Type> args, ArrayRef<Type> results,
                          function_interface_impl::VariadicFlag,
                          std::string &) { return builder.getFunctionType(args, results); };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false, getFunctionTypeAttrName(result.name), buildFuncType,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void FuncOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}

static ArrayRef<int64_t> getDims(DictionaryAttr attrs) {
  if (attrs)
    if (auto dims = attrs.getAs<DenseI64ArrayAttr>(FuncOp::getDimsAttrName()))
      return dims.asArrayRef();
  return {};
}

ArrayRef<int64_t> FuncOp::getArgDims(unsigned i) { return getDims(getArgAttrDict(i)); }
ArrayRef<int64_t> FuncOp::getResultDims(unsigned i) { return getDims(getResultAttrDict(i)); }

// Checks that `kernel.dims` has an index argument for each dynamic dim of `type`.
static LogicalResult verifyDims(FuncOp op, StringRef what, unsigned number, Type type,
                                ArrayRef<int64_t> dims) {
  auto shaped = dyn_cast<ShapedType>(type);
  int64_t numDynamic = shaped && shaped.hasRank() ? shaped.getNumDynamicDims() : 0;
  if (static_cast<int64_t>(dims.size()) != numDynamic)
    return op.emitOpError() << "expected kernel.dims of " << what << " " << number
                            << " to have one entry per dynamic dim (" << numDynamic << "), but got "
                            << dims.size() << " [func-C1]";
  for (int64_t dim : dims)
    if (dim < 0 || dim >= static_cast<int64_t>(op.getNumArguments()) || !op.getArgumentTypes()[dim].isIndex())
      return op.emitOpError() << "expected kernel.dims of " << what << " " << number
                              << " to name index arguments, but got " << dim << " [func-C2]";
  return success();
}

LogicalResult FuncOp::verify() {
  if (getBody().empty())
    return emitOpError() << "expected a body [func-C3]";
  for (auto [i, type] : llvm::enumerate(getArgumentTypes()))
    if (failed(verifyDims(*this, "argument", i, type, getArgDims(i))))
      return failure();
  for (auto [i, type] : llvm::enumerate(getResultTypes()))
    if (failed(verifyDims(*this, "result", i, type, getResultDims(i))))
      return failure();
  return success();
}

LogicalResult ReturnOp::verify() {
  auto func = cast<FuncOp>((*this)->getParentOp());
  if (getResults().getTypes() != TypeRange(func.getResultTypes()))
    return emitOpError() << "expected the kernel's result types (" << func.getResultTypes() << "), but got ("
                         << getResults().getTypes() << ") [return-C1]";
  return success();
}

//===----------------------------------------------------------------------===//
// kernel.launch
//===----------------------------------------------------------------------===//

static int64_t countDynamicDims(TypeRange types) {
  int64_t count = 0;
  for (Type type : types)
    count += cast<RankedTensorType>(type).getNumDynamicDims();
  return count;
}

LogicalResult LaunchOp::verify() {
  int64_t numDynamic = countDynamicDims(getResultTypes());
  if (static_cast<int64_t>(getSizes().size()) != numDynamic)
    return emitOpError() << "expected one size per dynamic dim of the results (" << numDynamic
                         << "), but got " << getSizes().size() << " [launch-C2]";
  return success();
}

ValueRange LaunchOp::getResultSizes(unsigned i) {
  int64_t begin = countDynamicDims(getResults().take_front(i).getTypes());
  return getSizes().slice(begin, cast<RankedTensorType>(getResult(i).getType()).getNumDynamicDims());
}

// Whether a host tensor can be passed where the kernel says `kernelType`: names of dims and static knowledge
// aside.
static bool isCompatible(Type hostType, Type kernelType) {
  auto host = dyn_cast<RankedTensorType>(hostType);
  auto inner = dyn_cast<ShapedType>(kernelType);
  return host && inner && host.getElementType() == inner.getElementType() &&
         succeeded(verifyCompatibleShape(host, inner));
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto func = symbols.lookupNearestSymbolFrom<FuncOp>(*this, getKernelAttr());
  if (!func)
    return emitOpError() << "expected " << getKernelAttr() << " to be a kernel.func [launch-C1]";
  // After bufferisation the kernel's results are its last arguments.
  SmallVector<Type> kernelTypes(func.getArgumentTypes());
  SmallVector<Type> hostTypes(getTensors().getTypes());
  llvm::append_range(hostTypes, getIndices().getTypes());
  llvm::append_range(hostTypes, getResultTypes());
  llvm::append_range(kernelTypes, func.getResultTypes());
  if (hostTypes.size() != kernelTypes.size())
    return emitOpError() << "expected " << kernelTypes.size() << " operands and results of "
                         << getKernelAttr() << ", but got " << hostTypes.size() << " [launch-C1]";
  for (auto [i, host, inner] : llvm::enumerate(hostTypes, kernelTypes))
    if (host != inner && !isCompatible(host, inner))
      return emitOpError() << "expected operand or result " << i << " of " << getKernelAttr() << " to be "
                           << inner << ", but got " << host << " [launch-C1]";
  return success();
}

//===----------------------------------------------------------------------===//
// kernel.call, kernel.view, kernel.constant, kernel.pack
//===----------------------------------------------------------------------===//

LogicalResult ViewOp::verify() {
  auto source = cast<RankedTensorType>(getSource().getType());
  auto result = cast<RankedTensorType>(getResult().getType());
  Type from = source.getElementType(), to = result.getElementType();
  if (from != to && !(from.isIntOrFloat() && to.isIntOrFloat() &&
                      from.getIntOrFloatBitWidth() == to.getIntOrFloatBitWidth()))
    return emitOpError() << "expected element types of one width, but got " << from << " and " << to
                         << " [view-C1]";
  if (source.hasStaticShape() && result.hasStaticShape() &&
      source.getNumElements() != result.getNumElements())
    return emitOpError() << "expected a result of " << source.getNumElements() << " elements, but got "
                         << result.getNumElements() << " [view-C2]";
  if (static_cast<int64_t>(getSizes().size()) != static_cast<int64_t>(result.getNumDynamicDims()))
    return emitOpError() << "expected one size per dynamic dim of the result (" << result.getNumDynamicDims()
                         << "), but got " << getSizes().size() << " [view-C3]";
  return success();
}

namespace {
/// What a function of the runtime takes: `l` a list, `t` a tensor, `e` either, `i` an index, `L` an i64
/// tensor;
/// `?` behind a letter: it may be missing, `*`: any number.
struct RuntimeFunction {
  StringLiteral name, inputs;
  size_t numParams;
  char result;
};
} // namespace

static constexpr RuntimeFunction kRuntimeFunctions[] = {
    {"list_make", "e*", 0, 'l'},    {"list_length", "l", 0, 'i'}, {"list_at", "li", 0, 'e'},
    {"list_insert", "lei", 0, 'l'}, {"list_erase", "li", 0, 'l'}, {"list_join", "l", 3, 't'},
    {"list_split", "tL?", 2, 'l'},  {"text", "l", 4, 'l'},
};

static bool isOfKind(Type type, char kind) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  switch (kind) {
  case 'l':
    return isa<ListType>(type);
  case 't':
    return static_cast<bool>(tensor);
  case 'e':
    return tensor || isa<ListType>(type);
  case 'i':
    return type.isIndex();
  default:
    return tensor && tensor.getElementType().isSignlessInteger(64) && tensor.getRank() <= 1;
  }
}

static bool takes(StringRef pattern, TypeRange types) {
  for (size_t at = 0; at < pattern.size(); ++at) {
    char kind = pattern[at], count = at + 1 < pattern.size() ? pattern[at + 1] : ' ';
    if (count == '*')
      return llvm::all_of(types, [&](Type type) { return isOfKind(type, kind); });
    if (count == '?') {
      if (types.empty())
        return true;
      ++at;
    }
    if (types.empty() || !isOfKind(types.front(), kind))
      return false;
    types = types.drop_front();
  }
  return types.empty();
}

LogicalResult CallOp::verify() {
  const auto *function =
      llvm::find_if(kRuntimeFunctions, [&](const RuntimeFunction &f) { return f.name == getFunction(); });
  if (function == std::end(kRuntimeFunctions))
    return emitOpError() << "expected a function of the runtime, but got '" << getFunction() << "' [call-C1]";
  if (!takes(function->inputs, getInputs().getTypes()) || getParams().size() != function->numParams ||
      !isOfKind(getResult().getType(), function->result))
    return emitOpError() << "expected operands, params and a result of " << getFunction() << ", but got "
                         << getInputs().getTypes() << ", " << getParams().size() << " params and "
                         << getResult().getType() << " [call-C1]";
  return success();
}

OpFoldResult ViewOp::fold(FoldAdaptor adaptor) {
  auto result = cast<RankedTensorType>(getResult().getType());
  if (getSource().getType() == result && result.hasStaticShape())
    return getSource();
  if (auto producer = getSource().getDefiningOp<ViewOp>()) {
    getSourceMutable().assign(producer.getSource());
    return getResult();
  }
  auto source = dyn_cast_if_present<ElementsAttr>(adaptor.getSource());
  if (!source || !result.hasStaticShape() || source.getElementType() != result.getElementType())
    return {};
  if (auto dense = dyn_cast<DenseElementsAttr>(source))
    return dense.reshape(result);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(source))
    return DenseResourceElementsAttr::get(result, resource.getRawHandle());
  return {};
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

void PackOp::build(OpBuilder &builder, OperationState &state, Value source, Attribute form) {
  auto emitError = [&] { return mlir::emitError(state.location); };
  FailureOr<RankedTensorType> type = getPackedType(cast<RankedTensorType>(source.getType()), form, emitError);
  assert(succeeded(type) && "internal: the packing form does not fit the source");
  build(builder, state, *type, source, form);
}

LogicalResult PackOp::verify() {
  FailureOr<RankedTensorType> type =
      getPackedType(cast<RankedTensorType>(getSource().getType()), getForm(), [&] { return emitOpError(); });
  if (failed(type))
    return failure();
  if (*type != getResult().getType())
    return emitOpError() << "expected a result of type " << *type << ", but got " << getResult().getType()
                         << " [pack-C1]";
  return success();
}

OpFoldResult PackOp::fold(FoldAdaptor adaptor) {
  auto source = dyn_cast_if_present<ElementsAttr>(adaptor.getSource());
  return source ? OpFoldResult(packElements(source, getForm())) : OpFoldResult();
}
