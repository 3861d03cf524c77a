// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses, binds and checks the symbolic sizes of inputs.

#include "symbols.h"

#include "status.h"

#include <cstring>

namespace weft::rt {

namespace {

// Longer expressions are taken as names. The compiler's are far shorter; the limit bounds recursion and
// stack.
constexpr uint32_t maxSteps = 64;
constexpr int maxDepth = 32;

/// Recursive descent over one expression. Names are kept as text until the slots are known.
class Parser {
public:
  struct NameRef {
    const char *text;
    size_t length;
  };

  explicit Parser(const char *text) : cursor(text) {}

  /// Returns: whether the whole text is an expression that fits.
  bool parse() { return sum(0) && (skipSpace(), *cursor == '\0'); }

  SymbolStep steps[maxSteps];
  NameRef names[maxSteps];
  uint32_t stepCount = 0, nameCount = 0;

private:
  static bool isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80);
  }
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }
  static bool isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '.' || c == ':' || c == '/' || c == '$';
  }
  void skipSpace() {
    while (*cursor == ' ')
      ++cursor;
  }
  bool eat(char c) {
    skipSpace();
    if (*cursor != c)
      return false;
    ++cursor;
    return true;
  }
  bool push(SymbolStep::Kind kind, int64_t value = 0) {
    if (stepCount == maxSteps)
      return false;
    steps[stepCount++] = {kind, value};
    return true;
  }

  bool sum(int depth) {
    if (!product(depth))
      return false;
    for (;;) {
      if (eat('+')) {
        if (!product(depth) || !push(SymbolStep::Add))
          return false;
      } else if (eat('-')) {
        if (!product(depth) || !push(SymbolStep::Sub))
          return false;
      } else {
        return true;
      }
    }
  }
  bool product(int depth) {
    if (!factor(depth))
      return false;
    while (eat('*'))
      if (!factor(depth) || !push(SymbolStep::Mul))
        return false;
    return true;
  }
  bool factor(int depth) {
    if (depth > maxDepth)
      return false;
    if (eat('-'))
      return push(SymbolStep::Number, 0) && factor(depth + 1) && push(SymbolStep::Sub);
    if (eat('('))
      return sum(depth + 1) && eat(')');
    skipSpace();
    if (isDigit(*cursor))
      return number();
    if (!isNameStart(*cursor))
      return false;
    const char *start = cursor;
    while (isNamePart(*cursor))
      ++cursor;
    size_t length = static_cast<size_t>(cursor - start);
    skipSpace();
    if (*cursor == '(')
      return call(start, length, depth);
    names[nameCount] = {start, length};
    return push(SymbolStep::Name, nameCount) && ++nameCount;
  }
  bool number() {
    int64_t value = 0;
    for (; isDigit(*cursor); ++cursor)
      if (!checkedMul<int64_t>(value, 10, value) || !checkedAdd<int64_t>(value, *cursor - '0', value))
        return false;
    return !isNameStart(*cursor) && push(SymbolStep::Number, value);
  }
  bool call(const char *name, size_t length, int depth) {
    struct Row {
      const char *name;
      SymbolStep::Kind kind;
    };
    static constexpr Row rows[] = {{"floordiv", SymbolStep::FloorDiv},
                                   {"ceildiv", SymbolStep::CeilDiv},
                                   {"mod", SymbolStep::Mod},
                                   {"min", SymbolStep::Min},
                                   {"max", SymbolStep::Max}};
    for (const Row &row : rows)
      if (strlen(row.name) == length && memcmp(row.name, name, length) == 0)
        return eat('(') && sum(depth + 1) && eat(',') && sum(depth + 1) && eat(')') && push(row.kind);
    return false;
  }

  const char *cursor;
};

int64_t floorDiv(int64_t a, int64_t b) { return a / b - ((a % b != 0) && (a < 0)); }

bool apply(SymbolStep::Kind kind, int64_t a, int64_t b, int64_t &out) {
  switch (kind) {
  case SymbolStep::Add:
    return checkedAdd(a, b, out);
  case SymbolStep::Sub:
    return !__builtin_sub_overflow(a, b, &out);
  case SymbolStep::Mul:
    return checkedMul(a, b, out);
  case SymbolStep::FloorDiv:
    out = b > 0 ? floorDiv(a, b) : 0;
    return b > 0;
  case SymbolStep::CeilDiv:
    out = b > 0 ? floorDiv(a, b) + (a % b != 0) : 0;
    return b > 0;
  case SymbolStep::Mod:
    out = b > 0 ? a - floorDiv(a, b) * b : 0;
    return b > 0;
  case SymbolStep::Min:
    out = a < b ? a : b;
    return true;
  case SymbolStep::Max:
    out = a > b ? a : b;
    return true;
  default:
    return false;
  }
}

int32_t findSlot(const SymbolSlot *slots, uint32_t count, const char *text, size_t length) {
  for (uint32_t i = 0; i < count; ++i)
    if (strlen(slots[i].text) == length && memcmp(slots[i].text, text, length) == 0)
      return static_cast<int32_t>(i);
  return -1;
}

/// Parses the text of slot `index` and attaches its steps. Names that no dim has by itself get a slot of
/// their own: they stay unknown, so the expression is never checked, but equal expressions still are
/// compared.
bool attachSteps(SymbolSlot *slots, uint32_t &count, uint32_t index, MetadataArena &arena) {
  Parser parser(slots[index].text);
  if (!parser.parse() || (parser.stepCount == 1 && parser.nameCount == 1))
    return true;
  SymbolStep *steps = arena.array<SymbolStep>(parser.stepCount);
  if (!steps)
    return false;
  memcpy(steps, parser.steps, parser.stepCount * sizeof(SymbolStep));
  for (uint32_t s = 0; s < parser.stepCount; ++s)
    if (steps[s].kind == SymbolStep::Name) {
      const Parser::NameRef &name = parser.names[steps[s].value];
      steps[s].value = findSlot(slots, count, name.text, name.length); // -1: no dim binds it
    }
  slots[index].steps = steps;
  slots[index].stepCount = parser.stepCount;
  return true;
}

} // namespace

bool planSymbols(const weft_entry_info &entry, MetadataArena &arena, SymbolPlan &outPlan) {
  size_t dynamicCount = 0;
  for (size_t i = 0; i < entry.input_count; ++i)
    for (uint32_t d = 0; d < entry.inputs[i].rank; ++d)
      dynamicCount += entry.inputs[i].dims[d].symbol != nullptr;
  SymbolSlot *slots = arena.array<SymbolSlot>(dynamicCount);
  const int32_t **dimSlots = arena.array<const int32_t *>(entry.input_count);
  if (!slots || !dimSlots)
    return false;
  uint32_t count = 0;
  for (size_t i = 0; i < entry.input_count; ++i) {
    const weft_value_info &input = entry.inputs[i];
    int32_t *row = arena.array<int32_t>(input.rank);
    if (!row)
      return false;
    for (uint32_t d = 0; d < input.rank; ++d) {
      const char *text = input.dims[d].symbol;
      row[d] = text ? findSlot(slots, count, text, strlen(text)) : -1;
      if (text && row[d] < 0) {
        row[d] = static_cast<int32_t>(count);
        slots[count++].text = text;
      }
    }
    dimSlots[i] = row;
  }
  for (uint32_t i = 0; i < count; ++i)
    if (!attachSteps(slots, count, i, arena))
      return false;
  outPlan = {slots, count, dimSlots};
  return true;
}

bool evaluateSymbol(const SymbolSlot &slot, const SymbolValue *values, int64_t &out) {
  int64_t stack[maxSteps];
  uint32_t depth = 0;
  for (uint32_t i = 0; i < slot.stepCount; ++i) {
    const SymbolStep &step = slot.steps[i];
    if (step.kind == SymbolStep::Number) {
      stack[depth++] = step.value;
    } else if (step.kind == SymbolStep::Name) {
      if (step.value < 0 || values[step.value].size < 0)
        return false;
      stack[depth++] = values[step.value].size;
    } else {
      --depth;
      if (!apply(step.kind, stack[depth - 1], stack[depth], stack[depth - 1]))
        return false;
    }
  }
  out = stack[0];
  return depth == 1;
}

bool evaluateText(const char *text, const SymbolPlan &plan, const SymbolValue *values, int64_t &out) {
  Parser parser(text);
  if (!parser.parse())
    return false;
  for (uint32_t s = 0; s < parser.stepCount; ++s)
    if (SymbolStep &step = parser.steps[s]; step.kind == SymbolStep::Name) {
      const Parser::NameRef &name = parser.names[step.value];
      step.value = findSlot(plan.slots, plan.slotCount, name.text, name.length);
    }
  return evaluateSymbol({text, parser.steps, parser.stepCount}, values, out);
}

void completeDims(const weft_entry_info &entry, const SymbolPlan &plan, int64_t *const *dims,
                  SymbolValue *values) {
  for (uint32_t i = 0; i < plan.slotCount; ++i)
    values[i].size = -1;
  for (uint32_t i = 0; i < entry.input_count; ++i)
    for (uint32_t d = 0; dims[i] && d < entry.inputs[i].rank; ++d)
      if (int32_t slot = plan.dimSlots[i][d]; slot >= 0 && values[slot].size < 0)
        values[slot].size = dims[i][d];
  for (uint32_t i = 0; i < entry.input_count; ++i) {
    for (uint32_t d = 0; dims[i] && d < entry.inputs[i].rank; ++d) {
      if (dims[i][d] >= 0)
        continue;
      int32_t slot = plan.dimSlots[i][d];
      int64_t size = entry.inputs[i].dims[d].size;
      if (size < 0 && slot >= 0 && (size = values[slot].size) < 0 && plan.slots[slot].steps &&
          !evaluateSymbol(plan.slots[slot], values, size))
        size = -1;
      dims[i][d] = size < 0 ? -1 : size;
    }
  }
}

weft_code bindSymbols(const weft_entry_info &entry, const SymbolPlan &plan, uint32_t input,
                      const int64_t *dims, SymbolValue *values, weft_status *status) {
  const weft_value_info &info = entry.inputs[input];
  for (uint32_t d = 0; d < info.rank; ++d) {
    const weft_dim_info &dim = info.dims[d];
    auto given = static_cast<long long>(dims[d]);
    if (dim.size >= 0) {
      if (dims[d] != dim.size)
        return fail(status, WEFT_CALLER_SHAPE, "Input '%s' dim %u is %lld, but the model has %lld there.",
                    info.name, d, given, static_cast<long long>(dim.size));
      continue;
    }
    const char *symbol = dim.symbol ? dim.symbol : "?";
    if (dims[d] < dim.min || dims[d] < 0)
      return fail(status, WEFT_CALLER_SHAPE, "Input '%s' dim %u (%s) is %lld, but must be at least %lld.",
                  info.name, d, symbol, given, static_cast<long long>(dim.min));
    if (dim.max >= 0 && dims[d] > dim.max)
      return fail(status, WEFT_CALLER_SHAPE, "Input '%s' dim %u (%s) is %lld, but must be at most %lld.",
                  info.name, d, symbol, given, static_cast<long long>(dim.max));
    int32_t slot = plan.dimSlots[input][d];
    if (slot < 0)
      continue;
    SymbolValue &value = values[slot];
    if (value.size < 0)
      value = {dims[d], input, d};
    else if (value.size != dims[d])
      return fail(
          status, WEFT_CALLER_SHAPE,
          "Input '%s' dim %u is %lld, but input '%s' dim %u is %lld: both are '%s' and must be equal.",
          info.name, d, given, entry.inputs[value.input].name, value.dim, static_cast<long long>(value.size),
          symbol);
  }
  return WEFT_OK;
}

weft_code checkSymbols(const weft_entry_info &entry, const SymbolPlan &plan, const SymbolValue *values,
                       weft_status *status) {
  for (uint32_t i = 0; i < plan.slotCount; ++i) {
    const SymbolSlot &slot = plan.slots[i];
    int64_t expected;
    if (!slot.steps || values[i].size < 0 || !evaluateSymbol(slot, values, expected) ||
        expected == values[i].size)
      continue;
    return fail(status, WEFT_CALLER_SHAPE,
                "Input '%s' dim %u is %lld, but '%s' is %lld for the sizes of the other dims.",
                entry.inputs[values[i].input].name, values[i].dim, static_cast<long long>(values[i].size),
                slot.text, static_cast<long long>(expected));
  }
  return WEFT_OK;
}

} // namespace weft::rt
