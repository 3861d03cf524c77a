// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the operators on maps of ai.onnx.ml: a map is a tensor of values and one of keys.
#include "Learning.h"
#include "ModelImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace weft::importer {

/// The values [K] and keys [K] of the map input 0; failure after a report.
static FailureOr<std::pair<Value, Value>> readMap(NodeBuilder &n) {
  Value values = n.in(0), keys = n.importer.keysOf(values);
  if (!keys || n.rank(values) != 1)
    return n.fail("expected a map, which Weft takes as an input of the model only, but got " +
                  n.importer.typeText(values.getType()));
  return std::make_pair(values, keys);
}

/// For each of `wanted` [V] the value of the first key that equals it, else `missing` (rank 0): [V].
static Value lookUp(NodeBuilder &n, Value values, Value keys, Value wanted, Value missing) {
  Value matches = n.compare(w::ComparePredicate::eq, n.unsqueeze(wanted, 1), keys); // [V K]
  // A last column that always matches: its value is `missing`.
  Value always =
      n.broadcast(n.withRank(n.intScalar(n.b.getI1Type(), 1), 2), {n.dim(wanted, 0), n.sizes.of(1)});
  if (!matches || !always || !missing)
    return {};
  Value all = n.cast(n.concat({matches, always}, 1), n.b.getI32Type());
  Value first =
      n.make<w::ArgReduceOp>(all, {n.choice<w::ArgKindAttr>("kind", w::ArgKind::max), n.i64("axis", 1)});
  return first ? n.inRange(n.gather(n.concat({values, n.unsqueeze(missing, 0)}, 0), n.squeeze(first, 1), 0))
               : Value();
}

/// 0 of a type, or the text that stands for it.
static Value zeroOf(NodeBuilder &n, Type element, StringRef text) {
  if (isa<w::StringType>(element))
    return n.constant(DenseStringElementsAttr::get(RankedTensorType::get({}, element), text));
  return isa<FloatType>(element) ? n.scalar(element, 0.0) : n.intScalar(element, 0);
}

LogicalResult buildDictVectorizer(NodeBuilder &n) {
  FailureOr<std::pair<Value, Value>> map = readMap(n);
  if (failed(map))
    return failure();
  auto [values, keys] = *map;
  SmallVector<std::string> texts = n.stringsAttr("string_vocabulary").value_or(SmallVector<std::string>());
  SmallVector<int64_t> numbers = n.intsAttr("int64_vocabulary").value_or(SmallVector<int64_t>());
  bool isText = isa<w::StringType>(n.elem(keys));
  if (texts.empty() == numbers.empty() || isText == texts.empty())
    return n.fail("expected a vocabulary of the type of the map's keys, " +
                  n.importer.typeText(n.elem(keys)));
  Value vocabulary = isText ? n.constant(textList(n, texts)) : n.i64Constant(numbers);
  Value found = lookUp(n, values, keys, vocabulary, zeroOf(n, n.elem(values), ""));
  return n.result(n.unsqueeze(found, 0));
}

LogicalResult buildCastMap(NodeBuilder &n) {
  FailureOr<std::pair<Value, Value>> map = readMap(n);
  std::string to = n.stringAttr("cast_to", "TO_FLOAT"), form = n.stringAttr("map_form", "DENSE");
  int64_t width = n.intAttr("max_map", 1);
  if (failed(map))
    return failure();
  auto [values, keys] = *map;
  Type element = to == "TO_FLOAT"    ? n.b.getF32Type()
                 : to == "TO_INT64"  ? n.b.getI64Type()
                 : to == "TO_STRING" ? Type(w::StringType::get(n.b.getContext()))
                                     : Type();
  if (!element)
    return n.fail("expected cast_to TO_FLOAT, TO_STRING or TO_INT64, but got '" + to + "'");
  if (form != "DENSE" && form != "SPARSE")
    return n.fail("expected map_form DENSE or SPARSE, but got '" + form + "'");
  if (isa<w::StringType>(n.elem(keys)))
    return n.fail("expected a map from integers, but got one from strings");
  if (form == "SPARSE") {
    if (width < 1 || width > (int64_t(1) << 31))
      return n.fail("expected max_map in [1, 2^31], but got " + llvm::Twine(width));
    Value wanted = n.iota({n.sizes.of(width)}, 0, n.b.getI64Type());
    Value found = lookUp(n, n.cast(values, element), keys, wanted, zeroOf(n, element, "0.f"));
    return n.result(n.unsqueeze(found, 0));
  }
  // In the order of the keys.
  auto sorted = n.makeOp<w::SortOp>(keys, n.i64("axis", 0));
  if (!sorted)
    return failure();
  Value ordered = n.inRange(n.gather(values, sorted.getIndices(), 0));
  return n.result(n.unsqueeze(n.cast(ordered, element), 0));
}

LogicalResult buildZipMap(NodeBuilder &n) {
  if (failed(n.checkRank(0, 1, 2)))
    return failure();
  Value values = n.withRank(n.in(0), 2);
  SmallVector<std::string> texts = n.stringsAttr("classlabels_strings").value_or(SmallVector<std::string>());
  SmallVector<int64_t> numbers = n.intsAttr("classlabels_int64s").value_or(SmallVector<int64_t>());
  if (texts.empty() == numbers.empty())
    return n.fail("expected either classlabels_strings or classlabels_int64s");
  Value keys = texts.empty() ? n.i64Constant(numbers) : n.constant(textList(n, texts));
  int64_t count = n.type(keys).getDimSize(0);
  Size given = n.dim(values, 1);
  if (std::optional<int64_t> width = known(given)) {
    if (*width != count)
      return n.fail("expected as many labels as columns, but got " + llvm::Twine(count) + " and " +
                    llvm::Twine(*width));
  } else {
    Value holds = arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::eq, n.sizes.value(given),
                                        n.sizes.value(n.sizes.of(count)));
    std::string name = n.node.name().empty() ? "ZipMap" : "node '" + n.node.name() + "'";
    cf::AssertOp::create(n.b, n.loc, holds, name + ": expected {b} columns, one per label, but got {a}");
  }
  // A tensor that is a map under other labels, too, gets a value of its own.
  if (Value others = n.importer.keysOf(values); others && others != keys)
    values = n.squeeze(n.unsqueeze(values, 0), 0);
  if (Value others = n.importer.keysOf(values); others && others != keys)
    return n.fail("expected one list of labels for constant scores, but got two");
  n.importer.setKeys(values, keys);
  return n.result(values);
}

//===----------------------------------------------------------------------===//
// Maps in the signature
//===----------------------------------------------------------------------===//

const onnx::TypeProto::Map *mapOf(const onnx::TypeProto &type) {
  if (type.has_sequence_type())
    return mapOf(type.sequence_type().elem_type());
  return type.has_map_type() ? &type.map_type() : nullptr;
}

std::string keysName(StringRef name) { return name.str() + ".keys"; }

/// The type of each entry's value and key, [K]; null types after a report.
std::pair<Type, Type> ModelImporter::mapInputTypes(const onnx::ValueInfoProto &input) {
  const onnx::TypeProto::Map &map = input.type().map_type();
  Type key = elementType(&context, map.key_type());
  Type element = elementType(&context, map.value_type().tensor_type().elem_type());
  if (!key || !element || !(isa<w::StringType>(key) || isa<IntegerType>(key))) {
    error() << "expected input '" << input.name() << "' to be a map from integers or strings to scalars";
    return {};
  }
  if (options.shapes.count(input.name()) || options.bindings.count(input.name())) {
    error() << "expected --shape and --bind of a tensor, but input '" << input.name() << "' is a map";
    return {};
  }
  w::DimExpr count = w::DimExpr::symbol(freshSymbol());
  return {w::makeTensorType({count}, element), w::makeTensorType({count}, key)};
}

} // namespace weft::importer
