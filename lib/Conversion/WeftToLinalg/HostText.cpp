// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host form of ops on texts: functions of the runtime's, whose operands and results are lists of tensors.
#include "HostBuilder.h"
#include "PatternTable.h"
#include "Support.h"
#include "dialects/Kernel/IR/TextFunctions.h"

using namespace mlir;
using kernel::TextFunction;
using kernel::TextNumber;
namespace w = mlir::weft;

namespace weft::conversion {

/// How the runtime reads a number.
static TextNumber getNumberKind(Type type) {
  if (type.isF64())
    return TextNumber::F64;
  if (type.isF32())
    return TextNumber::F32;
  if (type.isBF16())
    return TextNumber::BF16;
  if (type.isF16())
    return TextNumber::F16;
  return type.isUnsignedInteger() ? TextNumber::U64 : TextNumber::I64;
}

/// The table of a pattern as a constant; null after an error.
static Value makeTable(OpBuilder &b, Operation *op, StringRef text, bool anywhere) {
  std::string error;
  std::optional<w::TextPattern> pattern = w::TextPattern::parse(text, error);
  std::optional<std::vector<int32_t>> words;
  if (pattern)
    words = makePatternTable(*pattern, anywhere);
  if (!words) {
    op->emitOpError("expected a pattern whose automaton has at most a million transitions, but got '")
        << text << "'";
    return {};
  }
  auto type = RankedTensorType::get(static_cast<int64_t>(words->size()), b.getI32Type());
  return kernel::ConstantOp::create(b, op->getLoc(), DenseElementsAttr::get(type, ArrayRef<int32_t>(*words)));
}

LogicalResult HostBuilder::convertTextOp(Operation *op) {
  SmallVector<Value> inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(lookup(operand));
  SmallVector<int64_t, 4> params;
  auto call = [&](TextFunction function, int64_t first = 0, int64_t second = 0) {
    params = {static_cast<int64_t>(function), first, second, 0};
  };
  auto addTable = [&](StringRef pattern, bool anywhere) {
    inputs.push_back(makeTable(b, op, pattern, anywhere));
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](w::TextConcatOp) { call(TextFunction::Concat); })
      .Case([&](w::TextCaseOp one) { call(TextFunction::Case, one.getUpper(), one.getAscii()); })
      .Case([&](w::TextSplitOp split) { call(TextFunction::Split, static_cast<int64_t>(split.getLimit())); })
      .Case([&](w::TextFindOp find) {
        call(TextFunction::Find, find.getGaps(), static_cast<int64_t>(find.getLeast()));
        addTable(find.getPattern(), /*anywhere=*/true);
      })
      .Case([&](w::TextMatchOp match) {
        call(TextFunction::Match);
        addTable(match.getPattern(), /*anywhere=*/false);
      })
      .Case([&](w::TextFormatOp format) {
        Type element = format.getX().getType().getElementType();
        call(TextFunction::Format, static_cast<int64_t>(getNumberKind(element)));
      })
      .Case([&](w::TextParseOp parse) {
        call(TextFunction::Parse, static_cast<int64_t>(getNumberKind(parse.getTo())));
      })
      .Case([&](w::TextRankOp) { call(TextFunction::Rank); });
  if (!inputs.back())
    return failure();
  Type list = kernel::ListType::get(b.getContext());
  Value results = createCall(op, "text", list, createCall(op, "list_make", list, inputs), params);
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    Type type = getHostType(result.getType());
    Value made =
        createCall(op, "list_at", type, {results, createIndex(b, op->getLoc(), static_cast<int64_t>(i))});
    values.map(result, made);
    bindDims(result.getType(), made);
  }
  return success();
}

} // namespace weft::conversion
