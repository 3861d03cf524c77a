// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads inputs and outputs of a model off its main function.
#include "Signature.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace ::weft;

uint8_t(::weft::getDataType)(Type type) {
  if (isa<Float32Type>(type))
    return 1;
  if (isa<Float16Type>(type))
    return 10;
  if (isa<Float64Type>(type))
    return 11;
  if (isa<BFloat16Type>(type))
    return 16;
  if (isa<Float8E4M3FNType>(type))
    return 17;
  if (isa<Float8E4M3FNUZType>(type))
    return 18;
  if (isa<Float8E5M2Type>(type))
    return 19;
  if (isa<Float8E5M2FNUZType>(type))
    return 20;
  if (isa<Float8E8M0FNUType>(type))
    return 24;
  if (isa<Float4E2M1FNType>(type))
    return 23;
  if (isa<mlir::weft::StringType>(type))
    return 8;
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF64() ? 15 : 14;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return 0;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return 9;
  case 2:
    return isUnsigned ? 25 : 26;
  case 4:
    return isUnsigned ? 21 : 22;
  case 8:
    return isUnsigned ? 2 : 3;
  case 16:
    return isUnsigned ? 4 : 5;
  case 32:
    return isUnsigned ? 12 : 6;
  case 64:
    return isUnsigned ? 13 : 7;
  default:
    return 0;
  }
}

static LogicalResult describeValue(func::FuncOp main, Type type, StringAttr name, StringRef role,
                                   unsigned number, ArtifactValue &value) {
  value.name = name ? name.str() : (role + std::to_string(number)).str();
  Type inner = type;
  if (auto optional = dyn_cast<mlir::weft::OptType>(inner)) {
    value.kind = ValueKind::Optional;
    inner = optional.getElement();
  }
  if (auto sequence = dyn_cast<mlir::weft::SeqType>(inner)) {
    (value.kind == ValueKind::Optional ? value.item : value.kind) = ValueKind::Sequence;
    inner = sequence.getElement();
  }
  auto tensor = dyn_cast<TensorType>(inner);
  if (!tensor || (!tensor.hasRank() && value.kind == ValueKind::Tensor))
    return main.emitError()
           << role << " '" << value.name << "' has type " << type
           << ", but a model's inputs and outputs must be tensors, sequences or optionals of "
              "tensors of known rank";
  unsigned bits =
      tensor.getElementType().isIntOrFloat() ? tensor.getElementType().getIntOrFloatBitWidth() : 8;
  if (value.kind != ValueKind::Tensor && bits > 1 && bits < 8)
    return main.emitError() << role << " '" << value.name << "' has type " << type
                            << ", whose elements no caller can pass packed; add a Cast to 8 bits";
  value.dataType = getDataType(tensor.getElementType());
  if (value.dataType == 0)
    return main.emitError() << role << " '" << value.name << "' has element type " << tensor.getElementType()
                            << ", which no caller can pass; add a Cast at the model's boundary";
  auto bounds = main->getAttrOfType<DictionaryAttr>("weft.symbols");
  value.isAnyRank = !tensor.hasRank();
  if (value.isAnyRank)
    return success();
  for (const mlir::weft::DimExpr &expr : mlir::weft::getDims(cast<RankedTensorType>(tensor))) {
    ArtifactDim dim;
    if (std::optional<int64_t> size = expr.getConstant()) {
      dim.size = *size;
    } else {
      dim.symbol = expr.isUnknown() ? "" : expr.str();
      auto range =
          bounds && !expr.getSymbol().empty() ? bounds.getAs<ArrayAttr>(expr.getSymbol()) : ArrayAttr();
      if (range && range.size() == 2) {
        dim.min = cast<IntegerAttr>(range[0]).getInt();
        dim.max = cast<IntegerAttr>(range[1]).getInt();
      }
    }
    value.dims.push_back(std::move(dim));
  }
  return success();
}

LogicalResult(::weft::describeSignature)(ModuleOp module, StringRef name, ArtifactEntry &entry) {
  auto main = module.lookupSymbol<func::FuncOp>(name);
  if (!main)
    return module.emitError() << "expected a function '" << name << "', but got none";
  for (auto [i, type] : llvm::enumerate(main.getArgumentTypes()))
    if (failed(describeValue(main, type, main.getArgAttrOfType<StringAttr>(i, "weft.name"), "input", i,
                             entry.inputs.emplace_back())))
      return failure();
  for (auto [i, type] : llvm::enumerate(main.getResultTypes())) {
    if (failed(describeValue(main, type, main.getResultAttrOfType<StringAttr>(i, "weft.name"), "output", i,
                             entry.outputs.emplace_back())))
      return failure();
    auto alias = main.getResultAttrOfType<IntegerAttr>(i, "weft.alias");
    entry.alias.push_back(alias ? static_cast<int32_t>(alias.getInt()) : -1);
  }
  return success();
}
