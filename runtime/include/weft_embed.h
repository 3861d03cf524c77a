/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs compiled code that is linked into a program, on the calling thread, without the runtime library.
 *
 * The headers that `weftc --emit=obj` and `--emit=so` write hold a copy of this file; include those, not this
 * one. Needs C99 (or C++11) and the C library. To run on several threads, fill a weft_abi of your own and
 * call the model's entry function: weft_abi.h says what each function has to do.
 */
#ifndef WEFT_EMBED_H
#define WEFT_EMBED_H

#include "weft_abi.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#define WEFT_EMBED_MAX_RANK 32
#define WEFT_EMBED_ALIGNMENT 64

/* What a run returns; the numbers are those of weft_code in weft_runtime.h. */
#define WEFT_EMBED_OK 0
#define WEFT_EMBED_INTERNAL 0x0003 /* a fault of the compiler: please report it */
#define WEFT_EMBED_ARGUMENT 0x1001 /* a null pointer */
#define WEFT_EMBED_SHAPE 0x1006    /* dims that the model does not allow */
#define WEFT_EMBED_CAPACITY 0x1007 /* an output buffer that is too small */
#define WEFT_EMBED_VALUE 0x1008    /* a check in the model failed on these input values */
#define WEFT_EMBED_MEMORY 0x2001
#define WEFT_EMBED_FEATURE 0x3007 /* the processor lacks what the code was compiled for */

/* A dense row-major tensor; booleans take one byte, 4- and 2-bit elements one byte each. */
typedef struct weft_embed_tensor {
  void *data;                        /* inputs: the elements, only read. outputs: the caller's memory, or NULL
                                      * for memory of the state that is valid until its next run */
  uint64_t bytes;                    /* outputs: bytes that fit in `data`; after the run, bytes of the result.
                                      * inputs: not looked at */
  int64_t dims[WEFT_EMBED_MAX_RANK]; /* inputs: the sizes; outputs: set by the run */
} weft_embed_tensor;

/* An input or output of a model. */
typedef struct weft_embed_value {
  const char *name;
  int32_t dtype;          /* number of the element type in ONNX's TensorProto.DataType */
  uint32_t element_bytes; /* in memory */
  uint32_t rank;
  const int64_t *dims;    /* -1: dynamic */
  const int32_t *symbols; /* per dim: its number in the model's symbols, or -1 */
  const int64_t *bounds;  /* per dim: least and largest size; largest -1: unbounded */
} weft_embed_value;

/* A model as its header describes it. */
typedef struct weft_embed_model {
  weft_entry_fn entry;
  const void *weights;
  int64_t arena_bytes;
  uint32_t input_count, output_count, symbol_count, message_count;
  const weft_embed_value *inputs, *outputs;
  const char *const *symbols;  /* distinct expressions of the inputs' dynamic dims */
  const char *const *messages; /* texts of run-time checks */
  /* Value of symbol `number` for the values of the others; -1 when it is no expression of them. */
  int64_t (*evaluate)(uint32_t number, const int64_t *symbols);
  int32_t (*is_supported)(void);
  int32_t keeps_denormals;
} weft_embed_model;

typedef struct weft_embed_block {
  struct weft_embed_block *next;
  size_t capacity;
  void *base; /* as malloc gave it */
  int32_t is_in_use, is_scratch;
} weft_embed_block;

/* Memory and message of runs on one thread. Starts as all zeros: `weft_embed_state state = {0};`. After the
 * first run at a shape, a run allocates nothing. */
typedef struct weft_embed_state {
  char message[256]; /* why the last run failed */
  weft_embed_block *blocks;
} weft_embed_state;

/* One run; private to the functions below. The first field of `worker` makes it a weft_worker. */
struct weft_embed_run_state;
typedef struct weft_embed_worker {
  weft_worker base;
  struct weft_embed_run_state *run;
} weft_embed_worker;
typedef struct weft_embed_run_state {
  weft_embed_worker worker;
  const weft_embed_model *model;
  weft_embed_state *state;
  weft_embed_tensor *outputs;
  void **results; /* per output: where the program writes */
  int32_t is_exhausted;
} weft_embed_run_state;

/* Frees the memory of a state, which is all zeros afterwards. */
static inline void weft_embed_free(weft_embed_state *state) {
  while (state->blocks) {
    weft_embed_block *next = state->blocks->next;
    free(state->blocks->base);
    state->blocks = next;
  }
  state->message[0] = '\0';
}

static inline int64_t weft_embed_floordiv(int64_t a, int64_t b) {
  return b > 0 ? a / b - ((a % b != 0) && (a < 0)) : -1;
}
static inline int64_t weft_embed_ceildiv(int64_t a, int64_t b) {
  return b > 0 ? weft_embed_floordiv(a, b) + (a % b != 0) : -1;
}
static inline int64_t weft_embed_mod(int64_t a, int64_t b) {
  return b > 0 ? a - weft_embed_floordiv(a, b) * b : -1;
}
static inline int64_t weft_embed_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t weft_embed_max(int64_t a, int64_t b) { return a > b ? a : b; }

/* A block of the state that is free and large enough, or a new one; NULL when memory is exhausted. */
static inline void *weft_embed_take(weft_embed_state *state, int64_t bytes, int32_t is_scratch) {
  size_t wanted;
  weft_embed_block *best = NULL, *block;
  char *base;
  if (bytes < 0 || (uint64_t)bytes > SIZE_MAX / 2)
    return NULL;
  wanted = bytes > 0 ? (size_t)bytes : 1;
  wanted = (wanted + WEFT_EMBED_ALIGNMENT - 1) / WEFT_EMBED_ALIGNMENT * WEFT_EMBED_ALIGNMENT;
  for (block = state->blocks; block; block = block->next)
    if (!block->is_in_use && block->capacity >= wanted && block->capacity / 2 <= wanted &&
        (!best || block->capacity < best->capacity))
      best = block;
  if (!best) {
    /* The block's own fields lie in the first aligned piece, its bytes behind it. */
    base = (char *)malloc(wanted + 3 * WEFT_EMBED_ALIGNMENT);
    if (!base)
      return NULL;
    best = (weft_embed_block *)(void *)(base + WEFT_EMBED_ALIGNMENT - (uintptr_t)base % WEFT_EMBED_ALIGNMENT);
    best->base = base;
    best->capacity = wanted;
    best->next = state->blocks;
    state->blocks = best;
  }
  best->is_in_use = 1;
  best->is_scratch = is_scratch;
  return (char *)best + WEFT_EMBED_ALIGNMENT;
}

static inline int32_t weft_embed_fail(weft_embed_state *state, int32_t code, const char *message) {
  snprintf(state->message, sizeof(state->message), "%s", message);
  return code;
}

static inline int32_t weft_embed_dispatch(void *ctx, uint32_t kernel, weft_kernel_fn fn, void *const *args,
                                          const int64_t *scalars, int64_t count) {
  weft_embed_run_state *run = (weft_embed_run_state *)ctx;
  weft_embed_block *block;
  (void)kernel;
  if (count <= 0)
    return WEFT_EMBED_OK;
  fn(args, scalars, 0, count, &run->worker.base);
  for (block = run->state->blocks; block; block = block->next)
    if (block->is_scratch)
      block->is_in_use = block->is_scratch = 0;
  return run->is_exhausted ? weft_embed_fail(run->state, WEFT_EMBED_MEMORY,
                                             "There is no memory for the scratch of a kernel.")
                           : WEFT_EMBED_OK;
}

static inline int32_t weft_embed_alloc(void *ctx, int64_t bytes, void **out_data) {
  weft_embed_run_state *run = (weft_embed_run_state *)ctx;
  if (bytes < 0)
    return weft_embed_fail(run->state, WEFT_EMBED_VALUE,
                           "These inputs give an intermediate result an impossible size, less than nothing.");
  *out_data = weft_embed_take(run->state, bytes, 0);
  return *out_data ? WEFT_EMBED_OK
                   : weft_embed_fail(run->state, WEFT_EMBED_MEMORY,
                                     "There is no memory for an intermediate result.");
}

static inline void weft_embed_release(void *ctx, void *data) {
  (void)ctx;
  if (data)
    ((weft_embed_block *)(void *)((char *)data - WEFT_EMBED_ALIGNMENT))->is_in_use = 0;
}

static inline int32_t weft_embed_output(void *ctx, uint32_t index, const int64_t *dims, void **out_data) {
  weft_embed_run_state *run = (weft_embed_run_state *)ctx;
  const weft_embed_value *value = &run->model->outputs[index];
  weft_embed_tensor *output = &run->outputs[index];
  uint64_t bytes = value->element_bytes;
  uint32_t d;
  for (d = 0; d < value->rank; ++d) {
    output->dims[d] = dims[d];
    if (dims[d] < 0 || (dims[d] > 0 && bytes > ((uint64_t)1 << 47) / (uint64_t)dims[d]))
      return weft_embed_fail(run->state, WEFT_EMBED_MEMORY, "An output is larger than any memory.");
    bytes *= (uint64_t)dims[d];
  }
  if (output->data && output->bytes < bytes) {
    snprintf(run->state->message, sizeof(run->state->message),
             "Output '%s' takes %llu bytes, but its buffer has room for %llu.", value->name,
             (unsigned long long)bytes, (unsigned long long)output->bytes);
    return WEFT_EMBED_CAPACITY;
  }
  output->bytes = bytes;
  *out_data = output->data;
  if (!output->data || (uintptr_t)output->data % WEFT_EMBED_ALIGNMENT) {
    *out_data = weft_embed_take(run->state, (int64_t)bytes, 0);
    if (!*out_data)
      return weft_embed_fail(run->state, WEFT_EMBED_MEMORY, "There is no memory for an output.");
  }
  run->results[index] = *out_data;
  return WEFT_EMBED_OK;
}

static inline int32_t weft_embed_check_failed(void *ctx, uint32_t message, int64_t a, int64_t b) {
  weft_embed_run_state *run = (weft_embed_run_state *)ctx;
  const char *text = message < run->model->message_count ? run->model->messages[message]
                                                         : "A check of the model failed ({a}, {b}).";
  size_t used = 0, size = sizeof(run->state->message);
  char number[24];
  while (*text && used + 1 < size) {
    int is_a = strncmp(text, "{a}", 3) == 0, is_b = strncmp(text, "{b}", 3) == 0;
    size_t length = 1;
    const char *piece = text;
    if (is_a || is_b) {
      snprintf(number, sizeof(number), "%lld", (long long)(is_a ? a : b));
      piece = number;
      length = strlen(number);
    }
    if (length > size - 1 - used)
      length = size - 1 - used;
    memcpy(run->state->message + used, piece, length);
    used += length;
    text += is_a || is_b ? 3 : 1;
  }
  run->state->message[used] = '\0';
  return WEFT_EMBED_VALUE;
}

static inline void *weft_embed_scratch(weft_worker *worker, int64_t bytes) {
  weft_embed_run_state *run = ((weft_embed_worker *)(void *)worker)->run;
  void *data = weft_embed_take(run->state, bytes, 1);
  if (!data)
    run->is_exhausted = 1;
  return data;
}

/* Checks the dims of all inputs against the model. */
static inline int32_t weft_embed_check_inputs(const weft_embed_model *model, weft_embed_state *state,
                                              const weft_embed_tensor *inputs, int64_t *symbols) {
  uint32_t i, d;
  for (i = 0; i < model->symbol_count; ++i)
    symbols[i] = -1;
  for (i = 0; i < model->input_count; ++i) {
    const weft_embed_value *value = &model->inputs[i];
    for (d = 0; d < value->rank; ++d) {
      int64_t given = inputs[i].dims[d], wanted = value->dims[d], least = value->bounds[2 * d],
              largest = value->bounds[2 * d + 1];
      int32_t symbol = value->symbols[d];
      if (wanted < 0 && symbol >= 0) {
        if (symbols[symbol] < 0)
          symbols[symbol] = given;
        wanted = symbols[symbol];
      }
      if (given < 0 || (wanted >= 0 && given != wanted) || given < least ||
          (largest >= 0 && given > largest)) {
        if (given >= 0 && wanted >= 0 && given != wanted)
          snprintf(state->message, sizeof(state->message),
                   "Input '%s' dim %u%s%s%s is %lld, but must be %lld.", value->name, (unsigned)d,
                   symbol >= 0 ? " (" : "", symbol >= 0 ? model->symbols[symbol] : "", symbol >= 0 ? ")" : "",
                   (long long)given, (long long)wanted);
        else
          snprintf(state->message, sizeof(state->message),
                   "Input '%s' dim %u is %lld, but must be at least %lld%s.", value->name, (unsigned)d,
                   (long long)given, (long long)least, largest >= 0 ? " and within its bound" : "");
        return WEFT_EMBED_SHAPE;
      }
    }
  }
  for (i = 0; model->evaluate && i < model->symbol_count; ++i) {
    int64_t wanted = model->evaluate(i, symbols);
    if (wanted >= 0 && wanted != symbols[i]) {
      snprintf(state->message, sizeof(state->message),
               "A dim is %lld, but '%s' is %lld for the sizes of the other dims.", (long long)symbols[i],
               model->symbols[i], (long long)wanted);
      return WEFT_EMBED_SHAPE;
    }
  }
  return WEFT_EMBED_OK;
}

static inline uint64_t weft_embed_bytes(const weft_embed_value *value, const int64_t *dims) {
  uint64_t bytes = value->element_bytes;
  uint32_t d;
  for (d = 0; d < value->rank; ++d)
    bytes *= (uint64_t)dims[d];
  return bytes;
}

/* Results of the last run may come back as inputs; as outputs they are memory of the state again. */
static inline void weft_embed_reclaim(const weft_embed_model *model, weft_embed_state *state,
                                      const weft_embed_tensor *inputs, weft_embed_tensor *outputs) {
  weft_embed_block *block;
  uint32_t i;
  for (block = state->blocks; block; block = block->next) {
    void *held = (char *)block + WEFT_EMBED_ALIGNMENT;
    block->is_in_use = block->is_scratch = 0;
    for (i = 0; i < model->input_count; ++i)
      block->is_in_use |= inputs[i].data == held;
    for (i = 0; i < model->output_count; ++i)
      if (outputs[i].data == held)
        outputs[i].data = NULL;
  }
}

/* Fills `dims` and `data` with the inputs, and with copies of those that are not aligned. */
static inline int32_t weft_embed_bind_inputs(const weft_embed_model *model, weft_embed_state *state,
                                             const weft_embed_tensor *inputs, const int64_t **dims,
                                             void **data) {
  uint32_t i;
  for (i = 0; i < model->input_count; ++i) {
    uint64_t bytes = weft_embed_bytes(&model->inputs[i], inputs[i].dims);
    dims[i] = inputs[i].dims;
    data[i] = inputs[i].data;
    if (bytes > 0 && !data[i])
      return weft_embed_fail(state, WEFT_EMBED_ARGUMENT, "An input has a null pointer for its data.");
    if (bytes > 0 && (uintptr_t)data[i] % WEFT_EMBED_ALIGNMENT == 0)
      continue;
    data[i] = weft_embed_take(state, (int64_t)bytes, 0);
    if (!data[i])
      return weft_embed_fail(state, WEFT_EMBED_MEMORY, "There is no memory for an aligned copy of an input.");
    if (bytes > 0)
      memcpy(data[i], inputs[i].data, (size_t)bytes);
  }
  return WEFT_EMBED_OK;
}

/* Calls the program with the services that it needs, and with float arithmetic as it was compiled for: round
 * to nearest, no traps; denormals count as zero unless the model was compiled to keep them. */
static inline int32_t weft_embed_call(weft_embed_run_state *run, const weft_frame *frame) {
  int32_t code;
  weft_abi abi;
#if defined(__SSE2__)
  unsigned mode = _mm_getcsr();
#elif defined(__aarch64__)
  uint64_t mode;
#endif
  memset(&abi, 0, sizeof(abi));
  abi.version = WEFT_ABI_VERSION;
  abi.size = (uint32_t)sizeof(abi);
  abi.dispatch = weft_embed_dispatch;
  abi.arena = weft_embed_alloc;
  abi.alloc = weft_embed_alloc;
  abi.release = weft_embed_release;
  abi.output = weft_embed_output;
  abi.fail = weft_embed_check_failed;
  abi.scratch = weft_embed_scratch;
  run->worker.base.abi = &abi;
  run->worker.run = run;
#if defined(__SSE2__)
  _mm_setcsr(run->model->keeps_denormals ? 0x1f80u : 0x9fc0u);
#elif defined(__aarch64__)
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" ::"r"(run->model->keeps_denormals ? (uint64_t)0 : (uint64_t)1 << 24));
#endif
  code = run->model->entry(&abi, run, frame);
#if defined(__SSE2__)
  _mm_setcsr(mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" ::"r"(mode));
#endif
  return code;
}

/* Runs `model` once. `inputs` and `outputs` are in the order of the signature; inputs and outputs must not
 * overlap. A result in the state's memory may be an input of the next run. Data at 64-byte boundaries is used
 * where it lies, other data is copied. Safe on several threads with a state each.
 *
 * Returns: 0, or one of the numbers above with a sentence in state->message. */
static inline int32_t weft_embed_run(const weft_embed_model *model, weft_embed_state *state,
                                     const weft_embed_tensor *inputs, weft_embed_tensor *outputs) {
  weft_frame frame;
  weft_embed_run_state run;
  uint32_t i, slots = model->input_count > model->output_count ? model->input_count : model->output_count;
  const void *constants[1];
  int64_t *symbols;
  const int64_t **dims;
  void **data;
  int32_t code;
  state->message[0] = '\0';
  if ((!inputs && model->input_count) || (!outputs && model->output_count))
    return weft_embed_fail(state, WEFT_EMBED_ARGUMENT, "A null pointer was given for the inputs or outputs.");
  weft_embed_reclaim(model, state, inputs, outputs);
  if (model->is_supported && !model->is_supported())
    return weft_embed_fail(state, WEFT_EMBED_FEATURE,
                           "This processor lacks an instruction set that the model was compiled for.");
  symbols = (int64_t *)weft_embed_take(state, 8 * (int64_t)model->symbol_count, 0);
  dims = (const int64_t **)weft_embed_take(state, 8 * (int64_t)slots, 0);
  data = (void **)weft_embed_take(state, 8 * (int64_t)slots, 0);
  run.results = (void **)weft_embed_take(state, 8 * (int64_t)slots, 0);
  frame.arena = weft_embed_take(state, model->arena_bytes, 0);
  if (!symbols || !dims || !data || !run.results || !frame.arena)
    return weft_embed_fail(state, WEFT_EMBED_MEMORY, "There is no memory for a run.");
  code = weft_embed_check_inputs(model, state, inputs, symbols);
  if (!code)
    code = weft_embed_bind_inputs(model, state, inputs, dims, data);
  if (code)
    return code;
  run.model = model;
  run.state = state;
  run.outputs = outputs;
  run.is_exhausted = 0;
  for (i = 0; i < model->output_count; ++i)
    run.results[i] = NULL;
  constants[0] = model->weights;
  frame.inputs = data;
  frame.dims = dims;
  frame.constants = constants;
  code = weft_embed_call(&run, &frame);
  if (code)
    return state->message[0] ? code
                             : weft_embed_fail(state, WEFT_EMBED_INTERNAL, "The program stopped early.");
  for (i = 0; i < model->output_count; ++i) {
    if (!run.results[i])
      return weft_embed_fail(state, WEFT_EMBED_INTERNAL, "The program made no value for an output.");
    if (!outputs[i].data)
      outputs[i].data = run.results[i];
    else if (outputs[i].data != run.results[i] && outputs[i].bytes)
      memcpy(outputs[i].data, run.results[i], (size_t)outputs[i].bytes);
  }
  return WEFT_EMBED_OK;
}

#endif /* WEFT_EMBED_H */
