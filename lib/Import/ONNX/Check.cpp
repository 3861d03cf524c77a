// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks a model before any node of it is imported, and reports all problems that the file alone shows.
#include "ModelImporter.h"

#include "llvm/ADT/StringExtras.h"

#include <deque>

namespace weft::importer {

/// Graphs inside of graphs deeper than this are refused.
static constexpr int kMaxGraphDepth = 48;

class Checker {
public:
  explicit Checker(ModelImporter &importer) : importer(importer), model(importer.model->proto) {}

  LogicalResult run();

private:
  /// Names that a body defines; parents are the enclosing graphs.
  struct Names {
    const Names *parent = nullptr;
    llvm::StringSet<> defined;
    bool has(StringRef name) const { return defined.contains(name) || (parent && parent->has(name)); }
  };

  InFlightDiagnostic error() {
    ok = false;
    return emitError(fileLocation());
  }
  InFlightDiagnostic error(const onnx::NodeProto &node, const Opsets &opsets) {
    ok = false;
    return importer.nodeError(NameLoc::get(StringAttr::get(&importer.context, importer.nodeNames[&node])),
                              opsets, node);
  }
  Location fileLocation() {
    return FileLineColLoc::get(&importer.context, importer.model->file->getBufferIdentifier(), 0, 0);
  }

  void readOpsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto> &imports,
                  Opsets &opsets);
  void nameNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, int depth);
  void checkFunctions();
  void checkCalls(const onnx::FunctionProto &function,
                  llvm::DenseMap<const onnx::FunctionProto *, int> &state);
  void checkGraph(const onnx::GraphProto &graph, const Names *outer, const Opsets &opsets, int depth);
  void checkTensors(const onnx::GraphProto &graph, Names &names);
  bool isKnownType(int32_t type) const { return static_cast<bool>(elementType(&importer.context, type)); }
  void checkTypes(const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &values, StringRef role);
  void checkBody(const void *body, const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
                 Names &names, const Opsets &opsets, int depth);
  void checkNode(const onnx::NodeProto &node, const Names &names, const Opsets &opsets, int depth);
  void checkOperator(const onnx::NodeProto &node, const Opsets &opsets);
  void checkAttributes(const onnx::NodeProto &node, const Names &names, const Opsets &opsets, int depth);
  void checkAttributeNames(const onnx::NodeProto &node, const Opsets &opsets, int64_t opset);
  void sortNodes(const void *body, const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
                 const Opsets &opsets);
  void forEachUse(const onnx::NodeProto &node, function_ref<void(StringRef)> visit);
  void forEachFreeName(const onnx::GraphProto &graph, function_ref<void(StringRef)> visit);

  ModelImporter &importer;
  const onnx::ModelProto &model;
  llvm::StringMap<int> nodeNameUses;
  int64_t nodeCount = 0;
  bool ok = true;
  bool tooDeep = false;
};

LogicalResult checkModel(ModelImporter &importer) { return Checker(importer).run(); }

void Checker::readOpsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto> &imports,
                         Opsets &opsets) {
  for (const onnx::OperatorSetIdProto &import : imports) {
    StringRef domain = canonicalDomain(import.domain());
    int64_t version = import.version();
    if (version < 1)
      error() << "expected an opset version of at least 1 for domain '" << domain << "', but got " << version;
    auto [entry, isNew] = opsets.try_emplace(domain, version);
    if (!isNew && entry->second != version)
      error() << "expected one opset version for domain '" << domain << "', but got " << entry->second
              << " and " << version;
    int64_t newest = newestOpset(domain);
    if (newest && version > newest)
      error() << "expected an opset of at most " << newest << " for domain '" << domain << "', but got "
              << version << "; export the model for one that Weft knows";
  }
}

/// Gives each node of a body, and of the graphs inside, a name that no other node has.
void Checker::nameNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, int depth) {
  if (depth > kMaxGraphDepth)
    return;
  for (const onnx::NodeProto &node : nodes) {
    int64_t index = nodeCount++;
    std::string base = node.name().empty() ? node.op_type() : node.name(), name = base;
    if (node.name().empty() || nodeNameUses[name]++ > 0)
      for (int64_t suffix = index;; ++suffix) {
        name = base + "#" + std::to_string(suffix);
        if (nodeNameUses[name]++ == 0)
          break;
      }
    importer.nodeNames[&node] = name;
    for (const onnx::AttributeProto &attribute : node.attribute()) {
      if (attribute.has_g())
        nameNodes(attribute.g().node(), depth + 1);
      for (const onnx::GraphProto &graph : attribute.graphs())
        nameNodes(graph.node(), depth + 1);
    }
  }
}

LogicalResult Checker::run() {
  readOpsets(model.opset_import(), importer.opsets);
  // Before opsets there was one version of everything.
  if (model.opset_import().empty())
    importer.opsets[""] = 1;
  nameNodes(model.graph().node(), 0);
  for (const onnx::FunctionProto &function : model.functions())
    nameNodes(function.node(), 0);
  checkFunctions();
  checkGraph(model.graph(), nullptr, importer.opsets, 0);
  return success(ok);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static std::string functionKey(StringRef domain, StringRef name, StringRef overload) {
  return (canonicalDomain(domain) + "\n" + name + "\n" + overload).str();
}

const onnx::FunctionProto *ModelImporter::functionOf(const onnx::NodeProto &node) const {
  return functions.lookup(functionKey(node.domain(), node.op_type(), node.overload()));
}

void Checker::checkFunctions() {
  for (const onnx::FunctionProto &function : model.functions()) {
    std::string key = functionKey(function.domain(), function.name(), function.overload());
    if (!importer.functions.try_emplace(key, &function).second)
      error() << "expected one function '" << function.name() << "' of domain '" << function.domain()
              << "', but got two";
    readOpsets(function.opset_import(), importer.functionOpsets[&function]);
    for (const onnx::AttributeProto &attribute : function.attribute_proto())
      if (std::string problem = attribute.has_t() ? importer.tensors.check(attribute.t()) : "";
          !problem.empty())
        error() << "default of attribute '" << attribute.name() << "' of function '" << function.name()
                << "': " << problem;
  }
  llvm::DenseMap<const onnx::FunctionProto *, int> state;
  for (const onnx::FunctionProto &function : model.functions()) {
    checkCalls(function, state);
    Names names;
    for (const std::string &input : function.input())
      if (!names.defined.insert(input).second)
        error() << "expected distinct inputs of function '" << function.name() << "', but got '" << input
                << "' twice";
    checkBody(&function, function.node(), names, importer.functionOpsets[&function], 0);
    for (const std::string &output : function.output())
      if (!names.has(output))
        error() << "output '" << output << "' of function '" << function.name() << "' is made by no node";
  }
}

/// Refuses functions that call themselves. States: 1 being visited, 2 done.
void Checker::checkCalls(const onnx::FunctionProto &function,
                         llvm::DenseMap<const onnx::FunctionProto *, int> &state) {
  // Explicit stack: a chain of calls may be long.
  SmallVector<std::pair<const onnx::FunctionProto *, int>> stack;
  if (state[&function])
    return;
  stack.push_back({&function, 0});
  state[&function] = 1;
  while (!stack.empty()) {
    auto &[current, next] = stack.back();
    if (next == current->node_size()) {
      state[current] = 2;
      stack.pop_back();
      continue;
    }
    const onnx::FunctionProto *callee = importer.functionOf(current->node(next++));
    if (!callee || state[callee] == 2)
      continue;
    if (state[callee] == 1) {
      error() << "function '" << callee->name() << "' calls itself";
      state[callee] = 2;
      continue;
    }
    state[callee] = 1;
    stack.push_back({callee, 0});
  }
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

void Checker::checkTensors(const onnx::GraphProto &graph, Names &names) {
  llvm::StringSet<> seen;
  auto check = [&](const std::string &name, const std::string &problem) {
    if (name.empty())
      error() << "an initializer has no name";
    else if (!seen.insert(name).second)
      error() << "expected one initializer '" << name << "', but got two";
    if (!problem.empty())
      error() << "initializer '" << name << "': " << problem;
    names.defined.insert(name);
  };
  // A file that is missing or cut is one problem, however many tensors lie in it.
  struct BadFile {
    std::string path, firstName, firstProblem;
    int64_t count;
  };
  std::vector<BadFile> badFiles;
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    std::string path, problem = importer.tensors.check(tensor, &path);
    check(tensor.name(), path.empty() ? problem : "");
    if (path.empty())
      continue;
    auto known = llvm::find_if(badFiles, [&](const BadFile &file) { return file.path == path; });
    if (known == badFiles.end())
      badFiles.push_back({path, tensor.name(), problem, 1});
    else
      ++known->count;
  }
  for (const BadFile &file : badFiles) {
    InFlightDiagnostic report = error();
    report << "initializer '" << file.firstName << "'";
    if (file.count > 1)
      report << " and " << file.count - 1 << " more in '" << file.path << "'";
    report << ": " << file.firstProblem;
  }
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    check(tensor.values().name(), importer.tensors.check(tensor));
}

/// Element types that are stated must be known; bodies of control flow may leave them open.
void Checker::checkTypes(const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &values,
                         StringRef role) {
  for (const onnx::ValueInfoProto &value : values)
    if (int32_t type = value.type().tensor_type().elem_type(); type != 0 && !isKnownType(type))
      error() << "expected " << role << " '" << value.name() << "' of a known element type, but got "
              << dataTypeName(type);
}

void Checker::checkGraph(const onnx::GraphProto &graph, const Names *outer, const Opsets &opsets, int depth) {
  Names names;
  names.parent = outer;
  for (const onnx::ValueInfoProto &input : graph.input())
    if (input.name().empty())
      error() << "an input of graph '" << graph.name() << "' has no name";
    else if (!names.defined.insert(input.name()).second)
      error() << "expected one input '" << input.name() << "' of graph '" << graph.name() << "', but got two";
  checkTypes(graph.input(), "input");
  checkTypes(graph.output(), "output");
  checkTensors(graph, names);
  checkBody(&graph, graph.node(), names, opsets, depth);
  if (depth == 0 && graph.output().empty())
    error() << "the graph has no output";
  for (const onnx::ValueInfoProto &output : graph.output())
    if (!names.has(output.name()))
      error() << "output '" << output.name() << "' of graph '" << graph.name()
              << "' is made by no node; it is no input or initializer either";
}

void Checker::checkBody(const void *body, const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
                        Names &names, const Opsets &opsets, int depth) {
  for (const onnx::NodeProto &node : nodes)
    for (const std::string &output : node.output())
      if (!output.empty() && !names.defined.insert(output).second)
        error(node, opsets) << "expected each value to be made once, but '" << output
                            << "' is also an input, an initializer or made by another node";
  for (const onnx::NodeProto &node : nodes)
    checkNode(node, names, opsets, depth);
  sortNodes(body, nodes, opsets);
}

void Checker::checkNode(const onnx::NodeProto &node, const Names &names, const Opsets &opsets, int depth) {
  for (const std::string &input : node.input())
    if (!input.empty() && !names.has(input))
      error(node, opsets) << "input '" << input << "' is defined nowhere";
  checkOperator(node, opsets);
  checkAttributes(node, names, opsets, depth);
}

void Checker::checkOperator(const onnx::NodeProto &node, const Opsets &opsets) {
  int inputs = node.input_size();
  while (inputs > 0 && node.input(inputs - 1).empty())
    --inputs;
  if (const onnx::FunctionProto *function = importer.functionOf(node)) {
    if (inputs > function->input_size() || node.output_size() > function->output_size())
      error(node, opsets) << "expected at most " << function->input_size() << " inputs and "
                          << function->output_size() << " outputs, as the function has, but got " << inputs
                          << " and " << node.output_size();
    return;
  }
  StringRef domain = canonicalDomain(node.domain()), name = node.op_type();
  auto opset = opsets.find(domain);
  StringRef advice = adviceFor(domain, name);
  if (!advice.empty()) {
    error(node, opsets) << "the operator is not supported; " << advice;
    return;
  }
  int first = firstVersion(domain, name);
  if (first == 0) {
    error(node, opsets)
        << "the operator is unknown; check its name and domain, or export the model with operators of "
           "the ONNX standard";
    return;
  }
  if (opset == opsets.end()) {
    error(node, opsets) << "the model imports no opset of domain '" << domain << "'";
    return;
  }
  const OpRow *row = findOp(domain, name, opset->second);
  if (!row) {
    error(node, opsets) << "the operator exists from opset " << first << " on; import that or a newer one";
    return;
  }
  if (inputs > row->maxInputs)
    error(node, opsets) << "expected at most " << row->maxInputs << " inputs, but got " << inputs;
  for (int i = 0; i < row->minInputs; ++i)
    if (i >= node.input_size() || node.input(i).empty()) {
      error(node, opsets) << "expected at least " << row->minInputs << " inputs, but input " << i
                          << " is missing";
      break;
    }
  if (node.output_size() > row->maxOutputs || node.output_size() < row->minOutputs)
    error(node, opsets) << "expected " << row->minOutputs << " to " << row->maxOutputs << " outputs, but got "
                        << node.output_size();
  checkAttributeNames(node, opsets, opset->second);
}

/// What an operator does not take in this opset, exporters mean for another one: nothing of it is guessed.
void Checker::checkAttributeNames(const onnx::NodeProto &node, const Opsets &opsets, int64_t opset) {
  StringRef domain = canonicalDomain(node.domain()), name = node.op_type();
  std::optional<StringRef> text = attributesOf(domain, name, opset);
  if (!text)
    return;
  auto takes = [](StringRef list, StringRef wanted) {
    return llvm::is_contained(llvm::split(list, ' '), wanted);
  };
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    // Of the first versions, for a framework's memory; newer files carry it too.
    if (takes(*text, attribute.name()) || attribute.name() == "consumed_inputs")
      continue;
    InFlightDiagnostic report = error(node, opsets);
    report << "expected "
           << (text->empty() ? std::string("no attributes")
                             : "no attributes but " + llvm::join(llvm::split(*text, ' '), ", "))
           << ", but got '" << attribute.name() << "'";
    // A file may give any number for its opset; only those that exist are tried.
    for (int64_t other = std::min(opset, newestOpset(domain)); other >= 1; --other)
      if (std::optional<StringRef> older = attributesOf(domain, name, other);
          older && takes(*older, attribute.name())) {
        report << ", which the operator has up to opset " << other
               << "; import that opset, or convert the model";
        break;
      }
  }
}

/// Whether an attribute of an operator of the standard is the number of an element type. 0 stands for none.
static bool namesType(const onnx::NodeProto &node, const onnx::AttributeProto &attribute) {
  StringRef name = attribute.name();
  return canonicalDomain(node.domain()).empty() && attribute.type() == onnx::AttributeProto::INT &&
         attribute.i() != 0 &&
         (name == "to" || name == "dtype" || name == "output_dtype" || name == "output_datatype");
}

void Checker::checkAttributes(const onnx::NodeProto &node, const Names &names, const Opsets &opsets,
                              int depth) {
  llvm::StringSet<> seen;
  auto checkTensor = [&](const onnx::AttributeProto &attribute, const std::string &problem) {
    if (!problem.empty())
      error(node, opsets) << "attribute '" << attribute.name() << "': " << problem;
  };
  auto checkInner = [&](const onnx::GraphProto &graph) {
    tooDeep |= depth >= kMaxGraphDepth;
    if (depth >= kMaxGraphDepth)
      error(node, opsets) << "expected graphs nested at most " << kMaxGraphDepth << " deep";
    else
      checkGraph(graph, &names, opsets, depth + 1);
  };
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (!seen.insert(attribute.name()).second)
      error(node, opsets) << "expected one attribute '" << attribute.name() << "', but got two";
    if (namesType(node, attribute) && !isKnownType(static_cast<int32_t>(attribute.i())))
      error(node, opsets) << "expected a known element type in attribute '" << attribute.name()
                          << "', but got " << dataTypeName(static_cast<int32_t>(attribute.i()));
    if (attribute.has_t())
      checkTensor(attribute, importer.tensors.check(attribute.t()));
    for (const onnx::TensorProto &tensor : attribute.tensors())
      checkTensor(attribute, importer.tensors.check(tensor));
    if (attribute.has_sparse_tensor())
      checkTensor(attribute, importer.tensors.check(attribute.sparse_tensor()));
    if (attribute.has_g())
      checkInner(attribute.g());
    for (const onnx::GraphProto &graph : attribute.graphs())
      checkInner(graph);
  }
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

void Checker::forEachFreeName(const onnx::GraphProto &graph, function_ref<void(StringRef)> visit) {
  llvm::StringSet<> defined;
  for (const onnx::ValueInfoProto &input : graph.input())
    defined.insert(input.name());
  for (const onnx::TensorProto &tensor : graph.initializer())
    defined.insert(tensor.name());
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    defined.insert(tensor.values().name());
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      defined.insert(output);
  auto visitFree = [&](StringRef name) {
    if (!defined.contains(name))
      visit(name);
  };
  for (const onnx::NodeProto &node : graph.node())
    forEachUse(node, visitFree);
  for (const onnx::ValueInfoProto &output : graph.output())
    visitFree(output.name());
}

void Checker::forEachUse(const onnx::NodeProto &node, function_ref<void(StringRef)> visit) {
  for (const std::string &input : node.input())
    if (!input.empty())
      visit(input);
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      forEachFreeName(attribute.g(), visit);
    for (const onnx::GraphProto &graph : attribute.graphs())
      forEachFreeName(graph, visit);
  }
}

/// Orders nodes behind the makers of their inputs, otherwise as in the file; nodes on a cycle are reported.
void Checker::sortNodes(const void *body, const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
                        const Opsets &opsets) {
  // The graphs inside cannot be walked: already reported.
  if (tooDeep)
    return;
  llvm::StringMap<int> maker;
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].output())
      if (!output.empty())
        maker[output] = i;
  SmallVector<SmallVector<int>> users(nodes.size());
  SmallVector<int> missing(nodes.size(), 0);
  for (int i = 0; i < nodes.size(); ++i)
    forEachUse(nodes[i], [&](StringRef name) {
      auto found = maker.find(name);
      if (found == maker.end())
        return;
      users[found->second].push_back(i);
      ++missing[i];
    });
  // A heap would be needed for the exact file order; files that are sorted come out as they are with two
  // passes.
  SmallVector<const onnx::NodeProto *> &result = importer.order[body];
  std::deque<int> ready;
  SmallVector<bool> done(nodes.size(), false);
  auto take = [&](int i) {
    done[i] = true;
    result.push_back(&nodes[i]);
    for (int user : users[i])
      if (--missing[user] == 0)
        ready.push_back(user);
  };
  for (int i = 0; i < nodes.size(); ++i)
    if (missing[i] == 0 && !done[i])
      take(i);
  while (!ready.empty()) {
    int i = ready.front();
    ready.pop_front();
    if (!done[i])
      take(i);
  }
  if (static_cast<int>(result.size()) == nodes.size())
    return;
  // Walk backwards from any node that is left, through nodes that are left, until one comes again.
  int at = static_cast<int>(llvm::find(done, false) - done.begin());
  llvm::DenseMap<int, size_t> seen;
  SmallVector<int> path;
  while (seen.try_emplace(at, path.size()).second) {
    path.push_back(at);
    int next = -1;
    forEachUse(nodes[at], [&](StringRef name) {
      auto found = maker.find(name);
      if (found != maker.end() && !done[found->second])
        next = found->second;
    });
    at = next;
  }
  std::string names;
  for (int node : llvm::reverse(ArrayRef(path).drop_front(seen[at])))
    names += (names.empty() ? "'" : " -> '") + importer.nodeNames[&nodes[node]] + "'";
  error(nodes[at], opsets) << "the graph has a cycle: " << names;
}

} // namespace weft::importer
