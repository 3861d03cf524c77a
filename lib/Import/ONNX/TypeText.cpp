// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says types in words: element types as numpy has them, dims by size or symbol.
#include "weft/Import/TypeText.h"

#include "dialects/Weft/IR/DimExpr.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "dialects/Weft/IR/WeftTypeSupport.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static std::string printed(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// "float32", "bool", "uint8", "complex64".
static std::string describeElement(Type element) {
  if (element.isInteger(1))
    return "bool";
  if (auto integer = dyn_cast<IntegerType>(element))
    return (integer.isUnsigned() ? "uint" : "int") + std::to_string(integer.getWidth());
  if (element.isF16() || element.isF32() || element.isF64())
    return "float" + std::to_string(element.getIntOrFloatBitWidth());
  if (element.isBF16())
    return "bfloat16";
  if (auto complex = dyn_cast<ComplexType>(element))
    return "complex" + std::to_string(2 * complex.getElementType().getIntOrFloatBitWidth());
  // MLIR says f8E4M3FN, numpy's extension float8e4m3fn.
  if (isa<FloatType>(element))
    return "float" + StringRef(printed(element)).drop_front().lower();
  return isa<mlir::weft::StringType>(element) ? "string" : printed(element);
}

std::string(::weft::describeType)(Type type) {
  return llvm::TypeSwitch<Type, std::string>(type)
      .Case<RankedTensorType>([](RankedTensorType tensor) {
        std::string dims;
        for (auto [i, dim] : llvm::enumerate(mlir::weft::getDims(tensor)))
          dims += (i ? ", " : "") + (dim.isUnknown() ? std::string("?") : dim.str());
        return describeElement(tensor.getElementType()) + " [" + dims + "]";
      })
      .Case<UnrankedTensorType>(
          [](UnrankedTensorType tensor) { return describeElement(tensor.getElementType()) + " [...]"; })
      .Case<mlir::weft::SeqType>(
          [](mlir::weft::SeqType list) { return "sequence of " + ::weft::describeType(list.getElement()); })
      .Case<mlir::weft::OptType>([](mlir::weft::OptType optional) {
        return "optional " + ::weft::describeType(optional.getElement());
      })
      .Default([](Type other) { return describeElement(other); });
}
