// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs compiled models through the runtime, for the compiler's own measurements.
#include "weft/Measure/Artifact.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/Builders.h"
#include "weft_runtime.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/raw_ostream.h"

#include <deque>
#include <sys/mman.h>

using namespace mlir;
using namespace ::weft;

/// Element type of a runtime value as weft IR has it; null for kinds that tensors of the oracle do not hold.
static Type getElementType(MLIRContext *context, weft_dtype dtype) {
  Builder b(context);
  auto unsignedInt = [&](unsigned width) { return IntegerType::get(context, width, IntegerType::Unsigned); };
  switch (dtype) {
  case WEFT_FLOAT32:
    return b.getF32Type();
  case WEFT_FLOAT64:
    return b.getF64Type();
  case WEFT_FLOAT16:
    return b.getF16Type();
  case WEFT_BFLOAT16:
    return b.getBF16Type();
  case WEFT_INT8:
    return b.getI8Type();
  case WEFT_INT16:
    return b.getIntegerType(16);
  case WEFT_INT32:
    return b.getI32Type();
  case WEFT_INT64:
    return b.getI64Type();
  case WEFT_UINT8:
    return unsignedInt(8);
  case WEFT_UINT16:
    return unsignedInt(16);
  case WEFT_UINT32:
    return unsignedInt(32);
  case WEFT_UINT64:
    return unsignedInt(64);
  case WEFT_BOOL:
    return b.getI1Type();
  case WEFT_FLOAT8E4M3FN:
    return Float8E4M3FNType::get(context);
  case WEFT_FLOAT8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case WEFT_FLOAT8E5M2:
    return Float8E5M2Type::get(context);
  case WEFT_FLOAT8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case WEFT_FLOAT8E8M0:
    return Float8E8M0FNUType::get(context);
  case WEFT_FLOAT4E2M1:
    return Float4E2M1FNType::get(context);
  case WEFT_INT4:
    return b.getIntegerType(4);
  case WEFT_UINT4:
    return unsignedInt(4);
  case WEFT_INT2:
    return b.getIntegerType(2);
  case WEFT_UINT2:
    return unsignedInt(2);
  case WEFT_STRING:
    return mlir::weft::StringType::get(context);
  default:
    return {};
  }
}

/// Elements of 4 or 2 bits, one byte each, packed as callers pass them: low bits first.
static std::vector<char> pack(llvm::ArrayRef<char> bytes, unsigned bits) {
  std::vector<char> packed((bytes.size() * bits + 7) / 8);
  for (auto [i, byte] : llvm::enumerate(bytes))
    packed[i * bits / 8] |= static_cast<char>((byte & ((1 << bits) - 1)) << (i * bits % 8));
  return packed;
}

/// The opposite; integers of a signed type are extended by their sign.
static void unpack(const char *packed, unsigned bits, bool isSigned, llvm::MutableArrayRef<char> bytes) {
  for (auto [i, byte] : llvm::enumerate(bytes)) {
    unsigned value = static_cast<unsigned char>(packed[i * bits / 8]) >> (i * bits % 8) & ((1u << bits) - 1);
    bool isNegative = isSigned && (value >> (bits - 1)) != 0;
    byte = static_cast<char>(isNegative ? value | (~0u << bits) : value);
  }
}

static llvm::Error makeError(const weft_status &status) { return llvm::createStringError(status.message); }

llvm::Expected<std::unique_ptr<LoadedArtifact>> LoadedArtifact::load(const ArtifactDescription &description) {
  // A file in memory: nothing to clean up, whatever happens. The module keeps its mapping, not the
  // descriptor.
  int fd = ::memfd_create("weft", MFD_CLOEXEC);
  if (fd < 0)
    return llvm::createStringError("cannot make a file in memory: " + llvm::sys::StrError());
  llvm::raw_fd_ostream file(fd, /*shouldClose=*/true);
  writeArtifact(description, file);
  file.flush();
  if (std::error_code error = file.error()) {
    file.clear_error();
    return llvm::createStringError("cannot hold the artifact in memory: " + error.message());
  }
  std::string path = "/proc/self/fd/" + std::to_string(fd);
  std::unique_ptr<LoadedArtifact> artifact(new LoadedArtifact);
  weft_status status;
  weft_module_options moduleOptions;
  weft_module_options_init(&moduleOptions);
  if (weft_module_open(path.c_str(), &moduleOptions, &artifact->module, &status) != WEFT_OK)
    return makeError(status);
  weft_session_options sessionOptions;
  weft_session_options_init(&sessionOptions);
  if (weft_session_create(artifact->module, &sessionOptions, &artifact->session, &status) != WEFT_OK)
    return makeError(status);
  return std::move(artifact);
}

LoadedArtifact::~LoadedArtifact() {
  if (session)
    weft_session_release(session);
  if (module)
    weft_module_release(module);
}

namespace {

/// Views of values for the runtime, and what they refer to beside the values.
class InputViews {
public:
  weft_value_view make(const reference::Value &value, weft_dtype dtype) {
    weft_value_view view = {};
    if (value.isTensor())
      return makeTensor(value.getTensor(), dtype);
    llvm::ArrayRef<reference::Value> values;
    if (value.isSequence())
      values = value.getElements();
    else if (value.hasValue())
      values = value.getOptional();
    std::vector<weft_value_view> &items = lists.emplace_back();
    for (const reference::Value &item : values)
      items.push_back(make(item, dtype));
    view.kind = value.isSequence() ? WEFT_SEQUENCE : WEFT_OPTIONAL;
    if (value.isSequence())
      view.sequence = {items.size(), items.data()};
    else
      view.optional = items.empty() ? nullptr : items.data();
    return view;
  }

private:
  weft_value_view makeTensor(const reference::Tensor &tensor, weft_dtype dtype) {
    weft_value_view view = {};
    view.kind = WEFT_TENSOR;
    view.tensor.dtype = dtype;
    if (tensor.isString()) {
      std::vector<weft_string_view> &strings = texts.emplace_back();
      for (int64_t i = 0; i < tensor.size(); ++i)
        strings.push_back({tensor.getString(i).data(), tensor.getString(i).size()});
      view.tensor.data = strings.data();
      view.tensor.bytes = strings.size() * sizeof(weft_string_view);
    } else {
      view.tensor.data = const_cast<char *>(tensor.bytes());
      view.tensor.bytes = static_cast<uint64_t>(tensor.size() * tensor.elementBytes());
    }
    if (unsigned bits = weft_dtype_bits(dtype); bits < 8) {
      std::vector<char> &bytes =
          packed.emplace_back(pack(llvm::ArrayRef(tensor.bytes(), tensor.size()), bits));
      view.tensor.data = bytes.data();
      view.tensor.bytes = bytes.size();
    }
    view.tensor.rank = static_cast<uint32_t>(tensor.getRank());
    view.tensor.dims = tensor.getShape().data();
    return view;
  }

  std::deque<std::vector<char>> packed;
  std::deque<std::vector<weft_string_view>> texts;
  std::deque<std::vector<weft_value_view>> lists;
};

} // namespace

/// A copy of what the runtime gave.
static llvm::Expected<reference::Value> copyValue(const weft_value_view &view, MLIRContext &context) {
  if (view.kind != WEFT_TENSOR) {
    bool isSequence = view.kind == WEFT_SEQUENCE;
    size_t count = isSequence ? view.sequence.count : view.optional ? 1 : 0;
    const weft_value_view *items = isSequence ? view.sequence.items : view.optional;
    std::vector<reference::Value> values;
    for (size_t i = 0; i < count; ++i) {
      llvm::Expected<reference::Value> item = copyValue(items[i], context);
      if (!item)
        return item;
      values.push_back(std::move(*item));
    }
    if (isSequence)
      return reference::Value::sequence(std::move(values), Type());
    return values.empty() ? reference::Value::optional(Type()) : std::move(values.front());
  }
  Type type = getElementType(&context, view.tensor.dtype);
  if (!type)
    return llvm::createStringError("an output is of a type that cannot be compared: %s",
                                   weft_dtype_name(view.tensor.dtype));
  reference::Tensor tensor(type, llvm::ArrayRef<int64_t>(view.tensor.dims, view.tensor.rank));
  if (tensor.isString()) {
    const auto *texts = static_cast<const weft_string_view *>(view.tensor.data);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.setString(i, std::string(texts[i].data, texts[i].bytes));
    return reference::Value(std::move(tensor));
  }
  if (unsigned bits = weft_dtype_bits(view.tensor.dtype); bits < 8)
    unpack(static_cast<const char *>(view.tensor.data), bits, type.isSignlessInteger(),
           llvm::MutableArrayRef(tensor.mutableBytes(), tensor.size()));
  else if (tensor.size() > 0) // no memory may lie behind an empty one
    memcpy(tensor.mutableBytes(), view.tensor.data, tensor.size() * tensor.elementBytes());
  return reference::Value(std::move(tensor));
}

llvm::Expected<std::vector<reference::Value>> LoadedArtifact::run(llvm::ArrayRef<reference::Value> inputs,
                                                                  MLIRContext &context) {
  weft_module_info info;
  info.struct_size = sizeof(info);
  weft_module_get_info(module, &info);
  const weft_entry_info &entry = info.entries[0];
  if (inputs.size() != entry.input_count)
    return llvm::createStringError("the model takes %zu inputs, but got %zu", entry.input_count,
                                   inputs.size());
  InputViews views;
  std::vector<weft_value_view> inputViews, outputViews(entry.output_count);
  for (auto [i, input] : llvm::enumerate(inputs))
    inputViews.push_back(views.make(input, entry.inputs[i].dtype));
  for (weft_value_view &view : outputViews)
    view = {};
  weft_status status;
  if (weft_session_run(session, WEFT_ENTRY_AUTO, inputViews.data(), inputViews.size(), outputViews.data(),
                       outputViews.size(), &status) != WEFT_OK)
    return makeError(status);
  std::vector<reference::Value> outputs;
  for (const weft_value_view &view : outputViews) {
    llvm::Expected<reference::Value> output = copyValue(view, context);
    if (!output)
      return output.takeError();
    outputs.push_back(std::move(*output));
  }
  return outputs;
}
