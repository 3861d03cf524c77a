/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs a model of one float input from standard input to standard output; dynamic dims are 1.
 */
#include "weft_runtime.h"
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}
int main(int argc, char **argv) {
  weft_status status;
  weft_module *module;
  weft_session *session;
  if (weft_module_open(argc > 1 ? argv[1] : "model.weft", NULL, &module, &status) ||
      weft_session_create(module, NULL, &session, &status))
    fail(weft_code_name(status.code), status.message);
  weft_module_info info = {.struct_size = sizeof(info)};
  weft_module_get_info(module, &info);
  const weft_value_info *in = info.entries[0].inputs;
  if (info.entries[0].input_count != 1 || info.entries[0].output_count != 1 || in->rank > 16)
    fail(info.model, "expected a model of one input and one output");
  int64_t dims[16];
  size_t count = 1;
  for (uint32_t d = 0; d < in->rank; ++d)
    count *= (size_t)(dims[d] = in->dims[d].size >= 0 ? in->dims[d].size : 1);
  float *data = calloc(count + 1, sizeof(*data));
  if (!data || fread(data, sizeof(*data), count, stdin) != count)
    fail("stdin", "expected as many floats as the input has, and memory for them");
  weft_value_view x = {.tensor = {data, count * sizeof(*data), 0, WEFT_FLOAT32, in->rank, dims}}, y = {0};
  if (weft_session_run(session, 0, &x, 1, &y, 1, &status)) /* y without data: in the session's memory */
    fail(weft_code_name(status.code), status.message);
  if (fwrite(y.tensor.data, 1, y.tensor.bytes, stdout) != y.tensor.bytes)
    fail("stdout", "the output could not be written");
  weft_session_release(session);
  weft_module_release(module);
  free(data);
}
