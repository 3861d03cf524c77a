// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entry of the importer: the signature of @main, symbols, user options, and the module around the imported
// graph.
#include "weft/Import/ONNX.h"

#include "ModelImporter.h"

#include "dialects/Weft/IR/OptionProblem.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Types and symbols
//===----------------------------------------------------------------------===//

InFlightDiagnostic ModelImporter::error() {
  ok = false;
  return emitError(FileLineColLoc::get(&context, model->file->getBufferIdentifier(), 0, 0));
}

Type ModelImporter::valueType(const onnx::TypeProto &type) {
  if (type.has_sequence_type() && type.sequence_type().has_elem_type()) {
    const onnx::TypeProto &inner = type.sequence_type().elem_type();
    Type element = valueType(inner);
    // Elements whose rank the model does not say have any.
    if (!element && inner.has_tensor_type() && !inner.tensor_type().has_shape())
      if (Type number = elementType(&context, inner.tensor_type().elem_type()))
        element = UnrankedTensorType::get(number);
    return element ? w::SeqType::get(&context, element) : Type();
  }
  if (type.has_optional_type() && type.optional_type().has_elem_type()) {
    Type element = valueType(type.optional_type().elem_type());
    return element ? w::OptType::get(&context, element) : Type();
  }
  if (!type.has_tensor_type() || !type.tensor_type().has_shape() ||
      type.tensor_type().shape().dim_size() > 64)
    return {};
  Type element = elementType(&context, type.tensor_type().elem_type());
  SmallVector<int64_t> shape;
  for (const onnx::TensorShapeProto::Dimension &dim : type.tensor_type().shape().dim())
    shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : ShapedType::kDynamic);
  return element ? RankedTensorType::get(shape, element) : Type();
}

std::string ModelImporter::freshSymbol() {
  std::string name;
  do
    name = "d" + std::to_string(nextFresh++);
  while (!usedSymbols.insert(name).second);
  return name;
}

static bool isIdentifier(StringRef text) {
  return !text.empty() && (llvm::isAlpha(text[0]) || text[0] == '_') &&
         llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

/// The identifier of a dim name of the model: itself, or a made-up one whose origin is kept.
std::string ModelImporter::symbolFor(StringRef name) {
  auto [entry, isNew] = symbolOf.try_emplace(name);
  if (!isNew)
    return entry->second;
  std::string symbol = name.str();
  for (char &c : symbol)
    if (!llvm::isAlnum(c) && c != '_')
      c = '_';
  if (!isIdentifier(symbol))
    symbol = "d_" + symbol;
  while (!usedSymbols.insert(symbol).second)
    symbol += "_";
  if (symbol != name)
    symbolNames[symbol] = name.str();
  return entry->second = symbol;
}

/// A dim by its name: a fixed size, an expression over symbols that inputs carry by themselves, or a symbol.
w::DimExpr ModelImporter::dimNamed(StringRef name) {
  if (auto fixed = options.fixedDims.find(name.str()); fixed != options.fixedDims.end())
    return w::DimExpr::constant(fixed->second);
  if (isIdentifier(name))
    return w::DimExpr::symbol(symbolFor(name));
  std::optional<w::DimExpr> expr = w::DimExpr::parse(name);
  if (!expr || expr->isUnknown())
    return w::DimExpr::symbol(symbolFor(name));
  // Fixed sizes enter by value; all other symbols must be bound by an input of that very dim.
  bool isBound = true;
  expr->forEachSymbol([&](StringRef symbol) { isBound &= symbolOf.contains(symbol); });
  return isBound ? *expr : w::DimExpr::symbol(symbolFor(name));
}

w::DimExpr ModelImporter::dimOf(const onnx::TensorShapeProto::Dimension &dim) {
  if (dim.has_dim_value() && dim.dim_value() >= 0)
    return w::DimExpr::constant(dim.dim_value());
  if (dim.has_dim_param() && !dim.dim_param().empty() && dim.dim_param() != "?")
    return dimNamed(dim.dim_param());
  return w::DimExpr::symbol(freshSymbol());
}

Type ModelImporter::inputType(const onnx::ValueInfoProto &input) {
  auto shape = options.shapes.find(input.name());
  if (!input.type().has_tensor_type()) {
    Type type = valueType(input.type());
    if (!type)
      error() << "expected input '" << input.name()
              << "' to be a tensor, or a sequence or optional of tensors of known rank, but it is none";
    else if (shape != options.shapes.end())
      w::ofOption(error()) << "expected --shape for a tensor, but input '" << input.name() << "' is none";
    return type;
  }
  const onnx::TypeProto::Tensor &tensor = input.type().tensor_type();
  Type element = elementType(&context, tensor.elem_type());
  if (!element) {
    error() << "expected input '" << input.name() << "' of a known element type, but got "
            << dataTypeName(tensor.elem_type());
    return {};
  }
  SmallVector<w::DimExpr> dims;
  if (shape == options.shapes.end()) {
    if (!tensor.has_shape() || tensor.shape().dim_size() > 64) {
      error() << "input '" << input.name() << "' has no shape in the model; give one (--shape "
              << input.name() << "=1x3x224x224, with ? for a dim that varies)";
      return {};
    }
    for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim())
      dims.push_back(dimOf(dim));
  } else {
    if (tensor.has_shape() && tensor.shape().dim_size() != static_cast<int>(shape->second.size())) {
      w::ofOption(error()) << "expected a shape of " << tensor.shape().dim_size() << " dims for input '"
                           << input.name() << "', but got " << shape->second.size();
      return {};
    }
    for (const DimSpec &dim : shape->second)
      dims.push_back(dim.size             ? w::DimExpr::constant(*dim.size)
                     : dim.symbol.empty() ? w::DimExpr::symbol(freshSymbol())
                                          : dimNamed(dim.symbol));
  }
  int64_t count = 1;
  for (const w::DimExpr &dim : dims)
    if (std::optional<int64_t> size = dim.getConstant(); size && *size > 0)
      if (llvm::MulOverflow(count, *size, count) || count > (int64_t(1) << 46)) {
        bool isChosen = shape != options.shapes.end() || !options.fixedDims.empty();
        (isChosen ? w::ofOption(error()) : error())
            << "expected input '" << input.name()
            << "' of a size that memory can hold, but its dims multiply "
            << "to more than 2^46 elements";
        return {};
      }
  return w::makeTensorType(dims, element);
}

/// The size that `--shape` gives an input's dim and the one that `--dim` gives its symbol must agree.
static void checkSizesAgree(const onnx::GraphProto &graph, const ImportOptions &options,
                            llvm::function_ref<InFlightDiagnostic()> error) {
  for (const onnx::ValueInfoProto &input : graph.input()) {
    auto shape = options.shapes.find(input.name());
    const onnx::TensorShapeProto &dims = input.type().tensor_type().shape();
    if (shape == options.shapes.end() || static_cast<int>(shape->second.size()) != dims.dim_size())
      continue;
    for (int i = 0; i < dims.dim_size(); ++i) {
      const std::string &symbol = dims.dim(i).dim_param();
      std::optional<int64_t> size = shape->second[i].size;
      if (symbol.empty() || !size)
        continue;
      std::string other;
      if (auto fixed = options.fixedDims.find(symbol);
          fixed != options.fixedDims.end() && fixed->second != *size)
        other = std::to_string(fixed->second);
      if (auto bounds = options.dimBounds.find(symbol);
          bounds != options.dimBounds.end() &&
          (*size < bounds->second.first || *size > bounds->second.second))
        other = std::to_string(bounds->second.first) + ".." + std::to_string(bounds->second.second);
      if (!other.empty())
        w::ofOption(error()) << "expected --shape and --dim to agree about '" << symbol << "', but got "
                             << *size << " for input '" << input.name() << "' and " << other;
    }
  }
}

/// Options that name what the model does not have are mistakes of the user.
void ModelImporter::checkOptions() {
  llvm::StringSet<> inputs, dims;
  std::string inputList, dimList;
  auto note = [](llvm::StringSet<> &set, std::string &text, StringRef name) {
    if (set.insert(name).second)
      text += (text.empty() ? "'" : ", '") + name.str() + "'";
  };
  for (const onnx::ValueInfoProto &input : model->proto.graph().input()) {
    note(inputs, inputList, input.name());
    for (const onnx::TensorShapeProto::Dimension &dim : input.type().tensor_type().shape().dim())
      if (dim.has_dim_param() && !dim.dim_param().empty())
        note(dims, dimList, dim.dim_param());
  }
  for (const auto &[name, shape] : options.shapes)
    for (const DimSpec &dim : shape)
      if (!dim.symbol.empty())
        note(dims, dimList, dim.symbol);
  auto refuse = [&] { return w::ofOption(error()); };
  for (const auto &[name, shape] : options.shapes)
    if (!inputs.contains(name))
      refuse() << "expected --shape of an input of the model (" << inputList << "), but got '" << name << "'";
  for (const auto &[name, value] : options.bindings)
    if (!inputs.contains(name))
      refuse() << "expected --bind of an input of the model (" << inputList << "), but got '" << name << "'";
  checkSizesAgree(model->proto.graph(), options, [&] { return error(); });
  if (dimList.empty())
    dimList = "it has none";
  for (const auto &[name, size] : options.fixedDims)
    if (!dims.contains(name))
      refuse() << "expected --dim of a named dim of the model (" << dimList << "), but got '" << name << "'";
  for (const auto &[name, sizes] : options.dimBuckets)
    if (!dims.contains(name))
      refuse() << "expected --dim of a named dim of the model (" << dimList << "), but got '" << name << "'";
  for (const auto &[name, bounds] : options.dimBounds)
    if (!dims.contains(name))
      refuse() << "expected --dim of a named dim of the model (" << dimList << "), but got '" << name << "'";
}

ElementsAttr ModelImporter::boundConstant(StringRef name, Type type) {
  const std::vector<std::string> &texts = options.bindings.find(name.str())->second;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || !tensor.getElementType().isIntOrFloat()) {
    w::ofOption(error()) << "expected --bind of an input of numbers and static shape, but '" << name
                         << "' is " << typeText(type);
    return {};
  }
  tensor = w::dropDimNames(tensor);
  if (texts.size() != 1 && static_cast<int64_t>(texts.size()) != tensor.getNumElements()) {
    w::ofOption(error()) << "expected 1 or " << tensor.getNumElements() << " numbers in --bind of '" << name
                         << "', but got " << texts.size();
    return {};
  }
  Builder b(&context);
  SmallVector<Attribute> values;
  for (StringRef text : texts) {
    if (auto element = dyn_cast<FloatType>(tensor.getElementType())) {
      double number = 0;
      if (text.getAsDouble(number))
        w::ofOption(error()) << "expected a number in --bind of '" << name << "', but got '" << text << "'";
      values.push_back(b.getFloatAttr(element, number));
      continue;
    }
    int64_t number = text == "true";
    unsigned width = tensor.getElementTypeBitWidth();
    bool isUnsigned = tensor.getElementType().isUnsignedInteger() || width == 1;
    bool isNumber = text == "true" || text == "false" || !text.getAsInteger(10, number);
    if (!isNumber ||
        (width < 64 && !(isUnsigned ? llvm::isUIntN(width, number) : llvm::isIntN(width, number))))
      w::ofOption(error()) << "expected a value of type " << typeText(tensor.getElementType())
                           << " in --bind of '" << name << "', but got '" << text << "'";
    values.push_back(
        b.getIntegerAttr(tensor.getElementType(), APInt(64, static_cast<uint64_t>(number)).trunc(width)));
  }
  return DenseElementsAttr::get(tensor, values);
}

void ModelImporter::setSymbols(func::FuncOp function) {
  Builder b(&context);
  SmallVector<NamedAttribute> bounds, names;
  for (const auto &[name, range] : options.dimBounds)
    if (auto symbol = symbolOf.find(name); symbol != symbolOf.end())
      bounds.push_back(b.getNamedAttr(symbol->second, b.getI64ArrayAttr({range.first, range.second})));
  for (const auto &entry : symbolNames)
    names.push_back(b.getNamedAttr(entry.first(), b.getStringAttr(entry.second)));
  if (!bounds.empty())
    function->setAttr("weft.symbols", b.getDictionaryAttr(bounds));
  if (!names.empty())
    function->setAttr("weft.symbol_names", b.getDictionaryAttr(names));
}

/// The declared type of an output must be what was inferred up to its dims. Those of exporters are wrong now
/// and then, and nothing depends on them: what the node makes is taken.
void ModelImporter::checkOutput(const onnx::ValueInfoProto &output, Value value) {
  auto declared = dyn_cast_if_present<RankedTensorType>(valueType(output.type()));
  auto actual = dyn_cast<RankedTensorType>(value.getType());
  if (!declared || !actual)
    return;
  bool fits = declared.getElementType() == actual.getElementType() && declared.getRank() == actual.getRank();
  // Shapes that a user changed make the declared ones stale.
  bool isFresh = options.shapes.empty() && options.fixedDims.empty();
  if (fits && isFresh && failed(verifyCompatibleShape(declared, actual)))
    emitWarning(FileLineColLoc::get(&context, model->file->getBufferIdentifier(), 0, 0))
        << "output '" << output.name() << "' is declared as " << typeText(declared) << ", but its node makes "
        << typeText(actual) << ", which is what runs give";
  if (!fits)
    error() << "expected output '" << output.name() << "' of the declared type " << typeText(declared)
            << ", but its node makes " << typeText(actual) << "; the model contradicts itself";
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

/// "input 'w' has a default and became a constant; --keep-inputs leaves it open"
static std::string describeDefaults(ArrayRef<std::string> names) {
  constexpr size_t most = 4;
  std::string text = names.size() == 1 ? "input " : "inputs ";
  for (size_t i = 0; i < std::min(most, names.size()); ++i)
    text += (i ? ", '" : "'") + names[i] + "'";
  if (names.size() > most)
    text += " and " + std::to_string(names.size() - most) + " more";
  return text + (names.size() == 1 ? " has a default and became a constant; --keep-inputs leaves it open"
                                   : " have defaults and became constants; --keep-inputs leaves them open");
}

/// Inputs become arguments, with their names; those that the options bind become constants.
void ModelImporter::addInputs(const onnx::GraphProto &graph, Scope &scope,
                              SmallVectorImpl<std::string> &names) {
  auto addArgument = [&](const std::string &name, Type type) {
    names.push_back(name);
    return entry->addArgument(type, NameLoc::get(StringAttr::get(&context, name)));
  };
  SmallVector<std::tuple<std::string, Value, Type>> maps;
  std::vector<std::string> defaults;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    bool isInitialized =
        scope.initializers.count(input.name()) || scope.sparseInitializers.count(input.name());
    if (isInitialized && !options.keepInputs && !options.bindings.count(input.name())) {
      defaults.push_back(input.name());
      continue;
    }
    if (input.type().has_map_type()) {
      auto [values, keys] = mapInputTypes(input);
      if (!values)
        continue;
      Value argument = addArgument(input.name(), values);
      maps.push_back({keysName(input.name()), scope.values[input.name()] = argument, keys});
      emitWarning(FileLineColLoc::get(&context, model->file->getBufferIdentifier(), 0, 0))
          << "input '" << input.name()
          << "' is a map in the model; here it is the list of its values, and input '"
          << keysName(input.name()) << "' is that of their keys";
      continue;
    }
    Type type = inputType(input);
    if (!type)
      continue;
    if (options.bindings.count(input.name())) {
      if (ElementsAttr value = boundConstant(input.name(), type))
        scope.values[input.name()] = constant(value, NameLoc::get(StringAttr::get(&context, input.name())));
      continue;
    }
    scope.values[input.name()] = addArgument(input.name(), type);
  }
  // Before version 4 all initialisers had to be inputs, which says nothing about them.
  if (!defaults.empty() && model->proto.ir_version() >= 4)
    emitWarning(FileLineColLoc::get(&context, model->file->getBufferIdentifier(), 0, 0))
        << describeDefaults(defaults);
  // Keys come last: places of inputs are those in the model.
  for (auto &[name, values, type] : maps)
    setKeys(values, addArgument(name, type));
}

LogicalResult ModelImporter::importMain(ModuleOp module) {
  const onnx::GraphProto &graph = model->proto.graph();
  OpBuilder b(&context);
  b.setInsertionPointToEnd(module.getBody());
  // The function is the model as a whole: messages about it name the file, not a node.
  Location loc = module.getLoc();
  auto function = func::FuncOp::create(b, loc, "main", b.getFunctionType({}, {}));
  entry = function.addEntryBlock();

  Scope scope;
  scope.opsets = &opsets;
  enterGraph(scope, graph);
  // Symbols that inputs carry by themselves come first, so that expressions over them are known as such.
  for (const onnx::ValueInfoProto &input : graph.input())
    for (const onnx::TensorShapeProto::Dimension &dim : input.type().tensor_type().shape().dim())
      if (isIdentifier(dim.dim_param()) && !options.shapes.count(input.name()) &&
          !options.fixedDims.count(dim.dim_param()))
        (void)symbolFor(dim.dim_param());
  SmallVector<std::string> inputNames;
  addInputs(graph, scope, inputNames);
  if (!ok)
    return failure();

  b.setInsertionPointToEnd(entry);
  LogicalResult imported = importNodes(&graph, scope, b);
  if (failed(imported) || !ok)
    return failure();
  SmallVector<Value> results, keys;
  SmallVector<std::string> names, keyNames;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    Value value = lookup(scope, output.name()).first;
    if (!value) {
      error() << "output '" << output.name() << "' has no value";
      continue;
    }
    checkOutput(output, value);
    results.push_back(value);
    names.push_back(output.name());
    if (Value keysOfMap = mapOf(output.type()) ? keysOf(value) : Value()) {
      keys.push_back(keysOfMap);
      keyNames.push_back(keysName(output.name()));
      emitWarning(loc)
          << "output '" << output.name()
          << "' is a list of maps in the model; here it is a tensor of their values, a row per map, "
             "and output '"
          << keyNames.back() << "' holds the keys of its columns";
    }
  }
  // Keys come last: places of outputs are those in the model.
  results.append(keys);
  names.append(keyNames);
  func::ReturnOp::create(b, loc, results);
  function.setFunctionType(b.getFunctionType(entry->getArgumentTypes(), ValueRange(results).getTypes()));
  auto named = [&](ArrayRef<std::string> list) {
    return llvm::map_to_vector(list, [&](const std::string &name) {
      return b.getDictionaryAttr(b.getNamedAttr("weft.name", b.getStringAttr(name)));
    });
  };
  function.setAllArgAttrs(named(inputNames));
  function.setAllResultAttrs(named(names));
  setSymbols(function);
  return success(ok);
}

/// Erases ops whose results nobody uses: constants that were looked through, shape chains that became
/// scalars.
static void eraseDeadOps(ModuleOp module) {
  module.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
}

FailureOr<OwningOpRef<ModuleOp>> ModelImporter::run() {
  checkOptions();
  if (failed(checkModel(*this)) || !ok)
    return failure();
  const std::string &name = model->proto.graph().name();
  Location loc = FileLineColLoc::get(&context, model->file->getBufferIdentifier(), 0, 0);
  OwningOpRef<ModuleOp> module(name.empty() ? ModuleOp::create(loc) : ModuleOp::create(loc, StringRef(name)));
  if (failed(importMain(*module)))
    return failure();
  eraseDeadOps(*module);
  if (failed(verify(*module)))
    return failure();
  return module;
}

FailureOr<OwningOpRef<ModuleOp>> importModel(std::unique_ptr<llvm::MemoryBuffer> buffer, StringRef directory,
                                             MLIRContext &context, const ImportOptions &options) {
  context.loadDialect<w::WeftDialect, func::FuncDialect, arith::ArithDialect, cf::ControlFlowDialect>();
  auto model = std::make_shared<Model>();
  model->file = std::move(buffer);
  model->directory = directory.str();
  std::string error;
  if (failed(model->parse(error)))
    return emitError(FileLineColLoc::get(&context, model->file->getBufferIdentifier(), 0, 0)) << error,
           failure();
  return ModelImporter(model, context, options).run();
}

} // namespace weft::importer

namespace weft {

using namespace mlir;

FailureOr<OwningOpRef<ModuleOp>> importONNX(StringRef path, MLIRContext &context,
                                            const ImportOptions &options) {
  Location loc = FileLineColLoc::get(&context, path, 0, 0);
  if (llvm::sys::fs::is_directory(path))
    return emitError(loc) << "expected an ONNX file, but got a folder", failure();
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(loc) << "the model cannot be opened: " << buffer.getError().message(), failure();
  StringRef folder = llvm::sys::path::parent_path(path);
  return importer::importModel(std::move(*buffer), folder.empty() ? "." : folder, context, options);
}

FailureOr<OwningOpRef<ModuleOp>> importONNXBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                  MLIRContext &context, const ImportOptions &options) {
  return importer::importModel(std::move(buffer), options.externalDirectory, context, options);
}

} // namespace weft
