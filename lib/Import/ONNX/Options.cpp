// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the import options that users type: shapes, dims, bound inputs.
#include "weft/Import/ONNX.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace weft {

using namespace mlir;

/// Splits NAME=VALUE at the last `=`.
static LogicalResult splitOption(StringRef text, StringRef form, StringRef &name, StringRef &value,
                                 std::string &error) {
  size_t at = text.rfind('=');
  if (at == StringRef::npos || at == 0) {
    error = ("expected " + form + ", but got '" + text + "'").str();
    return failure();
  }
  name = text.take_front(at);
  value = text.drop_front(at + 1);
  return success();
}

static bool isIdentifier(StringRef text) {
  return !text.empty() && (llvm::isAlpha(text[0]) || text[0] == '_') &&
         llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

LogicalResult addShapeOption(ImportOptions &options, StringRef text, std::string &error) {
  StringRef name, value;
  if (failed(splitOption(text, "NAME=1x3x224x224", name, value, error)))
    return failure();
  std::vector<DimSpec> dims;
  // Commas separate where there are any: a symbol may hold an x (`axis,64`).
  SmallVector<StringRef> items;
  if (!value.empty())
    value.split(items, value.contains(',') ? ',' : 'x');
  for (StringRef item : items) {
    DimSpec dim;
    int64_t size = 0;
    if (item == "?") {
    } else if (!item.getAsInteger(10, size)) {
      if (size < 0) {
        error = ("expected a size of at least 0 in --shape, but got '" + item + "'").str();
        return failure();
      }
      dim.size = size;
    } else if (isIdentifier(item)) {
      dim.symbol = item.str();
    } else {
      error = ("expected a size, a symbol or ? in --shape " + text + ", but got '" + item +
               "' (symbols that hold an x: separate dims by commas)")
                  .str();
      return failure();
    }
    dims.push_back(std::move(dim));
  }
  if (!options.shapes.try_emplace(name.str(), std::move(dims)).second) {
    error = ("expected one --shape for " + name + ", but got several").str();
    return failure();
  }
  return success();
}

/// Of two sizes neither is known to be the one that was meant.
static LogicalResult checkFirstDim(const ImportOptions &options, StringRef name, std::string &error) {
  if (!options.dimBuckets.count(name.str()) && !options.fixedDims.count(name.str()) &&
      !options.dimBounds.count(name.str()))
    return success();
  error = ("expected one --dim for " + name + ", but got several").str();
  return failure();
}

/// `1,4,16`: sizes that each get an entry point.
static LogicalResult addBuckets(ImportOptions &options, StringRef name, StringRef value, std::string &error) {
  std::vector<int64_t> sizes;
  SmallVector<StringRef> items;
  value.split(items, ',');
  for (StringRef item : items) {
    int64_t size = 0;
    if (item.getAsInteger(10, size) || size < 0) {
      error =
          ("expected sizes of at least 0 in --dim " + name + "=" + value + ", but got '" + item + "'").str();
      return failure();
    }
    if (llvm::is_contained(sizes, size)) {
      error =
          ("expected different sizes in --dim " + name + "=" + value + ", but got " + item + " twice").str();
      return failure();
    }
    sizes.push_back(size);
  }
  if (failed(checkFirstDim(options, name, error)))
    return failure();
  int64_t count = static_cast<int64_t>(sizes.size());
  for (const auto &[other, otherSizes] : options.dimBuckets)
    count *= static_cast<int64_t>(otherSizes.size());
  if (count > maxBuckets) {
    error = ("expected at most " + llvm::Twine(maxBuckets) + " combinations of the sizes in --dim, but got " +
             llvm::Twine(count) + ": each is compiled on its own")
                .str();
    return failure();
  }
  options.dimBuckets[name.str()] = std::move(sizes);
  return success();
}

LogicalResult addDimOption(ImportOptions &options, StringRef text, std::string &error) {
  StringRef name, value;
  if (failed(splitOption(text, "NAME=128, NAME=1,4,16 or NAME=1..512", name, value, error)))
    return failure();
  if (value.contains(','))
    return addBuckets(options, name, value, error);
  auto [first, last] = value.split("..");
  int64_t lo = 0, hi = 0;
  bool bounded = value.contains("..");
  if (first.getAsInteger(10, lo) || (bounded && last.getAsInteger(10, hi)) || lo < 0 ||
      (bounded && hi < lo)) {
    error =
        ("expected a size, a list such as 1,4,16 or a range such as 1..512 in --dim, but got '" + value + "'")
            .str();
    return failure();
  }
  if (failed(checkFirstDim(options, name, error)))
    return failure();
  if (bounded)
    options.dimBounds[name.str()] = {lo, hi};
  else
    options.fixedDims[name.str()] = lo;
  return success();
}

LogicalResult addBindOption(ImportOptions &options, StringRef text, std::string &error) {
  StringRef name, value;
  if (failed(splitOption(text, "NAME=VALUE", name, value, error)))
    return failure();
  std::vector<std::string> numbers;
  SmallVector<StringRef> items;
  value.split(items, ',');
  for (StringRef item : items) {
    double number;
    if (item != "true" && item != "false" && item.getAsDouble(number)) {
      error = ("expected a number, true or false in --bind, but got '" + item + "'").str();
      return failure();
    }
    numbers.push_back(item.str());
  }
  if (!options.bindings.try_emplace(name.str(), std::move(numbers)).second) {
    error = ("expected one --bind for " + name + ", but got several").str();
    return failure();
  }
  return success();
}

} // namespace weft
