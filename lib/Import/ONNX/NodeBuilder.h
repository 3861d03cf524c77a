// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the builder of one operator sees: a node's inputs, attributes and outputs, and helpers that make weft
// ops.
#ifndef WEFT_LIB_IMPORT_ONNX_NODEBUILDER_H
#define WEFT_LIB_IMPORT_ONNX_NODEBUILDER_H

#include "Model.h"
#include "Sizes.h"

#include "dialects/Weft/IR/DiscardableAttrs.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/Builders.h"

#include <set>

namespace weft::importer {

class ModelImporter;
struct Scope;
namespace w = mlir::weft;

/// Imports one node. Helpers that fail have reported why and return null; helpers given null return null, so
/// that a builder may chain them and test only at the end, by returning result().
class NodeBuilder {
public:
  NodeBuilder(ModelImporter &importer, Scope &scope, const onnx::NodeProto &node, int64_t version,
              OpBuilder &b, Location loc)
      : b(b), loc(loc), sizes(b, loc), importer(importer), scope(scope), node(node), version(version) {}

  OpBuilder &b;
  Location loc;
  SizeMath sizes;
  ModelImporter &importer;
  Scope &scope;
  const onnx::NodeProto &node;
  /// The `since` version of the operator's schema row.
  const int64_t version;

  //===--------------------------------------------------------------------===//
  // Inputs and outputs
  //===--------------------------------------------------------------------===//

  /// Inputs up to the last that is present.
  unsigned numInputs() const { return inputs.size(); }
  bool has(unsigned i) const { return i < inputs.size() && inputs[i]; }
  /// Input `i`; null without a report when it is absent.
  Value in(unsigned i) const { return i < inputs.size() ? inputs[i] : Value(); }
  unsigned numOutputs() const { return node.output_size(); }
  /// Whether output `i` has a name.
  bool wants(unsigned i) const { return i < numOutputs() && !node.output(i).empty(); }
  /// Gives output `i` its value; failure when it is null.
  LogicalResult result(unsigned i, Value value);
  LogicalResult result(Value value) { return result(0, value); }
  /// Reports what is wrong with the node.
  LogicalResult fail(const llvm::Twine &message) const;
  void warn(const llvm::Twine &message) const;
  Value failValue(const llvm::Twine &message) const {
    (void)fail(message);
    return {};
  }

  //===--------------------------------------------------------------------===//
  // Attributes: of a wrong type they are reported and count as absent
  //===--------------------------------------------------------------------===//

  const onnx::AttributeProto *attribute(StringRef name) const;
  bool hasAttr(StringRef name) const { return attribute(name) != nullptr; }
  int64_t intAttr(StringRef name, int64_t orElse) const;
  bool flagAttr(StringRef name, bool orElse) const { return intAttr(name, orElse) != 0; }
  double floatAttr(StringRef name, double orElse) const;
  std::string stringAttr(StringRef name, StringRef orElse) const;
  std::optional<SmallVector<int64_t>> intsAttr(StringRef name) const;
  std::optional<SmallVector<double>> floatsAttr(StringRef name) const;
  std::optional<SmallVector<std::string>> stringsAttr(StringRef name) const;
  const onnx::GraphProto *graphAttr(StringRef name) const;
  /// A tensor attribute as a constant value; null when absent or wrong.
  ElementsAttr tensorAttr(StringRef name) const;
  /// Whether an attribute had a wrong type.
  bool hadBadAttribute() const { return badAttribute; }
  /// Names that were asked for; others of the node are unknown to the builder.
  const std::set<std::string, std::less<>> &usedAttributes() const { return used; }

  //===--------------------------------------------------------------------===//
  // Parameters that are an attribute in some versions and an input in others
  //===--------------------------------------------------------------------===//

  /// Sizes or indices: the attribute, or else the small integer tensor `in(input)`, as static numbers where
  /// they are known and index values elsewhere. nullopt when both are absent; failure when the tensor's
  /// length is unknown.
  FailureOr<std::optional<SmallVector<Size>>> intsArg(StringRef attr, unsigned input) const;
  /// The same where run-time values make no sense (axes): failure names the input.
  FailureOr<std::optional<SmallVector<int64_t>>> staticIntsArg(StringRef attr, unsigned input) const;
  /// The elements of a small integer tensor; of null (told already), failure.
  FailureOr<SmallVector<Size>> sizesOf(Value tensor, StringRef what) const;
  /// Its one element.
  FailureOr<Size> sizeOf(Value tensor, StringRef what) const;
  /// The elements of a small constant as numbers; nullopt when it is not constant.
  std::optional<SmallVector<double>> constantOf(Value tensor) const;
  /// An axis in [-rank, rank) as one in [0, rank).
  FailureOr<int64_t> axis(int64_t axis, int64_t rank, StringRef what = "axis") const;
  FailureOr<int64_t> axisAttr(StringRef name, int64_t orElse, int64_t rank) const;
  /// Distinct axes, sorted.
  FailureOr<SmallVector<int64_t>> axes(ArrayRef<int64_t> axes, int64_t rank) const;

  //===--------------------------------------------------------------------===//
  // Types
  //===--------------------------------------------------------------------===//

  static RankedTensorType type(Value value) { return mlir::cast<RankedTensorType>(value.getType()); }
  static int64_t rank(Value value) { return type(value).getRank(); }
  static Type elem(Value value) { return type(value).getElementType(); }
  static bool isFloat(Value value) { return isa<FloatType>(elem(value)); }
  /// Reports unless input `i` is a tensor of a rank in [lo, hi].
  LogicalResult checkRank(unsigned i, int64_t lo, int64_t hi = 64) const;
  LogicalResult checkFloat(unsigned i) const;
  /// The type that the model declares for output `i`, or null.
  Type declaredType(unsigned i) const;

  //===--------------------------------------------------------------------===//
  // Attributes of weft ops
  //===--------------------------------------------------------------------===//

  NamedAttribute i64(StringRef name, int64_t value) {
    return b.getNamedAttr(name, b.getI64IntegerAttr(value));
  }
  NamedAttribute f64(StringRef name, double value) { return b.getNamedAttr(name, b.getF64FloatAttr(value)); }
  NamedAttribute flag(StringRef name, bool value) { return b.getNamedAttr(name, b.getBoolAttr(value)); }
  NamedAttribute list(StringRef name, ArrayRef<int64_t> v) {
    return b.getNamedAttr(name, b.getDenseI64ArrayAttr(v));
  }
  NamedAttribute ofType(StringRef name, Type type) { return b.getNamedAttr(name, TypeAttr::get(type)); }
  NamedAttribute segments(ArrayRef<int32_t> sizes) {
    return b.getNamedAttr("operandSegmentSizes", b.getDenseI32ArrayAttr(sizes));
  }
  template <typename AttrTy, typename EnumTy> NamedAttribute choice(StringRef name, EnumTy value) {
    return b.getNamedAttr(name, AttrTy::get(b.getContext(), value));
  }

  //===--------------------------------------------------------------------===//
  // Making ops
  //===--------------------------------------------------------------------===//

  /// The op, or null after a report.
  template <typename OpTy> OpTy makeOp(ValueRange operands, ArrayRef<NamedAttribute> attributes = {}) {
    for (Value operand : operands)
      if (!operand)
        return OpTy();
    return w::buildChecked<OpTy>(b, loc, operands, attributes);
  }
  /// Its first result.
  template <typename OpTy> Value make(ValueRange operands, ArrayRef<NamedAttribute> attributes = {}) {
    OpTy op = makeOp<OpTy>(operands, attributes);
    return op ? op->getResult(0) : Value();
  }
  /// An elementwise op of two operands whose ranks are aligned first.
  template <typename OpTy> Value binary(Value lhs, Value rhs, ArrayRef<NamedAttribute> attributes = {}) {
    if (!lhs || !rhs)
      return {};
    alignRanks(lhs, rhs);
    return make<OpTy>({lhs, rhs}, attributes);
  }
  Value add(Value x, Value y) { return binary<w::AddOp>(x, y); }
  Value sub(Value x, Value y) { return binary<w::SubOp>(x, y); }
  Value mul(Value x, Value y) { return binary<w::MulOp>(x, y); }
  Value div(Value x, Value y) { return binary<w::DivOp>(x, y); }
  Value max(Value x, Value y) { return binary<w::MaxOp>(x, y); }
  Value min(Value x, Value y) { return binary<w::MinOp>(x, y); }
  Value compare(w::ComparePredicate pred, Value x, Value y) {
    return binary<w::CompareOp>(x, y, choice<w::ComparePredicateAttr>("pred", pred));
  }
  Value select(Value cond, Value x, Value y);
  /// A cast, unless the type is already `to`.
  Value cast(Value x, Type to);
  /// Adds leading dims of size 1 to the value of lower rank.
  void alignRanks(Value &x, Value &y);
  Value withRank(Value x, int64_t rank);

  /// A rank-0 constant of an element type.
  Value scalar(Type element, double value);
  Value scalar(Type element, int64_t value) = delete;
  Value intScalar(Type element, int64_t value);
  /// A constant with one value everywhere.
  Value splat(ArrayRef<int64_t> shape, Type element, double value);
  Value i64Constant(ArrayRef<int64_t> values);
  Value constant(ElementsAttr value);
  /// The 1-D i64 tensor of sizes.
  Value tensorOf(ArrayRef<Size> values);

  /// Size of a dim; dims of `value`.
  Size dim(Value value, int64_t axis);
  SmallVector<Size> dims(Value value);
  Value reshape(Value x, ArrayRef<Size> shape);
  Value reshape(Value x, ArrayRef<int64_t> shape);
  Value broadcast(Value x, ArrayRef<Size> shape);
  Value transpose(Value x, ArrayRef<int64_t> perm);
  Value slice(Value x, ArrayRef<Size> offsets, ArrayRef<Size> lengths, ArrayRef<int64_t> strides = {});
  /// `length` elements from `offset` along one axis.
  Value sliceAxis(Value x, int64_t axis, Size offset, Size length, int64_t stride = 1);
  Value concat(ArrayRef<Value> xs, int64_t axis);
  /// `value` null: pads with zero.
  Value pad(Value x, ArrayRef<Size> lo, ArrayRef<Size> hi, w::PadMode mode = w::PadMode::constant,
            Value value = {});
  Value iota(ArrayRef<Size> shape, int64_t axis, Type element);
  Value squeeze(Value x, ArrayRef<int64_t> axes);
  /// Adds dims of size 1 at positions of the result.
  Value unsqueeze(Value x, ArrayRef<int64_t> axes);
  /// A reduction; `keep` leaves the axes as size 1.
  Value reduce(w::ReduceKind kind, Value x, ArrayRef<int64_t> axes, bool keep = true);
  Value matmul(Value x, Value y, bool transposeLhs = false, bool transposeRhs = false);
  Value gather(Value x, Value indices, int64_t axis);
  /// Of an op that reads or writes at indices: these are in range, by what they are made of.
  Value inRange(Value accessed);
  /// [C] placed on `axis` of a tensor of `rank`: [1, C, 1 ...].
  Value onAxis(Value vector, int64_t axis, int64_t rank);
  Value softmax(Value x, int64_t axis, bool log = false);

private:
  friend class ModelImporter;
  SmallVector<Value> inputs;
  SmallVector<Value> outputs;
  mutable std::set<std::string, std::less<>> used;
  mutable bool badAttribute = false;

  const onnx::AttributeProto *attributeOf(StringRef name, onnx::AttributeProto::AttributeType type) const;
};

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_NODEBUILDER_H
