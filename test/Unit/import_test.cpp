// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The importer takes or refuses any bytes: every truncation and every flipped byte of a model, without a
// crash.
#include "weft/Import/ONNX.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "onnx/onnx-ml.pb.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace {

onnx::NodeProto *addNode(onnx::GraphProto *graph, const char *op, std::initializer_list<const char *> inputs,
                         const char *output) {
  onnx::NodeProto *node = graph->add_node();
  node->set_op_type(op);
  for (const char *input : inputs)
    node->add_input(input);
  node->add_output(output);
  return node;
}

void addValue(onnx::ValueInfoProto *info, const char *name, int type, std::initializer_list<int64_t> dims) {
  info->set_name(name);
  onnx::TypeProto::Tensor *tensor = info->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape();
  for (int64_t dim : dims) {
    onnx::TensorShapeProto::Dimension *one = tensor->mutable_shape()->add_dim();
    if (dim < 0)
      one->set_dim_param("n");
    else
      one->set_dim_value(dim);
  }
}

/// A model with constants, attributes, a symbol and a subgraph, in a few hundred bytes.
std::string makeModel() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  onnx::GraphProto *graph = model.mutable_graph();
  graph->set_name("g");
  addValue(graph->add_input(), "x", onnx::TensorProto::FLOAT, {-1, 4});
  addValue(graph->add_input(), "c", onnx::TensorProto::BOOL, {});
  onnx::TensorProto *weights = graph->add_initializer();
  weights->set_name("w");
  weights->set_data_type(onnx::TensorProto::FLOAT);
  weights->add_dims(4);
  weights->add_dims(2);
  weights->set_raw_data(std::string(32, '\x3f'));
  onnx::TensorProto *shape = graph->add_initializer();
  shape->set_name("s");
  shape->set_data_type(onnx::TensorProto::INT64);
  shape->add_dims(3);
  for (int64_t size : {-1, 2, 1})
    shape->add_int64_data(size);
  addNode(graph, "MatMul", {"x", "w"}, "a");
  onnx::NodeProto *softmax = addNode(graph, "Softmax", {"a"}, "b");
  onnx::AttributeProto *axis = softmax->add_attribute();
  axis->set_name("axis");
  axis->set_type(onnx::AttributeProto::INT);
  axis->set_i(1);
  addNode(graph, "Reshape", {"b", "s"}, "d");
  onnx::NodeProto *choice = addNode(graph, "If", {"c"}, "y");
  for (const char *branch : {"then_branch", "else_branch"}) {
    onnx::AttributeProto *attribute = choice->add_attribute();
    attribute->set_name(branch);
    attribute->set_type(onnx::AttributeProto::GRAPH);
    attribute->mutable_g()->set_name(branch);
    addNode(attribute->mutable_g(), branch[0] == 't' ? "Neg" : "Abs", {"d"}, "r");
    addValue(attribute->mutable_g()->add_output(), "r", onnx::TensorProto::FLOAT, {-1, 2, 1});
  }
  addValue(graph->add_output(), "y", onnx::TensorProto::FLOAT, {-1, 2, 1});
  return model.SerializeAsString();
}

/// Whether the bytes are a model; refusing them without a message is a failure of the test.
bool isTaken(llvm::StringRef bytes) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  unsigned numErrors = 0;
  context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
    numErrors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return success();
  });
  bool isModel =
      succeeded(::weft::importONNXBuffer(llvm::MemoryBuffer::getMemBufferCopy(bytes, "test.onnx"), context));
  EXPECT_NE(isModel, numErrors > 0) << "errors: " << numErrors;
  return isModel;
}

TEST(Import, TakesTheModel) { EXPECT_TRUE(isTaken(makeModel())); }

// Where a field ends the rest may still be a message: it is taken, or refused with a message.
TEST(Import, SurvivesTruncationAtEveryByte) {
  std::string bytes = makeModel();
  EXPECT_FALSE(isTaken(""));
  for (size_t size = 1; size < bytes.size(); ++size) {
    SCOPED_TRACE(size);
    isTaken(llvm::StringRef(bytes).take_front(size));
  }
}

TEST(Import, SurvivesEveryFlippedByte) {
  std::string bytes = makeModel();
  for (size_t i = 0; i < bytes.size(); ++i)
    for (unsigned mask : {0x01u, 0x80u, 0xffu}) {
      SCOPED_TRACE(i);
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ mask);
      isTaken(flipped);
    }
}

} // namespace
