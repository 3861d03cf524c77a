# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Classifies the demo's held-back digits with compiled code of one or more ISA levels.
"""digits.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER [weftc flags ... [-- weft run flags ...]]"""
import os
import pathlib
import sys

BIN, SOURCE, WORK = sys.argv[1:4]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402

import peers  # noqa: E402
from model_cases import compare  # noqa: E402


def main():
    compile_flags, _, run_flags = "\n".join(sys.argv[4:]).partition("--\n")
    work, data = pathlib.Path(WORK), pathlib.Path(SOURCE) / "test" / "Inputs" / "digits"
    work.mkdir(parents=True, exist_ok=True)
    peers.compile_model(data / "digits.onnx", work / "digits.weft", *compile_flags.split())
    images, labels = np.load(data / "digits-images.npy"), np.load(data / "digits-labels.npy")
    session = peers.ort_session(data / "digits.onnx", threads=1)
    for count in (1, 7, len(images)):
        wanted = session.run(None, {"image": images[:count]})[0]
        found = peers.run_artifact(work / "digits.weft", {"image": images[:count]}, ["logits"], work, *run_flags.split())["logits"]
        # Sums of at most 576 products in another order, through four layers.
        compare(found, wanted, rtol=1e-4, atol_of_largest=1e-5, what=f"{count} images")
    print(f"right: {int((found.argmax(1) == labels).sum())} of {len(labels)}")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"digits: {failure}")
