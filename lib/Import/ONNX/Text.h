// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings as constants and as numbers, for builders.
#ifndef WEFT_LIB_IMPORT_ONNX_TEXT_H
#define WEFT_LIB_IMPORT_ONNX_TEXT_H

#include "NodeBuilder.h"

namespace weft::importer {

/// A text as a constant of rank 0.
Value textScalar(NodeBuilder &n, StringRef text);

/// The numbers that strings spell; null after a report.
Value textToNumber(NodeBuilder &n, Value x, Type to);
/// Numbers and booleans as strings; null after a report.
Value numberToText(NodeBuilder &n, Value x);

} // namespace weft::importer

#endif // WEFT_LIB_IMPORT_ONNX_TEXT_H
