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

// What all elementwise descriptions have in common; docs/spec/elementwise.md has the numerics of each.
class Weft_ElementwiseText<string mnemonic, string semantics, string operands, string attributes, string element,
                           string result, int arity> {
  defvar operandType = "tensor<4x8x" # element # ">";
  defvar types = !interleave(!listsplat(operandType, arity), ", ");
  string text = "\n    Operands of equal rank; a dim of size 1 broadcasts. One element of the result depends on one of each operand.\n\n"
    # "    Semantics:  " # semantics # "\n"
    # "    Numerics:   docs/spec/elementwise.md#" # mnemonic # "\n\n"
    # "    ```mlir\n    %y = weft." # mnemonic # " " # operands # attributes # " : (" # types # ") -> tensor<4x8x" # result # ">\n    ```\n";
}
class Weft_UnaryOp<string mnemonic, string semantics, string fn = mnemonic, string element = "f32", string result = element,
                   string attributes = "", Type operand = Weft_NumberTensor>
    : Weft_ElementwiseOp<mnemonic, fn> {
  let description = Weft_ElementwiseText<mnemonic, semantics, "%x", attributes, element, result, 1>.text;
  let arguments = (ins operand:$x);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
}
class Weft_BinaryOp<string mnemonic, string semantics, string fn = mnemonic, list<Trait> traits = [], string element = "f32",
                    string result = element, string attributes = "", string operands = "%a, %b">
    : Weft_ElementwiseOp<mnemonic, fn, traits> {
  let description = Weft_ElementwiseText<mnemonic, semantics, operands, attributes, element, result, 2>.text;
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $lhs `,` $rhs attr-dict `:` functional-type(operands, results) }];
}

def Weft_AbsOp : Weft_UnaryOp<"abs", "`|x|`; of complex numbers the modulus; the least signed integer stays."> { // abs-C1
  let summary = "Absolute value";
}

def Weft_NegOp : Weft_UnaryOp<"neg", "`-x`; integers wrap."> { // neg-C1
  let summary = "Negation";
}

def Weft_SignOp : Weft_UnaryOp<"sign", "`-1`, `0` or `1`; NaN stays, and so does the sign of a zero."> { // sign-C1
  let summary = "Sign: -1, 0 or 1";
}

def Weft_ExpOp : Weft_UnaryOp<"exp", "`e^x`."> { // exp-C1
  let summary = "Exponential";
}

def Weft_Expm1Op : Weft_UnaryOp<"expm1", "`e^x - 1`, exact near 0."> { // expm1-C1
  let summary = "Exponential minus one";
}

def Weft_LogOp : Weft_UnaryOp<"log", "`ln x`; NaN below 0, -Inf at 0."> { // log-C1
  let summary = "Natural logarithm";
}

def Weft_Log1pOp : Weft_UnaryOp<"log1p", "`ln (1 + x)`, exact near 0."> { // log1p-C1
  let summary = "Logarithm of one plus x";
}

def Weft_SqrtOp : Weft_UnaryOp<"sqrt", "`x^(1/2)`; NaN below 0."> { // sqrt-C1
  let summary = "Square root";
}

def Weft_RsqrtOp : Weft_UnaryOp<"rsqrt", "`x^(-1/2)`; Inf at 0, NaN below."> { // rsqrt-C1
  let summary = "Reciprocal square root";
}

def Weft_SinOp : Weft_UnaryOp<"sin", "`sin x`, x in radians."> { // sin-C1
  let summary = "Sine";
}

def Weft_CosOp : Weft_UnaryOp<"cos", "`cos x`, x in radians."> { // cos-C1
  let summary = "Cosine";
}

def Weft_TanOp : Weft_UnaryOp<"tan", "`tan x`, x in radians."> { // tan-C1
  let summary = "Tangent";
}

def Weft_AsinOp : Weft_UnaryOp<"asin", "the y in [-pi/2, pi/2] with `sin y = x`; NaN outside of [-1, 1]."> { // asin-C1
  let summary = "Arc sine";
}

def Weft_AcosOp : Weft_UnaryOp<"acos", "the y in [0, pi] with `cos y = x`; NaN outside of [-1, 1]."> { // acos-C1
  let summary = "Arc cosine";
}

def Weft_AtanOp : Weft_UnaryOp<"atan", "the y in (-pi/2, pi/2) with `tan y = x`."> { // atan-C1
  let summary = "Arc tangent";
}

def Weft_SinhOp : Weft_UnaryOp<"sinh", "`(e^x - e^-x) / 2`."> { // sinh-C1
  let summary = "Hyperbolic sine";
}

def Weft_CoshOp : Weft_UnaryOp<"cosh", "`(e^x + e^-x) / 2`."> { // cosh-C1
  let summary = "Hyperbolic cosine";
}

def Weft_TanhOp : Weft_UnaryOp<"tanh", "`(e^x - e^-x) / (e^x + e^-x)`."> { // tanh-C1
  let summary = "Hyperbolic tangent";
}

def Weft_AsinhOp : Weft_UnaryOp<"asinh", "the y with `sinh y = x`."> { // asinh-C1
  let summary = "Inverse hyperbolic sine";
}

def Weft_AcoshOp : Weft_UnaryOp<"acosh", "the y >= 0 with `cosh y = x`; NaN below 1."> { // acosh-C1
  let summary = "Inverse hyperbolic cosine";
}

def Weft_AtanhOp : Weft_UnaryOp<"atanh", "the y with `tanh y = x`; NaN outside of [-1, 1], infinite at its ends."> { // atanh-C1
  let summary = "Inverse hyperbolic tangent";
}

def Weft_ErfOp : Weft_UnaryOp<"erf", "`2 / sqrt(pi) * integral of e^(-t^2) for t from 0 to x`."> { // erf-C1
  let summary = "Error function";
}

def Weft_SigmoidOp : Weft_UnaryOp<"sigmoid", "`1 / (1 + e^-x)`."> { // sigmoid-C1
  let summary = "Logistic function";
}

def Weft_CeilOp : Weft_UnaryOp<"ceil", "the least integer not below x."> { // ceil-C1
  let summary = "Least integer not below x";
}

def Weft_FloorOp : Weft_UnaryOp<"floor", "the greatest integer not above x."> { // floor-C1
  let summary = "Greatest integer not above x";
}

def Weft_RoundOp : Weft_UnaryOp<"round", "the nearest integer, of two the even one."> { // round-C1
  let summary = "Nearest integer, half to even";
}

def Weft_NotOp : Weft_UnaryOp<"not", "each bit of x inverted; of a boolean the other one.", "not_", "i32"> { // not-C1
  let summary = "Logical complement of booleans, bitwise complement of integers";
}

def Weft_IsNanOp : Weft_UnaryOp<"is_nan", "whether x is NaN.", "is_nan", "f32", "i1"> { // is_nan-C1
  let summary = "Whether x is not a number";
}

def Weft_IsInfOp : Weft_UnaryOp<"is_inf", "whether x is +Inf (with `pos`) or -Inf (with `neg`).", "is_inf", "f32", "i1",
    " {neg = false}"> { // is_inf-C1
  let summary = "Whether x is infinite";
  let arguments = (ins Weft_NumberTensor:$x, DefaultValuedAttr<BoolAttr, "true">:$pos, DefaultValuedAttr<BoolAttr, "true">:$neg);
}

def Weft_GeluOp : Weft_UnaryOp<"gelu", "`x / 2 * (1 + erf(x / sqrt 2))`; approximately with tanh, or `x * sigmoid(alpha x)` (quick).",
    "gelu", "f32", "f32", " {approx = #weft.gelu_approx<tanh>}"> { // gelu-C1
  let summary = "Gaussian error linear unit";
  let arguments = (ins Weft_NumberTensor:$x, DefaultValuedAttr<Weft_GeluApproxAttr, "::mlir::weft::GeluApprox::none">:$approx,
                   DefaultValuedAttr<F64Attr, "1.702">:$alpha);
}

// add-C1, add-C2, add-C3, add-C4
def Weft_AddOp : Weft_BinaryOp<"add", "`a + b`; integers wrap.", "add", [Commutative], "f32"> {
  let summary = "Sum";
}

// sub-C1, sub-C2, sub-C3, sub-C4
def Weft_SubOp : Weft_BinaryOp<"sub", "`a - b`; integers wrap.", "sub", [], "f32"> {
  let summary = "Difference";
}

// mul-C1, mul-C2, mul-C3, mul-C4
def Weft_MulOp : Weft_BinaryOp<"mul", "`a * b`; integers wrap.", "mul", [Commutative], "f32"> {
  let summary = "Product";
}

// div-C1, div-C2, div-C3, div-C4
def Weft_DivOp : Weft_BinaryOp<"div", "`a / b`; integers truncate toward zero, x / 0 = 0, the least integer over -1 stays.", "div", [], "f32"> {
  let summary = "Quotient; of integers truncated toward zero";
}

// pow-C1, pow-C3, pow-C4
def Weft_PowOp : Weft_BinaryOp<"pow", "`a^b`, of the type of a; the exponent may have another type.", "pow", [], "f32"> {
  let summary = "Power; the result has the type of the base";
}

// max-C1, max-C2, max-C3, max-C4
def Weft_MaxOp : Weft_BinaryOp<"max", "the greater one; NaN if either is NaN.", "max", [Commutative], "f32"> {
  let summary = "Maximum; NaN propagates";
}

// min-C1, min-C2, min-C3, min-C4
def Weft_MinOp : Weft_BinaryOp<"min", "the lesser one; NaN if either is NaN.", "min", [Commutative], "f32"> {
  let summary = "Minimum; NaN propagates";
}

// and-C1, and-C2, and-C3, and-C4
def Weft_AndOp : Weft_BinaryOp<"and", "bitwise; logical on booleans.", "and_", [Commutative], "i32"> {
  let summary = "Logical or bitwise conjunction";
}

// or-C1, or-C2, or-C3, or-C4
def Weft_OrOp : Weft_BinaryOp<"or", "bitwise; logical on booleans.", "or_", [Commutative], "i32"> {
  let summary = "Logical or bitwise disjunction";
}

// xor-C1, xor-C2, xor-C3, xor-C4
def Weft_XorOp : Weft_BinaryOp<"xor", "bitwise; logical on booleans.", "xor_", [Commutative], "i32"> {
  let summary = "Logical or bitwise exclusive disjunction";
}

// mod-C1, mod-C2, mod-C3, mod-C4
def Weft_ModOp : Weft_BinaryOp<"mod", "`a - b * floor(a / b)`, of the sign of b; with `fmod` of the sign of a. x mod 0 = 0 for integers.",
    "mod", [], "i32", "i32", " {fmod = true}"> {
  let summary = "Remainder: sign of the divisor, or with fmod of the dividend";
  let arguments = (ins Weft_NumberTensor:$lhs, Weft_NumberTensor:$rhs, DefaultValuedAttr<BoolAttr, "false">:$fmod);
}

// shift-C1, shift-C2, shift-C3, shift-C4
def Weft_ShiftOp : Weft_BinaryOp<"shift", "`a << b` or `a >> b`; of signed integers arithmetic. A count outside of the width: 0, or -1 to the right of a negative a.",
    "shift", [], "i32", "i32", " {dir = #weft.direction<left>}"> {
  let summary = "Bit shift; counts outside of the width shift everything out";
  let arguments = (ins Weft_IntTensor:$lhs, Weft_IntTensor:$rhs, Weft_ShiftDirectionAttr:$dir);
}

// compare-C1, compare-C2, compare-C3, compare-C4
def Weft_CompareOp : Weft_BinaryOp<"compare", "whether a is equal to (eq, ne), less than (lt, le) or greater than (gt, ge) b; strings by bytes.",
    "compare", [], "f32", "i1", "", "lt %a, %b"> {
  let summary = "Comparison; false when an operand is NaN, except for ne";
  let arguments = (ins Weft_AnyTensor:$lhs, Weft_AnyTensor:$rhs, Weft_ComparePredicateAttr:$pred);
  let assemblyFormat = [{ custom<Keyword>($pred) $lhs `,` $rhs attr-dict `:` functional-type(operands, results) }];
}

// select-C2, select-C3, select-C4
def Weft_SelectOp : Weft_ElementwiseOp<"select", "select"> {
  let summary = "Elements of one operand where the condition holds, else of the other";
  let description = [{
    Operands of equal rank; a dim of size 1 broadcasts.

    Semantics:  `cond ? lhs : rhs`, of any element type.
    Numerics:   docs/spec/elementwise.md#select

    ```mlir
    %y = weft.select %c, %a, %b : (tensor<4x8xi1>, tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Weft_BoolTensor:$cond, Weft_AnyTensor:$lhs, Weft_AnyTensor:$rhs);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $cond `,` $lhs `,` $rhs attr-dict `:` functional-type(operands, results) }];
}

def Weft_CastOp : Weft_UnaryOp<"cast", "x as an element of type `to`: floats to integers toward zero, integers keep their low bits, any but 0 is true.",
    "cast", "f32", "i32", " {to = i32}", Weft_AnyTensor> { // cast-C1
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

def Weft_BitcastOp : Weft_UnaryOp<"bitcast", "the bits of x read as an element of type `to`.", "bitcast", "f32", "i32", " {to = i32}",
    Weft_AnyTensor> { // bitcast-C1
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
