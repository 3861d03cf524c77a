/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The code object of the tests' artifacts: one program whose behaviour the first constant segment chooses.
 */
#include "weft_abi.h"

/* First constant segment. Numbers are those of enum Mode in artifact_builder.h. */
struct Plan {
  int64_t mode;
  int64_t a, b;
};

/* y[i] = x[i] * weights[i % n] + 1 for parts of 16 elements. args: x, weights, y; scalars: elements, n. */
static void affine(void *const *args, const int64_t *scalars, int64_t begin, int64_t end,
                   weft_worker *worker) {
  const float *x = args[0], *w = args[1];
  float *y = args[2];
  (void)worker;
  for (int64_t i = begin * 16; i < end * 16 && i < scalars[0]; ++i)
    y[i] = x[i] * w[i % scalars[1]] + 1.0f;
}

/* The same by way of scratch memory, of scalars[2] bytes twice. */
static void affineByScratch(void *const *args, const int64_t *scalars, int64_t begin, int64_t end,
                            weft_worker *worker) {
  float *first = worker->abi->scratch(worker, scalars[2]);
  float *second = worker->abi->scratch(worker, scalars[2]);
  if (!first || !second)
    return;
  if (first == second || ((uintptr_t)first | (uintptr_t)second) % 64 != 0)
    __builtin_trap();
  const float *x = args[0], *w = args[1];
  float *y = args[2];
  for (int64_t part = begin; part < end; ++part) {
    for (int64_t k = 0; k < 16 && part * 16 + k < scalars[0]; ++k) {
      int64_t i = part * 16 + k;
      first[k] = x[i] * w[i % scalars[1]];
      second[k] = first[k] + 1.0f;
      y[i] = second[k];
    }
  }
}

static int64_t elements(const int64_t *dims, int64_t rank) {
  int64_t count = 1;
  for (int64_t d = 0; d < rank; ++d)
    count *= dims[d];
  return count;
}

/* Copies the input's positive elements to an output of their number. */
static int32_t positives(const weft_abi *abi, void *ctx, const weft_frame *frame) {
  const float *x = frame->inputs[0];
  int64_t n = frame->dims[0][0], found = 0;
  void *kept = 0, *out = 0;
  int32_t code = abi->alloc(ctx, n * 4, &kept);
  if (code)
    return code;
  for (int64_t i = 0; i < n; ++i)
    if (x[i] > 0)
      ((float *)kept)[found++] = x[i];
  code = abi->output(ctx, 0, &found, &out);
  if (code)
    return code;
  for (int64_t i = 0; i < found; ++i)
    ((float *)out)[i] = ((float *)kept)[i];
  abi->release(ctx, kept);
  return 0;
}

/* Calls a function on the texts of the input, which stand for all of its operands; its last result goes out.
 */
static int32_t textCall(const weft_abi *abi, void *ctx, const weft_frame *frame, const struct Plan *plan) {
  int64_t one = 1, params[3] = {plan->b, 0, 0};
  weft_item items[3] = {
      {frame->inputs[0], frame->dims[0][0] * 8, 1, frame->dims[0]}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  items[1] = items[0];
  items[2] = items[0];
  /* Delimiter and fill are one text. */
  if (plan->a == WEFT_TEXT_SPLIT) {
    items[1].bytes = items[2].bytes = 8;
    items[1].dims = items[2].dims = &one;
  }
  const weft_list *inputs = 0, *results = 0;
  int32_t code = abi->list_make(ctx, items, 3, &inputs);
  if (code || (code = abi->text(ctx, (int32_t)plan->a, inputs, params, 0, &results)))
    return code;
  const weft_item *last = &results->items[results->count - 1];
  void *out = 0;
  if ((code = abi->output(ctx, 0, last->dims, &out)))
    return code;
  for (int64_t i = 0; i < last->bytes; ++i)
    ((char *)out)[i] = ((const char *)last->data)[i];
  return 0;
}

/* Inputs: a sequence s of [?, 2] floats, an optional one of them. Outputs: t is s with the optional's value
 * behind it, y is t joined along dim 0, and an optional sequence of the parts of y of `part` rows; 0: absent,
 * below: s without that element, counted from -1. */
static int32_t lists(const weft_abi *abi, void *ctx, const weft_frame *frame, int64_t part) {
  const weft_list *list = frame->inputs[0], *maybe = frame->inputs[1], *parts = 0, *optional = 0;
  int64_t dims[] = {-1, 2};
  void *joined = 0, *out = 0;
  int32_t code = 0;
  if (maybe->count && (code = abi->list_insert(ctx, list, maybe->items, list->count, &list)))
    return code;
  if (part < 0 && (code = abi->list_erase(ctx, list, -1 - part, &list)))
    return code;
  if ((code = abi->list_join(ctx, list, 2, 0, 0, 4, 0, dims, &joined)) ||
      (code = abi->output_list(ctx, 0, list)) || (code = abi->output(ctx, 1, dims, &out)))
    return code;
  for (int64_t i = 0; i < elements(dims, 2); ++i)
    ((float *)out)[i] = ((float *)joined)[i];
  weft_item whole = {joined, elements(dims, 2) * 4, 2, dims};
  if (part > 0 && (code = abi->list_split(ctx, &whole, 0, 1, &part, -1, 0, &parts)))
    return code;
  weft_item inside = {parts, -1, 0, 0};
  if ((code = abi->list_make(ctx, &inside, part > 0, &optional)))
    return code;
  return abi->output_list(ctx, 2, optional);
}

__attribute__((visibility("default"))) int32_t weft_entry(const weft_abi *abi, void *ctx,
                                                          const weft_frame *frame) {
  const struct Plan *plan = frame->constants[0];
  const int64_t *dims = frame->dims[0];
  void *out = 0, *base = frame->arena;
  int64_t n = elements(dims, 2);
  int32_t code = 0;
  if (abi->version < 1 || abi->size < sizeof(weft_abi))
    return -1;
  switch (plan->mode) {
  case 0:   /* affine */
  case 1: { /* affine by scratch of `a` bytes */
    if ((code = abi->output(ctx, 0, dims, &out)))
      return code;
    void *args[] = {frame->inputs[0], (void *)frame->constants[1], out};
    int64_t scalars[] = {n, plan->b, plan->a};
    return abi->dispatch(ctx, 0, plan->mode ? affineByScratch : affine, args, scalars, (n + 15) / 16);
  }
  case 2: { /* affine to the static arena, then to the dynamic one, then to the output: y = ((x w + 1) w + 1)
               w + 1 */
    if ((code = abi->arena(ctx, n * 4, &base)))
      return code;
    if ((code = abi->output(ctx, 0, dims, &out)))
      return code;
    int64_t scalars[] = {n, plan->b, 0};
    void *weights = (void *)frame->constants[1];
    void *one[] = {frame->inputs[0], weights, frame->arena}, *two[] = {frame->arena, weights, base},
         *three[] = {base, weights, out};
    if ((code = abi->dispatch(ctx, 0, affine, one, scalars, (n + 15) / 16)))
      return code;
    if ((code = abi->dispatch(ctx, 1, affine, two, scalars, (n + 15) / 16)))
      return code;
    return abi->dispatch(ctx, 0, affine, three, scalars, (n + 15) / 16);
  }
  case 3: /* a check of the model fails */
    return abi->fail(ctx, (uint32_t)plan->a, dims[0], plan->b);
  case 4:
    return positives(abi, ctx, frame);
  case 5: /* a fault: the output twice */
    if ((code = abi->output(ctx, 0, dims, &out)))
      return code;
    return abi->output(ctx, 0, dims, &out);
  case 6: /* a fault: no output */
    return 0;
  case 7: /* a fault: a code without a message */
    return 77;
  case 8: /* asks for `a` bytes */
    return abi->alloc(ctx, plan->a, &out);
  case 9: { /* sums one element of each of `a` inputs; absent ones count 100 */
    int64_t shape[] = {1, 1};
    if ((code = abi->output(ctx, 0, shape, &out)))
      return code;
    float sum = 0;
    for (int64_t i = 0; i < plan->a; ++i)
      sum += frame->inputs[i] ? *(const float *)frame->inputs[i] : 100.0f;
    *(float *)out = sum;
    return 0;
  }
  case 10: { /* a fault: another size than the signature's */
    int64_t shape[] = {dims[0], dims[1] + 1};
    return abi->output(ctx, 0, shape, &out);
  }
  case 11: { /* two outputs: x w + 1 and its shape */
    void *second = 0;
    int64_t shape[] = {2};
    if ((code = abi->output(ctx, 0, dims, &out)) || (code = abi->output(ctx, 1, shape, &second)))
      return code;
    ((int64_t *)second)[0] = dims[0];
    ((int64_t *)second)[1] = dims[1];
    void *args[] = {frame->inputs[0], (void *)frame->constants[1], out};
    int64_t scalars[] = {n, plan->b, 0};
    return abi->dispatch(ctx, 0, affine, args, scalars, (n + 15) / 16);
  }
  case 13: { /* y = numbers of x, then that of the constant text whose number is `a` */
    int64_t shape[] = {dims[0] + 1};
    if ((code = abi->output(ctx, 0, shape, &out)))
      return code;
    for (int64_t i = 0; i < dims[0]; ++i)
      ((int64_t *)out)[i] = ((const int64_t *)frame->inputs[0])[i];
    ((int64_t *)out)[dims[0]] = plan->a;
    return 0;
  }
  case 14: /* y = function `a` of the texts x, x; `b` is its first number */
    return textCall(abi, ctx, frame, plan);
  case 15: /* asks for an arena of `a` bytes */
    return abi->arena(ctx, plan->a, &out);
  case 12: /* lists */
    return lists(abi, ctx, frame, plan->a);
  default:
    return -2;
  }
}

/* Further entries, told apart by their result: all elements are `value`. */
static int32_t fill(const weft_abi *abi, void *ctx, const weft_frame *frame, float value) {
  const int64_t *dims = frame->dims[0];
  void *out = 0;
  int32_t code = abi->output(ctx, 0, dims, &out);
  for (int64_t i = 0; !code && i < elements(dims, 2); ++i)
    ((float *)out)[i] = value;
  return code;
}

__attribute__((visibility("default"))) int32_t weft_entry_1(const weft_abi *abi, void *ctx,
                                                            const weft_frame *frame) {
  return fill(abi, ctx, frame, 100.0f);
}

__attribute__((visibility("default"))) int32_t weft_entry_2(const weft_abi *abi, void *ctx,
                                                            const weft_frame *frame) {
  return fill(abi, ctx, frame, 200.0f);
}
