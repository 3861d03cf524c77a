// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes codes and messages to the caller's weft_status.
#ifndef WEFT_RUNTIME_SRC_STATUS_H
#define WEFT_RUNTIME_SRC_STATUS_H

#include "weft_runtime.h"

#include <cstdarg>

namespace weft::rt {

/// Writes `code` and the formatted sentence to `status`, which may be null. A message that does not fit ends
/// in "...".
///
/// Returns: `code`, so that call sites read `return fail(status, WEFT_..., "...")`.
weft_code fail(weft_status *status, weft_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
weft_code failV(weft_status *status, weft_code code, const char *format, va_list args);

/// Marks success.
weft_code succeed(weft_status *status);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_STATUS_H
