// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs of `weftc verify`: ONNX test data, .npy files, random numbers.
#include "Samples.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Import/TensorFile.h"
#include "weft/Reference/Npy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <random>

using namespace mlir;
using ::weft::reference::Tensor;

static int fail(const llvm::Twine &message) {
  llvm::errs() << "weftc verify: " << message << "\n";
  return kFailed;
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
  std::string text;
  llvm::raw_string_ostream os(text);
  os << from << ": input '" << inputName(main, i) << "' is " << type << ", but got " << tensor.getType();
  return fail(text);
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
    return fail(llvm::formatv("'{0}' holds {1} inputs, but the model takes {2}", folder, sample.inputs.size(),
                              main.getNumArguments())
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

static int readData(llvm::StringRef folder, func::FuncOp main, std::vector<Sample> &samples) {
  if (!llvm::sys::fs::is_directory(folder))
    return fail("--data '" + folder + "' is no folder");
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

/// Normal numbers for floats, small non-negative ones for integers; dynamic dims are 1 unless a symbol says
/// otherwise.
static Tensor makeRandom(RankedTensorType type, uint64_t seed) {
  SmallVector<int64_t> shape;
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? 1 : size);
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
      return fail("-i " + text + " names no input of the model");
    std::string path = text.substr(inputName(main, *best).size() + 1), error;
    auto type = cast<RankedTensorType>(main.getArgumentTypes()[*best]);
    FailureOr<Tensor> tensor =
        ::weft::reference::readNpy(main.getContext(), path, type.getElementType(), error);
    if (failed(tensor))
      return fail("cannot read '" + path + "': " + error);
    if (int status = checkInput(main, *best, *tensor, path))
      return status;
    given[*best] = std::move(*tensor);
  }
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    if (given[i]) {
      sample.inputs.push_back(*given[i]);
      continue;
    }
    sample.inputs.push_back(
        makeRandom(cast<RankedTensorType>(main.getArgumentTypes()[i]), command.random.value_or(0) + i));
  }
  samples.push_back(std::move(sample));
  return kDone;
}
