/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Loads and runs compiled models (.weft files): the public C interface of the Weft runtime.
 *
 * Ownership: an object that a function hands out through an `out_` parameter belongs to the caller until its
 * `_release`. Strings and arrays inside `_info` structs belong to the module and live as long as it does.
 * Units:     sizes are bytes (`_bytes`) or elements (dims); times are nanoseconds (`_ns`).
 * Errors:    every function that can fail returns a weft_code; 0 is success. Where a weft_status pointer is
 *            the last parameter it may be NULL; otherwise it receives code and message, on success as well
 *            (then the message is empty). Other `out_` parameters are written on success only. The library
 *            never prints, never aborts and has no global state.
 *
 * Threads:   a weft_module may be used by any number of threads at once. A weft_session serves one call at a
 *            time: use one session per thread. Several sessions share the weights and code of their module.
 *
 * Versions:  structs that the caller fills and that may grow start with `struct_size`; the `_init` function
 *            sets it and all defaults. Fill such a struct by its `_init` function first, always. `_info`
 *            structs, which the library fills, grow with the library's version.
 */
#ifndef WEFT_RUNTIME_H
#define WEFT_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define WEFT_API __attribute__((visibility("default")))
#else
#define WEFT_API
#endif

/* Enumerations travel as int32_t, so that their size is the same everywhere and any value may be checked. */
#ifdef __cplusplus
#define WEFT_ENUM(name)                                                                                      \
  typedef int32_t name;                                                                                      \
  enum name##_values : int32_t
#else
#define WEFT_ENUM(name)                                                                                      \
  typedef int32_t name;                                                                                      \
  enum name##_values
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_RUNTIME_VERSION_MAJOR 0
#define WEFT_RUNTIME_VERSION_MINOR 1
#define WEFT_RUNTIME_VERSION_PATCH 0

/* "0.1.0". */
WEFT_API const char *weft_runtime_version(void);

/* ---- Status
 * ------------------------------------------------------------------------------------------------------- */

/* The group of a code is code >> 12. */
WEFT_ENUM(weft_code){
    WEFT_OK = 0,
    /* 0x0: the system below, or a fault of Weft itself. */
    WEFT_SYSTEM_IO = 0x0001,            /* a file cannot be opened, read or mapped */
    WEFT_SYSTEM_UNIMPLEMENTED = 0x0002, /* legal, but this version of the runtime cannot do it */
    WEFT_SYSTEM_INTERNAL = 0x0003,      /* a fault of the compiler or runtime: please report it */
    /* 0x1: the caller. */
    WEFT_CALLER_ARGUMENT = 0x1001, /* a null pointer, an index or option out of range */
    WEFT_CALLER_COUNT = 0x1002,    /* a number of inputs or outputs that is not the entry's */
    WEFT_CALLER_NAME = 0x1003,     /* no entry, input or output has this name */
    WEFT_CALLER_KIND = 0x1004,     /* a tensor where a sequence is expected, and the like */
    WEFT_CALLER_TYPE = 0x1005,     /* another element type than the signature's */
    WEFT_CALLER_SHAPE = 0x1006,    /* rank or dims that the signature does not allow */
    WEFT_CALLER_CAPACITY = 0x1007, /* a buffer that is too small */
    WEFT_CALLER_VALUE = 0x1008,    /* a check in the model failed on these input values */
    WEFT_CALLER_STATE =
        0x1009, /* the session is running already, or the module was opened for inspection only */
    /* 0x2: resources. */
    WEFT_RESOURCE_MEMORY = 0x2001,  /* memory is exhausted, or a size that no memory has was asked for */
    WEFT_RESOURCE_THREADS = 0x2002, /* the system starts no more threads */
    /* 0x3: the artifact. */
    WEFT_ARTIFACT_FORMAT = 0x3001,    /* not a .weft file */
    WEFT_ARTIFACT_TRUNCATED = 0x3002, /* the file ends too early */
    WEFT_ARTIFACT_VERSION = 0x3003,   /* made for another version of the runtime */
    WEFT_ARTIFACT_CORRUPT = 0x3004,   /* bytes differ from what the compiler wrote */
    WEFT_ARTIFACT_INVALID = 0x3005,   /* structure or meaning is wrong although the checksums match */
    WEFT_ARTIFACT_ARCH = 0x3006,      /* code for another processor family only */
    WEFT_ARTIFACT_FEATURE = 0x3007, /* every code object needs a processor feature that this machine lacks */
    WEFT_ARTIFACT_LIBRARY = 0x3008, /* needs a part of the runtime that is not there */
    WEFT_ARTIFACT_CODE = 0x3009,    /* the system's loader refused the code */
    /* 0x4: devices. */
    WEFT_DEVICE_UNAVAILABLE = 0x4001};

#define WEFT_MESSAGE_BYTES 1020

/* What a call has to say: code and a complete sentence or two, null-terminated, possibly cut at the end. */
typedef struct weft_status {
  weft_code code;
  char message[WEFT_MESSAGE_BYTES];
} weft_status;

/* Name of a code, "WEFT_CALLER_SHAPE"; "WEFT_UNKNOWN" for other numbers. Never NULL. */
WEFT_API const char *weft_code_name(weft_code code);

/* ---- Hooks
 * -------------------------------------------------------------------------------------------------------- */

/* Where the runtime gets memory. Both functions may be called from any thread at any time, also by several at
 * once. `allocate` returns `bytes` (> 0) bytes aligned to `alignment` (a power of two), or NULL. `release`
 * gets the same numbers. The struct is copied; `user` must live as long as the object that it was given to.
 */
typedef struct weft_allocator {
  void *user;
  void *(*allocate)(void *user, size_t bytes, size_t alignment);
  void (*release)(void *user, void *data, size_t bytes, size_t alignment);
} weft_allocator;

typedef void (*weft_task_fn)(void *task, uint32_t slot);

/* The caller's own threads. `parallel` calls `fn(task, slot)` once for every slot in [0, slots), on any
 * threads and in any order, and returns when all have returned; slots <= threads. It is called from
 * weft_session_run's thread, never twice at once for one session. The struct is copied; `user` must outlive
 * the session. */
typedef struct weft_thread_pool {
  void *user;
  uint32_t threads;
  void (*parallel)(void *user, uint32_t slots, weft_task_fn fn, void *task);
} weft_thread_pool;

/* ---- Modules: opened artifacts
 * ------------------------------------------------------------------------------------ */

typedef struct weft_module weft_module;

WEFT_ENUM(weft_verify){
    WEFT_VERIFY_ALL = 0,   /* every byte of the file */
    WEFT_VERIFY_HEADER = 1 /* header, metadata and the code that is used; weights are trusted */
};

typedef struct weft_module_options {
  size_t struct_size;
  weft_verify verify;  /* WEFT_VERIFY_ALL */
  const char *max_isa; /* NULL; or "v2", "v3", "x86-64-v4" or a level of the artifact: use nothing above it */
  int32_t inspect_only;    /* 0; 1 loads no code, so that artifacts for other machines open too */
  uint32_t verify_threads; /* 0 = as many as this process may use; threads end before the call returns */
  const weft_allocator *allocator; /* NULL = the C library's */
} weft_module_options;

WEFT_API void weft_module_options_init(weft_module_options *options);

/* Opens an artifact. `options` may be NULL for the defaults. The file is mapped read-only: replace it by
 * renaming another over it, do not write into it while the module lives. Errors: WEFT_SYSTEM_IO,
 * WEFT_RESOURCE_MEMORY, all of group 0x3, WEFT_CALLER_ARGUMENT for a bad option. */
WEFT_API weft_code weft_module_open(const char *path, const weft_module_options *options,
                                    weft_module **out_module, weft_status *status);

/* The same for an artifact in memory. `data` stays the caller's and must live and keep its contents until the
 * module is gone. It is copied only when it is not 64-byte aligned. */
WEFT_API weft_code weft_module_open_memory(const void *data, size_t bytes, const weft_module_options *options,
                                           weft_module **out_module, weft_status *status);

/* Gives up the caller's reference (NULL is allowed). Sessions hold their own, so releasing before them is
 * fine. */
WEFT_API void weft_module_release(weft_module *module);

/* ---- What a module holds
 * ------------------------------------------------------------------------------------------ */

/* Element types, numbered as ONNX's TensorProto.DataType. */
WEFT_ENUM(weft_dtype){
    WEFT_UNDEFINED = 0,
    WEFT_FLOAT32 = 1,
    WEFT_UINT8 = 2,
    WEFT_INT8 = 3,
    WEFT_UINT16 = 4,
    WEFT_INT16 = 5,
    WEFT_INT32 = 6,
    WEFT_INT64 = 7,
    WEFT_STRING = 8, /* elements are weft_string_view */
    WEFT_BOOL = 9,   /* one byte, 0 or 1 */
    WEFT_FLOAT16 = 10,
    WEFT_FLOAT64 = 11,
    WEFT_UINT32 = 12,
    WEFT_UINT64 = 13,
    WEFT_COMPLEX64 = 14,
    WEFT_COMPLEX128 = 15,
    WEFT_BFLOAT16 = 16,
    WEFT_FLOAT8E4M3FN = 17,
    WEFT_FLOAT8E4M3FNUZ = 18,
    WEFT_FLOAT8E5M2 = 19,
    WEFT_FLOAT8E5M2FNUZ = 20,
    WEFT_UINT4 = 21, /* 4- and 2-bit types are packed, low bits first; the last byte may be partly unused */
    WEFT_INT4 = 22,
    WEFT_FLOAT4E2M1 = 23,
    WEFT_FLOAT8E8M0 = 24,
    WEFT_UINT2 = 25,
    WEFT_INT2 = 26};

/* "float32", "int4" ...; "unknown" for other numbers. */
WEFT_API const char *weft_dtype_name(weft_dtype dtype);

/* Bits of one element; 0 for WEFT_UNDEFINED and unknown numbers, and those of a weft_string_view for
 * WEFT_STRING. */
WEFT_API uint32_t weft_dtype_bits(weft_dtype dtype);

WEFT_ENUM(weft_kind){WEFT_TENSOR = 0, WEFT_SEQUENCE = 1, WEFT_OPTIONAL = 2};

typedef struct weft_dim_info {
  int64_t size;       /* >= 0 static; -1 dynamic */
  const char *symbol; /* expression of a dynamic dim, "batch" or "seq + past"; NULL when it has none */
  int64_t min, max;   /* bounds of a dynamic dim; max -1 is unbounded */
} weft_dim_info;

typedef struct weft_value_info {
  const char *name;
  weft_kind kind;
  weft_dtype dtype; /* of the elements of the tensors, for sequences and optionals as well */
  uint32_t rank;
  const weft_dim_info *dims;
  weft_kind item;   /* what an optional holds: WEFT_TENSOR or WEFT_SEQUENCE; else WEFT_TENSOR */
  int32_t any_rank; /* 1: each tensor in a sequence or optional has its own rank; `rank` is 0 then */
} weft_value_info;

/* A symbolic dim of the model and the size that an entry is made for. */
typedef struct weft_size_info {
  const char *name;
  int64_t size;
} weft_size_info;

/* An entry point. Those of one artifact are the same model at other shapes: inputs and outputs agree in
 * number, names, kinds, types and ranks. */
typedef struct weft_entry_info {
  const char *name;
  size_t input_count, output_count;
  const weft_value_info *inputs, *outputs;
  const int32_t *aliases; /* per output: the input that may share its memory, or -1 */
  int64_t arena_bytes;    /* static arena that a session needs for it; entries share the largest */
  size_t size_count;      /* of a bucket: the sizes that it is made for */
  const weft_size_info *sizes;
  size_t kernel_begin, kernel_count; /* its part of weft_module_info.kernels */
} weft_entry_info;

typedef struct weft_kernel_info {
  const char *name, *kind;
  size_t node_count;
  const char *const *nodes; /* names of the ONNX nodes that it computes */
  int64_t flops, bytes;     /* of one call at static shapes; 0 when unknown, see weft_session_kernel_work */
  const char *flops_expr,
      *bytes_expr;      /* the same by the symbols of the inputs' dims ("2048 * batch"); or "" */
  const char *schedule; /* how it was generated, for people; or "" */
  size_t note_count;
  const char *const *notes; /* what was chosen and what was not fused, and why */
} weft_kernel_info;

/* One instruction-set level. */
typedef struct weft_level_info {
  const char *arch, *level;
  size_t feature_count;
  const char *const *features; /* processor features that it needs, as LLVM spells them */
  const char *missing;         /* why it cannot run here ("avx512f"); NULL when it can */
  uint64_t bytes;
  int32_t in_use; /* 1 for the level that was chosen */
} weft_level_info;

/* A run of bytes in the file that holds constants. */
typedef struct weft_segment_info {
  uint64_t offset, bytes;
} weft_segment_info;

typedef struct weft_metadata_info {
  const char *key, *value;
} weft_metadata_info;

typedef struct weft_module_info {
  size_t struct_size; /* set by the caller to sizeof(weft_module_info) */
  const char *model, *compiler;
  uint32_t format_version, abi_version;
  uint64_t file_bytes, weights_bytes, code_bytes; /* weights: all constant segments; code: all levels */
  size_t entry_count, kernel_count, level_count, segment_count, message_count, library_count, metadata_count;
  const weft_entry_info *entries;
  const weft_kernel_info *kernels;
  const weft_level_info *levels;
  const weft_segment_info *segments;
  const char *const *messages; /* texts of run-time checks */
  const char *const *libraries;
  const weft_metadata_info *metadata;
  int32_t host_nodes, runtime_nodes; /* ONNX nodes that became host code; nodes during which
                                        the runtime makes memory, as their sizes depend on data */
  const char *isa;                   /* level in use; NULL when opened for inspection only */
  int32_t keeps_denormals;
} weft_module_info;

/* Fills `out_info` up to its `struct_size`. What it points to is the module's and lives as long as it.
 * Threads: any, at any time. Errors: WEFT_CALLER_ARGUMENT for a null pointer or an impossible `struct_size`;
 * `out_info` is untouched then. */
WEFT_API weft_code weft_module_get_info(const weft_module *module, weft_module_info *out_info);

/* Position of a name in an entry's inputs or outputs. Threads: any, at any time.
 * Errors: WEFT_CALLER_NAME, the message lists the names there are; WEFT_CALLER_ARGUMENT for a null pointer or
 * an entry that is none. */
WEFT_API weft_code weft_module_find_input(const weft_module *module, uint32_t entry, const char *name,
                                          uint32_t *out_index, weft_status *status);
WEFT_API weft_code weft_module_find_output(const weft_module *module, uint32_t entry, const char *name,
                                           uint32_t *out_index, weft_status *status);

/* Fills in the sizes of inputs that follow from others. `dims` has one array per input with as many elements
 * as its rank, -1 where a size is not known (a NULL array: none is). Static sizes, and sizes of symbols and
 * expressions whose names are known, replace the -1; what stays -1 is free. Sizes that are given are not
 * checked: weft_session_run does that. Threads: any at once, each with its own `dims`.
 * Errors: WEFT_CALLER_ARGUMENT for a null pointer or an entry that is none; WEFT_RESOURCE_MEMORY. `dims` is
 * untouched then. */
WEFT_API weft_code weft_module_complete_dims(const weft_module *module, uint32_t entry, int64_t *const *dims,
                                             weft_status *status);

struct weft_value_view;

/* Stands for the entry that fits the inputs best, where an entry number is expected. */
#define WEFT_ENTRY_AUTO 0xffffffffu

/* Finds the entry for these inputs: of those whose signature allows their shapes, the one with the most
 * static sizes. Only kinds, ranks and dims are looked at. Threads: any at once.
 * Errors: WEFT_CALLER_COUNT; WEFT_CALLER_SHAPE when there is none, listing the entries; WEFT_CALLER_ARGUMENT
 * for a null pointer; WEFT_RESOURCE_MEMORY. */
WEFT_API weft_code weft_module_find_entry(const weft_module *module, const struct weft_value_view *inputs,
                                          size_t input_count, uint32_t *out_entry, weft_status *status);

/* ---- Values
 * ------------------------------------------------------------------------------------------------------- */

/* Bytes of text; UTF-8, not null-terminated. */
typedef struct weft_string_view {
  const char *data;
  size_t bytes;
} weft_string_view;

/* A dense row-major tensor. */
typedef struct weft_tensor_view {
  void *data;        /* inputs are only read; may be NULL when a dim is 0 */
  uint64_t bytes;    /* size of the contents: exactly the product of the dims, sub-byte types rounded up */
  uint64_t capacity; /* outputs only: bytes that fit in `data` */
  weft_dtype dtype;
  uint32_t rank;
  const int64_t *dims; /* `rank` sizes */
} weft_tensor_view;

typedef struct weft_sequence_view {
  size_t count;
  const struct weft_value_view *items;
} weft_sequence_view;

/* A tensor, sequence or optional (`item` NULL: absent). */
typedef struct weft_value_view {
  weft_kind kind;
  union {
    weft_tensor_view tensor;
    weft_sequence_view sequence;
    const struct weft_value_view *optional;
  };
} weft_value_view;

/* ---- Sessions: runs
 * ----------------------------------------------------------------------------------------------- */

typedef struct weft_session weft_session;

typedef struct weft_session_options {
  size_t struct_size;
  uint32_t threads;             /* 0 = as many as this process may use; the calling thread is one of them */
  const weft_thread_pool *pool; /* NULL; otherwise used in place of own threads, and `threads` is ignored */
  const weft_allocator *allocator; /* NULL = the C library's */
} weft_session_options;

WEFT_API void weft_session_options_init(weft_session_options *options);

/* Prepares runs of a module. `options` may be NULL. Threads start here; the arena of an entry is allocated at
 * its first run. Errors: WEFT_CALLER_ARGUMENT, WEFT_CALLER_STATE, WEFT_RESOURCE_MEMORY,
 * WEFT_RESOURCE_THREADS. */
WEFT_API weft_code weft_session_create(weft_module *module, const weft_session_options *options,
                                       weft_session **out_session, weft_status *status);

/* Ends the session, its threads and every buffer that it handed out (NULL is allowed). No run may be under
 * way. */
WEFT_API void weft_session_release(weft_session *session);

/* Runs entry number `entry` (0 is the main one), or with WEFT_ENTRY_AUTO the one that weft_module_find_entry
 * finds.
 *
 * Inputs:  in the order of the signature, tensors of its element type; dims must have the signature's rank
 * and static sizes, lie within its bounds, and agree wherever dims share a symbol. Read only until the call
 * returns. 64-byte aligned data is used where it lies, other data is copied to aligned memory of the session.
 * An absent optional has kind WEFT_OPTIONAL and `optional` NULL; the value of one that is present may be
 * given as it is. The elements of a sequence may differ in their dims where the signature's are dynamic.
 *
 * Outputs: in the order of the signature.
 * `kind` and, for tensors, `data` and `capacity` are read. With `data` NULL the session provides the memory,
 * valid until its next run or release (and as an input of that next run); otherwise the result is written to
 * `data` (directly when that is 64-byte aligned and overlaps no input). On success kind, data, bytes, dtype,
 * rank and dims are set; dims is valid until the next run or release. `capacity` is left alone. Sequences and
 * optionals, and the texts of strings, always lie in the session's memory: `kind` may be theirs or, with
 * `data` NULL, WEFT_TENSOR, and is theirs on success.
 *
 * Memory:  with the shapes of an earlier run and no data-dependent sizes, a run allocates nothing.
 *
 * Floats:  rounding is to nearest and denormals are flushed to zero during the run, unless the artifact keeps
 * them; the caller's state is restored.
 *
 * Errors:  the 0x1 group, WEFT_RESOURCE_MEMORY, WEFT_SYSTEM_UNIMPLEMENTED for two texts
 * of one 64-bit hash. Messages name the input or output, the dim and both values. The
 * session stays usable; outputs are undefined. */
WEFT_API weft_code weft_session_run(weft_session *session, uint32_t entry, const weft_value_view *inputs,
                                    size_t input_count, weft_value_view *outputs, size_t output_count,
                                    weft_status *status);

/* Threads that a run uses, the calling one included; 0 for NULL. Threads: any, at any time; never fails. */
WEFT_API uint32_t weft_session_threads(const weft_session *session);

/* The most memory in bytes that the session has held at one time, the artifact's mapping not included; 0 for
 * NULL. Threads: the session's, between runs; never fails. */
WEFT_API uint64_t weft_session_peak_bytes(const weft_session *session);

/* ---- Profiles and traces
 * ------------------------------------------------------------------------------------------
 *
 * Threads: all functions of this part belong to the thread that runs the session, between its runs. */

typedef struct weft_kernel_profile {
  uint64_t calls;
  uint64_t total_ns; /* from dispatch to the end of its last part, as the calling thread sees it */
} weft_kernel_profile;

/* One part of a dispatch on one thread. */
typedef struct weft_trace_event {
  uint32_t kernel;            /* index in weft_module_info.kernels; WEFT_TRACE_RUN for a whole run */
  uint32_t thread;            /* 0 is the caller */
  int64_t begin, end;         /* the part of the parallel range */
  uint64_t start_ns, took_ns; /* start counts from weft_session_trace_start */
} weft_trace_event;

#define WEFT_TRACE_RUN 0xffffffffu

/* Switches per-kernel times on (from zero) or off. When off, nothing is measured, and the times so far stay
 * readable. Errors: WEFT_CALLER_ARGUMENT for no session; WEFT_RESOURCE_MEMORY, profiling is off then. */
WEFT_API weft_code weft_session_profile(weft_session *session, int32_t is_on, weft_status *status);

/* Times of one kernel, and of all runs, since profiling was switched on; zeros before. The profile is copied.
 * Errors: WEFT_CALLER_ARGUMENT for a null pointer or a kernel that is none. */
WEFT_API weft_code weft_session_kernel_profile(const weft_session *session, uint32_t kernel,
                                               weft_kernel_profile *out_profile);
WEFT_API weft_code weft_session_run_profile(const weft_session *session, weft_kernel_profile *out_profile);

/* Operations (a multiply-add is two) and bytes of one call of a kernel at the shapes of the session's last
 * run; -1 where they are not known: before the first run, for sizes that depend on data, for ops that nobody
 * counts. Errors: WEFT_CALLER_ARGUMENT for a null pointer or a kernel that is none. */
WEFT_API weft_code weft_session_kernel_work(const weft_session *session, uint32_t kernel, int64_t *out_flops,
                                            int64_t *out_bytes);

/* Records up to `max_events` parts per thread from now on, dropping those that no longer fit; 0 stops and
 * frees them. What was recorded before is gone. Errors: WEFT_CALLER_ARGUMENT for no session;
 * WEFT_RESOURCE_MEMORY, nothing is recorded then. */
WEFT_API weft_code weft_session_trace_start(weft_session *session, size_t max_events, weft_status *status);

/* Events recorded so far, grouped by thread, in time order within one; `out_dropped` (how many did not fit)
 * may be NULL. The count never fails, and is 0 for NULL. The event is copied; errors: WEFT_CALLER_ARGUMENT
 * for a null pointer or an index that is not below the count. */
WEFT_API size_t weft_session_trace_count(const weft_session *session, uint64_t *out_dropped);
WEFT_API weft_code weft_session_trace_event(const weft_session *session, size_t index,
                                            weft_trace_event *out_event);

#ifdef __cplusplus
}
#endif

#endif /* WEFT_RUNTIME_H */
