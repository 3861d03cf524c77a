// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes the inputs of a run: from files, folders, or random numbers.

#include "model.h"
#include "output.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>

namespace weft::tool {

namespace {

/// SplitMix64: the same numbers everywhere for one seed.
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// In [-1, 1).
  double real() { return static_cast<double>(next() >> 11) * 0x1p-52 - 1.0; }
};

/// Bits of a float32 rounded to a type of `mantissa` bits and the exponent range of float16 (5 bits) or
/// bfloat16 (8 bits); values lie in [-1, 1), so nothing overflows.
uint16_t halfBits(float value) {
  if (std::fabs(value) < 0x1p-14f)
    return std::signbit(value) ? 0x8000 : 0;
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint32_t rounded = bits + 0xfff + (bits >> 13 & 1);
  return static_cast<uint16_t>((bits >> 16 & 0x8000) | (((rounded & 0x7fffffff) >> 13) - (112u << 10)));
}
uint16_t bfloatBits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <typename T, typename Make> void fillWith(Buffer &data, Make make) {
  for (uint64_t i = 0; i + sizeof(T) <= data.size(); i += sizeof(T)) {
    T value = static_cast<T>(make());
    memcpy(data.data() + i, &value, sizeof(T));
  }
}

/// Floats in [-1, 1); 32- and 64-bit integers and booleans 0 or 1, which are right for masks and most ids;
/// shorter integers and all other types any bits.
void fillRandom(Buffer &data, weft_dtype dtype, uint64_t seed) {
  Random random{seed};
  switch (dtype) {
  case WEFT_FLOAT32:
  case WEFT_COMPLEX64:
    return fillWith<float>(data, [&] { return random.real(); });
  case WEFT_FLOAT64:
  case WEFT_COMPLEX128:
    return fillWith<double>(data, [&] { return random.real(); });
  case WEFT_FLOAT16:
    return fillWith<uint16_t>(data, [&] { return halfBits(static_cast<float>(random.real())); });
  case WEFT_BFLOAT16:
    return fillWith<uint16_t>(data, [&] { return bfloatBits(static_cast<float>(random.real())); });
  case WEFT_INT32:
  case WEFT_UINT32:
    return fillWith<uint32_t>(data, [&] { return random.next() >> 63; });
  case WEFT_INT64:
  case WEFT_UINT64:
    return fillWith<uint64_t>(data, [&] { return random.next() >> 63; });
  case WEFT_BOOL:
    return fillWith<uint8_t>(data, [&] { return random.next() >> 63; });
  case WEFT_FLOAT8E4M3FN:
  case WEFT_FLOAT8E4M3FNUZ:
  case WEFT_FLOAT8E5M2:
  case WEFT_FLOAT8E5M2FNUZ:
  case WEFT_FLOAT8E8M0: // exponents below the NaN codes
    return fillWith<uint8_t>(data, [&] { return random.next() >> 58; });
  default:
    return fillWith<uint8_t>(data, [&] { return random.next() >> 56; });
  }
}

bool exists(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

/// Bytes of the contents, or UINT64_MAX when they do not fit any memory.
uint64_t bytesOf(weft_dtype dtype, const std::vector<int64_t> &dims) {
  constexpr uint64_t tooMuch = uint64_t(1) << 47;
  uint64_t count = 1;
  for (int64_t dim : dims)
    if (dim == 0)
      return 0;
  for (int64_t dim : dims)
    if (__builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count) || count > tooMuch)
      return UINT64_MAX;
  return (count * weft_dtype_bits(dtype) + 7) / 8;
}

weft_tensor_view viewOf(Array &array, weft_dtype dtype) {
  weft_tensor_view view{};
  view.data = array.data.data();
  view.bytes = array.data.size();
  view.dtype = dtype;
  view.rank = static_cast<uint32_t>(array.dims.size());
  view.dims = array.dims.data();
  return view;
}

class Gatherer {
public:
  Gatherer(Model &model, const InputOptions &options, Inputs &out)
      : model(model), options(options), out(out), isGiven(model.signature().input_count, false),
        isShaped(model.signature().input_count, false) {
    const weft_entry_info &entry = model.signature();
    out.views.assign(entry.input_count, weft_value_view{});
    for (size_t i = 0; i < entry.input_count; ++i)
      shapes.emplace_back(entry.inputs[i].rank, -1);
  }

  ExitStatus readGiven() {
    const weft_entry_info &entry = model.signature();
    for (const std::string &argument : options.inputs) {
      std::string file;
      bool hasFile;
      int index = splitArgument(argument, entry.inputs, entry.input_count, file, hasFile);
      if (index < 0)
        return report(BadCommandLine, "The model has no input '" + unknownName(argument) +
                                          "'. Its signature is:\n" + describeSignature(entry));
      const weft_value_info &info = entry.inputs[index];
      if (!hasFile || file.empty())
        return report(BadCommandLine,
                      "Input '" + std::string(info.name) + "' has no file. Say -i NAME=FILE.npy.");
      if (file == "-")
        return report(BadCommandLine,
                      "'-' is no file. For standard input say -i " + std::string(info.name) + "=/dev/stdin.");
      if (isGiven[index])
        return report(BadCommandLine, "Input '" + std::string(info.name) + "' is given twice.");
      isGiven[index] = true;
      if (ExitStatus status = readOne(static_cast<size_t>(index), file))
        return status;
    }
    return Done;
  }

  ExitStatus readShapes() {
    const weft_entry_info &entry = model.signature();
    for (const std::string &argument : options.shapes) {
      std::string text;
      bool hasText;
      int index = splitArgument(argument, entry.inputs, entry.input_count, text, hasText);
      if (index < 0)
        return report(BadCommandLine, "The model has no input '" + unknownName(argument) +
                                          "', which --shape names. Its signature is:\n" +
                                          describeSignature(entry));
      const weft_value_info &info = entry.inputs[index];
      std::vector<int64_t> dims;
      if (!hasText || !parseShape(text, dims))
        return report(BadCommandLine, "'" + (hasText ? text : argument) +
                                          "' is not a shape. Write sizes with x between them: --shape " +
                                          info.name + "=1x3x224x224.");
      if (dims.size() != info.rank)
        return report(BadCommandLine, "--shape gives input '" + std::string(info.name) + "' rank " +
                                          std::to_string(dims.size()) + ", but the model takes " +
                                          describeValue(info) + ".");
      // Entries for several sizes have several signatures.
      for (size_t d = 0; d < dims.size() && !model.isEntryOpen; ++d)
        if (info.dims[d].size >= 0 && info.dims[d].size != dims[d])
          return report(BadCommandLine, "--shape gives input '" + std::string(info.name) + "' the shape " +
                                            describeDims(dims.data(), info.rank) + ", but the model takes " +
                                            describeValue(info) + ".");
      if (isGiven[index])
        return report(BadCommandLine, "Input '" + std::string(info.name) +
                                          "' has a file and a --shape; its file says the shape.");
      if (isShaped[index])
        return report(BadCommandLine, "--shape of input '" + std::string(info.name) + "' is given twice.");
      isShaped[index] = true;
      shapes[index] = dims;
    }
    return Done;
  }

  ExitStatus readDims() {
    for (const std::string &argument : options.dims) {
      // Symbols hold no '=': the last one separates.
      size_t at = argument.rfind('=');
      std::vector<int64_t> sizes;
      if (at == std::string::npos || at == 0 || at + 1 == argument.size() ||
          !parseShape(argument.substr(at + 1), sizes) || sizes.size() != 1)
        return report(BadCommandLine, "'" + argument + "' is not a size of a dim. Say --dim NAME=128.");
      std::string name = argument.substr(0, at);
      for (const auto &[other, size] : given)
        if (other == name)
          return report(BadCommandLine, "--dim " + name + " is given twice.");
      given.emplace_back(name, sizes[0]);
    }
    // Where the inputs decide, the first entry that allows what is known lends its signature.
    for (uint32_t i = 0; model.isEntryOpen && i < model.info.entry_count; ++i)
      if (allowsKnown(model.info.entries[i])) {
        model.entry = i;
        break;
      }
    for (const auto &[name, size] : given)
      if (ExitStatus status = setSymbol(name, size))
        return status;
    return Done;
  }

  /// Finds the entry for the inputs, which are complete.
  ExitStatus settleEntry() {
    weft_status status;
    if (model.isEntryOpen &&
        weft_module_find_entry(model.module.get(), out.views.data(), out.views.size(), &model.entry, &status))
      return report(Failed, status.message);
    model.isEntryOpen = false;
    return Done;
  }

  /// Completes the shapes and fills what is missing.
  ExitStatus fillMissing(uint64_t seed) {
    const weft_entry_info &entry = model.signature();
    if (ExitStatus status = completeShapes())
      return status;
    for (size_t i = 0; i < entry.input_count; ++i) {
      if (isGiven[i])
        continue;
      const weft_value_info &info = entry.inputs[i];
      if (info.kind == WEFT_SEQUENCE || info.item == WEFT_SEQUENCE || info.dtype == WEFT_STRING)
        return report(Failed, "Input '" + std::string(info.name) + "' is " + describeValue(info) +
                                  ", which has no random values. Give it by -i.");
      Array &array = out.arrays.emplace_back();
      array.dims = shapes[i];
      uint64_t bytes = bytesOf(info.dtype, array.dims);
      if (bytes == UINT64_MAX || !array.data.resize(bytes))
        return report(Failed, "There is no memory for input '" + std::string(info.name) + "' of shape " +
                                  describeDims(array.dims.data(), info.rank) + ".");
      fillRandom(array.data, info.dtype, seed * 0x100000001b3u + i);
      out.views[i].kind = WEFT_TENSOR;
      out.views[i].tensor = viewOf(array, info.dtype);
    }
    return Done;
  }

  ExitStatus refuseMissing() {
    const weft_entry_info &entry = model.signature();
    std::string missing;
    for (size_t i = 0; i < entry.input_count; ++i)
      if (!isGiven[i])
        missing += (missing.empty() ? "'" : ", '") + std::string(entry.inputs[i].name) + "'";
    if (missing.empty())
      return Done;
    return report(BadCommandLine, "No value for input " + missing +
                                      ". Give -i NAME=FILE.npy, or --random SEED. The signature is:\n" +
                                      describeSignature(entry));
  }

private:
  /// Whether an entry allows the shapes and sizes that are known so far.
  bool allowsKnown(const weft_entry_info &entry) const {
    for (size_t i = 0; i < entry.input_count; ++i)
      for (uint32_t d = 0; d < entry.inputs[i].rank; ++d)
        if (shapes[i][d] >= 0 && entry.inputs[i].dims[d].size >= 0 &&
            shapes[i][d] != entry.inputs[i].dims[d].size)
          return false;
    for (const auto &[name, size] : given)
      for (size_t i = 0; i < entry.size_count; ++i)
        if (name == entry.sizes[i].name && size != entry.sizes[i].size)
          return false;
    return true;
  }

  /// Sets the dims of inputs to fill whose symbol is `name`.
  ExitStatus setSymbol(const std::string &name, int64_t size) {
    const weft_entry_info &entry = model.signature();
    std::string known;
    bool isFound = false;
    for (size_t i = 0; i < entry.size_count; ++i) {
      if (name == entry.sizes[i].name && size != entry.sizes[i].size)
        return report(BadCommandLine, "No entry is made for " + name + "=" + std::to_string(size) +
                                          ". The entries are: " + listEntries() + ".");
      isFound |= name == entry.sizes[i].name;
    }
    for (size_t i = 0; i < entry.input_count; ++i)
      for (uint32_t d = 0; d < entry.inputs[i].rank; ++d) {
        const char *symbol = entry.inputs[i].dims[d].symbol;
        if (!symbol)
          continue;
        isFound |= name == symbol;
        if (name == symbol && shapes[i][d] < 0)
          shapes[i][d] = size;
        else if (name == symbol && shapes[i][d] != size)
          return report(BadCommandLine, "--dim says " + name + "=" + std::to_string(size) + ", but " +
                                            (isGiven[i] ? "the file" : "--shape") + " of input '" +
                                            entry.inputs[i].name + "' says " + std::to_string(shapes[i][d]) +
                                            ".");
        std::string quoted = std::string("'") + symbol + "'";
        if (known.find(quoted) == std::string::npos)
          known += (known.empty() ? "" : ", ") + quoted;
      }
    if (isFound)
      return Done;
    return report(BadCommandLine,
                  "No input has a dim '" + name + "'. " +
                      (known.empty() ? "All dims are static." : "Symbolic dims are: " + known + "."));
  }

  std::string listEntries() const {
    std::string names;
    for (size_t i = 0; i < model.info.entry_count; ++i)
      names += std::string(i ? ", '" : "'") + model.info.entries[i].name + "'";
    return names;
  }

  ExitStatus readOne(size_t index, const std::string &file) {
    const weft_value_info &info = model.signature().inputs[index];
    weft_value_view &view = out.views[index];
    if (file == "none" && info.kind == WEFT_OPTIONAL) {
      view.kind = WEFT_OPTIONAL;
      view.optional = nullptr;
      return Done;
    }
    // A file of that name is meant where there is one.
    if (file == "none" && !exists(file))
      return report(Failed, "Input '" + std::string(info.name) + "' is not optional: it is " +
                                describeValue(info) + ". Give a file.");
    if (info.kind == WEFT_SEQUENCE || info.item == WEFT_SEQUENCE)
      return readSequence(info, file, view);
    if (isFolder(file))
      return report(Failed, "'" + file + "' is a folder, but input '" + std::string(info.name) +
                                "' is no sequence: it is " + describeValue(info) + ". Give a file.");
    view.kind = WEFT_TENSOR;
    if (ExitStatus status = readTensor(info, file, view.tensor))
      return status;
    shapes[index].assign(view.tensor.dims, view.tensor.dims + view.tensor.rank);
    shapes[index].resize(info.rank, -1); // a wrong rank is the runtime's to report
    return Done;
  }

  ExitStatus readSequence(const weft_value_info &info, const std::string &folder, weft_value_view &view) {
    if (!isFolder(folder))
      return report(Failed, "Input '" + std::string(info.name) + "' is a sequence, but '" + folder +
                                "' is not a folder. Give a folder with 0.npy, 1.npy and so on.");
    std::vector<weft_value_view> &items = out.sequences.emplace_back();
    for (size_t i = 0;; ++i) {
      std::string file = folder + "/" + std::to_string(i) + ".npy";
      if (!exists(file))
        break;
      weft_value_view item{};
      item.kind = WEFT_TENSOR;
      if (ExitStatus status = readTensor(info, file, item.tensor))
        return status;
      items.push_back(item);
    }
    view.kind = WEFT_SEQUENCE;
    view.sequence = {items.size(), items.data()};
    return Done;
  }

  ExitStatus readTensor(const weft_value_info &info, const std::string &file, weft_tensor_view &view) {
    Array &array = out.arrays.emplace_back();
    std::string error;
    if (!readNpy(file, array, error))
      return report(Failed, error);
    weft_dtype dtype = array.dtype;
    if (dtype != info.dtype && !isTypeWithoutNumpy(info.dtype)) {
      if (dtype == WEFT_UNDEFINED)
        return report(Failed, "'" + file + "' holds raw bytes, but input '" + info.name + "' takes " +
                                  weft_dtype_name(info.dtype) + ".");
    } else if (dtype != info.dtype) {
      if (ExitStatus status = reinterpret(info, file, array))
        return status;
      dtype = info.dtype;
    }
    if (dtype == WEFT_STRING) {
      auto &strings = out.strings.emplace_back();
      for (const std::string &text : array.texts)
        strings.push_back({text.data(), text.size()});
      view = viewOf(array, dtype);
      view.data = strings.data();
      view.bytes = strings.size() * sizeof(weft_string_view);
      return Done;
    }
    view = viewOf(array, dtype);
    return Done;
  }

  static bool isTypeWithoutNumpy(weft_dtype dtype) { return dtype >= WEFT_BFLOAT16; }

  /// Bits of a type that numpy does not have: raw bytes of the same width always, unsigned integers by --raw.
  ExitStatus reinterpret(const weft_value_info &info, const std::string &file, Array &array) {
    uint32_t bits = weft_dtype_bits(info.dtype);
    bool isBits = array.dtype == WEFT_UNDEFINED || array.dtype == (bits == 16 ? WEFT_UINT16 : WEFT_UINT8);
    if (!isBits || (bits >= 8 && array.itemBytes * 8 != bits) ||
        (array.dtype != WEFT_UNDEFINED && !options.isRaw))
      return report(Failed,
                    "'" + file + "' holds " + weft_dtype_name(array.dtype) + ", but input '" + info.name +
                        "' takes " + weft_dtype_name(info.dtype) +
                        ", which numpy does not have. Give its bits as unsigned integers and add --raw.");
    if (bits < 8)
      return pack(info, array, bits);
    return Done;
  }

  /// One sub-byte element per byte in the file; packed, low bits first, for the model.
  ExitStatus pack(const weft_value_info &info, Array &array, uint32_t bits) {
    Buffer packed;
    uint64_t count = array.data.size() / array.itemBytes, perByte = 8 / bits;
    if (array.itemBytes != 1 || !packed.resize((count + perByte - 1) / perByte))
      return report(Failed, "Input '" + std::string(info.name) + "' takes one byte per element in the file.");
    for (uint64_t i = 0; i < count; ++i) {
      unsigned value = array.data.data()[i] & ((1u << bits) - 1);
      packed.data()[i / perByte] =
          static_cast<uint8_t>(packed.data()[i / perByte] | value << (i % perByte * bits));
    }
    array.data = std::move(packed);
    return Done;
  }

  static bool parseShape(const std::string &text, std::vector<int64_t> &dims) {
    if (text.empty() || text == "scalar")
      return true;
    int64_t value = 0;
    bool hasDigit = false;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] >= '0' && text[i] <= '9') {
        hasDigit = true;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[i] - '0', &value))
          return false;
      } else if ((i == text.size() || text[i] == 'x') && hasDigit) {
        dims.push_back(value);
        value = 0;
        hasDigit = false;
      } else {
        return false;
      }
    }
    return true;
  }

  /// Sizes that nothing determines become 1, or their lower bound; symbols before expressions, which may
  /// follow from them.
  ExitStatus completeShapes() {
    const weft_entry_info &entry = model.signature();
    std::vector<int64_t *> pointers;
    for (std::vector<int64_t> &shape : shapes)
      pointers.push_back(shape.data());
    std::string chosen;
    for (bool isExpressionTurn : {false, true}) {
      for (size_t i = 0; i < entry.input_count; ++i)
        for (uint32_t d = 0; d < entry.inputs[i].rank; ++d) {
          weft_status status;
          if (weft_module_complete_dims(model.module.get(), model.entry, pointers.data(), &status))
            return report(Failed, status.message);
          const weft_dim_info &dim = entry.inputs[i].dims[d];
          bool isExpression = dim.symbol && strpbrk(dim.symbol, " +-*(");
          if (shapes[i][d] >= 0 || (isExpression && !isExpressionTurn))
            continue;
          shapes[i][d] = dim.min > 1 ? dim.min : 1;
          std::string name = dim.symbol ? dim.symbol : entry.inputs[i].name + (" dim " + std::to_string(d));
          chosen += (chosen.empty() ? "" : ", ") + name + " = " + std::to_string(shapes[i][d]);
        }
    }
    if (!chosen.empty())
      fprintf(stderr, "weft: note: sizes that were not given: %s. Set them by --dim or --shape.\n",
              chosen.c_str());
    return Done;
  }

  Model &model;
  const InputOptions &options;
  Inputs &out;
  std::vector<bool> isGiven, isShaped; // by -i, by --shape
  std::vector<std::vector<int64_t>> shapes;
  std::vector<std::pair<std::string, int64_t>> given; // --dim
};

} // namespace

bool isInput(const InputOptions &options, const weft_entry_info &entry, const std::string &path) {
  for (const std::string &argument : options.inputs) {
    std::string file;
    bool hasFile;
    if (splitArgument(argument, entry.inputs, entry.input_count, file, hasFile) >= 0 &&
        isSameFile(file, path))
      return true;
  }
  return false;
}

ExitStatus gatherInputs(Model &model, const InputOptions &options, bool isFilling, Inputs &out) {
  Gatherer gatherer(model, options, out);
  if (ExitStatus status = gatherer.readGiven())
    return status;
  if (ExitStatus status = gatherer.readShapes())
    return status;
  if (ExitStatus status = gatherer.readDims())
    return status;
  bool isFilled = options.random || isFilling;
  if (ExitStatus status =
          isFilled ? gatherer.fillMissing(options.random.value_or(0)) : gatherer.refuseMissing())
    return status;
  return gatherer.settleEntry();
}

} // namespace weft::tool
