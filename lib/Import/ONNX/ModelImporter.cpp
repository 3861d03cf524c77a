// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Imports the nodes of graphs and functions: names to values, builders from the table, functions inlined.
#include "ModelImporter.h"

#include "Control.h"
#include "NodeBuilder.h"
#include "weft/Import/TypeText.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace weft::importer {

/// Operators that take sequences or optionals as well as tensors; all others take tensors only.
static bool takesAnyValue(StringRef name) {
  return name.starts_with("Sequence") || name.starts_with("Optional") || name == "Identity" || name == "If" ||
         name == "Loop" || name == "Scan" || name == "ConcatFromSequence";
}

/// Whether a value has more elements than memory can hold: sizes that a file states and nobody means.
static bool isTooLarge(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return false;
  SmallVector<int64_t> fixed;
  for (int64_t size : tensor.getShape())
    if (!ShapedType::isDynamic(size))
      fixed.push_back(size);
  std::optional<int64_t> count = countElements(fixed);
  return !count || *count > (int64_t(1) << 43);
}

/// Nodes imported in all, functions inlined: a small file can ask for more than any machine has.
static constexpr int64_t kMaxNodes = 4'000'000;
static constexpr int kMaxCallDepth = 64;

ModelImporter::ModelImporter(std::shared_ptr<Model> model, MLIRContext &context, const ImportOptions &options)
    : tensors(model, &context), model(std::move(model)), context(context), options(options) {}

//===----------------------------------------------------------------------===//
// Scopes
//===----------------------------------------------------------------------===//

const onnx::AttributeProto *Scope::callerAttribute(StringRef name) const {
  return attributes ? attributes->lookup(name) : nullptr;
}

Type Scope::declaredType(StringRef name) const {
  const onnx::TypeProto *type = declared.lookup(name);
  return type ? importer->valueType(*type) : Type();
}

void ModelImporter::enterGraph(Scope &scope, const onnx::GraphProto &graph) {
  scope.importer = this;
  scope.graph = &graph;
  for (const onnx::TensorProto &tensor : graph.initializer())
    scope.initializers[tensor.name()] = &tensor;
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    scope.sparseInitializers[tensor.values().name()] = &tensor;
  for (const auto *infos : {&graph.value_info(), &graph.output()})
    for (const onnx::ValueInfoProto &info : *infos)
      if (info.has_type())
        scope.declared[info.name()] = &info.type();
}

Scope ModelImporter::subScope(Scope &parent, const onnx::GraphProto &graph) {
  Scope scope;
  scope.parent = &parent;
  scope.opsets = parent.opsets;
  scope.attributes = parent.attributes;
  scope.caller = parent.caller;
  enterGraph(scope, graph);
  return scope;
}

std::pair<Value, bool> ModelImporter::lookup(Scope &scope, StringRef name) {
  for (Scope *at = &scope; at; at = at->parent) {
    if (auto found = at->values.find(name); found != at->values.end())
      return {found->second, static_cast<bool>(found->second)};
    ElementsAttr value;
    if (const onnx::TensorProto *tensor = at->initializers.lookup(name))
      value = read(*tensor, name);
    else if (const onnx::SparseTensorProto *sparse = at->sparseInitializers.lookup(name))
      value = tensors.read(*sparse, name);
    if (value)
      return {at->values[name] = constant(value, NameLoc::get(StringAttr::get(&context, name))), true};
  }
  return {Value(), true};
}

FailureOr<SmallVector<Value>> ModelImporter::outputs(Scope &scope, const onnx::GraphProto &graph) {
  SmallVector<Value> values;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    Value value = lookup(scope, output.name()).first;
    if (!value)
      return failure();
    values.push_back(value);
  }
  return values;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

ElementsAttr ModelImporter::read(const onnx::TensorProto &tensor, StringRef name) {
  ElementsAttr &value = tensorCache[&tensor];
  if (!value)
    value = tensors.read(tensor, name);
  return value;
}

Value ModelImporter::constant(ElementsAttr value, Location loc) {
  Value &known = constants[value];
  if (known)
    return known;
  OpBuilder b(&context);
  if (lastConstant)
    b.setInsertionPointAfter(lastConstant);
  else
    b.setInsertionPointToStart(entry);
  auto op = w::ConstantOp::create(b, loc, value.getType(), value);
  lastConstant = op;
  return known = op.getResult();
}

ElementsAttr ModelImporter::reshaped(ElementsAttr value, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, value.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  if (auto dense = dyn_cast<DenseElementsAttr>(value); dense && !isa<DenseStringElementsAttr>(value))
    return dense.reshape(type);
  return {};
}

std::string ModelImporter::constantName(Location loc) const {
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return constantName(call.getCallee());
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  return "constant";
}

//===----------------------------------------------------------------------===//
// Diagnostics
//===----------------------------------------------------------------------===//

/// What every message about a node starts with; nested messages that have it already are passed on as they
/// are.
static constexpr llvm::StringLiteral kNodePrefix = "node '";

static std::string describeNode(StringRef name, const onnx::NodeProto &node, const Opsets &opsets) {
  StringRef domain = canonicalDomain(node.domain());
  auto opset = opsets.find(domain);
  std::string version = opset == opsets.end() ? "no opset" : "opset " + std::to_string(opset->second);
  return (kNodePrefix + name + "' (" + (domain.empty() ? "" : domain + ".") + node.op_type() + ", " +
          version + "): ")
      .str();
}

InFlightDiagnostic ModelImporter::nodeError(Location loc, const Opsets &opsets, const onnx::NodeProto &node) {
  ok = false;
  return emitError(loc) << describeNode(nodeNames.lookup(&node), node, opsets);
}

InFlightDiagnostic ModelImporter::nodeWarning(Location loc, const Opsets &opsets,
                                              const onnx::NodeProto &node) {
  return emitWarning(loc) << describeNode(nodeNames.lookup(&node), node, opsets);
}

std::string ModelImporter::typeText(Type type) const { return describeType(type); }

Location ModelImporter::locationOf(const onnx::NodeProto &node, const Scope &scope) {
  Location loc = NameLoc::get(StringAttr::get(&context, nodeNames.lookup(&node)));
  return scope.caller ? Location(CallSiteLoc::get(loc, Location(scope.caller))) : loc;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

LogicalResult ModelImporter::importNodes(const void *body, Scope &scope, OpBuilder &b) {
  auto found = order.find(body);
  return found == order.end() ? success() : importFrom(found->second, scope, b);
}

LogicalResult ModelImporter::importFrom(ArrayRef<const onnx::NodeProto *> nodes, Scope &scope, OpBuilder &b) {
  bool allOk = true;
  for (auto [i, node] : llvm::enumerate(nodes)) {
    openNode = nullptr;
    if (succeeded(importNode(*node, scope, b)))
      continue;
    if (openNode == node)
      return success(succeeded(chooseBranch(nodes.drop_front(i), scope, b)) && allOk);
    allOk = false;
    // What depends on it is left out without another message.
    for (const std::string &output : node->output())
      if (!output.empty())
        scope.values[output] = Value();
  }
  return success(allOk);
}

/// Whether the values of the scope's graph outputs have the ranks that the model declares.
bool ModelImporter::outputsFit(Scope &scope) {
  if (!scope.graph)
    return true;
  for (const onnx::ValueInfoProto &output : scope.graph->output()) {
    auto declared = dyn_cast_if_present<RankedTensorType>(valueType(output.type()));
    Value value = lookup(scope, output.name()).first;
    auto actual = value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
    // Exporters write rank 0 for what they do not know.
    if (declared && actual && declared.getRank() > 0 && declared.getRank() != actual.getRank())
      return false;
  }
  return true;
}

/// Names of what the body of a scope gives.
static SmallVector<std::string> resultNames(const Scope &scope) {
  SmallVector<std::string> names;
  if (scope.function)
    names.append(scope.function->output().begin(), scope.function->output().end());
  else if (scope.graph)
    for (const onnx::ValueInfoProto &output : scope.graph->output())
      names.push_back(output.name());
  return names;
}

/// An If of two ways to the same results; failure when a way cannot be imported, or their types differ.
static FailureOr<SmallVector<Value>>
makeBothWays(OpBuilder &b, Location loc, Value cond,
             function_ref<FailureOr<SmallVector<Value>>(unsigned, OpBuilder &)> importWay) {
  Region regions[2];
  SmallVector<Value> values[2];
  for (unsigned way : {0u, 1u}) {
    OpBuilder inner(b.getContext());
    inner.setInsertionPointToEnd(&regions[way].emplaceBlock());
    FailureOr<SmallVector<Value>> imported = importWay(way, inner);
    if (failed(imported))
      return failure();
    values[way] = *imported;
  }
  SmallVector<Type> types;
  for (auto [first, second] : llvm::zip_equal(values[0], values[1])) {
    types.push_back(first && second ? joinTypes(first.getType(), second.getType()) : Type());
    if (!types.back())
      return failure();
  }
  for (unsigned way : {0u, 1u}) {
    OpBuilder inner(b.getContext());
    inner.setInsertionPointToEnd(&regions[way].front());
    w::YieldOp::create(inner, loc, values[way]);
  }
  auto op = w::IfOp::create(b, loc, types, cond);
  op.getThenRegion().takeBody(regions[0]);
  op.getElseRegion().takeBody(regions[1]);
  return SmallVector<Value>(op.getResults());
}

/// An If on run-time sizes whose branches differ in rank (a squeeze that exporters write for every dim) has
/// no type. If the rest of the body can be imported behind one branch only, the model can only ever take that
/// one. If it can behind both, it goes into both.
LogicalResult ModelImporter::chooseBranch(ArrayRef<const onnx::NodeProto *> nodes, Scope &scope,
                                          OpBuilder &b) {
  const onnx::NodeProto &node = *nodes.front();
  Location loc = locationOf(node, scope);
  std::string reason = openReason;
  // Each one doubles the code behind it at worst.
  constexpr int kMaxChoices = 6;
  SmallVector<unsigned> possible;
  llvm::StringMap<Value> before = scope.values;
  ++choiceDepth;
  if (choiceDepth <= kMaxChoices) {
    Block *block = b.getInsertionBlock();
    Operation *last = block->empty() ? nullptr : &block->back();
    for (unsigned branch : {0u, 1u}) {
      bool wasOk = ok;
      chosenBranches[&node] = branch;
      ScopedDiagnosticHandler silence(&context, [](Diagnostic &) { return success(); });
      if (succeeded(importFrom(nodes, scope, b)) && outputsFit(scope))
        possible.push_back(branch);
      ok = wasOk;
      // Undo: what was made behind `last`, but for constants, which the whole function shares.
      for (Operation *op = block->empty() ? nullptr : &block->back(); op && op != last;) {
        Operation *previous = op->getPrevNode();
        if (!isa<w::ConstantOp>(op)) {
          op->dropAllUses();
          op->erase();
        }
        op = previous;
      }
      scope.values = before;
    }
    chosenBranches.erase(&node);
  }
  openNode = nullptr;
  LogicalResult imported = failure();
  if (possible.size() == 1) {
    nodeWarning(loc, *scope.opsets, node)
        << "its branches differ in rank; only the " << (possible[0] == 0 ? "then" : "else")
        << " branch fits the nodes behind it, and is taken; runs that would take the other one fail";
    chosenBranches[&node] = possible[0];
    imported = importFrom(nodes, scope, b);
  } else {
    if (possible.size() == 2)
      imported = importBothWays(nodes, scope, b);
    if (failed(imported))
      nodeError(loc, *scope.opsets, node) << reason;
  }
  --choiceDepth;
  return imported;
}

/// The rest of a body twice, in an If: once with the first node's condition true, once with false.
LogicalResult ModelImporter::importBothWays(ArrayRef<const onnx::NodeProto *> nodes, Scope &scope,
                                            OpBuilder &b) {
  const onnx::NodeProto &node = *nodes.front();
  Value cond = lookup(scope, node.input(0)).first;
  auto type = cast<RankedTensorType>(cond.getType());
  if (!type.hasStaticShape())
    return failure();
  llvm::StringMap<Value> before = scope.values;
  SmallVector<std::string> names = resultNames(scope);
  llvm::erase_if(names, [&](const std::string &name) { return before.lookup(name); });
  FailureOr<SmallVector<Value>> results =
      makeBothWays(b, locationOf(node, scope), cond, [&](unsigned way, OpBuilder &inner) {
        // Seen from inside the condition is a constant.
        scope.values[node.input(0)] = constant(DenseElementsAttr::get(type, way == 0), cond.getLoc());
        LogicalResult imported = importFrom(nodes, scope, inner);
        SmallVector<Value> values;
        for (const std::string &name : names)
          values.push_back(lookup(scope, name).first);
        scope.values = before;
        return failed(imported) ? FailureOr<SmallVector<Value>>(failure()) : values;
      });
  if (failed(results))
    return failure();
  for (auto [name, value] : llvm::zip_equal(names, *results))
    scope.values[name] = value;
  return success();
}

FailureOr<SmallVector<Value>> ModelImporter::readInputs(const onnx::NodeProto &node, Scope &scope) {
  SmallVector<Value> inputs;
  for (const std::string &name : node.input()) {
    if (name.empty()) {
      inputs.push_back(Value());
      continue;
    }
    auto [value, isDefined] = lookup(scope, name);
    if (!isDefined)
      return failure();
    inputs.push_back(value);
  }
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back();
  return inputs;
}

LogicalResult ModelImporter::checkInputs(const onnx::NodeProto &node, const OpRow &row,
                                         ArrayRef<Value> inputs, const Opsets &opsets, Location loc) {
  // In a function an input may be named and yet be absent.
  for (int i = 0; i < row.minInputs; ++i)
    if (i >= static_cast<int>(inputs.size()) || !inputs[i]) {
      nodeError(loc, opsets, node) << "expected at least " << row.minInputs << " inputs, but input " << i
                                   << " is absent";
      return failure();
    }
  for (auto [i, input] : llvm::enumerate(inputs))
    if (input && !isa<RankedTensorType>(input.getType()) && !takesAnyValue(node.op_type())) {
      nodeError(loc, opsets, node) << "expected input " << i << " to be a tensor, but got "
                                   << input.getType();
      return failure();
    }
  return success();
}

LogicalResult ModelImporter::buildNode(const onnx::NodeProto &node, const OpRow &row, NodeBuilder &builder,
                                       const Opsets &opsets, Location loc) {
  // Inference and verifiers of ops report at the location only: name the node.
  SmallVector<std::pair<DiagnosticSeverity, std::string>> messages;
  LogicalResult built = failure();
  {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      messages.emplace_back(diagnostic.getSeverity(), diagnostic.str());
    });
    built = row.build(builder);
  }
  if (failed(built) && openNode == &node)
    return failure();
  bool reported = false;
  for (auto &[severity, text] : messages) {
    reported |= severity == DiagnosticSeverity::Error;
    std::string message = StringRef(text).starts_with(kNodePrefix)
                              ? text
                              : describeNode(nodeNames.lookup(&node), node, opsets) + text;
    Diagnostic diagnostic(loc, severity);
    diagnostic << message;
    noteGivenSizes(severity, diagnostic);
    context.getDiagEngine().emit(std::move(diagnostic));
  }
  ok &= !reported;
  if (succeeded(built) && !reported && !builder.hadBadAttribute())
    return success();
  if (!reported)
    nodeError(loc, opsets, node) << "the node cannot be imported with these inputs and attributes";
  return failure();
}

LogicalResult ModelImporter::bindOutputs(const onnx::NodeProto &node, ArrayRef<Value> outputs, Scope &scope,
                                         Location loc) {
  for (auto [i, name] : llvm::enumerate(node.output())) {
    if (name.empty())
      continue;
    if (i >= outputs.size() || !outputs[i]) {
      nodeError(loc, *scope.opsets, node)
          << "output " << i << " ('" << name << "') is used, but not supported";
      return failure();
    }
    scope.values[name] = outputs[i];
    if (isTooLarge(outputs[i].getType())) {
      nodeError(loc, *scope.opsets, node)
          << "expected a result that memory can hold, but it is " << outputs[i].getType();
      return failure();
    }
  }
  return success();
}

LogicalResult ModelImporter::importNode(const onnx::NodeProto &node, Scope &scope, OpBuilder &b) {
  Location loc = locationOf(node, scope);
  if (++importedNodes > kMaxNodes) {
    if (importedNodes == kMaxNodes + 1)
      nodeError(loc, *scope.opsets, node)
          << "expected at most " << kMaxNodes << " nodes with all functions inlined";
    return failure();
  }
  FailureOr<SmallVector<Value>> inputs = readInputs(node, scope);
  if (failed(inputs))
    return failure();
  if (const onnx::FunctionProto *function = functionOf(node))
    return inlineFunction(*function, node, scope, b, loc);

  StringRef domain = canonicalDomain(node.domain());
  const OpRow *row = findOp(domain, node.op_type(), scope.opsets->lookup(domain));
  assert(row && "internal: operators are checked before they are imported");
  if (failed(checkInputs(node, *row, *inputs, *scope.opsets, loc)))
    return failure();
  NodeBuilder builder(*this, scope, node, row->since, b, loc);
  builder.inputs = *inputs;
  if (failed(buildNode(node, *row, builder, *scope.opsets, loc)) ||
      failed(bindOutputs(node, builder.outputs, scope, loc)))
    return failure();
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.name() != "consumed_inputs" && !builder.usedAttributes().count(attribute.name()))
      nodeWarning(loc, *scope.opsets, node) << "attribute '" << attribute.name() << "' is ignored";
  return success();
}

/// What a node refuses may be the sizes that the command line gives.
void ModelImporter::noteGivenSizes(DiagnosticSeverity severity, Diagnostic &diagnostic) const {
  if (severity != DiagnosticSeverity::Error || (options.fixedDims.empty() && options.shapes.empty()))
    return;
  std::vector<std::string> given;
  for (const auto &[name, size] : options.fixedDims)
    given.push_back("--dim " + name + "=" + std::to_string(size));
  for (const auto &[name, dims] : options.shapes)
    given.push_back("--shape of '" + name + "'");
  diagnostic.attachNote() << "sizes follow from " << llvm::join(given, ", ")
                          << "; the model may not take these";
}

LogicalResult ModelImporter::inlineFunction(const onnx::FunctionProto &function, const onnx::NodeProto &node,
                                            Scope &outer, OpBuilder &b, Location loc) {
  if (callDepth >= kMaxCallDepth) {
    nodeError(loc, *outer.opsets, node) << "expected functions nested at most " << kMaxCallDepth << " deep";
    return failure();
  }
  llvm::StringMap<const onnx::AttributeProto *> attributes;
  for (const onnx::AttributeProto &attribute : function.attribute_proto())
    attributes[attribute.name()] = &attribute;
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    const onnx::AttributeProto *given =
        attribute.ref_attr_name().empty() ? &attribute : outer.callerAttribute(attribute.ref_attr_name());
    if (given)
      attributes[attribute.name()] = given;
  }
  Scope scope;
  scope.importer = this;
  scope.function = &function;
  scope.opsets = &functionOpsets[&function];
  scope.attributes = &attributes;
  scope.caller = loc;
  for (const onnx::ValueInfoProto &info : function.value_info())
    if (info.has_type())
      scope.declared[info.name()] = &info.type();
  // An input that is not given is absent inside as well: an empty name and a name without a value are the
  // same there.
  for (auto [i, name] : llvm::enumerate(function.input())) {
    bool given = static_cast<int>(i) < node.input_size() && !node.input(i).empty();
    if (given)
      scope.values[name] = lookup(outer, node.input(i)).first;
  }
  ++callDepth;
  LogicalResult imported = importNodes(&function, scope, b);
  --callDepth;
  if (failed(imported))
    return failure();
  for (auto [i, name] : llvm::enumerate(node.output())) {
    if (name.empty())
      continue;
    Value value = scope.values.lookup(function.output(i));
    if (!value) {
      nodeError(loc, *outer.opsets, node) << "output " << i << " of the function is absent for these inputs";
      return failure();
    }
    outer.values[name] = value;
  }
  return success();
}

} // namespace weft::importer
