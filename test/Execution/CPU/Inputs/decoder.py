# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Decodes with a small random language model, key-value cache in and out, compiled and in ONNX Runtime.
"""decoder.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER: fails on the first step whose logits or caches differ."""
import os
import pathlib
import sys

BIN, SOURCE, WORK = sys.argv[1:4]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402

import peers  # noqa: E402
import stories  # noqa: E402
from model_cases import compare  # noqa: E402

CONFIG = stories.Config(dim=24, hidden=40, layers=2, heads=4, kv_heads=2, vocab=32, length=64)
# f32 sums of at most 40 products in another order, through two layers; logits are about 1.
TOLERANCE = {"rtol": 1e-4, "atol_of_largest": 1e-5}


def random_weights(rng):
    d, h, n = CONFIG.dim, CONFIG.hidden, CONFIG.layers
    kv = CONFIG.kv_heads * CONFIG.head_size
    shapes = {"wq": (n, d, d), "wk": (n, kv, d), "wv": (n, kv, d), "wo": (n, d, d), "w1": (n, h, d), "w2": (n, d, h), "w3": (n, h, d)}
    weights = {name: rng.normal(0, shape[-1] ** -0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    for name, shape in (("attention_norm", (n, d)), ("ffn_norm", (n, d)), ("final_norm", (d,))):
        weights[name] = rng.uniform(0.5, 1.5, shape).astype(np.float32)
    weights["embedding"] = rng.normal(0, 1, (CONFIG.vocab, d)).astype(np.float32)
    weights["classifier"] = rng.normal(0, d ** -0.5, (CONFIG.vocab, d)).astype(np.float32)
    return weights


def main():
    work = pathlib.Path(WORK)
    work.mkdir(parents=True, exist_ok=True)
    model, artifact = work / "decoder.onnx", work / "decoder.weft"
    onnx.save(stories.build(CONFIG, random_weights(np.random.default_rng(11))), model)
    peers.compile_model(model, artifact)
    session = peers.ort_session(model, threads=1)
    rng = np.random.default_rng(12)
    for batch, lengths in ((1, (1, 1, 1, 1)), (2, (5, 1, 1)), (1, (17, 3, 1))):  # the first call has an empty cache
        caches = stories.empty_caches(CONFIG, batch)
        for call, length in enumerate(lengths):
            inputs = {"input_ids": rng.integers(0, CONFIG.vocab, (batch, length)), **caches}
            wanted = peers.ort_run(session, inputs)
            found = peers.run_artifact(artifact, inputs, list(wanted), work)
            for name in wanted:
                compare(found[name], wanted[name], what=f"batch {batch}, call {call}, {name}", **TOLERANCE)
            caches = {"past_" + name[len("present_"):]: array for name, array in found.items() if name.startswith("present_")}
    print("decoder: equal")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"decoder: {failure}")
