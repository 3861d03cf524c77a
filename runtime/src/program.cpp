// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime's side of the binary interface: what compiled programs and kernels call.

#include "cpu/float_mode.h"
#include "session.h"
#include "status.h"
#include "text_functions.h"

#include <cstring>

namespace weft::rt {

namespace {

weft_session &sessionOf(void *ctx) { return *static_cast<weft_session *>(ctx); }

/// One kernel over one range, shared by the threads that work on it.
struct Dispatch {
  weft_session *session;
  weft_kernel_fn fn;
  void *const *args;
  const int64_t *scalars;
  int64_t count, smallest;
  uint32_t kernel;
  alignas(64) std::atomic<int64_t> next{0};
};

/// Takes the next part: half of a fair share of what is left, so that parts shrink towards the end and
/// threads that lose time to others do not hold up the rest. False when nothing is left.
bool takePart(Dispatch &dispatch, int64_t &begin, int64_t &end) {
  int64_t shares = 2 * static_cast<int64_t>(dispatch.session->threads);
  begin = dispatch.next.load(std::memory_order_relaxed);
  do {
    int64_t left = dispatch.count - begin;
    if (left <= 0)
      return false;
    int64_t part = left / shares;
    part = part < dispatch.smallest ? dispatch.smallest : part;
    end = begin + (part < left ? part : left);
  } while (!dispatch.next.compare_exchange_weak(begin, end, std::memory_order_relaxed));
  return true;
}

void runPart(Dispatch &dispatch, Worker &worker, int64_t begin, int64_t end) {
  worker.beginInvocation();
  if (!dispatch.session->isTracing) {
    dispatch.fn(dispatch.args, dispatch.scalars, begin, end, &worker.base);
  } else {
    uint64_t start = nowNs();
    dispatch.fn(dispatch.args, dispatch.scalars, begin, end, &worker.base);
    recordEvent(*dispatch.session, worker, dispatch.kernel, begin, end, start, nowNs());
  }
  if (worker.requested > worker.largest)
    worker.largest = worker.requested;
}

void workOn(void *task, uint32_t slot) {
  Dispatch &dispatch = *static_cast<Dispatch *>(task);
  weft_session &session = *dispatch.session;
  if (slot >= session.threads)
    return;
  int64_t begin, end;
  if (!takePart(dispatch, begin, end))
    return;
  FloatModeScope mode(session.module->info.keeps_denormals);
  do
    runPart(dispatch, session.workers[slot], begin, end);
  while (takePart(dispatch, begin, end));
}

int32_t dispatch(void *ctx, uint32_t kernel, weft_kernel_fn fn, void *const *args, const int64_t *scalars,
                 int64_t count) {
  weft_session &session = sessionOf(ctx);
  if (count <= 0)
    return WEFT_OK;
  bool isProfiling = session.isProfiling && kernel < session.module->info.kernel_count;
  uint64_t start = isProfiling ? nowNs() : 0;
  Dispatch task;
  task.session = &session;
  task.fn = fn;
  task.args = args;
  task.scalars = scalars;
  task.count = count;
  task.kernel = kernel;
  if (count == 1 || session.threads == 1) {
    runPart(task, session.workers[0], 0, count);
  } else {
    // No more than 32 parts per thread at the end of the range, however long it is.
    task.smallest = count / (32 * static_cast<int64_t>(session.threads));
    task.smallest = task.smallest < 1 ? 1 : task.smallest;
    runParallel(session, workOn, &task);
  }
  if (isProfiling) {
    session.kernelProfiles[kernel].calls += 1;
    session.kernelProfiles[kernel].total_ns += nowNs() - start;
  }
  if (session.isScratchExhausted.load(std::memory_order_relaxed)) {
    const weft_module_info &info = session.module->info;
    return remember(session, fail(session.status, WEFT_RESOURCE_MEMORY,
                                  "There is no memory for the scratch of kernel '%s'.",
                                  kernel < info.kernel_count ? info.kernels[kernel].name : "?"));
  }
  return WEFT_OK;
}

/// Sizes below zero come of the model's arithmetic on its inputs' dims, or of its data.
int32_t refuseNegative(weft_session &session, int64_t bytes) {
  return remember(session, fail(session.status, WEFT_CALLER_VALUE,
                                "These inputs give an intermediate result an impossible size (%lld bytes). A "
                                "dim is too small or too large for the model.",
                                static_cast<long long>(bytes)));
}

int32_t arena(void *ctx, int64_t bytes, void **outBase) {
  weft_session &session = sessionOf(ctx);
  if (bytes < 0)
    return refuseNegative(session, bytes);
  if (static_cast<uint64_t>(bytes) > maxTensorBytes ||
      !session.dynamicArena.reserve(session.memory, static_cast<size_t>(bytes)))
    return remember(session,
                    fail(session.status, WEFT_RESOURCE_MEMORY,
                         "There is no memory for the intermediate results at these shapes (%lld bytes).",
                         static_cast<long long>(bytes)));
  *outBase = session.dynamicArena.data ? session.dynamicArena.data : session.nothing;
  return WEFT_OK;
}

int32_t alloc(void *ctx, int64_t bytes, void **outData) {
  weft_session &session = sessionOf(ctx);
  if (bytes == 0) {
    *outData = session.nothing;
    return WEFT_OK;
  }
  if (bytes < 0)
    return refuseNegative(session, bytes);
  if (static_cast<uint64_t>(bytes) <= maxTensorBytes) {
    size_t wanted = alignUp(static_cast<size_t>(bytes), tensorAlignment);
    // The tightest free block that fits without wasting more than it holds.
    DynamicBlock *best = nullptr;
    for (DynamicBlock *block = session.dynamic; block; block = block->next)
      if (!block->isInUse && block->capacity >= wanted && block->capacity / 2 <= wanted &&
          (!best || block->capacity < best->capacity))
        best = block;
    if (!best) {
      best = static_cast<DynamicBlock *>(session.memory.allocate(wanted + tensorAlignment));
      if (best) {
        best->next = session.dynamic;
        best->capacity = wanted;
        session.dynamic = best;
      }
    }
    if (best) {
      best->isInUse = best->wasUsed = true;
      *outData = best->data();
      return WEFT_OK;
    }
  }
  return remember(session, fail(session.status, WEFT_RESOURCE_MEMORY,
                                "There is no memory for an intermediate result of %lld bytes.",
                                static_cast<long long>(bytes)));
}

void release(void *ctx, void *data) {
  if (!data || data == sessionOf(ctx).nothing)
    return;
  reinterpret_cast<DynamicBlock *>(static_cast<char *>(data) - tensorAlignment)->isInUse = false;
}

int32_t output(void *ctx, uint32_t index, const int64_t *dims, void **outData) {
  weft_session &session = sessionOf(ctx);
  weft_code code = placeOutput(session, index, dims, *outData, session.status);
  return code ? remember(session, code) : WEFT_OK;
}

int32_t outputList(void *ctx, uint32_t index, const weft_list *list) {
  weft_session &session = sessionOf(ctx);
  const weft_entry_info &info = session.module->info.entries[session.entry];
  if (index >= info.output_count || info.outputs[index].kind == WEFT_TENSOR)
    return remember(session, fail(session.status, WEFT_SYSTEM_INTERNAL,
                                  "The program made output %u a list. Please report this.", index));
  OutputState &place = session.entries[session.entry].outputs[index];
  place.list = list;
  place.data = session.nothing;
  return WEFT_OK;
}

/// Copies `text` to `out`, with {a} and {b} replaced.
void expand(const char *text, int64_t a, int64_t b, char *out, size_t size) {
  size_t used = 0;
  while (*text && used + 1 < size) {
    bool isA = strncmp(text, "{a}", 3) == 0, isB = strncmp(text, "{b}", 3) == 0;
    if (isA || isB) {
      used +=
          static_cast<size_t>(snprintf(out + used, size - used, "%lld", static_cast<long long>(isA ? a : b)));
      used = used < size ? used : size - 1;
      text += 3;
    } else {
      out[used++] = *text++;
    }
  }
  out[used] = '\0';
}

int32_t failRun(void *ctx, uint32_t message, int64_t a, int64_t b) {
  weft_session &session = sessionOf(ctx);
  const weft_module_info &info = session.module->info;
  char text[WEFT_MESSAGE_BYTES];
  expand(message < info.message_count ? info.messages[message] : "A check of the model failed ({a}, {b}).", a,
         b, text, sizeof(text));
  return remember(session, fail(session.status, WEFT_CALLER_VALUE, "%s", text));
}

void *scratch(weft_worker *base, int64_t bytes) {
  Worker &worker = *reinterpret_cast<Worker *>(base);
  weft_session &session = *worker.session;
  if (bytes < 0 || static_cast<uint64_t>(bytes) > maxTensorBytes) {
    session.isScratchExhausted.store(true, std::memory_order_relaxed);
    return nullptr;
  }
  if (bytes == 0)
    return session.nothing;
  size_t wanted = alignUp(static_cast<size_t>(bytes), tensorAlignment);
  worker.requested += wanted;
  while (worker.current && worker.current->capacity - worker.used < wanted) {
    if (!worker.current->next)
      break;
    worker.current = worker.current->next;
    worker.used = 0;
  }
  if (!worker.current || worker.current->capacity - worker.used < wanted) {
    auto *chunk = static_cast<ScratchChunk *>(session.memory.allocate(wanted + tensorAlignment));
    if (!chunk) {
      session.isScratchExhausted.store(true, std::memory_order_relaxed);
      return nullptr;
    }
    chunk->next = nullptr;
    chunk->capacity = wanted;
    (worker.current ? worker.current->next : worker.chunks) = chunk;
    worker.current = chunk;
    worker.used = 0;
  }
  void *data = worker.current->data() + worker.used;
  worker.used += wanted;
  return data;
}

} // namespace

// Compiled code calls by these offsets: fields are only ever added at the end.
static_assert(offsetof(weft_abi, dispatch) == 8 && offsetof(weft_abi, arena) == 16 &&
              offsetof(weft_abi, alloc) == 24 && offsetof(weft_abi, release) == 32 &&
              offsetof(weft_abi, output) == 40 && offsetof(weft_abi, fail) == 48 &&
              offsetof(weft_abi, scratch) == 56 && offsetof(weft_abi, list_make) == 64 &&
              offsetof(weft_abi, list_insert) == 72 && offsetof(weft_abi, list_erase) == 80 &&
              offsetof(weft_abi, list_join) == 88 && offsetof(weft_abi, list_split) == 96 &&
              offsetof(weft_abi, output_list) == 104 && offsetof(weft_abi, text) == 112 &&
              sizeof(weft_abi) == 120);
static_assert(sizeof(weft_list) == 16 && sizeof(weft_item) == 32);
static_assert(offsetof(weft_frame, inputs) == 0 && offsetof(weft_frame, dims) == 8 &&
              offsetof(weft_frame, constants) == 16 && offsetof(weft_frame, arena) == 24 &&
              sizeof(weft_frame) == 32);
static_assert(offsetof(weft_worker, abi) == 0 && offsetof(Worker, base) == 0);

const weft_abi abiFunctions = {
    WEFT_ABI_VERSION, sizeof(weft_abi), dispatch,   arena,     alloc,    release,   output,     failRun,
    scratch,          listMake,         listInsert, listErase, listJoin, listSplit, outputList, callText};

void freeScratch(weft_session &session, Worker &worker) {
  while (ScratchChunk *chunk = worker.chunks) {
    worker.chunks = chunk->next;
    session.memory.release(chunk, chunk->capacity + tensorAlignment);
  }
  worker.current = nullptr;
}

void settleMemory(weft_session &session) {
  for (DynamicBlock **link = &session.dynamic; *link;) {
    DynamicBlock *block = *link;
    block->isInUse = false;
    if (block->wasUsed) {
      block->wasUsed = false;
      link = &block->next;
    } else {
      *link = block->next;
      session.memory.release(block, block->capacity + tensorAlignment);
    }
  }
  size_t largest = 0;
  for (uint32_t i = 0; i < session.threads; ++i)
    largest = session.workers[i].largest > largest ? session.workers[i].largest : largest;
  if (largest == 0)
    return;
  for (uint32_t i = 0; i < session.threads; ++i) {
    Worker &worker = session.workers[i];
    if (worker.chunks && !worker.chunks->next && worker.chunks->capacity >= largest)
      continue;
    freeScratch(session, worker);
    // Without memory now, the next run asks again and reports it.
    auto *chunk = static_cast<ScratchChunk *>(session.memory.allocate(largest + tensorAlignment));
    if (chunk) {
      chunk->next = nullptr;
      chunk->capacity = largest;
    }
    worker.chunks = chunk;
  }
}

} // namespace weft::rt
