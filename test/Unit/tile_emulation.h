// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lets tests run code with AMX tile instructions on machines that have none.
#ifndef WEFT_TEST_UNIT_TILEEMULATION_H
#define WEFT_TEST_UNIT_TILEEMULATION_H

#include <cstdint>

namespace weft::test {

/// Makes tile instructions work in this process: asks the system for the machine's own, or else emulates
/// them where they trap (one thread at a time).
///
/// Returns: false where neither is possible.
bool enableTiles();

/// Whether tiles are emulated, and products that were so far.
bool hasEmulatedTiles();
int64_t countEmulatedProducts();

} // namespace weft::test

#endif // WEFT_TEST_UNIT_TILEEMULATION_H
