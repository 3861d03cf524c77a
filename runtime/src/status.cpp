// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes codes and messages to the caller's weft_status; names of codes and element types.

#include "status.h"

#include <cstdio>
#include <cstring>

namespace weft::rt {

weft_code failV(weft_status *status, weft_code code, const char *format, va_list args) {
  if (!status)
    return code;
  status->code = code;
  int length = vsnprintf(status->message, sizeof(status->message), format, args);
  if (length >= static_cast<int>(sizeof(status->message)))
    memcpy(status->message + sizeof(status->message) - 4, "...", 4);
  return code;
}

weft_code fail(weft_status *status, weft_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  failV(status, code, format, args);
  va_end(args);
  return code;
}

weft_code succeed(weft_status *status) {
  if (status) {
    status->code = WEFT_OK;
    status->message[0] = '\0';
  }
  return WEFT_OK;
}

} // namespace weft::rt

extern "C" const char *weft_runtime_version(void) { return "0.1.0"; }

extern "C" const char *weft_code_name(weft_code code) {
  switch (code) {
#define WEFT_CASE(name)                                                                                      \
  case name:                                                                                                 \
    return #name;
    WEFT_CASE(WEFT_OK)
    WEFT_CASE(WEFT_SYSTEM_IO)
    WEFT_CASE(WEFT_SYSTEM_UNIMPLEMENTED)
    WEFT_CASE(WEFT_SYSTEM_INTERNAL)
    WEFT_CASE(WEFT_CALLER_ARGUMENT)
    WEFT_CASE(WEFT_CALLER_COUNT)
    WEFT_CASE(WEFT_CALLER_NAME)
    WEFT_CASE(WEFT_CALLER_KIND)
    WEFT_CASE(WEFT_CALLER_TYPE)
    WEFT_CASE(WEFT_CALLER_SHAPE)
    WEFT_CASE(WEFT_CALLER_CAPACITY)
    WEFT_CASE(WEFT_CALLER_VALUE)
    WEFT_CASE(WEFT_CALLER_STATE)
    WEFT_CASE(WEFT_RESOURCE_MEMORY)
    WEFT_CASE(WEFT_RESOURCE_THREADS)
    WEFT_CASE(WEFT_ARTIFACT_FORMAT)
    WEFT_CASE(WEFT_ARTIFACT_TRUNCATED)
    WEFT_CASE(WEFT_ARTIFACT_VERSION)
    WEFT_CASE(WEFT_ARTIFACT_CORRUPT)
    WEFT_CASE(WEFT_ARTIFACT_INVALID)
    WEFT_CASE(WEFT_ARTIFACT_ARCH)
    WEFT_CASE(WEFT_ARTIFACT_FEATURE)
    WEFT_CASE(WEFT_ARTIFACT_LIBRARY)
    WEFT_CASE(WEFT_ARTIFACT_CODE)
    WEFT_CASE(WEFT_DEVICE_UNAVAILABLE)
#undef WEFT_CASE
  }
  return "WEFT_UNKNOWN";
}

namespace {
struct TypeRow {
  const char *name;
  uint32_t bits;
};
// Indexed by weft_dtype.
constexpr TypeRow typeTable[] = {
    {"undefined", 0},      {"float32", 32},   {"uint8", 8},
    {"int8", 8},           {"uint16", 16},    {"int16", 16},
    {"int32", 32},         {"int64", 64},     {"string", 8 * sizeof(weft_string_view)},
    {"bool", 8},           {"float16", 16},   {"float64", 64},
    {"uint32", 32},        {"uint64", 64},    {"complex64", 64},
    {"complex128", 128},   {"bfloat16", 16},  {"float8e4m3fn", 8},
    {"float8e4m3fnuz", 8}, {"float8e5m2", 8}, {"float8e5m2fnuz", 8},
    {"uint4", 4},          {"int4", 4},       {"float4e2m1", 4},
    {"float8e8m0", 8},     {"uint2", 2},      {"int2", 2},
};
static_assert(sizeof(typeTable) / sizeof(TypeRow) == WEFT_INT2 + 1);
bool isType(weft_dtype dtype) { return dtype >= WEFT_UNDEFINED && dtype <= WEFT_INT2; }
} // namespace

extern "C" const char *weft_dtype_name(weft_dtype dtype) {
  return isType(dtype) ? typeTable[dtype].name : "unknown";
}
extern "C" uint32_t weft_dtype_bits(weft_dtype dtype) { return isType(dtype) ? typeTable[dtype].bits : 0; }
