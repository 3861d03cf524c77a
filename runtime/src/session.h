// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state of runs: threads, buffers that are kept from run to run, profiles.
#ifndef WEFT_RUNTIME_SRC_SESSION_H
#define WEFT_RUNTIME_SRC_SESSION_H

#include "clock.h"
#include "cpu/thread_pool.h"
#include "lists.h"
#include "module.h"
#include "weft_abi.h"

namespace weft::rt {

/// A piece of a worker's scratch memory; the usable bytes follow it.
struct ScratchChunk {
  ScratchChunk *next;
  size_t capacity;
  char *data() { return reinterpret_cast<char *>(this) + tensorAlignment; }
};

/// One thread's part in dispatches. The first field makes it a weft_worker.
struct alignas(64) Worker {
  weft_worker base;
  weft_session *session = nullptr;
  // Scratch: chunks are handed out front to back and reused by the next kernel invocation.
  ScratchChunk *chunks = nullptr, *current = nullptr;
  size_t used = 0;      // of the current chunk
  size_t requested = 0; // by this invocation
  size_t largest = 0;   // most that an invocation has requested
  weft_trace_event *events = nullptr;
  size_t eventCount = 0;
  uint64_t dropped = 0;

  void beginInvocation() {
    current = chunks;
    used = 0;
    requested = 0;
  }
};

/// A buffer that a program asked for during a run. Free ones are kept for the next request.
struct DynamicBlock {
  DynamicBlock *next;
  size_t capacity;
  bool isInUse, wasUsed; // wasUsed: in this run
  void *data() { return reinterpret_cast<char *>(this) + tensorAlignment; }
};

/// What becomes of one output.
struct OutputState {
  Block own;   // memory of the session, when the caller gives none or it cannot be used directly
  Block spare; // takes turns with `own` when the caller hands a result back as an input
  void *data;  // where the program writes; null until it asks
  uint64_t bytes;
  int64_t dims[maxRank];
  bool isStaged;         // written to `own` and copied to the caller's buffer at the end
  const weft_list *list; // of a sequence or optional: what the program handed over
};

/// Buffers of one entry.
struct EntryState {
  Block *staging; // per input: aligned copy
  OutputState *outputs;
  SymbolValue *symbols;
  void **inputData;          // weft_frame.inputs
  const int64_t **inputDims; // weft_frame.dims: rows of dimStorage
  int64_t *dimStorage;       // copies, since the caller may hand back dims that this run will write
};

} // namespace weft::rt

struct weft_session {
  weft_module *module = nullptr;
  weft::rt::Memory memory;
  weft_abi abi{};

  weft::rt::ThreadPool ownPool;
  weft_thread_pool hookPool{};
  bool hasHookPool = false;
  uint32_t threads = 1;
  weft::rt::Worker *workers = nullptr;

  weft::rt::EntryState *entries = nullptr;
  weft::rt::SymbolValue *candidate = nullptr; // sizes while an entry is looked for
  weft::rt::Block arena, dynamicArena;        // of whichever entry runs
  weft::rt::DynamicBlock *dynamic = nullptr;
  // Lists of the run, and those of the run before, whose outputs the caller may still read.
  weft::rt::ListMemory lists[2];
  uint32_t listTurn = 0;
  weft::rt::TextTable texts; // of the inputs of the run
  // Stands for tensors of no bytes, whose address must still be valid and aligned.
  alignas(64) char nothing[64];

  // The run under way.
  std::atomic<bool> isRunning{false};
  uint32_t entry = 0;
  const weft_value_view *givenInputs = nullptr;
  weft_value_view *givenOutputs = nullptr;
  weft_status *status = nullptr;
  weft_code failure = WEFT_OK; // code of the first error that was reported through the ABI
  std::atomic<bool> isScratchExhausted{false};
  bool usedPool = false; // some dispatch of the last run went to several threads

  // Profile and trace.
  bool isProfiling = false, isTracing = false;
  weft_kernel_profile *kernelProfiles = nullptr;
  weft_kernel_profile runProfile{};
  size_t eventCapacity = 0;
  uint64_t traceStartNs = 0;
};

namespace weft::rt {

/// The functions that compiled code calls (program.cpp).
extern const weft_abi abiFunctions;

/// Remembers the first failure of a run, so that its message survives.
inline int32_t remember(weft_session &session, weft_code code) {
  if (!session.failure)
    session.failure = code;
  return code;
}

/// What weft_abi says of the functions of the same names (lists.cpp).
int32_t listMake(void *ctx, const weft_item *items, int64_t count, const weft_list **outList);
int32_t listInsert(void *ctx, const weft_list *from, const weft_item *item, int64_t position,
                   const weft_list **outList);
int32_t listErase(void *ctx, const weft_list *from, int64_t position, const weft_list **outList);
int32_t listJoin(void *ctx, const weft_list *list, int64_t rank, int64_t axis, int32_t isNewAxis,
                 int64_t elementBytes, uint32_t message, int64_t *outDims, void **outData);
int32_t listSplit(void *ctx, const weft_item *tensor, int64_t axis, int32_t keepsAxis, const int64_t *lengths,
                  int64_t count, uint32_t message, const weft_list **outList);

/// The numbers of an input's texts, which the run's table then knows (texts.cpp).
weft_code numberTexts(weft_session &session, const weft_value_info &info, const weft_tensor_view &tensor,
                      void *&outNumbers, weft_status *status);

/// The texts of `count` numbers of an output, as long-lived as the output.
weft_code viewTexts(weft_session &session, const weft_value_info &info, const void *numbers, size_t count,
                    weft_string_view *outTexts, weft_status *status);

/// Makes the list of input `index`, a sequence or optional that the caller gave as `view`.
weft_code bindList(weft_session &session, uint32_t index, const weft_value_view &view, weft_status *status);

/// Fills the caller's view of output `index` from its list.
weft_code finishList(weft_session &session, uint32_t index, weft_status *status);

/// Calls `fn(task, slot)` on the session's threads, at least on the calling one.
void runParallel(weft_session &session, weft_task_fn fn, void *task);

/// Checks the inputs of a run and prepares their addresses, copying what is not aligned (bind.cpp).
weft_code bindInputs(weft_session &session, weft_status *status);

/// Checks what the caller gave for outputs, before the program runs.
weft_code prepareOutputs(weft_session &session, weft_status *status);

/// Finds the place of output `index`, whose dims the program now knows. `status` gets the message.
weft_code placeOutput(weft_session &session, uint32_t index, const int64_t *dims, void *&outData,
                      weft_status *status);

/// After the program: copies staged outputs and fills the caller's views.
weft_code finishOutputs(weft_session &session, weft_status *status);

/// After a run: gives back unused dynamic blocks, and evens out the scratch memory of the workers, so that
/// the next run finds what it needs whichever worker does what.
void settleMemory(weft_session &session);
void freeScratch(weft_session &session, Worker &worker);

/// Records one part, or a run, when tracing.
void recordEvent(weft_session &session, Worker &worker, uint32_t kernel, int64_t begin, int64_t end,
                 uint64_t startNs, uint64_t endNs);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_SESSION_H
