// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates convolutions with loops over channels-first images of three spatial dims.
#include "lib/Reference/EvalContraction.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// Sizes of an image [n, c, z, y, x] and of what moves over it; absent spatial dims are 1.
struct Image {
  int64_t n = 1, c = 1, s[3] = {1, 1, 1};
  int64_t area() const { return s[0] * s[1] * s[2]; }
};
struct Window {
  int64_t stride[3] = {1, 1, 1}, dilation[3] = {1, 1, 1}, begin[3] = {0, 0, 0};
};

Image imageOf(ArrayRef<int64_t> shape, bool channelsLast) {
  Image image;
  int64_t spatial = static_cast<int64_t>(shape.size()) - 2;
  image.n = shape.front();
  image.c = channelsLast ? shape.back() : shape[1];
  for (int64_t i = 0; i < spatial; ++i)
    image.s[3 - spatial + i] = shape[(channelsLast ? 1 : 2) + i];
  return image;
}

Window windowOf(ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations, ArrayRef<int64_t> pads) {
  Window window;
  for (size_t i = 0; i < strides.size(); ++i) {
    window.stride[3 - strides.size() + i] = strides[i];
    window.dilation[3 - strides.size() + i] = dilations[i];
    window.begin[3 - strides.size() + i] = pads[i];
  }
  return window;
}

/// [n, s.., c] to [n, c, s..] or back.
template <typename T>
std::vector<T> moveChannels(const std::vector<T> &values, int64_t n, int64_t c, int64_t area, bool toFirst) {
  std::vector<T> moved(values.size());
  for (int64_t i = 0; i < n; ++i)
    for (int64_t k = 0; k < c; ++k)
      for (int64_t p = 0; p < area; ++p) {
        int64_t first = (i * c + k) * area + p, last = (i * area + p) * c + k;
        moved[toFirst ? first : last] = values[toFirst ? last : first];
      }
  return moved;
}

/// The range of output places whose tap lies inside of the input.
std::pair<int64_t, int64_t> validRange(int64_t out, int64_t in, int64_t stride, int64_t offset) {
  // 0 <= o * stride + offset < in
  int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  int64_t last = in - offset <= 0 ? 0 : (in - offset + stride - 1) / stride;
  return {first, std::min(out, std::max(first, last))};
}

/// out[o] += in[o * stride + k * dilation - pad] * w for one image plane, filter plane and output plane.
template <typename T>
void convolvePlane(const Image &in, const Image &kernel, const Image &out, const Window &window, const T *x,
                   const T *w, T *y) {
  for (int64_t kz = 0; kz < kernel.s[0]; ++kz)
    for (int64_t ky = 0; ky < kernel.s[1]; ++ky)
      for (int64_t kx = 0; kx < kernel.s[2]; ++kx) {
        int64_t k[3] = {kz, ky, kx}, offset[3], first[3], last[3];
        for (int i = 0; i < 3; ++i) {
          offset[i] = k[i] * window.dilation[i] - window.begin[i];
          std::tie(first[i], last[i]) = validRange(out.s[i], in.s[i], window.stride[i], offset[i]);
        }
        T tap = w[(kz * kernel.s[1] + ky) * kernel.s[2] + kx];
        int64_t stride = window.stride[2];
        for (int64_t oz = first[0]; oz < last[0]; ++oz)
          for (int64_t oy = first[1]; oy < last[1]; ++oy) {
            const T *from =
                x +
                ((oz * window.stride[0] + offset[0]) * in.s[1] + oy * window.stride[1] + offset[1]) *
                    in.s[2] +
                offset[2];
            T *to = y + (oz * out.s[1] + oy) * out.s[2];
            if (stride == 1) {
              for (int64_t ox = first[2]; ox < last[2]; ++ox)
                to[ox] += from[ox] * tap;
            } else {
              for (int64_t ox = first[2]; ox < last[2]; ++ox)
                to[ox] += from[ox * stride] * tap;
            }
          }
      }
}

template <typename T>
std::vector<T> convolve(const Image &in, const Image &filter, const Image &out, const Window &window,
                        int64_t groups, const std::vector<T> &x, const std::vector<T> &w) {
  std::vector<T> y(out.n * out.c * out.area(), T(0));
  int64_t perGroup = out.c / groups;
  for (int64_t n = 0; n < in.n; ++n)
    for (int64_t f = 0; f < out.c; ++f)
      for (int64_t c = 0; c < filter.c; ++c) {
        int64_t channel = f / perGroup * filter.c + c;
        convolvePlane(in, filter, out, window, x.data() + (n * in.c + channel) * in.area(),
                      w.data() + (f * filter.c + c) * filter.area(), y.data() + (n * out.c + f) * out.area());
      }
  return y;
}

template <typename T> std::vector<T> toFirst(std::vector<T> values, const Image &image, bool channelsLast) {
  return channelsLast ? moveChannels(values, image.n, image.c, image.area(), /*toFirst=*/true) : values;
}

/// Result shape and sizes of a convolution.
Shape shapeOf(const Image &image, int64_t spatial, bool channelsLast) {
  Shape shape = {image.n};
  if (!channelsLast)
    shape.push_back(image.c);
  for (int64_t i = 3 - spatial; i < 3; ++i)
    shape.push_back(image.s[i]);
  if (channelsLast)
    shape.push_back(image.c);
  return shape;
}

template <typename T>
void store(Evaluation &e, std::vector<T> y, const Image &out, int64_t spatial, bool channelsLast) {
  if (channelsLast)
    y = moveChannels(y, out.n, out.c, out.area(), /*toFirst=*/false);
  e.add(storeSums(e.elementType(), shapeOf(out, spatial, channelsLast), y));
}

LogicalResult evalConv(ConvOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &w = e.tensor(1);
  bool last = op.getLayout() == Layout::nhwc;
  int64_t spatial = x.getRank() - 2, groups = op.getGroups();
  Image in = imageOf(x.getShape(), last), filter = imageOf(w.getShape(), last), out;
  Window window = windowOf(op.getStrides(), op.getDilations(), op.getPads());
  if (in.c != filter.c * groups || filter.n % groups != 0)
    return e.error() << "expected channels that fit the groups, but got " << x.getType() << " and "
                     << w.getType();
  out.n = in.n;
  out.c = filter.n;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = 3 - spatial + i, pads = op.getPads()[i] + op.getPads()[i + spatial];
    int64_t room = in.s[d] + pads - window.dilation[d] * (filter.s[d] - 1) - 1;
    out.s[d] = room < 0 ? 0 : room / window.stride[d] + 1;
  }
  if (needsIntegerLoops(x) && !op.getInputZp() && !op.getFilterZp()) {
    auto bits = [](const Tensor &tensor) {
      std::vector<int64_t> values = tensor.toInts();
      return std::vector<uint64_t>(values.begin(), values.end());
    };
    store(
        e,
        convolve(in, filter, out, window, groups, toFirst(bits(x), in, last), toFirst(bits(w), filter, last)),
        out, spatial, last);
    return success();
  }
  std::vector<double> a = x.toDoubles(), b = w.toDoubles();
  subtractZeroPoint(a, x.getShape(), 0, e.optional(op.getInputZpMutable()));
  subtractZeroPoint(b, w.getShape(), 0, e.optional(op.getFilterZpMutable()));
  store(e,
        convolve(in, filter, out, window, groups, toFirst(std::move(a), in, last),
                 toFirst(std::move(b), filter, last)),
        out, spatial, last);
  return success();
}

LogicalResult evalConvTranspose(ConvTransposeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &w = e.tensor(1);
  bool last = op.getLayout() == Layout::nhwc;
  int64_t spatial = x.getRank() - 2, groups = op.getGroups();
  Image in = imageOf(x.getShape(), last), filter = imageOf(w.getShape(), last), out;
  Window window = windowOf(op.getStrides(), op.getDilations(), op.getPads());
  out.n = in.n;
  out.c = filter.c * groups;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = 3 - spatial + i;
    out.s[d] = window.stride[d] * (in.s[d] - 1) + op.getOutputPadding()[i] +
               window.dilation[d] * (filter.s[d] - 1) + 1 - op.getPads()[i] - op.getPads()[i + spatial];
  }
  std::vector<double> a = toFirst(x.toDoubles(), in, last), b = toFirst(w.toDoubles(), filter, last),
                      y(out.n * out.c * out.area(), 0.0);
  int64_t perGroup = in.c / groups;
  for (int64_t n = 0; n < in.n; ++n)
    for (int64_t c = 0; c < in.c; ++c)
      for (int64_t f = 0; f < filter.c; ++f) {
        const double *plane = a.data() + (n * in.c + c) * in.area(),
                     *taps = b.data() + (c * filter.c + f) * filter.area();
        double *to = y.data() + (n * out.c + c / perGroup * filter.c + f) * out.area();
        for (int64_t p = 0; p < in.area(); ++p)
          for (int64_t k = 0; k < filter.area(); ++k) {
            int64_t place = 0, restP = p, restK = k, scale = 1;
            bool isInside = true;
            for (int i = 2; i >= 0; --i) {
              int64_t o = restP % in.s[i] * window.stride[i] + restK % filter.s[i] * window.dilation[i] -
                          window.begin[i];
              restP /= in.s[i];
              restK /= filter.s[i];
              isInside &= o >= 0 && o < out.s[i];
              place += o * scale;
              scale *= out.s[i];
            }
            if (isInside)
              to[place] += plane[p] * taps[k];
          }
      }
  store(e, std::move(y), out, spatial, last);
  return success();
}

/// Bilinear sample of a plane; neighbours outside are 0.
double sample(const double *plane, int64_t height, int64_t width, double y, double x) {
  if (y <= -1 || x <= -1 || y >= height || x >= width)
    return 0;
  int64_t y0 = static_cast<int64_t>(std::floor(y)), x0 = static_cast<int64_t>(std::floor(x));
  double fy = y - y0, fx = x - x0, sum = 0;
  for (int64_t i = 0; i < 2; ++i)
    for (int64_t j = 0; j < 2; ++j) {
      int64_t row = y0 + i, column = x0 + j;
      if (row >= 0 && row < height && column >= 0 && column < width)
        sum += plane[row * width + column] * (i ? fy : 1 - fy) * (j ? fx : 1 - fx);
    }
  return sum;
}

LogicalResult evalDeformConv(DeformConvOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &w = e.tensor(1), &offset = e.tensor(2);
  const Tensor *mask = e.optional(op.getMaskMutable());
  bool last = op.getLayout() == Layout::nhwc;
  int64_t groups = op.getGroups(), offsetGroups = op.getOffsetGroups();
  Image in = imageOf(x.getShape(), last), filter = imageOf(w.getShape(), last),
        shift = imageOf(offset.getShape(), last);
  Window window = windowOf(op.getStrides(), op.getDilations(), op.getPads());
  Image out = shift;
  out.c = filter.n;
  int64_t taps = filter.area(), perGroup = out.c / groups;
  std::vector<double> a = toFirst(x.toDoubles(), in, last), b = toFirst(w.toDoubles(), filter, last),
                      moves = toFirst(offset.toDoubles(), shift, last), weights;
  if (mask)
    weights = toFirst(mask->toDoubles(), imageOf(mask->getShape(), last), last);
  std::vector<double> y(out.n * out.c * out.area(), 0.0);
  for (int64_t n = 0; n < in.n; ++n)
    for (int64_t f = 0; f < out.c; ++f)
      for (int64_t oy = 0; oy < out.s[1]; ++oy)
        for (int64_t ox = 0; ox < out.s[2]; ++ox) {
          double sum = 0;
          int64_t place = oy * out.s[2] + ox;
          for (int64_t c = 0; c < filter.c; ++c) {
            int64_t channel = f / perGroup * filter.c + c, og = channel / (in.c / offsetGroups);
            for (int64_t k = 0; k < taps; ++k) {
              int64_t tap = (n * offsetGroups + og) * taps + k;
              double sy = oy * window.stride[1] - window.begin[1] + k / filter.s[2] * window.dilation[1] +
                          moves[2 * tap * out.area() + place];
              double sx = ox * window.stride[2] - window.begin[2] + k % filter.s[2] * window.dilation[2] +
                          moves[(2 * tap + 1) * out.area() + place];
              double value = sample(a.data() + (n * in.c + channel) * in.area(), in.s[1], in.s[2], sy, sx);
              sum +=
                  value * b[(f * filter.c + c) * taps + k] * (mask ? weights[tap * out.area() + place] : 1);
            }
          }
          y[(n * out.c + f) * out.area() + place] = sum;
        }
  store(e, std::move(y), out, 2, last);
  return success();
}

} // namespace

void addConvolutionEvals(EvalTable &table) {
  table.add<ConvOp, evalConv>();
  table.add<ConvTransposeOp, evalConvTranspose>();
  table.add<DeformConvOp, evalDeformConv>();
}

} // namespace weft::reference
