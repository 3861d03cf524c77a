// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs of `weftc verify`: ONNX test data, .npy files, random numbers.
#include "Samples.h"

#include "dialects/Weft/IR/DimExpr.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "dialects/Weft/IR/WeftTypeSupport.h"
#include "weft/Artifact/Recognize.h"
#include "weft/Import/TensorFile.h"
#include "weft/Import/TypeText.h"
#include "weft/Reference/Npy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <array>
#include <random>
#include <unistd.h>

using namespace mlir;
using ::weft::reference::Tensor;
using RunValue = ::weft::reference::Value;

static int fail(const llvm::Twine &message, ExitStatus status = kFailed) {
  llvm::errs() << "weftc verify: " << message << "\n";
  return status;
}

static std::string inputName(func::FuncOp main, unsigned i) {
  auto name = main.getArgAttrOfType<StringAttr>(i, "weft.name");
  return name ? name.str() : "input" + std::to_string(i);
}

/// Whether a tensor fits a type: element type, rank, static dims.
static bool fits(Type type, const Tensor &tensor) {
  auto wanted = cast<TensorType>(type);
  bool isFit = tensor.getElementType() == wanted.getElementType() &&
               (!wanted.hasRank() || tensor.getRank() == wanted.getRank());
  for (int64_t axis = 0; isFit && wanted.hasRank() && axis < wanted.getRank(); ++axis)
    isFit = wanted.isDynamicDim(axis) || wanted.getDimSize(axis) == tensor.getDim(axis);
  return isFit;
}

/// Whether a value, with all tensors in it, fits an input.
static int checkInput(func::FuncOp main, unsigned i, const RunValue &value, llvm::StringRef from) {
  Type type = main.getArgumentTypes()[i];
  auto reject = [&](Type wanted, const Tensor &tensor) {
    return fail(from + ": input '" + inputName(main, i) + "' is " + ::weft::describeType(wanted) +
                ", but got " + ::weft::describeType(tensor.getType()));
  };
  const RunValue *inner = &value;
  if (auto optional = dyn_cast<mlir::weft::OptType>(type)) {
    if (!value.hasValue())
      return kDone;
    type = optional.getElement();
    inner = &value.getOptional();
  }
  if (inner->isTensor())
    return fits(type, inner->getTensor()) ? kDone : reject(type, inner->getTensor());
  Type element = cast<mlir::weft::SeqType>(type).getElement();
  for (const RunValue &item : inner->getElements())
    if (!fits(element, item.getTensor()))
      return reject(element, item.getTensor());
  return kDone;
}

/// Tensors as the sequence or optional that a type says.
static RunValue makeList(Type type, std::optional<std::vector<RunValue>> items) {
  auto optional = dyn_cast<mlir::weft::OptType>(type);
  if (!optional)
    return RunValue::sequence(std::move(*items), type);
  if (!items)
    return RunValue::optional(type);
  Type inner = optional.getElement();
  return RunValue::optional(
      isa<TensorType>(inner) ? items->front() : RunValue::sequence(std::move(*items), inner), type);
}

/// Reads `prefix_N.pb` for N = 0, 1, ... of `folder`, of these types.
static int readNumbered(llvm::StringRef folder, llvm::StringRef prefix, ArrayRef<Type> types,
                        std::vector<RunValue> &values) {
  for (unsigned i = 0;; ++i) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, llvm::formatv("{0}_{1}.pb", prefix, i).str());
    if (!llvm::sys::fs::exists(path) || i >= types.size())
      return kDone;
    MLIRContext &context = *types[i].getContext();
    std::string error;
    ::weft::TensorList list;
    if (isa<RankedTensorType>(types[i])) {
      FailureOr<::weft::NamedTensor> named = ::weft::readTensorFile(path, context, error);
      if (failed(named))
        return fail(error);
      list.emplace({named->value});
    } else {
      FailureOr<::weft::TensorList> read =
          ::weft::readListFile(path, isa<mlir::weft::OptType>(types[i]), context, error);
      if (failed(read))
        return fail(error);
      list = std::move(*read);
    }
    std::optional<std::vector<RunValue>> items;
    if (list)
      items.emplace();
    for (size_t k = 0; list && k < list->size(); ++k) {
      FailureOr<Tensor> tensor = Tensor::fromAttribute((*list)[k]);
      if (failed(tensor))
        return fail("'" + path + "' holds a tensor that cannot be read");
      items->push_back(std::move(*tensor));
    }
    values.push_back(isa<RankedTensorType>(types[i]) ? items->front() : makeList(types[i], std::move(items)));
  }
}

static int readDataSet(llvm::StringRef folder, func::FuncOp main, std::vector<Sample> &samples) {
  Sample sample;
  sample.name = folder.str();
  std::vector<RunValue> outputs;
  if (int status = readNumbered(folder, "input", main.getArgumentTypes(), sample.inputs))
    return status;
  if (int status = readNumbered(folder, "output", main.getResultTypes(), outputs))
    return status;
  if (sample.inputs.size() != main.getNumArguments())
    return fail(llvm::formatv("'{0}' holds {1} inputs (input_0.pb and so on), but the model takes {2}",
                              folder, sample.inputs.size(), main.getNumArguments())
                    .str());
  for (auto [i, value] : llvm::enumerate(sample.inputs))
    if (int status = checkInput(main, i, value, folder))
      return status;
  sample.expected.resize(main.getNumResults());
  for (size_t i = 0; i < outputs.size() && i < sample.expected.size(); ++i)
    sample.expected[i] = outputs[i];
  samples.push_back(std::move(sample));
  return kDone;
}

/// "'image', 'mask'"
static std::string listInputs(func::FuncOp main) {
  std::string names;
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    names += (i ? ", '" : "'") + inputName(main, i) + "'";
  return names.empty() ? "none" : names;
}

static int readData(llvm::StringRef folder, func::FuncOp main, std::vector<Sample> &samples) {
  if (!llvm::sys::fs::is_directory(folder))
    return fail("--data '" + folder + "' is no folder", kWrongCommandLine);
  std::vector<std::string> sets;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error))
    if (llvm::sys::path::filename(it->path()).starts_with("test_data_set_"))
      sets.push_back(it->path());
  if (error)
    return fail("cannot read the folder '" + folder + "': " + error.message());
  llvm::sort(sets);
  if (sets.empty())
    sets.push_back(folder.str());
  for (const std::string &set : sets)
    if (int status = readDataSet(set, main, samples))
      return status;
  return kDone;
}

namespace {

/// Sizes of the symbols of a model's open dims.
struct SymbolSizes {
  llvm::StringMap<int64_t> known;
  llvm::StringSet<> isSettled; ///< the symbols that have no other size, or are in `chosen`
  std::string chosen;          ///< what nobody gave: "batch = 1, seq = 2"

  void choose(const llvm::Twine &name, int64_t size) {
    chosen += (chosen.empty() ? "" : ", ") + name.str() + " = " + std::to_string(size);
  }
};

} // namespace

/// What is known of the sizes of symbols: the shapes of given tensors first, then the least that the bounds
/// of `--dim NAME=2..8` allow. A size of 0 would verify nothing: it is taken only where nothing else may be.
static SymbolSizes findSizes(func::FuncOp main, ArrayRef<std::optional<RunValue>> given) {
  SymbolSizes sizes;
  for (auto [value, type] : llvm::zip(given, main.getArgumentTypes())) {
    if (!value || !value->isTensor())
      continue;
    for (int64_t axis = 0; axis < value->getTensor().getRank(); ++axis) {
      mlir::weft::DimExpr dim = mlir::weft::getDim(cast<RankedTensorType>(type), axis);
      if (!dim.getSymbol().empty()) {
        sizes.known.try_emplace(dim.getSymbol(), value->getTensor().getDim(axis));
        sizes.isSettled.insert(dim.getSymbol());
      }
    }
  }
  if (auto bounds = main->getAttrOfType<DictionaryAttr>("weft.symbols"))
    for (NamedAttribute bound : bounds)
      if (auto range = dyn_cast<ArrayAttr>(bound.getValue()); range && range.size() == 2) {
        int64_t low = cast<IntegerAttr>(range[0]).getInt(), high = cast<IntegerAttr>(range[1]).getInt();
        sizes.known.try_emplace(bound.getName(), low == 0 && high != 0 ? 1 : low);
        if (low == high)
          sizes.isSettled.insert(bound.getName());
      }
  return sizes;
}

/// Open dims of input `name` are what `sizes` makes of their expressions; symbols that it does not know count
/// as 1. Notes in `sizes` what was not given.
static SmallVector<int64_t> chooseShape(RankedTensorType type, const std::string &name, SymbolSizes &sizes) {
  SmallVector<int64_t> shape;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    auto sizeOf = [&](StringRef symbol) -> std::optional<int64_t> {
      int64_t size = sizes.known.try_emplace(symbol, 1).first->second;
      if (sizes.isSettled.insert(symbol).second)
        sizes.choose(symbol, size);
      return size;
    };
    std::optional<int64_t> size = mlir::weft::getDim(type, axis).evaluate(sizeOf);
    if (!size)
      sizes.choose(name + " dim " + llvm::Twine(axis), 1);
    shape.push_back(std::max<int64_t>(size.value_or(1), 0));
  }
  return shape;
}

/// Whether memory holds numbers of this shape: the system may promise more than there is, and end the program
/// when it is used.
static bool hasMemoryFor(ArrayRef<int64_t> shape) {
  int64_t bytes = sizeof(double);
  if (llvm::is_contained(shape, 0))
    return true;
  for (int64_t dim : shape)
    if (llvm::MulOverflow(bytes, dim, bytes))
      return false;
  return bytes / ::sysconf(_SC_PAGESIZE) <= ::sysconf(_SC_PHYS_PAGES);
}

/// Normal numbers for floats, small non-negative ones for integers, short texts of which some are equal.
static Tensor makeRandom(RankedTensorType type, ArrayRef<int64_t> shape, uint64_t seed) {
  Tensor tensor(type.getElementType(), shape);
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  constexpr std::array kTexts = {"a", "b", "c", "cat", "Cat", "two words", "1", "\u00e9t\u00e9"};
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.isString())
      tensor.setString(i, kTexts[engine() % kTexts.size()]);
    else if (tensor.isComplex())
      tensor.setComplex(i, {normal(engine), normal(engine)});
    else if (tensor.isFloat())
      tensor.setFloat(i, normal(engine));
    else
      tensor.setInt(i, static_cast<int64_t>(engine() % (tensor.isBool() ? 2 : 4)));
  }
  return tensor;
}

/// The same for sequences, which get two elements, and optionals, which are present. Dims of their elements
/// have no names: they count as 2.
static RunValue makeRandomValue(Type type, uint64_t seed) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return makeRandom(tensor, tensor.getShape(), seed);
  if (auto tensor = dyn_cast<UnrankedTensorType>(type))
    return makeRandom(RankedTensorType::get({2}, tensor.getElementType()), {2}, seed);
  Type element = isa<mlir::weft::SeqType>(type) ? cast<mlir::weft::SeqType>(type).getElement()
                                                : cast<mlir::weft::OptType>(type).getElement();
  if (auto tensor = dyn_cast<RankedTensorType>(element)) {
    SmallVector<int64_t> shape(tensor.getShape());
    std::replace(shape.begin(), shape.end(), ShapedType::kDynamic, int64_t(2));
    element = RankedTensorType::get(shape, tensor.getElementType());
  }
  if (isa<mlir::weft::OptType>(type))
    return RunValue::optional(makeRandomValue(element, seed), type);
  constexpr uint64_t kApart = 1000;
  return RunValue::sequence({makeRandomValue(element, seed), makeRandomValue(element, seed + kApart)}, type);
}

/// The tensor of a .npy file, of an element type; nullopt after a report.
static std::optional<Tensor> readFile(const std::string &path, Type type) {
  if (!llvm::sys::fs::is_directory(path) && !::weft::hasEnd(path)) {
    (void)fail("cannot read '" + path + "': expected a file or a pipe");
    return std::nullopt;
  }
  std::string error;
  FailureOr<Tensor> tensor =
      ::weft::reference::readNpy(type.getContext(), path, cast<TensorType>(type).getElementType(), error);
  if (succeeded(tensor))
    return *tensor;
  (void)fail("cannot read '" + path + "': " + error);
  return std::nullopt;
}

/// What `-i NAME=PATH` gives: a file, a folder of 0.npy, 1.npy .. for a sequence, "none" for an absent
/// optional; nullopt after a report.
static std::optional<RunValue> readInput(Type type, const std::string &path) {
  if (auto optional = dyn_cast<mlir::weft::OptType>(type)) {
    if (path == "none")
      return RunValue::optional(type);
    std::optional<RunValue> inner = readInput(optional.getElement(), path);
    return inner ? std::optional<RunValue>(RunValue::optional(std::move(*inner), type)) : std::nullopt;
  }
  auto sequence = dyn_cast<mlir::weft::SeqType>(type);
  if (!sequence) {
    std::optional<Tensor> tensor = readFile(path, type);
    return tensor ? std::optional<RunValue>(std::move(*tensor)) : std::nullopt;
  }
  if (!llvm::sys::fs::is_directory(path)) {
    (void)fail("expected a folder of 0.npy, 1.npy .. for a sequence, but got '" + path + "'");
    return std::nullopt;
  }
  std::vector<RunValue> items;
  for (unsigned i = 0;; ++i) {
    llvm::SmallString<128> file(path);
    llvm::sys::path::append(file, std::to_string(i) + ".npy");
    if (!llvm::sys::fs::exists(file))
      return RunValue::sequence(std::move(items), type);
    std::optional<Tensor> tensor = readFile(file.str().str(), sequence.getElement());
    if (!tensor)
      return std::nullopt;
    items.push_back(std::move(*tensor));
  }
}

int loadSamples(const CommandLine &command, func::FuncOp main, std::vector<Sample> &samples) {
  if (!command.data.empty())
    return readData(command.data, main, samples);
  Sample sample;
  sample.name = "inputs";
  sample.expected.resize(main.getNumResults());
  std::vector<std::optional<RunValue>> given(main.getNumArguments());
  for (const std::string &text : command.inputs) {
    // Names may hold '=': the longest known name that the text starts with is meant.
    std::optional<unsigned> best;
    for (unsigned i = 0; i < main.getNumArguments(); ++i)
      if (llvm::StringRef(text).starts_with(inputName(main, i) + "=") &&
          (!best || inputName(main, *best).size() < inputName(main, i).size()))
        best = i;
    if (!best)
      return fail("expected -i NAME=FILE.npy of an input of the model (" + listInputs(main) + "), but got '" +
                      text + "'",
                  kWrongCommandLine);
    if (given[*best])
      return fail("input '" + inputName(main, *best) + "' is given twice", kWrongCommandLine);
    std::string path = text.substr(inputName(main, *best).size() + 1);
    if (path.empty())
      return fail("input '" + inputName(main, *best) + "' has no file; say -i NAME=FILE.npy",
                  kWrongCommandLine);
    std::optional<RunValue> value = readInput(main.getArgumentTypes()[*best], path);
    if (!value)
      return kFailed;
    if (int status = checkInput(main, *best, *value, path))
      return status;
    given[*best] = std::move(value);
  }
  SymbolSizes sizes = findSizes(main, given);
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    if (given[i]) {
      sample.inputs.push_back(*given[i]);
      continue;
    }
    Type type = main.getArgumentTypes()[i];
    if (auto tensor = dyn_cast<RankedTensorType>(type)) {
      SmallVector<int64_t> shape = chooseShape(tensor, inputName(main, i), sizes);
      type = RankedTensorType::get(shape, tensor.getElementType());
      if (!hasMemoryFor(shape))
        return fail("there is no memory for input '" + inputName(main, i) + "', which is " +
                    ::weft::describeType(type));
    }
    sample.inputs.push_back(makeRandomValue(type, command.random.value_or(0) + i));
  }
  sample.chosenSizes = std::move(sizes.chosen);
  samples.push_back(std::move(sample));
  return kDone;
}
