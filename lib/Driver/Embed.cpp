// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Links a model's code and weights to one object for programs that embed it.
#include "weft/Driver/Embed.h"
#include "weft/Target/LLVMEmit.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "weft_abi.h"

using namespace mlir;
using namespace weft;

/// The constant segment as one string, zeros between the constants.
static std::string joinConstants(const ArtifactDescription &artifact) {
  std::string bytes(artifact.constantBytes, '\0');
  for (const ArtifactConstant &constant : artifact.constants)
    llvm::copy(constant.bytes, bytes.begin() + constant.offset);
  return bytes;
}

FailureOr<EmbeddedModel> weft::embedModel(CompileResult &result, const TargetLevel &level,
                                          const EmbedOptions &options) {
  ModuleOp module = *result.llvmModule;
  const std::string entry = options.prefix + "_entry", weights = options.prefix + "_weights";
  if (result.artifact.constantBytes > maxDataObjectBytes)
    return module.emitError() << "expected at most " << maxDataObjectBytes
                              << " bytes of weights in an object, but the model has "
                              << result.artifact.constantBytes << "; compile it to an artifact (--emit=weft)";
  if (result.artifact.entries.size() != 1)
    return module.emitError() << "expected one entry in an object, but lists of sizes in --dim make "
                              << result.artifact.entries.size() << "; compile to an artifact (--emit=weft)";
  if (result.artifact.abiVersion >= 3)
    return module.emitError("expected no sequences, optionals or functions on strings at run time, which "
                            "only the runtime has, but got some; "
                            "compile to an artifact (--emit=weft)");
  const ArtifactEntry &main = result.artifact.mainEntry();
  for (const std::vector<ArtifactValue> *values : {&main.inputs, &main.outputs})
    for (const ArtifactValue &value : *values)
      if (value.dataType == 8)
        return module.emitError() << "'" << value.name
                                  << "' is a tensor of strings, which only the runtime can pass";
  auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(WEFT_ENTRY_SYMBOL);
  if (!function)
    return module.emitError("internal: expected an entry function, but got none");
  SymbolTable::setSymbolName(function, entry);

  EmitOptions emit;
  emit.numThreads = options.threads;
  FailureOr<std::vector<CodeObject>> objects = emitObjects(module, level, {entry}, emit);
  if (failed(objects))
    return failure();
  std::string error;
  if (result.artifact.constantBytes > 0) {
    FailureOr<std::string> data = emitDataObject(weights, joinConstants(result.artifact), level, error);
    if (failed(data))
      return module.emitError() << "internal: making an object of the weights failed: " << error;
    objects->push_back({"", std::move(*data)});
  }
  // A shared object also has the entry under the name that the runtime looks for, and keeps weights that only
  // the header refers to.
  FailureOr<std::string> object =
      options.isShared
          ? linkSharedObject(*objects, error,
                             {"--defsym=" WEFT_ENTRY_SYMBOL "=" + entry, "-soname", options.fileName})
          : linkRelocatable(*objects, error);
  if (failed(object))
    return module.emitError(describeLinkFailure(level, error));
  return EmbeddedModel{std::move(*object), makeEmbedHeader(result.artifact, level, options)};
}
