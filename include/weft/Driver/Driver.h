// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles a model from file to artifact.
#ifndef WEFT_DRIVER_DRIVER_H
#define WEFT_DRIVER_DRIVER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "weft/Artifact/Writer.h"
#include "weft/Driver/MathMode.h"
#include "weft/Import/ONNX.h"
#include "weft/Target/TargetLevel.h"
#include "llvm/ADT/StringRef.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class MLIRContext;
} // namespace mlir

namespace weft {

/// The phases of compilation, each named after what it produces, in order.
enum class Phase { Import, Graph, Structured, Scheduled, Loops, LLVM, Object, Artifact };

/// Name of a phase as in `--stop-after=`.
llvm::StringRef getPhaseName(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);

/// Where the machine code of kernels is kept from one compilation to the next.
struct CacheOptions {
  std::string folder;                    ///< Made when it is not there.
  uint64_t maxBytes = uint64_t(1) << 30; ///< What was not used for longest goes when the folder is larger.
};

/// What a compilation is asked to do.
struct CompileOptions {
  ImportOptions import;
  /// New size of the batch dim, or none to keep the model's.
  std::optional<int64_t> batch;
  MathMode math = MathMode::F32;
  /// Instruction-set levels, best first; their code goes into one artifact.
  std::vector<TargetLevel> levels;
  /// Threads that compile; 0: one per processor.
  unsigned threads = 0;
  /// The module has been through phase graph already.
  bool isGraphDone = false;
  /// Folder for what each phase gives: IR, the code object of each level, the artifact; or empty.
  std::string dumpDirectory;
  /// The last phase to run.
  Phase stopAfter = Phase::Artifact;
  /// Kernels that the folder knows are not compiled again; the result is the same, byte for byte.
  std::optional<CacheOptions> cache;
  /// Recorded in the artifact; the command line without paths.
  std::string flags;
};

/// Time of one phase, in seconds.
struct PhaseTime {
  std::string phase;
  double seconds = 0;
};

/// What a compilation gave.
struct CompileResult {
  /// The module after the last phase up to Structured (for later ones: of the best level).
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// LLVM dialect of host and kernels of the best level, from phase LLVM on.
  mlir::OwningOpRef<mlir::ModuleOp> llvmModule;
  /// Everything the artifact states, from phase Object on. Constant bytes belong to `module`.
  ArtifactDescription artifact;
  /// Backs constants that the module does not hold as bytes.
  std::vector<std::vector<char>> constantStorage;
  /// Ops of the imported model with their numbers, by name.
  std::vector<std::pair<std::string, int64_t>> ops;
  std::vector<PhaseTime> times;
  int64_t arenaLowerBound = 0;
  /// Kernel functions over all levels that were compiled or taken from the cache, and those taken.
  int64_t numFunctions = 0, numCached = 0;
};

/// One combination of the sizes that lists in `--dim` give.
struct ShapeBucket {
  std::string name; ///< "batch=4,seq=128"
  std::vector<std::pair<std::string, int64_t>> sizes;
  ImportOptions import; ///< with these sizes fixed
};

/// All combinations of `options.dimBuckets`, the last dim fastest; none without lists.
std::vector<ShapeBucket> expandBuckets(const ImportOptions &options);

/// Told what is going on: the phase, and a detail ("x86-64-v3").
using ProgressFn = std::function<void(Phase phase, llvm::StringRef detail)>;

/// Registers every dialect, interface and translation that a compilation needs.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// Compiles the model in `path` (.onnx, or .mlir with weft IR).
///
/// With lists of sizes (ImportOptions::dimBuckets), the artifact gets an entry point per combination behind
/// the general one, which leaves those dims open. Where the model does not compile with open dims, a warning
/// says why, and there is no general one.
/// Errors are diagnostics of `context`. Equal inputs and options give equal results, whatever the number of
/// threads.
mlir::FailureOr<CompileResult> compileModel(llvm::StringRef path, mlir::MLIRContext &context,
                                            const CompileOptions &options, ProgressFn progress = {});

/// Compiles a module of weft IR as loadModel gives it; `module` is consumed.
mlir::FailureOr<CompileResult> compileModule(mlir::OwningOpRef<mlir::ModuleOp> module,
                                             const CompileOptions &options, ProgressFn progress = {});

/// Reads a model (.onnx or .mlir) as a module of weft IR.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> loadModel(llvm::StringRef path, mlir::MLIRContext &context,
                                                             const ImportOptions &options);

} // namespace weft

#endif // WEFT_DRIVER_DRIVER_H
