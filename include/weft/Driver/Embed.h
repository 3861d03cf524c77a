// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled models as objects that are linked into a program, with a C header.
#ifndef WEFT_DRIVER_EMBED_H
#define WEFT_DRIVER_EMBED_H

#include "weft/Driver/Driver.h"

namespace weft {

struct EmbedOptions {
  /// A C identifier that every symbol and type of the model begins with.
  std::string prefix;
  /// Name of the object's file, without folders; the header mentions it.
  std::string fileName;
  /// Make a shared object instead of a relocatable one.
  bool isShared = false;
  unsigned threads = 0;
};

/// An ELF object with code and weights, and the text of the header that declares them.
struct EmbeddedModel {
  std::string object;
  std::string header;
};

/// Makes an object of a model that was compiled up to phase llvm for `level`; `result.llvmModule` is changed.
///
/// The object defines `<prefix>_entry` and, when there are weights, `<prefix>_weights`; nothing else is
/// visible (a shared object also defines `weft_entry`), nothing is undefined. Errors: weights that code
/// cannot reach, or what code generation reports, on the module.
mlir::FailureOr<EmbeddedModel> embedModel(CompileResult &result, const TargetLevel &level,
                                          const EmbedOptions &options);

/// The header alone.
std::string makeEmbedHeader(const ArtifactDescription &artifact, const TargetLevel &level,
                            const EmbedOptions &options);

/// `text` as a C identifier: other characters become `_`, a leading digit gets one before it.
std::string makeIdentifier(llvm::StringRef text);

} // namespace weft

#endif // WEFT_DRIVER_EMBED_H
