# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Feeds broken copies of a model to a command: broken_models.py MODEL FOLDER COMMAND...
"""Copies that are truncated, have a byte flipped, or are random. Each must be taken (status 0) or refused with a message (1)."""
import pathlib
import random
import subprocess
import sys


def copies(good):
    source = random.Random(1)
    for at in sorted(source.sample(range(len(good)), 8)) + [1, 2, len(good) - 1]:
        yield f"truncated at {at}", good[:at]
    for _ in range(8):
        at = source.randrange(len(good))
        yield f"flipped at {at}", good[:at] + bytes([good[at] ^ (1 << source.randrange(8))]) + good[at + 1:]
    for size in (1, 3, 64, 4096):
        yield f"{size} random bytes", source.randbytes(size)


def main():
    good, folder, command = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "broken.onnx"
    total, refused, crashed = 0, 0, 0
    for what, data in copies(good):
        path.write_bytes(data)
        done = subprocess.run(command + [str(path)], capture_output=True, text=True, check=False)
        total += 1
        refused += done.returncode == 1
        if done.returncode not in (0, 1) or (done.returncode == 1 and "error" not in done.stderr):
            crashed += 1
            print(f"{what}: status {done.returncode}: {done.stderr[-2000:]}")
    print(f"broken files: {total}, refused: {refused}, crashed: {crashed}")


if __name__ == "__main__":
    main()
