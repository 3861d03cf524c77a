// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Changes protobuf messages field by field, so that most changed ones still parse.
#ifndef WEFT_TEST_IMPORT_FUZZ_WIRE_MUTATOR_H
#define WEFT_TEST_IMPORT_FUZZ_WIRE_MUTATOR_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace weft::test {

/// Changes one random place of `message` on some level of nesting: a number, a text or the bytes of a field,
/// or a field is dropped, doubled, exchanged or copied over another. The lengths around it are made right.
///
/// `mutateBytes` changes raw bytes in place and returns their new number, at most its last argument. Returns:
/// the message unchanged where it is no protobuf message.
std::string mutateMessage(const std::string &message, uint64_t seed,
                          const std::function<size_t(uint8_t *, size_t, size_t)> &mutateBytes);

} // namespace weft::test

#endif // WEFT_TEST_IMPORT_FUZZ_WIRE_MUTATOR_H
