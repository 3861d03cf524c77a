// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attributes: named dims of a tensor, sparsity of a constant.
#ifndef WEFT_ATTRS_TD
#define WEFT_ATTRS_TD

include "dialects/Weft/IR/WeftBase.td"
include "mlir/IR/TensorEncoding.td"

def Weft_DimsAttr : AttrDef<Weft_Dialect, "Dims", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "dims";
  let summary = "Names of a tensor's dims: its encoding";
  let description = [{
    One canonical expression per dim, as text: a size (`64`), a symbol (`batch`), a sum of products of them
    (`past + seq`, `2 * seq + -1`), `floordiv(a, b)`, `ceildiv(a, b)`, `mod(a, b)`, `min(a, b)`, `max(a, b)`, or `?` for a dim
    that has no name yet. Equal text means equal size. Free text is made canonical when it is parsed. See DimExpr.h for
    the arithmetic.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$exprs);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif // WEFT_ATTRS_TD
