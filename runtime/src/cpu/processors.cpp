// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the affinity mask and the control groups' limits.

#include "processors.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace weft::rt {

namespace {

/// Reads the start of a small file as text; false when there is none.
bool readText(const char *path, char *out, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  ssize_t got = read(fd, out, size - 1);
  close(fd);
  if (got <= 0)
    return false;
  out[got] = '\0';
  return true;
}

unsigned smallerLimit(unsigned a, unsigned b) { return a == 0 || (b != 0 && b < a) ? b : a; }

/// The tightest limit of this process's group and those around it; 0 when there is none.
unsigned groupLimit() {
  constexpr const char *root = "/sys/fs/cgroup";
  char group[1024], path[1200], text[64];
  unsigned limit = 0;
  // Version 2: one line "0::/path". Inside a container the path is usually "/".
  if (!readText("/proc/self/cgroup", group, sizeof(group)))
    return 0;
  if (char *start = strstr(group, "0::/")) {
    start += 3;
    start[strcspn(start, "\n")] = '\0';
    for (;;) {
      snprintf(path, sizeof(path), "%s%s/cpu.max", root, strcmp(start, "/") == 0 ? "" : start);
      if (readText(path, text, sizeof(text)))
        limit = smallerLimit(limit, processorsOfQuota(text));
      char *last = strrchr(start, '/');
      if (!last || start[1] == '\0')
        break;
      last[last == start ? 1 : 0] = '\0';
    }
  }
  // Version 1 keeps the two numbers in two files; a quota of -1 is no limit.
  char quota[32], period[32];
  if (readText("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota, sizeof(quota)) &&
      readText("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period, sizeof(period)) && quota[0] != '-') {
    quota[strcspn(quota, "\n")] = '\0';
    snprintf(text, sizeof(text), "%.20s %.20s", quota, period);
    limit = smallerLimit(limit, processorsOfQuota(text));
  }
  return limit;
}

} // namespace

unsigned processorsOfQuota(const char *cpuMax) {
  char *end;
  unsigned long long quota = strtoull(cpuMax, &end, 10);
  if (end == cpuMax) // "max"
    return 0;
  unsigned long long period = strtoull(end, nullptr, 10);
  if (period == 0)
    return 0;
  unsigned long long count = quota / period + (quota % period != 0);
  return count < 1 ? 1 : count > 65536 ? 65536 : static_cast<unsigned>(count);
}

unsigned availableProcessors() {
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  unsigned count = online > 0 ? static_cast<unsigned>(online) : 1;
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
    count = static_cast<unsigned>(CPU_COUNT(&set));
  if (unsigned limit = groupLimit(); limit != 0 && limit < count)
    count = limit;
#endif
  return count;
}

} // namespace weft::rt
