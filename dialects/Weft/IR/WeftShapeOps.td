// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape ops: constants, views, movement, sizes.
#ifndef WEFT_SHAPE_OPS_TD
#define WEFT_SHAPE_OPS_TD

include "dialects/Weft/IR/WeftAttrs.td"
include "dialects/Weft/IR/WeftBase.td"
include "dialects/Weft/IR/WeftEnums.td"
include "dialects/Weft/IR/WeftInterfaces.td"
include "dialects/Weft/IR/WeftTypes.td"

def Weft_ConstantOp : Weft_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>, Weft_Dim, Weft_Fuse]> {
  let summary = "A tensor known at compile time";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ attr-dict $value }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_IotaOp : Weft_InferredOp<"iota", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Index along an axis";
  let arguments = (ins Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape, TypeAttr:$to, I64Attr:$axis);
  let results = (outs Weft_NumberTensor:$result);
  let assemblyFormat = [{ custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::elementwise; } }];
}

def Weft_BroadcastOp : Weft_InferredOp<"broadcast", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Widens dims of size 1; the rank stays";
  let arguments = (ins Weft_AnyTensor:$x, Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `to` custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_ReshapeOp : Weft_InferredOp<"reshape", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Same elements in row-major order under another shape";
  let arguments = (ins Weft_AnyTensor:$x, Variadic<Index>:$shape, DenseI64ArrayAttr:$static_shape);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x `to` custom<DynamicIndexList>($shape, $static_shape) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_TransposeOp : Weft_InferredOp<"transpose", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Permutation of dims: result dim i is operand dim perm[i]";
  let arguments = (ins Weft_AnyTensor:$x, DenseI64ArrayAttr:$perm);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_ConcatOp : Weft_InferredOp<"concat", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Operands one after the other along an axis";
  let arguments = (ins Variadic<Weft_AnyTensor>:$xs, I64Attr:$axis);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $xs attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_SliceOp : Weft_InferredOp<"slice", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "A box of elements: offsets, sizes, positive strides; always inside the operand";
  let arguments = (ins Weft_AnyTensor:$x, Variadic<Index>:$offsets, Variadic<Index>:$sizes, DenseI64ArrayAttr:$static_offsets, DenseI64ArrayAttr:$static_sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x custom<DynamicIndexList>($offsets, $static_offsets) custom<DynamicIndexList>($sizes, $static_sizes) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_ReverseOp : Weft_InferredOp<"reverse", [Pure, Weft_Dim, Weft_Fuse]> {
  let summary = "Elements in reverse order along axes";
  let arguments = (ins Weft_AnyTensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_PadOp : Weft_InferredOp<"pad", [Pure, Weft_Dim, Weft_Fuse, AttrSizedOperandSegments]> {
  let summary = "Elements added before and behind each dim";
  let arguments = (ins Weft_AnyTensor:$x, Optional<Weft_AnyTensor>:$value, Variadic<Index>:$lo, Variadic<Index>:$hi, DenseI64ArrayAttr:$static_lo, DenseI64ArrayAttr:$static_hi, DefaultValuedAttr<Weft_PadModeAttr, "::mlir::weft::PadMode::constant">:$mode);
  let results = (outs Weft_AnyTensor:$result);
  let assemblyFormat = [{ $x (`value` $value^)? `lo` custom<DynamicIndexList>($lo, $static_lo) `hi` custom<DynamicIndexList>($hi, $static_hi) attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{ ::mlir::weft::FusionKind getFusionKind() { return ::mlir::weft::FusionKind::view; } }];
}

def Weft_DimOp : Weft_Op<"dim", [Pure]> {
  let summary = "Size of a dim";
  let arguments = (ins Weft_AnyTensor:$x, I64Attr:$axis);
  let results = (outs Index:$result);
  let assemblyFormat = [{ $x attr-dict `:` type($x) }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Weft_ExtractOp : Weft_Op<"extract", [Pure]> {
  let summary = "Element of a small integer or boolean tensor of static size, as an index";
  let arguments = (ins Weft_AnyTensor:$x, I64Attr:$i);
  let results = (outs Index:$result);
  let assemblyFormat = [{ $x attr-dict `:` type($x) }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Weft_FromElementsOp : Weft_InferredOp<"from_elements", [Pure]> {
  let summary = "One-dimensional i64 tensor of index values";
  let arguments = (ins Variadic<Index>:$elements);
  let results = (outs Weft_I64Tensor:$result);
  let assemblyFormat = [{ $elements attr-dict `:` type($result) }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // WEFT_SHAPE_OPS_TD
