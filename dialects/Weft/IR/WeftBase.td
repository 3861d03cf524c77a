// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect definition, op base classes and shared type constraints.
#ifndef WEFT_BASE_TD
#define WEFT_BASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Weft_Dialect : Dialect {
  let name = "weft";
  let cppNamespace = "::mlir::weft";
  let summary = "What a deep learning model means";
  let description = [{
    A core set of orthogonal tensor operations with value semantics. ONNX operators of every opset are imported into
    it; graph passes (shapes, folding, pruning, quantisation, layout, fusion, batching) rewrite it; Conversion lowers
    it to structured IR. Dynamic dims carry names in the tensor encoding (`#weft.dims`), so that equal expressions mean
    equal sizes.
  }];
  let dependentDialects = ["arith::ArithDialect", "quant::QuantDialect"];
  let hasConstantMaterializer = 1;
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

//===----------------------------------------------------------------------===//
// Type constraints
//===----------------------------------------------------------------------===//

def Weft_String : Type<CPred<"::llvm::isa<::mlir::weft::StringType>($_self)">, "string">;
def Weft_Bool : AnyTypeOf<[I1], "boolean">;
def Weft_Int : AnyTypeOf<[AnySignlessInteger, AnyUnsignedInteger], "integer">;
def Weft_Quant : Type<CPred<"::llvm::isa<::mlir::quant::QuantizedType>($_self)">, "quantised">;
def Weft_Number : AnyTypeOf<[AnyFloat, Weft_Int, AnyComplex, Weft_Quant], "number">;
def Weft_Element : AnyTypeOf<[Weft_Number, Weft_String], "number or string">;

def Weft_AnyTensor : RankedTensorOf<[Weft_Element]>;
def Weft_NumberTensor : RankedTensorOf<[Weft_Number]>;
def Weft_FloatTensor : RankedTensorOf<[AnyFloat, Weft_Quant]>;
def Weft_IntTensor : RankedTensorOf<[Weft_Int]>;
def Weft_BoolTensor : RankedTensorOf<[I1]>;
def Weft_IndexTensor : RankedTensorOf<[I32, I64, UI8, I8, I16]>;
def Weft_I64Tensor : RankedTensorOf<[I64]>;
def Weft_StringTensor : RankedTensorOf<[Weft_String]>;
// A value that control flow can carry.
def Weft_Value : Type<CPred<"true">, "any value">;

//===----------------------------------------------------------------------===//
// Op base classes
//===----------------------------------------------------------------------===//

class Weft_Op<string mnemonic, list<Trait> traits = []> : Op<Weft_Dialect, mnemonic, traits>;

// An op whose result types follow from operands and attributes. A declared type may know more or less than the inferred
// one (static against `?`, named against unnamed), never something else.
class Weft_InferredOp<string mnemonic, list<Trait> traits = []>
    : Weft_Op<mnemonic, !listconcat([InferTypeOpAdaptorWithIsCompatible], traits)> {
  code inferredDefinition = [{
    bool $cppClass::isCompatibleReturnTypes(::mlir::TypeRange inferred, ::mlir::TypeRange declared) {
      return ::mlir::weft::areCompatibleTypes(inferred, declared);
    }
  }];
  let extraClassDefinition = inferredDefinition;
}

#endif // WEFT_BASE_TD
