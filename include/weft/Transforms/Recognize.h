// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the large ops that exporters took apart.
#ifndef WEFT_TRANSFORMS_RECOGNIZE_H
#define WEFT_TRANSFORMS_RECOGNIZE_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

/// `(x - mean(x)) * rsqrt(mean((x - mean(x))^2) + epsilon)`, or without the mean (`center` false).
struct NormalizeMatch {
  mlir::Value x;
  mlir::SmallVector<int64_t> axes;
  double epsilon = 0;
  bool center = true;
};
/// Matches `d / sqrt(v + eps)` and `d * (1 / sqrt(v + eps))`, `d * rsqrt(v + eps)`, `d * pow(v + eps, -0.5)`,
/// where v is the mean of d * d or d^2, and d is x - mean(x) or x itself. Products match both ways.
mlir::FailureOr<NormalizeMatch> matchNormalize(mlir::Value root);

/// `x * normcdf(x)` in one of the forms below.
struct GeluMatch {
  mlir::Value x;
  bool isTanh = false;
};
/// Matches the five orders of `0.5 x (1 + erf(x / sqrt 2))` and of `0.5 x (1 + tanh(0.79788 (x + 0.044715
/// x^3)))`. Constants may be off by 1e-3 of their value.
mlir::FailureOr<GeluMatch> matchGelu(mlir::Value root);

/// `exp(x - max(x)) / sum(exp(x - max(x)))` along one axis; also without the max; `log` of it.
struct SoftmaxMatch {
  mlir::Value x;
  int64_t axis = 0;
  bool log = false;
};
mlir::FailureOr<SoftmaxMatch> matchSoftmax(mlir::Value root);

/// `softmax(scale * q k^T + mask) v`, with the scale on q, on k, on both, or on the product.
struct AttentionMatch {
  mlir::Value q, k, v, mask; ///< q, k, v `[B H S D]`; mask may be null
  double scale = 1;
};
mlir::FailureOr<AttentionMatch> matchAttention(mlir::Value root);

/// Each replaces the root of a match by the op; inner values must have no users outside of the match.
void populateRecognizeNormalizePatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeGeluPatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeSoftmaxPatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeAttentionPatterns(mlir::RewritePatternSet &patterns);

} // namespace weft

#endif // WEFT_TRANSFORMS_RECOGNIZE_H
