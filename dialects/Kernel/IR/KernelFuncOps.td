// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels and what the host program does with them.
#ifndef KERNEL_FUNC_OPS_TD
#define KERNEL_FUNC_OPS_TD

include "dialects/Kernel/IR/KernelBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_FuncOp : Kernel_Op<"func", [AffineScope, AutomaticAllocationScope, FunctionOpInterface, IsolatedFromAbove]> {
  let summary = "One kernel";
  let description = [{
    Takes tensors, then sizes (`index`), and returns tensors; after bufferisation it takes memrefs, the results' last, and
    returns nothing. Every `?` of a tensor argument or result is the value of one index argument: the argument or result
    attribute `kernel.dims` lists, for each `?` in order [func-C1], the number of that argument [func-C2]. It has a body
    [func-C3].

    `kind` names the sort of computation for reports; `nodes` are the names of the ONNX nodes that it computes.

    ```mlir
    kernel.func @k0(%x: tensor<?x64xf32> {kernel.dims = array<i64: 1>}, %n: index)
        -> (tensor<?x64xf32> {kernel.dims = array<i64: 1>}) attributes {kind = "elementwise", nodes = ["/relu"]} {
      kernel.return %x : tensor<?x64xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<StrAttr>:$sym_visibility, OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs, OptionalAttr<StrAttr>:$kind,
                       OptionalAttr<StrArrayAttr>:$nodes);
  let regions = (region AnyRegion:$body);
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::FunctionType":$type,
                                 CArg<"::llvm::StringRef", "{}">:$kind,
                                 CArg<"::llvm::ArrayRef<::llvm::StringRef>", "{}">:$nodes)>];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Name of the argument and result attribute that ties dynamic dims to index arguments.
    static ::llvm::StringRef getDimsAttrName() { return "kernel.dims"; }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    bool isDeclaration() { return false; }
    /// The index arguments that hold the sizes of argument `i`'s (result `i`'s) dynamic dims; empty when it has none.
    ::llvm::ArrayRef<int64_t> getArgDims(unsigned i);
    ::llvm::ArrayRef<int64_t> getResultDims(unsigned i);
  }];
}

def Kernel_ReturnOp : Kernel_Op<"return", [Pure, HasParent<"FuncOp">, ReturnLike, Terminator]> {
  let summary = "End of a kernel";
  let description = [{ Its operands have the kernel's result types [return-C1]. }];
  let arguments = (ins Variadic<AnyType>:$results);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
  let assemblyFormat = "attr-dict ($results^ `:` type($results))?";
  let hasVerifier = 1;
}

def Kernel_LaunchOp : Kernel_Op<"launch", [Pure, AttrSizedOperandSegments,
                                           DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Run a kernel over its whole parallel range";
  let description = [{
    `tensors` then `indices` are the kernel's arguments [launch-C1]; types may differ in dim names and in what they
    know statically. `sizes` holds one index per `?` of the results, in order [launch-C2].

    ```mlir
    %y = kernel.launch @k0(%x) indices(%n) sizes(%n) {nodes = ["/relu"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyRankedTensor>:$tensors, Variadic<Index>:$indices,
                       Variadic<Index>:$sizes, OptionalAttr<StrArrayAttr>:$nodes);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $kernel `(` $tensors `)` (`indices` `(` $indices^ `)`)? (`sizes` `(` $sizes^ `)`)? attr-dict `:`
    functional-type($tensors, $results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The operands that hold the sizes of result `i`'s dynamic dims, in order.
    ::mlir::ValueRange getResultSizes(unsigned i);
  }];
}

def Kernel_CallOp : Kernel_Op<"call", [Pure]> {
  let summary = "A function of the runtime";
  let description = [{
    `function` names it; operands, results and the numbers in `params` are [call-C1]:

    | function | operands | params | result |
    | --- | --- | --- | --- |
    | list_make | elements: tensors or lists | - | the list of them |
    | list_length | list | - | its length, an index |
    | list_at | list, position | - | the element, a tensor or a list |
    | list_insert | list, element, position | - | the list with the element in front of that at the position |
    | list_erase | list, position | - | the list without the element there |
    | list_join | list | axis, 1 for a new axis, 1 where none is legal | its elements joined along the axis, a tensor |
    | list_split | tensor, lengths (i64, of rank 0 or 1; optional) | axis, 1 to keep it | the slices along the axis, a list |
    | text | list of tensors | a number of `weft_text_function`, three that it takes | the list of the results, tensors |

    Lists are values: a function makes a new one. Negative positions count from the end; one out of range, and elements
    whose shape is not that of the result's static sizes, end the run with an error. Sizes of a result that its type does not say are its
    own: `tensor.dim` reads them.

    ```mlir
    %t = kernel.call "list_insert"(%l, %x, %i) : (!kernel.list, tensor<?xf32>, index) -> !kernel.list
    ```
  }];
  let arguments = (ins StrAttr:$function, Variadic<AnyType>:$inputs,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$params, OptionalAttr<StrArrayAttr>:$nodes);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$function `(` $inputs `)` attr-dict `:` functional-type($inputs, $result)";
  let hasVerifier = 1;
}

def Kernel_ViewOp : Kernel_Op<"view", [Pure]> {
  let summary = "The same bytes as a tensor of another shape";
  let description = [{
    Elements keep their row-major order; element types have the same width [view-C1] and static counts of elements agree
    [view-C2]. `sizes` holds one index per `?` of the result [view-C3].

    ```mlir
    %y = kernel.view %x sizes(%n) : tensor<?x8x8xf32> -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, Variadic<Index>:$sizes);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Kernel_ConstantOp : Kernel_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor known at compile time";
  let description = [{
    Becomes part of a constant segment of the artifact. The value's type is the result's.

    ```mlir
    %w = kernel.constant dense<0.5> : tensor<64x64xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$result);
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, value.getType(), value);
  }]>];
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Kernel_PackOp : Kernel_Op<"pack", [Pure]> {
  let summary = "A constant in the form that a contraction reads";
  let description = [{
    Folds on a constant source, and code generation requires that it has folded. The result's shape is the packed shape of
    `form` [pack-C1], which fits the source: roles name all dims, groups divide columns, dims left out have size 1 [pack-C2].

    ```mlir
    %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>} : tensor<64x100xf32> -> tensor<4x64x32xf32>
    ```
  }];
  let arguments = (ins AnyStaticShapeTensor:$source, Kernel_PackFormAttr:$form);
  let results = (outs AnyStaticShapeTensor:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$source, "::mlir::Attribute":$form)>];
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // KERNEL_FUNC_OPS_TD
