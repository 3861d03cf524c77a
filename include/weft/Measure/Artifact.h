// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs compiled models through the runtime, for the compiler's own measurements.
#ifndef WEFT_MEASURE_ARTIFACT_H
#define WEFT_MEASURE_ARTIFACT_H

#include "weft/Artifact/Writer.h"
#include "weft/Reference/Tensor.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

struct weft_module;
struct weft_session;

namespace weft {

/// A compiled model that is loaded and ready to run.
class LoadedArtifact {
public:
  /// Writes `description` to a file in memory and opens it with the runtime as a user's program would.
  static llvm::Expected<std::unique_ptr<LoadedArtifact>> load(const ArtifactDescription &description);
  ~LoadedArtifact();

  /// Outputs for inputs in the order of the signature. `context` makes the types of the outputs.
  llvm::Expected<std::vector<reference::Value>> run(llvm::ArrayRef<reference::Value> inputs,
                                                    mlir::MLIRContext &context);

private:
  LoadedArtifact() = default;
  weft_module *module = nullptr;
  weft_session *session = nullptr;
};

} // namespace weft

#endif // WEFT_MEASURE_ARTIFACT_H
