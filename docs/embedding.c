/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs a compiled model once: embedding MODEL.weft. Every float input is filled with ones, dynamic dims
 * are 1.
 */
#include "weft_runtime.h"
#include <stdio.h>
#include <stdlib.h>

static int stop(const weft_status *status) {
  fprintf(stderr, "%s: %s\n", weft_code_name(status->code), status->message);
  return 1;
}

int main(int argc, char **argv) {
  weft_status status;
  weft_module *module = NULL;
  weft_session *session = NULL;
  if (weft_module_open(argc > 1 ? argv[1] : "model.weft", NULL, &module, &status) ||
      weft_session_create(module, NULL, &session, &status))
    return stop(&status);
  weft_module_info info = {.struct_size = sizeof(info)};
  weft_module_get_info(module, &info);
  const weft_entry_info *entry = &info.entries[0];
  weft_value_view *inputs = calloc(entry->input_count + 1, sizeof(*inputs));
  weft_value_view *outputs = calloc(entry->output_count + 1, sizeof(*outputs)); /* the session's memory */
  int64_t (*dims)[32] = calloc(entry->input_count + 1, sizeof(*dims));
  for (size_t i = 0; i < entry->input_count; ++i) {
    const weft_value_info *input = &entry->inputs[i];
    size_t count = 1;
    for (uint32_t d = 0; d < input->rank; ++d)
      count *= (size_t)(dims[i][d] = input->dims[d].size >= 0 ? input->dims[d].size : 1);
    float *data = aligned_alloc(64, (count * 4 + 63) / 64 * 64);
    for (size_t k = 0; k < count; ++k)
      data[k] = 1.0f;
    inputs[i].tensor = (weft_tensor_view){data, count * 4, 0, WEFT_FLOAT32, input->rank, dims[i]};
  }
  if (weft_session_run(session, 0, inputs, entry->input_count, outputs, entry->output_count, &status))
    return stop(&status);
  for (size_t i = 0; i < entry->output_count; ++i)
    printf("%s: %llu bytes, first %g\n", entry->outputs[i].name, (unsigned long long)outputs[i].tensor.bytes,
           outputs[i].tensor.bytes ? *(const float *)outputs[i].tensor.data : 0.0);
  weft_session_release(session);
  weft_module_release(module);
  return 0;
}
