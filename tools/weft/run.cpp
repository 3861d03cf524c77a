// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weft run`: inputs from files, one or more runs, outputs to files or summaries.

#include "model.h"
#include "output.h"

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::tool {

namespace {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// What becomes of one output.
struct Destination {
  bool isWanted = false;
  std::string file; // empty: a summary
};

ExitStatus parseOutputs(const RunOptions &options, const weft_entry_info &entry,
                        std::vector<Destination> &out) {
  out.assign(entry.output_count, Destination());
  for (const std::string &argument : options.outputs) {
    std::string file;
    bool hasFile;
    int index = splitArgument(argument, entry.outputs, entry.output_count, file, hasFile);
    if (index < 0)
      return report(BadCommandLine, "The model has no output '" + unknownName(argument) +
                                        "'. Its signature is:\n" + describeSignature(entry));
    const weft_value_info &info = entry.outputs[index];
    if (hasFile && file.empty())
      return report(BadCommandLine,
                    "Output '" + std::string(info.name) + "' has no file. Say -o NAME=FILE.npy, or -o NAME.");
    if (file == "-")
      return report(BadCommandLine,
                    "'-' is no file. For standard output say -o " + std::string(info.name) + "=/dev/stdout.");
    bool isSequence = info.kind == WEFT_SEQUENCE || info.item == WEFT_SEQUENCE;
    if (hasFile && !isSequence && isFolder(file))
      return report(BadCommandLine, "'" + file + "' is a folder. Say -o " + info.name + "=FILE.npy.");
    if (hasFile && isSameFile(file, options.open.artifact))
      return report(BadCommandLine, "'" + file + "' is the compiled model. Name another file for output '" +
                                        info.name + "'.");
    std::string error;
    if (hasFile && !hasFolder(file, error))
      return report(Failed, error);
    if (out[index].isWanted)
      return report(BadCommandLine, "Output '" + std::string(info.name) + "' is given twice.");
    for (const Destination &other : out)
      if (hasFile && !other.file.empty() && isSameTarget(other.file, file))
        return report(BadCommandLine, "'" + file + "' is given for two outputs.");
    bool isBits = info.dtype >= WEFT_BFLOAT16;
    if (hasFile && isBits && !options.in.isRaw)
      return report(Failed,
                    "Output '" + std::string(info.name) + "' has elements of type " +
                        weft_dtype_name(info.dtype) +
                        ", which numpy does not have. Add --raw to write their bits as unsigned integers.");
    out[index].isWanted = true;
    out[index].file = file;
  }
  for (Destination &destination : out)
    destination.isWanted |= options.outputs.empty();
  return Done;
}

float halfToFloat(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16, exponent = bits >> 10 & 0x1f,
           mantissa = bits & 0x3ff;
  float magnitude;
  if (exponent == 0) {
    magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  } else {
    uint32_t word = exponent == 31 ? 0x7f800000 | mantissa << 13 : (exponent + 112) << 23 | mantissa << 13;
    memcpy(&magnitude, &word, 4);
  }
  return sign ? -magnitude : magnitude;
}

template <typename T> double load(const void *data, uint64_t i) {
  T value;
  memcpy(&value, static_cast<const char *>(data) + i * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

/// Element `i` as a number; false for types without a plain one.
bool elementAt(const weft_tensor_view &tensor, uint64_t i, double &out) {
  const void *data = tensor.data;
  switch (tensor.dtype) {
  case WEFT_FLOAT32:
    return out = load<float>(data, i), true;
  case WEFT_FLOAT64:
    return out = load<double>(data, i), true;
  case WEFT_UINT8:
  case WEFT_BOOL:
    return out = load<uint8_t>(data, i), true;
  case WEFT_INT8:
    return out = load<int8_t>(data, i), true;
  case WEFT_UINT16:
    return out = load<uint16_t>(data, i), true;
  case WEFT_INT16:
    return out = load<int16_t>(data, i), true;
  case WEFT_INT32:
    return out = load<int32_t>(data, i), true;
  case WEFT_UINT32:
    return out = load<uint32_t>(data, i), true;
  case WEFT_INT64:
    return out = load<int64_t>(data, i), true;
  case WEFT_UINT64:
    return out = load<uint64_t>(data, i), true;
  case WEFT_FLOAT16: {
    uint16_t bits;
    memcpy(&bits, static_cast<const char *>(data) + 2 * i, 2);
    return out = halfToFloat(bits), true;
  }
  case WEFT_BFLOAT16: {
    uint16_t bits;
    memcpy(&bits, static_cast<const char *>(data) + 2 * i, 2);
    uint32_t word = static_cast<uint32_t>(bits) << 16;
    float value;
    memcpy(&value, &word, 4);
    return out = value, true;
  }
  default:
    return false;
  }
}

uint64_t countOf(const weft_tensor_view &tensor) {
  uint64_t count = 1;
  for (uint32_t d = 0; d < tensor.rank; ++d)
    count *= static_cast<uint64_t>(tensor.dims[d]);
  return count;
}

/// The first strings, quoted; what is no printable ASCII as its code behind a backslash.
void printTexts(const weft_string_view *texts, uint64_t count) {
  constexpr uint64_t shown = 8;
  printf("\n  [");
  for (uint64_t i = 0; i < count && i < shown; ++i) {
    printf(i ? ", '" : "'");
    for (size_t k = 0; k < texts[i].bytes; ++k) {
      auto byte = static_cast<unsigned char>(texts[i].data[k]);
      printf(byte < 32 || byte == 127 ? "\\x%02x" : "%c", byte);
    }
    printf("'");
  }
  printf(count > shown ? ", ...]\n" : "]\n");
}

/// Name, type, shape; range, mean and the first elements.
void printSummary(const char *name, const weft_tensor_view &tensor) {
  printf("%s: %s %s", name, weft_dtype_name(tensor.dtype), describeDims(tensor.dims, tensor.rank).c_str());
  uint64_t count = countOf(tensor), odd = 0, largestAt = 0;
  double low = INFINITY, high = -INFINITY, sum = 0, value = 0;
  if (count && tensor.dtype == WEFT_STRING)
    return printTexts(static_cast<const weft_string_view *>(tensor.data), count);
  if (count == 0 || !elementAt(tensor, 0, value)) {
    printf(count ? ", %llu bytes\n" : ", empty\n", static_cast<unsigned long long>(tensor.bytes));
    return;
  }
  for (uint64_t i = 0; i < count; ++i) {
    elementAt(tensor, i, value);
    if (!std::isfinite(value)) {
      ++odd;
      continue;
    }
    low = value < low ? value : low;
    largestAt = value > high ? i : largestAt;
    high = value > high ? value : high;
    sum += value;
  }
  if (odd < count)
    printf(", min %.6g, max %.6g at %llu, mean %.6g", low, high, static_cast<unsigned long long>(largestAt),
           sum / static_cast<double>(count - odd));
  if (odd)
    printf(", %llu not finite", static_cast<unsigned long long>(odd));
  constexpr uint64_t shown = 8;
  printf("\n  [");
  for (uint64_t i = 0; i < count && i < shown; ++i) {
    elementAt(tensor, i, value);
    printf("%s%.6g", i ? ", " : "", value);
  }
  printf(count > shown ? ", ...]\n" : "]\n");
}

/// Texts as numpy has them: 4 bytes for each code point, all as long as the longest. What is no UTF-8 becomes
/// U+FFFD.
std::vector<uint32_t> spreadTexts(const weft_string_view *texts, uint64_t count, size_t &outLength) {
  std::vector<std::vector<uint32_t>> points(count);
  outLength = 1;
  for (uint64_t i = 0; i < count; ++i) {
    const auto *data = reinterpret_cast<const unsigned char *>(texts[i].data);
    for (size_t at = 0; at < texts[i].bytes;) {
      unsigned lead = data[at], extra = lead < 0x80       ? 0
                                        : lead >> 5 == 6  ? 1
                                        : lead >> 4 == 14 ? 2
                                        : lead >> 3 == 30 ? 3
                                                          : 4;
      uint32_t point = extra == 0 ? lead : lead & (0x3fu >> extra);
      bool isWhole = extra < 4 && at + extra < texts[i].bytes;
      for (unsigned k = 1; isWhole && k <= extra; ++k) {
        isWhole = data[at + k] >> 6 == 2;
        point = point << 6 | (data[at + k] & 0x3f);
      }
      points[i].push_back(isWhole ? point : 0xfffd);
      at += isWhole ? 1 + extra : 1;
    }
    outLength = points[i].size() > outLength ? points[i].size() : outLength;
  }
  std::vector<uint32_t> spread(count * outLength, 0);
  for (uint64_t i = 0; i < count; ++i)
    for (size_t k = 0; k < points[i].size(); ++k)
      spread[i * outLength + k] = points[i][k];
  return spread;
}

/// Writes sub-byte elements one per byte, so that the shape stays right.
ExitStatus writeTensor(const weft_tensor_view &tensor, const char *name, const std::string &file) {
  weft_tensor_view view = tensor;
  std::vector<uint8_t> unpacked;
  uint32_t bits = weft_dtype_bits(tensor.dtype);
  if (bits < 8) {
    uint64_t count = countOf(tensor);
    unpacked.resize(count);
    for (uint64_t i = 0; i < count; ++i)
      unpacked[i] = static_cast<uint8_t>(
          static_cast<const uint8_t *>(tensor.data)[i * bits / 8] >> (i * bits % 8) & ((1u << bits) - 1));
    view.dtype = WEFT_UINT8;
    view.data = unpacked.data();
    view.bytes = count;
  }
  std::string header, error;
  if (tensor.dtype == WEFT_STRING) {
    size_t length;
    std::vector<uint32_t> spread =
        spreadTexts(static_cast<const weft_string_view *>(tensor.data), countOf(tensor), length);
    header = formatTextHeader(tensor, length);
    return writeFile(file, header, spread.data(), spread.size() * sizeof(uint32_t), error)
               ? Done
               : report(Failed, error);
  }
  if (!formatNpyHeader(view, header))
    return report(Failed, "Output '" + std::string(name) + "' has elements of type " +
                              weft_dtype_name(tensor.dtype) + ", which cannot be written to a .npy file.");
  if (!writeFile(file, header, view.data, view.bytes, error))
    return report(Failed, error);
  return Done;
}

/// Elements as 0.npy, 1.npy ... in a folder, which is made where there is none. Files of a longer sequence
/// that lay there before go away.
ExitStatus writeSequence(const weft_sequence_view &sequence, const char *name, const std::string &folder) {
  if (mkdir(folder.c_str(), 0777) != 0 && !isFolder(folder))
    return report(Failed, "'" + folder + "' cannot be made: " + strerror(errno) + ".");
  for (size_t i = 0; i < sequence.count; ++i)
    if (ExitStatus status =
            writeTensor(sequence.items[i].tensor, name, folder + "/" + std::to_string(i) + ".npy"))
      return status;
  for (size_t i = sequence.count; unlink((folder + "/" + std::to_string(i) + ".npy").c_str()) == 0; ++i) {
  }
  return Done;
}

/// Writes an output to its file or folder, or prints it.
ExitStatus deliver(const weft_value_view &value, const std::string &name, const std::string &file) {
  switch (value.kind) {
  case WEFT_SEQUENCE:
    if (!file.empty())
      return writeSequence(value.sequence, name.c_str(), file);
    printf("%s: sequence of %zu\n", name.c_str(), value.sequence.count);
    for (size_t i = 0; i < value.sequence.count; ++i)
      printSummary((name + "[" + std::to_string(i) + "]").c_str(), value.sequence.items[i].tensor);
    return Done;
  case WEFT_OPTIONAL:
    if (value.optional)
      return deliver(*value.optional, name, file);
    if (file.empty())
      printf("%s: absent\n", name.c_str());
    else
      fprintf(stderr, "weft: note: output '%s' is absent; '%s' was not written.\n", name.c_str(),
              file.c_str());
    return Done;
  default:
    if (!file.empty())
      return writeTensor(value.tensor, name.c_str(), file);
    printSummary(name.c_str(), value.tensor);
    return Done;
  }
}

} // namespace

ExitStatus runCommand(const RunOptions &options) {
  Clock::time_point start = Clock::now();
  Model model;
  if (ExitStatus status = openModel(options.open, model))
    return status;
  const weft_entry_info &entry = model.signature();
  std::vector<Destination> destinations;
  if (ExitStatus status = parseOutputs(options, entry, destinations))
    return status;
  for (const Destination &destination : destinations)
    if (isInput(options.in, entry, destination.file))
      return report(BadCommandLine,
                    "'" + destination.file + "' is an input. Name another file for the output.");
  Inputs inputs;
  if (ExitStatus status = gatherInputs(model, options.in, /*isFilling=*/false, inputs))
    return status;
  SessionPtr session;
  if (ExitStatus status = createSession(model, options.open.threads, session))
    return status;
  double loadMs = millisecondsSince(start), firstMs = 0;
  std::vector<weft_value_view> outputs;
  for (uint32_t i = 0; i < options.repeat; ++i) {
    outputs.assign(entry.output_count, weft_value_view{});
    weft_status status;
    Clock::time_point runStart = Clock::now();
    if (weft_session_run(session.get(), model.entry, inputs.views.data(), inputs.views.size(), outputs.data(),
                         outputs.size(), &status))
      return report(Failed, status.message);
    firstMs = i == 0 ? millisecondsSince(runStart) : firstMs;
  }
  if (options.hasStats)
    fprintf(
        stderr,
        "weft: stats: ready after %.2f ms, first run %.2f ms, peak memory %llu bytes (weights %llu, session "
        "%llu)\n",
        loadMs, firstMs, static_cast<unsigned long long>(peakResidentBytes()),
        static_cast<unsigned long long>(model.info.weights_bytes),
        static_cast<unsigned long long>(weft_session_peak_bytes(session.get())));
  if (model.info.entry_count > 1)
    fprintf(stderr, "weft: note: entry '%s' ran.\n", model.signature().name);
  for (size_t i = 0; i < entry.output_count; ++i) {
    if (!destinations[i].isWanted)
      continue;
    if (ExitStatus status = deliver(outputs[i], entry.outputs[i].name, destinations[i].file))
      return status;
  }
  return fflush(stdout) == 0 ? Done : report(Failed, "The output cannot be written.");
}

} // namespace weft::tool
