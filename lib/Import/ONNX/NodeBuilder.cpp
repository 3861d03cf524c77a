// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attributes and parameters of a node: found, checked, and reported with the node's name when they are wrong.
#include "NodeBuilder.h"

#include "ModelImporter.h"

#include "llvm/ADT/StringExtras.h"

namespace weft::importer {

LogicalResult NodeBuilder::fail(const llvm::Twine &message) const {
  importer.nodeError(loc, *scope.opsets, node) << message;
  return failure();
}

void NodeBuilder::warn(const llvm::Twine &message) const {
  importer.nodeWarning(loc, *scope.opsets, node) << message;
}

LogicalResult NodeBuilder::result(unsigned i, Value value) {
  if (!value)
    return failure();
  if (outputs.size() <= i)
    outputs.resize(i + 1);
  outputs[i] = value;
  return success();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const onnx::AttributeProto *NodeBuilder::attribute(StringRef name) const {
  used.insert(name.str());
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.name() != name)
      continue;
    if (attribute.ref_attr_name().empty())
      return &attribute;
    // In the body of a function: the caller's attribute of that name, or its default.
    return scope.callerAttribute(attribute.ref_attr_name());
  }
  return nullptr;
}

/// The type of an attribute; files of IR version 1 leave it out.
static onnx::AttributeProto::AttributeType typeOf(const onnx::AttributeProto &attribute) {
  if (attribute.type() != onnx::AttributeProto::UNDEFINED)
    return attribute.type();
  return attribute.has_f()              ? onnx::AttributeProto::FLOAT
         : attribute.has_i()            ? onnx::AttributeProto::INT
         : attribute.has_s()            ? onnx::AttributeProto::STRING
         : attribute.has_t()            ? onnx::AttributeProto::TENSOR
         : attribute.has_g()            ? onnx::AttributeProto::GRAPH
         : attribute.floats_size() > 0  ? onnx::AttributeProto::FLOATS
         : attribute.ints_size() > 0    ? onnx::AttributeProto::INTS
         : attribute.strings_size() > 0 ? onnx::AttributeProto::STRINGS
                                        : onnx::AttributeProto::UNDEFINED;
}

const onnx::AttributeProto *NodeBuilder::attributeOf(StringRef name,
                                                     onnx::AttributeProto::AttributeType type) const {
  const onnx::AttributeProto *found = attribute(name);
  if (!found)
    return nullptr;
  onnx::AttributeProto::AttributeType actual = typeOf(*found);
  bool isEmptyList = actual == onnx::AttributeProto::UNDEFINED &&
                     (type == onnx::AttributeProto::INTS || type == onnx::AttributeProto::FLOATS ||
                      type == onnx::AttributeProto::STRINGS);
  if (actual == type || isEmptyList)
    return found;
  badAttribute = true;
  using onnx::AttributeProto_AttributeType_Name;
  (void)fail("expected attribute '" + name + "' of type " +
             llvm::StringRef(AttributeProto_AttributeType_Name(type)).lower() + ", but got " +
             llvm::StringRef(AttributeProto_AttributeType_Name(actual)).lower());
  return nullptr;
}

int64_t NodeBuilder::intAttr(StringRef name, int64_t orElse) const {
  auto *found = attributeOf(name, onnx::AttributeProto::INT);
  return found ? found->i() : orElse;
}

double NodeBuilder::floatAttr(StringRef name, double orElse) const {
  // An exporter may write 1 where the schema says 1.0.
  if (auto *found = attribute(name); found && typeOf(*found) == onnx::AttributeProto::INT)
    return static_cast<double>(found->i());
  auto *found = attributeOf(name, onnx::AttributeProto::FLOAT);
  return found ? found->f() : orElse;
}

std::string NodeBuilder::stringAttr(StringRef name, StringRef orElse) const {
  auto *found = attributeOf(name, onnx::AttributeProto::STRING);
  return found ? found->s() : orElse.str();
}

std::optional<SmallVector<int64_t>> NodeBuilder::intsAttr(StringRef name) const {
  auto *found = attributeOf(name, onnx::AttributeProto::INTS);
  if (!found)
    return std::nullopt;
  return SmallVector<int64_t>(found->ints().begin(), found->ints().end());
}

std::optional<SmallVector<double>> NodeBuilder::floatsAttr(StringRef name) const {
  auto *found = attributeOf(name, onnx::AttributeProto::FLOATS);
  if (!found)
    return std::nullopt;
  return SmallVector<double>(found->floats().begin(), found->floats().end());
}

std::optional<SmallVector<std::string>> NodeBuilder::stringsAttr(StringRef name) const {
  auto *found = attributeOf(name, onnx::AttributeProto::STRINGS);
  if (!found)
    return std::nullopt;
  return SmallVector<std::string>(found->strings().begin(), found->strings().end());
}

const onnx::GraphProto *NodeBuilder::graphAttr(StringRef name) const {
  auto *found = attributeOf(name, onnx::AttributeProto::GRAPH);
  return found && found->has_g() ? &found->g() : nullptr;
}

ElementsAttr NodeBuilder::tensorAttr(StringRef name) const {
  auto *found = attributeOf(name, onnx::AttributeProto::TENSOR);
  if (!found)
    return {};
  if (!found->has_t()) {
    badAttribute = true;
    (void)fail("expected attribute '" + name + "' to hold a tensor, but it is empty");
    return {};
  }
  // Checked with the graph, before any node was imported.
  return importer.read(found->t(), importer.constantName(loc));
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Size>> NodeBuilder::sizesOf(Value tensor, StringRef what) const {
  if (!tensor)
    return failure(); // what should have made it has told why not
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || type.getRank() > 1 || !isa<IntegerType>(type.getElementType()))
    return fail("expected " + what + " to be a list of integers, but got " +
                importer.typeText(tensor.getType()));
  SmallVector<Size> result;
  if (std::optional<SmallVector<Scalar>> elements = smallElements(tensor)) {
    for (const Scalar &element : *elements)
      result.push_back(element.kind == Scalar::Kind::Index ? Size(element.index) : sizes.of(element.integer));
    return result;
  }
  if (!type.hasStaticShape())
    return fail(
        "expected the number of " + what +
        " to be known, but their list has a length that only the run decides; fix the dims it depends on "
        "(--shape, --dim)");
  // No op has as many dims.
  if (type.getNumElements() > 1024)
    return fail("expected at most 1024 " + what + ", but got " + llvm::Twine(type.getNumElements()));
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i)
    result.push_back(w::ExtractOp::create(const_cast<OpBuilder &>(b), loc, b.getIndexType(), tensor,
                                          b.getI64IntegerAttr(i))
                         .getResult());
  return result;
}

FailureOr<Size> NodeBuilder::sizeOf(Value tensor, StringRef what) const {
  FailureOr<SmallVector<Size>> all = sizesOf(tensor, what);
  if (failed(all))
    return failure();
  if (all->size() != 1)
    return fail("expected " + what + " to be one number, but got " + llvm::Twine(all->size()));
  return all->front();
}

FailureOr<std::optional<SmallVector<Size>>> NodeBuilder::intsArg(StringRef attr, unsigned input) const {
  if (!attr.empty())
    if (std::optional<SmallVector<int64_t>> list = intsAttr(attr))
      return std::optional(sizes.of(*list));
  if (!has(input))
    return std::optional<SmallVector<Size>>();
  FailureOr<SmallVector<Size>> list = sizesOf(in(input), attr.empty() ? "input" : attr);
  if (failed(list))
    return failure();
  return std::optional(std::move(*list));
}

FailureOr<std::optional<SmallVector<int64_t>>> NodeBuilder::staticIntsArg(StringRef attr,
                                                                          unsigned input) const {
  FailureOr<std::optional<SmallVector<Size>>> list = intsArg(attr, input);
  if (failed(list))
    return failure();
  if (!*list)
    return std::optional<SmallVector<int64_t>>();
  std::optional<SmallVector<int64_t>> numbers = known(**list);
  if (!numbers)
    return fail("expected input " + llvm::Twine(input) + " (" + attr +
                ") to be constant, but only the run decides it; bind it to a value (--bind)");
  return numbers;
}

std::optional<SmallVector<double>> NodeBuilder::constantOf(Value tensor) const {
  return tensor ? constantNumbers(tensor) : std::nullopt;
}

FailureOr<int64_t> NodeBuilder::axis(int64_t axis, int64_t rank, StringRef what) const {
  if (axis < -rank || axis >= rank)
    return fail("expected " + what + " in [" + llvm::Twine(-rank) + ", " + llvm::Twine(rank) + "), but got " +
                llvm::Twine(axis));
  return axis < 0 ? axis + rank : axis;
}

FailureOr<int64_t> NodeBuilder::axisAttr(StringRef name, int64_t orElse, int64_t rank) const {
  return axis(intAttr(name, orElse), rank, name);
}

FailureOr<SmallVector<int64_t>> NodeBuilder::axes(ArrayRef<int64_t> list, int64_t rank) const {
  SmallVector<int64_t> result;
  for (int64_t entry : list) {
    FailureOr<int64_t> wrapped = axis(entry, rank, "each axis");
    if (failed(wrapped))
      return failure();
    if (llvm::is_contained(result, *wrapped))
      return fail("expected distinct axes, but got " + llvm::Twine(entry) + " twice");
    result.push_back(*wrapped);
  }
  llvm::sort(result);
  return result;
}

LogicalResult NodeBuilder::checkRank(unsigned i, int64_t lo, int64_t hi) const {
  int64_t actual = rank(in(i));
  if (actual >= lo && actual <= hi)
    return success();
  std::string range = lo == hi   ? std::to_string(lo)
                      : hi == 64 ? "at least " + std::to_string(lo)
                                 : std::to_string(lo) + " to " + std::to_string(hi);
  return fail("expected input " + llvm::Twine(i) + " of rank " + range + ", but got " +
              importer.typeText(in(i).getType()));
}

LogicalResult NodeBuilder::checkFloat(unsigned i) const {
  if (isFloat(in(i)))
    return success();
  return fail("expected input " + llvm::Twine(i) + " of real numbers, but got " +
              importer.typeText(in(i).getType()));
}

Type NodeBuilder::declaredType(unsigned i) const {
  return wants(i) ? scope.declaredType(node.output(i)) : Type();
}

} // namespace weft::importer
