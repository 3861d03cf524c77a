// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists the external data files of a model.
#include "weft/Import/ExternalData.h"
#include "Model.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace {

/// Visits every tensor of a model.
struct Lister {
  std::vector<std::string> paths;
  StringSet<> seen;

  void visit(const onnx::TensorProto &tensor) {
    for (const onnx::StringStringEntryProto &entry : tensor.external_data())
      if (entry.key() == "location" && !entry.value().empty() && seen.insert(entry.value()).second)
        paths.push_back(entry.value());
  }
  void visit(const onnx::SparseTensorProto &tensor) {
    visit(tensor.values());
    visit(tensor.indices());
  }
  void visit(const onnx::NodeProto &node) {
    for (const onnx::AttributeProto &attribute : node.attribute()) {
      if (attribute.has_t())
        visit(attribute.t());
      if (attribute.has_sparse_tensor())
        visit(attribute.sparse_tensor());
      if (attribute.has_g())
        visit(attribute.g());
      visitAll(attribute.tensors());
      visitAll(attribute.sparse_tensors());
      visitAll(attribute.graphs());
    }
  }
  void visit(const onnx::GraphProto &graph) {
    visitAll(graph.initializer());
    visitAll(graph.sparse_initializer());
    visitAll(graph.node());
  }
  template <typename Range> void visitAll(const Range &range) {
    for (const auto &item : range)
      visit(item);
  }
};

} // namespace

std::vector<std::string> weft::listExternalFiles(StringRef model) {
  if (!sys::fs::is_regular_file(model))
    return {}; // what a pipe holds can be read once
  importer::Model parsed;
  auto file = MemoryBuffer::getFile(model, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  std::string error;
  if (!file)
    return {};
  parsed.file = std::move(*file);
  if (mlir::failed(parsed.parse(error)))
    return {};
  Lister lister;
  lister.visit(parsed.proto.graph());
  for (const onnx::FunctionProto &function : parsed.proto.functions())
    lister.visitAll(function.node());
  for (const onnx::TrainingInfoProto &training : parsed.proto.training_info()) {
    lister.visit(training.initialization());
    lister.visit(training.algorithm());
  }
  for (std::string &path : lister.paths) {
    SmallString<256> full(sys::path::parent_path(model));
    sys::path::append(full, path);
    path = full.str().str();
  }
  return std::move(lister.paths);
}
