// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Imports a checked model: scopes of names, graphs, functions, constants, locations.
#ifndef WEFT_LIB_IMPORT_ONNX_MODELIMPORTER_H
#define WEFT_LIB_IMPORT_ONNX_MODELIMPORTER_H

#include "Model.h"
#include "OpTable.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "weft/Import/ONNX.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace weft::importer {

namespace w = mlir::weft;
class ModelImporter;

/// Opset versions by canonical domain.
using Opsets = llvm::StringMap<int64_t>;

/// The names that a graph or function body sees. A graph sees its parent's; a function sees none but its own.
struct Scope {
  ModelImporter *importer = nullptr;
  Scope *parent = nullptr;
  const Opsets *opsets = nullptr;
  /// Values by name; null where the node that makes it was refused.
  llvm::StringMap<Value> values;
  /// The graph, for initialisers and declared types; null for a function.
  const onnx::GraphProto *graph = nullptr;
  const onnx::FunctionProto *function = nullptr;
  llvm::StringMap<const onnx::TensorProto *> initializers;
  llvm::StringMap<const onnx::SparseTensorProto *> sparseInitializers;
  llvm::StringMap<const onnx::TypeProto *> declared;
  /// Attributes that the call of a function gave, resolved; shared by subgraphs of the body.
  const llvm::StringMap<const onnx::AttributeProto *> *attributes = nullptr;
  /// Where the function was called; null outside of functions.
  LocationAttr caller;

  const onnx::AttributeProto *callerAttribute(StringRef name) const;
  Type declaredType(StringRef name) const;
};

/// A graph or function body as the checker leaves it: its nodes in an order in which each comes behind its
/// inputs.
using NodeOrder = llvm::DenseMap<const void *, SmallVector<const onnx::NodeProto *>>;

class ModelImporter {
public:
  ModelImporter(std::shared_ptr<Model> model, MLIRContext &context, const ImportOptions &options);

  /// Checks, then imports. Reports everything that it finds.
  FailureOr<OwningOpRef<ModuleOp>> run();

  TensorReader tensors;

  //===--------------------------------------------------------------------===//
  // For builders
  //===--------------------------------------------------------------------===//

  InFlightDiagnostic nodeError(Location loc, const Opsets &opsets, const onnx::NodeProto &node);
  InFlightDiagnostic nodeWarning(Location loc, const Opsets &opsets, const onnx::NodeProto &node);
  std::string typeText(Type type) const;
  /// The constant op of a value, made once at the start of the function.
  Value constant(ElementsAttr value, Location loc);
  /// The same elements under another shape; null when the attribute has no cheap form of it.
  ElementsAttr reshaped(ElementsAttr value, ArrayRef<int64_t> shape);
  /// The value of a tensor of the file, read once.
  ElementsAttr read(const onnx::TensorProto &tensor, StringRef name);
  /// A name for the resource of a constant.
  std::string constantName(Location loc) const;
  /// The value of a name in scope; null and false when its node was refused, null and true when there is
  /// none.
  std::pair<Value, bool> lookup(Scope &scope, StringRef name);
  /// Imports the nodes of a graph or function body at the insertion point.
  LogicalResult importNodes(const void *body, Scope &scope, OpBuilder &b);
  /// A scope for a subgraph of a node.
  Scope subScope(Scope &parent, const onnx::GraphProto &graph);
  /// An If whose branches differ in rank: which branch it stands for, where that is decided. Else the If is
  /// left open with the reason, and whoever imports the nodes behind it decides.
  std::optional<unsigned> branchOf(const onnx::NodeProto &node) const {
    auto found = chosenBranches.find(&node);
    return found == chosenBranches.end() ? std::nullopt : std::optional<unsigned>(found->second);
  }
  void leaveOpen(const onnx::NodeProto &node, std::string reason) {
    openNode = &node;
    openReason = std::move(reason);
  }
  /// A map, or a list of maps of the same keys, is the tensor of its values; the keys [K] of such a tensor,
  /// or null.
  Value keysOf(Value values) const { return mapKeys.lookup(values); }
  void setKeys(Value values, Value keys) { mapKeys[values] = keys; }
  /// The values of a graph's outputs; failure when one was refused.
  FailureOr<SmallVector<Value>> outputs(Scope &scope, const onnx::GraphProto &graph);
  /// The weft type of an ONNX type: dims without names are `?`; null when it has no rank or an unknown
  /// element type.
  Type valueType(const onnx::TypeProto &type);

private:
  friend class Checker;

  LogicalResult importMain(ModuleOp module);
  LogicalResult importFrom(ArrayRef<const onnx::NodeProto *> nodes, Scope &scope, OpBuilder &b);
  LogicalResult chooseBranch(ArrayRef<const onnx::NodeProto *> nodes, Scope &scope, OpBuilder &b);
  LogicalResult importBothWays(ArrayRef<const onnx::NodeProto *> nodes, Scope &scope, OpBuilder &b);
  bool outputsFit(Scope &scope);
  LogicalResult importNode(const onnx::NodeProto &node, Scope &scope, OpBuilder &b);
  /// The values of a node's inputs, null where one is absent; failure when one was refused.
  FailureOr<SmallVector<Value>> readInputs(const onnx::NodeProto &node, Scope &scope);
  LogicalResult checkInputs(const onnx::NodeProto &node, const OpRow &row, ArrayRef<Value> inputs,
                            const Opsets &opsets, Location loc);
  /// Builds what the row says; what ops report is reported as the node's.
  LogicalResult buildNode(const onnx::NodeProto &node, const OpRow &row, NodeBuilder &builder,
                          const Opsets &opsets, Location loc);
  LogicalResult bindOutputs(const onnx::NodeProto &node, ArrayRef<Value> outputs, Scope &scope, Location loc);
  LogicalResult inlineFunction(const onnx::FunctionProto &function, const onnx::NodeProto &node, Scope &scope,
                               OpBuilder &b, Location loc);
  void enterGraph(Scope &scope, const onnx::GraphProto &graph);
  Location locationOf(const onnx::NodeProto &node, const Scope &scope);
  Type inputType(const onnx::ValueInfoProto &input);
  std::pair<Type, Type> mapInputTypes(const onnx::ValueInfoProto &input);
  void addInputs(const onnx::GraphProto &graph, Scope &scope, SmallVectorImpl<std::string> &names);
  ElementsAttr boundConstant(StringRef name, Type type);
  void checkOptions();
  w::DimExpr dimOf(const onnx::TensorShapeProto::Dimension &dim);
  w::DimExpr dimNamed(StringRef name);
  InFlightDiagnostic error();
  const onnx::FunctionProto *functionOf(const onnx::NodeProto &node) const;
  void setSymbols(func::FuncOp function);
  void checkOutput(const onnx::ValueInfoProto &output, Value value);

  std::shared_ptr<Model> model;
  MLIRContext &context;
  void noteGivenSizes(DiagnosticSeverity severity, Diagnostic &diagnostic) const;

  const ImportOptions &options;
  Opsets opsets;
  /// Opsets of functions, which differ from the model's.
  llvm::DenseMap<const onnx::FunctionProto *, Opsets> functionOpsets;
  llvm::StringMap<const onnx::FunctionProto *> functions;
  llvm::DenseMap<const onnx::NodeProto *, std::string> nodeNames;
  NodeOrder order;
  /// Where the function's constants go: before the first other op.
  Block *entry = nullptr;
  Operation *lastConstant = nullptr;
  llvm::DenseMap<Attribute, Value> constants;
  llvm::DenseMap<const void *, ElementsAttr> tensorCache;
  /// Symbols: identifier by name in the model, and the other way.
  llvm::StringMap<std::string> symbolOf;
  llvm::StringMap<std::string> symbolNames;
  llvm::StringSet<> usedSymbols;
  int64_t nextFresh = 0;
  int64_t importedNodes = 0;
  int callDepth = 0;
  bool ok = true;
  llvm::DenseMap<Value, Value> mapKeys;
  llvm::DenseMap<const onnx::NodeProto *, unsigned> chosenBranches;
  const onnx::NodeProto *openNode = nullptr;
  std::string openReason;
  int choiceDepth = 0;

  std::string freshSymbol();
  std::string symbolFor(StringRef name);
};

/// The type of a map, or of the maps in a list; null of other types.
const onnx::TypeProto::Map *mapOf(const onnx::TypeProto &type);
/// What the tensor of a map's keys is called at the model's boundary.
std::string keysName(StringRef name);

/// Checks a whole model without importing it: names, order, operators, opsets, tensors. Reports every
/// problem; fills node names and orders of the importer.
LogicalResult checkModel(ModelImporter &importer);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_MODELIMPORTER_H
