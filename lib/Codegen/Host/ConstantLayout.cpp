// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places constants in the constant segment, equal contents once.
#include "HostPlan.h"
#include "weft/Codegen/Host/HostProgram.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace weft;

// Kernels rely on 64-byte alignment of their operands.
static constexpr uint64_t kAlignment = 64;

FailureOr<ArrayRef<char>> weft::getConstantBytes(ElementsAttr value, std::vector<char> &storage) {
  auto type = cast<RankedTensorType>(value.getType());
  uint64_t bytes = static_cast<uint64_t>(type.getNumElements()) * getElementBytes(type.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != bytes)
      return failure();
    return blob->getData();
  }
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(value);
  if (!dense)
    return failure();
  ArrayRef<char> raw = dense.getRawData();
  bool isBool = type.getElementType().isInteger(1);
  if (!isBool && !dense.isSplat() && raw.size() == bytes)
    return raw;
  storage.resize(bytes);
  if (isBool) {
    for (auto [i, element] : llvm::enumerate(dense.getValues<bool>()))
      storage[i] = element;
  } else if (dense.isSplat()) {
    for (size_t i = 0; i + raw.size() <= bytes; i += raw.size())
      llvm::copy(raw, storage.begin() + i);
  } else {
    return failure();
  }
  return ArrayRef<char>(storage);
}

FailureOr<ConstantLayout> weft::layOutConstants(ModuleOp module) {
  ConstantLayout layout;
  llvm::DenseMap<Attribute, uint64_t> placed;
  llvm::DenseMap<uint64_t, SmallVector<size_t, 1>> byHash;
  Builder b(module.getContext());
  auto place = [&](ElementsAttr value) -> FailureOr<uint64_t> {
    if (auto found = placed.find(value); found != placed.end())
      return found->second;
    std::vector<char> storage, otherStorage;
    FailureOr<ArrayRef<char>> bytes = getConstantBytes(value, storage);
    if (failed(bytes))
      return failure();
    uint64_t hash =
        llvm::xxh3_64bits(ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(bytes->data()), bytes->size()));
    for (size_t i : byHash[hash]) {
      FailureOr<ArrayRef<char>> other = getConstantBytes(layout.constants[i].value, otherStorage);
      if (succeeded(other) && *other == *bytes)
        return placed[value] = layout.constants[i].offset;
    }
    uint64_t offset = llvm::alignTo(layout.sizeBytes, kAlignment);
    byHash[hash].push_back(layout.constants.size());
    layout.constants.push_back({offset, value});
    layout.sizeBytes = offset + bytes->size();
    return placed[value] = offset;
  };
  WalkResult result = module.walk([&](kernel::ConstantOp constant) {
    FailureOr<uint64_t> offset = place(constant.getValue());
    if (failed(offset)) {
      constant.emitOpError("expected a constant with dense bytes that match its type, but got another kind");
      return WalkResult::interrupt();
    }
    constant->setAttr("offset", b.getI64IntegerAttr(*offset));
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return layout;
}
