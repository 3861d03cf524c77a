// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a model made for one sample gives for a batch: the reference of `weftc verify --batch`.
#include "BatchOracle.h"

#include "weft/Driver/Pipelines.h"

#include "mlir/Pass/PassManager.h"

using namespace mlir;
using ::weft::reference::Tensor;

FailureOr<OwningOpRef<ModuleOp>> makeBatched(ModuleOp module, int64_t size) {
  OwningOpRef<ModuleOp> batched(module.clone());
  PassManager pm(module.getContext());
  ::weft::PipelineOptions options;
  options.batch = size;
  ::weft::buildShapePipeline(pm, options);
  if (failed(pm.run(*batched)))
    return failure();
  return batched;
}

/// The dim that counts samples in `batched`; nullopt when there is none.
static std::optional<int64_t> getBatchDim(Type one, Type batched, int64_t size) {
  auto from = dyn_cast<RankedTensorType>(one), to = dyn_cast<RankedTensorType>(batched);
  if (!from || !to || from.getRank() != to.getRank())
    return std::nullopt;
  for (int64_t axis = 0; axis < from.getRank(); ++axis)
    if (!from.isDynamicDim(axis) && to.getDimSize(axis) == from.getDimSize(axis) * size)
      return axis;
  return std::nullopt;
}

/// Copies `part` into, or from, the sample-th part of `whole` along `axis`.
static void copyPart(Tensor &whole, Tensor &part, int64_t axis, int64_t sample, bool isInto) {
  int64_t inner = 1;
  for (int64_t i = axis; i < part.getRank(); ++i)
    inner *= part.getDim(i);
  int64_t outer = inner == 0 ? 0 : part.size() / inner, pitch = outer == 0 ? 0 : whole.size() / outer;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i) {
      int64_t inWhole = o * pitch + sample * inner + i, inPart = o * inner + i;
      if (isInto)
        whole.copyElement(inWhole, part, inPart);
      else
        part.copyElement(inPart, whole, inWhole);
    }
}

FailureOr<::weft::Values> interpretSamples(func::FuncOp main, func::FuncOp batched, int64_t size,
                                           const ::weft::Values &inputs, bool keepsDenormals) {
  auto scaled = [](const Tensor &tensor, int64_t axis, int64_t from, int64_t to) {
    SmallVector<int64_t> shape(tensor.getShape());
    shape[axis] = shape[axis] / from * to;
    return Tensor(tensor.getElementType(), shape);
  };
  // Without an argument that is cut, the model takes the batch as it is.
  bool isCut = false;
  for (auto [one, all] : llvm::zip_equal(main.getArgumentTypes(), batched.getArgumentTypes()))
    isCut |= getBatchDim(one, all, size).has_value();
  if (!isCut)
    return ::weft::interpretMain(main, inputs, keepsDenormals);
  ::weft::Values joined;
  std::vector<Tensor> wholes(main.getNumResults());
  for (int64_t sample = 0; sample < size; ++sample) {
    ::weft::Values parts = inputs;
    for (auto [i, part] : llvm::enumerate(parts))
      if (std::optional<int64_t> axis =
              getBatchDim(main.getArgumentTypes()[i], batched.getArgumentTypes()[i], size)) {
        Tensor whole = part.getTensor(), slice = scaled(whole, *axis, size, 1);
        copyPart(whole, slice, *axis, sample, /*isInto=*/false);
        part = std::move(slice);
      }
    FailureOr<::weft::Values> results = ::weft::interpretMain(main, parts, keepsDenormals);
    if (failed(results))
      return failure();
    for (auto [i, result] : llvm::enumerate(*results)) {
      std::optional<int64_t> axis = getBatchDim(main.getResultTypes()[i], batched.getResultTypes()[i], size);
      if (sample == 0)
        joined.push_back(result);
      if (!axis) {
        joined[i] = result;
        continue;
      }
      Tensor part = result.getTensor();
      if (sample == 0)
        wholes[i] = scaled(part, *axis, 1, size);
      copyPart(wholes[i], part, *axis, sample, /*isInto=*/true);
      if (sample + 1 == size)
        joined[i] = wholes[i];
    }
  }
  return joined;
}
