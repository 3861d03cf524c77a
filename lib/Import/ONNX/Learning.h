// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the classifiers and regressors of ai.onnx.ml share: labels, scores and their transforms.
#ifndef WEFT_LIB_IMPORT_ONNX_LEARNING_H
#define WEFT_LIB_IMPORT_ONNX_LEARNING_H

#include "NodeBuilder.h"

namespace weft::importer {

/// What is done to scores in the end.
enum class PostTransform { none, softmax, logistic, softmaxZero, probit };

/// Attribute `post_transform`; failure after a report.
FailureOr<PostTransform> readPostTransform(NodeBuilder &n);
/// The transform over the last axis of scores [N E]; null when scores are.
Value postTransform(NodeBuilder &n, Value scores, PostTransform transform);

/// The classes' labels, [E]: strings from `classlabels_strings`, else i64 from the attribute `name`; failure
/// after a report.
FailureOr<Value> readLabels(NodeBuilder &n, StringRef name);
/// A list of texts as a constant.
DenseElementsAttr textList(NodeBuilder &n, ArrayRef<std::string> texts);
/// x [N F] or [F] as f32 [N F]; null after a report.
Value samples(NodeBuilder &n);
/// A matrix of `rows` rows of f32 from a flat attribute; null after a report.
Value matrixAttr(NodeBuilder &n, StringRef name, int64_t rows);
/// [C] numbers of an element type.
Value vectorOf(NodeBuilder &n, ArrayRef<double> values, Type element);

/// Outputs 0 (label, [N]) and 1 (scores, [N E], f32) of a classifier with one score per class.
LogicalResult finishClasses(NodeBuilder &n, Value scores, Value labels, PostTransform transform);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_LEARNING_H
