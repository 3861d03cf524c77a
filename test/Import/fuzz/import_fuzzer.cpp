// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libFuzzer target of the ONNX importer: imports arbitrary bytes and looks at nothing but that it ends.
#include "weft/Import/ONNX.h"
#include "wire_mutator.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/MemoryBuffer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // Types and attributes live as long as their context: a fresh one each time keeps memory flat and runs
  // alike.
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.getDiagEngine().registerHandler([](mlir::Diagnostic &) { return mlir::success(); });
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(
      llvm::StringRef(reinterpret_cast<const char *>(data), size), "fuzzed.onnx");
  (void)weft::importONNXBuffer(std::move(buffer), context);
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

/// Mostly changes of fields, which reach the operators; sometimes of bytes, which reach the parser.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  constexpr unsigned bytesOneIn = 16;
  if (seed % bytesOneIn == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::string changed =
      weft::test::mutateMessage(std::string(reinterpret_cast<char *>(data), size), seed, LLVMFuzzerMutate);
  if (changed.empty() || changed.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  memcpy(data, changed.data(), changed.size());
  return changed.size();
}
