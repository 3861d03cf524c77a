// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emulates the tile instructions of AMX-TILE and AMX-INT8 in a handler of SIGILL.
#include "tile_emulation.h"

#if defined(__x86_64__) && defined(__linux__)
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

namespace {

// Source of encodings and semantics: Intel SDM, volume 2, and its chapter on AMX.
struct Tile {
  int rows, bytes;
  uint8_t data[16][64];
};

struct TileState {
  bool isEmulated, isConfigured;
  Tile tiles[8];
  int64_t products;
};

TileState state;

/// A VEX instruction of three prefix bytes, 0F38 map, with ModRM.
struct Instruction {
  const uint8_t *code;
  int pp() const { return code[2] & 3; }
  int opcode() const { return code[3]; }
  int mod() const { return code[4] >> 6; }
  int reg() const { return (code[4] >> 3) & 7; }
  int rm() const { return code[4] & 7; }
  int vvvv() const { return ~(code[2] >> 3) & 15; }
  // Bits of register numbers, inverted in the prefix.
  int indexBit() const { return code[1] & 0x40 ? 0 : 8; }
  int baseBit() const { return code[1] & 0x20 ? 0 : 8; }
};

constexpr int kNone = 0, k66 = 1, kF3 = 2, kF2 = 3;

int64_t readRegister(const ucontext_t *context, int number) {
  static constexpr int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                     REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  return context->uc_mcontext.gregs[places[number]];
}

/// The memory operand of an instruction; for tiles the index register is the stride and not part of it.
struct Operand {
  uint8_t *address;
  int64_t stride;
  int length; ///< of the whole instruction
};

Operand decodeOperand(const Instruction &instruction, const ucontext_t *context, bool isTile) {
  const uint8_t *at = instruction.code + 5;
  int64_t base = 0, index = 0;
  int rm = instruction.rm(), mod = instruction.mod();
  bool hasDisplacement32 = mod == 2;
  if (rm == 4) {
    int sib = *at++;
    int baseNumber = (sib & 7) | instruction.baseBit(),
        indexNumber = ((sib >> 3) & 7) | instruction.indexBit();
    if (indexNumber != 4)
      index = readRegister(context, indexNumber) * (int64_t(1) << (sib >> 6));
    if ((sib & 7) == 5 && mod == 0)
      hasDisplacement32 = true;
    else
      base = readRegister(context, baseNumber);
  } else if (rm == 5 && mod == 0) {
    // Relative to the next instruction.
    int32_t displacement;
    std::memcpy(&displacement, at, 4);
    return {const_cast<uint8_t *>(at) + 4 + displacement, 0, static_cast<int>(at + 4 - instruction.code)};
  } else {
    base = readRegister(context, rm | instruction.baseBit());
  }
  int64_t displacement = 0;
  if (hasDisplacement32) {
    int32_t value;
    std::memcpy(&value, at, 4);
    displacement = value;
    at += 4;
  } else if (mod == 1) {
    displacement = static_cast<int8_t>(*at++);
  }
  if (!isTile)
    base += index;
  return {reinterpret_cast<uint8_t *>(base + displacement), index, static_cast<int>(at - instruction.code)};
}

void configure(const uint8_t *memory) {
  if (memory[0] != 1)
    abort();
  for (int i = 0; i < 8; ++i) {
    uint16_t bytes;
    std::memcpy(&bytes, memory + 16 + 2 * i, 2);
    state.tiles[i].bytes = bytes;
    state.tiles[i].rows = memory[48 + i];
    if (bytes > 64 || memory[48 + i] > 16)
      abort();
    std::memset(state.tiles[i].data, 0, sizeof(state.tiles[i].data));
  }
  state.isConfigured = true;
}

void multiply(Tile &sums, const Tile &rows, const Tile &columns, bool isLeftSigned, bool isRightSigned) {
  // What the processor faults at.
  if (sums.bytes != columns.bytes || sums.rows != rows.rows || rows.bytes != columns.rows * 4)
    abort();
  auto value = [](uint8_t byte, bool isSigned) {
    return isSigned ? static_cast<int32_t>(static_cast<int8_t>(byte)) : static_cast<int32_t>(byte);
  };
  for (int m = 0; m < sums.rows; ++m)
    for (int n = 0; n < sums.bytes / 4; ++n) {
      uint32_t sum;
      std::memcpy(&sum, &sums.data[m][4 * n], 4);
      for (int k = 0; k < rows.bytes / 4; ++k)
        for (int i = 0; i < 4; ++i)
          sum += static_cast<uint32_t>(value(rows.data[m][4 * k + i], isLeftSigned) *
                                       value(columns.data[k][4 * n + i], isRightSigned));
      std::memcpy(&sums.data[m][4 * n], &sum, 4);
    }
  // Rows behind the last one are zeroed.
  for (int m = sums.rows; m < 16; ++m)
    std::memset(sums.data[m], 0, 64);
  ++state.products;
}

/// Returns: bytes of the instruction, or 0 where it is none of a tile.
int emulate(const Instruction &instruction, const ucontext_t *context) {
  if (instruction.code[0] != 0xc4 || (instruction.code[1] & 31) != 2 || (instruction.code[2] & 0x84) != 0)
    return 0;
  int pp = instruction.pp(), opcode = instruction.opcode();
  if (opcode == 0x49 && instruction.mod() != 3 && pp == kNone) {
    Operand operand = decodeOperand(instruction, context, /*isTile=*/false);
    configure(operand.address);
    return operand.length;
  }
  if (!state.isConfigured)
    return 0;
  if (opcode == 0x49 && pp == kNone) {
    state.isConfigured = false;
    return 5;
  }
  Tile &tile = state.tiles[instruction.reg()];
  if (opcode == 0x49 && pp == kF2 && instruction.mod() == 3) {
    std::memset(tile.data, 0, sizeof(tile.data));
    return 5;
  }
  if (opcode == 0x4b) {
    Operand operand = decodeOperand(instruction, context, /*isTile=*/true);
    if (pp != kF3)
      std::memset(tile.data, 0, sizeof(tile.data));
    for (int row = 0; row < tile.rows; ++row) {
      uint8_t *memory = operand.address + row * operand.stride;
      if (pp == kF3)
        std::memcpy(memory, tile.data[row], tile.bytes);
      else
        std::memcpy(tile.data[row], memory, tile.bytes);
    }
    return operand.length;
  }
  if (opcode == 0x5e && instruction.mod() == 3) {
    multiply(tile, state.tiles[instruction.rm()], state.tiles[instruction.vvvv() & 7],
             /*isLeftSigned=*/pp == kF2 || pp == kF3, /*isRightSigned=*/pp == kF2 || pp == k66);
    return 5;
  }
  return 0;
}

void handle(int, siginfo_t *, void *argument) {
  auto *context = static_cast<ucontext_t *>(argument);
  greg_t &ip = context->uc_mcontext.gregs[REG_RIP];
  int length = emulate({reinterpret_cast<const uint8_t *>(ip)}, context);
  if (length == 0) {
    // Not ours: it traps again, for good.
    signal(SIGILL, SIG_DFL);
    return;
  }
  ip += length;
}

} // namespace

bool weft::test::enableTiles() {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  constexpr int requestPermission = 0x1023, tileData = 18;
  if (host.lookup("amx-tile") && host.lookup("amx-int8"))
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
  // The other instructions of such code are not emulated.
  if (!host.lookup("avx512vnni") || !host.lookup("avx512vl") || !host.lookup("avx512bw"))
    return false;
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO;
  return state.isEmulated = sigaction(SIGILL, &action, nullptr) == 0;
}

bool weft::test::hasEmulatedTiles() { return state.isEmulated; }

int64_t weft::test::countEmulatedProducts() { return state.products; }

#else

bool weft::test::enableTiles() { return false; }
bool weft::test::hasEmulatedTiles() { return false; }
int64_t weft::test::countEmulatedProducts() { return 0; }

#endif
