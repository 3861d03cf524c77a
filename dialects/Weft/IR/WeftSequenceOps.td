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
  let description = [{
    result: a sequence type.

    Semantics:  the operands, in order; none gives the empty sequence.
    Numerics:   exact.
    Constraints: seq_make-C1.

    ```mlir
    %s = weft.seq_make %x : (tensor<?xf32>) -> !weft.seq<tensor<?xf32>>
    ```
  }];
  let arguments = (ins Variadic<Weft_AnyTensor>:$elements);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $elements attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqGetOp : Weft_InferredOp<"seq_get", [Pure]> {
  let summary = "Element at a position; negative counts from the end";
  let description = [{
    seq, pos an index; result: the element type of seq.

    Semantics:  the element at `pos`; a negative `pos` counts from the end. Out of range: an error.
    Numerics:   exact.
    Constraints: seq_get-C1.

    ```mlir
    %x = weft.seq_get %s, %i : (!weft.seq<tensor<?xf32>>, index) -> tensor<?xf32>
    ```
  }];
  let arguments = (ins Weft_SeqType:$seq, Index:$pos);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $seq `,` $pos attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqInsertOp : Weft_InferredOp<"seq_insert", [Pure]> {
  let summary = "Sequence with an element inserted; without position at the end";
  let description = [{
    seq, value, pos an index; result: a sequence whose element type joins both.

    Semantics:  the sequence with `value` in front of the element at `pos`; without `pos` at the end. A negative
                `pos` counts from the end. Out of range: an error.
    Numerics:   exact.
    Constraints: seq_insert-C1.

    ```mlir
    %t = weft.seq_insert %s, %x at %i : (!weft.seq<tensor<?xf32>>, tensor<?xf32>, index) -> !weft.seq<tensor<?xf32>>
    ```
  }];
  let arguments = (ins Weft_SeqType:$seq, Weft_AnyTensor:$value, Optional<Index>:$pos);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $seq `,` $value (`at` $pos^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqEraseOp : Weft_InferredOp<"seq_erase", [Pure]> {
  let summary = "Sequence without the element at a position; without position the last";
  let description = [{
    seq, pos an index; result: the type of seq.

    Semantics:  the sequence without the element at `pos`; without `pos` without the last. Out of range: an error.
    Numerics:   exact.

    ```mlir
    %t = weft.seq_erase %s at %i : (!weft.seq<tensor<?xf32>>, index) -> !weft.seq<tensor<?xf32>>
    ```
  }];
  let arguments = (ins Weft_SeqType:$seq, Optional<Index>:$pos);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $seq (`at` $pos^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqLengthOp : Weft_Op<"seq_length", [Pure]> {
  let summary = "Number of elements";
  let description = [{
    seq, result: an index.

    Semantics:  the number of elements.
    Numerics:   exact.

    ```mlir
    %n = weft.seq_length %s : (!weft.seq<tensor<?xf32>>) -> index
    ```
  }];
  let arguments = (ins Weft_SeqType:$seq);
  let results = (outs Index:$result);
  let assemblyFormat = [{ $seq attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqConcatOp : Weft_InferredOp<"seq_concat", [Pure]> {
  let summary = "Elements joined along an axis, or stacked along a new one";
  let description = [{
    seq, result: a tensor.

    Semantics:  the elements joined along `axis`; with `new_axis` stacked along a new one. An empty sequence is an
                error.
    Numerics:   exact.
    Constraints: seq_concat-C1, seq_concat-C2.

    ```mlir
    %x = weft.seq_concat %s {axis = 0 : i64, new_axis = true} : (!weft.seq<tensor<?xf32>>) -> tensor<?x?xf32>
    ```
  }];
  let arguments = (ins Weft_SeqType:$seq, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$new_axis);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $seq attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_SeqSplitOp : Weft_InferredOp<"seq_split", [Pure]> {
  let summary = "Slices of a tensor along an axis as a sequence";
  let description = [{
    x, split a tensor of rank 0 or 1; result: a sequence.

    Semantics:  slices of x along `axis`: of the lengths in `split` (rank 1), of that length each but for the last
                (rank 0), or of 1 each (absent). Without `split` and `keepdims` the axis is dropped.
    Numerics:   exact.
    Constraints: seq_split-C1, seq_split-C2.

    ```mlir
    %s = weft.seq_split %x split %n {axis = 0 : i64} : (tensor<?xf32>, tensor<i64>) -> !weft.seq<tensor<?xf32>>
    ```
  }];
  let arguments = (ins Weft_AnyTensor:$x, Optional<Weft_IntTensor>:$split, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "true">:$keepdims);
  let results = (outs Weft_SeqType:$result);
  let assemblyFormat = [{ $x (`split` $split^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_OptMakeOp : Weft_Op<"opt_make", [Pure]> {
  let summary = "An optional: of the operand, or absent";
  let description = [{
    value of any type, result: an optional type.

    Semantics:  an optional of `value`; absent without it.
    Numerics:   exact.
    Constraints: opt_make-C1.

    ```mlir
    %o = weft.opt_make %x : (tensor<4xf32>) -> !weft.opt<tensor<4xf32>>
    ```
  }];
  let arguments = (ins Optional<Weft_Value>:$value);
  let results = (outs Weft_OptType:$result);
  let assemblyFormat = [{ ($value^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_OptGetOp : Weft_InferredOp<"opt_get", [Pure]> {
  let summary = "The value of an optional that is present";
  let description = [{
    opt, result: its element type.

    Semantics:  the value of an optional that is present. Absent: an error.
    Numerics:   exact.

    ```mlir
    %x = weft.opt_get %o : (!weft.opt<tensor<4xf32>>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins Weft_OptType:$opt);
  let results = (outs Weft_Value:$result);
  let assemblyFormat = [{ $opt attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

def Weft_OptHasOp : Weft_Op<"opt_has", [Pure]> {
  let summary = "Whether an optional is present";
  let description = [{
    opt, result: i1.

    Semantics:  whether the optional is present.
    Numerics:   exact.

    ```mlir
    %h = weft.opt_has %o : (!weft.opt<tensor<4xf32>>) -> i1
    ```
  }];
  let arguments = (ins Weft_OptType:$opt);
  let results = (outs I1:$result);
  let assemblyFormat = [{ $opt attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
}

#endif // WEFT_SEQUENCE_OPS_TD
