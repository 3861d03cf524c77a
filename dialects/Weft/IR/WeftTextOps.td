// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text ops: what looks into strings or makes new ones.
#ifndef WEFT_TEXT_OPS_TD
#define WEFT_TEXT_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

// Strings, or their numbers once weft-number-texts has run.
def Weft_TextTensor : RankedTensorOf<[Weft_String, I64]>;

def Weft_TextConcatOp : Weft_InferredOp<"text_concat", [Pure]> {
  let summary = "Texts of two tensors, one behind the other";
  let description = [{
    x, y: strings of one shape; result: strings of that shape.

    Semantics:  `result[i] = x[i] y[i]`, byte for byte.
    Numerics:   exact.
    Constraints: text_concat-C1.

    ```mlir
    %z = weft.text_concat %x, %y : (tensor<3x!weft.string>, tensor<3x!weft.string>) -> tensor<3x!weft.string>
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x, Weft_TextTensor:$y);
  let results = (outs Weft_TextTensor:$result);
  let assemblyFormat = [{ $x `,` $y attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextCaseOp : Weft_InferredOp<"text_case", [Pure]> {
  let summary = "Texts in upper or lower case";
  let description = [{
    x: strings; result: strings of the same shape.

    Semantics:  each character becomes its upper-case (`upper`) or lower-case form, one character for one, as the Unicode
                character database maps them; with `ascii` the letters A to Z only. Bytes that are not UTF-8 stay.
    Numerics:   exact.

    ```mlir
    %y = weft.text_case %x {upper = true} : (tensor<3x!weft.string>) -> tensor<3x!weft.string>
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x, BoolAttr:$upper, DefaultValuedAttr<BoolAttr, "false">:$ascii);
  let results = (outs Weft_TextTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextSplitOp : Weft_InferredOp<"text_split", [Pure]> {
  let summary = "Parts of each text between delimiters";
  let description = [{
    x: strings; delimiter, fill: one string each, of rank 0; pieces: the parts, with a dim behind those of x that is as large
    as the greatest count; counts: i64, the number of parts of each text.

    Semantics:  cuts from left to right at `delimiter`, at most `limit` times (negative: without limit); what is left is the last part.
                The empty delimiter stands for any run of ASCII white space; white space at both ends then bounds no part. Places behind the parts of
                a text hold `fill`.
    Numerics:   exact.
    Constraints: text_split-C1.

    ```mlir
    %p, %n = weft.text_split %x, %d, %f {limit = -1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x, Weft_TextTensor:$delimiter, Weft_TextTensor:$fill, I64Attr:$limit);
  let results = (outs Weft_TextTensor:$pieces, Weft_I64Tensor:$counts);
  let assemblyFormat = [{ $x `,` $delimiter `,` $fill attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextFindOp : Weft_InferredOp<"text_find", [Pure]> {
  let summary = "Places of each text that match a pattern";
  let description = [{
    x: strings; fill: one string, of rank 0; pieces: the matches, with a dim behind those of x that is as large as the greatest
    count; counts: i64, the number of matches of each text.

    Semantics:  matches of the regular expression `pattern` (RE2's syntax) that are not empty, from left to right, each the longest at the
                leftmost place behind the one before; with `gaps` what lies between them and at both ends. Parts of fewer than `least` characters are
                dropped. Places behind the parts of a text hold `fill`.
    Numerics:   exact.
    Constraints: text_find-C1, text_find-C2.

    ```mlir
    %p, %n = weft.text_find %x, %f {pattern = "[a-z]+", least = 1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x, Weft_TextTensor:$fill, StrAttr:$pattern, I64Attr:$least,
                       DefaultValuedAttr<BoolAttr, "false">:$gaps);
  let results = (outs Weft_TextTensor:$pieces, Weft_I64Tensor:$counts);
  let assemblyFormat = [{ $x `,` $fill attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextMatchOp : Weft_InferredOp<"text_match", [Pure]> {
  let summary = "Whether each text matches a pattern as a whole";
  let description = [{
    x: strings; result: i1 of the same shape.

    Semantics:  true where the regular expression `pattern` (RE2's syntax) matches the whole text. A byte that is not UTF-8 matches nothing.
    Numerics:   exact.
    Constraints: text_match-C1.

    ```mlir
    %y = weft.text_match %x {pattern = "[0-9]+"} : (tensor<3x!weft.string>) -> tensor<3xi1>
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x, StrAttr:$pattern);
  let results = (outs Weft_BoolTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextFormatOp : Weft_InferredOp<"text_format", [Pure]> {
  let summary = "Numbers as texts";
  let description = [{
    x: f16, bf16, f32, f64, i64 or ui64; `to`: the string type; result: strings of the same shape.

    Semantics:  integers in decimal. Real numbers in the shortest decimal form that reads back equal, with a point; below 1e-4 and from 1e16 on with an
                exponent of at least two digits. `NaN`, `INF`, `-INF`.
    Numerics:   exact.
    Constraints: text_format-C1.

    ```mlir
    %y = weft.text_format %x {to = !weft.string} : (tensor<3xf32>) -> tensor<3x!weft.string>
    ```
  }];
  let arguments = (ins Weft_NumberTensor:$x, TypeAttr:$to);
  let results = (outs Weft_TextTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextParseOp : Weft_InferredOp<"text_parse", [Pure]> {
  let summary = "Texts as numbers";
  let description = [{
    x: strings; `to`: f64 or i64; result: numbers of the same shape.

    Semantics:  the number that the text spells, with white space around it or not: decimal with or without exponent, hexadecimal, INF and NaN in
                any case. For i64 a decimal integer modulo 2^64, or a real number toward zero (0 for NaN, the nearest for one out of range). Any other
                text is an error.
    Numerics:   rounded once, half to even.
    Constraints: text_parse-C1.

    ```mlir
    %y = weft.text_parse %x {to = f64} : (tensor<3x!weft.string>) -> tensor<3xf64>
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x, TypeAttr:$to);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_TextRankOp : Weft_InferredOp<"text_rank", [Pure]> {
  let summary = "Place of each text in the order of all";
  let description = [{
    x: strings; result: i64 of the same shape.

    Semantics:  how many different texts of x are less than `x[i]`, byte by byte without sign. Equal texts have equal ranks.
    Numerics:   exact.

    ```mlir
    %y = weft.text_rank %x : (tensor<3x!weft.string>) -> tensor<3xi64>
    ```
  }];
  let arguments = (ins Weft_TextTensor:$x);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_TEXT_OPS_TD
