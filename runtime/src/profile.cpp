// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Per-kernel times and traces.

#include "session.h"
#include "status.h"

using namespace weft::rt;

namespace weft::rt {

void recordEvent(weft_session &session, Worker &worker, uint32_t kernel, int64_t begin, int64_t end,
                 uint64_t startNs, uint64_t endNs) {
  if (worker.eventCount == session.eventCapacity) {
    ++worker.dropped;
    return;
  }
  auto thread = static_cast<uint32_t>(&worker - session.workers);
  worker.events[worker.eventCount++] = {kernel,         thread, begin, end, startNs - session.traceStartNs,
                                        endNs - startNs};
}

} // namespace weft::rt

namespace {

void freeEvents(weft_session &session) {
  for (uint32_t i = 0; i < session.threads; ++i) {
    Worker &worker = session.workers[i];
    session.memory.releaseArray(worker.events, session.eventCapacity);
    worker.events = nullptr;
    worker.eventCount = 0;
    worker.dropped = 0;
  }
  session.eventCapacity = 0;
  session.isTracing = false;
}

} // namespace

extern "C" weft_code weft_session_profile(weft_session *session, int32_t is_on, weft_status *status) {
  if (!session)
    return fail(status, WEFT_CALLER_ARGUMENT, "A null pointer was given for the session.");
  session->isProfiling = false;
  if (!is_on)
    return succeed(status);
  size_t count = session->module->info.kernel_count;
  if (!session->kernelProfiles && count) {
    session->kernelProfiles = session->memory.array<weft_kernel_profile>(count);
    if (!session->kernelProfiles)
      return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for the times of %zu kernels.", count);
  }
  for (size_t i = 0; i < count; ++i)
    session->kernelProfiles[i] = {};
  session->runProfile = {};
  session->isProfiling = true;
  return succeed(status);
}

extern "C" weft_code weft_session_kernel_profile(const weft_session *session, uint32_t kernel,
                                                 weft_kernel_profile *out_profile) {
  if (!session || !out_profile || kernel >= session->module->info.kernel_count)
    return WEFT_CALLER_ARGUMENT;
  *out_profile = session->kernelProfiles ? session->kernelProfiles[kernel] : weft_kernel_profile{};
  return WEFT_OK;
}

extern "C" weft_code weft_session_run_profile(const weft_session *session, weft_kernel_profile *out_profile) {
  if (!session || !out_profile)
    return WEFT_CALLER_ARGUMENT;
  *out_profile = session->runProfile;
  return WEFT_OK;
}

extern "C" weft_code weft_session_kernel_work(const weft_session *session, uint32_t kernel,
                                              int64_t *out_flops, int64_t *out_bytes) {
  if (!session || !out_flops || !out_bytes || kernel >= session->module->info.kernel_count)
    return WEFT_CALLER_ARGUMENT;
  const weft_kernel_info &info = session->module->info.kernels[kernel];
  const SymbolPlan &plan = session->module->plans[session->entry];
  const SymbolValue *values = session->entries[session->entry].symbols;
  auto evaluate = [&](int64_t known, const char *expression) -> int64_t {
    int64_t value;
    if (known || !*expression)
      return known ? known : -1;
    return evaluateText(expression, plan, values, value) && value >= 0 ? value : -1;
  };
  *out_flops = evaluate(info.flops, info.flops_expr);
  *out_bytes = evaluate(info.bytes, info.bytes_expr);
  return WEFT_OK;
}

extern "C" weft_code weft_session_trace_start(weft_session *session, size_t max_events, weft_status *status) {
  if (!session)
    return fail(status, WEFT_CALLER_ARGUMENT, "A null pointer was given for the session.");
  freeEvents(*session);
  if (max_events == 0)
    return succeed(status);
  session->eventCapacity = max_events;
  for (uint32_t i = 0; i < session->threads; ++i) {
    session->workers[i].events = session->memory.array<weft_trace_event>(max_events);
    if (!session->workers[i].events) {
      freeEvents(*session);
      return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for %zu trace events per thread.",
                  max_events);
    }
  }
  session->traceStartNs = nowNs();
  session->isTracing = true;
  return succeed(status);
}

extern "C" size_t weft_session_trace_count(const weft_session *session, uint64_t *out_dropped) {
  size_t count = 0;
  uint64_t dropped = 0;
  for (uint32_t i = 0; session && i < session->threads; ++i) {
    count += session->workers[i].eventCount;
    dropped += session->workers[i].dropped;
  }
  if (out_dropped)
    *out_dropped = dropped;
  return count;
}

extern "C" weft_code weft_session_trace_event(const weft_session *session, size_t index,
                                              weft_trace_event *out_event) {
  if (!session || !out_event)
    return WEFT_CALLER_ARGUMENT;
  for (uint32_t i = 0; i < session->threads; ++i) {
    const Worker &worker = session->workers[i];
    if (index < worker.eventCount) {
      *out_event = worker.events[index];
      return WEFT_OK;
    }
    index -= worker.eventCount;
  }
  return WEFT_CALLER_ARGUMENT;
}
