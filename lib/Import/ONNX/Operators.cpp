// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks over the nodes of a parsed model, those of subgraphs and functions included.
#include "weft/Import/Operators.h"

#include "Model.h"
#include "OpTable.h"

#include "llvm/ADT/StringSet.h"

#include <map>

namespace weft {
using namespace importer;

namespace {

/// Nodes by domain and name.
using Counts = std::map<std::pair<std::string, std::string>, int64_t>;

} // namespace

static void countGraph(const onnx::GraphProto &graph, Counts &counts, int depth);

static void countNode(const onnx::NodeProto &node, Counts &counts, int depth) {
  ++counts[{canonicalDomain(node.domain()).str(), node.op_type()}];
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      countGraph(attribute.g(), counts, depth + 1);
    for (const onnx::GraphProto &graph : attribute.graphs())
      countGraph(graph, counts, depth + 1);
  }
}

/// The importer refuses deeper files.
constexpr int kMaxDepth = 64;

static void countGraph(const onnx::GraphProto &graph, Counts &counts, int depth) {
  if (depth > kMaxDepth)
    return;
  for (const onnx::NodeProto &node : graph.node())
    countNode(node, counts, depth);
}

/// Whether `path` could be read as a model.
static bool readModel(llvm::StringRef path, Model &model) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return false;
  model.file = std::move(*buffer);
  std::string error;
  return succeeded(model.parse(error));
}

std::vector<std::string> listDefaultInputs(llvm::StringRef path) {
  Model model;
  if (!readModel(path, model))
    return {};
  const onnx::GraphProto &graph = model.proto.graph();
  llvm::StringSet<> initialised;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initialised.insert(tensor.name());
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    initialised.insert(tensor.values().name());
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto &input : graph.input())
    if (initialised.contains(input.name()))
      names.push_back(input.name());
  return names;
}

std::vector<OperatorUse> listOperators(llvm::StringRef path) {
  Model model;
  if (!readModel(path, model))
    return {};
  Counts counts;
  countGraph(model.proto.graph(), counts, /*depth=*/0);
  for (const onnx::FunctionProto &function : model.proto.functions())
    for (const onnx::NodeProto &node : function.node())
      countNode(node, counts, /*depth=*/0);
  std::map<std::string, int64_t> opsets;
  for (const onnx::OperatorSetIdProto &opset : model.proto.opset_import())
    opsets[canonicalDomain(opset.domain()).str()] = opset.version();
  std::vector<OperatorUse> uses;
  for (const auto &[key, count] : counts)
    uses.push_back({key.first.empty() ? key.second : key.first + "." + key.second, opsets[key.first], count});
  return uses;
}

} // namespace weft
