// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs of `weftc verify`: ONNX test data, .npy files, random numbers.
#include "Samples.h"

#include "dialects/Weft/IR/DimExpr.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "dialects/Weft/IR/WeftTypeSupport.h"
#include "weft/Import/TensorFile.h"
#include "weft/Import/TypeText.h"
#include "weft/Reference/Npy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <random>
#include <unistd.h>

using namespace mlir;
using ::weft::reference::Tensor;

static int fail(const llvm::Twine &message, ExitStatus status = kFailed) {
  llvm::errs() << "weftc verify: " << message << "\n";
  return status;
}

static std::string inputName(func::FuncOp main, unsigned i) {
  auto name = main.getArgAttrOfType<StringAttr>(i, "weft.name");
  return name ? name.str() : "input" + std::to_string(i);
}

/// Whether a tensor fits an input: element type, rank, static dims.
static int checkInput(func::FuncOp main, unsigned i, const Tensor &tensor, llvm::StringRef from) {
  auto type = cast<RankedTensorType>(main.getArgumentTypes()[i]);
  bool fits = tensor.getElementType() == type.getElementType() && tensor.getRank() == type.getRank();
  for (int64_t axis = 0; fits && axis < type.getRank(); ++axis)
    fits = type.isDynamicDim(axis) || type.getDimSize(axis) == tensor.getDim(axis);
  if (fits)
    return kDone;
  return fail(from + ": input '" + inputName(main, i) + "' is " + ::weft::describeType(type) + ", but got " +
              ::weft::describeType(tensor.getType()));
}

/// Reads `prefix_N.pb` for N = 0, 1, ... of `folder`.
static int readNumbered(llvm::StringRef folder, llvm::StringRef prefix, MLIRContext &context,
                        std::vector<Tensor> &tensors) {
  for (unsigned i = 0;; ++i) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, llvm::formatv("{0}_{1}.pb", prefix, i).str());
    if (!llvm::sys::fs::exists(path))
      return kDone;
    std::string error;
    FailureOr<::weft::NamedTensor> named = ::weft::readTensorFile(path, context, error);
    if (failed(named))
      return fail(error);
    FailureOr<Tensor> tensor = Tensor::fromAttribute(named->value);
    if (failed(tensor))
      return fail("'" + path + "' holds a tensor that cannot be read");
    tensors.push_back(std::move(*tensor));
  }
}

static int readDataSet(llvm::StringRef folder, func::FuncOp main, std::vector<Sample> &samples) {
  Sample sample;
  sample.name = folder.str();
  std::vector<Tensor> outputs;
  if (int status = readNumbered(folder, "input", *main.getContext(), sample.inputs))
    return status;
  if (int status = readNumbered(folder, "output", *main.getContext(), outputs))
    return status;
  if (sample.inputs.size() != main.getNumArguments())
    return fail(llvm::formatv("'{0}' holds {1} inputs (input_0.pb and so on), but the model takes {2}",
                              folder, sample.inputs.size(), main.getNumArguments())
                    .str());
  for (auto [i, tensor] : llvm::enumerate(sample.inputs))
    if (int status = checkInput(main, i, tensor, folder))
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
  llvm::sort(sets);
  if (sets.empty())
    sets.push_back(folder.str());
  for (const std::string &set : sets)
    if (int status = readDataSet(set, main, samples))
      return status;
  return kDone;
}

/// Sizes of the symbols of a model's open dims.
using SymbolSizes = llvm::StringMap<int64_t>;

/// What is known of the sizes of symbols: the shapes of given tensors first, then the least that the bounds
/// of `--dim NAME=2..8` allow. A size of 0 would verify nothing: it is taken only where nothing else may be.
static SymbolSizes findSizes(func::FuncOp main, ArrayRef<std::optional<Tensor>> given) {
  SymbolSizes sizes;
  for (auto [tensor, type] : llvm::zip(given, main.getArgumentTypes())) {
    for (int64_t axis = 0; tensor && axis < tensor->getRank(); ++axis) {
      mlir::weft::DimExpr dim = mlir::weft::getDim(cast<RankedTensorType>(type), axis);
      if (!dim.getSymbol().empty())
        sizes.try_emplace(dim.getSymbol(), tensor->getDim(axis));
    }
  }
  if (auto bounds = main->getAttrOfType<DictionaryAttr>("weft.symbols"))
    for (NamedAttribute bound : bounds)
      if (auto range = dyn_cast<ArrayAttr>(bound.getValue()); range && range.size() == 2) {
        int64_t low = cast<IntegerAttr>(range[0]).getInt(), high = cast<IntegerAttr>(range[1]).getInt();
        sizes.try_emplace(bound.getName(), low == 0 && high != 0 ? 1 : low);
      }
  return sizes;
}

/// Open dims are what `sizes` makes of their expressions; symbols that it does not know count as 1.
static SmallVector<int64_t> chooseShape(RankedTensorType type, const SymbolSizes &sizes) {
  SmallVector<int64_t> shape;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    auto sizeOf = [&](StringRef symbol) -> std::optional<int64_t> {
      auto known = sizes.find(symbol);
      return known == sizes.end() ? 1 : known->second;
    };
    std::optional<int64_t> size = mlir::weft::getDim(type, axis).evaluate(sizeOf);
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

/// Normal numbers for floats, small non-negative ones for integers.
static Tensor makeRandom(RankedTensorType type, ArrayRef<int64_t> shape, uint64_t seed) {
  Tensor tensor(type.getElementType(), shape);
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.isFloat())
      tensor.setFloat(i, normal(engine));
    else
      tensor.setInt(i, static_cast<int64_t>(engine() % (tensor.isBool() ? 2 : 4)));
  }
  return tensor;
}

int loadSamples(const CommandLine &command, func::FuncOp main, std::vector<Sample> &samples) {
  for (auto [i, type] : llvm::enumerate(main.getArgumentTypes()))
    if (!isa<RankedTensorType>(type))
      return fail("input '" + inputName(main, i) + "' is no tensor; such models cannot be verified yet");
  if (!command.data.empty())
    return readData(command.data, main, samples);
  Sample sample;
  sample.name = "inputs";
  sample.expected.resize(main.getNumResults());
  std::vector<std::optional<Tensor>> given(main.getNumArguments());
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
    std::string path = text.substr(inputName(main, *best).size() + 1), error;
    if (path.empty())
      return fail("input '" + inputName(main, *best) + "' has no file; say -i NAME=FILE.npy",
                  kWrongCommandLine);
    auto type = cast<RankedTensorType>(main.getArgumentTypes()[*best]);
    FailureOr<Tensor> tensor =
        ::weft::reference::readNpy(main.getContext(), path, type.getElementType(), error);
    if (failed(tensor))
      return fail("cannot read '" + path + "': " + error);
    if (int status = checkInput(main, *best, *tensor, path))
      return status;
    given[*best] = std::move(*tensor);
  }
  SymbolSizes sizes = findSizes(main, given);
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    if (given[i]) {
      sample.inputs.push_back(*given[i]);
      continue;
    }
    auto type = cast<RankedTensorType>(main.getArgumentTypes()[i]);
    SmallVector<int64_t> shape = chooseShape(type, sizes);
    if (!hasMemoryFor(shape))
      return fail("there is no memory for input '" + inputName(main, i) + "', which is " +
                  ::weft::describeType(RankedTensorType::get(shape, type.getElementType())));
    sample.inputs.push_back(makeRandom(type, shape, command.random.value_or(0) + i));
  }
  samples.push_back(std::move(sample));
  return kDone;
}
