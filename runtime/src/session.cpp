// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Creates, runs and ends sessions.

#include "session.h"

#include "cpu/float_mode.h"
#include "cpu/processors.h"
#include "status.h"

#include <cstring>

using namespace weft::rt;

namespace {

// More is a mistake of the caller: no machine of today has them.
constexpr uint32_t maxThreads = 4096;

bool readOptions(const weft_session_options *given, weft_session_options &options, weft_status *status) {
  weft_session_options_init(&options);
  if (given) {
    // A caller built against an older header has a shorter struct: what it lacks keeps its default. A longer
    // one comes from a newer header; what this version does not know is left alone. The upper limit catches
    // structs that nobody initialised.
    size_t size = given->struct_size;
    if (size < offsetof(weft_session_options, pool) || size > 4096) {
      fail(status, WEFT_CALLER_ARGUMENT,
           "weft_session_options.struct_size is %zu. Fill the struct by weft_session_options_init first.",
           size);
      return false;
    }
    memcpy(&options, given, size < sizeof(options) ? size : sizeof(options));
  }
  if (options.pool && (!options.pool->parallel || options.pool->threads == 0)) {
    fail(status, WEFT_CALLER_ARGUMENT, "The thread pool hook has no function or no threads.");
    return false;
  }
  if (options.threads == 0)
    options.threads = availableProcessors();
  if (options.pool)
    options.threads = options.pool->threads;
  if (options.threads > maxThreads) {
    fail(status, WEFT_CALLER_ARGUMENT, "%u threads were asked for, above the limit of %u.", options.threads,
         maxThreads);
    return false;
  }
  return true;
}

size_t totalRank(const weft_entry_info &entry) {
  size_t sum = 0;
  for (size_t i = 0; i < entry.input_count; ++i)
    sum += entry.inputs[i].rank;
  return sum;
}

/// Makes all tables of all entries at once, so that runs allocate nothing but memory for tensors.
///
/// Returns: false when memory is exhausted; freeEntries() ends what there is.
bool createEntries(weft_session &session) {
  const weft_module_info &info = session.module->info;
  session.entries = session.memory.array<EntryState>(info.entry_count);
  session.candidate = session.memory.array<SymbolValue>(session.module->maxSlots + 1);
  for (size_t i = 0; session.entries && i < info.entry_count; ++i) {
    const weft_entry_info &entry = info.entries[i];
    EntryState &state = session.entries[i];
    // One more than needed: an array of none would be null.
    state.staging = session.memory.array<Block>(entry.input_count + 1);
    state.outputs = session.memory.array<OutputState>(entry.output_count + 1);
    state.symbols = session.memory.array<SymbolValue>(session.module->plans[i].slotCount + 1);
    state.inputData = session.memory.array<void *>(entry.input_count + 1);
    state.inputDims = session.memory.array<const int64_t *>(entry.input_count + 1);
    state.dimStorage = session.memory.array<int64_t>(totalRank(entry) + 1);
    if (!state.staging || !state.outputs || !state.symbols || !state.inputData || !state.inputDims ||
        !state.dimStorage)
      return false;
    for (uint32_t k = 0; k < session.module->plans[i].slotCount; ++k)
      state.symbols[k].size = -1; // until the first run
    for (size_t k = 0, used = 0; k < entry.input_count; used += entry.inputs[k++].rank)
      state.inputDims[k] = state.dimStorage + used;
  }
  return session.entries && session.candidate;
}

/// Also frees a session whose creation stopped half-way: tables that are missing are null.
void freeEntries(weft_session &session) {
  const weft_module_info &info = session.module->info;
  for (size_t i = 0; session.entries && i < info.entry_count; ++i) {
    const weft_entry_info &entry = info.entries[i];
    EntryState &state = session.entries[i];
    for (size_t k = 0; state.staging && k < entry.input_count; ++k)
      state.staging[k].free(session.memory);
    for (size_t k = 0; state.outputs && k < entry.output_count; ++k)
      for (Block *block : {&state.outputs[k].own, &state.outputs[k].spare})
        block->free(session.memory);
    session.memory.releaseArray(state.staging, entry.input_count + 1);
    session.memory.releaseArray(state.outputs, entry.output_count + 1);
    session.memory.releaseArray(state.symbols, session.module->plans[i].slotCount + 1);
    session.memory.releaseArray(state.inputData, entry.input_count + 1);
    session.memory.releaseArray(state.inputDims, entry.input_count + 1);
    session.memory.releaseArray(state.dimStorage, totalRank(entry) + 1);
  }
  if (session.entries)
    session.memory.releaseArray(session.entries, info.entry_count);
  session.memory.releaseArray(session.candidate, session.module->maxSlots + 1);
  session.arena.free(session.memory);
  session.dynamicArena.free(session.memory);
  for (ListMemory &lists : session.lists)
    lists.free(session.memory);
  session.texts.free(session.memory);
}

void destroySession(weft_session *session) {
  // Threads first: they may still look at the session. The module last: its code is what they ran.
  session->ownPool.stop(session->memory);
  freeEntries(*session);
  for (uint32_t i = 0; session->workers && i < session->threads; ++i) {
    freeScratch(*session, session->workers[i]);
    session->memory.releaseArray(session->workers[i].events, session->eventCapacity);
  }
  session->memory.releaseArray(session->workers, session->threads);
  while (DynamicBlock *block = session->dynamic) {
    session->dynamic = block->next;
    session->memory.release(block, block->capacity + tensorAlignment);
  }
  session->memory.releaseArray(session->kernelProfiles, session->module->info.kernel_count);
  weft_module_release(session->module);
  // A copy, as the session holds the hooks that free it.
  weft_allocator hooks = session->memory.hooks();
  session->~weft_session();
  hooks.release(hooks.user, session, sizeof(weft_session), alignof(weft_session));
}

weft_code startSession(weft_session &session, const weft_session_options &options, weft_status *status) {
  session.threads = options.threads;
  session.workers = session.memory.array<Worker>(options.threads);
  if (!session.workers || !createEntries(session))
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for the tables of a session.");
  session.abi = abiFunctions;
  for (uint32_t i = 0; i < options.threads; ++i) {
    session.workers[i].base.abi = &session.abi;
    session.workers[i].session = &session;
  }
  if (options.pool) {
    session.hookPool = *options.pool;
    session.hasHookPool = true;
    return WEFT_OK;
  }
  return session.ownPool.start(session.memory, options.threads, status);
}

/// The run proper: inputs are bound, the floating-point mode is set.
weft_code execute(weft_session &session, weft_status *status) {
  EntryState &state = session.entries[session.entry];
  const weft_entry_info &info = session.module->info.entries[session.entry];
  if (!session.arena.reserve(session.memory, static_cast<size_t>(info.arena_bytes)))
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for the arena of entry '%s' (%lld bytes).",
                info.name, static_cast<long long>(info.arena_bytes));
  weft_frame frame;
  frame.inputs = state.inputData;
  frame.dims = state.inputDims;
  frame.constants = session.module->constants;
  frame.arena = session.arena.data ? session.arena.data : session.nothing;
  int32_t code = session.module->programs[session.entry](&session.abi, &session, &frame);
  if (session.failure)
    return session.failure; // its message is in `status` already
  if (code)
    return fail(status, WEFT_SYSTEM_INTERNAL,
                "The program of entry '%s' returned %d without a message. Please report this.", info.name,
                code);
  return finishOutputs(session, status);
}

} // namespace

namespace weft::rt {

void runParallel(weft_session &session, weft_task_fn fn, void *task) {
  session.usedPool = true;
  if (session.hasHookPool)
    session.hookPool.parallel(session.hookPool.user, session.threads, fn, task);
  else
    session.ownPool.run(fn, task);
}

} // namespace weft::rt

extern "C" void weft_session_options_init(weft_session_options *options) {
  if (!options)
    return;
  memset(options, 0, sizeof(*options));
  options->struct_size = sizeof(*options);
}

extern "C" weft_code weft_session_create(weft_module *module, const weft_session_options *given,
                                         weft_session **out_session, weft_status *status) {
  if (!module || !out_session)
    return fail(status, WEFT_CALLER_ARGUMENT, "A null pointer was given for the module or the session.");
  weft_session_options options;
  if (!readOptions(given, options, status))
    return WEFT_CALLER_ARGUMENT;
  if (!module->isLoaded)
    return fail(status, WEFT_CALLER_STATE,
                "The artifact was opened for inspection only. Open it again to run it.");
  Memory memory;
  memory.init(options.allocator);
  void *place = memory.hooks().allocate(memory.hooks().user, sizeof(weft_session), alignof(weft_session));
  if (!place)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for a session (%zu bytes).",
                sizeof(weft_session));
  weft_session *session = new (place) weft_session();
  session->memory.init(options.allocator);
  session->module = module;
  retainModule(module);
  if (weft_code code = startSession(*session, options, status)) {
    destroySession(session);
    return code;
  }
  *out_session = session;
  return succeed(status);
}

extern "C" void weft_session_release(weft_session *session) {
  if (session)
    destroySession(session);
}

extern "C" weft_code weft_session_run(weft_session *session, uint32_t entry, const weft_value_view *inputs,
                                      size_t input_count, weft_value_view *outputs, size_t output_count,
                                      weft_status *status) {
  if (!session || (!inputs && input_count) || (!outputs && output_count))
    return fail(status, WEFT_CALLER_ARGUMENT,
                "A null pointer was given for the session, the inputs or the outputs.");
  const weft_module_info &info = session->module->info;
  bool isAuto = entry == WEFT_ENTRY_AUTO;
  if (!isAuto && entry >= info.entry_count)
    return fail(status, WEFT_CALLER_ARGUMENT, "Entry %u does not exist: the artifact has %zu.", entry,
                info.entry_count);
  const weft_entry_info &signature = info.entries[isAuto ? 0 : entry];
  if (input_count != signature.input_count || output_count != signature.output_count)
    return fail(status, WEFT_CALLER_COUNT,
                "%zu inputs and %zu outputs were given, but entry '%s' has %zu and %zu.", input_count,
                output_count, signature.name, signature.input_count, signature.output_count);
  // A mistake of the caller's that would otherwise corrupt results without a word.
  if (session->isRunning.exchange(true, std::memory_order_acquire))
    return fail(status, WEFT_CALLER_STATE, "The session is running already. Use one session per thread.");
  if (isAuto)
    if (weft_code code =
            findEntry(*session->module, inputs, input_count, session->candidate, entry, status)) {
      session->isRunning.store(false, std::memory_order_release);
      return code;
    }

  session->entry = entry;
  session->givenInputs = inputs;
  session->givenOutputs = outputs;
  session->status = status;
  session->failure = WEFT_OK;
  session->isScratchExhausted.store(false, std::memory_order_relaxed);
  // Lists of two runs take turns: those that the last one returned may be inputs of this one.
  session->listTurn ^= 1;
  session->lists[session->listTurn].reset(session->memory);
  session->texts.clear();
  bool isTimed = session->isProfiling || session->isTracing;
  uint64_t start = isTimed ? nowNs() : 0;
  // Threads wake while the inputs are bound; a program that used none in its last run will hardly need them.
  if (session->usedPool && !session->hasHookPool)
    session->ownPool.wake();
  session->usedPool = false;
  weft_code code = bindInputs(*session, status);
  if (!code)
    code = prepareOutputs(*session, status);
  if (!code) {
    // Denormals as the compiler assumed, whatever mode the caller's thread is in; it gets its mode back.
    FloatModeScope mode(info.keeps_denormals);
    code = execute(*session, status);
  }
  settleMemory(*session);
  if (isTimed) {
    uint64_t end = nowNs();
    session->runProfile.calls += 1;
    session->runProfile.total_ns += end - start;
    if (session->isTracing)
      recordEvent(*session, session->workers[0], WEFT_TRACE_RUN, 0, 0, start, end);
  }
  session->isRunning.store(false, std::memory_order_release);
  return code ? code : succeed(status);
}

extern "C" uint32_t weft_session_threads(const weft_session *session) {
  return session ? session->threads : 0;
}

extern "C" uint64_t weft_session_peak_bytes(const weft_session *session) {
  return session ? session->memory.peakBytes() + sizeof(weft_session) : 0;
}
