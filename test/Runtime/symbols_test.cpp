// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions of dims evaluate as the compiler's do, and hostile ones do no harm.

#include "helpers.h"

#include "../../runtime/src/symbols.h"

using namespace weft::rt;

namespace {

/// A plan for one input whose dims are `n`, `m` and the expression.
struct Evaluation {
  explicit Evaluation(const char *text, int64_t n = 7, int64_t m = 3) {
    memory.init(nullptr);
    arena.init(&memory, 1 << 20);
    dims[0].symbol = "n";
    dims[1].symbol = "m";
    dims[2].symbol = text;
    for (weft_dim_info &dim : dims)
      dim.size = -1;
    input.rank = 3;
    input.dims = dims;
    entry.input_count = 1;
    entry.inputs = &input;
    EXPECT_TRUE(planSymbols(entry, arena, plan));
    SymbolValue values[4] = {{n, 0, 0}, {m, 0, 1}, {-1, 0, 2}, {}};
    slot = plan.dimSlots[0][2];
    isExpression = plan.slots[slot].steps != nullptr;
    isKnown = isExpression && evaluateSymbol(plan.slots[slot], values, value);
  }
  ~Evaluation() { arena.free(); }

  Memory memory;
  MetadataArena arena;
  weft_dim_info dims[3] = {};
  weft_value_info input{};
  weft_entry_info entry{};
  SymbolPlan plan{};
  int32_t slot = -1;
  bool isExpression = false, isKnown = false;
  int64_t value = 0;
};

TEST(Symbols, Evaluate) {
  struct Row {
    const char *text;
    int64_t value;
  };
  for (const Row &row : {Row{"n + m", 10},
                         {"n - m", 4},
                         {"2 * n + 3*m - 1", 22},
                         {"n*(m + 1)", 28},
                         {"-n + 10", 3},
                         {"floordiv(n, m)", 2},
                         {"ceildiv(n, m)", 3},
                         {"mod(n, m)", 1},
                         {"floordiv(0 - n, m)", -3},
                         {"mod(0 - n, m)", 2},
                         {"ceildiv(0 - n, m)", -2},
                         {"min(n, m)", 3},
                         {"max(n, m) * 2", 14},
                         {"floordiv(n + 2*1 - 3, 2) + 1", 4},
                         {"12", 12},
                         {"(n)", 7}}) {
    Evaluation evaluation(row.text);
    EXPECT_TRUE(evaluation.isKnown || std::string(row.text) == "(n)") << row.text;
    if (evaluation.isKnown)
      EXPECT_EQ(evaluation.value, row.value) << row.text;
  }
}

TEST(Symbols, TakeOtherTextAsNames) {
  for (const char *text : {"batch size", "unk__12", "a::b/c", "?", "", "n +", "foo(n)", "1n", "min(n)", "(n",
                           "n)", "n n", "99999999999999999999"})
    EXPECT_FALSE(Evaluation(text).isExpression) << text;
}

TEST(Symbols, LeaveUnknownNamesOpen) {
  EXPECT_TRUE(Evaluation("n + other").isExpression);
  EXPECT_FALSE(Evaluation("n + other").isKnown);
}

TEST(Symbols, RefuseOverflowAndBadDivisors) {
  EXPECT_FALSE(Evaluation("n * 9223372036854775807").isKnown);
  EXPECT_FALSE(Evaluation("n + 9223372036854775807").isKnown);
  EXPECT_FALSE(Evaluation("floordiv(n, m)", 7, 0).isKnown);
  EXPECT_FALSE(Evaluation("mod(n, 0 - m)").isKnown);
}

TEST(Symbols, SurviveHostileTexts) {
  EXPECT_FALSE(Evaluation(std::string(100'000, '(').c_str()).isExpression);
  EXPECT_FALSE(Evaluation(std::string(100'000, '-').c_str()).isExpression);
  std::string sum = "n";
  for (int i = 0; i < 1000; ++i)
    sum += " + n";
  EXPECT_FALSE(Evaluation(sum.c_str()).isExpression);
}

TEST(Symbols, CompleteDims) {
  using namespace weft::test;
  ArtifactSpec spec;
  spec.inputs = {
      {"mask", {"batch", "seq + past"}}, {"ids", {"batch", "seq"}}, {"kv", {"batch", 2, "past", "free"}}};
  Opened opened = open(spec);
  int64_t mask[] = {-1, -1}, ids[] = {4, 5}, kv[] = {-1, -1, 3, -1};
  int64_t *dims[] = {mask, ids, kv};
  ASSERT_EQ(weft_module_complete_dims(opened.module.get(), 0, dims, nullptr), WEFT_OK);
  EXPECT_EQ(mask[0], 4);
  EXPECT_EQ(mask[1], 8);
  EXPECT_EQ(kv[0], 4);
  EXPECT_EQ(kv[1], 2);
  EXPECT_EQ(kv[3], -1);
}

} // namespace
