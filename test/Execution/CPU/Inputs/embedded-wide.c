/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs wide.mlir, linked into this program, on 3 rows: embedded-wide OUT, the raw floats of the result.
 */
#include "wide.h"

int main(int argc, char **argv) {
  static wide_state state;
  wide_tensor in[WIDE_INPUT_COUNT], out[WIDE_OUTPUT_COUNT];
  float *x = (float *)malloc(3 * 40000 * sizeof(float));
  FILE *file = fopen(argv[argc - 1], "wb");
  int i;
  if (!x || !file)
    return 1;
  for (i = 0; i < 3 * 40000; ++i)
    x[i] = (float)(i % 97) * 0.125f;
  memset(in, 0, sizeof(in));
  memset(out, 0, sizeof(out));
  in[0].data = x;
  in[0].dims[0] = 3;
  in[0].dims[1] = 40000;
  /* Twice: memory that is used again must not show. */
  for (i = 0; i < 2; ++i)
    if (wide_run(&state, in, out)) {
      fprintf(stderr, "%s\n", state.message);
      return 1;
    }
  fwrite(out[0].data, 1, (size_t)out[0].bytes, file);
  fclose(file);
  wide_free(&state);
  free(x);
  return 0;
}
