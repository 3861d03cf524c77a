// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the passes that only tests run.
#ifndef WEFT_TEST_LIB_TESTPASSES_H
#define WEFT_TEST_LIB_TESTPASSES_H

namespace weft::test {

/// `test-print-dim-maps`: a remark at each op with the dimension map that it states.
void registerPrintDimMapsPass();

} // namespace weft::test

#endif // WEFT_TEST_LIB_TESTPASSES_H
