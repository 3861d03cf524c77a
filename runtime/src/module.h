// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An opened artifact: verified bytes, introspection tables, loaded code.
#ifndef WEFT_RUNTIME_SRC_MODULE_H
#define WEFT_RUNTIME_SRC_MODULE_H

#include "artifact.h"
#include "cpu/code_loader.h"
#include "symbols.h"
#include "texts.h"

/// Immutable once opened, so any number of threads may read it.
struct weft_module {
  std::atomic<uint32_t> references{1};
  weft::rt::Memory memory;
  weft::rt::MetadataArena metadata;
  weft::rt::ArtifactBytes bytes;
  const weft::artifact::Artifact *root = nullptr;
  weft_module_info info{};
  weft::rt::SymbolPlan *plans = nullptr;  // per entry
  uint32_t maxSlots = 0;                  // of any plan
  const uint32_t *entryOrder = nullptr;   // entry numbers, most static sizes first
  weft_entry_fn *programs = nullptr;      // per entry; null when opened for inspection only
  const void *const *constants = nullptr; // base of each constant segment
  weft::rt::TextTable texts;              // of string constants
  weft::rt::CodeObject code;
  bool isLoaded = false;
};

namespace weft::rt {

/// Fills `module.info`, the symbol plans and the constants from the verified root.
///
/// Errors: WEFT_RESOURCE_MEMORY, WEFT_ARTIFACT_INVALID when a small file describes absurdly much.
weft_code describeModule(weft_module &module, const char *name, weft_status *status);

/// Picks the first code object that runs here and is not above `maxIsa` (null: no limit); marks the levels.
///
/// Errors: WEFT_ARTIFACT_ARCH, WEFT_ARTIFACT_FEATURE, WEFT_CALLER_ARGUMENT for an unknown level.
weft_code selectLevel(weft_module &module, const char *name, const char *maxIsa, uint32_t &outIndex,
                      weft_status *status);

/// Finds the entry for the inputs of a run. `values` has room for the slots of every entry's plan.
///
/// Errors: WEFT_CALLER_COUNT, WEFT_CALLER_SHAPE.
weft_code findEntry(const weft_module &module, const weft_value_view *inputs, size_t inputCount,
                    SymbolValue *values, uint32_t &outEntry, weft_status *status);

/// Takes and gives up a reference.
void retainModule(weft_module *module);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_MODULE_H
