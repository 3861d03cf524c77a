// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the feature preparation of ai.onnx.ml: scaling, imputation, encoding, selection.
#include "Learning.h"

#include "ModelImporter.h"
#include "Text.h"

#include <cmath>

namespace weft::importer {

/// Numbers for the last axis of x: one for all, or one each; null after a report.
static Value perFeature(NodeBuilder &n, Value x, ArrayRef<double> values, StringRef what) {
  if (values.size() == 1)
    return n.scalar(n.elem(x), values.front());
  std::optional<int64_t> features = known(n.dim(x, n.rank(x) - 1));
  if (values.empty() || (features && *features != static_cast<int64_t>(values.size())))
    return n.failValue("expected " + what + " to hold one number or one per feature, but it holds " +
                       llvm::Twine(values.size()));
  return vectorOf(n, values, n.elem(x));
}

LogicalResult buildScaler(NodeBuilder &n) {
  if (failed(n.checkRank(0, 1)))
    return failure();
  Value x = n.cast(n.in(0), n.b.getF32Type());
  if (std::optional<SmallVector<double>> offset = n.floatsAttr("offset"); offset && x)
    x = n.sub(x, perFeature(n, x, *offset, "offset"));
  if (std::optional<SmallVector<double>> scale = n.floatsAttr("scale"); scale && x)
    x = n.mul(x, perFeature(n, x, *scale, "scale"));
  return n.result(x);
}

LogicalResult buildNormalizer(NodeBuilder &n) {
  std::string norm = n.stringAttr("norm", "MAX");
  if (failed(n.checkRank(0, 1)))
    return failure();
  Value x = n.cast(n.in(0), n.b.getF32Type());
  if (!x)
    return failure();
  int64_t axis = n.rank(x) - 1;
  Value size;
  if (norm == "MAX")
    size = n.reduce(w::ReduceKind::max, x, axis);
  else if (norm == "L1")
    size = n.reduce(w::ReduceKind::sum, n.make<w::AbsOp>(x), axis);
  else if (norm == "L2")
    size = n.make<w::SqrtOp>(n.reduce(w::ReduceKind::sum, n.mul(x, x), axis));
  else
    return n.fail("expected norm MAX, L1 or L2, but got '" + norm + "'");
  // A sample of size zero stays as it is.
  if (!size)
    return failure();
  Value isZero = n.compare(w::ComparePredicate::eq, size, n.scalar(n.elem(size), 0.0));
  return n.result(n.div(x, n.select(isZero, n.scalar(n.elem(size), 1.0), size)));
}

LogicalResult buildBinarizer(NodeBuilder &n) {
  Value x = n.in(0);
  double threshold = n.floatAttr("threshold", 0.0);
  Type element = n.elem(x);
  // Integers are above a threshold when they are above the integer below it.
  Value limit = isa<FloatType>(element) ? n.scalar(element, threshold)
                                        : n.intScalar(element, static_cast<int64_t>(std::floor(threshold)));
  return n.result(n.cast(n.compare(w::ComparePredicate::gt, x, limit), element));
}

LogicalResult buildImputer(NodeBuilder &n) {
  Value x = n.in(0);
  if (failed(n.checkRank(0, 1)))
    return failure();
  std::optional<SmallVector<double>> floats = n.floatsAttr("imputed_value_floats");
  std::optional<SmallVector<int64_t>> ints = n.intsAttr("imputed_value_int64s");
  double replacedFloat = n.floatAttr("replaced_value_float", 0.0);
  int64_t replacedInt = n.intAttr("replaced_value_int64", 0);
  if (n.isFloat(x)) {
    if (!floats || floats->empty())
      return n.fail("expected imputed_value_floats for an input of real numbers");
    Value isMissing = std::isnan(replacedFloat)
                          ? n.make<w::IsNanOp>(x)
                          : n.compare(w::ComparePredicate::eq, x, n.scalar(n.elem(x), replacedFloat));
    return n.result(n.select(isMissing, perFeature(n, x, *floats, "imputed_value_floats"), x));
  }
  if (!ints || ints->empty())
    return n.fail("expected imputed_value_int64s for an input of integers");
  Value imputed = n.cast(n.i64Constant(*ints), n.elem(x));
  if (ints->size() == 1)
    imputed = n.reshape(imputed, ArrayRef<int64_t>());
  else if (std::optional<int64_t> features = known(n.dim(x, n.rank(x) - 1));
           features && *features != static_cast<int64_t>(ints->size()))
    return n.fail("expected imputed_value_int64s to hold one number or one per feature, but it holds " +
                  llvm::Twine(ints->size()));
  return n.result(
      n.select(n.compare(w::ComparePredicate::eq, x, n.intScalar(n.elem(x), replacedInt)), imputed, x));
}

LogicalResult buildArrayFeatureExtractor(NodeBuilder &n) {
  if (failed(n.checkRank(0, 1)))
    return failure();
  Value x = n.withRank(n.in(0), std::max<int64_t>(n.rank(n.in(0)), 2)), indices = n.in(1);
  indices = n.reshape(indices, n.sizes.product(n.dims(indices)));
  return n.result(n.gather(x, indices, n.rank(x) - 1));
}

LogicalResult buildFeatureVectorizer(NodeBuilder &n) {
  (void)n.intsAttr("inputdimensions");
  SmallVector<Value> parts;
  for (unsigned i = 0; i < n.numInputs(); ++i) {
    if (failed(n.checkRank(i, 1, 2)))
      return failure();
    parts.push_back(n.withRank(n.cast(n.in(i), n.b.getF32Type()), 2));
    if (!parts.back())
      return failure();
  }
  return n.result(n.concat(parts, 1));
}

LogicalResult buildOneHotEncoder(NodeBuilder &n) {
  Value x = n.in(0), categories;
  if (std::optional<SmallVector<std::string>> texts = n.stringsAttr("cats_strings");
      texts && !texts->empty()) {
    if (!isa<w::StringType>(n.elem(x)))
      return n.fail("expected strings for cats_strings, but got " + n.importer.typeText(n.elem(x)));
    categories = n.constant(textList(n, *texts));
  } else {
    SmallVector<int64_t> numbers = n.intsAttr("cats_int64s").value_or(SmallVector<int64_t>());
    if (numbers.empty() || isa<w::StringType>(n.elem(x)))
      return n.fail("expected categories in cats_int64s, or strings in cats_strings, but there are none");
    x = n.cast(x, n.b.getI64Type());
    categories = n.i64Constant(numbers);
  }
  if (!n.flagAttr("zeros", true))
    n.warn("a category that is not in the list gives zeros, where the model asks for an error");
  Value isCategory = n.compare(w::ComparePredicate::eq, n.unsqueeze(x, n.rank(x)), categories);
  return n.result(n.cast(isCategory, n.b.getF32Type()));
}

//===----------------------------------------------------------------------===//
// LabelEncoder
//===----------------------------------------------------------------------===//

/// Numbers of one of the attributes of keys or values: `side` is "keys" or "values". Integers stay exact.
static FailureOr<DenseElementsAttr> tableAttr(NodeBuilder &n, const std::string &side) {
  if (std::optional<SmallVector<std::string>> texts = n.stringsAttr(side + "_strings");
      texts && !texts->empty())
    return textList(n, *texts);
  if (n.hasAttr(side + "_tensor")) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(n.tensorAttr(side + "_tensor"));
    if (!dense || dense.getType().getRank() != 1 ||
        !(dense.getElementType().isIntOrFloat() || isa<w::StringType>(dense.getElementType())))
      return n.fail("expected " + side + "_tensor to be a list of numbers or strings");
    return dense;
  }
  if (std::optional<SmallVector<int64_t>> ints = n.intsAttr(side + "_int64s"); ints && !ints->empty())
    return DenseElementsAttr::get(RankedTensorType::get(static_cast<int64_t>(ints->size()), n.b.getI64Type()),
                                  ArrayRef<int64_t>(*ints));
  if (std::optional<SmallVector<double>> floats = n.floatsAttr(side + "_floats");
      floats && !floats->empty()) {
    SmallVector<float> narrow(floats->begin(), floats->end());
    return DenseElementsAttr::get(
        RankedTensorType::get(static_cast<int64_t>(narrow.size()), n.b.getF32Type()),
        ArrayRef<float>(narrow));
  }
  return n.fail("expected " + side + " as integers, real numbers, strings or a tensor, but there are none");
}

/// Elements of a list as a constant.
static Value makeTable(NodeBuilder &n, Type element, ArrayRef<Attribute> values) {
  auto type = RankedTensorType::get(static_cast<int64_t>(values.size()), element);
  if (!isa<w::StringType>(element))
    return n.constant(DenseElementsAttr::get(type, values));
  SmallVector<StringRef> texts;
  for (Attribute value : values)
    texts.push_back(cast<StringAttr>(value).getValue());
  return n.constant(DenseStringElementsAttr::get(type, texts));
}

/// For each element the value of the first key that equals it, else `missing`. Keys are compared one by one:
/// texts have no order that a program knows.
static LogicalResult lookUpTexts(NodeBuilder &n, Value keys, Value values, Value missing) {
  Value x = n.in(0);
  int64_t axis = n.rank(x);
  Value matches = n.cast(n.compare(w::ComparePredicate::eq, n.unsqueeze(x, axis), keys), n.b.getI32Type());
  Value first = n.make<w::ArgReduceOp>(
      matches, {n.choice<w::ArgKindAttr>("kind", w::ArgKind::max), n.i64("axis", axis)});
  Value found = n.cast(n.reduce(w::ReduceKind::max, matches, {axis}, /*keep=*/false), n.b.getI1Type());
  return n.result(n.select(found, n.gather(values, n.squeeze(first, axis), 0), missing));
}

/// Texts to numbers or back, by two lists of one length.
static LogicalResult buildPairs(NodeBuilder &n, ArrayRef<std::string> texts, ArrayRef<int64_t> numbers) {
  if (texts.empty() || texts.size() != numbers.size())
    return n.fail("expected as many strings as integers, but got " + llvm::Twine(texts.size()) + " and " +
                  llvm::Twine(numbers.size()));
  Type i64 = n.b.getI64Type();
  int64_t number = n.intAttr("default_int64", -1);
  std::string text = n.stringAttr("default_string", "_Unused");
  Value list = n.constant(textList(n, texts)), codes = n.i64Constant(numbers);
  if (isa<w::StringType>(n.elem(n.in(0))))
    return lookUpTexts(n, list, codes, n.intScalar(i64, number));
  if (n.elem(n.in(0)) != i64)
    return n.fail("expected strings or int64, but got " + n.importer.typeText(n.elem(n.in(0))));
  return lookUpTexts(n, codes, list, textScalar(n, text));
}

LogicalResult buildCategoryMapper(NodeBuilder &n) {
  return buildPairs(n, n.stringsAttr("cats_strings").value_or(SmallVector<std::string>()),
                    n.intsAttr("cats_int64s").value_or(SmallVector<int64_t>()));
}

/// The first form: a list of classes, whose places are the codes.
LogicalResult buildLabelEncoderOfClasses(NodeBuilder &n) {
  SmallVector<std::string> classes = n.stringsAttr("classes_strings").value_or(SmallVector<std::string>());
  return buildPairs(n, classes, llvm::to_vector(llvm::seq<int64_t>(0, classes.size())));
}

/// The places of distinct keys that are no NaN, in the order of the keys; of equal ones the first counts.
static SmallVector<int64_t> sortKeys(ArrayRef<Attribute> keys, bool isFloat, std::optional<int64_t> &nanAt) {
  SmallVector<int64_t> order;
  for (int64_t i = 0, count = keys.size(); i < count; ++i) {
    if (isFloat && cast<FloatAttr>(keys[i]).getValue().isNaN())
      nanAt = nanAt.value_or(i);
    else
      order.push_back(i);
  }
  auto isLess = [&](int64_t a, int64_t b) {
    return isFloat ? cast<FloatAttr>(keys[a]).getValueAsDouble() < cast<FloatAttr>(keys[b]).getValueAsDouble()
                   : cast<IntegerAttr>(keys[a]).getValue().slt(cast<IntegerAttr>(keys[b]).getValue());
  };
  llvm::stable_sort(order, isLess);
  order.erase(std::unique(order.begin(), order.end(),
                          [&](int64_t a, int64_t b) { return !isLess(a, b) && !isLess(b, a); }),
              order.end());
  return order;
}

/// What stands for keys that are not there; null after an error.
static Value defaultOf(NodeBuilder &n, Type type) {
  if (n.hasAttr("default_tensor"))
    return n.reshape(n.constant(n.tensorAttr("default_tensor")), ArrayRef<int64_t>());
  if (isa<w::StringType>(type))
    return textScalar(n, n.stringAttr("default_string", "_Unused"));
  return isa<FloatType>(type) ? n.scalar(type, n.floatAttr("default_float", -0.0))
                              : n.intScalar(type, n.intAttr("default_int64", -1));
}

/// The entry of the sorted keys that equals x, found by halving: each step is a gather and a comparison.
static Value lookUpSorted(NodeBuilder &n, Value x, Value keys, Value values, int64_t size, Value missing) {
  Type i32 = n.b.getI32Type();
  Value at = n.broadcast(n.withRank(n.intScalar(i32, 0), n.rank(x)), n.dims(x));
  int64_t step = 1;
  while (step * 2 < size)
    step *= 2;
  for (; step >= 1 && size > 1; step /= 2) {
    Value next = n.add(at, n.intScalar(i32, step));
    Value inside = n.compare(w::ComparePredicate::lt, next, n.intScalar(i32, size));
    Value key = n.inRange(n.gather(keys, n.min(next, n.intScalar(i32, size - 1)), 0));
    Value reaches = n.binary<w::AndOp>(inside, n.compare(w::ComparePredicate::le, key, x));
    at = n.select(reaches, next, at);
  }
  Value found = n.compare(w::ComparePredicate::eq, n.inRange(n.gather(keys, at, 0)), x);
  return n.select(found, n.inRange(n.gather(values, at, 0)), missing);
}

LogicalResult buildLabelEncoder(NodeBuilder &n) {
  FailureOr<DenseElementsAttr> keys = tableAttr(n, "keys"), values = tableAttr(n, "values");
  if (failed(keys) || failed(values))
    return failure();
  int64_t count = keys->getNumElements();
  if (count == 0 || values->getNumElements() != count)
    return n.fail("expected as many values as keys, but got " + llvm::Twine(count) + " keys and " +
                  llvm::Twine(values->getNumElements()) + " values");
  Value x = n.in(0);
  if (keys->getElementType() != n.elem(x))
    return n.fail("expected keys of the input's type, but got keys of another");

  Type given = values->getElementType();
  SmallVector<Attribute> keyAttrs(keys->getValues<Attribute>()), valueAttrs(values->getValues<Attribute>());
  Value missing = defaultOf(n, given);
  if (!missing)
    return failure();
  if (isa<w::StringType>(n.elem(x)))
    return lookUpTexts(n, makeTable(n, n.elem(x), keyAttrs), makeTable(n, given, valueAttrs), missing);
  std::optional<int64_t> nanAt;
  SmallVector<int64_t> order = sortKeys(keyAttrs, isa<FloatType>(n.elem(x)), nanAt);
  Value result = n.broadcast(n.withRank(missing, n.rank(x)), n.dims(x));
  if (!order.empty()) {
    SmallVector<Attribute> sortedKeys, sortedValues;
    for (int64_t i : order) {
      sortedKeys.push_back(keyAttrs[i]);
      sortedValues.push_back(valueAttrs[i]);
    }
    Value keyTable = makeTable(n, n.elem(x), sortedKeys), valueTable = makeTable(n, given, sortedValues);
    result = lookUpSorted(n, x, keyTable, valueTable, static_cast<int64_t>(order.size()), missing);
  }
  // NaN equals itself as a key since version 4.
  if (nanAt && n.version >= 4) {
    Value onNan = n.reshape(makeTable(n, given, valueAttrs[*nanAt]), ArrayRef<int64_t>());
    result = n.select(n.make<w::IsNanOp>(x), onNan, result);
  }
  return n.result(result);
}

} // namespace weft::importer
