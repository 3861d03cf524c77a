/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs the digits model that is linked into this program: embedded IMAGES.npy LOGITS.npy. Compares with
 * logits of the same code run by the runtime, which must be the same bits, and checks what a run does with
 * bad calls.
 */
#include "digits.h"

/* The float data of a .npy file of one array; its size in *count. */
static float *readFloats(const char *path, size_t *count) {
  unsigned char head[10];
  size_t offset, bytes;
  float *data;
  FILE *file = fopen(path, "rb");
  if (!file || fread(head, 1, 10, file) != 10)
    return NULL;
  offset = 10 + (size_t)head[8] + 256 * (size_t)head[9];
  fseek(file, 0, SEEK_END);
  bytes = (size_t)ftell(file) - offset;
  data = (float *)malloc(bytes + 1);
  fseek(file, (long)offset, SEEK_SET);
  *count = fread(data, 4, bytes / 4, file);
  fclose(file);
  return data;
}

static int check(int isTrue, const char *what) {
  if (!isTrue)
    printf("failed: %s\n", what);
  return isTrue;
}

int main(int argc, char **argv) {
  static digits_state state; /* all zeros */
  digits_tensor in[DIGITS_INPUT_COUNT], out[DIGITS_OUTPUT_COUNT];
  size_t imageCount, logitCount;
  float *images = readFloats(argv[1], &imageCount), *logits = readFloats(argv[2], &logitCount), small[10];
  int64_t batch, i;
  int round, ok = 1;
  (void)argc;
  if (!images || !logits)
    return 1;
  batch = (int64_t)imageCount / 64;
  memset(in, 0, sizeof(in));
  memset(out, 0, sizeof(out));
  in[DIGITS_INPUT_IMAGE].data = images;
  in[DIGITS_INPUT_IMAGE].dims[0] = batch;
  in[DIGITS_INPUT_IMAGE].dims[1] = 1;
  in[DIGITS_INPUT_IMAGE].dims[2] = in[DIGITS_INPUT_IMAGE].dims[3] = 8;
  /* The second round reuses the memory of the first. */
  for (round = 0; round < 2; ++round) {
    if (!check(digits_run(&state, in, out) == 0, state.message))
      return 1;
    ok &= check(out[0].dims[0] == batch && out[0].dims[1] == 10 && out[0].bytes == logitCount * 4,
                "output dims");
    ok &= check(memcmp(out[DIGITS_OUTPUT_LOGITS].data, logits, logitCount * 4) == 0,
                "same bits as the runtime");
  }
  /* A buffer of the caller at any address. */
  in[0].dims[0] = 1;
  out[0].data = small;
  out[0].bytes = sizeof(small);
  ok &= check(digits_run(&state, in, out) == 0, "own buffer");
  for (i = 0; i < 10; ++i)
    ok &= check(small[i] - logits[i] < 1e-4f && logits[i] - small[i] < 1e-4f, "one image");
  in[0].dims[0] = 2;
  out[0].bytes = sizeof(small);
  ok &= check(digits_run(&state, in, out) == WEFT_EMBED_CAPACITY, "small buffer");
  printf("%s\n", state.message);
  in[0].dims[3] = 9;
  ok &= check(digits_run(&state, in, out) == WEFT_EMBED_SHAPE, "wrong dim");
  printf("%s\n", state.message);
  digits_free(&state);
  free(images);
  free(logits);
  printf(ok ? "done: %lld images, %d bytes of weights\n" : "something failed\n", (long long)batch,
         DIGITS_WEIGHTS_BYTES);
  return !ok;
}
