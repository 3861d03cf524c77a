// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that wait for work by spinning for a while, then by sleeping.
#ifndef WEFT_RUNTIME_SRC_CPU_THREAD_POOL_H
#define WEFT_RUNTIME_SRC_CPU_THREAD_POOL_H

#include "../allocator.h"
#include "weft_runtime.h"

#include <pthread.h>

namespace weft::rt {

/// A fork-join pool for one posting thread at a time.
///
/// A worker joins a job only while it is open: one that wakes late finds it closed and waits on, so a short
/// job never waits for a sleeping thread. Jobs hand out their parts by an atomic counter of their own.
class ThreadPool {
public:
  /// Starts `threads - 1` workers; the posting thread is the other one.
  ///
  /// Errors: WEFT_RESOURCE_MEMORY, WEFT_RESOURCE_THREADS; the pool is then empty and needs no stop.
  weft_code start(Memory &memory, uint32_t threads, weft_status *status);

  /// Ends the workers. Also right on a pool that was never started.
  void stop(Memory &memory);

  /// Calls fn(task, 0) on this thread and fn(task, slot) on each worker that comes in time, and returns when
  /// all have returned.
  void run(weft_task_fn fn, void *task);

  /// Brings sleeping workers back to spinning, ahead of jobs to come.
  void wake();

private:
  struct Worker {
    ThreadPool *pool;
    uint32_t slot;
    pthread_t thread;
  };

  static void *main(void *worker);
  void work(uint32_t slot);
  void waitForChange(uint32_t seen);
  void stopWorkers();

  // Jobs so far (upper half), whether one is open (bit 31), workers inside (rest).
  static constexpr uint64_t openBit = uint64_t(1) << 31, insideMask = openBit - 1;
  alignas(64) std::atomic<uint64_t> gate{0};
  // Grows with every job, wake and stop; sleepers wait on it.
  alignas(64) std::atomic<uint32_t> signal{0};
  std::atomic<uint32_t> sleepers{0}; // since the last wake; may count some that did not fall asleep
  std::atomic<bool> isStopping{false};
  alignas(64) weft_task_fn jobFn = nullptr;
  void *jobTask = nullptr;
  Worker *workers = nullptr;
  uint32_t workerCount = 0;
  bool canSpin = true;
};

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CPU_THREAD_POOL_H
