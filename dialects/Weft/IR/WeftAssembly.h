// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pieces of textual form that several weft ops share; the generated op definitions use them.
#ifndef WEFT_DIALECTS_WEFT_IR_WEFTASSEMBLY_H
#define WEFT_DIALECTS_WEFT_IR_WEFTASSEMBLY_H

#include "mlir/IR/DialectImplementation.h"

namespace mlir::weft {

/// custom<Keyword>: an enum attribute as its bare keyword, without the angle brackets it has in attribute
/// dictionaries.
template <typename EnumAttr> ParseResult parseKeyword(OpAsmParser &parser, EnumAttr &attribute) {
  using Enum = decltype(attribute.getValue());
  FailureOr<Enum> value = FieldParser<Enum>::parse(parser);
  if (failed(value))
    return failure();
  attribute = EnumAttr::get(parser.getContext(), *value);
  return success();
}

template <typename EnumAttr> void printKeyword(OpAsmPrinter &printer, Operation *, EnumAttr attribute) {
  printer << attribute.getValue();
}

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_WEFTASSEMBLY_H
