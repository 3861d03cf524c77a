// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the window attributes of convolutions and pooling.
#include "Window.h"

namespace weft::importer {

/// Sizes in window attributes beyond this are mistakes; products of three of them stay inside int64.
static constexpr int64_t kMaxWindow = int64_t(1) << 20;

SmallVector<int64_t> Window::staticPads() const {
  std::optional<SmallVector<int64_t>> before = known(lo), behind = known(hi);
  if (!before || !behind)
    return SmallVector<int64_t>(2 * kernel.size(), 0);
  SmallVector<int64_t> pads(*before);
  pads.append(*behind);
  return pads;
}

Value Window::padInput(NodeBuilder &n, Value x, Value value) const {
  SmallVector<Size> before(2, n.sizes.of(0)), behind(2, n.sizes.of(0));
  before.append(lo);
  behind.append(hi);
  return n.pad(x, before, behind, w::PadMode::constant, value);
}

SmallVector<int64_t> kernelOf(NodeBuilder &n, Value filter) {
  return SmallVector<int64_t>(n.type(filter).getShape().drop_front(2));
}

/// Pads so that the result has ceil(in / stride) elements; SAME_UPPER puts the odd one behind.
static void padSame(NodeBuilder &n, Window &window, size_t i, Size in) {
  int64_t stride = window.strides[i], reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
  const SizeMath &m = n.sizes;
  Size total;
  if (stride == 1) {
    // The size of the image cancels out.
    total = m.of(reach - 1);
  } else {
    Size last = m.mul(m.sub(m.ceilDiv(in, m.of(stride)), m.of(1)), m.of(stride));
    total = m.max(m.sub(m.add(last, m.of(reach)), in), m.of(0));
  }
  Size half = m.floorDiv(total, m.of(2)), rest = m.sub(total, half);
  bool isUpper = window.autoPad == "SAME_UPPER";
  window.lo[i] = isUpper ? half : rest;
  window.hi[i] = isUpper ? rest : half;
}

FailureOr<Window> readWindow(NodeBuilder &n, Value x, ArrayRef<int64_t> kernel, bool isTransposed) {
  Window window;
  size_t spatial = kernel.size();
  window.kernel.assign(kernel.begin(), kernel.end());
  if (std::optional<SmallVector<int64_t>> given = n.intsAttr("kernel_shape")) {
    if (given->size() != spatial)
      return n.fail("expected " + llvm::Twine(spatial) + " entries in kernel_shape, but got " +
                    llvm::Twine(given->size()));
    for (auto [size, fromFilter] : llvm::zip_equal(*given, window.kernel)) {
      if (!ShapedType::isDynamic(fromFilter) && size != fromFilter)
        return n.fail("expected kernel_shape to be that of the filters (" + llvm::Twine(fromFilter) +
                      "), but got " + llvm::Twine(size));
      fromFilter = size;
    }
  }
  if (llvm::any_of(window.kernel, ShapedType::isDynamic))
    return n.fail("expected a known kernel size; give the filters a static shape or the node a kernel_shape");
  auto read = [&](StringRef name, size_t count, int64_t orElse,
                  int64_t least) -> FailureOr<SmallVector<int64_t>> {
    SmallVector<int64_t> list = n.intsAttr(name).value_or(SmallVector<int64_t>());
    if (list.empty())
      list.assign(count, orElse);
    if (list.size() != count)
      return n.fail("expected " + llvm::Twine(count) + " entries in " + name + ", but got " +
                    llvm::Twine(list.size()));
    for (int64_t value : list)
      if (value < least || value > kMaxWindow)
        return n.fail("expected " + name + " of at least " + llvm::Twine(least) + " and at most " +
                      llvm::Twine(kMaxWindow) + ", but got " + llvm::Twine(value));
    return list;
  };
  FailureOr<SmallVector<int64_t>> strides = read("strides", spatial, 1, 1),
                                  dilations = read("dilations", spatial, 1, 1),
                                  pads = read("pads", 2 * spatial, 0, -kMaxWindow);
  if (failed(strides) || failed(dilations) || failed(pads))
    return failure();
  for (int64_t size : window.kernel)
    if (size < 1 || size > kMaxWindow)
      return n.fail("expected a kernel of at least 1 and at most " + llvm::Twine(kMaxWindow) + ", but got " +
                    llvm::Twine(size));
  window.strides = *strides;
  window.dilations = *dilations;
  window.ceilPads.assign(spatial, 0);
  window.autoPad = n.stringAttr("auto_pad", "NOTSET");
  if (window.autoPad.empty())
    window.autoPad = "NOTSET";
  bool isSame = window.autoPad == "SAME_UPPER" || window.autoPad == "SAME_LOWER";
  if (!isSame && window.autoPad != "NOTSET" && window.autoPad != "VALID")
    return n.fail("expected auto_pad NOTSET, SAME_UPPER, SAME_LOWER or VALID, but got '" + window.autoPad +
                  "'");
  for (size_t i = 0; i < spatial; ++i) {
    bool given = window.autoPad == "NOTSET";
    window.lo.push_back(n.sizes.of(given ? (*pads)[i] : 0));
    window.hi.push_back(n.sizes.of(given ? (*pads)[i + spatial] : 0));
    if (isSame && !isTransposed)
      padSame(n, window, i, n.dim(x, static_cast<int64_t>(i) + 2));
  }
  return window;
}

} // namespace weft::importer
