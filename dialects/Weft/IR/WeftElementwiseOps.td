// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise ops: unary, binary, select, cast.
#ifndef WEFT_ELEMENTWISE_OPS_TD
#define WEFT_ELEMENTWISE_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"


// Elementwise ops: one class; the scalar function tells them apart. Operands have equal ranks; a dim of size 1 broadcasts.
class Weft_ElementwiseOp<string mnemonic, string fn, list<Trait> traits = []>
    : Weft_InferredOp<mnemonic, !listconcat([Pure, Weft_Dim, Weft_Fuse, Weft_ElementwiseOpInterface], traits)> {
  let extraClassDeclaration = "::mlir::weft::ScalarFn getScalarFn() { return ::mlir::weft::ScalarFn::" # fn # "; } "
    "::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; }";
  let extraClassDefinition = inferredDefinition # [{
    ::mlir::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::mlir::weft::inferElementwiseType($cppClass::getOperationName(), ScalarFn::}] # fn # [{, context, loc, adaptor.getOperands(),
          ::mlir::Type(), types);
    }
    ::mlir::FailureOr<::mlir::weft::DimMap> $cppClass::getDimMap() { return ::mlir::weft::elementwiseDimMap(getOperation()); }
  }];
  let hasFolder = 1;
}
class Weft_UnaryOp<string mnemonic, string fn = mnemonic, list<Trait> traits = [], Type operand = Weft_NumberTensor>
    : Weft_ElementwiseOp<mnemonic, fn, traits> {
  let arguments = (ins operand:$x);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
}
class Weft_BinaryOp<string mnemonic, string fn = mnemonic, list<Trait> traits = [], Type operand = Weft_NumberTensor>
    : Weft_ElementwiseOp<mnemonic, fn, traits> {
  let arguments = (ins operand:$lhs, operand:$rhs);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs attr-dict `:` functional-type(operands, results) }];
}

def Weft_AbsOp : Weft_UnaryOp<"abs"> {
  let summary = "Absolute value";
}

def Weft_NegOp : Weft_UnaryOp<"neg"> {
  let summary = "Negation";
}

def Weft_SignOp : Weft_UnaryOp<"sign"> {
  let summary = "Sign: -1, 0 or 1";
}

def Weft_ExpOp : Weft_UnaryOp<"exp"> {
  let summary = "Exponential";
}

def Weft_Expm1Op : Weft_UnaryOp<"expm1"> {
  let summary = "Exponential minus one";
}

def Weft_LogOp : Weft_UnaryOp<"log"> {
  let summary = "Natural logarithm";
}

def Weft_Log1pOp : Weft_UnaryOp<"log1p"> {
  let summary = "Logarithm of one plus x";
}

def Weft_SqrtOp : Weft_UnaryOp<"sqrt"> {
  let summary = "Square root";
}

def Weft_RsqrtOp : Weft_UnaryOp<"rsqrt"> {
  let summary = "Reciprocal square root";
}

def Weft_SinOp : Weft_UnaryOp<"sin"> {
  let summary = "Sine";
}

def Weft_CosOp : Weft_UnaryOp<"cos"> {
  let summary = "Cosine";
}

def Weft_TanOp : Weft_UnaryOp<"tan"> {
  let summary = "Tangent";
}

def Weft_AsinOp : Weft_UnaryOp<"asin"> {
  let summary = "Arc sine";
}

def Weft_AcosOp : Weft_UnaryOp<"acos"> {
  let summary = "Arc cosine";
}

def Weft_AtanOp : Weft_UnaryOp<"atan"> {
  let summary = "Arc tangent";
}

def Weft_SinhOp : Weft_UnaryOp<"sinh"> {
  let summary = "Hyperbolic sine";
}

def Weft_CoshOp : Weft_UnaryOp<"cosh"> {
  let summary = "Hyperbolic cosine";
}

def Weft_TanhOp : Weft_UnaryOp<"tanh"> {
  let summary = "Hyperbolic tangent";
}

def Weft_AsinhOp : Weft_UnaryOp<"asinh"> {
  let summary = "Inverse hyperbolic sine";
}

def Weft_AcoshOp : Weft_UnaryOp<"acosh"> {
  let summary = "Inverse hyperbolic cosine";
}

def Weft_AtanhOp : Weft_UnaryOp<"atanh"> {
  let summary = "Inverse hyperbolic tangent";
}

def Weft_ErfOp : Weft_UnaryOp<"erf"> {
  let summary = "Error function";
}

def Weft_SigmoidOp : Weft_UnaryOp<"sigmoid"> {
  let summary = "Logistic function";
}

def Weft_CeilOp : Weft_UnaryOp<"ceil"> {
  let summary = "Least integer not below x";
}

def Weft_FloorOp : Weft_UnaryOp<"floor"> {
  let summary = "Greatest integer not above x";
}

def Weft_RoundOp : Weft_UnaryOp<"round"> {
  let summary = "Nearest integer, half to even";
}

def Weft_NotOp : Weft_UnaryOp<"not", "not_"> {
  let summary = "Logical complement of booleans, bitwise complement of integers";
}

def Weft_IsNanOp : Weft_UnaryOp<"is_nan"> {
  let summary = "Whether x is not a number";
}

def Weft_IsInfOp : Weft_UnaryOp<"is_inf"> {
  let summary = "Whether x is infinite";
  let arguments = (ins Weft_NumberTensor:$x, DefaultValuedAttr<BoolAttr, "true">:$pos, DefaultValuedAttr<BoolAttr, "true">:$neg);
}

def Weft_GeluOp : Weft_UnaryOp<"gelu"> {
  let summary = "Gaussian error linear unit";
  let arguments = (ins Weft_NumberTensor:$x, DefaultValuedAttr<Weft_GeluApproxAttr, "::mlir::weft::GeluApprox::none">:$approx,
                   DefaultValuedAttr<F64Attr, "1.702">:$alpha);
}

def Weft_AddOp : Weft_BinaryOp<"add", "add", [Commutative]> {
  let summary = "Sum";
}

def Weft_SubOp : Weft_BinaryOp<"sub", "sub", []> {
  let summary = "Difference";
}

def Weft_MulOp : Weft_BinaryOp<"mul", "mul", [Commutative]> {
  let summary = "Product";
}

def Weft_DivOp : Weft_BinaryOp<"div", "div", []> {
  let summary = "Quotient; of integers truncated toward zero";
}

def Weft_PowOp : Weft_BinaryOp<"pow", "pow", []> {
  let summary = "Power; the result has the type of the base";
}

def Weft_MaxOp : Weft_BinaryOp<"max", "max", [Commutative]> {
  let summary = "Maximum; NaN propagates";
}

def Weft_MinOp : Weft_BinaryOp<"min", "min", [Commutative]> {
  let summary = "Minimum; NaN propagates";
}

def Weft_AndOp : Weft_BinaryOp<"and", "and_", [Commutative]> {
  let summary = "Logical or bitwise conjunction";
}

def Weft_OrOp : Weft_BinaryOp<"or", "or_", [Commutative]> {
  let summary = "Logical or bitwise disjunction";
}

def Weft_XorOp : Weft_BinaryOp<"xor", "xor_", [Commutative]> {
  let summary = "Logical or bitwise exclusive disjunction";
}

def Weft_ModOp : Weft_BinaryOp<"mod"> {
  let summary = "Remainder: sign of the divisor, or with fmod of the dividend";
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs, DefaultValuedAttr<BoolAttr, "false">:$fmod);
}

def Weft_ShiftOp : Weft_BinaryOp<"shift"> {
  let summary = "Bit shift; counts outside of the width shift everything out";
  let arguments = (ins Weft_IntTensor:$lhs, Weft_IntTensor:$rhs, Weft_ShiftDirectionAttr:$dir);
}

def Weft_CompareOp : Weft_BinaryOp<"compare"> {
  let summary = "Comparison; false when an operand is NaN, except for ne";
  let arguments = (ins Weft_AnyTensor:$lhs, Weft_AnyTensor:$rhs, Weft_ComparePredicateAttr:$pred);
  let assemblyFormat = [{ custom<Keyword>($pred) $lhs `,` $rhs attr-dict `:` functional-type(operands, results) }];
}

def Weft_SelectOp : Weft_ElementwiseOp<"select", "select"> {
  let summary = "Elements of one operand where the condition holds, else of the other";
  let arguments = (ins Weft_BoolTensor:$cond, Weft_AnyTensor:$lhs, Weft_AnyTensor:$rhs);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $cond `,` $lhs `,` $rhs attr-dict `:` functional-type(operands, results) }];
}

def Weft_CastOp : Weft_UnaryOp<"cast", "cast", [], Weft_AnyTensor> {
  let summary = "Conversion to another element type";
  let arguments = (ins Weft_AnyTensor:$x, TypeAttr:$to, DefaultValuedAttr<BoolAttr, "true">:$saturate,
                   DefaultValuedAttr<Weft_CastRoundAttr, "::mlir::weft::CastRound::up">:$round_mode);
  let extraClassDefinition = inferredDefinition # [{
    ::mlir::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::mlir::weft::inferElementwiseType($cppClass::getOperationName(), ScalarFn::cast, context, loc,
          adaptor.getOperands(), adaptor.getTo(), types);
    }
    ::mlir::FailureOr<::mlir::weft::DimMap> $cppClass::getDimMap() { return ::mlir::weft::elementwiseDimMap(getOperation()); }
  }];
}

def Weft_BitcastOp : Weft_UnaryOp<"bitcast", "bitcast", [], Weft_AnyTensor> {
  let summary = "Same bits read as another element type of the same width";
  let arguments = (ins Weft_AnyTensor:$x, TypeAttr:$to);
  let extraClassDefinition = inferredDefinition # [{
    ::mlir::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::mlir::weft::inferElementwiseType($cppClass::getOperationName(), ScalarFn::bitcast, context, loc,
          adaptor.getOperands(), adaptor.getTo(), types);
    }
    ::mlir::FailureOr<::mlir::weft::DimMap> $cppClass::getDimMap() { return ::mlir::weft::elementwiseDimMap(getOperation()); }
  }];
}

#endif // WEFT_ELEMENTWISE_OPS_TD
