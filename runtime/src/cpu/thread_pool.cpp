// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The spin-then-sleep pool.

#include "thread_pool.h"

#include "../clock.h"
#include "../status.h"
#include "processors.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weft::rt {

namespace {

// How long a worker spins after its last job: longer than the gaps between the kernels of one run, short
// enough to free the processor soon after the run. A cold wake costs 30 us, so a run that leaves no such gap
// never pays it.
constexpr uint64_t spinNs = 200'000;
// Pauses between two looks at the clock.
constexpr int pausesPerLook = 64;
// Pauses of the posting thread before it lets others run while it waits for the last parts.
constexpr int joinPauses = 4000;
// Address space for the stack of a worker; memory only as far as it is used.
constexpr size_t stackBytes = size_t(8) << 20;

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

void sleepWhile(std::atomic<uint32_t> &word, uint32_t value) {
  static_assert(sizeof(word) == 4);
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}
void wakeAll(std::atomic<uint32_t> &word) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

} // namespace

weft_code ThreadPool::start(Memory &memory, uint32_t threads, weft_status *status) {
  workerCount = 0;
  if (threads <= 1)
    return WEFT_OK;
  canSpin = threads <= availableProcessors();
  workers = memory.array<Worker>(threads - 1);
  if (!workers)
    return fail(status, WEFT_RESOURCE_MEMORY, "There is no memory for %u threads.", threads);
  // Signals are the host program's business: its handlers must not run on our threads.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  // Not what the host program's limits say: kernels keep tiles on the stack.
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  int error = 0;
  uint32_t wanted = threads - 1;
  for (; workerCount < wanted; ++workerCount) {
    Worker &worker = workers[workerCount];
    worker.pool = this;
    worker.slot = workerCount + 1;
    error = pthread_create(&worker.thread, &attributes, main, &worker);
    if (error)
      break;
#ifdef __linux__
    char name[16];
    snprintf(name, sizeof(name), "weft-%u", worker.slot);
    pthread_setname_np(worker.thread, name);
#endif
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (!error)
    return WEFT_OK;
  uint32_t started = workerCount;
  Worker *array = workers;
  stopWorkers();
  memory.releaseArray(array, wanted);
  workers = nullptr;
  workerCount = 0;
  return fail(status, WEFT_RESOURCE_THREADS,
              "Thread %u of %u could not be started: %s. Ask for fewer threads.", started + 2, threads,
              strerror(error));
}

void ThreadPool::stopWorkers() {
  isStopping.store(true, std::memory_order_relaxed);
  wake();
  for (uint32_t i = 0; i < workerCount; ++i)
    pthread_join(workers[i].thread, nullptr);
  isStopping.store(false, std::memory_order_relaxed);
}

void ThreadPool::stop(Memory &memory) {
  if (!workers)
    return;
  stopWorkers();
  memory.releaseArray(workers, workerCount);
  workers = nullptr;
  workerCount = 0;
}

void ThreadPool::wake() {
  // Whoever is counted here read the signal before it grows below, so nobody sleeps on uncounted. Whoever
  // comes after the exchange stays counted for the next wake, and either sees the signal grow or is seen by
  // the second look.
  uint32_t asleep = sleepers.exchange(0, std::memory_order_seq_cst);
  signal.fetch_add(1, std::memory_order_seq_cst);
  if (asleep != 0 || sleepers.load(std::memory_order_seq_cst) != 0)
    wakeAll(signal);
}

void ThreadPool::run(weft_task_fn fn, void *task) {
  if (workerCount == 0) {
    fn(task, 0);
    return;
  }
  jobFn = fn;
  jobTask = task;
  uint64_t jobs = gate.load(std::memory_order_relaxed) >> 32;
  gate.store(((jobs + 1) << 32) | openBit, std::memory_order_release);
  wake();
  fn(task, 0);
  gate.fetch_and(~openBit, std::memory_order_acq_rel);
  for (int spins = 0; gate.load(std::memory_order_acquire) & insideMask; ++spins) {
    if (canSpin && spins < joinPauses)
      pause();
    else
      sched_yield();
  }
}

void *ThreadPool::main(void *argument) {
  Worker *worker = static_cast<Worker *>(argument);
  worker->pool->work(worker->slot);
  return nullptr;
}

void ThreadPool::work(uint32_t slot) {
  uint64_t lastJob = 0;
  for (;;) {
    uint32_t seen = signal.load(std::memory_order_seq_cst);
    if (isStopping.load(std::memory_order_acquire))
      return;
    uint64_t state = gate.load(std::memory_order_acquire);
    if ((state & openBit) && (state >> 32) != lastJob) {
      // Joining fails when the job closes or another worker joins in between; then look again.
      if (!gate.compare_exchange_weak(state, state + 1, std::memory_order_acquire))
        continue;
      lastJob = state >> 32;
      jobFn(jobTask, slot);
      gate.fetch_sub(1, std::memory_order_release);
      continue;
    }
    waitForChange(seen);
  }
}

void ThreadPool::waitForChange(uint32_t seen) {
  if (canSpin) {
    uint64_t deadline = nowNs() + spinNs;
    do {
      for (int i = 0; i < pausesPerLook; ++i) {
        if (signal.load(std::memory_order_relaxed) != seen)
          return;
        pause();
      }
    } while (nowNs() < deadline);
  }
  sleepers.fetch_add(1, std::memory_order_seq_cst);
  while (signal.load(std::memory_order_seq_cst) == seen)
    sleepWhile(signal, seen);
}

} // namespace weft::rt
