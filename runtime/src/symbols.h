// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes by name: the expressions of dynamic dims, and the plan that binds and checks them at a run.
#ifndef WEFT_RUNTIME_SRC_SYMBOLS_H
#define WEFT_RUNTIME_SRC_SYMBOLS_H

#include "allocator.h"
#include "weft_runtime.h"

namespace weft::rt {

/// One step of an expression in postfix order.
struct SymbolStep {
  enum Kind : uint8_t { Number, Name, Add, Sub, Mul, FloorDiv, CeilDiv, Mod, Min, Max } kind;
  int64_t value; // the number, or the slot of the name
};

/// One distinct text among the dynamic dims of an entry's inputs. Slots that share a text share their size.
struct SymbolSlot {
  const char *text;
  const SymbolStep *steps; // null for a plain name
  uint32_t stepCount;
};

/// How the dims of an entry's inputs are bound and checked. Built once per module.
struct SymbolPlan {
  SymbolSlot *slots;
  uint32_t slotCount;
  const int32_t *const *dimSlots; // per input and dim: its slot, or -1 (static, or dynamic without a symbol)
};

/// What one run knows about a slot. Owned by the session, so that runs allocate nothing.
struct SymbolValue {
  int64_t size; // -1: not known
  uint32_t input, dim;
};

/// Grammar: sums and products of names, integers, parentheses and floordiv, ceildiv, mod, min, max of two
/// operands. Text that is none of it is taken as a plain name.
///
/// Returns: false when the arena is exhausted.
bool planSymbols(const weft_entry_info &entry, MetadataArena &arena, SymbolPlan &outPlan);

/// Checks dims of input `input` against its signature and binds its names in `values` (`plan.slotCount` of
/// them).
///
/// Errors: WEFT_CALLER_SHAPE, naming input, dim and both values.
weft_code bindSymbols(const weft_entry_info &entry, const SymbolPlan &plan, uint32_t input,
                      const int64_t *dims, SymbolValue *values, weft_status *status);

/// Checks the expressions whose names are all known, after every input is bound.
weft_code checkSymbols(const weft_entry_info &entry, const SymbolPlan &plan, const SymbolValue *values,
                       weft_status *status);

/// Replaces -1 in `dims` (one array per input, or null) where the size is static or follows from others.
void completeDims(const weft_entry_info &entry, const SymbolPlan &plan, int64_t *const *dims,
                  SymbolValue *values);

/// Value of a slot's expression; false when a name is unknown, a divisor is not positive, or the arithmetic
/// overflows.
bool evaluateSymbol(const SymbolSlot &slot, const SymbolValue *values, int64_t &out);

/// Value of an expression over names that the plan's dims bind; false when it has another name, is no
/// expression, or cannot be evaluated.
bool evaluateText(const char *text, const SymbolPlan &plan, const SymbolValue *values, int64_t &out);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_SYMBOLS_H
