// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types that builtin and quant types cannot say: strings, sequences, optionals.
#ifndef WEFT_TYPES_TD
#define WEFT_TYPES_TD

include "dialects/Weft/IR/WeftBase.td"

class Weft_Type<string name, string typeMnemonic> : TypeDef<Weft_Dialect, name> { let mnemonic = typeMnemonic; }

def Weft_StringType : Weft_Type<"String", "string"> {
  let summary = "UTF-8 text, as a tensor element";
}
def Weft_SeqType : Weft_Type<"Seq", "seq"> {
  let summary = "A list of values of one type, whose length is known at run time";
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` $element `>`";
}
def Weft_OptType : Weft_Type<"Opt", "opt"> {
  let summary = "A value that may be absent";
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` $element `>`";
}

#endif // WEFT_TYPES_TD
