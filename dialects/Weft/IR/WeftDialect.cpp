// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the dialect's ops, types and attributes; the text form of dim names.
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::weft;

#include "dialects/Weft/IR/WeftDialect.cpp.inc"
#include "dialects/Weft/IR/WeftEnums.cpp.inc"
#include "dialects/Weft/IR/WeftInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Weft/IR/WeftAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Weft/IR/WeftTypes.cpp.inc"

namespace mlir::weft {
// Of the generated definitions (WeftOpDefs.cpp.in), first part.
void registerWeftDialectOperations(WeftDialect *dialect);
} // namespace mlir::weft

void WeftDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Weft/IR/WeftAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Weft/IR/WeftTypes.cpp.inc"
      >();
  registerWeftDialectOperations(this);
}

Operation *WeftDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto elements = dyn_cast<ElementsAttr>(value)) {
    if (elements.getType() == type)
      return ConstantOp::create(builder, loc, elements);
    return nullptr;
  }
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

//===----------------------------------------------------------------------===//
// #weft.dims
//===----------------------------------------------------------------------===//

// Collects the text of one expression up to a `,` or `>` of the list; DimExpr::parse says whether it is one.
static ParseResult parseDimText(AsmParser &parser, std::string &text, int depth = 0) {
  constexpr int maxDepth = 64;
  if (depth > maxDepth)
    return parser.emitError(parser.getCurrentLocation(), "expected a dim expression of at most 64 levels");
  // Words never grow together: `a b` stays malformed.
  auto append = [&](const Twine &token) {
    std::string word = token.str();
    if (!text.empty() && llvm::isAlnum(text.back()) && llvm::isAlnum(word.front()))
      text += ' ';
    text += word;
  };
  while (true) {
    StringRef keyword;
    APInt integer;
    OptionalParseResult parsedInteger;
    if (succeeded(parser.parseOptionalKeyword(&keyword))) {
      append(keyword);
    } else if (parsedInteger = parser.parseOptionalInteger(integer); parsedInteger.has_value()) {
      if (failed(*parsedInteger))
        return failure();
      SmallString<24> digits;
      integer.toStringSigned(digits);
      append(digits);
    } else if (succeeded(parser.parseOptionalQuestion())) {
      append("?");
    } else if (succeeded(parser.parseOptionalLParen())) {
      append("(");
      if (parseDimText(parser, text, depth + 1))
        return failure();
      while (succeeded(parser.parseOptionalComma())) {
        append(", ");
        if (parseDimText(parser, text, depth + 1))
          return failure();
      }
      if (parser.parseRParen())
        return failure();
      append(")");
    } else if (succeeded(parser.parseOptionalPlus())) {
      append(" + ");
    } else if (succeeded(parser.parseOptionalMinus())) {
      append(" - ");
    } else if (succeeded(parser.parseOptionalStar())) {
      append(" * ");
    } else {
      return success();
    }
  }
}

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  MLIRContext *context = parser.getContext();
  SmallVector<StringAttr> exprs;
  auto parseExpr = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    std::string text;
    if (parseDimText(parser, text))
      return failure();
    std::optional<DimExpr> expr = DimExpr::parse(text);
    if (!expr)
      return parser.emitError(loc, "expected a dim expression, but got '") << text << "'";
    exprs.push_back(StringAttr::get(context, expr->str()));
    return success();
  };
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess())
    return {};
  if (failed(parser.parseOptionalGreater()) &&
      (parser.parseCommaSeparatedList(parseExpr) || parser.parseGreater()))
    return {};
  return DimsAttr::getChecked([&] { return parser.emitError(loc); }, context, exprs);
}

void DimsAttr::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getExprs(), printer, [&](StringAttr expr) { printer << expr.getValue(); });
  printer << '>';
}

LogicalResult DimsAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<StringAttr> exprs) {
  for (StringAttr text : exprs) {
    std::optional<DimExpr> expr = text ? DimExpr::parse(text.getValue()) : std::nullopt;
    if (!expr || expr->str() != text.getValue())
      return emitError() << "expected a canonical dim expression, but got '" << (text ? text.getValue() : "")
                         << "'";
  }
  return success();
}

LogicalResult DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (getExprs().size() != shape.size())
    return emitError() << "expected one dim expression for each of " << shape.size() << " dims, but got "
                       << getExprs().size();
  for (auto [axis, pair] : llvm::enumerate(llvm::zip(getExprs(), shape))) {
    auto [text, size] = pair;
    std::optional<DimExpr> expr = DimExpr::parse(text.getValue());
    std::optional<int64_t> named = expr ? expr->getConstant() : std::nullopt;
    bool isStatic = !ShapedType::isDynamic(size);
    if (isStatic ? named != size : named.has_value())
      return emitError() << "expected the expression of dim " << axis << " to be "
                         << (isStatic ? Twine(size).str()
                                      : std::string("no constant, for the dim is dynamic"))
                         << ", but got '" << text.getValue() << "'";
  }
  return success();
}
