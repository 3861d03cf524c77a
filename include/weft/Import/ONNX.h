// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads ONNX models into weft IR.
#ifndef WEFT_IMPORT_ONNX_H
#define WEFT_IMPORT_ONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace weft {

/// One dim of an input as a user states it: a size, a symbol, or neither (`?`).
struct DimSpec {
  std::optional<int64_t> size;
  std::string symbol;
};

/// What a user may decide about a model before it is imported.
struct ImportOptions {
  /// Dims of inputs, by input name; they replace the model's.
  std::map<std::string, std::vector<DimSpec>> shapes;
  /// Symbolic dims with a fixed size, by symbol (a `dim_param` of the model as written there, or a symbol of
  /// `shapes`).
  std::map<std::string, int64_t> fixedDims;
  /// Symbolic dims with several sizes, each of which gets an entry point of its own. The importer itself
  /// leaves them open: the driver imports once per combination.
  std::map<std::string, std::vector<int64_t>> dimBuckets;
  /// Symbolic dims with bounds, inclusive.
  std::map<std::string, std::pair<int64_t, int64_t>> dimBounds;
  /// Inputs that become constants, by name: numbers in text, one for all elements or one per element,
  /// row-major.
  std::map<std::string, std::vector<std::string>> bindings;
  /// Initialisers that are also listed as inputs stay inputs (IR version 3 and older list all of them).
  bool keepInputs = false;
  /// Folder of external data files of a model that is not read from a file; empty: external data is refused.
  std::string externalDirectory;
};

/// Adds `--shape NAME=1x3x224x224`: sizes, symbols or `?`, separated by `x`; `NAME=` alone is a scalar.
///
/// The last `=` separates, since names may hold one. Returns: failure with a message in `error`.
mlir::LogicalResult addShapeOption(ImportOptions &options, llvm::StringRef text, std::string &error);

/// Combinations of sizes that `dimBuckets` may ask for: each is a compilation of its own.
inline constexpr int64_t maxBuckets = 64;

/// Adds `--dim NAME=128` (fixed), `--dim NAME=1,4,16` (buckets) or `--dim NAME=1..512` (bounded).
mlir::LogicalResult addDimOption(ImportOptions &options, llvm::StringRef text, std::string &error);

/// Adds `--bind NAME=16000` or `--bind NAME=1,2,3`.
mlir::LogicalResult addBindOption(ImportOptions &options, llvm::StringRef text, std::string &error);

/// Imports the model in `path` as a module with one function, `@main`.
///
/// Function arguments and results carry `weft.name`; dims that are not static carry a name in `#weft.dims`.
/// The function's attributes: `weft.symbols` (`{batch = [1, 64]}`, bounded symbols only) and
/// `weft.symbol_names` (symbol -> name in the model, where it is not an identifier). Locations are the names
/// of the nodes. Constants over 1 KiB are `dense_resource` blobs that point into the mapped file and keep it
/// mapped.
///
/// Errors: every problem of the model is reported to the context's diagnostic engine, not only the first;
/// nothing is returned then. No input crashes it, and no size in a file is believed before it is checked
/// against the file's length.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importONNX(llvm::StringRef path, mlir::MLIRContext &context, const ImportOptions &options = {});

/// The same from memory; `buffer` lives as long as a constant refers to it.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importONNXBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer, mlir::MLIRContext &context,
                 const ImportOptions &options = {});

} // namespace weft

#endif // WEFT_IMPORT_ONNX_H
