// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the large ops that exporters took apart.
#ifndef WEFT_TRANSFORMS_RECOGNIZE_H
#define WEFT_TRANSFORMS_RECOGNIZE_H

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/PatternMatch.h"

namespace weft {

// A matcher that declines leaves the reason in `why`, where one is given: a literal, which patterns report.

/// `(x - mean(x)) * rsqrt(mean((x - mean(x))^2) + epsilon)`, or without the mean (`center` false), times
/// `gain` plus `shift` where these are part of the match.
struct NormalizeMatch {
  mlir::Value x;
  mlir::SmallVector<int64_t> axes;
  double epsilon = 0;
  bool center = true;
  mlir::Value gain, shift; ///< may be null
};
/// Matches `d / sqrt(v + eps)` and `d * (1 / sqrt(v + eps))`, `d * rsqrt(v + eps)`, `d * pow(v + eps, -0.5)`,
/// where v is the mean of d * d or d^2, and d is x - mean(x) or x itself. Products match both ways; a mean
/// may be a sum over a known number.
mlir::FailureOr<NormalizeMatch> matchNormalize(mlir::Value root, const char **why = nullptr);
/// Matches `x * a + (shift - mean(x) * a)` with `a = gain / sqrt(v + eps)`, as TensorFlow computes it.
mlir::FailureOr<NormalizeMatch> matchAffineNormalize(mlir::Value root, const char **why = nullptr);

/// `x * normcdf(x)` in one of the forms below.
struct GeluMatch {
  mlir::Value x;
  mlir::weft::GeluApprox approx;
};
/// Matches `0.5 x (1 + erf(x / sqrt 2))`, `0.5 x (1 + tanh(0.79788 (x + 0.044715 x^3)))` and
/// `x * sigmoid(1.702 x)` in any order of factors and with the polynomial in any form. Constants may be off
/// by 1e-3 of their value.
mlir::FailureOr<GeluMatch> matchGelu(mlir::Value root, const char **why = nullptr);

/// `factor / (1 + exp(negated))`: sigmoid(-negated), times the factor when there is one.
struct SigmoidMatch {
  mlir::Value negated, factor; ///< factor may be null
};
mlir::FailureOr<SigmoidMatch> matchSigmoid(mlir::Value root, const char **why = nullptr);

/// `max(min(alpha * x + beta, 1), 0)`, times x for hard swish.
struct HardSigmoidMatch {
  mlir::Value x;
  double alpha = 0, beta = 0;
  bool isSwish = false;
};
/// Matches clips to [0, c] that are divided by c, before or after a product with x. Fails on the form with
/// c = 1, which the importer builds.
mlir::FailureOr<HardSigmoidMatch> matchHardSigmoid(mlir::Value root, const char **why = nullptr);

/// `log(1 + exp(x))`, also with x itself above a threshold of at least 15.
struct SoftplusMatch {
  mlir::Value x;
};
mlir::FailureOr<SoftplusMatch> matchSoftplus(mlir::Value root, const char **why = nullptr);

/// `exp(x - max(x)) / sum(exp(x - max(x)))` along one axis; also without the max; `log` of it.
struct SoftmaxMatch {
  mlir::Value x;
  int64_t axis = 0;
  bool log = false;
};
mlir::FailureOr<SoftmaxMatch> matchSoftmax(mlir::Value root, const char **why = nullptr);

/// x rotated by angles whose cosines and sines are given for each position.
struct RopeMatch {
  mlir::Value x;        ///< [B H S D] or [B S H D]; of pairs also [.. D/2 2]
  mlir::Value cos, sin; ///< [B|1 1 S n] (bhsd) or [B|1 S 1 n] (bshd): n = D for halves, each half the same;
                        ///< n = D/2 for pairs
  mlir::weft::HeadLayout layout = mlir::weft::HeadLayout::bhsd;
  bool isInterleaved = false;
};
/// Matches `x * cos + concat(-x[D/2:], x[:D/2]) * sin`.
mlir::FailureOr<RopeMatch> matchRopeHalves(mlir::Value root, const char **why = nullptr);
/// Matches pairs (a, b) of adjacent entries that become (a cos - b sin, a sin + b cos).
mlir::FailureOr<RopeMatch> matchRopePairs(mlir::Value root, const char **why = nullptr);

/// Key j is visible to row i iff `j <= i + offset + start`.
struct CausalMatch {
  int64_t offset = 0;
  mlir::Value start; ///< an integer of one element made of sizes, or null
};
/// Matches a constant, or a comparison of positions, under `not` and `select(c, 0, -1e4 or less)`.
///
/// `isAdded` says that the mask is added to scores; else `holds` says whether true means visible. The first
/// row must be known to see a key.
mlir::FailureOr<CausalMatch> matchCausalMask(mlir::Value mask, bool isAdded, bool holds);
/// Whether a score of this value has no weight beside others.
bool isHidden(double score);
bool isHiddenScore(mlir::Value value);

/// What hides keys from rows of scores: added, or true where a key is visible (`holds`) or hidden.
struct ScoreMask {
  mlir::Value value;
  bool isAdded = true, holds = true;
};

/// A value whose heads come several times in a row: `x` under `shape` has each once.
struct RepeatedHeads {
  mlir::Value x;
  mlir::SmallVector<mlir::weft::DimExpr> shape;
};

/// `softmax(softcap tanh(scale q k^T / softcap) + masks) v`, with the scale on q, on k, on both, or on the
/// product.
struct AttentionMatch {
  mlir::Value q, k, v;                               ///< [B H S D] or [B S D]
  mlir::SmallVector<mlir::weft::DimExpr> keyShape;   ///< that k is to get, before `keyPerm`
  mlir::SmallVector<mlir::weft::DimExpr> valueShape; ///< that v is to get
  mlir::SmallVector<int64_t> keyPerm;                ///< transposes k to [B H S D]; empty when it is that
  mlir::SmallVector<ScoreMask> masks;                ///< outermost first
  mlir::Operation *product = nullptr;                ///< the matmul of q and k
  double scale = 1, softcap = 0;
  bool isGrouped = false; ///< k and v have each head once, q has several per head

  /// The axis of `keyShape` that becomes `axis`.
  int64_t keyAxis(int64_t axis) const { return keyPerm.empty() ? axis : keyPerm[axis]; }
};
mlir::FailureOr<AttentionMatch> matchAttention(mlir::Value root, const char **why = nullptr);

/// Each replaces the root of a match by the op; inner values must have no users outside of the match.
void populateRecognizeActivationPatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeNormalizePatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeGeluPatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeRopePatterns(mlir::RewritePatternSet &patterns);
void populateRecognizeSoftmaxPatterns(mlir::RewritePatternSet &patterns);
/// `onlyGrouped`: only where k and v would be repeated for the query heads.
void populateRecognizeAttentionPatterns(mlir::RewritePatternSet &patterns, bool onlyGrouped = false);

} // namespace weft

#endif // WEFT_TRANSFORMS_RECOGNIZE_H
