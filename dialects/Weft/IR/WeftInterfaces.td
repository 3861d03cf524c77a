// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Op interfaces: what passes may ask of an op without knowing its name.
#ifndef WEFT_INTERFACES_TD
#define WEFT_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Weft_BatchableOpInterface : OpInterface<"BatchableOpInterface"> {
  let cppNamespace = "::mlir::weft";
  let description = [{
    How an op made for one sample becomes one for a batch of them (see Batching.h). An op with a dimension map takes the
    batch as one more parallel factor of it; ops implement this where the map cannot say what to do: where a list of
    sizes has to change, where regions take the batch, or where there is a better reason to refuse.
  }];
  let methods = [
    InterfaceMethod<"Rewrites the op for operands of which at least one, of it or of ops in its regions, carries the batch; failure with a diagnostic when it cannot",
      "::mlir::LogicalResult", "batch", (ins "::mlir::weft::Batching &":$batching), "",
      [{ return ::mlir::weft::batchByDimMap($_op, batching); }]>
  ];
}

def Weft_DimMapOpInterface : OpInterface<"DimMapOpInterface", [Weft_BatchableOpInterface]> {
  let cppNamespace = "::mlir::weft";
  let description = [{
    States which dims of operands and results go together: an einsum-like map of factors (see DimMap.h). Batching, layout
    motion, pruning and tiling follow from it by default.
  }];
  let methods = [
    InterfaceMethod<"The op's dimension map; failure when the op has none (a dim then goes with nothing)",
      "::mlir::FailureOr<::mlir::weft::DimMap>", "getDimMap", (ins), "", [{ return ::mlir::failure(); }]>
  ];
}

def Weft_ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::mlir::weft";
  let description = "An op that computes each result element from the operands' elements at the same place (size-1 dims broadcast).";
  let methods = [
    InterfaceMethod<"Which scalar function it applies", "::mlir::weft::ScalarFn", "getScalarFn">
  ];
}

def Weft_FusableOpInterface : OpInterface<"FusableOpInterface"> {
  let cppNamespace = "::mlir::weft";
  let description = "How an op takes part in a fused kernel: member, host of an epilogue, row host, view, or not at all.";
  let methods = [
    InterfaceMethod<"The op's role", "::mlir::weft::FusionKind", "getFusionKind">
  ];
}

// Implemented by external models in lib/Reference, registered by the driver: folding by evaluation crosses no layer.
def Weft_EvaluableOpInterface : OpInterface<"EvaluableOpInterface"> {
  let cppNamespace = "::mlir::weft";
  let description = "Evaluates an op on constant operands with the reference semantics.";
  let methods = [
    InterfaceMethod<"Constant results for constant operands (null: unknown); failure when it cannot be evaluated",
      "::mlir::LogicalResult", "evaluate", (ins "::llvm::ArrayRef<::mlir::Attribute>":$operands,
      "::llvm::SmallVectorImpl<::mlir::Attribute> &":$results)>
  ];
}

// Traits by which ops declare the interfaces above.
def Weft_Dim : DeclareOpInterfaceMethods<Weft_DimMapOpInterface, ["getDimMap"]>;
def Weft_Batch : DeclareOpInterfaceMethods<Weft_BatchableOpInterface, ["batch"]>;
defvar Weft_Fuse = Weft_FusableOpInterface;

#endif // WEFT_INTERFACES_TD
