/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The binary interface between compiled code and the runtime; compiled code sees nothing else of it.
 *
 * lib/Codegen/Host emits calls by the field order of these structs. A field is only ever added at the end,
 * and WEFT_ABI_VERSION then grows by one: code made for an older version runs on a newer runtime.
 */
#ifndef WEFT_ABI_H
#define WEFT_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 1: one entry, WEFT_ENTRY_SYMBOL. 2: further entries under names that the artifact states. 3: lists. 4:
 * texts. */
#define WEFT_ABI_VERSION 4u

/* Name of the function that a code object exports for its first entry. */
#define WEFT_ENTRY_SYMBOL "weft_entry"

/* The function `NAME` WEFT_COUNT_SUFFIX beside a kernel NAME gives the size of its range: int64_t (const
 * int64_t *scalars). */
#define WEFT_COUNT_SUFFIX "_count"

/* One thread's view of a dispatch; opaque to compiled code. */
typedef struct weft_worker weft_worker;

/* A kernel: computes the part [begin, end) of its parallel range. `args` are the base addresses of the tensor
 * operands, then of the results (dense, row-major, 64-byte aligned, results alias nothing); `scalars` are
 * sizes and offsets. May run on several threads at once with disjoint ranges. */
typedef void (*weft_kernel_fn)(void *const *args, const int64_t *scalars, int64_t begin, int64_t end,
                               weft_worker *worker);

/* An element of a list: a tensor (dense, row-major, 64-byte aligned), or a list. */
typedef struct weft_item {
  const void *data;    /* of a list: its weft_list */
  int64_t bytes;       /* of a tensor; -1: a list */
  int64_t rank;        /* of a tensor */
  const int64_t *dims; /* `rank` sizes */
} weft_item;

/* A sequence, or an optional as a list of at most one. Nobody writes a list or the tensors in it once it is
 * made: functions make new ones. Lists and what they hold live until the end of the run. */
typedef struct weft_list {
  int64_t count;
  const weft_item *items;
} weft_list;

/* Functions on texts. A text is a 64-bit number, and a tensor of texts one of such numbers. All operands and
 * results are tensors; results have the dims of the first operand, pieces one more dim behind them. */
typedef enum weft_text_function {
  WEFT_TEXT_CONCAT = 0, /* x, y: the texts of y behind those of x */
  WEFT_TEXT_CASE = 1,   /* x; upper case or not, ASCII alone or not */
  WEFT_TEXT_SPLIT = 2,  /* x, delimiter, fill; cuts at most or -1: pieces, their counts */
  WEFT_TEXT_FIND = 3,   /* x, fill, table of a pattern; gaps or not, least characters: pieces, their counts */
  WEFT_TEXT_MATCH = 4,  /* x, table of a pattern: whether the whole text matches, a byte each */
  WEFT_TEXT_FORMAT = 5, /* numbers; weft_text_number: their texts. */
  WEFT_TEXT_PARSE =
      6,             /* x; weft_text_number, F64 or I64: the numbers. Fails with a = the number of the text */
  WEFT_TEXT_RANK = 7 /* x: how many different texts of x are less, i64 */
} weft_text_function;

typedef enum weft_text_number {
  WEFT_TEXT_I64 = 0,
  WEFT_TEXT_U64 = 1,
  WEFT_TEXT_F64 = 2,
  WEFT_TEXT_F32 = 3,
  WEFT_TEXT_BF16 = 4,
  WEFT_TEXT_F16 = 5
} weft_text_number;

/* What the runtime offers. Functions that return int32_t return 0, or a status code that the caller must
 * return at once. */
typedef struct weft_abi {
  uint32_t version; /* WEFT_ABI_VERSION of the runtime */
  uint32_t size;    /* sizeof(weft_abi) of the runtime, in bytes */

  /* Runs kernel number `kernel` (its index in the artifact's kernel table) over [0, count); returns when all
   * of it is done. count 0 is legal and does nothing. `args` and `scalars` need to live only until the
   * return. */
  int32_t (*dispatch)(void *ctx, uint32_t kernel, weft_kernel_fn fn, void *const *args,
                      const int64_t *scalars, int64_t count);

  /* Makes the dynamic arena at least `bytes` large; called at most once per run, before any use. Grows only
   * when `bytes` is larger than in any run of this session before. The block is 64-byte aligned and
   * uninitialised. */
  int32_t (*arena)(void *ctx, int64_t bytes, void **out_base);

  /* A buffer whose size was unknown before the run started (data-dependent shapes, loops). 64-byte aligned,
   * uninitialised, valid until release or the end of the run. bytes < 0 or absurd is an error, 0 is legal. */
  int32_t (*alloc)(void *ctx, int64_t bytes, void **out_data);
  void (*release)(void *ctx, void *data);

  /* The place of output `index`, whose shape is now known; called exactly once per output and run, before it
   * is written. `dims` has as many elements as the signature gives the output dims. */
  int32_t (*output)(void *ctx, uint32_t index, const int64_t *dims, void **out_data);

  /* Reports a failed run-time check. `message` is an index into the artifact's message table, `a` and `b`
   * fill its {a} and {b}. Returns the status code for the caller to return. */
  int32_t (*fail)(void *ctx, uint32_t message, int64_t a, int64_t b);

  /* Called by kernels: `bytes` of uninitialised, 64-byte aligned memory private to this worker, valid until
   * the kernel returns; a second call in the same kernel invocation returns different memory. NULL when
   * memory is exhausted: the kernel then returns at once, and its dispatch fails. */
  void *(*scratch)(weft_worker *worker, int64_t bytes);

  /* From here on: version 3. `message` is what `fail` reports when elements do not fit together. */

  /* A list of `count` elements, whose tensors are copied. */
  int32_t (*list_make)(void *ctx, const weft_item *items, int64_t count, const weft_list **out_list);

  /* The list with an element in front of that at `position`, or without that one. Positions are in range.
   * Inserting at the end takes time that does not depend on the length, when nobody has before. */
  int32_t (*list_insert)(void *ctx, const weft_list *list, const weft_item *item, int64_t position,
                         const weft_list **out_list);
  int32_t (*list_erase)(void *ctx, const weft_list *list, int64_t position, const weft_list **out_list);

  /* The elements, tensors of `rank` dims, joined along `axis`, or stacked along a new dim there, in memory as
   * from `alloc`. Reads the `out_dims` of the result, -1 where any size is fine, for a list that is empty;
   * writes all of them. Fails with a = the number of the element, b = the dim. */
  int32_t (*list_join)(void *ctx, const weft_list *list, int64_t rank, int64_t axis, int32_t is_new_axis,
                       int64_t element_bytes, uint32_t message, int64_t *out_dims, void **out_data);

  /* Slices of a tensor along `axis`: of the `count` lengths; or, with count -1, of lengths[0] each but for
   * the last. Without `keeps_axis` they are of length 1 and lose the axis. Fails with a = the sum of the
   * lengths, or the length that is not positive, b = the size of the dim. */
  int32_t (*list_split)(void *ctx, const weft_item *tensor, int64_t axis, int32_t keeps_axis,
                        const int64_t *lengths, int64_t count, uint32_t message, const weft_list **out_list);

  /* Hands over output `index`, a sequence or optional. */
  int32_t (*output_list)(void *ctx, uint32_t index, const weft_list *list);

  /* From here on: version 4. */

  /* Calls a weft_text_function: operands from a list, `params` as many as it takes, the results as a list. */
  int32_t (*text)(void *ctx, int32_t function, const weft_list *inputs, const int64_t *params,
                  uint32_t message, const weft_list **out_list);
} weft_abi;

/* A worker starts with the address of the runtime's function table, so that a kernel can reach `scratch`. */
struct weft_worker {
  const weft_abi *abi;
};

/* What one run hands to the entry function. All arrays belong to the runtime and live until the entry
 * returns. */
typedef struct weft_frame {
  void *const *inputs; /* base address of each input, 64-byte aligned. A sequence or optional: its weft_list;
                        * before version 3, the tensor of an optional, or NULL */
  const int64_t *const *dims; /* dims of each input that is a tensor; already checked against the signature's
                               * ranks and static sizes */
  const void *const *constants; /* base address of each constant segment */
  void *arena;                  /* static arena of the size that the artifact states; 64-byte aligned */
} weft_frame;

/* An entry: runs the whole program. */
typedef int32_t (*weft_entry_fn)(const weft_abi *abi, void *ctx, const weft_frame *frame);

#ifdef __cplusplus
}
#endif

#endif /* WEFT_ABI_H */
