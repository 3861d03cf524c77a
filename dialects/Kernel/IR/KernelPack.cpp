// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packs constants into panels, another order of dims, or transformed filters.
#include "dialects/Kernel/IR/KernelPack.h"
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir;
using namespace mlir::kernel;

// Alignment of packed blobs: that of constant segments.
static constexpr size_t kBlobAlignmentBytes = 64;

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static FailureOr<SmallVector<int64_t>> getPanelsShape(ArrayRef<int64_t> source, PanelsAttr form,
                                                      function_ref<InFlightDiagnostic()> emitError) {
  size_t rank = form.getBatch().size() + form.getK().size() + 1;
  if (source.size() != rank)
    return emitError() << "expected a source of " << rank << " dims, but got " << source.size()
                       << " [pack-C2]";
  SmallVector<int64_t> shape;
  for (int64_t dim : form.getBatch())
    shape.push_back(source[dim]);
  int64_t N = source[form.getN()], groups = std::max<int64_t>(form.getGroups(), 1), K = 1;
  if (N % groups != 0)
    return emitError() << "expected " << groups << " groups to divide dim " << form.getN() << " (" << N
                       << ") [pack-C2]";
  if (form.getGroups() > 0)
    shape.push_back(groups);
  for (int64_t dim : form.getK())
    K *= source[dim];
  if (K % form.getDot() != 0)
    return emitError() << "expected groups of " << form.getDot() << " steps to divide K (" << K
                       << ") [pack-C2]";
  // With groups of steps, a last row holds the columns' sums.
  int64_t steps = form.getDot() == 1 ? K : K / form.getDot() + 1;
  shape.append({static_cast<int64_t>(llvm::divideCeil(N / groups, form.getWidth())), steps, form.getWidth()});
  if (form.getDot() != 1)
    shape.push_back(form.getDot());
  return shape;
}

static FailureOr<SmallVector<int64_t>> getPermutedShape(ArrayRef<int64_t> source, PermutedAttr form,
                                                        function_ref<InFlightDiagnostic()> emitError) {
  SmallVector<int64_t> shape, seen(source.size(), 0);
  for (int64_t dim : form.getOrder()) {
    if (dim >= static_cast<int64_t>(source.size()))
      return emitError() << "expected dims below " << source.size() << " in order, but got " << dim
                         << " [pack-C2]";
    shape.push_back(source[dim]);
    seen[dim] = 1;
  }
  for (auto [dim, size] : llvm::enumerate(source))
    if (!seen[dim] && size != 1)
      return emitError() << "expected dim " << dim << " (" << size << ") in order, or a size of 1 [pack-C2]";
  return shape;
}

static FailureOr<SmallVector<int64_t>> getWinogradShape(RankedTensorType source, WinogradAttr form,
                                                        function_ref<InFlightDiagnostic()> emitError) {
  ArrayRef<int64_t> shape = source.getShape();
  if (!source.getElementType().isF32() || shape.size() != 4 || shape[0] != 1 || shape[2] % 9 != 0)
    return emitError() << "expected a source of f32 [1, panels, 9 * C, width], but got " << source
                       << " [pack-C2]";
  int64_t patch = form.getTile() + 2;
  return SmallVector<int64_t>{shape[1], patch * patch, shape[2] / 9, shape[3]};
}

FailureOr<RankedTensorType> mlir::kernel::getPackedType(RankedTensorType source, Attribute form,
                                                        function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<SmallVector<int64_t>> shape = failure();
  if (auto panels = dyn_cast<PanelsAttr>(form);
      panels && panels.getDot() != 1 && !source.getElementType().isInteger(8))
    return emitError() << "expected bytes for groups of " << panels.getDot() << " steps, but got "
                       << source.getElementType() << " [pack-C2]";
  if (auto panels = dyn_cast<PanelsAttr>(form))
    shape = getPanelsShape(source.getShape(), panels, emitError);
  else if (auto winograd = dyn_cast<WinogradAttr>(form))
    shape = getWinogradShape(source, winograd, emitError);
  else
    shape = getPermutedShape(source.getShape(), cast<PermutedAttr>(form), emitError);
  if (failed(shape))
    return failure();
  return RankedTensorType::get(*shape, source.getElementType());
}

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

namespace {

// A loop over elements: its size and how far one step moves in the source, in elements.
struct Axis {
  int64_t size;
  int64_t stride;
};

// Elements that may lie at any address: a model's weights are read where its file has them.
template <typename T> struct Unaligned {
  const char *bytes;

  Unaligned operator+(int64_t elements) const { return {bytes + elements * sizeof(T)}; }
  T operator[](int64_t index) const {
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    return value;
  }
};

} // namespace

static SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

// Calls `visit(source offset)` for each index of `axes` in row-major order.
static void forEachOffset(ArrayRef<Axis> axes, int64_t offset, function_ref<void(int64_t)> visit) {
  if (axes.empty())
    return visit(offset);
  for (int64_t i = 0; i < axes.front().size; ++i)
    forEachOffset(axes.drop_front(), offset + i * axes.front().stride, visit);
}

// Copies one panel: `to[k][0..count)` = `from[kOffsets[k] + n * strideN]`. Columns past `count` stay zero.
template <typename T>
static void packPanel(Unaligned<T> from, ArrayRef<int64_t> kOffsets, int64_t strideN, int64_t count,
                      int64_t width, T *to) {
  if (strideN == 1) {
    for (auto [k, offset] : llvm::enumerate(kOffsets))
      std::memcpy(to + k * width, (from + offset).bytes, count * sizeof(T));
    return;
  }
  // The source's rows run along k: blocks of k keep both the rows read and the panel written in the
  // first-level cache.
  constexpr size_t kBlock = 64;
  for (size_t begin = 0; begin < kOffsets.size(); begin += kBlock) {
    size_t end = std::min(kOffsets.size(), begin + kBlock);
    for (int64_t n = 0; n < count; ++n) {
      Unaligned<T> row = from + n * strideN;
      for (size_t k = begin; k < end; ++k)
        to[k * width + n] = row[kOffsets[k]];
    }
  }
}

// Packs one panel of bytes: `to[k / 4][n][k % 4]`, then the sum of each column as i32.
static void packDotPanel(const int8_t *from, ArrayRef<int64_t> kOffsets, int64_t strideN, int64_t count,
                         int64_t width, int8_t *to) {
  int64_t K = kOffsets.size();
  for (int64_t n = 0; n < count; ++n) {
    const int8_t *column = from + n * strideN;
    int32_t sum = 0;
    for (int64_t k = 0; k < K; ++k) {
      int8_t value = column[kOffsets[k]];
      to[(k / 4 * width + n) * 4 + k % 4] = value;
      sum += value;
    }
    std::memcpy(to + (K / 4 * width + n) * 4, &sum, sizeof(sum));
  }
}

template <typename T>
static void packPanels(Unaligned<T> from, ArrayRef<int64_t> shape, PanelsAttr form, T *to) {
  SmallVector<int64_t> strides = getRowMajorStrides(shape);
  SmallVector<Axis> batch, kAxes;
  for (int64_t dim : form.getBatch())
    batch.push_back({shape[dim], strides[dim]});
  int64_t K = 1;
  for (int64_t dim : form.getK()) {
    kAxes.push_back({shape[dim], strides[dim]});
    K *= shape[dim];
  }
  std::vector<int64_t> kOffsets;
  kOffsets.reserve(K);
  forEachOffset(kAxes, 0, [&](int64_t offset) { kOffsets.push_back(offset); });
  int64_t groups = std::max<int64_t>(form.getGroups(), 1), N = shape[form.getN()] / groups,
          width = form.getWidth();
  int64_t strideN = strides[form.getN()];
  batch.push_back({groups, N * strideN});
  forEachOffset(batch, 0, [&](int64_t offset) {
    if constexpr (sizeof(T) == 1) {
      if (form.getDot() != 1) {
        for (int64_t n = 0; n < N; n += width, to += (K + 4) * width)
          packDotPanel(reinterpret_cast<const int8_t *>((from + offset + n * strideN).bytes), kOffsets,
                       strideN, std::min(width, N - n), width, reinterpret_cast<int8_t *>(to));
        return;
      }
    }
    for (int64_t n = 0; n < N; n += width, to += K * width)
      packPanel<T>(from + offset + n * strideN, kOffsets, strideN, std::min(width, N - n), width, to);
  });
}

template <typename T>
static void permute(Unaligned<T> from, ArrayRef<int64_t> shape, PermutedAttr form, T *to) {
  SmallVector<int64_t> strides = getRowMajorStrides(shape);
  SmallVector<Axis> axes;
  for (int64_t dim : form.getOrder())
    axes.push_back({shape[dim], strides[dim]});
  forEachOffset(axes, 0, [&](int64_t offset) { *to++ = from[offset]; });
}

// Transforms filters: the 3x3 filter of channel c and column n is `from[panel][tap * C + c][n]`.
static void transformFilters(Unaligned<float> from, ArrayRef<int64_t> shape, WinogradAttr form, float *to) {
  // Rows of G: interpolation at 0, 1, -1 (and 2, -2) and infinity.
  static constexpr double small[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  static constexpr double large[6][3] = {{1.0 / 4, 0, 0},
                                         {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                         {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                         {0, 0, 1}};
  const double (*G)[3] = form.getTile() == 2 ? small : large;
  int64_t patch = form.getTile() + 2, panels = shape[1], C = shape[2] / 9, width = shape[3];
  for (int64_t panel = 0; panel < panels; ++panel)
    for (int64_t c = 0; c < C; ++c)
      for (int64_t n = 0; n < width; ++n) {
        double rows[6][3], g[9];
        for (int64_t tap = 0; tap < 9; ++tap)
          g[tap] = from[((panel * 9 + tap) * C + c) * width + n];
        for (int64_t i = 0; i < patch; ++i)
          for (int64_t x = 0; x < 3; ++x)
            rows[i][x] = G[i][0] * g[x] + G[i][1] * g[3 + x] + G[i][2] * g[6 + x];
        for (int64_t i = 0; i < patch; ++i)
          for (int64_t j = 0; j < patch; ++j)
            to[((panel * patch * patch + i * patch + j) * C + c) * width + n] =
                static_cast<float>(rows[i][0] * G[j][0] + rows[i][1] * G[j][1] + rows[i][2] * G[j][2]);
      }
}

template <typename T>
static void packData(const char *from, ArrayRef<int64_t> shape, Attribute form, void *to) {
  Unaligned<T> elements{from};
  if (auto panels = dyn_cast<PanelsAttr>(form))
    packPanels<T>(elements, shape, panels, static_cast<T *>(to));
  else
    permute<T>(elements, shape, cast<PermutedAttr>(form), static_cast<T *>(to));
}

// The bytes of a constant that is not a splat; empty when they are not at hand.
static ArrayRef<char> getBytes(ElementsAttr source) {
  if (auto dense = dyn_cast<DenseElementsAttr>(source))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(source))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return {};
}

ElementsAttr mlir::kernel::packElements(ElementsAttr source, Attribute form) {
  auto type = dyn_cast<RankedTensorType>(source.getType());
  if (!type || !type.getElementType().isIntOrFloat() || type.getElementTypeBitWidth() % 8 != 0)
    return {};
  MLIRContext *context = type.getContext();
  auto emitError = [&] { return mlir::emitError(UnknownLoc::get(context)); };
  FailureOr<RankedTensorType> packedType = getPackedType(type, form, emitError);
  if (failed(packedType))
    return {};
  size_t elementBytes = type.getElementTypeBitWidth() / 8;
  size_t sourceBytes = type.getNumElements() * elementBytes,
         packedBytes = packedType->getNumElements() * elementBytes;
  ArrayRef<char> bytes = getBytes(source);
  std::vector<char> splatBytes;
  if (auto dense = dyn_cast<DenseElementsAttr>(source); dense && dense.isSplat()) {
    // Without padding columns and sums a splat stays one.
    if (!isa<WinogradAttr>(form) && packedType->getNumElements() == type.getNumElements())
      return dense.resizeSplat(*packedType);
    splatBytes.resize(sourceBytes);
    for (size_t i = 0; i < sourceBytes; i += elementBytes)
      std::memcpy(splatBytes.data() + i, bytes.data(), elementBytes);
    bytes = splatBytes;
  }
  if (bytes.size() != sourceBytes || sourceBytes == 0)
    return {};

  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(packedBytes, kBlobAlignmentBytes, /*dataIsMutable=*/true);
  char *to = blob.getMutableData().data();
  if (auto winograd = dyn_cast<WinogradAttr>(form)) {
    transformFilters({bytes.data()}, type.getShape(), winograd, reinterpret_cast<float *>(to));
    return DenseResourceElementsAttr::get(*packedType, "packed", std::move(blob));
  }
  if (packedBytes != sourceBytes)
    std::memset(to, 0, packedBytes);
  switch (elementBytes) {
  case 1:
    packData<uint8_t>(bytes.data(), type.getShape(), form, to);
    break;
  case 2:
    packData<uint16_t>(bytes.data(), type.getShape(), form, to);
    break;
  case 4:
    packData<uint32_t>(bytes.data(), type.getShape(), form, to);
    break;
  case 8:
    packData<uint64_t>(bytes.data(), type.getShape(), form, to);
    break;
  default:
    return {};
  }
  return DenseResourceElementsAttr::get(*packedType, "packed", std::move(blob));
}
