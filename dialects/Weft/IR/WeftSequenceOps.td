// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequence and optional ops.
#ifndef WEFT_SEQUENCE_OPS_TD
#define WEFT_SEQUENCE_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_SeqMakeOp : Weft_Op<"seq_make", [Pure]> {
  let summary = "A sequence of the operands";
  let arguments = (ins Variadic<Weft_AnyTensor>:$elements);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $elements attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqGetOp : Weft_InferredOp<"seq_get", [Pure]> {
  let summary = "Element at a position; negative counts from the end";
  let arguments = (ins Weft_SeqType:$seq, Index:$pos);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $seq `,` $pos attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqInsertOp : Weft_InferredOp<"seq_insert", [Pure]> {
  let summary = "Sequence with an element inserted; without position at the end";
  let arguments = (ins Weft_SeqType:$seq, Weft_AnyTensor:$value, Optional<Index>:$pos);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $seq `,` $value (`at` $pos^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqEraseOp : Weft_InferredOp<"seq_erase", [Pure]> {
  let summary = "Sequence without the element at a position; without position the last";
  let arguments = (ins Weft_SeqType:$seq, Optional<Index>:$pos);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $seq (`at` $pos^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqLengthOp : Weft_Op<"seq_length", [Pure]> {
  let summary = "Number of elements";
  let arguments = (ins Weft_SeqType:$seq);
  let results = (outs Index:$result);
  let assemblyFormat = [{ $seq attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqConcatOp : Weft_InferredOp<"seq_concat", [Pure]> {
  let summary = "Elements joined along an axis, or stacked along a new one";
  let arguments = (ins Weft_SeqType:$seq, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$new_axis);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $seq attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqSplitOp : Weft_InferredOp<"seq_split", [Pure]> {
  let summary = "Slices of a tensor along an axis as a sequence";
  let arguments = (ins Weft_AnyTensor:$x, Optional<Weft_IntTensor>:$split, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "true">:$keepdims);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $x (`split` $split^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_OptMakeOp : Weft_Op<"opt_make", [Pure]> {
  let summary = "An optional: of the operand, or absent";
  let arguments = (ins Optional<Weft_Value>:$value);
  let results = (outs Weft_OptType:$result);
  let assemblyFormat = [{ ($value^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_OptGetOp : Weft_InferredOp<"opt_get", [Pure]> {
  let summary = "The value of an optional that is present";
  let arguments = (ins Weft_OptType:$opt);
  let results = (outs Weft_Value:$result);
  let assemblyFormat = [{ $opt attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_OptHasOp : Weft_Op<"opt_has", [Pure]> {
  let summary = "Whether an optional is present";
  let arguments = (ins Weft_OptType:$opt);
  let results = (outs I1:$result);
  let assemblyFormat = [{ $opt attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_SEQUENCE_OPS_TD
