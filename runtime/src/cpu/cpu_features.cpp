// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Detects processor features by CPUID and XCR0 on x86-64, and by the auxiliary vector on AArch64.

#include "cpu_features.h"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace weft::rt {

#if defined(__x86_64__)

const char *hostArch() { return "x86_64"; }

namespace {

enum Register : uint8_t { EAX, EBX, ECX, EDX };
// Which register state the system must save for a feature.
enum State : uint8_t { None, Ymm, Zmm, Tile };
// The psABI level that a feature belongs to (1: every x86-64), or 0.
enum Level : uint8_t { NoLevel, V1, V2, V3, V4 };

struct Feature {
  const char *name;
  uint32_t leaf, subleaf;
  Register reg;
  uint8_t bit;
  State state;
  Level level;
};

// Source: Intel SDM volume 2A (CPUID), AMD APM volume 3 appendix E; names as in llvm/lib/Target/X86/X86.td;
// levels as in the x86-64 psABI, section 3.1.1.
constexpr Feature features[] = {
#include "x86_features.inc"
};

// XCR0 bits: 1 SSE, 2 AVX, 5-7 AVX-512, 17-18 AMX.
constexpr uint64_t stateMask[] = {0, 0x6, 0xe6, 0x60000};

uint64_t readXcr0() {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27)))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
}

const Feature *findFeature(const char *name) {
  for (const Feature &feature : features)
    if (strcmp(feature.name, name) == 0)
      return &feature;
  return nullptr;
}

// 1 to 4, or 0 when `level` is no psABI level.
int psabiNumber(const char *level) {
  if (strncmp(level, "x86-64-", 7) == 0)
    level += 7;
  if (level[0] == 'v' && level[1] >= '1' && level[1] <= '4' && level[2] == '\0')
    return level[1] - '0';
  return 0;
}

} // namespace

bool hasFeature(const char *name) {
  const Feature *feature = findFeature(name);
  if (!feature)
    return false;
  if (feature->level == V1)
    return true;
  uint32_t regs[4];
  if (!__get_cpuid_count(feature->leaf, feature->subleaf, &regs[EAX], &regs[EBX], &regs[ECX], &regs[EDX]))
    return false;
  // Leaf 7's sub-leaves beyond the maximum that sub-leaf 0 states hold nothing.
  if (feature->leaf == 7 && feature->subleaf > 0) {
    uint32_t maxSubleaf, b, c, d;
    if (!__get_cpuid_count(7, 0, &maxSubleaf, &b, &c, &d) || feature->subleaf > maxSubleaf)
      return false;
  }
  if (!(regs[feature->reg] & (1u << feature->bit)))
    return false;
  return feature->state == None || (readXcr0() & stateMask[feature->state]) == stateMask[feature->state];
}

bool isPsabiLevel(const char *level) { return psabiNumber(level) != 0; }

bool levelIncludes(const char *level, const char *name) {
  const Feature *feature = findFeature(name);
  return feature && feature->level != NoLevel && feature->level <= psabiNumber(level);
}

bool requestTilePermission() {
#if defined(__linux__) && defined(SYS_arch_prctl)
  constexpr int requestPermission = 0x1023, getPermission = 0x1022, tileData = 18;
  syscall(SYS_arch_prctl, requestPermission, tileData);
  uint64_t granted = 0;
  return syscall(SYS_arch_prctl, getPermission, &granted) == 0 && (granted & (1u << tileData));
#else
  return false;
#endif
}

#elif defined(__aarch64__)

const char *hostArch() { return "aarch64"; }

bool hasFeature(const char *name) {
  struct Row {
    const char *name;
    unsigned long type, mask;
  };
  // Bits of the Linux AArch64 HWCAP words; 0 masks belong to every AArch64 processor.
  static constexpr Row rows[] = {
      {"neon", AT_HWCAP, 0},
      {"fp-armv8", AT_HWCAP, 0},
      {"crc", AT_HWCAP, 1ul << 7},
      {"lse", AT_HWCAP, 1ul << 8},
      {"fullfp16", AT_HWCAP, 1ul << 10},
      {"rdm", AT_HWCAP, 1ul << 12},
      {"dotprod", AT_HWCAP, 1ul << 20},
      {"sve", AT_HWCAP, 1ul << 22},
      {"fp16fml", AT_HWCAP, 1ul << 23},
      {"sve2", AT_HWCAP2, 1ul << 1},
      {"i8mm", AT_HWCAP2, 1ul << 13},
      {"bf16", AT_HWCAP2, 1ul << 14},
  };
  for (const Row &row : rows)
    if (strcmp(row.name, name) == 0)
      return row.mask == 0 || (getauxval(row.type) & row.mask);
  return false;
}
bool isPsabiLevel(const char *) { return false; }
bool levelIncludes(const char *, const char *) { return false; }
bool requestTilePermission() { return false; }

#else

const char *hostArch() { return "unknown"; }
bool hasFeature(const char *) { return false; }
bool isPsabiLevel(const char *) { return false; }
bool levelIncludes(const char *, const char *) { return false; }
bool requestTilePermission() { return false; }

#endif

} // namespace weft::rt
